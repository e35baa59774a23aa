"""What expressions and properties say at a state of a session, and, where they speak of events, on the way to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drcheck.answers.asked import expression_in
from drcheck.errors import DrcheckError
from drcheck.explorer.session import Node, Session
from drcheck.language.durations import Duration
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, nodes_in, substitute
from drcheck.language.happening import Grows, Happens
from drcheck.language.units import brief, quantity, unit_of
from drcheck.logic.kinds import (
    Always,
    CanAlways,
    DeadlockFree,
    LeadsTo,
    Property,
    Reachable,
    Structure,
    Within,
    WorstCase,
)

YES, NO = "true", "false"


@dataclass(frozen=True)
class Part:
    """A part of a property at a state: what it is called, what it says, and its value in words."""

    called: str
    text: str
    value: str


@dataclass(frozen=True)
class Here:
    """A property at a state. `word` in a few words; `mark`: "good", "bad", or "" where the state alone shows nothing."""

    name: str
    word: str
    mark: str
    parts: tuple[Part, ...]


class Truth:
    """Evaluates on a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: dict[tuple[str, bool], Expression] = {}

    def expression(self, text: str, *, condition: bool = False) -> Expression:
        """The expression that a text is; remembered. With `condition`, it must be one.

        Raises TextError, and PathError DR522 for a text that is too long, a formula, or a number where a condition is needed.
        """
        if (text, condition) not in self._read:
            found = expression_in(text, self._session.system, condition=condition)
            if len(self._read) >= 1_000:
                self._read.clear()
            self._read[text, condition] = found
        return self._read[text, condition]

    # -- values ----------------------------------------------------------------------------------------------------------
    def value(self, node: Expression, at: Node) -> bool | int | str:
        """The value of an expression at a node; of events it knows how the session came there."""
        if any(isinstance(part, (Happens, Grows)) for part in nodes_in([node])):
            node = substitute(node, lambda leaf: self._of_steps(leaf, at))
        environment = self._session.oracle.environment
        environment.look_at(at.state)
        return node.evaluate(environment)

    def holds(self, condition: Expression, at: Node) -> bool:
        """Whether a condition holds at a node."""
        return bool(self.value(condition, at))

    def words(self, node: Expression, at: Node) -> str:
        """The value of an expression at a node in words, with its unit."""
        value = self.value(node, at)
        if isinstance(value, bool):
            return YES if value else NO
        return brief(value, unit_of(node), self._session.system.tick) if isinstance(value, int) else str(value)

    def _of_steps(self, leaf: Expression, at: Node) -> Expression:
        if isinstance(leaf, Happens):
            step = at.step
            took = step is not None and (step.event.name in leaf.events or step.event.kind in leaf.events)
            before = None if at.parent is None else self._session.node(at.parent)
            return Literal(took and (leaf.when is None or (before is not None and self.holds(leaf.when, before))))
        if isinstance(leaf, Grows):
            if at.parent is None:
                return Literal(False)
            before = self._session.node(at.parent)
            return Literal(int(self.value(leaf.measure, at)) > int(self.value(leaf.measure, before)))
        return leaf

    # -- properties ------------------------------------------------------------------------------------------------------
    def of(self, item: Property, at: Node) -> Here:
        """A property at a node: its parts, and what they say together. One that cannot be read there says why."""
        item = item if item.written is None else item.written
        try:
            parts = tuple(self._parts(item, at))
            word, mark = self._together(item, at)
        except DrcheckError as error:
            return Here(item.name, error.message, "", ())
        return Here(item.name, word, mark, parts)

    def _parts(self, item: Property, at: Node) -> Iterator[Part]:
        for called, node in item.parts():
            if node.kind in (BOOLEAN, INTEGER):
                yield Part(called, str(node), self.words(node, at))

    def _together(self, item: Property, at: Node) -> tuple[str, str]:
        trigger = item.trigger is None or self.holds(item.trigger, at)
        match item:
            case Always(condition=Expression() as condition):
                if not trigger:
                    return "its trigger does not hold here", ""
                return ("holds here", "good") if self.holds(condition, at) else ("broken here", "bad")
            case Reachable(condition=Expression() as condition):
                return ("reached here", "good") if self.holds(condition, at) else ("not reached here", "")
            case CanAlways(condition=Expression() as condition):
                return (
                    ("its goal holds here", "good")
                    if self.holds(condition, at)
                    else ("its goal does not hold here", "")
                )
            case LeadsTo(condition=Expression() as goal) | Within(goal=Expression() as goal):
                if self.holds(goal, at):
                    return "its goal holds here", "good"
                begins = at.depth == 0 if item.trigger is None else trigger
                return ("begins to wait here" if begins else "its trigger does not hold here"), ""
            case WorstCase(measure=Expression() as measure):
                return self._measured(item, measure, at)
            case DeadlockFree():
                if self._session.steps(at.state):
                    return "a step is possible here", "good"
                excepted = item.condition is not None and self.holds(item.condition, at)
                return ("no step, as is excepted here", "") if excepted else ("broken here: no step is possible", "bad")
            case Structure():
                return "a fact of the composition, not of states", ""
        return "of whole executions", ""

    def _measured(self, item: Property, measure: Expression, at: Node) -> tuple[str, str]:
        system, value = self._session.system, int(self.value(measure, at))
        said = quantity(value, unit_of(measure), system.tick)
        if item.at_most is None:
            return f"{said} here", ""
        most = system.ticks(item.at_most) if isinstance(item.at_most, Duration) else item.at_most
        return (
            (f"{said} here, within {item.at_most}", "good")
            if value <= most
            else (f"{said} here, beyond {item.at_most}", "bad")
        )


__all__ = ["Here", "Part", "Truth"]
