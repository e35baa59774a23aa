"""A process that reviews designs for another one: `python -m drcheck.report.worker`.

It reads from standard input how designs are reviewed, then a design after the other, and writes to standard output which searches
are made, and what was found. It ends as soon as nobody writes to it any more, so that none is left behind when the process that
started it is killed.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from dataclasses import replace
from typing import Any

from drcheck.designs.design import load
from drcheck.engines.protocol import Listener
from drcheck.report.processes import DONE, FAILED, LABEL, PROGRESS, get, put
from drcheck.report.work import Task, Work
from drcheck.verdicts.check import prepare_all


def main() -> None:
    """Review designs until there are none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started it hears Ctrl-C, and ends it
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a model prints
    waiting: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=_read, args=(waiting,), daemon=True).start()

    def listener(label: str) -> Listener:
        put(answers, (LABEL, label))
        return lambda progress: put(answers, (PROGRESS, progress))

    work: Work = replace(waiting.get(), listener=listener)
    while True:
        key, name, settings = waiting.get()
        try:
            task = Task(key, load(name), settings)
            (ready,) = prepare_all([(task.design, settings)], work.limits)
            put(answers, (DONE, work.design(task, ready)))
        except Exception:  # whatever it is, the process that started it does the same, and tells it
            put(answers, (FAILED, None))


def _read(waiting: queue.Queue[Any]) -> None:
    """Put what comes in where it is waited for; at its end, end the process, whatever it is doing."""
    try:
        while True:
            waiting.put(get(sys.stdin.buffer))
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
