"""Linear temporal logic: how formulas are written, and their positive normal form.

A formula speaks of an execution, as the sequence of its states; a boolean expression speaks of the first of them.

| formula | holds of an execution if |
|---|---|
| `next_(f)`, X f | f holds from its second state on |
| `globally(f)`, G f | f holds from each of its states on |
| `finally_(f)`, F f | f holds from some state on |
| `until(f, g)`, f U g | g holds from some state on, and f from each state before that one on |
| `weak_until(f, g)`, f W g | (f U g) or G f |
| `release(f, g)`, f R g | not (not f U not g): g holds from each state on, up to and with the first from which f does |

`&`, `|`, `~` and `implies` are those of the language. The last state of an execution that ends counts as if it were
repeated for ever, so X f is f there.

For the automaton a formula is brought into positive normal form over *letters*. A letter is a valuation of the formula's
atoms, the largest parts without a temporal operator; a part without one is a set of letters, as the bits of a number,
so propositional simplification is automatic. Temporal operators are simplified by the usual rules (Etessami and
Holzmann, Optimizing Buchi automata, 2000; Somenzi and Bloem, Efficient Buchi automata from LTL formulae, 2000).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from drcheck.errors import Place, PropertyError
from drcheck.language.expressions import BOOLEAN, TEMPORAL, Expression, Literal, Operand, Operation, temporal
from drcheck.system.lowering import lower
from drcheck.system.system import Cell, System
from drcheck.system.terms import conjunction, disjunction

MOST_ATOMS = 12
"""How many different atoms a formula may have."""


# -- how formulas are written --------------------------------------------------------------------------------------
def globally(formula: Operand) -> Expression:
    """G: `formula` holds from each state on. Raises ModelError DR102."""
    return temporal("globally", "G", formula)


def finally_(formula: Operand) -> Expression:
    """F: `formula` holds from some state on, this one or a later one. Raises ModelError DR102."""
    return temporal("finally_", "F", formula)


def next_(formula: Operand) -> Expression:
    """X: `formula` holds from the next state on; at the end of an execution, from its last state on. ModelError DR102."""
    return temporal("next_", "X", formula)


def until(formula: Operand, goal: Operand) -> Expression:
    """U: `goal` holds from some state on, and `formula` from each state before it. Raises ModelError DR102."""
    return temporal("until", "U", formula, goal)


def weak_until(formula: Operand, goal: Operand) -> Expression:
    """W: as `until`, but `goal` need not come if `formula` holds for ever. Raises ModelError DR102."""
    return temporal("weak_until", "W", formula, goal)


def release(releases: Operand, formula: Operand) -> Expression:
    """R: `formula` holds up to and with the first state from which `releases` holds, or for ever. ModelError DR102."""
    return temporal("release", "R", releases, formula)


def antecedent(written: Expression) -> Expression | None:
    """p of a formula `p implies f`, `G (p implies f)` or `F (p implies f)` with p boolean. None: it is another formula.

    Where it speaks of no state that has p, the formula says nothing (see `decided_at_start`). f has a temporal operator: as
    in `always`, a boolean expression is taken as a whole.
    """
    match written:
        case Operation(operator="G" | "F", arguments=(implication,)):
            return _denied_first(implication)
    return _denied_first(written)


def _denied_first(written: Expression) -> Expression | None:
    match written:
        case Operation(operator="or", kind="temporal", arguments=(Operation(operator="not") as no, *_)):
            return no.arguments[0] if no.kind == BOOLEAN else None
    return None


def decided_at_start(written: Expression) -> bool:
    """Whether a formula with an antecedent holds as soon as the initial state does not have it: one without G in front."""
    return not (isinstance(written, Operation) and written.operator == "G")


def at_start(written: Expression, holds: Callable[[Expression], bool]) -> bool | None:
    """What an initial state alone says of a formula, whatever follows: its truth, or None where what follows decides.

    `holds(e)`: whether boolean expression e holds in that state. The later states are taken to be unknown, each part for itself,
    so some formulas that are true or false by their form alone are None.
    """
    if written.kind != TEMPORAL:
        return holds(written)
    parts = [at_start(operand, holds) for operand in written.arguments]
    a, b = parts[0], parts[-1]
    match written.operator:
        case "not":
            return None if a is None else not a
        case "and":
            return False if False in parts else None if None in parts else True
        case "or":
            return True if True in parts else None if None in parts else False
        case "F":
            return a or None
        case "G":
            return False if a is False else None
        case "U" | "W":
            return True if b else False if a is False and b is False else None
        case "R":
            return False if b is False else True if a and b else None
    return None


# -- positive normal form ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Node:
    """A formula in positive normal form: "letters" (a set of them), "and", "or", "next", "until" or "release"."""

    operator: str
    parts: tuple[Node, ...] = ()
    letters: int = 0

    @cached_property
    def _hash(self) -> int:
        return hash((self.operator, self.parts, self.letters))

    def __hash__(self) -> int:  # nodes are keys all the time, and deep
        return self._hash


class Normal:
    """Makes nodes over an alphabet of some number of letters, simplified as they are made."""

    def __init__(self, letters: int) -> None:
        self.all = (1 << letters) - 1
        self.true, self.false = Node("letters", letters=self.all), Node("letters")

    def letters(self, which: int) -> Node:
        """A set of letters: the first letter is one of them."""
        return Node("letters", letters=which)

    def negation(self, node: Node) -> Node:
        """The negation, in positive normal form and as simple as the node is."""
        if node.operator == "letters":
            return Node("letters", letters=self.all ^ node.letters)
        dual = {"and": "or", "or": "and", "next": "next", "until": "release", "release": "until"}
        return Node(dual[node.operator], tuple(self.negation(part) for part in node.parts))

    def disjunction(self, nodes: Iterable[Node]) -> Node:
        """One of the nodes."""
        return self.negation(self.conjunction(self.negation(node) for node in nodes))

    def conjunction(self, nodes: Iterable[Node]) -> Node:
        """All of the nodes."""
        parts: dict[Node, None] = {}
        letters = self.all
        for node in nodes:
            for part in node.parts if node.operator == "and" else (node,):
                if part.operator == "letters":
                    letters &= part.letters
                else:
                    parts[part] = None
        alike: dict[object, list[Node]] = {}
        for part in parts:
            alike.setdefault(self._kind(part), []).append(part)
        if len(alike) < len(parts):
            return self.conjunction([self.letters(letters), *(self._merged(group) for group in alike.values())])
        kept = list(parts)
        if not letters or any(self.negation(part) in parts for part in kept):
            return self.false
        # p and (p or q) is p.
        kept = [part for part in kept if part.operator != "or" or not any(p in parts for p in part.parts)]
        if letters != self.all:
            kept.insert(0, self.letters(letters))
        return kept[0] if len(kept) == 1 else Node("and", tuple(kept)) if kept else self.true

    def _kind(self, node: Node) -> object:
        """The same for nodes whose conjunction is one simpler node."""
        match node.operator:
            case "next":
                return "next"
            case "release" if self._is_forever(self.negation(node)):  # G F: by itself it is an acceptance set
                return node
            case "release":
                return "release", node.parts[0]
            case "until" if self._is_forever(node):
                return "for ever"
            case "until":
                return "until", node.parts[1]
        return node

    def _is_forever(self, node: Node) -> bool:
        """Whether a node is of the form F G."""
        if node.operator != "until":
            return False
        left, right = node.parts
        return left == self.true and right.operator == "release" and right.parts[0] == self.false

    def _merged(self, group: Sequence[Node]) -> Node:
        """One node for the conjunction of nodes of one kind."""
        one = group[0]
        if len(group) == 1:
            return one
        if one.operator == "next":
            return self.next(self.conjunction(node.parts[0] for node in group))
        if one.operator == "release" or self._is_forever(one):
            inner = self.conjunction(node.parts[1] for node in group)
            return self.release(one.parts[0], inner) if one.operator == "release" else self.until(self.true, inner)
        return self.until(self.conjunction(node.parts[0] for node in group), one.parts[1])

    def next(self, node: Node) -> Node:
        """X."""
        if self.is_eventual(node) and self.is_universal(node):
            return node
        return Node("next", (node,))

    def until(self, left: Node, right: Node) -> Node:
        """U; F is `until(true, ...)`."""
        if left == self.false or left == right or self.is_eventual(right):
            return right
        if right.operator == "until":
            if right.parts[0] == left:
                return right
            if left == self.true:
                return self.until(left, right.parts[1])
        if left == self.true and right.operator == "or":
            # F (G a or b) is F G a or F b: G F by itself, in the negation, is worth more than one F less.
            lasting = [part for part in right.parts if part.operator == "release" and part.parts[0] == self.false]
            if lasting:
                rest = [part for part in right.parts if part not in lasting]
                return self.disjunction(self.until(left, part) for part in [*lasting, self.disjunction(rest)])
        if right.operator == "next" and (left == self.true or left.operator == "next"):
            return self.next(self.until(left if left == self.true else left.parts[0], right.parts[0]))
        return Node("until", (left, right))

    def release(self, left: Node, right: Node) -> Node:
        """R; G is `release(false, ...)`."""
        return self.negation(self.until(self.negation(left), self.negation(right)))

    def is_eventual(self, node: Node) -> bool:
        """Whether it is known that the formula holds of an execution if it does from some later state on."""
        match node.operator:
            case "letters":
                return node.letters in (0, self.all)
            case "until":
                return node.parts[0] == self.true or self.is_eventual(node.parts[1])
        return all(self.is_eventual(part) for part in node.parts)

    def is_universal(self, node: Node) -> bool:
        """Whether it is known that the formula, if it holds of an execution, does from all later states on."""
        return self.is_eventual(self.negation(node))


# -- from expressions ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Formula:
    """A formula over numbered atoms: `atoms` are lowered boolean expressions, `texts` how they were written.

    `root` is the formula in `normal` form.
    Letter v is the valuation in which atom i holds where bit i of v is set; there are 2 to the number of atoms.
    """

    atoms: tuple[Expression, ...]
    texts: tuple[str, ...]
    normal: Normal
    root: Node

    @property
    def negated(self) -> Node:
        """The formula's negation."""
        return self.normal.negation(self.root)


