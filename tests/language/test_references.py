"""What is said of a component by its name means what it means said of the component itself."""

from __future__ import annotations

import pytest
from transitions import Machine

from drcheck import (
    Age,
    Array,
    Boolean,
    Choice,
    Component,
    Counter,
    Integer,
    System,
    always,
    any_of,
    compose,
    hours,
    if_else,
    never,
    on,
    outcome,
    reachable,
    remarks_of,
    standalone,
    state_of,
    variable_of,
    worst_case,
)
from drcheck.errors import DrcheckError
from drcheck.language.expressions import Expression
from drcheck.render.drawing import to_dot, to_mermaid, to_svg
from drcheck.render.machine import machine_diagram
from drcheck.render.structure import architecture
from drcheck.system.oracle import Oracle
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion


def pair(*, by_name: bool) -> System:
    """Two databases of which the second reads all kinds of things of the first, by their names or as objects."""
    lag, ready, mode = Counter("lag", 2, unit="rows"), Boolean("ready"), Choice("mode", ["off", "slow", "fast"])
    slot = Array("slot", Integer("row", 0, 2), 2)
    pg1 = Component(
        "pg1",
        ["standby", "down_disk", "down_power"],
        variables=[lag, ready, mode, slot],
        transitions=[
            on("breaks", "standby", outcomes=[outcome("down_disk", {ready: False}), outcome("down_power")]),
            on("works", "standby", then={lag: lag + 1, ready: ~ready, mode: "fast", slot[0]: 2}),
            on("mended", "down_*", "standby", then={lag: 0}),
        ],
    )
    reads: dict[str, Expression] = {
        "down": state_of("pg1", "down_*"),
        "lag": variable_of("pg1", "lag"),
        "ready": variable_of("pg1", "ready", bool),
        "mode": variable_of("pg1", "mode", ["off", "slow", "fast"]),
        "slot": variable_of("pg1", "slot[0]"),
    }
    if not by_name:
        reads = {"down": pg1.state("down_*"), "lag": pg1.lag, "ready": pg1.ready, "mode": pg1.mode, "slot": pg1.slot[0]}
    seen = Integer("seen", 0, 2)
    pg2 = Component(
        "pg2",
        ["standby", "primary"],
        variables=[seen],
        transitions=[
            on("promotes", "standby", "primary", when=reads["down"] & (reads["lag"] < 2), unless=reads["ready"]),
            on("looks", "standby", then={seen: if_else(reads["mode"] == "fast", reads["slot"], 1)}),
        ],
    )
    return compose("pair", [pg1, pg2])


def test_what_is_said_by_name_is_lowered_to_what_is_said_of_the_component() -> None:
    one, other = pair(by_name=True), pair(by_name=False)
    for a, b in zip(one.events, other.events, strict=True):
        assert (a.name, str(a.guard)) == (b.name, str(b.guard))
        assert [[(n, str(x)) for n, x in way.updates] for way in a.alternatives] == [
            [(n, str(x)) for n, x in way.updates] for way in b.alternatives
        ]


def test_live_machines_read_it_too() -> None:
    one, other = pair(by_name=True), pair(by_name=False)
    first, second = Oracle(one), Oracle(other)
    seen, waiting = {one.initial}, [one.initial]
    while waiting:
        state = waiting.pop()
        steps = first.successors(state)
        assert steps == second.successors(state)
        new = {step.target for step in steps if step.target is not None} - seen
        seen |= new
        waiting += new
    assert len(seen) > 20


def circular(name: str = "b") -> tuple[Component, Component]:
    """Each goes down only while the other is up; the first is made before the second."""
    a = Component("a", ["up", "down"], transitions=[on("a_down", "up", "down", when=state_of(name, "up"))])
    b = Component("b", ["up", "down"], transitions=[on("b_down", "up", "down", when=a.up)])
    return a, b


def test_guards_that_read_each_other() -> None:
    a, b = circular()
    both = compose("circular", [a, b])
    told = check(
        both, [never(a.down & b.down, name="never_both"), reachable(state_of("b", "down") & a.up, name="b_down")]
    )
    assert [v.conclusion for v in told] == [Conclusion.HOLDS] * 3
    assert told[0].run.exploration.states == 3


def test_a_component_with_references_can_be_part_of_several_systems() -> None:
    a, b = circular()
    other = Component("b", ["off", "up"], transitions=[on("b_up", "off", "up")])
    assert str(compose("one", [a, b]).event("a_down").guard) == "a = 0 and b = 0"
    assert str(compose("two", [a, other]).event("a_down").guard) == "a = 0 and b = 1"
    with pytest.raises(DrcheckError, match=r"DR115.*'bb'.*available: a, b"):
        compose("three", [*circular("bb")])


