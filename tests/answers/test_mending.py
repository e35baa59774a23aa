"""Mends: held against all guards one by one, and against the design composed by hand with the guard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest

from drcheck import (
    Age,
    Component,
    Expression,
    Integer,
    Literal,
    System,
    can_always,
    compose,
    deadlock_free,
    design,
    eventually,
    finally_,
    globally,
    happens,
    hours,
    leads_to,
    ltl,
    never,
    on,
    reachable,
    state_of,
    strongly_fair,
    weakly_fair,
    worst_case,
)
from drcheck.answers.guarded import atoms, guarded
from drcheck.answers.mending import Answer, Mend, Mending, Refuting
from drcheck.answers.needing import asked_without
from drcheck.answers.single_faults import can_be_left_out
from drcheck.answers.why import Why, why, why_of
from drcheck.designs.design import load
from drcheck.errors import DesignError, DrcheckError
from drcheck.language.expressions import connective
from drcheck.logic.kinds import Property
from drcheck.report.why import why_data, why_said
from drcheck.system.lowering import lower
from drcheck.system.oracle import Oracle
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion
from tests.support.designs import DESIGNS
from tests.support.generated import EXAMPLES, SEED
from tests.support.naive import World


def centre(further: dict[str, Expression] | None = None) -> System:
    """A server, its standby and the link between them; `further`: guards that are written where the events are."""
    more = further or {}
    patience = Age("patience", cap=2)
    link = Component(
        "link",
        ["up", "down"],
        transitions=[
            on("link_fails", "up", "down", kind="environment"),
            on("link_returns", "down", "up", kind="environment"),
        ],
    )
    primary = Component(
        "primary",
        ["up", "down"],
        transitions=[
            on("primary_fails", "up", "down", kind="environment", fault="failure"),
            on(
                "start_primary",
                "down",
                "up",
                kind="operator",
                when=state_of("standby", "idle") & more.get("start_primary", Literal(True)),
            ),
        ],
    )
    standby = Component(
        "standby",
        ["idle", "in_service"],
        variables=[patience],
        transitions=[
            on("tick", "idle", when=link.down & (patience < 2), then={patience: patience + 1}),
            on("tick", "in_service"),
            on(
                "take_over",
                "idle",
                "in_service",
                when=link.down & more.get("take_over", Literal(True)),
                then={patience: 0},
            ),
            on(
                "stop_standby",
                "in_service",
                "idle",
                kind="operator",
                when=(primary.down | link.up) & more.get("stop_standby", Literal(True)),
            ),
        ],
    )
    return compose("centre", [link, primary, standby], tick=hours(1), faults={"failure": 1})


def one_serves(system: System) -> Property:
    return never(system.primary.up & system.standby.in_service, name="one_serves")


def mended(system: System, item: Property, guardable: tuple[str, ...] = (), **options: object) -> Why:
    verdict = check(system, item)[1]
    return why(verdict, mend=True, guardable=guardable, **options)  # type: ignore[arg-type]  # options of why


def test_the_weakest_guard_is_found_and_what_it_changes() -> None:
    system = centre()
    beside = [
        reachable(system.standby.in_service, name="it_serves"),
        reachable(system.primary.up & system.standby.in_service, name="both"),
    ]
    beside.append(worst_case(system.standby.variable("patience"), name="patience"))
    (mend,) = mended(system, one_serves(system), ("take_over",), beside=beside).mends or ()
    assert (mend.answer, mend.guard) == (Answer.MENDED, "primary.down")
    assert [(each.name, each.before, each.after, each.better) for each in mend.changes] == [
        ("both", "HOLDS", "VIOLATED", False)
    ]
    assert mend.compared == 3
    assert mend.seen
    assert mend.idle == ()
    assert mend.left < mend.possible


def test_a_mend_is_the_design_composed_by_hand_with_the_guard() -> None:
    plain = centre()
    for name, text, made in (
        ("take_over", "primary.down", state_of("primary", "down")),
        ("start_primary", "link.up", state_of("link", "up")),
        ("stop_standby", "not link.up", ~state_of("link", "up")),
    ):
        by_hand = World.of(centre({name: made}))
        system = guarded(plain, name, plain.settled(made))
        found = World.of(system)
        cells = len(plain.cells)
        assert {state[:cells] for state in found.steps} == set(by_hand.steps), text
        for state, steps in found.steps.items():
            assert sorted((e, t[:cells]) for e, t in steps) == sorted(by_hand.steps[state[:cells]])
        assert World.of(plain).steps != by_hand.steps
        counts = check(system, [])[0].run.exploration
        assert (counts.states, counts.transitions) == (len(found.steps), sum(map(len, found.steps.values())))


def test_none_among_n_is_an_answer_and_a_limit_is_none() -> None:
    system = centre()
    wide = never(system.primary.down, name="it_never_fails")
    assert mended(system, wide).mends == (), "nobody's step is in the trace"
    lost = never(system.standby.in_service & system.link.up, name="not_while_the_link_is_up")
    (mend,) = mended(system, lost, ("take_over",)).mends or ()
    assert mend.answer is Answer.NONE
    assert mend.tried == mend.guards > 2
    assert mend.never == ("never",), "without taking over it holds, which is no mend"
    (less,) = mended(system, lost, ("take_over",), tries=1).mends or ()
    assert (less.answer, less.searched) == (Answer.OPEN, 1)
    assert less.tried < less.guards


def test_no_guard_helps_where_it_is_broken_without_the_event() -> None:
    n = Integer("n", 0, 2)
    rows = [
        on("first", "here", when=n == 0, then={n: 1}, kind="operator"),
        on("other", "here", when=n == 0, then={n: 1}, kind="operator"),
    ]
    system = compose("two_ways", [Component("part", ["here"], variables=[n], transitions=rows)])
    found = mended(system, never(n == 1))
    assert [(mend.event, mend.answer) for mend in found.mends or ()] == [("first", Answer.NEVER)]
    assert found.whole


def test_what_holds_is_not_mended() -> None:
    system = centre()
    found = mended(system, reachable(system.standby.in_service))
    assert found.mends is None
    assert found.unmended


def test_an_execution_that_a_guard_ended_refutes_no_guard_that_lets_it_go_on() -> None:
    rows = [on("go", "a", "b"), on("go", "b", "c"), on("stay", "c")]
    system = compose("walk", [Component("part", ["a", "b", "c"], transitions=rows)])
    only_first, everywhere = lower(system, system.part.a), lower(system, ~system.part.c)
    for item in (deadlock_free(), eventually(system.part.c), can_always(system.part.c)):
        short = guarded(system, "go", system.part.a)
        trace = check(short, item)[1].trace
        assert trace is not None
        known = Refuting("go", item, len(system.cells))
        known.add(trace, only_first)
        assert not known.refutes(everywhere), item.formula()
        assert known.refutes(only_first) is not isinstance(item, type(can_always(system.part.c)))
    whole = check(system, never(system.part.b))[1].trace
    assert whole is not None
    known = Refuting("go", never(system.part.b), len(system.cells))
    known.add(whole)
    assert known.refutes(everywhere)
    assert not known.refutes(lower(system, system.part.b))


def by_all_guards(system: System, item: Property, name: str, single: list[Expression]) -> tuple[int, int]:
    """The slow twin: each guard of one or two of some atoms is searched. In how many states the event can happen at most then,
    and in how many it can as it is; -1 where no guard will do. Those with which everything else still happens come first.
    """
    oracle, number = Oracle(system), next(n for n, e in enumerate(system.events) if e.name == name)
    world = World.of(system)
    where = [state for state in world.steps if oracle.steps_of(state, number)]
    happening = {event for steps in world.steps.values() for event, _ in steps}
    guards = [*single, *(connective(o, a, b) for a, b in combinations(single, 2) for o in ("and", "or"))]
    best, known = [-1, -1], set[frozenset[int]]()
    for guard in guards:
        holds = frozenset(n for n, state in enumerate(where) if oracle.holds(guard, state))
        if len(holds) == len(where) or holds in known:
            continue
        known.add(holds)
        verdict = check(guarded(system, name, guard), [item], engine="python")[1]
        if verdict.conclusion is Conclusion.HOLDS and verdict.vacuous is None and name not in verdict.run.idle_events:
            dear = bool(happening & set(verdict.run.idle_events))
            best[dear] = max(best[dear], len(holds))
    return best[0] if best[0] >= 0 else best[1], len(where)


def drawn(random: Random) -> System:
    """A few small machines whose transitions read each other's states; some have a priority, or are urgent where time passes."""
    names = [f"m{n}" for n in range(random.randint(2, 3))]
    states = {name: [f"s{n}" for n in range(random.randint(2, 3))] for name in names}

    def atom(other: str) -> Expression:
        found = state_of(other, random.choice(states[other]))
        return ~found if random.random() < 0.3 else found

    components = []
    for name in names:
        rows = []
        for n in range(len(states[name]) + random.randint(0, 1)):
            other = random.choice([o for o in names if o != name])
            source, target = (states[name] * 2)[n : n + 2]
            if n >= len(states[name]):
                source, target = random.sample(states[name], 2)
            rows.append(
                on(
                    f"{name}_e{n}",
                    source,
                    target,
                    when=atom(other) if random.random() < 0.6 else True,
                    kind="operator" if random.random() < 0.5 else "automatic",
                    priority=1 if random.random() < 0.1 else None,
                    urgent=True if random.random() < 0.1 else None,
                )
            )
        if random.random() < 0.3:
            rows.append(on("tick", states[name][0]))
        components.append(Component(name, states[name], transitions=rows))
    return compose("drawn", components, tick=hours(1))


