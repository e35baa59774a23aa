"""The design review as files: one HTML file and its Markdown twin, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drcheck import __version__
from drcheck.claims import Claim, load_claims
from drcheck.design import Design, show
from drcheck.errors import DesignError, OutputError
from drcheck.explore.protocol import Limits
from drcheck.report.collect import ListenerFor, check_and_digest, command, settings_for
from drcheck.report.content import DesignView, FindingView, Review
from drcheck.report.glossary import TERMS, terms
from drcheck.report.html import html
from drcheck.report.markdown import markdown
from drcheck.report.repairs import findings, numbered
from drcheck.report.traceability import claim_texts, claims_matrix

NAME = "review"
"""The name of the files in a directory."""


def collect(
    designs: Sequence[Design],
    settings: Mapping[str, Any] | None = None,
    *,
    claims: Iterable[Claim] | None = None,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: ListenerFor | None = None,
    output: str = "",
) -> Review:
    """Check designs, check the repairs of what they break, and put everything together.

    `settings` are parameter values (or texts, as the command line gives them); each goes to the designs that have the
    parameter. `claims` are all claims in scope; without them, those of `properties/claims.py` where there is one.
    `output` is only told in the commands that reproduce the review. Raises the errors of `drcheck.check.check_design`,
    and PropertyError DR302 for a repair that is not well formed.
    """
    given = dict(settings or {})
    texts = claim_texts(known_claims() if claims is None else claims)
    views: list[DesignView] = []
    found: list[FindingView] = []
    for number, (design, own) in enumerate(zip(designs, settings_for(designs, given), strict=True), 1):
        checked = check_and_digest(number, design, own, views, engine=engine, limits=limits, listener=listener)
        new, searches = findings(checked, texts, engine=engine, limits=limits, listener=listener)
        found += new
        views.append(replace(checked.view, searches=(*checked.view.searches, *searches)))
    matrix, others = claims_matrix(texts, views)
    review = Review(_now(), __version__, tuple(views), numbered(found), tuple(matrix), tuple(others), (), ())
    search = _search_options(engine, limits)
    words = [*(d.name for d in designs[1:]), *search, *(["--output", output] if output else [])]
    shown = {name: value if isinstance(value, str) else show(value) for name, value in given.items()}
    commands = [("This review", command("review", designs[0], shown, *words))]
    commands += [(f"All verdicts on {view.title}, in a terminal", view.command) for view in views]
    return replace(review, commands=tuple(commands), terms=terms(_used(review)))


def write_review(
    designs: Sequence[Design],
    settings: Mapping[str, Any] | None,
    output: str | Path,
    *,
    claims: Iterable[Claim] | None = None,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: ListenerFor | None = None,
) -> list[Path]:
    """Review designs and write the HTML file and its Markdown twin; returns their paths.

    `output` is the HTML file (the twin gets the ending .md) or the Markdown file (the other way round); anything else is a
    directory, for review.html and review.md. A directory that does not exist is made. Raises OutputError DR601, before
    any search, where nothing can be written; both files are complete before either takes its name. See `collect`.
    """
    paths = targets(output)
    with _directory(paths[0].parent):
        _try(paths)
        review = collect(
            designs, settings, claims=claims, engine=engine, limits=limits, listener=listener,
            output=paths[0].name,
        )  # fmt: skip
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


def known_claims() -> tuple[Claim, ...]:
    """The claims that `properties/claims.py` lists, or none where there is no such module. See
    `drcheck.claims.load_claims` for what it raises.
    """
    try:
        return load_claims()
    except DesignError as error:
        if error.code == "DR201":
            return ()
        raise


def _search_options(engine: str, limits: Limits) -> list[str]:
    """The options of the command line that ask for an engine and for limits."""
    words = ["--engine", engine] if engine != "auto" else []
    words += ["--limit-states", str(limits.states)] if limits.states is not None else []
    return words + (["--limit-seconds", f"{limits.seconds:g}"] if limits.seconds is not None else [])


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
            with tempfile.TemporaryFile(dir=path.parent):
                pass
        except OSError as error:
            raise _unwritable(path, error) from None


def _put(contents: Mapping[Path, str]) -> None:
    """Write all files under other names, then rename them."""
    _try(contents)
    ready: dict[Path, str] = {}
    try:
        for path, text in contents.items():
            handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
            ready[path] = temporary
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(temporary).chmod(0o666 & ~_umask())
        for path, temporary in ready.items():
            Path(temporary).replace(path)
    except OSError as error:
        raise _unwritable(next(iter(contents)), error) from None
    finally:
        for temporary in ready.values():
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        "DR601", f"the review cannot be written to {path}: {error.strerror or error}",
        remedy="choose another --output",
    )  # fmt: skip


def _now() -> str:
    """The date and time of the review in UTC; SOURCE_DATE_EPOCH fixes it."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = float(fixed) if fixed.isdecimal() else time.time()
    return datetime.fromtimestamp(moment, tz=UTC).strftime("%Y-%m-%d %H:%M UTC")


def _used(review: Review) -> set[str]:
    """The terms of the glossary that this review has use for."""
    used = {row.family for row in review.rows} & set(TERMS)
    if any(view.tick for view in review.designs):
        used.add("tick")
    if any(fault.budget.startswith("at most") for view in review.designs for fault in view.faults):
        used.add("fault budget")
    if any(row.fairness for row in review.rows) or "liveness" in used:
        used |= {"fairness", "lasso"}
    if any(row.vacuous for row in review.rows):
        used.add("vacuous")
    if review.findings:
        used |= {"finding", "repair", "counterexample"}
    if "reachability" in used:
        used.add("witness")
    if any(search.stuck for view in review.designs for search in view.searches):
        used.add("deadlock")
    if review.count_claims("NOT DECIDED"):
        used.add("not decided")
    return used


__all__ = ["collect", "known_claims", "save", "targets", "write_review"]
