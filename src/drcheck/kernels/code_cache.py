"""Machine code that survives the process: a folder of object files that can be lost at any time.

A file is named by a digest of all that its content depends on: the text or the sources that it was made from, the
version of the compiler, and the processor. An upgrade therefore never meets old code. Files are written under another
name and moved, so any number of processes may use the folder; each begins with a digest of the rest, so a damaged file
is not loaded. Where the folder cannot be used, or belongs to somebody else, everything is compiled again.

The folder is `$DRCHECK_CACHE`, else `drcheck` in the user's folder for caches; with DRCHECK_CACHE set to nothing there is
none.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from functools import cache
from pathlib import Path

from drcheck.whole_files import write_whole

MOST_FILES, KEPT = 6_000, 0.9
"""From this many files on, the oldest are removed, and this part is kept.

A file takes some 30 kB. A check of a large design has about a hundred searches, each with code of its own: a review of several
designs must find all of its code again when it is repeated.
"""
_DIGEST = hashlib.sha256().digest_size


def name_of(*parts: str) -> str:
    """The file for what was made from these parts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:40] + ".o"


@cache
def source() -> str:
    """The source of all kernels: of the modules beside and below this one, and of the graph algorithms."""
    package = Path(__file__).parent.parent
    rooms = ("kernels", "engines/native", "graphs", "sampling")  # wherever kernels are
    files = [file for room in rooms for file in sorted((package / room).rglob("*.py"))]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def folder() -> Path | None:
    """The folder, made if it is not there; None if it cannot be trusted or used."""
    given = os.environ.get("DRCHECK_CACHE")
    if given == "":
        return None
    try:
        path = Path(given) if given else _caches() / "drcheck"
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.stat()
        # Code loaded from here is run: no other user may have written it.
        if hasattr(os, "geteuid") and (found.st_uid != os.geteuid() or found.st_mode & 0o022):
            return None
    except (OSError, RuntimeError):  # RuntimeError: a user without a home
        return None
    return path


def _caches() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def load(name: str) -> bytes | None:
    """The content of a file, or None."""
    path = folder()
    if path is None:
        return None
    try:
        content = (path / name).read_bytes()
    except OSError:
        return None
    if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
        return None
    with contextlib.suppress(OSError):
        os.utime(path / name)  # the oldest by use go first
    return content[_DIGEST:]


def store(name: str, content: bytes) -> None:
    """Keep a file, if that is possible."""
    path = folder()
    if path is None:
        return
    try:
        write_whole({path / name: hashlib.sha256(content).digest() + content}, private=True)
        _prune(path)
    except OSError:
        return


def _prune(path: Path) -> None:
    def used(file: Path) -> float:
        with contextlib.suppress(OSError):
            return file.stat().st_mtime
        return 0.0

    files = list(path.iterdir())
    if len(files) > MOST_FILES:
        for file in sorted(files, key=used)[: -int(MOST_FILES * KEPT)]:
            file.unlink(missing_ok=True)
