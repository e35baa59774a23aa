"""A transition of a component, as `on(...)` writes it.

`On.definitions` are the very dictionaries that `transitions.Machine` takes, with expressions (callable objects) as
conditions and `Updates` (callable objects) as effects: what is checked is what runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from typing import Literal as OneOf

from transitions import EventData

from drcheck.errors import ModelError, Place, caller, shown
from drcheck.language.absent import ABSENT, refuse_none
from drcheck.language.called import Declared
from drcheck.language.displays import refuse_lost
from drcheck.language.durations import Duration
from drcheck.language.expressions import BOOLEAN, ENUMERATION, Expression, Operand, check_enumeration, expression
from drcheck.language.free_choice import FreeChoice, choices_in
from drcheck.language.handed_over import HandedOver, handed_over
from drcheck.language.ordered import refuse_unordered
from drcheck.language.source import Span, position
from drcheck.language.variables import Variable, assignment_targets, check_name, names_in_order

EventKind = OneOf["automatic", "operator", "environment"]
EVENT_KINDS: tuple[str, ...] = ("automatic", "operator", "environment")
TICK = "tick"
"""The trigger that lets one unit of time pass."""


class Updates(Declared):
    """The simultaneous updates of a transition: a callable for `transitions`' `after`, and a mapping for compilers."""

    lists_given: tuple[HandedOver, ...] = ()

    def __init__(self, assignments: Mapping[Any, Operand]) -> None:
        if not isinstance(assignments, Mapping):
            raise ModelError(
                "DR119",
                f"updates are {{variable: expression, ...}}, not {shown(assignments)}",
                place=caller(),
                remedy="write for instance then={counter: counter + 1}",
            )
        self.items = tuple((target, expression(value)) for target, value in assignments.items())
        written: set[str] = set()
        for target, value in self.items:
            _, variables = assignment_targets(target)
            self._check(variables[0], value)
            if str(target) in written:  # array[i] is a separate object each time it is written
                raise ModelError(
                    "DR143",
                    f"an update assigns `{target}` twice, and the first would be lost",
                    place=caller(),
                    remedy="keep one of the two, or choose between them with if_else(...)",
                )
            written.add(str(target))

    @staticmethod
    def _check(variable: Variable, value: Expression) -> None:
        if variable.kind != value.kind:
            raise ModelError("DR102", f"{variable.label} is {variable.kind}, `{value}` is {value.kind}", place=caller())
        if variable.kind == ENUMERATION:
            check_enumeration(variable.labels, value, variable.label)

    def __call__(self, event_data: EventData) -> None:
        """Write every value to the machine's environment, which keeps reading the values before the event."""
        environment: Any = getattr(event_data.model, "environment")  # noqa: B009  # the model is the user's object
        for target, value in self.items:
            index, variables = assignment_targets(target)
            chosen = variables[0 if index is None else int(index.evaluate(environment))]
            environment.write(chosen, value.evaluate(environment))

    @property
    def __name__(self) -> str:
        return ", ".join(f"{target} := {value}" for target, value in self.items)


class Fits:
    """A condition: an update leaves a refusing counter within its domain."""

    def __init__(self, variable: Variable, value: Expression) -> None:
        self.variable, self.value = variable, value

    def __call__(self, event_data: EventData) -> bool:
        """Whether the value lies within the counter's domain."""
        environment: Any = getattr(event_data.model, "environment")  # noqa: B009  # the model is the user's object
        high = self.variable.high
        cap = environment.ticks(high) if isinstance(high, Duration) else high
        return 0 <= int(self.value.evaluate(environment)) <= cap

    @property
    def __name__(self) -> str:
        return f"{self.value} fits {self.variable.label}"


class Chosen:
    """A condition: of the several outcomes of a transition, this one is taken (the caller of the trigger decides)."""

    def __init__(self, rank: int, index: int, size: int) -> None:
        self.rank, self.index, self.size = rank, index, size

    def __call__(self, event_data: EventData) -> bool:
        """Whether the chooser, or without one the order, takes this outcome."""
        choose = event_data.kwargs.get("choose")
        # Without a chooser the first outcome that fits is taken: this condition is the last one examined.
        return choose(self.rank, self.index, self.size) if choose else True

    @property
    def __name__(self) -> str:
        return f"outcome {self.index + 1} of {self.size}"


@dataclass(frozen=True)
class Outcome(Declared):
    """One of several ways in which a transition can end: where, with which updates, with which weight.

    `probability` (a positive number: its share in the sum over the outcomes) is kept for quantitative analysis; verdicts
    treat every outcome as possible.
    """

    dest: str | None
    then: Updates
    probability: float | None = None


