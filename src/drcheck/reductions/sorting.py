"""Updates that leave blocks of cells sorted, so that of all permutations of the blocks one state is explored.

The cells of a block that ever change are packed into one number (or some, where they do not fit), the most significant
cell first; numbers are put in order by a network of compare-exchanges and unpacked again. Where an update can leave its
domain, the blocks are sorted only if it does not: the step is then reported as it would be without.

The network is merge exchange (Knuth, *The Art of Computer Programming*, volume 3, section 5.2.2, algorithm M). Its
expressions share their parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation
from drcheck.reductions.simplify import constant, escapes, facts_of, guard_of, simplify
from drcheck.system.system import Alternative, Cell, State, System, begun_with, changing_cells
from drcheck.system.terms import choice, conjunction

Blocks = Sequence[Sequence[int]]
MOST_COMPARISONS = 63
"""Families whose network is larger (more than 16 blocks) are not sorted: each step would cost more than it saves."""
WORD = 60
"""Bits of a packed number: 62 are the most that an expression may have."""


def network(size: int) -> Iterator[tuple[int, int]]:
    """The compare-exchanges that put this many values in order."""
    if size < 2:
        return
    top = 1 << (size - 1).bit_length() - 1
    p = top
    while p:
        q, r, d = top, 0, p
        while True:
            for i in range(size - d):
                if i & p == r:
                    yield i, i + d
            if q == p:
                break
            d, q, r = q - p, q >> 1, p
        p >>= 1


def comparisons(size: int) -> int:
    """How many compare-exchanges put this many values in order."""
    return sum(1 for _ in network(size))


def _living(system: System, blocks: Blocks) -> list[list[int]]:
    """The cells of each block without those that never change in any of them: these are equal everywhere."""
    changing = {cell for cell in changing_cells(system) if system.cells[cell].domain.bits}
    kept = [i for i in range(len(blocks[0])) if any(block[i] in changing for block in blocks)]
    return [[block[i] for i in kept] for block in blocks]


def sorted_state(state: State, blocks: Blocks) -> State:
    """The state with its blocks in order."""
    values = list(state)
    contents = sorted([state[cell] for cell in block] for block in blocks)
    for block, content in zip(blocks, contents, strict=True):
        for cell, value in zip(block, content, strict=True):
            values[cell] = value
    return tuple(values)


def sort_updates(system: System, blocks: Blocks) -> System:
    """The system after each of whose steps the blocks are in order, given that they are before it; so are they in its initial
    states.
    """
    living = _living(system, blocks)
    events = []
    for event in system.events:
        ways = []
        for k, way in enumerate(event.alternatives):
            touched = any(cell in block for cell, _ in way.updates for block in living)
            ways.append(_sorting(system, way, living, facts_of(guard_of(event, k))) if touched else way)
        events.append(replace(event, alternatives=tuple(ways)))
    return begun_with(replace(system, events=tuple(events)), (sorted_state(s, blocks) for s in system.initial_states))


def _sorting(system: System, way: Alternative, blocks: list[list[int]], facts: dict[int, int]) -> Alternative:
    memo: dict[int, Expression] = {}
    updates = {cell: simplify(right, facts, memo) for cell, right in way.updates}
    after = [[updates.get(cell, system.cells[cell]) for cell in block] for block in blocks]
    words = _words([system.cells[cell] for cell in blocks[0]])
    risky = [cell for block in blocks for cell in block if cell in updates and escapes(system, cell, updates[cell])]
    packed = [
        [_packed(system, block, rights, word) for word in words] for block, rights in zip(blocks, after, strict=True)
    ]
    for i, j in network(len(blocks)):
        packed[i], packed[j] = _in_order(packed[i], packed[j])
    inside = conjunction([_inside(system.cells[cell], updates[cell]) for cell in risky])
    made = dict(way.updates)
    for block, rights, numbers in zip(blocks, after, packed, strict=True):
        for word, number in zip(words, numbers, strict=True):
            for place, weight in word:
                cell = system.cells[block[place]]
                # Where nothing escapes this is a choice that was made already.
                right = choice(inside, _unpacked(cell, number, weight, word), rights[place])
                if not (isinstance(right, Cell) and right.index == cell.index):
                    made[cell.index] = right
    return replace(way, updates=tuple(sorted(made.items())))


Word = list[tuple[int, int]]
"""The cells of a word: place in the block, and weight. The most significant comes first."""


def _words(cells: Sequence[Cell]) -> list[Word]:
    """Which cells of a block are packed together."""
    words: list[list[int]] = [[]]
    room = WORD
    for place, cell in enumerate(cells):
        if cell.domain.bits > room:
            words.append([])
            room = WORD
        words[-1].append(place)
        room -= cell.domain.bits
    result = []
    for places in words:
        weights, weight = [], 1
        for place in reversed(places):
            weights.append((place, weight))
            weight <<= cells[place].domain.bits
        result.append(weights[::-1])
    return result


def _packed(system: System, block: Sequence[int], rights: Sequence[Expression], word: Word) -> Expression:
    total: Expression | None = None
    for place, weight in word:
        cell, right = system.cells[block[place]], rights[place]
        if right.kind == BOOLEAN:
            right = choice(right, Literal(1), Literal(0))
        if escapes(system, block[place], right):
            limits = Literal(cell.domain.low), Literal(cell.domain.high)
            right = Operation("max", (Operation("min", (right, limits[1]), INTEGER), limits[0]), INTEGER)
        known = constant(right)
        if known is not None:
            part: Expression = Literal((known - cell.domain.low) * weight)
        else:
            if cell.domain.low:
                right = Operation("-", (right, Literal(cell.domain.low)), INTEGER)
            part = right if weight == 1 else Operation("*", (right, Literal(weight)), INTEGER)
        total = part if total is None else Operation("+", (total, part), INTEGER)
    assert total is not None
    return total


def _unpacked(cell: Cell, number: Expression, weight: int, word: Word) -> Expression:
    size = 1 << cell.domain.bits
    if weight > 1:
        number = Operation("//", (number, Literal(weight)), INTEGER)
    if weight != word[0][1]:
        number = Operation("%", (number, Literal(size)), INTEGER)
    if cell.kind == BOOLEAN:
        return Operation("==", (number, Literal(1)), BOOLEAN)
    # A domain need not be a power of two: the limits say to the engines that it is not left.
    if size > cell.domain.size:
        number = Operation("min", (number, Literal(cell.domain.size - 1)), INTEGER)
    return number if not cell.domain.low else Operation("+", (number, Literal(cell.domain.low)), INTEGER)


def _in_order(a: list[Expression], b: list[Expression]) -> tuple[list[Expression], list[Expression]]:
    """Two blocks as words, the smaller one first."""
    if len(a) == 1:
        return [Operation("min", (a[0], b[0]), INTEGER)], [Operation("max", (a[0], b[0]), INTEGER)]
    less: Expression = Operation("<", (b[-1], a[-1]), BOOLEAN)
    for x, y in zip(reversed(a[:-1]), reversed(b[:-1]), strict=True):
        smaller = Operation("<", (y, x), BOOLEAN)
        equal = Operation("==", (y, x), BOOLEAN)
        less = Operation("or", (smaller, Operation("and", (equal, less), BOOLEAN)), BOOLEAN)
    pairs = list(zip(a, b, strict=True))
    return [choice(less, y, x) for x, y in pairs], [choice(less, x, y) for x, y in pairs]


def _inside(cell: Cell, right: Expression) -> Expression:
    low, high = Literal(cell.domain.low), Literal(cell.domain.high)
    return conjunction([Operation(">=", (right, low), BOOLEAN), Operation("<=", (right, high), BOOLEAN)])


__all__ = ["MOST_COMPARISONS", "comparisons", "network", "sort_updates", "sorted_state"]
