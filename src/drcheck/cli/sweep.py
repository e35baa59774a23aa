"""`drcheck sweep`: what becomes of properties for all combinations of values of some parameters."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drcheck.cli.complete import designs, properties
from drcheck.cli.options import by_option, json_option, on_option, search_options, set_option, settings_for, tell_failed
from drcheck.errors import UsageError

if TYPE_CHECKING:
    from drcheck.answers.sweeps.kept import KeptAnswers
    from drcheck.answers.sweeps.sweep import SweepTable
    from drcheck.designs.design import Design
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
  drcheck sweep drcheck.examples:pair --declared longest_wait_by_patience_and_failures

With --least or --greatest only as many values are tried as it takes: by bisection where a greater value is proved to add
executions only, else all of them. With --beside it is told where one design breaks a promise and another keeps it under the
same faults; --set applies to the designs that have the parameter. docs/sweeps.md says more.

Exit status: 0 everything is decided and every value exact, 2 an error, 3 something is not.
""",
)
@click.argument("target", metavar="TARGET", shell_complete=designs)
@click.argument("names", metavar="[PROPERTY]...", nargs=-1, shell_complete=properties)
@click.option(
    "--vary",
    "vary",
    multiple=True,
    metavar="NAME=VALUES",
    help="A parameter and its values: 0h..20h, 0h..20h/2h in steps of two hours, or a list: 1h,2h,8h. "
    "Without a step it is a tick, of numbers 1. Any number of times: for all combinations.",
)
@click.option(
    "--declared",
    metavar="NAME",
    help="The sweep that the design declares under this name, instead of properties and --vary; what is set is not varied.",
)
@click.option(
    "--least", metavar="NAME", help="Find the least value of NAME, which is varied, with which each property holds."
)
@click.option("--greatest", metavar="NAME", help="The same of the greatest value.")
@click.option(
    "--beside",
    "others",
    multiple=True,
    metavar="TARGET",
    help="Another design, under the same faults: a column beside, and a shortest execution of both where a promise tells them "
    "apart. Any number of times.",
)
@click.option(
    "--free",
    "free",
    multiple=True,
    metavar="NAME",
    help="With --beside: a fault, a kind of faults, or tick, that each design takes by itself. Any number of times.",
)
@click.option(
    "--pareto",
    metavar="LOSS,TIME",
    default=None,
    help="Two worst cases: tell the points of which no other one is as good in both and better in one.",
)
@by_option
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
@on_option
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
    declared: str | None,
    least: str | None,
    greatest: str | None,
    others: Sequence[str],
    free: Sequence[str],
    pareto: str | None,
    by: str,
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
    from drcheck.answers.axes import axis_of, grid
    from drcheck.answers.points import INTERRUPTED
    from drcheck.answers.sweeps.beside import best_of, refuse_unlike, told_apart
    from drcheck.answers.sweeps.cluster import OnCluster
    from drcheck.answers.sweeps.declared import asked_with
    from drcheck.answers.sweeps.declared import declared as declared_as
    from drcheck.answers.sweeps.places import Here
    from drcheck.answers.sweeps.processes import ThisMachine
    from drcheck.answers.sweeps.sweep import sweep
    from drcheck.cli.console import display, prints_apart
    from drcheck.cli.data import as_json, parameters_data
    from drcheck.cli.discover import chosen
    from drcheck.cli.output_files import try_directory, write_text
    from drcheck.cli.status import INTERRUPTED_LINE, OK, UNDECIDED
    from drcheck.cli.sweep_text import drawing, markdown, print_sweeps
    from drcheck.report.beside import beside_data, choices_data
    from drcheck.report.sweeps import sweep_csv, sweep_data
    from drcheck.schemas import document

    if address is not None and processes is not None:
        raise UsageError(
            "DR401", "--on has a cluster search, and --processes is of this machine", remedy="leave out one"
        )
    if as_json_ and as_csv:
        raise UsageError("DR401", "--json and --csv both print the table", remedy="give one of them")
    if declared is not None and (vary or names or others):
        raise UsageError(
            "DR401",
            "--declared names a sweep with its properties and what it varies, of one design",
            remedy="leave out properties, --vary and --beside, or --declared",
        )
    if free and not others:
        raise UsageError("DR401", "--free is for several designs", remedy="name another one by --beside")
    pair = _pair(pareto)
    names = list(dict.fromkeys([*names, *(pair or ())])) if names else names
    if output is not None:
        if output.suffix not in FORMS:
            raise UsageError("DR401", f"--output {output}: of what form?", available=FORMS, asked=output.suffix)
        try_directory(output.parent)
    with prints_apart(as_json_ or as_csv), display() as shown:
        designs = chosen([target, *others], limits)
        if len(designs) <= len(others):
            raise UsageError("DR401", "one design stands beside itself", remedy="name another one by --beside")
        settings = [settings_for(design, _known(design, designs, assignments)) for design in designs]
        if declared is not None:
            asked = asked_with(designs[0], declared_as(designs[0], declared), settings[0])
            names, settings, axes = asked.declared.properties, [dict(asked.settings)], [list(asked.axes)]
        else:
            _refuse_nothing(vary, designs[0])
            axes = [
                [axis_of(design, text, "--vary", own) for text in vary]
                for design, own in zip(designs, settings, strict=True)
            ]
        if others:
            refuse_unlike(designs, settings, grid(axes[0])[0], free)
        kept = _kept(answers)
        sweeps: list[SweepTable] = []
        for design, own, varied in zip(designs, settings, axes, strict=True):
            here = Here(shown.listener(design.name))
            place = ThisMachine(design, here, processes) if address is None else OnCluster(address, design)
            with closing(place):
                sweeps.append(
                    sweep(
                        design,
                        varied,
                        names or [statement.name for statement in sweeps[0].statements] if sweeps else names,
                        own,
                        engine=engine,
                        by=by,
                        limits=limits,
                        least=least,
                        greatest=greatest,
                        kept=kept,
                        place=place,
                        progress=shown.say,
                    )
                )
        shown.say("what tells the designs apart")
        apart = list(told_apart(sweeps, free=free, engine=engine, limits=limits))
        choices = best_of(sweeps, pair) if pair is not None else []
    data = document("sweep", sweep_data(sweeps[0], parameters_data, declared))
    data |= {
        "beside": [sweep_data(one, parameters_data) for one in sweeps[1:]],
        "apart": beside_data(apart, parameters_data),
        "pareto": None if pair is None else choices_data(choices, pair, parameters_data),
    }
    if output is not None:
        made = {
            ".svg": lambda: drawing(sweeps, choices, pair, data, plot),
            ".csv": lambda: sweep_csv(*sweeps),
            ".md": lambda: markdown(sweeps, apart, choices, pair),
            ".json": lambda: as_json(data) + "\n",
        }
        write_text(output, made[output.suffix]())
        click.echo(f"written: {output}", err=as_json_ or as_csv)
    if as_json_:
        click.echo(as_json(data))
    elif as_csv:
        click.echo(sweep_csv(*sweeps), nl=False)
    elif output is None:
        print_sweeps(sweeps, apart, choices, pair)
    tell_failed([line for one in sweeps for line in one.figures.failed])
    if any(one.figures.stopped == INTERRUPTED for one in sweeps):
        click.echo(INTERRUPTED_LINE, err=True)
    context.exit(OK if all(one.whole for one in sweeps) else UNDECIDED)


