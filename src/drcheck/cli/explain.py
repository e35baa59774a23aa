"""`drcheck list`, `drcheck show` and `drcheck errors`: designs, their parts, and the meaning of codes."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import click

from drcheck.cli.complete import designs
from drcheck.cli.options import set_option, settings_for
from drcheck.errors import ALL_CODES, DrcheckError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from drcheck.designs.design import Design
    from drcheck.designs.objectives import Declarations
    from drcheck.language.durations import Duration
    from drcheck.logic.objectives import Objective
    from drcheck.logic.properties import Statement
    from drcheck.system.system import Cell, System


@dataclass(frozen=True)
class Declared:
    """What is declared for a design: the parameters of its disruptions, and what its notices say, by their names."""

    found: Declarations
    settings: Mapping[str, Mapping[str, Any]]
    said: Mapping[str, str]


# -- list -----------------------------------------------------------------------------------------------------------
@click.command(
    "list",
    epilog="""
\b
Examples:
  drcheck list
  drcheck list drcheck.examples:pair
  drcheck list --json
""",
)
@click.argument("targets", metavar="[TARGET]...", nargs=-1, shell_complete=designs)
@click.option("--json", "as_json_", is_flag=True, help="Print one JSON object on standard output, and nothing else.")
def list_command(targets: Sequence[str], as_json_: bool) -> None:
    """List designs with their parameters and properties.

    Without TARGET (module:design), all designs of the working directory's package model/.
    """
    from drcheck.cli.discover import chosen

    with contextlib.redirect_stdout(sys.stderr) if as_json_ else contextlib.nullcontext():
        found = [(design, design.statements(), _declared(design)) for design in chosen(targets)]
    if as_json_:
        from drcheck.cli.data import as_json
        from drcheck.schemas import document

        click.echo(as_json(document("list", {"designs": [_design_data(*of_one) for of_one in found]})))
        return
    from drcheck.cli.console import output

    console = output()
    for of_one in found:
        _print_design(console, *of_one)


def _declared(design: Design) -> Declared:
    """What is declared for a design, each disruption with its parameters, each notice with what it says on the design."""
    from drcheck.designs.objectives import declarations_of, said_of, settings_under

    found, system = declarations_of(design), design.build()
    return Declared(
        found,
        {item.name: settings_under(design, item) for item in found.disruptions},
        {item.name: said_of(item, system) for item in found.notices},
    )


def _design_data(design: Design, statements: Sequence[Statement], declared: Declared) -> dict[str, Any]:
    from drcheck.cli.data import parameters_data

    return {
        "design": design.name,
        "title": design.title,
        "doc": design.doc,
        "parameters": [
            {
                "name": p.name,
                "type": p.kind,
                "default": parameters_data({"": p.default})[""],
                "choices": list(parameters_data(dict(enumerate(p.choices))).values()),  # type: ignore[arg-type]  # keys are dropped
                "doc": p.doc,
                "role": None if p.role is None else p.role.value,
                "argument": p.argument,
            }
            for p in design.parameters
        ],
        "properties": [
            {
                "name": s.name,
                "claims": list(s.details["claims"]),
                "statement": s.details["statement"],
                "source": s.details["source"],
                "given": parameters_data(s.given),
                "measures": s.details.get("measures") or None,
            }
            for s in statements
        ],
        "disruptions": [
            {
                "name": item.name,
                "given": parameters_data(declared.settings[item.name]),
                "objective": _objective_data(declared.found.objective(item)),
            }
            for item in declared.found.disruptions
        ],
        "notices": [
            {
                "name": item.name,
                "condition": declared.said[item.name],
                "of": list(item.of),
                "who": item.who or None,
                "source": item.source,
            }
            for item in declared.found.notices
        ],
    }


def _objective_data(item: Objective | None) -> dict[str, Any] | None:
    if item is None:
        return None
    return {
        "loses_at_most": None if item.loses_at_most is None else str(item.loses_at_most),
        "back_within": None if item.back_within is None else str(item.back_within),
        "source": item.source,
    }


def _print_design(console: Console, design: Design, statements: Sequence[Statement], declared: Declared) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from drcheck.cli.console import plain
    from drcheck.cli.console import table as print_table
    from drcheck.designs.parameter import ParameterRole, by_role, settings_text, show

    plain(console, f"{design.name}: {design.title}", style="bold")
    if design.doc:
        plain(console, " ".join(design.doc.split()), indent=2)
    for role, names in by_role([p.name for p in design.parameters], design.roles):
        head = "parameter" if role is None else role.heading
        parameters = Table(head, "default", "values", "meaning", box=SIMPLE_HEAD, pad_edge=False)
        if role is ParameterRole.SCOPE:
            parameters.add_column("why it loses nothing")
        for p in map(design.parameter, names):
            cells = [p.name, show(p.default), _span(p.choices) or p.kind, p.doc]
            parameters.add_row(*map(Text, cells + [p.argument] * (role is ParameterRole.SCOPE)))
        print_table(console, parameters)
    properties = Table("property", "claims", "statement", box=SIMPLE_HEAD, pad_edge=False)
    properties.columns[0].overflow = "fold"
    for s in statements:
        properties.add_row(Text(s.name), Text(" ".join(s.details["claims"])), Text(s.details["statement"]))
    if statements:
        print_table(console, properties)
    else:
        plain(console, "It states no properties.", indent=2)
        plain(console)
    if declared.found.disruptions:
        disruptions = Table("disruption", "parameters", "objective", "source", box=SIMPLE_HEAD, pad_edge=False)
        for item in declared.found.disruptions:
            stated = declared.found.objective(item)
            disruptions.add_row(
                Text(item.name),
                Text(settings_text(declared.settings[item.name], design.roles)),
                Text(_objective(stated)),
                Text("" if stated is None else stated.source),
            )
        print_table(console, disruptions)
    if declared.found.notices:
        notices = Table("notice", "is there", "for", "who", "source", box=SIMPLE_HEAD, pad_edge=False)
        for one in declared.found.notices:
            cells = [one.name, declared.said[one.name], ", ".join(one.of), one.who, one.source]
            notices.add_row(*map(Text, cells))
        print_table(console, notices)


def _objective(item: Objective | None) -> str:
    if item is None:
        return "none stated"
    limits = (("loses at most", item.loses_at_most), ("back within", item.back_within))
    return ", ".join(f"{what} {limit}" for what, limit in limits if limit is not None)


def _span(choices: Sequence[Any]) -> str:
    """Allowed values: a range of numbers as low to high, anything else one by one."""
    numbers = [c for c in choices if isinstance(c, int) and not isinstance(c, bool)]
    if len(numbers) == len(choices) > 3 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, choices))


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
    from drcheck.render.machine import simplified
    from drcheck.system.choices import choices_of
    from drcheck.system.naming import names_of
    from drcheck.system.system import starts_of

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
    from drcheck.language.units import brief

    if cell.domain.kind == "integer":
        return _span(values) if not unit else ", ".join(brief(value, unit, tick) for value in values)
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
