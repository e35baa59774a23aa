"""What is known of a promise while combinations of adversities are tried."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from drcheck.answers.combinations import Combination, Uses
from drcheck.answers.composed import Asked, Question
from drcheck.answers.found import Known, LengthCut, Promise, Tried
from drcheck.verdicts.wording import VIOLATED


@dataclass(frozen=True)
class Answers:
    """What one search says of a promise: for all uses, `most` in all at the most; None where a part of them breaks it."""

    most: int
    tried: Sequence[tuple[Uses, Tried | None]]


class Row:
    """What is found of one promise while combinations are tried."""

    def __init__(self, promise: Promise, left: Sequence[Combination] = ()) -> None:
        self.promise = promise
        self.left = dict.fromkeys(left)
        """Combinations that are not tried, each once."""
        self.beyond = 0
        self.implied: dict[Combination, None] = {}
        self.tried: dict[Combination, Tried] = {}
        self.explained: dict[Combination, tuple[Known, tuple[str, ...]]] = {}
        self.answers: dict[Hashable, Answers] = {}
        self.lengths: list[LengthCut] = []
        self.untried_lengths: list[str] = []
        self.known: dict[Question, Tried] = {}
        """What became of it first, by what is asked."""

    def add(self, tried: Tried) -> None:
        """What became of it."""
        self.tried[tried.combination] = tried
        if tried.question is not None:
            self.known.setdefault(tried.question, tried)

    def has(self, combination: Combination) -> bool:
        """Whether it is known what becomes of it under a combination."""
        return combination in self.tried or combination in self.implied

    def broken_within(self, combination: Combination) -> bool:
        """Whether it is known to break with a part of a combination, or all of it."""
        return any(t.verdict == VIOLATED and c.within(combination) for c, t in self.tried.items())

    def knows(self, combination: Combination, asked: Asked) -> bool:
        """Whether what becomes of it needs no search; if so, it is noted."""
        if self.has(combination):
            return True
        if self._breaks_with_less(combination, asked.monotone):
            self.implied[combination] = None
            return True
        known = self.known.get(asked.under(combination))
        if known is not None:
            self.add(replace(known, combination=combination, searched=False))
        return known is not None

    def _breaks_with_less(self, combination: Combination, monotone: frozenset[str]) -> bool:
        for part, tried in self.tried.items():
            if tried.verdict == VIOLATED and part.deviations == combination.deviations and part.within(combination):
                before = dict(part.uses)
                if all(n == before.get(kind, 0) or kind in monotone for kind, n in combination.uses):
                    return True
        return False

    def new_cuts(self) -> list[Combination]:
        """What breaks it with no part that does, as far as is known, and was not held against findings yet."""
        broken = [c for c, tried in self.tried.items() if tried.verdict == VIOLATED]
        least_ = [c for c in broken if c not in self.explained]
        return [c for c in least_ if not any(o != c and o.within(c) for o in broken)]

    @property
    def all(self) -> Promise:
        """All that was found."""
        return replace(
            self.promise,
            tried=tuple(self.tried.values()),
            implied=len(self.implied),
            left=tuple(self.left),
            beyond=self.beyond,
            explained=self.explained,
            lengths=tuple(self.lengths),
            untried_lengths=tuple(self.untried_lengths),
        )


__all__ = ["Answers", "Row"]
