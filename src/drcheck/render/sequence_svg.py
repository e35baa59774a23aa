"""Sequence charts as SVG of our own: one row a step, one lifeline a component, grouped by site.

A chart has, from left to right: the number of the step, the time, the event with its kind (in a word and by colour and
line style), the lifelines, and in words what changed. Every column is as wide as its text needs, and text is wrapped to
its column, so nothing overlaps or is cut off. With few components the new control state stands on the lifeline; with
many, lifelines move together, names stand upright, and the words give the states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drcheck.render.canvas import BODY, NOTE, Canvas, heading, legend, page
from drcheck.render.document import Change, Lifeline, Message, SequenceChart
from drcheck.render.style import (
    ALARM,
    ALARM_FILL,
    ALARM_SOFT,
    INK,
    KINDS,
    MUTED,
    PANEL,
    PAPER,
    RULE,
    clean,
    is_failure,
    plural,
    site_title,
    text_width,
    wrap,
)
from drcheck.render.text import change_text

MARGIN, GAP, LEADING, PAD = 18.0, 14.0, 13.0, 6.0
EVENT_WIDTH, CHANGE_WIDTH = 165.0, 310.0
ROOMY = 640.0
"""Lifelines have the control states on them while all of them fit into this width."""
NARROW = 27.0
"""The distance of lifelines with upright names."""
SEPARATOR, INDENT = 20.0, 12.0


@dataclass(frozen=True)
class _Column:
    """A lifeline's place: its centre, and its header in lines."""

    line: Lifeline
    x: float
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Group:
    """A site's lifelines: the band behind them."""

    site: str | None
    left: float
    right: float


@dataclass(frozen=True)
class _Row:
    """A message with its texts broken into lines, its height, and the control states after it."""

    message: Message
    event: tuple[str, ...]
    changes: tuple[tuple[str, str, bool], ...]
    """Lines: (component in front or "", text, whether it is alarming)."""
    height: float
    before: dict[str, str]
    after: dict[str, str]


@dataclass(frozen=True)
class _Layout:
    numbers: float
    times: float
    events: float
    lines: float
    changes: float
    width: float
    roomy: bool
    columns: tuple[_Column, ...]
    groups: tuple[_Group, ...]
    header: float
    rows: tuple[_Row, ...]
    start: tuple[str, ...]
    """What is said of the initial state, in lines."""


def sequence_svg(chart: SequenceChart) -> str:
    """The whole chart as one SVG."""
    layout = _layout(chart)
    return _paint(chart, layout, layout.rows, "")


def sequence_svgs(chart: SequenceChart, height: float = 1000.0) -> list[str]:
    """The chart in parts of at most `height` points each (one row at least), every part with heading and lifelines."""
    layout = _layout(chart)
    fixed = layout.header + 150
    parts: list[list[_Row]] = [[]]
    used = fixed
    for row in layout.rows:
        needed = row.height + SEPARATOR * (row.message.begins_cycle + row.message.ends_cycle)
        if parts[-1] and used + needed > height:
            parts.append([])
            used = fixed
        parts[-1].append(row)
        used += needed
    if len(parts) == 1:
        return [_paint(chart, layout, layout.rows, "")]
    return [_paint(chart, layout, part, f" (part {n} of {len(parts)})") for n, part in enumerate(parts, 1)]


# -- layout --------------------------------------------------------------------------------------------------------
def _layout(chart: SequenceChart) -> _Layout:
    rows = _rows(chart)
    numbers = MARGIN + 12
    digits = max([text_width(_number(row.message), NOTE) for row in rows] + [text_width("step", NOTE)])
    times = numbers + digits + GAP
    clock = max((text_width(row.message.elapsed, NOTE) for row in rows), default=0.0)
    clock = max(clock, text_width("time", NOTE)) + GAP if clock else 0.0
    events = times + clock
    widths = [text_width(line, BODY, bold=True) for row in rows for line in row.event]
    lines = events + max([*widths, text_width("environment", NOTE), text_width("start", BODY)]) + GAP
    columns, groups, right, roomy, header = _columns(chart, lines)
    told = [line for row in rows for line in row.changes]
    start = tuple(_told_of_start(chart))
    said = [text_width(f"{name} {text}", BODY) + (0 if name else INDENT) for name, text, _ in told]
    said += [text_width("what changed", NOTE), *(text_width(line, BODY) for line in start)]
    width = right + GAP + max(said) + MARGIN
    if width < 420:
        width = 420.0
    return _Layout(numbers, times, events, lines, right + GAP, width, roomy, columns, groups, header, rows, start)


