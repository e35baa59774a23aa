"""What is constant in a property is refused where it is a slip, in every kind of property, and nowhere else."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Annotated, Any

import pytest

from drcheck import (
    Array,
    Choice,
    Component,
    Counter,
    Duration,
    Expression,
    Integer,
    Literal,
    Property,
    System,
    all_of,
    always,
    any_of,
    can_always,
    compose,
    count,
    deadlock_free,
    design,
    eventually,
    finally_,
    globally,
    hours,
    if_else,
    leads_to,
    ltl,
    maximum,
    minimum,
    never,
    on,
    reachable,
    stated,
    structure,
    total,
    until,
    whenever,
    worst_case,
)
from drcheck.errors import DrcheckError
from drcheck.finders import remarks_of
from drcheck.language.constants import constant, constant_guards
from drcheck.sampling.observations import plan
from drcheck.verdicts.check import check, check_design

number, mode = Counter("number", cap=3), Choice("mode", ["slow", "fast"])
link = Component(
    "link",
    ["up", "down"],
    variables=[number, mode],
    transitions=[on("link_fails", "up", "down", then={number: number + 1}), on("link_restored", "down", "up")],
)
system = compose("links", [link])
slip = link.initial == "down"
"""What Python makes of a comparison with the name of a state: False."""


CONSTANT: dict[str, Callable[[], Property]] = {
    "always": lambda: always(not slip),
    "never": lambda: never(slip),
    "never, in a larger condition": lambda: never(slip & link.up),
    "always, in a larger condition": lambda: always(~link.up | (not slip)),
    "whenever, its trigger": lambda: whenever(slip & link.up, number < 3),
    "whenever, its condition": lambda: whenever(link.up, not slip),
    "reachable": lambda: reachable(slip),
    "deadlock_free": lambda: deadlock_free(except_where=not slip),
    "leads_to, its trigger": lambda: leads_to(slip, link.up),
    "leads_to, its goal": lambda: leads_to(link.down, not slip),
    "eventually": lambda: eventually(not slip),
    "can_always": lambda: can_always(not slip),
    "ltl": lambda: ltl(globally(finally_(Literal(False) | slip))),
    "ltl, one part of several": lambda: ltl(until(not slip, link.down)),
    "ltl without an operator": lambda: ltl(not slip),
    "worst_case": lambda: worst_case(if_else(slip, number, 0)),
    "worst_case of a number": lambda: worst_case(3),
    "a choice with two equal ends": lambda: never(if_else(link.up, slip, slip)),
    "nothing to quantify over": lambda: always(all_of([])),
    "nothing to count": lambda: always(count([]) == 0),
    "Python's numbers": lambda: always(total([1, 2]) == 3),
}


@pytest.mark.parametrize("kind", CONSTANT)
def test_a_property_that_asks_for_a_constant_is_refused(kind: str) -> None:
    item = CONSTANT[kind]()
    for decide in (lambda: check(system, [item]), lambda: plan(system, [item])):
        with pytest.raises(DrcheckError, match=r"\[DR122\].*reads neither a state nor a variable") as caught:
            decide()
        assert caught.value.place == item.place
        assert caught.value.remedy


not_slip = not slip
PARTLY: dict[str, Callable[[], Property]] = {
    "reachable": lambda: reachable(not_slip & link.up),
    "never": lambda: never(slip | link.up),
    "always": lambda: always((link.up & not_slip) | link.down),
    "denied": lambda: always(~(not_slip & link.up) | link.up),
    "implied": lambda: always(link.up.implies(slip)),
    "implied, in a constant's place": lambda: always(all_of([link.up.implies(link.down | slip), number >= 0])),
    "whenever, its trigger": lambda: whenever(not_slip & link.up, number < 3),
    "whenever, its condition": lambda: whenever(link.up, (number < 3) | slip),
    "quantified": lambda: always(any_of([link.up, link.down], lambda x: x & not_slip)),
    "in a list": lambda: always(any_of([slip, link.up])),
    "deadlock_free": lambda: deadlock_free(except_where=not_slip & link.up),
    "leads_to": lambda: leads_to(link.down, link.up | slip),
    "can_always": lambda: can_always(not_slip & link.up),
    "ltl": lambda: ltl(globally(finally_(link.up | slip))),
    "worst_case": lambda: worst_case(number + if_else(slip | link.up, 1, 0)),
    "worst_case, chosen": lambda: worst_case(maximum(number, if_else(slip, number, 0))),
    "counted": lambda: worst_case(count([not_slip, link.up])),
    "compared": lambda: reachable(link.up == (link.initial == "up")),
    "compared the other way": lambda: never((link.doc != "a link") != link.up),
}


@pytest.mark.parametrize("kind", PARTLY)
def test_what_python_decided_within_a_property_is_refused(kind: str) -> None:
    item = PARTLY[kind]()
    for decide in (lambda: check(system, [item]), lambda: plan(system, [item])):
        with pytest.raises(
            DrcheckError, match=r"\[DR122\].* holds `(true|false)`, which Python decided \(.*test_constants.py:\d+\)"
        ) as caught:
            decide()
        assert caught.value.place == item.place
        assert caught.value.remedy.endswith(("Literal(True)", "Literal(False)"))


PARTLY_MEANT: list[Callable[[], Property]] = [
    lambda: reachable(Literal(True) & link.up),
    lambda: always(link.up | Literal(not_slip)),
    lambda: always((link.up == True) | link.down),  # noqa: E712  # what is tried
    lambda: reachable(if_else(link.up, number == 0, False)),
    lambda: reachable(any_of([link.up, link.down], lambda x: x & (str(x) == "link.up"))),
    lambda: always(any_of([]) | link.up | link.down),
    lambda: always((mode == "slow") | link.up | (mode == "fast")),
]


@pytest.mark.parametrize("number_", range(len(PARTLY_MEANT)))
def test_what_tells_items_apart_or_is_compared_is_no_slip(number_: int) -> None:
    assert len(check(system, [PARTLY_MEANT[number_]()], engine="python")) == 2


MEANT: list[Callable[[], Property]] = [
    lambda: always(Literal(True)),
    lambda: never(Literal(False) & link.up),
    lambda: leads_to(Literal(True), link.up),
    lambda: ltl(until(Literal(True), link.down)),
    lambda: ltl(globally(Literal(True))),
    lambda: worst_case(Literal(3)),
    lambda: worst_case(if_else(Literal(False), number, 0)),
    lambda: structure(slip, "what was looked at"),
    lambda: always(link.in_states("up", "down")),  # true, but it reads the link
    lambda: always(number <= 3),
    lambda: always(number >= 0),
    lambda: never(link.up & ~link.up),
    lambda: always((mode == "slow") | (mode == "fast")),
    lambda: always(number.is_in(0, 1, 2, 3)),
]


@pytest.mark.parametrize("number_", range(len(MEANT)))
def test_what_is_meant_or_reads_something_is_no_slip(number_: int) -> None:
    assert len(check(system, [MEANT[number_]()], engine="python")) == 2


@stated()
def fenced_means_off(d: System) -> Property:
    """Depends on a parameter by the design function."""
    return never(d.parts["fencing"] & d.link.down)


@stated(given={"fencing": True})
def with_fencing(d: System) -> Property:
    """The same for a parameter that it is stated for."""
    return never((not d.parts["fencing"]) & d.link.down)


@stated()
def patient(d: System) -> Property:
    """Compares a duration among the parameters."""
    return always(d.parts["patience"] <= hours(2))


@stated()
def both(d: System) -> Property:
    """Another only where two parameters change."""
    return never((d.parts["fencing"] and d.parts["quorum"]) & d.link.down)


@stated()
def beside_what_reads(d: System) -> Property:
    """A parameter in a larger condition."""
    return never((not d.parts["fencing"]) & d.link.down & d.link.up)


@stated()
def a_slip_within(d: System) -> Property:
    """No parameter changes it."""
    return never((d.link.initial == "up") & d.link.down & d.link.up)


@stated()
def a_slip(d: System) -> Property:
    """No parameter changes it."""
    return never(d.link.initial == "down")


@stated()
def a_slip_where_it_can_be_stated(d: System) -> Property:
    """Under some parameters it cannot be stated: that says nothing."""
    assert not d.parts["fencing"]
    return never(d.link.initial == "down")


def parametrized(*properties: Any) -> Any:
    @design(title="A link")
    def linked(
        fencing: bool = False,
        quorum: bool = False,
        patience: Duration = hours(1),
        links: Annotated[int, "how many", range(1, 3)] = 1,
    ) -> System:
        part = Component(
            "link", ["up", "down"], transitions=[on("link_fails", "up", "down"), on("mended", "down", "up")]
        )
        own = [always(fencing | part.up | part.down, name="inline")]
        own += [] if properties else [never(links > 5, name="inline_slip")]
        settings = {"fencing": fencing, "quorum": quorum, "patience": patience}
        return compose("linked", [part], parts=settings, properties=[*own, *properties])

    return linked


def test_what_depends_on_parameters_is_no_slip() -> None:
    made = parametrized(fenced_means_off, with_fencing, patient, both, beside_what_reads)
    outcomes = {v.property.name: v.conclusion.value for v in check_design(made).verdicts}
    expected = ("fenced_means_off", "with_fencing", "patient", "both", "beside_what_reads", "inline")
    assert outcomes == dict.fromkeys(("values_stay_in_their_domains", *expected), "HOLDS")
    assert {v.conclusion.value for v in check(parametrized(always(Literal(True)))())} == {
        "HOLDS"
    }  # known without the design


@pytest.mark.parametrize(
    "item", [a_slip, a_slip_within, a_slip_where_it_can_be_stated, None], ids=["stated", "within", "partly", "inline"]
)
def test_what_depends_on_no_parameter_is_a_slip(item: Any) -> None:
    made = parametrized(item) if item is not None else parametrized()
    with pytest.raises(DrcheckError, match=r"\[DR122\].*whatever the parameters of the design"):
        check_design(made)
    if item is None:  # a system that is checked by itself still knows its design
        with pytest.raises(DrcheckError, match="DR122"):
            check(made())


def test_constant_guards_are_found() -> None:
    part = Component(
        "part",
        ["on", "off"],
        transitions=[
            on("a", "on", "off", unless=slip),
            on("b", "off", "on", when=link.up & slip),
            on("c", when=Literal(True)),
            on("d", when=link.up),
            on("e"),
        ],
    )
    assert [(t.trigger, c.value) for _, t, c in constant_guards([part, link])] == [("a", True), ("b", False)]


def test_a_guard_that_python_decided_is_remarked() -> None:
    fencing, mode = True, "fast"
    part = Component(
        "part",
        ["on", "off"],
        transitions=[
            on("a", "on", "off", unless=link.initial == "down"),
            on("b", "off", "on", when=fencing, unless=link.down & ("down" not in link.states)),
            on("c", when=mode == "fast"),
            on("d", when=fencing & (mode != "slow")),
            on("e", when=link.name == "link"),
            on("f", when=(link.initial == "up") & link.down),
            on("g", when=fencing & link.down),
            on("h", when=link.down == (link.initial == "up")),
            on("i", when=link.down == fencing),
        ],
    )
    remarks = [r for r in remarks_of(compose("sample", [link, part])) if r.code == "DR830"]
    assert [r.subject for r in remarks] == ["part.a", "part.b", "part.f", "part.h"]
    assert (
        "a part of its guard, `true and link.down`, is constant: `link.initial == 'up'` is compared"
        in remarks[2].message
    )
    assert "always true: `link.initial == 'down'` is compared by Python" in remarks[0].message
    assert remarks[0].place is not None


def test_of_guards_on_one_line_each_is_told_as_it_is_written() -> None:
    rows = [on("a", when=link.initial == "up"), on("b", unless=link.doc == "é"), on("c", when=True)]
    found = remarks_of(compose("row", [link, Component("part", ["up"], transitions=rows)]))
    assert [(r.subject, r.message.split("`")[1]) for r in found] == [
        ("part.a", "link.initial == 'up'"),
        ("part.b", "link.doc == 'é'"),
    ]


class _Environment:
    def __init__(self, values: dict[Expression, Any]) -> None:
        self.values = values

    def read(self, leaf: Expression) -> Any:
        return self.values[leaf]

    def ticks(self, duration: Duration) -> int:
        return duration.in_minutes


def _drawn(chance: random.Random, kind: str, depth: int) -> Any:
    """An expression, or a Python value, of a kind."""
    if depth == 0 or chance.random() < 0.15:
        leaf = {"boolean": mode == "slow", "integer": number}[kind]
        value = chance.choice([True, False]) if kind == "boolean" else chance.randrange(3)
        return chance.choice([leaf, Literal(value), Literal(value)])
    less = depth - 1
    if kind == "integer":
        a, b = _drawn(chance, kind, less), _drawn(chance, kind, less)
        return chance.choice(
            [a + b, a - b, a * b, minimum(a, b), maximum(a, b), if_else(_drawn(chance, "boolean", less), a, b)]
        )
    a, b = _drawn(chance, kind, less), _drawn(chance, kind, less)
    x, y = _drawn(chance, "integer", less), _drawn(chance, "integer", less)
    return chance.choice(
        [a & b, a | b, ~a, a == b, a.implies(b), x < y, x == y, if_else(a, b, ~b), any_of([a, b, x > 1])]
    )


def test_a_constant_is_the_value_in_every_state() -> None:
    chance, found = random.Random(0), 0
    for _ in range(600):
        node = _drawn(chance, chance.choice(["boolean", "integer"]), 1 + chance.randrange(3))
        folded = constant(node)
        values = {node.evaluate(_Environment({number: n, mode: m})) for n in range(4) for m in ("slow", "fast")}
        found += folded is not None
        assert folded is None or values == {folded.value}, str(node)
        if not list(node.leaves()):
            assert folded is not None, str(node)
    assert 100 < found < 500


def test_an_index_that_is_a_duration_is_known_where_there_is_a_tick() -> None:
    slots = Array("slot", Integer("element", 0, 1), 2)
    part = Component("part", ["on"], variables=[slots], transitions=[on("go", "on", then={slots[0]: 1})])
    system = compose("slots", [part], tick=hours(1))
    assert constant(slots[hours(0)]) is None
    assert [v.conclusion.value for v in check(system, [never(slots[hours(0)] == 1)])][1:] == ["VIOLATED"]
