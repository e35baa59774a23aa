"""A review by several processes is that of one, whatever becomes of a process."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from typing import Any

import pytest

from drcheck import Component, Finding, System, compose, design, never, on
from drcheck.designs.design import Design, load
from drcheck.engines.protocol import Limits
from drcheck.errors import DesignError, PropertyError
from drcheck.report import Review, collect, processes
from drcheck.report.plain import as_json
from drcheck.verdicts.check import Prepared

NAMES = ("drcheck.examples:pair", "tests.report.test_adversities:shelf")


@pytest.fixture(autouse=True)
def _however_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PAYS_FROM", 1)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")


@pytest.fixture(scope="module")
def designs() -> list[Design]:
    return [load(name) for name in NAMES]


def text(review: Review) -> str:
    """All that a review says, but for the time that searches took."""
    studies = [
        replace(
            study,
            designs=tuple(
                replace(view, searches=tuple(replace(search, seconds=0.0) for search in view.searches))
                for view in study.designs
            ),
        )
        for study in review.studies
    ]
    return as_json(replace(review, studies=tuple(studies)))


def here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The designs that are reviewed in this process, from now on."""
    done, real = list[str](), processes.Work.design

    def design(self: processes.Work, task: processes.Task, ready: Prepared) -> Any:
        done.append(task.design.name)
        return real(self, task, ready)

    monkeypatch.setattr(processes.Work, "design", design)
    return done


@pytest.fixture(scope="module")
def alone(designs: list[Design]) -> str:
    os.environ["SOURCE_DATE_EPOCH"] = "1000000000"
    try:
        return text(collect(designs, claims=(), budget=200_000))
    finally:
        del os.environ["SOURCE_DATE_EPOCH"]


def test_the_review_is_the_same(alone: str, designs: list[Design], monkeypatch: pytest.MonkeyPatch) -> None:
    done, heard = here(monkeypatch), list[str]()
    found = collect(designs, claims=(), budget=200_000, processes=2, listener=lambda label: heard.append(label))
    assert text(found) == alone
    assert done == [], "all was found elsewhere"
    assert {label.partition(" ")[0] for label in heard} == set(NAMES)


def test_what_a_process_cannot_do_is_done_here(
    alone: str, designs: list[Design], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, killed = processes.Worker.send, list[int]()

    def send(self: processes.Worker, message: Any) -> None:
        real(self, message)
        if isinstance(message, tuple) and message[1] == NAMES[0] and not killed:
            killed.append(self.process.pid)
            os.kill(self.process.pid, signal.SIGKILL)

    monkeypatch.setattr(processes.Worker, "send", send)
    done = here(monkeypatch)
    assert text(collect(designs, claims=(), budget=200_000, processes=2)) == alone
    assert killed
    assert NAMES[0] in done
    assert len(done) < len(NAMES)


@design(title="It refers to a worst case that there is not")
def wrong() -> System:
    """That is seen when all is decided."""
    thing = Component("thing", ["going", "ended"], transitions=[on("ends", "going", "ended")])
    finding = Finding("It ends", "It does.", "None.", cost="nothing_of_that_name")
    return compose("wrong", [thing], properties=[replace(never(thing.ended, name="never_ends"), findings=(finding,))])


def test_an_error_is_that_of_one_process(designs: list[Design]) -> None:
    with pytest.raises(PropertyError, match="no worst case 'nothing_of_that_name'") as error:
        collect([wrong, designs[0]], claims=(), processes=2)
    assert error.value.code == "DR302"


def test_what_cannot_be_composed_ends_the_processes(designs: list[Design], monkeypatch: pytest.MonkeyPatch) -> None:
    started, real = list[processes.Worker](), processes.Worker.__init__

    def begin(self: processes.Worker) -> None:
        real(self)
        started.append(self)

    def refuse() -> list[Prepared]:
        raise DesignError("DR207", "it cannot be composed")

    monkeypatch.setattr(processes.Worker, "__init__", begin)
    tasks = [processes.Task(str(n), each, {}) for n, each in enumerate(designs)]
    with pytest.raises(DesignError, match="it cannot be composed"):
        processes.reviewed(processes.Work({}), tasks, refuse, 2)
    assert [worker.process.poll() for worker in started] == [-signal.SIGKILL] * 2


def test_limits_of_memory_are_of_one_process(designs: list[Design], monkeypatch: pytest.MonkeyPatch) -> None:
    done = here(monkeypatch)
    collect(designs[:2], claims=(), processes=2, limits=Limits(memory=4 << 30))
    assert done == list(NAMES[:2])
