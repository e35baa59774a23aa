"""Flattening a hierarchical machine of `transitions`: its configurations as states, what its triggers do in each as transitions.

A configuration is what a model's state can be: a state without children, a parent that was entered without a child, or several
of these where a state has parallel regions. What a trigger does in one is not worked out here but asked of `transitions`
itself: a copy of the machine's states and transitions (`_Probe`) is set to the configuration, the trigger is fired, and each
transition that is looked at asks whether its conditions hold. Both answers are tried, as far as earlier ones leave them open.
So the order in which children and parents are asked, where a transition to a parent ends, and what several regions do with one
trigger are those of the installed version, with all their turns; where `transitions` itself fails, the machine is refused.

The runs of a trigger are listed with "the conditions hold" before "they do not". A run in which something is taken becomes a
transition whose guard is that of all transitions taken in it. What was asked and not taken needs no place in the guard: the runs
in which it is taken come before, and of the transitions of a component the first that matches is taken.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from transitions import Machine
from transitions.extensions.nesting import HierarchicalMachine, NestedEvent, NestedState, NestedTransition

from drcheck.errors import Place, shown
from drcheck.language.machine_conditions import Asked, conjunction
from drcheck.language.machine_parts import Path, Row
from drcheck.language.transition import On, Outcome, Updates
from drcheck.language.variables import assignment_targets

CONFIGURATIONS = 2048
RUNS = 256
"""How many configurations a machine may have, and how many ways a trigger may go in one: beyond them it is refused."""

Configuration = tuple[Path, ...]
"""The innermost active states, each with those that it is in, in the order of the model's state."""


@dataclass(frozen=True)
class Flat:
    """A flattened machine. `within`: for names of the machine's states, those of the component in which they are active."""

    states: tuple[str, ...]
    initial: str
    transitions: tuple[On, ...]
    within: Mapping[str, tuple[str, ...]]
    unreached: tuple[str, ...]


class NotFlattenedError(Exception):
    """A hierarchical machine cannot be flattened: what stands against it, for the error with all causes."""

    def __init__(self, causes: Iterable[str]) -> None:
        super().__init__()
        self.causes = tuple(causes)


class _Run:
    """One run of a trigger: whether each transition that is asked is taken, by a script and then by Yes."""

    def __init__(self, script: Sequence[bool]) -> None:
        self._script = script
        self.decided: list[bool] = []
        self.taken: list[Row] = []
        self.late: list[Asked] = []
        """What was asked after a transition was taken."""
        self._known: dict[int, bool] = {}
        self._not_all: list[frozenset[tuple[int, bool]]] = []

    def decides(self, row: Row) -> bool:
        """Whether the conditions of a transition hold; what earlier answers imply is no choice."""
        self.late += row.conditions if self.taken else ()
        wanted = frozenset((asked.key, asked.wanted) for asked in row.conditions)
        still = self._open(wanted)
        if still is None or any((key, not value) in still for key, value in still):
            return False
        if not still:
            return True
        if any((rest := self._open(other)) is not None and rest <= still for other in self._not_all):
            return False
        at = len(self.decided)
        answer = self._script[at] if at < len(self._script) else True
        self.decided.append(answer)
        if answer:
            self._known.update(still)
        else:
            self._not_all.append(still)
        self._conclude()
        return answer

    def _open(self, wanted: Iterable[tuple[int, bool]]) -> frozenset[tuple[int, bool]] | None:
        """What is not known of it; None if it is known to be false."""
        if any(self._known.get(key, value) != value for key, value in wanted):
            return None
        return frozenset((key, value) for key, value in wanted if key not in self._known)

    def _conclude(self) -> None:
        """Where all conditions but one hold that do not all hold, that one does not."""
        changed = True
        while changed:
            changed = False
            for wanted in self._not_all:
                still = self._open(wanted)
                if still is not None and len(still) == 1:
                    key, value = next(iter(still))
                    self._known[key] = not value
                    changed = True


class _Transition(NestedTransition):
    """A transition of the probe: asks the run instead of its conditions, and tells it that it was taken."""

    row: Row

    def _eval_conditions(self, event_data: Any) -> bool:
        return bool(event_data.machine.run.decides(self.row))

    def execute(self, event_data: Any) -> bool:
        done = bool(super().execute(event_data))
        if done:
            event_data.machine.run.taken.append(self.row)
        return done


class _Model:
    """What the probe moves."""