def _told_of_start(chart: SequenceChart) -> list[str]:
    """What was chosen at the start; the start values, if no steps show them; what the trace says of the initial state."""
    lines = list(wrap(clean(chart.start), BODY, CHANGE_WIDTH)) if chart.start else []
    for line in chart.lifelines:
        values = ", ".join(f"{name} {value}" for name, value in line.values)
        lines += wrap(clean(f"{line.component}: {values}"), BODY, CHANGE_WIDTH) if values else []
    return lines + (wrap(f"Here: {clean(chart.mark)}", BODY, CHANGE_WIDTH) if chart.mark else [])


def _number(message: Message) -> str:
    return str(message.first) if message.first == message.last else f"{message.first}–{message.last}"


def _rows(chart: SequenceChart) -> tuple[_Row, ...]:
    state = {line.component: line.initial for line in chart.lifelines}
    rows = []
    for message in chart.messages:
        before = dict(state)
        for change in message.changes:
            if not change.variable and change.component in state:
                state[change.component] = change.values[-1]
        event = tuple(wrap(clean(message.event), BODY, EVENT_WIDTH, bold=True))
        told = tuple(_told(message))
        lines = len(event) + (message.event_kind != "time")
        height = max(lines, len(told), 1) * LEADING + 2 * PAD
        rows.append(_Row(message, event, told, height, before, dict(state)))
    return tuple(rows)


def _told(message: Message) -> list[tuple[str, str, bool]]:
    """What changed in lines: a component's changes follow its name."""
    result: list[tuple[str, str, bool]] = []
    by_component: dict[str, list[Change]] = {}
    for change in message.changes:
        by_component.setdefault(change.component, []).append(change)
    for component, changes in by_component.items():
        name = f"{component}:"
        indent = text_width(name + " ", BODY)
        alarming = any(change.failure for change in changes)
        first = CHANGE_WIDTH - indent
        if indent > CHANGE_WIDTH / 2:
            result += [(line, "", alarming) for line in wrap(clean(name), BODY, CHANGE_WIDTH)]
            name, first = "", CHANGE_WIDTH - INDENT
        for n, line in enumerate(_filled([change_text(change, " → ") for change in changes], first)):
            result.append(("" if n else name, line, alarming))
    if not result and not message.escape:
        result.append(("nothing else changes" if message.event_kind == "time" else "nothing changes", "", False))
    if message.escape:
        alarm = f"Out of range: {clean(message.escape)}"
        result += [("", line, True) for line in wrap(alarm, BODY, CHANGE_WIDTH - INDENT)]
    if message.mark:
        result += [("", line, False) for line in wrap(f"Here: {clean(message.mark)}", BODY, CHANGE_WIDTH - INDENT)]
    return result


def _filled(changes: Sequence[str], first: float) -> list[str]:
    """Changes on lines, broken between two changes if that is enough; `first` is the room on the first line."""
    lines: list[str] = []
    for n, change in enumerate(changes):
        said = clean(change) + (";" if n + 1 < len(changes) else "")
        room = first if len(lines) < 2 else CHANGE_WIDTH - INDENT
        if lines and text_width(f"{lines[-1]} {said}", BODY) <= room:
            lines[-1] += f" {said}"
        else:
            lines += wrap(said, BODY, min(first, CHANGE_WIDTH - INDENT))
    return lines


