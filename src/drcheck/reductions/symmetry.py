"""Symmetry: identical components are interchangeable, so one state stands for all its permutations.

A *block* is a list of components, a *family* a list of blocks of one shape. The family is symmetric if exchanging the
cells of its first block with those of any other, in order, leaves everything the same: the set of initial states, domains, the
events as a set (up to the order in which commutative operands are written), and every expression that the question
reads. Those exchanges generate all permutations of the blocks. Each is then an automorphism of the transition system,
and states that a permutation maps on each other have the same future up to the names of events (Emerson and Sistla
1996; Ip and Dill 1996; Clarke, Grumberg and Peled, *Model Checking*, chapter 14).

Which exchanges to try is guessed: components that look alike after their surroundings were compared round by round
(colour refinement). What is guessed is used only once it is proved, exchange by exchange, in `_is_symmetric`.

Fairness speaks of events by name. An exchange must map each event that it speaks of on itself: then the quotient has
the same fair executions, as far as the question can see.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from drcheck.language.expressions import Expression, Operation
from drcheck.reductions.form import SYMMETRY, Application, Question
from drcheck.reductions.keys import Keys, Reading
from drcheck.reductions.sorting import MOST_COMPARISONS, comparisons, sort_updates, sorted_state
from drcheck.system.system import System, cells_of, changing_cells, starts_of

Owner = int
"""A component, by its position among the owners of cells."""


@dataclass(frozen=True)
class Family:
    """Interchangeable blocks: `blocks[b][i]` is the i-th cell of block b. `names` are the components of each block."""

    blocks: tuple[tuple[int, ...], ...]
    names: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class _Part:
    """A conjunct of a guard, or the right-hand side of an update of cell `target`, and the components it speaks of."""

    node: Expression
    target: int | None
    owners: tuple[Owner, ...]


class _Shapes:
    """Colours of components: equal if nothing was found yet that distinguishes two components."""

    def __init__(self, system: System, question: Question, keys: Keys) -> None:
        self.system, self._keys, self._starts = system, keys, starts_of(system)
        self.names = list(dict.fromkeys(cell.owner for cell in system.cells))
        self.cells: list[list[int]] = [[] for _ in self.names]
        place = {name: position for position, name in enumerate(self.names)}
        self._at: list[tuple[Owner, int]] = []
        for cell in system.cells:
            owner = place[cell.owner]
            self._at.append((owner, len(self.cells[owner])))
            self.cells[owner].append(cell.index)
        self._groups: list[tuple[Hashable, list[_Part]]] = []
        for number, node in enumerate(question.expressions):
            self._groups.append((("asked", number), [self._part(part) for part in _conjuncts(node)]))
        for number, event in enumerate(system.events):
            name = ("named", number) if number in question.named else (event.is_tick, event.urgent, event.priority)
            parts = [self._part(part) for part in _conjuncts(event.guard)]
            for way in event.alternatives:
                parts += [] if way.guard is None else [self._part(part) for part in _conjuncts(way.guard)]
                parts += [self._part(right, cell) for cell, right in way.updates]
            self._groups.append((name, parts))

    def _part(self, node: Expression, target: int | None = None) -> _Part:
        owners = {self._at[cell][0] for cell in (*cells_of(node), *(() if target is None else (target,)))}
        return _Part(node, target, tuple(sorted(owners)))

    def start(self) -> list[int]:
        """Components by the domains and the initial values of their cells."""
        return [self._keys.number(tuple(self._cell_shape(cell) for cell in cells)) for cells in self.cells]

    def _cell_shape(self, cell: int) -> Hashable:
        domain = self.system.cells[cell].domain
        start = self._starts.get(cell, self.system.initial[cell])
        return (domain.kind, domain.low, domain.high, domain.labels, start)

    def refined(self, colours: list[int]) -> list[int]:
        """Colours after comparing surroundings until no class of equal colours falls apart any more."""
        while True:
            new = self._round(colours)
            if len(set(new)) == len(set(colours)):
                return new
            colours = new

    def _round(self, colours: list[int]) -> list[int]:
        size = {colour: colours.count(colour) for colour in colours}
        plain = self._reading(colours, None)
        marked: dict[Owner, Reading] = {}
        seen: list[list[int]] = [[] for _ in colours]
        for about, parts in self._groups:
            whole = self._keys.number((about, tuple(sorted(self._seen(plain, colours, part, None) for part in parts))))
            for part in parts:
                for owner in part.owners:
                    if size[colours[owner]] > 1:  # else it has its own colour already
                        if owner not in marked:
                            marked[owner] = self._reading(colours, owner)
                        look = self._seen(marked[owner], colours, part, owner)
                        seen[owner].append(self._keys.number((whole, look)))
        return [
            self._keys.number(("round", colour, tuple(sorted(seen[owner])))) for owner, colour in enumerate(colours)
        ]

    def _seen(self, reading: Reading, colours: list[int], part: _Part, owner: Owner | None) -> int:
        """A part of an event as one of its components sees it."""
        target: Hashable = None
        if part.target is not None:
            at, place = self._at[part.target]
            target = (colours[at], place, at == owner)
        return self._keys.number((target, reading.expression(part.node)))

    def _reading(self, colours: list[int], marked: Owner | None) -> Reading:
        def rename(cell: int) -> Hashable:
            owner, place = self._at[cell]
            return (colours[owner], place, owner == marked)

        return self._keys.reading(rename)

    def exchange(self, colours: list[int], a: Owner, b: Owner) -> dict[Owner, Owner] | None:
        """A guess what must be exchanged if a and b are: pairs both ways, or None. Nothing else moves."""
        first, second = self._keys.number("first"), self._keys.number("second")
        here, there = list(colours), list(colours)
        here[a], here[b], there[a], there[b] = first, second, second, first
        for _ in colours:
            new_here, new_there = self._round(here), self._round(there)
            done = len(set(new_here)) == len(set(here)) and len(set(new_there)) == len(set(there))
            here, there = new_here, new_there
            if done:
                break
        moved = [owner for owner in range(len(colours)) if here[owner] != there[owner]]
        waiting: dict[int, list[Owner]] = {}
        for owner in moved:
            waiting.setdefault(there[owner], []).append(owner)
        pairs: dict[Owner, Owner] = {}
        for owner in moved:
            if not waiting.get(here[owner]):
                return None
            pairs[owner] = waiting[here[owner]].pop(0)
        return pairs if all(pairs.get(pairs[owner]) == owner for owner in pairs) else None


def _conjuncts(node: Expression) -> Iterable[Expression]:
    if isinstance(node, Operation) and node.operator == "and":
        for part in node.arguments:
            yield from _conjuncts(part)
    else:
        yield node


class _Proof:
    """Holds a system against itself with cells exchanged."""

    def __init__(self, system: System, question: Question, keys: Keys) -> None:
        self.system, self.question, self._keys = system, question, keys
        self._plain = keys.reading(lambda cell: cell)
        self._initial = frozenset(system.initial_states)
        self._events = [self._plain.event(event) for event in system.events]
        self._touches = [
            event.writes
            | cells_of(event.guard).union(
                *(cells_of(right) for way in event.alternatives for _, right in way.updates),
                *(cells_of(way.guard) for way in event.alternatives if way.guard is not None),
            )
            for event in system.events
        ]

    def is_symmetric(self, moves: dict[int, int]) -> dict[int, int] | None:
        """For an exchange of cells that preserves everything: the image of each event; else None."""
        cells, order = self.system.cells, [moves.get(cell, cell) for cell in range(len(self.system.cells))]
        if any(cells[cell].domain != cells[other].domain for cell, other in moves.items()):
            return None
        if any(tuple(state[cell] for cell in order) not in self._initial for state in self._initial):
            return None
        renamed = self._keys.reading(lambda cell: moves.get(cell, cell))
        for node in self.question.expressions:
            if self._plain.expression(node) != renamed.expression(node):
                return None
        touched = [n for n, cells_ in enumerate(self._touches) if not cells_.isdisjoint(moves)]
        images = {n: renamed.event(self.system.events[n]) for n in touched}
        # Each event must be mapped on one, and no two on the same: then the events are the same as a set.
        mapped: dict[int, int] = {}
        for n, image in images.items():
            if image == self._events[n]:
                mapped[n] = n
        left: dict[int, list[int]] = {}
        for n in touched:
            if n not in mapped:
                left.setdefault(self._events[n], []).append(n)
        for n, image in images.items():
            if n not in mapped:
                if not left.get(image):
                    return None
                mapped[n] = left[image].pop(0)
        return None if any(mapped.get(n, n) != n for n in self.question.named) else mapped


def find(system: System, question: Question) -> tuple[list[Family], list[int], list[str]]:
    """The symmetric families, no two with a common component; for each event the first of its orbit; what was refused."""
    keys = Keys()
    shapes = _Shapes(system, question, keys)
    colours = shapes.refined(shapes.start())
    classes: dict[int, list[Owner]] = {}
    for owner, colour in enumerate(colours):
        classes.setdefault(colour, []).append(owner)
    orbits = list(range(len(system.events)))
    proof = None
    changing = changing_cells(system)
    families: list[Family] = []
    taken: set[Owner] = set()
    refused: list[str] = []
    for members in classes.values():
        free = [owner for owner in members if owner not in taken]
        if len(free) < 2 or not any(cell in changing for owner in free for cell in shapes.cells[owner]):
            continue  # what never changes has no permutations
        proof = proof or _Proof(system, question, keys)
        first, *others = free
        exchanges: list[tuple[dict[Owner, Owner], dict[int, int]]] = []
        for other in others:
            pairs = shapes.exchange(colours, first, other)
            if pairs is None or taken & set(pairs):
                continue
            mapped = proof.is_symmetric(_moves(shapes, pairs))
            if mapped is not None:
                exchanges.append((pairs, mapped))
        blocks = _blocks(first, [pairs for pairs, _ in exchanges])
        used = {block[0] for block in blocks}
        names = ", ".join(shapes.names[owner] for owner in used)
        if len(blocks) < 2:
            refused.append(
                f"{' and '.join(shapes.names[owner] for owner in free)} look alike and are not interchangeable"
            )
        elif comparisons(len(blocks)) > MOST_COMPARISONS:
            refused.append(f"{names} are too many to be sorted")
        else:
            families.append(
                Family(
                    tuple(tuple(cell for owner in block for cell in shapes.cells[owner]) for block in blocks),
                    tuple(tuple(shapes.names[owner] for owner in block) for block in blocks),
                )
            )
            taken |= {owner for block in blocks for owner in block}
            for pairs, mapped in exchanges:
                if pairs[first] in used:
                    _join(orbits, mapped)
    return families, orbits, refused


def _moves(shapes: _Shapes, pairs: dict[Owner, Owner]) -> dict[int, int]:
    return {
        cell: other
        for owner, partner in pairs.items()
        for cell, other in zip(shapes.cells[owner], shapes.cells[partner], strict=True)
    }


def _blocks(first: Owner, exchanges: Sequence[dict[Owner, Owner]]) -> list[list[Owner]]:
    """The blocks that the exchanges speak of: that of `first`, and for each exchange what it puts in its place.

    What all of them move is the first block; with one exchange alone it is the half with the first of each pair.
    """
    if not exchanges:
        return [[first]]
    shared = set(exchanges[0]).intersection(*exchanges[1:])
    if len(exchanges) == 1:
        shared = {owner for owner, partner in exchanges[0].items() if owner < partner}
    block = [first, *sorted(shared - {first})]
    blocks, used = [block], set(block)
    for pairs in exchanges:
        other = [pairs[owner] for owner in block]
        if len(pairs) == 2 * len(block) and not used & set(other):
            blocks.append(other)
            used |= set(other)
    return blocks


def _join(orbits: list[int], mapped: dict[int, int]) -> None:
    """Put each event and its image in one orbit; an orbit is named by its first event."""
    for event, image in mapped.items():
        a, b = orbits[event], orbits[image]
        if a != b:
            low, high = min(a, b), max(a, b)
            orbits[:] = [low if orbit == high else orbit for orbit in orbits]


def apply(system: System, question: Question) -> Application:
    """The system whose updates sort the blocks of each family, and what was done."""
    families, orbits, refused = find(system, question)
    if not families:
        why = "; ".join(refused) or "no two components are alike"
        return Application(SYMMETRY, False, why, system)
    now = system
    for family in families:
        now = sort_updates(now, family.blocks)
    listed = "; ".join(" = ".join(" with ".join(names) for names in family.names) for family in families)

    def representative(state: tuple[int, ...]) -> tuple[int, ...]:
        for family in families:
            state = sorted_state(state, family.blocks)
        return state

    return Application(SYMMETRY, True, f"interchangeable: {listed}", now, representative, tuple(orbits))


__all__ = ["Family", "apply", "find"]
