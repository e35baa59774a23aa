"""`drcheck keep`: another command's answer, kept for reviews."""

from __future__ import annotations

import contextlib
import io
import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from drcheck.cli.status import INTERRUPTED_LINE, OK, UNDECIDED, VIOLATION
from drcheck.errors import UsageError


@click.command(
    "keep",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    epilog="""
\b
Examples:
  drcheck keep cuts drcheck.examples:pair --order 3
  drcheck keep curve drcheck.examples:pair longest_wait --along patience=0h..6h
  drcheck keep --in reviews/kept repairs drcheck.examples:pair

A review takes an answer in as long as it is of the same version of the design, its properties and drcheck, with the same
parameters; otherwise it says that the answer is not made for this version. docs/review.md says more.

The exit status is that of the command; nothing is kept after an error or an interrupt.
""",
)
@click.option(
    "--in",
    "folder",
    default="review/kept",
    show_default=True,
    metavar="FOLDER",
    help="Where it is kept; reviews look in the folder kept beside them.",
)
@click.argument("name", metavar="COMMAND")
@click.argument("arguments", metavar="[ARGUMENT]...", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def keep_command(context: click.Context, folder: str, name: str, arguments: Sequence[str]) -> None:
    """Run another drcheck command on one design, and keep its answer for reviews."""
    from drcheck.cli.discover import chosen
    from drcheck.cli.options import settings_for
    from drcheck.report.further import WANTED
    from drcheck.report.kept import Kept, digest_of, keep
    from drcheck.schemas import read

    group = context.parent.command if context.parent is not None else None
    known = [each for each in WANTED if isinstance(group, click.Group) and each in group.commands]
    if not isinstance(group, click.Group) or name not in known:
        raise UsageError("DR403", f"{name!r} has no answer that a review takes in", available=known, asked=name)
    command = group.commands[name]
    asked = command.make_context(name, list(arguments), parent=context.parent)
    targets = asked.params.get("targets", (asked.params.get("target"),))
    designs = chosen(targets) if targets and targets[0] is not None else []
    if len(designs) != 1:
        raise UsageError("DR403", f"what is kept is an answer about one design, not {len(designs)}", remedy="name one")
    (design,) = designs
    settings = settings_for(design, asked.params.get("assignments", ()))
    right = digest_of(design, settings)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status = command.main([*arguments, "--json"], prog_name=f"drcheck {name}", standalone_mode=False)
    if status not in (None, OK, VIOLATION, UNDECIDED):
        context.exit(status)
    document = read(printed.getvalue(), name)
    if document.get("stopped") == INTERRUPTED:
        click.echo(INTERRUPTED_LINE, err=True)
        context.exit(UNDECIDED)
    told = shlex.join(["drcheck", "keep", name, *arguments])
    path = keep(Kept(told, design.name, right, document), Path(folder))
    click.echo(f"kept: {path}")
    context.exit(status or OK)


INTERRUPTED = "interrupted"
"""What a document says that an interrupt cut short."""
