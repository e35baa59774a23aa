"""Observers: components that remember what no state says, for the properties that ask it.

`happens("link_fails")` asks how a state was reached, `within(hours(4), goal, after=p)` how long `p` has waited for `goal`. Both
become questions about states of a system with one more component for each, an *observer*: it takes part in every event of the
system, keeps none from happening, and nothing else reads it. So the executions are those of the system, each state with what the
observer remembers of the way to it, and every kind of property, engine and reduction works on them as on any system.

- The observer of `happens(e, when=p)` is `seen` after a step by one of the events that was taken from a state with `p`, and
  `quiet` after any other, as at the start (Giannakopoulou and Magee, Fluent model checking for event-based systems, 2003).
- The observer of `within(b, q, after=p)` has a clock, `waited`: how many ticks are counted since the first state with `p` that no
  state with `q` has followed. It reads the state before each step, so the clock counts until that step. It is late where `waited`
  exceeds `b`, or where there is no step while it waits. That a bounded response is a bound on such a clock is usual (Lindahl,
  Pettersson and Yi, Formal design and analysis of a gear controller, 2001).
- That of a number of which is asked whether the last step made it greater keeps in `last` what it was before that step.
- That of how often an event has happened counts up to the number that is asked for.
- That of a property which is asked without some causes (see `excluding`) lets executions go on as long as none of these holds:
  where one does, no event is possible. So what follows is not searched at all, and the property is asked of the rest.

A system without observers is searched as ever: only properties that speak of events or of bounds in time have them, and those
with the same observers share a search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from drcheck.errors import PropertyError
from drcheck.language.absent import ABSENT
from drcheck.language.component import Component, StateIs, on
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation, connective, substitute
from drcheck.language.happening import Grows, Happens, Times, growths, happenings, repetitions
from drcheck.language.names import form
from drcheck.language.variables import Age, Integer, Variable
from drcheck.logic.kinds import Property, Within, cannot_cut
from drcheck.system.lowering import lower, lower_participant
from drcheck.system.naming import names_of, take_names
from drcheck.system.precedence import possible
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell, Domain, Event, Participant, System, composed
from drcheck.system.terms import conjunction, disjunction, negation

KINDS = ("automatic", "operator", "environment", "time")
SEEN, QUIET, WAITING, IDLE, GOING_ON = "seen", "quiet", "waiting", "idle", "going_on"


class Observed(StateIs):
    """Whether the observer of an event has seen it: what `happens` stands for, and is written as."""

    def __init__(self, component: Component, event: Happens) -> None:
        super().__init__(component, (SEEN,))
        self.event = event

    @property
    def label(self) -> str:
        """What the user wrote."""
        return self.event.label


class Grown(Operation):
    """Whether a number is greater than the observer of it remembers: what `Grows` stands for, and is written as."""

    def __init__(self, measure: Expression, last: Variable) -> None:
        super().__init__(">", (measure, last), BOOLEAN)

    def __str__(self) -> str:
        return f"grows({self.arguments[0]})"


class Counted(Operation):
    """Whether the observer of an event has counted enough of them: what `Times` stands for, and is written as."""

    def __init__(self, count: Variable, asked: Times) -> None:
        super().__init__(">=", (count, Literal(asked.times)), BOOLEAN)
        self.asked = asked

    def __str__(self) -> str:
        return self.asked.label


@dataclass(frozen=True)
class Group:
    """Properties that are decided on one system; `positions`: which of the given ones they are."""

    system: System
    properties: tuple[Property, ...]
    positions: tuple[int, ...]


def by_observers(system: System, items: Sequence[Property]) -> list[Group]:
    """Properties in groups that one search can decide, each on the system with its observers; first those without.

    Raises PropertyError DR312 for an event that there is not, DR313 for a bound in time where there is no time; and ModelError
    DR117 for one that is no whole number of ticks, DR105 for a name that stands for two expressions.
    """
    items = _as_written(system, items)
    _check_names(system, items)
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, item in enumerate(items):
        groups.setdefault(_needs(item), []).append(number)
    found = []
    for key in sorted(groups, key=lambda key: (key != (), groups[key])):
        those = groups[key]
        joined, made = with_observers(system, [items[n] for n in those])
        found.append(Group(joined, tuple(made), tuple(those)))
    return found


def with_observers(system: System, items: Sequence[Property]) -> tuple[System, list[Property]]:
    """The system with all observers that some properties need, and the properties on it. Raises as `by_observers` does.

    PropertyError DR315 for properties that are asked without different causes: each needs a system of its own.
    """
    items = _as_written(system, items)
    if len({_cuts(item) for item in items if _needs(item) or item.written is None}) > 1:
        raise cannot_cut(items[-1], "it is decided on one system with properties that are asked without other causes")
    if not any(_needs(item) for item in items):
        return system, items
    _check_names(system, items)
    making = _Making(system)
    made = [making.stated(item) for item in items]
    joined = making.joined()
    return joined, [making.finished(item, joined) for item in made]


def _as_written(system: System, items: Sequence[Property]) -> list[Property]:
    """Properties as they were written, where they come from verdicts on a system with observers that this one does not have."""
    return [item if item.written is None or system.without_observers is not None else item.written for item in items]


def _check_names(system: System, items: Sequence[Property]) -> None:
    """Check that a name stands for one expression in properties as they are written: observers hide what events speak of.

    Raises ModelError DR105.
    """
    take_names(system, names_of(system), (part for item in items for part in _parts(item)))


def refuse_unobserved(system: System, item: Property) -> None:
    """Raise PropertyError DR312 for a property that is decided on a system without the observers that it needs."""
    if _needs(item):
        raise PropertyError(
            "DR312",
            f"property {item.name or item.formula()} speaks of steps, and is decided on system {system.name} without observers",
            place=item.place,
            remedy="system, properties = with_observers(system, properties), of drcheck.logic.observing; check(...) does so",
        )


def _needs(item: Property) -> tuple[str, ...]:
    """What a property needs observers for, by what they observe."""
    if item.written is not None:
        return ()
    events = {event.label for part in _parts(item) for event in happenings(part)}
    events |= {number.label for part in _parts(item) for number in growths(part)}
    events |= {event.label for part in _parts(item) for event in repetitions(part)}
    clock = (f"{item.name}: {item.formula()}",) if isinstance(item, Within) else ()
    return (*sorted(events), *clock, *(f"without {text}" for text in _cuts(item)))


def _cuts(item: Property) -> tuple[str, ...]:
    """The causes without which a property is asked, in an order that does not depend on that in which they are listed."""
    return tuple(sorted({str(cause) for cause in item.excluded}))


def _parts(item: Property) -> list[Expression]:
    said = (item.trigger, item.condition, item.measure, item.goal, *item.excluded)
    return [part for part in said if part is not None]


@dataclass(frozen=True)
class _Watcher:
    """An observer, and the trigger with which it takes part in an event; None: it takes part in none of these."""

    component: Component
    trigger: Callable[[Event], str]


class _Making:
    """Makes the observers of some properties of a system."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._names = {*(c.name for c in system.components), *system.parts}
        self._watchers: list[_Watcher] = []
        self._events: dict[object, Component] = {}
        self._last: dict[str, Expression] = {}
        self._clocks: list[tuple[Property, Component]] = []
        self._where: Expression | None = None
        self._cut: Component | None = None

    # -- properties ----------------------------------------------------------------------------------------------------
    def stated(self, item: Property) -> Property:
        """A property over observers instead of events."""
        if not _needs(item):
            return item

        def over(node: Expression) -> Expression:
            return substitute(node, lambda leaf: self._leaf(leaf, item))

        said = {name: getattr(item, name) for name in ("trigger", "condition", "measure", "goal")}
        parts = {name: over(node) for name, node in said.items() if node is not None}
        made = replace(item, **parts, written=item)  # type: ignore[arg-type]  # these are expressions
        if item.excluded and self._where is None:
            self._where = connective("or", *(self._system.settled(over(cause)) for cause in item.excluded))
            self._cut = self._end(item, self._where)
        if isinstance(made, Within):
            self._clocks.append((made, self._clock(made)))
        return made

    def _leaf(self, leaf: Expression, item: Property) -> Expression:
        if isinstance(leaf, Grows):
            if leaf.label not in self._last:
                self._last[leaf.label] = self._remembered(self._system.settled(leaf.measure))
            return self._last[leaf.label]
        if isinstance(leaf, Times):
            if leaf.label not in self._last:
                self._last[leaf.label] = self._counted(leaf)
            return self._last[leaf.label]
        if not isinstance(leaf, Happens):
            return leaf
        said = form(leaf)
        if said not in self._events:
            self._events[said] = self._event(leaf, item)
        return Observed(self._events[said], leaf)

    def finished(self, item: Property, joined: System) -> Property:
        """A bound in time as a bound on its clock, which may say as well that an execution ends; without what is excluded."""
        component = next((c for made, c in self._clocks if made is item), None)
        made = item if component is None else self._timed(item, component, joined)
        return made if self._where is None else made.cut(self._where)

    def _timed(self, item: Property, component: Component, joined: System) -> Property:
        assert item.goal is not None
        assert item.at_most is not None
        waited = component.variable("waited")
        bound = item.at_most if isinstance(item.at_most, int) else joined.ticks(item.at_most)
        begun = [StateIs(component, (WAITING,)), *([] if item.trigger is None else [item.trigger])]
        stuck = conjunction([negation(possible(event)) for event in joined.events])
        late = Operation(">", (waited, Literal(bound)), BOOLEAN)
        bad = disjunction([late, conjunction([disjunction(begun), negation(item.goal), stuck])])
        return replace(item, condition=negation(bad), measure=waited)

    # -- observers -----------------------------------------------------------------------------------------------------
    def _event(self, leaf: Happens, item: Property) -> Component:
        wanted = self._named(leaf, item)
        rows = [on("happens", "*", SEEN, when=ABSENT if leaf.when is None else leaf.when)]
        if leaf.when is not None:
            rows.append(on("happens", "*", QUIET))
        component = Component(
            self._name("happens_" + "_or_".join(leaf.events)),
            states=[QUIET, SEEN],
            transitions=[*rows, on("something_else_happens", "*", QUIET)],
            doc=f"An observer: whether the last step was {' or '.join(leaf.events)}"
            + ("." if leaf.when is None else f", where before it {leaf.when}."),
        )
        names = frozenset(wanted)
        self._watchers.append(
            _Watcher(component, lambda event: "happens" if event.name in names else "something_else_happens")
        )
        return component

    def _remembered(self, measure: Expression) -> Expression:
        """Whether a number has just grown. At the start it is remembered as its greatest value, than which it is not greater."""
        low, high = bounds(lower(self._system, measure))
        last = Integer("last", low, high, start=high)
        component = Component(
            self._name("last_value"),
            states=[QUIET],
            variables=[last],
            transitions=[on("a_step_is_taken", QUIET, then={last: measure})],
            doc=f"An observer: what {measure} was before the last step.",
        )
        self._watchers.append(_Watcher(component, lambda event: "a_step_is_taken"))
        return Grown(measure, last)

    def _end(self, item: Property, where: Expression) -> Component:
        """Where executions are cut."""
        return Component(
            self._name("without_" + re.sub("[^0-9A-Za-z]+", "_", "_or_".join(_cuts(item)))[:40].strip("_")),
            states=[GOING_ON],
            transitions=[on("a_step_is_taken", GOING_ON, when=~where)],
            doc=f"An observer: executions are cut where {' or '.join(_cuts(item))}.",
        )

    def _counted(self, leaf: Times) -> Expression:
        """How often an event has happened, up to the number that is asked for."""
        count = Integer("times", 0, leaf.times)
        component = Component(
            self._name(f"times_{leaf.event}"),
            states=[QUIET],
            variables=[count],
            transitions=[
                on("happens", QUIET, when=count < leaf.times, then={count: count + 1}),
                on("happens", QUIET),
                on("something_else_happens", QUIET),
            ],
            doc=f"An observer: how often {leaf.event} has happened, counted up to {leaf.times}.",
        )
        self._watchers.append(
            _Watcher(component, lambda event: "happens" if event.name == leaf.event else "something_else_happens")
        )
        return Counted(count, leaf)

    def _named(self, leaf: Happens, item: Property) -> list[str]:
        """The events that are meant. Raises PropertyError DR312."""
        events, found = self._system.events, []
        for name in leaf.events:
            meant = [event.name for event in events if name in (event.name, event.kind)]
            if not meant:
                known = f"no event of system {self._system.name} is of kind {name}"
                asked = f"system {self._system.name} has no event {name!r}, and no kind of event is called that"
                joined = [e.name for e in events for p in e.participants if p.trigger == name]
                raise PropertyError(
                    "DR312",
                    f"property {item.name or item.formula()}: {known if name in KINDS else asked}",
                    place=item.place or leaf.place,
                    available=[*(event.name for event in events), *KINDS],
                    asked=name,
                    remedy=f"the trigger {name} takes part in {', '.join(dict.fromkeys(joined))}" if joined else "",
                )
            found += meant
        return found

    def _clock(self, item: Within) -> Component:
        system, bound = self._system, item.at_most
        assert item.goal is not None
        if not any(event.is_tick for event in system.events):
            raise PropertyError(
                "DR313",
                f"property {item.name or item.formula()} is bounded in time, and no time passes in system {system.name}: no "
                "component has a transition of tick",
                place=item.place,
                remedy="add on('tick', ...) to a component in which time passes, and give compose(..., tick=hours(1))",
            )
        ticks = bound if isinstance(bound, int) else system.ticks(bound)  # type: ignore[arg-type]  # a duration
        waited = Age("waited", cap=ticks + 1)
        rows = []
        for trigger, then in (("tick_passes", {waited: waited + 1}), ("a_step_is_taken", {})):
            rows.append(on(trigger, WAITING, IDLE, when=item.goal, then={waited: 0}))
            rows.append(on(trigger, WAITING, then=then))
            if item.trigger is not None:
                rows.append(on(trigger, IDLE, WAITING, when=item.trigger & ~item.goal, then=then))
        component = Component(
            self._name(f"clock_of_{item.name}" if item.name else "clock"),
            states=[IDLE, WAITING],
            initial=WAITING if item.trigger is None else IDLE,
            variables=[waited],
            transitions=rows,
            doc=f"An observer: for how long {item.goal} has been waited for"
            + ("." if item.trigger is None else f", after {item.trigger}."),
        )
        self._watchers.append(_Watcher(component, lambda event: "tick_passes" if event.is_tick else "a_step_is_taken"))
        return component

    def _name(self, wanted: str) -> str:
        """A name that nothing else has."""
        plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in wanted)
        name, number = plain, 1
        while name in self._names:
            number += 1
            name = f"{plain}_{number}"
        self._names.add(name)
        return name

    # -- the system ----------------------------------------------------------------------------------------------------
    def joined(self) -> System:
        """The system with the observers, which take part in every event."""
        system = self._system
        cells, begun = list(system.cells), list[int]()
        cell_of: dict[Variable, int] = dict(system.cell_of)
        control_of = dict(system.control_of)
        made = [*(watcher.component for watcher in self._watchers), *([] if self._cut is None else [self._cut])]
        for component in made:
            control_of[component.name] = len(cells)
            states = Domain("enumeration", 0, len(component.states) - 1, component.states)
            cells.append(Cell(len(cells), component.name, states, component.name))
            begun.append(component.states.index(component.initial))
            for variable in component.variables:
                assert isinstance(variable.high, int)
                cell_of[variable] = len(cells)
                domain = Domain(variable.kind, variable.low, variable.high)
                cells.append(Cell(len(cells), variable.label, domain, component.name))
                begun.append(domain.encode(variable.start))
        shell = replace(
            system,
            cells=tuple(cells),
            initial=(*system.initial, *begun),
            further_initial=tuple((*state, *begun) for state in system.further_initial),
            components=(*system.components, *made),
            cell_of=cell_of,
            control_of=control_of,
            without_observers=composed(system),
        )
        return replace(shell, events=tuple(self._watched(shell, event) for event in system.events))

    def _watched(self, shell: System, event: Event) -> Event:
        joined = [Participant(w.component, w.trigger(event), required=False) for w in self._watchers]
        updates: list[tuple[int, Expression]] = []
        for participant in joined:
            _, (way,) = lower_participant(shell, participant)
            updates += way.updates
        ways = tuple(replace(way, updates=(*way.updates, *updates)) for way in event.alternatives)
        event = replace(event, alternatives=ways, participants=(*event.participants, *joined))
        if self._cut is None:
            return event
        going_on = Participant(self._cut, "a_step_is_taken")
        guard, _ = lower_participant(shell, going_on)
        guard = conjunction([event.guard, guard])
        return replace(event, guard=guard, participants=(*event.participants, going_on))


__all__ = ["Counted", "Group", "Grown", "Observed", "by_observers", "refuse_unobserved", "with_observers"]
