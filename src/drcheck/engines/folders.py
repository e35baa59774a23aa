"""The folders for a search's files: whether they can be used, tested before any search."""

from __future__ import annotations

import os
from pathlib import Path

from drcheck.engines.protocol import Limits
from drcheck.errors import EngineError

OF_FILES = ("DR506", "DR507")
"""The codes of errors about a search's files, not about the system."""


def check_folders(limits: Limits) -> None:
    """Refuse folders in which no files can be made. Raises EngineError DR506, or DR408 without the engine that makes them.

    A folder for logs need not be there: it is made once there is something to write.
    """
    if limits.disk is not None or limits.log is not None:
        from drcheck.kernels.jit import available

        if not available():
            raise EngineError(
                "DR408",
                "logs of searches and files for what memory cannot hold are made by the native engine, which is not installed",
                remedy="install drcheck's extra for it (pip install 'drcheck[native]'), or leave out --log and --disk",
            )
    if limits.disk is not None and not os.access(limits.disk, os.W_OK | os.X_OK):
        raise EngineError(
            "DR506",
            f"no files can be created in {limits.disk}, which must hold what a search needs",
            remedy="name a folder that is there and can be written to",
        )
    if limits.log is not None:
        place = _nearest(limits.log)
        if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
            raise EngineError(
                "DR506",
                f"no logs can be written to {limits.log}",
                remedy="name a folder that is there and can be written to, or one that can be created",
            )


def _nearest(folder: Path) -> Path:
    """The folder, or what there is of the way to it."""
    at = folder.absolute()
    while not os.path.lexists(at) and at != at.parent:
        at = at.parent
    return at
