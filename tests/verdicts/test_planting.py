"""Mutants of models: each operator, planting and taking back, the proof of equivalence, what sees a mutant and what does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st

from drcheck import (
    Age,
    Array,
    Boolean,
    Choice,
    Component,
    Counter,
    Integer,
    System,
    compose,
    hours,
    if_else,
    on,
    outcome,
)
from drcheck.designs.design import load
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Exploration, Limits, Query
from drcheck.errors import DrcheckError, ModelError
from drcheck.logic.roles import as_stated
from drcheck.system.fingerprint import Fingerprints
from drcheck.verdicts.claim_verdicts import Kind, Outcome, Said
from drcheck.verdicts.claims import Claim
from drcheck.verdicts.planting.answers import FOUND_OTHERWISE, Answer, claims_changed, seen
from drcheck.verdicts.planting.campaign import Campaign, Result, Status
from drcheck.verdicts.planting.drawing import drawn
from drcheck.verdicts.planting.equivalence import difference, met
from drcheck.verdicts.planting.mutant import Mutant, planted
from drcheck.verdicts.planting.operators import OPERATORS, mutants_of
from drcheck.verdicts.planting.stored import planned
from drcheck.verdicts.planting.subject import subject_of
from tests.support.generators import Case, systems


def watched() -> System:
    """A link that fails for up to three hours, a queue that is shipped over it, and a server at a site."""
    age = Age("age", cap=hours(3), cap_is="the longest outage")
    link = Component(
        "link",
        ["up", "down"],
        variables=[age],
        transitions=[
            on("link_fails", "up", "down", kind="environment", fault="outage"),
            on("tick", "down", when=age < hours(3), then={age: age + 1}),
            on("link_restored", "down", "up", then={age: 0}, kind="environment"),
        ],
    )
    held, sent = Counter("held", cap=2), Array("sent", Boolean("there"), 2)
    mode = Choice("mode", ["idle", "busy"])
    queue = Component(
        "queue",
        ["open", "closing", "closed"],
        variables=[held, sent, mode],
        transitions=[
            on("write", "open", when=held < 2, then={held: held + 1, mode: if_else(held == 1, "busy", mode)}),
            on("ship", ["open", "closing"], when=link.up & (held > 0), then={held: held - 1, sent[0]: True}),
            on("close", "open", outcomes=[outcome("closing"), outcome("closed", {held: 0})]),
            on("close_at_last", "closing", "closed", when=held == 0),
        ],
    )
    server = Component(
        "server", ["idle", "serving"], transitions=[on("ship", "idle", "serving"), on("ship", "serving")]
    )
    return compose("watched", [link, queue, server], tick=hours(1), faults={"outage": 1})


def one(system: System, operator: str, component: str, **wanted: str) -> Mutant:
    """The only mutant of an operator in a component that has these words."""
    found = [
        m
        for m in mutants_of(system)
        if m.operator == operator
        and m.component == component
        and all(text in getattr(m, name) for name, text in wanted.items())
    ]
    assert len(found) == 1, [m.key for m in found]
    return found[0]


def explored(system: System) -> Exploration:
    return engine_named("python").explore(system, Query(graph=True), Limits(5_000))


def same(a: Exploration, b: Exploration) -> bool:
    """Whether two complete searches found the same states and the same steps."""
    assert a.graph is not None
    assert b.graph is not None
    if (a.states, a.transitions) != (b.states, b.transitions):
        return False
    columns = all(np.array_equal(a.column(c), b.column(c)) for c in range(len(a.system.cells)))
    rows = ("offsets", "targets", "labels")
    return columns and all(np.array_equal(getattr(a.graph, name), getattr(b.graph, name)) for name in rows)


# -- the operators -------------------------------------------------------------------------------------------------------
EXPECTED = {
    "guard dropped": ("queue", "ship", "when link.up and queue.held > 0", "no guard"),
    "condition dropped": ("queue", "ship", "when link.up and queue.held > 0", "without queue.held > 0"),
    "dead link ignored": ("queue", "ship", "when link.up and queue.held > 0", "without link.up"),
    "comparison widened": ("link", "tick", "link.age < 3h in link.age < 3h", "link.age <= 3h"),
    "threshold moved": ("link", "tick", "link.age < 3h in link.age < 3h", "link.age < 2h"),
    "target changed": ("link", "link_fails", "to down", "to the same state"),
    "update forgotten": ("link", "link_restored", "link.age := 0", "link.age stays"),
    "update off by one": ("link", "link_restored", "link.age := 0", "link.age := 0 + 1"),
    "update doubled": ("link", "tick", "link.age := link.age + 1", "link.age := link.age + 1 + 1"),
    "case forgotten": (
        "queue",
        "write",
        "queue.mode := (busy if queue.held = 1 else queue.mode)",
        "queue.mode := busy",
    ),
    "cap moved": ("link", "link.age", "cap 3", "cap 4"),
    "participant left out": ("server", "event ship", "server takes part", "without it: queue"),
    "element too many": ("queue", "ship", "queue.sent[0] := true", "queue.sent[1] := true, too"),
}


def test_every_operator_has_an_example() -> None:
    assert list(EXPECTED) == list(OPERATORS)


@pytest.mark.parametrize("operator", EXPECTED)
def test_an_operator_is_told_in_words(operator: str) -> None:
    component, where, before, after = EXPECTED[operator]
    found = [
        m
        for m in mutants_of(watched())
        if (m.operator, m.component, m.before, m.after) == (operator, component, before, after)
    ]
    assert len(found) == 1
    assert found[0].where.startswith(where)
    assert found[0].place is not None
    assert Path(found[0].place.file) == Path(__file__)


def test_every_mutant_is_told_apart_and_the_budget_of_faults_is_none() -> None:
    found = mutants_of(watched())
    assert len({m.key for m in found}) == len(found)
    assert {m.component for m in found} == {"link", "queue", "server"}
    assert {m.operator for m in found} == set(OPERATORS)


def test_a_disjunction_under_not_loses_an_operand_and_a_condition_in_an_update_is_moved() -> None:
    n = Integer("n", 0, 3)
    part = Component("part", ["a"], variables=[n], transitions=[on("go", "a", unless=(n == 1) | (n == 2), then={n: 3})])
    found = {(m.operator, m.after) for m in mutants_of(compose("s", [part]))}
    assert ("condition dropped", "without not part.n = 1") in found
    assert ("threshold moved", "part.n = 3") in found
    moved = [m for m in mutants_of(watched()) if m.operator == "threshold moved" and "queue.mode" in m.after]
    assert [m.after for m in moved] == [
        "queue.mode := (busy if queue.held = 2 else queue.mode)",
        "queue.mode := (busy if queue.held = 0 else queue.mode)",
    ]


# -- planting --------------------------------------------------------------------------------------------------------------
def test_every_mutant_is_a_system_on_which_the_engines_agree_and_nothing_is_left_of_it() -> None:
    system = watched()
    known = Fingerprints().system(system)
    transitions = {c.name: c.transitions for c in system.components}
    refused = set[str]()
    for mutant in mutants_of(system):
        try:
            with planted(system, mutant.edit) as changed:
                results = [
                    engine_named(name).explore(changed, Query(graph=True)) for name in ("reference", "python", "numpy")
                ]
                assert all(same(results[0], other) for other in results[1:]), mutant.key
                assert [r.escape for r in results] == [results[0].escape] * 3
        except ModelError as error:
            refused.add(error.code)
    assert refused == {"DR112", "DR124"}
    assert Fingerprints().system(system) == known
    assert {c.name: c.transitions for c in system.components} == transitions


def test_a_fault_is_taken_back_where_what_is_done_with_it_fails() -> None:
    system = watched()
    mutant = one(system, "update forgotten", "link", where="link_restored")
    with pytest.raises(RuntimeError), planted(system, mutant.edit):
        raise RuntimeError
    assert system.link.transitions[2].outcomes[0].then.items


def test_a_cap_is_another_domain_in_the_mutant_alone() -> None:
    system = watched()
    mutant = one(system, "cap moved", "link", after="cap 4")
    with planted(system, mutant.edit) as changed:
        assert changed.cells[1].domain.high == 4
        assert max(s[1] for s in map(explored(changed).state, range(explored(changed).states))) == 3  # the guard's own
    assert system.cells[1].domain.high == 3
    assert system.link.age.high == hours(3)


# -- equivalence -----------------------------------------------------------------------------------------------------------
def assert_proved(system: System) -> tuple[int, int]:
    """Hold the proof against the graphs of states of all mutants; how many are equivalent, and how many differ."""
    whole = explored(system)
    equivalent = other = 0
    for mutant in mutants_of(system):
        try:
            with planted(system, mutant.edit) as changed:
                node = difference(system, changed)
                proved = node is None or met(system, [node], engine="python") == [False]
                after = explored(changed)
                if not after.complete:
                    assert not proved
                    continue
                alike = same(whole, after) and whole.escape == after.escape
        except ModelError:
            continue
        assert alike or not proved, mutant.key
        equivalent, other = equivalent + proved, other + (not alike)
    return equivalent, other


def test_equivalent_mutants_have_the_same_graph() -> None:
    equivalent, other = assert_proved(watched())
    assert equivalent >= 3
    assert other >= 20


def test_what_an_urgent_event_holds_back_changes_nothing() -> None:
    n = Counter("n", cap=3)
    part = Component(
        "part",
        ["a", "b"],
        variables=[n],
        transitions=[
            on("go", "a", "b", urgent=True),
            on("tick", "a", when=n < 2, then={n: n + 1}),
            on("tick", "b", when=n < 2, then={n: n + 1}),
        ],
    )
    system = compose("held_back", [part], tick=hours(1))
    mutant = one(system, "guard dropped", "part", where="tick from a")
    with planted(system, mutant.edit) as changed:
        node = difference(system, changed)
        assert node is not None
        assert met(system, [node], engine="python") == [False]
        assert same(explored(system), explored(changed))
    mutant = one(system, "guard dropped", "part", where="tick from b")
    with planted(system, mutant.edit) as changed:
        node = difference(system, changed)
        assert node is not None
        assert met(system, [node], engine="python") == [True]


def test_a_search_that_stops_proves_nothing() -> None:
    n = Counter("n", cap=9_000)
    part = Component("part", ["a"], variables=[n], transitions=[on("go", "a", when=n < 9_000, then={n: n + 1})])
    system = compose("long", [part])
    mutant = one(system, "threshold moved", "part", after="part.n < 8999")
    with planted(system, mutant.edit) as changed:
        node = difference(system, changed)
    assert node is not None
    assert met(system, [node], engine="python", limits=Limits(4_000)) == [None]
    assert met(system, [node], engine="python") == [True]


@seed(7)
@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None, phases=[Phase.generate])
@given(systems(), st.data())
def test_proofs_on_generated_systems(case: Case, data: st.DataObject) -> None:
    try:
        system = case.build().system
    except ModelError as error:
        if error.code not in ("DR109", "DR143", "DR152"):
            raise
        reject()
    whole = explored(system)
    if whole.states > 200 or not whole.complete:
        reject()
    mutants = mutants_of(system)
    if not mutants:
        reject()
    for _ in range(4):
        mutant = data.draw(st.sampled_from(mutants))
        try:
            with planted(system, mutant.edit) as changed:
                node = difference(system, changed)
                proved = node is None or met(system, [node], engine="python") == [False]
                after = explored(changed)
                assert not proved or (after.complete and same(whole, after) and whole.escape == after.escape), (
                    mutant.key
                )
        except DrcheckError:
            continue


# -- drawing ---------------------------------------------------------------------------------------------------------------
def test_each_component_has_its_share_and_the_operators_take_turns() -> None:
    found = {"one": mutants_of(watched()), "two": mutants_of(watched())}
    chosen = drawn(found, 1, 18)
    shares = [[m.component for m in those].count(c) for those in chosen.values() for c in ("link", "queue", "server")]
    assert shares == [3] * 6
    assert all(len({m.operator for m in those if m.component == "link"}) == 3 for those in chosen.values())
    assert chosen == drawn(found, 1, 18)
    assert chosen != drawn(found, 2, 18)


def test_what_is_drawn_of_a_component_does_not_depend_on_the_others() -> None:
    found = {"one": mutants_of(watched())}
    few = [m.key for m in drawn(found, 1, 9)["one"] if m.component == "link"]
    without = {"one": [m for m in found["one"] if m.component != "server"]}
    assert few == [m.key for m in drawn(without, 1, 6)["one"] if m.component == "link"]


def test_more_than_there_are_is_all_of_them() -> None:
    found = {"one": mutants_of(watched())}
    assert drawn(found, 1, 10_000)["one"] == found["one"]


# -- what sees a mutant ------------------------------------------------------------------------------------------------------
PAIR = """
from typing import Annotated
from drcheck import (Age, Component, Counter, Finding, Literal, compose, deadlock_free, design, happens, hours, never, on,
                     reachable, stated, whenever, within, worst_case)

