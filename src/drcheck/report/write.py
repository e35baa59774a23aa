"""The design review as files, whole or not at all: HTML, the same in Markdown, and JSON from which both can be made again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from drcheck.designs.design import Design
from drcheck.engines.protocol import Limits
from drcheck.errors import OutputError, UsageError
from drcheck.report.collect import collect
from drcheck.report.content import Review
from drcheck.report.digest import ListenerFor
from drcheck.report.kept import FOLDER
from drcheck.report.pages import HTML, MARKDOWN, files
from drcheck.report.plain import as_json, from_json
from drcheck.verdicts.claims import Claim
from drcheck.verdicts.sliced import SEARCH
from drcheck.whole_files import try_folder, write_whole
from drcheck.workers.cluster import Cluster

NAME = "review"
"""The name of the first file in a directory, without its ending."""
JSON = ".json"


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
    kept: str | Path | None = None,
    commands: Iterable[str] = (),
    by: str = SEARCH,
    budget: int = 0,
    processes: int = 1,
    cluster: Cluster | None = None,
) -> list[Path]:
    """Review designs and write the files; returns their paths, the first page and its twins first.

    `output` is the first HTML file (or its Markdown twin); the others are written beside it, their names begin with its name.
    Anything else is a directory, for review.html and the others. A directory that does not exist is made. Raises OutputError
    DR601, before any search, if nothing can be written; all files are complete before any takes its name. Answers of other
    commands are taken from `kept`, by default the folder of that name beside the first page. See `collect`.
    """
    page = first(output)
    with _directory(page.parent):
        _try(_leading(page))
        review = collect(
            designs,
            settings,
            claims=claims,
            engine=engine,
            limits=limits,
            listener=listener,
            output=page.name,
            repair_sets=repair_sets,
            kept=page.parent / FOLDER if kept is None else kept,
            commands=commands,
            by=by,
            budget=budget,
            processes=processes,
            cluster=cluster,
        )
        return save(review, output)


def save(review: Review, output: str | Path) -> list[Path]:
    """Write a review that is collected already. See `write_review`."""
    page = first(output)
    beside = page.name != f"{NAME}{HTML}" or not _is_directory(output)
    made = {page.parent / name: text for name, text in files(review, page.stem, beside=beside).items()}
    made[page.with_suffix(JSON)] = as_json(review)
    with _directory(page.parent):
        _put(made)
    leading = _leading(page)
    return [*leading, *(path for path in made if path not in leading)]


def _leading(page: Path) -> list[Path]:
    """The first page and its twins."""
    return [page, page.with_suffix(MARKDOWN), page.with_suffix(JSON)]


def read_review(file: str | Path) -> Review:
    """The review that a JSON file holds. Raises UsageError DR407 for a file that cannot be read or holds none."""
    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or error
        raise UsageError("DR407", f"{file} cannot be read: {said}", remedy="name a review.json") from None
    return from_json(text)


def first(output: str | Path) -> Path:
    """The first HTML file that `output` stands for."""
    path = Path(output)
    if _is_directory(path):
        return path / f"{NAME}{HTML}"
    return path.with_suffix(HTML)


def _is_directory(output: str | Path) -> bool:
    path = Path(output)
    return path.is_dir() or path.suffix.lower() not in (HTML, ".htm", MARKDOWN, ".markdown")


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


__all__ = ["first", "read_review", "save", "write_review"]
