"""Repairs alone, in pairs and together: two that lock each other out, the best sets, slips; held against single checks."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest

from drcheck import (
    Component,
    Integer,
    ParameterRole,
    Property,
    System,
    case,
    compose,
    design,
    eventually,
    hours,
    minutes,
    never,
    on,
    reachable,
    within,
    worst_case,
)
from drcheck import stated as declare
from drcheck.cli.main import run
from drcheck.errors import EngineError
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.repair_sets import IMPOSSIBLE, Change, RepairTable, repair_table, repairs_of
from drcheck.verdicts.repair_tables import as_data, as_markdown
from drcheck.verdicts.verdict import Verdict


@declare
def never_bad(d: System) -> Property:
    """It is never bad."""
    return never(d.part.bad)


@declare
def comes_to_an_end(d: System) -> Property:
    """It comes to an end."""
    return eventually(d.part.done)


@declare
def cost(d: System) -> Property:
    """What it costs."""
    return worst_case(d.part.spent)


@declare(given={"first": True})
def reads_the_first(d: System) -> Property:
    """With the first repair there is its step."""
    return reachable(d.part.by_first)


@declare(cases=[case(given={"second": "no"})])
def only_without_the_second(d: System) -> Property:
    """It is bad, or done by the first repair."""
    return reachable(d.part.bad | d.part.by_first)


@design
def locks(
    first: Annotated[bool, "one repair", ParameterRole.REPAIR] = False,
    second: Annotated[Literal["no", "quick", "slow"], "another", ParameterRole.REPAIR] = "no",
    hasty: Annotated[bool, "a slip", ParameterRole.SLIP] = False,
) -> System:
    """Each repair leads to the end; both lead from one to the other."""
    spent = Integer("spent", 0, 9)
    by_second = second != "no"
    price = {"no": 3, "quick": 2, "slow": 1}[second] - first
    both, quiet = first and by_second, not (first or by_second)
    rows = [
        on("goes_wrong", "start", "bad", when=hasty or quiet, then={spent: price}),
        on("mended", "bad", "done"),
        on("first_step", "start", "by_first", when=first, then={spent: price}),
        on("second_step", "by_first" if first else "start", "by_second", when=by_second, then={spent: price}),
        on("ends", ["by_first", "by_second"], "done", when=not both),
        on("back", "by_second", "by_first", when=both),
    ]
    part = Component("part", ["start", "bad", "by_first", "by_second", "done"], variables=[spent], transitions=rows)
    items = [never_bad, comes_to_an_end, cost, reads_the_first, *only_without_the_second]
    return compose("locks", [part], properties=items)


@pytest.fixture(scope="module")
def table() -> RepairTable:
    return repair_table(locks)


FIRST, QUICK, SLOW = Change("first", True), Change("second", "quick"), Change("second", "slow")


def test_all_repairs_are_found() -> None:
    assert repairs_of(locks) == (FIRST, QUICK, SLOW)


def test_each_two_that_can_be_made_are_tried_and_all(table: RepairTable) -> None:
    assert [one.changes for one in table.alone] == [(FIRST,), (QUICK,), (SLOW,)]
    assert [one.changes for one in table.pairs] == [(FIRST, QUICK), (FIRST, SLOW)]
    assert [one.changes for one in table.together] == [(FIRST, QUICK), (FIRST, SLOW)]
    assert [one.changes[-1] for one in table.with_slips] == [Change("hasty", True)] * 2


def test_two_that_work_alone_and_lock_each_other_out_are_told(table: RepairTable) -> None:
    assert all(table.mended(one) == ["never_bad"] and not table.broken(one) for one in table.alone)
    for pair in table.pairs:
        assert table.mended(pair) == ["never_bad"]
        assert table.broken(pair) == ["comes_to_an_end"]
        assert table.interplay(pair) == {"comes_to_an_end": "broken by the two together, and by neither alone"}
    assert all(table.failing(one) == ["comes_to_an_end"] for one in table.together)
    assert all(table.failing(one) == ["never_bad", "comes_to_an_end"] for one in table.with_slips)


def test_the_best_set_is_the_smallest_with_the_least_value(table: RepairTable) -> None:
    (best,) = table.best
    assert (best.property, best.as_published.value, best.answer.value) == ("cost", 3, 0)
    assert best.sets == ((FIRST, SLOW),)
    assert best.tried == 1 + 3 + 2


def test_a_property_is_left_out_of_sets_that_contradict_what_it_is_stated_for(table: RepairTable) -> None:
    assert "only_without_the_second" in table.published.answers
    assert ["only_without_the_second" in one.answers for one in table.alone] == [True, False, False]
    assert all("reads_the_first" in one.answers for one in (table.published, *table.alone))


def test_every_answer_is_that_of_a_check_of_the_design_with_the_set(table: RepairTable) -> None:
    """The slow twin: each set as the settings of a run of its own."""
    every = [table.published, *table.alone, *table.pairs, *table.together, *table.with_slips]
    compared = 0
    for one in every:
        settings = {change.name: change.value for change in one.changes}
        verdicts = {v.property.name: v for v in check_design(locks, settings).verdicts}
        for name in ("never_bad", "comes_to_an_end", "cost"):
            answer = one.answers[name]
            assert answer.verdict == verdicts[name].conclusion.value
            assert answer.value == verdicts[name].value
            compared += 1
    assert compared == 30


def test_what_cannot_be_stated_with_a_set_is_told() -> None:
    def twin(repaired: Annotated[bool, "without the other part", ParameterRole.REPAIR] = False) -> System:
        one = Component("one", ["up", "down"], transitions=[on("fails", "up", "down")])
        other = Component("other", ["up", "down"], transitions=[on("other_fails", "up", "down")])
        return compose("twin", [one] if repaired else [one, other], properties=[other_is_up, one_is_up])

    @declare
    def other_is_up(d: System) -> Property:
        return never(d.other.down)

    @declare
    def one_is_up(d: System) -> Property:
        return never(d.one.down)

    (alone,) = repair_table(design(twin)).alone
    assert {name: answer.verdict for name, answer in alone.answers.items()} == {
        "other_is_up": IMPOSSIBLE,
        "one_is_up": "VIOLATED",
    }


def test_what_alone_cannot_be_decided_with_a_set_takes_nothing_else_along() -> None:
    def timed(coarse: Annotated[bool, "a longer tick", ParameterRole.REPAIR] = False) -> System:
        rows = [on("fails", "up", "down"), on("mended", "down", "up"), on("tick", ["up", "down"])]
        part = Component("part", ["up", "down"], transitions=rows)
        tick = hours(1) if coarse else minutes(30)
        return compose("timed", [part], tick=tick, properties=[never_down, soon_up])

    @declare
    def never_down(d: System) -> Property:
        return never(d.part.down)

    @declare
    def soon_up(d: System) -> Property:
        return within(minutes(30), d.part.up, after=d.part.down)

    (alone,) = repair_table(design(timed)).alone
    assert {name: answer.verdict for name, answer in alone.answers.items()} == {
        "never_down": "VIOLATED",
        "soon_up": IMPOSSIBLE,
    }


def test_a_search_that_a_limit_prevents_is_inconclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not impossible, nor decided."""

    def ended(system: System, *given: Any, **named: Any) -> list[Verdict]:
        if system.parameters["second"] == "slow":
            raise EngineError("DR510", "the limit of 1 seconds passed")
        return check(system, *given, **named)

    monkeypatch.setattr("drcheck.verdicts.repair_sets.check", ended)
    _, quick, slow = repair_table(locks).alone
    assert {answer.verdict for answer in slow.answers.values()} == {"INCONCLUSIVE"}
    assert quick.answers["never_bad"].verdict == "HOLDS"


