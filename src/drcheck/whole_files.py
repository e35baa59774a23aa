"""Files are written whole or not at all: under temporary names beside their targets, then renamed."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

ENDING = ".part"
"""How the name of a file ends that is not whole yet."""


def write_whole(contents: Mapping[Path, bytes], *, private: bool = False) -> None:
    """Write files whose folders exist; none takes its name before all are written. Raises OSError.

    `private`: only their owner may read them; else whom the process's mask lets. What a link points to is written, and
    the link stays.
    """
    ready: dict[Path, str] = {}
    try:
        for path, content in contents.items():
            target = path.resolve() if path.is_symlink() else path
            if target.is_dir():
                raise IsADirectoryError(0, "it is a directory")
            if target.exists() and not target.is_file():
                raise OSError(0, "it is not a regular file")
            handle, ready[target] = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=ENDING, dir=target.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            if not private:  # mkstemp makes private files
                Path(ready[target]).chmod(0o666 & ~_umask())
        for target in list(ready):
            Path(ready[target]).replace(target)
            del ready[target]
    finally:
        for temporary in ready.values():
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def try_folder(folder: Path) -> None:
    """Find out before long work whether files can be written in a folder that exists. Raises OSError."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def _umask() -> int:
    """The process's mask for new files (it can only be read by setting it)."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


__all__ = ["ENDING", "try_folder", "write_whole"]
