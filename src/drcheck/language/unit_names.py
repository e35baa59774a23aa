"""Which words can be units: what stands behind the numbers of variables and of counts."""

from __future__ import annotations

import re

from drcheck.errors import ModelError, Place, shown

UNIT = re.compile(r"[^\s\d(),;](?:[^\s(),;]| (?=\S))*\Z")
MAX_UNIT = 24
"""How many characters a unit may have: it stands behind numbers."""


def checked_unit(unit: object, what: str, place: Place) -> str:
    """The unit of `what`, if it is one, or "" for a plain number. ModelError DR136 otherwise."""
    if isinstance(unit, str) and (not unit or (len(unit) <= MAX_UNIT and unit.isprintable() and UNIT.match(unit))):
        return unit
    raise ModelError(
        "DR136",
        f"{what}: a unit is a word for what is counted, not {shown(unit)}",
        place=place,
        remedy=f'write for instance unit="calls" or unit="MB/s", with no digit first and at most {MAX_UNIT} characters',
    )
