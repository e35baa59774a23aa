"""`drcheck explore`: a design stepped state by state, in a page or in the terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence

import click

from drcheck.cli.complete import designs, properties
from drcheck.cli.options import path_given, set_option, settings_for
from drcheck.errors import UsageError


@click.command(
    "explore",
    epilog="""
\b
Examples:
  drcheck explore drcheck.examples:pair
  drcheck explore drcheck.examples:pair somebody_serves
  drcheck explore drcheck.examples:pair --text
  drcheck explore drcheck.examples:pair --at 'primary_fails 2*tick take_over'

Nothing is searched to begin with: the explorer takes one step after the other on live machines, so it is ready at once however
many states there are. PATH is text: the number of the initial state if there are several, then events, each with #2 for the
second of several ways in which it can end there, and 3* for three times in a row. `check`, pytest and the review print the
command that opens the explorer at the end of each trace. The page is for this machine alone and ends with the command.
""",
)
@click.argument("target", shell_complete=designs)
@click.argument("name", metavar="[PROPERTY]", required=False, shell_complete=properties)
@set_option
@click.option(
    "--at", "at", metavar="PATH", help="Open it at the end of this path; @FILE reads one, - reads standard input."
)
@click.option("--text", "in_terminal", is_flag=True, help="In the terminal, without a page.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="The port of the page (default: a free one)."
)
def explore_command(
    target: str, name: str | None, assignments: Sequence[str], at: str | None, in_terminal: bool, port: int
) -> None:
    """Step through the design TARGET (module:design) by hand, and ask why, why not and how from here.

    With PROPERTY, the name of a property or the key of a claim, the design has the parameters that it is stated for, and its
    trace can be walked.
    """
    from drcheck.designs.design import load
    from drcheck.explorer.subject import explored
    from drcheck.explorer.terminal import Terminal

    if not in_terminal:
        _needs_web()
    if in_terminal and at == "-":
        raise UsageError("DR401", "--at - reads standard input, which --text needs", remedy="write --at @FILE")
    text = path_given(at)
    with contextlib.redirect_stdout(sys.stderr):  # what a model prints
        design = load(target)
        subject, named = explored(design, settings_for(design, assignments), name)
    opened, warning = (subject.session.root(), "") if text is None else subject.session.open(text)
    if warning:
        click.echo(f"note: {warning}", err=True)
    if in_terminal:
        from drcheck.render.style import clean

        terminal = Terminal(subject, lambda line: click.echo(clean(line)))
        terminal.node = opened
        terminal.begin(named)
        terminal.read(_lines())
        return
    from drcheck.explorer.server import serve

    serve(subject, named, opened, port, lambda line: click.echo(line))


def _lines() -> Iterator[str]:
    """What is typed, with a prompt where somebody types."""
    typed = sys.stdin.isatty()
    if typed:
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  # lines can be edited, and called again
    while True:
        try:
            yield input("explore> " if typed else "")
        except EOFError:
            return


def _needs_web() -> None:
    """Raise UsageError DR408 where the extra `web` is missing."""
    from importlib.util import find_spec

    if find_spec("starlette") is None or find_spec("uvicorn") is None:
        raise UsageError(
            "DR408",
            "the page of the explorer needs starlette and uvicorn, which are not installed",
            remedy="install the extra with pip install 'drcheck[web]', or explore in the terminal with --text",
        )
