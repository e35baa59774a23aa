"""Why something never happens, as text for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from drcheck.answers.why_not import Can, Counted, Missing, Nearest, WhyNot
from drcheck.cli.console import plain, print_opening
from drcheck.cli.console import table as print_table
from drcheck.designs.parameter import settings_text
from drcheck.render.explore_command import opening_of
from drcheck.render.style import plural
from drcheck.render.text import WIDTH
from drcheck.report.why_not import apart_text, verdict_text
from drcheck.system.trace import Trace
from drcheck.telling.telling import tell

SHOWN = 12
"""How many conditions are shown."""
OF = {"urgency": "urgent events", "priority": "priority", "choice": "choices"}


def print_why_not(console: Console, answer: WhyNot, data: Mapping[str, Any]) -> None:
    """Print an answer."""
    plain(console, f"{answer.design.name}: {answer.design.title}", style="bold")
    if answer.settings:
        plain(console, f"with {settings_text(answer.settings, answer.design.roles)}", indent=2)
    if answer.at is not None:
        plain(console, f"after {plural(len(answer.at.steps), 'step')}:", indent=2)
        print_trace(console, answer.at, opens=False)
    plain(console)
    plain(console, verdict_text(data), style={Can.YES: "bold green", Can.NEVER: "bold red"}.get(answer.can, "yellow"))
    if answer.here:
        plain(console, "Here it lacks:")
        _print_missing(console, answer.here)
    if answer.trace is not None:
        print_trace(console, answer.trace)
        return
    if answer.apart:
        plain(console, apart_text(data))
    if answer.conditions:
        _print_conditions(console, answer)
    if answer.nearest is not None:
        _print_nearest(console, answer.nearest)


def _print_conditions(console: Console, answer: WhyNot) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    participants = any(row.condition.of for row in answer.conditions)
    for name in (["needed by"] if participants else []) + ["condition that fails"]:
        table.add_column(name, overflow="fold")
    for name in (f"of {answer.states:,} states in", "it alone in"):
        table.add_column(name, justify="right")
    for row in answer.conditions[:SHOWN]:
        of = [Text(OF.get(row.condition.of, row.condition.of))] if participants else []
        table.add_row(*of, Text(_condition(row)), Text(f"{row.fails:,}"), Text(f"{row.alone:,}"))
    print_table(console, table)
    if len(answer.conditions) > SHOWN:
        plain(console, f"and {len(answer.conditions) - SHOWN} more conditions that fail less often")


def _condition(row: Counted) -> str:
    by = [f"{name} ({states:,})" for name, states in row.by[:3]]
    more = [f"{len(row.by) - 3} more"] if len(row.by) > 3 else []
    return str(row.condition) + (f"; there can: {', '.join(by + more)}" if by else "")


def _print_nearest(console: Console, nearest: Nearest) -> None:
    steps = len(nearest.trace.steps)
    where = "the initial state" if not steps else f"{plural(steps, 'step')} from the beginning"
    plain(console, f"The nearest state, {where}, lacks {plural(nearest.parts, 'condition')}:", style="bold")
    _print_missing(console, nearest.missing)
    if steps:
        print_trace(console, nearest.trace)


def _print_missing(console: Console, missing: Sequence[Missing]) -> None:
    for each in missing:
        plain(console, str(each), indent=4)


def print_trace(console: Console, trace: Trace, *, opens: bool = True) -> None:
    """A trace, told, and the command that opens it in the explorer."""
    for line in tell(trace).text(min(WIDTH, console.width)):
        console.print(Text(line), soft_wrap=True)
    if opens:
        print_opening(console, opening_of(trace))


__all__ = ["print_trace", "print_why_not"]
