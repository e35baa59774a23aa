"""Traced parameters: where constants derive from a parameter, and what ends the claim that nothing else depends on it."""

from __future__ import annotations

import operator
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from pickle import dumps, loads
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drcheck import (
    Age,
    Component,
    Counter,
    Duration,
    Integer,
    System,
    compose,
    design,
    hours,
    maximum,
    minutes,
    never,
    on,
    stated,
)
from drcheck.designs.tracing import Occurrences, occurrences
from drcheck.errors import DesignError, ModelError
from drcheck.language.traced import Trace, Traced, direction, parameters_in


def lamp(most: Any, patience: Duration, tick: Duration, doc: str = "") -> System:
    waited, lit = Age("waited", cap=patience), Counter("lit", cap=most)
    rows = [
        on("tick", "off", when=waited < patience, then={waited: waited + 1}, doc=doc),
        on("tick", "on"),
        on(
            "light",
            "off",
            "on",
            when=(lit + 2 < most + 3) & (waited >= patience.ticks(tick) - 1),
            then={lit: maximum(lit, most)},
        ),
        on("dim", "on", "off", then={waited: 0}),
    ]
    return compose("lamp", [Component("lamp", ["off", "on"], variables=[waited, lit], transitions=rows)], tick=tick)


@design
def plain_lamp(
    most: Annotated[int, range(1, 9)] = 3, patience: Duration = hours(2), tick: Duration = hours(1), name: str = "x"
) -> System:
    """Nothing is decided by its parameters."""
    return lamp(most, patience, tick)


@stated
def never_dark(d: System) -> Any:
    """The bound of a property is a constant as well."""
    return never(d.lamp.waited > hours(1).ticks(d.parameters["tick"]))


@stated
def by_its_name(d: System) -> Any:
    """Python decides in stating it."""
    return never(d.lamp.waited > (3 if d.parameters["most"] == 3 else 2))


def said(found: Occurrences) -> list[tuple[str, int, int | None, bool]]:
    return [(each.where, each.value, each.rises, each.is_upper_bound) for each in found.places]


def test_every_place_is_found() -> None:
    found = occurrences(plain_lamp, {"tick": minutes(30)}, "patience", [never_dark, by_its_name])
    assert found.complete
    assert said(found) == [("cap", 4, 1, False), ("guard", 4, 1, True), ("guard", 3, 1, False)]
    assert str(found.places[0].compared) == "None"
    assert str(found.places[1].compared) == "lamp.waited"
    found = occurrences(plain_lamp, {}, "most", [never_dark, by_its_name])
    assert said(found) == [("cap", 3, 1, False), ("guard", 6, 1, True), ("update", 3, 1, False)]
    assert found.of_property("never_dark") == ()
    assert found.of_property("by_its_name") is None
    found = occurrences(plain_lamp, {}, "tick", [never_dark])
    assert [(each.where, each.value, each.rises) for each in found.places] == [
        ("cap", 2, None),
        ("guard", 2, None),
        ("guard", 1, None),
        ("property", 1, None),
    ]


def test_what_cannot_be_traced_is_refused() -> None:
    with pytest.raises(DesignError, match="cannot be traced") as error:
        occurrences(plain_lamp, {}, "name")
    assert error.value.code == "DR205"
    assert error.value.available == ("most", "patience", "tick")