@design(properties=__name__)
def watch(outages: Annotated[int, "how many outages", range(3)] = 1, slow: Annotated[bool, "slow"] = False):
    age = Age("age", cap=hours(3), cap_is="the longest outage")
    link = Component("link", ["up", "down"], variables=[age], transitions=[
        on("link_fails", "up", "down", kind="environment", fault="outage"),
        on("tick", "down", when=age < hours(3), then={age: age + 1}),
        on("link_restored", "down", "up", then={age: 0}, kind="environment")])
    held = Counter("held", cap=2, at_limit="refuse")
    queue = Component("queue", ["open"], variables=[held], transitions=[
        on("write", "open", then={held: held + 1}),
        on("ship", "open", when=link.up & (held > 0), then={held: held - (1 if slow else held)})])
    return compose("watch", [link, queue], tick=hours(1), faults={"outage": outages})

@stated()
def nothing_is_shipped_over_a_dead_link(d):
    "Nothing is shipped while the link is down."
    return never(happens("ship", when=d.link.down))

@stated(finding=Finding("Outages", "They happen.", "Mend it.", causes="happens(link_fails)"))
def the_link_is_up(d):
    "The link is up."
    return never(d.link.down)

@stated()
def longest_outage(d):
    "How long an outage is."
    return worst_case(d.link.age)

