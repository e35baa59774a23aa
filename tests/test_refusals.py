"""What is written where something else is meant, and is refused instead of silently meaning another thing."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from drcheck import (
    Array,
    Boolean,
    Component,
    Counter,
    Site,
    System,
    all_of,
    always,
    compose,
    design,
    event,
    hours,
    if_else,
    never,
    on,
    outcome,
    stated,
    weakly_fair,
)
from drcheck.errors import DrcheckError

HERE = Path(__file__)
left = Counter("left", cap=3)
slot = Array("slot", Boolean("full"), 2)
link = Component(
    "link", ["up", "down", "live"], variables=[left, slot],
    transitions=[on("link_fails", "up", "down"), on("link_restored", "down", "up"), on("on_air", "up", "live")],
)  # fmt: skip
other = Component("other", ["up"])
system = compose("links", [link, other])


def refused(build: Callable[[], object]) -> DrcheckError:
    """The coded error that `build` raises, in whose line it says that it is."""
    with pytest.raises(DrcheckError) as caught:
        build()
    error = caught.value
    assert error.code != "DR101"
    assert str(error.place) == f"{HERE.relative_to(Path.cwd())}:{inspect.getsourcelines(build)[1]}", error
    assert error.remedy or error.available, error
    return error


COMPARISONS: list[Callable[[], object]] = [
    lambda: link.state == "down",
    lambda: link.state != "down",
    lambda: "down" == link.state,  # noqa: SIM300  # as some write it
    lambda: never((link.state == "down") & other.up),
    lambda: on("take_over", unless=link.state == "down"),
    lambda: if_else(link.state == "down", 1, 0),
    lambda: all_of([link.up, link.in_states == "down"]),
    lambda: link.variable == 3,
    lambda: link.array == 1,
    lambda: link.machine == link.up,
    lambda: link.live == True,  # noqa: E712  # the method of that name; the mistake under test
    lambda: left.is_in == 3,
    lambda: link.up.implies != other.up,
    lambda: system.component == "link",
    lambda: system.event == "link_fails",
    lambda: link == "down",
    lambda: link != "down",
    lambda: link == None,  # noqa: E711  # the mistake under test
    lambda: link != 1.5,
    lambda: slot == [True, True],
    lambda: system == "links",
    lambda: system != None,  # noqa: E711  # the mistake under test
    lambda: hours(3) == 3,
    lambda: hours(3) != 3.0,
]


@pytest.mark.parametrize("compare", COMPARISONS, ids=lambda c: inspect.getsource(c).strip())
def test_what_is_no_value_is_not_compared(compare: Callable[[], object]) -> None:
    assert refused(compare).code == "DR102"


OTHER_USES: list[Callable[[], object]] = [
    lambda: not link.state,
    lambda: link.state and other.up,
    lambda: link.state & other.up,
    lambda: other.up | link.state,
    lambda: ~link.state,
    lambda: link.state < 3,
    lambda: 3 + link.variable,
    lambda: "up" in link.state,
    lambda: link.array[0],
    lambda: system & link.up,
    lambda: always(link.up) and always(other.up),
    lambda: always(link.up) & always(other.up),
    lambda: not never(link.up),
    lambda: on("x") or on("y"),
    lambda: outcome("up") | outcome("down"),
    lambda: event("x") or event("y"),
    lambda: Site(link, [other]) and None,
    lambda: weakly_fair("x") or weakly_fair("y"),
    lambda: weakly_fair("x") & weakly_fair("y"),
    lambda: stated()(lambda d: always(d.link.up)) and None,
]


@pytest.mark.parametrize("use", OTHER_USES, ids=lambda c: inspect.getsource(c).strip())
def test_what_is_no_value_has_no_truth_and_no_operators(use: Callable[[], object]) -> None:
    assert refused(use).code == "DR102"


def test_the_remedy_names_what_is_to_be_written() -> None:
    assert refused(lambda: link.state == "down").remedy == "write link.down for the state down, ~link.down for any other"
    assert refused(lambda: link.state == "off").remedy == "write link.up for the state up, ~link.up for any other"
    hidden = 'link.state("live")'
    assert refused(lambda: link.state == "live").remedy == f"write {hidden} for the state live, ~{hidden} for any other"
    assert refused(lambda: link.live & link.up).remedy == f"the state is {hidden}"
    attribute = refused(lambda: link.variable.left)
    assert (attribute.code, attribute.remedy) == ("DR104", 'call it: link.variable("...")')


def test_what_identity_is_meant_for_stays() -> None:
    assert all((link, slot, system))  # as where a part of a design may be None
    assert link in [other, link]
    assert link != other
    assert {link: 1, other: 2}[other] == 2
    assert system == system  # identity
    assert system != compose("links", [Component("link", ["up"])])
    assert link.state == link.state  # the same method of the same component
    assert link.state("up").states == ("up",)
    assert str(inspect.signature(link.state)) == "(name: 'str') -> 'Expression'"
    assert isinstance(compose("once_more", [Component("c", ["s"])]), System)
    assert link.initial == "up"  # a name is a Python string, and can be a key
    assert hours(3) == hours(3)
    assert {hours(3): "long", 180: "many"}[hours(3)] == "long"


def test_a_comparison_in_a_design_is_an_error_at_its_line() -> None:
    @design(title="A server and a link")
    def served() -> System:
        line = Component("line", ["up", "down"], transitions=[on("fails", "up", "down"), on("mended", "down", "up")])
        server = Component("server", ["idle", "busy"], transitions=[
            on("take_over", "idle", "busy",
               when=line.state != "up"),
        ])  # fmt: skip
        return compose("served", [line, server])

    with pytest.raises(DrcheckError, match=r"\[DR102\] `state` of .*compared with 'up' by !=") as caught:
        served()
    assert 'when=line.state != "up"' in HERE.read_text().splitlines()[caught.value.place.line - 1]
