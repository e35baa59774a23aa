"""From which greatest length on a promise breaks: durations in the role FAULT that have no list of values, such as an outage's.

A greatest length is tried in ticks up to the value that the design has, with all uses of budgets, without deviations. Where a
greater one only adds executions, a promise of single states that breaks with some length breaks with every greater one, and the
least is found by bisection. That is so if

* Python decides nothing by the parameter, and all its constants are as follows;
* they are the right side of a `<` or `<=` in the guard of a row, which takes part in its events by necessity and is the only one
  of its trigger from these states; its events hold no other back;
* or the cap of a variable that is compared there by `<`, and that no other row makes greater, and these by one alone: it never
  stays at a cap below what it would be with a greater one;
* the promise has none of them.

So a row is taken with the greater length wherever it is with the smaller one. Else all lengths are tried.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from drcheck.answers.combinations import Combination, Uses
from drcheck.answers.found import LengthCut
from drcheck.answers.monotone import OF_STATES
from drcheck.answers.rows import Row
from drcheck.answers.trying import Job, Work
from drcheck.designs.design import Design
from drcheck.designs.parameter import Parameter, ParameterRole
from drcheck.designs.tracing import Occurrence, Occurrences, occurrences
from drcheck.errors import DrcheckError
from drcheck.language.durations import Duration
from drcheck.language.expressions import Expression, Literal, Operation
from drcheck.language.variables import Variable
from drcheck.system.precedence import Precedence
from drcheck.system.system import System
from drcheck.verdicts.wording import INCONCLUSIVE, VIOLATED

MOST = 48
"""Up to how many lengths all are tried where bisection is no proof."""

Minimal = frozenset[Uses] | None
"""With which least uses a promise breaks; None if that is not decided."""


def add_lengths(work: Work, design: Design, asked: Mapping[str, Any], rows: Iterable[Row]) -> None:
    """Find out from which length on promises break, and note it with each."""
    groups: dict[object, list[Row]] = {}
    for row in rows:
        groups.setdefault(work.key(row.promise.varied, {}), []).append(row)
    lengths = [p for p in design.parameters if p.role is ParameterRole.FAULT and p.type is Duration and not p.choices]
    for members in groups.values():
        for parameter in lengths:
            own = [row for row in members if parameter.name not in row.promise.given]
            if not own or parameter.name in asked:
                continue
            if work.stopped:
                for row in own:
                    row.untried_lengths.append(f"{parameter.name}: not tried")
            else:
                _Lengths(work, design, parameter, own).find()


class _Lengths:
    """The work for one parameter and promises that are composed alike."""

    def __init__(self, work: Work, design: Design, parameter: Parameter, rows: Sequence[Row]) -> None:
        self._work, self._design, self._name, self._rows = work, design, parameter.name, rows
        self._settings = rows[0].promise.varied.settings
        self._longest = self._settings.get(parameter.name, parameter.default)
        self._known: dict[tuple[int, int], Minimal] = {}

    def find(self) -> None:
        """Find the lengths, and add them to the promises."""
        try:
            system = self._design.build(self._settings)
            most = self._longest.ticks(system.tick) if system.tick is not None else 0
            statements = [row.promise.statement for row in self._rows]
            places = occurrences(self._design, self._settings, self._name, statements) if most > 1 else None
        except DrcheckError as error:
            self._untried(self._rows, error.message)
            return
        if places is None or system.tick is None:
            return
        self._tick = system.tick
        bisected: list[Row] = []
        others: list[Row] = []
        only_adds = only_adds_executions(system, places)
        for row in self._rows:
            name = row.promise.name
            free = only_adds and places.of_property(name) == () and self._of_states(row, system)
            (bisected if free else others).append(row)
        broken = [row for row in bisected if self._now(row)]
        if broken:
            self._between(broken, 1, most)
        if others and most > MOST:
            self._untried(others, f"{most:,} values, of which none is known to be worse than another")
            others = []
        for length in range(1, most + 1) if others else ():
            self._at(others, length)
        for row, how in [*((row, True) for row in broken), *((row, False) for row in others)]:
            row.lengths += self._cuts(row, most, bisected=how)

    def _of_states(self, row: Row, system: System) -> bool:
        try:
            return isinstance(row.promise.statement.on_any(system), OF_STATES)
        except DrcheckError:
            return False

    def _untried(self, rows: Sequence[Row], why: str) -> None:
        for row in rows:
            row.untried_lengths.append(f"{self._name}: {why}")

    def _now(self, row: Row) -> Minimal:
        """With which least uses a promise breaks as the design is."""
        return _minimal(row)

    def _at(self, rows: Sequence[Row], length: int) -> list[Minimal]:
        """The same with another greatest length, in ticks, for some promises."""
        wanted = [row for row in rows if (id(row), length) not in self._known]
        if wanted:
            varied = replace(wanted[0].promise.varied, settings={**self._settings, self._name: self._tick * length})
            asked = [Row(row.promise) for row in wanted]
            self._work.one(Job(varied, [(one, ()) for one in asked]))
            self._known.update({(id(row), length): _minimal(one) for row, one in zip(wanted, asked, strict=True)})
        return [self._known[id(row), length] for row in rows]

    def _between(self, rows: Sequence[Row], low: int, high: int) -> None:
        """Find all lengths between two at which what breaks promises is no longer what it was below."""
        pairs = zip(rows, self._at(rows, low), self._at(rows, high), strict=True)
        changing = [row for row, below, above in pairs if below != above]
        if changing and high - low > 1 and not self._work.stopped:
            middle = (low + high) // 2
            self._between(changing, low, middle)
            self._between(changing, middle, high)

    def _cuts(self, row: Row, most: int, *, bisected: bool) -> list[LengthCut]:
        known = {n: self._known[id(row), n] for n in range(1, most + 1) if (id(row), n) in self._known}
        if any(minimal is None for minimal in known.values()):
            self._untried([row], "with some lengths it was not decided")
            return []
        if any(known[a] != known[b] for a, b in itertools.pairwise(known) if b > a + 1):
            self._untried([row], "with some lengths it was not tried")
            return []
        found: list[tuple[Uses, list[int]]] = []
        for uses in dict.fromkeys(u for minimal in known.values() for u in sorted(minimal or ())):
            where = [n for n, minimal in known.items() if _breaks(minimal or frozenset(), uses)]
            found.append((uses, where))
        least = [
            (uses, where)
            for uses, where in found
            if not any(
                o is not where and _within(u, uses) and o[0] <= where[0] and (u, o[0]) != (uses, where[0])
                for u, o in found
            )
        ]
        cuts = []
        for uses, where in least:
            gaps = [] if bisected else [n for n in known if n > where[0] and n not in where]
            if where[0] > 1 or gaps:
                again = tuple(self._tick * n for n in gaps)
                cuts.append(LengthCut(self._name, uses, self._tick * where[0], bisected, again))
        return cuts


def _minimal(row: Row) -> Minimal:
    if row.left or any(tried.verdict == INCONCLUSIVE for tried in row.tried.values()):
        return None
    broken = [c.uses for c, tried in row.tried.items() if tried.verdict == VIOLATED and not c.deviations]
    return frozenset(u for u in broken if not any(o != u and _within(o, u) for o in broken))


def _within(part: Uses, uses: Uses) -> bool:
    return Combination(part).within(Combination(uses))


def _breaks(minimal: frozenset[Uses], uses: Uses) -> bool:
    return any(_within(part, uses) for part in minimal)


# -- whether a greater length only adds executions ---------------------------------------------------------------------
def only_adds_executions(system: System, places: Occurrences) -> bool:
    """Whether a system with a greater value of a parameter has all executions of that with a smaller one, see above."""
    if not places.complete:
        return False
    guards = [place for place in places.in_system if place.where == "guard"]
    caps = [place for place in places.in_system if place.where == "cap"]
    if len(guards) + len(caps) < len(places.in_system) or not guards:
        return False
    ages = {place.compared.label for place in guards if isinstance(place.compared, Variable)}
    return (
        all(place.rises == 1 for place in (*guards, *caps))
        and all(place.is_upper_bound and _takes_part(system, place) for place in guards)
        and all(place.variable is not None and place.variable.label in ages for place in caps)
        and all(_grows_there_alone(system, place, guards) for place in caps)
    )


def _takes_part(system: System, place: Occurrence) -> bool:
    """Whether a guard is of the only row of its trigger there, in events that need it and hold no other back."""
    row = place.transition
    assert row is not None
    same = [
        other
        for other in system.component(place.component).transitions
        if other.trigger == row.trigger and set(other.sources) & set(row.sources)
    ]
    if len(same) != 1:
        return False
    precedence = Precedence(system.events)
    first = {*precedence.urgent, *(n for those in precedence.higher.values() for n in those)}
    own = [
        (number, part)
        for number, event in enumerate(system.events)
        for part in event.participants
        if part.component.name == place.component and part.trigger == row.trigger
    ]
    return all(number not in first and (part.required or part.only_where_defined) for number, part in own)


def _grows_there_alone(system: System, cap: Occurrence, guards: Sequence[Occurrence]) -> bool:
    """Whether a variable is set to constants by all rows but those whose guards keep it below the cap, which add one."""
    assert cap.variable is not None
    label = cap.variable.label
    guarded = {
        (place.component, place.transition.trigger, place.transition.sources)
        for place in guards
        if place.transition is not None
        and isinstance(place.compared, Variable)
        and place.compared.label == label
        and place.inside[-1][0].operator == "<"
    }
    growing = [
        ((component.name, row.trigger, row.sources), value)
        for component in system.components
        for row in component.transitions
        for way in row.outcomes
        for target, value in way.then.items
        if target.label == label and not isinstance(value, Literal)
    ]
    return all(row in guarded and _adds_one(value, label) for row, value in growing)


def _adds_one(value: Expression, label: str) -> bool:
    """Whether an update adds one to a variable."""
    if not isinstance(value, Operation) or value.operator != "+":
        return False
    left, right = value.arguments
    return isinstance(left, Variable) and left.label == label and isinstance(right, Literal) and right.value == 1


__all__ = ["add_lengths", "only_adds_executions"]
