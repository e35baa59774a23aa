"""The tables of a check: a row for each verdict, and for each search."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from drcheck.verdicts.verdict import Conclusion, Run, Verdict
from drcheck.verdicts.wording import run_label, weaknesses

STYLES = {Conclusion.HOLDS: "green", Conclusion.VIOLATED: "bold red", Conclusion.INCONCLUSIVE: "yellow"}
WHOLE = 80
"""From this many columns on, names are broken after underscores only and the reasons get the rest of the line."""


def broken(name: str, width: int) -> str:
    """A name on lines of at most `width` columns, broken after underscores where it is too long; a text after blanks."""
    lines = [""]
    for part in re.split(r"(?<= )" if " " in name else r"(?<=_)", name):
        if lines[-1] and len(lines[-1]) + len(part.rstrip()) > width:
            lines.append("  ")
        lines[-1] += part
    return "\n".join(lines)


def verdict_table(verdicts: Iterable[Verdict], width: int) -> Table:
    """A row for each verdict, with everything that makes it weak."""
    widest, whole = max(24, min(44, width // 3)), width >= WHOLE
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("property", no_wrap=whole, overflow="fold")
    table.add_column("claims", no_wrap=whole, overflow="fold")
    table.add_column("verdict", no_wrap=whole, overflow="fold")
    table.add_column("value or reason", overflow="fold")
    for verdict in verdicts:
        item = verdict.property
        table.add_row(
            Text(broken(item.name, widest)),
            Text("\n".join(item.claims)),
            Text(verdict.conclusion.value, style="yellow" if verdict.vacuous else STYLES[verdict.conclusion]),
            Text("\n".join([verdict.reason, *weaknesses(verdict)])),
        )
    return table


def search_table(runs: Iterable[Run]) -> Table:
    """A row for each search."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("search", overflow="fold")
    for name in ("states", "transitions", "depth", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("engine", no_wrap=True)
    for run in runs:
        found = run.exploration
        if not run.needed:
            table.add_row(Text(search_name(run)), "", "", "", "", Text("none: facts of the composition"))
            continue
        table.add_row(
            Text(search_name(run)),
            f"{found.states:,}",
            f"{found.transitions:,}" if run.proof is None else "",
            f"{found.depth:,}" if run.proof is None else "",
            f"{found.seconds:.2f}",
            Text(found.engine + ("" if found.complete else ", stopped early")),
        )
    return table


def search_name(run: Run) -> str:
    """What a search is called: by the parameters in which it differs from those requested."""
    return run_label(run, "as above")


__all__ = ["STYLES", "WHOLE", "broken", "search_name", "search_table", "verdict_table"]