def test_slips_say_on_which_of_several_ways_to_repair_they_come(table: RepairTable) -> None:
    text = as_markdown([table])
    assert "| `hasty=yes`, `second=quick` | `never_bad` |" in text
    assert "| `hasty=yes`, `second=slow` | `never_bad` |" in text


def test_both_forms_tell_the_same(table: RepairTable) -> None:
    text, (data,) = as_markdown([table]), as_data([table])
    assert (
        "| `first=yes`, `second=quick` | `comes_to_an_end` | broken by the two together, and by neither alone |" in text
    )
    assert "| `cost` | 3 | 0 | `first=yes and second=slow` | 6 |" in text
    assert data["best"][0]["sets"] == [["first=yes", "second=slow"]]
    for one, told in itertools.zip_longest(table.alone, data["alone"]):
        assert told["mended"] == table.mended(one)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "tests.verdicts.test_repair_sets:locks"
    assert run(["repairs", name, "--json"]) == 0
    assert [t["design"] for t in json.loads(capsys.readouterr().out)["tables"]] == [name]
    assert run(["repairs", name, "--property", "never_bad", "--output", "repairs.md"]) == 0
    assert capsys.readouterr().out == "written: repairs.md\n"
    assert "comes_to_an_end" not in (project / "repairs.md").read_text(encoding="utf-8")
    assert run(["repairs", name, "--property", "never_bad", "--set", "first=yes"]) == 0
    assert "`first=yes`" not in capsys.readouterr().out


def test_a_review_tells_it_where_it_is_asked_to(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "tests.verdicts.test_repair_sets:locks"
    assert run(["review", name, "--repairs", "--output", "with"]) == 0
    assert run(["review", name, "--output", "without"]) == 0
    capsys.readouterr()
    for ending in ("md", "html"):
        told, plain = (
            (project / folder / f"review.{ending}").read_text(encoding="utf-8") for folder in ("with", "without")
        )
        assert "broken by the two together, and by neither alone" in told
        assert "All together, and a slip" in told
        assert "alone, in pairs and together" not in plain
    assert "--repairs" in (project / "with" / "review.md").read_text(encoding="utf-8")
