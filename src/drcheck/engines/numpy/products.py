"""The steps of an event whose participants can each end in several ways, one participant after the other.

Of n participants with two ways each there are 2**n alternatives, and a mask of states for each of them takes longer than what
the states have of them. Here each participant in turn makes of a step that is begun one for each of its ways, so that what
is done is about what comes out. A list of alternatives says the same, and is what tests hold this against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.layout import Field
from drcheck.engines.numpy.table import Keys

Rows: TypeAlias = NDArray[np.int64]
"""Positions of states in a chunk."""
_ALL = (1 << 64) - 1


@dataclass(frozen=True)
class Change:
    """What an alternative does to one word: bits of `kept` stay, `added` is added (modulo 2**64), and the values of
    `values`, each a register, minus the field's least value, at the field's place.
    """

    word: int
    kept: int
    added: int
    values: tuple[tuple[int, Field], ...]

    def after(self, before: Keys, rows: Any, values: Sequence[Any]) -> Keys:
        """Words after a step from the states at `rows`: `before` are the words, an array that may be written to."""
        after = before
        if self.kept != _ALL:
            after &= np.uint64(self.kept)
        if self.added:
            after += np.uint64(self.added)
        for register, field in self.values:
            value = values[register][rows].astype(np.int64)
            if field.low:
                value -= field.low
            bits = value.view(np.uint64)
            bits <<= np.uint64(field.shift)
            after |= bits
        return after


@dataclass(frozen=True)
class Branch:
    """A way in which a participant can end: the register of its guard, and what it does."""

    guard: int
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Product:
    """An event, with the register of whether it can happen, and the ways of each participant. No value leaves its domain."""

    event: int
    enabled: int
    shares: tuple[tuple[Branch, ...], ...]

    @property
    def registers(self) -> Iterable[int]:
        """What it reads."""
        yield self.enabled
        for branch in (branch for share in self.shares for branch in share):
            yield branch.guard
            yield from (register for change in branch.changes for register, _ in change.values)

    @property
    def words(self) -> list[int]:
        """The words that it changes."""
        return sorted({change.word for share in self.shares for branch in share for change in branch.changes})

    def counts(self, values: Sequence[Any], whole: Callable[[Any], NDArray[np.bool_]]) -> NDArray[np.int64]:
        """How many steps each state has; `whole` makes an array of a boolean of the plan."""
        counts = whole(values[self.enabled]).astype(np.int64)
        for share in self.shares:
            counts *= sum(whole(values[branch.guard]).astype(np.int64) for branch in share)
        return counts

    def targets(self, rows: Rows, words: Sequence[Keys], values: Sequence[Any]) -> tuple[Rows, dict[int, Keys]]:
        """All steps of the states at `rows`, in which the event can happen: the state of each, ascending, and in the order of
        alternatives; and of each word that is changed what it becomes.
        """
        made = {word: words[word][rows] for word in self.words}
        for share in self.shares:
            if len(share) == 1 and np.ndim(values[share[0].guard]) == 0:
                for change in share[0].changes:
                    made[change.word] = change.after(made[change.word], rows, values)
                continue
            masks = [_at(values[branch.guard], rows) for branch in share]
            counts = np.zeros(len(rows), np.int64)
            for mask in masks:
                counts += mask
            ends = np.cumsum(counts)
            at, total = ends - counts, int(ends[-1]) if len(ends) else 0
            new = {word: np.empty(total, np.uint64) for word in made}
            origin = np.empty(total, np.int64)
            for branch, mask in zip(share, masks, strict=True):
                taken = np.flatnonzero(mask)
                spots, from_ = at[taken], rows[taken]
                at[taken] += 1
                origin[spots] = from_
                changed = {change.word: change for change in branch.changes}
                for word, before in made.items():
                    after = before[taken]
                    new[word][spots] = changed[word].after(after, from_, values) if word in changed else after
            rows, made = origin, new
        return rows, made


def _at(mask: Any, rows: Rows) -> NDArray[np.bool_]:
    return np.full(len(rows), mask) if np.ndim(mask) == 0 else mask[rows]


__all__ = ["Branch", "Change", "Product"]