def formula(system: System, written: Expression, place: Place | None = None) -> Formula:
    """A formula of a system, its atoms lowered and numbered as they occur.

    Raises ModelError DR106, DR110, DR111, DR117 for its atoms, and PropertyError DR305 if there are too many.
    """
    numbers: dict[Any, int] = {}
    atoms: list[Expression] = []
    texts: list[str] = []

    def number(atom: Expression) -> int:
        lowered = lower(system, atom, place)
        key = _key(lowered)
        if key not in numbers:
            numbers[key] = len(atoms)
            atoms.append(lowered)
            texts.append(str(atom))
        return numbers[key]

    shape = _shape(written, number)
    if len(atoms) > MOST_ATOMS:
        raise PropertyError(
            "DR305",
            f"the formula has {len(atoms)} different parts without temporal operators; {MOST_ATOMS} is the limit",
            place=place,
            remedy="state it as several properties, or write boolean parts together: (p & q) is one part, p & F(q) has two",
        )
    normal = Normal(1 << len(atoms))
    holding = [sum(1 << v for v in range(1 << len(atoms)) if v >> i & 1) for i in range(len(atoms))]
    return Formula(tuple(atoms), tuple(texts), normal, _normal(shape, normal, holding))


_Shape = tuple[Any, ...]
"""A formula with numbers for atoms: ("atom", n), ("literal", bool), or an operator and shapes."""


