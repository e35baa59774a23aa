"""Jobs done by the workers of a running Dask cluster (`distributed`, the extra `cluster`), by the address of its scheduler.

What a lost worker was doing is done by another one: Dask sends it again, and gives it up when it has cost more workers than the
scheduler allows (`distributed.scheduler.allowed-failures`). A job that ends with an error is tried once more. The library is
imported when a cluster is asked for.

Ctrl-C is held back while Dask is spoken to. Its client waits on conditions of `threading`, and a KeyboardInterrupt that is raised
inside `Condition.wait` can come out as "RuntimeError: release unlocked lock". So nothing here waits in Dask for an answer: it is
asked for what is there, again and again, and the interrupt is heard between two questions.
"""

from __future__ import annotations

import gc
import importlib
import logging
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from drcheck.designs.design import Design
from drcheck.engines.protocol import Limits
from drcheck.errors import DesignError, UsageError
from drcheck.kernels.deadline import Deadline, apart
from drcheck.kernels.interrupts import deferred
from drcheck.workers.jobs import Job, Means, Outcome, Version, do, unlike

PATIENCE = 10.0
"""Seconds to wait for a scheduler to answer, and for a worker to be there."""
POLL = 0.02
"""Seconds between two questions whether something is done."""
AHEAD = 2
"""How many jobs are sent for each thread of the workers: one that it does, and one that waits there."""
SHARE = 0.7
"""Of a worker's limit of memory, the part that a search may use: Dask ends a worker that uses nearly all of it."""
TRIES = 2
"""How often a job is tried that ends with an error."""


class Cluster:
    """The workers of a cluster, for work about some designs.

    Raises UsageError DR408, DR412 for a cluster that cannot be used, DesignError DR220 for a worker of another model or drcheck.
    """

    def __init__(self, address: str, designs: Sequence[Design]) -> None:
        try:
            self._dask: Any = importlib.import_module("distributed")
        except ImportError:
            raise UsageError(
                "DR408",
                "a cluster needs Dask's distributed, which is not installed",
                remedy="install the extra with pip install 'drcheck[cluster]', here and on the workers",
            ) from None
        for name in (
            "distributed",
            "distributed.client",
        ):  # what they say of lost workers is told as answers, and errors
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._client: Any = None
        with deferred(patient=True):
            failed = self._connect(address)
        if failed:
            self.close()
            gc.collect()  # now, and not while another client is made, which would wait for this one
            raise UsageError(
                "DR412",
                f"the cluster at {address} cannot be used: {failed}",
                remedy="give the address that its scheduler prints, such as tcp://10.0.0.1:8786, with a worker at least",
            )
        self.failed: list[str] = []
        """What failed each time it was tried, a line each."""
        self._name = uuid.uuid4().hex
        self._sent: dict[Any, tuple[Job, int]] = {}
        try:
            with deferred(patient=True):
                self._refuse_others(designs)
        except BaseException:
            self.close()
            raise

    def _connect(self, address: str) -> str:
        """Connect to the scheduler. Why that cannot be done, or ""."""
        try:
            self._client = self._dask.Client(address, timeout=PATIENCE, set_as_default=False)
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, ValueError, TypeError, TimeoutError) as error:
            return str(error) or type(error).__name__
        return ""

    def _refuse_others(self, designs: Sequence[Design]) -> None:
        """Refuse workers that would not do what is asked. Raises DesignError DR220."""
        try:
            said: dict[str, str] = self._client.run(unlike_any, [Version.of(design) for design in designs])
        except Exception as error:  # whatever a worker without drcheck raises
            said = {"a worker": f"drcheck cannot be used there: {type(error).__name__}: {error}"}
        wrong = {worker: why for worker, why in said.items() if why}
        if wrong:
            worker, why = next(iter(sorted(wrong.items())))
            more = f", and {len(wrong) - 1} more like it" if len(wrong) > 1 else ""
            raise other_worker(f"{worker}{more}: {why}")

    @property
    def threads(self) -> int:
        """How many threads the workers have now: some may have come or gone."""
        with deferred(patient=True):
            known = self._client.scheduler_info(n_workers=-1).get("workers", {})
        return max(1, sum(int(worker["nthreads"]) for worker in known.values()))

    def run(self, jobs: Iterable[Job], deadline: Deadline) -> Iterator[tuple[Job, Outcome]]:
        """Do jobs, which are taken as they are needed, and give each with what became of it, in any order.

        Raises DesignError DR220 where a worker refuses one, UsageError DR412 where the scheduler is gone, and KeyboardInterrupt;
        what the workers do then is ended.
        """
        source = iter(jobs)
        with deferred(patient=True):
            waiting = self._dask.as_completed(loop=self._client.loop)
        try:
            self._fill(waiting, source, deadline)
            while self._sent:
                for job, outcome, tries in self._done(waiting):
                    if outcome.refused:
                        raise other_worker(outcome.error)
                    if outcome.error and outcome.error != LOST and tries < TRIES and not deadline.passed:
                        self._send(waiting, job, tries + 1, deadline)
                        continue
                    if outcome.error:
                        self.failed.append(f"{job.label}: {outcome.error}")
                    yield job, outcome
                    self._fill(waiting, source, deadline)
        finally:
            self._end_what_runs()

    def _done(self, waiting: Any) -> Iterator[tuple[Job, Outcome, int]]:
        """What is done now, with how often each was tried; where that is nothing, a little later."""
        with deferred(patient=True):
            futures = waiting.next_batch(block=False)
        if not futures:
            time.sleep(POLL)  # where an interrupt is heard
        for future in futures:
            outcome = _outcome(future)
            self._refuse_if_gone()
            yield self._sent[future][0], outcome, self._sent.pop(future)[1]
        self._refuse_if_gone()

    def _fill(self, waiting: Any, source: Iterator[Job], deadline: Deadline) -> None:
        """Send as many jobs as the workers have threads, and some more."""
        most = self.threads * AHEAD
        while len(self._sent) < most:
            job = next(source, None)
            if job is None:
                return
            self._send(waiting, job, 1, deadline)

    def _refuse_if_gone(self) -> None:
        if self._client.status != "running":
            raise UsageError(
                "DR412",
                "the scheduler of the cluster is gone",
                remedy="start it, and the command again: what a sweep has answered by then is kept",
            )

    def _send(self, waiting: Any, job: Job, tries: int, deadline: Deadline) -> None:
        seconds = None if deadline.seconds is None else max(deadline.left, 1e-3)
        with deferred(patient=True):
            key = f"drcheck-{uuid.uuid4().hex}"
            future = self._client.submit(done_here, job, seconds, self._name, key=key, pure=False)
            self._sent[future] = job, tries
            waiting.add(future)

    def _end_what_runs(self) -> None:
        """End what still runs, where nobody waits for it any more."""
        with deferred(patient=True):
            if self._sent and self._client.status == "running":
                self._client.cancel(list(self._sent))
                self._client.run(end_all, self._name, on_error="ignore")
            self._sent.clear()

    def close(self) -> None:
        """Let go of the cluster, which goes on."""
        if self._client is not None:
            with deferred(patient=True):
                self._client.close()