def outcome(dest: str | None = None, then: Mapping[Any, Operand] = ABSENT, probability: float | None = None) -> Outcome:
    """One outcome of a transition; `dest` None stays in the state. Raises ModelError DR119."""
    place = caller()
    refuse_none("then of an outcome", then, "then={}", place)
    refuse_lost(then, "then", place, at=1)
    dest = _check_dest(dest, "an outcome", place)
    if probability is not None and not (_positive(probability) and probability <= 1e6):
        raise ModelError("DR119", f"a probability is a number above 0, not {shown(probability)}", place=place)
    return Outcome(dest, _updates(then, place, "an outcome"), probability)


def _updates(then: Mapping[Any, Operand], place: Place, of: str) -> Updates:
    """What a user gives as `then`, or nothing."""
    updates = Updates({} if then is ABSENT else then)
    updates.lists_given = handed_over(place, of, updates=then)
    return updates


def _positive(value: object) -> bool:
    """Whether a value is a finite number above 0."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1e18


def _check_dest(dest: object, what: str, place: Place) -> str | None:
    if dest is not None and not isinstance(dest, str):
        raise ModelError(
            "DR119",
            f"the destination of {what} is the name of a state, or None to stay, not {shown(dest)}",
            place=place,
        )
    return None if dest is None else str.__str__(dest)  # of a member of an enumeration of texts, the text


def check_text(text: object, what: str, place: Place) -> str:
    """A description, if it is text. Raises ModelError DR119."""
    if not isinstance(text, str):
        raise ModelError("DR119", f"{what}: doc is text, not {shown(text)}", place=place)
    return text


def check_attributes(what: str, code: str, place: Place, attributes: Mapping[str, Any]) -> None:
    """Check kind, urgent, priority, fault and rate of a transition or event. Raises ModelError with `code`."""
    wanted: dict[str, tuple[str, Callable[[Any], bool]]] = {
        "kind": ("one of " + ", ".join(EVENT_KINDS), lambda v: isinstance(v, str) and v in EVENT_KINDS),
        "urgent": ("True or False", lambda v: isinstance(v, bool)),
        "priority": ("a whole number", lambda v: isinstance(v, int) and not isinstance(v, bool) and abs(v) < 2**31),
        "fault": ("the name of a kind of fault", lambda v: isinstance(v, str) and bool(v)),
        "rate": ("a number above 0", _positive),
    }
    for name, (description, fits) in wanted.items():
        value = attributes.get(name)
        if value is None or fits(value):
            continue
        if name == "kind":
            raise ModelError(
                code, f"{what}: unknown kind {shown(value)}", place=place, available=EVENT_KINDS, asked=value
            )
        raise ModelError(code, f"{what}: {name} is {description}, not {shown(value)}", place=place)
    said = [name for name in wanted if attributes.get(name)]
    if what == TICK and said:
        raise ModelError(
            "DR114",
            f"{TICK} is the passing of time: it cannot have {', '.join(said)}",
            place=place,
            remedy="make what must happen before time passes a separate event, with urgent=True",
        )


@dataclass(frozen=True)
class On(Declared):
    """One transition of a component, as `on(...)` makes it."""

    trigger: str
    sources: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    when: Expression | None
    kind: EventKind | None
    urgent: bool | None
    priority: int | None
    internal: bool
    fault: str | None
    rate: float | None
    doc: str
    place: Place
    passive: bool = False
    span: Span | None = field(default=None, compare=False, repr=False)
    """Where the call stands in its file that made a transition with a guard, if that is known."""
    lists_given: tuple[HandedOver, ...] = field(default=(), compare=False, repr=False)

    def parts(self) -> Iterator[Expression]:
        """What it says, as it is written: the guard, and what is assigned, each value before where it goes."""
        if self.when is not None:
            yield self.when
        for way in self.outcomes:
            for target, value in way.then.items:
                yield value
                yield target

    @cached_property
    def choices(self) -> tuple[FreeChoice, ...]:
        """The free choices that it reads, in the order in which they stand."""
        return choices_in(self.parts())

    @cached_property
    def deciding_choices(self) -> tuple[FreeChoice, ...]:
        """Those on which it depends whether it can be taken: of its guard, and of what refusing counters become."""
        parts = [] if self.when is None else [self.when]
        for way in self.outcomes:
            parts += [
                value for target, value in way.then.items if assignment_targets(target)[1][0].at_limit == "refuse"
            ]
        return choices_in(parts)

    def definitions(self, rank: int, choosing: bool) -> list[dict[str, Any]]:
        """The dictionaries that `transitions` takes, one per outcome; `rank` distinguishes the transitions of a trigger."""
        result = []
        for index, way in enumerate(self.outcomes):
            conditions: list[Callable[[EventData], bool]] = [] if self.when is None else [self.when]
            conditions += [
                Fits(variables[0], value)
                for target, value in way.then.items
                for variables in [assignment_targets(target)[1]]
                if variables[0].at_limit == "refuse"
            ]
            if choosing:
                conditions.append(Chosen(rank, index, len(self.outcomes)))
            definition: dict[str, Any] = {
                "trigger": self.trigger,
                "source": list(self.sources),
                "dest": "=" if way.dest is None else way.dest,
                "conditions": conditions,
            }
            if way.then.items:
                definition["after"] = [way.then]
            result.append(definition)
        return result


def on(
    trigger: str,
    source: str | Sequence[str] = "*",
    dest: str | None = None,
    *,
    when: Operand = ABSENT,
    unless: Operand = ABSENT,
    then: Mapping[Any, Operand] = ABSENT,
    outcomes: Sequence[Outcome] = (),
    kind: EventKind | None = None,
    urgent: bool | None = None,
    priority: int | None = None,
    internal: bool = False,
    passive: bool = False,
    fault: str | None = None,
    rate: float | None = None,
    doc: str = "",
) -> On:
    """One transition: on `trigger`, from `source` (a state, several, or "*" for all) to `dest` (None: stay).

    A source may be a pattern, `down_*`: all states whose names it matches (`patterns`).

    `when` and `unless` are boolean expressions; `then` maps variables of the component to expressions, all evaluated in
    the state before the event. `outcomes` replaces `dest` and `then` if the event can end in several ways.
    `kind` of the event: "automatic", "operator" or "environment". `urgent`: it happens before time passes.
    `priority`: it happens before every enabled event of lower priority (default 0). `internal`: the event is this
    component's own, never a rendezvous by name; it is then called `component.trigger`. `passive`: it never happens alone,
    only in an event that another component or the composition triggers. `fault`: the kind of fault, for the fault budget.
    `rate` is kept for quantitative analysis.

    Raises ModelError DR119 for a transition that is not well formed, DR102 for a guard that is not boolean, DR147 for a
    guard or updates that are None.
    """
    place = caller()
    if not isinstance(trigger, str) or not trigger:
        raise ModelError("DR119", f"a trigger is a name, not {shown(trigger)}", place=place)
    trigger = check_name(trigger, "trigger", place)
    for what, value, instead in (("when", when, "True"), ("unless", unless, "False"), ("then", then, "{}")):
        refuse_none(f"{trigger}: {what}", value, f"{what}={instead}", place)
    refuse_lost(then, "then", place)
    refuse_unordered(source, f"{trigger}: source states", place)
    sources = names_in_order([source] if isinstance(source, str) else source)
    if not sources:
        raise ModelError(
            "DR119",
            f"{trigger}: the source is a state, a list of states or '*', not {shown(source)}",
            place=place,
        )
    dest = _check_dest(dest, trigger, place)
    refuse_unordered(outcomes, f"{trigger}: outcomes", place)
    if isinstance(outcomes, Outcome) or not isinstance(outcomes, Iterable):
        raise ModelError("DR119", f"{trigger}: outcomes are a list, not {shown(outcomes)}", place=place)
    ways = tuple(outcomes)
    for way in ways:
        if not isinstance(way, Outcome):
            raise ModelError(
                "DR119", f"{trigger}: {shown(way)} is not an outcome", place=place, remedy="write it with outcome(...)"
            )
    if ways and (dest is not None or (then is not ABSENT and then)):
        raise ModelError("DR119", f"{trigger}: outcomes replace dest and then; give one of the two", place=place)
    attributes = {"kind": kind, "urgent": urgent, "priority": priority, "fault": fault, "rate": rate}
    check_attributes(trigger, "DR119", place, attributes)
    if not isinstance(internal, bool):
        raise ModelError("DR119", f"{trigger}: internal is True or False, not {shown(internal)}", place=place)
    if internal and trigger == TICK:
        raise ModelError(
            "DR114",
            f"{TICK} cannot be internal: it is the rendezvous of all timed components",
            place=place,
            remedy="give the internal event another name",
        )
    if not isinstance(passive, bool) or (passive and internal):
        raise ModelError(
            "DR119", f"{trigger}: passive is True or False, and an internal event cannot be passive", place=place
        )
    guard: Expression | None = None
    for text, sign in ((when, True), (unless, False)):
        if text is ABSENT:
            continue
        node = expression(text)
        if node.kind != BOOLEAN:
            raise ModelError("DR102", f"the guard of {trigger}, `{node}`, is {node.kind}, not boolean", place=place)
        node = node if sign else ~node
        guard = node if guard is None else guard & node
    ways = ways or (Outcome(dest, _updates(then, place, trigger)),)
    check_text(doc, trigger, place)
    span = None if guard is None else position()
    handed = handed_over(place, trigger, outcomes=outcomes, **{"source states": source})
    return On(
        trigger, sources, ways, guard, kind, urgent, priority, internal, fault, rate, doc, place, passive, span, handed
    )


__all__ = ["EVENT_KINDS", "TICK", "EventKind", "Fits", "On", "Outcome", "Updates", "on", "outcome"]
