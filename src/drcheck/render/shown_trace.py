"""A trace as it is shown: lines of text and charts, from plain data."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from drcheck.logic.kinds import Property
from drcheck.render.chart import sequence_chart
from drcheck.render.document import SequenceChart
from drcheck.render.explore_command import Opening, opening_of
from drcheck.render.text import chart_text
from drcheck.system.trace import Trace


@dataclass(frozen=True)
class TraceView:
    """A trace to show: a sequence chart, the same as lines of text, and how the explorer opens it, if it can.

    `told`: what matters of it, in few lines, and `printed` the same in fewer; () where it was not told.
    """

    caption: str
    chart: SequenceChart
    text: tuple[str, ...]
    opening: Opening | None = None
    told: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()

    @property
    def steps(self) -> int:
        """How many steps the trace has."""
        return self.chart.steps


def trace_view(trace: Trace, item: Property, value: str) -> TraceView:
    """The trace of a verdict on a property, its last state marked with what it shows. `value`: a worst case's, as text."""
    mark = item.mark(value)
    escapes = any(step.escape is not None for step in trace.steps)
    if mark and not escapes and trace.loop is None:
        trace = replace(trace, marks={**trace.marks, len(trace.steps): mark})
    caption = item.attains if item.attains and value else item.caption(ends=trace.loop is None)
    if escapes:
        caption = "the shortest execution at whose end a value would leave its domain"
    if not trace.shortest:
        caption = re.sub(r"\b(the|a) shortest\b", "an", caption)
    return _view(trace, caption)


def _view(trace: Trace, caption: str) -> TraceView:
    chart = sequence_chart(trace, title=f"{caption[0].upper()}{caption[1:]}")
    return TraceView(caption, chart, tuple(chart_text(chart)), opening_of(trace))
