"""Traces told: the slice is held against generated executions with everything else changed, folding against all foldings.

`DRCHECK_EXAMPLES` sets how many walks are drawn, `DRCHECK_SEED` which ones.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from drcheck import (
    Array,
    Boolean,
    Choice,
    Component,
    Counter,
    Integer,
    compose,
    deadlock_free,
    hours,
    leads_to,
    never,
    on,
    worst_case,
)
from drcheck.errors import ModelError
from drcheck.system.oracle import Oracle
from drcheck.system.system import State, System
from drcheck.system.trace import Trace, TraceStep
from drcheck.telling.folding import Part, folded
from drcheck.telling.mattering import Mattering, mattering
from drcheck.telling.reasons import Reasons
from drcheck.telling.telling import LIMIT, Between, tell
from drcheck.verdicts.check import check
from tests.support.generators import Case, systems

EXAMPLES = int(os.environ.get("DRCHECK_EXAMPLES", "1000")) // 100
SEED = int(os.environ.get("DRCHECK_SEED", "2"))


def walk(system: System, length: int, random: Random) -> Trace:
    """A random execution, which may end with a step that leaves a domain."""
    oracle, steps = Oracle(system), list[TraceStep]()
    state: State = system.initial
    for _ in range(length):
        found = oracle.successors(state)
        if not found:
            break
        step = random.choice(found)
        steps.append(
            TraceStep(system.events[step.event], step.alternative, state, step.target, step.escape, step.chosen)
        )
        if step.target is None:
            break
        state = step.target
    return Trace(system, tuple(steps))


def disturbed(state: Sequence[int], needed: Collection[int], system: System, random: Random) -> State:
    """The same state with other values of all cells that are not needed and that some event writes."""
    written = frozenset().union(*(event.writes for event in system.events))
    return tuple(
        random.randint(cell.domain.low, cell.domain.high) if n in written and n not in needed else value
        for n, (cell, value) in enumerate(zip(system.cells, state, strict=True))
    )


def holds_up(slice: Mattering, random: Random) -> None:
    """What does not matter may change: the steps that matter can be taken, and write what they wrote where it is needed."""
    trace, system = slice.trace, slice.trace.system
    oracle = Oracle(system)
    for number, step in enumerate(trace.steps):
        before = disturbed(step.before, slice.needed[number].keys(), system, random)
        way = step.event.alternatives[step.alternative]
        if step.after is None:
            continue
        if not slice.matters(number):
            assert all(step.before[cell] == step.after[cell] for cell in slice.needed[number + 1])
            assert slice.needed[number].keys() >= slice.needed[number + 1].keys()
            continue
        assert oracle.holds(step.event.guard, before)
        assert way.guard is None or oracle.holds(way.guard, before)
        updates = dict(way.updates)
        for cell in slice.needed[number + 1]:
            new = oracle.value(updates[cell], before) if cell in updates else before[cell]
            assert new == step.after[cell], system.cells[cell].name


def alone(slice: Mattering) -> State:
    """The state after the steps that matter, taken alone on live machines."""
    system, state = slice.trace.system, slice.trace.initial
    oracle = Oracle(system)
    for number in slice.steps:
        step = slice.trace.steps[number]
        found = [
            s
            for s in oracle.successors(state)
            if system.events[s.event] is step.event and s.alternative == step.alternative
        ]
        assert len(found) == 1, f"step {number + 1}, {step.event.name}"
        assert found[0].target is not None
        state = found[0].target
        assert all(state[cell] == step.after[cell] for cell in slice.needed[number + 1])  # type: ignore[index]
    return state


@seed(SEED)
@settings(max_examples=EXAMPLES)
@given(case=systems(), number=st.integers(0, 1 << 30))
def test_what_is_set_aside_bears_on_nothing_that_is_shown(case: Case, number: int) -> None:
    """On random executions, for what is asked of single states; and the reasons of each value are reasons of it."""
    built, random = case.build(), Random(number)
    system, oracle = built.system, Oracle(built.system)
    trace = walk(system, 12, random)
    whole = all(step.after is not None for step in trace.steps)
    for item, node in zip(
        [*map(never, built.watches), *map(worst_case, built.maxima)],
        [*built.lowered_watches, *built.lowered_maxima],
        strict=True,
    ):
        slice = mattering(trace, item)
        last, value = trace.states[-1], oracle.value(node, trace.states[-1])
        reason = Reasons(last)
        assert reason.value(node) == value
        assert oracle.value(node, disturbed(last, reason.of(node), system, random)) == value
        holds_up(slice, random)
        told = tell(trace, item)
        assert told.unfolded() == list(trace.steps)
        if whole:
            assert oracle.value(node, disturbed(last, slice.needed[-1].keys(), system, random)) == value
            ordered = mattering(trace, item, order=True)
            assert set(slice.steps) <= set(ordered.steps)
            assert oracle.value(node, alone(ordered)) == value


@seed(SEED)
@settings(max_examples=EXAMPLES)
@given(case=systems(), number=st.integers(0, 1 << 30))
def test_a_cycle_stays_whole(case: Case, number: int) -> None:
    """All of it matters, and what one round needs, the round before it needs at its end."""
    built, random = case.build(), Random(number)
    goal, trigger = built.lowered_watches[0], built.lowered_watches[-1]
    (_, verdict) = check(built.system, [leads_to(built.watches[-1], built.watches[0])], engine="python")
    trace = verdict.trace
    if trace is None:
        return
    slice = mattering(trace, verdict.property)
    holds_up(slice, random)
    oracle, waits = Oracle(built.system), False
    for n, state in enumerate(trace.states):
        other = disturbed(state, slice.needed[n].keys(), built.system, random)
        waits = waits or (oracle.holds(trigger, other) and not oracle.holds(goal, other))
    assert waits
    assert not oracle.holds(goal, other)
    if trace.loop is None:
        assert not any(
            oracle.holds(event.guard, other) for event in built.system.events if len(event.alternatives) == 1
        )
    else:
        assert set(range(trace.loop, len(trace))) <= set(slice.steps)
        assert slice.needed[trace.loop].keys() <= slice.needed[-1].keys()
    assert tell(trace, verdict.property).unfolded() == list(trace.steps)


@settings(max_examples=100)
@given(items=st.lists(st.integers(0, 2), max_size=12), border=st.integers(0, 12))
def test_folding_loses_nothing_and_has_the_fewest_parts(items: list[int], border: int) -> None:
    parts = folded(items, {border})
    assert [n for part in parts for n in range(part.first, part.last + 1)] == list(range(len(items)))
    assert all(part.first == border or not part.first < border <= part.last for part in parts)
    for part in parts:
        rounds = [items[n : n + part.period] for n in range(part.first, part.last + 1, part.period)]
        assert len(rounds) == part.times
        assert all(found == rounds[0] for found in rounds)
    assert len(parts) == fewest(items, border)


def fewest(items: Sequence[int], border: int) -> int:
    """By trying every first part."""
    least = [0] * (len(items) + 1)
    for first in range(len(items) - 1, -1, -1):
        parts = [
            part
            for period in range(1, len(items) - first + 1)
            for times in range(1, (len(items) - first) // period + 1)
            for part in [Part(first, period, times)]
            if (times > 1 or period == 1) and not first < border <= part.last
            if all(items[n] == items[first + (n - first) % period] for n in range(first, part.last + 1))
        ]
        least[first] = 1 + min(least[part.last + 1] for part in parts)
    return least[0]


def relay(rounds: int) -> System:
    """A site is lost, then each hour a server takes an hour's data over, and a lamp that nobody reads blinks."""
    kept = Counter("kept", cap=rounds, unit="intervals")
    lit, lost = Boolean("lit"), Boolean("lost")
    server = Component(
        "server",
        states=["idle", "working"],
        variables=[kept],
        transitions=[
            on("server_takes", "idle", "working", when=lost),
            on("tick", "working", "idle", then={kept: kept + 1}),
        ],
    )
    site = Component(
        "site",
        states=["on"],
        variables=[lost],
        transitions=[on("site_lost", "on", then={lost: True}, kind="environment")],
    )
    lamp = Component("lamp", states=["on"], variables=[lit], transitions=[on("tick", "on", then={lit: ~lit})])
    return compose("relay", [site, server, lamp], tick=hours(1))


