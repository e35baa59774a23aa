"""Files of a review: a study's parts spread over files of bounded size, and the addresses of all that is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from drcheck.report.blocks import Block, Entry, Fold, Heading, Link, Part, Side, Table, Words

NODES, BYTES = 9_300, 375_000
"""How many nodes (elements and texts) and bytes a file has at most, its frame apart: below 10,000 and 400 kB with it, the filters
that the script adds among them.
"""


@dataclass(frozen=True)
class Page:
    """One file: `name` is that of the file without its ending; `kicker` and `footer` stand above and below."""

    name: str
    title: str
    kicker: Words
    contents: tuple[Words, ...]
    parts: tuple[Part, ...]
    footer: Words


@dataclass(frozen=True)
class Weight:
    """How large a piece of a file is, in nodes of HTML and in bytes."""

    nodes: int
    size: int

    def __add__(self, other: Weight) -> Weight:
        """Both together."""
        return Weight(self.nodes + other.nodes, self.size + other.size)

    @property
    def fits(self) -> bool:
        """Whether a file may be as large."""
        return self.nodes <= NODES and self.size <= BYTES


NOTHING = Weight(0, 0)


def total(weights: Iterable[Weight]) -> Weight:
    """All together."""
    return sum(weights, NOTHING)


def spread(parts: Sequence[Part], weigh: Callable[[Part], Weight]) -> tuple[list[Part], list[Part]]:
    """The parts that stay in the study's file, and those that move to files of their own, in their order.

    As long as all together are too large, the part moves that says so first (`Part.apart`). A part that moves is divided between
    its blocks where it is too large for one file; the pieces have the keys `key`, `key-2`, and so on.
    """
    weights = {part.key: weigh(part) for part in parts}
    moved: set[str] = set()
    while not total(weights[part.key] for part in parts if part.key not in moved).fits:
        movable = [part for part in parts if part.apart and part.key not in moved]
        if not movable:
            break
        moved.add(max(movable, key=lambda part: part.apart).key)
    stay = [part for part in parts if part.key not in moved]
    return stay, [piece for part in parts if part.key in moved for piece in _pieces(part, weigh)]


def _pieces(part: Part, weigh: Callable[[Part], Weight]) -> list[Part]:
    """A part divided into pieces that fit a file each."""
    found: list[list[Block]] = [[]]
    weight = NOTHING
    for unit in _units(part.blocks):
        mine = weigh(replace(part, blocks=tuple(unit)))
        if found[-1] and not (weight + mine).fits:
            found.append([])
            weight = NOTHING
        found[-1] += unit
        weight += mine
    if len(found) == 1:
        return [part]
    return [
        replace(
            part,
            key=part.key if n == 1 else f"{part.key}-{n}",
            title=f"{part.title} ({n} of {len(found)})",
            blocks=tuple(blocks),
        )
        for n, blocks in enumerate(found, 1)
    ]


def _units(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks that stay together: a heading with what follows it; a long table in pieces of its rows."""
    unit: list[Block] = []
    for block in blocks:
        if isinstance(block, Table) and len(block.rows) > ROWS:
            for start in range(0, len(block.rows), ROWS):
                yield [*unit, replace(block, rows=block.rows[start : start + ROWS])]
                unit = []
            continue
        unit.append(block)
        if not isinstance(block, Heading):
            yield unit
            unit = []
    if unit:
        yield unit


ROWS = 100
"""A table of more rows is divided where its part does not fit a file."""


def addresses(parts: Iterable[Part]) -> Iterator[str]:
    """All addresses in some parts."""
    for part in parts:
        yield part.key
        yield from _inside(part.blocks)


def _inside(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Heading | Entry) and block.id:
            yield block.id
        if isinstance(block, Table):
            yield from (row.id for row in block.rows if row.id)
        if isinstance(block, Entry | Fold):
            yield from _inside(block.blocks)
        if isinstance(block, Side):
            for column in block.columns:
                yield from _inside(column)


class Addresses:
    """Where everything is: in which file, by study and address."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], str] = {}

    def add(self, study: str, name: str, parts: Iterable[Part]) -> None:
        """Note what a file of a study has."""
        for address in addresses(parts):
            self._files[(study, address)] = name

    def resolve(self, study: str, here: str, link: Link, ending: str) -> str:
        """What leads from a file `here` of a study to where a link points; "" where nothing has that address."""
        name = self._files.get((link.study or study, link.to))
        if name is None:
            return ""
        return f"#{link.to}" if name == here else f"{name}{ending}#{link.to}"


__all__ = ["BYTES", "NODES", "Addresses", "Page", "Weight", "addresses", "spread", "total"]
