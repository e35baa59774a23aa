"""`drcheck why`: which steps of a trace matter, which events are needed, what first made a promise false."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from drcheck.cli.complete import designs, properties
from drcheck.cli.options import json_option, search_options, set_option, settings_for

if TYPE_CHECKING:
    from drcheck.answers.why import Why
    from drcheck.designs.design import Design
    from drcheck.engines.protocol import Limits


@click.command(
    "why",
    epilog="""
\b
Examples:
  drcheck why drcheck.examples:pair somebody_serves
  drcheck why drcheck.examples:pair longest_wait --set patience=4h
  drcheck why drcheck.examples:pair somebody_serves --mend
  drcheck why drcheck.examples:pair longest_wait --at 'primary_fails tick'

The steps that matter are told, the others counted. An event is needed if nothing breaks the promise any more where it happens
less often than it has by then; each of them but the passing of time is asked about with a search of its own, of a million states
at most unless --limit-states says more. docs/why.md says more.

Exit status: 0 the answer is whole, 2 an error, 3 something was not decided.
""",
)
@click.argument("target", metavar="TARGET", shell_complete=designs)
@click.argument("name", metavar="PROPERTY", shell_complete=properties)
@click.option(
    "--at",
    "at",
    metavar="PATH",
    help="Of the executions that begin with this path, as `explore` and `check` write it; @FILE reads one, - standard input.",
)
@click.option(
    "--mend",
    is_flag=True,
    help="Look for a further guard of an event with which the promise holds, and say what else would change.",
)
@click.option(
    "--tries",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    metavar="N",
    help="With --mend: how many guards of an event are searched at most.",
)
@set_option
@json_option
@search_options
@click.pass_context
def why_command(
    context: click.Context,
    target: str,
    name: str,
    at: str | None,
    mend: bool,
    tries: int,
    assignments: Sequence[str],
    as_json_: bool,
    engine: str,
    limits: Limits,
) -> None:
    """Why a promise is broken, something is reached, or a worst case attained: what of its trace matters, and what is needed.

    TARGET is a design (module:design), PROPERTY the name of one of its properties.
    """
    from drcheck.answers.points import INTERRUPTED
    from drcheck.answers.why import why_of
    from drcheck.cli.console import display, prints_apart
    from drcheck.cli.data import as_json
    from drcheck.cli.discover import chosen
    from drcheck.cli.status import INTERRUPTED_LINE, OK, UNDECIDED
    from drcheck.explorer.terminal import path_text
    from drcheck.schemas import document
    from drcheck.system.path_text import read_path

    text = None if at is None else sys.stdin.read(200_000) if at == "-" else path_text(at)
    path = None if text is None else read_path(text)
    with prints_apart(as_json_), display() as shown:
        (design,) = chosen([target], limits)
        found = why_of(
            design,
            settings_for(design, assignments),
            name,
            at=path,
            mend=mend,
            tries=tries,
            engine=engine,
            limits=limits,
            listener=shown.listener(design.name),
        )
    data = document("why", _data(found, design, settings_for(design, assignments)))
    if as_json_:
        click.echo(as_json(data))
    else:
        _print(found, data)
    if found.warning:
        click.echo(f"note: {found.warning}", err=True)
    if found.stopped == INTERRUPTED:
        click.echo(INTERRUPTED_LINE, err=True)
    context.exit(OK if found.whole else UNDECIDED)


def _data(found: Why, design: Design, settings: dict[str, Any]) -> dict[str, Any]:
    from drcheck.cli.data import parameters_data
    from drcheck.report.why import why_data

    return {
        "design": design.name,
        "title": design.title,
        "parameters": parameters_data(settings),
        **why_data(found, parameters_data),
        "searches": found.searches,
        "states": found.states,
        "stopped": found.stopped or None,
    }


def _print(found: Why, data: dict[str, Any]) -> None:
    from drcheck.cli.console import output, plain
    from drcheck.render.style import clean
    from drcheck.report.why import why_said
    from drcheck.report.words import count

    console = output()
    item = found.item
    plain(console, f"{item.name}: {item.statement or item.formula()}", style="bold")
    for said in why_said(data, found.telling.text(min(console.width, 100))):
        plain(console, said.sentence, style="yellow" if said.warning else None)
        for line in said.lines:
            if said.as_it_is:
                console.print(clean(line), soft_wrap=True)
            else:
                plain(console, line, indent=2)
    stopped = f"; stopped: {found.stopped}" if found.stopped else ""
    plain(console, f"{count(found.searches, 'search', 'searches')}, {found.states:,} states{stopped}", style="bold")


__all__ = ["why_command"]
