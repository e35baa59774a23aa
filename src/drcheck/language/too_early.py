"""A component that is read before it is created: the error, and how to write two components that need each other.

Components are Python objects, so a guard can only read what is there, or speak of what comes later by its name (`references`).
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any

from drcheck.errors import ModelError, Place

_UNBOUND = re.compile(
    r"(?:local|free) variable '(\w+)'.* where it is not associated with a value|"
    r"(?:local|free) variable '(\w+)' referenced before assignment"
)


def read_too_early(error: Exception, function: Callable[..., Any], place: Place) -> ModelError | None:
    """The coded error DR126 for a name that a design function reads before it is made; None if the error is another."""
    match = _UNBOUND.search(str(error)) if isinstance(error, NameError) else None
    if match is None:
        return None
    name = match[1] or match[2]
    made = _line_of(name, function)
    where = f", which line {made} makes" if made is not None and made > place.line else ""
    return ModelError(
        "DR126",
        f"{name} is read before it is made{where}: a guard, an update or an event can only read what stands above it",
        place=place,
        remedy=f'make {name} first, or speak of it by the name that it has as a component: state_of("{name}", "a_state"), '
        f'variable_of("{name}", "a_variable")',
    )


def _line_of(name: str, function: Callable[..., Any]) -> int | None:
    """The line in which a function first assigns a name, if its source can be read."""
    try:
        lines, first = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, TypeError, SyntaxError):
        return None
    found = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    ]
    return first + min(found) - 1 if found else None


__all__ = ["read_too_early"]
