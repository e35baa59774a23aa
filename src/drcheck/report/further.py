"""The answers of other commands that a review takes in, and what it misses."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from drcheck.designs.design import Design
from drcheck.designs.parameter import settings_words
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
"""Those that are missed where they are not made: of every design, and without anything else to be named. Beside them, the
sweeps that the design declares."""


def further(
    design: Design,
    settings: Mapping[str, Any],
    answers: Sequence[tuple[Kept, bool]],
    known: Iterable[str],
    made: Sequence[Further] = (),
) -> Iterator[Further]:
    """The answers about a design, those that are of this version with what they say; then what is not made.

    `settings`: of the review; `answers`: those that are kept, each with whether it is of this version; `known`: the commands
    that there are; `made`: what the review has made itself.
    """
    for kind, title in WANTED.items():
        mine = [(answer, right) for answer, right in answers if answer.kind == kind]
        titles = {one.name: one.title for one in design.sweeps} if kind == "sweep" else {}
        for answer, right in mine:
            said = tuple(BLOCKS[kind](answer.document)) if right and kind in BLOCKS else ()
            called = titles.get(str(answer.document.get("declared")), title)
            yield Further(kind, called, design.title, answer.command, MADE if right else OTHER, said)
        own = [one for one in made if one.kind == kind]
        yield from own
        if not mine and not own and kind in ASKED and kind in known:
            yield Further(kind, title, design.title, _keep(kind, design, settings), NOT_MADE)
        for name, called in titles.items():
            words = _keep(kind, design, settings, "--declared", name)
            there = any(
                answer.command == words or (right and answer.document.get("declared") == name) for answer, right in mine
            )
            if not there and kind in known:
                yield Further(kind, called, design.title, words, NOT_MADE)


def _keep(kind: str, design: Design, settings: Mapping[str, Any], *words: str) -> str:
    """The command that makes an answer of this version."""
    return shlex.join(["drcheck", "keep", kind, design.name, *words, *settings_words(settings)])


__all__ = ["ASKED", "MADE", "NOT_MADE", "OTHER", "WANTED", "further"]
