"""`drcheck review`: the design review as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from drcheck.cli.complete import designs
from drcheck.cli.options import assignments_of, search_options, set_option

if TYPE_CHECKING:
    from drcheck.engines.protocol import Limits


@click.command(
    "review",
    epilog="""
\b
Examples:
  drcheck review
  drcheck review drcheck.examples:pair --set patience=6h --output six-hours
  drcheck review --output reviews/2026-11.html

Two files are written, HTML and Markdown, both self-contained; without --output, review/review.html and review/review.md.
The exit status is 0 when they are written, whatever the verdicts are.
""",
)
@click.argument("targets", metavar="[TARGET]...", nargs=-1, shell_complete=designs)
@click.option(
    "--output", default="review", show_default=True, metavar="DIR|FILE", help="A directory, or a file ending in .html."
)
@click.option(
    "--repairs",
    is_flag=True,
    help="Also decide everything with the repairs alone, in pairs and together, as drcheck repairs does; takes much longer.",
)
@set_option
@search_options
def review_command(
    targets: Sequence[str],
    output: str,
    repairs: bool,
    assignments: Sequence[str],
    engine: str,
    limits: Limits,
) -> None:
    """Check designs and write a review that can be read, discussed and signed.

    TARGET is a design, module:design; without any, all designs of the working directory's package model/. A parameter
    that is set goes to every design that has it.
    """
    from drcheck.cli.console import display
    from drcheck.cli.discover import chosen
    from drcheck.report.write import write_review

    settings = assignments_of(assignments)
    with display() as shown:
        shown.say("composing")
        paths = write_review(
            chosen(targets, limits),
            settings,
            output,
            engine=engine,
            limits=limits,
            listener=shown.search,
            repair_sets=repairs,
        )
    for path in paths:
        click.echo(f"written: {path}")
