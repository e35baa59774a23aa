"""`drcheck why-not`: why an event never happens, or a condition never holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from drcheck.cli.complete import designs
from drcheck.cli.options import at_option, json_option, path_given, search_options, set_option, settings_for

if TYPE_CHECKING:
    from drcheck.engines.protocol import Limits


@click.command(
    "why-not",
    epilog="""
\b
Examples:
  drcheck why-not drcheck.examples:pair 'primary.up & standby.in_service'
  drcheck why-not drcheck.examples:pair take_over --at primary_fails

docs/why_not.md says what is counted, and what the nearest state is.

Exit status: 0 it was decided, whether it can or never can, 2 an error, 3 it was not.
""",
)
@click.argument("target", metavar="TARGET", shell_complete=designs)
@click.argument("asked", metavar="EVENT|EXPRESSION")
@at_option
@set_option
@json_option
@search_options
@click.pass_context
def why_not_command(
    context: click.Context,
    target: str,
    asked: str,
    at: str | None,
    assignments: Sequence[str],
    as_json_: bool,
    engine: str,
    limits: Limits,
) -> None:
    """Tell why an event never happens, or a condition never holds; or that it can, and how.

    TARGET is a design (module:design), EVENT one of its events, EXPRESSION a condition in the text form. Every state that can
    be reached is looked at: which of the conditions that must hold fails most often, which alone, and which state comes nearest.
    """
    from drcheck.answers.why_not import Can, why_not
    from drcheck.cli.console import display, output, prints_apart
    from drcheck.cli.data import as_json, parameters_data
    from drcheck.cli.discover import chosen
    from drcheck.cli.status import INTERRUPTED_LINE, OK, UNDECIDED
    from drcheck.engines.protocol import INTERRUPT
    from drcheck.report.why_not import why_not_data
    from drcheck.schemas import document

    with prints_apart(as_json_), display() as shown:
        (design,) = chosen([target], limits)
        settings = settings_for(design, assignments)
        listener = shown.listener(design.name)("")
        answer = why_not(design, asked, settings, at=path_given(at), engine=engine, limits=limits, listener=listener)
    if answer.warning:
        click.echo(f"note: {answer.warning}", err=True)
    data = document("why-not", why_not_data(answer, parameters_data))
    if as_json_:
        click.echo(as_json(data))
    else:
        from drcheck.cli.why_not_text import print_why_not

        print_why_not(output(), answer, data)
    if answer.stopped == INTERRUPT:
        click.echo(INTERRUPTED_LINE, err=True)
    context.exit(UNDECIDED if answer.can is Can.OPEN else OK)


__all__ = ["why_not_command"]
