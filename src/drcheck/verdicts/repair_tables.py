"""What sets of repairs do, as Markdown and as plain data (see `repair_sets`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

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
                    "sets": [_words(changes) for changes in best.sets],
                    "sets_tried": best.tried,
                }
                for best in table.best
            ],
        }
        for table in tables
    ]


def _combined(table: RepairTable, one: Combined) -> dict[str, Any]:
    return {
        "changes": _words(one.changes),
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


def _words(changes: Changes) -> list[str]:
    return [str(change) for change in changes]


def _markdown(table: RepairTable) -> list[str]:
    published = table.published.answers
    failing = [name for name, answer in published.items() if answer.verdict == VIOLATED]
    lines = [
        f"# {table.design.title}",
        "",
        f"As published, {len(failing)} of {len(published)} properties are violated. A property stands below where a set of "
        "repairs changes its verdict.",
        "",
    ]
    if not table.repairs:
        return [*lines, "The design has no repairs."]
    lines += ["## Each repair alone", ""]
    lines += _table(
        ["Repair", "Mends", "Breaks", "Not decided then"],
        (
            [_code(_words(one.changes)), *(_code(f(one)) for f in (table.mended, table.broken, table.undecided))]
            for one in table.alone
        ),
    )
    lines += ["## Pairs that get in each other's way, or need each other", ""]
    acting = {one.changes: told for one in table.pairs if (told := table.interplay(one))}
    lines += _table(
        ["Pair", "Property", "What happens"],
        ([_code(_words(pair)), f"`{name}`", said] for pair, told in acting.items() for name, said in told.items()),
        f"None of {len(table.pairs)}: every two do together what one of them does alone."
        if table.pairs
        else "There is only one.",
    )
    lines += ["## All together", ""]
    for one in table.together:
        still = table.failing(one)
        lines += [
            f"With {_code(_words(one.changes))}: {len(still)} of {len(one.answers)} are violated"
            + (f": {_code(still)}." if still else ".")
            + (f" Of these, broken by the repairs: {_code(table.broken(one))}." if table.broken(one) else "")
            + (f" Not decided: {_code(table.undecided(one))}." if table.undecided(one) else ""),
            "",
        ]
    if table.with_slips:
        without = {one.changes: set(table.failing(one)) for one in table.together}
        lines += ["## All together, and a slip", ""]
        lines += _table(
            ["Slip", "Violated then, and not without it"],
            (
                [
                    f"`{one.changes[-1]}`",
                    _code([n for n in table.failing(one) if n not in without[one.changes[:-1]]]) or "nothing",
                ]
                for one in table.with_slips
            ),
        )
    lines += ["## Worst cases", ""]
    lines += _table(
        ["Worst case", "As published", "Least", "With", "Sets tried"],
        (
            [
                f"`{best.property}`",
                best.as_published.value_text,
                best.answer.value_text,
                " or ".join(_code(_words(changes)) for changes in best.sets),
                str(best.tried),
            ]
            for best in table.best
        ),
        "No set of repairs that was tried makes one less.",
    )
    return lines


def _code(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], otherwise: str = "Nothing.") -> list[str]:
    body = ["| " + " | ".join(row) + " |" for row in rows]
    if not body:
        return [otherwise, ""]
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *body, ""]


__all__ = ["as_data", "as_markdown"]
