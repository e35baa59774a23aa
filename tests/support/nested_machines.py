"""Hierarchical machines of `transitions` of many shapes, and what holds a component against the live machine."""

from __future__ import annotations

import contextlib
import enum
import logging
import random
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from transitions import MachineError
from transitions.extensions import HierarchicalGraphMachine, HierarchicalMachine
from transitions.extensions import states as features
from transitions.extensions.nesting import NestedEvent, NestedTransition

from drcheck import Boolean, Component, Counter, Updates, compose, if_else, on
from drcheck.language.transition import Fits
from drcheck.system.oracle import Oracle

logging.getLogger("transitions").setLevel(logging.ERROR)  # it warns of each trigger that is not valid


class Switch:
    """A model with two flags, which conditions read as methods and as attributes."""

    def __init__(self) -> None:
        self.p, self.q = False, True

    def is_p(self, *_: object) -> bool:
        return self.p

    def is_q(self, *_: object) -> bool:
        return self.q


def separated(by: str, base: type[HierarchicalMachine] = HierarchicalMachine) -> type[HierarchicalMachine]:
    """A class of machines with another separator."""
    states = type("States", (base.state_cls,), {"separator": by})
    return type("Separated", (base,), {"state_cls": states})


# -- what a live machine does, and what the component does -----------------------------------------------------------------
def leaves(machine: HierarchicalMachine, state: Any) -> Iterator[list[str]]:
    """The innermost active states of what a model's state is, as paths."""
    if isinstance(state, list):
        for one in state:
            yield from leaves(machine, one)
    elif isinstance(state, enum.Enum):
        yield machine._get_enum_path(state)
    else:
        yield state.split(machine.state_cls.separator)


def active(machine: HierarchicalMachine, state: Any) -> frozenset[str]:
    """All active states by the names that they have in a component: parents too."""
    return frozenset("_".join(path[:n]) for path in leaves(machine, state) for n in range(1, len(path) + 1))


def all_states(machine: HierarchicalMachine) -> list[str]:
    def within(states: Any, path: str) -> Iterator[str]:
        for name, state in states.items():
            yield path + name
            yield from within(state.states, path + name + "_")

    return list(within(machine.states, ""))


class Live:
    """A live machine with a model of flags; how often a transition was taken is counted."""

    def __init__(self, machine: HierarchicalMachine) -> None:
        self.machine, self.model = machine, machine.model
        self.attribute = machine.model_attribute
        self.begins = getattr(self.model, self.attribute)
        self.taken = 0

    def at(self, state: Any, p: bool = False, q: bool = True) -> None:
        setattr(self.model, self.attribute, state)
        self.model.p, self.model.q = p, q

    @property
    def state(self) -> Any:
        return getattr(self.model, self.attribute)

    def fire(self, trigger: str) -> bool:
        """Whether a transition was taken. A trigger that is not valid in the state is an error that changes nothing."""
        before, self.taken = self.state, 0
        try:
            self.model.trigger(trigger)
        except Exception as error:
            # Of states of regions in regions, `transitions` does not find that the trigger is not valid, but fails there.
            frames = [frame.f_code.co_name for frame, _ in traceback.walk_tb(error.__traceback__)]
            if not isinstance(error, MachineError) and "_check_event_result" not in frames:
                raise
            assert not self.taken
            assert self.state == before
        return self.taken > 0

    @contextlib.contextmanager
    def counting(self) -> Iterator[None]:
        """Count the transitions that the machine takes."""
        assert "execute" not in vars(NestedTransition)

        def execute(row: Any, event_data: Any) -> bool:
            done = super(NestedTransition, row).execute(event_data)
            self.taken += bool(done)
            return bool(done)

        NestedTransition.execute = execute  # type: ignore[method-assign]
        try:
            yield
        finally:
            del NestedTransition.execute  # type: ignore[misc]


