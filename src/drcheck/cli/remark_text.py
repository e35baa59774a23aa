"""Remarks as text for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from drcheck.cli.console import plain
from drcheck.language.remarks import Remark

if TYPE_CHECKING:
    from rich.console import Console


def print_remarks(console: Console, remarks: Sequence[Remark]) -> None:
    """The remarks on a design, and once how to silence them. Nothing if there are none."""
    if not remarks:
        return
    plain(console)
    how = 'compose(..., silenced=[silence("' + remarks[0].code + '", "' + remarks[0].subject + '", "why it is right")])'
    plain(
        console,
        f"Remarks: {len(remarks)}. If one is intended, silence it with a reason: {how}.",
        style="yellow",
    )
    for remark in remarks:
        plain(console, str(remark), style="yellow", indent=2)
