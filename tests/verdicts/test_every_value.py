"""What slices show for every value of a parameter holds for each: on generated systems, planted designs, planted faults."""

from __future__ import annotations

import ast
import random
from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase
from hypothesis import strategies as st

import drcheck
from drcheck import (
    Boolean,
    Component,
    Counter,
    Duration,
    Integer,
    System,
    compose,
    design,
    hours,
    if_else,
    minutes,
    never,
    on,
    within,
)
from drcheck.abstraction import choosing
from drcheck.abstraction.forgetting import Forgetting
from drcheck.designs.design import Design
from drcheck.engines.protocol import Limits
from drcheck.errors import DrcheckError, ModelError
from drcheck.kernels.deadline import Deadline
from drcheck.language.expressions import Expression, Literal
from drcheck.language.traced import traced_in
from drcheck.logic.kinds import Property
from drcheck.logic.properties import Statement, always, asked, worst_case
from drcheck.system.system import Cell, Domain
from drcheck.verdicts import sliced
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.every_value import EveryValue
from drcheck.verdicts.verdict import Conclusion, Every
from drcheck.verdicts.wording import every_text
from tests.support.generated import EXAMPLES, on_generated
from tests.support.generators import Built, Case

VALUES = (-1, 1, 2)
SMALL = Limits(states=2_000)

tally: Tally[str] = Tally()


@pytest.fixture(autouse=True)
def small_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small systems are asked by slices too, and every number is a counter."""
    monkeypatch.setattr(sliced, "LOOK", 0)
    monkeypatch.setattr(choosing, "SMALL", 1)


# -- generated systems -------------------------------------------------------------------------------------------------
class WithParameter(ast.NodeTransformer):
    """Adds a parameter `p` to some of the numbers of a source."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if type(node.value) is not int or self.dice.random() < 0.7:
            return node
        return ast.BinOp(node, ast.Add(), ast.Name("p", ast.Load()))


def with_parameter(case: Case, number: int) -> Design:
    """A generated system as a design with a parameter that is part of some of its numbers."""
    tree = WithParameter(random.Random(number)).visit(ast.parse(case.source))
    code = compile(ast.fix_missing_locations(tree), "<generated>", "exec")

    def made(p: int = 0) -> System:
        found: dict[str, Any] = {name: getattr(drcheck, name) for name in drcheck.__all__} | {"lit": Literal, "p": p}
        exec(code, found)
        read = {f"asked_{n}": eval(text, found) for n, text in enumerate((*case.watches, *case.maxima))}
        system: System = found["system"]
        return replace(system, parts={**system.parts, **read})

    return design(made)


def statements(case: Case) -> list[Statement]:
    kinds: list[Callable[[Expression], Property]] = [always, never]
    found = [(make, n) for n in range(len(case.watches)) for make in kinds]
    for n in range(len(case.watches), len(case.watches) + len(case.maxima)):
        found += [(lambda measure, most=most: worst_case(measure, at_most=most), n) for most in (1, 3)]
    return [
        asked(f"asked_{k}", lambda d, make=make, n=n: make(d.parts[f"asked_{n}"]), {})
        for k, (make, n) in enumerate(found)
    ]


def compare(case: Case, number: int) -> None:
    """What is said to hold for every value holds for some of them."""
    made, stated = with_parameter(case, number), statements(case)
    try:
        plain = made.build({})
        own, *verdicts = check(plain, [each.on(plain) for each in stated], engine="python", limits=SMALL)
    except DrcheckError:
        return
    holding = [each for each, verdict in zip(stated, verdicts, strict=True) if verdict.conclusion is Conclusion.HOLDS]
    found = EveryValue(made, {}, engine="python").of(holding)
    claimed = [each for each in holding if each.name in found and "p" in found[each.name].together]
    tally["claimed"] += len(claimed)
    tally["not claimed"] += len(holding) - len(claimed)
    for value in VALUES if claimed else ():
        try:
            system = made.build({"p": value})
        except DrcheckError:
            continue
        own, *verdicts = check(system, [each.on(system) for each in claimed], engine="python", limits=SMALL)
        for each, verdict in zip(claimed, verdicts, strict=True):
            assert verdict.conclusion is not Conclusion.VIOLATED, (each.name, value)
            assert found[each.name].inside or own.conclusion is not Conclusion.VIOLATED, (each.name, value)


