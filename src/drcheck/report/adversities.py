"""What a review finds out itself of combinations of adversities: cuts and staircases, each within a budget of states.

Cuts are asked of all promises, up to order 2, at the settings that the design declares for them. Staircases are asked of what
disruptions are measured by, as published and with all repairs. What the budget did not reach stands beside them, with the
command that makes the answer; one that was kept, and is of this version, stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from drcheck import schemas
from drcheck.answers.cuts import INTERRUPTED, cuts
from drcheck.answers.fault_tree import fault_trees, top_level
from drcheck.answers.staircase import Staircase, staircase
from drcheck.designs.design import Design
from drcheck.designs.parameter import plain, settings_words
from drcheck.designs.selection import beyond
from drcheck.engines.protocol import Limits
from drcheck.errors import DrcheckError
from drcheck.logic.details import MEASURES
from drcheck.logic.properties import Statement
from drcheck.report.blocks import Block, Heading, Name, Para
from drcheck.report.content import Further
from drcheck.report.cuts import cuts_data
from drcheck.report.digest import ListenerFor, command
from drcheck.report.documents import BLOCKS, by_number
from drcheck.report.fault_trees import trees_data
from drcheck.report.further import MADE, WANTED
from drcheck.report.kept import Kept
from drcheck.report.staircases import staircase_data
from drcheck.verdicts.repair_sets import repairs_of

ORDER = 2
"""Of how many adversities combinations are."""
BUDGET = 1_000_000
"""How many states the cuts of a design may have where nothing else is said, and its staircases half as many each."""
SHARE = 4
"""One search may take this part of a budget."""


@dataclass(frozen=True)
class Asked:
    """How it is asked. `budget`: of states, for all searches of an answer together; 0: nothing is asked."""

    budget: int = 0
    engine: str = "auto"
    limits: Limits = Limits()
    listener: ListenerFor | None = None

    @property
    def within(self) -> Limits:
        """The limits of each search: one that is too large leaves enough of the budget to others."""
        most, share = self.limits.states, max(1, self.budget // SHARE)
        return replace(self.limits, states=share if most is None else min(most, share))

    @property
    def words(self) -> tuple[str, ...]:
        """The options of a command that asks the same."""
        assert self.within.states is not None
        engine = () if self.engine == "auto" else ("--engine", self.engine)
        return (*engine, "--budget", str(self.budget), "--limit-states", str(self.within.states))


def answered(
    design: Design, settings: Mapping[str, Any], kept: Sequence[tuple[Kept, bool]], asked: Asked
) -> Iterator[Further]:
    """The cuts and staircases of a design that are not kept. `kept`: its kept answers, each with whether it is of this version.

    Raises KeyboardInterrupt: half an answer would read as a whole one.
    """
    if not asked.budget:
        return
    right = [answer for answer, is_right in kept if is_right]
    if not any(answer.kind == "cuts" for answer in right):
        yield from _cuts(design, settings, asked, trees=not any(answer.kind == "tree" for answer in right))
    known = {answer.document["property"] for answer in right if answer.kind == "staircase"}
    half = replace(asked, budget=max(1, asked.budget // 2))
    for statement in measures(design, settings):
        if statement.name not in known:
            yield _staircases(design, settings, statement, half)


def measures(design: Design, settings: Mapping[str, Any]) -> list[Statement]:
    """The worst cases that disruptions are measured by, the first of several cases of one; those of loss first."""
    found: dict[object, Statement] = {}
    for statement in design.statements(settings):
        if statement.details.get("measures") and not beyond(design, settings, statement.given)[1]:
            found.setdefault(statement.details.get("place") or statement.name, statement)
    return sorted(found.values(), key=lambda statement: MEASURES.index(statement.details["measures"]))


def _cuts(design: Design, settings: Mapping[str, Any], asked: Asked, *, trees: bool) -> Iterator[Further]:
    """The cuts of a design, and of those of its promises that decide a claim or measure something, the fault trees."""
    told = None if asked.listener is None else asked.listener(f"{design.name} (cuts)")
    report = cuts(
        design,
        settings,
        order=ORDER,
        engine=asked.engine,
        limits=asked.within,
        budget=asked.budget,
        listener=lambda _: told,
    )
    if report.stopped == INTERRUPTED:
        raise KeyboardInterrupt
    document = schemas.document("cuts", cuts_data(report, plain))
    words = command("cuts", design, settings, *asked.words)
    yield Further("cuts", WANTED["cuts"], design.title, words, MADE, tuple(BLOCKS["cuts"](document)))
    wanted = set(top_level([promise.statement for promise in report.promises]))
    top = replace(report, promises=tuple(p for p in report.promises if p.name in wanted))
    if trees and top.promises:
        drawn = schemas.document("tree", trees_data(top, fault_trees(top), plain))
        words = command("tree", design, settings, *asked.words)
        yield Further("tree", WANTED["tree"], design.title, words, MADE, tuple(BLOCKS["tree"](drawn)))


def _staircases(design: Design, settings: Mapping[str, Any], statement: Statement, asked: Asked) -> Further:
    """The staircase of a worst case as published, and, where there are repairs, with all of them."""
    repairs: dict[str, Any] = {}
    for change in repairs_of(design):
        if change.name not in settings and change.name not in statement.given:
            repairs.setdefault(change.name, change.value)
    made: dict[str, Any] = {}
    blocks: list[Block] = [Para((Name(statement.name), f": combinations of up to {ORDER} adversities."))]
    for said, given in ((PUBLISHED, {}), (REPAIRED, repairs)) if repairs else ((PUBLISHED, {}),):
        now = {**settings, **given}
        blocks.append(Heading((f"{said}: {', '.join(settings_words(given)[1::2])}" if given else said,), 4))
        try:
            found = _staircase(design, now, statement.name, asked)
        except (
            DrcheckError
        ) as error:  # the repairs cannot be composed together, or the worst case speaks of what they remove
            if not given:
                raise
            blocks.append(Para((f"It cannot be asked with them: {error.message}.",), tone="warning"))
            continue
        made[said] = schemas.document("staircase", staircase_data(found, plain))
        blocks += list(BLOCKS["staircase"](made[said]))[1:]  # what it is of stands above
        if given:
            words = command("staircase", design, now, statement.name, *asked.words)
            blocks.append(Para(("Made by ", Name(words), "."), tone="small"))
    words = command("staircase", design, settings, statement.name, *asked.words)
    return Further(
        "staircase",
        statement.name.replace("_", " "),
        design.title,
        words,
        MADE,
        (blocks[0], *by_number(made), *blocks[1:]),
    )


PUBLISHED, REPAIRED = "As published", "With all repairs"


def _staircase(design: Design, settings: Mapping[str, Any], name: str, asked: Asked) -> Staircase:
    told = None if asked.listener is None else asked.listener(f"{design.name} (staircase of {name})")
    found = staircase(
        design,
        name,
        settings,
        order=ORDER,
        engine=asked.engine,
        limits=asked.within,
        budget=asked.budget,
        listener=lambda _: told,
    )
    if found.stopped == INTERRUPTED:
        raise KeyboardInterrupt
    return found


__all__ = ["BUDGET", "Asked", "answered", "measures"]
