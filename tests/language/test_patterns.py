"""Patterns of states mean the states whose names they match, wherever states are asked about."""

from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transitions import Machine

from drcheck import Component, compose, on
from drcheck.language.component import StateIs
from drcheck.language.patterns import expanded, matched

NAMES = st.text("ab_1", min_size=1, max_size=5)


@given(st.text("ab_1*?", max_size=6), st.lists(NAMES, unique=True, max_size=8))
def test_a_pattern_matches_as_a_shell_does(pattern: str, names: list[str]) -> None:
    assert matched(pattern, names) == [name for name in names if fnmatch.fnmatchcase(name, pattern)]


def test_each_state_comes_once_and_in_order() -> None:
    states = ["up", "down_a", "down_b", "Down_c"]
    assert expanded(["down_b", "down_*", "up"], states) == ("down_b", "down_a", "up")
    assert expanded(["up", "up"], states) == ("up", "up")  # what is no pattern stays as it is written
    assert expanded(["*"], states) == tuple(states)
    assert expanded(["x*", "u?"], states) == ("x*", "up")


def site() -> Component:
    return Component(
        "site",
        ["up", "down_fire", "down_power", "lost"],
        transitions=[
            on("fire", "up", "down_fire"),
            on("power", "up", "down_power"),
            on("lose", ["up", "down_*"], "lost"),
            on("rebuild", "down_?????", "up"),
            on("check", "*"),
        ],
    )


def test_sources_are_the_states_that_match() -> None:
    sources = {t.trigger: t.sources for t in site().transitions}
    assert sources["lose"] == ("up", "down_fire", "down_power")
    assert sources["rebuild"] == ("down_power",)
    assert sources["check"] == site().states


@pytest.mark.parametrize("asked", [("down_*",), ("down_fire", "d*"), ("*_fire", "*_power")])
def test_states_are_asked_about_as_if_they_were_named(asked: tuple[str, ...]) -> None:
    component = site()
    node = component.in_states(*asked)
    assert isinstance(node, StateIs)
    assert node.states == ("down_fire", "down_power")
    assert str(component.state("down_*")) == "site in (down_fire, down_power)"


def test_a_machine_that_is_taken_in_has_names_and_no_patterns() -> None:
    machine = Machine(states=["up", "down_a", "down_b"], initial="up", auto_transitions=False)
    machine.add_transition("a", "up", "down_a")
    machine.add_transition("b", "up", "down_b")
    taken = Component.from_machine("taken", machine)
    watcher = Component("watcher", ["on"], transitions=[on("alarm", "on", when=taken.state("down_*"))])
    system = compose("watched", [taken, watcher])
    assert str(system.event("alarm").guard) == "taken = 1 or taken = 2"
