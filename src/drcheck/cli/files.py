"""Files are written whole or not at all: into a temporary file next to the target, which then takes its place."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from drcheck.errors import OutputError


def write_text(path: Path, text: str) -> None:
    """Write a text file (UTF-8, line feeds), making the directories it needs. Raises OutputError DR601."""
    temporary: str | None = None
    path = path.resolve() if path.is_symlink() else path  # what a link points to is written, the link stays
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(0, "it is a directory")
        if path.exists() and not path.is_file():
            raise OSError(0, "it is not a regular file")
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o666 & ~_umask())  # noqa: PTH101  # mkstemp makes private files; results are not
        os.replace(temporary, path)  # noqa: PTH105  # `temporary` is a name, not a Path
        temporary = None
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108  # as above


def try_directory(directory: Path) -> None:
    """Find out before a long search whether files can be written in a directory that may have to be made. DR601."""
    there = next((d for d in (directory, *directory.parents) if d.exists()), Path())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise unwritable(directory, error) from error


def unwritable(path: Path, error: OSError) -> OutputError:
    """The error for a path that cannot be written."""
    return OutputError(
        "DR601",
        f"{path} cannot be written: {error.strerror or error}",
        remedy="nothing was written there; choose another place with --output",
    )


def _umask() -> int:
    """The process's mask for new files (it can only be read by setting it)."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