def _columns(chart: SequenceChart, left: float) -> tuple[tuple[_Column, ...], tuple[_Group, ...], float, bool, float]:
    """Centres and headers of the lifelines, the bands of the sites, the right edge, the mode, the headers' height."""
    shown: dict[str, set[str]] = {line.component: {line.initial} for line in chart.lifelines}
    for message in chart.messages:
        for change in message.changes:
            if not change.variable and change.component in shown:
                shown[change.component].add(change.values[-1])
    pills = {name: max(text_width(state, NOTE) for state in states) + 14 for name, states in shown.items()}
    headers = {name: wrap(clean(name), BODY, max(pills[name], 88), bold=True) for name in shown}
    roomy = {
        name: max([pills[name], *(text_width(part, BODY, bold=True) for part in headers[name])]) + 12 for name in shown
    }
    wide = sum(roomy.values()) <= ROOMY
    if not wide:
        headers = {name: wrap(clean(name), BODY, 190) for name in shown}
    columns: list[_Column] = []
    groups: list[_Group] = []
    x = left
    sites = list(dict.fromkeys(line.site for line in chart.lifelines))
    for site in sites:
        members = [line for line in chart.lifelines if line.site == site]
        widths = [roomy[m.component] if wide else max(NARROW, LEADING * len(headers[m.component]) + 6) for m in members]
        title = text_width(site_title(site), BODY, bold=True) + 16 if site is not None else 0.0
        spare = max(0.0, title - sum(widths))
        start = x
        x += spare / 2
        for member, width in zip(members, widths, strict=True):
            columns.append(_Column(member, x + width / 2, tuple(headers[member.component])))
            x += width
        x += spare / 2
        groups.append(_Group(site, start, x))
        x += 8
    if wide:
        tall = max((len(lines) for lines in headers.values()), default=1) * LEADING
    else:
        tall = max(text_width(line, BODY) for lines in headers.values() for line in lines) + 4
    return tuple(columns), tuple(groups), x - 8 if columns else left, wide, tall + 26


# -- painting ------------------------------------------------------------------------------------------------------
def _paint(chart: SequenceChart, layout: _Layout, rows: Sequence[_Row], part: str) -> str:
    title = chart.title + part
    about = plural(chart.steps, "step") if chart.steps else "the initial state"
    if chart.cycle is not None:
        about += f"; steps {chart.cycle[0]} to {chart.cycle[1]} are a cycle that can repeat for ever"
    canvas = Canvas()
    y = heading(canvas, MARGIN, MARGIN - 6, layout.width - 2 * MARGIN, title, [about])
    top = y
    body_top = top + layout.header
    heights = [SEPARATOR * r.message.begins_cycle + r.height + SEPARATOR * r.message.ends_cycle for r in rows]
    is_first = not rows or rows[0].message.first == 1
    said = layout.start if is_first else ()
    start = LEADING * max(1, len(said)) + 2 * PAD
    bottom = body_top + start + sum(heights)
    places: list[tuple[_Row, float]] = []
    y = body_top + start
    for row in rows:
        y += SEPARATOR * row.message.begins_cycle
        places.append((row, y))
        y += row.height + SEPARATOR * row.message.ends_cycle
    _bands(canvas, layout, top, bottom, fill=True)
    for row, y in places:
        if row.message.event_kind == "time":
            left = layout.numbers - 6
            canvas.rect(left, y, layout.width - MARGIN - left, row.height, fill="#e9edf1")
    _bands(canvas, layout, top, bottom, fill=False)
    _head(canvas, layout, body_top)
    state = rows[0].before if rows else {line.component: line.initial for line in chart.lifelines}
    turns = [(state, body_top + start / 2), *((row.after, y + row.height / 2) for row, y in places)]
    for (current, begin), (_, end) in zip(turns, [*turns[1:], (state, bottom)], strict=True):
        _lifelines(canvas, layout, current, begin, end)
    _start(canvas, layout, body_top, start, state, "start" if is_first else "so far")
    base = body_top + PAD + BODY * 0.95
    for n, line in enumerate(said):
        canvas.text(layout.changes, base + n * LEADING, line, BODY)
    for row, y in places:
        if row.message.begins_cycle:
            _separator(canvas, layout, y - SEPARATOR, "the cycle begins")
        _row(canvas, layout, row, y)
        if row.message.ends_cycle and chart.cycle is not None:
            _separator(canvas, layout, y + row.height, f"back to step {chart.cycle[0]}")
    if chart.cycle is not None:
        cycle = [(y, y + row.height) for row, y in places if row.message.first >= chart.cycle[0]]
        if cycle:
            _bracket(canvas, cycle[0][0], cycle[-1][1])
    keys = [key for key in KINDS if any(row.message.event_kind == key for row in rows)]
    keys += ["dot"] if any(_idle(row.message, False) for row in rows) else []
    keys += ["ring"] if any(_idle(row.message, True) for row in rows) else []
    if any(is_failure(name) for states in [state, *(row.after for row in rows)] for name in states.values()):
        keys.append("failed line")
    y = legend(canvas, MARGIN, bottom + 6, layout.width - 2 * MARGIN, keys)
    about = f"Sequence chart of {chart.system}: {about}"
    return page(canvas, layout.width, y + MARGIN / 2, title=title, description=about)


