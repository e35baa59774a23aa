"""Sweeps on a real cluster of two worker processes: the same answers, though workers are lost; others are refused."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from drcheck.answers.sweeps import asking, cluster
from drcheck.answers.sweeps.cluster import Cluster
from drcheck.answers.sweeps.sweep import SweepTable, sweep
from drcheck.answers.sweeps.units import FAILED
from drcheck.cli.main import run
from drcheck.designs.design import load
from drcheck.errors import DesignError, UsageError

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


def test_a_cluster_answers_as_this_process_whatever_becomes_of_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    distributed = pytest.importorskip("distributed", reason="an environment without the extra cluster")
    dask = pytest.importorskip("dask")
    monkeypatch.setenv("FRAGILE_FOLDER", str(tmp_path))
    monkeypatch.setenv("FRAGILE_PARENT", str(os.getpid()))
    (tmp_path / "3").write_text("1")
    (tmp_path / "9").write_text("2")
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    for address in ("tcp://127.0.0.1:9", "nowhere", "tcp://no.such.host.invalid:1"):
        with pytest.raises(UsageError, match=r"\[DR412\]"):
            Cluster(address, load(FRAGILE))
    monkeypatch.setattr(cluster, "PATIENCE", 10.0)
    settings = {"distributed.scheduler.allowed-failures": 1, "distributed.scheduler.worker-saturation": 1.0}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as local,
    ):
        address = local.scheduler_address
        place = Cluster(address, load(FRAGILE))
        found = sweep(load(FRAGILE), {"size": "0..12"}, place=place)
        alone = sweep(load(FRAGILE), {"size": "0..12"})
        assert [row for row in plain(found) if row[0]["size"] != 9] == [r for r in plain(alone) if r[0]["size"] != 9]
        assert (found.rows[9].answer.verdict, found.rows[9].answer.reason) == (
            FAILED,
            "each worker that did it was lost",
        )
        assert found.figures.failed == [f"{FRAGILE} size=9: each worker that did it was lost"]
        assert [(tmp_path / name).read_text() for name in ("3", "9")] == ["0", "0"]
        monkeypatch.setattr(asking, "key_of", lambda *_: "0" * 16)
        with pytest.raises(DesignError, match=r"\[DR220\].*another model"):
            sweep(load(FRAGILE), {"size": "0..2"}, place=place)
        monkeypatch.undo()
        monkeypatch.setattr(cluster, "code_digest", lambda: "0" * 16)
        with pytest.raises(DesignError, match=r"\[DR220\].*another version of drcheck"):
            Cluster(address, load(FRAGILE))
        monkeypatch.undo()
        capsys.readouterr()
        words = ["sweep", PAIR, "longest_wait", "--vary", "patience=0h..3h", "--answers", "none"]
        assert run([*words, "--on", address]) == 0
        here = capsys.readouterr().out
        assert run(words) == 0
        assert capsys.readouterr().out == here