@pytest.mark.parametrize(
    "decide",
    [
        lambda most, _: max(most, 1),
        lambda most, _: most if most else 1,
        lambda most, _: most if most != 7 else 1,
        lambda most, _: most if most in (3, 4) else 1,
        lambda most, _: len(range(most)),
        lambda most, _: [0, 1, 2, 3, 4, 5, 6, 7, 8][most],
        lambda most, _: {3: most}.get(most, 1),
        lambda most, _: int(f"{most}"),
        lambda most, _: int("%d" % most),  # noqa: UP031
        lambda most, _: most.bit_length(),
        lambda most, _: int(most),
        lambda most, _: round(most / 2),
        lambda most, _: len("x" * most),
        lambda most, _: int(most * deepcopy(most) > 3),
        lambda most, _: loads(dumps(most)),
        lambda most, tick: most if hours(3) > tick else 1,
        lambda most, tick: most if str(tick) == "1h" else 1,
        lambda most, tick: most if tick in {hours(1)} else 1,
        lambda most, tick: most if tick.in_minutes % 7 else 1,
    ],
)
def test_what_python_decides_ends_the_claim(decide: Callable[[Any, Duration], Any]) -> None:
    def made(most: int = 3, tick: Duration = hours(1)) -> System:
        return lamp(decide(most, tick), hours(2), tick)

    for name in ("most", "tick"):
        found = occurrences(design(made), {}, name)
        used = name == ("most" if "_" in decide.__code__.co_varnames else "tick")
        assert found.complete is not used, found.why
        if used:
            assert {(each.place.file, each.place.line) for each in found.decisions if each.place} == {
                (__file__, decide.__code__.co_firstlineno)
            }


def caught(tick: Duration) -> int:
    try:
        return hours(1).ticks(tick)
    except ModelError:
        return 1


def suppressed(tick: Duration) -> int:
    with suppress(ModelError):
        return hours(1).ticks(tick)
    return 1


def divided(tick: Duration) -> int:
    try:
        return 1 // (tick.in_seconds - 7) + 2
    except ZeroDivisionError:
        return 1


@pytest.mark.parametrize("handling", [caught, suppressed, divided])
def test_an_error_that_is_handled_is_a_decision(handling: Callable[[Duration], int]) -> None:
    def made(tick: Duration = hours(1)) -> System:
        return lamp(handling(tick), hours(2), tick)

    assert not occurrences(design(made), {}, "tick").complete


def test_what_tells_a_traced_number_from_its_value_is_noticed() -> None:
    def made(most: int = 3) -> System:
        return lamp(3 if type(most) is int else 4, hours(2), hours(1))

    assert "another system" in occurrences(design(made), {}, "most").why


def test_bounds_and_starts() -> None:
    def made(least: int = 2) -> System:
        number = Integer("number", least, 9, start=least + 1)
        rows = [on("count", when=number < 9, then={number: number + 1}, priority=least)]
        return compose("counting", [Component("counter", ["only"], variables=[number], transitions=rows)])

    found = occurrences(design(made), {}, "least")
    assert [each.where for each in found.places] == ["lower bound", "start", "attribute"]
    assert not found.complete  # a priority decides


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
}


@given(
    st.lists(st.tuples(st.sampled_from(sorted(OPERATORS)), st.integers(-4, 4), st.booleans()), max_size=5), st.data()
)
def test_terms_say_how_numbers_are_computed(steps: list[tuple[str, int, bool]], data: st.DataObject) -> None:
    """Computed anew with any value of the parameter, a term gives what Python gives; and it rises and falls as it says."""

    def computed(number: Any) -> Any:
        for symbol, other, turned in steps:
            number = OPERATORS[symbol](other, number) if turned else OPERATORS[symbol](number, other)
        return number

    def of_term(term: object, value: int) -> int:
        if not isinstance(term, tuple):
            return int(str(term))
        if term[0] == "parameter":
            return value
        return int(OPERATORS[term[0]](of_term(term[1], value), of_term(term[2], value)))

    try:
        made = computed(Trace().of("p", 3))
        values = {value: computed(value) for value in range(1, 8)}
    except ZeroDivisionError:
        return
    if isinstance(made, Traced):
        assert {value: of_term(made.term, value) for value in values} == values
        rising = direction(made.term, "p")
        pairs = [(values[n], values[n + 1]) for n in range(1, 7)]
        assert rising != 1 or all(a <= b for a, b in pairs)
        assert rising != -1 or all(a >= b for a, b in pairs)
        assert parameters_in(made.term) == {"p"}
