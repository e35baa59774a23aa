"""Rows that are never chosen: transitions of components that no reachable state ever takes.

A *row* is one transition of a component, as `on(...)` writes it. It is *chosen* in a step of an event in which its component
takes part with its trigger: the event can happen in the state (its guard holds, and no urgent event and none of higher
priority prevents it), the row's guard holds there, and no guard of an earlier row of the trigger does. Reported are rows
that no step of any reachable state chooses, though some event with their trigger does happen; events that never happen are
reported as such (`check.Run.idle_events`), and rows of a trigger that is passive and in no event are not reported.

A row whose guard is false for these parameters, or before which rows stand that are always taken, is distinguished: for other
parameters it may be right.

The questions are watches (see `engines.protocol.Query`), so any engine answers them in the search that decides the
properties. A row that is alone in its trigger is chosen whenever its event happens, if its component is required: it needs
no watch.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from drcheck.errors import Place
from drcheck.language.component import Component, On
from drcheck.language.expressions import Expression, Literal
from drcheck.system.lowering import Values, matches_of
from drcheck.system.precedence import possible, undisturbed
from drcheck.system.system import System, composed
from drcheck.system.terms import conjunction, disjunction, negation


@dataclass(frozen=True)
class Row:
    """One transition of a component. `number` distinguishes those that are alike in everything else, in their order."""

    component: str
    trigger: str
    sources: tuple[str, ...]
    place: Place
    number: int = 0

    def __str__(self) -> str:
        states = "any state" if len(self.sources) > 3 else " or ".join(self.sources)
        return f"{self.component}.{self.trigger} from {states} ({self.place})"


@dataclass(frozen=True)
class RowSeen:
    """What a search shows of a row: whether a step chooses it, and whether these parameters alone prevent that."""

    row: Row
    chosen: bool
    constant: bool = False


@dataclass(frozen=True)
class _Asked:
    """A row with its watch (None: nothing to search for) and the events that could choose it."""

    row: Row
    watch: int | None
    constant: bool
    events: tuple[int, ...]


class RowQuestions:
    """The watches that say which rows of a system are chosen, from position `first` on."""

    def __init__(self, system: System, first: int) -> None:
        self._first = first
        self.watches: list[Expression] = []
        self._asked: list[_Asked] = []
        self._system = system
        taking: dict[tuple[str, str], list[int]] = {}
        for number, event in enumerate(system.events):
            for participant in event.participants:
                taking.setdefault((participant.component.name, participant.trigger), []).append(number)
        for component in composed(system).components:
            known: dict[Row, int] = {}
            for trigger in component.triggers:
                self._trigger(component, trigger, taking.get((component.name, trigger), []), known)

    def _trigger(self, component: Component, trigger: str, events: Sequence[int], known: dict[Row, int]) -> None:
        """Ask of each row of a trigger that can stay behind while one of its events happens."""
        rows = component.on_trigger(trigger)
        parts = [
            p
            for e in events
            for p in self._system.events[e].participants
            if p.component is component and p.trigger == trigger
        ]
        if not parts or (len(rows) == 1 and all(p.required and not p.only_where_defined for p in parts)):
            return
        own = dict.fromkeys(choice for transition in rows for choice in transition.choices)
        cases: list[_Case] = []
        for values in itertools.product(*(choice.values for choice in own)):
            given = dict(zip(own, values, strict=True))
            pairs = matches_of(self._system, component, trigger, given)
            cases.append(_Case([match for match, _ in pairs], [guard for _, guard in pairs], self._any(events, given)))
        for k, transition in enumerate(rows):
            alike = Row(component.name, trigger, transition.sources, transition.place)
            known[alike] = known.get(alike, -1) + 1
            row = Row(component.name, trigger, transition.sources, transition.place, known[alike])
            constant = all(_hidden(rows, case.guards, k) for case in cases)
            watch = None if constant else self._watch(disjunction([_chosen(rows, case, k) for case in cases]))
            self._asked.append(_Asked(row, watch, constant, tuple(events)))

    def _watch(self, node: Expression) -> int:
        self.watches.append(node)
        return self._first + len(self.watches) - 1

    def _any(self, events: Sequence[int], given: Values) -> Expression:
        """Where one of the events happens, if need be with these values of free choices."""
        return disjunction([self._happens[e] if not given else self._with(e, given) for e in events])

    def _with(self, number: int, given: Values) -> Expression:
        """Where an event happens with these values of free choices."""
        event = self._system.events[number]
        ways = tuple(
            way for way in event.alternatives if all(dict(way.chosen)[c] is value for c, value in given.items())
        )
        return conjunction([possible(replace(event, alternatives=ways)), self._free[number]])

    @cached_property
    def _free(self) -> list[Expression]:
        """Where each event is held back by no other."""
        return undisturbed(self._system.events)

    @cached_property
    def _happens(self) -> list[Expression]:
        """Where each event happens, urgency and priorities included."""
        return [conjunction([possible(e), free]) for e, free in zip(self._system.events, self._free, strict=True)]

    def answer(self, hits: Sequence[int | None], fires: Callable[[int], bool]) -> tuple[RowSeen, ...]:
        """What was seen of the rows, from the hits of a search for the watches; rows of events that never happen are left out."""
        return tuple(
            RowSeen(asked.row, asked.watch is not None and hits[asked.watch] is not None, asked.constant)
            for asked in self._asked
            if any(fires(event) for event in asked.events)
        )


@dataclass(frozen=True)
class _Case:
    """The rows of a trigger for some values of free choices: where each matches, whether it does but for its states, and where an
    event happens.
    """

    matches: Sequence[Expression]
    guards: Sequence[Expression]
    happens: Expression


def _chosen(rows: Sequence[On], case: _Case, k: int) -> Expression:
    """Where a row is the first that matches, and an event happens."""
    earlier = [negation(case.matches[j]) for j in range(k) if set(rows[j].sources) & set(rows[k].sources)]
    return conjunction([case.matches[k], *earlier, case.happens])


def _hidden(rows: Sequence[On], guards: Sequence[Expression], k: int) -> bool:
    """Whether a row's guard is false, or in each of its states a row before it is always taken."""
    if _constant(guards[k]) is False:
        return True
    before = [set(rows[j].sources) for j in range(k) if _constant(guards[j]) is True]
    return set(rows[k].sources) <= set().union(*before)


def _constant(node: Expression) -> bool | None:
    return bool(node.value) if isinstance(node, Literal) else None


def never_chosen(searches: Iterable[Sequence[RowSeen]]) -> list[RowSeen]:
    """The rows that no search saw chosen, in the order in which they first occur.

    A row is reported as excluded by the parameters if it is in all of these searches.
    """
    seen: dict[Row, list[RowSeen]] = {}
    for search in searches:
        for each in search:
            seen.setdefault(each.row, []).append(each)
    return [
        RowSeen(row, False, all(one.constant for one in each))
        for row, each in seen.items()
        if not any(one.chosen for one in each)
    ]


__all__ = ["Row", "RowQuestions", "RowSeen", "never_chosen"]
