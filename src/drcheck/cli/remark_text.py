"""Remarks as text for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from drcheck.cli.console import plain
from drcheck.designs.locate import is_jani
from drcheck.language.remarks import Remark

if TYPE_CHECKING:
    from rich.console import Console


def print_remarks(console: Console, remarks: Sequence[Remark]) -> None:
    """The remarks on a design, and once how to silence them, where that can be written. Nothing if there are none."""
    if not remarks:
        return
    plain(console)
    said = f"Remarks: {len(remarks)}."
    written = next((r for r in remarks if r.place is None or not is_jani(r.place.file)), None)
    if written is not None:
        how = 'compose(..., silenced=[silence("' + written.code + '", "' + written.subject + '", "why it is right")])'
        said += f" If one is intended, silence it with a reason: {how}."
    plain(console, said, style="yellow")
    for remark in remarks:
        plain(console, str(remark), style="yellow", indent=2)