PROMISES: list[Callable[[Expression, Expression], Property]] = [
    lambda a, b: never(a & b),
    lambda a, b: never(a & b),
    lambda a, b: leads_to(a, b, fairness=weakly_fair("automatic", "operator", "time")),
    lambda a, b: leads_to(a, b, fairness=strongly_fair("automatic", "operator")),
    lambda a, b: ltl(globally(a.implies(finally_(b))), fairness=weakly_fair("automatic")),
    lambda a, b: can_always(a & b),
    lambda a, b: deadlock_free(),
    lambda a, b: never(happens("operator") & a & b),
]


TELLING = (227, 586)
"""Drawn systems in which a fault that was planted in the search for mends was seen, that others do not show."""


def held_against_all_guards(number: int) -> Mend | None:
    """Hold the mend of some event of a drawn system against all guards; None where there is nothing to mend."""
    random = Random(number)
    system = drawn(random)
    first, second = random.sample(system.components, 2)
    a, b = (first.state(random.choice(first.states)), second.state(random.choice(second.states)))
    item = random.choice(PROMISES)(a, b)
    try:
        verdict = check(system, [item], engine="python")[1]
    except DrcheckError:  # no event of the kind that is asked for
        return None
    if verdict.conclusion is not Conclusion.VIOLATED or not verdict.trace:
        return None
    events = sorted({step.event.name for step in verdict.trace.steps})
    name = random.choice([*events, *([verdict.trace.steps[-1].event.name] * 2)])
    if system.event(name).is_tick:
        return None
    every = atoms(system)
    some = random.sample(every, min(len(every), 6))
    mending = Mending(system, item, lambda s, items, _: check(s, items, engine="python")[1:], engine="python")
    mending.atoms = some
    without = check(system, asked_without(item, name, 1), engine="python")[1].trace
    mend = mending.of(name, [verdict.trace, *([without] if without is not None else [])])
    best, possible = by_all_guards(system, item, name, [atom.condition for atom in some])
    if mend.answer is Answer.NEVER:
        assert can_be_left_out(system, [name])
        assert best == -1, number
    else:
        assert mend.possible == possible, number
        assert mend.answer in (Answer.MENDED, Answer.NONE)
        assert (mend.left if mend.answer is Answer.MENDED else -1) == best, (number, mend, name, item.formula())
    return mend


