"""What is explored: a design with its parameters, the session that steps it, and what its properties say there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from drcheck.answers.service import goals_of
from drcheck.designs.design import Design
from drcheck.designs.parameter import settings_text
from drcheck.designs.preparing import stated_on
from drcheck.designs.selection import beyond, select
from drcheck.errors import DrcheckError, PathError, PropertyError
from drcheck.explorer.session import Session
from drcheck.explorer.truth import Truth
from drcheck.language.expressions import Expression
from drcheck.logic.kinds import Property
from drcheck.logic.properties import Statement
from drcheck.render.explore_command import opening
from drcheck.system.system import System


@dataclass(frozen=True)
class Elsewhere:
    """A property that is not stated for these parameters, or cannot be: the name, and why, or with which others it is."""

    name: str
    why: str


@dataclass
class Subject:
    """A design that is explored. `settings`: the parameters that were requested, with those that a property is stated for.

    `properties` are those that are stated for these parameters, `others` those that are not and can be read all the same;
    `elsewhere` says of all others why they are not decided here. `verdicts`: of the last check of each.
    """

    design: Design
    settings: Mapping[str, Any]
    system: System
    session: Session
    truth: Truth
    properties: dict[str, Property] = field(default_factory=dict)
    others: dict[str, Property] = field(default_factory=dict)
    elsewhere: list[Elsewhere] = field(default_factory=list)
    verdicts: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The design, and its title."""
        return f"{self.design.name}: {self.system.title}"

    def property(self, name: str) -> Property:
        """A property that is stated for these parameters, by its name. Raises PropertyError DR301."""
        if name not in self.properties:
            other = next((each for each in self.elsewhere if each.name == name), None)
            raise PropertyError(
                "DR301",
                f"property {name} is not stated for these parameters: {other.why}"
                if other is not None
                else f"design {self.design.name} has no property {name!r}",
                available=() if other is not None else list(self.properties),
                asked=name,
            )
        return self.properties[name]

    def goals(self) -> dict[str, str]:
        """What can be asked to be reached again: the goals of properties, by the names of these, as they are written."""
        return {name: str(goal) for name, goal in self._goals().items()}

    def _goals(self) -> dict[str, Expression]:
        """Those of `can_always` first; those of properties that are stated for these parameters before others."""
        return {**goals_of(self.properties), **goals_of(self.others)}

    def goal(self, name_or_text: str) -> Expression:
        """The condition that the goal of a property is, or that a text is. Raises PathError DR522, TextError."""
        goals = self._goals()
        if name_or_text in goals:
            return goals[name_or_text]
        if not name_or_text.strip():
            raise PathError(
                "DR522", "a goal is needed", available=list(goals), remedy="write a condition, as server.up"
            )
        if name_or_text in self.properties:
            raise PathError("DR522", f"property {name_or_text} has no goal", available=list(goals))
        return self.truth.expression(name_or_text, condition=True)

    def command(self, number: int) -> str:
        """The command that opens the explorer at a node, with the path in it, or, if that is long, with a name for its file."""
        path = str(self.session.path(number))
        found = opening(self.system, path)
        return path if found is None else found.named("FILE")


def explored(design: Design, settings: Mapping[str, Any], name: str | None = None) -> tuple[Subject, list[Property]]:
    """A design to explore, and the properties that were named: by a name or the key of a claim.

    With a name, the parameters are also those that the first of them is stated for. Raises PropertyError DR301, DR302, and what
    composing raises.
    """
    statements = design.statements(settings)
    named = [] if name is None else select(design, [name], settings)
    given: dict[str, Any] = {}
    if named:
        given, conflict = beyond(design, settings, named[0].given)
        if conflict:
            wanted = {key: named[0].given[key] for key in conflict}
            raise PropertyError(
                "DR302",
                f"property {named[0].name} is stated for {settings_text(wanted, design.roles)}",
                remedy="leave that --set out",
            )
    whole = {**settings, **given}
    system = design.build(whole)
    session = Session(system)
    subject = Subject(design, whole, system, session, Truth(session))
    for statement in statements:
        _take(subject, statement)
    return subject, [subject.properties[s.name] for s in named if s.name in subject.properties]


def _take(subject: Subject, statement: Statement) -> None:
    """Add a property, or why it is none here."""
    present = subject.system.parameters
    other = {key: value for key, value in statement.given.items() if present[key] != value}
    if other:
        why = f"it is stated for {settings_text(other, subject.design.roles)}"
        subject.elsewhere.append(Elsewhere(statement.name, why))
        with suppress(DrcheckError):  # its goal may be one here as well
            subject.others[statement.name] = statement.on(subject.system)
        return
    try:
        item = stated_on(statement, subject.design, subject.system, subject.settings)
    except (
        DrcheckError
    ) as error:  # it is stated for other parameters than the explorer has for the property that was named
        item = error.message
    if isinstance(item, str):
        subject.elsewhere.append(Elsewhere(statement.name, item))
    else:
        subject.properties[statement.name] = item


def stops(session: Session, truth: Truth, texts: Sequence[str]) -> Callable[[int], str]:
    """What says of a node which of some conditions holds there, as breakpoints. Raises TextError, PathError DR522."""
    conditions = [(text, truth.expression(text, condition=True)) for text in texts]

    def look(number: int) -> str:
        node = session.node(number)
        return next((f"{text} holds" for text, each in conditions if truth.holds(each, node)), "")

    return look


__all__ = ["Elsewhere", "Subject", "explored", "stops"]