def test_what_is_said_of_every_value_holds_for_each() -> None:
    def body(built: Built, data: st.DataObject) -> None:
        compare(built.case, data.draw(st.integers(0, 1_000)))

    on_generated("any", 0, body, share=0.2, phases=[Phase.generate])
    assert tally["claimed"] > EXAMPLES // 50
    assert tally["not claimed"] > EXAMPLES // 50


# -- designs that are the same with some values ------------------------------------------------------------------------
def door(opens: Any, tick: Duration = hours(1)) -> System:
    """A door that opens after some knocks, of which it counts ten."""
    knocks = Integer("knocks", 0, 10)
    rows = [
        on("knock", "shut", when=knocks < 10, then={knocks: knocks + 1}),
        on("open", "shut", "open", when=(knocks >= opens) & (knocks < 5)),
        on("shut", "open", "shut"),
        on("tick", "shut"),
    ]
    return compose("door", [Component("door", ["shut", "open"], variables=[knocks], transitions=rows)], tick=tick)


@drcheck.stated
def it_stays_shut(d: System) -> Property:
    """Nobody opens it."""
    return never(d.door.state("open"))


def every(made: Callable[..., System], promise: Statement = it_stays_shut, **settings: Any) -> Every:
    return EveryValue(design(made), settings, engine="python").of([promise])[promise.name]


def caught(tick: Duration) -> int:
    try:
        return 5 + 0 * hours(1).ticks(tick)
    except ModelError:
        return 0


@pytest.mark.parametrize(
    "opens",
    [
        lambda tick: 5 if tick in (minutes(5), minutes(15)) else 0,
        lambda tick: 5 if 15 % tick.in_minutes == 0 else 0,
        lambda tick: 5 + (tick.in_minutes - 5) * (tick.in_minutes - 15),
        lambda tick: 5 - minutes(15).in_seconds % tick.in_seconds,
        lambda tick: {"5m": 5, "15m": 5}.get(str(tick), 0),
        caught,
    ],
)
def test_a_design_that_differs_with_another_tick_only(opens: Callable[[Duration], Any]) -> None:
    def made(tick: Duration = minutes(5)) -> System:
        return door(opens(tick), tick)

    planted = design(made)
    differs = planted.build({"tick": minutes(7)})
    assert check(differs, [it_stays_shut.on(differs)])[1].conclusion is Conclusion.VIOLATED
    for tick in (minutes(5), minutes(15)):
        found = every(made, tick=tick)
        assert (found.together, found.alone) == ((), ())
        assert found.tried == {"tick": str(tick)}
    assert every_text(found) == "only with tick=15m"


def test_what_does_not_depend_on_it_is_said_of_every_value() -> None:
    def made(tick: Duration = minutes(5), opens: int = 5, patience: Duration = hours(1)) -> System:
        return door(opens + 0 * patience.ticks(tick), tick)

    promise = asked("it_counts", lambda d: never(d.door.knocks > 10), {})
    report = check_design(design(made), {}, further=[promise], by="slices")
    (verdict,) = report.verdicts[1:]
    assert verdict.won is not None
    assert verdict.won.every == Every(("tick", "opens", "patience"))
    assert verdict.reason == (
        "in all states, by slices (a slice of 2 states, without 1 of 1 counters), for every tick, opens and patience"
    )
    found = every(made)
    assert every_text(found) == "for every tick, opens or patience" or found.tried["opens"] == "5"


def test_a_bound_in_time_is_a_number_of_ticks() -> None:
    def made(tick: Duration = minutes(5)) -> System:
        return door(5, tick)

    late = asked("late", lambda d: within(hours(1), ~d.door.state("open"), after=d.door.state("open")), {})
    assert "tick" in every(made, late).tried


# -- planted faults ----------------------------------------------------------------------------------------------------
def capped(most: int = 3) -> System:
    """It counts no further than 3; with 4, further."""
    count = Counter("count", most, cap_is="its end")
    rows = [on("rise", then={count: count + 1}), on("open", "shut", "open", when=count > 3)]
    return compose("capped", [Component("door", ["shut", "open"], variables=[count], transitions=rows)])


