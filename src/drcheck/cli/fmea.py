"""`drcheck fmea`: what each single fault, slip and mistake of a design breaks and costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drcheck.cli.complete import designs
from drcheck.cli.options import json_option, search_options, set_option, settings_for

if TYPE_CHECKING:
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
@json_option
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
    from drcheck.cli.console import display, prints_apart
    from drcheck.cli.data import as_json, parameters_data
    from drcheck.cli.discover import chosen
    from drcheck.cli.output_files import try_directory, write_text
    from drcheck.cli.status import INTERRUPTED_LINE, OK, UNDECIDED
    from drcheck.report.effects import effects_data, effects_page
    from drcheck.schemas import document

    if output is not None:
        try_directory(output.parent)
    found: list[dict[str, Any]] = []
    interrupted, whole = False, True
    with prints_apart(as_json_), display() as shown:
        wanted = chosen(targets, limits)
        settings = {design.name: settings_for(design, assignments) for design in wanted}
        for design in wanted:
            listener = shown.listener(design.name)
            one = fmea(design, settings[design.name], names, engine=engine, limits=limits, listener=listener)
            found.append(effects_data(one, parameters_data))
            if output is not None:  # as they are made, so that what ends the command loses nothing
                write_text(output, effects_page(found))
            interrupted, whole = one.stopped == INTERRUPTED, whole and one.whole
            if interrupted:
                break
    if output is not None:
        click.echo(f"written: {output}", err=as_json_)
    if as_json_:
        click.echo(as_json(document("fmea", {"designs": found})))
    elif output is None:
        for data in found:
            _print(data)
    if interrupted:
        click.echo(INTERRUPTED_LINE, err=True)
    context.exit(OK if whole and len(found) == len(wanted) else UNDECIDED)


def _print(found: Mapping[str, Any]) -> None:
    """An analysis as text for people: a paragraph for each row."""
    from rich.table import Table
    from rich.text import Text

    from drcheck.answers.effects import LOSS, TIME_BACK
    from drcheck.cli.console import output, plain
    from drcheck.render.style import clean
    from drcheck.report.effects import breaks, costs, fault_text, happening, noticed, open_text, summary, ways_back

    console = output()
    plain(console, f"{found['design']}: {found['title']}", style="bold")
    if found["parameters"]:
        asked = ", ".join(f"{name}={value}" for name, value in found["parameters"].items())
        plain(console, f"held as requested: {asked}", indent=2)
    for row in found["rows"]:
        plain(console)
        plain(console, fault_text(row), style="bold")
        told = happening(row)
        if told:
            plain(console, told, indent=2, style="yellow")
        grid = Table.grid(padding=(0, 2))
        for title, lines, style in (
            ("breaks", breaks(row) or ([] if told else ["nothing"]), "red" if row["broken"] else "green"),
            ("worst loss", costs(row, LOSS), ""),
            ("longest time", costs(row, TIME_BACK), ""),
            ("noticed", noticed(row), ""),
            ("way back", ways_back(row, found["tick"]), ""),
            ("not decided", open_text(row), "yellow"),
        ):
            for number, line in enumerate(lines):
                grid.add_row("", title if number == 0 else "", Text(clean(line), style=style))
        console.print(grid)
    plain(console)
    if found["failing"]:
        plain(console, f"fail where nothing goes wrong: {', '.join(found['failing'])}", style="yellow")
    for line in found["untold"]:
        plain(console, f"not judged: {line}")
    if found["not_tried"]:
        plain(console, f"not tried: {', '.join(found['not_tried'])}", style="yellow")
    for one in found["skipped"]:
        plain(console, f"{one['property']}: not asked: {one['reason']}")
    plain(console)
    plain(console, summary(found), style="bold")


__all__ = ["fmea_command"]
