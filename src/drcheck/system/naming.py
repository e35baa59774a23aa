"""The named expressions of a system: each name stands for one expression, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from drcheck.errors import ModelError, shown
from drcheck.language.expressions import Expression
from drcheck.language.names import Named, form, names_in
from drcheck.system.system import System


def take_names(system: System, known: dict[str, Named], nodes: Iterable[Expression]) -> None:
    """Add the names in some expressions to those that are known in the system. Raises ModelError DR105."""
    for node in names_in(nodes):
        if any(component.name == node.name for component in system.components):
            raise ModelError(
                "DR105",
                f"{shown(node.name)} names a component of system {system.name} and an expression",
                place=node.place,
                remedy="give the expression another name",
            )
        other = known.setdefault(node.name, node)
        if other is not node and form(system.settled(other)) != form(system.settled(node)):
            raise ModelError(
                "DR105",
                f"two expressions of system {system.name} are called {shown(node.name)}: `{other.inner}` and `{node.inner}`",
                place=node.place,
                remedy="give one of them another name",
            )


def names_of(system: System) -> dict[str, Named]:
    """The named expressions that the components of a system use, and those among its parts, in order. ModelError DR105."""
    known: dict[str, Named] = {}
    for component in system.components:
        for transition in component.transitions:
            take_names(system, known, transition.parts())
    for name, part in system.parts.items():
        if isinstance(part, Expression):
            take_names(system, known, [part])
        if name in known and not (isinstance(part, Named) and part.name == name):
            raise ModelError(
                "DR105",
                f"{shown(name)} names a part of system {system.name} and an expression",
                place=known[name].place,
                remedy="give one of them another name",
            )
    return known


__all__ = ["names_of", "take_names"]
