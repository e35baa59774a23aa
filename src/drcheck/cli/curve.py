"""`drcheck curve`: the exact values of a worst case along a parameter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drcheck.cli.complete import designs, properties
from drcheck.cli.options import json_option, search_options, set_option, settings_for
from drcheck.errors import UsageError

if TYPE_CHECKING:
    from drcheck.engines.protocol import Limits


@click.command(
    "curve",
    epilog="""
\b
Examples:
  drcheck curve drcheck.examples:pair longest_wait --along patience=0h..6h
  drcheck curve drcheck.examples:pair longest_wait --along patience=1h,2h,4h --each failures=1,2 --output wait.svg

With --output FILE.svg the curves are drawn, a panel for each combination of the parameters of --each if there are repairs too;
with FILE.md they are written as Markdown. docs/curves.md says more.

Exit status: 0 every value is exact, 2 an error, 3 some value is not.
""",
)
@click.argument("target", metavar="TARGET", shell_complete=designs)
@click.argument("name", metavar="PROPERTY", shell_complete=properties)
@click.option(
    "--along",
    required=True,
    metavar="NAME=VALUES",
    help="The parameter of the axis and its values: 0h..20h, 0h..20h/2h in steps of two hours, or a list: 1h,2h,8h. "
    "Without a step it is a tick, of numbers 1.",
)
@click.option(
    "--each",
    "each",
    metavar="NAME=VALUES",
    multiple=True,
    help="A curve for each value of this parameter. Any number of times: for all combinations.",
)
@click.option("--repairs", metavar="NAMES", default="", help="A curve for each subset of these repairs: one,other.")
@set_option
@json_option
@search_options
@click.option("--output", type=click.Path(path_type=Path), default=None, help="Write FILE.svg, FILE.md or FILE.json.")
@click.pass_context
def curve_command(
    context: click.Context,
    target: str,
    name: str,
    along: str,
    each: Sequence[str],
    repairs: str,
    assignments: Sequence[str],
    as_json_: bool,
    engine: str,
    limits: Limits,
    output: Path | None,
) -> None:
    """Decide the exact worst case PROPERTY of a design for each value of a parameter, and of others beside it.

    Each value is a search of its own, unless it composes an equal system. PROPERTY is a worst case, asked with the parameters
    that it is stated for, but for those that are named here; its bound plays no part.
    """
    from drcheck.answers.axes import axis_of, grid
    from drcheck.answers.curve import curve, repair_changes, subsets
    from drcheck.answers.points import INTERRUPTED
    from drcheck.cli.console import display, prints_apart
    from drcheck.cli.data import as_json, parameters_data
    from drcheck.cli.discover import chosen
    from drcheck.cli.output_files import try_directory, write_text
    from drcheck.cli.status import INTERRUPTED_LINE, OK, UNDECIDED
    from drcheck.render.plot import plot_svg
    from drcheck.report.curves import curve_data, curve_markdown, curve_plot
    from drcheck.schemas import document

    if output is not None:
        if output.suffix not in (".svg", ".md", ".json"):
            raise UsageError(
                "DR401", f"--output {output}: of what form?", available=[".svg", ".md", ".json"], asked=output.suffix
            )
        try_directory(output.parent)
    with prints_apart(as_json_), display() as shown:
        (design,) = chosen([target], limits)
        settings = settings_for(design, assignments)
        axes = [axis_of(design, text, "--each", settings) for text in each]
        changed = repair_changes(design, [part.strip() for part in repairs.split(",") if part.strip()])
        names = [axis.name for axis in axes]
        if len(set(names)) < len(names) or set(names) & changed.keys():
            raise UsageError("DR401", "one parameter is varied twice", remedy="name it once, in --each or --repairs")
        found = curve(
            design,
            name,
            axis_of(design, along, "--along", settings),
            grid(axes, subsets(changed)),
            settings,
            engine=engine,
            limits=limits,
            listener=shown.listener(design.name),
        )
    data = document("curve", curve_data(found, parameters_data))
    if output is not None:
        made = {
            ".svg": lambda: plot_svg(curve_plot(data, names if changed else names[:-1])),
            ".md": lambda: "\n".join(curve_markdown(found)),
            ".json": lambda: as_json(data) + "\n",
        }
        write_text(output, made[output.suffix]())
        click.echo(f"written: {output}", err=as_json_)
    if as_json_:
        click.echo(as_json(data))
    elif output is None:
        _print(found)
    if found.stopped == INTERRUPTED:
        click.echo(INTERRUPTED_LINE, err=True)
    context.exit(OK if found.whole else UNDECIDED)


def _print(found: Any) -> None:
    """The curves as text for people."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from drcheck.cli.console import output, plain
    from drcheck.cli.console import table as print_table
    from drcheck.language.units import TICKS
    from drcheck.report.curves import conditions, named, same, summary

    console = output()
    plain(console, f"{found.design.name}: {found.design.title}", style="bold")
    unit = f", in {found.unit}" if found.unit and found.unit != TICKS else ""
    plain(console, f"{found.measure.name} along {found.along.name}{unit}", indent=2)
    for line in conditions(found):
        plain(console, line, indent=2)
    shown = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("with", "value"):
        shown.add_column(heading, overflow="fold")
    for those, told in same(found):
        shown.add_row(Text("\n".join(named(one.settings, found) for one in those)), Text(told))
    print_table(console, shown)
    plain(console)
    plain(console, summary(found), style="bold")


__all__ = ["curve_command"]
