"""What is said about a system with caps is true of it without them, or is said to be about the caps.

`DRCHECK_EXAMPLES` sets how many generated systems are held against wider ones (40 of 1,000), `DRCHECK_SEED` which.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from drcheck import (
    Age,
    Array,
    Boolean,
    Component,
    Counter,
    Expression,
    Integer,
    compose,
    event,
    finally_,
    globally,
    hours,
    if_else,
    maximum,
    minimum,
    on,
    outcome,
)
from drcheck.cli.data import as_json, verdict_data
from drcheck.engines.protocol import Limits
from drcheck.errors import ModelError
from drcheck.logic.fairness import strongly_fair, weakly_fair
from drcheck.logic.kinds import Always, Domains, Ltl, Property
from drcheck.logic.properties import (
    always,
    can_always,
    deadlock_free,
    leads_to,
    ltl,
    never,
    reachable,
    whenever,
    worst_case,
)
from drcheck.reductions.form import REDUCTIONS
from drcheck.sampling.observations import SeenOnWalks, Shown, observe, plan
from drcheck.sampling.walks import simulate
from drcheck.saturation import doubts, ends, rulings
from drcheck.saturation.cone import Cones
from drcheck.saturation.doubts import Doubts
from drcheck.saturation.ends import Steps, worth
from drcheck.saturation.unsharp import Unsharp
from drcheck.system.lowering import lower
from drcheck.system.terms import FALSE, TRUE, disjunction
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion, Verdict
from drcheck.verdicts.wording import value_text
from tests.support.caps import Drawn, drawn
from tests.support.generated import SEED, some

WIDER = 8
"""By how much the ends of counters are moved outwards in the system that one with caps is held against."""
MOST_STATES = 4_000

RAISE = "raise the cap, or say with cap_is what the cap is if nothing lies beyond"

HOLDS, VIOLATED, INCONCLUSIVE = Conclusion.HOLDS, Conclusion.VIOLATED, Conclusion.INCONCLUSIVE


# -- against wider caps ------------------------------------------------------------------------------------------------
def without_doubts(made: Drawn) -> list[Verdict] | None:
    """The plain verdicts on a system as it is, caps and all; None where it is too large."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Doubts, "about", lambda *_: None)
        found = check(made.system, made.properties, engine="python", limits=Limits(states=MOST_STATES))
    return found if found[0].run.exploration.complete else None


def of_number(number: int) -> Iterator[str]:
    """What is said of a generated system and is not true of it with wider caps."""
    try:
        made, wide = drawn(number), drawn(number, WIDER)
    except ModelError as error:
        if error.code not in ("DR109", "DR110"):  # an update that never fits, an index outside an array
            raise
        return
    yield from disagreements(made, wide)


def disagreements(made: Drawn, wide: Drawn) -> Iterator[str]:
    """What is said of a system and is not true of it with wider caps."""
    wider = without_doubts(wide)
    if wider is None:
        return
    verdicts = check(made.system, made.properties, engine="python")
    for verdict, true in zip(verdicts, wider, strict=True):
        said = f"{made.name}: {verdict.property.formula()}: {verdict.conclusion.value}, {verdict.reason}; wider: {true.reason}"
        if verdict.conclusion is not INCONCLUSIVE and true.conclusion is not verdict.conclusion:
            # Where it is not certain that no value leaves its domain, that is said, and may make the wider one undecided.
            if true.conclusion is not INCONCLUSIVE or verdicts[0].conclusion is HOLDS:
                yield said
        elif true.conclusion is not INCONCLUSIVE and verdict.value is not None:
            assert true.value is not None
            if verdict.value > true.value or (not verdict.at_least and verdict.value != true.value):
                yield said


# -- one system for each part of the rule --------------------------------------------------------------------------------
def capped(name: str, cap: int, widened: int, start: int = 0) -> Counter:
    """A counter that saturates, with both ends moved outwards."""
    made = Counter(name, cap, start)
    made.low, made.high = -widened, cap + widened
    return made


def one(
    variables: Sequence[object], *transitions: Any, states: Sequence[str] = ("on", "off"), **more: Any
) -> Component:
    return Component(
        "c", list(states), variables=variables, transitions=[*transitions, on("leave", "on", "off")], **more
    )