def _bands(canvas: Canvas, layout: _Layout, top: float, bottom: float, *, fill: bool) -> None:
    """The sites behind their lifelines: first the areas, later, over the rows, the outlines and names."""
    for group in layout.groups:
        if group.site is None:
            continue
        width = group.right - group.left
        if fill:
            canvas.rect(group.left, top, width, bottom - top, fill=PANEL, radius=5)
        else:
            canvas.rect(group.left, top, width, bottom - top, stroke=RULE, radius=5)
            canvas.text(
                (group.left + group.right) / 2,
                top + 15,
                site_title(group.site),
                BODY,
                colour=MUTED,
                bold=True,
                anchor="middle",
            )


def _head(canvas: Canvas, layout: _Layout, body_top: float) -> None:
    base = body_top - 7
    canvas.text(layout.numbers, base, "step", NOTE, colour=MUTED)
    if layout.events > layout.times:
        canvas.text(layout.times, base, "time", NOTE, colour=MUTED)
    canvas.text(layout.events, base, "event", NOTE, colour=MUTED)
    canvas.text(layout.changes, base, "what changed", NOTE, colour=MUTED)
    for column in layout.columns:
        for n, name in enumerate(column.names):
            if layout.roomy:
                y = base - LEADING * (len(column.names) - 1 - n)
                canvas.text(column.x, y, name, BODY, bold=True, anchor="middle")
            else:
                x = column.x + BODY * 0.35 + LEADING * (n - (len(column.names) - 1) / 2)
                canvas.text(x, base, name, BODY, rotate=-90)
    canvas.line(layout.numbers - 6, body_top, layout.width - MARGIN, body_top, colour=INK, width=1.2)


def _start(canvas: Canvas, layout: _Layout, y: float, height: float, state: dict[str, str], label: str) -> None:
    middle = y + height / 2
    canvas.text(layout.events, middle + BODY * 0.35, label, BODY, colour=MUTED)
    for column in layout.columns:
        if layout.roomy:
            _pill(canvas, column.x, middle, state[column.line.component], "#9aa5b1")
        else:
            canvas.circle(column.x, middle, 2.2, fill=MUTED)
    canvas.line(layout.numbers - 6, y + height, layout.width - MARGIN, y + height, colour=RULE, width=0.6)


def _lifelines(canvas: Canvas, layout: _Layout, state: dict[str, str], top: float, bottom: float) -> None:
    if bottom <= top:
        return
    for column in layout.columns:
        if is_failure(state[column.line.component]):
            canvas.rect(column.x - 2.5, top, 5, bottom - top, fill=ALARM_FILL)
            canvas.line(column.x - 2.5, top, column.x - 2.5, bottom, colour=ALARM_SOFT, width=1.1)
            canvas.line(column.x + 2.5, top, column.x + 2.5, bottom, colour=ALARM_SOFT, width=1.1)
        else:
            canvas.line(column.x, top, column.x, bottom, colour="#9aa5b1", width=1.2)


