"""Separating traces: held against a search of pairs of states by the live machines of both designs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

import pytest

from drcheck import (
    Age,
    Component,
    Counter,
    Duration,
    ParameterRole,
    System,
    compose,
    design,
    hours,
    leads_to,
    minutes,
    never,
    on,
)
from drcheck.answers.separating import TICK, Separating, separating
from drcheck.designs.design import Design
from drcheck.errors import DrcheckError
from drcheck.system.oracle import Oracle
from drcheck.system.system import State


def link(outages: int) -> tuple[Component, dict[str, int]]:
    rows = [
        on("link_fails", "up", "down", kind="environment", fault="outage"),
        on("link_restored", "down", "up", kind="environment"),
    ]
    return Component("link", ["up", "down"], transitions=rows), {"outage": outages}


@design
def waits(
    threshold: Annotated[Duration, "how long it waits"] = hours(2),
    outages: Annotated[int, "how many", range(4), ParameterRole.FAULT] = 1,
    tick: Duration = hours(1),
    crashes: bool = False,
    hurries: bool = False,
) -> System:
    """Keeps what comes while the link is down, up to a threshold, and loses the rest."""
    wire, faults = link(outages)
    kept, lost = Counter("kept", cap=9, cap_is="the disk"), Counter("lost", cap=9, cap_is="enough")
    late = Counter("late", cap=1, cap_is="enough")
    room = threshold.ticks(tick)
    store = Component(
        "store",
        ["works", *(["stopped"] if crashes else [])],
        variables=[kept, lost, late],
        transitions=[
            on("tick", "works", when=wire.up & (kept > 0), then={late: 1}),
            on("tick", "works", when=wire.down & (kept < room), then={kept: kept + 1}),
            on("tick", "works", when=wire.down, then={lost: lost + 1}),
            on("tick", "*"),
            on("empties", "works", when=wire.up & (kept > 0), then={kept: 0}, urgent=hurries),
            *([on("crashes", "works", "stopped", kind="environment", fault="crash")] if crashes else []),
        ],
    )
    stated = [never(lost > 0, name="nothing_lost"), never(lost > 1, name="little_lost")]
    stated += [never(wire.down, name="briefly"), never(late > 0, name="in_time")]
    stated.append(leads_to(wire.down, wire.up, name="comes_back"))
    budgets = {**faults, **({"crash": 1} if crashes else {})}
    return compose("waits", [wire, store], faults=budgets, tick=tick, properties=stated)


@design
def ages(
    patience: Annotated[Duration, "how long it holds out"] = hours(3),
    outages: Annotated[int, "how many", range(4), ParameterRole.FAULT] = 1,
) -> System:
    """Loses all once the link has been down for too long."""
    wire, faults = link(outages)
    age = Age("down_for", cap=patience)
    store = Component(
        "keeper",
        ["fine", "empty"],
        variables=[age],
        transitions=[
            on("tick", "fine", when=wire.down & (age < patience), then={age: age + 1}),
            on("tick", ["fine", "empty"]),
            on("gives_up", "fine", "empty", when=wire.down & (age == patience)),
            on("rests", "fine", when=wire.up & (age > 0), then={age: 0}),
        ],
    )
    stated = [never(store.empty, name="nothing_lost"), never(store.empty & wire.up, name="little_lost")]
    stated += [never(age > 1, name="briefly"), leads_to(wire.down, wire.up, name="comes_back")]
    return compose("ages", [wire, store], faults=faults, tick=hours(1), properties=stated)


@design
def keeps(outages: int = 1) -> System:
    """Loses nothing."""
    wire, faults = link(outages)
    lost = Counter("lost", cap=3)
    part = Component("safe", ["here"], variables=[lost], transitions=[on("tick", "here")])
    return compose(
        "keeps", [wire, part], faults=faults, tick=hours(1), properties=[never(lost > 0, name="nothing_lost")]
    )


Settings = dict[str, object]


def asked(
    one: Design,
    other: Design,
    name: str,
    mine: Settings,
    theirs: Settings,
    free: Collection[str] = (),
) -> Separating:
    statements = [next(s for s in d.statements(at) if s.name == name) for d, at in ((one, mine), (other, theirs))]
    return separating((one, other), (statements[0], statements[1]), (mine, theirs), free=free)


def shortest(one: System, other: System, bad: tuple[str, str], free: Collection[str] = ()) -> int | None:
    """The number of steps to the first pair of states in which the first is broken, by live machines alone."""
    oracles = Oracle(one), Oracle(other)

    def broken(side: int, state: State) -> bool:
        system = (one, other)[side]
        values = system.decode(state)
        return bool(eval(bad[side], {}, {k.replace(".", "_"): v for k, v in values.items()}))

    def joined(name: str, fault: object) -> bool:
        same = [e for e in other.events if e.name == name], [e for e in one.events if e.name == name]
        if name == "tick":
            return TICK not in free and bool(same[0]) and bool(same[1])
        return all(e and e[0].fault is not None for e in same) and not {name, fault} & set(free)

    level = [(one.initial, other.initial)]
    seen, depth = set(level), 0
    while level:
        following = []
        for a, b in level:
            bads = broken(0, a), broken(1, b)
            if bads == (True, False):
                return depth
            if any(bads):
                continue
            mine = [(one.events[s.event], s.target) for s in oracles[0].successors(a)]
            theirs = [(other.events[s.event], s.target) for s in oracles[1].successors(b)]
            pairs = [(t, b) for e, t in mine if not joined(e.name, e.fault)]
            pairs += [(a, t) for e, t in theirs if not joined(e.name, e.fault)]
            pairs += [(t, u) for e, t in mine for f, u in theirs if e.name == f.name and joined(e.name, e.fault)]
            for pair in pairs:
                if pair not in seen:
                    seen.add(pair)
                    following.append(pair)
        level, depth = following, depth + 1
    return None


BAD = {
    "nothing_lost": {waits: "store_lost > 0", ages: "keeper == 'empty'"},
    "little_lost": {waits: "store_lost > 1", ages: "keeper == 'empty' and link == 'up'"},
    "briefly": {waits: "link == 'down'", ages: "keeper_down_for > 1"},
    "in_time": {waits: "store_late > 0"},
}


@pytest.mark.parametrize("name", ["nothing_lost", "little_lost"])
@pytest.mark.parametrize(
    ("one", "other", "mine", "theirs", "free"),
    [
        (waits, ages, {}, {}, ()),
        (ages, waits, {}, {}, ()),
        (waits, waits, {"threshold": hours(1)}, {"threshold": hours(3)}, ()),
        (waits, waits, {"threshold": hours(3)}, {"threshold": hours(1)}, ()),
        (waits, waits, {}, {}, ()),
        (waits, waits, {"hurries": True}, {}, ()),
        (waits, ages, {"outages": 2, "hurries": True}, {"outages": 2}, ()),
        (waits, ages, {"crashes": True}, {}, ("crash",)),
        (ages, waits, {}, {"outages": 2}, ("outage",)),
        (waits, ages, {"threshold": hours(4)}, {}, ("tick",)),
        (waits, ages, {"tick": minutes(30), "threshold": hours(1)}, {}, ("tick",)),
    ],
)
def test_a_separating_trace_is_a_shortest_of_all_pairs(
    name: str, one: Design, other: Design, mine: Settings, theirs: Settings, free: Collection[str]
) -> None:
    found = asked(one, other, name, mine, theirs, free)
    _is_shortest(found, one, other, name, mine, theirs, free)


@pytest.mark.parametrize(
    ("one", "other", "name", "mine", "theirs", "there_is"),
    [
        (ages, waits, "briefly", {}, {}, False),  # it comes late, though the other is whole again by then
        (waits, ages, "briefly", {}, {}, True),
        (waits, waits, "in_time", {"hurries": True}, {}, False),  # time waits for what is urgent
        (waits, waits, "in_time", {}, {"hurries": True}, True),
    ],
)
def test_what_broke_before_and_what_is_urgent_counts(
    one: Design, other: Design, name: str, mine: Settings, theirs: Settings, there_is: bool
) -> None:
    found = asked(one, other, name, mine, theirs)
    assert (found.steps is not None) == there_is
    _is_shortest(found, one, other, name, mine, theirs, ())


def _is_shortest(
    found: Separating, one: Design, other: Design, name: str, mine: Settings, theirs: Settings, free: Collection[str]
) -> None:
    assert found.whole
    bad = BAD[name][one], BAD[name][other]
    length = shortest(one.build(mine), other.build(theirs), bad, free)
    assert (None if found.steps is None else len(found.steps)) == length
    if found.steps is None:
        return
    assert found.first is not None
    assert found.second is not None
    mine_, theirs_ = ([s.event.name for s in trace.steps] for trace in (found.first, found.second))
    assert [event for event, a, _ in found.steps if a] == mine_
    assert [event for event, _, b in found.steps if b] == theirs_
    both = [event for event, a, b in found.steps if a and b]
    assert set(both) <= {"tick", "link_fails"}
    if not free:
        assert (
            both
            == [e for e in mine_ if e in ("tick", "link_fails")]
            == [e for e in theirs_ if e in ("tick", "link_fails")]
        )


@pytest.mark.parametrize(
    ("mine", "theirs", "free", "said"),
    [
        ({"tick": minutes(30)}, {}, (), r"\[DR221\].*a tick is 30m .* and 1h .*--free tick"),
        ({"crashes": True}, {}, (), r"\[DR221\].*the fault crashes \(crash\).*--free crashes"),
        ({"outages": 2}, {}, (), r"\[DR221\].*2 faults of kind outage at most .* and 1 .*--free outage"),
    ],
)
def test_other_faults_are_refused(mine: Settings, theirs: Settings, free: Collection[str], said: str) -> None:
    for one, other, a, b in ((waits, ages, mine, theirs), (ages, waits, theirs, mine)):
        with pytest.raises(DrcheckError, match=r"\[DR221\]"):
            asked(one, other, "nothing_lost", a, b, free)
    with pytest.raises(DrcheckError, match=said):
        asked(waits, ages, "nothing_lost", mine, theirs, free)


def test_a_promise_about_executions_tells_nothing_apart() -> None:
    with pytest.raises(DrcheckError, match=r"\[DR330\] comes_back"):
        asked(waits, ages, "comes_back", {}, {})
