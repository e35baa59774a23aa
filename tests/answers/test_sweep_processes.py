"""Sweeps by several processes: the same answers as by one, whatever becomes of a process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from drcheck import Component, System, compose, design, never, on
from drcheck.answers.sweeps import processes
from drcheck.answers.sweeps.places import Here
from drcheck.answers.sweeps.processes import Processes, ThisMachine
from drcheck.answers.sweeps.sweep import SweepTable, sweep
from drcheck.designs.design import load
from drcheck.engines.protocol import Limits
from drcheck.errors import UsageError
from drcheck.kernels.budget import resident
from drcheck.workers.jobs import FAILED

FRAGILE = "tests.support.fragile_design:fragile"


def plain(found: SweepTable) -> list[tuple[Any, ...]]:
    return [(dict(row.at), row.property, row.answer, row.how) for row in found.rows]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FRAGILE_FOLDER", str(tmp_path))
    monkeypatch.setenv("FRAGILE_PARENT", str(os.getpid()))
    return tmp_path


def test_two_processes_answer_as_one_and_a_lost_one_costs_its_unit_only(folder: Path) -> None:
    (folder / "3").write_text("1")
    (folder / "5").write_text("2")
    found = sweep(load(FRAGILE), {"size": "0..7"}, place=Processes(2))
    alone = sweep(load(FRAGILE), {"size": "0..7"})
    assert [row for row in plain(found) if row[0]["size"] != 5] == [r for r in plain(alone) if r[0]["size"] != 5]
    failed = found.rows[5].answer
    assert (failed.verdict, failed.reason) == (FAILED, "its process was ended by signal 9")
    assert found.figures.failed == [f"{FRAGILE} size=5: its process was ended by signal 9"]
    assert not found.whole
    assert (folder / "3").read_text() == "0", "it was tried again"
    assert (folder / "5").read_text() == "0", "it was tried twice, and no more"


def test_a_unit_for_which_a_part_of_the_memory_is_too_little_is_done_with_all_of_it(
    folder: Path,
) -> None:
    class Seen(Processes):
        def shares(self, most: int | None) -> tuple[int, int | None]:
            return (2, 1 << 20) if self.number == 2 else (1, most)

    most = (resident() or 0) + (500 << 20)  # this process may have done much before
    found = sweep(load(FRAGILE), {"size": "3,4"}, place=Seen(2), limits=Limits(memory=most))
    assert plain(found) == plain(sweep(load(FRAGILE), {"size": "3,4"}))


def test_memory_is_shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "resident", lambda: 100 << 20)
    assert Processes(4).shares(900 << 20) == (4, 200 << 20)
    assert Processes(4).shares(500 << 20) == (2, 200 << 20)
    assert Processes(4).shares(200 << 20) == (1, 200 << 20)
    monkeypatch.setattr(processes, "available", lambda: (512 + 800) << 20)
    assert Processes(2).shares(None) == (2, 400 << 20)
    monkeypatch.setattr(processes, "available", lambda: None)
    assert Processes(2).shares(None) == (2, None)


def test_small_sweeps_start_no_process_and_what_is_large_does(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []

    def run(self: Processes, units: Any, deadline: Any) -> Any:
        for unit in units:
            ran.append(int(dict(unit.settings)["size"]))
            yield from Here().run([unit], deadline)

    monkeypatch.setattr(Processes, "run", run)
    one = load(FRAGILE)
    found = sweep(one, {"size": "0..3"}, place=ThisMachine(one, Here(), 2))
    assert ran == []
    assert plain(found) == plain(sweep(one, {"size": "0..3"}))
    monkeypatch.setattr(processes, "PATIENCE", 0.0)
    found = sweep(one, {"size": "0..3"}, place=ThisMachine(one, Here(), 2))
    assert ran == [1, 2, 3]
    assert plain(found) == plain(sweep(one, {"size": "0..3"}))


def test_a_design_that_no_other_process_finds_is_done_here() -> None:
    @design
    def local(stays: bool = False) -> System:
        part = Component("part", ["a", "b"], transitions=[on("go", "a", "b", when=part_may(stays))])
        return compose("local", [part], properties=[never(part.b, name="stays_there")])

    def part_may(stays: bool) -> Any:
        from drcheck import Literal

        return Literal(not stays)

    found = sweep(local, {"stays": [False, True]}, place=ThisMachine(local, Here(), 2))
    assert [row.answer.verdict for row in found.rows] == ["VIOLATED", "HOLDS"]


def test_no_processes_do_nothing() -> None:
    with pytest.raises(UsageError, match=r"\[DR401\]"):
        Processes(0)
