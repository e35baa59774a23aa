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
    from drcheck.answers.curve import Axis
    from drcheck.designs.design import Design
    from drcheck.engines.protocol import Limits

MOST = 10_000
"""How many values one axis may have: each is a search."""


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
    from drcheck.answers.curve import curve, grid, repair_changes, subsets
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


def axis_of(design: Design, text: str, option: str, settings: dict[str, Any]) -> Axis:
    """A parameter and the values that a text names. Raises UsageError DR401, DesignError DR204, DR205, DR206."""
    from drcheck.answers.curve import Axis, values_between
    from drcheck.language.durations import Duration

    name, equals, said = (part.strip() for part in text.partition("="))
    if not name or not equals or not said:
        raise UsageError(
            "DR401", f"{option} {text!r} names no values", remedy=f"write {option} longest_outage=0h..20h, or =1h,2h"
        )
    parameter = design.parameter(name)
    low, dots, rest = said.partition("..")
    if not dots:
        values = tuple(dict.fromkeys(parameter.parse(part.strip()) for part in said.split(",")))
    else:
        high, slash, step = rest.partition("/")
        if parameter.type is Duration:
            tick = design.build(settings).tick
            width: Any = Duration.parse(step) if slash else tick
            if width is None:
                raise UsageError(
                    "DR401", f"{option} {text!r}: the design has no tick", remedy=f"give the step: {low}..{high}/1h"
                )
        else:
            width = parameter.parse(step) if slash else 1
        first, last = parameter.parse(low.strip()), parameter.parse(high.strip())
        values = values_between(parameter, first, last, width)
    if len(values) > MOST:
        raise UsageError(
            "DR401", f"{option} {text!r} names {len(values):,} values", remedy=f"take {MOST:,} at most, in longer steps"
        )
    return Axis(name, values)


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


__all__ = ["axis_of", "curve_command"]