class _Probe(HierarchicalMachine):
    """The states and transitions of a machine, and nothing else of it."""

    transition_cls = _Transition

    def __init__(self, machine: Machine, rows: Iterable[Row]) -> None:
        separator: str = machine.state_cls.separator  # type: ignore[attr-defined]
        self.state_cls = type("_State", (NestedState,), {"separator": separator})
        super().__init__(model=None, states=None, initial=None, auto_transitions=False)
        self.separates, self.run = separator, _Run(())
        self.states = OrderedDict((name, self._copied(state)) for name, state in machine.states.items())
        for row in rows:
            scope = self._scope(row.scope)
            event = scope.events.setdefault(row.trigger, NestedEvent(row.trigger, self))
            made = _Transition(row.transition.source, row.transition.dest)  # type: ignore[arg-type]  # None stays
            made.row = row
            event.transitions[row.source].append(made)
        self._initial = machine._initial
        self._moved = _Model()

    def _copied(self, state: Any) -> Any:
        copied = self.state_cls(state._name, final=state.final, initial=state.initial)
        copied.states.update((name, self._copied(child)) for name, child in state.states.items())
        return copied

    def _scope(self, path: Path) -> Any:
        scope: Any = self
        for name in path:
            scope = scope.states[name]
        return scope

    def _add_trigger_to_model(self, trigger: str, model: Any) -> None:
        """Nobody calls the model."""

    def _add_model_to_state(self, state: Any, model: Any) -> None:
        """Nobody asks the model."""

    def _check_event_result(self, res: Any, model: Any, trigger: str) -> bool:
        """A trigger that nothing takes is no error here."""
        return bool(res)

    def starts(self) -> tuple[Configuration, Any]:
        """Where a model of the machine begins, as a configuration and as its state."""
        self.add_model(self._moved)
        return self._reached()

    def fired(self, trigger: str, state: Any, script: Sequence[bool]) -> tuple[_Run, Configuration, Any]:
        """A run of a trigger: what was decided, where it ends."""
        self.run = _Run(script)
        setattr(self._moved, self.model_attribute, state)
        self.trigger_event(self._moved, trigger)
        return self.run, *self._reached()

    def _reached(self) -> tuple[Configuration, Any]:
        state = getattr(self._moved, self.model_attribute)
        tree = self.build_state_tree(state, self.separates)
        return tuple(_leaves(tree, ())), state


