"""A worst case asked for its value: without its bound, its claims and its findings, of a system with any parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from drcheck.logic.kinds import Property
from drcheck.logic.objectives import Bound
from drcheck.logic.properties import Statement, asked
from drcheck.system.system import System


def measuring(
    name: str,
    measure: Statement,
    given: Mapping[str, Any],
    bound: Callable[[Property, System], Bound | None] | None = None,
    source: str = "",
) -> Statement:
    """The worst case with another name and other parameters. `bound`: the one that it has then, if any, whatever its own was."""

    def build(system: System) -> Property:
        item = measure.on_any(system)
        return replace(
            item,
            name="",
            claims=(),
            roles=(),
            by_construction=False,
            measures="",
            source="",
            assumptions=(),
            statement="",
            findings=(),
            at_most=None if bound is None else bound(item, system),
            restated=None,
        )

    return asked(
        name,
        build,
        given,
        source=source,
        statement=measure.details.get("statement", ""),
        assumptions=measure.details.get("assumptions", ()),
        place=measure.details.get("place"),
    )


__all__ = ["measuring"]
