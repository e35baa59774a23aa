"""Verdicts by slices are those of the search: on generated systems, and on small ones with what slices can and cannot do."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import replace
from time import sleep
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, seed, settings
from hypothesis import strategies as st

from drcheck import Boolean, Component, Counter, Integer, compose, happens, on
from drcheck.abstraction import choosing, proving
from drcheck.abstraction.contradictions import Contradictions
from drcheck.abstraction.proving import Proof, Prover
from drcheck.abstraction.replay import Replayer
from drcheck.engines import plain_search
from drcheck.engines.protocol import Exploration, Limits, Listener, Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import EngineError, ModelError
from drcheck.kernels.deadline import Deadline
from drcheck.logic.kinds import Property, WorstCase
from drcheck.logic.properties import always, can_always, deadlock_free, never, reachable, whenever, worst_case
from drcheck.render.shown_trace import trace_view
from drcheck.system.system import System
from drcheck.verdicts import searching, sliced
from drcheck.verdicts.check import check
from drcheck.verdicts.sliced import by_slices
from drcheck.verdicts.verdict import Conclusion, Verdict
from tests.support.caps import drawn
from tests.support.generated import EXAMPLES, KINDS, SEED, SHARDS, some
from tests.support.generators import Built, Case

MOST_STATES = 400
SLACK = 10
"""By how many states a search, or the slices of a turn, may exceed their limit: they end with a whole step."""

tally: Tally[str] = Tally()


@pytest.fixture(autouse=True)
def small_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small systems are asked by slices too, and every number is a counter."""
    monkeypatch.setattr(sliced, "LOOK", 0)
    monkeypatch.setattr(choosing, "SMALL", 1)


def properties_of(built: Built) -> list[Property]:
    p, q = built.watches
    return [
        always(p, name="always"),
        never(q, name="never"),
        whenever(p, q, name="whenever"),
        reachable(q, name="reachable"),
        deadlock_free(name="deadlock_free"),
        worst_case(built.maxima[0], name="worst"),
        worst_case(built.maxima[1], at_most=1, name="worst_2"),
    ]


def compare(system: System, items: list[Property], budget: int, wider: Callable[[int], Verdict] | None = None) -> None:
    """What slices say is what the search says: no other conclusion, no other greatest value.

    A search of all states decides nothing only where the trace to the first state, which it tells, rests on a cap; another
    trace, which slices found and replayed, may not. Then the search of the system with wider caps must find one, too: `wider`
    is its verdict on a property, by its position.
    """
    plain = check(system, items, engine="python")
    assert plain[0].run.exploration.complete
    found = by_slices(system, items, engine="python", limits=Limits(states=budget))
    if found is None:
        tally["small"] += 1
        return
    said = {n + 1: verdict for n, verdict in found.verdicts.items()} | (
        {} if found.domains is None else {0: found.domains}
    )
    for number, verdict in said.items():
        wanted = plain[number]
        tally[verdict.conclusion.value if verdict.property.needs_search else "structure"] += 1
        tally["free"] += bool(verdict.won is not None and verdict.won.free_of)
        replayed = verdict.won is not None and verdict.won.replayed is not None
        if wider is not None and number and replayed and wanted.conclusion is Conclusion.INCONCLUSIVE:
            tally["another trace"] += 1
            wanted = wider(number)
        assert agrees(verdict, wanted), (verdict.property.name, verdict.reason, wanted.reason)
    fires = plain[0].run.fires
    for event, idle in enumerate(found.proof.besides):
        tally["idle"] += idle
        assert not (idle and fires(event)), system.events[event].name
    for number, above in found.above.items():
        value = plain[number + 1].value
        assert value is None or value <= above
    tally["left"] += len(items) + 1 - len(said)


WIDER = 60
"""By so much caps are moved: what still rests on them is further away than these systems come."""


