"""What is written where something else is meant, and is refused instead of silently meaning another thing."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest

from drcheck import (
    Array,
    Boolean,
    Choice,
    Component,
    Counter,
    Finding,
    Site,
    System,
    all_of,
    always,
    any_of,
    can_always,
    compose,
    count,
    deadlock_free,
    design,
    event,
    eventually,
    hours,
    if_else,
    leads_to,
    ltl,
    never,
    on,
    outcome,
    reachable,
    stated,
    strongly_fair,
    structure,
    total,
    weakly_fair,
    whenever,
    worst_case,
)
from drcheck.errors import DrcheckError

HERE = Path(__file__)
left = Counter("left", cap=3)
slot = Array("slot", Boolean("full"), 2)
link = Component(
    "link",
    ["up", "down", "live"],
    variables=[left, slot],
    transitions=[on("link_fails", "up", "down"), on("link_restored", "down", "up"), on("on_air", "up", "live")],
)
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
    lambda: link.live == link.up,
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
    assert (
        refused(lambda: link.state == "down").remedy == "write link.down for the state down, ~link.down for any other"
    )
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
        server = Component(
            "server", ["idle", "busy"], transitions=[on("take_over", "idle", "busy", when=line.state != "up")]
        )
        return compose("served", [line, server])

    with pytest.raises(DrcheckError, match=r"\[DR102\] `state` of .*compared with 'up' by !=") as caught:
        served()
    assert 'when=line.state != "up"' in HERE.read_text().splitlines()[caught.value.place.line - 1]


# -- sets where the order means something -------------------------------------------------------------------------------
UNORDERED: list[Callable[[], object]] = [
    lambda: Component("c", {"s", "t"}),  # type: ignore[arg-type]
    lambda: Component("c", ["s"], variables={Counter("x", 3)}),
    lambda: Component("c", ["s"], variables=frozenset({Counter("x", 3)})),
    lambda: Component("c", ["s"], variables={Counter("x", 3): 0}),
    lambda: Component("c", ["s"], transitions={on("go", "s")}),
    lambda: Component("c", ["s"], transitions={on("go", "s"): "why"}),
    lambda: Component("c", {"s": 1}.keys() & {"s"}),  # type: ignore[arg-type]
    lambda: on("go", {"s", "t"}),  # type: ignore[arg-type]
    lambda: on("go", "s", outcomes={outcome("s")}),  # type: ignore[arg-type]
    lambda: Choice("x", {"a", "b"}),  # type: ignore[arg-type]
    lambda: compose("s", {Component("c", ["s"])}),
    lambda: compose("s", [link], events={event("link_fails")}),  # type: ignore[arg-type]
    lambda: compose("s", [link], sites={Site(link, [other])}),  # type: ignore[arg-type]
    lambda: compose("s", [link], properties={always(link.up)}),  # type: ignore[arg-type]
    lambda: Site(link, {other}),  # type: ignore[arg-type]
    lambda: all_of({link.up, other.up}),
    lambda: any_of({link.up}),
    lambda: count({link, other}, lambda c: c.up),
    lambda: total({left}),
    lambda: eventually(link.up, fairness={weakly_fair("time")}),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("build", UNORDERED, ids=lambda c: inspect.getsource(c).strip())
def test_a_set_is_no_list(build: Callable[[], object]) -> None:
    assert refused(build).code == "DR123"


def test_what_has_an_order_is_a_list() -> None:
    parts = {name: Counter(name, 3) for name in ("b", "a", "c")}
    made = Component("c", ["s"], variables=parts.values(), transitions=(on(t, "s") for t in ("y", "x")))
    assert [v.name for v in made.variables] == ["b", "a", "c"]
    assert made.triggers == ("y", "x")
    states = dict.fromkeys(["two", "one"])
    two = Component("d", states.keys(), transitions=[on("go", "two", "one")])  # type: ignore[arg-type]
    assert two.states == ("two", "one")
    assert str(all_of(c.up for c in {link: 1, other: 2})) == "link.up and other.up"


@pytest.mark.parametrize("values", [{1, 2}, [1, 2], {1: "one"}, "a second text"], ids=str)
def test_values_of_a_parameter_that_would_be_lost_are_refused(values: Any) -> None:
    def sized(n: int = 1) -> System:
        return system

    sized.__annotations__["n"] = Annotated[int, "how many", values]
    with pytest.raises(DrcheckError, match=r"\[DR205\].*which would be lost"):
        design(sized)


# -- arguments of properties --------------------------------------------------------------------------------------------
up, down = link.up, link.down
WRONG: list[Callable[[], object]] = [
    lambda: always(left),
    lambda: never("up"),
    lambda: whenever(up, left),
    lambda: reachable(None),
    lambda: deadlock_free(except_where=link),
    lambda: leads_to(up, [down]),
    lambda: eventually(always(up)),
    lambda: can_always(1),
    lambda: ltl(left),
    lambda: worst_case(up),
    lambda: worst_case(left, at_most="4"),
    lambda: worst_case(left, at_most=math.nan),
    lambda: worst_case(left, at_most=4.0),
    lambda: worst_case(left, at_most=True),
    lambda: worst_case(left, at_most=left),
    lambda: structure(1, "evidence"),
    lambda: structure(True, evidence=None),
    lambda: leads_to(up, down, fairness="time"),
    lambda: eventually(up, fairness=["automatic"]),
    lambda: ltl(up, fairness=3),
    lambda: eventually(up, fairness=[weakly_fair("time"), None]),
    lambda: eventually(up, fairness=weakly_fair),
    lambda: weakly_fair(),
    lambda: weakly_fair(["a", "b"]),
    lambda: strongly_fair(3),
    lambda: strongly_fair(""),
    lambda: Finding(3, "why"),
    lambda: Finding("title", "why", chart="yes"),
    lambda: Finding("what", None),
    lambda: Finding("what", "why", repair=5),
    lambda: Finding("what", "why", repaired=["fencing"]),
    lambda: always(up, fairness=weakly_fair("time")),
    *[
        lambda make=make, detail=detail, value=value: make(**{detail: value})  # type: ignore[misc]
        for make in (
            lambda **d: always(up, **d), lambda **d: never(up, **d), lambda **d: whenever(up, down, **d),
            lambda **d: reachable(up, **d), lambda **d: deadlock_free(**d), lambda **d: leads_to(up, down, **d),
            lambda **d: eventually(up, **d), lambda **d: ltl(up, **d), lambda **d: can_always(up, **d),
            lambda **d: worst_case(left, **d), lambda **d: structure(True, "looked at", **d), lambda **d: stated(**d),
        )
        for detail, value in (
            ("claims", 5), ("claims", {"a"}), ("claims", [3]), ("source", 4), ("source", None), ("assumptions", 1.5),
            ("given", 3), ("given", ["x"]), ("given", {3: 4}), ("finding", "known"), ("name", 3), ("name", ["p"]),
        )
    ],
]  # a case a row  # fmt: skip


@pytest.mark.parametrize("build", WRONG, ids=range(len(WRONG)))
def test_a_wrong_argument_of_a_property_is_an_error_at_its_line(build: Callable[[], object]) -> None:
    with pytest.raises(DrcheckError) as caught:
        build()
    error = caught.value
    assert error.code in ("DR102", "DR302", "DR309", "DR123")
    assert error.place is not None
    assert error.place.file == str(HERE)
    assert error.remedy or error.available or error.code in ("DR102", "DR302"), error
