"""Hierarchical machines of `transitions` that are flattened step as the live ones do."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from transitions.extensions import HierarchicalMachine

from drcheck import Component, Counter, compose
from drcheck.errors import ModelError
from drcheck.system.oracle import Oracle
from tests.support.generated import SEED, some
from tests.support.nested_machines import (
    SHAPES,
    Environment,
    Flat,
    Live,
    active,
    all_states,
    counting,
    events,
    hold,
    nest,
    separated,
)

SEQUENCES = 1000


@pytest.mark.parametrize("shape", SHAPES)
def test_a_flattened_machine_steps_as_the_live_one(shape: str) -> None:
    machine = SHAPES[shape]()
    flat = Flat(machine)
    assert hold(machine, flat, random.Random(SEED), SEQUENCES) > SEQUENCES // 2


# -- generated machines ----------------------------------------------------------------------------------------------------
FAILS = ("fails in `transitions` itself", "cannot enter its initial state")


@st.composite
def machines(draw: st.DrawFn) -> Callable[[], HierarchicalMachine]:
    """Hierarchical machines of two or three levels, with regions, scoped and global transitions of all kinds."""
    separator = draw(st.sampled_from(["_", "_", ".", "↦"]))
    names: list[str] = []
    given_to = st.lists(st.sampled_from(["p", "q", "is_p", "is_q"]), max_size=2, unique=True)
    triggers = st.sampled_from(["go", "turn", "back"])

    def rows(known: list[str], number: int) -> list[dict[str, Any]]:
        dests = st.sampled_from([*known, *known, "=", None])
        return [
            {
                "trigger": draw(triggers),
                "source": draw(st.sampled_from([*known, *known, "*"])),
                "dest": draw(dests),
                "conditions": draw(given_to),
                "unless": draw(given_to) if draw(st.booleans()) else [],
            }
            for _ in range(number)
        ]

    def state(name: str, path: str, depth: int) -> Any:
        whole = path + name
        names.append(whole)
        if depth == 0 or draw(st.integers(0, 2)) == 0:
            return name
        inside = ["a", "b", "c"][: draw(st.integers(1, 3))]
        children = [state(child, whole + separator, depth - 1) for child in inside]
        below = [n[len(whole) + len(separator) :] for n in names if n.startswith(whole + separator)]
        made: dict[str, Any] = {"name": name, "transitions": rows(below, draw(st.integers(0, 2)))}
        kind = draw(st.sampled_from(["none", "one", "one", "several", "parallel"]))
        if kind == "parallel":
            return {**made, "parallel": children}
        made |= {"children": children, "final": draw(st.booleans())}
        if kind != "none":
            first = draw(st.lists(st.sampled_from(inside), min_size=1, max_size=3, unique=True))
            made["initial"] = first if kind == "several" else first[0]
        return made

    states = [state(name, "", draw(st.integers(0, 2))) for name in ("a", "b", "up")]
    visits = [
        {"trigger": f"visit_{n}", "source": "*", "dest": name}
        for n, name in enumerate(names)
        if draw(st.integers(0, 19))
    ]
    more = {
        "initial": draw(st.sampled_from(names)),
        "transitions": [*rows(names, draw(st.integers(1, 6))), *visits],
        "queued": draw(st.booleans()),
        "send_event": draw(st.booleans()),
        "auto_transitions": draw(st.booleans()),
        "ignore_invalid_triggers": draw(st.sampled_from([None, True, False])),
        "model_attribute": draw(st.sampled_from(["state", "status"])),
    }

    def build() -> HierarchicalMachine:
        machine = nest(*states, cls=separated(separator), **more)()
        for event in events(machine):
            for group in event.transitions.values():  # what is never looked at is refused elsewhere
                first = next((n for n, row in enumerate(group) if not row.conditions), len(group))
                del group[first + 1 :]
        return machine

    return build


def walked(machine: HierarchicalMachine, triggers: list[str]) -> tuple[set[str], int]:
    """The states that are active in what the live machine reaches, with flags of all kinds, and how often it fails."""
    live, failures = Live(machine), 0
    waiting, seen = [live.begins], {repr(live.begins)}
    names = set(active(machine, live.begins))
    with live.counting():
        while waiting:
            state = waiting.pop()
            for trigger in triggers:
                for p, q in ((False, False), (False, True), (True, False), (True, True)):
                    live.at(state, p, q)
                    try:
                        live.fire(trigger)
                    except Exception:
                        failures += 1
                        machine._transition_queue.clear()
                        continue
                    if repr(live.state) not in seen:
                        seen.add(repr(live.state))
                        waiting.append(live.state)
                        names |= active(machine, live.state)
    live.at(live.begins)
    return names, failures


def held(build: Callable[[], HierarchicalMachine], choices: random.Random) -> str:
    """Hold what is taken in against the machine, and a refusal against what the machine does."""
    try:
        machine = build()
    except Exception:  # `transitions` does not make it
        return "not made"
    triggers = list(dict.fromkeys(e.name for e in events(machine) if not e.name.startswith("to_")))
    refused: ModelError | None = None
    try:
        flat = Flat(machine)
    except ModelError as error:
        refused = error
    names, failures = walked(machine, triggers)
    if refused is not None and refused.code == "DR112":
        assert any(repr(name) in refused.message for name in set(all_states(machine)) - names)
        return "unreached"
    if refused is not None:
        assert refused.code == "DR118", refused
        assert any(words in refused.message for words in FAILS), refused
        assert failures
        return "fails"
    assert not failures
    assert names <= set(all_states(machine))
    hold(machine, flat, choices, 6, 12)
    return "taken in"


@seed(SEED)
@settings(max_examples=some(0.2))
@given(machines(), st.integers(0, 10**6))
def test_generated_machines_step_as_the_live_ones(build: Callable[[], HierarchicalMachine], number: int) -> None:
    held(build, random.Random(number))


def test_most_of_the_generated_machines_are_taken_in() -> None:
    seen: list[str] = []

    @seed(1)
    @settings(max_examples=60)
    @given(machines())
    def look(build: Callable[[], HierarchicalMachine]) -> None:
        seen.append(held(build, random.Random(1)))

    look()
    assert seen.count("taken in") > len(seen) // 3
    assert "unreached" in seen


# -- updates in regions ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("at_limit", ["saturate", "refuse"])
def test_updates_in_several_regions_are_those_of_the_live_machine(at_limit: Any) -> None:
    """A counter that refuses keeps its own region's transition from being taken, and no other."""
    one, two = Counter("one", cap=2, at_limit=at_limit), Counter("two", cap=2)
    machine = counting(one, two)
    part = Component.from_machine("m", machine, [one, two])
    system = compose("sample", [part])
    oracle, live, choices = Oracle(system), Live(machine), random.Random(SEED)
    names = {state: frozenset(n for n in all_states(machine) if state in part.state(n).states) for state in part.states}  # type: ignore[attr-defined]
    with live.counting():
        for _ in range(300):
            state = system.initial
            live.at(live.begins)
            environment = live.model.environment = Environment()
            for _ in range(12):
                trigger = choices.choice(["start", "go", "go"])
                steps = [s.target for s in oracle.successors(state) if system.events[s.event].name == trigger]
                environment.before = dict(environment.values)
                assert live.fire(trigger) == bool(steps)
                state = steps[0] if steps else state
                values = system.decode(state)
                assert (names[values["m"]], values["m.one"], values["m.two"]) == (
                    active(machine, live.state),
                    environment.values["one"],
                    environment.values["two"],
                )