@stated(given={"outages": 2, "slow": True})
def the_queue_can_be_full(d):
    "The queue can be full."
    return reachable(d.queue.held == 2)
"""


@pytest.fixture
def decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Result]]:
    """What becomes of the mutants of the design above that have an operator, a component and words."""
    (tmp_path / "watch_for_mutants.py").write_text(PAIR, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    def found(operator: str, component: str, words: str = "", **more: object) -> list[Result]:
        subject = subject_of(load("watch_for_mutants:watch"))
        chosen = [m for m in subject.mutants if (m.operator, m.component) == (operator, component) and words in m.key]
        assert chosen
        return list(Campaign(subject, "python", **more).decide(chosen))  # type: ignore[arg-type]

    return found


def told(results: list[Result]) -> list[tuple[str, str, str]]:
    return [(r.status.value, r.by, r.how) for r in results]


def test_a_verdict_that_turns_sees_a_mutant(decide: Callable[..., list[Result]]) -> None:
    (result,) = decide("dead link ignored", "queue")
    assert (result.status, result.by, result.how) == (
        Status.SEEN,
        "nothing_is_shipped_over_a_dead_link",
        "HOLDS -> VIOLATED",
    )


def test_a_mutant_that_is_refused_is_seen(decide: Callable[..., list[Result]]) -> None:
    (result,) = decide("target changed", "link", "to down | to the same state")
    assert (result.status, result.by) == (Status.SEEN, "DR112")
    assert result.how == "refused: no transition of component link leads to its state 'down'"


def test_a_value_alone_sees_nothing(decide: Callable[..., list[Result]]) -> None:
    more, less = decide("threshold moved", "link")
    assert (more.status, more.values) == (Status.SURVIVED, ())
    assert (less.status, less.by, less.how) == (
        Status.SURVIVED,
        "",
        "changes steps with the defaults; outages=2, slow=yes",
    )
    assert less.values == ("longest_outage: 3 ticks (3h) -> 2 ticks (2h)",)


def test_a_mutant_is_planted_where_its_line_is_composed(decide: Callable[..., list[Result]]) -> None:
    write, ship = decide("update forgotten", "queue")
    assert (write.by, write.how, write.given) == ("the_queue_can_be_full", "HOLDS -> VIOLATED", "outages=2, slow=yes")
    assert ship.status is Status.SURVIVED  # `held - held` and `held - 1` are one line of the source, and one mutant
    assert len(decide("update doubled", "queue", "ship")) == 1


def test_what_changes_nothing_is_proved_to(decide: Callable[..., list[Result]]) -> None:
    (result,) = decide("cap moved", "link", "cap 4")
    assert (result.status, result.by) == (Status.EQUIVALENT, "")
    assert result.how == "the same states and steps under 2 sets of parameters: a complete search"


LONG = """
from drcheck import Component, Counter, compose, design, never, on

