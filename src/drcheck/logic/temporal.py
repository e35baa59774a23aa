"""Deciding a formula of linear temporal logic: on the product of the transition graph and an automaton for its negation.

The formula fails where some execution is accepted by the automaton (Vardi and Wolper, An automata-theoretic approach to
automatic program verification, 1986). Such an execution is shown by one of three things, looked for in this order:

* a path after which the automaton accepts whatever follows (a *bad prefix*): every path can be continued fairly, so
  nothing else is needed. This is all that there is for safety formulas;
* a path to a deadlock, where the automaton accepts the last letter repeated for ever;
* a cycle: a strongly connected part of the product, within one of the automaton, that is accepting and fair.

Parts of the automaton with one state, which most formulas have alone, need no separate graph: the product is the
transition graph without the states whose letter the automaton does not read there. Fairness is judged by what is
possible in the system, not in the product, which can lack steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from drcheck.errors import Place
from drcheck.graphs.products import Bits, PairPath, Product, Rows, Table
from drcheck.kernels.budget import room
from drcheck.language.expressions import Expression
from drcheck.logic.automata import Automaton, automaton
from drcheck.logic.formulas import Formula, formula
from drcheck.logic.liveness import Demand, FairGraph, Lasso, Mask, Recurrence, fair_component, with_cycle
from drcheck.system.system import System


@dataclass(frozen=True)
class Negation:
    """A formula, and an automaton that accepts the executions of which it does not hold."""

    formula: Formula
    automaton: Automaton


def negation(system: System, written: Expression, place: Place | None = None) -> Negation:
    """What is needed to decide a formula. Raises ModelError for its atoms, PropertyError DR305 if it is too large."""
    made = formula(system, written, place)
    return Negation(made, automaton(made.normal, made.negated))


class Shape(Enum):
    """How an execution breaks a formula: by its first steps, whatever follows; by ending; by a cycle."""

    PREFIX = "prefix"
    END = "end"
    CYCLE = "cycle"


@dataclass(frozen=True)
class Refutation:
    """An execution that breaks a formula, from an initial state on. `lasso.loop` is None for a prefix and for an end."""

    lasso: Lasso
    shape: Shape


def refute(
    fair: FairGraph,
    wanted: Negation,
    holding: Sequence[Mask],
    demands: Sequence[Demand],
    *,
    roots: int,
    laid_out: bool = False,
) -> Refutation | None:
    """A fair execution of which a formula does not hold, or None. The graph must be that of all reachable states, of which the
    first `roots` are initial.

    `holding`: for each atom of the formula the states where it holds. `laid_out`: make a graph of each part of the
    product, although it is not needed; the answer is the same in that there is one. Raises MemoryError.
    """
    product, reader = product_of(fair, wanted, holding, roots)
    if not reader.size:
        return None
    return _finite(fair, product, reader) or _cyclic(fair, product, reader, demands, laid_out)


def product_of(fair: FairGraph, wanted: Negation, holding: Sequence[Mask], roots: int) -> tuple[Product, Automaton]:
    """The product of a graph and the automaton of a formula's negation, which reads the letters that occur, and no others."""
    letters, seen = _letters(holding, fair.size)
    reader = wanted.automaton.restricted(seen)
    edges = [(q, t.letters, t.target, t.sets) for q, row in enumerate(reader.transitions) for t in row]
    return Product(fair.graph, letters, Table.of(len(seen), reader.size, edges), reader.initial, roots), reader


def _letters(holding: Sequence[Mask], size: int) -> tuple[NDArray[np.uint32], list[int]]:
    """The letter of each state, numbered among those that occur, and these letters."""
    room(13 * size)
    letters = np.zeros(size, np.uint32)
    for i, mask in enumerate(holding):
        letters |= mask.astype(np.uint32) << np.uint32(i)
    seen = np.flatnonzero(np.bincount(letters, minlength=1))
    number = np.zeros(int(seen[-1]) + 1, np.uint32)
    number[seen] = np.arange(len(seen), dtype=np.uint32)
    return number[letters], seen.tolist()


def _finite(fair: FairGraph, product: Product, reader: Automaton) -> Refutation | None:
    """A bad prefix, or an execution that ends; a shortest of both."""
    dead = fair.dead()
    repeated = np.zeros(reader.letters, np.uint64)
    for letter in np.unique(product.letters[dead]).tolist():
        repeated[letter] = reader.accepts_repeated(letter)
    anything = sum(1 << q for q in range(reader.size) if reader.accepts_anything(q))
    room(25 * fair.size)
    goals = np.where(dead, repeated[product.letters], np.uint64(0)) | np.uint64(anything)
    found = product.path(goals)
    if found is None:
        return None
    lasso = Lasso(found.states, _events(fair, found), None)
    return Refutation(lasso, Shape.END if dead[found.states[-1]] else Shape.PREFIX)


