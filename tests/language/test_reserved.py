"""Names that are taken are refused at once; those that are only looked up in another way are not."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from drcheck import Array, Boolean, Component, Counter, System, Variable, compose, on, standalone
from drcheck.errors import DrcheckError
from drcheck.language.called import is_called
from drcheck.language.reserved import MODEL


def part(trigger: str) -> Component:
    return Component("c", ["s", "t"], transitions=[on("go", "s", "t"), on(trigger, "t", "s")])


@pytest.mark.parametrize("trigger", [*MODEL, "is_s", "is_t", "to_s", "to_t", "may_go", "__init__", "__x"])
def test_a_trigger_that_is_a_name_on_the_model_is_refused(trigger: str) -> None:
    with pytest.raises(
        DrcheckError, match=rf"\[DR125\].*trigger {trigger} has the name of.*test_reserved.py:"
    ) as caught:
        part(trigger)
    assert caught.value.place is not None
    assert caught.value.place.line == part.__code__.co_firstlineno + 1


@pytest.mark.parametrize("trigger", ["is_up", "to_main", "may_happen", "machine", "component", "events", "_quiet"])
def test_other_triggers_are_bound_to_the_model(trigger: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        model = standalone(part(trigger)).model
    model.go()
    assert model.state == "t"
    assert getattr(model, trigger)()
    assert model.state == "s"
    assert not caplog.records  # no "Skip binding"


DATA = [
    "name",
    "states",
    "initial",
    "variables",
    "transitions",
    "arrays",
    "doc",
    "place",
    "triggers",
    "hint",
    "from_machine",
]


@pytest.mark.parametrize("name", DATA)
def test_what_an_attribute_of_a_component_hides_is_refused(name: str) -> None:
    for states, own in (
        (["s", name], []),
        (["s", "t"], [Boolean(name)]),
        (["s", "t"], [Array(name, Counter("x", 3), 2)]),
    ):
        with pytest.raises(DrcheckError, match=rf"\[DR125\] component c: {name} is an attribute of every component"):
            Component("c", states, variables=own, transitions=[on("go", "s", states[1])])


@pytest.mark.parametrize("name", ["live", "state", "variable", "array", "in_states", "definitions", "on_trigger"])
def test_what_a_method_hides_is_read_in_another_way(name: str) -> None:
    made = Component("c", ["s", name], transitions=[on("go", "s", name)])
    assert is_called(Component, name)
    assert made.state(name).states == (name,)
    with pytest.raises(DrcheckError, match="DR102") as caught:
        _ = getattr(made, name) & made.s
    assert caught.value.remedy == f'the state is c.state("{name}")'
    assert isinstance(Component("c", ["s"], variables=[Boolean(name)]).variable(name), Variable)


@pytest.mark.parametrize(
    "name", ["name", "cells", "initial", "events", "components", "sites", "tick", "parts", "bits", "hint"]
)
def test_what_an_attribute_of_a_system_hides_is_refused(name: str) -> None:
    hidden = Component(name, ["s"])
    with pytest.raises(DrcheckError, match=rf"\[DR125\] a component of system x: {name} is an attribute"):
        compose("x", [hidden])
    with pytest.raises(DrcheckError, match=rf"\[DR125\] a part of system x: {name} is an attribute"):
        compose("x", [Component("c", ["s"])], parts={name: 1})


def test_parts_and_components_of_one_name() -> None:
    own, other = Component("c", ["s"]), Component("d", ["s"])
    assert compose("x", [own, other], parts={"c": own}).c is own
    with pytest.raises(DrcheckError, match=r"\[DR105\] system x: c names a component and another part"):
        compose("x", [own, other], parts={"c": other})


def test_what_a_method_of_a_system_hides_is_read_in_another_way() -> None:
    system = compose("x", [Component("event", ["s"])], parts={"position": 1})
    assert isinstance(system, System)
    with pytest.raises(DrcheckError, match="DR104") as caught:
        _ = system.event.s
    assert caught.value.remedy == 'the component is x.component("event")'
    with pytest.raises(DrcheckError, match="DR102") as caught:
        _ = system.position + 1
    assert caught.value.remedy == 'the part is x.parts["position"]'
    assert Path(__file__).name in str(caught.value.place)
