"""Jobs on a cluster: what is tried again, told and refused, and Ctrl-C; Dask is a stand-in here, and real in tests/answers."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drcheck.designs.design import load
from drcheck.errors import DesignError
from drcheck.kernels.deadline import Deadline
from drcheck.workers import cluster, jobs
from drcheck.workers.cluster import Cluster
from drcheck.workers.jobs import FailedError, Job, Means, RefusedError, Version
from tests.support import cli_project, fake_dask

PAIR = "drcheck.examples:pair"
HERE = "tests.workers.test_cluster"
tried: list[Any] = []


def doubled(data: Any, means: Means) -> Any:
    tried.append(data)
    if data == "fails":
        raise FailedError("it fails")
    if data == "refused":
        raise RefusedError("it is another one")
    if data == "broken":
        raise ZeroDivisionError("a defect")
    return data * 2, means.threads


@pytest.fixture
def dask(monkeypatch: pytest.MonkeyPatch) -> Any:
    found = fake_dask.module()
    monkeypatch.setitem(sys.modules, "distributed", found)
    tried.clear()
    return found


@pytest.fixture
def place(dask: Any) -> Iterator[Cluster]:  # it is imported
    made = Cluster("here", [load(PAIR)])
    yield made
    made.close()


def jobs_of(*data: Any) -> Iterator[Job]:
    for each in data:
        yield Job(f"{HERE}:doubled", each, Version.of(load(PAIR)), str(each))


def test_each_job_is_answered_and_what_fails_is_tried_once_more_and_told(place: Cluster) -> None:
    found = {job.data: outcome for job, outcome in place.run(jobs_of(1, "fails", 2, "broken", 3), Deadline())}
    assert {data: outcome.value for data, outcome in found.items() if not outcome.error} == {
        n: (2 * n, 1) for n in (1, 2, 3)
    }
    assert (found["fails"].error, found["broken"].error) == ("it fails", "ZeroDivisionError: a defect")
    assert (tried.count("fails"), tried.count("broken"), tried.count(1)) == (2, 2, 1)


def test_jobs_are_taken_as_they_are_needed(dask: Any, place: Cluster) -> None:
    taken: list[int] = []

    def source() -> Iterator[Job]:
        for job in jobs_of(*range(20)):
            taken.append(job.data)
            yield job

    running = place.run(source(), Deadline())
    next(running)
    assert len(taken) == 4, "two threads, one that waits for each"
    running.close()
    assert len(dask.last.cancelled) == 3


def test_what_a_worker_refuses_ends_it(place: Cluster) -> None:
    with pytest.raises(DesignError, match=r"\[DR220\].*it is another one"):
        list(place.run(jobs_of(1, "refused", 2), Deadline()))
    assert tried.count("refused") == 1


def test_workers_of_another_code_or_model_are_refused(
    dask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dask is not None
    cli_project.write_project(tmp_path)
    with cli_project.entered(tmp_path, monkeypatch):
        design = load("model.pair:pair")
        assert jobs.unlike(Version.of(design)) == ""
        part = Path("properties/pair.py")
        part.write_text(f"{part.read_text()}\n# changed\n")
        with pytest.raises(DesignError, match=r"\[DR220\].*another model: model.pair:pair"):
            Cluster("here", [design])
        jobs.loaded.cache_clear()
        made = Cluster("here", [design])
        with pytest.raises(DesignError, match=r"\[DR220\].*another version of drcheck"):
            list(made.run([Job("", 1, Version(design.name, "", "", "other"), "")], Deadline()))
        jobs.loaded.cache_clear()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
@pytest.mark.parametrize("at", ["question", "answer", "send"])
def test_an_interrupt_is_heard_between_two_questions_and_ends_what_runs(
    dask: Any, place: Cluster, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: list[bool] = []

    def interrupted() -> None:
        """A thread's condition that is waited for: nothing may be raised in here."""
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)  # however many come
        whole.append(True)

    if at == "question":
        monkeypatch.setattr(dask.as_completed, "asked", staticmethod(interrupted))
    elif at == "send":
        before = dask.last.submit

        def submit(*arguments: Any, **more: Any) -> Any:
            interrupted()
            return before(*arguments, **more)

        monkeypatch.setattr(dask.last, "submit", submit)
    ended: list[str] = []
    monkeypatch.setattr(cluster, "end_all", ended.append)

    def all_of_them() -> None:
        for _ in place.run(jobs_of(1, 2, 3), Deadline()):
            if at == "answer":
                interrupted()

    with pytest.raises(KeyboardInterrupt):
        all_of_them()
    assert whole == ([] if at == "answer" else [True])
    assert len(ended) == 1
