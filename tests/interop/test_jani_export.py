"""Exports in jani-model: read back by drcheck's own reader they have the same states and steps, and the same verdicts.

Storm counts them in tests/cli/test_export.py, where it is installed.
"""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, reject, seed, settings

from drcheck import Boolean, Component, Counter, Integer, System, compose, event, if_else, maximum, never, on
from drcheck.designs.design import load
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import ModelError, OutputError
from drcheck.importers.jani.document import parsed
from drcheck.importers.jani.model import system_of
from drcheck.importers.jani.outline import outlined
from drcheck.interop import jani
from drcheck.interop.languages import LANGUAGES, bad_states
from drcheck.logic.kinds import Property
from drcheck.system.lowering import lower
from drcheck.system.system import begun_with
from tests.support.generators import Case, systems


def again(system: System, bad: dict[str, object] | None = None) -> System:
    text = LANGUAGES["jani"].write(system, bad or {})  # type: ignore[arg-type]  # expressions
    return system_of(outlined(parsed(text, "again.jani")), {})


def counts(system: System) -> tuple[int, int, int]:
    found = PythonEngine().explore(system, Query(), Limits(states=20_000))
    return found.states, found.transitions, found.deadlocks


@seed(7)
@settings(max_examples=40, phases=[Phase.generate], deadline=None)
@given(systems())
def test_what_is_written_is_read_back(case: Case) -> None:
    try:
        system = case.build().system
    except ModelError:
        reject()
    assert counts(again(system)) == counts(system)


def test_priorities_urgency_arrays_and_signs() -> None:
    n, low, flag = Integer("n", -3, 3, 0), Integer("low", -2, -1), Boolean("flag")
    left = Counter("left", cap=2, at_limit="refuse")
    part = Component(
        "part",
        ["one", "two", "never"],
        variables=[n, low, flag, left],
        transitions=[
            on("move", "one", "two", then={n: (n - 5) // 2 % -3, flag: ~flag}),
            on("back", "two", "one", then={n: maximum(n, -n, low) % 3, left: left + 1}),
            on("fix", "one", when=flag & (n < 0), then={n: if_else(flag, 2, n)}, priority=1),
            on("off", "two", "never", when=left == 2),
        ],
    )
    system = compose("signs", [part], events=[event("move", urgent=True)])
    assert counts(again(system)) == counts(system)
    other = begun_with(system, [system.initial, (1, 3, -2, 1, 0), (0, -3, -1, 0, 2)])
    assert again(other).initials == 3
    assert counts(again(other)) == counts(other)


def test_an_invariant_is_decided_alike() -> None:
    system = load("drcheck.examples:pair").build({})
    standby, primary = system.component("standby"), system.component("primary")
    bad = bad_states(
        system, [never(primary.up & standby.in_service, name="both"), never(standby.in_service, name="serves")]
    )
    written = again(system, dict(bad))
    found = [item for item in written.properties if isinstance(item, Property)]
    assert [item.name for item in found] == ["both", "serves"]
    for made, item in zip(bad.values(), found, strict=True):
        assert item.condition is not None
        holds = PythonEngine().explore(system, Query((made,))).hits == (None,)
        watch = lower(written, ~item.condition)
        assert (PythonEngine().explore(written, Query((watch,))).hits == (None,)) is holds


def test_a_model_that_would_be_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jani, "MOST_NODES", 20)
    with pytest.raises(OutputError) as caught:
        again(load("drcheck.examples:pair").build({}))
    assert caught.value.code == "DR604"
