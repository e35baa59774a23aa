"""Work that takes longer than a step, one at a time: in a thread of its own, with limits, to be cancelled.

A job has a session of its own, which begins where it was asked for; what it finds is taken over into the subject's. So one can
step on while it runs.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from drcheck.engines.protocol import Limits, Progress
from drcheck.errors import DrcheckError, PathError
from drcheck.explorer import search
from drcheck.explorer.session import Session
from drcheck.explorer.subject import Subject, stops
from drcheck.explorer.terminal import no_return_words, runbook
from drcheck.explorer.truth import Truth
from drcheck.kernels.deadline import Deadline, OutOfTimeError
from drcheck.system.trace import Trace

KEPT = 16
"""How many jobs that have ended are remembered."""
CANCELLED = "it was cancelled"


@dataclass(frozen=True)
class Asked:
    """What a job is asked: `kind` is a key of `KINDS`, `text` a condition, an event, a goal, a property or a path."""

    kind: str
    node: int
    text: str = ""
    seconds: float = search.SECONDS
    steps: int = 20
    seed: int = 0
    kinds: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()


@dataclass
class Job:
    """A job. `answer`: what it found as plain data, or None; `error`: why there is none."""

    number: int
    asked: Asked
    deadline: Deadline
    done: threading.Event = field(default_factory=threading.Event)
    answer: dict[str, Any] | None = None
    error: DrcheckError | None = None
    progress: Progress | None = None

    def data(self) -> dict[str, Any]:
        """How far it is, as plain data."""
        said: dict[str, Any] = {
            "job": self.number,
            "done": self.done.is_set(),
            "seconds": round(self.deadline.spent, 1),
        }
        if self.progress is not None:
            said["states"] = self.progress.states
        if self.answer is not None:
            said["answer"] = self.answer
        return said


class Jobs:
    """The jobs of a subject. `lock` is held while the subject's session is used."""

    def __init__(self, subject: Subject, lock: threading.Lock) -> None:
        self._subject, self._lock = subject, lock
        self._jobs: dict[int, Job] = {}
        self._next = 1

    def start(self, asked: Asked) -> Job:
        """Begin a job. For who holds the lock. Raises PathError DR522 while another one runs, and for what cannot be asked."""
        if asked.kind not in KINDS:
            raise PathError("DR522", f"there is no search {asked.kind!r}", available=list(KINDS), asked=asked.kind)
        if any(not job.done.is_set() for job in self._jobs.values()):
            raise PathError("DR522", "a search is running", remedy="wait for it, or cancel it")
        job = Job(self._next, asked, search.deadline_for(asked.seconds))
        trace = self._subject.session.trace(asked.node)
        self._next += 1
        self._jobs[job.number] = job
        for old in list(self._jobs)[:-KEPT]:
            del self._jobs[old]
        threading.Thread(target=self._run, args=(job, trace), name="drcheck explorer", daemon=True).start()
        return job

    def job(self, number: int) -> Job:
        """A job by its number. Raises PathError DR522."""
        if number not in self._jobs:
            raise PathError("DR522", f"there is no search {number}")
        return self._jobs[number]

    def cancel(self, number: int) -> Job:
        """End a job; what is found by then is not told."""
        job = self.job(number)
        job.deadline.end(CANCELLED)
        return job

    def close(self) -> None:
        """End whatever runs."""
        for job in self._jobs.values():
            job.deadline.end(CANCELLED)

    def _run(self, job: Job, trace: Trace) -> None:
        try:
            session = Session(self._subject.system)
            work = _Work(self._subject, session, session.along(trace), job)
            answer = KINDS[job.asked.kind](work)
            with self._lock:
                job.answer = self._taken_over(answer, session, job.asked)
        except DrcheckError as error:
            job.error = error
        except OutOfTimeError:
            job.error = PathError("DR522", f"the search ended before it began: {job.deadline.reason}")
        except MemoryError:
            job.error = PathError("DR522", "there is not enough memory for this search")
        except Exception as error:  # whatever a user's model raises; the explorer goes on
            job.error = PathError("DR522", f"the search failed with {type(error).__name__}: {error}")
        finally:
            job.done.set()

    def _taken_over(self, answer: dict[str, Any], session: Session, asked: Asked) -> dict[str, Any]:
        """An answer whose nodes are those of the subject's session."""
        own = self._subject.session
        if answer.get("end") is not None:
            line = own.line(own.along(session.trace(answer["end"])))
            numbers = [node.number for node in line]
            first = session.node(answer.get("start", answer["end"])).depth
            answer |= {"end": numbers[-1], "start": numbers[first], "trail": numbers[first + 1 :]}
            if answer.get("loop") is not None:
                answer["loop"] = session.node(answer["loop"]).depth
        if asked.kind == "trace" and "word" in answer:
            self._subject.verdicts[asked.text] = answer["word"]
        return answer