def ageing(
    widened: int, asked: Callable[[Expression, Expression, Component], list[Property]], *more: Any, **rules: Any
) -> Drawn:
    """A component with an age up to 2, and the ticks counted up to 5; further transitions."""
    age, ticks = capped("age", 2, widened), Integer("ticks", 0, 5)
    tick = on("tick", "*", then={age: age + 1, ticks: minimum(ticks + 1, 5)})
    written = [make(age, ticks) for make in more]
    alarms = any(way.dest == "alarm" for transition in written for way in transition.outcomes)
    component = one([age, ticks], tick, *written, states=["on", "off", "alarm"] if alarms else ["on", "off"])
    system = compose("ageing", [component], tick=hours(1), **rules)
    return Drawn("ageing", widened, system, asked(age, ticks, component))


def measured(widened: int) -> Drawn:
    return ageing(
        widened,
        lambda age, ticks, c: [
            worst_case(age),
            worst_case(age, at_most=2),
            worst_case(age, at_most=1),
            worst_case(minimum(age, 2)),
            worst_case(maximum(age, 1)),
            worst_case(9 - age),
            worst_case(age * 2 + ticks),
            worst_case(age * age),
            worst_case(if_else(age >= 4, 7, 0)),
            worst_case(if_else(age > 1, 3, age)),
            worst_case(age % 2),
            worst_case(age // 2),
            worst_case(-(age * -1)),
        ],
    )


def read(widened: int) -> Drawn:
    return ageing(widened, lambda age, ticks, c: [
        always(age <= 2), always(age < 3), always(age >= 0), never(age == 2), never(age == 3), reachable(age >= 2),
        reachable(age == 1), reachable(age > 2), whenever(age > 3, ticks == 0), whenever(ticks == 5, age >= 2),
        can_always(age < 2), can_always(age >= 2), leads_to(ticks == 1, age >= 2, weakly_fair("tick")),
        leads_to(ticks == 1, age > 3, weakly_fair("tick")), ltl(globally(finally_(age > 2)), weakly_fair("tick")),
        ltl(finally_(globally(age >= 1)), weakly_fair("tick")), deadlock_free(), deadlock_free(except_where=age == 2),
    ])  # short cases  # fmt: skip


def guarded(widened: int) -> Drawn:
    """The alarm is given at an age beyond the cap."""
    return ageing(
        widened,
        lambda age, ticks, c: [
            never(c.alarm),
            reachable(c.alarm),
            reachable(c.off),
            worst_case(if_else(c.alarm, 1, 0)),
        ],
        lambda age, ticks: on("ring", "*", "alarm", when=age == 4),
    )


def not_real(widened: int) -> Drawn:
    """With the cap there is an alarm after 4 ticks, without it there is none."""
    return ageing(
        widened,
        lambda age, ticks, c: [
            never(c.alarm),
            reachable(c.alarm),
            worst_case(if_else(c.alarm, 9, 0)),
            always(ticks < 5),
        ],
        lambda age, ticks: on("ring", "*", "alarm", when=(age <= 2) & (ticks == 4)),
    )


def finishing(widened: int) -> Drawn:
    """It is not done for ever: with the cap as the age never comes, without it never."""
    fair = weakly_fair("finish", "tick")
    return ageing(
        widened,
        lambda age, ticks, c: [leads_to(c.on, c.alarm, fair), ltl(finally_(c.alarm), fair), can_always(c.alarm)],
        lambda age, ticks: on("finish", "*", "alarm", when=age >= 4),
    )


def held_up(widened: int) -> Drawn:
    """What is urgent at an age beyond the cap stops the time."""
    return ageing(
        widened,
        lambda age, ticks, c: [worst_case(ticks), reachable(ticks == 5), deadlock_free(), can_always(ticks == 5)],
        lambda age, ticks: on("look", "*", when=age == 4),
        events=[event("look", urgent=True)],
    )


def held_back(widened: int) -> Drawn:
    """What is urgent at the cap stops the time there, so no step goes beyond."""
    return ageing(
        widened,
        lambda age, ticks, c: [worst_case(age), never(age > 2), reachable(age == 2)],
        lambda age, ticks: on("look", "*", when=age == 2),
        events=[event("look", urgent=True)],
    )


def leaving(widened: int) -> Drawn:
    """A number gets an age that is in its domain only with the cap."""
    age, last = capped("age", 2, widened), Integer("last", 0, 2)
    tick = on("tick", "*", then={age: age + 1, last: age})
    return Drawn("leaving", widened, compose("leaving", [one([age, last], tick)], tick=hours(1)), [always(last >= 0)])


def drained(widened: int) -> Drawn:
    """Three are filled in; with a cap of 2, two come out."""
    n, filled, out = capped("n", 2, widened), Integer("filled", 0, 3), Integer("out", 0, 4)
    component = one(
        [n, filled, out],
        on("fill", "on", when=filled < 3, then={n: n + 1, filled: filled + 1}),
        on("drain", "off", when=(n > 0) & (out < 4), then={n: n - 1, out: out + 1}),
    )
    return Drawn(
        "drained",
        widened,
        compose("drained", [component]),
        [reachable(out == 3), never(out == 4), worst_case(out), always(n >= 0), worst_case(n), worst_case(n + out)],
    )


def overdrawn(widened: int) -> Drawn:
    """Two are taken from nothing, then two are put in."""
    n, taken, put = capped("n", 3, widened), Integer("taken", 0, 2), Integer("put", 0, 2)
    component = one(
        [n, taken, put],
        on("take", "on", when=taken < 2, then={n: n - 1, taken: taken + 1}),
        on("put_in", "off", when=put < 2, then={n: n + 1, put: put + 1}),
    )
    return Drawn(
        "overdrawn",
        widened,
        compose("overdrawn", [component]),
        [
            worst_case(n - taken),
            always((taken < 2) | (n <= 0)),
            always(n >= 0),
            never((taken == 2) & (n == 2)),
            worst_case(n),
            reachable(n > 1),
            reachable(n < 0),
        ],
    )


def copied(widened: int) -> Drawn:
    """What is written from a counter at its cap stands for more than itself as well."""
    n, copy, small = capped("n", 2, widened), capped("copy", 2, widened), capped("small", 2, widened)
    component = one(
        [n, copy, small],
        on("count", "on", when=n < 6 if widened else True, then={n: n + 1}),
        on("copy", "off", then={copy: n, small: minimum(n, 1)}),
    )
    return Drawn(
        "copied",
        widened,
        compose("copied", [component]),
        [reachable(copy == 4), worst_case(copy), worst_case(small), never(small > 1), always(copy <= 2)],
    )


def indexed(widened: int) -> Drawn:
    """An array that is indexed by an age."""
    age, ticks, flags = capped("age", 2, widened), Integer("ticks", 0, 5), Array("flags", Boolean("flag"), 3)
    numbers = Array("numbers", Integer("number", 0, 9), 3)
    component = one(
        [age, ticks, flags, numbers],
        on("tick", "off", then={age: age + 1, ticks: minimum(ticks + 1, 5)}),
        on("mark", "on", "off", then={flags[2]: True, numbers[1]: 7, numbers[2]: 8}),
    )
    fourth = ticks == 4
    return Drawn(
        "indexed",
        widened,
        compose("indexed", [component], tick=hours(1)),
        [
            never(fourth & flags[age % 3]),
            reachable(fourth & ~flags[age % 3] & flags[2]),
            worst_case(if_else(fourth, numbers[age % 3], 0)),
            worst_case(numbers[minimum(maximum(age, 0), 1)]),
            always((ticks > 1) | (age <= ticks)),
        ],
    )


def refused(widened: int) -> Drawn:
    """A counter that refuses gets an age, which always fits only with the cap: then nothing is possible any more."""
    age, last = capped("age", 2, widened), Counter("last", 2, at_limit="refuse")
    component = one([age, last], on("wait", "on", then={age: age + 1}), on("note", "off", then={last: age}))
    return Drawn(
        "refused",
        widened,
        compose("refused", [component]),
        [
            deadlock_free(),
            deadlock_free(except_where=component.on),
            can_always(component.off),
            reachable(last == 2),
            worst_case(last),
            ltl(globally(finally_(component.off)), weakly_fair("note")),
        ],
    )


def refused_sometimes(widened: int) -> Drawn:
    """As above, with two outcomes, of which one fits."""
    age, last, tries = (
        capped("age", 2, widened),
        Counter("last", 2, at_limit="refuse"),
        Counter("tries", 1, at_limit="refuse"),
    )
    component = one(
        [age, last, tries],
        on("wait", "on", then={age: age + 1}),
        on("note", "off", outcomes=[outcome("on", {last: age, tries: 1}), outcome(None, {tries: 0})]),
    )
    return Drawn(
        "refused_sometimes",
        widened,
        compose("refused_sometimes", [component]),
        [
            deadlock_free(),
            can_always(tries == 1),
            can_always(component.on),
            reachable((tries == 1) & component.on),
            leads_to(component.off, tries == 1, strongly_fair("note")),
            worst_case(tries + last),
        ],
    )


def first_of(widened: int) -> Drawn:
    """The first transition that fits is taken."""
    age, last, done = (
        capped("age", 2, widened),
        Counter("last", 2, at_limit="refuse"),
        Counter("done", 3, at_limit="refuse"),
    )
    ticks = Integer("ticks", 0, 5)
    component = one(
        [age, last, done, ticks],
        on("tick", "on", then={age: age + 1, ticks: minimum(ticks + 1, 5)}),
        on("tick", "off"),
        on("note", "*", when=(last < 2) & (ticks == 5), then={last: age}),
        on("note", "*", when=ticks == 5, then={done: 3}),
    )
    return Drawn(
        "first_of",
        widened,
        compose("first_of", [component], tick=hours(1)),
        [
            never((done == 3) & (last == 0)),
            reachable((done == 3) & (last == 0)),
            reachable(last == 2),
            deadlock_free(),
            worst_case(done),
            worst_case(last),
            worst_case(done - last),
        ],
    )


def in_the_way(widened: int) -> Drawn:
    """An urgent event, and one of a higher priority, that are refused hold nothing up."""
    age, last = capped("age", 2, widened), Counter("last", 2, at_limit="refuse")
    seen, ticks = Counter("seen", 1, at_limit="refuse"), Integer("ticks", 0, 5)
    component = one(
        [age, last, seen, ticks],
        on("tick", "*", then={age: age + 1, ticks: minimum(ticks + 1, 5)}),
        on("note", "off", when=ticks >= 4, then={last: age}),
        on("rest", "off", when=ticks >= 4, then={seen: 1}),
    )
    rules = [event("note", urgent=True, priority=1)]
    return Drawn(
        "in_the_way",
        widened,
        compose("in_the_way", [component], tick=hours(1), events=rules),
        [
            reachable(seen == 1),
            never(seen == 1),
            reachable(component.off & (ticks == 5)),
            can_always(seen == 1),
            worst_case(seen),
            never(component.off & (ticks == 5)),
        ],
    )


def brimming(widened: int) -> Drawn:
    """What stays at a limit in the world gets an age: it stays there without caps, too, and no value leaves its domain."""
    age, ticks = capped("age", 2, widened), Integer("ticks", 0, 5)
    tank, level = Counter("tank", 3, cap_is="the brim"), Integer("level", 0, 4)
    component = one(
        [age, ticks, tank, level],
        on("tick", "on", then={age: age + 1, ticks: minimum(ticks + 1, 5)}),
        on("fill", "off", when=ticks == 5, then={tank: age, level: if_else(age == 2, 9, 0)}),
    )
    return Drawn(
        "brimming",
        widened,
        compose("brimming", [component], tick=hours(1)),
        [
            worst_case(tank),
            always(tank <= 3),
            never(tank == 3),
            worst_case(level),
            always(tank <= 2),
            reachable(tank == 2),
        ],
    )


def shipped(widened: int) -> Drawn:
    """A copy that is brought up to date before time goes on: beyond the caps the two can differ, which changes no number."""
    age, copy, ticks = capped("age", 2, widened), capped("copy", 2, widened), Integer("ticks", 0, 5)
    component = one(
        [age, copy, ticks],
        on("tick", "*", then={age: age + 1, copy: copy + 1, ticks: minimum(ticks + 1, 5)}),
        on("reset", "off", then={age: 0}),
        on("ship", "*", then={copy: age}),
    )
    pump = Component("pump", ["on"], transitions=[on("tick", when=~(copy > age)), on("ship", when=copy != age)])
    return Drawn(
        "shipped",
        widened,
        compose("shipped", [component, pump], tick=hours(1)),
        [
            worst_case(ticks),
            worst_case(minimum(copy, 2)),
            never(component.on & (ticks == 1) & (age == 0)),
            deadlock_free(),
            leads_to(component.on, ticks == 5, weakly_fair("tick", "ship")),
            can_always(ticks == 5),
        ],
    )


def lapsing(widened: int) -> Drawn:
    """What can be done in time alone; with the cap it is always in time."""
    fair = weakly_fair("finish", "tick")
    return ageing(
        widened,
        lambda age, ticks, c: [leads_to(c.on, c.alarm, fair), ltl(finally_(c.alarm), fair), can_always(c.alarm)],
        lambda age, ticks: on("finish", "*", "alarm", when=age <= 2),
    )


def piled(widened: int) -> Drawn:
    """One more on a pile at its cap, at an age beyond the cap: with the caps that changes nothing."""
    pile = capped("pile", 2, widened, start=2)
    age, ticks = capped("age", 2, widened), Integer("ticks", 0, 5)
    component = one(
        [age, pile, ticks],
        on("tick", "*", then={age: age + 1, ticks: minimum(ticks + 1, 5)}),
        on("pile_up", "*", when=age == 4, then={pile: pile + 1}),
    )
    return Drawn(
        "piled",
        widened,
        compose("piled", [component], tick=hours(1)),
        [always(pile <= 2), never(pile == 3), reachable(pile > 2), worst_case(pile), worst_case(minimum(pile, 2))],
    )


def leaping(widened: int) -> Drawn:
    """The shortest way to the cap goes beyond it, a longer one does not, and what is measured is less beyond."""
    age = capped("age", 2, widened)
    component = one([age], on("step", "on", then={age: age + 1}), on("leap", "on", then={age: age + 5}))
    left = if_else(component.off & (age >= 2), 9 - age, 0)
    return Drawn(
        "leaping",
        widened,
        compose("leaping", [component]),
        [worst_case(left), *(worst_case(left, at_most=bound) for bound in (3, 5, 6, 7, 8))],
    )


def chosen(widened: int) -> Drawn:
    """Numbers that are in their domains whatever lies beyond the cap, and one that is not."""
    age, pace, clock = capped("age", 2, widened), Integer("pace", 1, 2), Integer("clock", 0, 3)
    slots = Array("slots", Integer("slot", 0, 3), 3)
    component = one(
        [age, pace, clock, slots],
        on("tick", "*", then={age: age + 1, pace: if_else(age > 3, 2, 1), clock: minimum(maximum(age, 0), 3)}),
        on("note", "off", then={slots[0]: age % 3, slots[1]: slots[minimum(maximum(age // 2, 0), 2)]}),
    )
    return Drawn(
        "chosen",
        widened,
        compose("chosen", [component], tick=hours(1)),
        [worst_case(clock), worst_case(pace), worst_case(slots[0]), reachable(pace == 2), deadlock_free()],
    )


PARTS = (
    measured, read, guarded, not_real, finishing, held_up, held_back, leaving, drained, overdrawn, copied, indexed, refused,
    refused_sometimes, first_of, in_the_way, brimming, shipped, lapsing, piled, leaping, chosen,
)  # names only  # fmt: skip


@pytest.mark.parametrize("build", PARTS, ids=lambda build: build.__name__)
def test_what_is_said_of_each_part_of_the_rule_is_true(build: Callable[[int], Drawn]) -> None:
    assert list(disagreements(build(0), build(WIDER))) == []


def _only(high: bool) -> Callable[[Steps, Any], Expression]:
    beyond = doubts.beyond
    return lambda steps, end: beyond(steps, end) if end.high is high else FALSE


def _own_drift(
    self: Unsharp, test: Expression, then: Expression, otherwise: Expression
) -> tuple[Expression, Expression]:
    pairs = zip(self.drift(then), self.drift(otherwise), strict=True)
    up, down = (disjunction(pair) for pair in pairs)
    return up, down


def _gained_alone(self: Doubts, cells: Any, every: bool, gained: bool = True) -> Any:
    return _STEPS(self, cells, every, True)


_STEPS = Doubts._steps


def _computed(made: Doubts, trace: Any, measure: Expression) -> int:
    return worth(lower(made.system, measure), trace.states[-1])


FAULTS: dict[str, tuple[object, str, Any]] = {
    "comparisons are sharp": (Unsharp, "_comparison", lambda self, node: (node, node)),
    "what an index chooses is sharp": (Unsharp, "_loosened", lambda self, node, where: (node, node)),
    "numbers do not drift": (Unsharp, "_drift", lambda self, node: (FALSE, FALSE)),
    "an unsharp test chooses no other branch": (Unsharp, "_branches", _own_drift),
    "updates never differ": (Unsharp, "update", lambda *_: FALSE),
    "no step goes beyond": (doubts, "beyond", lambda *_: FALSE),
    "only caps are ends": (doubts, "beyond", _only(high=True)),
    "only caps are no ends": (doubts, "beyond", _only(high=False)),
    "a copy of what is beyond is not": (Doubts, "_written", lambda *_: set()),
    "what is asked reads no further": (Cones, "of", lambda self, cells: frozenset(cells)),
    "nothing reads a cell with a cap": (Unsharp, "touches", lambda self, node: self.ends and False),
    "nothing goes before an event": (ends, "undisturbed", lambda events: [TRUE] * len(events)),
    "paths are taken at their word": (rulings, "_stands", lambda *_: True),
    "executions are taken at their word": (Doubts, "real", lambda *_: True),
    "values are taken at their word": (rulings, "attained", _computed),
    "no step is possible without caps alone": (Unsharp, "gained", lambda *_: FALSE),
    "what is kept at a cap changes nothing": (doubts, "unsaturated", lambda right: right),
    "executions lose no steps": (Doubts, "_steps", _gained_alone),
    "whatever reads a cap stays in its domain": (ends, "stays_within", lambda *_: True),
}
"""Ways to get the rule wrong: what is said of some system above is then not true."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_any_part_of_the_rule_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, wrong = FAULTS[fault]
    monkeypatch.setattr(where, name, wrong)
    assert any(list(disagreements(build(0), build(WIDER))) for build in PARTS)


@pytest.mark.parametrize("shard", range(4))
def test_what_is_said_of_generated_systems_is_true(shard: int) -> None:
    first = SEED * 100_000 + shard
    for number in range(first, first + max(4, some(0.04)), 4):
        assert list(of_number(number)) == []


# -- what is said, and where -------------------------------------------------------------------------------------------
def by_formula(build: Callable[[int], Drawn], **more: Any) -> dict[str, Verdict]:
    made = build(0)
    verdicts = check(made.system, made.properties, **{"engine": "python", **more})
    return {v.property.formula() if v.property.kind != "structure" else "domains": v for v in verdicts}


def test_a_worst_case_at_the_cap_is_at_least_that() -> None:
    found = by_formula(measured)
    verdict = found["worst case of (c.age)"]
    assert (verdict.conclusion, verdict.value, verdict.at_least) == (INCONCLUSIVE, 2, True)
    assert verdict.reason == f"at least 2: the cap of c.age (2) was reached; {RAISE}"
    assert verdict.trace is not None
    assert value_text(verdict) == "at least 2"
    assert json.loads(as_json(verdict_data(verdict)))["at_least"] is True
    assert found["worst case of (c.age) <= 2"].conclusion is INCONCLUSIVE
    below = found["worst case of (c.age) <= 1"]
    assert (below.conclusion, below.value, below.at_least) == (VIOLATED, 2, True)
    assert below.reason == "the value 2 exceeds 1; it may be greater: the cap of c.age (2) was reached"
    for exact, value in (("worst case of (min(c.age, 2))", 2), ("worst case of (9 - c.age)", 9)):
        assert (found[exact].conclusion, found[exact].value, found[exact].at_least) == (HOLDS, value, False)


def test_a_verdict_names_the_cap_and_what_reads_beyond_it() -> None:
    beyond = "the cap of c.age (2) was reached, and {} depends on what lies beyond; " + RAISE
    assert by_formula(read)["always (c.age <= 2)"].reason == beyond.format("what is asked")
    assert by_formula(guarded)["always (not c.alarm)"].reason == beyond.format("the guard of ring")
    told = "the trace that shows it rests on a cap: "
    assert by_formula(not_real)["reachable (c.alarm)"].reason == told + beyond.format("the guard of ring")
    worst = by_formula(not_real)["worst case of ((9 if c.alarm else 0))"]
    assert (worst.reason, worst.value, worst.trace) == ("unknown: " + beyond.format("the guard of ring"), None, None)
    assert by_formula(leaving)["domains"].reason == beyond.format("whether tick leaves a domain")
    low = by_formula(overdrawn)["reachable (c.n < 0)"].reason
    assert low == (
        "c.n was kept from going below 0, and an update of c.n by put_in depends on what lies beyond; "
        "guard the updates that go there, or say with cap_is what the cap is if nothing lies beyond"
    )
    copy = by_formula(copied)["always (c.copy <= 2)"].reason
    assert copy.startswith("the cap of c.copy (2) was reached, and what is asked depends on what lies beyond")


def test_exact_reads_are_no_reason_to_doubt() -> None:
    found = by_formula(read)
    for formula in (
        "always (c.age >= 0)",
        "reachable (c.age >= 2)",
        "reachable (c.age = 1)",
        "always (c.ticks = 5 implies c.age >= 2)",
        "can always (c.age >= 2)",
        "(c.ticks = 1) leads to (c.age >= 2)",
        "on every execution F G (c.age >= 1)",
        "deadlock free",
    ):
        assert found[formula].conclusion is HOLDS, formula
    # Violations that are so without the cap as well.
    assert found["always (not c.age = 2)"].conclusion is found["can always (c.age < 2)"].conclusion is VIOLATED
    assert {verdict.conclusion for verdict in by_formula(held_back).values()} == {HOLDS}


def test_what_is_said_of_all_states_does_not_rest_on_steps_that_are_fewer_or_change_nothing() -> None:
    """Without caps the copy can lag where with them it does not: time is held back until it is shipped, and no more."""
    found = by_formula(shipped)
    for formula in ("domains", "worst case of (c.ticks)", "worst case of (min(c.copy, 2))", "deadlock free"):
        assert found[formula].conclusion is HOLDS, formula
    assert found["(c.on) leads to (c.ticks = 5)"].conclusion is INCONCLUSIVE  # of executions nothing is said
    assert found["can always (c.ticks = 5)"].conclusion is INCONCLUSIVE


def test_what_stays_in_its_domain_whatever_lies_beyond_is_no_reason_to_doubt() -> None:
    made = chosen(0)
    watches: list[Expression] = []
    assert Doubts(made.system, watches).about(Domains, []) is None
    assert watches == []
    assert by_formula(leaving)["domains"].conclusion is INCONCLUSIVE


def test_a_worst_case_that_can_be_less_without_caps_is_none_of_a_longer_way() -> None:
    """The shortest way shows 4; the greatest value is at most 7, which another way attains."""
    found = {v.property.at_most: v for v in by_formula(leaping).values() if v.property.measure is not None}
    assert {bound: (v.conclusion, v.value, v.at_least) for bound, v in found.items()} == {
        None: (INCONCLUSIVE, 4, True),
        3: (VIOLATED, 4, True),
        5: (INCONCLUSIVE, 4, True),
        6: (INCONCLUSIVE, 4, True),
        7: (HOLDS, None, True),
        8: (HOLDS, None, True),
    }
    assert found[3].reason == "the value 4 exceeds 3; it may be 7, which no path without caps was seen to attain"


def test_a_worst_case_that_can_be_less_is_no_bound_where_the_search_stopped() -> None:
    made = leaping(0)
    a, b = Integer("a", 0, 99), Integer("b", 0, 99)
    ways = [on(f"count_{n}", "on", when=n < 99, then={n: n + 1}) for n in (a, b)]
    counting = Component("counting", ["on"], variables=[a, b], transitions=ways)
    system = compose("slow", [*made.system.components, counting])
    age = made.system.c.age
    measure = if_else(system.c.off & (age >= 2), 9 - age, 0)
    verdict = check(system, [worst_case(measure, at_most=8)], engine="python", limits=Limits(states=500))[1]
    assert (verdict.conclusion, verdict.value, verdict.at_least) == (INCONCLUSIVE, 4, True)


def test_without_an_inexact_read_nothing_is_watched_for() -> None:
    age = Age("age", cap=3)
    component = one([age], on("tick", "*", then={age: age + 1}), on("back", "off", "on", when=age >= 3, then={age: 0}))
    system = compose("exact", [component], tick=hours(1))
    watches: list[Expression] = []
    made = Doubts(system, watches)
    assert made.about(Always, [lower(system, age >= 2)]) is None
    assert made.about(Ltl, [lower(system, component.on)]) is None
    assert made.about(Domains, []) is None
    assert watches == []
    assert made.about(Always, [lower(system, age == 3)]) is not None
    assert len(watches) == 2


@pytest.mark.parametrize("build", PARTS, ids=lambda build: build.__name__)
def test_every_engine_says_the_same(build: Callable[[int], Drawn]) -> None:
    expected = {formula: (v.conclusion, v.reason) for formula, v in by_formula(build).items()}
    for engine in ("reference", "numpy", "native"):
        assert {f: (v.conclusion, v.reason) for f, v in by_formula(build, engine=engine).items()} == expected


@pytest.mark.parametrize("build", PARTS, ids=lambda build: build.__name__)
def test_reductions_say_the_same(build: Callable[[int], Drawn]) -> None:
    expected = {formula: (v.conclusion, v.value) for formula, v in by_formula(build).items()}
    for names in (REDUCTIONS[:1], REDUCTIONS[:2]):
        found = by_formula(build, reductions=frozenset(names))
        assert {formula: (v.conclusion, v.value) for formula, v in found.items()} == expected


def test_dead_variables_and_symmetry_do_not_hide_a_cap() -> None:
    """Two alike, each with an age; what is asked reads both alike."""

    def part(name: str) -> Component:
        age, other = Age("age", cap=2), Integer("other", 0, 2)
        return Component(
            name,
            ["up", "down"],
            variables=[age, other],
            transitions=[
                on(f"{name}_fails", "up", "down", then={other: 2}),
                on(f"{name}_mended", "down", "up", then={age: 0, other: 1}),
                on("tick", "down", then={age: age + 1}),
                on("tick", "up"),
            ],
        )

    parts = [part("a"), part("b")]
    system = compose("alike", parts, tick=hours(1))
    asked = [worst_case(maximum(parts[0].age, parts[1].age)), worst_case(minimum(parts[0].age + parts[1].age, 2))]
    for names in (frozenset[str](), frozenset(REDUCTIONS[:1]), frozenset(REDUCTIONS[:2]), frozenset(REDUCTIONS)):
        verdicts = check(system, asked, engine="python", reductions=names)
        assert [(v.conclusion, v.value) for v in verdicts[1:]] == [(INCONCLUSIVE, 2), (HOLDS, 2)]
        assert verdicts[0].run.reductions == tuple(n for n in REDUCTIONS[:2] if n in names)


def test_a_search_that_stopped_early_says_what_it_has_shown() -> None:
    age, a, b = Age("age", cap=20), Integer("a", 0, 99), Integer("b", 0, 99)
    component = one(
        [age, a, b],
        on("tick", "*", then={age: age + 1}),
        on("first", "*", when=a < 99, then={a: a + 1}),
        on("second", "*", when=b < 99, then={b: b + 1}),
    )
    system = compose("slow", [component], tick=hours(1))
    for states, shown in ((200, ""), (100_000, ": the cap of c.age (20h) was reached; " + RAISE)):
        verdict = check(system, [worst_case(age)], engine="python", limits=Limits(states=states))[1]
        assert (verdict.conclusion, verdict.at_least) == (INCONCLUSIVE, True)
        told, stopped, rest = verdict.reason.partition("; the search stopped at")
        least = f"at least {verdict.value} ticks ({verdict.value}h)"
        assert (told, stopped) == (least + shown, "; the search stopped at")
        assert f"the limit of {states:,} states" in rest


# -- caps that are limits ------------------------------------------------------------------------------------------------
def test_a_cap_that_is_a_limit_is_exact() -> None:
    charge = Counter("charge", cap=2, start=2, cap_is="the capacity of the battery")
    component = one([charge], on("use", "on", then={charge: charge - 1}), on("load", "*", then={charge: charge + 1}))
    asked = [
        worst_case(charge),
        worst_case(charge, at_most=2),
        never(charge == 3),
        always(charge <= 2),
        reachable(charge == 0),
    ]
    verdicts = check(compose("battery", [component]), asked, engine="python")
    assert [v.conclusion for v in verdicts] == [HOLDS] * 6
    assert verdicts[1].reason.startswith("exactly 2, over")


def test_elements_of_an_array_can_have_a_limit() -> None:
    levels = Array("levels", Age("level", cap=1, cap_is="the brim"), 2)
    component = one([levels], on("rise", "on", then={levels[0]: levels[0] + 1}))
    assert check(compose("tank", [component]), [worst_case(levels[0])], engine="python")[1].conclusion is HOLDS


def test_a_limit_is_said_in_words() -> None:
    for wrong in (True, 5, "   "):
        with pytest.raises(ModelError) as caught:
            Counter("charge", cap=2, cap_is=wrong)  # type: ignore[arg-type]
        assert caught.value.code == "DR130"
        assert "variable charge: cap_is says in words what the cap is in the world" in str(caught.value)
        assert "test_saturation.py" in str(caught.value)
    with pytest.raises(ModelError) as caught:
        Counter("charge", cap=2, at_limit="refuse", cap_is="the capacity of the battery")
    assert caught.value.code == "DR130"
    assert "leave out cap_is: what refuses is exact" in str(caught.value)


# -- random walks --------------------------------------------------------------------------------------------------------
def test_walks_show_what_is_so_without_caps_and_nothing_else() -> None:
    def seen(build: Callable[[int], Drawn]) -> dict[str, Any]:
        made = build(0)
        plans, query = plan(made.system, made.properties)
        walks = simulate(made.system, query, walks=300, steps=12, seed=1, engine="python")
        return {o.property.formula(): o for o in observe(SeenOnWalks(walks), plans, {})[1:]}

    found = seen(not_real)
    for formula in ("always (not c.alarm)", "reachable (c.alarm)", "worst case of ((9 if c.alarm else 0))"):
        assert found[formula].shown is Shown.NOT_SEEN
        assert found[formula].reason == (
            f"the trace that shows it rests on a cap: the cap of c.age (2) was reached; {RAISE}"
        )
    assert found["always (c.ticks < 5)"].shown is Shown.VIOLATED
    found = seen(measured)
    assert found["worst case of (c.age) <= 1"].shown is Shown.VIOLATED
    assert found["worst case of (c.age)"].reason.startswith("at least ")