def _shape(node: Expression, number: Callable[[Expression], int]) -> _Shape:
    if isinstance(node, Literal):
        return ("literal", bool(node.value))
    if isinstance(node, Operation) and node.operator == "not":
        return ("not", _shape(node.arguments[0], number))
    if node.kind != TEMPORAL:
        return ("atom", number(node))
    assert isinstance(node, Operation)
    if node.operator in ("and", "or"):
        # Operands without temporal operators are one atom together.
        plain = [a for a in node.arguments if a.kind == BOOLEAN]
        joined = conjunction(plain) if node.operator == "and" else disjunction(plain)
        first = [_shape(joined, number)] if plain else []
        return (node.operator, *first, *(_shape(a, number) for a in node.arguments if a.kind != BOOLEAN))
    return (node.operator, *(_shape(a, number) for a in node.arguments))


def _normal(shape: _Shape, normal: Normal, holding: Sequence[int]) -> Node:
    operator, *rest = shape
    if operator == "atom":
        return normal.letters(holding[rest[0]])
    if operator == "literal":
        return normal.true if rest[0] else normal.false
    parts = [_normal(part, normal, holding) for part in rest]
    match operator:
        case "not":
            return normal.negation(parts[0])
        case "and":
            return normal.conjunction(parts)
        case "or":
            return normal.disjunction(parts)
        case "X":
            return normal.next(parts[0])
        case "F":
            return normal.until(normal.true, parts[0])
        case "G":
            return normal.release(normal.false, parts[0])
        case "U":
            return normal.until(*parts)
        case "W":  # b R (a or b)
            return normal.release(parts[1], normal.disjunction(parts))
    assert operator == "R", operator
    return normal.release(*parts)


