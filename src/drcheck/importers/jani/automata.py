"""The edges of an automaton as transitions: with what JANI leaves to probabilities, rates and indices of assignments resolved.

* An edge with a rate of zero is none, and neither is a destination with a probability of zero. Where either depends on the state,
  it becomes part of a guard.
* Assignments of one index are simultaneous, those of a greater index read what was assigned before: here all are one update, in
  which what was assigned stands in the place of what is read.
* Values of transient variables are no part of the state: what edges assign to them is read and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NoReturn

from drcheck.errors import DesignError, ModelError, shown
from drcheck.importers.jani import expressions, terms
from drcheck.importers.jani.document import Node
from drcheck.importers.jani.exclusive import are_exclusive
from drcheck.importers.jani.expressions import Scope
from drcheck.importers.jani.terms import Term, Worth
from drcheck.language.expressions import BOOLEAN, Expression, substitute
from drcheck.language.variables import Variable

_ROUNDING = 1e-6
"""So far a probability may be above 1: other tools round."""


@dataclass(frozen=True)
class Access:
    """That an assignment of an index writes a variable, or reads it."""

    variable: Variable
    index: int
    node: Node


@dataclass(frozen=True)
class Way:
    """A destination: the location, and what the variables become."""

    node: Node
    location: str
    updates: Mapping[Variable, Expression]
    writes: tuple[Access, ...]
    reads: tuple[Access, ...]


@dataclass(frozen=True)
class Move:
    """An edge, or the part of it that is left where some of its destinations are edges by themselves."""

    node: Node
    location: str
    action: str | None
    guard: Worth
    ways: tuple[Way, ...]
    rated: bool

    @property
    def destinations(self) -> frozenset[str]:
        """The locations that it leads to."""
        return frozenset(way.location for way in self.ways)


@dataclass
class Automaton:
    """An automaton as it takes part in the composition: an element of it.

    `locals_`: its own variables by name. `ignored`: names of transient variables that edges assign, which is left out.
    """

    node: Node
    component: str
    locations: dict[str, Node]
    initial: list[str]
    locals_: dict[str, Variable]
    scope: Scope
    update_scope: Scope
    moves: list[Move] = field(default_factory=list)

    def states(self) -> list[str]:
        """The locations that can be reached along edges, in the order in which they are declared."""
        reached, stack = set(self.initial), list(self.initial)
        while stack:
            here = stack.pop()
            for move in self.moves:
                if move.location == here:
                    new = move.destinations - reached
                    reached |= new
                    stack += new
        return [name for name in self.locations if name in reached]


Target = Callable[[Node, str], Variable | None]
"""The variable of a name that is assigned to, or None for a transient one; refuses what cannot be assigned to."""


def moves_of(automaton: Automaton, target: Target, actions: frozenset[str], *, kind: str) -> list[Move]:
    """All moves of an automaton's edges; `kind` is the type of the model. Raises DesignError DR231, DR232."""
    found: list[Move] = []
    for edge in automaton.node["edges"].items():
        edge.expect("an edge", ("location", "action", "rate", "guard", "destinations"), ("color", "priority"))
        location = _location(automaton, edge["location"])
        action = edge["action"].text() if "action" in edge else None
        if action is not None and action not in actions:
            edge["action"].malformed(f"there is no action {shown(action)}", available=sorted(actions), asked=action)
        guard = _condition(edge, "guard", automaton.scope)
        if "rate" in edge:
            if kind not in ("ctmc", "ma"):
                edge["rate"].malformed(f"an edge of a model of type {kind} has no rate")
            rate = edge["rate"]
            rate.expect("a rate", ("exp",))
            if (number := _number(rate["exp"], automaton.scope)) is not None and number < 0:
                rate["exp"].malformed(f"a rate of {float(number):g} is below zero")
            guard = terms.joined("and", guard, expressions.positive(rate["exp"], automaton.scope))
        ways = _ways(automaton, edge, target, kind, guard)
        sure = tuple(way for way, chance in ways if chance is True)
        parts = [(guard, sure)] if sure else []
        parts += [(terms.joined("and", guard, chance), (way,)) for way, chance in ways if isinstance(chance, Term)]
        found += [Move(edge, location, action, when, some, "rate" in edge) for when, some in parts if when is not False]
    return found


