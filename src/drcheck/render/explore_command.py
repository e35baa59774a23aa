"""The command that opens the explorer at the end of a trace: `drcheck explore DESIGN --set ... --at 'system=... ...'`."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from drcheck.system.path_text import LONG, path_of
from drcheck.system.system import System
from drcheck.system.trace import Trace


@dataclass(frozen=True)
class Opening:
    """How a path is opened: the command, without the path, and the path."""

    command: str
    path: str

    @property
    def is_long(self) -> bool:
        """Whether the path is too long for a command."""
        return len(self.path) > LONG

    @property
    def whole(self) -> str:
        """The command with the path, however long that is."""
        return f"{self.command} --at {shlex.quote(self.path)}"

    def named(self, file: str) -> str:
        """The command with the path, or, if that is long, with the name of a file that has it."""
        return f"{self.command} --at {shlex.quote(f'@{file}')}" if self.is_long else self.whole

    def lines(self) -> list[str]:
        """The lines of a shell that open it, whatever the length of the path, without a file."""
        if not self.is_long:
            return [self.whole]
        return [f"{self.command} --at - <<'PATH'", self.path, "PATH"]


def opening(system: System, path: str) -> Opening | None:
    """How a path is opened in the explorer on a system; None for one that is of no design, or not as its design has it."""
    if not system.invocation:
        return None
    return Opening(shlex.join(["drcheck", "explore", *system.invocation]), path)


def opening_of(trace: Trace) -> Opening | None:
    """The same of a trace."""
    return opening(trace.system, str(path_of(trace))) if trace.system.invocation else None


__all__ = ["Opening", "opening", "opening_of"]
