"""Units: what an expression counts, how values are shown with it, and bounds that are durations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drcheck import (
    Age,
    Array,
    Boolean,
    Choice,
    Component,
    Counter,
    Duration,
    Expression,
    Integer,
    Property,
    System,
    compose,
    count,
    hours,
    if_else,
    maximum,
    minimum,
    minutes,
    never,
    on,
    remarks_of,
    silence,
    total,
    worst_case,
)
from drcheck.cli.main import run
from drcheck.designs.design import load
from drcheck.errors import ModelError
from drcheck.finders.units import mixed
from drcheck.language.expressions import Literal, Value
from drcheck.language.units import PLAIN, TICKS, brief, mixtures, quantity, unit_of
from drcheck.render.machine import machine_diagram
from drcheck.render.shown_trace import trace_view
from drcheck.report.digest import check_and_digest
from drcheck.sampling.observations import SeenOnWalks, observe, plan
from drcheck.sampling.walks import simulate
from drcheck.verdicts.check import check
from drcheck.verdicts.wording import value_text
from tests.support import cli_project
from tests.support.trace_lines import trace_text

CALLS, MORE = Integer("calls", 0, 9, unit="calls"), Counter("more", cap=9, unit="calls")
SILENT, AWAY, LOST = Age("silent", cap=9), Age("away", cap=hours(9)), Counter("lost", cap=hours(9))
MARK = Integer("mark", -9, 9, unit="ticks")
ROUNDS, READY, MODE = Integer("rounds", 0, 9), Boolean("ready"), Choice("mode", ["off", "on"])
SLOTS = Array("slots", Integer("size", 0, 9, unit="MB"), length=3)


# -- the unit of an expression -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("node", "unit"),
    [
        (CALLS, "calls"), (SILENT, TICKS), (AWAY, TICKS), (LOST, TICKS), (MARK, TICKS), (ROUNDS, PLAIN),
        (Literal(3), PLAIN), (Literal(hours(3)), TICKS), (SLOTS[1], "MB"), (SLOTS[ROUNDS], "MB"), (SLOTS[CALLS], "MB"),
        (AWAY + 1, TICKS), (3 - CALLS, "calls"), (-CALLS, "calls"), (AWAY - LOST, TICKS), (ROUNDS + hours(1), TICKS),
        (CALLS + ROUNDS, "calls"), (ROUNDS + 1, PLAIN), (total(SLOTS), "MB"), (total([]), PLAIN),
        (minimum(AWAY, 3), TICKS), (maximum(CALLS, MORE, 0), "calls"), (maximum(AWAY - hours(2), 0), TICKS),
        (if_else(READY, AWAY, 0), TICKS), (if_else(CALLS > 3, AWAY, LOST), TICKS), (if_else(READY, 1, 0), PLAIN),
        (2 * AWAY, TICKS), (CALLS * ROUNDS, "calls"), (ROUNDS * ROUNDS, PLAIN), (AWAY * LOST, None), (AWAY * CALLS, None),
        (AWAY // 2, TICKS), (AWAY // (LOST + 1), PLAIN), (AWAY // (CALLS + 1), None), (6 // (CALLS + 1), None),
        (AWAY % 2, TICKS), (AWAY % (LOST + 1), TICKS), (AWAY % (CALLS + 1), None), (6 % (CALLS + 1), None),
        (AWAY + CALLS, None), (maximum(AWAY, CALLS), None), (if_else(READY, AWAY, CALLS), None),
        (AWAY + CALLS - CALLS, None), ((AWAY * LOST) + AWAY, None), (AWAY > 3, None),
    ],
    ids=str,
)  # short cases  # fmt: skip
def test_the_unit_of_an_expression(node: Expression, unit: str | None) -> None:
    assert unit_of(node) == unit


@pytest.mark.parametrize(
    ("node", "found"),
    [
        (AWAY + CALLS, [("calls", TICKS)]),
        (maximum(AWAY, 3, SLOTS[0]), [("MB", TICKS)]),
        (AWAY == CALLS, [("calls", TICKS)]),
        (~(READY & (hours(3) > CALLS)), [("calls", TICKS)]),
        (if_else(READY, AWAY, CALLS), [("calls", TICKS)]),
        ((AWAY + CALLS) + SLOTS[0], [("calls", TICKS)]),
        ((AWAY + CALLS > 0) & (SLOTS[0] != AWAY), [("calls", TICKS), ("MB", TICKS)]),
        (AWAY * CALLS, []),
        (AWAY * CALLS + SLOTS[0], []),
        (SLOTS[CALLS], []),
        (if_else(CALLS > 1, AWAY, 0), []),
        (LOST - hours(1) < AWAY + 1, []),
        ((MODE == "on") | READY, []),
        (AWAY >= ROUNDS, []),
    ],
    ids=str,
)
def test_mixtures(node: Expression, found: list[tuple[str, ...]]) -> None:
    assert [tuple(sorted(mixture.units)) for mixture in mixtures([node])] == found


class Values:
    """An environment: the values of variables by name, those in calls `calls` times as large."""

    def __init__(self, values: Mapping[str, int], calls: int) -> None:
        self.values, self.calls = values, calls

    def read(self, leaf: Expression) -> Value:
        value = self.values[leaf.label]
        return value * self.calls if leaf.unit == "calls" else value  # type: ignore[attr-defined]  # a variable

    def ticks(self, duration: Duration) -> int:
        raise AssertionError


STEP = 2520**3
"""What each number of calls is a multiple of, so that up to three divisions by at most ten are exact."""


@st.composite
def measures(draw: st.DrawFn, unit: str, depth: int = 3) -> Expression:
    """Expressions that are meant to be of a unit, in whose sums there are no plain numbers beside others."""

    def one(unit: str) -> Expression:
        return draw(measures(unit, depth - 1))

    kind = draw(st.sampled_from(["leaf", "+", "-", "max", "if", "*", "//", "%", "ratio"])) if depth else "leaf"
    small = draw(st.integers(1, 10))
    if kind == "leaf" or (kind == "ratio" and unit != PLAIN):
        return draw(
            st.sampled_from({"calls": [CALLS, MORE], TICKS: [SILENT, MARK], PLAIN: [ROUNDS, Literal(small)]}[unit])
        )
    if kind == "ratio":  # of two numbers of one unit
        other = draw(st.sampled_from([CALLS, SILENT]))
        return one(other.unit) // other
    a, b = one(unit), one(unit)
    match kind:
        case "+":
            return a + b
        case "-":
            return a - b
        case "max":
            return maximum(a, b)
        case "if":
            return if_else(one(TICKS) > one(TICKS), a, b)
        case "*":
            return a * small if draw(st.booleans()) else one(PLAIN) * a
        case "//":
            return a // small
    return a % (MORE if unit == "calls" else small)


@given(
    st.sampled_from(["calls", TICKS, PLAIN]).flatmap(lambda unit: st.tuples(st.just(unit), measures(unit))),
    st.lists(st.integers(1, 1000), min_size=5, max_size=5),
    st.integers(2, 7),
)
def test_what_is_in_calls_grows_with_all_calls_and_nothing_else_does(
    case: tuple[str, Expression], numbers: list[int], factor: int
) -> None:
    """The meaning of a unit: if every number of calls is counted in a smaller unit, results in calls grow alike."""
    unit, node = case
    assert unit_of(node) == unit
    assert not mixtures([node])
    values = {
        v.label: n * (STEP if v.unit == "calls" else 1)
        for v, n in zip((CALLS, MORE, SILENT, MARK, ROUNDS), numbers, strict=True)
    }
    once, often = (int(node.evaluate(Values(values, calls))) for calls in (1, factor))
    assert often == once * (factor if unit == "calls" else 1)


# -- as text -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "unit", "tick", "long", "short"),
    [
        (3, TICKS, hours(1), "3 ticks (3h)", "3h"),
        (1, TICKS, minutes(90), "1 tick (1h30m)", "1h30m"),
        (0, TICKS, hours(1), "0 ticks", "0"),
        (-2, TICKS, hours(1), "-2 ticks (-2h)", "-2h"),
        (1200, TICKS, None, "1,200 ticks", "1,200 ticks"),
        (3, "calls", hours(1), "3 calls", "3 calls"),
        (0, "calls", None, "0 calls", "0"),
        (1, "calls", None, "1 call", "1 call"),
        (-1, "processes", None, "-1 process", "-1 process"),
        (1, "copies", None, "1 copy", "1 copy"),
        (1, "bytes", None, "1 byte", "1 byte"),
        (1, "GB", None, "1 GB", "1 GB"),
        (1, "calls of a day", None, "1 calls of a day", "1 calls of a day"),
        (1500, PLAIN, hours(1), "1,500", "1500"),
        (-1, None, hours(1), "-1", "-1"),
    ],
)
def test_values_as_text(value: int, unit: str | None, tick: Duration | None, long: str, short: str) -> None:
    assert quantity(value, unit, tick) == long
    assert brief(value, unit, tick) == short


# -- declarations --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("unit", ["calls", "MB/s", "€", "records a day", "%", "m²", "Aufträge", ""])
def test_units_that_can_be_declared(unit: str) -> None:
    assert Integer("n", 0, 3, unit=unit).unit == Counter("n", cap=3, unit=unit).unit == unit


@pytest.mark.parametrize(
    "unit", [5, None, True, " calls", "calls ", "2 calls", "a  b", "a\nb", "(calls)", "x" * 25, "a, b", "\x1b[1m"]
)
def test_units_that_cannot_be_declared(unit: Any) -> None:
    for make in (lambda: Integer("n", 0, 3, unit=unit), lambda: Counter("n", cap=3, unit=unit)):
        with pytest.raises(ModelError, match=r"DR136.*a unit is a word for what is counted, not .*test_units.py"):
            make()


@pytest.mark.parametrize(
    "make",
    [
        lambda doc: Boolean("b", doc=doc),
        lambda doc: Choice("c", ["a"], doc=doc),
        lambda doc: Integer("i", 0, 1, doc=doc),
        lambda doc: Counter("c", cap=1, doc=doc),
        lambda doc: Age("a", cap=1, doc=doc),
    ],
)
def test_every_variable_may_say_what_it_is_for(make: Callable[..., Any]) -> None:
    assert make(" what\n it is  for. ").doc == "what it is for."
    assert make("").doc == ""
    with pytest.raises(ModelError, match=r"DR136.*doc is text, not 7"):
        make(7)


def test_a_counter_of_a_duration_has_no_other_unit() -> None:
    assert Counter("n", cap=hours(3), unit="ticks").unit == Counter("n", cap=hours(3)).unit == TICKS
    with pytest.raises(ModelError, match=r"DR136.* it is capped at 3h, so it counts ticks and not calls"):
        Counter("n", cap=hours(3), unit="calls")


def test_the_elements_of_an_array_have_its_unit_and_doc() -> None:
    array = Array("slots", Integer("size", 0, 9, unit="MB", doc="what is in it"), length=2)
    assert {(v.unit, v.doc) for v in array} == {("MB", "what is in it")}


# -- bounds ------------------------------------------------------------------------------------------------------------
def queue(tick: Duration | None = hours(1), **more: Any) -> System:
    """In each of three ticks five calls are lost."""
    age, lost, n = (
        Age("age", cap=3),
        Counter("lost", cap=99, unit="calls", doc="Calls without an answer."),
        Integer("n", 0, 9),
    )
    steps = [on("tick", "on", when=age < 3, then={age: age + 1, lost: lost + 5, n: n + 1})]
    return compose("queue", [Component("c", ["on"], variables=[age, lost, n], transitions=steps)], tick=tick, **more)


@pytest.mark.parametrize(
    ("measure", "at_most", "outcome", "reason"),
    [
        ("age", hours(2), "VIOLATED", "3h exceeds 2h"),
        ("age", hours(3), "HOLDS", "exactly 3 ticks (3h) of at most 3h, over 4 states"),
        ("age", minutes(120), "VIOLATED", "3h exceeds 2h"),
        ("age", 2, "VIOLATED", "the value 3 ticks (3h) exceeds 2 ticks (2h)"),
        ("age", None, "HOLDS", "exactly 3 ticks (3h), over 4 states"),
        ("n", hours(2), "VIOLATED", "3h exceeds 2h"),
        ("n", 2, "VIOLATED", "the value 3 exceeds 2"),
        ("n", None, "HOLDS", "exactly 3, over 4 states"),
        ("lost", 9, "VIOLATED", "the value 15 calls exceeds 9 calls"),
        ("lost", 15, "HOLDS", "exactly 15 calls of at most 15 calls, over 4 states"),
        ("lost", hours(9), "VIOLATED", "the value 15 calls exceeds 9 calls"),
    ],
)
def test_bounds(measure: str, at_most: int | Duration | None, outcome: str, reason: str) -> None:
    system = queue()
    node = system.c.variable(measure)
    item = worst_case(node, name="bound", **({} if at_most is None else {"at_most": at_most}))
    verdict = check(system, [item])[1]
    assert (verdict.conclusion.value, verdict.reason) == (outcome, reason)
    plans, query = plan(system, [item])
    seen = observe(SeenOnWalks(simulate(system, query, 20, 10, 0)), plans, {})[1]
    assert (
        seen.reason
        == {
            "HOLDS": f"at least {value_text(verdict)}"
            + (f"; more than {at_most} on none of 20 walks" if at_most else ""),
            "VIOLATED": reason,
        }[outcome]
    )
    if at_most is not None:
        assert item.formula() == f"worst case of (c.{measure}) <= {at_most}"


@pytest.mark.parametrize(
    ("tick", "state", "said"),
    [
        (hours(1), lambda d: worst_case(d.c.age, at_most=minutes(90)), "1h30m is not a whole number of ticks of 1h (HERE)"),
        (hours(1), lambda d: worst_case(maximum(d.c.age - minutes(90), 0)), "1h30m is not a whole number of ticks of 1h (HERE)"),
        (hours(1), lambda d: never(d.c.age > minutes(90)), "1h30m is not a whole number of ticks of 1h (HERE)"),
        (hours(1), lambda d: never(minutes(90) < d.c.age), "1h30m is not a whole number of ticks of 1h (HERE)"),
        (None, lambda d: worst_case(d.c.age, at_most=hours(2)), "2h is used in system queue, which has no tick length (HERE)"),
    ],
)  # a case a row  # fmt: skip
def test_a_bound_that_does_not_fit_the_tick_is_told_before_the_search(
    tick: Duration | None, state: Callable[[System], Property], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search(name: str) -> None:
        raise AssertionError("a search was begun")

    monkeypatch.setattr("drcheck.verdicts.searching.engine_named", search)
    system = queue(tick)
    with pytest.raises(ModelError, match="DR117") as caught:
        check(system, [state(system)])
    place = caught.value.place
    assert place is not None
    assert "test_units.py" in str(place)
    assert str(caught.value).startswith(f"[DR117] {said.replace('HERE', str(place))}")


# -- what is shown -------------------------------------------------------------------------------------------------------
def test_a_trace_shows_units() -> None:
    system = queue()
    verdict = check(system, [worst_case(system.c.lost)])[1]
    assert verdict.trace is not None
    assert " ".join(" ".join(trace_text(verdict.trace)).split()) == (
        "start c on 1-3. 3 ticks pass (3h), until 3h c: age 0 -> 3h, lost 0 -> 15 calls, n 0 -> 3"
    )
    assert (
        trace_view(verdict.trace, verdict.property, value_text(verdict)).text[-1].endswith("= the worst case: 15 calls")
    )
    data = verdict.trace.as_data()
    assert data["units"] == {"c.age": "ticks", "c.lost": "calls"}
    assert data["steps"][0]["changes"]["c.lost"] == [0, 5]


def test_a_trace_without_a_tick_length_shows_ticks() -> None:
    system = queue(None)
    verdict = check(system, [worst_case(system.c.age)])[1]
    assert (verdict.reason, value_text(verdict)) == ("exactly 3 ticks, over 4 states", "3 ticks")
    assert verdict.trace is not None
    assert "age 0 -> 3 ticks" in " ".join(trace_text(verdict.trace))


def test_a_machine_shows_units_and_what_variables_are_for() -> None:
    first = Counter("waited", cap=hours(5), doc="since the last answer")
    array = Array("slots", Integer("size", 0, 9, unit="MB", doc="What is in it."), length=3)
    parts = [
        first,
        Age("age", cap=4),
        Boolean("ready", doc="whether it answers"),
        Choice("mode", ["off", "on"]),
        array,
        Integer("n", 0, 9),
    ]
    assert machine_diagram(Component("c", ["on"], variables=parts)).variables == (
        "waited: 0..5h, starts at 0 (since the last answer)",
        "age: 0..4 ticks, starts at 0",
        "ready: true | false, starts at false (whether it answers)",
        "mode: off | on, starts at off",
        "slots[0..2]: 0..9 MB, starts at 0 (What is in it)",
        "n: 0..9, starts at 0",
    )


DESIGN = '''
from drcheck import Age, Component, Counter, compose, design, hours, on, worst_case


@design
def queue():
    """Calls that wait."""
    age, lost = Age("age", cap=3), Counter("lost", cap=99, unit="calls", doc="Calls without an answer.")
    steps = [on("tick", "on", when=age < 3, then={age: age + 1, lost: lost + 5})]
    return compose("queue", [Component("c", ["on"], variables=[age, lost], transitions=steps)], tick=hours(1), properties=[
        worst_case(lost, name="most_lost"), worst_case(age, at_most=hours(2), name="two_hours")])
'''


@pytest.fixture
def drcheck(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., str]]:
    (tmp_path / "calls.py").write_text(DESIGN, encoding="utf-8")
    with cli_project.entered(tmp_path, monkeypatch):

        def call(*words: str) -> str:
            run(words)
            out, err = capsys.readouterr()
            assert not err
            return out

        yield call


def test_the_command_line_shows_units(drcheck: Callable[..., str]) -> None:
    shown = " ".join(drcheck("check", "calls", "--trace").split())
    assert "most_lost HOLDS exactly 15 calls, over 4 states" in shown
    assert "two_hours VIOLATED 3h exceeds 2h" in shown
    assert "c: age 0 -> 3h, lost 0 -> 15 calls = the worst case: 3 ticks (3h)" in shown
    assert "c on age (0 to 3h), lost (0 to 99 calls)" in " ".join(drcheck("show", "calls").split())
    shown = " ".join(drcheck("simulate", "calls", "--walks", "9").split())
    assert "most_lost SEEN at least 15 calls" in shown
    assert "two_hours VIOLATED 3h exceeds 2h" in shown


def test_json_has_units(drcheck: Callable[..., str]) -> None:
    data = json.loads(drcheck("check", "calls", "--json"))
    assert data["tick"] == "1h"
    told = [(v["value"], v["unit"], v["value_text"]) for v in data["verdicts"]]
    assert told == [(None, None, None), (15, "calls", "15 calls"), (3, "ticks", "3 ticks (3h)")]
    assert data["verdicts"][1]["trace"]["units"] == {"c.age": "ticks", "c.lost": "calls"}
    data = json.loads(drcheck("simulate", "calls", "--walks", "9", "--json"))
    told = [(v["value"], v["unit"], v["value_text"]) for v in data["observations"]]
    assert told == [(None, None, None), (15, "calls", "15 calls"), (3, "ticks", "3 ticks (3h)")]


def test_the_review_shows_units(drcheck: Callable[..., str]) -> None:
    view = check_and_digest("calls", load("calls"), {}).view
    assert [row.value for row in view.rows] == ["", "15 calls", "3 ticks (3h)"]
    assert [row.trace.text[-1].split("= ")[1] for row in view.rows if row.trace is not None] == [
        "the worst case: 15 calls",
        "the worst case: 3 ticks (3h)",
    ]
    assert "lost: 0..99 calls, starts at 0 (Calls without an answer)" in view.machines[0].diagram.variables


# -- remarks -----------------------------------------------------------------------------------------------------------
def mixing(properties: Callable[[Component], list[Property]] = lambda c: [], **more: Any) -> System:
    """A component that puts calls and lengths of time together, if `then` or `when` says so."""
    age, lost, n = Age("age", cap=3), Counter("lost", cap=99, unit="calls"), Integer("n", 0, 99)
    node = {"age": age, "lost": lost, "n": n}
    details = {key: make(**node) for key, make in more.items()}
    c = Component("c", ["on"], variables=[age, lost, n], transitions=[on("tick", "on", **details)])
    return compose("mixing", [c], tick=hours(1), properties=properties(c))


@pytest.mark.parametrize(
    ("system", "said"),
    [
        (lambda: mixing(when=lambda age, lost, n: age > lost), ["c.age > c.lost: ticks and calls are compared"]),
        (lambda: mixing(when=lambda age, lost, n: lost > hours(2)), ["c.lost > 2h: calls and ticks are compared"]),
        (
            lambda: mixing(then=lambda age, lost, n: {n: n + (age + lost)}),
            ["c.age + c.lost: ticks and calls are put together, so the result has no unit"],
        ),
        (lambda: mixing(then=lambda age, lost, n: {lost: age}), ["c.lost := c.age: calls become ticks"]),
        (lambda: mixing(then=lambda age, lost, n: {lost: n + 1, n: age, age: 0}), []),
        (lambda: mixing(then=lambda age, lost, n: {lost: lost + age // hours(1)}), []),
        (
            lambda: mixing(lambda c: [worst_case(c.lost, at_most=hours(3))]),
            ["c.lost <= 3h: calls are bounded by a duration"],
        ),
        (lambda: mixing(lambda c: [never(c.age == c.lost)]), ["c.age = c.lost: ticks and calls are compared"]),
        (lambda: mixing(lambda c: [worst_case(c.n, at_most=hours(3)), worst_case(c.lost * c.age)]), []),
    ],
)
def test_unlike_units_are_remarked(system: Callable[[], System], said: list[str]) -> None:
    built = system()
    found = list(mixed([(built, built.properties)]))
    assert [f"{remark.subject}: {remark.message}" for remark in found] == said
    assert all(remark.place is not None and "test_units.py" in str(remark.place) for remark in found)


def test_unlike_units_are_a_remark_of_the_system_that_can_be_silenced() -> None:
    def built(**more: Any) -> System:
        lost, age = Counter("lost", cap=9, unit="calls"), Age("age", cap=3)
        c = Component(
            "c", ["on"], variables=[lost, age], transitions=[on("tick", "on", when=age < lost, then={lost: 0})]
        )
        return compose("mixing", [c], tick=hours(1), properties=[worst_case(lost + age, name="both")], **more)

    told = [remark for remark in remarks_of(built()) if remark.code == "DR820"]
    assert [remark.subject for remark in told] == ["c.age < c.lost", "c.lost + c.age"]
    meant = [silence("DR820", remark.subject, "a call comes in each tick") for remark in told]
    assert not [remark for remark in remarks_of(built(silenced=meant)) if remark.code in ("DR820", "DR801")]


# -- counts ----------------------------------------------------------------------------------------------------------------
def test_a_count_has_the_unit_that_it_is_given() -> None:
    lamps = [Boolean(f"lamp_{i}") for i in range(2)]
    room = Component(
        "room", ["in"], variables=lamps, transitions=[on(f"on_{i}", then={x: True}) for i, x in enumerate(lamps)]
    )
    lit = count(lamps, unit="lamps")
    assert unit_of(lit) == unit_of(lit + 1) == "lamps"
    assert unit_of(count(lamps)) == PLAIN
    assert unit_of(lit + SILENT) is None
    (_, verdict) = check(compose("house", [room]), [worst_case(lit, at_most=3)])
    assert verdict.reason == "exactly 2 lamps of at most 3 lamps, over 4 states"
    assert [m.units for m in mixtures([lit + CALLS])] == [("lamps", "calls")]


def test_what_is_no_unit_of_a_count_is_refused() -> None:
    with pytest.raises(ModelError, match="a count: a unit is a word for what is counted") as caught:
        count([READY], unit="2 lamps")
    assert caught.value.code == "DR136"
