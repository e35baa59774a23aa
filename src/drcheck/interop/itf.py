"""Traces in the Informal Trace Format, which Apalache, Quint and their viewers read (Apalache, ADR 015).

The variables are the cells of the system under their names; the control state of a component is a text. Whole numbers are
written as `{"#bigint": "3"}`, as these tools write them. `#meta` of a state has the event that led to it.
"""

from __future__ import annotations

from typing import Any

from drcheck.language.expressions import Value
from drcheck.system.system import untold
from drcheck.system.trace import Trace

FORMAT = "https://apalache-mc.org/docs/adr/015adr-trace.html"


def itf_data(trace: Trace, source: str = "", description: str = "") -> dict[str, Any]:
    """A trace as plain data in the format, for JSON. A last step that leaves a domain leads to no state, and is left out."""
    system, hidden = trace.system, untold(trace.system)
    names = [cell.name for cell in system.cells if cell.owner not in hidden]
    steps = [step for step in trace.steps if step.after is not None]
    states = []
    for index, state in enumerate(trace.states):
        meta: dict[str, Any] = {"index": index}
        if index:
            meta |= {"action": steps[index - 1].event.name, "kind": steps[index - 1].event.kind}
        values = system.decode(state)
        states.append({"#meta": meta, **{name: _value(values[name]) for name in names}})
    meta = {"format": "ITF", "format-description": FORMAT, "source": source or system.name, "description": description}
    loop = {} if trace.loop is None else {"loop": trace.loop}
    return {"#meta": meta, "vars": names, "states": states, **loop}


def _value(value: Value) -> Any:
    return {"#bigint": str(value)} if isinstance(value, int) and not isinstance(value, bool) else value


__all__ = ["itf_data"]
