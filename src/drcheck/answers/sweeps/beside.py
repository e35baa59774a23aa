"""Several designs side by side under the same faults: where a promise tells them apart, and which points are best.

For each promise, the first point at which one design breaks it and the other keeps it is told with a shortest execution of both
that shows it (see `answers.separating`). Of two worst cases, those points are best of which no other one is as good in both and
better in one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drcheck.answers.separating import Separating, refuse_other_faults, separating
from drcheck.answers.sweeps.sweep import SweepTable
from drcheck.designs.design import Design
from drcheck.engines.protocol import Limits
from drcheck.errors import DrcheckError, UsageError
from drcheck.verdicts.wording import VIOLATED


@dataclass(frozen=True)
class Apart:
    """A promise that one design `breaks` and the other `keeps`, `at` a point. `found`: what shows it; `why`: why nothing does."""

    name: str
    at: Mapping[str, Any]
    breaks: Design
    keeps: Design
    found: Separating | None
    why: str = ""


@dataclass(frozen=True)
class Choice:
    """A point of a design with the exact values of two worst cases. `best`: no other is as good in both and better in one."""

    design: Design
    at: Mapping[str, Any]
    values: tuple[int, int]
    best: bool


def refuse_unlike(
    designs: Sequence[Design], settings: Sequence[Mapping[str, Any]], at: Mapping[str, Any], free: Collection[str]
) -> None:
    """Refuse designs that are not under the same faults at a point. Raises DesignError DR221, and UsageError DR401 for `free`."""
    systems = [design.build({**own, **at}) for design, own in zip(designs, settings, strict=True)]
    events = [event for system in systems for event in system.events if event.fault is not None]
    known = {"tick", *(event.name for event in events), *(str(event.fault) for event in events)}
    for name in free:
        if name not in known:
            raise UsageError("DR401", f"--free {name} is no fault of the designs", available=sorted(known), asked=name)
    for design, system in zip(designs[1:], systems[1:], strict=True):
        refuse_other_faults(systems[0], system, (designs[0].name, design.name), free)


def told_apart(
    sweeps: Sequence[SweepTable], *, free: Collection[str] = (), engine: str = "auto", limits: Limits = Limits()
) -> Iterator[Apart]:
    """What tells the first design from each of the others: for each promise the first point at which one breaks it alone."""
    first = sweeps[0]
    for other in sweeps[1:]:
        for name in first.names:
            for mine, theirs in zip(first.of(name), other.of(name), strict=True):
                verdicts = mine.answer.verdict == VIOLATED, theirs.answer.verdict == VIOLATED
                if verdicts[0] == verdicts[1] or not (mine.answer.holds or theirs.answer.holds):
                    continue
                breaking, keeping = (first, other) if verdicts[0] else (other, first)
                rows = (mine, theirs) if verdicts[0] else (theirs, mine)
                pair = breaking.design, keeping.design
                stated = [next(s for s in one.statements if s.name == name) for one in (breaking, keeping)]
                found, why = None, ""
                try:
                    found = separating(
                        pair,
                        (stated[0], stated[1]),
                        (rows[0].settings, rows[1].settings),
                        free=free,
                        engine=engine,
                        limits=limits,
                    )
                except DrcheckError as error:
                    why = str(error)
                yield Apart(name, mine.at, *pair, found, why)
                break


def best_of(sweeps: Sequence[SweepTable], names: tuple[str, str]) -> list[Choice]:
    """All points at which both worst cases are exact, with those that are best. Raises UsageError DR401 for other properties."""
    for name in names:
        if name not in sweeps[0].names:
            raise UsageError("DR401", f"{name} is not asked in this sweep", available=sweeps[0].names, asked=name)
    found: list[tuple[Design, Mapping[str, Any], tuple[int, int]]] = []
    for one in sweeps:
        for first, second in zip(one.of(names[0]), one.of(names[1]), strict=True):
            if first.answer.exact is not None and second.answer.exact is not None:
                found.append((one.design, first.at, (first.answer.exact, second.answer.exact)))
    pairs = {values for _, _, values in found}
    best = {p for p in pairs if not any(o != p and o[0] <= p[0] and o[1] <= p[1] for o in pairs)}
    return [Choice(design, at, values, values in best) for design, at, values in found]


__all__ = ["Apart", "Choice", "best_of", "refuse_unlike", "told_apart"]
