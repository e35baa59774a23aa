"""`drcheck watch`: check a design again whenever one of the files that it was read from changes."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from drcheck.cli.complete import designs
from drcheck.cli.status import ERROR, OK

PAUSE = 0.1
"""Seconds between two looks at the files."""
ENDING = 5.0
"""Seconds that a check has to end in when it is to begin again, or the command ends."""
_PACKAGE = Path(__file__).resolve().parents[1]
_CHILD = "drcheck.cli.watched"
"""The module that is run in the other process."""

Seen = dict[str, tuple[int, int] | None]


@click.command(
    "watch",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    epilog="""
\b
Examples:
  drcheck watch drcheck.examples:pair
  drcheck watch drcheck.examples:pair longest_wait --set patience=6h
  drcheck watch drcheck.examples:pair --baseline result.json

Each check is that of `drcheck check` with the same arguments, in a process of its own. Watched are the modules that it reads,
and after an error their folders too; not other files that a model opens. One that is running is given up where a file changes.

Exit status: 0 when Ctrl-C ends it, 2 if there is nothing to watch.
""",
)
@click.argument("target", shell_complete=designs)
@click.argument("arguments", metavar="[PROPERTY|OPTION]...", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def watch_command(context: click.Context, target: str, arguments: Sequence[str]) -> None:
    """Check the design TARGET (module:design, or file:design), and again whenever a file that it is made of changes."""
    context.exit(_watch([target, *arguments]))


def _watch(arguments: Sequence[str]) -> int:
    files: set[str] = set()
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(KeyboardInterrupt):
        told = Path(folder) / "files.json"
        while True:
            seen = _look(files)
            began = time.time()
            child = subprocess.Popen([sys.executable, "-m", _CHILD, str(told), *arguments], env=_environment())
            try:
                changed = _wait(child, seen)
            finally:
                _end(child)
            if not changed:
                read = set(json.loads(told.read_text(encoding="utf-8"))) if told.exists() else set()
                failed = child.returncode == ERROR
                files = {*files, *read, *(str(Path(name).parent) for name in read)} if failed else read or files
                if failed and all(_PACKAGE in Path(name).parents for name in read):
                    return ERROR  # no file of a model was come to
                # What was written while it was read is read again.
                seen = {
                    name: seen[name] if name in seen else None if _is_file(name) and _later(found, began) else found
                    for name, found in _look(files).items()
                }
                click.echo(f"watching {sum(map(_is_file, files))} files; Ctrl-C ends", err=True)
                changed = _changed(seen)
                while not changed:
                    time.sleep(PAUSE)
                    changed = _changed(seen)
            click.echo(
                f"\n{time.strftime('%H:%M:%S')} changed: {', '.join(_short(name) for name in changed)}", err=True
            )
    return OK


def _wait(child: subprocess.Popen[bytes], seen: Seen) -> list[str]:
    """Wait for the end of a check, or for a change of a file; which files have changed."""
    while child.poll() is None:
        if changed := _changed(seen):
            return changed
        time.sleep(PAUSE / 2)
    return []


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a check that runs: as an interrupt would, and else for good."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(ENDING)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _look(files: Iterable[str]) -> Seen:
    """When each file was last written, in nanoseconds, and its size; None for one that is not there."""
    found: Seen = {}
    for name in files:
        try:
            status = Path(name).stat()
            found[name] = (status.st_mtime_ns, status.st_size)
        except OSError:
            found[name] = None
    return found


def _changed(seen: Seen) -> list[str]:
    now = _look(seen)
    return sorted(name for name in seen if now[name] != seen[name])


def _later(found: tuple[int, int] | None, began: float) -> bool:
    return found is not None and found[0] > began * 1e9


def _is_file(name: str) -> bool:
    return name.endswith(".py")


def _short(name: str) -> str:
    with contextlib.suppress(ValueError):
        return str(Path(name).relative_to(Path.cwd()))
    return name


def _environment() -> dict[str, str]:
    """Without compiled files: these say when their source was written in whole seconds."""
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}


__all__ = ["watch_command"]
