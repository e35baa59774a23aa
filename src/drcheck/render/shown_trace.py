"""A trace as it is shown: lines of text and charts, from plain data."""

from __future__ import annotations

from dataclasses import dataclass, replace

from drcheck.render.chart import sequence_chart
from drcheck.render.document import SequenceChart
from drcheck.render.text import chart_text
from drcheck.system.trace import Trace
from drcheck.verdicts.check import Verdict
from drcheck.verdicts.told import value_text


@dataclass(frozen=True)
class TraceView:
    """A trace to show: a sequence chart and the same as lines of text."""

    caption: str
    chart: SequenceChart
    text: tuple[str, ...]

    @property
    def steps(self) -> int:
        """How many steps the trace has."""
        return self.chart.steps


_CAPTIONS = {
    "reachable": "the shortest execution that reaches it",
    "worst_case": "a shortest execution that attains the worst case",
    "leads_to": "an execution on which it never comes",
    "ltl": "an execution that breaks it",
    "can_always": "the shortest execution after which it can never be reached again",
    "deadlock_free": "the shortest execution to a state without any step",
}


_MARKS = {
    "always": "the promise does not hold",
    "reachable": "reached",
    "can_always": "it can never be reached again",
    "deadlock_free": "no step is possible",
}


def trace_view(verdict: Verdict) -> TraceView:
    """A verdict's trace, its last state marked with what is seen there."""
    trace, item = verdict.trace, verdict.property
    assert trace is not None
    mark = _MARKS.get(item.kind, "")
    if item.kind == "worst_case":
        mark = f"the worst case: {value_text(verdict)}"
    escapes = any(step.escape is not None for step in trace.steps)
    if mark and not escapes and trace.loop is None:
        trace = replace(trace, marks={**trace.marks, len(trace.steps): mark})
    caption = _CAPTIONS.get(item.kind, "the shortest execution that violates it")
    if escapes:
        caption = "the shortest execution at whose end a value would leave its domain"
    elif item.kind == "leads_to" and trace.loop is None:
        caption = "an execution that ends without it"
    return _view(trace, caption)


def _view(trace: Trace, caption: str) -> TraceView:
    chart = sequence_chart(trace, title=f"{caption[0].upper()}{caption[1:]}")
    return TraceView(caption, chart, tuple(chart_text(chart)))
