"""`drcheck export`: a design as a model for another checker."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from drcheck.cli.complete import designs, properties, words
from drcheck.cli.options import output_option, set_option, settings_for

if TYPE_CHECKING:
    from drcheck.designs.design import Design
    from drcheck.logic.kinds import Property
    from drcheck.system.system import System


@click.command(
    "export",
    epilog="""
\b
Examples:
  drcheck export drcheck.examples:pair promela
  drcheck export drcheck.examples:pair murphi one_at_a_time --output pair.m
  drcheck export drcheck.examples:pair promela --set failures=3 --output models/

The model has exactly the states and steps that drcheck searches: one step of the design is one step of the other checker. Each
PROPERTY is written as an invariant. docs/formats.md says how each checker is run so that its counts are drcheck's.

Exit status: 0 the model is written, 2 an error: a system that the language cannot express, a property that is no invariant.
""",
)
@click.argument("target", shell_complete=designs)
@click.argument("language", shell_complete=words("promela", "murphi", "jani"))
@click.argument("names", metavar="[PROPERTY]...", nargs=-1, shell_complete=properties)
@set_option
@output_option
def export_command(
    target: str, language: str, names: Sequence[str], assignments: Sequence[str], output: str | None
) -> None:
    """Write the design TARGET (module:design) in the language of another checker: promela (Spin), murphi (Rumur) or jani (Storm
    and others).

    PROPERTY is the name of an invariant, or the key of a claim; without any, only the states and steps are written.
    """
    from drcheck.cli.console import prints_apart
    from drcheck.cli.output_files import Destination
    from drcheck.designs.design import load
    from drcheck.interop.languages import bad_states, language_named

    wanted = language_named(language)
    to = Destination(output)
    with prints_apart(True):  # a model's output must not come into the text
        design = load(target)
        settings = settings_for(design, assignments)
        system = design.build(settings)
        text = wanted.write(system, bad_states(system, _properties(design, system, settings, names)))
    for written in to.write({f"{system.name}{wanted.ending}": text}):
        click.echo(f"written: {written}")
        for command in wanted.commands:
            click.echo(f"  {command.format(file=shlex.quote(str(written)))}")


def _properties(design: Design, system: System, settings: dict[str, object], names: Sequence[str]) -> list[Property]:
    """The properties that are named, on the system. Raises OutputError DR606 where one is of other parameters."""
    from drcheck.designs.parameter import settings_words
    from drcheck.designs.preparing import stated_on
    from drcheck.designs.selection import beyond, select
    from drcheck.errors import OutputError
    from drcheck.logic.kinds import Property

    found = []
    for statement in select(design, names, settings) if names else []:
        different, conflict = beyond(design, settings, statement.given)
        if different or conflict:
            other = {name: statement.given[name] for name in (*different, *conflict)}
            raise OutputError(
                "DR606",
                f"{statement.name} is stated for other parameters",
                remedy=f"write {' '.join(settings_words(other))}",
            )
        item = stated_on(statement, design, system, settings)
        if not isinstance(item, Property):
            raise OutputError("DR606", f"{statement.name} cannot be exported: {item}")
        found.append(item)
    return found


__all__ = ["export_command"]
