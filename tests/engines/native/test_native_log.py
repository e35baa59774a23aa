"""Searches that leave a log are resumed from it, whatever ended them; memory may be in files. The answer is the same."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.pipeline import COUNTS, SIZES, disorder, pipeline
from drcheck.engines import layout
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.native.search import log
from drcheck.engines.native.search.store import Store
from drcheck.engines.native.states import sets
from drcheck.engines.protocol import Exploration, Limits, Query
from drcheck.errors import EngineError
from drcheck.kernels import budget as memory
from drcheck.system.lowering import lower
from drcheck.system.system import System
from tests.support.engines import assert_part_of_a_search, equal

SMALL = (2, 1, 1, 1)
"""A pipeline with some ten thousand states."""
ROOT = Path(__file__).resolve().parents[3]


def asked(system: System, graph: bool) -> Query:
    lost = system.component("pipeline").variable("lost")
    return Query((lower(system, lost == 1), *disorder(system).watches), (lower(system, lost),), graph)


def explore(system: System, query: Query, **limits: object) -> Exploration:
    return NativeEngine().explore(system, query, Limits(**limits))  # type: ignore[arg-type]


@pytest.mark.parametrize("graph", [False, True])
@pytest.mark.parametrize("uncut", [0, 1])
def test_a_search_is_resumed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, graph: bool, uncut: int) -> None:
    """Stopped many times, at many places, it ends with everything as if it had never been stopped."""
    monkeypatch.setattr(layout, "UNCUT", uncut)
    monkeypatch.setattr(log, "BLOCK", 4 * log.ROUND)
    system = pipeline(*SMALL)
    query = asked(system, graph)
    expected = explore(system, query)
    for states in (0, 1, 3_000, 3_001, 12_000):
        partly = explore(system, query, states=states, log=tmp_path)
        assert not partly.complete
        equal(partly, explore(system, query, states=states))
    equal(explore(system, query, log=tmp_path), expected)
    equal(explore(system, query, log=tmp_path), expected)  # all of it is made again


def test_a_complete_log_answers_other_questions(tmp_path: Path) -> None:
    system = pipeline(*SMALL)
    explore(system, Query(), log=tmp_path)
    equal(explore(system, asked(system, True), log=tmp_path), explore(system, asked(system, True)))
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("short", ["the first block", "the edges"])
def test_where_the_edges_of_a_graph_cannot_be_found_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, complete: bool, short: str
) -> None:
    """All states were made again, and there is no memory for the graph: that is no complete search."""
    monkeypatch.setattr(log, "BLOCK", log.ROUND)
    system = pipeline(*SIZES["tiny"])
    query = asked(system, True)
    explore(system, query, log=tmp_path, states=None if complete else 1_500)
    replay, relink = Store.replay, Store.relink

    def none_left(*arguments: object) -> None:
        monkeypatch.setattr(memory, "available", lambda: 0)

    def replayed(store: Store, *arguments: object) -> bool:
        made = replay(store, *arguments)  # type: ignore[arg-type]
        if short == "the first block":
            none_left()
        return made

    def linked(store: Store, budget: memory.Budget) -> bool:
        none_left()
        return relink(store, budget)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "replay", replayed)
        patch.setattr(Store, "relink", linked)
        got = explore(system, query, log=tmp_path)
        patch.undo()
    monkeypatch.undo()
    assert got.stopped == "the memory of this machine"
    assert assert_part_of_a_search(got, query) == 0
    equal(explore(system, query, log=tmp_path), explore(system, query))


def test_a_log_that_ends_anywhere_is_resumed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(log, "BLOCK", log.ROUND)
    system = pipeline(*SMALL)
    query = asked(system, False)
    expected = explore(system, query, log=tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    lengths = random.Random(0)
    for length in [0, 1, 50, len(whole) - 1, *(lengths.randrange(len(whole)) for _ in range(5))]:
        file.write_bytes(whole[:length])
        equal(explore(system, query, log=tmp_path), expected)
        assert file.stat().st_size > len(whole) // 2


def test_a_damaged_block_and_what_follows_are_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(log, "BLOCK", log.ROUND)
    system = pipeline(*SMALL)
    expected = explore(system, Query(), log=tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for at in (200, len(whole) // 2, len(whole) - 3):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :])
        equal(explore(system, Query(), log=tmp_path), expected)


def test_another_systems_log_is_refused(tmp_path: Path) -> None:
    system, other = pipeline(*SIZES["tiny"]), pipeline(*SMALL)
    explore(other, Query(), log=tmp_path)
    (file,) = tmp_path.iterdir()
    explore(system, Query(), log=tmp_path)
    (mine,) = set(tmp_path.iterdir()) - {file}
    mine.write_bytes(file.read_bytes())
    with pytest.raises(EngineError) as caught:
        explore(system, Query(), log=tmp_path)
    assert caught.value.code == "DR506"
    assert "is not the log of this system" in str(caught.value)


def test_a_forged_record_is_refused(tmp_path: Path) -> None:
    """A block with a right checksum that cannot be a record of this system."""
    system = pipeline(*SMALL)
    explore(system, Query(), log=tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    start = whole.index(b"\n") + 1
    head = whole[start : start + log._BLOCK.size]
    _, _, expanded, _, known, _ = log._BLOCK.unpack(head)
    way_bits = (sum(len(event.alternatives) for event in system.events) - 1).bit_length()
    length = (expanded + known - 1 + 63) // 64 + ((known - 1) * way_bits + 63) // 64
    words = b"\xff" * 8 * length  # every state has children without end
    digest = log._digest(log._digest(whole[:start]), head[: -log._DIGEST], words)
    file.write_bytes(whole[:start] + head[: -log._DIGEST] + digest + words)
    with pytest.raises(EngineError) as caught:
        explore(system, Query(), log=tmp_path)
    assert caught.value.code == "DR506"


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for limits in ({"log": tmp_path / "file" / "below"}, {"disk": tmp_path / "missing"}):
        with pytest.raises(EngineError) as caught:
            explore(pipeline(*SIZES["tiny"]), Query(), **limits)
        assert caught.value.code == "DR506"


PROGRAM = """
import sys
from pathlib import Path
from bench.pipeline import SIZES, pipeline
from drcheck.engines.native.search import log
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.protocol import Limits, Query
log.EVERY = 0.0
result = NativeEngine().explore(pipeline(*SIZES["M"]), Query(), Limits(log=Path(sys.argv[1])))
print(result.states, result.transitions, result.depth, result.complete)
"""


def test_a_search_that_is_killed_at_random_moments_ends_with_the_same_counts(tmp_path: Path) -> None:
    moments, killed, sizes = random.Random(1), 0, []

    def size() -> int:
        return sum(file.stat().st_size for file in tmp_path.iterdir())

    for _ in range(40):
        running = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        began, before = time.monotonic(), size()
        # Not before it has written something: how long that takes depends on the machine.
        while size() <= before and running.poll() is None and time.monotonic() - began < 30:
            time.sleep(0.005)
        try:
            output, _ = running.communicate(timeout=moments.uniform(0.0, 0.15) if killed < 6 else 300)
        except subprocess.TimeoutExpired:
            running.kill()
            running.communicate()
            killed += 1
            sizes.append(size())
            continue
        assert running.returncode == 0
        assert output.split() == [str(COUNTS["M"][0]), str(COUNTS["M"][1]), "51", "True"]
        break
    else:
        pytest.fail("it never came to its end")
    assert killed
    assert sizes[-1] > 1_000
    assert sizes == sorted(sizes)


# -- memory in files -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("graph", [False, True])
@pytest.mark.parametrize("uncut", [0, 1])
def test_memory_in_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, graph: bool, uncut: int) -> None:
    monkeypatch.setattr(layout, "UNCUT", uncut)
    monkeypatch.setattr(sets, "FIRST_LINES", 1)
    system = pipeline(*SMALL)
    query = asked(system, graph)
    equal(explore(system, query, disk=tmp_path), explore(system, query))
    assert not list(tmp_path.iterdir())  # the files have no names, so nothing is left behind, whatever happens
