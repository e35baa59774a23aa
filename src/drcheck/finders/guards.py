"""Remarks on guards that Python decided: `unless=link.initial == "down"` compares two strings and is no guard at all.

A constant guard alone is no reason for a remark: a parameter of the design may decide it (`when=fencing`). So the text of the
transition is examined, if there is one: it is remarked where the guard compares an attribute that only names something.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from drcheck.language.component import On
from drcheck.language.constants import constant_guards, python_parts
from drcheck.language.displays import calls_in, names_compared
from drcheck.language.remarks import Remark
from drcheck.system.system import System


def decided(system: System) -> Iterator[Remark]:
    """DR830: a guard that is constant, or partly, because it compares what a component is called with something."""
    constants = {id(transition): found for _, transition, found in constant_guards(system.components)}
    for component in system.components:
        for transition in component.transitions:
            found = constants.get(id(transition))
            partly = [] if found is not None or transition.when is None else list(python_parts(transition.when))
            compared = _compared(transition) if found is not None or partly else None
            if compared is not None:
                said = (
                    f"its guard is always {found}"
                    if found is not None
                    else f"a part of its guard, `{transition.when}`, is constant"
                )
                yield Remark(
                    "DR830",
                    f"{component.name}.{transition.trigger}",
                    f"{said}: `{compared}` is compared by Python, once, and reads no state",
                    transition.place,
                    "write a state, as in link.down, or a comparison with a variable",
                )


def _compared(transition: On) -> str | None:
    """What the guard of a transition compares, if that is a name."""
    place, span = transition.place, transition.span
    calls = [
        node
        for where, node in calls_in(place.file).items()
        if (where == span if span is not None else where[0] <= place.line <= where[1])
        and {"when", "unless"} & {k.arg for k in node.keywords}
    ]
    if not calls:
        return None
    nearest = max(calls, key=lambda node: (node.lineno, node.col_offset))
    for keyword in nearest.keywords:
        for node in ast.walk(keyword.value) if keyword.arg in ("when", "unless") else ():
            found = names_compared(node)
            if found is not None:
                return found
    return None


__all__ = ["decided"]