@dataclass
class _Work:
    """What a job works with: the subject for what does not change, and a session of its own with the node where it begins."""

    subject: Subject
    session: Session
    node: int
    job: Job

    @property
    def limits(self) -> Limits:
        return search.limits_for(self.job.deadline)

    def hear(self, progress: Progress) -> None:
        self.job.progress = progress

    @contextlib.contextmanager
    def cut(self) -> Iterator[None]:
        """For work that reads no clock."""
        with self.job.deadline.cut():
            yield


def _found(work: _Work, found: search.Found) -> dict[str, Any]:
    end = None if found.steps is None else work.session.onward(work.node, found.steps)
    return {"said": found.word, "end": end, "start": work.node, "runbook": runbook(found, work.subject)}


def _near(work: _Work) -> dict[str, Any]:
    condition = Truth(work.session).expression(work.job.asked.text, condition=True)
    return _found(work, search.nearest(work.session, work.node, condition, work.limits, work.hear))


def _near_event(work: _Work) -> dict[str, Any]:
    condition = search.where_possible(work.session.system, work.job.asked.text)
    return _found(work, search.nearest(work.session, work.node, condition, work.limits, work.hear))


def _recover(work: _Work) -> dict[str, Any]:
    goal = work.subject.goal(work.job.asked.text)
    back = search.recovery(work.session, work.node, goal, work.limits, work.hear)
    tried = [{"by": means.name, "said": found.word} for means, found in back.tried]
    answer = {"tried": tried, "lost": back.lost, "said": "This is a point of no return." if back.lost else ""}
    return answer | (
        {}
        if back.found is None
        else _found(work, back.found[1]) | {"said": "The shortest way there:" if back.found[1].steps else ""}
    )


def _no_return(work: _Work) -> dict[str, Any]:
    goal = work.subject.goal(work.job.asked.text)
    found = search.no_return(work.session, work.node, goal, work.limits, work.hear)
    # What is not marked: a goal that is not lost, or of which that is not known.
    at = None if found.last is None or found.between is not None else found.last + 1
    return {"said": no_return_words(found, work.session, work.node), "step": at}


def _decided(work: _Work, number: int | None) -> dict[str, Any]:
    item = work.subject.property(work.job.asked.text)
    found = search.decided(work.session, number, item, work.limits, work.hear)
    return {
        "said": f"{found.word}: {found.reason}",
        "word": found.word,
        "end": found.node,
        "start": found.start,
        "loop": found.loop,
    }


def _walk(work: _Work) -> dict[str, Any]:
    asked = work.job.asked
    look = stops(work.session, Truth(work.session), asked.breaks)
    with work.cut():
        walked = work.session.walk(work.node, asked.steps, asked.seed, asked.kinds, look)
    return {"said": f"{walked.steps} random steps: {walked.why}", "end": walked.node, "start": work.node}


def _open(work: _Work) -> dict[str, Any]:
    with work.cut():
        end, warning = work.session.open(work.job.asked.text)
    start = work.session.line(end)[0].number
    return {"said": warning or "opened", "warning": warning, "end": end, "start": start}


KINDS: dict[str, Callable[[_Work], dict[str, Any]]] = {
    "near": _near,
    "near_event": _near_event,
    "recover": _recover,
    "no_return": _no_return,
    "from_here": lambda work: _decided(work, work.node),
    "trace": lambda work: _decided(work, None),
    "walk": _walk,
    "open": _open,
}
"""The kinds of jobs."""

__all__ = ["KINDS", "Asked", "Job", "Jobs"]
