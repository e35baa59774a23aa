"""Sweeps: each row held against composing and checking the point by hand; what is kept, and what is refused."""

from __future__ import annotations

import csv
import io
import itertools
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drcheck import Component, Counter, System, compose, design, hours, never, on, worst_case
from drcheck.answers.axes import Axis
from drcheck.answers.points import INTERRUPTED
from drcheck.answers.sweeps.kept import KeptAnswers
from drcheck.answers.sweeps.places import Here
from drcheck.answers.sweeps.sweep import SweepTable, sweep
from drcheck.answers.sweeps.units import NOT_TRIED, Done, Unit, do, done_from, key_of, unit_from
from drcheck.cli.main import run
from drcheck.designs.design import Design, load
from drcheck.engines.protocol import Limits
from drcheck.errors import DrcheckError, UsageError
from drcheck.kernels.deadline import Deadline
from drcheck.report.sweeps import lines_of, sweep_csv, undecided
from drcheck.verdicts.check import check
from drcheck.verdicts.wording import verdict_word

STORE = "tests.support.store_design:store"
PAIR = "drcheck.examples:pair"
VARIED = {"threshold": [hours(1), hours(3)], "outages": "0..2", "bigger": [False, True]}
CALM = {"disk_failures": 0}


def plain(found: SweepTable) -> list[tuple[Any, ...]]:
    return [(dict(row.at), row.property, row.answer.verdict, row.answer.value, row.answer.reason) for row in found.rows]


def test_slices_answer_as_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drcheck.verdicts.sliced.LOOK", 0)
    varied = {"threshold": [hours(1), hours(3)], "outages": "0..1"}
    found, again = (sweep(load(STORE), varied, settings=CALM, by=by) for by in ("search", "slices"))
    shown = [[(r.answer.verdict, r.answer.known, r.answer.value) for r in one.rows] for one in (found, again)]
    assert shown[0] == shown[1]
    assert again.whole
    assert {row.how for row in again.rows} <= {"searched", "equal"}
    assert again.figures.states != found.figures.states, "other states were searched"
    kept = KeptAnswers()
    both = [sweep(load(STORE), varied, settings=CALM, by=by, kept=kept).figures.kept for by in ("search", "slices")]
    assert both == [0, 0], "the answer of another way is not its own"
    for module in ("sliced", "searching"):
        monkeypatch.setattr(f"drcheck.verdicts.{module}.BUDGET", 1_000)
    monkeypatch.setattr("drcheck.answers.sweeps.units.BUDGET", 1_000)

    class Told(Here):
        def run(self, units: Iterable[Unit], deadline: Deadline) -> Iterator[tuple[Unit, Done]]:
            for unit, done in super().run(units, deadline):
                assert (done.short, done.limited) == ("", True), "more memory would not help"
                yield unit, done

    short = sweep(load(PAIR), {"patience": "600h", "failures": "3"}, by="slices", place=Told())
    assert "INCONCLUSIVE" in {row.answer.verdict for row in short.rows}
    with pytest.raises(DrcheckError, match=r"\[DR518\]"):
        sweep(load(STORE), varied, by="guesses")
    with pytest.raises(DrcheckError, match=r"\[DR519\]"):
        sweep(load(STORE), varied, by="slices", engine="reference")


# -- what a row says ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("target", "varied", "settings"),
    [
        (STORE, VARIED, CALM),
        (PAIR, {"patience": "0h..3h", "failures": "1..2"}, {}),
    ],
)
def test_each_row_is_the_design_composed_and_checked_by_hand(
    target: str, varied: dict[str, Any], settings: dict[str, Any]
) -> None:
    found = sweep(load(target), varied, settings=settings)
    points = [dict(zip(varied, values, strict=True)) for values in itertools.product(*(a.values for a in found.axes))]
    statements = load(target).statements(settings)
    assert [(row.at, row.property) for row in found.rows] == [(at, s.name) for at in points for s in statements]
    by_name = {statement.name: statement for statement in statements}
    for row in found.rows:
        statement = by_name[row.property]
        system = load(target).build({**statement.given, **settings, **row.at})
        domains, verdict = check(system, [statement.on_any(system)], engine="python")
        assert domains.conclusion.value == "HOLDS"
        assert (row.answer.verdict, row.answer.value) == (verdict_word(verdict), verdict.value)
        assert row.answer.exact == (None if verdict.at_least else verdict.value)
        assert row.answer.steps == (None if verdict.trace is None else len(verdict.trace))
    assert {row.how for row in found.rows} <= {"searched", "equal"}


