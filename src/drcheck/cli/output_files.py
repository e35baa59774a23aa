"""Results as separate files, whole or not at all, with the command line's errors."""

from __future__ import annotations

import os
from pathlib import Path

import click

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


class Destination:
    """Where one text goes: to a file, into a folder, or to standard output (None, or `-`).

    Raises OutputError DR601 where nothing can be written: before the work, not after it.
    """

    def __init__(self, output: str | None) -> None:
        self._path = None if output in (None, "-") else Path(str(output))
        self._folder = self._path is not None and (self._path.is_dir() or str(output).endswith(("/", os.sep)))
        if self._path is not None:
            try_directory(self._path if self._folder else self._path.parent)

    @property
    def is_standard(self) -> bool:
        """Whether it is standard output."""
        return self._path is None

    def write(self, text: str, name: str) -> Path | None:
        """Write the text, in a folder under a name; the file that was written. Raises OutputError DR601."""
        text = text if text.endswith("\n") else f"{text}\n"
        if self._path is None:
            click.echo(text, nl=False)
            return None
        path = self._path / name if self._folder else self._path
        write_text(path, text)
        return path


def unwritable(path: Path, error: OSError) -> OutputError:
    """The error for a path that cannot be written."""
    return OutputError(
        "DR601",
        f"{path} cannot be written: {error.strerror or error}",
        remedy="nothing was written there; choose another place with --output",
    )