def agrees(verdict: Verdict, wanted: Verdict) -> bool:
    """Whether a verdict by slices says what that of the search does, as far as slices say it."""
    if verdict.conclusion is not wanted.conclusion:
        return False
    if verdict.value is not None and not verdict.at_least:
        return verdict.value == wanted.value
    return True


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("kind", KINDS)
def test_slices_say_what_the_search_says(kind: str, shard: int) -> None:
    compared(kind, shard, some(1 / 8, SHARDS))


def compared(kind: str, shard: int, examples: int) -> None:
    """Compare so many generated systems of a kind."""

    @seed(SEED * 1_000 + shard)
    @settings(max_examples=examples, suppress_health_check=list(HealthCheck), deadline=None)
    @given(KINDS[kind](), st.sampled_from([60, 1_000, 100_000]))
    def run(case: Case, budget: int) -> None:
        try:
            built = case.build()
        except ModelError as error:
            if error.code not in ("DR109", "DR143", "DR152"):
                raise
            reject()
        if not PythonEngine().explore(built.system, Query(), Limits(states=MOST_STATES)).complete:
            reject()
        compare(built.system, properties_of(built), budget)

    run()


@pytest.mark.parametrize("shard", range(SHARDS))
def test_slices_say_what_the_search_says_of_systems_with_caps(shard: int) -> None:
    for number in range(shard, max(2, EXAMPLES // 4), SHARDS):
        compared_with_caps(SEED * 100_000 + number)


def compared_with_caps(number: int) -> None:
    """Compare a drawn system with caps."""
    made, wide = drawn(number), drawn(number, WIDER)
    if PythonEngine().explore(made.system, Query(), Limits(states=2_000)).complete:
        asked = [n for n, item in enumerate(made.properties) if not item.of_executions]

        def wider(position: int) -> Verdict:
            item = wide.properties[asked[position - 1]]
            return check(wide.system, [item], limits=Limits(states=100_000, first=not isinstance(item, WorstCase)))[1]

        compare(made.system, [made.properties[n] for n in asked], 100_000, wider)


def test_another_trace_than_the_shortest_may_rest_on_no_cap() -> None:
    """Of this one it was seen: the search is inconclusive, and slices find a violation that wider caps have, too."""
    tally.clear()
    compared_with_caps(90_100_033)
    assert tally["another trace"] == 1


def test_what_was_compared_is_worth_comparing() -> None:
    """Slices decide much, in every way, and prove without some counters."""
    tally.clear()
    compared("any", 0, 30)
    assert tally["HOLDS"] > 20
    assert tally["VIOLATED"] > 20
    assert tally["free"] > 10
    assert tally["idle"] > 10


# -- by hand -----------------------------------------------------------------------------------------------------------
def counting(most: int = 40) -> System:
    """Two counters that tell nothing of a third component, and one that follows the first."""
    level, echo = Counter("level", most), Counter("echo", most, at_limit="saturate", cap_is="as high as the level")
    filled = Component(
        "tank",
        states=["open"],
        initial="open",
        variables=[level, echo],
        transitions=[
            on("fill", "open", when=level < most, then={level: level + 1, echo: echo + 1}),
            on("drain", "open", when=level > 0, then={level: level - 1}),
        ],
    )
    return compose("counting", [filled, lamp()])


def lamp() -> Component:
    """A component that no counter tells anything of."""
    lit = Boolean("lit")
    rows = [on("switch", "red", "green", then={lit: True}), on("switch", "green", "red", then={lit: False})]
    return Component("other", states=["red", "green"], initial="red", variables=[lit], transitions=rows)


def test_a_proof_does_not_depend_on_what_tells_nothing() -> None:
    system = counting()
    promise = always(system.other.lit == system.other.state("green"), name="lit_when_green")
    own, verdict = check(system, [promise], by="slices")
    assert own.conclusion is Conclusion.HOLDS
    assert verdict.conclusion is Conclusion.HOLDS
    assert verdict.won is not None
    assert verdict.won.free_of == ("tank.level", "tank.echo")
    assert [each.states for each in verdict.won.slices] == [2]
    assert verdict.run.proof is not None
    assert verdict.run.idle_events == []
    assert not verdict.run.knows_events


def test_a_violation_is_replayed_on_the_system() -> None:
    system = counting()
    found = check(
        system, [never(system.tank.level >= 7, name="low"), reachable(system.tank.echo >= 9, name="high")], by="slices"
    )
    assert [(v.conclusion.value, len(v.trace.steps)) for v in found[1:] if v.trace is not None] == [
        ("VIOLATED", 7),
        ("HOLDS", 9),
    ]


def test_a_worst_case_is_what_was_replayed() -> None:
    system = counting()
    _, verdict = check(system, [worst_case(system.tank.level + system.tank.echo, name="both")], by="slices")
    assert (verdict.conclusion, verdict.value, verdict.at_least) == (Conclusion.HOLDS, 80, False)


def test_what_slices_cannot_decide_is_searched() -> None:
    system = counting()
    empty = can_always(system.tank.level == 0, name="empty")
    found = check(system, [empty, never(system.tank.level >= 7, name="low")], by="slices")
    assert [v.conclusion.value for v in found] == ["HOLDS", "HOLDS", "VIOLATED"]
    assert [v.run.proof is None for v in found] == [True, True, False]


def test_a_step_that_is_certainly_possible() -> None:
    """A state has a step where some event is possible whatever is hidden; of a state without any a search has the trace."""
    _, alive = check(counting(), [deadlock_free(name="alive")], by="slices")
    assert (alive.conclusion, alive.reason) == (
        Conclusion.HOLDS,
        "every state has a step, by slices (a slice of 2 states, without 2 of 2 counters)",
    )
    level = Counter("level", 9)
    tank = Component(
        "tank", ["open"], variables=[level], transitions=[on("fill", "open", when=level < 9, then={level: level + 1})]
    )
    _, alive = check(compose("stuck", [tank]), [deadlock_free(name="alive")], by="slices")
    assert alive.conclusion is Conclusion.VIOLATED
    assert alive.run.proof is None
    assert alive.trace is not None
    assert len(alive.trace) == 9


def test_an_event_that_never_fires() -> None:
    """Slices show it of events that need no counter; of the others they say nothing, unless it is asked as a property."""
    lit = lamp()
    level = Counter("level", 40)
    rows = [on("fill", "open", when=level < 40, then={level: level + 1}), on("spill", "open", when=level > 40)]
    rows += [
        on("blind", "open", when=lit.state("green") & ~lit.lit),
        on("drain", "open", when=level > 0, then={level: 0}),
    ]
    system = compose("works", [Component("tank", ["open"], variables=[level], transitions=rows), lit])
    asked = [never(happens(name), name=name) for name in ("blind", "spill", "drain")]
    found = check(system, [always(level >= 0, name="low"), *asked], by="slices")
    assert [v.conclusion.value for v in found] == ["HOLDS", "HOLDS", "HOLDS", "HOLDS", "VIOLATED"]
    assert all(v.run.proof is not None for v in found)
    assert found[0].run.idle_by_slices == ["spill", "blind"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"engine": "reference"},
            "[DR519] the reference engine steps live machines, which have no slices; take another engine",
        ),
        (
            {"reductions": frozenset(["symmetry"])},
            "[DR519] reductions are of a search of the system itself; leave out the reductions",
        ),
        (
            {"coverage": True},
            "[DR519] slices do not see the states of the system, so they cannot give the coverage of guards; decide by search",
        ),
        (
            {"limits": Limits(first=True)},
            "[DR519] only a search of the system itself can end at what was seen first; leave out --first",
        ),
    ],
)
def test_what_has_no_meaning_by_slices_is_refused(more: dict[str, object], message: str) -> None:
    with pytest.raises(EngineError) as caught:
        check(counting(), [], by="slices", **more)
    assert str(caught.value) == message