def test_equal_systems_are_searched_once() -> None:
    varied = {"threshold": [hours(1), hours(2)], "bigger": [False, True]}
    found = sweep(load(STORE), varied, "orders_lost", {**CALM, "longest_outage": hours(2)})
    assert [row.how for row in found.rows] == ["searched", "searched", "equal", "searched"]
    assert found.figures.searches == 3, "a threshold of 2 h is one of 1 h with a store that keeps an hour more"


def test_what_cannot_be_stated_and_what_is_undecided_say_so() -> None:
    @design
    def one(parts: int = 1, most: int = 3) -> System:
        n = Counter("n", cap=most)
        rows = [on("add", "here", when=n < 9, then={n: n + 1})]
        first = Component("first", ["here"], variables=[n], transitions=rows)
        more = [Component("second", ["a", "b"], transitions=[on("go", "a", "b")])] * (parts - 1)
        stated = [worst_case(n, name="most_n", at_most=5)]
        return compose("one", [first, *more], properties=stated)

    found = sweep(one, {"most": [3, 12]})
    assert [(r.answer.verdict, r.answer.known, r.answer.value) for r in found.rows] == [
        ("INCONCLUSIVE", "at least", 3),
        ("VIOLATED", "exact", 9),
    ]
    assert not found.whole
    assert len(undecided(found)) == 1
    failing = sweep(one, {"parts": [1, 3]})  # two components of one name
    assert [r.answer.verdict for r in failing.rows] == ["INCONCLUSIVE", "CANNOT BE STATED"]
    assert "second" in failing.rows[1].answer.reason


# -- what is kept ------------------------------------------------------------------------------------------------------
def test_answers_are_kept_by_what_they_depend_on(tmp_path: Path) -> None:
    file = tmp_path / "new" / "answers.sqlite"
    first = sweep(load(STORE), VARIED, settings=CALM, kept=KeptAnswers(file))
    again = sweep(load(STORE), VARIED, settings=CALM, kept=KeptAnswers(file))
    assert plain(again) == plain(first)
    assert (again.figures.searches, {row.how for row in again.rows}) == (0, {"kept"})
    limited = sweep(load(STORE), VARIED, settings=CALM, kept=KeptAnswers(file), limits=Limits(states=20))
    assert limited.figures.kept == 0
    assert sweep(load(STORE), VARIED, settings=CALM, kept=KeptAnswers(file), engine="python").figures.kept == 0


def small(bound: int = 3, cap: int = 9, unit: str = "", **known: str) -> tuple[System, Any]:
    n = Counter("n", cap=cap, unit=unit, **known)
    part = Component("part", ["here"], variables=[n], transitions=[on("add", "here", then={n: n + 1})])
    return compose("small", [part]), worst_case(n, at_most=bound, name="most")


def test_a_key_tells_apart_whatever_changes_an_answer() -> None:
    system, _ = small()
    other = system, never(system.part.n > 3, name="most")
    questions = [
        (small(), "auto", None),
        (small(bound=4), "auto", None),
        (small(cap=8), "auto", None),
        (small(cap_is="the size of the disk"), "auto", None),
        (small(unit="orders"), "auto", None),
        (small(), "python", None),
        (small(), "auto", 100),
        (other, "auto", None),
    ]
    keys = [key_of(*asked, engine, states) for asked, engine, states in questions]
    assert len(set(keys)) == len(keys)
    assert keys[0] == key_of(*small(), "auto", None)


def test_what_time_cut_short_is_not_kept(tmp_path: Path) -> None:
    @design
    def wide() -> System:
        parts = []
        for k in range(12):
            n = Counter("n", cap=3, cap_is="enough")
            rows = [on(f"add{k}", "here", when=n < 3, then={n: n + 1})]
            parts.append(Component(f"part{k}", ["here"], variables=[n], transitions=rows))
        return compose("wide", parts, properties=[never((parts[0].n == 3) & (parts[0].n == 2), name="never_both")])

    unit = _unit(wide)
    done = do(replace(unit, seconds=0.05))
    assert (done.answers["never_both"].verdict, done.short) == ("INCONCLUSIVE", "seconds")
    assert not done.answers["never_both"].keeps
    kept = KeptAnswers(tmp_path / "a")
    kept.put({"key": done.answers["never_both"]})
    assert kept.get("key") is None
    by_states = do(replace(unit, states=500))
    assert by_states.answers["never_both"].keeps