@pytest.mark.parametrize("wrong", [state_of("c", "up"), state_of("b", "upp")])
def test_what_is_part_of_no_event_is_checked_too(wrong: Expression) -> None:
    """A passive trigger that nobody brings about is never lowered."""
    value = Integer("n", 0, 1)
    a = Component(
        "a", ["s"], variables=[value], transitions=[on("go", then={value: if_else(wrong, 1, 0)}, passive=True)]
    )
    _, b = circular()
    with pytest.raises(DrcheckError, match=r"DR115|DR104"):
        compose("unsaid", [a, b])


def test_properties_say_it_with_units_and_remarks_read_it() -> None:
    system = pair(by_name=True)
    worst = check(system, worst_case(variable_of("pg1", "lag"), name="lag"))[1]
    assert worst.reason.startswith("at least 2 rows: the cap of pg1.lag")
    with pytest.raises(DrcheckError, match="DR104"):
        check(system, always(state_of("pg1", "up"), name="wrong"))
    gone = Age("gone", cap=hours(2))
    link = Component(
        "link",
        ["up", "down"],
        variables=[gone],
        transitions=[on("fails", "up", "down"), on("tick", "down", then={gone: gone + 1})],
    )
    early = Component(
        "early", ["s", "t"], transitions=[on("acts", "s", "t", when=variable_of("link", "gone") >= hours(3))]
    )
    found = {(r.code, r.subject) for r in remarks_of(compose("late", [early, link], tick=hours(1)))}
    assert ("DR807", "link.gone >= 3h") in found
    promise = never(variable_of("link", "gone") > 1, name="short")
    known = {r.code for r in remarks_of(compose("read", [link], tick=hours(1), properties=[promise]))}
    assert "DR805" not in known


def test_a_component_by_itself_shows_what_is_written_and_its_system_who_reads_whom() -> None:
    a, b = circular()
    drawn = machine_diagram(a)
    assert [edge.guard for edge in drawn.edges] == ["b.up"]
    assert drawn.reads == ("b.up",)
    for text in (to_svg(drawn), to_mermaid(drawn), to_dot(drawn)):
        assert "b.up" in text
    read = {(r.reader, r.owner) for r in architecture(compose("circular", [a, b])).reads}
    assert read == {("a", "b"), ("b", "a")}
    own = Component("own", ["s", "t"], transitions=[on("go", "s", "t", when=state_of("own", "s"))])
    assert [edge.guard for edge in machine_diagram(own).edges] == ["s"]


def test_it_runs_by_itself_with_what_it_reads() -> None:
    a, b = circular()
    for given in (state_of("b", "up"), b.up):
        machine = standalone(a, reads={given: True})
        machine.model.a_down()
        assert machine.model.state == "down"
    n = Integer("n", 0, 5)
    own = Component("own", ["s"], variables=[n], transitions=[on("more", "s", then={n: variable_of("own", "n") + 1})])
    machine = standalone(own)
    machine.model.more()
    assert machine.model.values == {"n": 1}
    lag = Counter("lag", 3)
    source = Component("source", ["s"], variables=[lag], transitions=[on("grows", "s", then={lag: lag + 1})])
    sink = Component(
        "sink",
        ["s"],
        variables=[m := Integer("m", 0, 5)],
        transitions=[
            on("takes", "s", then={m: variable_of("source", "lag")}),
        ],
    )
    machine = standalone(sink, reads={source.lag: 3})
    machine.model.takes()
    assert machine.model.values == {"m": 3}


def test_a_machine_that_is_taken_in_can_speak_of_what_comes_later() -> None:
    machine = Machine(states=["shut", "open"], initial="shut", auto_transitions=False)
    machine.add_transition("push", "shut", "open", conditions="paid")
    gate = Component.from_machine("gate", machine, conditions={"paid": state_of("office", "sold")})
    office = Component("office", ["idle", "sold"], transitions=[on("sells", "idle", "sold")])
    assert str(compose("station", [gate, office]).event("push").guard) == "gate = 0 and office = 1"


def test_the_fault_budget_can_be_read() -> None:
    wire = Component(
        "wire",
        ["up", "down"],
        transitions=[
            on("cut", "up", "down", fault="outage"),
            on("calm", "down", "up", when=variable_of("faults", "outage_left") == 0),
        ],
    )
    assert (
        str(compose("wired", [wire], faults={"outage": 1}).event("calm").guard) == "wire = 1 and faults.outage_left = 0"
    )
    with pytest.raises(DrcheckError, match="DR115"):
        compose("wired", [wire])


def test_quantifiers_and_arrays_of_names() -> None:
    names = ["n0", "n1", "n2"]
    nodes = [
        Component(
            name,
            ["follows", "leads"],
            transitions=[
                on("elected", "follows", "leads", internal=True, unless=any_of(names, lambda n: state_of(n, "leads")))
            ],
        )
        for name in names
    ]
    system = compose("ring", nodes)
    leaders = [node.leads for node in nodes]
    one = never((leaders[0] & leaders[1]) | (leaders[0] & leaders[2]) | (leaders[1] & leaders[2]), name="one")
    assert [v.conclusion for v in check(system, [one])] == [Conclusion.HOLDS] * 2