def _key(node: Expression) -> Any:
    """What is equal for two lowered expressions that are written alike."""
    if isinstance(node, Operation):
        return (node.operator, *(_key(a) for a in node.arguments))
    if isinstance(node, Literal):
        return ("literal", type(node.value), node.value)
    assert isinstance(node, Cell)
    return ("cell", node.index)


def holds_on(written: Expression, length: int, loop: int, holds: Callable[[Expression, int], bool]) -> bool:
    """Whether a formula holds of an infinite sequence of positions: 0 to `length` - 1, then `loop` to `length` - 1 for ever.

    Straight from the definitions, without automata: the truth of each part at each position, until and release as least
    and greatest fixed points. `holds(e, n)`: whether boolean expression e holds at position n.
    """
    after = [n + 1 if n + 1 < length else loop for n in range(length)]

    def fixed(start: bool, step: Callable[[int, bool], bool]) -> list[bool]:
        values = [start] * length
        for _ in range(length + 1):  # each round carries the truth one position further back
            values = [step(n, values[after[n]]) for n in range(length)]
        return values

    def values(node: Expression) -> list[bool]:
        if node.kind != TEMPORAL:
            return [holds(node, n) for n in range(length)]
        assert isinstance(node, Operation)
        parts = [values(a) for a in node.arguments]
        a, b = parts[0], parts[-1]
        match node.operator:
            case "not":
                return [not v for v in a]
            case "and":
                return [all(v) for v in zip(*parts, strict=True)]
            case "or":
                return [any(v) for v in zip(*parts, strict=True)]
            case "X":
                return [a[after[n]] for n in range(length)]
            case "F":
                return fixed(False, lambda n, later: a[n] or later)
            case "G":
                return fixed(True, lambda n, later: a[n] and later)
            case "U":
                return fixed(False, lambda n, later: b[n] or (a[n] and later))
            case "W":
                return fixed(True, lambda n, later: b[n] or (a[n] and later))
        assert node.operator == "R", node.operator
        return fixed(True, lambda n, later: b[n] and (a[n] or later))

    return values(written)[0]


__all__ = [
    "Formula", "Node", "Normal", "antecedent", "at_start", "finally_", "formula", "globally", "holds_on", "next_", "release",
    "until", "weak_until",
]  # names only  # fmt: skip
