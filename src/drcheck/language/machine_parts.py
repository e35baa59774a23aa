"""What of a machine of `transitions` is not known to change nothing: callbacks, classes with ways of their own, state features.

A class is held against the one of `transitions` whose objects are known: which of its methods it does not leave as they are.
Those of a hierarchical machine are held against the nested ones, which have more of them.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from transitions import Event, Machine, State, Transition
from transitions.core import Condition

from drcheck.errors import shown
from drcheck.language.expressions import Operand
from drcheck.language.machine_conditions import Asked
from drcheck.language.transition import Updates

Path = tuple[str, ...]
"""A state of a machine with those that it is in, from outside to inside."""
Known = Mapping[type, Callable[[Any], str] | None]
"""Classes that change nothing, each with what tells, of an object of the class, what it does all the same."""
_MACHINE_CALLBACKS = ("prepare_event", "before_state_change", "after_state_change", "finalize_event", "on_exception")
_ALSO = ("__getattribute__", "__setattr__")
"""By these, a class could change what any method does."""
_HARMLESS = ("__init__", "__repr__")


@dataclass(frozen=True)
class Roots:
    """The classes of `transitions` that a machine and its parts are held against."""

    machine: type[Machine] = Machine
    state: type[State] = State
    event: type[Event] = Event
    transition: type[Transition] = Transition


@dataclass(frozen=True, eq=False)
class Row:
    """A transition of a machine, in the scope of the machine itself or of a state."""

    trigger: str
    scope: Path
    source: str
    transition: Transition
    conditions: tuple[Asked, ...]
    assignments: Mapping[Any, Operand]


def roots(machine: Machine) -> Roots:
    """The classes that the parts of a machine are held against: the nested ones, of a hierarchical machine."""
    from transitions.extensions.nesting import HierarchicalMachine, NestedEvent, NestedState, NestedTransition

    if isinstance(machine, HierarchicalMachine):
        return Roots(HierarchicalMachine, NestedState, NestedEvent, NestedTransition)
    return Roots()


def of_kind(machine: Machine) -> Iterator[str]:
    """Whether it is a machine of one of the extensions of `transitions` that work in their own way."""
    from transitions.extensions import AsyncMachine, LockedMachine

    if isinstance(machine, AsyncMachine):
        yield "it is asynchronous (AsyncMachine)"
    if isinstance(machine, LockedMachine):
        yield "it is locked against other threads (LockedMachine)"


def parts_of_kinds() -> Known:
    """The classes of these extensions, of which nothing more need be said."""
    from transitions.extensions import asyncio, diagrams, factory, locking, nesting

    modules = (asyncio, diagrams, factory, locking, nesting)
    return {cls: None for module in modules for cls in vars(module).values() if isinstance(cls, type)}


def of_machine(machine: Machine, root: type[Machine], states: Mapping[str, State], more: Known) -> Iterator[str]:
    """What a machine does by itself. `states`: all of them by their whole names, nested ones too."""
    from transitions.extensions.diagrams import GraphMachine, HierarchicalGraphMachine
    from transitions.extensions.markup import HierarchicalMarkupMachine, MarkupMachine

    drawn = (MarkupMachine, GraphMachine, HierarchicalMarkupMachine, HierarchicalGraphMachine)
    yield from of_class(machine, root, {**dict.fromkeys(drawn), **more}, "it", "it")
    if machine.initial is None:
        yield "it has no initial state"
    for what in _MACHINE_CALLBACKS:
        if getattr(machine, what):
            yield f"the machine has callbacks ({what}: {_listed(getattr(machine, what))})"
    final = [name for name, state in states.items() if getattr(state, "final", False)]
    owners = [("the machine", machine), *((f"state {name}", state) for name, state in states.items())] if final else []
    for owner, item in owners:
        callbacks = getattr(item, "on_final", None)
        if callbacks:
            whose = "its" if item is machine else "the"
            yield f"{owner} has callbacks (on_final: {_listed(callbacks)}) for {whose} final states {', '.join(final)}"


def of_state(state: State, root: type[State], name: str, more: Known) -> Iterator[str]:
    """What a state does. `name`: with those of its parents."""
    from transitions.extensions import states as features

    def retries(item: Any) -> str:
        return (
            f"counts entries (retries={item.retries}) and then calls {_listed([item.on_failure])}"
            if item.retries
            else ""
        )

    def times_out(item: Any) -> str:
        return (
            f"has a timeout of {item.timeout} seconds and then calls {_listed(item.on_timeout)}" if item.timeout else ""
        )

    what = f"state {name}"
    known = {**more, features.Tags: None, features.Timeout: times_out}
    if hasattr(features, "Retry"):  # which the first versions do not have
        known[features.Retry] = retries
    yield from of_class(state, root, known, "a state", what)
    for callbacks in ("on_enter", "on_exit"):
        if getattr(state, callbacks):
            yield f"{what} has callbacks ({callbacks}: {_listed(getattr(state, callbacks))})"


def of_transition(row: Transition, root: type[Transition], what: str, more: Known) -> Iterator[str]:
    """What a transition does. `what`: the transition in words."""
    from transitions.extensions.diagrams import NestedGraphTransition, TransitionGraphSupport

    drawn = (TransitionGraphSupport, NestedGraphTransition)
    yield from of_class(row, root, {**dict.fromkeys(drawn), **more}, "a transition", what)
    for condition in row.conditions:
        named = f"the condition {shown(condition.func)} of {what}"
        yield from of_class(condition, Condition, more, "a condition", named)
    for effect in row.prepare:
        yield f"{what} has the callback {shown(effect)} (prepare)"
    for kind in ("before", "after"):
        for effect in getattr(row, kind):
            if not isinstance(effect, Updates):
                yield f"{what} has the callback {shown(effect)} ({kind})"


def assignments(row: Transition) -> dict[Any, Operand]:
    """All updates of a transition, which are simultaneous."""
    found: dict[Any, Operand] = {}
    for effect in [*row.before, *row.after]:
        if isinstance(effect, Updates):
            found.update(dict(effect.items))
    return found


def of_class(item: object, root: type, known: Known, one: str, what: str) -> Iterator[str]:
    """What an object does otherwise than objects of the class `root` of `transitions`.

    `known`: other classes that change nothing; where something is given, it says what an object does all the same.
    `one`: what such an object is; `what`: this one.
    """
    ways = _ways(root)
    if not isinstance(item, root) and type(item) not in known:
        yield f"{what} is of class {type(item).__name__}, which is no {root.__name__}"
        return
    for cls in type(item).__mro__:
        if cls in root.__mro__:
            continue
        if cls in known:
            says = known[cls]
            if says is not None and (why := says(item)):
                yield f"{what} {why}"
            continue
        changed = [name for name in vars(cls) if name in ways or name in _ALSO]
        if changed:
            more = f" and {len(changed) - 3} more methods" if len(changed) > 3 else ""
            yield f"{one} is of class {cls.__name__}, which has its own {', '.join(changed[:3])}{more}"
    own = [name for name in getattr(item, "__dict__", {}) if name in ways]
    if own:
        yield f"{what} has its own {', '.join(own)}"


def _ways(root: type) -> set[str]:
    """The names of the methods and properties of a class of `transitions`: what decides how its objects behave."""
    kinds = (types.FunctionType, property, staticmethod, classmethod)
    classes = [cls for cls in root.__mro__ if cls is not object]
    return {
        name
        for cls in classes
        for name, value in vars(cls).items()
        if isinstance(value, kinds) and name not in _HARMLESS
    }


def _listed(callbacks: Iterable[object]) -> str:
    """Callbacks in words."""
    return ", ".join(shown(callback) for callback in callbacks)


__all__ = [
    "Known",
    "Path",
    "Roots",
    "Row",
    "assignments",
    "of_class",
    "of_kind",
    "of_machine",
    "of_state",
    "of_transition",
    "parts_of_kinds",
    "roots",
]