class Flat:
    """The component of a machine, beside one with two flags."""

    def __init__(self, machine: HierarchicalMachine) -> None:
        p, q = Boolean("p"), Boolean("q", True)
        flags = Component(
            "flags",
            ["on"],
            variables=[p, q],
            transitions=[on("flip_p", "on", then={p: ~p}), on("flip_q", "on", then={q: ~q})],
        )
        rows = [row for event in events(machine) for group in event.transitions.values() for row in group]
        asked = {condition.func for row in rows for condition in row.conditions}
        given_for = {name: node for name, node in {"is_p": p, "p": p, "is_q": q, "q": q}.items() if name in asked}
        self.part = Component.from_machine("m", machine, conditions=given_for)
        self.system = compose("sample", [flags, self.part])
        self.oracle = Oracle(self.system)
        self.own = self.part.triggers
        self._steps: dict[Any, dict[str, Any]] = {}
        self._now: dict[Any, tuple[frozenset[str], bool, bool]] = {}
        names = all_states(machine)
        self.active = {
            state: frozenset(n for n in names if state in self.part.state(n).states)  # type: ignore[attr-defined]
            for state in self.part.states
        }

    def steps(self, state: Any) -> dict[str, Any]:
        """The states to which events lead; of each event there is one way at most."""
        if state not in self._steps:
            found = [(self.system.events[s.event].name, s.target) for s in self.oracle.successors(state)]
            assert len(found) == len(dict(found))
            self._steps[state] = dict(found)
        return self._steps[state]

    def now(self, state: Any) -> tuple[frozenset[str], bool, bool]:
        if state not in self._now:
            values = self.system.decode(state)
            self._now[state] = self.active[str(values["m"])], bool(values["flags.p"]), bool(values["flags.q"])
        return self._now[state]


def events(machine: HierarchicalMachine) -> Iterator[NestedEvent]:
    def within(scope: Any) -> Iterator[NestedEvent]:
        yield from scope.events.values()
        for state in scope.states.values():
            yield from within(state)

    return within(machine)


def hold(machine: HierarchicalMachine, flat: Flat, choices: random.Random, sequences: int, steps: int = 8) -> int:
    """Hold a component against its machine; how many transitions were taken."""
    live, taken = Live(machine), 0
    triggers = ["flip_p", "flip_q", *flat.own]
    with live.counting():
        for _ in range(sequences):
            state = flat.system.initial
            live.at(live.begins)
            for _ in range(steps):
                trigger = choices.choice(triggers)
                target = flat.steps(state).get(trigger)
                if trigger in flat.own:
                    assert live.fire(trigger) == (target is not None), (trigger, flat.system.decode(state))
                    taken += target is not None
                else:
                    setattr(live.model, trigger[-1], not getattr(live.model, trigger[-1]))
                state = state if target is None else target
                assert flat.now(state) == (active(machine, live.state), live.model.p, live.model.q), trigger
    return taken


# -- shapes ----------------------------------------------------------------------------------------------------------------
DOWN = {"name": "down", "initial": "fire", "children": ["fire", "power"]}
THREE = {
    "name": "down",
    "initial": "power",
    "children": ["fire", {"name": "power", "initial": "out", "children": ["out", "back"]}],
}
REGIONS = {
    "name": "on",
    "parallel": [
        {"name": "x", "initial": "1", "children": ["1", "2"], "transitions": [["go", "1", "2"], ["back", "2", "1"]]},
        {"name": "y", "initial": "1", "children": ["1", "2"], "transitions": [["go", "1", "2"], ["rest", "2", "1"]]},
    ],
}
WALK = [["fails", "up", "down"], ["mended", "down", "up"]]


class Deep(enum.Enum):
    INNER = 1
    OTHER = 2


class Colour(enum.Enum):
    RED = 1
    DARK = Deep


def nest(
    *states: Any, cls: type[HierarchicalMachine] = HierarchicalMachine, **more: Any
) -> Callable[[], HierarchicalMachine]:
    def build() -> HierarchicalMachine:
        return cls(**{"model": Switch(), "initial": "up", "states": list(states), **more})

    return build


