"""Which cells a slice keeps: control and small cells always, and the counters that what is asked depends on.

A *counter* is an integer cell of many values: counters alone can be hidden here. What a counter becomes depends on the cells that
are written into it, and on those which decide whether it is written. The *cone* of some cells is closed under the first kind of
dependence alone: guards are weakened. A *clock* is a counter that depends on itself alone and that guards read; an *age* is a
clock that only grows by a number or is set to one. Ages cost little, and much of what a system does is a matter of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from drcheck.abstraction.derived import LEFT, Account, pivots_of
from drcheck.abstraction.sums import Sums
from drcheck.abstraction.weakening import compared
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation, nodes_in
from drcheck.language.operators import OPERATORS
from drcheck.reductions.simplify import constant, facts_of, refolded, simplify, ways_of
from drcheck.system.precedence import undisturbed
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell, System, cells_of
from drcheck.system.terms import conjunction, conjuncts, negation

SMALL = 3
"""An integer cell of more values than this is a counter."""
SPANS = 2
"""The first tier of slices that keep spans of counters."""
SINGLE = SPANS + 2
"""The tier of slices that keep one counter with the ages: small slices, which tell how much it is at most."""
CONES = SINGLE + 1
"""The first tier of slices that keep all from which the values of something can come."""
TIERS = CONES + 5
"""How many tiers there are."""
MOST_CONES = 3
"""So many of the cones of the conjuncts of a condition are tried, those of the fewest bits."""
MOST_PARTS = 48
"""Into how many parts a condition is divided at most."""
MOST_FINER, MOST_TRIED = 8, 100
"""Into how many parts a condition is divided at most by what it compares, and how many conditions are made for it."""
_COMPARED = ("<", "<=", ">", ">=", "==", "!=")


@dataclass(frozen=True)
class Candidate:
    """What a slice may keep: counters by their cells, and of others the spans, by `~cell`. `tier`: a lower one is tried first."""

    tier: int
    cells: frozenset[int]


class Counters:
    """The counters of a system, and how they depend on each other. `hidden`: cells that are none, as no slice keeps them."""

    def __init__(self, system: System, hidden: frozenset[int] = frozenset(), accounts: Sequence[Account] = ()) -> None:
        self.system, self.accounts = system, tuple(accounts)
        self.pivots = frozenset(
            pivots_of(self.accounts, frozenset().union(*(each.cells for each in accounts))).values()
        )
        counters = (cell for cell in system.cells if cell.domain.kind == INTEGER and cell.domain.size > SMALL)
        self.all = frozenset(cell.index for cell in counters) - hidden
        self._from: dict[int, set[int]] = {cell: set() for cell in self.all}
        asked: set[int] = set()
        timed: set[int] = set()
        for event in system.events:
            timed |= event.writes if event.is_tick else set()
            asked |= cells_of(event.guard)
            for way in event.alternatives:
                asked |= frozenset() if way.guard is None else cells_of(way.guard)
                for cell, right in way.updates:
                    if cell in self.all:
                        self._from[cell] |= cells_of(right) & self.all
        self.clocks = frozenset(cell for cell, read in self._from.items() if read <= {cell} and cell in asked)
        rights = [(cell, right) for event in system.events for way in event.alternatives for cell, right in way.updates]
        stepping = {cell for cell, right in rights if cell in self.all and _steps(right, cell)}
        self.moving = (frozenset(timed) | stepping) & self.all
        self.ages = self.clocks - {cell for cell, right in rights if not _ages(right, cell)}

    def cone(self, cells: Iterable[int]) -> frozenset[int]:
        """The counters among some cells, and all from which their values can come."""
        found, todo = set[int](), [cell for cell in cells if cell in self.all]
        while todo:
            cell = todo.pop()
            if cell not in found:
                found.add(cell)
                todo += self._from[cell]
        return frozenset(found)

    def bits(self, cells: Iterable[int]) -> int:
        """How many bits some counters have together: how large a slice that keeps them may be."""
        return sum(self.system.cells[cell].domain.bits if cell >= 0 else 1 for cell in cells)

    def spans(self, cells: Iterable[int]) -> frozenset[int]:
        """The spans of counters from which the values of some cells can come, and of the accounts of these."""
        found, count = self.cone(cells), len(self.system.cells)
        while True:
            those = [number for number, account in enumerate(self.accounts) if account.cells & found]
            more = found | self.cone(cell for number in those for cell in self.accounts[number].cells)
            if more == found:
                return frozenset(~cell for cell in (*found, *(count + number for number in those)))
            found = more

    def candidates(self, node: Expression) -> list[Candidate]:
        """What to keep for what is asked, in the order in which it is worth trying.

        Nothing; the ages; the spans of all counters, and of those from which what it reads can come; each of these counters
        that moves by and by, alone with the ages: by itself that shows little but what the greatest values are. Then the
        cones of each of its conjuncts, as all of them must hold where a condition holds, with the ages, with the clocks, and
        without; everything that it reads, with the ages and with the clocks.
        """
        parts = conjuncts(node) if node.kind == BOOLEAN else [node]
        cones = [self.cone(cells_of(part)) for part in parts]
        tried = sorted({cone for cone in cones if not cone <= self.ages}, key=self.order)[:MOST_CONES]
        best = list(
            dict.fromkeys([*tried, cones[-1]] if cones else tried)
        )  # what is written is the last of what is asked
        found = [Candidate(0, frozenset()), Candidate(1, self.ages)]
        whole = self.cone(cells_of(node))
        found += [Candidate(SPANS, self.spans(self.all)), Candidate(SPANS + 1, self.spans(whole))]
        found += [
            Candidate(SINGLE, self.ages | {cell}) for cell in sorted((whole & self.moving) - self.ages - self.pivots)
        ]
        for tier, beside in enumerate((self.ages, self.clocks, frozenset[int]()), CONES):
            found += [Candidate(tier, cone | beside) for cone in best]
        found += [Candidate(CONES + 3, whole | self.ages), Candidate(CONES + 4, whole | self.clocks)]
        first: dict[frozenset[int], Candidate] = {}
        for candidate in found:
            first.setdefault(candidate.cells, candidate)
        return list(first.values())

    def order(self, cells: frozenset[int]) -> tuple[int, list[int]]:
        """Sets of counters in order: those of few bits first."""
        return self.bits(cells), sorted(cells)

    def upstream(self, cells: frozenset[int]) -> tuple[int, int, list[int]]:
        """Sets of counters in order: first those into which little is written, so that what is written is known before."""
        return self.bits(self.cone(cells)), *self.order(cells)


def _ages(right: Expression, cell: int) -> bool:
    """Whether an update lets a cell grow by a number, sets it to one, or leaves it; what saturates counts without its limits."""
    node: Expression = getattr(right, "raw", right)
    if isinstance(node, Operation) and node.operator == "if":
        return _ages(node.arguments[1], cell) and _ages(node.arguments[2], cell)
    if isinstance(node, Operation) and node.operator == "+":
        first, second = node.arguments
        return isinstance(first, Cell) and first.index == cell and isinstance(second, Literal)
    return isinstance(node, Literal) or (isinstance(node, Cell) and node.index == cell)


def _steps(right: Expression, cell: int) -> bool:
    """Whether an update may take a cell on by a number: then it has many values by and by."""
    node: Expression = getattr(right, "raw", right)
    if isinstance(node, Operation) and node.operator == "if":
        return _steps(node.arguments[1], cell) or _steps(node.arguments[2], cell)
    if isinstance(node, Operation) and node.operator in ("+", "-"):
        first, second = node.arguments
        return isinstance(first, Cell) and first.index == cell and isinstance(second, Literal)
    return False


def leaving(system: System) -> list[Expression]:
    """When an update leaves its domain, one condition for each that may."""
    found, free = [], undisturbed(system.events)
    for way in ways_of(system):
        for cell in sorted(way.unsafe):
            right, domain = way.updates[cell], system.cells[cell].domain
            low, high = bounds(right)
            step = [way.guard, free[way.event]]
            if low < domain.low:
                found.append(conjunction([*step, Operation("<", (right, Literal(domain.low)), BOOLEAN)]))
            if high > domain.high:
                found.append(conjunction([*step, Operation(">", (right, Literal(domain.high)), BOOLEAN)]))
    return found


def disjuncts(node: Expression) -> list[Expression]:
    """Conditions of which one holds where, and only where, a condition does: as many as are found without trouble."""
    found = _disjuncts(node)
    return found if len(found) <= MOST_PARTS else [node]


def _disjuncts(node: Expression) -> list[Expression]:
    if not isinstance(node, Operation):
        return [node]
    if node.operator == "or":
        return [part for operand in node.arguments for part in _disjuncts(operand)]
    if node.operator == "and":
        return _all_of([_disjuncts(operand) for operand in node.arguments], node)
    if node.operator == "not":
        inner = node.arguments[0]
        if isinstance(inner, Operation) and inner.operator == "not":
            return _disjuncts(inner.arguments[0])
        if isinstance(inner, Operation) and inner.operator == "and":
            return [part for operand in inner.arguments for part in _disjuncts(negation(operand))]
        if isinstance(inner, Operation) and inner.operator == "or":
            return _all_of([_disjuncts(negation(operand)) for operand in inner.arguments], node)
    return [node]


def finer(node: Expression) -> list[Expression]:
    """Conditions of which one holds where, and only where, a condition does, with what it compares taken apart.

    A maximum is one of its operands, no other being greater, a choice is one of its branches: in each part all minima, maxima and
    choices have been replaced so, in all comparisons that must hold, and those of what differs by a number are decided. There is
    none if the condition is seen never to hold so, and it alone if there would be too many.
    """
    sums = Sums()
    parts = [sums.alike.of(refolded(part, {})) for part in conjuncts(node)]
    facts = facts_of(conjunction(parts))
    fixed = [part for part in parts if not _compares(part) or facts_of(part)]
    given = [simplify(part, facts) for part in parts if _compares(part) and not facts_of(part)]
    found: list[Expression] = []
    todo, tried = [given], 0
    while todo:
        tried += 1
        each = _decided(todo.pop(), sums)
        if each is None:
            continue
        ways = _ways(each)
        found += [] if ways else [conjunction([*fixed, *each])]
        todo += [[*(refolded(part, known) for part in each), *says] for known, says in ways]
        if tried > MOST_TRIED or len(found) > MOST_FINER:
            return [node]
    return [node] if tried == len(found) == 1 else found


def _compares(node: Expression) -> bool:
    """Whether a condition is a comparison of numbers."""
    return isinstance(node, Operation) and node.operator in _COMPARED and node.arguments[0].kind == INTEGER


def _ways(parts: Sequence[Expression]) -> list[tuple[dict[int, Expression], list[Expression]]]:
    """What the first minimum, maximum or choice that is compared can be, each with what must hold then.

    What is in an index or a divisor is left: it may be what keeps these where there is an element, or from zero.
    """
    nodes = list(nodes_in(filter(_compares, parts)))
    left = {
        id(each) for node in nodes if node.operator in LEFT for each in nodes_in([node.arguments[LEFT[node.operator]]])
    }
    for each in nodes:
        if (
            isinstance(each, Operation)
            and each.kind == INTEGER
            and each.operator in ("min", "max", "if")
            and id(each) not in left
        ):
            if each.operator == "if":
                test, then, otherwise = each.arguments
                return [({id(each): then}, [test]), ({id(each): otherwise}, [negation(test)])]
            operator = "<=" if each.operator == "min" else ">="
            return [
                (
                    {id(each): one},
                    [Operation(operator, (one, other), BOOLEAN) for other in each.arguments if other is not one],
                )
                for one in dict.fromkeys(each.arguments)
            ]
    return []


def _decided(parts: Iterable[Expression], sums: Sums) -> list[Expression] | None:
    """Conditions that must hold, without comparisons that always do; None if one never does.

    It is known of comparisons whose sides differ by a number, and of those whose ranges decide them.
    """
    found = []
    for part in map(sums.alike.of, conjuncts(conjunction(list(parts)))):
        value = constant(part)
        if isinstance(part, Operation) and _compares(part):
            apart = sums.of(part.arguments[0]).plus(-1, sums.of(part.arguments[1]))
            if not apart.terms:
                value = int(OPERATORS[part.operator](apart.constant, 0))
            elif part.operator not in ("==", "!="):
                value = constant(compared(part.operator, *part.arguments))
        if value == 0:
            return None
        if value is None:
            found.append(part)
    return found


def _all_of(operands: Sequence[list[Expression]], whole: Expression) -> list[Expression]:
    size = 1
    for operand in operands:
        size *= len(operand)
    return [conjunction(parts) for parts in product(*operands)] if size <= MOST_PARTS else [whole]


__all__ = [
    "CONES",
    "SINGLE",
    "SPANS",
    "TIERS",
    "Candidate",
    "Counters",
    "disjuncts",
    "finer",
    "leaving",
]
