"""Components that are interchangeable are searched in one order only: which are, which are not, how many states are left."""

from __future__ import annotations

import math
from random import Random

import pytest

from drcheck import Boolean, Component, Counter, Integer, compose, event, on
from drcheck.engines.protocol import Query
from drcheck.logic.fairness import weakly_fair
from drcheck.logic.properties import can_always, eventually
from drcheck.reductions import symmetry
from drcheck.reductions.form import SYMMETRY
from drcheck.reductions.sorting import network
from drcheck.verdicts.verdict import Conclusion
from tests.engines.test_agreement import native
from tests.support.reducing import (
    assert_representatives,
    assert_same_verdicts,
    reduced,
    sizes,
    source,
    sources,
    states_of,
)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_identical_sources_are_explored_up_to_their_order(size: int) -> None:
    """Of nine states each, all combinations; with symmetry, combinations with repetition."""
    assert sizes(sources(size), SYMMETRY) == (9**size, math.comb(9 + size - 1, size))


def test_machine_code_explores_the_same_representatives() -> None:
    engine = native()
    if engine is None:
        pytest.skip("the native engine cannot run here")
    system = reduced(sources(7), SYMMETRY).system
    assert engine.explore(system, Query()).states == math.comb(9 + 7 - 1, 7)


def test_a_symmetric_property_keeps_the_family_and_another_splits_it() -> None:
    system = sources(3)
    first, second, third = (system.component(f"source{i}") for i in range(3))
    for symmetric in (first.down & second.down & third.down, third.repairs + (first.repairs + second.repairs) >= 8):
        assert sizes(system, SYMMETRY, symmetric) == (729, 165)
    (done,) = reduced(system, SYMMETRY, second.down).applications
    assert done.what == "interchangeable: source0 = source2"
    assert sizes(system, SYMMETRY, second.down) == (729, 9 * 45)
    (done,) = reduced(system, SYMMETRY, first.repairs > second.repairs).applications
    assert not done.applied


def test_what_is_not_identical_is_not_interchangeable() -> None:
    late, early = Counter("n", 3, 1), Counter("n", 3, 0)
    parts = [
        Component(f"c{i}", ["s"], variables=[n], transitions=[on(f"go{i}", "s", when=n < 3, then={n: n + 1})])
        for i, n in enumerate((late, early))
    ]
    (done,) = reduced(compose("sample", parts), SYMMETRY).applications
    assert (done.applied, done.what) == (False, "no two components are alike")


@pytest.mark.parametrize("attribute", [{"urgent": True}, {"priority": 1}], ids=str)
def test_an_event_that_goes_first_breaks_symmetry(attribute: dict) -> None:
    system = compose("sources", [source(0), source(1)], events=[event("returns1", **attribute)])
    (done,) = reduced(system, SYMMETRY).applications
    assert not done.applied