def _unit(one: Design) -> Unit:
    """The first unit of a sweep of a design."""
    taken: list[Unit] = []

    class Taking:
        def run(self, units: Iterable[Unit], deadline: Deadline) -> Iterator[tuple[Unit, Done]]:
            taken.extend(units)
            return iter(())

        def close(self) -> None: ...

    statement = one.statements()[0]
    name = next(iter(statement.given), None) or next((p.name for p in one.parameters), None)
    axes = [Axis(name, (one.parameter(name).default,))] if name else []
    if not axes:
        from drcheck.answers.sweeps.asking import Asking

        Asking(one, [statement], {}, Taking(), KeptAnswers()).rows([({}, [statement])])
    else:
        sweep(one, axes, statement.name, place=Taking())
    return taken[0]


def test_a_unit_is_plain_data_and_is_refused_where_the_model_is_another() -> None:
    unit = _unit(load(STORE))
    again = unit_from(json.loads(json.dumps(unit.plain())))
    assert again == unit
    assert again.ready is None
    done = do(again)
    assert done_from(json.loads(json.dumps(done.plain()))) == done
    assert done.answers == do(unit).answers
    other = do(replace(again, keys=("0" * 16, *again.keys[1:])))
    assert other.refused
    assert "another model" in other.error
    assert "another version of drcheck" in do(replace(again, code="0")).error


