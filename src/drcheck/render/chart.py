"""From a trace to a sequence chart: who takes part, what changes, and long waits in one line."""

from __future__ import annotations

from collections.abc import Sequence

from drcheck.language.durations import Duration
from drcheck.language.expressions import INTEGER
from drcheck.language.units import PLAIN, brief, cell_units, choices_text
from drcheck.render.document import Change, Lifeline, Message, SequenceChart
from drcheck.render.style import is_failure, plural
from drcheck.system.composition import FAULTS
from drcheck.system.system import Cell, State, System, starts_of, untold
from drcheck.system.trace import Trace, TraceStep


def sequence_chart(trace: Trace, title: str = "") -> SequenceChart:
    """The chart of a trace.

    Only components that change, or take part in an event other than `tick`, get a lifeline; the fault budget has none.
    Consecutive ticks are one row as long as nothing but numbers changes: a tick in which a state, a boolean or an
    enumeration changes is a separate row, so that it can be seen when that happened. A row never spans the beginning
    of a cycle or a state that the trace marks.
    """
    units = cell_units(trace.system.cell_of)
    messages: list[Message] = []
    elapsed = 0
    for first, last in _rows(trace):
        steps = trace.steps[first : last + 1]
        elapsed += sum(step.event.is_tick for step in steps)
        messages.append(_message(trace, first, last, elapsed, units))
    seen = {name for m in messages for name in m.participants} | {c.component for m in messages for c in m.changes}
    seen |= {trace.system.cells[s.escape].owner for s in trace.steps if s.escape is not None}
    if not trace.steps:
        seen = {c.name for c in trace.system.components}
    return SequenceChart(
        system=trace.system.name,
        title=title or trace.system.title,
        lifelines=tuple(_lifelines(trace, seen - {FAULTS} - untold(trace.system), units if not trace.steps else None)),
        messages=tuple(messages),
        steps=len(trace.steps),
        cycle=None if trace.loop is None else (trace.loop + 1, len(trace.steps)),
        mark=trace.marks.get(0, ""),
        start=_chosen_at_start(trace, units),
    )


def _chosen_at_start(trace: Trace, units: dict[int, str]) -> str:
    """Where the trace begins, if there are several initial states."""
    system, state = trace.system, trace.initial
    if system.initials == 1:
        return ""
    said = [
        f"{system.cells[n].name} = {shown_value(system.cells[n], state[n], units, system.tick)}"
        for n in starts_of(system)
    ]
    return f"start: {', '.join(said)} (one of {system.initials:,} initial states)"


def _lifelines(trace: Trace, names: set[str], tell: dict[int, str] | None) -> list[Lifeline]:
    """Grouped by site in the order of sites: the first site, components at no site, the other sites.

    `tell` (the units of cells) asks for the start values of the variables.
    """
    found, system, state = [], trace.system, trace.initial
    for component, cells in system.owners():
        values = (
            ()
            if tell is None
            else tuple((_variable(cell), shown_value(cell, state[cell.index], tell, system.tick)) for cell in cells[1:])
        )
        if component.name in names:
            begins = component.states[state[cells[0].index]]
            found.append(Lifeline(component.name, system.site_of(component), begins, values))
    order: list[str | None] = [site.component.name for site in system.sites]
    order.insert(1 if len(order) > 1 else len(order), None)
    return sorted(found, key=lambda line: order.index(line.site))


def _rows(trace: Trace) -> list[tuple[int, int]]:
    """Positions of the first and the last step of each row."""
    rows: list[tuple[int, int]] = []
    for position, step in enumerate(trace.steps):
        if (
            rows
            and _is_quiet(trace.system, step)
            and _is_quiet(trace.system, trace.steps[position - 1])
            and position != trace.loop
            and position not in trace.marks
        ):
            rows[-1] = (rows[-1][0], position)
        else:
            rows.append((position, position))
    return rows


def _is_quiet(system: System, step: TraceStep) -> bool:
    """A tick in which nothing but numbers changes, and nothing is chosen."""
    if not step.event.is_tick or step.after is None or step.chosen:
        return False
    hidden = untold(system)
    return all(
        cell.domain.kind == INTEGER or before == after or cell.owner in hidden
        for cell, before, after in zip(system.cells, step.before, step.after, strict=True)
    )


def _message(trace: Trace, first: int, last: int, elapsed: int, units: dict[int, str]) -> Message:
    system, steps = trace.system, trace.steps[first : last + 1]
    event = steps[0].event
    unmoved = {FAULTS, *untold(system)}
    names = [p.component.name for p in event.participants if p.component.name not in unmoved]
    changes = _changes(system, steps, units)
    moved = {change.component for change in changes}
    needed = {p.component.name for p in event.participants if p.required}
    escape = steps[-1].escape
    chosen = choices_text(steps[0].chosen, system.tick)
    return Message(
        first=first + 1,
        last=last + 1,
        event=(event.name if not event.is_tick else _passing(len(steps), system.tick))
        + (f" ({chosen})" if chosen else ""),
        event_kind=event.kind,
        participants=() if event.is_tick else tuple(name for name in names if name in moved | needed),
        changes=tuple(changes),
        elapsed=_elapsed(elapsed, system.tick),
        begins_cycle=trace.loop == first,
        ends_cycle=trace.loop is not None and last + 1 == len(trace.steps),
        escape="" if escape is None else _escape(system.cells[escape]),
        mark=trace.marks.get(last + 1, ""),
    )


def _passing(ticks: int, tick: Duration | None) -> str:
    length = "" if tick is None else f" ({tick * ticks})"
    return f"{plural(ticks, 'tick')} {'passes' if ticks == 1 else 'pass'}{length}"


def _elapsed(ticks: int, tick: Duration | None) -> str:
    return "" if tick is None else str(tick * ticks) if ticks else "0"


def _escape(cell: Cell) -> str:
    return f"{cell.name} would leave its domain {cell.domain.low}..{cell.domain.high}"


def _changes(system: System, steps: Sequence[TraceStep], units: dict[int, str]) -> list[Change]:
    """What changed over consecutive steps, cell by cell in the order of the system's cells."""
    states: list[State] = [steps[0].before, *(s.after for s in steps if s.after is not None)]
    result, hidden = [], untold(system)
    for index, cell in enumerate(system.cells):
        if cell.owner in hidden:
            continue
        course = _course([state[index] for state in states], cell.domain.kind == INTEGER)
        if len(course) > 1:
            control = cell.name == cell.owner
            shown = tuple(shown_value(cell, raw, units, system.tick) for raw in course)
            result.append(Change(cell.owner, _variable(cell), shown, control and is_failure(shown[-1])))
    return result


def _variable(cell: Cell) -> str:
    """The variable's name within its component; "" for the control state."""
    return "" if cell.name == cell.owner else cell.name.removeprefix(f"{cell.owner}.")


def _course(values: Sequence[int], number: bool) -> list[int]:
    """The values that a cell went through: every different one, or of a number only where it turns."""
    course = [values[0]]
    for value in values[1:]:
        if value == course[-1]:
            continue
        if number and len(course) > 1 and (course[-1] > course[-2]) == (value > course[-1]):
            course[-1] = value
        else:
            course.append(value)
    return course


def shown_value(cell: Cell, raw: int, units: dict[int, str], tick: Duration | None) -> str:
    """The value of a cell in words, with its unit; a duration where that is the tick."""
    value = cell.domain.decode(raw)
    if isinstance(value, bool):
        return "true" if value else "false"
    return brief(value, units.get(cell.index, PLAIN), tick) if isinstance(value, int) else value


__all__ = ["sequence_chart", "shown_value"]