def conditional(trigger: str, source: str, dest: str | None, **more: Any) -> dict[str, Any]:
    return {"trigger": trigger, "source": source, "dest": dest, **more}


def scoped() -> HierarchicalMachine:
    machine = nest("up", THREE, transitions=WALK)()
    with machine("down"):
        machine.add_transition("turn", "power", "fire")
        machine.add_transition("turn", "fire", "power")
        with machine("power"):
            machine.add_transition("turn", "out", "back", conditions="p")
            machine.add_transition("turn", "back", "out", unless="is_q")
    return machine


def of_machines(remap: dict[str, str] | None, separator: str = "_") -> Callable[[], HierarchicalMachine]:
    def build() -> HierarchicalMachine:
        cls = separated(separator)
        counter = cls(
            model=None,
            states=["one", "two", {"name": "more", "initial": "a", "children": ["a", "b"]}, "done"],
            initial="one",
            transitions=[
                ["count", "one", "two"],
                ["count", "two", "more"],
                conditional("count", separator.join(["more", "a"]), separator.join(["more", "b"]), conditions="p"),
                ["count", "more", "done"],
                ["reset", "*", "one"],
            ],
        )
        inner: dict[str, Any] = {"name": "counting", "children": counter}
        if remap is not None:
            inner["remap"] = remap
        else:
            inner["initial"] = "one"
        machine = cls(model=Switch(), states=["up", inner], initial="up")
        machine.add_transition("begin", "up", "counting" + ("" if remap is None else separator + "one"))
        machine.add_transition("stop", "counting", "up", conditions="is_q")
        return machine

    return build