def refusing(most: int = 2) -> System:
    """What fits holds back what opens; with 1, two do not fit."""
    count = Counter("count", most, at_limit="refuse")
    rows = [
        on("rise", "shut", then={count: 2}, priority=1),
        on("open", "shut", "open"),
    ]
    return compose("refusing", [Component("door", ["shut", "open"], variables=[count], transitions=rows)])


def alike(most: int = 2) -> System:
    """Two numbers that are both 2, and differ with any other."""
    count, between = Integer("count", 0, 9), Boolean("between")
    rows = [
        on("rise", when=count < 9, then={count: count + 1, between: if_else(count < most, ~(count < 4 - most), False)}),
        on("open", "shut", "open", when=between),
    ]
    return compose("alike", [Component("door", ["shut", "open"], variables=[count, between], transitions=rows)])


def leaving(most: int = 2) -> System:
    """What is written leaves its domain with 9."""
    count = Integer("count", 0, 5)
    rows = [on("rise", "shut", then={count: most}), on("open", "shut", "open", when=count > 9)]
    return compose("leaving", [Component("door", ["shut", "open"], variables=[count], transitions=rows)])


def falling(most: int = 3) -> System:
    """Without its caps the number falls below 0, which nothing tells with them."""
    count = Counter("count", most)
    rows = [on("fall", "shut", then={count: count - 1}), on("open", "shut", "open", when=count < 0)]
    return compose("falling", [Component("door", ["shut", "open"], variables=[count], transitions=rows)])


@pytest.mark.parametrize("made", [capped, refusing, alike, falling])
def test_what_holds_with_some_values_alone_is_not_said_of_every_one(made: Callable[..., System]) -> None:
    assert every(made).together == ()


def test_values_that_may_leave_their_domains_are_told() -> None:
    found = every(leaving)
    assert (found.together, found.inside) == (("most",), True)
    assert every_text(found) == "for every most with which values stay in their domains"


def keeps_all(forgetting: Forgetting) -> None:
    """Capped cells are never below their least value."""
    forgetting._above = forgetting._capped


def by_value(forgetting: Forgetting, node: Expression) -> int:
    """What has one value now is taken for alike."""
    if isinstance(node, Literal) and traced_in(node.value) is not None:
        return hash(("value", traced_in(node.value).value))  # type: ignore[union-attr]
    return hash((node.operator, getattr(node, "index", None), *(by_value(forgetting, part) for part in node.arguments)))


def in_domain(forgetting: Forgetting, node: Expression, cell: int) -> Cell:
    """What is unknown stays in its domain."""
    domain = forgetting._cells[cell].domain
    return forgetting._cell((cell, forgetting._number(node)), Domain(domain.kind, domain.low, domain.high))


@pytest.mark.parametrize(
    ("made", "name", "fault"),
    [
        (capped, "_tells", lambda self, value: False),
        (capped, "touches", lambda self, node: isinstance(node, Literal) and self._tells(node.value)),
        (alike, "_number", by_value),
        (falling, "_never_below", keeps_all),
    ],
)
def test_a_planted_fault_is_noticed(
    made: Callable[..., System], name: str, fault: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Forgetting, name, fault)
    assert every(made).together == ("most",)


def test_planted_faults_of_what_refuses_and_leaves_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Forgetting, "_unknown_number", in_domain)
    assert not every(leaving).inside
    begun = Forgetting.__init__

    def careless(self: Forgetting, *given: Any) -> None:
        begun(self, *given)
        self._limits = dict.fromkeys(self._limits, "saturate")

    monkeypatch.setattr(Forgetting, "__init__", careless)
    assert every(refusing).together == ("most",)


def test_an_interrupt_or_a_limit_says_nothing_of_other_values(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(opens: int = 5) -> System:
        return door(opens)

    promise = asked("it_counts", lambda d: never(d.door.knocks > 10), {})
    deadline = Deadline(endable=True)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def late(*_: object) -> dict[str, Every]:
        deadline.end("the limit that was set")
        return {}

    for instead, stopped in ((interrupted, True), (late, False)):
        monkeypatch.setattr(EveryValue, "of", instead)
        report = check_design(design(made), {}, further=[promise], by="slices", limits=Limits(deadline=deadline))
        (verdict,) = report.verdicts[1:]
        assert (verdict.conclusion, report.interrupted) == (Conclusion.HOLDS, stopped)
        assert verdict.won is not None
        assert verdict.won.every is None