def test_a_way_that_there_is_not() -> None:
    with pytest.raises(EngineError) as caught:
        check(counting(), [], by="slice")
    assert str(caught.value).startswith("[DR518] properties are not decided by 'slice'")


# -- planted faults ----------------------------------------------------------------------------------------------------
class Hasty:
    """An engine that stops early and does not say so."""

    name = "hasty"

    def explore(
        self, system: System, query: Query, limits: Limits = Limits(), listener: Listener | None = None
    ) -> Exploration:
        return replace(PythonEngine().explore(system, query, replace(limits, states=2)), complete=True)


def _stopped_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice whose search stopped early is taken for a whole one."""
    monkeypatch.setattr(proving, "engine_of", lambda name, states, expected=0: Hasty())


def _domains_are_taken_for_granted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "leaving", lambda system: [])


def _caps_are_taken_for_granted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sliced, "groups", lambda doubt: ())


def _a_disjunct_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = proving.disjuncts
    monkeypatch.setattr(proving, "disjuncts", lambda node: plain(node)[:1])


def _a_bound_is_taken_for_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a slice has as the greatest value is taken for one that was replayed."""
    plain = Prover.prove

    def prove(self: Prover, limits: Limits, budget: int = 0) -> Proof:
        proof = plain(self, limits, budget)
        return replace(proof, maxima=tuple(replace(a, below=a.above) for a in proof.maxima))

    monkeypatch.setattr(Prover, "prove", prove)


