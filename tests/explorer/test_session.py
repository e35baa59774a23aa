"""Sessions on generated systems: what can happen and what cannot, paths, and searches from a state, against plain twins."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import strategies as st

from drcheck.answers.conditions import PRIORITY, TIME
from drcheck.answers.nearest import ANYHOW, BY_ITSELF, BY_OPERATORS, MEANS, Means
from drcheck.engines.protocol import Limits
from drcheck.explorer.search import nearest, no_return, recovery
from drcheck.explorer.session import Session
from drcheck.system.path_text import read_path
from drcheck.system.precedence import possible
from drcheck.system.system import State
from tests.support.generated import on_generated, some
from tests.support.generators import Built

MOST_STATES = 150


def distances(session: Session, start: State, by: Means) -> dict[State, int]:
    """How far every state is from one: by the steps of the oracle alone, those of the means."""
    found, waiting = {start: 0}, deque([start])
    while waiting:
        state = waiting.popleft()
        for step in session.oracle.successors(state):
            if step.target is not None and by.takes(session.system.events[step.event]) and step.target not in found:
                found[step.target] = found[state] + 1
                waiting.append(step.target)
    return found


def assert_steps(built: Built, data: st.DataObject) -> None:
    session, seed = Session(built.system), data.draw(st.integers(0, 1_000))
    root = session.root(seed % session.system.initials)
    node = session.walk(root, 12, seed).node
    state, events = session.node(node).state, session.system.events
    enabled, blocked = {each.event for each in session.enabled(node)}, dict(session.blocked(node))
    assert enabled | blocked.keys() == set(range(len(events)))
    assert not enabled & blocked.keys()
    for number, reasons in blocked.items():
        assert reasons
        of = {reason.condition.of for reason in reasons}
        assert (of <= {TIME, PRIORITY}) is session.oracle.holds(possible(events[number]), state), events[number].name
    path = session.path(node)
    assert read_path(str(path)) == path
    other = Session(session.system)
    again, warning = other.open(str(path))
    assert (other.node(again).state, warning) == (state, "")
    assert [n.state for n in other.line(again)] == [n.state for n in session.line(node)]


def test_what_happens_what_does_not_and_the_way_there() -> None:
    on_generated("any", 0, assert_steps, examples=some(0.05), most=MOST_STATES)


def assert_searches(built: Built, data: st.DataObject) -> None:
    session, condition, seed = Session(built.system), built.watches[0], data.draw(st.integers(0, 1_000))
    node = session.walk(session.root(), 6, seed).node
    start = session.node(node).state
    shortest: dict[Means, int | None] = {}
    for by in MEANS:
        far = distances(session, start, by)
        shortest[by] = min((n for state, n in far.items() if session.oracle.holds(condition, state)), default=None)
    for by in (ANYHOW, BY_OPERATORS, BY_ITSELF):
        found = nearest(session, node, condition, Limits(), by=by)
        assert (None if found.steps is None else len(found.steps)) == shortest[by]
        assert found.sure is (shortest[by] is None)
        assert all(by.takes(step.event) for step in found.steps or ())
    back = recovery(session, node, condition, Limits())
    first = next((by for by in MEANS if shortest[by] is not None), None)
    assert (None if back.found is None else (back.found[1].steps and len(back.found[1].steps)) or 0) == (
        None if first is None else shortest[first]
    )
    assert back.lost is (first is None)
    can = [
        any(session.oracle.holds(condition, state) for state in distances(session, each.state, ANYHOW))
        for each in session.line(node)
    ]
    lost = no_return(session, node, condition, Limits())
    assert lost.between is None
    assert lost.last == (None if can[-1] else sum(can) - 1)


def test_the_nearest_state_and_the_way_back() -> None:
    on_generated("any", 1, assert_searches, examples=some(0.05), most=MOST_STATES)


def test_a_search_that_stops_early_knows_nothing() -> None:
    from tests.support.searches import counters

    session = Session(counters(2, 99))
    first, second = session.system.components
    goal = (first.variables[0] == 98) & (second.variables[0] == 98)
    found = nearest(session, session.root(), goal, Limits(states=200))
    assert (found.steps, found.sure) == (None, False)
    assert "not known" in found.word
    back = recovery(session, session.root(), goal, Limits(states=200))
    assert not back.lost
    assert no_return(session, session.root(), goal, Limits(states=200)).between == (-1, 0)


@pytest.mark.parametrize("kinds", [("environment",), ("time", "operator")])
def test_a_walk_by_kind(kinds: tuple[str, ...]) -> None:
    from drcheck.examples import pair

    session = Session(pair())
    walked = session.walk(session.root(), 30, 4, kinds)
    assert walked.steps
    assert {n.step.event.kind for n in session.line(walked.node) if n.step is not None} <= set(kinds)
