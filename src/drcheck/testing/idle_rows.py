"""The rows that are never chosen, over all searches of a run of tests: gathered from every process, reported at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from drcheck.verdicts.verdict import Run

Seen: TypeAlias = Sequence[tuple[str, bool, bool]] | None
"""Each row of a search as text, whether it was chosen, whether the parameters prevent that; None: not known."""


def seen_in(run: Run) -> Seen:
    """What a search shows of rows, as plain data."""
    if not run.knows_rows:
        return None
    return [(str(seen.row), seen.chosen, seen.constant) for seen in run.rows or ()]


def lines(gathered: Mapping[str, Sequence[Seen]]) -> Iterator[str]:
    """For each design, by its label, a line with the rows that no search chose; nothing if some search does not show it."""
    for label, searches in sorted(gathered.items()):
        known = [search for search in searches if search is not None]
        if len(known) < len(searches):
            continue
        rows: dict[str, list[tuple[bool, bool]]] = {}
        for search in known:
            for text, chosen, constant in search:
                rows.setdefault(text, []).append((chosen, constant))
        idle = [text for text, each in rows.items() if not any(chosen or constant for chosen, constant in each)]
        if idle:
            yield f"{label}: rows that are never chosen: {', '.join(idle)}"


__all__ = ["Seen", "lines", "seen_in"]
