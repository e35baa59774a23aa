"""What `drcheck watch` runs for each check: the check, and which files were read for it."""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from drcheck.cli.main import run

_PACKAGE = Path(__file__).resolve().parents[1]


def checked(told: str, arguments: Sequence[str]) -> int:
    """Check, and write the names of the files that were read, in a file for the process that watches; the exit status."""
    read: set[str] = set()

    def hear(event: str, given: tuple[Any, ...]) -> None:
        # Also of modules that fail: these are nowhere in sys.modules.
        if event == "compile":
            name = given[1]
        elif event == "exec":
            name = getattr(given[0], "co_filename", None)
        else:
            return
        if isinstance(name, str | bytes):
            read.add(os.fsdecode(name))

    sys.addaudithook(hear)
    status = run(["check", *arguments])
    files = {str(Path(name).resolve()) for name in read if Path(name).is_file()}
    Path(told).write_text(json.dumps(sorted(name for name in files if _own(name))), encoding="utf-8")
    return status


def _own(name: str) -> bool:
    """Whether a file may change while its user works: it is neither Python's nor a library's."""
    if not name.endswith(".py"):
        return False
    path, paths = Path(name), sysconfig.get_paths()
    libraries = {Path(paths[key]).resolve() for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    return _PACKAGE in path.parents or not any(each in path.parents for each in libraries)


if __name__ == "__main__":
    sys.exit(checked(sys.argv[1], sys.argv[2:]))
