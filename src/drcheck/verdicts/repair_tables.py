"""What sets of repairs do, as Markdown and as plain data (see `repair_sets`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from drcheck.verdicts.repair_sets import Changes, Combined, RepairTable
from drcheck.verdicts.wording import VIOLATED


def as_markdown(tables: Sequence[RepairTable]) -> str:
    """The tables of several designs as Markdown."""
    return "\n".join(part for table in tables for part in [*_markdown(table), ""])


def as_data(tables: Iterable[RepairTable]) -> list[dict[str, Any]]:
    """Plain data for JSON."""
    return [
        {
            "design": table.design.name,
            "title": table.design.title,
            "repairs": [str(change) for change in table.repairs],
            "published": _answers(table.published),
            "alone": [_combined(table, one) for one in table.alone],
            "pairs": [{**_combined(table, one), "interplay": table.interplay(one)} for one in table.pairs],
            "together": [_combined(table, one) for one in table.together],
            "with_slips": [_combined(table, one) for one in table.with_slips],
            "best": [
                {
                    "property": best.property,
                    "as_published": best.as_published.value_text,
                    "value": best.answer.value,
                    "value_text": best.answer.value_text,
                    "sets": [list(_words(changes)) for changes in best.sets],
                    "sets_tried": best.tried,
                }
                for best in table.best
            ],
        }
        for table in tables
    ]


def _combined(table: RepairTable, one: Combined) -> dict[str, Any]:
    return {
        "changes": list(_words(one.changes)),
        "mended": table.mended(one),
        "broken": table.broken(one),
        "failing": table.failing(one),
        "undecided": table.undecided(one),
        "answers": _answers(one),
    }


def _answers(one: Combined) -> dict[str, Any]:
    return {
        name: {"verdict": answer.verdict, "value": answer.value, "value_text": answer.value_text or None}
        for name, answer in one.answers.items()
    }


def _words(changes: Changes) -> tuple[str, ...]:
    return tuple(str(change) for change in changes)


Cell: TypeAlias = str | tuple[str, ...]
"""Words, or names that are shown as code."""


@dataclass(frozen=True)
class Block:
    """A part of what is said of a design's repairs: a title, paragraphs of words and names, and, with a `head`, a table."""

    title: str
    paragraphs: tuple[tuple[Cell, ...], ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


def blocks(table: RepairTable) -> list[Block]:
    """What there is to say of the repairs of one design."""
    published = table.published.answers
    failing = [name for name, answer in published.items() if answer.verdict == VIOLATED]
    intro = (
        f"As published, {len(failing)} of {len(published)} properties are violated. A property stands below where a set of "
        "repairs changes its verdict."
    )
    if not table.repairs:
        return [Block("", ((f"{intro} The design has no repairs.",),))]
    return [Block("", ((intro,),)), _alone(table), _pairs(table), _together(table), *_slips(table), _worst(table)]


def _alone(table: RepairTable) -> Block:
    rows = [
        (_words(one.changes), *(tuple(told(one)) for told in (table.mended, table.broken, table.undecided)))
        for one in table.alone
    ]
    return Block("Each repair alone", (), ("Repair", "Mends", "Breaks", "Not decided then"), tuple(rows))


def _pairs(table: RepairTable) -> Block:
    acting = {one.changes: told for one in table.pairs if (told := table.interplay(one))}
    rows = tuple((_words(pair), (name,), said) for pair, told in acting.items() for name, said in told.items())
    none = (
        f"None of {len(table.pairs)}: two do together what one of them does alone."
        if table.pairs
        else "There is no pair."
    )
    return _block(
        "Pairs that get in each other's way, or need each other", ("Pair", "Property", "What happens"), rows, none
    )


def _together(table: RepairTable) -> Block:
    said: list[tuple[Cell, ...]] = []
    for one in table.together:
        parts: list[Cell] = ["With ", _words(one.changes)]
        for words, names in (
            (f": {len(table.failing(one))} of {len(one.answers)} are violated", table.failing(one)),
            (". Of these, broken by the repairs", table.broken(one)),
            (". Not decided", table.undecided(one)),
        ):
            parts += [f"{words}: ", tuple(names)] if names else [words] if words.startswith(":") else []
        said.append((*parts, "."))
    return Block("All together", tuple(said))


def _slips(table: RepairTable) -> list[Block]:
    without = {one.changes: set(table.failing(one)) for one in table.together}
    common = set.intersection(*map(set, without)) if without else set()
    rows: list[tuple[Cell, ...]] = []
    for one in table.with_slips:
        *repairs, slip = one.changes
        apart = tuple(change for change in repairs if change not in common)
        further = tuple(name for name in table.failing(one) if name not in without[tuple(repairs)])
        rows.append((_words((slip, *apart)), further or "nothing"))
    head = ("Slip, and how the repairs are made where there are several ways", "Violated then, and not without it")
    return (
        [Block("All together, and a slip", (), head if len(without) > 1 else ("Slip", head[1]), tuple(rows))]
        if rows
        else []
    )


def _worst(table: RepairTable) -> Block:
    rows: list[tuple[Cell, ...]] = [
        (
            (best.property,),
            best.as_published.value_text,
            best.answer.value_text,
            tuple(" and ".join(_words(changes)) for changes in best.sets),
            str(best.tried),
        )
        for best in table.best
    ]
    head = ("Worst case", "As published", "Least", "With, or with", "Sets tried")
    return _block("Worst cases", head, tuple(rows), "No set of repairs that was tried makes one less.")


def _block(title: str, head: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...], otherwise: str) -> Block:
    return Block(title, (), head, rows) if rows else Block(title, ((otherwise,),))


def _markdown(table: RepairTable) -> list[str]:
    lines = [f"# {table.design.title}", ""]
    for block in blocks(table):
        lines += [f"## {block.title}", ""] if block.title else []
        for paragraph in block.paragraphs:
            lines += ["".join(_written(cell) for cell in paragraph), ""]
        if block.head:
            lines += ["| " + " | ".join(block.head) + " |", "|" + "---|" * len(block.head)]
            lines += ["| " + " | ".join(_written(cell) for cell in row) + " |" for row in block.rows]
            lines.append("")
    return lines


def _written(cell: Cell) -> str:
    return cell if isinstance(cell, str) else ", ".join(f"`{name}`" for name in cell)


__all__ = ["Block", "Cell", "as_data", "as_markdown", "blocks"]
