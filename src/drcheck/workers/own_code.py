"""The digest of drcheck's own code: what an answer depends on besides the model and what is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable


@cache
def code_digest() -> str:
    """The digest of drcheck's own modules, whatever their place on the disk."""
    found = hashlib.sha256()
    for name, content in sorted(_modules(resources.files("drcheck"), "")):
        found.update(name.encode() + b"\0" + content)
    return found.hexdigest()[:16]


def _modules(folder: Traversable, before: str) -> Iterable[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _modules(entry, f"{before}{entry.name}/")
        elif entry.name.endswith(".py"):
            yield f"{before}{entry.name}", entry.read_bytes()


__all__ = ["code_digest"]