@design
def long():
    n = Counter("n", cap=9_000)
    part = Component("part", ["a", "b"], variables=[n], transitions=[
        on("go", "a", when=n < 9_000, then={n: n + 1}), on("end", "a", "b", when=n == 9_000)])
    return compose("long", [part], properties=[never(part.b & (n < 9_000), name="never_too_early")])
"""


def test_what_is_not_decided_within_the_limit_has_survived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "long_for_mutants.py").write_text(LONG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    subject = subject_of(load("long_for_mutants:long"))
    (mutant,) = (m for m in subject.mutants if m.key.endswith("part.n = 8999"))
    (result,) = Campaign(subject, "python").decide([mutant])
    assert told([result]) == [("seen", "never_too_early", "HOLDS -> VIOLATED")]
    (result,) = Campaign(subject, "python", Limits(9_005)).decide([mutant])
    assert result.status is Status.SEEN  # the unchanged design is decided, and the violation comes before the limit
    (result,) = Campaign(subject, "python", Limits(4_000)).decide([mutant])
    assert (result.status, result.undecided) == (Status.SURVIVED, 2)
    assert result.how == "changes steps with the defaults"


CAUSES = """
from drcheck import Component, Finding, compose, design, never, on

@design
def causes():
    n = Component("n", ["low", "high"], transitions=[on("rises", "low", "high")])
    valve = Component("valve", ["open", "shut", "stuck"], transitions=[
        on("shut", "open", "shut", kind="operator"), on("jams", "shut", "stuck", kind="environment"),
        on("bumped", "open", "stuck", kind="environment", when=VALVE)])
    finding = Finding("It sticks", "It does.", "Oil it.", causes="happens(jams)")
    return compose("causes", [n, valve], properties=[never(valve.stuck, name="it_moves", finding=finding)])