SHAPES: dict[str, Callable[[], HierarchicalMachine]] = {
    "nothing nested": nest("up", "down", transitions=WALK),
    "two levels": nest("up", DOWN, transitions=[*WALK, ["spreads", "down_fire", "down_power"]]),
    "three levels": nest(
        "up", THREE, transitions=[*WALK, ["turn", "down_power", "down_fire"], ["turn", "down", "down_power_back"]]
    ),
    "from within": nest(
        "up", {**DOWN, "transitions": [["spreads", "fire", "power"], ["ends", "power", "fire"]]}, transitions=WALK
    ),
    "scopes of a machine": scoped,
    "child before parent": nest(
        "up", DOWN, transitions=[*WALK, ["spreads", "down", "up"], ["spreads", "down_fire", "down_power"]]
    ),
    "a child that cannot, then the parent": nest(
        "up",
        DOWN,
        transitions=[
            *WALK,
            conditional("ends", "down_fire", "down_power", conditions="is_p"),
            conditional("ends", "down", "up", unless=["q"]),
            ["ends", "up", "down_power"],
        ],
    ),
    "reflexive and internal on a parent": nest(
        "up",
        THREE,
        transitions=[
            *WALK,
            ["again", "down", "="],
            ["look", "down", None],
            ["turn", "down_power_out", "down_power_back"],
            conditional("look", "down_power", "down_fire", conditions="p"),
            ["again", "down_fire", "="],
        ],
    ),
    "a parent without an initial child": nest(
        "up",
        {"name": "down", "children": ["fire"]},
        transitions=[*WALK, ["burns", "down", "down_fire"], ["ends", "down_fire", "down"]],
    ),
    "a parent that is left alone": nest(
        "up",
        {"name": "down", "children": ["fire"]},
        transitions=[*WALK, ["burns", "up", "down_fire"], ["ends", "down_fire", "="]],
    ),
    "chains of initial states": nest(
        THREE,
        "up",
        initial="down",
        transitions=[*WALK, ["turn", "*", "down_fire"], ["turn_back", "down_fire", "down_power_back"]],
    ),
    "an initial state with a path": nest(
        THREE, "up", initial="down_power_back", transitions=[*WALK, ["turn", "*", "down_fire"]]
    ),
    "wildcards": nest(
        "up",
        THREE,
        transitions=[
            *WALK,
            ["reset", "*", "="],
            ["turn", "*", "down_fire"],
            conditional("look", "*", None, conditions="q"),
            ["look", "down_power", "down_power_back"],
        ],
    ),
    "ordered transitions": nest(
        "up", {"name": "down", "children": ["fire"]}, ordered_transitions=True, transitions=WALK
    ),
    "ordered transitions of some": lambda: ordered_in_part(),
    "another separator": nest(
        "up",
        THREE,
        cls=separated("."),
        transitions=[*WALK, ["turn", "down.power.out", "down.power.back"], ["turn", "down", "down.fire"]],
    ),
    "a separator of another alphabet": nest(
        "up_here",
        {"name": "far_down", "initial": "in_fire", "children": ["in_fire", "out"]},
        cls=separated("↦"),
        initial="up_here",
        transitions=[
            ["fails", "up_here", "far_down"],
            ["turn", "far_down↦in_fire", "far_down↦out"],
            ["turn", "*", "up_here"],
        ],
    ),
    "a separator of two characters": nest(
        "up", DOWN, cls=separated("__"), transitions=[*WALK, ["turn", "down__fire", "down__power"]]
    ),
    "enumerations": nest(
        *Colour,
        initial=Colour.RED,
        transitions=[
            ["go", Colour.RED, Deep.INNER],
            ["go", Deep.INNER, Deep.OTHER],
            ["back", Colour.DARK, Colour.RED],
            ["back", Colour.RED, None],
        ],
    ),
    "enumerations in regions": nest(
        "up",
        {"name": "on", "children": list(Colour), "initial": [Colour.RED, Deep.OTHER][:1]},
        transitions=[
            ["go", "up", "on"],
            ["go", "on_RED", "on_DARK_INNER"],
            ["go", "on_DARK_INNER", "on_DARK_OTHER"],
            ["go", "on", "on_DARK"],
        ],
    ),
    "machines as children": of_machines(None),
    "machines as children, with a separator": of_machines(None, "/"),
    "remap": of_machines({"done": "up"}),
    "remap, with a separator": of_machines({"done": "up"}, "."),
    "regions": nest("up", REGIONS, transitions=[["go", "up", "on"], ["stop", "on", "up"]]),
    "regions that begin": nest("up", REGIONS, initial="on", transitions=[["go", "up", "on"], ["stop", "on", "up"]]),
    "a list of initial states": nest(
        "up", REGIONS, initial=["on_x_2", "on_y_1"], transitions=[["go", "up", "on"], ["stop", "on", "up"]]
    ),
    "regions and their parent": nest(
        "up",
        REGIONS,
        transitions=[
            ["go", "up", "on"],
            ["go", "on", "up"],
            ["back", "on", "up"],
            conditional("rest", "on_x_2", "up", conditions="p"),
        ],
    ),
    "regions with conditions": nest(
        "up",
        {
            "name": "on",
            "parallel": [
                {
                    "name": name,
                    "initial": "1",
                    "children": ["1", "2", "3"],
                    "transitions": [
                        conditional("go", "1", "2", conditions=first),
                        conditional("go", "1", "3", conditions=["q"]),
                        conditional("go", "2", "3", unless=["is_p", "q"]),
                        ["back", "3", "1"],
                    ],
                }
                for name, first in (("x", "p"), ("y", ["is_p", "is_q"]), ("z", "q"))
            ],
        },
        transitions=[["on", "up", "on"], ["stop", "on", "up"], conditional("go", "on", "up", conditions="p")],
    ),
    "a region that leaves": nest(
        "up",
        REGIONS,
        transitions=[
            ["go", "up", "on"],
            ["leave", "on_x_2", "up"],
            ["leave", "on_y_2", "on_y_1"],
            ["swap", "on_x_1", "on_y_2"],
        ],
    ),
    "a region that is entered again": nest(
        "up",
        REGIONS,
        transitions=[["go", "up", "on"], ["again", "on_x", "="], ["again", "on_y_2", "on_x"], ["stop", "on", "up"]],
    ),
    "a child beside the regions": nest(
        "up",
        {"name": "on", "initial": ["x", "y"], "children": ["x", "y", "z"]},
        transitions=[["go", "up", "on"], ["add", "on_x", "on_z"], ["stop", "on", "up"], ["only", "*", "on_z"]],
    ),
    "regions in regions": nest(
        "up",
        {
            "name": "on",
            "parallel": [
                {"name": "a", "parallel": [REGIONS["parallel"][0], "still"]},  # type: ignore[index]
                {
                    "name": "b",
                    "initial": "1",
                    "children": ["1", "2"],
                    "transitions": [["go", "1", "2"], ["back", "2", "1"]],
                },
            ],
        },
        transitions=[["on", "up", "on"], ["stop", "on", "up"], ["rest", "on_b_2", "on_a"]],
    ),
    "drawn": nest(
        "up",
        THREE,
        cls=HierarchicalGraphMachine,
        graph_engine="mermaid",
        transitions=[*WALK, ["turn", "down_power_out", "down_power_back"], ["turn", "down", "down_fire"]],
    ),
    "tagged": nest(
        "up",
        {"name": "down", "initial": "fire", "tags": ["bad"], "children": ["fire"]},
        transitions=WALK,
        cls=features.add_state_features(features.Tags, features.Timeout)(type("Tagged", (HierarchicalMachine,), {})),
    ),
    "queued": nest("up", REGIONS, queued=True, transitions=[["go", "up", "on"], ["stop", "on", "up"]]),
    "sent events": nest(
        "up",
        REGIONS,
        send_event=True,
        transitions=[conditional("go", "up", "on", conditions="is_q"), ["stop", "on", "up"]],
    ),
    "another attribute": nest(
        "up",
        THREE,
        model_attribute="status",
        transitions=[*WALK, ["turn", "down", "down_fire"], ["turn", "down_fire", "down_power_back"]],
    ),
    "no automatic triggers": nest(
        "up", DOWN, auto_transitions=False, transitions=[*WALK, ["to_office", "down", "down_power"]]
    ),
    "final states": nest(
        "up",
        {"name": "down", "initial": "fire", "final": True, "children": [{"name": "fire", "final": True}]},
        transitions=WALK,
    ),
}