@pytest.mark.parametrize(
    "why", ["property", "start", "guard", "urgent", "priority", "fairness", "difference", "nothing"]
)
def test_a_guess_is_not_enough(why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if whatever looks for symmetry takes everything for identical, only what is proved is exchanged."""
    monkeypatch.setattr(symmetry._Shapes, "refined", lambda self, colours: [0 for _ in colours])
    monkeypatch.setattr(symmetry._Shapes, "exchange", lambda self, colours, a, b: {a: b, b: a})

    def part(i: int) -> Component:
        n = Counter("n", 3, 1 if (why, i) == ("start", 1) else 0)
        most = 2 if (why, i) == ("guard", 1) else 3
        return Component(f"c{i}", ["s"], variables=[n], transitions=[on(f"go{i}", "s", when=n < most, then={n: n + 1})])

    attributes = {"urgent": {"urgent": True}, "priority": {"priority": 1}}.get(why)
    events = [event("go1", **attributes)] if attributes else []
    system = compose("sample", [part(0), part(1)], events=events)
    asked = {"property": system.c0.n > 2, "difference": system.c0.n - system.c1.n > 0}
    named = frozenset([1] if why == "fairness" else [])
    assert bool(reduced(system, SYMMETRY, asked.get(why, system.c0.n + system.c1.n > 2), named=named).used) is (
        why == "nothing"
    )


def test_an_order_among_components_breaks_symmetry() -> None:
    """The first that is down is mended first: they look alike to a superficial look, and are not."""
    mended = Counter("mended", 2)
    down = [Boolean("down") for _ in range(2)]
    parts = [
        Component(
            f"c{i}",
            ["s"],
            variables=[d],
            transitions=[
                on(f"fail{i}", "s", when=~d, then={d: True}),
                on("mend", "s", when=d if i == 0 else d & ~down[0], then={d: False}),
                on("mend", "s"),
            ],
        )
        for i, d in enumerate(down)
    ]
    watcher = Component(
        "w", ["s"], variables=[mended], transitions=[on("mend", "s", when=down[0] | down[1], then={mended: mended + 1})]
    )
    (done,) = reduced(compose("sample", [*parts, watcher]), SYMMETRY).applications
    assert not done.applied


def site(i: int, members: int) -> list[Component]:
    """A site and its members, which fail when the site is down."""
    here = Component(
        f"site{i}", ["up", "down"], transitions=[on(f"fails{i}", "up", "down"), on(f"back{i}", "down", "up")]
    )
    inside = []
    for k in range(members):
        tries = Counter("tries", 2)
        inside.append(
            Component(
                f"server{i}{k}",
                ["idle", "busy"],
                variables=[tries],
                transitions=[
                    on(f"work{i}{k}", "idle", "busy", when=here.up & (tries <= k), then={tries: tries + 1}),
                    on(f"done{i}{k}", "busy", "idle", when=here.up),
                    on(f"lost{i}{k}", "busy", "idle", when=here.down, then={tries: 0}),
                ],
            )
        )
    return [here, *inside]


@pytest.mark.parametrize("size", [2, 3])
def test_sites_are_exchanged_with_all_that_is_at_them(size: int) -> None:
    parts = [part for i in range(size) for part in site(i, 2)]
    system = compose("sites", parts)
    (done,) = reduced(system, SYMMETRY).applications
    assert done.what == "interchangeable: " + " = ".join(
        f"site{i} with server{i}0 with server{i}1" for i in range(size)
    )
    alone = states_of(compose("site", site(0, 2)))
    assert sizes(system, SYMMETRY) == (alone**size, math.comb(alone + size - 1, size))


def test_a_family_that_escapes_escapes_still() -> None:
    n = [Integer("n", 0, 2) for _ in range(3)]
    parts = [
        Component(f"c{i}", ["s"], variables=[x], transitions=[on(f"go{i}", "s", then={x: x + 1})])
        for i, x in enumerate(n)
    ]
    system = compose("sample", parts)
    assert sizes(system, SYMMETRY) == (27, 10)
    verdict = assert_same_verdicts(system, [], frozenset([SYMMETRY]))
    assert verdict.conclusion is Conclusion.VIOLATED
    assert verdict.trace is not None
    assert len(verdict.trace) == 3


@pytest.mark.parametrize("size", [*range(1, 17), 23])
def test_the_network_sorts(size: int) -> None:
    random = Random(size)
    for _ in range(200):
        values = [random.randrange(3) for _ in range(size)]
        expected = sorted(values)
        for i, j in network(size):
            values[i], values[j] = min(values[i], values[j]), max(values[i], values[j])
        assert values == expected


def test_blocks_that_fill_several_words() -> None:
    def part(i: int) -> Component:
        numbers = [Integer(f"n{k}", -5, 1 << 20) for k in range(4)]
        return Component(
            f"c{i}",
            ["a", "b"],
            variables=numbers,
            transitions=[
                on(f"first{i}", "a", "b", then={numbers[0]: 1 << 20, numbers[3]: -5}),
                on(f"last{i}", "a", "b", then={numbers[3]: numbers[3] + 1, numbers[2]: 7}),
                on(f"back{i}", "b", "a", when=numbers[3] <= 1),
            ],
        )

    system = compose("wide", [part(i) for i in range(3)])
    alone = states_of(compose("narrow", [part(0)]))
    assert sizes(system, SYMMETRY) == (alone**3, math.comb(alone + 2, 3))
    assert_representatives(reduced(system, SYMMETRY), 2_000)


def test_too_many_blocks_are_left_alone() -> None:
    def part(i: int) -> Component:
        return Component(f"c{i}", ["a", "b"], transitions=[on(f"go{i}", "a", "b")])

    assert reduced(compose("many", [part(i) for i in range(16)]), SYMMETRY).used == (SYMMETRY,)
    (done,) = reduced(compose("many", [part(i) for i in range(17)]), SYMMETRY).applications
    assert not done.applied
    assert done.what.endswith("c16 are too many to be sorted")


def test_fairness_of_one_of_a_family_takes_it_out() -> None:
    system = sources(3)
    up = system.source0.up & system.source1.up & system.source2.up
    fair = eventually(up, weakly_fair("returns1"))
    plain = eventually(up)
    verdict = assert_same_verdicts(system, [fair], frozenset([SYMMETRY]))
    assert verdict.run.reduced is not None
    assert verdict.run.reduced.applications[0].what == "interchangeable: source0 = source2"
    assert_same_verdicts(system, [plain, can_always(up)], frozenset([SYMMETRY]))
