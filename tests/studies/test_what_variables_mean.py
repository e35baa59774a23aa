"""Every variable that a promise, a measure, a finding or a notice reads has a sentence, and a unit if it counts something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drcheck import Component, Counter, Expression, System, compose, on
from drcheck.cli.discover import discover
from drcheck.designs.causes import causes_of
from drcheck.designs.design import Design
from drcheck.designs.objectives import condition_of, declarations_of, settings_under
from drcheck.language.expressions import INTEGER, nodes_in
from drcheck.language.happening import happenings
from drcheck.language.variables import Variable
from drcheck.system.composition import FAULTS

DESIGNS = discover()
NAMES = {
    "clock.gmt": "a date and time, as recovery keys are made of",
    "historical_data.key": "a recovery key",
    "historical_data.table": "the number of a table",
    "recovery_key.counter": "a recovery key",
    "replication_client.turn": "the number of a table",
}
"""Numbers that name something and count nothing, which have a sentence and no unit: what each is."""


def variables_in(node: Expression, system: System) -> Iterator[Variable]:
    """The variables that an expression reads, also in the state before an event that it speaks of."""
    node = system.settled(node)
    yield from (at for at in nodes_in([node]) if isinstance(at, Variable))
    for event in happenings(node):
        if event.when is not None:
            yield from variables_in(event.when, system)


def read_in(design: Design) -> Iterator[Variable]:
    """The variables that are read by what is stated for a design: its properties, their findings, its notices."""
    systems: dict[str, System] = {}

    def built(settings: dict[str, object]) -> System:
        key = repr(sorted(settings.items()))
        return systems.get(key) or systems.setdefault(key, design.build(settings))

    for statement in design.statements():
        system = built(dict(statement.given))
        item = statement.on(system)
        for part in [*(part for _, part in item.parts()), *(cause.condition for cause in causes_of(item, system))]:
            yield from variables_in(part, system)
    declared = declarations_of(design)
    for disruption in declared.disruptions:
        system = built(settings_under(design, disruption))
        events = {event.name for event in system.events}
        for item in declared.notices:
            if not item.at or set(item.at) <= events:
                yield from variables_in(condition_of(item, system), system)


def lacks(variable: Variable) -> bool:
    """Whether a variable lacks a sentence, or a number that counts something its unit."""
    counts = variable.kind == INTEGER and name_of(variable) not in NAMES
    return not variable.doc or (counts and not variable.unit)


def name_of(variable: Variable) -> str:
    """A variable as component.variable; an element of an array as the array. The fault budget is no component of a study."""
    return variable.label.partition("[")[0]


@pytest.mark.parametrize("design", DESIGNS, ids=lambda d: d.name.partition(":")[2])
def test_what_is_read_has_a_unit_and_a_sentence(design: Design) -> None:
    assert {name_of(v) for v in read_in(design) if lacks(v) and not v.label.startswith(f"{FAULTS}.")} == set()


def test_one_without_is_seen() -> None:
    n, named, counted = (
        Counter("n", cap=3),
        Counter("named", cap=3, unit="calls"),
        Counter("counted", cap=3, doc="Calls."),
    )
    whole = Counter("whole", cap=3, unit="calls", doc="Calls that wait.")
    part = Component("part", ["in"], variables=[n, named, counted, whole], transitions=[on("call", then={n: n + 1})])
    system = compose("part", [part])
    assert [name_of(v) for v in variables_in((n > 0) | (named + counted > whole), system) if lacks(v)] == [
        "part.n", "part.named", "part.counted",
    ]  # in the order in which they are read  # fmt: skip
