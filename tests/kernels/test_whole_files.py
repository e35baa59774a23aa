"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from drcheck.whole_files import ENDING, write_whole


def test_the_files_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    write_whole({tmp_path / "a": b"new", tmp_path / "b": b"\r\n"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"new", "b": b"\r\n"}


def test_none_is_written_where_one_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"old")
    real, calls = os.fdopen, list[object]()

    def second_time(*arguments: Any) -> object:
        calls.append(arguments)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr("drcheck.whole_files.os.fdopen", second_time)
    with pytest.raises(OSError, match="No space left"):
        write_whole({tmp_path / "a": b"new", tmp_path / "b": b"new"})
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"old"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such masks and links")
def test_who_may_read_it_and_links(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole({tmp_path / "shared": b""})
        write_whole({tmp_path / "own": b""}, private=True)
    finally:
        os.umask(before)
    assert (tmp_path / "shared").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "own").stat().st_mode & 0o777 == 0o600
    (tmp_path / "link").symlink_to(tmp_path / "own")
    write_whole({tmp_path / "link": b"through"})
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "own").read_bytes() == b"through"


def test_what_is_no_file_is_left(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole({tmp_path / "folder": b""})
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
    assert not [path for path in tmp_path.rglob("*") if path.suffix == ENDING]