def _condition(node: Node, key: str, scope: Scope) -> Worth:
    """A condition in its object, `{"exp": ...}`; true where there is none."""
    if key not in node:
        return True
    node[key].expect(f"a {key}", ("exp",))
    return expressions.read_as(node[key]["exp"], scope, "bool")


def _location(automaton: Automaton, node: Node) -> str:
    name = node.text()
    if name not in automaton.locations:
        node.malformed(f"there is no location {shown(name)}", available=automaton.locations, asked=name)
    return name


def _ways(automaton: Automaton, edge: Node, target: Target, kind: str, guard: Worth) -> list[tuple[Way, Worth]]:
    """The destinations of an edge of a guard, each with whether it has a chance.

    One whose values never lie within their bounds is refused, or, as in a queue of length zero, left out if it is never possible.
    """
    found = []
    destinations = list(edge["destinations"].items())
    if not destinations:
        edge["destinations"].malformed("an edge needs a destination")
    if kind == "lts" and len(destinations) > 1:
        edge["destinations"].malformed("an edge of a model of type lts has one destination")
    for destination in destinations:
        destination.expect("a destination", ("location", "probability", "assignments"))
        chance: Worth = True
        if "probability" in destination:
            if kind == "lts":
                destination["probability"].malformed("a model of type lts has no probabilities")
            destination["probability"].expect("a probability", ("exp",))
            number = _number(destination["probability"]["exp"], automaton.scope)
            if number is not None and not 0 <= number <= 1 + _ROUNDING:
                destination["probability"]["exp"].malformed(
                    f"a probability of {float(number):g} is not between 0 and 1"
                )
            chance = expressions.positive(destination["probability"]["exp"], automaton.scope)
        elif len(destinations) > 1 and kind != "lts":
            destination.malformed("a destination beside others needs a probability")
        location = _location(automaton, destination["location"])
        misfits: list[_Misfit] = []
        updates, writes, reads = _updates(automaton, destination, target, misfits)
        if misfits:
            possible = terms.joined("and", guard, chance)
            if possible is True or (isinstance(possible, Term) and not are_exclusive(possible.top, possible.top)):
                misfits[0].refuse()
            continue
        found.append((Way(destination, location, updates, writes, reads), chance))
    return found


def _number(node: Node, scope: Scope) -> Fraction | float | None:
    """A probability or a rate that is the same in every state; None for another, and for what is not supported."""
    try:
        worth = expressions.read_as(node, scope, "real")
    except DesignError as error:
        if error.code == "DR232":
            return None  # as where a divisor is zero in states in which it is not asked for
        raise
    if isinstance(worth, Term):
        return None
    return worth.value if isinstance(worth, terms.Irrational) else Fraction(worth)


@dataclass(frozen=True)
class _Assignment:
    node: Node
    variable: Variable
    index: int
    value: Expression