def _leaves(tree: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for name, inside in tree.items():
        if inside:
            yield from _leaves(inside, (*path, name))
        else:
            yield (*path, name)


@dataclass
class _Found:
    """What a probe was seen to do."""

    initial: Configuration
    states: dict[Configuration, Any]
    runs: dict[tuple[str, Configuration], list[tuple[tuple[Row, ...], Configuration]]] = field(default_factory=dict)


def flattened(name: str, machine: Machine, rows: Sequence[Row], place: Place) -> Flat:
    """A hierarchical machine with these transitions, as states and transitions of a component of this name.

    Raises NotFlattenedError with all causes.
    """
    probe = _Probe(machine, rows)
    triggers = list(dict.fromkeys(row.trigger for row in rows))
    found = _explored(name, probe, triggers)
    names = _Names(probe, found.states)
    ordered = sorted(found.states, key=names.rank)
    transitions = [on for trigger in triggers for on in _rows(trigger, ordered, found, names, place)]
    return Flat(
        tuple(names.of[c] for c in ordered),
        names.of[found.initial],
        tuple(transitions),
        names.within(ordered),
        names.unreached(ordered),
    )


def _explored(name: str, probe: _Probe, triggers: Sequence[str]) -> _Found:
    """All configurations that transitions lead to, whatever the guards say, and what each trigger does in them."""
    causes: list[str] = []
    try:
        initial, state = probe.starts()
    except Exception as error:  # whatever `transitions` raises
        raise NotFlattenedError([f"`transitions` cannot enter its initial state: {_said(error)}"]) from None
    found, waiting = _Found(initial, {initial: state}), [initial]
    while waiting:
        at = waiting.pop(0)
        for trigger in triggers:
            runs = found.runs[trigger, at] = []
            scripts: list[list[bool]] = [[]]
            while scripts:
                script = scripts.pop()
                try:
                    run, target, state = probe.fired(trigger, found.states[at], script)
                except Exception as error:  # whatever `transitions` raises
                    causes.append(f"{trigger} fails in `transitions` itself in {_text(at, probe)}: {_said(error)}")
                    decided = probe.run.decided
                else:
                    decided = run.decided
                    if run.taken:
                        runs.append((tuple(dict.fromkeys(run.taken)), target))
                        causes += _assigned_twice(trigger, runs[-1][0], _text(at, probe))
                        causes += _asked_late(name, trigger, run, _text(at, probe))
                        if target not in found.states:
                            found.states[target] = state
                            waiting.append(target)
                scripts += [[*decided[:n], False] for n in range(len(script), len(decided))]
                if len(runs) > RUNS:
                    raise NotFlattenedError([f"{trigger} can go more than {RUNS} ways in {_text(at, probe)}"])
        if len(found.states) > CONFIGURATIONS:
            raise NotFlattenedError([f"its states have more than {CONFIGURATIONS} combinations"])
    if causes:
        raise NotFlattenedError(causes)
    return found


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _text(configuration: Configuration, probe: _Probe) -> str:
    return " and ".join(probe.separates.join(path) for path in configuration)


def _assigned_twice(trigger: str, taken: Iterable[Row], at: str) -> Iterator[str]:
    """Of two transitions that one trigger takes in parallel regions, the later would overwrite what the first assigns."""
    seen: set[int] = set()
    for row in taken:
        own = {id(v): v for target in row.assignments for v in assignment_targets(target)[1]}
        for variable in (v for key, v in own.items() if key in seen):
            yield f"{trigger} assigns {variable.name} in several regions at once in {at}"
        seen |= set(own)


def _asked_late(name: str, trigger: str, run: _Run, at: str) -> Iterator[str]:
    """Conditions of the machine's own, asked of one region after another was changed: they may see that, guards never do."""
    assigned = {id(v) for row in run.taken for target in row.assignments for v in assignment_targets(target)[1]}
    for node in (asked.node for asked in run.late if asked.named and asked.node is not None):
        for leaf in node.leaves():
            of = getattr(leaf, "component", None)  # of what speaks of a component by its name
            if id(leaf) in assigned or (isinstance(of, str) and of == name):
                yield f"{trigger} may have changed `{leaf}` when it asks `{node}` of another region in {at}"


class _Names:
    """What configurations and states of the machine are called.

    A configuration is called as its state, with the parents: `down_fire`; of several regions `x_1_and_y_2`. A state that is
    active by itself in one configuration and with others in another (a parent that was entered without a child) is
    `down_alone` in the first, as `down` means all of them.
    """

    def __init__(self, probe: _Probe, configurations: Iterable[Configuration]) -> None:
        self.paths = list(_paths(probe.states, ()))
        self._order = {path: number for number, path in enumerate(self.paths)}
        self.of: dict[Configuration, str] = {}
        for configuration in (reached := list(configurations)):
            name, path = "_and_".join("_".join(p) for p in configuration), configuration[0]
            others = (c for c in reached if c != configuration and any(p[: len(path)] == path for p in c))
            self.of[configuration] = f"{name}_alone" if len(configuration) == 1 and any(others) else name
        causes = list(self._collisions(probe))
        if causes:
            raise NotFlattenedError(causes)

    def rank(self, configuration: Configuration) -> list[int]:
        """Where a configuration stands: in the order in which the machine lists its states."""
        return [self._order[path] for path in configuration]

    def within(self, ordered: Sequence[Configuration]) -> dict[str, tuple[str, ...]]:
        """For each of the machine's states that is not just one of the component's, those in which it is active."""
        found = {"_".join(path): self._active(path, ordered) for path in self.paths}
        return {name: states for name, states in found.items() if states not in ((), (name,))}

    def unreached(self, ordered: Sequence[Configuration]) -> tuple[str, ...]:
        """The states of the machine that are active in no configuration."""
        return tuple("_".join(path) for path in self.paths if not self._active(path, ordered))

    def _active(self, path: Path, configurations: Iterable[Configuration]) -> tuple[str, ...]:
        return tuple(self.of[c] for c in configurations if any(p[: len(path)] == path for p in c))

    def _collisions(self, probe: _Probe) -> Iterator[str]:
        """Names that would mean two things."""
        meant: dict[str, tuple[str, tuple[str, ...]]] = {}
        things = [("_".join(p), probe.separates.join(p), self._active(p, self.of)) for p in self.paths]
        things += [(name, _text(c, probe), (name,)) for c, name in self.of.items()]
        for name, text, states in things:
            earlier = meant.setdefault(name, (text, states))
            if earlier != (text, states):
                yield f"its states {shown(earlier[0])} and {shown(text)} would both be called {name}"


def _paths(states: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for name, state in states.items():
        yield (*path, name)
        yield from _paths(state.states, (*path, name))


_Taken = tuple[tuple[int, ...], str | None]
"""Which transitions of a machine are taken, and where that leads."""


def _rows(trigger: str, ordered: Sequence[Configuration], found: _Found, names: _Names, place: Place) -> Iterator[On]:
    """The transitions of a trigger. What is the same from several states (one transition of their parent) is one of them."""
    runs: dict[_Taken, tuple[Row, ...]] = {}
    sources: dict[_Taken, list[str]] = {}
    after: TopologicalSorter[_Taken] = TopologicalSorter()
    each: list[tuple[str, list[_Taken]]] = []
    for at in ordered:
        keys: list[_Taken] = []
        for taken, target in found.runs[trigger, at]:
            stays = target == at and all(row.transition.dest is None for row in taken)
            key = (tuple(id(row) for row in taken), None if stays else names.of[target])
            runs[key] = taken
            sources.setdefault(key, []).append(names.of[at])
            after.add(key, *keys[-1:])
            keys.append(key)
        each.append((names.of[at], keys))
    try:
        listed = [(key, sources[key]) for key in after.static_order()]
    except CycleError:  # their order differs from state to state
        listed = [(key, [source]) for source, keys in each for key in keys]
    for key, starts in listed:
        taken, dest = runs[key], key[1]
        assigned = {target: value for row in taken for target, value in row.assignments.items()}
        ways = (Outcome(dest, Updates(assigned)),)
        guard = conjunction(asked for row in taken for asked in row.conditions)
        yield On(trigger, tuple(starts), ways, guard, None, None, None, False, None, None, "", place)


__all__ = ["Flat", "NotFlattenedError", "flattened"]
