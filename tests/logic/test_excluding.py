"""Properties without some causes: by example, and against an explicit cut of the graph of states, on generated systems.

`DRCHECK_EXAMPLES` sets how many generated systems there are (a part of them is taken here), `DRCHECK_SEED` which ones.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import reject
from hypothesis import strategies as st

from drcheck import (
    Component,
    Expression,
    System,
    always,
    can_always,
    compose,
    deadlock_free,
    eventually,
    finally_,
    globally,
    happens,
    hours,
    if_else,
    leads_to,
    ltl,
    never,
    on,
    reachable,
    structure,
    weakly_fair,
    whenever,
    within,
    worst_case,
)
from drcheck.errors import DrcheckError
from drcheck.logic.excluding import excluding
from drcheck.logic.kinds import Property
from drcheck.logic.observing import with_observers
from drcheck.render.shown_trace import trace_view
from drcheck.system.oracle import Oracle
from drcheck.system.system import observers
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion, Verdict
from tests.engines.test_agreement import engines
from tests.logic.test_observing import LINK, SERVER, STANDBY, drawn_event, properties_of
from tests.support.generated import MANY, SHARDS, on_generated
from tests.support.generators import Built
from tests.support.naive import World, delays, holds_after, remembering

VIOLATED, HOLDS = Conclusion.VIOLATED, Conclusion.HOLDS
sharded = pytest.mark.parametrize("shard", range(SHARDS))


def decided(system: System, item: Property, *causes: Expression) -> Verdict:
    return check(system, excluding(item, causes))[1]


# -- by example ----------------------------------------------------------------------------------------------------------
FAILS, TAKES_OVER = happens("link_fails"), happens("take_over")


@pytest.mark.parametrize(
    ("item", "cause", "expected"),
    [
        (never(LINK.down), FAILS, HOLDS),
        (never(LINK.down), TAKES_OVER, VIOLATED),
        (never(SERVER.in_service), LINK.outage == 3, VIOLATED),
        (never(SERVER.in_service), LINK.outage == 2, HOLDS),
        (whenever(LINK.down, LINK.outage < 2), LINK.outage == 2, HOLDS),
        (reachable(SERVER.in_service), FAILS, VIOLATED),
        (reachable(LINK.down), FAILS, VIOLATED),
        (reachable(LINK.down), TAKES_OVER, HOLDS),
        (deadlock_free(), LINK.down, HOLDS),
        (eventually(LINK.down), TAKES_OVER, VIOLATED),
        (eventually(LINK.down, weakly_fair("environment")), FAILS, HOLDS),
        (leads_to(LINK.up, LINK.down), TAKES_OVER, VIOLATED),
        (leads_to(LINK.down, LINK.up), LINK.outage == 3, HOLDS),
        (can_always(SERVER.in_service), TAKES_OVER, VIOLATED),
        (can_always(LINK.up), TAKES_OVER, HOLDS),
        (ltl(globally(LINK.down.implies(finally_(LINK.up)))), LINK.outage == 3, HOLDS),
        (ltl(globally(LINK.up.implies(finally_(LINK.down)))), TAKES_OVER, VIOLATED),
        (worst_case(LINK.outage, at_most=1), TAKES_OVER, VIOLATED),
        (worst_case(LINK.outage, at_most=1), LINK.outage == 2, HOLDS),
        (within(hours(1), LINK.up, after=LINK.down), LINK.outage == 2, HOLDS),
        (within(hours(1), LINK.up, after=FAILS), TAKES_OVER, VIOLATED),
    ],
    ids=lambda part: str(part.formula() if isinstance(part, Property) else part),
)
def test_examples(item: Property, cause: Expression, expected: Conclusion) -> None:
    assert decided(STANDBY, item, cause).conclusion is expected


def test_what_is_cut_is_not_searched() -> None:
    verdict = decided(STANDBY, never(LINK.down), FAILS)
    assert verdict.run.exploration.states == 2
    assert verdict.vacuous is None


def test_a_trigger_that_only_the_cause_brings_is_vacuous() -> None:
    for item in (whenever(LINK.down, SERVER.idle), leads_to(LINK.down, LINK.up), within(1, LINK.up, after=LINK.down)):
        assert "its trigger never happens" in (decided(STANDBY, item, FAILS).vacuous or "")
    formula = ltl(globally(LINK.down.implies(finally_(LINK.up))))
    assert "its trigger never happens" in (decided(STANDBY, formula, FAILS).vacuous or "")
    assert decided(STANDBY, formula, LINK.outage == 3).vacuous is None


def test_causes_together_exclude_what_each_does() -> None:
    part = Component("part", ["up", "down"], transitions=[on("one", "up", "down"), on("other", "up", "down")])
    system = compose("part", [part])
    item = never(part.down)
    assert decided(system, item, happens("one")).conclusion is VIOLATED
    assert decided(system, item, happens("other")).conclusion is VIOLATED
    assert decided(system, item, happens("one"), happens("other")).conclusion is HOLDS
    assert decided(system, excluding(item, [happens("one")]), happens("other")).conclusion is HOLDS


def test_an_event_that_leads_to_the_cause_alone_must_still_be_taken() -> None:
    part = Component("part", ["idle", "gone"], transitions=[on("stays", "idle"), on("goes", "idle", "gone")])
    system = compose("part", [part])
    assert decided(system, eventually(part.gone), part.gone).conclusion is VIOLATED
    assert decided(system, eventually(part.gone, weakly_fair("goes")), part.gone).conclusion is HOLDS


def test_the_observer_is_named_and_traces_are_of_the_system() -> None:
    verdict = decided(STANDBY, never(LINK.outage == 2), TAKES_OVER)
    assert [o.name for o in observers(verdict.run.system)] == ["happens_take_over", "without_happens_take_over"]
    assert verdict.trace is not None
    text = "\n".join(trace_view(verdict.trace, verdict.property, "").text)
    assert "without_" not in text
    assert [step.event.name for step in verdict.trace.steps] == ["link_fails", "tick", "tick"]


def test_properties_without_the_same_causes_share_a_search() -> None:
    cause, other = LINK.outage == 1, LINK.outage == 2
    items = [
        excluding(never(LINK.down), [cause]),
        excluding(reachable(LINK.down), [cause]),
        excluding(never(LINK.down), [other]),
    ]
    found = check(STANDBY, items)[1:]
    assert found[0].run is found[1].run
    assert found[2].run is not found[0].run
    with pytest.raises(DrcheckError, match=r"\[DR315\].*without other causes"):
        with_observers(STANDBY, items)


@pytest.mark.parametrize("item", [worst_case(LINK.outage), structure(True, "so")], ids=str)
def test_what_has_no_meaning_without_a_cause_is_refused(item: Property) -> None:
    with pytest.raises(DrcheckError) as caught:
        excluding(item, [FAILS])
    assert caught.value.code == "DR315"


# -- on generated systems ------------------------------------------------------------------------------------------------
def cut(world: World, where: Callable[..., bool]) -> World:
    """The executions of a world up to the first state as `where`, from which there is no step, and which is no deadlock."""
    steps = {state: [] if where(state) else steps for state, steps in world.steps.items()}
    reached, todo = set(), list(world.initial)
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo += [target for _, target in steps[state]]
    dead = {state for state in world.dead & reached if not where(state)}
    return World(world.initial, {state: steps[state] for state in reached}, world.escapes, dead)


def by_definition(
    built: Built, cause: Expression, items: list[Property], weak: set[str], strong: set[str]
) -> dict[str, tuple[bool, int | None]]:
    """Whether each holds on the cut graph of the system without observers, and the value or the length of its trace."""
    system, oracle = built.system, Oracle(built.system)
    of = {item.name: item for item in items}

    def true(node: Expression | None) -> Callable[..., bool]:
        assert node is not None
        return lambda here: holds_after(system, oracle, node, here)

    ended = true(cause)
    world = cut(remembering(system), ended)
    alive = {
        state: [step for step in steps if not ended(step[1])]
        for state, steps in world.steps.items()
        if not ended(state)
    }
    rest = World(world.initial & alive.keys(), alive, world.escapes, world.dead)
    found: dict[str, tuple[bool, int | None]] = {}
    for name in ("always", "never", "whenever"):
        item = of[name]
        assert item.condition is not None
        good = true(item.condition if item.trigger is None else item.trigger.implies(item.condition))
        distance = rest.distance(lambda here, good=good: not good(here))
        found[name] = distance is None, distance
    distance = rest.distance(true(of["reachable"].condition))
    found["reachable"] = distance is not None, distance
    intended = true(of["deadlock_free"].condition)
    distance = rest.distance(lambda here: here in rest.dead and not intended(here))
    found["deadlock_free"] = distance is None, distance
    leads, start = of["leads_to"], world.initial
    found["leads_to"] = world.leads_to(true(leads.trigger), true(leads.condition), weak, strong), None
    goal = true(of["eventually"].condition)
    found["eventually"] = world.leads_to(lambda here: here in start, goal, weak, strong), None
    distance = rest.can_always(true(of["can_always"].condition))
    found["can_always"] = distance is None, distance
    for name in ("ltl", "ltl_until") if len(world.steps) <= 30 else ():  # all guesses on all states are very many
        formula = of[name].condition
        assert formula is not None
        found[name] = world.satisfies(formula, lambda node, here: true(node)(here), weak, strong), None
    measure = of["worst_case"].measure
    assert measure is not None
    greatest = next((n for n in (2, 1) if any(true(measure == n)(here) for here in rest.steps)), 0)
    found["worst_case"] = greatest <= 1, greatest
    timed = {e.name for e in system.events if e.is_tick}
    for name in ("within", "within_start") if "within" in of else ():
        item = of[name]
        bound = item.at_most
        assert isinstance(bound, int)
        begins = (lambda here: here in start) if item.trigger is None else true(item.trigger)
        longest = delays(rest, begins, true(item.goal), timed, bound)
        found[name] = longest is not None, longest
    return found


@pytest.mark.parametrize("kind", ["any", "neighbours"])
@sharded
def test_verdicts_are_those_of_an_explicit_cut(kind: str, shard: int) -> None:
    seen: Tally[tuple[str, bool]] = Tally()

    def body(built: Built, data: st.DataObject) -> None:
        p, q = built.watches
        event = drawn_event(built, data)
        cause = data.draw(st.sampled_from([p & ~q, q, event, event & p, event | (p & q)]), label="cause")
        oracle = Oracle(built.system)
        if any(holds_after(built.system, oracle, cause, (state, None)) for state in built.system.initial_states):
            reject()
        items, weak, strong = properties_of(built, data)
        items = [replace(item, at_most=1) if item.name == "worst_case" else item for item in items]
        asked = [excluding(item, [cause]) for item in items]
        verdicts = {v.property.name: v for v in check(built.system, asked)[1:]}
        for name, (holds, value) in by_definition(built, cause, items, weak, strong).items():
            verdict = verdicts[name]
            seen[name, holds] += 1
            assert verdict.conclusion is (HOLDS if holds else VIOLATED), f"{name}, by definition {holds}"
            if name == "worst_case" or (name.startswith("within") and holds):
                assert verdict.value == value, name
            elif verdict.trace is not None and value is not None:
                assert len(verdict.trace) == value, name

    on_generated(kind, shard, body, share=0.1, most=60, escapes=False)
    if MANY:
        for name in ("always", "never", "reachable", "leads_to", "can_always", "worst_case"):
            assert seen[name, True], name
            assert seen[name, False], name


@sharded
def test_engines_agree_on_cut_systems(shard: int) -> None:
    def body(built: Built, data: st.DataObject) -> None:
        p, q = built.watches
        cause = data.draw(st.sampled_from([p & ~q, drawn_event(built, data) & q]), label="cause")
        items = [
            excluding(item, [cause])
            for item in (
                always(p.implies(q), name="a"),
                can_always(q, name="c"),
                eventually(q, name="e"),
                deadlock_free(name="d"),
            )
        ] + [excluding(worst_case(if_else(q, 3, 1), at_most=2, name="w"), [cause])]
        first = check(built.system, items, engine="python")
        for engine in engines(first[0].run.exploration.states):
            found = check(built.system, items, engine=engine.name)
            assert [(v.conclusion, v.value, v.reason) for v in found] == [
                (v.conclusion, v.value, v.reason) for v in first
            ]

    on_generated("any", shard, body, share=0.02, most=200, escapes=False)
