"""`drcheck cuts`: the smallest combinations of adversities under which the promises of a design fail."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drcheck.cli.complete import designs, properties
from drcheck.cli.options import (
    budget_option,
    json_option,
    on_option,
    order_option,
    search_options,
    set_option,
    settings_for,
    tell_failed,
    uses_option,
)

if TYPE_CHECKING:
    from drcheck.engines.protocol import Limits


@click.command(
    "cuts",
    epilog="""
\b
Examples:
  drcheck cuts drcheck.examples:pair
  drcheck cuts drcheck.examples:pair somebody_serves --order 1 --trace

The limits of states and memory are those of each search; that of seconds is one for all. docs/cuts.md says what is varied and
what the table means.

Exit status: 0 everything up to the order was decided, 2 an error, 3 something was not.
""",
)
@click.argument("target", metavar="TARGET", shell_complete=designs)
@click.argument("names", metavar="[PROPERTY]...", nargs=-1, shell_complete=properties)
@order_option
@click.option(
    "--deviations",
    type=click.IntRange(0),
    metavar="N",
    help="Try combinations with at most so many parameters at other values; 0: only uses of budgets.",
)
@budget_option
@uses_option
@click.option(
    "--lengths", is_flag=True, help="Find out from which greatest length on (of an outage, say) promises break."
)
@set_option
@json_option
@click.option(
    "--answers",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=None,
    help="Where answers are kept as soon as they are there, and looked up, so that what is asked again needs no search. "
    "By default nowhere.",
)
@on_option
@click.option("--trace", "traces", is_flag=True, help="Show the trace of each combination that breaks a promise.")
@search_options
@click.pass_context
def cuts_command(
    context: click.Context,
    target: str,
    names: Sequence[str],
    order: int,
    deviations: int | None,
    budget: int | None,
    by: str,
    lengths: bool,
    assignments: Sequence[str],
    as_json_: bool,
    answers: Path | None,
    address: str | None,
    traces: bool,
    engine: str,
    limits: Limits,
) -> None:
    """Find the smallest combinations of adversities under which promises of a design fail, and that nothing smaller does.

    An adversity is one use of a budget of faults or slips, or one parameter at another value than its default: a reading, an
    assumption, a choice of the deployment, a fault or slip that is no budget. TARGET is a design (module:design), PROPERTY the
    name of a property or the key of a claim; without any, all promises are decided.
    """
    from drcheck.answers.cuts import INTERRUPTED, cuts
    from drcheck.answers.kept import KeptTexts
    from drcheck.answers.kept_cuts import TABLE
    from drcheck.cli.console import display, output, prints_apart
    from drcheck.cli.data import as_json, parameters_data
    from drcheck.cli.discover import chosen
    from drcheck.cli.status import INTERRUPTED_LINE, OK, UNDECIDED
    from drcheck.report.cuts import cuts_data
    from drcheck.schemas import document
    from drcheck.workers.cluster import joined

    texts = KeptTexts(answers, TABLE)
    with closing(texts), prints_apart(as_json_), display() as shown:
        (design,) = chosen([target], limits)
        settings = settings_for(design, assignments)
        with joined(address, [design]) as cluster:
            report = cuts(
                design,
                settings,
                names,
                order=order,
                deviations=deviations,
                engine=engine,
                limits=limits,
                budget=budget,
                lengths=lengths,
                by_event=by == "event",
                kept=None if answers is None else texts,
                listener=shown.listener(design.name),
                cluster=cluster,
            )
    if as_json_:
        click.echo(as_json(document("cuts", cuts_data(report, parameters_data))))
    else:
        from drcheck.cli.cuts_text import print_cuts

        print_cuts(output(), report, traces)
    tell_failed(() if cluster is None else cluster.failed)
    if report.stopped == INTERRUPTED:
        click.echo(INTERRUPTED_LINE, err=True)
    context.exit(OK if all(promise.whole for promise in report.promises) else UNDECIDED)
