"""Dead variables: a cell whose value is certainly overwritten before it is read again is reset to its initial value
(the first of several; initial states are reset like all others).

Two states that differ only in dead cells have the same future. That is decided statically, for one *location cell* c
at a time (the control state of a component, or a small variable): `live(l)` is the least family of sets such that, for
every alternative that is possible where c = l,

- what its guard reads is in live(l), and what an update reads that can leave its domain;
- for each value l' that it can give to c: what an update of a cell of live(l') reads is in live(l), and every cell of
  live(l') that it does not write.

Everything that the question reads is in every set, c itself, and what is not to be reset. An update of a dead cell is
no reading (strong liveness; Nielson, Nielson and Hankin, *Principles of Program Analysis*, chapter 2). That two states
agree on c and on live(c) is then a bisimulation that keeps the names of events, alternatives, urgency, priorities,
escapes and deadlocks (Bozga, Fernandez and Ghirvu, *State space reduction based on live variables analysis*, 1999, do
this for programs with one control). The relations of several location cells compose, as no location cell is reset.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.reductions.form import DEAD_VARIABLES, Application, Question
from drcheck.reductions.simplify import (
    Reads,
    Way,
    constant,
    escapes,
    facts_of,
    is_among,
    literal,
    simplify,
    values_of,
    ways_of,
)
from drcheck.system.system import Alternative, Cell, State, System, begun_with, changing_cells
from drcheck.system.terms import choice, conjunction, disjunction

MOST_LOCATIONS = 32
"""A cell with more values than this is no location cell."""


@dataclass(frozen=True)
class Death:
    """Where a cell is dead: where cell `location` has one of the values `where`."""

    location: int
    where: frozenset[int]


Resets = dict[int, tuple[Death, ...]]
"""For each cell that is reset: where. All of them hold, so one that applies is enough."""


@dataclass(frozen=True)
class _Flow:
    """An alternative at one location, with sets of cells as bits: what it reads in any case, what each update reads."""

    reads: int
    written: int
    updates: tuple[tuple[int, int], ...]
    targets: frozenset[int]


def _bits(cells: Iterable[int]) -> int:
    return sum(1 << cell for cell in set(cells))


def _flow(reads: Reads, way: Way, guard: Expression, updates: dict[int, Expression], targets: frozenset[int]) -> _Flow:
    always = reads(guard)
    for cell in way.unsafe:
        always |= reads(updates[cell])
    return _Flow(always, _bits(updates), tuple((cell, reads(right)) for cell, right in updates.items()), targets)


class _Liveness:
    """The analysis of one system; `live(c)` gives the sets for a location cell c. `kept` are cells that are never reset."""

    def __init__(self, system: System, kept: frozenset[int]) -> None:
        self.system = system
        self._kept = _bits(kept)
        self.candidates = [cell for cell in sorted(changing_cells(system)) if cell not in kept]
        """What may be reset."""
        self.ways = list(ways_of(system))
        self._reads = Reads()
        nowhere: frozenset[int] = frozenset()
        self._plain = [_flow(self._reads, way, way.guard, way.updates, nowhere) for way in self.ways]
        self._touched = [self._touches(way) for way in self.ways]
        self.decisive = self._decisive()
        """As bits: the cells of which a value can make more superfluous than the reading of the cell itself."""

    def _touches(self, way: Way) -> int:
        """What an alternative reads, writes, or needs to have a certain value."""
        touched = self._reads(way.guard) | _bits(way.updates) | _bits(way.facts)
        for right in way.updates.values():
            touched |= self._reads(right)
        return touched

    def _decisive(self) -> int:
        """A value of a cell decides nothing if the cell is an operand of arithmetic, or an element that an index
        chooses, along with others: what else is read there is read whatever the value is. It can decide where an expression
        that reads that cell alone is a guard, a part of a condition, a condition, an index, or a branch beside one like it.
        """
        found, seen, stack = 0, set[int](), list[Expression]()

        def decides(*parts: Expression) -> int:
            """The cell that the parts read, if it is one."""
            bits = 0
            for part in parts:
                bits |= self._reads(part)
            return bits if bits.bit_count() == 1 else 0

        for way in self.ways:
            found |= decides(way.guard) | _bits(way.facts)
            stack += [way.guard, *way.updates.values()]
        while stack:
            node = stack.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            stack += node.arguments
            if isinstance(node, Operation):
                match node.operator:
                    case "and" | "or" | "not":
                        for part in node.arguments:
                            found |= decides(part)
                    case "select":
                        found |= decides(node.arguments[0])
                    case "if":
                        found |= decides(node.arguments[0]) | decides(*node.arguments[1:])
        return found

    def keep(self, location: int) -> None:
        """From now on never reset a cell: it has become a location cell."""
        self._kept |= 1 << location
        self.candidates = [cell for cell in self.candidates if cell != location]

    def live(self, location: int) -> dict[int, int]:
        """For each value of the location cell that may occur: the cells that are live there, as bits."""
        cell = self.system.cells[location]
        everywhere = range(cell.domain.low, cell.domain.high + 1)
        flows: dict[int, list[_Flow]] = {}
        todo = [*{state[location] for state in self.system.initial_states}]
        while todo:
            here = todo.pop()
            if here in flows:
                continue
            flows[here] = list(self._flows(location, here))
            for flow in flows[here]:
                todo += [target for target in flow.targets if target in everywhere]
        sets = dict.fromkeys(flows, self._kept | 1 << location)
        changed = True
        while changed:
            changed = False
            for here, leaving in flows.items():
                wanted = sets[here]
                for flow in leaving:
                    wanted |= flow.reads
                    after = 0
                    for target in flow.targets:
                        after |= sets.get(target, 0)
                    wanted |= after & ~flow.written
                    for index, reads in flow.updates:
                        if after >> index & 1:
                            wanted |= reads
                if wanted != sets[here]:
                    sets[here], changed = wanted, True
        return sets

    def _flows(self, location: int, here: int) -> Iterable[_Flow]:
        """Every alternative that is possible at one location."""
        for way, plain, touched in zip(self.ways, self._plain, self._touched, strict=True):
            if not touched >> location & 1:
                yield replace(plain, targets=frozenset([here]))
                continue
            if way.facts.get(location, here) != here:
                continue
            memo: dict[int, Expression] = {}
            guard = simplify(way.guard, {location: here}, memo, self._reads)
            if constant(guard) == 0:
                continue
            updates = {
                cell: simplify(right, {location: here}, memo, self._reads) for cell, right in way.updates.items()
            }
            targets = frozenset([here]) if location not in updates else values_of(updates[location])
            if targets is None:
                domain = self.system.cells[location].domain
                targets = frozenset(range(domain.low, domain.high + 1))
            yield _flow(self._reads, way, guard, updates, targets)


def find(system: System, question: Question) -> Resets:
    """Which cells are reset, and where.

    Control states are never reset, as they are location cells; nor is a variable that serves as one. What is never reset
    counts as needed in each analysis: a cell may be dead because all that it is copied to is dead, and then a state has
    one representative only if both are reset.
    """
    controls = frozenset(system.control_of.values())
    analysis = _Liveness(system, question.cells | controls)
    changing = changing_cells(system)
    small = [c.index for c in system.cells if 1 < c.domain.size <= MOST_LOCATIONS and c.index in changing]
    # Where no control state ever changes, any of them still says what is dead everywhere.
    first = [c for c in small if c in controls] or sorted(controls)[:1]
    resets: Resets = {}
    # A variable that decides nothing shows only what is dead everywhere, and so do the control states.
    for location in [*first, *(c for c in small if c not in controls and analysis.decisive >> c & 1)]:
        if location in resets:
            continue
        found = _dead_by(analysis, location)
        # A variable is a location cell if that shows further dead cells; then for all that it shows.
        if location in controls or any(cell not in resets for cell in found):
            analysis.keep(location)
            for cell, death in found.items():
                known = resets.get(cell, ())
                if is_always_dead(system, [death]):
                    resets[cell] = (death,)
                elif not is_always_dead(system, known):
                    resets[cell] = (*known, death)
    return resets


def _dead_by(analysis: _Liveness, location: int) -> dict[int, Death]:
    """Where cells are dead by one location cell; what is dead at each value that occurs is dead at every value."""
    sets = analysis.live(location)
    domain = analysis.system.cells[location].domain
    found = {}
    for cell in analysis.candidates:
        where = frozenset(value for value, live in sets.items() if not live >> cell & 1)
        if len(where) == len(sets):
            where = frozenset(range(domain.low, domain.high + 1))
        if where:
            found[cell] = Death(location, where)
    return found


def is_always_dead(system: System, deaths: Sequence[Death]) -> bool:
    """Whether a cell is dead in every state: nothing that matters ever reads it."""
    return any(len(death.where) == system.cells[death.location].domain.size for death in deaths)


def apply(system: System, question: Question) -> Application:
    """The system whose updates reset what dies, and what was done."""
    resets = find(system, question)
    if not resets:
        return Application(DEAD_VARIABLES, False, "no variable is ever certain to be written before it is read", system)
    events = []
    for event in system.events:
        ways = [_resetting(system, event.guard, way, resets) for way in event.alternatives]
        events.append(replace(event, alternatives=tuple(ways)))
    useless = [system.cells[c].name for c in sorted(resets) if is_always_dead(system, resets[c])]
    mortal = [system.cells[c].name for c in sorted(resets) if not is_always_dead(system, resets[c])]
    parts = [f"never needed: {_names(useless)}"] if useless else []
    parts += [f"reset where they are dead: {_names(mortal)}"] if mortal else []

    def representative(state: State) -> State:
        values = list(state)
        for cell, deaths in resets.items():
            if any(state[death.location] in death.where for death in deaths):
                values[cell] = system.initial[cell]
        return tuple(values)

    made = begun_with(replace(system, events=tuple(events)), map(representative, system.initial_states))
    return Application(DEAD_VARIABLES, True, "; ".join(parts), made, representative)


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + more


def _resetting(system: System, guard: Expression, way: Alternative, resets: Resets) -> Alternative:
    """An alternative that resets the cells that are dead after it.

    Before it every dead cell has its initial value already, so cells need a look only where they, or a location cell
    of theirs, are written. An update that can leave its domain goes on doing so: it is replaced inside the domain only.
    """
    facts = facts_of(guard if way.guard is None else conjunction([guard, way.guard]))
    memo: dict[int, Expression] = {}
    updates = {cell: simplify(right, facts, memo) for cell, right in way.updates}
    made = dict(way.updates)
    for index, deaths in resets.items():
        if index not in updates and not any(death.location in updates for death in deaths):
            continue
        cell = system.cells[index]
        dies = disjunction([is_among(_after(system, updates, facts, death.location), death.where) for death in deaths])
        if constant(dies) == 0:
            continue
        right = updates.get(index, cell)
        if escapes(system, index, right):
            dies = conjunction([dies, _inside(cell, right)])
        elif constant(dies) == 1 and is_always_dead(system, deaths):
            made.pop(index, None)  # it has its initial value, and keeps it
            continue
        made[index] = choice(dies, literal(cell.kind, system.initial[index]), right)
    return replace(way, updates=tuple(sorted(made.items())))


def _after(system: System, updates: dict[int, Expression], facts: dict[int, int], index: int) -> Expression:
    """The value of a cell after the updates, as an expression over the state before them."""
    if index in updates:
        return updates[index]
    cell = system.cells[index]
    return literal(cell.kind, facts[index]) if index in facts else cell


def _inside(cell: Cell, right: Expression) -> Expression:
    """Whether the value of an update lies in the cell's domain."""
    low, high = Literal(cell.domain.low), Literal(cell.domain.high)
    return conjunction([Operation(">=", (right, low), BOOLEAN), Operation("<=", (right, high), BOOLEAN)])


__all__ = ["Death", "apply", "find", "is_always_dead"]