def _all_contradicts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not decided in the first round is taken to hold in no state."""
    monkeypatch.setattr(Contradictions, "never", lambda self, node: True)


FAULTS = [
    _all_contradicts_itself,
    _stopped_is_whole,
    _domains_are_taken_for_granted,
    _caps_are_taken_for_granted,
    _a_disjunct_is_forgotten,
    _a_bound_is_taken_for_a_value,
]


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__.strip("_"))
def test_faults_in_the_conclusions_are_noticed(
    plant: Callable[[pytest.MonkeyPatch], None],
) -> None:
    """Each makes a verdict that the search does not give, or a trace that does not show what it should."""
    over = overflowing()
    asked = [(over, [always(over.other.state("red") | over.other.lit, name="lit")])]
    asked += [
        (made.system, [item for item in made.properties if not item.of_executions]) for made in map(drawn, range(60))
    ]
    small = [each for each in asked if PythonEngine().explore(each[0], Query(), Limits(states=2_000)).complete]
    with pytest.raises((AssertionError, EngineError)):
        all_noticed(small, plant)


def all_noticed(asked: list[tuple[System, list[Property]]], plant: Callable[[pytest.MonkeyPatch], None]) -> None:
    for system, items in asked:
        for budget in (40, 100_000):
            noticed(system, items, plant, budget)


def overflowing() -> System:
    """A counter that leaves its domain, which says nothing of the rest."""
    spilled = Integer("spilled", 0, 9)
    tank = Component(
        "tank", ["open"], variables=[spilled], transitions=[on("spill", "open", then={spilled: spilled + 1})]
    )
    return compose("overflowing", [tank, lamp()])


def noticed(system: System, items: list[Property], plant: Callable[[pytest.MonkeyPatch], None], budget: int) -> None:
    """Compare the verdicts by slices with a fault to those of the search without."""
    plain = check(system, items, engine="python")
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        found = by_slices(system, items, engine="python", limits=Limits(states=budget))
    if found is None:
        return
    for number, verdict in found.verdicts.items():
        assert agrees(verdict, plain[number + 1])
    if found.domains is not None:
        assert agrees(found.domains, plain[0])


def test_what_is_evaluated_on_known_states_is_what_another_search_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Case by case: on the states that were found, or where these are many by exploring the slice once more."""
    plain, evaluated = Prover._nowhere, []

    def both(self: Prover, made: Any, found: Exploration, nodes: Any, limits: Limits) -> frozenset[int] | None:
        monkeypatch.setattr(proving, "EVALUATED", 0)
        searched = plain(self, made, found, nodes, limits)
        monkeypatch.setattr(proving, "EVALUATED", 1_000_000)
        evaluated.append((plain(self, made, found, nodes, limits), searched))
        return searched

    monkeypatch.setattr(Prover, "_nowhere", both)
    for made in map(drawn, range(60)):
        items = [item for item in made.properties if not item.of_executions]
        by_slices(made.system, items, engine="python", limits=Limits(states=100_000))
    assert len(evaluated) > 10
    assert any(known for known, _ in evaluated)
    assert all(known == searched for known, searched in evaluated)


