"""What hierarchical machines of `transitions` are called when they are flattened, and which of them are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from transitions.extensions import HierarchicalMachine
from transitions.extensions import states as features
from transitions.extensions.factory import HierarchicalAsyncMachine, LockedHierarchicalMachine
from transitions.extensions.nesting import NestedEvent, NestedState, NestedTransition

from drcheck import Boolean, Component, Counter, Integer, compose, never, on, reachable, state_of
from drcheck.errors import ModelError
from drcheck.language.nested_machines import CONFIGURATIONS, RUNS
from drcheck.verdicts.check import check
from tests.support.nested_machines import (
    DOWN,
    SHAPES,
    WALK,
    Switch,
    all_states,
    conditional,
    counting,
    events,
    separated,
)


# -- names -----------------------------------------------------------------------------------------------------------------
def taken(machine: HierarchicalMachine) -> Component:
    return Component.from_machine("m", machine)


def test_the_name_of_a_parent_speaks_of_all_states_within_it() -> None:
    part = taken(SHAPES["three levels"]())
    assert part.states == ("up", "down_fire", "down_power_out", "down_power_back")
    assert part.initial == "up"
    assert part.down.states == part.state("down").states == part.states[1:]
    assert part.down_power.states == ("down_power_out", "down_power_back")
    assert part.in_states("up", "down_power", "down_power_out").states == ("up", "down_power_out", "down_power_back")  # type: ignore[attr-defined]
    assert part.named_states() == (*part.states, "down", "down_power")
    assert {"up", "down", "down_power", "down_power_out"} <= set(dir(part))
    assert part.state("down_*").states == part.down.states  # type: ignore[attr-defined]
    held_to = [never(~(part.up | part.down), name="both"), never(part.down_power & ~part.down, name="within")]
    assert all(v.conclusion.value == "HOLDS" for v in check(compose("sample", [part]), held_to))
    with pytest.raises(ModelError) as caught:
        part.state("down_powr")
    assert caught.value.code == "DR104"
    assert "down_power" in caught.value.available
    with pytest.raises(ModelError, match="DR145"):
        part.down = 1
    with pytest.raises(ModelError, match=r"DR102.*write m.up for the state up"):
        never(part.state == "down")


def test_one_transition_of_a_parent_is_one_of_the_component() -> None:
    part = taken(SHAPES["three levels"]())
    ends = [(t.trigger, t.sources, t.outcomes[0].dest) for t in part.transitions]
    assert ("mended", part.states[1:], "up") in ends
    assert [end for end in ends if end[0] == "turn"] == [
        ("turn", ("down_fire",), "down_power_back"),
        ("turn", ("down_power_out", "down_power_back"), "down_fire"),
    ]
    inside = taken(
        SHAPES["reflexive and internal on a parent"]().__class__(
            states=["up", DOWN],
            initial="up",
            transitions=[*WALK, ["look", "down", None], ["again", "down", "="], ["on", "down_fire", "down_power"]],
        )
    )
    assert [(t.sources, t.outcomes[0].dest) for t in inside.transitions if t.trigger in ("look", "again")] == [
        (("down_fire", "down_power"), None),
        (("down_fire", "down_power"), "down_fire"),
    ]


def test_a_parent_without_its_children_has_a_name_of_its_own() -> None:
    part = taken(SHAPES["a parent without an initial child"]())
    assert part.states == ("up", "down_alone", "down_fire")
    assert part.down.states == ("down_alone", "down_fire")


def test_states_of_regions() -> None:
    part = taken(SHAPES["regions"]())
    assert part.states == ("up", *(f"on_x_{x}_and_on_y_{y}" for x in (1, 2) for y in (1, 2)))
    assert part.on_x_1.states == ("on_x_1_and_on_y_1", "on_x_1_and_on_y_2")
    assert part.state("on_y_?").states == part.states[1:]  # type: ignore[attr-defined]
    assert part.on.states == part.on_x.states == part.on_y.states == part.states[1:]


def test_any_separator_becomes_an_underscore() -> None:
    assert taken(SHAPES["a separator of another alphabet"]()).states == ("up_here", "far_down_in_fire", "far_down_out")


def test_the_machine_stays_as_it_is() -> None:
    machine = SHAPES["regions"]()
    before = (
        machine.model.state,
        {e.name: dict(e.transitions) for e in events(machine)},
        all_states(machine),
        vars(machine.model).keys(),
    )
    taken(machine)
    assert before == (
        machine.model.state,
        {e.name: dict(e.transitions) for e in events(machine)},
        all_states(machine),
        vars(machine.model).keys(),
    )
    machine.model.go()
    assert machine.model.state == ["on_x_1", "on_y_1"]


# -- what is refused -------------------------------------------------------------------------------------------------------
class Entering(NestedState):
    def scoped_enter(self, event_data: Any, scope: Any = None) -> None:
        super().scoped_enter(event_data, scope)
        event_data.model.p = True


class Resolving(NestedTransition):
    def _resolve_transition(self, event_data: Any) -> Any:
        return super()._resolve_transition(event_data)


class Nested(NestedEvent):
    def trigger_nested(self, event_data: Any) -> Any:
        return super().trigger_nested(event_data)


class OwnStates(HierarchicalMachine):
    state_cls = Entering


class OwnTransitions(HierarchicalMachine):
    transition_cls = Resolving


class OwnEvents(HierarchicalMachine):
    event_cls = Nested


class OwnScopes(HierarchicalMachine):
    def _trigger_event_nested(self, event_data: Any, trigger: Any, _state_tree: Any) -> Any:
        return super()._trigger_event_nested(event_data, trigger, _state_tree)


class Greeting(Switch):
    def on_enter_down_fire(self) -> None: ...


class Going(Switch):
    def spreads(self) -> str:
        return "something else"


def down(
    cls: type[HierarchicalMachine] = HierarchicalMachine, model: Any = None, **more: Any
) -> Callable[[], HierarchicalMachine]:
    """A machine that is taken in, and what is changed of its parent."""
    inside = {"transitions": [["spreads", "fire", "power"]], **more}
    return lambda: cls(model or Switch(), states=["up", {**DOWN, **inside}], initial="up", transitions=WALK)


def spoilt(spoil: Callable[[HierarchicalMachine], object]) -> Callable[[], HierarchicalMachine]:
    def build() -> HierarchicalMachine:
        machine = down()()
        spoil(machine)
        return machine

    return build


def many(regions: int, states: int) -> HierarchicalMachine:
    inner = [{"name": f"r{n}", "initial": "s0", "children": [f"s{i}" for i in range(states)]} for n in range(regions)]
    machine = HierarchicalMachine(states=[{"name": "on", "parallel": inner}], initial="on", auto_transitions=False)
    for n in range(regions):
        for i in range(states):
            machine.add_transition(f"go{n}", f"on_r{n}_s{i}", f"on_r{n}_s{(i + 1) % states}")
    return machine


def many_ways() -> HierarchicalMachine:
    inner = [{"name": f"r{n}", "transitions": [], "initial": "a", "children": ["a", "b"]} for n in range(9)]
    machine = HierarchicalMachine(states=[{"name": "on", "parallel": inner}], initial="on", auto_transitions=False)
    for n in range(9):
        machine.add_transition("go", f"on_r{n}_a", f"on_r{n}_b", conditions=Boolean(f"x{n}"))
    return machine


REFUSED: dict[str, tuple[Callable[[], HierarchicalMachine], str]] = {
    "on_enter": (down(on_enter="see"), "state down has callbacks (on_enter: 'see')"),
    "on_exit of a child": (
        down(children=["fire", {"name": "power", "on_exit": "see"}]),
        "state down_power has callbacks (on_exit",
    ),
    "on_final": (
        down(final=True, on_final="see"),
        "state down has callbacks (on_final: 'see') for the final states down",
    ),
    "of a model, by its name": (
        down(model=Greeting()),
        "state down_fire has callbacks (on_enter: 'on_enter_down_fire')",
    ),
    "before": (
        down(transitions=[conditional("spreads", "fire", "power", before="see")]),
        "spreads from down_fire has the callback 'see'",
    ),
    "a condition": (
        down(transitions=[conditional("spreads", "fire", "power", unless="ready")]),
        "spreads from down_fire has the condition 'ready'",
    ),
    "a timeout": (
        lambda: down(
            features.add_state_features(features.Timeout)(type("Timed", (HierarchicalMachine,), {})),
            timeout=2,
            on_timeout="see",
        )(),
        "state down has a timeout of 2 seconds",
    ),
    "a class of states": (down(OwnStates), "a state is of class Entering, which has its own scoped_enter"),
    "a class of transitions": (
        down(OwnTransitions),
        "a transition is of class Resolving, which has its own _resolve_transition",
    ),
    "a class of events": (down(OwnEvents), "an event is of class Nested, which has its own trigger_nested"),
    "a class of machines": (down(OwnScopes), "it is of class OwnScopes, which has its own _trigger_event_nested"),
    "locked": (
        down(LockedHierarchicalMachine),
        "cannot be adopted: it is locked against other threads (LockedMachine) (",
    ),
    "asynchronous": (down(HierarchicalAsyncMachine), "cannot be adopted: it is asynchronous (AsyncMachine) ("),
    "an automatic trigger with a condition": (
        spoilt(lambda m: m.add_transition("to_down_fire", "up", "down_fire", conditions=Boolean("x"))),
        "to_down_fire is also a trigger that `transitions` adds automatically",
    ),
    "a model with a method by the name of a trigger": (
        down(model=Going()),
        "'spreads' of the model of class Going is not the trigger",
    ),
    "a destination that is not there": (
        spoilt(lambda m: m.add_transition("go", "up", "dwn")),
        "go fails in `transitions` itself in up: ValueError: State",
    ),
    "a destination that `transitions` does not find from there": (
        lambda: HierarchicalMachine(
            states=[
                "up",
                {"name": "a", "initial": "up", "children": ["up", "x"], "transitions": [["go", "up", "a_x"]]},
                "x",
            ],
            initial="a",
            transitions=[["go", "a", "x"], ["turn", "*", "up"], ["turn_in", "*", "a_x"], ["out", "*", "x"]],
        ),
        "go fails in `transitions` itself in a_up: ",
    ),
    "an initial child that is not there": (
        lambda: HierarchicalMachine(
            states=["up", {"name": "a", "initial": "z", "children": ["y"]}],
            initial="up",
            transitions=[["go", "up", "a"]],
        ),
        "go fails in `transitions` itself in up: KeyError: 'z'",
    ),
    "an initial state that cannot be entered": (
        lambda: HierarchicalMachine(
            model=None, states=["up", {"name": "a", "initial": "z", "children": ["y"]}], initial="a"
        ),
        "`transitions` cannot enter its initial state: KeyError: 'z'",
    ),
    "no initial state": (
        lambda: HierarchicalMachine(model=None, states=["a"], initial=None),
        "it has no initial state",
    ),
    "a separator in a name": (
        lambda: HierarchicalMachine(model=None, states=["a", {"name": "a_b"}], initial="a"),
        "state 'a_b' has the separator of nested states, '_',",
    ),
    "names that would be one": (
        lambda: separated(".")(
            states=["a_b", {"name": "a", "initial": "b", "children": ["b"]}],
            initial="a_b",
            transitions=[["go", "a_b", "a"], ["go", "a", "a_b"]],
        ),
        "its states 'a_b' and 'a.b' would both be called a_b",
    ),
    "too many combinations": (lambda: many(4, 7), f"its states have more than {CONFIGURATIONS} combinations"),
    "too many ways": (many_ways, f"go can go more than {RUNS} ways in on_r0_a and on_r1_a"),
    "updates of one variable in two regions": (
        lambda: counting(Counter("one", cap=2), Counter("two", cap=2), same=True),
        "go assigns one in several regions at once in on_x_1 and on_y_1",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_known_to_be_exact_is_refused(kind: str) -> None:
    build, why = REFUSED[kind]
    with pytest.raises(ModelError) as caught:
        taken(build())
    assert caught.value.code == "DR118"
    assert why in str(caught.value)
    assert caught.value.place is not None
    assert caught.value.place.file == __file__


def test_what_is_changed_there_is_taken_in_without_it() -> None:
    assert taken(down()()).states == ("up", "down_fire", "down_power")
    assert len(taken(many(3, 7)).states) == 7**3


def test_all_causes_are_told_at_once() -> None:
    machine = down(
        on_enter="see", transitions=[conditional("spreads", "fire", "power", conditions="ready", after="see")]
    )()
    machine.before_state_change = "see"
    with pytest.raises(ModelError) as caught:
        taken(machine)
    for words in (
        "(before_state_change: 'see')",
        "state down has callbacks (on_enter: 'see')",
        "spreads from down_fire has the callback 'see' (after)",
        "spreads from down_fire has the condition 'ready'",
    ):
        assert words in caught.value.message


def test_within_a_scope_of_the_machine() -> None:
    machine = down()()
    with machine("down"), pytest.raises(ModelError, match=r"DR118.*within the scope of one of its states"):
        taken(machine)


@pytest.mark.parametrize(
    ("code", "words", "rows"),
    [
        ("DR112", "leads to its state 'down_power'", []),
        ("DR124", "spreads from down_fire to power can never be taken", [["spreads", "fire", "power"]] * 2),
    ],
)
def test_as_a_component_refuses_them(code: str, words: str, rows: list[Any]) -> None:
    with pytest.raises(ModelError) as caught:
        taken(down(transitions=rows)())
    assert caught.value.code == code
    assert words in caught.value.message


def test_a_variable_cannot_have_the_name_of_a_parent() -> None:
    with pytest.raises(ModelError, match="DR105"):
        Component.from_machine("m", down()(), [Integer("down", 0, 1)])
    with pytest.raises(ModelError, match="DR125"):
        taken(HierarchicalMachine(states=[{"name": "initial", "initial": "a", "children": ["a"]}], initial="initial"))


def asking_late() -> HierarchicalMachine:
    rows = [["go", "1", "2"], ["back", "2", "1"]]
    x = {"name": "x", "initial": "1", "children": ["1", "2"], "transitions": rows}
    y = {**x, "name": "y", "transitions": [conditional("go", "1", "2", conditions="ready"), rows[1]]}
    return HierarchicalMachine(Switch(), states=[{"name": "on", "parallel": [x, y]}], initial="on")


@pytest.mark.parametrize("own", [True, False])
def test_a_condition_that_may_see_what_another_region_did(own: bool) -> None:
    """Where it reads the machine's own state; of another component it is taken in."""
    machine = asking_late()
    asked = state_of("m" if own else "other", "on_x_2" if own else "up")
    if not own:
        assert len(Component.from_machine("m", machine, conditions={"ready": asked}).states) == 3
        return
    with pytest.raises(
        ModelError, match=r"DR118.*go may have changed `m.on_x_2` when it asks `m.on_x_2` of another region"
    ):
        Component.from_machine("m", machine, conditions={"ready": asked})


def test_a_reference_takes_the_name_of_a_parent() -> None:
    later = Component("guard", ["a", "b"], transitions=[on("go", "a", "b", when=state_of("m", "down"))])
    system = compose("sample", [later, taken(SHAPES["three levels"]())])
    assert (
        check(system, [never(later.b & ~system.m.down, name="not_yet")])[-1].conclusion.value == "VIOLATED"
    )  # it goes up again
    assert check(system, [reachable(later.b & system.m.down, name="goes")])[-1].conclusion.value == "HOLDS"
