"""The command line, `drcheck COMMAND ...`: one module for each command, and a boundary that turns errors into one line.

Nothing heavy is imported before a command runs, so that `drcheck --help` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from drcheck.starting import release


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status. See `drcheck.cli.main` for the statuses."""
    try:
        release()
        from drcheck.cli.main import run

        status = run(sys.argv[1:] if arguments is None else list(arguments))
    except KeyboardInterrupt:  # while the command line is imported
        sys.stderr.write("interrupted: nothing was decided and no file was left half-written\n")
        status = 130
    _end(status)


def _end(status: int) -> None:
    """Exit; at once if machine code is running whose result is no longer needed."""
    deadline = sys.modules.get("drcheck.kernels.deadline")
    if deadline is not None and deadline.left_alone():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


__all__ = ["main"]