def test_a_killed_sweep_goes_on_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "answers.sqlite"
    code = f"""
import os, signal
from drcheck.designs.design import load
from drcheck.answers.sweeps.sweep import sweep
from drcheck.answers.sweeps.kept import KeptAnswers
from pathlib import Path
said = []
def progress(text):
    said.append(text)
    if len(said) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
sweep(load("{PAIR}"), {{"patience": "0h..9h"}}, "longest_wait", kept=KeptAnswers(Path({str(file)!r})), progress=progress)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    found = sweep(load(PAIR), {"patience": "0h..9h"}, "longest_wait", kept=KeptAnswers(file))
    assert [row.how for row in found.rows] == ["kept"] * 4 + ["searched"] * 6
    assert plain(found) == plain(sweep(load(PAIR), {"patience": "0h..9h"}, "longest_wait"))


def test_an_interrupt_leaves_what_is_known_and_the_rest_not_tried() -> None:
    class Stopping(Here):
        def run(self, units: Iterable[Unit], deadline: Deadline) -> Iterator[tuple[Unit, Done]]:
            yield from itertools.islice(super().run(units, deadline), 3)
            raise KeyboardInterrupt

    found = sweep(load(PAIR), {"patience": "0h..9h"}, "longest_wait", place=Stopping())
    assert found.figures.stopped == INTERRUPTED
    assert [row.answer.verdict for row in found.rows] == ["HOLDS"] * 3 + [NOT_TRIED] * 7
    assert not found.whole


def test_after_the_limit_of_seconds_nothing_more_is_searched() -> None:
    found = sweep(load(PAIR), {"patience": "0h..9h"}, "longest_wait", limits=Limits(seconds=1e-9))
    assert {row.answer.verdict for row in found.rows} == {NOT_TRIED}
    assert "seconds" in found.figures.stopped


# -- what is refused ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("varied", "properties", "settings", "code"),
    [
        ({}, (), {}, "DR401"),
        ({"patience": []}, (), {}, "DR401"),
        ({"patience": "3h..1h"}, (), {}, "DR401"),
        ({"patience": "0h..3h/0h"}, (), {}, "DR401"),
        ({"patience": "0h..99999999h"}, (), {}, "DR401"),
        ({"failures": "1..999999999999"}, (), {}, "DR205"),
        ({"patience": "1h"}, (), {"patience": hours(1)}, "DR401"),
        ({"patience": "0h..2000h", "failures": [1] * 3}, "nothing", {}, "DR301"),
        ({"failures": "0..2"}, (), {}, "DR205"),
        ({"failures": [True]}, (), {}, "DR205"),
        ({"patience": [2]}, (), {}, "DR205"),
        ({"patience": "an hour"}, (), {}, "DR206"),
        ({"waiting": "1h"}, (), {}, "DR204"),
        ([Axis("patience", (hours(1),)), Axis("patience", (hours(2),))], (), {}, "DR401"),
    ],
)
def test_bad_input_is_a_coded_error(varied: Any, properties: Any, settings: Any, code: str) -> None:
    with pytest.raises(DrcheckError) as refused:
        sweep(load(PAIR), varied, properties, settings)
    assert refused.value.code == code, refused.value


def test_too_many_points_are_refused_before_any_is_composed() -> None:
    axes = [Axis("patience", (hours(1),) * 1_001), Axis("failures", (1,) * 1_000)]
    with pytest.raises(UsageError, match=r"1,001,000 points"):
        sweep(load(PAIR), axes)


def test_a_file_that_holds_no_answers_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("these are my notes, and no database of any kind\n" * 100)
    with pytest.raises(DrcheckError, match=r"\[DR620\]"):
        KeptAnswers(file)
    assert file.read_text().startswith("these are my notes")
    kept = KeptAnswers(tmp_path / "a")
    with sqlite3.connect(tmp_path / "a") as other:
        other.execute("INSERT INTO answers VALUES ('key', '{\"verdict\": 1, \"x\": 2}')")
    with pytest.raises(DrcheckError, match=r"\[DR620\]"):
        kept.get("key")


# -- what is written ---------------------------------------------------------------------------------------------------
def test_the_table_is_the_same_in_every_form(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["sweep", PAIR, "longest_wait", "one_at_a_time", "--vary", "patience=0h..2h", "--vary", "failures=1..2"]
    words += ["--answers", str(tmp_path / "answers")]
    assert run([*words, "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert run([*words, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    found = sweep(load(PAIR), {"patience": "0h..2h", "failures": "1..2"}, ["longest_wait", "one_at_a_time"])
    assert rows == [
        {k: "" if v is None else str(v) for k, v in r.items()} | {"how": "searched"} for r in found.records()
    ]
    assert [(r["at"], r["property"], r["value"]) for r in data["rows"]] == [
        ({"patience": str(row.at["patience"]), "failures": row.at["failures"]}, row.property, row.answer.value)
        for row in found.rows
    ]
    assert {r["how"] for r in data["rows"]} == {"kept"}
    assert run(words) == 0
    out = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "1h 2 1 tick (1h) holds" in out
    assert sum("ticks" in line or "tick (" in line for line in out) == 6
    for ending in ("md", "csv", "json"):
        assert run([*words, "--output", str(tmp_path / f"table.{ending}")]) == 0
    assert (tmp_path / "table.csv").read_text().replace("kept", "searched") == sweep_csv(found)


def test_values_that_follow_one_another_with_the_same_answers_are_one_line() -> None:
    found = sweep(load(PAIR), {"patience": "0h..5h", "failures": "1..2"}, "one_at_a_time")
    assert lines_of(found) == [(["0m..5h", "1"], ["holds"]), (["0m..5h", "2"], ["holds"])]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--vary", "patience"], "DR401"),
        (["--vary", "patience=1h", "--json", "--csv"], "DR401"),
        (["--vary", "patience=1h", "--output", "table.xls"], "DR401"),
        (["--vary", "patience=1h", "--output", "/proc/nowhere/table.csv"], "DR601"),
        (["--vary", "patience=1h", "--answers", "/proc/nowhere/answers"], "DR620"),
        (["no_such", "--vary", "patience=1h"], "DR301"),
        ([], "DR401"),
    ],
)
def test_a_bad_command_line_is_one_coded_line(words: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sweep", PAIR, *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: [{code}] ")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--vary", "patience=0h.."], "--vary 'patience=0h..' leaves out a value"),
        (["--vary", "patience=..2h"], "--vary 'patience=..2h' leaves out a value"),
        (["--vary", "failures=1,,2"], "--vary 'failures=1,,2' leaves out a value"),
        (["--vary", "failures=1..3/"], "--vary 'failures=1..3/' leaves out a value"),
        (["--vary", "failures=1..3/x"], "'x' is no whole number"),
        (["--vary", "patience=1..2h"], "parameter patience: '1' is not a duration"),
        (["--vary", "patience=0h..3m"], "do not meet 3m; available: 0m..0m/1h, 0m..1h/1h"),
        (["--vary", "patience=0h..6h/4h"], "do not meet 6h; available: 0m..4h/4h, 0m..8h/4h"),
    ],
)
def test_values_that_cannot_be_read_are_told_with_their_place(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sweep", PAIR, *words]) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert said in err


def test_a_data_frame_where_pandas_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    found = sweep(load(PAIR), {"patience": "0h..2h"}, "longest_wait")
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "pandas", None)
        with pytest.raises(UsageError, match=r"\[DR408\].*pip install pandas"):
            found.to_dataframe()
    pandas = pytest.importorskip("pandas", reason="an environment without pandas")
    frame = found.to_dataframe()
    assert list(frame["value"]) == [0, 1, 2]
    assert list(frame["patience"]) == [pandas.Timedelta(hours=n) for n in range(3)]
