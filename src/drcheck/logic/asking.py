"""What a property asks of a search, and what it reads of the states that it finds."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from drcheck.language.durations import Duration
from drcheck.language.expressions import Expression


class Questions(Protocol):
    """The questions for one search, put by its properties."""

    def lowered(self, node: Expression) -> Expression:
        """An expression over the cells of the system, of the property that asks. Raises ModelError."""

    def watch(self, node: Expression) -> int:
        """Have the search look for a state that satisfies a lowered expression; the position of the watch."""

    def greatest(self, node: Expression) -> int:
        """Have the search find the greatest value of a lowered expression; its position among those."""

    def number(self, bound: int | Duration | None) -> int | None:
        """A bound as a number, ticks if it is a duration. Raises ModelError DR117."""


@dataclass
class Asked:
    """What a property asks of a search.

    `watch`: a state by which it is decided; `trigger`: one in which its trigger holds; `maximum`: the greatest value of its
    measure, with its `bound` as a number; `delay`: the longest that its goal is waited for; each by its position. `graph`: the
    graph of transitions. `deadlock`: a state without a step. `formula`: of temporal logic, as it is written, for whose negation
    an automaton is needed. `conditions`: the lowered expressions that it is about, without its trigger.
    """

    watch: int | None = None
    trigger: int | None = None
    maximum: int | None = None
    bound: int | None = None
    delay: int | None = None
    graph: bool = False
    deadlock: bool = False
    formula: Expression | None = None
    conditions: tuple[Expression, ...] = ()


class Reads(enum.Enum):
    """What a property reads of the steps of a state, beside its conditions."""

    NOTHING = "nothing"
    LEAVING = "whether one leaves a domain"
    ANY = "whether there is any"
    ALL = "which there are"


class ShownBy(enum.Enum):
    """What a trace of a property is: a path at whose end it shows, an execution, a path after which nothing can help."""

    PATH = "path"
    EXECUTION = "execution"
    FUTURES = "futures"


__all__ = ["Asked", "Questions", "Reads", "ShownBy"]
