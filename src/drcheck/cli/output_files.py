"""Results as separate files, whole or not at all, with the command line's errors."""

from __future__ import annotations

from pathlib import Path

from drcheck.errors import OutputError
from drcheck.whole_files import try_folder, write_whole


def write_text(path: Path, text: str) -> None:
    """Write a text file (UTF-8, line feeds), making the directories it needs. Raises OutputError DR601."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole({path: text.encode()})
    except OSError as error:
        raise unwritable(path, error) from error


def try_directory(directory: Path) -> None:
    """Find out before a long search whether files can be written in a directory that may have to be made. DR601."""
    there = next((d for d in (directory, *directory.parents) if d.exists()), Path())
    try:
        try_folder(there)
    except OSError as error:
        raise unwritable(directory, error) from error


def unwritable(path: Path, error: OSError) -> OutputError:
    """The error for a path that cannot be written."""
    return OutputError(
        "DR601",
        f"{path} cannot be written: {error.strerror or error}",
        remedy="nothing was written there; choose another place with --output",
    )