def _refuse_nothing(vary: Sequence[str], design: Design) -> None:
    """Refuse to vary nothing. Raises UsageError DR401, with the sweeps that the design declares."""
    if not vary:
        raise UsageError(
            "DR401",
            "nothing is varied",
            available=[f"--declared {one.name}" for one in design.sweeps],
            remedy="name a parameter and its values: --vary threshold=1h..12h/1h",
        )


def _known(design: Design, designs: Sequence[Design], assignments: Sequence[str]) -> list[str]:
    """The assignments of parameters that a design has, and of those that none of the designs has."""
    have = [{parameter.name for parameter in one.parameters} for one in designs]
    own = {parameter.name for parameter in design.parameters}
    names = [(text, text.partition("=")[0].strip()) for text in assignments]
    return [text for text, name in names if name in own or not any(name in those for those in have)]


def _pair(text: str | None) -> tuple[str, str] | None:
    """Two names of worst cases. Raises UsageError DR401."""
    if text is None:
        return None
    names = [part.strip() for part in text.split(",")]
    if len(names) != 2 or not all(names) or names[0] == names[1]:
        raise UsageError(
            "DR401", f"--pareto {text!r} does not name two worst cases", remedy="write --pareto loss,time_back"
        )
    return names[0], names[1]


def _kept(answers: str | None) -> KeptAnswers:
    """Where answers are kept. Raises OutputError DR620."""
    from drcheck.answers.sweeps.kept import KeptAnswers

    if answers is None:
        return KeptAnswers.of_user()
    return KeptAnswers(None if answers == "none" else Path(answers))


__all__ = ["sweep_command"]
