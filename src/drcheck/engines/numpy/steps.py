"""The steps of many states at once: guards and updates on columns, targets in the order of states, events, alternatives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.layout import Field
from drcheck.engines.numpy.columns import Plan
from drcheck.engines.numpy.packing import Packing
from drcheck.engines.numpy.products import Branch, Change, Product
from drcheck.engines.numpy.table import Indices, Keys
from drcheck.engines.protocol import Escape, Query
from drcheck.language.expressions import Expression, Literal, Operation
from drcheck.system.precedence import Precedence, possible
from drcheck.system.system import Alternative, Cell, Combined, Event, System

MOST_STEPS = 1 << 20
"""Steps of one chunk: where its states have more, fewer of them are expanded."""
PRODUCT = 64
"""From so many alternatives on those of several participants are made one participant after the other."""
_ALL = (1 << 64) - 1


@dataclass(frozen=True)
class Step:
    """An alternative of an event, with registers of the plan: `enabled`, `taken` (enabled, and all values fit),
    `left` (enabled, and some value does not), `fits` a cell's value (cells in the order of updates).
    """

    event: int
    alternative: int
    enabled: int
    taken: int
    left: int
    fits: tuple[tuple[int, int], ...]
    changes: tuple[Change, ...]

    @property
    def registers(self) -> Iterable[int]:
        """What it reads."""
        yield from (self.enabled, self.taken, self.left, *(register for register, _ in self.fits))
        yield from (register for change in self.changes for register, _ in change.values)


class Expansion(NamedTuple):
    """The steps of the first `states` states of a chunk, in canonical order.

    `values`: the plan's values (of the whole chunk); `counts` (one a state): its steps with a target; `keys` (uint64),
    `labels` (uint32, if requested): of each such step the target and the event. `fired`: events' numbers of such steps.
    `able` (bool, one a state): whether it has any step, escaping ones included. `escape`: (position of the state, step,
    cell) of the first escaping step.
    """

    states: int
    values: list[Any]
    counts: NDArray[Any]
    keys: Keys
    labels: NDArray[np.uint32] | None
    fired: NDArray[np.int64]
    able: NDArray[np.bool_]
    escape: Escape | None


class Steps:
    """A system and a query as array operations. `watches` and `maxima` are the query's registers."""

    def __init__(self, system: System, query: Query, packing: Packing) -> None:
        self._system, self._packing = system, packing
        self._plan = plan = Plan()
        enabled = _enabled(system, plan)
        self._able = plan.either(*enabled)
        self._steps: list[Step | Product] = []
        self._leaving: list[Step] = []
        self.most = 0
        for number, event in enumerate(system.events):
            whole = self._product(number, event, enabled[number])
            if whole is not None:
                self._steps.append(whole)
                self.most += prod(map(len, whole.shares))
                continue
            ways = [self._step(number, k, enabled[number]) for k in range(len(event.alternatives))]
            ways = [step for step in ways if plan.known(step.enabled) != 0]
            self._steps += ways
            self._leaving += [step for step in ways if plan.known(step.left) != 0]
            self.most += len(ways)
        self.watches = [plan.add(watch) for watch in query.watches]
        self.maxima = [plan.add(measure) for measure in query.maxima]
        wanted = {self._able, *self.watches, *self.maxima}
        for step in self._steps:
            wanted |= set(step.registers)
        self._releases = plan.releases(sorted(wanted))
        self._look = Plan()
        self._looked = [self._look.add(node) for node in (*query.watches, *query.maxima)]

    def look(self, keys: Keys) -> tuple[list[Any], list[Any]]:
        """The values of watches and maxima in states."""
        values = self._look.run(self._packing.source(self._packing.words_of(self._packing.parts(keys))))
        wanted = [values[register] for register in self._looked]
        return wanted[: len(self.watches)], wanted[len(self.watches) :]

    def expand(self, keys: Keys, labelled: bool) -> Expansion:
        """All steps of states with some keys; of some first of them, if they have too many. Raises MemoryError."""
        packing, size = self._packing, len(keys)
        parts = packing.parts(keys)
        words = packing.words_of(parts)
        values = self._plan.run(packing.source(words), self._releases)
        taken = [self._taken(step, values, size) for step in self._steps]
        counts = np.zeros(size, np.min_scalar_type(self.most))
        for own in taken:
            counts += own.astype(counts.dtype, copy=False)
        ends = np.cumsum(counts, dtype=np.int64)
        if ends[-1] > MOST_STEPS:
            size = max(1, int(np.searchsorted(ends, MOST_STEPS, "right")))
            counts, ends = counts[:size], ends[:size]
            taken = [own[:size] for own in taken]
        at, total = ends - counts, int(ends[-1])
        labels = np.empty(total, np.uint32) if labelled else None
        target = _Targets(packing, parts, words, total)
        fired = np.zeros(len(self._system.events), np.int64)
        for step, own in zip(self._steps, taken, strict=True):
            rows = np.flatnonzero(own)
            if not len(rows):
                continue
            if isinstance(step, Product):
                rows, made = step.targets(rows, words, values)
                spots = np.arange(len(rows)) + (at - (np.cumsum(own) - own))[rows]
                at += own
                target.put(rows, spots, made)
            else:
                spots = at[rows]
                at[rows] = spots + 1
                target.add(rows, spots, step.changes, values)
            fired[step.event] += len(rows)
            if labels is not None:
                labels[spots] = step.event
        able = _whole(values[self._able], size)
        return Expansion(size, values, counts, target.keys(), labels, fired, able, self._escape(values, size))

    def _escape(self, values: list[Any], size: int) -> Escape | None:
        """The first step out of a domain; `state` is a position in the chunk."""
        first: Escape | None = None
        for step in self._leaving:
            left = _whole(values[step.left], size)
            row = int(np.argmax(left))
            if left[row] and (first is None or row < first.state):
                cell = next(cell for register, cell in step.fits if not _whole(values[register], size)[row])
                first = Escape(row, step.event, step.alternative, cell)
        return first

    def _taken(self, step: Step | Product, values: Sequence[Any], size: int) -> NDArray[Any]:
        """How often each state has a step."""
        if isinstance(step, Product):
            return step.counts(values, lambda mask: _whole(mask, size))
        return _whole(values[step.taken], size)

    def _product(self, number: int, event: Event, enabled: int) -> Product | None:
        """An event as a product of its participants' ways; None where it is none, has few, or a value may leave its domain."""
        plan, ways = self._plan, event.alternatives
        if not isinstance(ways, Combined) or len(ways) < PRODUCT or plan.known(enabled) == 0:
            return None
        shares = []
        for share in ways.shares:
            branches = []
            for way in share:
                fits = plan.both(*(fit for fit, _ in self._fits(way)))
                guard = plan.constant(True) if way.guard is None else plan.add(way.guard)
                if plan.known(guard) == 0:
                    continue
                if plan.known(fits) != 1:
                    return None
                branches.append(Branch(guard, tuple(_changes(self._packing.fields, way.updates, plan))))
            shares.append(tuple(branches))
        return Product(number, enabled, tuple(shares))

    def _fits(self, way: Alternative) -> list[tuple[int, int]]:
        """The registers of whether values stay in their domains, where that is open, with their cells."""
        found = []
        for index, right in way.updates:
            domain = self._system.cells[index].domain
            fit = self._plan.within(right, domain.low, domain.high)
            if self._plan.known(fit) != 1:
                found.append((fit, index))
        return found

    def _step(self, number: int, k: int, enabled: int) -> Step:
        plan, way = self._plan, self._system.events[number].alternatives[k]
        if way.guard is not None:
            enabled = plan.both(enabled, plan.add(way.guard))
        fits = self._fits(way)
        all_fit = plan.both(*(fit for fit, _ in fits))
        changes = tuple(_changes(self._packing.fields, way.updates, plan))
        taken, left = plan.both(enabled, all_fit), plan.both(enabled, plan.negated(all_fit))
        return Step(number, k, enabled, taken, left, tuple(fits), changes)


