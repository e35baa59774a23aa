"""The command line, `drcheck COMMAND ...`: one module for each command, and a boundary that turns errors into one line.

Nothing heavy is imported before a command runs, so that `drcheck --help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status. See `drcheck.cli.boundary` for the statuses."""
    from drcheck.cli.boundary import run

    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


__all__ = ["main"]
