"""Variables that nothing reads, and comparisons that a cap makes constant."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from drcheck.errors import ModelError, Place
from drcheck.language.expressions import INTEGER, Expression, Literal, Operation
from drcheck.language.happening import happenings
from drcheck.language.remarks import Remark
from drcheck.language.variables import Variable
from drcheck.logic.kinds import Property
from drcheck.system.composition import FAULTS
from drcheck.system.lowering import lower
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell, System, cells_of, starts_of

UNREAD, CONSTANT = "DR805", "DR807"
_ORDER = ("<", "<=", ">", ">=", "==", "!=")


# -- never read -------------------------------------------------------------------------------------------------------
def read_by(system: System, properties: Iterable[Property]) -> set[str]:
    """The names of the variables that decide something: whether and how events happen, or what a property says."""
    found: set[int] = set(system.control_of.values())
    sources: dict[int, list[Expression]] = {}
    roots = [event.guard for event in system.events]
    for event in system.events:
        for way in event.alternatives:
            roots += [] if way.guard is None else [way.guard]
            for index, right in way.updates:
                sources.setdefault(index, []).append(right)
    leaves = [leaf for item in properties for node in _parts(item) for leaf in node.leaves()]
    found |= {system.cell_of[leaf] for leaf in leaves if isinstance(leaf, Variable) and leaf in system.cell_of}
    for root in roots:
        found |= cells_of(root)
    waiting = list(found)
    while waiting:
        new = set().union(*(cells_of(right) for right in sources.get(waiting.pop(), ()))) - found
        found |= new
        waiting += new
    return {system.cells[index].name for index in found}


def unread(stated: Iterable[tuple[System, Sequence[Property]]]) -> Iterator[Remark]:
    """Variables of the first system that decide nothing, in it or in any other. Nothing where no property is stated.

    The other systems are requested one by one, and only as long as there is something to be found.

    What never changes is left out, as it makes no states, and what one of several components made by one function needs.
    """
    rest = iter(stated)
    first = next(rest, None)
    if first is None:
        return
    system, some = first
    written = set(_changing(system))
    declared: dict[tuple[Place, str], list[tuple[str, list[str]]]] = {}
    for component in system.components:
        elements = {id(element) for array in component.arrays.values() for element in array}
        single = [v for v in component.variables if id(v) not in elements and component.name != FAULTS]
        own = [(v.place, v.name, [v.label]) for v in single]
        own += [(a.place, a.name, [e.label for e in a]) for a in component.arrays.values()]
        for place, name, labels in own:
            declared.setdefault((place, name), []).append((f"{component.name}.{name}", labels))
    left = {key: group for key, group in declared.items() if any(written & set(labels) for _, labels in group)}
    promised = bool(some)
    for each, properties in itertools.chain([first], rest):
        promised = promised or bool(properties)
        read = read_by(each, properties)
        left = {key: group for key, group in left.items() if not any(read & set(labels) for _, labels in group)}
        if not left:
            return
    for (place, _), group in left.items() if promised else ():
        yield from (
            Remark(
                UNREAD,
                subject,
                "no guard and no property reads it, and no update of anything that is read",
                place,
                "remove it, or state a property that needs it: its values only add states",
            )
            for subject, labels in group
            if written & set(labels)
        )


def _changing(system: System) -> Iterator[str]:
    """The names of the cells to which something else is assigned than what they hold from the start, or that start in several
    ways.
    """
    several = starts_of(system)
    yield from (system.cells[index].name for index in several)
    starts: list[int | None] = [None if n in several else value for n, value in enumerate(system.initial)]
    for event in system.events:
        for way in event.alternatives:
            for index, right in way.updates:
                if not _keeps(right, index, starts[index]):
                    yield system.cells[index].name


def _keeps(node: Expression, index: int, start: int | None) -> bool:
    """Whether an update leaves a cell as it is, or as it was at the start; None if it starts in several ways."""
    if isinstance(node, Operation) and node.operator == "if":
        return all(_keeps(branch, index, start) for branch in node.arguments[1:])
    if isinstance(node, Literal):
        return isinstance(node.value, int) and int(node.value) == start
    return isinstance(node, Cell) and node.index == index


def _parts(item: Property) -> list[Expression]:
    own = [node for node in (item.condition, item.trigger, item.measure, item.goal) if node is not None]
    return own + [event.when for node in own for event in happenings(node) if event.when is not None]


# -- beyond the cap ---------------------------------------------------------------------------------------------------
def beyond_cap(stated: Sequence[tuple[System, Sequence[Property]]]) -> Iterator[Remark]:
    """Comparisons with a saturating variable that come out the same for all its values."""
    for system, properties in stated:
        seen: set[int] = set()
        for node, place in (*_written(system), *((n, p.place) for p in properties for n in _parts(p))):
            yield from _constant(system, node, place, seen)


def _written(system: System) -> Iterator[tuple[Expression, Place]]:
    """What the transitions of a system say, each with its place."""
    for component in system.components:
        for transition in component.transitions:
            if transition.when is not None:
                yield system.settled(transition.when), transition.place
            for way in transition.outcomes:
                for _, value in way.then.items:
                    yield system.settled(value), transition.place


def _constant(system: System, root: Expression, place: Place | None, seen: set[int]) -> Iterator[Remark]:
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        stack.extend(node.arguments)
        if not isinstance(node, Operation) or node.operator not in _ORDER:
            continue
        if any(side.kind != INTEGER for side in node.arguments):
            continue
        always = _decided_by_cap(system, node, place)
        if always is not None:
            yield Remark(
                CONSTANT,
                str(node),
                f"it is {'always' if always else 'never'} true: {_caps(node)}",
                place,
                "raise the cap, or compare with a number that it lets the variable pass",
            )


def _decided_by_cap(system: System, node: Operation, place: Place | None) -> bool | None:
    """The constant value of a comparison because a variable saturates, or None."""
    left, right = node.arguments
    saturating = [_saturates(side) for side in (left, right)]
    if saturating[0] == saturating[1]:  # nothing that saturates, or two sides that do
        return None
    try:
        (low, high), (least, most) = (_range(system, side, place) for side in (left, right))
        if _only_zero(system, node):
            return None
    except ModelError:
        return None
    operator = node.operator
    if saturating[1]:
        (low, high), (least, most) = (least, most), (low, high)
        operator = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)
    beyond = {"<": high < least, "<=": high <= least, ">": high <= least, ">=": high < least}.get(
        operator, high < least
    )
    return operator in ("<", "<=", "!=") if beyond else None


def _range(system: System, node: Expression, place: Place | None) -> tuple[int, int]:
    """The least and the greatest value of a side of a comparison."""
    if isinstance(node, Variable):
        domain = system.cells[system.position(node, place)].domain
        return domain.low, domain.high
    return bounds(lower(system, node, place))


def _saturates(node: Expression) -> bool:
    return any(isinstance(leaf, Variable) and leaf.at_limit == "saturate" for leaf in node.leaves())


def _only_zero(system: System, node: Expression) -> bool:
    """Whether every variable that saturates is capped at 0: a parameter has switched it off."""
    capped = [leaf for leaf in node.leaves() if isinstance(leaf, Variable) and leaf.at_limit == "saturate"]
    return all(system.cells[system.cell_of[leaf]].domain.high == 0 for leaf in capped)


def _caps(node: Expression) -> str:
    capped = {leaf.label: leaf for leaf in node.leaves() if isinstance(leaf, Variable) and leaf.at_limit == "saturate"}
    return ", ".join(f"{label} is {leaf.high} at most" for label, leaf in sorted(capped.items()))


__all__ = ["beyond_cap", "read_by", "unread"]