def test_rounds_are_folded_and_values_have_units() -> None:
    system = relay(20)
    (_, verdict) = check(system, [never(system.server.variable("kept") == 20)])
    assert verdict.trace is not None
    told = tell(verdict.trace, verdict.property)
    assert told.text() == [
        "     1.    0  site lost [environment]: site.lost is true",
        "  2-41.  20h  20 times: server takes, an hour passes: server.kept 0 -> 20 intervals",
        "              = the promise does not hold",
    ]
    assert told.lines[1].why[0] == "server is read by step 3, tick (guard)"


def test_values_are_told_in_sentences_where_there_are_some() -> None:
    lost = Array("lost", Integer("n", 0, 2, unit="hours", told="{value} of {of} are lost"), 2, of=["voice", "chat"])
    rows = [on("drops", "on", when=lost[0] < 2, then={lost[0]: lost[0] + 1, lost[1]: lost[0]})]
    system = compose("dropping", [Component("line", ["on"], variables=[lost], transitions=rows)])
    (_, verdict) = check(system, [never((lost[0] == 2) & (lost[1] == 1))])
    assert verdict.trace is not None
    (line,) = tell(verdict.trace, verdict.property).lines
    assert line.changes == ("2 hours of voice are lost (before: 0)", "1 hour of chat are lost (before: 0)")
    for pair in ("on", ("on",), ("on", ""), ("on", 3)):
        with pytest.raises(ModelError, match="told is two sentences, the first where it is true"):
            Boolean("b", told=pair)  # type: ignore[arg-type]
    for wrong in (lambda: Integer("n", 0, 1, told="lost"), lambda: Counter("n", 1, told=3)):  # type: ignore[arg-type]
        with pytest.raises(ModelError, match=r"told is a sentence with \{value\} in it"):
            wrong()
    with pytest.raises(ModelError, match="of names each of its 2 elements"):
        Array("lost", Integer("n", 0, 2), 2, of=["voice"])