def _updates(
    automaton: Automaton, destination: Node, target: Target, misfits: list[_Misfit]
) -> tuple[dict[Variable, Expression], tuple[Access, ...], tuple[Access, ...]]:
    """What the variables become, and what the assignments write and read. `misfits` takes those that give what cannot be."""
    assignments: list[_Assignment] = []
    seen: dict[tuple[str, int], Node] = {}
    for node in destination.each("assignments"):
        node.expect("an assignment", ("ref", "value", "index"))
        if not isinstance(node["ref"].value, str):
            node["ref"].unsupported("only variables can be assigned to, not elements of arrays or of data types")
        index = node["index"].value if "index" in node else 0
        if not isinstance(index, int) or isinstance(index, bool):
            node["index"].malformed(f"the index of an assignment is a whole number, not {node['index'].what()}")
        name = node["ref"].text()
        if (name, index) in seen:
            node.malformed(f"{name} is assigned twice, also at {seen[name, index].path}", remedy="keep one of the two")
        seen[name, index] = node
        variable = target(node["ref"], name)
        if variable is None:
            _read_transient(node["value"], automaton.update_scope)
            continue
        kind = "bool" if variable.kind == "boolean" else "int"
        value = expressions.read_as(node["value"], automaton.update_scope, kind)
        assignments.append(_Assignment(node, variable, index, terms.as_expression(value)))
    now: dict[Variable, Expression] = {}
    for index in sorted({one.index for one in assignments}):
        made = {one.variable: _substituted(one.value, now) for one in assignments if one.index == index}
        misfits += [m for one in assignments if one.index == index and (m := _misfit(one, made[one.variable]))]
        now |= made
    writes = tuple(Access(one.variable, one.index, one.node) for one in assignments)
    reads = tuple(
        Access(leaf, one.index, one.node)
        for one in assignments
        for leaf in one.value.leaves()
        if isinstance(leaf, Variable)
    )
    return now, writes, reads


@dataclass(frozen=True)
class _Misfit:
    """A value that an assignment never can give, and why."""

    node: Node
    code: str
    message: str
    remedy: str = ""

    def refuse(self) -> NoReturn:
        """Raises DesignError DR231, DR232."""
        if self.code == "DR231":
            self.node.malformed(self.message, remedy=self.remedy)
        self.node.unsupported(self.message, remedy=self.remedy)


def _misfit(one: _Assignment, value: Expression) -> _Misfit | None:
    """Why an assignment never gives a value within the bounds of its variable, or one that can be computed."""
    variable, place = one.variable, one.node["value"]
    try:
        low, high = terms.range_of(value)
    except ModelError as error:
        return _Misfit(place, "DR232", error.message, error.remedy)
    least, most = variable.low, variable.high
    assert isinstance(most, int), variable
    if variable.kind == BOOLEAN or (low <= most and high >= least):
        return None
    becomes = low if low == high else f"{low}..{high}"
    return _Misfit(place, "DR231", f"{one.node['ref'].value} becomes {becomes}, and holds {least}..{most}")


def _substituted(value: Expression, now: Mapping[Variable, Expression]) -> Expression:
    if not now:
        return value
    return substitute(value, lambda leaf: now.get(leaf, leaf) if isinstance(leaf, Variable) else leaf)


def _read_transient(node: Node, scope: Scope) -> None:
    """Read a value that is left out: what is no jani-model in it is refused, what is not supported is not."""
    try:
        expressions.read(node, scope)
    except DesignError as error:
        if error.code != "DR232":
            raise


def without_shared(moves: list[Move], shared: frozenset[Variable]) -> list[Move]:
    """The same moves, where those that write variables of several automata have one destination each."""
    found = []
    for move in moves:
        if len(move.ways) > 1 and any(variable in shared for way in move.ways for variable in way.updates):
            found += [replace(move, ways=(way,)) for way in move.ways]
        else:
            found.append(move)
    return found


def grouped(moves: list[Move], shared: frozenset[Variable]) -> list[list[Move]]:
    """Moves that can stand for each other in events: of two of a group, one at most is possible in any state.

    Those that write variables of several automata are alone.
    """
    groups: list[list[Move]] = []
    for move in moves:
        alone = any(variable in shared for way in move.ways for variable in way.updates)
        fitting = None
        if not alone:
            fitting = next((group for group in groups if all(_apart(move, other, shared) for other in group)), None)
        if fitting is None:
            groups.append([move])
        else:
            fitting.append(move)
    return groups


def _apart(move: Move, other: Move, shared: frozenset[Variable]) -> bool:
    if move.rated != other.rated or any(v in shared for way in other.ways for v in way.updates):
        return False
    if move.location != other.location:
        return True
    if not isinstance(move.guard, Term) or not isinstance(other.guard, Term):
        return False
    return are_exclusive(move.guard.top, other.guard.top)


__all__ = ["Access", "Automaton", "Move", "Target", "Way", "grouped", "moves_of", "without_shared"]
