"""The first things of the command: an interrupt while it still imports its modules is one line, and numpy starts no threads.

The script of the command imports this package before any code of it can catch anything. This module must stay light.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from types import FrameType
else:
    import _signal  # what `signal` wraps: that takes longer to import than all else here, and an interrupt could come between

_LINE = b"interrupted: nothing was decided and no file was left half-written\n"


def _is_command() -> bool:
    """Whether this process is the command: its script, or `python -m drcheck`."""
    script = os.path.basename(sys.argv[0]) if getattr(sys, "argv", None) else ""  # noqa: PTH119  # pathlib takes as long as all else
    return script in ("drcheck", "drcheck.exe", "drcheck-script.py") or (script == "-m" and "drcheck" in sys.orig_argv)


def spare_threads() -> None:
    """Let numpy's linear algebra, which the command never uses, start no threads: they take 50 ms of processor time.

    What the user has set is kept. In other programs that import this package nothing is changed.
    """
    if _is_command():
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _end(number: int, frame: FrameType | None) -> None:
    os.write(2, _LINE)
    os._exit(128 + number)


def hold() -> None:
    """From now on, until `release`, an interrupt ends the process of the command with one line."""
    try:
        if _is_command() and _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
            _signal.signal(_signal.SIGINT, _end)
    except ValueError:  # not the main thread
        return


def release() -> None:
    """Interrupts are caught from now on."""
    if _signal.getsignal(_signal.SIGINT) is _end:
        _signal.signal(_signal.SIGINT, _signal.default_int_handler)


hold()
spare_threads()
