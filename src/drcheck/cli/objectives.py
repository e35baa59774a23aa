"""`drcheck objectives`: what disruptions cost, the objectives stated for them, and whether anybody notices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from drcheck.cli.complete import designs
from drcheck.cli.options import json_option, search_options, set_option, settings_for

if TYPE_CHECKING:
    from drcheck.engines.protocol import Limits
    from drcheck.verdicts.notices import Answer
    from drcheck.verdicts.objectives import ObjectivesReport, Result
    from drcheck.verdicts.verdict import Run, Verdict


@click.command(
    "objectives",
    epilog="""
\b
Examples:
  drcheck objectives drcheck.examples:pair
  drcheck objectives drcheck.examples:pair --set patience=6h --trace
  drcheck objectives --json > objectives.json

docs/objectives.md says how disruptions, objectives and notices are declared, and what the answers mean.

Exit status: 0 no objective is missed, 1 one is, 2 an error, 3 none is missed and not everything was decided.
""",
)
@click.argument("targets", metavar="[TARGET]...", nargs=-1, shell_complete=designs)
@set_option
@json_option
@click.option(
    "--trace/--no-trace",
    "traces",
    default=None,
    help="Show the trace behind every result and answer that has one, or behind none. By default, of objectives that are missed "
    "and of what is not always noticed, once for each notice.",
)
@search_options
@click.pass_context
def objectives_command(
    context: click.Context,
    targets: Sequence[str],
    assignments: Sequence[str],
    as_json_: bool,
    traces: bool | None,
    engine: str,
    limits: Limits,
) -> None:
    """Decide what each disruption of a design costs at worst, and whether faults and losses are noticed.

    TARGET is a design (module:design); without any, all designs of the working directory's package model/ that declare something.
    The limits of time and memory are those of each design.
    """
    from drcheck.cli.console import display, output, prints_apart
    from drcheck.cli.data import as_json
    from drcheck.cli.discover import chosen
    from drcheck.cli.status import INTERRUPTED_LINE
    from drcheck.schemas import document
    from drcheck.verdicts.objectives import decide_objectives

    reports: list[ObjectivesReport] = []
    with prints_apart(as_json_), display() as shown:
        for design, settings in [(design, settings_for(design, assignments)) for design in chosen(targets)]:
            found = decide_objectives(
                design, settings, engine=engine, limits=limits, listener=shown.listener(design.name)
            )
            if targets or found.declared.anything:
                reports.append(found)
            if found.interrupted:
                break
    if as_json_:
        click.echo(as_json(document("objectives", {"designs": [report_data(report) for report in reports]})))
    else:
        from drcheck.cli.objectives_text import print_objectives

        for report in reports:
            print_objectives(output(), report, traces)
        if not reports:
            click.echo("No design declares a disruption or a notice.")
    if any(report.interrupted for report in reports):
        click.echo(INTERRUPTED_LINE, err=True)
    context.exit(status_of(reports))


def status_of(reports: Sequence[ObjectivesReport]) -> int:
    """The exit status."""
    from drcheck.cli.status import OK, UNDECIDED, VIOLATION
    from drcheck.verdicts.notices import Noticed
    from drcheck.verdicts.objectives import Standing

    standings = {result.standing for report in reports for result in report.results}
    undecided = any(answer.noticed is Noticed.UNDECIDED for report in reports for answer in report.answers)
    if Standing.MISSED in standings:
        return VIOLATION
    if undecided or Standing.UNDECIDED in standings or any(report.interrupted for report in reports):
        return UNDECIDED
    return OK


# -- as data -----------------------------------------------------------------------------------------------------------------
def report_data(report: ObjectivesReport) -> dict[str, Any]:
    """All of a report on one design."""
    from drcheck.cli.data import parameters_data

    return {
        "design": report.design.name,
        "title": report.design.title,
        "parameters": parameters_data(report.settings),
        "disruptions": [
            {
                "name": under.name,
                "given": parameters_data(under.settings),
                "faults": [event.name for event in under.faults],
                "left_out": under.why or None,
            }
            for under in report.unders
        ],
        "results": [_result_data(result) for result in report.results],
        "notices": [_answer_data(answer) for answer in report.answers],
        "runs": [_run_data(run) for run in report.runs],
        "interrupted": report.interrupted,
    }


def _result_data(result: Result) -> dict[str, Any]:
    verdict = result.verdict
    return {
        "disruption": result.disruption.name,
        "measures": result.measured,
        "measure": None if result.measure is None else result.measure.name,
        "value": None if verdict is None else verdict.value,
        "at_least": verdict is not None and verdict.at_least,
        "value_text": result.value or None,
        "objective": None if result.limit is None else str(result.limit),
        "source": result.source or None,
        "standing": result.standing.value,
        "reason": result.weakness or None,
        "never_happens": result.idle,
        **_evidence(verdict),
    }


def _answer_data(answer: Answer) -> dict[str, Any]:
    question = answer.question
    return {
        "disruption": question.under,
        "event": None if question.event is None else question.event.name,
        "fault": None if question.event is None else question.event.fault,
        "loss": None if question.measure is None else question.measure.name,
        "notice": None if question.notice is None else question.notice.name,
        "who": None if question.notice is None else question.notice.who or None,
        "source": None if question.notice is None else question.notice.source,
        "noticed": answer.noticed.value,
        "ticks": answer.value,
        "answer": answer.text,
        "reason": answer.reason or None,
        **_evidence(answer.verdict),
    }


def _run_data(run: Run) -> dict[str, Any]:
    """One search."""
    from drcheck.cli.data import parameters_data
    from drcheck.system.system import observers

    found = run.exploration
    return {
        "given": parameters_data(run.given),
        "observers": [observer.name for observer in observers(run.system)],
        "engine": found.engine,
        "states": found.states,
        "transitions": found.transitions,
        "depth": found.depth,
        "seconds": round(found.seconds, 6),
        "complete": found.complete,
        "stopped": found.stopped,
    }


def _evidence(verdict: Verdict | None) -> dict[str, Any]:
    """The property that was decided, and its trace."""
    trace = None if verdict is None else verdict.trace
    return {
        "property": None if verdict is None else verdict.property.name,
        "formula": None if verdict is None else verdict.property.formula(),
        "states": None if verdict is None else verdict.run.exploration.states,
        "trace": None if trace is None else trace.as_data(),
    }
