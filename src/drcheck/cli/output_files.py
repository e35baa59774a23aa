"""Results as separate files, whole or not at all, with the command line's errors."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import click

from drcheck.errors import OutputError
from drcheck.whole_files import try_folder, write_whole


def write_text(path: Path, text: str) -> None:
    """Write a text file (UTF-8, line feeds), making the directories it needs. Raises OutputError DR601."""
    write_texts({path: text})


def write_texts(files: Mapping[Path, str]) -> None:
    """Write text files, all of them or none, making the directories they need. Raises OutputError DR601."""
    try:
        for path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
        write_whole({path: text.encode() for path, text in files.items()})
    except OSError as error:
        raise unwritable(next(iter(files)).parent if len(files) > 1 else next(iter(files)), error) from error


def try_directory(directory: Path) -> None:
    """Find out before a long search whether files can be written in a directory that may have to be made. DR601."""
    there = next((d for d in (directory, *directory.parents) if d.exists()), Path())
    try:
        try_folder(there)
    except OSError as error:
        raise unwritable(directory, error) from error


class Destination:
    """Where texts go: one to a file or to standard output (None, or `-`), any number of them into a folder.

    Raises OutputError DR601 where nothing can be written: before the work, not after it.
    """

    def __init__(self, output: str | None) -> None:
        self._path = None if output in (None, "-") else Path(str(output))
        self.is_folder = self._path is not None and (self._path.is_dir() or str(output).endswith(("/", os.sep)))
        if self._path is not None:
            try_directory(self._path if self.is_folder else self._path.parent)

    @property
    def is_standard(self) -> bool:
        """Whether it is standard output."""
        return self._path is None

    def write(self, texts: Mapping[str, str]) -> list[Path]:
        """Write texts, in a folder under their names, all of them or none; the files that were written. DR601."""
        whole = {name: text if text.endswith("\n") else f"{text}\n" for name, text in texts.items()}
        if self._path is None:
            (text,) = whole.values()
            click.echo(text, nl=False)
            return []
        files = {self._path / name if self.is_folder else self._path: text for name, text in whole.items()}
        write_texts(files)
        return list(files)

    def others(self, made: Collection[str], like: Callable[[str], bool]) -> list[Path]:
        """The files of the folder, if it is one, that were not made this time and have a name like it."""
        if self._path is None or not self._path.is_dir():
            return []
        return sorted(path for path in self._path.iterdir() if like(path.name) and path.name not in made)


def unwritable(path: Path, error: OSError) -> OutputError:
    """The error for a path that cannot be written."""
    where = "the working directory" if path == Path() else path
    return OutputError(
        "DR601",
        f"{where} cannot be written: {error.strerror or error}",
        remedy="nothing was written there; choose another place with --output",
    )
