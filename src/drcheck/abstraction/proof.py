"""What a proof by slices comes to: what was searched, what is known of each conjunct, and the answers to what was asked."""

from __future__ import annotations

from dataclasses import dataclass

from drcheck.language.expressions import Expression
from drcheck.system.system import State


@dataclass(frozen=True)
class Searched:
    """A slice that was explored: which counters it keeps, and how many states were found, in how many seconds of the engine.

    `whole`: it has no others. `spans`: of so many of the counters it is only kept between what they, or their signs, lie.
    """

    kept: tuple[str, ...]
    states: int
    whole: bool
    seconds: float = 0.0
    spans: int = 0


@dataclass(frozen=True)
class Conjunct:
    """What is known of one disjunct of a condition that was asked for, or of a number.

    `watch`: the position of the condition, None for an update that may leave its domain. `never` it holds in a reachable state,
    or it is `reached`; neither: it is not known. `by`: the slices that showed it, by position.
    """

    node: Expression
    watch: int | None
    never: bool
    reached: bool
    by: tuple[int, ...]


@dataclass(frozen=True)
class Answer:
    """What is known of one question.

    Of a condition: `never` it holds in a reachable state, or `path` leads to one in which it does; neither: it is not known.
    Of a number: it is at most `above`, and on the end of `path` it is `below`. `by`: the slices that showed it, by position.
    """

    never: bool = False
    path: tuple[State, ...] | None = None
    above: int | None = None
    below: int | None = None
    by: tuple[int, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the question is answered."""
        return self.never or self.above == self.below if self.above is not None else self.never or self.path is not None


@dataclass(frozen=True)
class Proof:
    """All answers: to the watches, the maxima, and whether a step leaves a domain (`never` it does).

    `slices`: all that were explored. `states`: how many states they have together, and all that replays saw; `replayed` of these
    were seen by replays. `rounds`: how often the number of states that a slice may have was raised, and once more. `seconds`:
    those of the engines. `stopped`: why no more was done, if anything is open. `counters`: of the system, by name.
    `spent`: with a larger budget more would be done. `besides`: whether each of the further conditions never holds, as far as
    slices that were explored anyway have shown it.
    """

    watches: tuple[Answer, ...]
    maxima: tuple[Answer, ...]
    leaving: Answer
    slices: tuple[Searched, ...] = ()
    states: int = 0
    replayed: int = 0
    rounds: int = 0
    seconds: float = 0.0
    stopped: str | None = None
    counters: tuple[str, ...] = ()
    spent: bool = False
    besides: tuple[bool, ...] = ()


__all__ = ["Answer", "Conjunct", "Proof", "Searched"]
