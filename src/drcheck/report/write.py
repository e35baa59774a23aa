"""The design review as files: one HTML file and its Markdown twin, whole or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from drcheck.designs.design import Design
from drcheck.engines.protocol import Limits
from drcheck.errors import OutputError
from drcheck.report.collect import collect
from drcheck.report.content import Review
from drcheck.report.digest import ListenerFor
from drcheck.report.html import html
from drcheck.report.markdown import markdown
from drcheck.verdicts.claims import Claim
from drcheck.whole_files import try_folder, write_whole

NAME = "review"
"""The name of the files in a directory."""


def write_review(
    designs: Sequence[Design],
    settings: Mapping[str, Any] | None,
    output: str | Path,
    *,
    claims: Iterable[Claim] | None = None,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: ListenerFor | None = None,
    repair_sets: bool = False,
) -> list[Path]:
    """Review designs and write the HTML file and its Markdown twin; returns their paths.

    `output` is the HTML file (the twin gets the ending .md) or the Markdown file (the other way round); anything else is a
    directory, for review.html and review.md. A directory that does not exist is made. Raises OutputError DR601, before
    any search, if nothing can be written; both files are complete before either takes its name. See `collect`.
    """
    paths = targets(output)
    with _directory(paths[0].parent):
        _try(paths)
        review = collect(
            designs,
            settings,
            claims=claims,
            engine=engine,
            limits=limits,
            listener=listener,
            output=paths[0].name,
            repair_sets=repair_sets,
        )
        return save(review, output)


def save(review: Review, output: str | Path) -> list[Path]:
    """Write a review that is collected already. See `write_review`."""
    page, twin = targets(output)
    with _directory(page.parent):
        _put({page: html(review, twin=twin.name), twin: markdown(review, twin=page.name)})
    return [page, twin]


def targets(output: str | Path) -> tuple[Path, Path]:
    """The HTML file and the Markdown file that `output` stands for."""
    path = Path(output)
    ending = path.suffix.lower()
    if ending in (".html", ".htm") and not path.is_dir():
        return path, path.with_suffix(".md")
    if ending in (".md", ".markdown") and not path.is_dir():
        return path.with_suffix(".html"), path
    return path / f"{NAME}.html", path / f"{NAME}.md"


# -- files ---------------------------------------------------------------------------------------------------------
@contextlib.contextmanager
def _directory(directory: Path) -> Iterator[None]:
    """Make a directory with its parents; take away again what was made if the work inside fails."""
    made: list[Path] = []
    try:
        for folder in (*reversed(directory.parents), directory):
            if not folder.exists():
                folder.mkdir()
                made.append(folder)
    except OSError as error:
        _remove(made)
        raise _unwritable(directory, error) from None
    try:
        yield
    except BaseException:
        _remove(made)
        raise


def _remove(made: list[Path]) -> None:
    for folder in reversed(made):
        with contextlib.suppress(OSError):
            folder.rmdir()


def _try(paths: Iterable[Path]) -> None:
    """Find out now, not after the search, whether the files can be written."""
    for path in paths:
        if path.is_dir():
            raise OutputError("DR601", f"{path} is a directory", remedy="name a file that ends in .html")
        try:
            try_folder(path.parent)
        except OSError as error:
            raise _unwritable(path, error) from None


def _put(contents: Mapping[Path, str]) -> None:
    """Write all files, or none."""
    _try(contents)
    try:
        write_whole({path: text.encode() for path, text in contents.items()})
    except OSError as error:
        raise _unwritable(next(iter(contents)), error) from None


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        "DR601", f"the review cannot be written to {path}: {error.strerror or error}", remedy="choose another --output"
    )


__all__ = ["save", "targets", "write_review"]
