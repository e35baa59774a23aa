"""Lists and dictionaries that are changed after they were handed over: what was added is never lost without a word."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from drcheck import Component, Counter, DrcheckError, Property, Site, System, compose, design, event, never, on, outcome
from drcheck.verdicts.check import check, check_design

back = on("back", "down", "up")


def link(name: str = "link", transitions: Any = (), **more: Any) -> Component:
    return Component(name, ["up", "down"], transitions=[on("fails", "up", "down"), back, *transitions], **more)


def rows() -> object:
    given = [on("fails", "up", "down")]
    made = Component("link", ["up", "down"], transitions=given)
    given.append(back)
    return compose("s", [made])


def a_row_in_the_place_of_another() -> object:
    given = [on("fails", "up", "down"), on("back", "down", "up", when=False)]
    made = Component("link", ["up", "down"], transitions=given)
    given[1] = back
    return compose("s", [made])


def variables() -> object:
    given = [Counter("n", 3)]
    made = link(variables=given)
    given += [Counter("m", 3)]
    return compose("s", [made])


def states() -> object:
    given = ["up", "down"]
    made = Component("link", given, transitions=[on("fails", "up", "down")])
    given.insert(0, "off")
    return compose("s", [made])


def initial_states() -> object:
    given = ["up"]
    made = Component("link", ["up", "down"], given, transitions=[on("fails", "up", "down")])
    given.append("down")
    return compose("s", [made])


def source_states() -> object:
    given = ["up"]
    row = on("breaks", given, "down")
    given.append("down")
    return compose("s", [link(transitions=[row])])


def outcomes() -> object:
    given = [outcome("up")]
    row = on("ends", "up", outcomes=given)
    given.append(outcome("down"))
    return compose("s", [link(transitions=[row])])


def updates() -> object:
    n, given = Counter("n", 3), dict[Any, Any]()
    row = on("ends", "up", then=given)
    given[n] = n + 1
    return compose("s", [link(variables=[n], transitions=[row])])


def updates_of_an_outcome() -> object:
    n = Counter("n", 3)
    given: dict[Any, Any] = {n: 0}
    row = on("ends", "up", outcomes=[outcome("down", given)])
    given[n] = n + 1
    return compose("s", [link(variables=[n], transitions=[row])])


def members() -> object:
    one, two = (link(name, [on("site_fails", "up", "down")]) for name in ("one", "two"))
    given = [one]
    site = Site(link("place"), given)
    given.append(two)
    return compose("s", [site.component, one, two], sites=[site])


def shared() -> object:
    one = link("one", [on("site_fails", "up", "down"), on("site_back", "down", "up")])
    given = {"fails": "site_fails"}
    site = Site(link("place"), [one], given)
    given["back"] = "site_back"
    return compose("s", [site.component, one], sites=[site])


def participants() -> object:
    one, two = link("one"), link("two")
    given = {one: "fails"}
    vector = event("all_fail", given)
    given[two] = "fails"
    return compose("s", [one, two], events=[vector])


def those_that_need_not() -> object:
    one, two = link("one"), link("two")
    given: dict[Component, str] = {}
    vector = event("all_fail", {one: "fails"}, optional=given)
    given[two] = "fails"
    return compose("s", [one, two], events=[vector])


def components() -> object:
    given = [link("one")]
    made = compose("s", given)
    given.append(link("two"))
    return check(made, [])


def events() -> object:
    one, given = link("one"), list[Any]()
    made = compose("s", [one], events=given)
    given.append(event("one_fails", {one: "fails"}))
    return check(made, [])


def faults() -> object:
    given: dict[str, int] = {}
    made = compose("s", [link(transitions=[on("breaks", "up", "down", fault="cut")])], faults=given)
    given["cut"] = 1
    return check(made, [])


def properties() -> object:
    one, given = link("one"), list[Property]()
    made = compose("s", [one], properties=given)
    given.append(never(one.down))
    return check(made)


def of_a_design() -> object:
    def late() -> System:
        one, given = link("one"), list[Any]()
        made = compose("s", [one], events=given)
        given.append(event("one_fails", {one: "fails"}))
        return made

    return check_design(design(late))


CHANGED: dict[Callable[[], object], str] = {
    rows: "component link: its transitions were given as a list, to which 'back' was added",
    a_row_in_the_place_of_another: "component link: its transitions",
    variables: "component link: its variables were given as a list, to which 'm'",
    states: "component link: its states were given as a list, to which 'off'",
    initial_states: "component link: its initial states",
    source_states: "breaks: its source states were given as a list, to which 'down'",
    outcomes: "ends: its outcomes",
    updates: "ends: its updates were given as a dict, to which 'n'",
    updates_of_an_outcome: "an outcome: its updates",
    members: "site place: its members were given as a list, to which 'two'",
    shared: "site place: its shared were given as a dict, to which 'back'",
    participants: "event all_fail: its participants were given as a dict, to which 'two'",
    those_that_need_not: "event all_fail: its optional",
    components: "system s: its components were given as a list, to which 'two'",
    events: "system s: its events were given as a list, to which 'one_fails'",
    faults: "system s: its faults were given as a dict, to which 'cut'",
    properties: "system s: its properties",
    of_a_design: "system s: its events",
}


@pytest.mark.parametrize("build", CHANGED, ids=lambda build: build.__name__)
def test_what_is_added_afterwards_is_refused(build: Callable[[], object]) -> None:
    with pytest.raises(DrcheckError, match=r"\[DR145\] " + re.escape(CHANGED[build])) as caught:
        build()
    assert str(caught.value.place).startswith("tests/language/test_handed_over.py:")
    assert "complete it first" in caught.value.remedy


def test_a_list_may_be_handed_over_again_and_again() -> None:
    given = [on("fails", "up", "down")]
    first = Component("first", ["up", "down"], transitions=given)
    given.append(back)
    second = Component("second", ["up", "down"], transitions=given)
    given.clear()
    given += [on("falls", "up", "down")]
    third = Component("third", ["up", "down"], transitions=given)
    members = [first, second]
    assert len(compose("two", members).components) == 2
    members.append(third)
    three = compose("three", members)
    assert [len(c.transitions) for c in three.components] == [1, 2, 1]
    check(three, [])


def test_what_is_taken_out_is_no_loss_and_what_cannot_change_is_not_kept() -> None:
    given = [on("fails", "up", "down"), back]
    one = Component("one", ["up", "down"], transitions=given)
    given.pop()
    assert compose("s", [one]).events[1].name == "back"
    assert not list(Component("two", ("up", "down"), transitions=(on("fails", ("up",), "down"),)).lists_given)


def test_properties_that_are_named_are_those_that_are_decided() -> None:
    one, given = link("one"), list[Property]()
    made = compose("s", [one], properties=given)
    given.append(never(one.down, name="p"))
    assert [verdict.property.name for verdict in check(made, given)][1:] == ["p"]
