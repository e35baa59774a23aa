"""The way back to service: held against backward reachability by plain graph search, and what is told and refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import strategies as st

from drcheck import (
    Age,
    Component,
    Counter,
    Property,
    System,
    compose,
    design,
    hours,
    leads_to,
    on,
    outcome,
    stated,
    worst_case,
)
from drcheck.answers.returning import Everywhere, Needs, recover
from drcheck.answers.runbook import OPERATORS, WAIT
from drcheck.answers.service import CAN_ALWAYS, CONDITION, GOAL, MEASURED, service_of
from drcheck.cli.main import run
from drcheck.designs.design import Design
from drcheck.engines.protocol import Limits
from drcheck.errors import PropertyError
from drcheck.examples import pair
from drcheck.logic.properties import Statement
from drcheck.report.returning import everywhere_data, states_text
from drcheck.system.path_text import path_of
from drcheck.system.system import Event, State
from tests.support.generated import on_generated, some
from tests.support.generators import Built
from tests.support.naive import World

MOST = 120


def composed(worn: bool, properties: Sequence[Statement] = ()) -> System:
    """A server with a disk that may be lost for good, a link from outside, and time after which it is too late."""
    age = Age("age", cap=hours(3))
    server = Component(
        "server",
        ["up", "down", "dead"],
        variables=[age],
        transitions=[
            on("fails", "up", "down", kind="environment", fault="failure", then={age: 0}),
            on(
                "start",
                "down",
                when=age < hours(2),
                kind="operator",
                doc="Start it.",
                outcomes=[outcome("up"), outcome("down")],
            ),
            on("wears_out", "up", "dead", kind="environment", fault="wear"),
            on("tick", "down", then={age: age + 1}),
        ],
    )
    link = Component(
        "link",
        ["up", "cut"],
        transitions=[
            on("cut", "up", "cut", fault="cut", kind="environment"),
            on("mended", "cut", "up", kind="environment"),
        ],
    )
    faults = {"failure": 1, "cut": 2, **({"wear": 1} if worn else {"wear": 0})}
    return compose("shop", [server, link], tick=hours(1), faults=faults, properties=properties)


@design
def shop(worn: bool = False) -> System:
    return composed(worn)


@stated()
def comes_back(d: System) -> Property:
    """After a failure the server is up again, in time."""
    return leads_to(d.server.down, d.server.up & d.link.up)


@design
def stating() -> System:
    """The same, with a property that has a goal and declares no service."""
    return composed(False, [comes_back])


def as_design(system: System) -> Design:
    def made() -> System:
        return system

    return design(made)


# -- on generated systems ----------------------------------------------------------------------------------------------
def mixed(built: Built, data: st.DataObject) -> System:
    """The system with some events from outside."""
    events = []
    for one in built.system.events:
        outside = not one.is_tick and data.draw(st.integers(0, 3)) == 0
        events.append(replace(one, kind="environment") if outside else one)
    return replace(built.system, events=tuple(events))


def allowed(one: Event, outside: bool) -> bool:
    return one.fault is None and (outside or one.kind != "environment")


def assert_everywhere(built: Built, data: st.DataObject) -> None:
    system, outside = mixed(built, data), data.draw(st.booleans())
    component = data.draw(st.sampled_from(system.components))
    name = data.draw(st.sampled_from(component.states))
    answer = recover(as_design(system), goal=f"{component.name}.{name}", outside=outside)
    found, world = answer.everywhere, World.of(system)
    if not found.states:  # a component that never leaves its state
        return
    control, wanted = system.control_of[component.name], component.states.index(name)
    serving = {state for state in world.steps if state[control] == wanted}
    by_name = {e.name: e for e in system.events}
    means = nx.MultiDiGraph()
    means.add_nodes_from(world.steps)
    everything = nx.MultiDiGraph()
    everything.add_nodes_from(world.steps)
    for state, steps in world.steps.items():
        for name_, target in steps:
            everything.add_edge(state, target, event=name_)
            if allowed(by_name[name_], outside):
                means.add_edge(state, target)
    lengths = nx.multi_source_dijkstra_path_length(means.reverse(), serving) if serving else {}
    lost = world.steps.keys() - lengths.keys()
    assert (found.states, found.serving, found.lost, found.open) == (len(world.steps), len(serving), len(lost), 0)
    assert found.back == len(lengths) - len(serving)
    helped = {s for s in lost if serving and any(nx.has_path(everything, s, goal) for goal in serving)}
    assert found.needs.get(Needs.NOTHING, 0) == len(lost) - len(helped)
    depth = {
        state: min(n for i in world.initial if (n := far(everything, i, state)) is not None) for state in world.steps
    }
    farthest = max(lengths.values(), default=0)
    assert (found.farthest is None) is (farthest == 0)
    if found.farthest is not None:
        steps = found.farthest.steps
        assert len(steps) == farthest == lengths[found.farthest.start.states[-1]]
        assert steps[-1].after in serving
        assert all(allowed(step.event, outside) for step in steps)
        assert sum(step.steps for step in found.farthest.runbook) == len(steps)
    assert (found.first_lost is None) is (not lost)
    if found.first_lost is not None:
        assert found.first_lost.states[-1] in lost
        assert len(found.first_lost) == min(depth[state] for state in lost)
    crossing = {(s, e, t) for s, steps in world.steps.items() for e, t in steps if s in lengths and t in lost}
    told = {point.event.name for point in found.points}
    assert told == {e for _, e, _ in crossing}
    for point in found.points:
        assert (point.trace.steps[-1].before, point.event.name, point.trace.steps[-1].after) in crossing
        assert len(point.trace) >= 1 + min(depth[s] for s, e, _ in crossing if e == point.event.name)
    shortest = {name: min(len(p.trace) for p in found.points if p.event.name == name) for name in told}
    assert shortest == {name: 1 + min(depth[s] for s, e, _ in crossing if e == name) for name in told}
    assert [len(p.trace) for p in found.points] == sorted(len(p.trace) for p in found.points)
    trace = found.first_lost or (None if found.farthest is None else found.farthest.start)
    if trace is None:
        return
    here = recover(as_design(system), goal=f"{component.name}.{name}", at=str(path_of(trace)), outside=outside).here
    assert here is not None
    assert here.certain
    if trace.states[-1] in lengths:
        assert here.way is not None
        assert len(here.way.steps) == lengths[trace.states[-1]]
    else:
        assert here.way is None
        can = [position for position, state in enumerate(trace.states) if state in lengths]
        assert here.lost_with == (can[-1] + 1 if can else 0)


def far(graph: nx.MultiDiGraph, one: State, other: State) -> int | None:
    return nx.shortest_path_length(graph, one, other) if nx.has_path(graph, one, other) else None


@pytest.mark.parametrize("kind", ["any", "twins"])
def test_what_can_come_back_is_what_plain_search_backwards_finds(kind: str) -> None:
    on_generated(kind, 0, assert_everywhere, examples=some(0.015), most=MOST, escapes=False)


# -- what service is -----------------------------------------------------------------------------------------------------
def test_what_a_design_declares_comes_first() -> None:
    service, _ = service_of(pair)
    assert (service.how, service.name, service.text) == (CAN_ALWAYS, "the_server_can_serve_again", "primary.up")
    assert service.others == ("longest_wait",)


def test_another_is_named_by_its_property_or_written() -> None:
    assert service_of(pair, goal="service_comes_back")[0].how == GOAL
    assert service_of(pair, goal="somebody_serves")[0].text == "primary.up or standby.in_service"
    assert service_of(pair, goal="standby.idle")[0].how == CONDITION
    service, _ = service_of(pair, goal="longest_wait")
    assert service.how == MEASURED
    assert service.text == "standby.waited = 0, also when time passes"


def test_what_counts_the_time_without_is_zero_and_stays_so() -> None:
    away = Age("away", cap=hours(9))
    server = Component(
        "server", ["up", "down"], transitions=[on("fails", "up", "down", fault="f"), on("start", "down", "up")]
    )
    clock = Component(
        "clock",
        ["on"],
        variables=[away],
        transitions=[on("tick", when=server.down, then={away: away + 1}), on("tick", then={away: 0})],
    )

    @stated(measures="time_back")
    def time_back(d: System) -> Property:
        return worst_case(d.clock.away)

    @design
    def timed() -> System:
        return compose("timed", [server, clock], tick=hours(1), faults={"f": 1}, properties=[time_back])

    answer = recover(timed)
    assert answer.service.how == MEASURED
    assert answer.everywhere.farthest is not None
    back = [step.event.name for step in answer.everywhere.farthest.steps]
    assert back == ["start", "tick"], "in the state right after the failure the clock is zero, and service is away"


def test_where_nothing_is_declared_it_is_refused() -> None:
    with pytest.raises(PropertyError) as caught:
        recover(stating)
    assert caught.value.code == "DR324"
    assert "comes_back" in caught.value.available
    assert "--goal" in str(caught.value)


# -- what is found -------------------------------------------------------------------------------------------------------
def test_the_way_back_is_a_runbook() -> None:
    here = recover(shop, goal="server.up", at="fails tick").here
    assert here is not None
    assert here.way is not None
    (step,) = here.way.runbook
    assert (step.who, step.does, step.doc) == (OPERATORS, "start", "Start it.")
    assert step.before == ("server.down", "server.age < 2h")
    assert step.changes == ("server down -> up",)
    assert step.otherwise == ("nothing changes",)
    assert step.line == "1. operators: start (Start it.)"


def test_waiting_is_one_step() -> None:
    here = recover(shop, goal="server.age == 3h", at="fails tick").here
    assert here is not None
    assert here.way is not None
    assert [(step.who, step.does, step.at, step.steps) for step in here.way.runbook] == [(WAIT, "2h", "2h", 2)]


def test_time_is_a_point_of_no_return() -> None:
    found = recover(shop, {"worn": True}, goal="server.up").everywhere
    assert [(p.event.name, p.needs, p.faults) for p in found.points] == [
        ("wears_out", Needs.NOTHING, 1),
        ("tick", Needs.NOTHING, 1),
    ]
    assert found.first_lost is not None
    assert [step.event.name for step in found.first_lost.steps] == ["wears_out"]


def test_what_comes_from_outside_helps_where_it_may() -> None:
    without, with_it = (
        recover(shop, goal="server.up & link.up", outside=outside).everywhere for outside in (False, True)
    )
    assert [(p.event.name, p.needs) for p in without.points] == [
        ("cut", Needs.OUTSIDE),
        ("tick", Needs.NOTHING),
    ]
    assert [p.event.name for p in with_it.points] == ["tick"]


def test_where_it_was_lost_is_the_last_step_before_which_there_was_a_way() -> None:
    here = recover(shop, goal="server.up & link.up", at="cut mended fails cut").here
    assert here is not None
    assert here.way is None
    assert here.lost_with == 4


def test_a_search_that_stopped_early_is_no_proof() -> None:
    n, m = Counter("n", 299), Counter("m", 299)
    rows = [
        on("more", "a", when=n < 299, then={n: n + 1}),
        on("also", "a", when=m < 299, then={m: m + 1}),
        on("lost", "a", "b", when=(n == 5) & (m == 5), fault="f"),
    ]
    part = Component("part", ["a", "b"], variables=[n, m], transitions=rows)
    system = compose("many", [part], faults={"f": 1})
    answer = recover(as_design(system), goal="(part.n == 9) & part.a", limits=Limits(states=2_000))
    found = answer.everywhere
    assert not found.whole
    assert "the limit of 2,000 states" in found.reason
    assert found.open > 0
    assert (found.lost > 0, found.needs.get(Needs.OPEN, 0)) == (True, 0)
    whole = recover(as_design(system), goal="(part.n == 9) & part.a").everywhere
    assert whole.whole
    assert whole.open == 0
    assert found.lost <= whole.lost


def test_what_rests_on_a_cap_is_no_proof_either() -> None:
    age = Age("age", cap=hours(2))
    part = Component(
        "part",
        ["a", "b"],
        variables=[age],
        transitions=[on("tick", then={age: age + 1}), on("back", "a", "b", when=age - 1 > hours(1), kind="operator")],
    )
    found = recover(as_design(compose("s", [part], tick=hours(1))), goal="part.b").everywhere
    assert not found.whole
    assert "the cap of part.age" in found.reason


def test_what_was_not_examined_is_not_counted() -> None:
    nothing = Everywhere(9, 0, 0, 0, 9, {}, False, "the limit of 3 seconds passed before the graph was examined")
    said = states_text(everywhere_data(nothing))
    assert said.startswith(
        "9 states were found, and of none it is known whether it can come back: the limit of 3 seconds"
    )


# -- the command -------------------------------------------------------------------------------------------------------
SHOP = "tests.answers.test_returning:shop"


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = run(["recover", *words])
    out, err = capsys.readouterr()
    return status, out, err


def test_statuses_say_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, SHOP, "--goal", "server.up")[0] == 1
    assert said(capsys, SHOP, "--goal", "server.up", "--at", "fails")[0] == 0
    assert said(capsys, SHOP, "--goal", "server.up", "--at", "fails 2*tick")[0] == 1
    assert said(capsys, "drcheck.examples:pair", "--outside")[0] == 0


def test_what_is_said_of_all_states(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = said(capsys, SHOP, "--goal", "server.up & link.up")
    out = " ".join(out.split())
    assert " can come back with something from outside that is no fault, " in out
    assert " cannot come back by any steps whatever." in out
    assert "Points of no return" in out
    assert "environment (cut)" in out


def test_the_runbook_is_written_whole(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "made" / "runbook.md"
    status, out, _ = said(capsys, SHOP, "--goal", "server.up", "--at", "fails tick", "--output", str(page))
    assert status == 0
    assert f"written: {page}" in out
    text = page.read_text()
    assert "1. **operators** `start`: Start it." in text
    assert "   - before: `server.down`, `server.age < 2h`" in text
    assert "   - it may also end otherwise: `nothing changes`" in text
    assert said(capsys, SHOP, "--goal", "server.up", "--at", "fails tick", "--markdown")[1] == text


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("tests.answers.test_returning:stating",), "DR324"),
        ((SHOP, "--goal", "server.sideways"), "DR104"),
        ((SHOP, "--goal", "server.age"), "DR522"),
        ((SHOP, "--goal", "server.up", "--at", "start"), "DR521"),
        ((SHOP, "--goal", "server.up", "--at", "2*"), "DR520"),
        ((SHOP, "--goal", "server.up", "--output", "runbook.txt"), "DR401"),
        ((SHOP, "--goal", "server.up", "--output", "/proc/no/runbook.md"), "DR601"),
        (("drcheck.examples:pair", "--goal", "one_at_a_time_"), "DR"),
    ],
)
def test_what_cannot_be_asked_is_refused(words: tuple[str, ...], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(capsys, *words)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: [{code}")
