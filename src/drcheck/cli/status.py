"""The exit statuses of the command line."""

from __future__ import annotations

OK, VIOLATION, ERROR, UNDECIDED, PIPE = 0, 1, 2, 3, 141


NOTHING_DECIDED = "interrupted: nothing was decided and no file was left half-written"


INTERRUPTED_LINE = "interrupted: what was decided by then is reported, and the rest is not decided"
"""What `check` and `claims` say after Ctrl-C, SIGTERM or SIGHUP."""
