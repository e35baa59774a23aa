"""`drcheck recover`: the way back to service, and where it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drcheck.cli.complete import designs
from drcheck.cli.options import at_option, json_option, path_given, search_options, set_option, settings_for
from drcheck.errors import UsageError

if TYPE_CHECKING:
    from drcheck.answers.returning import Returning
    from drcheck.engines.protocol import Limits


@click.command(
    "recover",
    epilog="""
\b
Examples:
  drcheck recover drcheck.examples:pair --outside
  drcheck recover drcheck.examples:pair --at 'primary_fails primary_is_repaired' --output runbook.md
  drcheck recover drcheck.examples:pair --goal 'primary.up | standby.in_service'

docs/recover.md says what service is, and what the answer means.

Exit status: 0 there is a way back, from that state or from all, 1 there is none, 2 an error, 3 it was not decided.
""",
)
@click.argument("target", metavar="TARGET", shell_complete=designs)
@click.option(
    "--goal",
    metavar="PROPERTY|EXPRESSION",
    help="What service is: the goal of a property, or a condition. By default what the design declares.",
)
@at_option
@click.option(
    "--outside",
    is_flag=True,
    help="Also by what comes from outside and is no fault: a repair, a link that is restored.",
)
@set_option
@json_option
@click.option("--markdown", is_flag=True, help="Print the runbook as Markdown.")
@search_options
@click.option(
    "--output", type=click.Path(path_type=Path), default=None, help="Write FILE.md, the runbook, or FILE.json."
)
@click.pass_context
def recover_command(
    context: click.Context,
    target: str,
    goal: str | None,
    at: str | None,
    outside: bool,
    assignments: Sequence[str],
    as_json_: bool,
    markdown: bool,
    engine: str,
    limits: Limits,
    output: Path | None,
) -> None:
    """Find the shortest way back to service, or prove that there is none; and where it is lost.

    By steps of operators, automatic steps and time, without any further fault. TARGET is a design (module:design). Without
    --at from every state that can be reached: which cannot come back, how one gets there, and after which events that is so.
    """
    from drcheck.answers.returning import recover
    from drcheck.cli.console import display, prints_apart
    from drcheck.cli.console import output as console_of
    from drcheck.cli.data import as_json, parameters_data
    from drcheck.cli.discover import chosen
    from drcheck.cli.output_files import try_directory, write_text
    from drcheck.cli.status import INTERRUPTED_LINE
    from drcheck.engines.protocol import INTERRUPT
    from drcheck.report.returning import returning_data, returning_markdown
    from drcheck.schemas import document

    if output is not None:
        if output.suffix not in (".md", ".json"):
            raise UsageError(
                "DR401", f"--output {output}: of what form?", available=[".md", ".json"], asked=output.suffix
            )
        try_directory(output.parent)
    with prints_apart(as_json_ or markdown), display() as shown:
        (design,) = chosen([target], limits)
        answer = recover(
            design,
            settings_for(design, assignments),
            goal=goal,
            at=path_given(at),
            outside=outside,
            engine=engine,
            limits=limits,
            listener=shown.listener(design.name),
        )
    if answer.warning:
        click.echo(f"note: {answer.warning}", err=True)
    data = document("recover", returning_data(answer, parameters_data))
    page = "\n".join(returning_markdown(data))
    if output is not None:
        write_text(output, as_json(data) + "\n" if output.suffix == ".json" else page.rstrip("\n") + "\n")
        click.echo(f"written: {output}", err=as_json_ or markdown)
    if as_json_:
        click.echo(as_json(data))
    elif markdown:
        click.echo(page.rstrip("\n"))
    else:
        from drcheck.cli.recover_text import print_returning

        print_returning(console_of(), answer, data, short=output is not None)
    if answer.everywhere.stopped == INTERRUPT:
        click.echo(INTERRUPTED_LINE, err=True)
    context.exit(status_of(answer))


def status_of(answer: Returning) -> int:
    """The exit status of an answer."""
    from drcheck.cli.status import OK, UNDECIDED, VIOLATION

    here, everywhere = answer.here, answer.everywhere
    if here is not None:
        return OK if here.way is not None else VIOLATION if here.certain else UNDECIDED
    if everywhere.lost:
        return VIOLATION
    return OK if everywhere.whole else UNDECIDED


__all__ = ["recover_command"]
