"""Coverage of guards: which conditions of events ever decide whether an event can happen.

A guard is a conjunction of conditions. A condition *decides* in a state where it alone keeps the guard from holding: all
others hold and it does not. A condition that decides in no reachable state could be left out, and the design would do the
same: it is redundant, or the design never reaches the states where it would matter. For a guard that never holds, the
conditions that never hold are reported; if each holds at some time, they never hold together. (That a condition shows its
effect on its own is the unique-cause criterion of Chilenski and Miller, Applicability of modified condition/decision
coverage to software testing, Software Engineering Journal 9, 1994; here all reachable states take the place of a set of
tests.)

The questions are watches (see `engines.protocol.Query`), so any engine answers them in the search that decides the
properties. A condition on a free choice is one condition, which decides where it does with some value. Only guards count: it
does not matter that an event may have to wait for urgent ones, or for one of higher priority.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drcheck.language.expressions import BOOLEAN, ENUMERATION, Expression, Literal, Operation
from drcheck.language.given import Given
from drcheck.language.names import Named
from drcheck.system.system import Cell, Event, System
from drcheck.system.terms import conjunction, disjunction


@dataclass(frozen=True)
class Condition:
    """One condition of a guard, as text. `alternative`: of which alternative of the event (from 1 on), or None: of all.

    `decides` and `holds`: whether a state was seen where it alone keeps the guard from holding, and one where it holds.
    """

    text: str
    alternative: int | None
    decides: bool
    holds: bool


@dataclass(frozen=True)
class GuardCoverage:
    """What was seen of the guard of one event. `holds`: whether a state was seen where it does."""

    event: Event
    holds: bool
    conditions: tuple[Condition, ...]

    @property
    def idle(self) -> list[Condition]:
        """The conditions that decide in no state that was seen, where the guard itself was seen to hold."""
        return [condition for condition in self.conditions if self.holds and not condition.decides]

    @property
    def never(self) -> str:
        """Why the guard never holds, as far as its conditions show."""
        missing = [condition.text for condition in self.conditions if not condition.holds]
        if missing:
            return "never true: " + "; ".join(missing)
        return "each condition is true at some time, but never all together"


@dataclass(frozen=True)
class _Asked:
    """The positions of watches: of the guard, and for each condition its text, its alternative, where it decides and holds."""

    event: Event
    guard: int
    conditions: tuple[tuple[str, int | None, int, int], ...]


class GuardQuestions:
    """The watches for the coverage of all guards of a system, from position `first` on."""

    def __init__(self, system: System, first: int) -> None:
        self._first = first
        self.watches: list[Expression] = []
        self._asked = [self._event(event) for event in system.events]

    def _watch(self, node: Expression) -> int:
        self.watches.append(node)
        return self._first + len(self.watches) - 1

    def _event(self, event: Event) -> _Asked:
        common = _conditions(event.guard)
        found = self._decisive(common, common, None)
        wholes = []
        several = len({way.chosen for way in event.alternatives})
        outcomes = len(event.alternatives) // several
        of_values: dict[tuple[str, int | None], list[tuple[Expression, Expression]]] = {}
        for number, way in enumerate(event.alternatives):
            own = [] if way.guard is None else _conditions(way.guard, but=common)
            alternative = number % outcomes + 1 if outcomes > 1 else None
            wholes.append(conjunction([*common, *own]))
            if several == 1:
                found += self._decisive([*common, *own], own, alternative)
                continue
            for condition in own:  # what a guard says of a free choice is one condition, whatever the value
                alone = _alone(condition, [*common, *own])
                of_values.setdefault((condition_text(condition), alternative), []).append((alone, condition))
        for (text, alternative), pairs in of_values.items():
            alone, holds = (disjunction(nodes) for nodes in zip(*pairs, strict=True))
            found.append((text, alternative, self._watch(alone), self._watch(holds)))
        whole = wholes[0] if len(wholes) == 1 else Operation("or", wholes, BOOLEAN)
        return _Asked(event, self._watch(whole), tuple(found))

    def _decisive(
        self, whole: Sequence[Expression], some: Sequence[Expression], alternative: int | None
    ) -> list[tuple[str, int | None, int, int]]:
        """For each of `some` conditions of a guard, where it alone is not true, and where it is."""
        return [
            (condition_text(condition), alternative, self._watch(_alone(condition, whole)), self._watch(condition))
            for condition in some
        ]

    def answer(self, hits: Sequence[int | None]) -> list[GuardCoverage]:
        """The coverage, from the hits of a search for these watches."""
        return [
            GuardCoverage(
                asked.event,
                hits[asked.guard] is not None,
                tuple(
                    Condition(text, alternative, hits[alone] is not None, hits[holds] is not None)
                    for text, alternative, alone, holds in asked.conditions
                ),
            )
            for asked in self._asked
        ]


def _alone(condition: Expression, whole: Sequence[Expression]) -> Expression:
    """Where a condition alone keeps a guard from holding."""
    others = [other for other in whole if other is not condition]
    return conjunction([*others, Operation("not", (condition,), BOOLEAN)])


def _conditions(guard: Expression, but: Sequence[Expression] = ()) -> list[Expression]:
    """The conditions of a guard, without those in `but`; none for one that always holds.

    Equal ones are one, so that they do not hide each other.
    """
    parts, stack = [], [guard]
    while stack:
        node = stack.pop()
        if isinstance(node, Operation) and node.operator == "and":
            stack.extend(reversed(node.arguments))
        elif not (isinstance(node, Literal) and node.value is True):
            parts.append(node)
    known = {str(part) for part in but}
    return list({str(part): part for part in parts if str(part) not in known}.values())


def condition_text(node: Expression) -> str:
    """A lowered condition with the names of states, of enumerations' values and of free choices instead of numbers."""
    return str(_labelled(node))


def _labelled(node: Expression) -> Expression:
    if isinstance(node, Given):
        return node.choice
    if not isinstance(node, Operation):
        return node
    if node.name:
        return Named(node.name, node)
    arguments = list(node.arguments)
    if node.operator in ("==", "!=") and len(arguments) == 2:
        for cell, other in (arguments, arguments[::-1]):
            if isinstance(cell, Cell) and cell.domain.kind == ENUMERATION and isinstance(other, Literal):
                at = next(i for i, argument in enumerate(arguments) if argument is other)
                arguments[at] = Literal(cell.domain.decode(int(str(other.value))))
    return Operation(node.operator, [_labelled(argument) for argument in arguments], node.kind, node.labels)
