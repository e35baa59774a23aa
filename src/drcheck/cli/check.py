"""`drcheck check`: decide the properties of one design."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from drcheck.cli.check_formats import FORMATS
from drcheck.cli.complete import designs, properties
from drcheck.cli.options import (
    by_option,
    formats_option,
    output_option,
    reductions_of,
    search_options,
    set_option,
    settings_for,
)

if TYPE_CHECKING:
    from drcheck.answers.results import Results
    from drcheck.designs.design import Design
    from drcheck.engines.protocol import Limits, Listener
    from drcheck.logic.properties import Statement
    from drcheck.verdicts.verdict import DesignReport


@click.command(
    "check",
    epilog="""
\b
Examples:
  drcheck check drcheck.examples:pair
  drcheck check drcheck.examples:pair one_at_a_time longest_wait
  drcheck check drcheck.examples:pair --set patience=6h --set failures=2
  drcheck check drcheck.examples:pair --limit-seconds 30 --json > result.json
  drcheck check drcheck.examples:pair one_at_a_time --reduce dead-variables,symmetry
  drcheck check drcheck.examples:pair --memory 8G --threads 4
  drcheck check drcheck.examples:pair --coverage
  drcheck check drcheck.examples:pair --by slices
  drcheck check drcheck.examples:pair --baseline result.json
  drcheck check drcheck.examples:pair --gate --format sarif,junit --output results/
  drcheck check drcheck.examples:pair somebody_serves --format itf --output trace.itf.json
  drcheck check drcheck.examples:pair --property 'never(primary.up & standby.in_service)'

A limit, or Ctrl-C, stops a search and not the command: what was seen by then is reported, the rest is INCONCLUSIVE.
After Ctrl-C no further search starts; a second one ends the command at once.