@contextmanager
def joined(address: str | None, designs: Sequence[Design]) -> Iterator[Cluster | None]:
    """A cluster for the time of a block; None where no address is given. Raises what `Cluster` raises."""
    if address is None:
        yield None
        return
    cluster = Cluster(address, designs)
    try:
        yield cluster
    finally:
        cluster.close()


LOST = "each worker that did it was lost"


def other_worker(why: str) -> DesignError:
    """The error where a worker has another model, or another drcheck."""
    return DesignError(
        "DR220",
        f"a worker does not check what is asked: {why}",
        remedy="start workers in the folder of the same model, with the same drcheck",
    )


def _outcome(future: Any) -> Outcome:
    """What became of a job that was sent. Its result may be lost with the worker that has it: then it is done once more."""
    try:
        found = apart(future.result)  # which may wait until the worker that had it is replaced
    except Exception as error:  # whatever Dask makes of a lost worker, or of what a worker cannot do
        lost = type(error).__name__ == "KilledWorker"
        return Outcome(error=LOST if lost else f"{type(error).__name__}: {error}")
    assert isinstance(found, Outcome)
    return found


# -- on a worker -------------------------------------------------------------------------------------------------------
_running: dict[str, set[Deadline]] = {}
"""The deadlines of the jobs that this worker does, by who asked for them."""
_lock = threading.Lock()


def unlike_any(versions: Sequence[Version]) -> str:
    """Why this worker does not do what is asked about some designs, or ""."""
    return next((why for version in versions if (why := unlike(version))), "")


def done_here(job: Job, seconds: float | None, name: str) -> Outcome:
    """Do a job that a client has sent. `name`: of the client."""
    memory = _memory(job.memory)
    deadline = Deadline(seconds, Limits(memory=memory).budget, endable=True)
    with _lock:
        _running.setdefault(name, set()).add(deadline)
    try:
        return do(job, Means(deadline, memory, job.threads or 1))
    finally:
        with _lock:
            _running[name].discard(deadline)


def end_all(name: str) -> None:
    """End the jobs of a client that is gone."""
    with _lock:
        for deadline in _running.pop(name, set()):
            deadline.end("an interrupt")
        _running[name] = set()


def _memory(most: int | None) -> int | None:
    """How many bytes a search may use here: what was asked for, and less than what makes Dask end the worker."""
    limit = None
    with suppress(ValueError):  # no worker at all
        worker: Any = importlib.import_module("distributed").get_worker()
        limit = getattr(getattr(worker, "memory_manager", None), "memory_limit", None)
    own = int(limit * SHARE) if limit else None
    return min((size for size in (most, own) if size is not None), default=None)


__all__ = ["LOST", "Cluster", "joined", "other_worker"]
