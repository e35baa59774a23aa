"""A trace as plain text for a terminal, per site and component."""

from __future__ import annotations

import re
import textwrap

from drcheck.render.document import Change, Message, SequenceChart
from drcheck.render.style import clean

WIDTH = 100
"""Lines are broken at this many characters."""


def chart_text(chart: SequenceChart, width: int = WIDTH) -> list[str]:
    """The lines for a chart, if it is possible of `width` columns at most, without control codes; ASCII if the names are.

    Each row says the event with its kind, then per site and component what changed. `state: a -> b` is the control
    state; ticks are folded as in the chart.
    """
    return [line for long in _lines(chart, width) for line in _within(clean(long), width)]


def _within(line: str, width: int) -> list[str]:
    """A line, wrapped between words if too long, with the rest indented below its text."""
    if len(line) <= width:
        return [line]
    number = re.match(r" *(?:[\d-]+\.)? *", line)
    hang = min(number.end() + 4 if number else 4, max(8, width // 3))
    wrapped = textwrap.wrap(line, width, subsequent_indent=" " * hang, break_long_words=False, break_on_hyphens=False)
    return wrapped or [line]


def _lines(chart: SequenceChart, width: int) -> list[str]:
    site_of = {line.component: line.site for line in chart.lifelines}
    order = list(dict.fromkeys(line.site for line in chart.lifelines))
    digits = len(str(max(chart.steps, 1)))
    gutter = 2 * digits + 3
    lines = [_row("", (chart.start or "start") + (f"   [{chart.mark}]" if chart.mark else ""), gutter)]
    if any(line.values for line in chart.lifelines):
        starts = [
            (line.site, line.component, ", ".join([line.initial, *(f"{name} {value}" for name, value in line.values)]))
            for line in chart.lifelines
        ]
        lines += _told(starts, order, gutter, " is ", width)
    else:
        for site in order:
            names = ", ".join(f"{line.component} {line.initial}" for line in chart.lifelines if line.site == site)
            lines += _told([(site, names, "")], order, gutter, "", width)
    if not chart.messages:
        lines.append(_row("", "(no steps: this is the initial state)", gutter))
    for message in chart.messages:
        if message.begins_cycle:
            lines.append(_row("", "--- the cycle begins here; it can repeat for ever ---", gutter))
        lines += _message(message, site_of, order, gutter, width)
    if chart.cycle is not None:
        lines.append(_row("", f"--- the cycle ends: the next step is step {chart.cycle[0]} again ---", gutter))
    return lines


def _row(number: str, text: str, gutter: int) -> str:
    return f"{number:>{gutter}}  {text}".rstrip()


def _message(
    message: Message, site_of: dict[str, str | None], order: list[str | None], gutter: int, width: int
) -> list[str]:
    number = str(message.first) if message.first == message.last else f"{message.first}-{message.last}"
    head = message.event
    if message.event_kind != "time":
        head += f"  [{message.event_kind}]"
    if message.elapsed:
        head += f"  at {message.elapsed}" if message.event_kind != "time" else f", until {message.elapsed}"
    lines = [_row(f"{number}.", head, gutter)]
    changed = [(site_of.get(c.component), c.component, change_text(c)) for c in message.changes]
    still = [] if message.event_kind == "time" else message.participants
    for name in still:
        if all(name != component for _, component, _ in changed):
            changed.append((site_of.get(name), name, "takes part, unchanged"))
    if changed:
        lines += _told(changed, order, gutter, ": ", width)
    elif message.event_kind == "time":
        lines.append(_row("", "    nothing else changes", gutter))
    if message.escape:
        lines.append(_row("", f"    ! {message.escape}", gutter))
    if message.mark:
        lines.append(_row("", f"    = {message.mark}", gutter))
    return lines


def change_text(change: Change, arrow: str = " -> ") -> str:
    """`up -> down` for a control state, `age 0 -> 8h` for a variable."""
    course = arrow.join(change.values)
    return f"{change.variable} {course}" if change.variable else course


def _told(
    entries: list[tuple[str | None, str, str]], order: list[str | None], gutter: int, joint: str, width: int
) -> list[str]:
    """Entries (site, component, what) grouped by site and component, one line a component, wrapped."""
    lines = []
    places = [*order, *dict.fromkeys(site for site, _, _ in entries if site not in order)]
    labels = {site: site or "-" for site in places}
    column = max((len(site) for site in order if site is not None), default=0)
    for site in places:
        here = [(component, what) for at, component, what in entries if at == site]
        for row, component in enumerate(dict.fromkeys(component for component, _ in here)):
            said = clean(", ".join(what for name, what in here if name == component))
            label = f"{'' if row else clean(labels[site]):<{column}}  " if column else ""
            first = " " * (gutter + 6) + label
            lines += textwrap.wrap(
                f"{component}{joint}{said}",
                width=max(width, len(first) + 40),
                initial_indent=first,
                subsequent_indent=" " * (len(first) + 4),
                break_long_words=False,
                break_on_hyphens=False,
            )
    return lines


__all__ = ["WIDTH", "change_text", "chart_text"]
