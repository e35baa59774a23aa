"""Machine code that survives the process: a folder of object files that can be lost at any time.

A file is named by a digest of all that its content depends on: the text or the sources that it was made from, the
version of the compiler, and the processor. An upgrade therefore never meets old code. (Small files say which text comes of
what, so that it need not be written: see `lazy_text`.) Files are written under another
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
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from drcheck.whole_files import write_whole

MOST_FILES, KEPT = 9_000, 0.9
"""From this many files on, the oldest are removed, and this part is kept.

A file of code takes some 30 kB, and with each there are some hundred bytes that say which text is which. A check of a large
design has about a hundred searches, each with code of its own: a review of several designs must find all of its code again
when it is repeated.
"""
PACKAGE = Path(__file__).parent.parent
KERNELS = ("engines/native", "graphs", "kernels", "sampling")
"""Where kernels are, in these folders of the package and below them."""
WRITERS = ("engines", "language", "system")
"""The folders whose modules decide, besides those, what is written for a system."""
BELOW = ("errors.py", "notebooks.py", "whole_files.py")
"""What all of these import besides."""
_DIGEST = hashlib.sha256().digest_size


def name_of(*parts: str) -> str:
    """The file for what was made from these parts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:40] + ".o"


def digest_of(text: str) -> str:
    """The digest of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def source() -> str:
    """A digest of the source of all kernels."""
    return _digest(path for folder in KERNELS for path in _modules(folder, below=True))


@cache
def source_of_texts() -> str:
    """A digest of the source of all that writes texts for systems: with `source`, of all modules that these import."""
    files = [path for folder in WRITERS for path in _modules(folder, below=False)]
    return source() + _digest([*files, *(str(PACKAGE / name) for name in BELOW)])


def _modules(folder: str, below: bool) -> Iterator[str]:
    """The files of the modules in a folder of the package, and of those in folders below it."""
    for place, folders, names in os.walk(PACKAGE / folder):
        yield from (f"{place}{os.sep}{name}" for name in names if name.endswith(".py"))
        folders[:] = folders if below else []


def _digest(paths: Iterable[str]) -> str:
    digest, above = hashlib.sha256(), len(str(PACKAGE))
    for path in sorted(paths):
        content = Path(path).read_bytes()
        digest.update(f"{path[above:]} {len(content)}\0".encode() + content)
    return digest.hexdigest()


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
