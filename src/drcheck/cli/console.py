"""What is printed where: results on standard output, progress and errors on standard error."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, cast

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from drcheck.explore.protocol import Listener, Progress

WIDTH = 120
"""Columns where the output is not a terminal and COLUMNS is not set."""
_BLANKS = re.compile(r" +$", re.MULTILINE)


class _Console(Console):
    """A console that never interprets text as markup and leaves a closed pipe to the boundary."""

    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


class _Unpadded:
    """A text stream without the blanks that tables leave at the ends of lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(_BLANKS.sub("", text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def output() -> Console:
    """The console of results."""
    if sys.stdout.isatty():
        return _Console(markup=False, emoji=False, highlight=False)
    width = None if os.environ.get("COLUMNS") else WIDTH
    stream = cast(TextIO, _Unpadded(sys.stdout))
    return _Console(file=stream, width=width, markup=False, emoji=False, highlight=False)


def plain(console: Console, line: str = "", style: str | None = None, indent: int = 0) -> None:
    """Print a line of text, wrapped at the console's width, continuation lines indented like the first."""
    margin = " " * indent
    wrapped = textwrap.wrap(
        line, max(40, console.width), initial_indent=margin, subsequent_indent=margin,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    for part in wrapped or [""]:
        console.print(Text(part, style=style or ""), soft_wrap=True)


class Display:
    """The line that a running search shows on a terminal. Without a terminal it shows nothing and costs nothing."""

    def __init__(self, show: Callable[[str], None] | None) -> None:
        self._show = show

    def say(self, text: str) -> None:
        """Say what is being done."""
        if self._show is not None:
            self._show(text)

    def search(self, title: str) -> Listener | None:
        """Say that a search begins; the result is what listens to its progress."""
        self.say(title)
        if self._show is None:
            return None
        telling = Telling()
        return lambda progress: self.say(f"{title}: {telling(progress)}")

    def listener(self, name: str) -> Callable[[str], Listener | None]:
        """For `check_design`: the listener of each search of design `name`."""
        return lambda label: self.search(f"{name} with {label}" if label else name)


class Telling:
    """What is shown of a search's progress; it knows the reports before, for rates and estimates."""

    def __init__(self) -> None:
        from drcheck.explore.estimate import Estimate, Pace  # which needs numbers; most commands do not search

        self._pace, self._estimate = Pace(), Estimate()

    def __call__(self, progress: Progress) -> str:
        """One report as text."""
        self._pace.see(progress)
        self._estimate.see(progress)
        parts = [
            f"{progress.states:,} states", f"{self._pace.found:,.0f} states/s", f"{progress.transitions:,} transitions",
            f"depth {progress.depth:,}", f"{progress.frontier:,} to expand",
        ]  # fmt: skip
        if progress.memory is not None:
            parts.append(f"{progress.memory / (1 << 20):,.0f}M of memory")
        if progress.load is not None:
            parts.append(f"table {progress.load:.0%} full")
        return ", ".join([*parts, f"{progress.seconds:.1f} s", self._estimate.told(progress, self._pace)])


@contextmanager
def display() -> Iterator[Display]:
    """A display for the time of a command."""
    if not sys.stderr.isatty():
        yield Display(None)
        return
    console = _Console(file=sys.stderr, markup=False, emoji=False, highlight=False)
    with console.status(Text("starting")) as status:
        yield Display(lambda text: status.update(Text(text)))
