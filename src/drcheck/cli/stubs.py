"""`drcheck stubs`: types of designs for type checkers and editors."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drcheck.cli.complete import designs
from drcheck.errors import OutputError, UsageError

if TYPE_CHECKING:
    from drcheck.designs.design import Design


@click.command(
    "stubs",
    epilog="""
\b
Examples:
  drcheck stubs
  drcheck stubs --check
  drcheck stubs drcheck.examples:pair --output pair_types.py

The types of the designs of model/pair.py go to model/pair_types.py, one class for each design (`Pair` for `pair`). Annotate
properties with them, `def one_at_a_time(d: Pair) -> Property`, and mypy and pyright refuse `d.primary.dwon`. A type has all
that any choice of the parameters composes. The function of the design itself is not checked.

Exit status: 0 the types are written, or are as they would be written; 2 an error: with --check, types that are stale.
""",
)
@click.argument("targets", metavar="[TARGET]...", nargs=-1, shell_complete=designs)
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the types of one module there.")
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; an error names the types that are stale or missing."
)
def stubs_command(targets: Sequence[str], output: Path | None, only_check: bool) -> None:
    """Write types of the designs TARGET (module:design), with which type checkers find misspelt states and variables.

    Without TARGET, of all designs of the working directory's package model/. Each file is written beside its module.
    """
    from drcheck.cli.discover import chosen
    from drcheck.cli.output_files import write_text
    from drcheck.designs.stubs import stubs_of

    with contextlib.redirect_stdout(sys.stderr):  # a model's output is not part of the report
        modules = _whole_modules(chosen(targets))
        if output is not None and len(modules) > 1:
            raise UsageError(
                "DR401",
                f"--output names one file, and the designs are of {len(modules)} modules",
                available=list(modules),
                remedy="name one design, or leave --output out",
            )
        files = {output or _beside(name): stubs_of(name, own) for name, own in modules.items()}
    for path in files:
        _check_ours(path)
    stale = [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if only_check and stale:
        raise OutputError(
            "DR405",
            "these types are not those of the designs as they are: " + ", ".join(map(str, stale)),
            remedy="rewrite them with `drcheck stubs`",
        )
    for path, text in files.items():
        if path in stale:
            write_text(path, text)
        click.echo(f"{'written' if path in stale else 'unchanged'}: {path}")


def _whole_modules(named: Sequence[Design]) -> dict[str, list[Design]]:
    """All designs of the modules of those that are named: one file holds the types of one module."""
    from drcheck.designs.design import designs_of

    names = dict.fromkeys(design.function.__module__ for design in named)
    return {name: list(designs_of(sys.modules[name]).values()) for name in names}


def _beside(module: str) -> Path:
    """Where the types of a module go. Raises OutputError DR406 for a module that is not the user's own."""
    from drcheck.designs.locate import shown

    file = getattr(sys.modules[module], "__file__", None)
    path = Path(file or "").with_suffix("")
    if file is None or not path.is_relative_to(Path.cwd()):
        raise OutputError(
            "DR406",
            f"module {module} is not below the working directory, so nothing is written beside it",
            remedy="say where with --output",
        )
    name = path.parent.name if path.name == "__init__" else path.name
    return Path(shown(path.with_name(f"{name}_types.py")))


def _check_ours(path: Path) -> None:
    """Never replace what somebody else wrote. Raises OutputError DR406."""
    from drcheck.designs.stubs import HEAD

    try:
        if not path.is_file() or path.read_text(encoding="utf-8").startswith(HEAD):
            return
    except (OSError, UnicodeDecodeError):
        pass
    raise OutputError(
        "DR406",
        f"{path} was not written by `drcheck stubs`, and is left as it is",
        remedy="choose another file with --output",
    )
