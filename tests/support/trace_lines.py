"""A trace step by step, as the lines that `drcheck check --trace` prints."""

from __future__ import annotations

from drcheck.render.chart import sequence_chart
from drcheck.render.text import chart_text
from drcheck.system.trace import Trace


def trace_text(trace: Trace) -> list[str]:
    """The lines of a trace."""
    return chart_text(sequence_chart(trace))
