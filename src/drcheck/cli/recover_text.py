"""The way back to service, as text for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from drcheck.answers.returning import Everywhere, Here, Returning, Way
from drcheck.answers.runbook import ITSELF
from drcheck.cli.console import plain, print_opening
from drcheck.cli.console import table as print_table
from drcheck.cli.why_not_text import print_trace
from drcheck.designs.parameter import settings_text
from drcheck.render.explore_command import opening_of
from drcheck.render.style import plural
from drcheck.report.returning import means_text, none_lines, states_text

SHOWN = 12
"""How many points of no return are shown."""


def print_returning(console: Console, answer: Returning, data: Mapping[str, Any], *, short: bool) -> None:
    """Print an answer. `short`: its runbook is in a file, and not printed."""
    service = answer.service
    plain(console, f"{answer.design.name}: {answer.design.title}", style="bold")
    settings = {**answer.settings, **(service.given or {})}
    if settings:
        plain(console, f"with {settings_text(settings, answer.design.roles)}", indent=2)
    if service.name:
        plain(console, f"service by {service.name}: {service.statement}", indent=2)
    plain(console, f"in service: {service.text}", indent=2)
    if service.others:
        plain(console, f"also declared, for --goal: {', '.join(service.others)}", indent=2)
    plain(console, f"brought back {means_text(answer.means.name)}", indent=2)
    if answer.here is not None:
        _print_here(console, answer.here, data, short=short)
    plain(console)
    style = "bold red" if answer.everywhere.lost else "bold green" if answer.everywhere.whole else "yellow"
    ahead = "From there on, " if answer.here is not None else ""
    plain(console, ahead + states_text(data["everywhere"]), style=style if not ahead else None)
    if answer.here is None and answer.everywhere.farthest is not None and not short:
        way = answer.everywhere.farthest
        plain(console)
        plain(console, f"The longest way back has {plural(len(way.steps), 'step')}. It begins here:", style="bold")
        print_trace(console, way.start, opens=False)
        print_opening(console, opening_of(way.start))
        _print_runbook(console, way)
    _print_points(console, answer.everywhere)
    if answer.everywhere.first_lost is not None and answer.here is None:
        plain(console)
        plain(console, "The nearest state that cannot come back:", style="bold")
        print_trace(console, answer.everywhere.first_lost)


def _print_here(console: Console, here: Here, data: Mapping[str, Any], *, short: bool) -> None:
    plain(console)
    plain(console, f"After {plural(len(here.path.steps), 'step')}:", style="bold")
    print_trace(console, here.path, opens=False)
    plain(console)
    if here.way is not None:
        by = means_text(here.tried.tried[-1][0].name)
        steps = len(here.way.steps)
        said = (
            f"There is a way back, {by}; the shortest has {plural(steps, 'step')}:" if steps else "This is in service."
        )
        plain(console, said, style="bold green")
        if not short:
            _print_runbook(console, here.way)
        return
    said, style = ("There is no way back.", "bold red") if here.certain else ("It is not known.", "yellow")
    plain(console, said, style=style)
    for line in none_lines(data):
        plain(console, line, indent=2)
    if here.lost_with:
        event = here.path.steps[here.lost_with - 1].event.name
        plain(console, f"It was lost with step {here.lost_with}, {event}.", indent=2)
    elif here.lost_with == 0:
        plain(console, "There was none in any state of the path.", indent=2)


def _print_runbook(console: Console, way: Way) -> None:
    for step in way.runbook:
        plain(console, step.line, indent=2)
        before = step.before if step.who != ITSELF else ()
        for head, parts in (("before", before), ("after", step.changes)):
            if parts:
                plain(console, f"{head}: {', '.join(parts)}", indent=6)
        if step.otherwise:
            plain(console, f"it may also end otherwise: {'; '.join(step.otherwise)}", indent=6, style="yellow")


def _print_points(console: Console, found: Everywhere) -> None:
    if not found.points:
        return
    plain(console)
    plain(
        console,
        "Points of no return: events after which there is no such way, where there was one before",
        style="bold",
    )
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("event", "kind", "then it takes"):
        table.add_column(name, overflow="fold")
    for name in ("steps to it", "faults", "places"):
        table.add_column(name, justify="right")
    for point in found.points[:SHOWN]:
        numbers = (len(point.trace.steps), point.faults, point.steps)
        kind = f"{point.event.kind} ({point.event.fault})" if point.event.fault else point.event.kind
        table.add_row(
            Text(point.event.name), Text(kind), Text(point.needs.value), *(Text(f"{number:,}") for number in numbers)
        )
    print_table(console, table)
    if len(found.points) > SHOWN:
        plain(console, f"and {len(found.points) - SHOWN} more, with longer ways to them")


__all__ = ["print_returning"]
