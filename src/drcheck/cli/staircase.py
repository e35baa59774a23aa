"""`drcheck staircase`: the least adversity for each greater value of a worst case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drcheck.cli.complete import designs, properties
from drcheck.cli.options import budget_option, json_option, order_option, search_options, set_option, settings_for

if TYPE_CHECKING:
    from drcheck.answers.staircase import Staircase
    from drcheck.engines.protocol import Limits


@click.command(
    "staircase",
    epilog="""
\b
Examples:
  drcheck staircase drcheck.examples:pair longest_wait
  drcheck staircase drcheck.examples:pair longest_wait --length patience=1h..4h --output wait.md

docs/curves.md says what the table means, docs/cuts.md what is varied.

Exit status: 0 every value is exact, 2 an error, 3 some value is not.
""",
)
@click.argument("target", metavar="TARGET", shell_complete=designs)
@click.argument("name", metavar="PROPERTY", shell_complete=properties)
@order_option
@click.option(
    "--length",
    "lengths",
    metavar="NAME=VALUES",
    multiple=True,
    help="A number or duration that is varied beside them, from nothing up: longest_outage=0h..14h. Any number of times.",
)
@budget_option
@set_option
@json_option
@search_options
@click.option("--output", type=click.Path(path_type=Path), default=None, help="Write the table as Markdown to a file.")
@click.pass_context
def staircase_command(
    context: click.Context,
    target: str,
    name: str,
    order: int,
    lengths: Sequence[str],
    budget: int | None,
    assignments: Sequence[str],
    as_json_: bool,
    engine: str,
    limits: Limits,
    output: Path | None,
) -> None:
    """Which least adversities make the worst case PROPERTY greater, and how great.

    Adversities are those of `drcheck cuts`: uses of budgets of faults and slips, and parameters at other values. A step reaches a
    value that no part of it reaches.
    """
    from drcheck.answers.axes import axis_of
    from drcheck.answers.points import INTERRUPTED
    from drcheck.answers.staircase import staircase
    from drcheck.cli.console import display, prints_apart
    from drcheck.cli.data import as_json, parameters_data
    from drcheck.cli.discover import chosen
    from drcheck.cli.output_files import try_directory, write_text
    from drcheck.cli.status import INTERRUPTED_LINE, OK, UNDECIDED
    from drcheck.report.staircases import staircase_data, staircase_markdown
    from drcheck.schemas import document

    if output is not None:
        try_directory(output.parent)
    with prints_apart(as_json_), display() as shown:
        (design,) = chosen([target], limits)
        settings = settings_for(design, assignments)
        found = staircase(
            design,
            name,
            settings,
            order=order,
            lengths=[axis_of(design, text, "--length", settings) for text in lengths],
            engine=engine,
            limits=limits,
            budget=budget,
            listener=shown.listener(design.name),
        )
    if output is not None:
        write_text(output, "\n".join(staircase_markdown(found)))
        click.echo(f"written: {output}", err=as_json_)
    if as_json_:
        click.echo(as_json(document("staircase", staircase_data(found, parameters_data))))
    elif output is None:
        _print(found)
    if found.stopped == INTERRUPTED:
        click.echo(INTERRUPTED_LINE, err=True)
    context.exit(OK if found.whole else UNDECIDED)


def _print(found: Staircase) -> None:
    """The staircase as text for people."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from drcheck.cli.console import output, plain
    from drcheck.cli.console import table as print_table
    from drcheck.report.staircases import held_text, staircase_rows, staircase_summary

    console = output()
    plain(console, f"{found.design.name}: {found.design.title}", style="bold")
    plain(console, found.measure.name, indent=2)
    for line in held_text(found):
        plain(console, line, indent=2)
    shown = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("at worst", "with no less than", "steps"):
        shown.add_column(heading, overflow="fold", justify="right" if heading == "steps" else "left")
    for value, told, steps in staircase_rows(found):
        for number, (line, length) in enumerate(zip(told, steps, strict=True)):
            shown.add_row(Text(value if number == 0 else ""), Text(line), Text(length))
    print_table(console, shown)
    for one in found.open[:6]:
        plain(console, f"not exact: {one}: {one.point.reason}", style="yellow")
    if len(found.open) > 6:
        plain(console, f"and {len(found.open) - 6} more", style="yellow")
    plain(console)
    plain(console, staircase_summary(found), style="bold")


__all__ = ["staircase_command"]
