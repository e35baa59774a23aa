"""The command that opens the explorer at the end of a trace: `drcheck explore DESIGN --set ... --at 'system=... ...'`."""

from __future__ import annotations

import shlex
import textwrap
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

    def lines(self, width: int | None = None) -> list[str]:
        """The lines of a shell that open it, whatever the length of the path, without a file.

        With a `width` they are broken so that a shell still reads them: after a backslash, or, in the path, at any blank.
        """
        if self.is_long:
            return [f"{self.command} --at - <<'PATH'", *_broken(self.path, width), "PATH"]
        if width is None or len(self.whole) <= width:
            return [self.whole]
        # The blanks before the next word are those that the shell needs, so that a line may also end close before its backslash.
        first = [f"{line} \\" if len(line) + 2 <= width else f"{line}\\" for line in _broken(self.command, width - 1)]
        return [*first, *_broken(f"  --at={shlex.quote(self.path)}", width)]


def _broken(text: str, width: int | None) -> list[str]:
    """A text on lines of at most a width; words are not broken."""
    if width is None or len(text) <= width:
        return [text]
    return textwrap.wrap(text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def opening(system: System, path: str) -> Opening | None:
    """How a path is opened in the explorer on a system; None for one that is of no design, or not as its design has it."""
    if not system.invocation:
        return None
    return Opening(shlex.join(["drcheck", "explore", *system.invocation]), path)


def opening_of(trace: Trace) -> Opening | None:
    """The same of a trace."""
    return opening(trace.system, str(path_of(trace))) if trace.system.invocation else None


__all__ = ["Opening", "opening", "opening_of"]
