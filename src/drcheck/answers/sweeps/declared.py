"""The sweeps that a design declares, as what is varied and asked with some settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drcheck.answers.axes import Axis, axis_of
from drcheck.answers.sweeps.sweep import axes_of
from drcheck.designs.design import Design
from drcheck.designs.selection import select
from drcheck.designs.sweeps import Sweep
from drcheck.errors import DrcheckError, SeveralErrors, UsageError


@dataclass(frozen=True)
class Asked:
    """A declared sweep with some settings: what is varied, and all that is held."""

    declared: Sweep
    axes: tuple[Axis, ...]
    settings: Mapping[str, Any]


def declared(design: Design, name: str) -> Sweep:
    """The sweep that a design declares under a name. Raises UsageError DR401."""
    for one in design.sweeps:
        if one.name == name:
            return one
    raise UsageError(
        "DR401",
        f"design {design.name} declares no sweep {name!r}",
        place=design.place,
        available=[one.name for one in design.sweeps],
        asked=name,
        remedy=""
        if design.sweeps
        else "declare it, @design(sweeps=[Sweep(...)]), or vary parameters here: --vary NAME=VALUES",
    )


def asked_with(design: Design, item: Sweep, settings: Mapping[str, Any]) -> Asked:
    """A declared sweep with some settings: what is set is held, and not varied; the rest is as declared.

    Raises PropertyError DR301 for a property that the design does not state, UsageError DR401 and the errors of parameters for
    values that cannot be.
    """
    try:
        asked = design.taken(dict(settings))
        given = {**design.taken(dict(item.given)), **{name: v for name, v in asked.items() if name not in item.vary}}
        axes = [
            Axis(name, (asked[name],))
            if name in asked
            else axis_of(design, f"{name}={values}", "vary", given)
            if isinstance(values, str)
            else Axis(name, tuple(dict.fromkeys(design.taken({name: value})[name] for value in values)))
            for name, values in item.vary.items()
        ]
        found = Asked(item, axes_of(design, axes, given), given)
        select(design, item.properties, given)
    except SeveralErrors:
        raise
    except DrcheckError as error:
        raise type(error)(
            error.code,
            f"sweep {item.name}, as it is declared: {error.message}",
            place=item.place or error.place,
            available=error.available,
            remedy=error.remedy,
        ) from error
    return found


__all__ = ["Asked", "asked_with", "declared"]
