"""`drcheck sweep`: what becomes of properties for all combinations of values of some parameters."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drcheck.cli.complete import designs, properties
from drcheck.cli.options import json_option, search_options, set_option, settings_for
from drcheck.errors import UsageError

if TYPE_CHECKING:
    from drcheck.answers.sweeps.kept import KeptAnswers
    from drcheck.engines.protocol import Limits

FORMS = (".svg", ".csv", ".md", ".json")


@click.command(
    "sweep",
    epilog="""
\b
Examples:
  drcheck sweep drcheck.examples:pair longest_wait --vary patience=0h..6h
  drcheck sweep drcheck.examples:pair --vary patience=1h,2h,4h --vary failures=1..3 --output table.csv
  drcheck sweep drcheck.examples:pair one_at_a_time --vary patience=0h..6h --least patience

With --least or --greatest only as many values are tried as it takes: by bisection where a greater value is proved to add
executions only, else all of them. docs/sweeps.md says more.

Exit status: 0 everything is decided and every value exact, 2 an error, 3 something is not.
""",
)
@click.argument("target", metavar="TARGET", shell_complete=designs)
@click.argument("names", metavar="[PROPERTY]...", nargs=-1, shell_complete=properties)
@click.option(
    "--vary",
    "vary",
    required=True,
    multiple=True,
    metavar="NAME=VALUES",
    help="A parameter and its values: 0h..20h, 0h..20h/2h in steps of two hours, or a list: 1h,2h,8h. "
    "Without a step it is a tick, of numbers 1. Any number of times: for all combinations.",
)
@click.option(
    "--least", metavar="NAME", help="Find the least value of NAME, which is varied, with which each property holds."
)
@click.option("--greatest", metavar="NAME", help="The same of the greatest value.")
@set_option
@json_option
@click.option(
    "--plot",
    type=click.Choice(["auto", "curves", "map", "contours"]),
    default="auto",
    show_default=True,
    help="What FILE.svg shows: curves of a worst case along the first parameter, a map of verdicts, or a map of values "
    "with contours, of two parameters; auto: curves of a worst case, else a map.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print the table as CSV on standard output, and nothing else.")
@click.option(
    "--answers",
    metavar="FILE",
    default=None,
    help="Where answers are kept and looked up, so that a sweep goes on where it was stopped or killed; none: nowhere. "
    "By default a file in the user's folder for caches.",
)
@click.option(
    "--processes",
    type=click.IntRange(1),
    metavar="N",
    help="Processes that search, each with its part of the memory; by default one per processor, once searches are not small.",
)
@click.option(
    "--on",
    "address",
    metavar="ADDRESS",
    help="Search on the workers of a Dask cluster: tcp://HOST:8786. Needs the extra cluster; docs/sweeps.md says more.",
)
@search_options
@click.option(
    "--output", type=click.Path(path_type=Path), default=None, help="Write FILE.svg, FILE.csv, FILE.md or FILE.json."
)
@click.pass_context
def sweep_command(
    context: click.Context,
    target: str,
    names: Sequence[str],
    vary: Sequence[str],
    least: str | None,
    greatest: str | None,
    assignments: Sequence[str],
    as_json_: bool,
    plot: str,
    as_csv: bool,
    answers: str | None,
    processes: int | None,
    address: str | None,
    engine: str,
    limits: Limits,
    output: Path | None,
) -> None:
    """Decide properties of a design, all where none is named, for all combinations of values of some parameters.

    Each point is a search of its own, unless an equal system was searched before. A property is asked with the parameters that
    it is stated for, but for those that are named here.
    """
    from drcheck.answers.axes import axis_of
    from drcheck.answers.points import INTERRUPTED
    from drcheck.answers.sweeps.cluster import Cluster
    from drcheck.answers.sweeps.places import Here
    from drcheck.answers.sweeps.processes import ThisMachine
    from drcheck.answers.sweeps.sweep import sweep
    from drcheck.cli.console import display, prints_apart
    from drcheck.cli.data import as_json, parameters_data
    from drcheck.cli.discover import chosen
    from drcheck.cli.output_files import try_directory, write_text
    from drcheck.cli.status import INTERRUPTED_LINE, OK, UNDECIDED
    from drcheck.report.sweep_plots import drawn
    from drcheck.report.sweeps import sweep_csv, sweep_data, sweep_markdown
    from drcheck.schemas import document

    if address is not None and (processes is not None or limits.log is not None or limits.disk is not None):
        raise UsageError(
            "DR401",
            "--on has a cluster search, and --processes, --log and --disk are of this machine",
            remedy="leave out one",
        )
    if as_json_ and as_csv:
        raise UsageError("DR401", "--json and --csv both print the table", remedy="give one of them")
    if output is not None:
        if output.suffix not in FORMS:
            raise UsageError("DR401", f"--output {output}: of what form?", available=FORMS, asked=output.suffix)
        try_directory(output.parent)
    with prints_apart(as_json_ or as_csv), display() as shown:
        (design,) = chosen([target], limits)
        settings = settings_for(design, assignments)
        here = Here(shown.listener(design.name))
        place = ThisMachine(design, here, processes) if address is None else Cluster(address, design)
        with closing(place):
            found = sweep(
                design,
                [axis_of(design, text, "--vary", settings) for text in vary],
                names,
                settings,
                engine=engine,
                limits=limits,
                least=least,
                greatest=greatest,
                kept=_kept(answers),
                place=place,
                progress=shown.say,
            )
    data = document("sweep", sweep_data(found, parameters_data))
    if output is not None:
        made = {
            ".svg": lambda: drawn(data, plot),
            ".csv": lambda: sweep_csv(found),
            ".md": lambda: "\n".join(sweep_markdown(found)),
            ".json": lambda: as_json(data) + "\n",
        }
        write_text(output, made[output.suffix]())
        click.echo(f"written: {output}", err=as_json_ or as_csv)
    if as_json_:
        click.echo(as_json(data))
    elif as_csv:
        click.echo(sweep_csv(found), nl=False)
    elif output is None:
        _print(found)
    for line in found.figures.failed:
        click.echo(f"failed: {line}", err=True)
    if found.figures.stopped == INTERRUPTED:
        click.echo(INTERRUPTED_LINE, err=True)
    context.exit(OK if found.whole else UNDECIDED)


def _kept(answers: str | None) -> KeptAnswers:
    """Where answers are kept. Raises OutputError DR620."""
    from drcheck.answers.sweeps.kept import KeptAnswers

    if answers is None:
        return KeptAnswers.of_user()
    return KeptAnswers(None if answers == "none" else Path(answers))


def _print(found: Any) -> None:
    """The table as text for people."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from drcheck.cli.console import output, plain
    from drcheck.cli.console import table as print_table
    from drcheck.report.sweeps import conditions, edge_text, lines_of, summary, undecided

    console = output()
    plain(console, f"{found.design.name}: {found.design.title}", style="bold")
    for line in conditions(found):
        plain(console, line, indent=2)
    shown = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in (*(axis.name for axis in found.axes), *found.names):
        shown.add_column(heading, overflow="fold")
    for at, cells in lines_of(found):
        shown.add_row(*map(Text, (*at, *cells)))
    print_table(console, shown)
    for line in (*map(edge_text, found.edges), *undecided(found)):
        plain(console, line, indent=2)
    plain(console)
    plain(console, summary(found), style="bold")


__all__ = ["sweep_command"]