def _events(fair: FairGraph, path: PairPath) -> list[int]:
    return [int(fair.graph.labels[edge]) for edge in path.edges]


def _cyclic(
    fair: FairGraph, product: Product, reader: Automaton, demands: Sequence[Demand], laid_out: bool
) -> Refutation | None:
    for part in reader.components():
        if all(reader.accepts_anything(q) for q in part):
            continue  # none of them is reached, or there were a bad prefix; past one that is not, others may be
        if len(part) == 1 and not laid_out:
            lasso = _with_one_state(fair, product, reader, part[0], demands)
        else:
            lasso = _with_several(fair, product, reader, part, demands)
        if lasso is not None:
            return Refutation(lasso, Shape.CYCLE)
    return None


def _with_one_state(
    fair: FairGraph, product: Product, reader: Automaton, q: int, demands: Sequence[Demand]
) -> Lasso | None:
    """A cycle on which the automaton stays in state q: one of the graph, through states whose letters q stays with."""
    room(21 * fair.size)
    stays = np.zeros(reader.letters, bool)
    marks = np.zeros(reader.letters, np.uint32)
    for t in reader.transitions[q]:
        if t.target == q:
            those = [letter for letter in range(reader.letters) if t.letters >> letter & 1]
            stays[those] = True
            marks[those] |= np.uint32(t.sets)
    inside = product.with_state(q) & stays[product.letters]
    # With every letter on which it stays it is in these sets: any cycle will do.
    always = int(np.bitwise_and.reduce(marks[stays]))
    recurring = None
    if always != reader.every_set:
        recurring = Recurrence(marks[product.letters], reader.every_set & ~always)
    part = fair_component(fair, inside, demands, recurring)
    if part is None:
        return None
    room(8 * fair.size)
    lead = product.path(np.where(part, np.uint64(1 << q), np.uint64(0)))
    assert lead is not None, "all pairs with the part's states are reached"
    return with_cycle(fair, lead.states, _events(fair, lead), part, demands, recurring)


def _with_several(
    fair: FairGraph, product: Product, reader: Automaton, part: Sequence[int], demands: Sequence[Demand]
) -> Lasso | None:
    """A cycle on which the automaton stays in some states: one of the product's part with these, laid out as a graph."""
    room(8 * fair.size)
    rows = product.rows(product.reached & np.uint64(sum(1 << q for q in part)))
    pairs = _Pairs(fair, rows)
    recurring = Recurrence(rows.marks, reader.every_set, of_edges=True) if reader.sets else None
    found = fair_component(pairs, np.ones(pairs.size, bool), demands, recurring)
    if found is None:
        return None
    room(8 * fair.size + 24 * pairs.size)
    goals = np.zeros(fair.size, np.uint64)
    np.bitwise_or.at(goals, rows.states[found], np.uint64(1) << rows.automaton[found].astype(np.uint64))
    lead = product.path(goals)
    assert lead is not None, "all pairs of the part are reached"
    start = int(np.flatnonzero((rows.states == lead.states[-1]) & (rows.automaton == lead.automaton))[0])
    lasso = with_cycle(pairs, [start], [], found, demands, recurring)
    cycle = [int(rows.states[n]) for n in lasso.states[1:]]
    return Lasso(lead.states + cycle, _events(fair, lead) + lasso.events, len(lead.states) - 1)


class _Pairs(FairGraph):
    """A part of the product as a graph: the events possible in a pair are those of its state of the system."""

    def __init__(self, fair: FairGraph, rows: Rows) -> None:
        super().__init__(rows.graph)
        self._fair, self._states, self.events = fair, rows.states, fair.events

    def possible(self, bits: Bits) -> Bits:
        """For each pair the events that are possible in its state."""
        return self._fair.possible(bits)[self._states]


def marks(formula: Formula, truth: Sequence[Sequence[bool]]) -> dict[int, str]:
    """What to say of the states of a trace: which atoms hold at first, and from then on which begin or cease to.

    `truth[n][i]`: whether atom i holds in state n of the trace.
    """
    said = {}
    for n, now in enumerate(truth):
        changed = [i for i, holds in enumerate(now) if n == 0 or holds != truth[n - 1][i]]
        if changed:
            said[n] = ", ".join(formula.texts[i] if now[i] else f"not ({formula.texts[i]})" for i in changed)
    return said


__all__ = ["Negation", "Refutation", "Shape", "marks", "negation", "product_of", "refute"]
