"""The designs of a review worked at by several processes: the same answers as by one, sooner.

Each process is given a design at a time, the largest first. What it finds comes back as it would have been found here; a design
whose process raises an error, or ends, is done again here, which raises the same error.
"""

from __future__ import annotations

import gc
import os
import pickle
import selectors
import struct
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, BinaryIO

from drcheck.designs.design import can_be_loaded, load
from drcheck.engines.protocol import Limits, Listener
from drcheck.kernels.children import Child
from drcheck.kernels.deadline import Deadline
from drcheck.kernels.region import return_freed
from drcheck.report.work import Reviewed, Task, Work
from drcheck.verdicts.check import Prepared, prepare
from drcheck.workers.cluster import Cluster
from drcheck.workers.jobs import Job, Means, Version

PAYS_FROM = 40
"""For fewer properties no processes are started: each takes as long to start as some searches."""
LENGTH = struct.Struct("<Q")
"""How a message begins: with its length."""


def reviewed(
    work: Work,
    tasks: Sequence[Task],
    prepared: Callable[[], list[Prepared]],
    number: int = 1,
    cluster: Cluster | None = None,
) -> list[Reviewed]:
    """What is found of each design, in order. `prepared` composes all of them; what it raises is raised here.

    `cluster`: whose workers work at them instead, a design each; one that fails there each time is done here.

    Processes begin with the largest designs meanwhile, and are ended where something is wrong with one. With limits of memory,
    and with logs and files, all is done here: those are of one process.
    """
    if cluster is not None:
        found = dict(_by_cluster(work, tasks, cluster, prepared))
        return [found[n] if n in found else _again(work, tasks[n]) for n in range(len(tasks))]
    limits = work.limits
    alone = limits.memory is not None or limits.log is not None or limits.disk is not None
    if number == 1 or len(tasks) == 1 or alone or not all(can_be_loaded(task.design) for task in tasks):
        return _here(work, tasks, prepared())
    stated = [len(task.design.statements(task.settings)) for task in tasks]
    if sum(stated) < PAYS_FROM:
        return _here(work, tasks, prepared())
    order = sorted(range(len(tasks)), key=lambda n: -stated[n] * len(tasks[n].design.parameters))
    spent: list[float] = []

    def meanwhile() -> None:
        spent.extend(one.spent for one in prepared())
        gc.collect()
        return_freed()  # the processes need the memory

    found = dict(_elsewhere(work, tasks, order, min(number, len(tasks)), meanwhile))
    for n in order:
        if n not in found:
            again = prepare(tasks[n].design, tasks[n].settings)
            found[n] = work.design(tasks[n], replace(again, spent=spent[n]))
    return [found[n] for n in range(len(tasks))]


def _again(work: Work, task: Task) -> Reviewed:
    return work.design(task, prepare(task.design, task.settings))


def _by_cluster(
    work: Work, tasks: Sequence[Task], cluster: Cluster, prepared: Callable[[], list[Prepared]]
) -> Iterator[tuple[int, Reviewed]]:
    """What the workers of a cluster find, each with the number of its design; nothing of a design that they could not do."""
    prepared()  # what is wrong with a design is told before any search
    told = replace(work, listener=None, limits=Limits(work.limits.states, work.limits.seconds))
    jobs = [
        Job(
            THERE,
            (told, n, task.key, task.design.name, task.settings),
            Version.of(task.design),
            f"the review of {task.design.name}",
            work.limits.memory,
            work.limits.threads,
        )
        for n, task in enumerate(tasks)
    ]
    for done, (job, outcome) in enumerate(cluster.run(jobs, Deadline()), 1):
        if work.listener is not None:
            work.listener(f"{done} of {len(tasks)} designs reviewed")
        if not outcome.error:
            yield job.data[1], outcome.value


THERE = "drcheck.report.processes:reviewed_there"


