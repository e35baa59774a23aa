"""What looks for remarks: one function for each code, registered in `FINDERS`.

| remarks about | module |
|---|---|
| silencings that silence nothing | here |

To add one: register its code in `errors.REMARKS`, write `find(system)` in a module here, add and a line to
`FINDERS`. A finder looks at the composition alone and explores nothing, in a time that is small beside that of
composing. What it remarks must be worth a change in most models: a remark that is noise makes people read none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from drcheck.remarks import Remark, Silencing
from drcheck.system import System

Finder: TypeAlias = Callable[[System], Iterable[Remark]]

FINDERS: Mapping[str, Finder] = {}
"""The finders of remarks about systems, by code. A finder gives remarks of its own code only."""

VAIN = "DR801"


def remarks_of(system: System) -> tuple[Remark, ...]:
    """The remarks on a system that are not silenced in it, in the order of their codes; last, silencings in vain."""
    found = [remark for code in sorted(FINDERS) for remark in FINDERS[code](system)]
    return (*unsilenced(found, system.silenced), *vain(found, [s for s in system.silenced if s.code in FINDERS]))


def unsilenced(found: Iterable[Remark], silenced: Sequence[Silencing]) -> list[Remark]:
    """The remarks that no silencing fits, each once."""
    return [remark for remark in dict.fromkeys(found) if not any(s.fits(remark) for s in silenced)]


def vain(found: Sequence[Remark], silenced: Sequence[Silencing]) -> list[Remark]:
    """A remark on each silencing that fits none of the remarks."""
    return [
        Remark(
            VAIN,
            f"{silencing.code} {silencing.subject}",
            "it is silenced, and there is no such remark",
            silencing.place,
            "remove the silencing, or correct its subject",
        )
        for silencing in silenced
        if not any(silencing.fits(remark) for remark in found)
    ]


__all__ = ["FINDERS", "Finder", "remarks_of", "unsilenced", "vain"]
