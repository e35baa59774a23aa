"""The toy of the native search (docs/toy_search.py) finds what the real one finds, and gives it back from its record alone."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, reject, settings

from drcheck import examples
from drcheck.engines.choose import engine_named
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.system.system import System
from tests.support.generated import composed
from tests.support.generators import Case, systems


def _toy() -> ModuleType:
    specification = importlib.util.spec_from_file_location(
        "toy_search", Path(__file__).parents[3] / "docs" / "toy_search.py"
    )
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


TOY = _toy()


def assert_same(system: System) -> None:
    engine = engine_named("native") if NativeEngine.available() else PythonEngine()
    real = engine.explore(system, Query(), Limits())
    search = TOY.Search(system)
    found = [state for _, state in search.run()]
    assert (search.states, search.transitions) == (real.states, real.transitions)
    assert found == [real.state(n) for n in range(real.states)]
    others = range(system.initials, real.states)
    assert [search.record.origin(n)[0] for n in others] == [real.parent(n) for n in others]
    last = real.states - 1
    assert search.state(last) == real.state(last)
    assert sorted(search.table) == sorted(map(search.key, found))


@settings(max_examples=15)
@given(systems())
def test_it_numbers_states_as_the_native_engine_does(case: Case) -> None:
    system = composed(case).system
    if PythonEngine().explore(system, Query(), Limits(states=300)).states > 300:
        reject()
    assert_same(system)


@pytest.mark.parametrize("bits", [1, 2, 5, 12])
def test_its_table_is_a_set(bits: int) -> None:
    table, known = TOY.Table(bits), set()
    for key in random.Random(bits).choices(range(1 << bits), k=3 << bits):
        assert table.add(key) == (key not in known)
        known.add(key)
        assert table.unmixed(table.mixed(key)) == key
    assert sorted(table) == sorted(known)


def test_it_shows_a_search(capsys: pytest.CaptureFixture[str]) -> None:
    system = examples.pair.build()
    assert_same(system)
    TOY.main("drcheck.examples:pair")
    shown = capsys.readouterr().out
    assert "the last state again, from the record" in shown
    assert len(shown.split("\n")) == len([*TOY.Search(system).run()]) + 4
