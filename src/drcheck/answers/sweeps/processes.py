"""Units done by several processes of this machine, which share its processors and its memory.

Each process may use its part of the memory. A unit for which that is too little is done again when all others are done, alone
and with all of it, so that what is decided does not depend on the number of processes. A process that ends costs its unit only,
which is tried once more.
"""

from __future__ import annotations

import json
import math
import os
import selectors
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from drcheck.answers.sweeps.places import TRIES, Here
from drcheck.answers.sweeps.units import Done, Unit, do, done_from
from drcheck.designs.design import Design, can_be_loaded
from drcheck.errors import UsageError
from drcheck.kernels.budget import RESERVE, available, resident
from drcheck.kernels.children import Child
from drcheck.kernels.deadline import Deadline

LEAST = 192 << 20
"""Bytes that each process has at least: drcheck, a compiler, and a small search."""
LATE = 10.0
"""Seconds after the deadline until a process that has not stopped by itself is ended."""
SMALL, PATIENCE = 4_000, 1.0
"""Searches of so many states, for so many seconds in all, are done without starting processes."""


class Processes:
    """So many processes of this machine, started as they are needed. Raises UsageError DR401 for less than one."""

    def __init__(self, number: int | None = None) -> None:
        if number is not None and number < 1:
            raise UsageError("DR401", f"{number} processes do nothing", remedy="give 1 or more")
        self.number = number or os.cpu_count() or 1
        self._workers: list[_Worker] = []

    def run(self, units: Iterable[Unit], deadline: Deadline) -> Iterator[tuple[Unit, Done]]:
        """See `Place.run`."""
        waiting, source = deque[Unit](), iter(units)
        tries: dict[int, int] = {}
        large: list[Unit] = []
        number, share = self.shares(None)
        first = True
        selector = selectors.DefaultSelector()
        try:
            while True:
                while len(self._busy()) < number:
                    unit = waiting.popleft() if waiting else next(source, None)
                    if unit is None:
                        break
                    if first:
                        first = False
                        number, share = self.shares(unit.memory)
                    self._send(unit, number, share, deadline, selector)
                if not self._busy():
                    break
                for worker in self._heard(selector, deadline):
                    unit = worker.unit
                    assert unit is not None
                    done = worker.answer()
                    worker.unit = None
                    if done is None:  # it has ended
                        done = Done({}, error=f"its process {worker.end()}")
                        selector.unregister(worker.pipe)
                        self._workers.remove(worker)
                    if done.short == "memory" and number > 1:
                        large.append(unit)
                    elif done.error and not done.refused and tries.get(id(unit), 1) < TRIES and not deadline.passed:
                        tries[id(unit)] = tries.get(id(unit), 1) + 1
                        waiting.append(unit)
                    else:
                        yield unit, done
        finally:
            selector.close()
            self.close()
        for unit in large:  # alone, and with all the memory
            if not deadline.passed:
                alone = Processes(1)
                yield from alone.run([unit], deadline)

    def close(self) -> None:
        """End the processes."""
        for worker in self._workers:
            worker.kill()
        self._workers.clear()

    def _busy(self) -> list[_Worker]:
        return [worker for worker in self._workers if worker.unit is not None]

    def shares(self, most: int | None) -> tuple[int, int | None]:
        """How many processes there is room for, and the bytes that each may use; None: any number."""
        left = available()
        own = resident() or 0
        total = most - own if most is not None else None if left is None else max(left - RESERVE, 0)
        if total is None or self.number == 1:
            return self.number, most
        number = max(1, min(self.number, total // LEAST))
        return number, most if number == 1 else total // number

    def _send(
        self, unit: Unit, number: int, share: int | None, deadline: Deadline, selector: selectors.BaseSelector
    ) -> None:
        worker = next((one for one in self._workers if one.unit is None), None)
        if worker is None:
            worker = _Worker()
            self._workers.append(worker)
            selector.register(worker.pipe, selectors.EVENT_READ, worker)
        threads = unit.threads or max(1, (os.cpu_count() or 1) // number)
        left = None if deadline.left == math.inf else max(deadline.left, 1e-3)
        worker.send(unit, replace(unit, memory=share, threads=threads, seconds=left))

    def _heard(self, selector: selectors.BaseSelector, deadline: Deadline) -> list[_Worker]:
        """The processes that have answered or ended; after the deadline those that do not answer are ended."""
        wait = None if deadline.left == math.inf else deadline.left + LATE
        ready = selector.select(wait)
        if not ready:
            for worker in self._busy():
                worker.kill()
            ready = selector.select(LATE)
        return [key.data for key, _ in ready if key.data.complete()]


class _Worker:
    """One process, and the unit that it does."""

    def __init__(self) -> None:
        self._child = Child("drcheck.answers.sweeps.worker")
        self.pipe = self._child.pipe
        self._text, self._over = b"", False
        self.unit: Unit | None = None

    def send(self, unit: Unit, told: Unit) -> None:
        """Have a unit done; `told`: with the limits of this process."""
        self.unit = unit
        with suppress(OSError):  # that it has ended is heard as no answer
            self._child.to.write((json.dumps(told.plain()) + "\n").encode())
            self._child.to.flush()

    def complete(self) -> bool:
        """Take in what it has written. Whether that is a whole answer, or it has ended."""
        read = os.read(self.pipe, 1 << 16)
        self._text += read
        self._over = not read
        return self._over or self._text.endswith(b"\n")

    def answer(self) -> Done | None:
        """What became of its unit; None if the process ended."""
        if self._over:
            return None
        text, self._text = self._text, b""
        return done_from(json.loads(text))

    def end(self) -> str:
        """How it ended, in words."""
        return self._child.ended()

    def kill(self) -> None:
        """End it."""
        self._child.kill()


class ThisMachine:
    """This process while searches are small, then several (see `Processes`). Of a design that others can load."""

    def __init__(self, design: Design, here: Here, number: int | None = None) -> None:
        self._here, self._processes = here, Processes(number)
        self._alone = self._processes.number == 1 or not can_be_loaded(design)

    def run(self, units: Iterable[Unit], deadline: Deadline) -> Iterator[tuple[Unit, Done]]:
        """See `Place.run`."""
        if self._alone:
            yield from self._here.run(units, deadline)
            return
        source, began = iter(units), time.monotonic()
        for unit in source:
            looked = do(replace(unit, states=min(SMALL, unit.states or SMALL)), deadline)
            if looked.limited and unit.states != SMALL:
                yield from self._processes.run(_chained(unit, source), deadline)
                return
            yield unit, looked
            if time.monotonic() - began > PATIENCE:
                yield from self._processes.run(source, deadline)
                return

    def close(self) -> None:
        """See `Place.close`."""
        self._processes.close()


def _chained(first: Unit, rest: Iterator[Unit]) -> Iterator[Unit]:
    yield first
    yield from rest


__all__ = ["Processes", "ThisMachine"]
