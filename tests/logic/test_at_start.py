"""What must come and is there in the initial state: it holds, and asks nothing of what follows, so it is vacuous."""

from __future__ import annotations

import pytest

from drcheck import (
    Component,
    Integer,
    Property,
    System,
    always,
    compose,
    eventually,
    finally_,
    globally,
    happens,
    hours,
    leads_to,
    ltl,
    next_,
    on,
    release,
    until,
    weak_until,
    weakly_fair,
    within,
)
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion

DECIDED = "it holds in the initial state, whatever follows; leads_to(...) or globally(...) say what must come each time"

LEVEL = Integer("level", 0, 3)
TANK = Component(
    "tank",
    ["in_use"],
    variables=[LEVEL],
    transitions=[
        on("fills", when=LEVEL < 3, then={LEVEL: LEVEL + 1}),
        on("drains", when=LEVEL == 3, then={LEVEL: 0}),
    ],
)
TANKS = compose("tanks", [TANK])
EMPTY, FULL = LEVEL == 0, LEVEL == 3

AT_START: list[Property] = [
    eventually(EMPTY),
    eventually(EMPTY | FULL, fairness=weakly_fair("automatic")),
    ltl(finally_(EMPTY)),
    ltl(until(FULL, EMPTY)),
    ltl(weak_until(FULL, EMPTY)),
    ltl(release(EMPTY, LEVEL < 3)),
    ltl(finally_(EMPTY) & (EMPTY | globally(FULL))),
    ltl(~globally(FULL)),
    ltl(EMPTY.implies(finally_(EMPTY))),
]
LATER: list[Property] = [
    leads_to(EMPTY, EMPTY),
    eventually(FULL),
    always(LEVEL < 4),
    ltl(EMPTY),  # which is about the initial state
    ltl(globally(finally_(EMPTY))),
    ltl(next_(LEVEL == 1)),
    ltl(weak_until(LEVEL < 4, FULL)),
    ltl(release(FULL, LEVEL < 4)),
    ltl(finally_(FULL) & finally_(EMPTY)),
    ltl(EMPTY.implies(finally_(FULL))),
]


@pytest.mark.parametrize("engine", ["reference", "python", "numpy", "native"])
def test_what_the_initial_state_has_asks_nothing_of_what_follows(engine: str) -> None:
    for items, wanted in ((AT_START, DECIDED), (LATER, None)):
        for verdict in check(TANKS, items, engine=engine)[1:]:
            assert verdict.conclusion is Conclusion.HOLDS, verdict.property.formula()
            assert verdict.vacuous == wanted, verdict.property.formula()


def started(*starts: str) -> System:
    rows = [
        on("goes", "away", "there", urgent=True),
        on("leaves", "there", "gone"),
        on("returns", "gone", "away"),
        on("tick"),
    ]
    return compose("started", [Component("part", ["away", "there", "gone"], starts, transitions=rows)], tick=hours(1))


@pytest.mark.parametrize(("starts", "wanted"), [(["there"], DECIDED), (["away", "there"], None), (["away"], None)])
def test_each_of_several_initial_states_must_have_it(starts: list[str], wanted: str | None) -> None:
    system = started(*starts)
    there = system.part.there
    items = [eventually(there), within(hours(2), there), ltl(finally_(there)), ltl(until(system.part.away, there))]
    found = check(system, items)[1:]
    assert [(v.conclusion, v.vacuous) for v in found] == [(Conclusion.HOLDS, wanted)] * 4


def test_no_event_has_happened_in_the_initial_state() -> None:
    system = started("there")
    there = system.part.there
    items = [within(hours(2), happens("leaves") | there), within(hours(2), there, after=there)]
    (_, bounded, waited) = check(system, items)
    assert bounded.vacuous == DECIDED
    assert waited.vacuous is None


def test_what_is_violated_or_undecided_is_no_such_thing() -> None:
    (_, never_comes) = check(TANKS, [ltl(finally_(EMPTY) & finally_(LEVEL > 3))])
    assert (never_comes.conclusion, never_comes.vacuous) == (Conclusion.VIOLATED, None)