Exit status: 0 everything holds, 1 a violation (known findings are violations too), 2 an error, 3 nothing violated
but not everything decided: a search stopped early, or a property that was named is not stated for these parameters.
With --gate known findings that are proved by their causes do not count. With --baseline: 0 nothing is worse than before,
1 something is.
""",
)
@click.argument("target", shell_complete=designs)
@click.argument("names", metavar="[PROPERTY]...", nargs=-1, shell_complete=properties)
@set_option
@search_options
@click.option(
    "--property",
    "texts",
    metavar="TEXT",
    multiple=True,
    help="A property to decide that the design does not state: never(link.down & server.in_service). Any number of times; "
    "without names of properties only these are decided.",
)
@click.option(
    "--reduce",
    default="none",
    show_default=True,
    metavar="NAMES",
    help="Search fewer states with the same verdicts: dead-variables, symmetry, partial-order (several with commas), all "
    "or none. Off by default, because the numbers of states and the events that never fire are part of the answer.",
)
@by_option
@click.option(
    "--coverage",
    is_flag=True,
    help="Also report, from the same searches, which conditions of guards never decide whether an event can happen, and why "
    "events never happen.",
)
@click.option(
    "--first",
    is_flag=True,
    help="End each search as soon as every property is decided, by a violation or a witness. "
    "The numbers of states are then partial; what was not violated is INCONCLUSIVE.",
)
@formats_option(*FORMATS)
@output_option
@click.option(
    "--trace/--no-trace",
    "traces",
    default=None,
    help="Show the trace of every verdict that has one, step by step (also of known findings, witnesses and worst cases), or "
    "none. By default violations that are no known findings are told, in 25 lines at most.",
)
@click.option(
    "--whole",
    is_flag=True,
    help="Print a row for each verdict and each search, also where they are many; by default what holds is counted then.",
)
@click.option(
    "--baseline",
    metavar="OLD",
    help="Also compare with earlier results, what --json printed or a folder of it, as drcheck diff does.",
)
@click.option(
    "--gate",
    is_flag=True,
    help="End with status 0 also if every violation is a known finding: declared, and proved to have no other cause.",
)
@click.pass_context
def check_command(
    context: click.Context,
    target: str,
    names: Sequence[str],
    assignments: Sequence[str],
    engine: str,
    limits: Limits,
    texts: Sequence[str],
    reduce: str,
    by: str,
    coverage: bool,
    first: bool,
    forms: Sequence[str],
    output: str | None,
    traces: bool | None,
    whole: bool,
    baseline: str | None,
    gate: bool,
) -> None:
    """Decide what the design TARGET promises: module:design, or file:design.

    PROPERTY is the name of a property or the key of a claim; without any, and without --property, all properties of the design
    are decided.
    """
    from drcheck.cli.check_formats import Writing, result_data
    from drcheck.cli.console import display, prints_apart
    from drcheck.cli.status import INTERRUPTED_LINE
    from drcheck.designs.design import load
    from drcheck.kernels.deadline import Deadline

    further: list[Statement] = []
    if texts:
        from drcheck.text import statement

        further = [statement(text) for text in texts]
    earlier = None if baseline is None else _earlier(baseline)
    reductions, limits = reductions_of(reduce), replace(limits, first=first).begun()
    writing = Writing(forms, output, traces, whole=whole or bool(names or texts))
    # A model that prints must not spoil what is on standard output.
    with prints_apart(writing.is_apart), display() as shown:
        shown.say(f"composing {target}")
        with (limits.deadline or Deadline()).during(f"{target} was loaded"):
            design = load(target)
            writing.prepare([*names, *texts])
        settings = settings_for(design, assignments)
        listener = shown.listener(design.name)
        report = decide(
            design,
            settings,
            names,
            engine=engine,
            limits=limits,
            listener=listener,
            reductions=reductions,
            coverage=coverage,
            further=further,
            by=by,
        )
        named = bool(names or texts)
        status = status_of(report, named=named, gate=gate)
        # A report may compose the design once more, for its remarks.
        made = writing.made(report, named=named, status=status)
        data = "" if earlier is None else result_data(report)
    writing.write(made, report)
    if report.interrupted:
        click.echo(INTERRUPTED_LINE, err=True)
    if gate:
        _tell_gate(report)
    if earlier is not None:
        status = _compared(earlier, data, status, baseline or "", partial=named, aside=writing.is_apart)
    context.exit(status)


def _earlier(baseline: str) -> Results:
    """The earlier results, by names of today; read before anything is searched."""
    from drcheck.answers.renamed import read_renames
    from drcheck.cli.diff import results_at

    return read_renames(None).apply(results_at(baseline))


def _compared(earlier: Results, data: str, status: int, baseline: str, *, partial: bool, aside: bool) -> int:
    """Print what is different from earlier results on the design (`aside`: on standard error); the exit status with it.

    Nothing worse: 0, whatever is violated as before; but what is not decided, or was interrupted, stays so. Raises UsageError
    DR409 if there is nothing to compare with.
    """
    import json

    from drcheck.answers.difference import difference, parameters_agree
    from drcheck.answers.results import Results, result_of_check
    from drcheck.cli.console import output
    from drcheck.cli.diff_text import print_difference
    from drcheck.cli.status import OK, UNDECIDED, VIOLATION
    from drcheck.errors import UsageError

    new = replace(result_of_check(json.loads(data)), partial=partial)
    old = tuple(result for result in earlier.designs if result.design == new.design)
    if not old:
        raise UsageError(
            "DR409",
            f"{baseline} has no result on {new.design}",
            available=sorted({result.design for result in earlier.designs}),
            remedy="give earlier results on it; new names go into properties/renamed.toml",
        )
    with_these = tuple(result for result in old if parameters_agree(result, new))
    found = difference(Results((with_these or old)[-1:]), Results((new,)))
    with contextlib.redirect_stdout(sys.stderr) if aside else contextlib.nullcontext():
        print_difference(output(), found)
    if found.worse:
        return VIOLATION
    return UNDECIDED if status == UNDECIDED else OK


def _tell_gate(report: DesignReport) -> None:
    """Say which violations keep the gate shut."""
    shut = [v.property.name for v in report.verdicts if v.conclusion.value == "VIOLATED" and not v.is_proved_finding]
    if shut:
        click.echo(f"gate: not shown to be known findings: {', '.join(shut)}", err=True)


def decide(
    design: Design,
    settings: Mapping[str, Any],
    names: Sequence[str],
    *,
    engine: str,
    limits: Limits,
    listener: Callable[[str], Listener | None],
    reductions: frozenset[str] = frozenset(),
    coverage: bool = False,
    further: Sequence[Statement] = (),
    by: str = "search",
) -> DesignReport:
    """What `check_design` decides; the implicit property of every system can be named too."""
    from drcheck.kernels.deadline import Deadline
    from drcheck.logic.kinds import DOMAINS
    from drcheck.verdicts.check import check, check_design
    from drcheck.verdicts.verdict import DesignReport

    stated = [name for name in names if name != DOMAINS]
    if stated or further or not names:
        return check_design(
            design,
            settings,
            stated,
            engine=engine,
            limits=limits,
            listener=listener,
            reductions=reductions,
            keep_states=False,
            coverage=coverage,
            further=further,
            by=by,
        )
    limits = limits.begun()
    with (limits.deadline or Deadline()).during(f"{design.name} was composed"):
        system = design.build(settings)
    verdicts = check(
        system,
        [],
        engine=engine,
        limits=limits,
        listener=listener(""),
        reductions=reductions,
        coverage=coverage,
        by=by,
    )
    run = verdicts[0].run
    return DesignReport(design, settings, engine, tuple(verdicts), (run,), interrupted=run.interrupted)


def status_of(report: DesignReport, *, named: bool, gate: bool = False) -> int:
    """The exit status for a report. A property that the user named and that was skipped is not decided.

    `gate`: violations that are proved to be known findings do not count.
    """
    from drcheck.cli.status import OK, UNDECIDED, VIOLATION
    from drcheck.engines.protocol import DECIDED
    from drcheck.logic.kinds import DOMAINS
    from drcheck.verdicts.verdict import Conclusion

    asked = [v for v in report.verdicts if v.property.name != DOMAINS or v.run.exploration.stopped != DECIDED]
    conclusions = {v.conclusion for v in asked or report.verdicts if not (gate and v.is_proved_finding)}
    if Conclusion.VIOLATED in conclusions:
        return VIOLATION
    if Conclusion.INCONCLUSIVE in conclusions or report.interrupted or report.limited or (named and report.skipped):
        return UNDECIDED
    return OK