def reviewed_there(data: tuple[Work, int, str, str, Mapping[str, Any]], means: Means) -> Reviewed:
    """What is found of a design, on a worker."""
    work, _, key, name, settings = data
    own = replace(work, limits=replace(work.limits, memory=means.memory, threads=means.threads))
    task = Task(key, load(name), settings)
    return own.design(task, prepare(task.design, task.settings))


def _here(work: Work, tasks: Sequence[Task], ready: list[Prepared]) -> list[Reviewed]:
    """What is found by this process; what was composed is let go one by one."""
    waiting = deque(ready)
    ready.clear()
    return [work.design(task, waiting.popleft()) for task in tasks]


def _elsewhere(
    work: Work, tasks: Sequence[Task], order: Sequence[int], number: int, meanwhile: Callable[[], None]
) -> Iterator[tuple[int, Reviewed]]:
    """What processes find, each with the number of its design; nothing of a design that they could not do.

    `meanwhile`: what is done here once they have begun.
    """
    threads = work.limits.threads or max(1, (os.cpu_count() or 1) // number)
    told = replace(work, listener=None, limits=replace(work.limits, threads=threads))
    waiting, selector = deque(order), selectors.DefaultSelector()
    with _started(number) as workers, selector:
        for worker in workers:
            selector.register(worker.pipe, selectors.EVENT_READ, worker)
            worker.send(told)
            _next(worker, tasks, waiting)
        meanwhile()
        while any(worker.at is not None for worker in workers):
            for key, _ in selector.select():
                worker = key.data
                for kind, said in worker.read():
                    if kind == LABEL:
                        worker.listener = None if work.listener is None else work.listener(said)
                    elif kind == PROGRESS:
                        if worker.listener is not None:
                            worker.listener(said)
                    else:
                        if kind == DONE:
                            yield worker.at, said
                        worker.at = None
                        _next(worker, tasks, waiting)
                if worker.over:
                    worker.at = None
                    selector.unregister(worker.pipe)


LABEL, PROGRESS, DONE, FAILED = "label", "progress", "done", "failed"


def _next(worker: Worker, tasks: Sequence[Task], waiting: deque[int]) -> None:
    """Give a process the next design, if there is one."""
    if waiting and not worker.over:
        worker.at = waiting.popleft()
        task = tasks[worker.at]
        worker.send((task.key, task.design.name, task.settings))


@contextmanager
def _started(number: int) -> Iterator[list[Worker]]:
    """Some processes, which are ended at the end."""
    workers: list[Worker] = []
    try:
        for _ in range(number):
            workers.append(Worker())
        yield workers
    finally:
        for worker in workers:
            worker.end()


class Worker:
    """One process. `at`: the number of the design that it works at; `listener`: what hears of its search."""

    def __init__(self) -> None:
        self._child = Child("drcheck.report.worker")
        self.process, self.pipe = self._child.process, self._child.pipe
        self._read, self.over = b"", False
        self.at: int | None = None
        self.listener: Listener | None = None

    def send(self, message: Any) -> None:
        """Tell it something; that it has ended is heard where it is read."""
        with suppress(OSError):
            put(self._child.to, message)

    def read(self) -> Iterator[tuple[str, Any]]:
        """The messages that have come whole."""
        part = os.read(self.pipe, 1 << 20)
        self.over = not part
        self._read += part
        while len(self._read) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self._read)
            if len(self._read) < LENGTH.size + length:
                return
            message, self._read = self._read[LENGTH.size : LENGTH.size + length], self._read[LENGTH.size + length :]
            yield pickle.loads(message)

    def end(self) -> None:
        """End it."""
        self._child.kill()


def put(stream: BinaryIO | Any, message: Any) -> None:
    """Write a message."""
    content = pickle.dumps(message)
    stream.write(LENGTH.pack(len(content)) + content)
    stream.flush()


def get(stream: BinaryIO) -> Any:
    """Read a message. Raises EOFError where there is none any more."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    return pickle.loads(stream.read(LENGTH.unpack(head)[0]))


__all__ = ["DONE", "FAILED", "LABEL", "PROGRESS", "Worker", "get", "put", "reviewed"]
