"""Sweeps on a real cluster of two worker processes: the same answers, though workers are lost; others are refused."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drcheck.answers.points import INTERRUPTED
from drcheck.answers.sweeps import asking
from drcheck.answers.sweeps.cluster import OnCluster
from drcheck.answers.sweeps.sweep import SweepTable, sweep
from drcheck.cli.main import run
from drcheck.designs.design import load
from drcheck.errors import DesignError, UsageError
from drcheck.workers import cluster, jobs
from drcheck.workers.cluster import LOST
from drcheck.workers.jobs import FAILED

FRAGILE, PAIR = "tests.support.fragile_design:fragile", "drcheck.examples:pair"


def plain(found: SweepTable) -> list[tuple[Any, ...]]:
    return [(dict(row.at), row.answer, row.how) for row in found.rows]


def test_without_the_library_or_a_scheduler_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert run(["sweep", PAIR, "longest_wait", "--vary", "patience=1h", "--on", "tcp://127.0.0.1:9"]) == 2
    assert "[DR408] a cluster needs Dask's distributed" in capsys.readouterr().err
    assert run(["sweep", PAIR, "--vary", "patience=1h", "--on", "tcp://127.0.0.1:9", "--processes", "2"]) == 2
    assert "[DR401] --on has a cluster search" in capsys.readouterr().err


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a cluster of two worker processes, and the folder that says where they end."""
    distributed = pytest.importorskip("distributed", reason="an environment without the extra cluster")
    dask = pytest.importorskip("dask")
    folder = tmp_path_factory.mktemp("fragile")
    settings = {"distributed.scheduler.allowed-failures": 1, "distributed.scheduler.worker-saturation": 1.0}
    with pytest.MonkeyPatch.context() as patch, dask.config.set(settings):
        patch.setenv("FRAGILE_FOLDER", str(folder))
        patch.setenv("FRAGILE_PARENT", str(os.getpid()))
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster:
            yield cluster.scheduler_address, folder


@pytest.mark.usefixtures("local")
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "tcp://no.such.host.invalid:1"])
def test_what_is_no_scheduler_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with pytest.raises(UsageError, match=r"\[DR412\]"):
        OnCluster(address, load(FRAGILE))


def test_a_cluster_answers_as_this_process_whatever_becomes_of_workers(
    local: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address, folder = local
    (folder / "3").write_text("1")
    (folder / "9").write_text("2")
    place = OnCluster(address, load(FRAGILE))
    found = sweep(load(FRAGILE), {"size": "0..12"}, place=place)
    alone = sweep(load(FRAGILE), {"size": "0..12"})
    assert [row for row in plain(found) if row[0]["size"] != 9] == [r for r in plain(alone) if r[0]["size"] != 9]
    assert (found.rows[9].answer.verdict, found.rows[9].answer.reason) == (FAILED, LOST)
    assert found.figures.failed == [f"{FRAGILE} size=9: {LOST}"]
    assert [(folder / name).read_text() for name in ("3", "9")] == ["0", "0"]
    with monkeypatch.context() as patch:
        patch.setattr(asking, "key_of", lambda *_: "0" * 16)
        with pytest.raises(DesignError, match=r"\[DR220\].*another model"):
            sweep(load(FRAGILE), {"size": "0..2"}, place=place)
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "code_digest", lambda: "0" * 16)
        with pytest.raises(DesignError, match=r"\[DR220\].*another version of drcheck"):
            OnCluster(address, load(FRAGILE))
    place.close()
    capsys.readouterr()
    words = ["sweep", PAIR, "longest_wait", "--vary", "patience=0h..3h", "--answers", "none"]
    assert run([*words, "--on", address]) == 0
    here = capsys.readouterr().out
    assert run(words) == 0
    assert capsys.readouterr().out == here


def test_a_worker_that_is_lost_costs_its_set_of_repairs_only(
    local: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    address, folder = local
    words = ["repairs", FRAGILE, "--json"]
    assert run(words) == 0
    alone = json.loads(capsys.readouterr().out)["tables"][0]
    (folder / "3").write_text("1")
    (folder / "9").write_text("2")
    assert run([*words, "--on", address]) == 3
    out, err = capsys.readouterr()
    found = json.loads(out)["tables"][0]
    assert [line for line in err.splitlines() if line != "composed"] == [f"failed: {FRAGILE} with size=9: {LOST}"]
    assert [(folder / name).read_text() for name in ("3", "9")] == ["0", "0"]
    lost = [one for one in found["alone"] if one["changes"] == ["size=9"]]
    assert [one["answers"]["most"]["verdict"] for one in lost] == [FAILED]
    assert [one for one in found["alone"] if one not in lost] == [
        one for one in alone["alone"] if one["changes"] != ["size=9"]
    ]


def test_cuts_come_back_with_their_traces(local: tuple[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    words = ["cuts", "tests.answers.test_cuts:relay", "--trace"]
    assert run(words) == run([*words, "--on", local[0]]) == 0
    out = re.sub(r"in \S+ s.*|\d+\.\d+ s", "", capsys.readouterr().out)
    assert out[: len(out) // 2] == out[len(out) // 2 :]


def test_an_interrupt_ends_it_whenever_it_comes(local: tuple[str, Path]) -> None:
    place = OnCluster(local[0], load(FRAGILE))
    for wait in (0.0, 0.03, 0.1, 0.25):
        bell = threading.Timer(wait, os.kill, [os.getpid(), signal.SIGINT])

        def told(_: str, bell: threading.Timer = bell) -> None:
            if bell.ident is None:
                bell.start()

        found = sweep(load(FRAGILE), {"size": "0..39"}, place=OnCluster(local[0], load(FRAGILE)), progress=told)
        assert found.figures.stopped == INTERRUPTED
    assert sweep(load(FRAGILE), {"size": "1"}, place=place).rows[0].answer.value == 1, "the cluster goes on"
    place.close()