"""


def test_a_finding_with_another_cause_is_found_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = CAUSES.replace(
        "    valve = ",
        "    n = Component('n', ['low', 'high'], transitions=[on('rises', 'low', 'high')])\n    valve = ",
    )
    text = text.replace("VALVE", "n.high & n.low").replace("[valve]", "[n, valve]")
    (tmp_path / "causes_for_mutants.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    subject = subject_of(load("causes_for_mutants:causes"))
    chosen = [m for m in subject.mutants if m.operator == "dead link ignored"]
    results = list(Campaign(subject, "python").decide(chosen))
    assert told(results) == [("seen", "it_moves", "its finding is found otherwise: proved -> another way")] * 2


def test_one_property_alone_sees_a_mutant_again(decide: Callable[..., list[Result]]) -> None:
    (result,) = decide("dead link ignored", "queue")
    campaign = Campaign(subject_of(load("watch_for_mutants:watch")), "python")
    assert campaign.seen_by(result.mutant, result.by, result.given) == result.how
    assert campaign.seen_by(result.mutant, "longest_outage", result.given) == ""
    assert campaign.seen_by(result.mutant, result.by, "outages=2") == ""


def test_a_claim_that_loses_less_than_stated_sees_a_mutant() -> None:
    kind, role = Kind.STATED_LOSS, as_stated.role
    claims = {"C-1": Claim("C-1", "An hour is lost.", "the book", "page 1", kind)}

    def answered(*, attained: bool, kind_of: str = "HOLDS") -> dict[str, Answer]:
        said = Said(role, Outcome.HOLDS, "loss", "page 1", attained)
        return {"loss": Answer(kind_of, saids=(("C-1", said),))}

    turned = claims_changed(claims, answered(attained=True), answered(attained=False))
    assert turned == ("claim C-1", "confirmed -> loses less than stated")
    assert claims_changed(claims, answered(attained=True), answered(attained=True)) is None
    assert claims_changed({}, answered(attained=True), answered(attained=False)) is None


@pytest.mark.parametrize(
    ("before", "after", "how"),
    [
        (Answer("HOLDS"), Answer("HOLDS VACUOUSLY"), "HOLDS -> HOLDS VACUOUSLY"),
        (Answer("HOLDS"), Answer("INCONCLUSIVE"), "HOLDS -> INCONCLUSIVE"),
        (Answer("HOLDS"), Answer("INCONCLUSIVE", limited=True), ""),
        (Answer("INCONCLUSIVE"), Answer("VIOLATED"), ""),
        (Answer("HOLDS", value="3"), Answer("HOLDS", value="4"), ""),
        (Answer("VIOLATED", explained="proved"), Answer("VIOLATED"), ""),
        (Answer("VIOLATED", explained="proved"), Answer("VIOLATED", explained="x"), f"{FOUND_OTHERWISE}: proved -> x"),
    ],
)
def test_what_sees_and_what_does_not(before: Answer, after: Answer, how: str) -> None:
    assert seen(before, after) == how


# -- the stored result -------------------------------------------------------------------------------------------------------
def test_a_stored_result_is_used_where_it_is_true(decide: Callable[..., list[Result]]) -> None:
    subject = subject_of(load("watch_for_mutants:watch"))
    plan = planned([subject], 1, 6, 1000)
    assert sum(map(len, plan.open.values())) == 6
    for result in Campaign(subject, "python").decide(plan.open[subject.design.name]):
        plan.take(result)
    data = plan.data()
    assert (data["planted"], sum(data["counts"][s.value] for s in Status)) == (6, 6)
    again = planned([subject], 1, 6, 1000, data)
    assert (again.stale, again.open[subject.design.name], again.data()) == ({}, [], data)
    more = planned([subject], 1, 8, 1000, data)
    assert len(more.open[subject.design.name]) == 2
    assert more.stale == {subject.design.name: "2 mutants are not decided in the stored result"}
    other = planned([subject], 1, 6, 2000, data)
    assert len(other.open[subject.design.name]) == 6
    assert other.stale == {subject.design.name: "the stored result has another limit: 1,000 states"}
    data["designs"][0]["digest"] = "0"
    changed = planned([subject], 1, 6, 1000, data)
    assert changed.stale == {subject.design.name: "the model or its properties have changed"}
    assert len(changed.open[subject.design.name]) == 6


def test_the_digest_is_that_of_the_systems_and_of_the_properties(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [
        PAIR,
        PAIR.replace("link.up & (held > 0)", "link.up & (held > 1)"),
        PAIR.replace('happens("ship", when=d.link.down)', 'happens("ship", when=~d.link.up)'),
        PAIR.replace('causes="happens(link_fails)"', 'causes="link.down"'),
        PAIR.replace("Mend it.", "Mend it at once.").replace("\n@stated", "\n\n\n@stated"),
    ]
    digests = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for number, text in enumerate(texts):
        (tmp_path / f"watch_digest_{number}.py").write_text(text, encoding="utf-8")
        digests.append(subject_of(load(f"watch_digest_{number}:watch")).digest)
    assert len(set(digests[:4])) == 4
    assert digests[4] == digests[0]
