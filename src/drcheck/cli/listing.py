"""`drcheck list`: the designs, a line each; of those that are named, parameters and properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from drcheck.cli.complete import designs
from drcheck.cli.options import json_option

if TYPE_CHECKING:
    from rich.console import Console

    from drcheck.designs.design import Design
    from drcheck.designs.objectives import Declarations
    from drcheck.designs.sweeps import Sweep
    from drcheck.logic.objectives import Objective
    from drcheck.logic.properties import Statement


@dataclass(frozen=True)
class Declared:
    """What is declared for a design: the parameters of its disruptions, and what its notices say, by their names."""

    found: Declarations
    settings: Mapping[str, Mapping[str, Any]]
    said: Mapping[str, str]


@click.command(
    "list",
    epilog="""
\b
Examples:
  drcheck list
  drcheck list drcheck.examples:pair
  drcheck list drcheck.examples:pair --whole
  drcheck list --json
""",
)
@click.argument("targets", metavar="[TARGET]...", nargs=-1, shell_complete=designs)
@click.option("--whole", is_flag=True, help="Cut nothing short: all statements and sources, and what disruptions set.")
@json_option
def list_command(targets: Sequence[str], whole: bool, as_json_: bool) -> None:
    """List designs, a line each; those that are named with their parameters and properties.

    Without TARGET (module:design), all designs of the working directory's package model/.
    """
    from drcheck.cli.console import prints_apart
    from drcheck.cli.discover import chosen

    with prints_apart(as_json_):
        asked = chosen(targets)
        told = asked if targets or whole or as_json_ else ()
        found = [(design, design.statements(), _declared(design)) for design in told]
    if as_json_:
        from drcheck.cli.data import as_json
        from drcheck.schemas import document

        click.echo(as_json(document("list", {"designs": [_design_data(*of_one) for of_one in found]})))
        return
    from drcheck.cli.console import one_line, output, plain

    console = output()
    for of_one in found:
        _print_parameters(console, of_one[0])
        (_print_whole if whole else _print_short)(console, *of_one)
    if not found:
        for design in asked:
            one_line(console, design.name, f": {design.title}")
        count = f"{len(asked)} design{'' if len(asked) == 1 else 's'}"
        plain(console, f"{count}; `drcheck list NAME` lists the parameters and properties of one", style="bold")


def _declared(design: Design) -> Declared:
    """What is declared for a design, each disruption with its parameters, each notice with what it says on the design."""
    from drcheck.designs.objectives import declarations_of, said_of, settings_under

    found = declarations_of(design)
    system = design.build() if found.notices else None
    return Declared(
        found,
        {item.name: settings_under(design, item) for item in found.disruptions},
        {} if system is None else {item.name: said_of(item, system) for item in found.notices},
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
        "sweeps": [
            {
                "name": item.name,
                "title": item.title,
                "vary": {name: _values(values) for name, values in item.vary.items()},
                "properties": list(item.properties),
                "given": parameters_data(item.given),
            }
            for item in design.sweeps
        ],
    }


def _values(values: str | Sequence[Any]) -> str:
    """What is varied, as the command line gives it."""
    from drcheck.designs.parameter import show

    return values if isinstance(values, str) else ",".join(map(show, values))


def _sweep_text(item: Sweep) -> str:
    """What a declared sweep asks and varies."""
    from drcheck.designs.parameter import show

    varied = ", ".join(f"{name}={_values(values)}" for name, values in item.vary.items())
    held = ", ".join(f"{name}={show(value)}" for name, value in item.given.items())
    return f"{', '.join(item.properties) or 'all properties'} for {varied}" + (f", with {held}" if held else "")


def _objective_data(item: Objective | None) -> dict[str, Any] | None:
    if item is None:
        return None
    return {
        "loses_at_most": None if item.loses_at_most is None else str(item.loses_at_most),
        "back_within": None if item.back_within is None else str(item.back_within),
        "source": item.source,
    }


def _print_parameters(console: Console, design: Design) -> None:
    """A design with its parameters, a table for each role."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from drcheck.cli.console import plain
    from drcheck.cli.console import table as print_table
    from drcheck.designs.parameter import ParameterRole, by_role, show, span_of

    plain(console, f"{design.name}: {design.title}", style="bold")
    if design.doc:
        plain(console, " ".join(design.doc.split()), indent=2)
    for role, names in by_role([p.name for p in design.parameters], design.roles):
        head = "parameter" if role is None else role.heading
        parameters = Table(head, "default", "values", "meaning", box=SIMPLE_HEAD, pad_edge=False)
        if role is ParameterRole.SCOPE:
            parameters.add_column("why it loses nothing")
        for p in map(design.parameter, names):
            cells = [p.name, show(p.default), span_of(p.choices) or p.kind, p.doc]
            parameters.add_row(*map(Text, cells + [p.argument] * (role is ParameterRole.SCOPE)))
        print_table(console, parameters)


def _print_short(console: Console, design: Design, statements: Sequence[Statement], declared: Declared) -> None:
    """Properties, disruptions, notices and sweeps, a line each."""
    from drcheck.cli.console import one_line, plain

    kinds: list[tuple[str, list[tuple[str, str]]]] = [
        ("property", [(s.name, _claims_and_statement(s)) for s in statements]),
        (
            "disruption",
            [(item.name, f": {_objective(declared.found.objective(item))}") for item in declared.found.disruptions],
        ),
        ("notice", [(item.name, f": {declared.said[item.name]}") for item in declared.found.notices]),
        ("sweep", [(item.name, f": {_sweep_text(item)}") for item in design.sweeps]),
    ]
    for what, lines in kinds:
        if lines:
            named = what if len(lines) == 1 else {"property": "properties"}.get(what, f"{what}s")
            plain(console, f"{len(lines)} {named}", style="bold", indent=1)
        for head, rest in lines:
            one_line(console, head, rest, indent=2)
    _say_if_none(console, statements)


def _claims_and_statement(item: Statement) -> str:
    claims, statement = item.details["claims"], item.details["statement"]
    return (f" ({', '.join(claims)})" if claims else "") + (f": {statement}" if statement else "")


def _say_if_none(console: Console, statements: Sequence[Statement]) -> None:
    from drcheck.cli.console import plain

    if not statements:
        plain(console, "It states no properties.", indent=2)
        plain(console)


def _print_whole(console: Console, design: Design, statements: Sequence[Statement], declared: Declared) -> None:
    """The same as tables, with everything that is said of them."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from drcheck.cli.console import table as print_table
    from drcheck.designs.parameter import settings_text

    properties = Table("property", "claims", "statement", box=SIMPLE_HEAD, pad_edge=False)
    properties.columns[0].overflow = "fold"
    for s in statements:
        properties.add_row(Text(s.name), Text(" ".join(s.details["claims"])), Text(s.details["statement"]))
    if statements:
        print_table(console, properties)
    _say_if_none(console, statements)
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
    if design.sweeps:
        sweeps = Table("sweep", "shows", "asks", box=SIMPLE_HEAD, pad_edge=False)
        for each in design.sweeps:
            sweeps.add_row(*map(Text, (each.name, each.title, _sweep_text(each))))
        print_table(console, sweeps)


def _objective(item: Objective | None) -> str:
    if item is None:
        return "none stated"
    limits = (("loses at most", item.loses_at_most), ("back within", item.back_within))
    return ", ".join(f"{what} {limit}" for what, limit in limits if limit is not None)
