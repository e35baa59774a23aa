"""The least and greatest values that hold: by bisection where it is proved, and the same as by trying all."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any

import pytest

from drcheck import (
    Age,
    Component,
    Counter,
    Duration,
    ParameterRole,
    System,
    always,
    compose,
    design,
    hours,
    leads_to,
    never,
    on,
    variable_of,
    worst_case,
)
from drcheck.answers.sweeps import edges as edges_module
from drcheck.answers.sweeps.places import Here
from drcheck.answers.sweeps.rule import BUDGET, LENGTH, why_monotone
from drcheck.answers.sweeps.sweep import SweepTable, sweep
from drcheck.answers.sweeps.units import Done, Unit
from drcheck.designs.design import load
from drcheck.errors import DrcheckError, UsageError
from drcheck.kernels.deadline import Deadline
from drcheck.report.sweeps import edge_text

STORE = "tests.support.store_design:store"


@design
def link(
    longest: Annotated[Duration, "how long an outage is at most", ParameterRole.FAULT] = hours(12),
    outages: Annotated[int, "how many outages", range(9), ParameterRole.FAULT] = 2,
    harmful: int = 5,
) -> System:
    """A link that fails, and what is lost meanwhile."""
    age, fallen = Age("outage", cap=longest), Counter("fallen", cap=20, cap_is="more than there can be")
    part = Component(
        "link",
        ["up", "down"],
        variables=[age, fallen],
        transitions=[
            on("fails", "up", "down", kind="environment", fault="outage", then={fallen: fallen + 1}),
            on("tick", "down", when=age < longest, then={age: age + 1}),
            on("mends", "down", "up", then={age: 0}),
        ],
    )
    return compose(
        "link",
        [part],
        faults={"outage": outages},
        tick=hours(1),
        properties=[
            never(age > harmful, name="short"),
            worst_case(fallen, at_most=3, name="seldom"),
            leads_to(part.down, part.up, name="comes_back"),
            worst_case(age, name="unbounded"),
        ],
    )


def edges(found: SweepTable) -> list[tuple[str, dict[str, Any], Any, bool]]:
    return [(edge.name, dict(edge.at), edge.value, bool(edge.why)) for edge in found.edges]


# -- bisection ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("which", ["least", "greatest"])
@pytest.mark.parametrize(
    ("name", "values", "rule"),
    [
        ("longest", [hours(n) for n in range(1, 13)], LENGTH),
        ("outages", list(range(9)), BUDGET),
    ],
)
def test_bisection_finds_what_trying_all_finds(
    which: str, name: str, values: list[Any], rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"harmful": [3, 20, 0]}
    found = sweep(link, {name: values, **asked}, ["short", "seldom"], **{which: name})  # type: ignore[arg-type]
    assert {edge.why for edge in found.edges} == {rule}
    searched = sum(row.how in ("searched", "equal") for row in found.rows)
    assert searched <= (5 if which == "greatest" else 1) * 6
    monkeypatch.setattr(edges_module, "why_monotone", lambda *_: "")
    every = sweep(link, {name: values, **asked}, ["short", "seldom"], **{which: name})  # type: ignore[arg-type]
    assert [edge[:3] for edge in edges(found)] == [edge[:3] for edge in edges(every)]
    assert len({edge.value for edge in every.edges}) > (which == "greatest")
    assert [(r.at, r.property, r.answer.verdict) for r in found.rows if r.answer.verdict != "NOT TRIED"] == [
        (r.at, r.property, r.answer.verdict)
        for r, other in zip(every.rows, found.rows, strict=True)
        if other.answer.verdict != "NOT TRIED"
    ], "what follows is what a search finds"
    for edge in found.edges if which == "greatest" else ():
        here = [r for r in every.rows if r.property == edge.name and {k: r.at[k] for k in edge.at} == edge.at]
        holding = values[: values.index(edge.value) + 1] if edge.value is not None else []
        assert [r.at[name] for r in here if r.answer.holds] == holding


def test_the_rule_is_that_of_the_cuts() -> None:
    short, seldom, back, _ = link.statements()
    assert why_monotone(link, short, {}, "longest", hours(9)) == LENGTH
    assert why_monotone(link, back, {}, "longest", hours(9)) == "", "it is about executions"
    assert why_monotone(link, seldom, {}, "outages", 4) == BUDGET
    assert why_monotone(link, short, {}, "harmful", 3) == "", "it stands in the promise"
    assert why_monotone(link, back, {}, "outages", 4) == ""


@pytest.mark.parametrize("how", ["alone", "gains", "urgent", "another", "reads", "promise", "decides", "falls"])
def test_a_budget_that_does_more_than_count_is_not_bisected(how: str) -> None:
    @design
    def counted(faults: int = 2) -> System:
        n = Counter("n", cap=20)
        gain = faults if how == "gains" else 1
        rows = [on("fails", "up", "down", fault="fault", urgent=how == "urgent", then={n: n + gain})]
        rows += [on("tick", "up"), on("mends", "down", "up")]
        parts = [Component("part", ["up", "down"], variables=[n], transitions=rows)]
        budgets = {"fault": 9 - faults if how == "falls" else faults}
        if how == "another":
            parts.append(Component("more", ["x", "y"], transitions=[on("slips", "x", "y", fault="slip")]))
            budgets["slip"] = faults
        if how == "reads":
            seen = on("see", "a", "b", when=variable_of("faults", "fault_left") > 3)
            parts.append(Component("watch", ["a", "b"], transitions=[seen]))
        if how == "decides" and faults > 3:
            parts.append(Component("more", ["x", "y"], transitions=[on("go", "x", "y")]))
        bad = n > (faults if how == "promise" else 3)
        return compose("counted", parts, faults=budgets, tick=hours(1), properties=[never(bad, name="few")])

    (few,) = counted.statements()
    assert why_monotone(counted, few, {}, "faults", 5) == (BUDGET if how in ("alone", "another") else "")


def test_what_is_not_decided_is_no_answer_of_a_bisection() -> None:
    class Blind(Here):
        """Decides nothing at some values."""

        def __init__(self, unseen: set[int]) -> None:
            super().__init__()
            self.unseen, self.asked = unseen, list[int]()

        def run(self, units: Iterable[Unit], deadline: Deadline) -> Iterator[tuple[Unit, Done]]:
            for unit, done in super().run(units, deadline):
                number = int(dict(unit.settings)["outages"])
                self.asked.append(number)
                answers = {n: replace(a, verdict="INCONCLUSIVE", keeps=False) for n, a in done.answers.items()}
                yield unit, replace(done, answers=answers) if number in self.unseen else done

    some = itertools.chain(*(itertools.combinations(range(2, 6), n) for n in range(5)), [range(9)])
    for unseen in map(set, some):
        place = Blind(unseen)
        found = sweep(link, {"outages": "0..8"}, "seldom", greatest="outages", place=place)
        (edge,) = found.edges
        # It holds up to 3; what is seen of the values up to there, and from there on, decides it or not.
        known = {3, 4}.isdisjoint(unseen)
        assert edge.decided == known, unseen
        assert edge.value == (3 if known else None)
        assert found.whole == known
        if not known:
            assert set(edge.open) >= {3, 4} & unseen
            assert set(edge.open) <= unseen
            assert "not decided" in edge_text(edge)
        assert len(place.asked) == len(set(place.asked))


# -- all values --------------------------------------------------------------------------------------------------------
def test_the_least_threshold_with_the_proof_that_smaller_ones_fail() -> None:
    varied = {"threshold": "1h..6h", "outages": [0, 2]}
    found = sweep(load(STORE), varied, "nothing_is_lost", {"disk_failures": 0}, least="threshold")
    none, two = found.edges
    assert (none.value, none.fails, two.value, two.fails) == (hours(1), (), hours(4), (hours(1), hours(2), hours(3)))
    shown = [row for row in found.rows if row.at["outages"] == 2 and row.at["threshold"] < hours(4)]
    assert all(row.answer.verdict == "VIOLATED" and row.answer.steps for row in shown), "each with a trace"
    assert edge_text(two) == (
        "the least threshold at which nothing_is_lost holds, with outages=2: 4h; it fails with 1h, 2h, 3h (every value was tried)"
    )


def test_where_it_is_not_monotone_what_fails_again_is_told() -> None:
    @design
    def odd(size: int = 3) -> System:
        n = Counter("n", cap=9)
        part = Component("part", ["a"], variables=[n], transitions=[on("go", "a", when=n < size % 3, then={n: n + 1})])
        return compose("odd", [part], properties=[always((n < 1) | (n > 1) | (size % 3 == 2), name="good")])

    found = sweep(odd, {"size": "0..6"}, least="size")
    (edge,) = found.edges
    assert (edge.value, edge.fails, edge.again) == (0, (1, 4), (1, 4))
    (edge,) = sweep(odd, {"size": "0..6"}, greatest="size").edges
    assert (edge.value, edge.again) == (6, (1, 4))
    (edge,) = sweep(odd, {"size": "1,4"}, greatest="size").edges
    assert (edge.value, edge.decided) == (None, True)
    assert "none of those tried" in edge_text(edge)


@pytest.mark.parametrize(
    ("varied", "properties", "sought", "code"),
    [
        ({"outages": "0..3"}, "short", {"least": "longest"}, "DR401"),
        ({"outages": "0..3"}, "short", {"least": "outages", "greatest": "outages"}, "DR401"),
        ({"outages": [2, 1]}, "short", {"least": "outages"}, "DR401"),
        ({"outages": "0..3"}, "unbounded", {"least": "outages"}, "DR401"),
    ],
)
def test_what_cannot_be_sought_is_refused(varied: Any, properties: str, sought: dict[str, str], code: str) -> None:
    with pytest.raises(DrcheckError) as refused:
        sweep(link, varied, properties, **sought)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_truth_values_do_not_ascend() -> None:
    with pytest.raises(UsageError, match="do not ascend"):
        sweep(load(STORE), {"bigger": [False, True]}, "nothing_is_lost", least="bigger")
