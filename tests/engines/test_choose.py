"""Which engine answers: the one that is named, or the one that suits the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.pipeline import COUNTS, SIZES, disorder, pipeline
from drcheck.engines import choose
from drcheck.engines.choose import AutoEngine, engine_named
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.protocol import Limits, Query
from drcheck.errors import EngineError


def test_engines_by_name() -> None:
    assert [engine_named(n).name for n in choose.ENGINES] == list(choose.ENGINES)
    with pytest.raises(EngineError) as caught:
        engine_named("nativ")
    assert caught.value.code == "DR501"
    assert "did you mean 'native'?" in str(caught.value)


def test_a_small_system_is_answered_in_python() -> None:
    result = AutoEngine().explore(pipeline(*SIZES["tiny"]), Query())
    assert (result.engine, result.states) == ("python", COUNTS["tiny"][0])


def test_a_larger_system_is_answered_natively() -> None:
    result = AutoEngine().explore(pipeline(*SIZES["S"]), Query())
    assert (result.engine, result.states, result.transitions) == ("native", *COUNTS["S"])


def test_auto_keeps_the_callers_limits() -> None:
    system = pipeline(*SIZES["S"])
    few, many = (AutoEngine().explore(system, Query(), Limits(states=n)) for n in (3_000, 30_000))
    assert [few.engine, many.engine] == ["python", "native"]
    assert few.stopped == "the limit of 3,000 states"
    assert many.stopped == "the limit of 30,000 states"


def test_without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    assert not NativeEngine.available()
    with pytest.raises(EngineError) as caught:
        NativeEngine().explore(pipeline(*SIZES["tiny"]), Query())
    assert caught.value.code == "DR501"
    assert "numpy engine" in caught.value.remedy
    assert AutoEngine().explore(pipeline(*SIZES["S"]), Query()).engine == "numpy"


def test_a_small_answer_imports_no_compiler() -> None:
    code = (
        "import sys; from bench.pipeline import *; from drcheck.engines.choose import AutoEngine;"
        "s = pipeline(*SIZES['tiny']); r = AutoEngine().explore(s, disorder(s));"
        "print(r.states, sorted({'numba', 'llvmlite', 'networkx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "2460 []"


def test_many_states_that_are_expected_are_searched_natively_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is that of the engine that begins in Python, the first hits included."""
    system = pipeline(*SIZES["S"])
    plain = AutoEngine().explore(system, disorder(system))

    class Refused:
        def explore(self, *_: object) -> None:
            raise AssertionError("the first states are searched in Python")

    monkeypatch.setattr(choose, "PythonEngine", Refused)
    found = AutoEngine(expected=50_000).explore(system, disorder(system))
    assert (found.engine, found.states, found.hits) == ("native", plain.states, plain.hits)
    with pytest.raises(AssertionError, match="in Python"):
        AutoEngine(expected=10).explore(system, Query())
