"""Parameters of a design that change nothing: neither the composed system nor its properties."""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from drcheck.designs.design import Design
from drcheck.designs.parameter import Parameter, show
from drcheck.designs.variants import values_of
from drcheck.errors import DrcheckError
from drcheck.language.expressions import Expression, Literal, Operation
from drcheck.language.remarks import Remark
from drcheck.logic.kinds import Property
from drcheck.logic.properties import Statement
from drcheck.system.system import Cell, System

IDLE = "DR806"
VALUES = 2
"""How many values of each of the other parameters a parameter is tried with at most."""


class Forms:
    """Numbers for expressions, the same for those that are written alike; linear in their size, shared parts once."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self._known: dict[int, tuple[Expression, int]] = {}

    def of(self, node: Expression | None) -> int:
        """The number of an expression; 0 for none."""
        if node is None:
            return 0
        if id(node) not in self._known:
            form: Any
            if isinstance(node, Operation):
                form = (node.operator, node.kind, *(self.of(part) for part in node.arguments))
            elif isinstance(node, Literal):
                form = (type(node.value).__name__, str(node.value))
            elif isinstance(node, Cell):
                form = ("cell", node.index)
            else:
                form = ("leaf", getattr(node, "label", str(node)))
            number = self._numbers.setdefault(form, len(self._numbers) + 1)
            self._known[id(node)] = (node, number)  # the node is kept, or its id could be another's
        return self._known[id(node)][1]

    def of_system(self, system: System) -> Any:
        """Everything of a system that a search, a trace or a property can show."""
        return (
            system.initial_states,
            str(system.tick),
            [self.of_property(item) for item in system.properties if isinstance(item, Property)],
            [(silenced.code, silenced.subject) for silenced in system.silenced],
            [(cell.name, cell.domain) for cell in system.cells],
            [(site.component.name, [member.name for member in site.members]) for site in system.sites],
            [
                (
                    event.name,
                    self.of(event.guard),
                    event.kind,
                    event.urgent,
                    event.priority,
                    event.fault,
                    event.rate,
                    [(p.component.name, p.trigger, p.required) for p in event.participants],
                    [
                        (
                            self.of(way.guard),
                            self.of(way.probability),
                            [(i, self.of(right)) for i, right in way.updates],
                            [(choice.name, str(value)) for choice, value in way.chosen],
                        )
                        for way in event.alternatives
                    ],
                )
                for event in system.events
            ],
        )

    def of_property(self, item: Property | str) -> Any:
        """Everything that a property says."""
        if isinstance(item, str):
            return item
        told = [getattr(item, each.name) for each in fields(item) if each.name not in ("place", "findings")]
        return [self.of(value) if isinstance(value, Expression) else str(value) for value in told]


class _EnoughError(Exception):
    """As many systems were composed as may be."""


class _Composed:
    """The systems of a design with various settings, by their forms; no more than `most` are composed."""

    def __init__(
        self, design: Design, statements: Sequence[Statement], most: int | None, composed: Iterable[System] = ()
    ) -> None:
        self._design, self._statements, self._left = design, statements, most
        self._forms = Forms()
        self._systems = {self._key(system.parameters): system for system in composed}
        self._known: dict[frozenset[tuple[str, str]], Any] = {}

    def _key(self, settings: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
        defaults = {p.name: p.default for p in self._design.parameters}
        return frozenset((name, str(value)) for name, value in settings.items() if value != defaults.get(name, value))

    def form(self, settings: Mapping[str, Any]) -> Any:
        """The form of the system with some settings; the error if there is none. Raises _EnoughError."""
        key = self._key(settings)
        if key not in self._known and key in self._systems:
            self._known[key] = self._forms.of_system(self._systems[key])
        if key not in self._known:
            if self._left is not None:
                if not self._left:
                    raise _EnoughError
                self._left -= 1
            try:
                self._known[key] = self._forms.of_system(self._design.build(settings))
            except DrcheckError as error:
                self._known[key] = str(error)
        return self._known[key]

    def promises(self, settings: Mapping[str, Any]) -> list[Any]:
        """The forms of the properties stated for the system with some settings."""
        system = self._design.build(settings)
        found = []
        for statement in self._statements:
            try:
                found.append(self._forms.of_property(statement.on(system)))
            except DrcheckError as error:
                found.append(error.code)
        return found


def others(parameter: Parameter) -> list[Any]:
    """Some values of a parameter beside its default."""
    return values_of(parameter, parameter.default)


def idle_parameters(
    design: Design, statements: Sequence[Statement], composed: Iterable[System] = (), most: int | None = None
) -> Iterator[Remark]:
    """The parameters none of whose values tried changes anything.

    They are tried with the defaults; where that makes the same system, with what statements are given and with each of the
    other parameters changed. `composed`: systems of the design that are there already. `most`: how many more are composed at
    most; of a parameter that would need more, nothing is said.
    """
    known = _Composed(design, statements, most, composed)
    read = _Read(design)
    try:
        for parameter in design.parameters:
            values = others(parameter)
            if values and _is_idle(known, design, parameter, statements, read):
                yield Remark(
                    IDLE,
                    parameter.name,
                    "this parameter changes neither the system nor its properties "
                    f"(tried: {', '.join(map(show, values))})",
                    design.place,
                    "use it, or remove it",
                )
    except _EnoughError:
        return


def _is_idle(
    composed: _Composed, design: Design, parameter: Parameter, statements: Sequence[Statement], read: _Read
) -> bool:
    """Whether a parameter changes nothing, wherever it is tried."""
    tried = [{parameter.name: value} for value in _values(parameter, statements)]
    contexts = _contexts(design, parameter, statements, read) if parameter.name in read.names else [{}]
    for context in contexts:
        plain = composed.form(context)
        if any(composed.form({**context, **settings}) != plain for settings in tried):
            return False
    promised = composed.promises({})
    return all(composed.promises(settings) == promised for settings in tried)


def _values(parameter: Parameter, statements: Sequence[Statement]) -> list[Any]:
    """The values of a parameter that are tried, those that statements are given first: such systems are there already."""
    given = [s.given[parameter.name] for s in statements if parameter.name in s.given]
    return [value for value in dict.fromkeys([*given, *others(parameter)]) if value != parameter.default]


def _contexts(
    design: Design, parameter: Parameter, statements: Sequence[Statement], read: _Read
) -> Iterator[dict[str, Any]]:
    """Settings of the other parameters with which a parameter may matter, the likely ones first.

    These are what statements are given, and the parameters beside it in the source. Either can be much the sooner one to tell.
    """
    yield {}
    near = read.beside(parameter.name)
    ordered = sorted(design.parameters, key=lambda other: near.get(other.name, len(near)))
    singly = [(other.name, {other.name: value}) for other in ordered for value in others(other)[:VALUES]]
    stated = list(_stated(parameter, statements))
    for pair in itertools.zip_longest(stated, [settings for name, settings in singly if name in near]):
        yield from (settings for settings in pair if settings is not None)
    yield from (settings for name, settings in singly if name != parameter.name and name not in near)


def _stated(parameter: Parameter, statements: Sequence[Statement]) -> Iterator[dict[str, Any]]:
    """What statements beside a parameter are given, and their repairs."""
    for statement in statements:
        given = dict(statement.given)
        for finding in statement.findings:
            given.update(finding.repaired)
        if parameter.name in given:
            del given[parameter.name]
            yield given


class _Read:
    """The names that a design's function, or a function within it, reads; without source, those of all parameters."""

    def __init__(self, design: Design) -> None:
        self._parameters = {parameter.name for parameter in design.parameters}
        self._parts: list[tuple[set[str], set[str]]] = []
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(design.function)))
        except (OSError, TypeError, SyntaxError):
            self.names = self._parameters
            return
        self._parts = [(_loaded(part), _stored(part)) for part in _simple(tree)]
        self.names = _loaded(tree)
        if self.names & {"locals", "vars", "eval", "exec"}:
            self.names = self._parameters

    def beside(self, name: str) -> dict[str, int]:
        """The parameters that are read where a parameter is, or what is made of it, each with how many statements later."""
        found: dict[str, int] = {}
        known, now = {name}, {name}
        for distance in range(DISTANCE):
            parts = [part for part in self._parts if part[0] & now]
            for loaded, _ in parts:
                found |= dict.fromkeys(sorted(loaded & self._parameters - found.keys() - {name}), distance)
            now = set[str]().union(*(stored for _, stored in parts)) - known
            known |= now
        return found


DISTANCE = 2
"""How many statements from a parameter on are looked at: that which reads it, and those that read what that one makes of it."""


def _simple(tree: ast.AST) -> Iterator[ast.AST]:
    """The statements of a tree without others inside them, and what compound ones ask."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.While):
            yield node.test
        elif isinstance(node, ast.For):
            yield node.iter
        elif isinstance(node, ast.stmt) and not hasattr(node, "body"):
            yield node


def _loaded(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _stored(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


__all__ = ["Forms", "idle_parameters", "others"]
