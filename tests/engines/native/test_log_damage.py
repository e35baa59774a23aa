"""A log that is not what was written, that another search has open, or that cannot be written: never a wrong answer.

The small log has several blocks. Every bit of it is flipped, and read by itself; the kinds of damage are tried on whole
searches too, where `DRCHECK_EXAMPLES` sets how many of the bits are.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from drcheck import Component, Integer, System, compose, never, on
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.native.search import log
from drcheck.engines.native.search.store import Store
from drcheck.engines.protocol import Exploration, Limits, Query
from drcheck.errors import EngineError
from drcheck.system.lowering import lower
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion
from tests.support.engines import equal
from tests.support.generated import some

LEAVES = 1 << 6
FLIPS = some(1 / 50)


def tree(leaves: int = LEAVES, name: str = "tree") -> System:
    """Every state has successors of its own: one that counts as expanded and was not loses what hangs on it."""
    x = Integer("x", 0, 2 * leaves - 1, 0)
    node = Component(
        "node",
        ["on"],
        variables=[x],
        transitions=[
            on("begin", "on", when=x == 0, then={x: 1}),
            on("left", "on", when=(x > 0) & (x < leaves), then={x: 2 * x}),
            on("right", "on", when=(x > 0) & (x < leaves), then={x: 2 * x + 1}),
        ],
    )
    return compose(name, [node])


SYSTEM = tree()
LAST = lower(SYSTEM, SYSTEM.node.x == 2 * LEAVES - 1)
"""What only the very last state satisfies."""


def search(folder: Path | None, system: System = SYSTEM, **limits: object) -> Exploration:
    return NativeEngine().explore(system, Query((LAST,)), Limits(threads=1, log=folder, **limits))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made() -> tuple[Store, list[tuple[int, int]]]:
    """The record of the whole search, as the log takes it from a store: states are numbered as the tree's nodes are."""
    store = Store(SYSTEM, Query(), 1)
    return store, [(n, min(2 * n, 2 * LEAVES)) for n in (16, 40, 2 * LEAVES)]


@pytest.fixture
def whole(tmp_path: Path, made: tuple[Store, list[tuple[int, int]]]) -> bytes:
    """The bytes of a log of several blocks, each written by itself."""
    folder = tmp_path / "whole"
    first = search(folder)
    assert first.complete
    (path,) = folder.iterdir()
    store, ends = made
    reader = log.Log(path, SYSTEM, store)
    assert reader.blocks() == [(2 * LEAVES, 2 * LEAVES)]
    reader.close()
    path.unlink()
    writer = log.Log(path, SYSTEM, store)
    assert all(writer._append(*end) for end in ends)
    writer.close()
    data = path.read_bytes()
    shutil.rmtree(folder)
    assert data.count(log._MAGIC) == len(ends)
    return data


def test_every_bit_that_is_flipped_is_seen(
    whole: bytes, tmp_path: Path, made: tuple[Store, list[tuple[int, int]]]
) -> None:
    """What is read is what was written, from the beginning on, and ends before the block with the bit."""
    store, ends = made
    expected = [stream.array(np.uint64, 12).tolist() for stream in store.record.streams]
    starts = [found.start() for found in re.finditer(re.escape(log._MAGIC), whole)]
    path = tmp_path / "tree.log"
    fingerprint = log.fingerprint(SYSTEM, store)
    path.touch()
    refused = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "fingerprint", lambda *_: fingerprint)
        for bit in range(8 * len(whole)):
            damaged = bytearray(whole)
            damaged[bit >> 3] ^= 1 << (bit & 7)
            with path.open("r+b") as file:  # which takes a hundredth of the time of a file that is made anew
                file.write(damaged)
            for stream in store.record.streams:
                stream.array(np.uint64, 12)[:] = 0
            if bit >> 3 < starts[0]:
                with pytest.raises(EngineError, match="DR506"):
                    log.Log(path, SYSTEM, store)
                refused += 1
                continue
            reader = log.Log(path, SYSTEM, store)
            found = reader.blocks()
            reader.close()
            block = sum(start <= bit >> 3 for start in starts) - 1
            assert found == ends[:block], f"bit {bit}"
            for stream, words in zip(store.record.streams, expected, strict=True):
                got = stream.array(np.uint64, 12).tolist()
                assert all(
                    mine in (theirs, 0) or mine == theirs & mine for mine, theirs in zip(got, words, strict=True)
                )
    assert refused == 8 * starts[0]


