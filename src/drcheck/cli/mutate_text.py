"""What the steps of procedures are for, as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from drcheck.verdicts.mutants import KINDS
from drcheck.verdicts.wording import some

if TYPE_CHECKING:
    from rich.console import Console

    from drcheck.verdicts.mutation import Effect, ProcedureTable, StepRow


def print_mutation(console: Console, tables: Sequence[ProcedureTable], without: Sequence[str]) -> None:
    """Print a table for each procedure: of each step what breaks, by how it was changed; then what was not tried.

    `without`: designs that have no procedure.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from drcheck.cli.console import plain
    from drcheck.cli.console import table as print_table

    last = {table.design: table for table in tables}
    for table in tables:
        plain(console, f"{table.design}: {table.procedure}", style="bold")
        if table.rows:
            shown = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
            for name in ("step", "changed", "what breaks"):
                shown.add_column(name, overflow="fold", no_wrap=name == "step")
            for number, row in enumerate(table.rows, 1):
                for first, (kinds, said) in enumerate(_effects(row)):
                    shown.add_row(Text("" if first else f"{number}. {row.name}"), Text(kinds), Text(said))
            print_table(console, shown)
            plain(
                console,
                f"{_count(len(table.rows), 'step', 'steps')}, {_count(len(table.properties), 'property', 'properties')}, "
                f"{_count(table.searches, 'mutant', 'mutants')} decided",
            )
            idle = [row.name for row in table.rows if row.idle]
            untried = [row.name for row in table.rows if row.idle is None]
            plain(console, f"No property that was decided breaks when one of these is left out: {_listed(idle)}")
            if untried:
                plain(console, f"Without a wait and an effect of their own, and so not left out: {_listed(untried)}")
        else:
            plain(console, "No step was changed, so what depends on them is not known.")
        for reason in table.left_out:
            plain(console, f"Not decided on mutants: properties stated for {reason}", style="yellow")
        if table.not_steps and last[table.design] is table:
            names = _listed(table.not_steps)
            plain(console, f"Operator events that are no step of a procedure, and so were not changed: {names}")
        plain(console)
    if without:
        plain(console, f"Without a procedure: {_listed(without)}")
    if any(
        len(effect.broken) > len(some(effect.broken)) for t in tables for r in t.rows for effect in r.effects.values()
    ):
        plain(console, "--format markdown names all properties that break.")


def _effects(row: StepRow) -> list[tuple[str, str]]:
    """What each way to change a step breaks; ways that do the same together, those that break nothing last."""
    found: dict[str, list[str]] = {}
    for kind in KINDS:
        effect = row.effects.get(kind)
        if effect is not None:
            found.setdefault(_said(effect), []).append(kind)
    if not found:
        return [("", "no change applies")]
    return [(", ".join(kinds), said) for said, kinds in sorted(found.items(), key=lambda each: each[0] == NOTHING)]


NOTHING = "nothing"


def _said(effect: Effect) -> str:
    parts = list(some(effect.broken)) + ([f"not decided: {len(effect.undecided)}"] if effect.undecided else [])
    return "\n".join(parts) or NOTHING


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


__all__ = ["print_mutation"]
