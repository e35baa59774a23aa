"""Sizes in bytes, as they are written and read: `8G`, `512M`, `1.5GiB`, or a number of bytes."""

from __future__ import annotations

import re
from decimal import Decimal

UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
"""Suffixes of sizes: powers of 1024."""
_SIZE = re.compile(r"(\d{1,30})(\.\d{1,30})?\s*(?:([KMGT])(?:I?B)?|B)?", re.ASCII)


def size_of(text: str) -> int | None:
    """Bytes from a size as people write it; None if the text is none.

    K, M, G and T are powers of 1024, with or without B or iB after them, in upper or lower case.
    """
    found = _SIZE.fullmatch(text.strip().upper())
    if found is None or (found[2] and not found[3]):
        return None
    return int(Decimal(found[1] + (found[2] or "")) * UNITS.get(found[3], 1))


def size_text(size: int) -> str:
    """A number of bytes exactly, in the largest unit that it is a multiple of: `8G`, `200M`, `1,000,001 bytes`."""
    number, suffix = _largest(size)
    return f"{number:,}{suffix}" if suffix else f"{number:,} bytes"


def size_word(size: int) -> str:
    """The same as one word, which `size_of` reads: `8G`, `200M`, `1000001`."""
    number, suffix = _largest(size)
    return f"{number}{suffix}"


def about(size: int) -> str:
    """A number of bytes in whole M."""
    return f"{size / UNITS['M']:,.0f}M"


def _largest(size: int) -> tuple[int, str]:
    """A size in the largest unit that it is a multiple of, with the unit's suffix."""
    return next(
        ((size // unit, suffix) for suffix, unit in reversed(UNITS.items()) if size and size % unit == 0), (size, "")
    )


__all__ = ["UNITS", "about", "size_of", "size_text", "size_word"]
