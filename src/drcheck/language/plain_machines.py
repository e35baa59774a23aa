"""Adopting a machine of `transitions`: what of it can be explored, and all that cannot.

A machine of `transitions` can do much that its states and conditions do not show: callbacks, subclasses of its parts, state
features. What is taken in must be what the machine does, so everything is refused that is not known to change nothing:
callbacks by what they are, classes by which of the methods of `transitions.core` they do not leave as they are.

Known to change nothing, as no callback is left that could notice: `send_event` (how callbacks are called), `queued` (when
triggers within callbacks are carried out), `ignore_invalid_triggers` (whether a trigger that is not possible in a state is
an error or passed over; it changes no state either way), `model_attribute`, `final` if there is no `on_final`, names,
tags, state features that are not made use of, and what draws diagrams.
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from transitions import Event, Machine, State, Transition
from transitions.core import Condition

from drcheck.errors import ModelError, Place, shown
from drcheck.language.expressions import BOOLEAN, Expression, Operand, expression
from drcheck.language.transition import Fits, On, Outcome, Updates
from drcheck.language.variables import check_name

Known = Mapping[type, Callable[[Any], str] | None]
"""Classes without effect, each with a function that says what an object of the class changes nevertheless."""
REMEDY = (
    "conditions must be expressions, given for names by conditions={name: expression}, and effects must be "
    "Updates({variable: expression})"
)
_MACHINE_CALLBACKS = ("prepare_event", "before_state_change", "after_state_change", "finalize_event", "on_exception")
_ALSO = ("__getattribute__", "__setattr__")
"""By these, a class could change what any method does."""
_HARMLESS = ("__init__", "__repr__")


def cannot_be_taken_in(name: str, causes: Iterable[str], place: Place) -> ModelError:
    """The error with all causes, each once. Its code is DR118."""
    found = list(dict.fromkeys(causes))
    why = found[0] if len(found) == 1 else "; ".join(f"({number}) {cause}" for number, cause in enumerate(found, 1))
    return ModelError("DR118", f"machine {name} cannot be adopted: {why}", place=place, remedy=REMEDY)


def taken_in(name: str, machine: object, conditions: object, place: Place) -> list[On]:
    """The transitions of a machine. `conditions`: expressions by the names that the machine has for its conditions.

    Raises ModelError DR118 with all that stands against it; the machine stays as it is.
    """
    if not isinstance(machine, Machine):
        raise cannot_be_taken_in(name, [f"{shown(machine)} is not a transitions.Machine"], place)
    given = _Conditions(conditions)
    kinds = list(_of_kind(machine))
    more = _parts_of_kinds() if kinds else {}
    causes = [*given.causes, *kinds, *_of_machine(machine, more)]
    for state in machine.states.values():
        causes += _of_state(state, more)
    found: list[On] = []
    for trigger, event in machine.events.items():
        rows = [(source, row) for source, group in event.transitions.items() for row in group]
        automatic = _added_by_itself(machine, trigger)
        if automatic and _is_plain(machine, automatic, rows):
            continue
        causes += _of_class(event, Event, more, "an event", f"the event {trigger}")
        if automatic:
            causes.append(f"{trigger} is also a trigger that `transitions` adds automatically")
            continue
        causes += [] if kinds else _hidden(machine, trigger, event)
        for source, row in rows:
            causes += _of_transition(trigger, source, row, more)
            guard, assignments = given.guard(trigger, source, row), _assignments(row)
            ways = (Outcome(row.dest, Updates(assignments)),)
            if not causes:
                check_name(trigger, "trigger", place)
                found.append(On(trigger, (source,), ways, guard, None, None, None, False, None, None, "", place))
    causes += given.causes_of_conditions()
    if causes:
        raise cannot_be_taken_in(name, causes, place)
    return found


class _Conditions:
    """The expressions that stand for conditions, and what is wrong with them."""

    def __init__(self, given: object) -> None:
        self.causes: list[str] = []
        self._wrong: list[str] = []
        self._used: dict[str, None] = {}
        self._asked: dict[str, None] = {}
        self._known: dict[str, Expression] = {}
        if not isinstance(given, Mapping):
            self.causes.append(f"conditions map names to expressions, they are not {shown(given)}")
            return
        for key, value in given.items():
            try:
                node = expression(value)
            except ModelError as error:
                self.causes.append(f"the condition {shown(key)} is given as {shown(value)} ({error.message})")
                continue
            if not isinstance(key, str) or node.kind != BOOLEAN:
                self.causes.append(f"the condition {shown(key)} is given as {shown(value)}, which is {node.kind}")
            else:
                self._known[key] = node

    def guard(self, trigger: str, source: str, row: Transition) -> Expression | None:
        """The guard of a transition; None if it has none."""
        guard: Expression | None = None
        for condition in row.conditions:
            asked = condition.func
            if isinstance(asked, Fits) and condition.target:  # the composition derives it again from the update
                continue
            node = asked if isinstance(asked, Expression) else self._named(asked)
            if node is None or node.kind != BOOLEAN:
                self._wrong.append(f"{trigger} from {source} has the condition {shown(asked)}")
                continue
            node = node if condition.target else ~node
            guard = node if guard is None else guard & node
        return guard

    def _named(self, asked: object) -> Expression | None:
        """The expression that is given for a condition: by its own name, or by that of the function."""
        name = asked if isinstance(asked, str) else getattr(asked, "__name__", None)
        if not isinstance(name, str):
            return None
        self._asked[name] = None
        if name not in self._known:
            return None
        self._used[name] = None
        return self._known[name]

    def causes_of_conditions(self) -> list[str]:
        """Conditions without an expression, and expressions that no condition asks for."""
        unused = [name for name in self._known if name not in self._used]
        said = [f"no condition of the machine is called {shown(name)}{self._meant(name)}" for name in unused]
        return [*self._wrong, *said]

    def _meant(self, name: str) -> str:
        close = difflib.get_close_matches(name, self._asked, n=1)
        return f", did you mean {close[0]!r}?" if close else ""


def _of_kind(machine: Machine) -> Iterator[str]:
    """Whether it is a machine of one of the extensions of `transitions` that work in their own way."""
    from transitions.extensions import AsyncMachine, HierarchicalMachine, LockedMachine

    if isinstance(machine, HierarchicalMachine):
        nested = any(getattr(state, "states", None) for state in machine.states.values())
        yield "it has nested states" if nested else "its states can be nested (HierarchicalMachine)"
    if isinstance(machine, AsyncMachine):
        yield "it is asynchronous (AsyncMachine)"
    if isinstance(machine, LockedMachine):
        yield "it is locked against other threads (LockedMachine)"


def _parts_of_kinds() -> Known:
    """The classes of these extensions, of which nothing more need be said."""
    from transitions.extensions import asyncio, diagrams, factory, locking, nesting

    modules = (asyncio, diagrams, factory, locking, nesting)
    return {cls: None for module in modules for cls in vars(module).values() if isinstance(cls, type)}


def _of_machine(machine: Machine, more: Known) -> Iterator[str]:
    from transitions.extensions.diagrams import GraphMachine
    from transitions.extensions.markup import MarkupMachine

    yield from _of_class(machine, Machine, {MarkupMachine: None, GraphMachine: None, **more}, "it", "it")
    if machine.initial is None:
        yield "it has no initial state"
    for what in _MACHINE_CALLBACKS:
        if getattr(machine, what):
            yield f"the machine has callbacks ({what}: {_listed(getattr(machine, what))})"
    final = [state.name for state in machine.states.values() if getattr(state, "final", False)]
    if final and getattr(machine, "on_final", None):
        yield f"the machine has callbacks (on_final: {_listed(machine.on_final)}) for its final states {', '.join(final)}"


def _of_state(state: State, more: Known) -> Iterator[str]:
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

    what = f"state {state.name}"
    known = {**more, features.Tags: None, features.Timeout: times_out}
    if hasattr(features, "Retry"):  # which the first versions do not have
        known[features.Retry] = retries
    yield from _of_class(state, State, known, "a state", what)
    for callbacks in ("on_enter", "on_exit"):
        if getattr(state, callbacks):
            yield f"{what} has callbacks ({callbacks}: {_listed(getattr(state, callbacks))})"


def _of_transition(trigger: str, source: str, row: Transition, more: Known) -> Iterator[str]:
    from transitions.extensions.diagrams import TransitionGraphSupport

    what = f"{trigger} from {source}"
    yield from _of_class(row, Transition, {TransitionGraphSupport: None, **more}, "a transition", what)
    for condition in row.conditions:
        named = f"the condition {shown(condition.func)} of {what}"
        yield from _of_class(condition, Condition, more, "a condition", named)
    for effect in row.prepare:
        yield f"{what} has the callback {shown(effect)} (prepare)"
    for kind in ("before", "after"):
        for effect in getattr(row, kind):
            if not isinstance(effect, Updates):
                yield f"{what} has the callback {shown(effect)} ({kind})"


def _assignments(row: Transition) -> dict[Any, Operand]:
    """All updates of a transition, which are simultaneous."""
    found: dict[Any, Operand] = {}
    for effect in [*row.before, *row.after]:
        if isinstance(effect, Updates):
            found.update(dict(effect.items))
    return found


def _of_class(item: object, root: type, known: Known, one: str, what: str) -> Iterator[str]:
    """What an object does otherwise than objects of the class `root` of `transitions`.

    `known`: other classes that change nothing; a given function says what an object changes nevertheless.
    `one`: what such an object is; `what`: this one.
    """
    ways = _ways(root)
    for cls in type(item).__mro__:
        if cls is root:
            continue
        if cls in known:
            says = known[cls]
            if says is not None and (why := says(item)):
                yield f"{what} {why}"
            continue
        changed = [name for name in vars(cls) if name in ways or name in _ALSO] if cls is not object else []
        if changed:
            more = f" and {len(changed) - 3} more methods" if len(changed) > 3 else ""
            yield f"{one} is of class {cls.__name__}, which has its own {', '.join(changed[:3])}{more}"
    own = [name for name in getattr(item, "__dict__", {}) if name in ways]
    if own:
        yield f"{what} has its own {', '.join(own)}"


def _ways(root: type) -> set[str]:
    """The names of the methods and properties of a class of `transitions`: what decides how its objects behave."""
    kinds = (types.FunctionType, property, staticmethod, classmethod)
    return {name for name, value in vars(root).items() if isinstance(value, kinds) and name not in _HARMLESS}


def _added_by_itself(machine: Machine, trigger: str) -> str | None:
    """The target of a trigger that `transitions` adds, if the name is that of one."""
    attribute = machine.model_attribute
    prefix = "to_" if attribute == "state" else f"to_{attribute}_"
    if not machine.auto_transitions or not trigger.startswith(prefix) or trigger[len(prefix) :] not in machine.states:
        return None
    return trigger[len(prefix) :]


def _is_plain(machine: Machine, state: str, rows: list[tuple[str, Transition]]) -> bool:
    """Whether a trigger leads from each state to this one and does nothing else, as `transitions` adds it."""
    sources = [source for source, _ in rows]
    plain = all(row.dest == state and not (row.conditions or row.prepare or row.before or row.after) for _, row in rows)
    return plain and len(sources) == len(set(sources)) and set(sources) <= set(machine.states)


def _hidden(machine: Machine, trigger: str, event: Event) -> Iterator[str]:
    """A model that has something else by the name of a trigger never fires it so."""
    for model in machine.models:
        bound = getattr(model, trigger, None)
        if bound is None or (isinstance(bound, partial) and bound.func == event.trigger):
            continue
        yield f"{shown(trigger)} of the model of class {type(model).__name__} is not the trigger but something else"


def _listed(callbacks: Iterable[object]) -> str:
    return ", ".join(shown(callback) for callback in callbacks)
