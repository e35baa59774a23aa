"""A system with accounts beside its own cells: sums of multiples of these.

Promises are often about sums: an account that must be balanced, a copy that is behind. In a slice they are known only if all
counters of the sum are kept. An *account* is such a sum as a cell of its own. It is written by every event that writes a cell
of the sum, by what the sum changes, so in each reachable state it is the sum, and the system with accounts steps as the one
without: what is said of slices of it is said of the system. In these states one counter of an account, its *pivot*, is the
account less the rest of the sum, and is read so everywhere. Where an event keeps the sum, what it writes to the account cancels
to the account itself (`sums`), and a slice that keeps the account and none of the counters knows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from drcheck.abstraction.sums import Sums, written
from drcheck.language.expressions import INTEGER, Expression, Operation, nodes_in
from drcheck.system.ranges import bounds
from drcheck.system.system import Alternative, Cell, Domain, State, System

LEAST = 3
"""An account is of so many counters at least."""
MOST = 1 << 40
"""An account is no greater: sums of it with other numbers stay within what numbers can be."""
LEFT = {"select": 0, "//": 1, "%": 1}
"""The argument of an operation that must lie in a range: that is known of what is written there, not of other sums."""


@dataclass(frozen=True)
class Account:
    """A sum of multiples of cells: the factors by cell, in the order of the cells."""

    factors: tuple[tuple[int, int], ...]

    @property
    def cells(self) -> frozenset[int]:
        """The cells of the sum."""
        return frozenset(cell for cell, _ in self.factors)

    def pivot(self, among: frozenset[int]) -> int | None:
        """One of some cells with the factor 1 or -1: of the sign that fewer cells have, as what is told by a sum is one."""
        positive = [cell for cell, factor in self.factors if factor > 0]
        few = positive if 2 * len(positive) <= len(self.factors) else [c for c, factor in self.factors if factor < 0]
        fitting = [cell for cell, factor in self.factors if cell in among and abs(factor) == 1]
        return min(fitting, key=lambda cell: (cell not in few, cell), default=None)


def accounts_of(system: System, asked: Iterable[Expression], counters: frozenset[int]) -> list[Account]:
    """The accounts worth knowing for what is asked: that numbers are equal to sums of several, and of what these are copies."""
    sums, found = Sums(), list[Account]()
    for node in nodes_in(asked):
        if isinstance(node, Operation) and node.operator in ("==", "!=") and node.arguments[0].kind == INTEGER:
            apart = sums.of(node.arguments[0]).plus(-1, sums.of(node.arguments[1]))
            cells = [(part, factor) for factor, part in apart.terms.values() if isinstance(part, Cell)]
            if len(cells) == len(apart.terms):
                _enter(found, ((cell.index, factor) for cell, factor in cells if cell.domain.size > 1), counters)
    for account in found:  # which grows meanwhile
        for event in system.events:
            for way in event.alternatives:
                factors = dict(account.factors)
                copied = [
                    (others[0], factors[cell])
                    for cell, right in way.updates
                    if cell in factors and len(others := sorted(set(_copied(right)) & counters - account.cells)) == 1
                ]
                _enter(found, copied, counters)
    return [account for account in found if _greatest(system, account) <= MOST]


def _greatest(system: System, account: Account) -> int:
    """What an account is at most, whatever its sign."""
    domains = [(factor, system.cells[cell].domain) for cell, factor in account.factors]
    return sum(abs(factor) * max(abs(domain.low), abs(domain.high)) for factor, domain in domains)


def _enter(found: list[Account], factors: Iterable[tuple[int, int]], counters: frozenset[int]) -> None:
    """Enter an account, unless it is known as a part of another, or is of two counters or fewer."""
    made = Account(tuple(sorted(factors)))
    opposite = Account(tuple((cell, -factor) for cell, factor in made.factors))
    if len(made.cells) < LEAST or len(made.factors) > len(made.cells) or not made.cells <= counters:
        return
    if not any(set(each.factors) <= set(known.factors) for each in (made, opposite) for known in found):
        found.append(made)


def _copied(right: Expression) -> Iterator[int]:
    """The cells of which an update may write what they are."""
    if isinstance(right, Cell):
        yield right.index
    elif isinstance(right, Operation) and right.operator == "if":
        for part in right.arguments[1:]:
            yield from _copied(part)


def pivots_of(accounts: Sequence[Account], hidden: frozenset[int]) -> dict[int, int]:
    """For the accounts, by position, a hidden counter of each that is read as the rest of it, where there is one.

    None of them is read, in the end, by what it is read as itself.
    """
    found: dict[int, int] = {}
    reads: dict[int, frozenset[int]] = {}

    def reached(cells: frozenset[int]) -> frozenset[int]:
        return cells.union(*(reached(reads[cell]) for cell in cells if cell in reads))

    for number, account in enumerate(accounts):
        fitting = [
            cell for cell in account.cells & hidden if cell not in reads and cell not in reached(account.cells - {cell})
        ]
        pivot = account.pivot(frozenset(fitting))
        if pivot is not None:
            found[number] = pivot
            reads[pivot] = account.cells - {pivot}
    return found


class Derived:
    """A system with accounts as further cells.

    `pivots`: for some accounts, by position, the cell that is read as the rest of it (see `pivots_of`).
    """

    def __init__(self, original: System, accounts: Sequence[Account], pivots: Mapping[int, int]) -> None:
        self.original, self.accounts = original, tuple(accounts)
        self._memo: dict[int, Expression] = {}
        self._alive: list[Expression] = []
        cells = list(original.cells)
        for account in self.accounts:
            whole = written(0, [(factor, cells[cell]) for cell, factor in account.factors])
            low, high = bounds(whole)
            cells.append(Cell(len(cells), self._named(account), Domain(INTEGER, low, high), ""))
        self.cells = tuple(cells)
        self._number = {pivot: account for account, pivot in pivots.items()}
        self._back: dict[int, Expression] = {}

    def _named(self, account: Account) -> str:
        def part(cell: int, factor: int) -> str:
            times = "" if abs(factor) == 1 else f"{abs(factor)} * "
            return f" {'+' if factor > 0 else '-'} {times}{self.original.cells[cell].name}"

        return "".join(part(*each) for each in account.factors).removeprefix(" + ").strip()

    def _read(self, cell: int) -> Expression:
        """What a cell of the original system is read as."""
        if cell not in self._number:
            return self.cells[cell]
        if cell not in self._back:
            number = self._number[cell]
            account = self.accounts[number]
            sign = dict(account.factors)[cell]
            rest = [(-sign * factor, self._read(other)) for other, factor in account.factors if other != cell]
            self._back[cell] = written(0, [(sign, self.cells[len(self.original.cells) + number]), *rest])
        return self._back[cell]

    def of(self, node: Expression) -> Expression:
        """An expression of the original system, read in this one.

        An index and a divisor are left as they are: the rest of a sum can seem to lie where there is no element, or at zero.
        """
        if not self._number:
            return node
        self._alive.append(node)  # known by identity
        return self._of(node)

    def _of(self, node: Expression) -> Expression:
        known = self._memo.get(id(node))
        if known is None:
            known = node
            if isinstance(node, Operation):
                left = LEFT.get(node.operator)
                parts = [part if at == left else self._of(part) for at, part in enumerate(node.arguments)]
                known = node.rebuilt(parts)
            elif isinstance(node, Cell):
                known = self._read(node.index)
            self._memo[id(node)] = known
        return known

    def state(self, state: Sequence[int]) -> State:
        """A state of the original system, with what is derived."""
        return (*state, *(sum(factor * state[cell] for cell, factor in each.factors) for each in self.accounts))

    @cached_property
    def system(self) -> System:
        """The system with what is derived."""
        events = tuple(
            replace(event, guard=self.of(event.guard), alternatives=tuple(map(self._alternative, event.alternatives)))
            for event in self.original.events
        )
        first, *further = dict.fromkeys(map(self.state, self.original.initial_states))
        return replace(
            self.original,
            cells=self.cells,
            events=events,
            initial=first,
            further_initial=tuple(further),
            without_observers=None,
            variants=None,
        )

    def _alternative(self, way: Alternative) -> Alternative:
        updates = dict(way.updates)
        made = {cell: self.of(right) for cell, right in updates.items()}
        for number, account in enumerate(self.accounts, len(self.original.cells)):
            changes = [(factor, cell) for cell, factor in account.factors if cell in updates]
            if changes:
                total: Expression = self.cells[number]
                for factor, cell in changes:
                    change = Operation("-", (made[cell], self.of(self.cells[cell])), INTEGER)
                    total = written(0, [(1, total), (factor, change)])
                made[number] = total
        guard = None if way.guard is None else self.of(way.guard)
        return replace(way, guard=guard, updates=tuple(sorted(made.items())))


__all__ = ["Account", "Derived", "accounts_of", "pivots_of"]
