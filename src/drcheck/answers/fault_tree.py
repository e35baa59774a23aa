"""Fault trees of promises, from their minimal cut sets: the promise fails if, for one of them, everything in it goes wrong.

A basic event is one deviation of a parameter, or the n-th fault of a kind: two uses of a budget are the first and the second
fault of its kind, as there is no second without a first. What several cuts have in common stands once, above a gate for the rest
of them; so the tree is no larger than need be, and has exactly the cuts that were found.

A tree says what suffices, and that more never helps. Where more does (`Promise.healed`) the promise is not monotone, and the tree
is one of its minimal cut sets alone; that is among the `notes`, and so is what was not decided.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from drcheck.answers.combinations import Combination
from drcheck.answers.cuts import CutsReport, Promise
from drcheck.logic.properties import Statement

OR, AND = "or", "and"


@dataclass(frozen=True)
class BasicEvent:
    """What goes wrong by itself: the `number`-th fault of a kind, or a parameter at another value (`number` is 0)."""

    what: str
    number: int = 0

    @property
    def label(self) -> str:
        """In words."""
        return self.what if self.number < 2 else f"{self.what}, the {_ordinal(self.number)} one"


@dataclass(frozen=True)
class Gate:
    """A gate with two inputs or more."""

    operator: str
    inputs: tuple[Gate | BasicEvent, ...]


@dataclass(frozen=True)
class FaultTree:
    """The fault tree of a promise. `top`: None where it fails without anything going wrong.

    `excluding`: basic events of which one at most can be, as they are values of one parameter. `notes`: what the tree does not
    say.
    """

    promise: Promise
    top: Gate | BasicEvent | None
    excluding: tuple[tuple[BasicEvent, ...], ...]
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        """That of its promise."""
        return self.promise.name

    @property
    def events(self) -> tuple[BasicEvent, ...]:
        """Its basic events, each once, in the order of the drawing."""
        return tuple(dict.fromkeys(_events(self.top)))

    @property
    def cut_sets(self) -> frozenset[frozenset[BasicEvent]]:
        """Its minimal cut sets, by expanding its gates."""
        return frozenset([frozenset()]) if self.top is None else _least(_expanded(self.top))


def top_level(statements: Sequence[Statement]) -> list[str]:
    """The names of the promises that decide a claim or measure something; of all where no claim is decided."""
    claims = any(s.details.get("claims") for s in statements)
    return [s.name for s in statements if not claims or s.details.get("claims") or s.details.get("measures")]


def fault_trees(report: CutsReport) -> tuple[FaultTree, ...]:
    """The fault trees of the promises that can be broken, in order."""
    return tuple(fault_tree(promise) for promise in report.promises if promise.cuts)


def fault_tree(promise: Promise) -> FaultTree:
    """The fault tree of a promise that has cuts."""
    combinations = [c for cut in promise.cuts for c in (cut.combination, *cut.equal)]
    sets = list(dict.fromkeys(frozenset(events_of(combination)) for combination in combinations))
    top = None if frozenset() in sets else factored(sets)
    by_parameter: dict[str, dict[BasicEvent, None]] = {}
    for combination in combinations:
        for change in combination.deviations:
            by_parameter.setdefault(change.name, {})[BasicEvent(str(change))] = None
    return FaultTree(
        promise,
        top,
        tuple(tuple(those) for those in by_parameter.values() if len(those) > 1),
        tuple(_notes(promise)),
    )


def events_of(combination: Combination) -> list[BasicEvent]:
    """The basic events of a combination."""
    uses = [BasicEvent(kind, n) for kind, most in combination.uses for n in range(1, most + 1)]
    return uses + [BasicEvent(str(change)) for change in combination.deviations]


def factored(sets: Sequence[frozenset[BasicEvent]]) -> Gate | BasicEvent:
    """A tree of some cut sets, none of which is empty: what most of them have in common stands above the rest of these."""
    inputs: list[Gate | BasicEvent] = []
    left = list(sets)
    while left:
        counted = Counter(event for those in left if len(those) > 1 for event in sorted(those, key=str))
        common, number = max(counted.items(), key=lambda item: item[1], default=(None, 0))
        if common is None or number < 2:
            break
        having = [those for those in left if common in those and len(those) > 1]
        rest = factored([those - {common} for those in having])
        parts = rest.inputs if isinstance(rest, Gate) and rest.operator == AND else (rest,)
        inputs.append(Gate(AND, (common, *parts)))
        left = [those for those in left if those not in having]
    for those in left:
        events = sorted(those, key=lambda event: (event.what, event.number))
        inputs.append(events[0] if len(events) == 1 else Gate(AND, tuple(events)))
    # those that need nothing else first, as people look for them
    inputs.sort(key=lambda part: isinstance(part, Gate))
    return inputs[0] if len(inputs) == 1 else Gate(OR, tuple(inputs))


def _events(node: Gate | BasicEvent | None) -> Iterator[BasicEvent]:
    if isinstance(node, BasicEvent):
        yield node
    elif node is not None:
        for part in node.inputs:
            yield from _events(part)


def _expanded(node: Gate | BasicEvent) -> set[frozenset[BasicEvent]]:
    if isinstance(node, BasicEvent):
        return {frozenset([node])}
    parts = [_expanded(part) for part in node.inputs]
    if node.operator == OR:
        return set().union(*parts)
    return {frozenset().union(*those) for those in itertools.product(*parts)}


def _least(sets: set[frozenset[BasicEvent]]) -> frozenset[frozenset[BasicEvent]]:
    return frozenset(one for one in sets if not any(other < one for other in sets))


def _notes(promise: Promise) -> Iterator[str]:
    yield f"combinations of up to {promise.order} at once"
    if promise.healed:
        cut, more = promise.healed[0]
        others = f", and {len(promise.healed) - 1} more such" if len(promise.healed) > 1 else ""
        yield f"not monotone: it fails with {cut} and holds again with {more}{others}"
    if not promise.whole:
        yield "not everything was decided: there may be more cuts, and smaller ones"


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third"}.get(number, f"{number}th")


__all__ = [
    "AND",
    "OR",
    "BasicEvent",
    "FaultTree",
    "Gate",
    "events_of",
    "factored",
    "fault_tree",
    "fault_trees",
    "top_level",
]
