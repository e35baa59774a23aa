"""What is printed where: results on standard output, progress and errors on standard error."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, cast

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from drcheck.kernels.sizes import about
from drcheck.render.style import clean

if TYPE_CHECKING:
    from drcheck.engines.protocol import Listener, Progress
    from drcheck.render.document import SequenceChart
    from drcheck.render.explore_command import Opening

WIDTH = 120
"""Columns where the output is not a terminal and COLUMNS is not set."""
NARROWEST = 20
"""Columns that are assumed where a terminal says that it has fewer."""
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
    """The console of results, as wide as the terminal or as COLUMNS says (if that is a number above zero)."""
    asked = os.environ.get("COLUMNS", "")
    width = max(NARROWEST, int(asked)) if asked.isdecimal() and int(asked) > 0 else None
    stream = sys.stdout
    if not stream.isatty():
        width = WIDTH if width is None else width
        stream = cast(TextIO, _Unpadded(stream))
    elif width is None:
        with contextlib.suppress(OSError, ValueError):
            width = os.get_terminal_size(stream.fileno()).columns
        width = max(NARROWEST, width or 80)  # some terminals say zero
    # With a height too, or the width of a "dumb" terminal is not believed.
    return _Console(file=stream, width=width, height=25, markup=False, emoji=False, highlight=False)


def plain(console: Console, line: str = "", style: str | None = None, indent: int = 0) -> None:
    """Print a line of text, wrapped at the console's width, continuation lines indented like the first."""
    margin = " " * indent
    wrapped = textwrap.wrap(
        clean(line),
        console.width,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for part in wrapped or [""]:
        console.print(Text(part, style=style or ""), soft_wrap=True)


def one_line(console: Console, head: str, rest: str = "", indent: int = 0) -> None:
    """Print a line: the head as it is, and of the rest the words that fit into the console's width."""
    line = " " * indent + clean(head)
    room = console.width - cell_len(line)
    said = clean(rest)
    if cell_len(said) > room:
        whole_words = set_cell_size(said, max(0, room)).rpartition(" ")[0].rstrip()
        said = f"{whole_words}…" if whole_words else ""
    console.print(Text(line + said), soft_wrap=True)


def chart(console: Console, chart: SequenceChart) -> None:
    """Print a sequence chart as text, at the console's width."""
    from drcheck.render.text import WIDTH, chart_text

    for line in chart_text(chart, min(WIDTH, console.width)):
        console.print(Text(line), soft_wrap=True)


def print_opening(console: Console, opening: Opening | None) -> None:
    """The command that opens a trace in the explorer, on lines that a shell reads."""
    for line in [] if opening is None else opening.lines(console.width):
        console.print(Text(line), soft_wrap=True)


def table(console: Console, given: Table) -> None:
    """Print a table in which no word is broken: if it is too wide for that, its rows one below the other."""
    heads = [str(column.header) for column in given.columns]
    rows = list(zip(*([_text(cell) for cell in column.cells] for column in given.columns), strict=True))
    texts = [[head, *(row[i].plain for row in rows)] for i, head in enumerate(heads)]
    lines = [max(cell_len(line) for text in column for line in text.split("\n")) for column in texts]
    words = [max((cell_len(word) for text in column for word in text.split()), default=0) for column in texts]
    around = console.measure(given, options=console.options.update(width=1 << 16)).maximum - sum(
        max(
            cell_len(line)
            for cell in [head, *(_text(cell).plain for cell in column.cells)]
            for line in cell.split("\n")
        )
        for head, column in zip(heads, given.columns, strict=True)
    )
    room = console.width - max(0, around)
    least = [lines[i] if column.no_wrap else words[i] for i, column in enumerate(given.columns)]
    least = least if sum(least) <= room else words
    if sum(least) > room:
        _one_below_the_other(console, heads, rows)
        return
    shown = Table(box=given.box, pad_edge=given.pad_edge, padding=given.padding)
    for column, width in zip(given.columns, _widths(lines, least, room), strict=True):
        shown.add_column(column.header, justify=column.justify, width=width)
    for row in rows:
        shown.add_row(*row)
    console.print(shown)


def _widths(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths that fit: of the columns that can be narrower, the widest are."""
    widths = list(natural)
    while sum(widths) > room:
        widest = max((i for i in range(len(widths)) if widths[i] > least[i]), key=lambda i: widths[i])
        widths[widest] -= 1
    return widths


def _text(cell: object) -> Text:
    """A cell of a table, cleaned."""
    text = cell if isinstance(cell, Text) else Text(str(cell))
    return text if clean(text.plain) == text.plain else Text(clean(text.plain), style=text.style)


def _one_below_the_other(console: Console, heads: Sequence[str], rows: Sequence[Sequence[Text]]) -> None:
    plain(console)
    for row in rows:
        for number, (head, cell) in enumerate(zip(heads, row, strict=True)):
            if cell.plain:
                said = re.sub(r"_\n +", "_", cell.plain)  # a name that was broken for a table
                said = re.sub(r"\n(?! )", "; ", said)
                plain(console, f"{head}: {said}", style=str(cell.style), indent=2 if number else 0)
    plain(console)


class Display:
    """The line that a running search shows on a terminal. Without a terminal it shows nothing and costs nothing."""

    def __init__(self, show: Callable[[str], None] | None) -> None:
        self._show = show

    def say(self, text: str) -> None:
        """Show the current activity."""
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
        return lambda label: self.search(f"{name}: {label}" if label else name)


class Telling:
    """What is shown of a search's progress; it knows the reports before, for rates and estimates."""

    def __init__(self) -> None:
        from drcheck.engines.estimate import Estimate, Pace  # which needs numbers; most commands do not search

        self._pace, self._estimate = Pace(), Estimate()

    def __call__(self, progress: Progress) -> str:
        """One report as text."""
        self._pace.see(progress)
        self._estimate.see(progress)
        parts = [
            f"{progress.states:,} states",
            f"{self._pace.found:,.0f} states/s",
            f"{progress.transitions:,} transitions",
            f"depth {progress.depth:,}",
            f"{progress.frontier:,} to expand",
        ]
        if progress.memory is not None:
            parts.append(f"{about(progress.memory)} of memory")
        if progress.load is not None:
            parts.append(f"table {progress.load:.0%} full")
        return ", ".join([*parts, f"{progress.seconds:.1f} s", self._estimate.text(progress, self._pace)])


@contextmanager
def prints_apart(wanted: bool) -> Iterator[None]:
    """What models print goes to standard error, where that is wanted: standard output is for one JSON object."""
    with contextlib.redirect_stdout(sys.stderr) if wanted else contextlib.nullcontext():
        yield


@contextmanager
def display() -> Iterator[Display]:
    """A display for the time of a command."""
    if not sys.stderr.isatty():
        yield Display(None)
        return
    console = _Console(file=sys.stderr, markup=False, emoji=False, highlight=False)
    with console.status(Text("starting")) as status:
        yield Display(lambda text: status.update(Text(clean(text))))
