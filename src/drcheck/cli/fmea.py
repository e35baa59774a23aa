"""`drcheck fmea`: what each single fault, slip and mistake of a design breaks and costs."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drcheck.cli.complete import designs
from drcheck.cli.options import search_options, set_option, settings_for

if TYPE_CHECKING:
    from drcheck.answers.effects import Fmea
    from drcheck.engines.protocol import Limits


@click.command(
    "fmea",
    epilog="""
\b
Examples:
  drcheck fmea drcheck.examples:pair
  drcheck fmea drcheck.examples:pair --property somebody_serves --output effects.md

The limits of states and memory are those of each search, that of seconds is one for each design. docs/fmea.md says what is
judged.

Exit status: 0 everything was decided, 2 an error, 3 something was not.
""",
)
@click.argument("targets", metavar="[TARGET]...", nargs=-1, shell_complete=designs)
@click.option(
    "--property", "names", metavar="NAME", multiple=True, help="Judge by this promise alone. Any number of times."
)
@set_option
@click.option("--json", "as_json_", is_flag=True, help="Print one JSON object on standard output, and nothing else.")
@search_options
@click.option("--output", type=click.Path(path_type=Path), default=None, help="Write tables as Markdown to a file.")
@click.pass_context
def fmea_command(
    context: click.Context,
    targets: Sequence[str],
    names: Sequence[str],
    assignments: Sequence[str],
    as_json_: bool,
    engine: str,
    limits: Limits,
    output: Path | None,
) -> None:
    """Failure modes and effects: what each single fault, slip and mistake breaks, costs, who notices, and the way back.

    A row is one event of a fault that has a budget, or a slip at another value, where nothing else goes wrong. TARGET is a
    design (module:design); without any, all designs that are found.
    """
    from drcheck.answers.fmea import fmea
    from drcheck.answers.points import INTERRUPTED
    from drcheck.cli.console import display
    from drcheck.cli.data import as_json, parameters_data
    from drcheck.cli.discover import chosen
    from drcheck.cli.output_files import try_directory, write_text
    from drcheck.cli.status import INTERRUPTED_LINE, OK, UNDECIDED
    from drcheck.report.effects import effects_data, effects_markdown, overview_markdown
    from drcheck.schemas import document

    if output is not None:
        try_directory(output.parent)
    found: list[Fmea] = []
    interrupted = False
    with contextlib.redirect_stdout(sys.stderr) if as_json_ else contextlib.nullcontext(), display() as shown:
        wanted = chosen(targets, limits)
        settings = {design.name: settings_for(design, assignments) for design in wanted}
        for design in wanted:
            listener = shown.listener(design.name)
            found.append(fmea(design, settings[design.name], names, engine=engine, limits=limits, listener=listener))
            if output is not None:  # as they are made, so that what ends the command loses nothing
                lines = ["# What single faults do", "", _MADE, "", *overview_markdown(found)]
                write_text(output, "\n".join([*lines, *(line for one in found for line in effects_markdown(one))]))
            interrupted = found[-1].stopped == INTERRUPTED
            if interrupted:
                break
    if output is not None:
        click.echo(f"written: {output}", err=as_json_)
    if as_json_:
        click.echo(as_json(document("fmea", {"designs": [effects_data(one, parameters_data) for one in found]})))
    elif output is None:
        for one in found:
            _print(one)
    if interrupted:
        click.echo(INTERRUPTED_LINE, err=True)
    context.exit(OK if len(found) == len(wanted) and all(one.whole for one in found) else UNDECIDED)


_MADE = (
    "Made with `drcheck fmea`. What is judged, and what the cells mean, is in the page on failure modes and effects."
)


def _print(found: Fmea) -> None:
    """An analysis as text for people: a paragraph for each row."""
    from rich.table import Table
    from rich.text import Text

    from drcheck.answers.effects import LOSS, TIME_BACK
    from drcheck.cli.console import output, plain
    from drcheck.designs.parameter import settings_text
    from drcheck.render.style import clean
    from drcheck.report.effects import breaks, costs, fault_text, happening, noticed, summary, tick_of, ways_back

    console = output()
    plain(console, f"{found.design.name}: {found.design.title}", style="bold")
    if found.settings:
        plain(console, f"held as requested: {settings_text(found.settings, found.design.roles)}", indent=2)
    tick = tick_of(found)
    for row in found.rows:
        plain(console)
        plain(console, fault_text(row.single), style="bold")
        told = happening(row)
        if told:
            plain(console, told, indent=2, style="yellow")
        grid = Table.grid(padding=(0, 2))
        for title, lines, style in (
            ("breaks", breaks(row) or ([] if told else ["nothing"]), "red" if row.broken else "green"),
            ("worst loss", costs(row, LOSS), ""),
            ("longest time", costs(row, TIME_BACK), ""),
            ("noticed", noticed(row), ""),
            ("way back", ways_back(row, tick), ""),
            ("not decided", [f"{name}: {reason}" for name, reason in row.undecided], "yellow"),
        ):
            for number, line in enumerate(lines):
                grid.add_row("", title if number == 0 else "", Text(clean(line), style=style))
        console.print(grid)
    plain(console)
    for title, names in (("fails where nothing goes wrong", found.failing),):
        if names:
            plain(console, f"{title}: {', '.join(statement.name for statement in names)}", style="yellow")
    for line in found.untold:
        plain(console, f"not judged: {line}")
    for single in found.left:
        plain(console, f"not tried: {single.label}", style="yellow")
    for statement, reason in found.skipped:
        plain(console, f"{statement.name}: not asked: {reason}")
    plain(console)
    plain(console, summary(found), style="bold")


__all__ = ["fmea_command"]