class _Targets:
    """Collects targets of steps at their places in canonical order."""

    def __init__(self, packing: Packing, parts: Sequence[Keys], words: Sequence[Keys], total: int) -> None:
        self._packing, self._parts, self._words = packing, parts, words
        self._targets = [np.empty(total, np.uint64) for _ in parts]
        self._changed: list[list[tuple[Indices, Keys]]] = [[] for _ in parts]

    def add(self, rows: Indices, spots: Indices, changes: Sequence[Change], values: Sequence[Any]) -> None:
        """Steps from the states at `rows` to the places `spots`, which change some words."""
        self.put(rows, spots, {one.word: one.after(self._words[one.word][rows], rows, values) for one in changes})

    def put(self, rows: Indices, spots: Indices, changed: Mapping[int, Keys]) -> None:
        """The same, with what the words that are changed become."""
        for word, target in enumerate(self._targets):
            if word not in changed:
                target[spots] = self._parts[word][rows]
            elif len(self._targets) == 1:
                target[spots] = changed[word]
            else:
                self._changed[word].append((spots, changed[word]))

    def keys(self) -> Keys:
        """The keys of all targets. Raises MemoryError."""
        for word, (target, changed) in enumerate(zip(self._targets, self._changed, strict=True)):
            if changed:
                spots = np.concatenate([spots for spots, _ in changed])
                target[spots] = self._packing.numbers(word, np.concatenate([after for _, after in changed]))
        return self._packing.keys(self._targets)


def _whole(mask: Any, size: int) -> NDArray[np.bool_]:
    """A boolean of a plan as an array of `size` elements (the first, if it has more)."""
    return np.full(size, mask) if np.ndim(mask) == 0 else mask[:size]


def _enabled(system: System, plan: Plan) -> list[int]:
    """For each event the register of whether it can happen: guards, deadlines and priorities taken together."""
    guards = [plan.add(possible(event)) for event in system.events]
    return list(Precedence(system.events).happens(guards, lambda those: plan.negated(plan.either(*those)), plan.both))


def _changes(fields: Sequence[Field], updates: Sequence[tuple[int, Expression]], plan: Plan) -> Iterator[Change]:
    """The updates of an alternative, word by word."""
    for word in sorted({fields[index].word for index, _ in updates}):
        kept, added, values = _ALL, 0, []
        for index, right in updates:
            field = fields[index]
            if field.word != word or not field.bits:
                continue
            by = _increment(index, right)
            if by is not None:
                # Where the value fits its field, adding to the word carries nothing into the next field.
                added += by << field.shift
                continue
            kept &= ~(field.mask << field.shift)
            register = plan.add(right)
            known = plan.known(register)
            if known is None:
                values.append((register, field))
            else:
                added += (known - field.low) << field.shift
        yield Change(word, kept, added & _ALL, tuple(values))


def _increment(index: int, right: Expression) -> int | None:
    """What an update adds to its own cell, if it is of that form."""
    if isinstance(right, Cell) and right.index == index:
        return 0
    if isinstance(right, Operation) and right.operator in ("+", "-"):
        a, b = right.arguments
        if right.operator == "+" and isinstance(a, Literal):
            a, b = b, a
        if isinstance(a, Cell) and a.index == index and isinstance(b, Literal):
            value = int(b.value)  # type: ignore[arg-type]  # lowered: an integer
            return value if right.operator == "+" else -value
    return None
