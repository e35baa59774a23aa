"""Events in properties and bounds in time: by example, against a naive checker that knows no observers, and what is refused.

`DRCHECK_EXAMPLES` sets how many generated systems there are (a part of them is taken here), `DRCHECK_SEED` which ones.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import strategies as st

from drcheck import (
    Age,
    Component,
    Expression,
    Literal,
    System,
    always,
    can_always,
    compose,
    deadlock_free,
    event,
    eventually,
    finally_,
    globally,
    happens,
    hours,
    if_else,
    leads_to,
    ltl,
    minutes,
    never,
    next_,
    on,
    reachable,
    state_of,
    strongly_fair,
    until,
    weakly_fair,
    whenever,
    within,
    worst_case,
)
from drcheck.engines.protocol import INTERRUPT, Exploration, Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import DrcheckError, ModelError
from drcheck.finders.brought_about import NO_TIME
from drcheck.logic.kinds import Property
from drcheck.logic.observing import with_observers
from drcheck.reductions.form import DEAD_VARIABLES, PARTIAL_ORDER, SYMMETRY
from drcheck.render.shown_trace import trace_view
from drcheck.sampling.bitstate import bit_search
from drcheck.sampling.observations import SeenInTables, SeenOnWalks, Shown, observe, plan
from drcheck.sampling.walks import simulate
from drcheck.system.oracle import Oracle
from drcheck.system.system import observers
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion, Verdict
from tests.engines.test_agreement import assert_evidence, native
from tests.support.generated import KINDS, MANY, on_generated, sharded
from tests.support.generators import Built
from tests.support.naive import World, delays, holds_after, remembering
from tests.support.reducing import sources


# -- by example ----------------------------------------------------------------------------------------------------------
def standby() -> System:
    """A link that fails for three hours at most, and a server that takes over after two."""
    outage = Age("outage", cap=hours(3))
    link = Component(
        "link",
        states=["up", "down"],
        variables=[outage],
        transitions=[
            on("link_fails", "up", "down", kind="environment"),
            on("tick", "down", when=outage < hours(3), then={outage: outage + 1}),
            on("link_restored", "down", "up", then={outage: 0}, kind="environment"),
        ],
    )
    server = Component(
        "server",
        states=["idle", "in_service"],
        transitions=[
            on("take_over", "idle", "in_service", when=link.outage >= hours(2)),
            on("give_back", "in_service", "idle", when=link.up, urgent=True),
        ],
    )
    return compose("standby", [link, server], tick=hours(1))


def decided(system: System, item: Property) -> Verdict:
    return check(system, item)[1]


STANDBY = standby()
LINK, SERVER = STANDBY.link, STANDBY.server
VIOLATED, HOLDS = Conclusion.VIOLATED, Conclusion.HOLDS


@pytest.mark.parametrize(
    ("item", "expected", "steps"),
    [
        (never(happens("take_over") & LINK.down), VIOLATED, 4),
        (never(happens("take_over", when=LINK.down)), VIOLATED, 4),
        (never(happens("take_over", when=LINK.up)), HOLDS, None),
        (never(happens("link_fails") & LINK.up), HOLDS, None),  # after the step
        (never(happens("link_fails", when=LINK.up)), VIOLATED, 1),  # before it
        (whenever(happens("give_back"), LINK.up), HOLDS, None),
        (reachable(happens("time")), HOLDS, 1),
        (reachable(happens("link_fails", "take_over") & SERVER.in_service), HOLDS, 4),
        (can_always(happens("link_fails")), HOLDS, None),
        (leads_to(happens("link_fails"), LINK.up, weakly_fair("environment", "time")), HOLDS, None),
        (leads_to(happens("link_fails"), SERVER.in_service, weakly_fair("environment", "time")), VIOLATED, None),
        (ltl(globally(happens("link_fails").implies(next_(~happens("link_fails"))))), HOLDS, None),
        (ltl(globally(happens("take_over").implies(next_(happens("give_back"))))), VIOLATED, None),
        (eventually(happens("link_fails")), VIOLATED, None),
        (eventually(happens("link_fails"), weakly_fair("environment")), HOLDS, None),
        (worst_case(if_else(happens("environment"), 2, 1), at_most=1), VIOLATED, 1),
        (within(hours(3), LINK.up, after=happens("link_fails")), HOLDS, None),
        (within(hours(3), LINK.up, after=LINK.down), HOLDS, None),
        (within(hours(2), LINK.up, after=LINK.down), VIOLATED, 4),
        (within(2, LINK.up, after=LINK.down), VIOLATED, 4),
        (within(minutes(60), LINK.down), VIOLATED, 2),
        (within(0, LINK.up, after=happens("link_restored")), HOLDS, None),
    ],
    ids=str,
)
def test_examples(item: Property, expected: Conclusion, steps: int | None) -> None:
    verdict = decided(STANDBY, item)
    assert verdict.conclusion is expected
    assert verdict.vacuous is None
    if steps is not None:
        assert verdict.trace is not None
        assert len(verdict.trace) == steps


def test_the_longest_delay_is_told() -> None:
    verdict = decided(STANDBY, within(hours(12), LINK.up, after=LINK.down))
    assert (verdict.value, verdict.reason) == (3, "in all 17 states; at most 3 ticks (3h) pass without it")


def test_an_execution_that_ends_without_the_goal_breaks_a_bound() -> None:
    away = Age("away", cap=2, cap_is="the end")
    part = Component(
        "part",
        ["up", "down", "gone"],
        variables=[away],
        transitions=[
            on("fails", "up", "down"),
            on("tick", ["up", "down"], then={away: away + 1}),
            on("lost", "down", "gone"),
            on("tick", "gone", when=Literal(False)),
            on("back", "down", "up", urgent=True),
        ],
    )
    verdict = decided(compose("ends", [part], tick=hours(1)), within(hours(5), part.up, after=part.down))
    assert verdict.conclusion is VIOLATED
    assert verdict.trace is not None
    assert [step.event.name for step in verdict.trace.steps] == ["fails", "lost"]


def test_what_is_said_of_an_event_that_never_happens_is_vacuous() -> None:
    part = Component(
        "part", ["up", "down"], transitions=[on("tick", "up", "down"), on("never_so", "up", when=Literal(False))]
    )
    system = compose("part", [part], tick=hours(1))
    for item in (whenever(happens("never_so"), part.up), within(3, part.up, after=happens("never_so"))):
        assert decided(system, item).vacuous == "its trigger never happens: happens(never_so)"


def test_events_of_vectors_and_of_sites_are_named_as_they_are_composed() -> None:
    a = Component("a", ["x", "y"], transitions=[on("goes", "x", "y", internal=True), on("comes", "y", "x")])
    b = Component("b", ["x", "y"], transitions=[on("leaves", "x", "y"), on("returns", "y", "x")])
    system = compose("two", [a, b], events=[event("both", {a: "comes", b: "leaves"})])
    assert decided(system, whenever(happens("both"), b.y)).conclusion is HOLDS
    assert decided(system, whenever(happens("a.goes"), a.y)).conclusion is HOLDS
    with pytest.raises(DrcheckError, match="the trigger comes takes part in both"):
        decided(system, never(happens("comes")))


def test_what_is_said_of_events_may_speak_of_a_component_by_its_name() -> None:
    items = [
        never(happens("take_over", when=state_of("link", "down"))),
        within(hours(2), state_of("link", "up"), after=state_of("link", "down")),
    ]
    assert [v.conclusion for v in check(STANDBY, items)[1:]] == [VIOLATED, VIOLATED]


# -- what does not change ------------------------------------------------------------------------------------------------
def test_other_properties_are_decided_on_the_system_as_it_is() -> None:
    plain = never(LINK.down & SERVER.in_service)
    alone = decided(STANDBY, plain)
    both = check(STANDBY, [never(happens("take_over")), plain, within(hours(2), LINK.up, after=LINK.down)])
    assert [v.property.name for v in both] == ["values_stay_in_their_domains", "", "", ""]
    assert both[2].run.system is both[0].run.system is STANDBY
    assert both[2].run.exploration.states == alone.run.exploration.states == 10
    assert [observer.name for observer in observers(both[1].run.system)] == ["happens_take_over"]
    assert [observer.name for observer in observers(both[3].run.system)] == ["clock"]


def test_properties_with_the_same_observers_share_a_search() -> None:
    items = [never(happens("take_over")), reachable(happens("take_over")), reachable(happens("link_fails"))]
    found = check(STANDBY, items)
    assert found[1].run is found[2].run
    assert found[3].run is not found[1].run


def test_an_observer_changes_no_execution() -> None:
    item = leads_to(happens("link_fails"), LINK.up)
    system, _ = with_observers(STANDBY, [item, within(hours(2), LINK.up, after=LINK.down)])
    assert [(e.name, e.guard, e.urgent, e.priority) for e in system.events] == [
        (e.name, e.guard, e.urgent, e.priority) for e in STANDBY.events
    ]
    watched, plain = World.of(system), World.of(STANDBY)
    size = len(STANDBY.cells)
    assert {state[:size] for state in watched.steps} == set(plain.steps)
    for state, steps in watched.steps.items():
        assert [(event, target[:size]) for event, target in steps] == plain.steps[state[:size]]


def test_a_trace_shows_the_clock_and_not_what_the_event_says() -> None:
    bound = decided(STANDBY, within(hours(2), SERVER.in_service, after=happens("link_fails")))
    assert bound.trace is not None
    text = "\n".join(trace_view(bound.trace, bound.property, "").text)
    assert "happens_link_fails" not in text
    assert "clock: waited 0 -> 3h" in text or "waited 1h -> 3h" in text
    assert not any("happens_link_fails" in str(part) for part in bound.trace.as_data().values())


def test_a_verdict_can_be_decided_again_by_its_property() -> None:
    first = decided(STANDBY, never(happens("take_over"), name="p"))
    assert decided(STANDBY, first.property).conclusion is first.conclusion
    assert first.property.formula() == never(happens("take_over")).formula()


def test_an_interrupt_leaves_the_searches_that_were_not_begun_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Limits] = []

    class Interrupted(PythonEngine):
        def explore(self, system: System, query: Query, limits: Limits = Limits(), *more: object) -> Exploration:
            asked.append(limits)
            found = super().explore(system, query, Limits(states=0))
            return replace(found, stopped=INTERRUPT) if len(asked) == 1 else found

    monkeypatch.setattr("drcheck.verdicts.searching.engine_named", lambda name: Interrupted())
    verdicts = check(STANDBY, [always(LINK.up | LINK.down, name="plain"), never(happens("take_over"), name="event")])
    assert [limits.states for limits in asked] == [None, 0]
    assert [v.conclusion for v in verdicts] == [Conclusion.INCONCLUSIVE] * 3
    assert verdicts[0].run.interrupted
    assert all("an interrupt" in v.reason for v in verdicts)


# -- what is refused -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("item", "code", "says"),
    [
        (lambda: never(happens("take_ovr")), "DR312", "take_over"),
        (lambda: never(happens("operator")), "DR312", "no event of system standby is of kind operator"),
        (lambda: happens(), "DR302", "nothing"),
        (lambda: happens(LINK.up), "DR302", "happens takes names"),  # type: ignore[arg-type]
        (lambda: happens("link_fails", when=LINK.outage), "DR302", "boolean"),
        (lambda: happens("link_fails", when=happens("take_over")), "DR302", "over states"),
        (lambda: happens("link_fails", when=None), "DR147", "when"),
        (lambda: never(happens("take_over", when=LINK.initial == "up")), "DR122", "condition of an event"),
        (lambda: within(minutes(90), LINK.up, after=LINK.down), "DR117", "1h30m"),
        (lambda: within(-1, LINK.up), "DR302", "within takes"),
        (lambda: within("4h", LINK.up), "DR302", "within takes"),  # type: ignore[arg-type]
        (lambda: within(hours(1), LINK.outage), "DR302", "boolean"),
        (lambda: within(hours(1), LINK.up, after=None), "DR147", "after"),
        (lambda: within(hours(1), LINK.up, after=LINK.initial == "up"), "DR122", "trigger"),
    ],
)
def test_refusals(item: Callable[[], Property], code: str, says: str) -> None:
    with pytest.raises(DrcheckError) as caught:
        decided(STANDBY, item())
    assert caught.value.code == code
    assert says in str(caught.value)
    assert caught.value.place is not None


def test_a_bound_needs_time() -> None:
    part = Component("part", ["up", "down"], transitions=[on("fails", "up", "down")])
    for tick, bound, code in ((None, 3, "DR313"), (hours(1), hours(3), "DR313")):
        with pytest.raises(DrcheckError) as caught:
            decided(compose("timeless", [part], tick=tick), within(bound, part.up, after=part.down))
        assert caught.value.code == code
    timed = Component("timed", ["on"], transitions=[on("tick", "on")])
    with pytest.raises(ModelError) as refused:
        decided(compose("no_length", [part, timed]), within(hours(3), part.up, after=part.down))
    assert refused.value.code == "DR117"
    assert decided(compose("no_length", [part, timed]), within(3, part.up, after=part.down)).conclusion is VIOLATED


def test_a_guard_cannot_speak_of_events() -> None:
    part = Component("part", ["up", "down"], transitions=[on("fails", "up", "down", when=happens("fails"))])
    with pytest.raises(ModelError) as caught:
        compose("part", [part])
    assert caught.value.code == "DR106"
    assert "in properties" in str(caught.value)


def test_walks_and_lossy_searches_see_events() -> None:
    items = [never(happens("take_over"), name="p"), within(hours(1), LINK.up, after=LINK.down, name="q")]
    system, made = with_observers(STANDBY, items)
    plans, query = plan(system, made)
    walks = simulate(system, query, walks=50, steps=50, seed=1)
    search = bit_search(system, query, 1 << 16)
    for evidence in (SeenOnWalks(walks), SeenInTables([search])):
        assert [seen.shown for seen in observe(evidence, plans, {})[1:]] == [Shown.VIOLATED] * 2
    with pytest.raises(DrcheckError, match="without observers"):
        plan(STANDBY, items)


# -- on generated systems ------------------------------------------------------------------------------------------------
def drawn_event(built: Built, data: st.DataObject) -> Expression:
    """What is said of some events: of one, of several, of a kind, with and without a condition on the state before."""
    names = [e.name for e in built.system.events]
    kinds = sorted({e.kind for e in built.system.events})
    chosen = data.draw(
        st.lists(st.sampled_from([*names, *names, *kinds]), min_size=1, max_size=2, unique=True), label="events"
    )
    p, q = built.watches
    when = data.draw(st.sampled_from([None, None, p, ~q]), label="when")
    return happens(*chosen) if when is None else happens(*chosen, when=when)


def properties_of(built: Built, data: st.DataObject) -> tuple[list[Property], set[str], set[str]]:
    """One of each kind that speaks of events or of time, and the names of the events that are weakly and strongly fair."""
    p, q = built.watches
    a, b = drawn_event(built, data), drawn_event(built, data)
    x, y = data.draw(st.sampled_from([(a, q), (a & p, q), (a & ~p, b), (p, b), (a, b | q), (a, p & q)]), label="x, y")
    names = [e.name for e in built.system.events]
    weak = set(data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True), label="weakly fair"))
    strong = set(data.draw(st.lists(st.sampled_from(names), max_size=1, unique=True), label="strongly fair"))
    fair = [f(*sorted(e)) for f, e in ((weakly_fair, weak), (strongly_fair, strong)) if e]
    bound = data.draw(st.integers(0, 4), label="bound")
    ticks = any(e.is_tick for e in built.system.events)
    items = [
        always(x.implies(y), name="always"),
        never(x & y, name="never"),
        whenever(x, y, name="whenever"),
        reachable(x & ~y, name="reachable"),
        deadlock_free(except_where=x, name="deadlock_free"),
        leads_to(x, y, fair, name="leads_to"),
        eventually(x, fair, name="eventually"),
        can_always(x, name="can_always"),
        ltl(globally(x.implies(next_(finally_(y)))), fair, name="ltl"),
        ltl(globally(finally_(x)).implies(until(~y, x)), fair, name="ltl_until"),
        worst_case(if_else(x, 2, if_else(y, 1, 0)), name="worst_case"),
        *([within(bound, y, after=x, name="within"), within(bound, y, name="within_start")] if ticks else []),
    ]
    return items, weak - strong, strong


def by_definition(
    built: Built, items: list[Property], weak: set[str], strong: set[str]
) -> dict[str, tuple[bool, int | None]]:
    """Whether each holds, by its definition on the system without observers, and the value or the length of its trace."""
    system, oracle, world = built.system, Oracle(built.system), remembering(built.system)
    of = {item.name: item for item in items}

    def true(node: Expression | None) -> Callable[..., bool]:
        assert node is not None
        return lambda here: holds_after(system, oracle, node, here)

    found: dict[str, tuple[bool, int | None]] = {}
    for name in ("always", "never", "whenever"):
        good = true(of[name].condition if of[name].trigger is None else of[name].trigger.implies(of[name].condition))
        distance = world.distance(lambda here, good=good: not good(here))
        found[name] = distance is None, distance
    distance = world.distance(true(of["reachable"].condition))
    found["reachable"] = distance is not None, distance
    intended = true(of["deadlock_free"].condition)
    distance = world.distance(lambda here: here in world.dead and not intended(here))
    found["deadlock_free"] = distance is None, distance
    leads = of["leads_to"]
    found["leads_to"] = world.leads_to(true(leads.trigger), true(leads.condition), weak, strong), None
    start = world.initial
    goal = true(of["eventually"].condition)
    found["eventually"] = world.leads_to(lambda here: here in start, goal, weak, strong), None
    distance = world.can_always(true(of["can_always"].condition))
    found["can_always"] = distance is None, distance
    for name in ("ltl", "ltl_until") if len(world.steps) <= 30 else ():  # all guesses on all states are very many
        formula = of[name].condition
        assert formula is not None
        found[name] = world.satisfies(formula, lambda node, here: true(node)(here), weak, strong), None
    measure = of["worst_case"].measure
    assert measure is not None
    greatest = next(
        (n for n in (2, 1) if any(holds_after(system, oracle, measure == n, here) for here in world.steps)), 0
    )
    found["worst_case"] = True, greatest
    timed = {e.name for e in system.events if e.is_tick}
    for name in ("within", "within_start") if "within" in of else ():
        item = of[name]
        begun = true(item.trigger) if item.trigger is not None else (lambda here: here in start)
        assert isinstance(item.at_most, int)
        longest = delays(world, begun, true(item.goal), timed, item.at_most)
        found[name] = longest is not None, longest
    return found


TELLS_VALUE = ("worst_case", "within", "within_start")


@sharded
@pytest.mark.parametrize("kind", KINDS)
def test_verdicts_are_those_of_a_checker_without_observers(kind: str, shard: int) -> None:
    told: Tally[tuple[str, bool]] = Tally()
    count = iter(range(10**9))

    def body(built: Built, data: st.DataObject) -> None:
        items, weak, strong = properties_of(built, data)
        expected = by_definition(built, items, weak, strong)
        number = next(count) % 16
        engine = {0: "native" if native() is not None else "numpy", 4: "numpy", 8: "reference"}.get(number, "python")
        for verdict in check(built.system, items, engine=engine)[1:]:
            name = verdict.property.name
            if name not in expected:
                continue
            holds, number = expected[name]
            about = f"{name}: {verdict.property.formula()}: {verdict.reason}; by definition {expected[name]}"
            assert verdict.conclusion is (Conclusion.HOLDS if holds else Conclusion.VIOLATED), about
            told[name, holds] += 1
            if name in TELLS_VALUE and holds:
                assert verdict.value == number, about
            elif verdict.trace is not None and number is not None:
                assert len(verdict.trace) == number, about
            assert_evidence(verdict, Oracle(verdict.run.system))

    on_generated(kind, shard, body, share=0.07, most=60, escapes=False)
    if MANY:
        for name in ("always", "never", "reachable", "leads_to", "ltl", "can_always"):
            assert told[name, True], name
            assert told[name, False], name


@sharded
@pytest.mark.parametrize("kind", KINDS)
def test_reductions_keep_what_is_said_of_events(kind: str, shard: int) -> None:
    def body(built: Built, data: st.DataObject) -> None:
        items, _, _ = properties_of(built, data)
        states = [item for item in items if not item.of_executions]
        plain = {v.property.name: v for v in check(built.system, items, engine="python")}
        for wanted, those in (
            ([DEAD_VARIABLES], items),
            ([SYMMETRY], items),
            ([PARTIAL_ORDER], states),
            ([DEAD_VARIABLES, SYMMETRY, PARTIAL_ORDER], states),
        ):
            if PARTIAL_ORDER in wanted:
                those = [item for item in those if item.name != "deadlock_free"]
            for ours in check(built.system, those, engine="python", reductions=frozenset(wanted))[1:]:
                theirs = plain[ours.property.name]
                about = f"{ours.property.name} with {wanted}: {ours.reason}; without: {theirs.reason}"
                vacuous = theirs.vacuous
                # Where steps are left out, that no tick fired shows nothing: it may be postponed for ever.
                if PARTIAL_ORDER in wanted and ours.vacuous is None and (vacuous or "").startswith(NO_TIME):
                    vacuous = None
                assert (ours.conclusion, ours.value, ours.vacuous) == (theirs.conclusion, theirs.value, vacuous), about
                assert_evidence(ours, Oracle(ours.run.system))

    on_generated(kind, shard, body, share=0.03, most=100, escapes=False)


def test_symmetry_is_kept_where_a_property_does_not_tell_parts_apart() -> None:
    system = sources(3)
    one = check(system, never(happens("given_up0")), reductions=frozenset([SYMMETRY]))[1]
    every = check(system, reachable(happens("given_up0", "given_up1", "given_up2")), reductions=frozenset([SYMMETRY]))[
        1
    ]
    assert one.conclusion is VIOLATED
    assert every.conclusion is HOLDS
    assert every.run.exploration.states < check(system, reachable(happens("given_up0")))[1].run.exploration.states