def damages(whole: bytes, other: bytes) -> dict[str, bytes]:
    """Kinds of damage: some bits, parts that are missing, stand twice, in another order, or come from elsewhere."""
    head, *blocks = [bytes(part) for part in re.split(b"(?=" + re.escape(log._MAGIC) + b")", whole)]
    _, *strange = [bytes(part) for part in re.split(b"(?=" + re.escape(log._MAGIC) + b")", other)]
    draws = random.Random(1)
    kinds = {
        "twice": head + blocks[0] + blocks[0] + b"".join(blocks[1:]),
        "the last twice": whole + blocks[-1],
        "another order": head + blocks[1] + blocks[0] + b"".join(blocks[2:]),
        "one missing": head + blocks[0] + b"".join(blocks[2:]),
        "the first missing": head + b"".join(blocks[1:]),
        "foreign": head + b"".join(strange),
        "foreign behind": head + blocks[0] + b"".join(strange[1:]),
        "zeros behind": whole + bytes(4096),
        "zeros within": whole[: len(head) + 40] + bytes(64) + whole[len(head) + 104 :],
        "noise behind": whole + draws.randbytes(500),
        "noise": head + draws.randbytes(len(whole)),
        "the end of the last block": whole[:-8],
    }
    for at in (
        len(head) + 16,
        whole.rindex(log._MAGIC) + 16,
        whole.rindex(log._MAGIC) + 24,
        whole.rindex(log._MAGIC) + 32,
    ):
        for bit in (0, 5):
            kinds[f"bit {bit} of byte {at}"] = whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
    for _ in range(FLIPS):
        at, bit = draws.randrange(len(whole)), draws.randrange(8)
        kinds[f"bit {bit} of byte {at}"] = whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
    for _ in range(5):
        length = draws.randrange(len(whole))
        kinds[f"{length} bytes"] = whole[:length]
    return kinds


