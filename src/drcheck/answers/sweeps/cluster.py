"""Units done by the workers of a running Dask cluster (`distributed`, the extra `cluster`), by the address of its scheduler.

A unit is sent as plain data and comes back as such; each worker composes the design itself, and one with another model or
another drcheck is refused. What a lost worker was doing is done by another one: Dask sends it again, and gives it up when it has
cost more workers than the scheduler allows (`distributed.scheduler.allowed-failures`). The library is imported when a cluster is
asked for.
"""

from __future__ import annotations

import gc
import importlib
import logging
import threading
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from drcheck.answers.own_code import code_digest
from drcheck.answers.sweeps.places import TRIES
from drcheck.answers.sweeps.units import Done, Unit, do, done_from, unit_from
from drcheck.designs.design import Design, load
from drcheck.engines.protocol import Limits
from drcheck.errors import DesignError, DrcheckError, UsageError
from drcheck.kernels.deadline import Deadline

PATIENCE = 10.0
"""Seconds to wait for a scheduler to answer, and for a worker to be there."""
AHEAD = 2
"""How many units are sent for each thread of the workers: one that it does, and one that waits there."""
SHARE = 0.7
"""Of a worker's limit of memory, the part that a search may use: Dask ends a worker that uses nearly all of it."""


class Cluster:
    """The workers of a cluster. Raises UsageError DR408, DR412 for one that cannot be used, and DesignError DR220."""

    def __init__(self, address: str, design: Design) -> None:
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
        failed = self._connect(address)
        if failed:
            self.close()
            gc.collect()  # now, and not while another client is made, which would wait for this one
            raise UsageError(
                "DR412",
                f"the cluster at {address} cannot be used: {failed}",
                remedy="give the address that its scheduler prints, such as tcp://10.0.0.1:8786, with a worker at least",
            )
        self._name = uuid.uuid4().hex
        self._sent: dict[Any, tuple[Unit, int]] = {}
        try:
            self._refuse_others(design)
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

    def _refuse_others(self, design: Design) -> None:
        """Refuse workers that would not do what is asked. Raises DesignError DR220."""
        try:
            said: dict[str, str] = self._client.run(unlike, code_digest(), design.name)
        except Exception as error:  # whatever a worker without drcheck raises
            said = {"a worker": f"drcheck cannot be used there: {type(error).__name__}: {error}"}
        wrong = {worker: why for worker, why in said.items() if why}
        if wrong:
            worker, why = next(iter(sorted(wrong.items())))
            more = f", and {len(wrong) - 1} more like it" if len(wrong) > 1 else ""
            raise DesignError(
                "DR220",
                f"a worker does not check what is asked: {worker}{more}: {why}",
                remedy="start workers in the folder of the same model, with the same drcheck",
            )

    def run(self, units: Iterable[Unit], deadline: Deadline) -> Iterator[tuple[Unit, Done]]:
        """See `Place.run`."""
        source = iter(units)
        waiting = self._dask.as_completed(loop=self._client.loop)
        try:
            self._fill(waiting, source, deadline)
            for future in waiting:
                unit, tries = self._sent.pop(future)
                done = _done(future)
                self._refuse_if_gone()
                if done.error and not done.refused and done.error != LOST and tries < TRIES and not deadline.passed:
                    self._send(waiting, unit, tries + 1, deadline)
                    continue
                yield unit, done
                self._fill(waiting, source, deadline)
        finally:
            self._end_what_runs()

    def _fill(self, waiting: Any, source: Iterator[Unit], deadline: Deadline) -> None:
        """Send as many units as the workers have threads, and some more. Workers may have come or gone."""
        known = self._client.scheduler_info(n_workers=-1).get("workers", {})
        threads = sum(worker["nthreads"] for worker in known.values())
        while len(self._sent) < max(1, threads) * AHEAD:
            unit = next(source, None)
            if unit is None:
                return
            self._send(waiting, unit, 1, deadline)

    def _refuse_if_gone(self) -> None:
        if self._client.status != "running":
            raise UsageError(
                "DR412",
                "the scheduler of the cluster is gone",
                remedy="start it, and the sweep again: what was answered by then is kept",
            )

    def _send(self, waiting: Any, unit: Unit, tries: int, deadline: Deadline) -> None:
        seconds = None if deadline.seconds is None else max(deadline.left, 1e-3)
        told = replace(unit, seconds=seconds).plain()
        future = self._client.submit(done_of, told, self._name, key=f"drcheck-{uuid.uuid4().hex}", pure=False)
        self._sent[future] = unit, tries
        waiting.add(future)

    def _end_what_runs(self) -> None:
        """End the searches that still run, where nobody waits for them any more."""
        if self._sent and self._client.status == "running":
            self._client.cancel(list(self._sent))
            self._client.run(end_all, self._name, on_error="ignore")
        self._sent.clear()

    def close(self) -> None:
        """Let go of the cluster, which goes on."""
        if self._client is not None:
            self._client.close()


LOST = "each worker that did it was lost"


def _done(future: Any) -> Done:
    """What became of a unit that was sent. Its result may be lost with the worker that has it: then it is done once more."""
    try:
        return done_from(future.result())
    except Exception as error:  # whatever Dask makes of a lost worker, or of what a worker cannot do
        lost = type(error).__name__ == "KilledWorker"
        return Done({}, error=LOST if lost else f"{type(error).__name__}: {error}")


# -- on a worker -------------------------------------------------------------------------------------------------------
_running: dict[str, set[Deadline]] = {}
"""The deadlines of the units that this worker does, by who asked for them."""
_lock = threading.Lock()


def unlike(code: str, target: str) -> str:
    """Why this worker does not check what is asked, or ""."""
    if code != code_digest():
        return f"it has another version of drcheck: code {code_digest()}, not {code}"
    try:
        load(target)
    except DrcheckError as error:
        return str(error)
    return ""


def done_of(data: dict[str, Any], name: str) -> dict[str, Any]:
    """Do a unit, all as plain data."""
    unit = unit_from(data)
    unit = replace(unit, memory=_memory(unit.memory), threads=unit.threads or 1)
    deadline = Deadline(unit.seconds, Limits(memory=unit.memory).budget, endable=True)
    with _lock:
        _running.setdefault(name, set()).add(deadline)
    try:
        return do(unit, deadline).plain()
    finally:
        with _lock:
            _running[name].discard(deadline)


def end_all(name: str) -> None:
    """End the searches of a client that is gone."""
    with _lock:
        for deadline in _running.pop(name, set()):
            deadline.end("an interrupt")
        _running[name] = set()


def _memory(most: int | None) -> int | None:
    """How many bytes a search may use here: what was asked for, and less than what makes Dask end the worker."""
    worker: Any = importlib.import_module("distributed").get_worker()
    limit = getattr(getattr(worker, "memory_manager", None), "memory_limit", None)
    own = int(limit * SHARE) if limit else None
    return min((size for size in (most, own) if size is not None), default=None)


__all__ = ["Cluster"]
