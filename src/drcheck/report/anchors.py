"""Addresses inside a file: made of names alone, so that they stay the same whatever else a review says."""

from __future__ import annotations

import re
import zlib

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


def anchor(*names: str) -> str:
    """An address made of names. One whose characters had to be replaced ends with a digest, so that no two are the same."""
    said = "-".join(names)
    safe = _UNSAFE.sub("-", said).strip("-") or "it"
    return safe if safe == said else f"{safe}-{zlib.crc32(said.encode()):08x}"


__all__ = ["anchor"]