# -- in turn -----------------------------------------------------------------------------------------------------------
def test_search_and_slices_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that the first search does not finish is decided by slices, where these can, and else by a longer search."""
    monkeypatch.setattr(searching, "BEGIN", 100)
    system = counting(3_000)
    promise = always(system.other.lit == system.other.state("green"), name="lit_when_green")
    found = check(system, [promise], by="auto", engine="python")
    assert [v.conclusion for v in found] == [Conclusion.HOLDS] * 2
    assert found[1].won is not None
    empty = can_always(system.tank.level == 0, name="empty")
    both = check(system, [promise, empty], by="auto", engine="python", limits=Limits(states=20_000))
    assert [v.conclusion.value for v in both] == ["HOLDS", "HOLDS", "INCONCLUSIVE"]
    small = counting(30)
    empty = can_always(small.tank.level == 0, name="empty")
    whole = check(small, [empty], by="auto", engine="python")
    assert [v.conclusion.value for v in whole] == ["HOLDS", "HOLDS"]
    assert whole[1].run.exploration.complete


def test_in_turn_is_not_much_more_than_the_smaller_of_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most the first search and four times the smaller: counted in states, on generated systems that take several turns."""
    searched, plain = [], searching.engine_named

    class Counted:
        def __init__(self, name: str) -> None:
            self.engine = plain(name)

        def explore(
            self, system: System, query: Query, limits: Limits, listener: Listener | None = None
        ) -> Exploration:
            found = self.engine.explore(system, query, limits, listener)
            searched.append(found.states if limits.states is None else min(found.states, limits.states))
            return found

    monkeypatch.setattr(searching, "engine_named", Counted)
    monkeypatch.setattr(plain_search, "states_looks", lambda system: 1)
    turns: Tally[str] = Tally()
    cases = [(made.system, made.properties) for made in map(drawn, range(SEED * 100_000, SEED * 100_000 + 14))]
    cases += [tanks(most, other) for most, other in ((9, 30), (20, 9), (30, 5), (14, 14))]
    for system, items in cases:
        whole = PythonEngine().explore(system, Query(), Limits(states=2_000))
        asked = [item for item in items if not item.of_executions]
        if not whole.complete or whole.states < 10:
            continue
        begin = 5
        monkeypatch.setattr(searching, "BEGIN", begin)
        monkeypatch.setattr(proving, "STAGE", begin * 3 // 2)
        alone = by_slices(system, asked, engine="python")
        assert alone is not None
        decided = alone.domains is not None and len(alone.verdicts) == len(asked)
        searched.clear()
        found = check(system, asked, by="auto", engine="python")
        states = max((v.run.proof.states for v in found if v.run.proof is not None), default=0)
        least = min(whole.states, alone.proof.states) if decided else whole.states
        assert sum(searched) + states <= begin + 4 * least + SLACK * len(searched)
        turns["slices" if decided and alone.proof.states < whole.states else "search"] += len(searched) - 1
    assert min(turns["slices"], turns["search"]) > 3, turns


def tanks(most: int, other: int) -> tuple[System, list[Property]]:
    """Two counters, and a promise of one of them: a slice that shows it has as many states as that has values."""
    made = []
    for number, cap in enumerate((most, other)):
        level, high = Counter("level", cap), Boolean("high")
        rows = [
            on(f"fill_{number}", "open", when=level < cap, then={level: level + 1, high: level + 1 > 3}),
            on(f"drain_{number}", "open", when=level > 0, then={level: level - 1, high: level - 1 > 3}),
        ]
        made.append(Component(f"tank{number}", ["open"], variables=[level, high], transitions=rows))
    return compose("tanks", made), [always(made[0].high == (made[0].level > 3), name="told")]


def test_a_small_system_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    system = counting(10)
    found = check(system, [never(system.tank.level >= 7, name="low")], by="auto")
    assert [v.run.proof for v in found] == [None, None]


# -- what ends a proof ---------------------------------------------------------------------------------------------------
def two_questions() -> tuple[System, list[Property]]:
    """One that a slice answers without a replay, and one whose path is replayed."""
    system = counting()
    shown = always(system.other.lit == system.other.state("green"), name="lit_when_green")
    return system, [shown, never(system.tank.level >= 7, name="low")]


def test_an_interrupt_during_a_replay_keeps_what_was_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Replayer, "follow", interrupted)
    system, items = two_questions()
    _, shown, low = check(system, items, by="slices")
    assert (shown.conclusion, low.conclusion) == (Conclusion.HOLDS, Conclusion.INCONCLUSIVE)
    assert low.run.interrupted
    assert "interrupt" in low.reason