def _pill(canvas: Canvas, x: float, y: float, state: str, colour: str) -> None:
    width = text_width(state, NOTE) + 10
    failed = is_failure(state)
    canvas.rect(
        x - width / 2,
        y - 7.5,
        width,
        15,
        fill=ALARM_FILL if failed else PAPER,
        stroke=ALARM if failed else colour,
        stroke_width=1.8 if failed else 1.2,
        radius=0 if failed else 5,
    )
    canvas.text(x, y + NOTE * 0.35, state, NOTE, anchor="middle")


def _row(canvas: Canvas, layout: _Layout, row: _Row, y: float) -> None:
    message = row.message
    look = KINDS[message.event_kind]
    middle = y + row.height / 2
    canvas.text(layout.numbers, middle + NOTE * 0.35, _number(message), NOTE, colour=MUTED)
    if message.elapsed and layout.events > layout.times:
        canvas.text(layout.times, middle + NOTE * 0.35, message.elapsed, NOTE, colour=MUTED)
    timed = message.event_kind == "time"
    lines = len(row.event) + (not timed)
    base = middle - lines * LEADING / 2 + BODY * 0.95
    for n, line in enumerate(row.event):
        canvas.text(layout.events, base + n * LEADING, line, BODY, colour=look.colour, bold=not timed)
    if not timed:
        canvas.text(layout.events, base + len(row.event) * LEADING, look.label, NOTE, colour=look.colour)
    _participants(canvas, layout, row, middle)
    base = middle - len(row.changes) * LEADING / 2 + BODY * 0.95
    for n, (name, text, alarming) in enumerate(row.changes):
        runs = [(f"{name} " if name and text else name, MUTED), (text, ALARM if alarming else INK)]
        canvas.runs(layout.changes + (0 if name else INDENT), base + n * LEADING, runs)
    canvas.line(layout.numbers - 6, y + row.height, layout.width - MARGIN, y + row.height, colour=RULE, width=0.6)


def _participants(canvas: Canvas, layout: _Layout, row: _Row, y: float) -> None:
    """Who takes part: a line through them, a disc or the new state for who changes, a ring for who does not."""
    message = row.message
    look = KINDS[message.event_kind]
    changed = {change.component for change in message.changes}
    moved = {change.component for change in message.changes if not change.variable}
    here = [c for c in layout.columns if c.line.component in (set(message.participants) | changed)]
    if len(here) > 1 and message.event_kind != "time":
        canvas.line(here[0].x, y, here[-1].x, y, colour=look.colour, width=look.width, dash=look.dash)
    for column in here:
        name = column.line.component
        if name in moved and layout.roomy:
            _pill(canvas, column.x, y, row.after[name], look.colour)
        elif name in changed:
            canvas.circle(column.x, y, 3.4, fill=look.colour, stroke=PAPER)
        else:
            canvas.circle(column.x, y, 3.2, fill=PAPER, stroke=look.colour, width=1.4)


def _idle(message: Message, wanted: bool) -> bool:
    """Whether somebody takes part without changing (or, `wanted` false, changes)."""
    changed = {change.component for change in message.changes}
    return bool(set(message.participants) - changed) if wanted else bool(changed)


def _separator(canvas: Canvas, layout: _Layout, y: float, text: str) -> None:
    width = text_width(text, NOTE, bold=True) + 12
    middle = y + SEPARATOR / 2
    canvas.line(layout.numbers - 6, middle, layout.width - MARGIN, middle, colour=INK, width=0.9, dash="2,3")
    canvas.rect(layout.events - 4, middle - 7, width, 14, fill=PAPER)
    canvas.text(layout.events, middle + NOTE * 0.35, text, NOTE, bold=True)


def _bracket(canvas: Canvas, top: float, bottom: float) -> None:
    """The way back of a cycle, at the left margin."""
    x = MARGIN - 6
    canvas.line(x, top + 4, x, bottom - 4, colour=INK, width=1.6)
    canvas.line(x, bottom - 4, x + 10, bottom - 4, colour=INK, width=1.6)
    canvas.line(x, top + 4, x + 6, top + 4, colour=INK, width=1.6)
    canvas.polygon([(x + 12, top + 4), (x + 5, top + 0.5), (x + 5, top + 7.5)], fill=INK)


__all__ = ["sequence_svg", "sequence_svgs"]