def test_a_damaged_log_gives_the_right_answer_or_none(whole: bytes, tmp_path: Path) -> None:
    other = tree(LEAVES // 2, "tree")
    folder = tmp_path / "logs"
    expected = search(folder)
    (path,) = folder.iterdir()
    foreign = tmp_path / "foreign"
    NativeEngine().explore(other, Query(), Limits(threads=1, log=foreign))
    (elsewhere,) = foreign.iterdir()
    said = 0
    for kind, data in damages(whole, elsewhere.read_bytes()).items():
        path.write_bytes(data)
        if not data.startswith(whole[: whole.index(log._MAGIC)]) and len(data) >= whole.index(log._MAGIC):
            with pytest.raises(EngineError, match="DR506"):  # the first line is damaged
                search(folder)
            continue
        got = search(folder)
        equal(got, expected)
        said += bool(got.remarks)
        assert search(folder).remarks == (), kind  # by now it is whole again
    assert said > 10


def test_what_is_behind_the_damage_is_said_to_be_left_out(whole: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    search(folder)
    (path,) = folder.iterdir()
    at = [found.start() for found in re.finditer(re.escape(log._MAGIC), whole)][2] + 60
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    (remark,) = search(folder).remarks
    assert remark == f"the log {path} is damaged behind its record of 40 states; the search continued from there"


@pytest.mark.parametrize("number", [1, 2, 4, 12])
def test_a_log_in_another_format_is_refused(tmp_path: Path, number: int) -> None:
    search(tmp_path)
    (path,) = tmp_path.iterdir()
    data = path.read_bytes().replace(log.HEAD, b"drcheck log %d " % number, 1)
    path.write_bytes(data)
    with pytest.raises(EngineError) as caught:
        search(tmp_path)
    assert str(caught.value) == (
        f"[DR506] {path} was written by another version of drcheck, in format {number} of logs; this one reads format "
        f"{log.FORMAT}; remove the file, or name another folder; the search then starts over"
    )
    assert path.read_bytes() == data


# -- two searches at a time -------------------------------------------------------------------------------------------
def test_a_log_that_another_search_has_open_is_refused(tmp_path: Path) -> None:
    search(tmp_path, states=100)
    (path,) = tmp_path.iterdir()
    program = f"""
import sys
from pathlib import Path
from drcheck.kernels.lock import lock
file = Path({str(path)!r}).open("r+b")
print(lock(file.fileno()), lock(file.fileno()), flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().split()[0] == "True"
        before = path.read_bytes()
        with pytest.raises(EngineError) as caught:
            search(tmp_path)
        assert caught.value.code == "DR507"
        assert str(path) in str(caught.value)
        assert "name another folder" in str(caught.value)
        assert path.read_bytes() == before
        other.kill()  # what ends the process gives the log free
    equal(search(tmp_path), search(None))


def test_two_searches_of_one_process_do_not_share_a_log(tmp_path: Path) -> None:
    store = Store(SYSTEM, Query(), 1)
    first = log.Log(tmp_path / "tree.log", SYSTEM, store)
    with pytest.raises(EngineError) as caught:
        log.Log(tmp_path / "tree.log", SYSTEM, store)
    assert caught.value.code == "DR507"
    first.close()
    log.Log(tmp_path / "tree.log", SYSTEM, store).close()


# -- where it cannot be written ----------------------------------------------------------------------------------------
class Failing:
    """A file whose disk is full after so many bytes."""

    def __init__(self, file: object, room: int) -> None:
        self._file, self.room = file, room

    def write(self, data: bytes) -> int:
        if not self.room:
            raise OSError(28, "No space left on device")
        part = data[: self.room]
        self.room -= len(part)
        return self._file.write(part)  # type: ignore[attr-defined,no-any-return]

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


@pytest.mark.parametrize("room", [0, 1, 50, 90, 150])
def test_a_search_goes_on_where_the_disk_of_its_log_is_full(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, room: int
) -> None:
    begin = log.Log._begin

    def beginning(self: log.Log, head: bytes) -> None:
        begin(self, head)
        self._file = Failing(self._file, room)  # type: ignore[assignment]

    with monkeypatch.context() as patch:
        patch.setattr(log.Log, "_begin", beginning)
        got = search(tmp_path)
    equal(got, search(None))
    (remark,) = got.remarks
    (path,) = tmp_path.iterdir()
    assert re.fullmatch(
        rf"the log {re.escape(str(path))} could not be written \(No space left on device\): it covers [\d,]+ states",
        remark,
    )
    again = search(tmp_path)  # what there is is of use
    equal(again, search(None))
    assert again.remarks == ()


def test_a_log_that_had_no_room_for_a_while_is_whole(
    tmp_path: Path, made: tuple[Store, list[tuple[int, int]]], whole: bytes
) -> None:
    store, ends = made
    path = tmp_path / "tree.log"
    path.write_bytes(whole)
    reader = log.Log(path, SYSTEM, store)
    reader.blocks()
    reader.close()
    path.unlink()
    writer = log.Log(path, SYSTEM, store)
    failing = writer._file = Failing(writer._file, 200)  # type: ignore[assignment]
    written = []
    for end in ends:
        written.append(writer._append(*end))
        if not written[-1]:
            assert "could not be written" in writer.remarks[0]
            failing.room = 10_000
            assert writer._append(*end)
    assert False in written
    assert writer.remarks == ()
    writer.close()
    assert path.read_bytes() == whole


def test_a_folder_that_vanishes_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder, finish = tmp_path / "logs", log.Log.finish

    def finishing(self: log.Log) -> None:
        shutil.rmtree(folder)
        finish(self)

    monkeypatch.setattr(log.Log, "finish", finishing)
    got = search(folder)
    equal(got, search(None))
    assert got.remarks == (
        f"the log {next(iter(got.remarks)).split()[2]} was removed during the search, which cannot be resumed from it",
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of files are there on POSIX systems only")
def test_verdicts_are_given_where_files_may_not_grow(tmp_path: Path) -> None:
    """The system itself refuses, in the middle of the log."""
    program = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).resolve().parents[3])!r})
from pathlib import Path
from drcheck import always
from drcheck.verdicts.check import check
from drcheck.engines.protocol import Limits
from tests.engines.native.test_log_damage import SYSTEM
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
limits = Limits(threads=1, log=Path({str(tmp_path)!r}))
verdicts = check(SYSTEM, [always(SYSTEM.node.x < 127, name="p")], engine="native", limits=limits)
print(verdicts[1].conclusion.value, verdicts[0].run.exploration.remarks)
"""
    environment = {**os.environ, "DRCHECK_CACHE": ""}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert run.stdout.startswith("VIOLATED ('the log "), run.stderr
    assert "could not be written" in run.stdout


def test_the_damaged_header_that_hid_a_violation(tmp_path: Path) -> None:
    """The lowest bit of the number of states that a block's header tells of."""
    system = tree(1 << 13)

    def ask(bad: int, **limits: object) -> list[Conclusion]:
        verdicts = check(
            system,
            [never(system.node.x == bad, name="p")],
            engine="native",
            limits=Limits(threads=1, log=tmp_path, **limits),  # type: ignore[arg-type]
        )
        return [verdict.conclusion for verdict in verdicts[1:]]

    ask(0, states=3_000)
    (path,) = tmp_path.iterdir()
    data = bytearray(path.read_bytes())
    at = data.rindex(log._MAGIC)
    expanded = log._BLOCK.unpack_from(data, at)[2]
    data[at + 16] ^= 1
    path.write_bytes(data)
    assert ask(2 * expanded) == [Conclusion.VIOLATED]
