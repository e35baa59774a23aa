"""Small systems with counters that saturate, each to be built with its own caps and with wider ones.

A wider system is what the one with caps is held against: what is said of the system without caps is true of any that is
wide enough. Everything is drawn from a number, so a failing one can be built again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drcheck import (
    Age,
    Array,
    Boolean,
    Component,
    Counter,
    Expression,
    Integer,
    compose,
    count,
    event,
    finally_,
    globally,
    hours,
    if_else,
    maximum,
    minimum,
    next_,
    on,
    outcome,
    until,
)
from drcheck.logic.fairness import strongly_fair, weakly_fair
from drcheck.logic.kinds import Property
from drcheck.logic.properties import (
    always,
    can_always,
    deadlock_free,
    eventually,
    leads_to,
    ltl,
    never,
    reachable,
    whenever,
    worst_case,
)
from drcheck.system.system import System

COMPARED: Sequence[Callable[[Expression, object], Expression]] = (
    lambda a, b: a >= b,
    lambda a, b: a > b,
    lambda a, b: a < b,
    lambda a, b: a <= b,
    lambda a, b: a == b,
    lambda a, b: a != b,
)


@dataclass
class Drawn:
    """A system and properties of it. `widened` moves both ends of each saturating counter by so much."""

    name: str
    widened: int
    system: System
    properties: list[Property]


def drawn(number: int, widened: int = 0) -> Drawn:
    """The system of a number, with its caps or wider."""
    dice, begun = random.Random(number), random.Random(-number - 1)
    several = begun.randrange(4) == 0
    numbers: list[Expression] = []

    def counter(name: str) -> Counter:
        cap = dice.choice([1, 1, 2, 3])
        kind = dice.choice(["age", "counter", "counter", "limit", "refuse"])
        if kind == "age":
            made: Counter = Age(name, cap)
        elif kind == "limit":
            return Counter(name, cap, cap_is="all that there is")
        elif kind == "refuse":
            return Counter(name, cap, at_limit="refuse")
        else:
            start = dice.randrange(cap + 1)
            made = Counter(name, cap, sorted({start, begun.randrange(cap + 1)}) if several else start)
        made.low, made.high = -widened, cap + widened
        return made

    def number_of() -> Expression:
        a = dice.choice(numbers)
        match dice.randrange(10):
            case 0:
                return a + dice.choice(numbers)
            case 1:
                return a - dice.choice(numbers)
            case 2:
                return minimum(a, dice.randrange(1, 4))
            case 3:
                return maximum(a, dice.choice(numbers))
            case 4:
                return if_else(a >= dice.randrange(3), dice.choice(numbers), dice.randrange(3))
            case 5:
                return dice.choice([a * 2, a // 2, a % 2, 3 - a])
            case 6:
                return count([a > 1, dice.choice(numbers) == 1])
        return a

    def condition() -> Expression:
        test = dice.choice(COMPARED)(number_of(), dice.randrange(-1, 5))
        match dice.randrange(8):
            case 0:
                return test & condition()
            case 1:
                return test | condition()
            case 2:
                return ~test
            case 3:
                return dice.choice(numbers) <= dice.choice(numbers)
            case 4:
                return dice.choice(states) & test if states else test
        return test

    def right(own: Expression) -> object:
        match dice.randrange(9):
            case 0 | 1 | 2:
                return own + dice.choice([1, 1, 2])
            case 3:
                return own - 1
            case 4:
                return number_of()
            case 5:
                return if_else(condition(), own + 1, 0)
            case 6:
                return dice.choice(numbers)
        return dice.choice([0, 1])

    states: list[Expression] = []
    components = []
    for i in range(dice.choice([1, 2, 2])):
        own: list[Expression] = [counter(f"n{i}_{j}") for j in range(dice.choice([1, 1, 2]))]
        declared: list[object] = list(own)
        targets = list(own)
        extra = dice.randrange(4)
        if extra == 0:
            declared.append(Integer(f"k{i}", -1, 3, 0))
            targets.append(declared[-1])
        elif extra == 1:
            declared.append(Boolean(f"b{i}"))
        elif extra == 2:
            elements = Array(f"a{i}", counter("e"), 2)
            declared.append(elements)
            targets += [elements[0], elements[1]]
            own += [elements[0], elements[dice.choice([0, minimum(maximum(own[0], 0), 1)])]]
        numbers += list(targets) + ([own[-1]] if extra == 2 else [])
        flag = declared[-1] if extra == 1 else None
        transitions = []
        for trigger in ("tick", f"go{i}", f"back{i}", "meet"):
            for source in sorted(dice.sample(["off", "on", "*"], dice.choice([1, 1, 2])), key="*".__eq__):
                if trigger == "meet" and dice.randrange(2):
                    continue
                then = {t: right(t) for t in dice.sample(targets, dice.randrange(len(targets) + 1))}
                if flag is not None and dice.randrange(2):
                    then[flag] = condition()
                guarded = {"when": condition()} if dice.randrange(5) > 1 else {}
                dest = {f"go{i}": "on", f"back{i}": "off"}.get(trigger) if dice.randrange(4) else None
                if dice.randrange(6) == 0:
                    ways = [outcome(dest, then), outcome(None, {t: right(t) for t in targets[:1]})]
                    transitions.append(on(trigger, source, **guarded, outcomes=ways))
                else:
                    transitions.append(on(trigger, source, dest, **guarded, then=then))
        transitions.append(on(f"start{i}", "off", "on", **({"when": condition()} if dice.randrange(2) else {})))
        initial = begun.choice(["off", ["off", "on"]]) if several else "off"
        component = Component(f"c{i}", ["off", "on"], initial, variables=declared, transitions=transitions)
        states += [component.on, component.off] + ([] if flag is None else [flag])
        components.append(component)
    some = [t for c in components for t in c.triggers if t not in ("tick", "meet")]
    rules = []
    for name in dice.sample(some, min(2, len(some))):
        match dice.randrange(5):
            case 0:
                rules.append(event(name, urgent=True))
            case 1:
                rules.append(event(name, priority=1))
            case 2:
                rules.append(event(name, priority=-1))
    system = compose("caps", components, events=rules, tick=hours(1))
    fair = [(), weakly_fair("automatic", "time"), strongly_fair("time"), weakly_fair("time")]
    asked = [
        always(condition()), never(condition()), reachable(condition()), reachable(dice.choice(states)),
        whenever(condition(), condition()), worst_case(number_of()), worst_case(dice.choice(numbers)),
        worst_case(number_of(), at_most=dice.randrange(4)), worst_case(dice.choice(numbers), at_most=dice.randrange(4)),
        deadlock_free(), deadlock_free(except_where=condition()), can_always(condition()),
        eventually(condition(), dice.choice(fair)), leads_to(condition(), condition(), dice.choice(fair)),
        ltl(globally(finally_(condition())), dice.choice(fair)), ltl(finally_(condition() & next_(condition()))),
        ltl(until(condition(), condition()), dice.choice(fair)),
    ]  # short cases  # fmt: skip
    return Drawn(f"system {number}", widened, system, asked)
