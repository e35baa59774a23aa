"""The answers of other commands that a review takes in, and what it misses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from drcheck.designs.design import Design
from drcheck.report.content import Further
from drcheck.report.documents import BLOCKS
from drcheck.report.kept import Kept

MADE, OTHER, NOT_MADE = "made", "of another version", "not made"
WANTED = {
    "cuts": "Smallest combinations that break each promise",
    "fmea": "Each single fault, slip and mistake",
    "tree": "Fault trees",
    "staircase": "The least adversities for each greater value",
    "repairs": "Repairs alone, in pairs and together",
    "curve": "Worst cases along a parameter",
    "sweep": "Verdicts for many settings",
    "why": "Why promises are broken",
    "recover": "The way back to service",
    "why-not": "Why something never happens",
}
"""The answers that a review takes in, by the commands that make them, in order."""
ASKED = ("cuts", "fmea", "tree")
"""Those that are missed where they are not made: of every design, and without anything else to be named."""


def further(
    design: Design, answers: Sequence[tuple[Kept, bool]], known: Iterable[str], made: Sequence[Further] = ()
) -> Iterator[Further]:
    """The answers about a design, those that are of this version with what they say; then what is not made.

    `answers`: those that are kept, each with whether it is of this version; `known`: the commands that there are; `made`: what
    the review has made itself.
    """
    for kind, title in WANTED.items():
        mine = [(answer, right) for answer, right in answers if answer.kind == kind]
        for answer, right in mine:
            said = tuple(BLOCKS[kind](answer.document)) if right and kind in BLOCKS else ()
            yield Further(kind, title, design.title, answer.command, MADE if right else OTHER, said)
        own = [one for one in made if one.kind == kind]
        yield from own
        if not mine and not own and kind in ASKED and kind in known:
            yield Further(kind, title, design.title, f"drcheck keep {kind} {design.name}", NOT_MADE)


__all__ = ["ASKED", "MADE", "NOT_MADE", "OTHER", "WANTED", "further"]
