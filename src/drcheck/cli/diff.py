"""`drcheck diff`: what is worse, and what is better, than in earlier results."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drcheck.cli.options import format_option
from drcheck.errors import UsageError

if TYPE_CHECKING:
    from drcheck.answers.results import Results


@click.command(
    "diff",
    epilog="""
\b
Examples:
  drcheck diff old.json new.json
  drcheck diff main/ branch/ --format markdown > comment.md
  drcheck diff old/review.json review/review.json
  drcheck diff old.json new.json --json

What held and is not decided any more is worse. docs/diff.md says what is worse, better, or just different.

Exit status: 0 nothing is worse, 1 something is, 2 an error.
""",
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@format_option("markdown", "json")
@click.option(
    "--renames",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A table of new names of designs, properties and findings (default properties/renamed.toml, if it is there).",
)
@click.pass_context
def diff_command(context: click.Context, old: str, new: str, form: str, renames: Path | None) -> None:
    """Compare results OLD and NEW: what `check --json` or `claims --json` printed, a review.json, or a folder of such files.

    Designs, properties and findings are the same if they have the same name, or one led to the other in the table of new names.
    """
    from drcheck.answers.difference import difference
    from drcheck.answers.renamed import read_renames
    from drcheck.cli.diff_text import as_markdown, print_difference
    from drcheck.cli.status import OK, VIOLATION

    table = read_renames(renames)
    before, after = (table.apply(results_at(name)) for name in (old, new))
    found = difference(before, after)
    if not (found.designs or found.claims):
        raise UsageError(
            "DR409",
            f"{old} and {new} have no design in common",
            available=sorted({result.design for result in after.designs}),
            remedy="give results on the same designs; new names go into properties/renamed.toml",
        )
    if form == "markdown":
        click.echo(as_markdown(found))
    elif form == "json":
        from drcheck.cli.data import as_json
        from drcheck.schemas import document

        click.echo(as_json(document("diff", {"old": old, "new": new, **found.as_data()})))
    else:
        from drcheck.cli.console import output

        print_difference(output(), found)
    context.exit(VIOLATION if found.worse else OK)


def results_at(name: str) -> Results:
    """The results in a file, in all JSON files of a folder, or on standard input (`-`).

    Files of a folder that are of commands which say nothing of properties are passed over, and named on standard error.

    Raises UsageError DR407 for what cannot be read, or of which nothing can be compared.
    """
    from drcheck.answers.results import KINDS, Results, kind_of, read_results

    path = Path(name)
    if name == "-":
        return read_results(sys.stdin.read(), "standard input")
    if not path.is_dir():
        return read_results(_text(path), name)
    found, passed = Results(), []
    for file in sorted(path.glob("*.json")):
        text = _text(file)
        if kind_of(text, str(file)) in KINDS:
            found += read_results(text, str(file))
        else:
            passed.append(file.name)
    if passed:
        click.echo(f"{name}: passed over, as they say nothing of properties: {', '.join(passed)}", err=True)
    if not found.designs and not found.claims:
        raise UsageError(
            "DR407", f"there are no results in {name}", remedy="put there what `drcheck check --json` prints"
        )
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or error
        raise UsageError("DR407", f"{path} cannot be read: {said}", remedy="name a file that --json wrote") from None


__all__ = ["diff_command", "results_at"]