def ordered_in_part() -> HierarchicalMachine:
    machine = nest("up", DOWN, transitions=WALK)()
    machine.add_ordered_transitions(
        ["up", "down_power", "down_fire"], trigger="next", conditions=["p", None, "is_q"], loop=True
    )
    return machine


# -- updates in regions ----------------------------------------------------------------------------------------------------
class Environment:
    """Values that updates write and that are read as they were before the trigger."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {"one": 0, "two": 0}
        self.before = dict(self.values)

    def read(self, leaf: Any) -> Any:
        return self.before[leaf.name]

    def write(self, variable: Any, value: Any) -> None:
        high = variable.high
        assert 0 <= value <= high or variable.at_limit == "saturate"
        self.values[variable.name] = min(value, high)


def counting(one: Counter, two: Counter, same: bool = False) -> HierarchicalMachine:
    def region(name: str, counter: Counter, other: Counter) -> dict[str, Any]:
        fits = [Fits(counter, counter + 1)] if counter.at_limit == "refuse" else []
        return {
            "name": name,
            "initial": "1",
            "children": ["1", "2"],
            "transitions": [
                conditional("go", "1", "2", conditions=[*fits, other < 2], after=Updates({counter: counter + 1})),
                conditional("go", "2", "1", before=Updates({counter: if_else(other > counter, other, 0)})),
            ],
        }

    x, y = region("x", one, two), region("y", one if same else two, one)
    machine = HierarchicalMachine(
        Switch(), states=["up", {"name": "on", "parallel": [x, y]}], initial="up", send_event=True
    )
    machine.add_transition("start", "up", "on", after=Updates({two: 1}))
    machine.add_transition("go", "on", "up", unless=[two > 1])
    return machine
