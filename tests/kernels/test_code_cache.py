"""Machine code that is kept in a folder: found again, never trusted blindly, and not missed where it cannot be kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.pipeline import COUNTS, SIZES, pipeline
from drcheck.engines.native import versions
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.protocol import Query
from drcheck.kernels import code_cache


def test_machine_code_is_kept_and_found_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRCHECK_CACHE", str(tmp_path / "cache"))
    code_cache.store("a.o", b"content")
    assert code_cache.load("a.o") == b"content"
    assert code_cache.load("b.o") is None
    assert [f.name for f in (tmp_path / "cache").iterdir()] == ["a.o"]


def test_damaged_code_is_not_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRCHECK_CACHE", str(tmp_path))
    tmp_path.chmod(0o700)
    code_cache.store("a.o", b"content")
    for damaged in (b"", b"short", (tmp_path / "a.o").read_bytes()[:-1]):
        (tmp_path / "a.o").write_bytes(damaged)
        assert code_cache.load("a.o") is None


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_a_folder_that_others_can_write_to_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRCHECK_CACHE", str(tmp_path))
    tmp_path.chmod(0o777)
    code_cache.store("a.o", b"content")
    assert code_cache.load("a.o") is None
    assert not list(tmp_path.iterdir())


def test_without_a_folder_everything_is_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in ("", str(tmp_path / "file" / "below")):
        monkeypatch.setenv("DRCHECK_CACHE", place)
        versions.search_code.cache_clear()
        assert NativeEngine().explore(pipeline(*SIZES["tiny"]), Query()).states == COUNTS["tiny"][0]


def test_the_cache_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRCHECK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(code_cache, "MOST_FILES", 3)
    for i in range(6):
        code_cache.store(f"{i}.o", b"content")
        os.utime(tmp_path / "cache" / f"{i}.o", (i, i))
    assert sorted(f.name for f in (tmp_path / "cache").iterdir()) == ["4.o", "5.o"]  # the latest, and room for more
