"""A comparison of results as text for a terminal, and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from drcheck.answers.difference import Change, Difference, Effect
from drcheck.render.style import clean

if TYPE_CHECKING:
    from rich.console import Console

HEADS = {Effect.WORSE: "Worse", Effect.BETTER: "Better", Effect.OTHER: "Otherwise different"}
STYLES = {Effect.WORSE: "bold red", Effect.BETTER: "green", Effect.OTHER: "bold"}
COLUMNS = ("of", "what", "before", "now")


def print_difference(console: Console, found: Difference) -> None:
    """Print a comparison: what is worse first; each design's differences in a table."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from drcheck.cli.check_tables import broken
    from drcheck.cli.console import plain
    from drcheck.cli.console import table as print_table

    widest = max(24, min(44, console.width // 3))
    for effect, design, changes in _groups(found):
        plain(console, f"{HEADS[effect]}: {design or 'claims'}", style=STYLES[effect])
        table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        for name in COLUMNS:
            table.add_column(name, overflow="fold")
        for c in changes:
            table.add_row(Text(broken(c.subject, widest)), Text(c.what), Text(c.before), Text(c.after))
        print_table(console, table)
    plain(console, summary(found), style="bold")


def as_markdown(found: Difference) -> str:
    """A comparison as Markdown: a heading that says it all, then a table for what is worse, better and otherwise different."""
    lines = [f"### drcheck: {'something is worse' if found.worse else 'nothing is worse'}", "", summary(found)]
    last = None
    for effect, design, changes in _groups(found):
        if effect is not last:
            lines += ["", f"#### {HEADS[effect]}"]
            last = effect
        lines += [
            "",
            f"`{design}`" if design else "Claims",
            "",
            f"| {' | '.join(COLUMNS)} |",
            "|---" * len(COLUMNS) + "|",
        ]
        lines += [f"| {' | '.join(map(_cell, (c.subject, c.what, c.before, c.after)))} |" for c in changes]
    return "\n".join(lines)


def summary(found: Difference) -> str:
    """One line: how much was compared, and how many differences of each kind there are."""
    counts = [(found.designs, "design", "designs"), (found.properties, "property", "properties")]
    counts += [(found.claims, "claim", "claims")] if found.claims else []
    compared = ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in counts)
    said = [f"{len(found.of(effect))} {effect.value}" for effect in Effect if found.of(effect)]
    return f"{compared} compared: {', '.join(said) or 'no difference'}"


def _groups(found: Difference) -> list[tuple[Effect, str, Sequence[Change]]]:
    """The differences by what they mean, then by design."""
    groups: dict[tuple[Effect, str], list[Change]] = {}
    for effect in Effect:
        for change in found.of(effect):
            groups.setdefault((effect, change.design), []).append(change)
    return [(effect, design, changes) for (effect, design), changes in groups.items()]


def _cell(text: str) -> str:
    """A cell of a table, in which nothing is markup."""
    said = " ".join(clean(text).split())
    for mark in "\\|`*_<>[]":
        said = said.replace(mark, "\\" + mark)
    return said


__all__ = ["as_markdown", "print_difference", "summary"]
