"""What `drcheck sweep` prints for people, writes as Markdown, and draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from drcheck.errors import UsageError

if TYPE_CHECKING:
    from drcheck.answers.sweeps.beside import Apart, Choice
    from drcheck.answers.sweeps.sweep import SweepTable

Pair = tuple[str, str]


def print_sweeps(
    sweeps: Sequence[SweepTable], apart: Sequence[Apart], choices: Sequence[Choice], pair: Pair | None
) -> None:
    """The tables as text, then what they show."""
    from drcheck.cli.console import output, plain
    from drcheck.report.beside import apart_text, choice_text, side_by_side
    from drcheck.report.sweeps import conditions, edge_text, summary, undecided

    console = output()
    several = len(sweeps) > 1
    for one in sweeps:
        plain(console, f"{one.design.name}: {one.design.title}", style="bold")
        for line in conditions(one):
            plain(console, line, indent=2)
    heads, lines = side_by_side(sweeps)
    axes = [axis.name for axis in sweeps[0].axes]
    _table(console, [*axes, *(heads if several else sweeps[0].names)], [[*at, *cells] for at, cells in lines])
    for one in sweeps:
        for line in (*map(edge_text, one.edges), *undecided(one)):
            plain(console, f"{one.design.function.__name__}: {line}" if several else line, indent=2)
    for told in apart:
        for number, line in enumerate(apart_text(told)):
            plain(console, line, indent=4 if number else 2)
    if pair is not None:
        best = [choice_text(choice, sweeps, pair) for choice in choices if choice.best]
        plain(
            console, f"no other point is as good in both and better in one ({len(choices):,} points have both values):"
        )
        _table(console, ["design", "with", *pair], best)
    plain(console)
    for one in sweeps:
        plain(console, f"{one.design.function.__name__}: {summary(one)}" if several else summary(one), style="bold")


def _table(console: Any, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from drcheck.cli.console import table

    shown = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in heads:
        shown.add_column(heading, overflow="fold")
    for row in rows:
        shown.add_row(*map(Text, row))
    table(console, shown)


def markdown(sweeps: Sequence[SweepTable], apart: Sequence[Apart], choices: Sequence[Choice], pair: Pair | None) -> str:
    """All of it as Markdown."""
    from drcheck.report.beside import apart_text, choice_text
    from drcheck.report.markdown_text import code, fenced, table, text
    from drcheck.report.sweeps import sweep_markdown

    lines = [line for one in sweeps for line in sweep_markdown(one)]
    for told in apart:
        head, *steps = apart_text(told)
        lines += [text(head), "", *fenced(steps)] if steps else [f"{text(head)}.", ""]
    if pair is not None:
        rows = [[text(cell) for cell in choice_text(one, sweeps, pair)] for one in choices if one.best]
        lines += ["Of these no other point is as good in both and better in one:", ""]
        lines += table(["design", "with", *(code(name, cell=True) for name in pair)], rows)
    return "\n".join(lines)


def drawing(
    sweeps: Sequence[SweepTable], choices: Sequence[Choice], pair: Pair | None, data: dict[str, Any], plot: str
) -> str:
    """A picture: of two worst cases where these are compared, else of one property of one design. Raises UsageError DR401."""
    from drcheck.render.plot import plot_svg
    from drcheck.report.beside import choices_plot
    from drcheck.report.sweep_plots import drawn

    if pair is not None:
        return plot_svg(choices_plot(choices, pair, [one.design.title for one in sweeps]))
    if len(sweeps) > 1:
        raise UsageError(
            "DR401",
            f"one picture shows one design, and here are {len(sweeps)}",
            remedy="leave out --beside, or compare two worst cases by --pareto",
        )
    return drawn(data, plot)


__all__ = ["drawing", "markdown", "print_sweeps"]