def test_the_limit_of_seconds_ends_a_replay_and_keeps_what_was_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    deadline = Deadline(endable=True)

    def endless(*_: object, **__: object) -> None:
        deadline.end("the limit that was set")
        while True:
            sleep(0.001)

    monkeypatch.setattr(Replayer, "follow", endless)
    system, items = two_questions()
    _, shown, low = check(system, items, by="slices", limits=Limits(deadline=deadline))
    assert (shown.conclusion, low.conclusion) == (Conclusion.HOLDS, Conclusion.INCONCLUSIVE)
    assert "the limit that was set" in low.reason


def test_the_search_of_what_slices_leave_is_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "BUDGET", 5)
    system = counting()
    _, verdict = check(system, [can_always(system.tank.level == 0, name="empty")], by="slices")
    assert verdict.conclusion is Conclusion.INCONCLUSIVE
    assert "the limit of 5 states" in verdict.reason


def test_a_trace_of_slices_is_not_called_a_shortest_one() -> None:
    system = counting()
    item = never(system.tank.level >= 7, name="low")
    words = {}
    for by in ("slices", "search"):
        _, verdict = check(system, [item], by=by)
        assert verdict.trace is not None
        words[by] = (
            trace_view(verdict.trace, verdict.property, "").caption,
            verdict.trace.as_data().get("shortest", True),
        )
    assert words == {
        "slices": ("an execution that violates it", False),
        "search": ("the shortest execution that violates it", True),
    }


def test_what_holds_while_values_stay_in_their_domains_is_said() -> None:
    """The number leaves its domain, so the search decides nothing; a slice without it shows what it does not matter to."""
    number = Integer("number", 0, 40)
    rows = [on("rise", "open", then={number: number + 1})]
    system = compose("rising", [Component("tank", ["open"], variables=[number], transitions=rows), lamp()])
    items: list[Property] = [
        always(system.other.lit == system.other.state("green"), name="lit_when_green"),
        reachable(system.other.lit & system.other.state("red"), name="lit_when_red"),
        never(number >= 30, name="low"),
    ]
    found = check(system, items, by="slices")
    assert [v.conclusion.value for v in found] == ["VIOLATED", "INCONCLUSIVE", "INCONCLUSIVE", "VIOLATED"]
    assert found[1].reason.endswith("; while values stay in their domains it holds, by slices")
    assert found[2].reason.endswith("; while values stay in their domains it is not reached, by slices")
    assert "slices" not in check(system, items)[1].reason


def test_a_slice_that_learns_and_shows_is_replayed() -> None:
    """The smallest slice with all on which a number depends is asked for twice: to learn, and for the number."""
    fed, lost = Counter("fed", 9), Counter("lost", 30)
    rows = [
        on("feed", "open", when=fed < 9, then={fed: fed + 1}),
        on("lose", "open", "shut", when=fed > 4, then={lost: fed}),
        on("open", "shut", "open", when=lost < 7, then={fed: 0}),
    ]
    system = compose("works", [Component("tank", ["open", "shut"], variables=[fed, lost], transitions=rows)])
    _, verdict = check(system, [worst_case(system.tank.lost, name="worst")], by="slices")
    assert (verdict.conclusion, verdict.value, verdict.at_least) == (Conclusion.HOLDS, 9, False)
    assert verdict.won is not None
