"""The same design with other parameters: what stays the same does not depend on them.

A constant in a property or in a guard is right where a parameter of the design decides it (`when=fencing`), and a slip where
nothing does (`unless=link.initial == "down"`). The constant does not show which; the other settings do.

All settings are tried where there are at most `MOST`. Where there are more, they differ from the present one in one
parameter, each of which takes some of its values: all of a short list, the ends and the neighbours in a long one; of numbers
and durations without a list the default, zero, one more and less, half, double, ten and a hundred times as much.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from drcheck.language.durations import Duration, minutes, seconds

MOST = 64
"""How many settings are tried at most where all combinations are."""
_FEW = 8
"""Up to how many values of one parameter are all tried."""


class Varied(Protocol):
    """What is asked of a parameter."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> type: ...
    @property
    def default(self) -> Any: ...
    @property
    def choices(self) -> tuple[Any, ...]: ...


def values_of(parameter: Varied, present: Any) -> list[Any]:
    """The values of a parameter that are tried, without the present one."""
    tried: list[Any] = list(parameter.choices)
    if len(tried) > _FEW:
        at = tried.index(present) if present in tried else 0
        tried = [tried[0], *tried[max(0, at - 2) : at + 3], tried[-1]]
    elif not tried and parameter.type is bool:
        tried = [False, True]
    elif not tried and parameter.type is int:
        near = (present + 1, present - 1, present // 2, 2 * present, 10 * present, 100 * present)
        tried = [parameter.default, 0, 1, *near]
    elif not tried and parameter.type is Duration:
        longer = (present + minutes(1), present * 2, present * 10, present * 100)
        tried = [parameter.default, minutes(0), seconds(present.in_seconds // 2), *longer]
    return [value for value in dict.fromkeys(tried) if value != present]


def other_settings(parameters: Sequence[Varied], present: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Settings other than the present one, those that differ in one parameter first (see the module's description)."""
    others = {p.name: values_of(p, present[p.name]) for p in parameters}
    for name, values in others.items():
        for value in values:
            yield {**present, name: value}
    number = 1
    for values in others.values():
        number *= 1 + len(values)
    if number > MOST:
        return
    for combination in itertools.product(*([present[name], *values] for name, values in others.items())):
        settings = dict(zip(others, combination, strict=True))
        if sum(settings[name] != present[name] for name in settings) > 1:
            yield settings


__all__ = ["MOST", "other_settings", "values_of"]
