"""A process that does units for another one: `python -m drcheck.answers.sweeps.worker`.

It reads units from standard input, a JSON object a line, and writes what became of each to standard output, likewise. It ends as
soon as nobody writes to it any more, so that none is left behind when the process that started it is killed.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading

from drcheck.answers.sweeps.units import do, unit_from


def main() -> None:
    """Do units until there are none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started it hears Ctrl-C, and ends it
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a model prints
    waiting: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(waiting,), daemon=True).start()
    while True:
        done = do(unit_from(json.loads(waiting.get())))
        answers.write(json.dumps(done.plain()) + "\n")
        answers.flush()


def _read(waiting: queue.Queue[str]) -> None:
    """Put what comes in where it is waited for; at its end, end the process, whatever it is doing."""
    try:
        for line in sys.stdin:
            waiting.put(line)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