def test_mends_of_drawn_systems_are_those_of_all_guards() -> None:
    drawn_ones = range(SEED * 10_000, SEED * 10_000 + EXAMPLES // 5)
    found = [mend for n in (*TELLING, *drawn_ones) if (mend := held_against_all_guards(n)) is not None]
    for answer in (Answer.MENDED, Answer.NONE, Answer.NEVER):
        assert sum(mend.answer is answer for mend in found) > 3, answer
    assert any(mend.dear or mend.idle for mend in found), "other events never happen any more, in some"
    assert sum(mend.tried - mend.searched for mend in found) > 20, "counterexamples answer without a search"


def test_a_design_lists_automatic_events_that_may_be_guarded() -> None:
    listed = design(guardable=["take_over"])(_with_promise)
    (mend,) = why_of(listed, {}, "one_serves", mend=True).mends or ()
    assert mend.guard == "primary.down"
    assert why_of(design(_with_promise), {}, "one_serves", mend=True).mends == ()
    for wrong in ("primary_fails", "take_ovr"):
        with pytest.raises(DesignError, match=rf"DR208.*lists {wrong}.*take_over"):
            why_of(design(guardable=[wrong])(_with_promise), {}, "one_serves", mend=True)
    with pytest.raises(DesignError, match=r"DR208.*guardable"):
        design(guardable="take_over")


def _with_promise() -> System:
    system = centre()
    both = reachable(system.primary.up & system.standby.in_service, name="both")
    return replace(system, properties=(one_serves(system), both))


site = design(title="A site with a standby", guardable=["take_over"])(_with_promise)
"""A design of which the JSON is held against its form."""


@design(title="A switch and an alarm")
def alarms() -> System:
    """Whoever goes in while the switch is on raises the alarm."""
    switch = Component("switch", ["off", "on"], transitions=[on("turn", "off", "on"), on("turn_back", "on", "off")])
    sky = Component(
        "sky", ["clear", "grey"], transitions=[on("cloud", "clear", "grey"), on("clear_up", "grey", "clear")]
    )
    door = Component(
        "door",
        ["out", "quietly_in", "in_sight"],
        transitions=[
            on("go_in", "out", "in_sight", when=switch.on, kind="operator"),
            on("go_in", "out", "quietly_in", kind="operator"),
            on("alarm", "in_sight", "out"),
            on("go_out", "quietly_in", "out", when=sky.clear, kind="operator"),
        ],
    )
    return compose("alarms", [switch, sky, door], properties=[never(door.in_sight, name="unseen")])


def test_what_else_never_happens_with_a_mend_is_told() -> None:
    (mend,) = why_of(alarms, {}, "unseen", mend=True).mends or ()
    assert (mend.answer, mend.guard, mend.idle) == (Answer.MENDED, "switch.off", ("alarm",))
    assert {guard for guard, idle in mend.dear if idle == ("alarm",)} == {
        "sky.grey and switch.off",
        "sky.clear and switch.off",
    }


def test_events_without_a_mend_are_told_together() -> None:
    one = {
        "event": "go",
        "kind": "operator",
        "answer": "none",
        "guards": 1200,
        "tried": 1200,
        "never": [],
        "undecided": [],
    }
    two = {**one, "event": "stay", "guards": 3}
    found = why_of(alarms, {}, "unseen", mend=True)
    data = why_data(found, dict)
    first = {**data["mends"][0], **one}
    told = [said.sentence for said in why_said({**data, "mends": [first, {**first, **two}]})]
    assert told[-1] == "No mend among the guards of one or two atoms at go (1,200) and stay (3)."
    assert [said.sentence for said in why_said({**data, "mends": [first]})][-1].startswith(
        "No mend at go: none among 1,200"
    )


@pytest.mark.parametrize("target", DESIGNS)
def test_what_designs_list_as_guardable_are_automatic_events_of_theirs(target: str) -> None:
    design = load(target)
    kinds = {event.name: event.kind for event in design.build().events}
    assert {kinds.get(name) for name in design.guardable} <= {"automatic"}
    assert len(set(design.guardable)) == len(design.guardable)


def test_the_studies_list_what_products_do() -> None:
    assert sum(bool(load(target).guardable) for target in DESIGNS) >= 8
