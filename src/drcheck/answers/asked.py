"""What is asked about in text: an event by its name, or an expression over a system."""

from __future__ import annotations

from drcheck.errors import PathError
from drcheck.language.expressions import BOOLEAN, TEMPORAL, Expression
from drcheck.system.system import System
from drcheck.text import parse_expression

LONGEST = 2_000
"""How many characters an expression may have: it is evaluated in every state."""


def expression_in(text: str, system: System, *, condition: bool = False) -> Expression:
    """The expression over a system that a text is, with what its references stand for. With `condition`, it must be one.

    Raises TextError, and PathError DR522 for a text that is too long, a formula, or a number where a condition is needed.
    """
    if len(text) > LONGEST:
        raise PathError(
            "DR522", f"the expression has {len(text):,} characters", remedy=f"at most {LONGEST:,} are read here"
        )
    found = parse_expression(text, system)
    if found.kind == TEMPORAL:
        raise PathError("DR522", f"`{text}` is a formula: it has no value at a state", remedy="write a condition")
    if condition and found.kind != BOOLEAN:
        raise PathError("DR522", f"`{text}` is no condition", remedy="compare it, as in server.queue > 0")
    return system.settled(found)


__all__ = ["LONGEST", "expression_in"]
