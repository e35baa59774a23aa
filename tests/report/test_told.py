"""A trace too long to be told: the line of what lies between names a command, and that command shows every step."""

from __future__ import annotations

import shlex
from typing import Annotated

import pytest

from drcheck import Component, Counter, Finding, ParameterRole, System, compose, disruption, never, on, worst_case
from drcheck.cli.main import run as drcheck
from drcheck.designs.design import design
from drcheck.logic.kinds import Property
from drcheck.logic.properties import stated
from drcheck.render.shown_trace import TraceView
from tests.support.review import study

STEPS = 30


@stated(finding=Finding("It arrives", "Nothing stops it.", "Slow it down.", {"slowed": True}))
def never_arrives(d: System) -> Property:
    """It never arrives."""
    return never(d.walker.state(f"at{STEPS}"))


@stated(measures="loss")
def farthest(d: System) -> Property:
    """How far it comes."""
    return worst_case(d.walker.gone)


@design(title="A long walk", properties=__name__)
def walk(
    walkers: Annotated[int, "how often somebody may set out", range(1, 3), ParameterRole.FAULT] = 1,
    slowed: Annotated[bool, "whether they stroll", ParameterRole.REPAIR] = False,
) -> System:
    """Each step has a name of its own, so that no two are told as one."""
    gone = Counter("gone", cap=STEPS)
    states = [f"at{n}" for n in range(STEPS + 1)]
    first = on("sets_out", "at0", "at1", then={gone: gone + 1}, kind="environment", fault="setting out")
    steps = [
        on(f"{'stroll' if slowed else 'step'}{n}", f"at{n}", f"at{n + 1}", then={gone: gone + 1})
        for n in range(1, STEPS)
    ]
    walker = Component("walker", states=states, variables=[gone], transitions=[first, *steps])
    objectives = [disruption("a long walk", walkers=1)]
    return compose("walk", [walker], faults={"setting out": walkers}, objectives=objectives)


@pytest.fixture(scope="module")
def traces() -> list[TraceView]:
    """Of the property, of it in the repaired design, and of a result under the disruption."""
    (found,) = (said := study([walk])).findings
    assert found.row.trace is not None
    assert found.check is not None
    assert found.check.trace is not None
    (result,) = said.objectives[0].results
    assert result.trace is not None
    return [found.row.trace, found.check.trace, result.trace]


@pytest.mark.parametrize("number", range(3))
def test_the_line_between_names_the_command_that_shows_every_step(
    number: int, traces: list[TraceView], capsys: pytest.CaptureFixture[str]
) -> None:
    trace = traces[number]
    assert trace.steps == STEPS
    for lines in (trace.told, trace.printed):
        said = " ".join(line.strip() for line in lines)
        assert " between: drcheck " in said
        words = shlex.split(said.partition(" between: drcheck ")[2].partition(" --trace")[0])
        assert drcheck([*words, "--trace"]) < 2
        shown = capsys.readouterr().out
        assert all(message.event in shown for message in trace.chart.messages)