def test_booleans_and_names_are_told_in_sentences() -> None:
    held = Boolean("held", told=("{of} is in {component}", "{of} is no longer in {component}"))
    books = Array("books", held, 2, of=["the first", "the second"])
    state = Choice("dust", ["none", "a_little"], told="on {component} lies {value}")
    rows = [
        on("fill", "here", when=~books[1], then={books[0]: True, books[1]: True}),
        on("settle", "here", when=books[1] & (state == "none"), then={state: "a_little"}),
        on("lend", "here", when=state == "a_little", then={books[0]: False}),
    ]
    shelf = Component("shelf", ["here"], variables=[books, state], transitions=rows)
    (_, verdict) = check(compose("room", [shelf]), [never(~books[0] & books[1])])
    assert verdict.trace is not None
    assert [line.changes for line in tell(verdict.trace, verdict.property).lines] == [
        ("the second is in shelf",),
        ("on shelf lies a little (before: none)",),
        ("the first is no longer in shelf",),
    ]


def stairs(height: int) -> System:
    """A climb in steps that are all different, after a fault that comes second."""
    level, warm = Integer("level", 0, height), Boolean("warm")
    rows = [on(f"step_{n}", "on", when=(level == n) & warm, then={level: n + 1}) for n in range(height)]
    climber = Component("climber", states=["on"], variables=[level], transitions=rows)
    heat = Component(
        "heat",
        states=["off", "ready"],
        variables=[warm],
        transitions=[
            on("prepare", "off", "ready"),
            on("ignite", "ready", unless=warm, then={warm: True}, kind="environment"),
        ],
    )
    return compose("stairs", [heat, climber])


def test_a_long_trace_keeps_its_first_cause_and_its_last_steps() -> None:
    system = stairs(40)
    (_, verdict) = check(system, [never(system.climber.variable("level") == 40)])
    assert verdict.trace is not None
    told = tell(verdict.trace, verdict.property)
    assert len(told.lines) == 42
    text = told.text(command="drcheck check stairs --trace")
    assert len(text) <= LIMIT
    assert text[0].strip() == "... 1 step between"
    assert text[1].strip() == "2.  ignite [environment]: heat.warm is true"
    assert text[2].strip() == "... 19 steps between: drcheck check stairs --trace"
    assert len(text) == LIMIT, "all that there is room for"
    wordy = replace(told, lines=tuple(replace(line, said=f"{line.said} in many words" * 6) for line in told.lines))
    for width in (60, 80, 100):
        assert LIMIT - 4 <= len(wordy.text(width, command="drcheck check stairs --trace")) <= LIMIT
    changing = replace(told, lines=tuple(replace(line, changes=("much changes here",) * 30) for line in told.lines))
    paper = changing.text(60, 12, "drcheck check stairs --trace")
    assert len(paper) <= 12, "the first changes of each line, and how many there are besides"
    assert sum("and 24 more" in line for line in paper) == 2
    assert text[-1].strip() == "= the promise does not hold"
    shown = told.shown(LIMIT)
    assert sum(each.steps if isinstance(each, Between) else len(each.steps) for each in shown) == len(told.trace)
    assert len(told.text(limit=None)) == 43


def test_without_any_step_all_guards_are_read() -> None:
    """What blocks each event at the end of a trace to a deadlock matters."""
    (_, verdict) = check(stairs(2), [deadlock_free()])
    assert verdict.trace is not None
    slice = mattering(verdict.trace, verdict.property)
    assert [verdict.trace.steps[n].event.name for n in slice.steps] == ["prepare", "ignite", "step_0", "step_1"]
    assert {slice.trace.system.cells[cell].name for cell in slice.needed[-1]} == {"heat", "heat.warm", "climber.level"}


def test_what_leaves_a_domain_is_what_is_shown() -> None:
    level = Integer("level", 0, 1)
    part = Component("part", states=["on"], variables=[level], transitions=[on("grow", "on", then={level: level + 1})])
    (domains,) = check(compose("grows", [part]), [])
    assert domains.trace is not None
    told = tell(domains.trace, domains.property)
    assert [line.text for line in told.lines] == [
        "grow: part.level 0 -> 1",
        "grow: part.level would leave its domain 0..1",
    ]
