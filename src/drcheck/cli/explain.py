"""`drcheck show` and `drcheck errors`: the parts of a design, and the meaning of codes."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

import click

from drcheck.cli.complete import designs
from drcheck.cli.options import set_option, settings_for
from drcheck.errors import ALL_CODES, DrcheckError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from drcheck.language.durations import Duration
    from drcheck.system.system import Cell, System


# -- show -----------------------------------------------------------------------------------------------------------
@click.command("show", epilog="\b\nExample:\n  drcheck show drcheck.examples:pair --set failures=2")
@click.argument("target", shell_complete=designs)
@set_option
def show_command(target: str, assignments: Sequence[str]) -> None:
    """Show the components and events of the design TARGET (module:design)."""
    from drcheck.cli.console import output
    from drcheck.cli.remark_text import print_remarks
    from drcheck.designs.design import load
    from drcheck.finders import remarks_of

    design = load(target)
    system = design.build(settings_for(design, assignments))
    _print_system(output(), system)
    print_remarks(output(), remarks_of(system, usual=not assignments))


def _print_system(console: Console, system: System) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from drcheck.cli.console import plain
    from drcheck.cli.console import table as print_table
    from drcheck.language.units import cell_units
    from drcheck.system.choices import choices_of
    from drcheck.system.naming import names_of
    from drcheck.system.system import starts_of
    from drcheck.system.terms import simplified

    plain(console, f"{system.name}: {system.title}", style="bold")
    tick = f", one tick is {system.tick}" if system.tick is not None else ""
    initial = f", {system.initials:,} initial states" if system.initials > 1 else ""
    plain(
        console,
        f"{len(system.components)} components, {len(system.cells)} state variables ({system.bits} bits a state), "
        f"{len(system.events)} events{initial}{tick}",
        indent=2,
    )
    units = cell_units(system.cell_of)
    components = Table("component", "site", "states", "variables", box=SIMPLE_HEAD, pad_edge=False)
    for component, cells in system.owners():
        components.add_row(
            Text(component.name),
            Text(system.site_of(component) or ""),
            Text(", ".join(component.states)),
            Text(", ".join(_variable(cell, units.get(cell.index, ""), system.tick) for cell in cells[1:])),
        )
    print_table(console, components)
    starts = starts_of(system)
    if starts:
        begins = Table("starts", "in or with any of", box=SIMPLE_HEAD, pad_edge=False)
        for index, values in starts.items():
            cell = system.cells[index]
            begins.add_row(Text(cell.name), Text(_values(cell, values, units.get(index, ""), system.tick)))
        print_table(console, begins)
    events = Table("event", "kind", "participants", "attributes", box=SIMPLE_HEAD, pad_edge=False)
    events.columns[0].overflow = "fold"
    for event in system.events:
        choices = choices_of(event.participants)
        outcomes = len(event.alternatives) // prod(len(choice.values) for choice in choices)
        attributes = [
            *(["urgent"] if event.urgent else []),
            *([f"priority {event.priority}"] if event.priority else []),
            *([f"fault: {event.fault}"] if event.fault else []),
            *([f"{outcomes} outcomes"] if outcomes > 1 else []),
            *(f"{choice} from {choice.span}" for choice in choices),
        ]
        participants = [p.component.name + ("" if p.required else "?") for p in event.participants]
        events.add_row(Text(event.name), Text(event.kind), Text(", ".join(participants)), Text(", ".join(attributes)))
    print_table(console, events)
    known = names_of(system)
    if known:
        names = Table("name", "stands for", box=SIMPLE_HEAD, pad_edge=False)
        names.columns[1].overflow = "fold"
        for name, node in known.items():
            names.add_row(Text(name), Text(str(simplified(system.settled(node.inner)))))
        print_table(console, names)
    if any(not p.required for event in system.events for p in event.participants):
        plain(console, "A participant with ? takes part when it can, and does not block the event.")


def _values(cell: Cell, values: Sequence[int], unit: str, tick: Duration | None) -> str:
    from drcheck.designs.parameter import span_of
    from drcheck.language.units import brief

    if cell.domain.kind == "integer":
        return span_of(values) if not unit else ", ".join(brief(value, unit, tick) for value in values)
    said = (cell.domain.decode(value) for value in values)
    return ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in said)


def _variable(cell: Cell, unit: str, tick: Duration | None) -> str:
    from drcheck.language.units import brief

    name, domain = cell.name.partition(".")[2], cell.domain
    if domain.labels:
        return f"{name} ({' | '.join(domain.labels)})"
    return (
        f"{name} (yes or no)"
        if domain.kind == "boolean"
        else f"{name} ({domain.low} to {brief(domain.high, unit, tick)})"
    )


# -- errors -----------------------------------------------------------------------------------------------------------
@click.command("errors", epilog="\b\nExamples:\n  drcheck errors\n  drcheck errors DR117")
@click.argument("code", required=False)
def errors_command(code: str | None) -> None:
    """Explain an error code; without CODE, list all codes."""
    if code is None:
        for key, meaning in sorted(ALL_CODES.items()):
            click.echo(f"{key}  {meaning}")
        return
    wanted = code.strip("[] ").upper()
    if wanted not in ALL_CODES:
        error: DrcheckError = UsageError(
            "DR401", f"there is no error code {code!r}", asked=wanted, remedy="`drcheck errors` lists them all"
        )
        raise error
    click.echo(f"{wanted}  {ALL_CODES[wanted]}")
