"""Events that are said never to happen: none fires in any state of generated systems, and without them nothing changes."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from drcheck import Component, Counter, System, compose, on
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.system.never import never_possible, without_never
from tests.support.generated import on_generated, sharded
from tests.support.generators import Built


@sharded
@pytest.mark.parametrize("kind", ["any", "twins"])
def test_what_never_happens_fires_in_no_state(kind: str, shard: int) -> None:
    def held(built: Built, data: st.DataObject) -> None:
        never = never_possible(built.system)
        found = PythonEngine().explore(built.system, Query(), Limits())
        fired = {event.name for event, n in zip(built.system.events, found.fired, strict=True) if n}
        if found.complete:
            assert not never & fired
            less = PythonEngine().explore(without_never(built.system), Query(), Limits())
            assert (less.states, less.transitions, less.depth) == (found.states, found.transitions, found.depth)

    on_generated(kind, shard, held, share=0.1)


def lines(failures: int) -> System:
    """A line whose failure lets a procedure begin; what it counts is read at its end."""
    done = Counter("done", cap=5)
    line = Component("line", ["up", "down"], transitions=[on("line_fails", "up", "down", fault="failure")])
    book = Component(
        "book",
        ["waits", "first", "second"],
        variables=[done],
        transitions=[
            on("begin", "waits", "first", when=line.down),
            on("go_on", "first", "second", then={done: done + 1}),
            on("finish", "second", when=done == 1),
            on("stay", "waits"),
        ],
    )
    return compose("lines", [line, book], faults={"failure": failures})


def test_what_follows_from_what_never_happens_never_does() -> None:
    assert never_possible(lines(0)) == {"line_fails", "begin", "go_on", "finish"}
    assert never_possible(lines(1)) == frozenset()
    assert [event.name for event in without_never(lines(0)).events] == ["stay"]
