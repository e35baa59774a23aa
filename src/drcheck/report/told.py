"""A trace for a review: step by step, and told in the few lines that matter."""

from __future__ import annotations

from dataclasses import replace

from drcheck.logic.kinds import Property
from drcheck.render.shown_trace import TraceView, trace_view
from drcheck.system.trace import Trace
from drcheck.telling.telling import LIMIT, tell

PRINTED = 12
"""How many lines of a trace are printed."""
WIDTH = 100
"""Lines are wrapped at this many characters, which is what paper has room for."""


def told_view(trace: Trace, item: Property, value: str, command: str) -> TraceView:
    """The trace of a verdict on a property: all of it, what matters of it, and the same as short as it is printed.

    `command` shows every step; "" where there is none. A telling that is cut names it.
    """
    view, telling = trace_view(trace, item, value), tell(trace, item, value)
    return replace(
        view,
        told=tuple(telling.text(WIDTH, LIMIT, command)),
        printed=tuple(telling.text(WIDTH, PRINTED, command)),
    )


__all__ = ["told_view"]
