"""What a review finds out of one design: verdicts, repairs, disruptions, cuts and staircases, as plain data.

Designs do not depend on each other, so several processes can work at them (see `processes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from drcheck.designs.design import Design
from drcheck.engines.protocol import Limits, Listener
from drcheck.report.adversities import Asked, answered
from drcheck.report.content import ClaimText, DesignView, FindingView, Further, ObjectivesView
from drcheck.report.digest import ListenerFor, check_and_digest
from drcheck.report.further import further
from drcheck.report.kept import Kept, digest_of, taken
from drcheck.report.objectives import objectives_view
from drcheck.report.repairs import findings
from drcheck.verdicts.check import Prepared
from drcheck.verdicts.claims import Decision
from drcheck.verdicts.repair_sets import repair_table
from drcheck.verdicts.repair_tables import Block, blocks
from drcheck.verdicts.sliced import SEARCH


@dataclass(frozen=True)
class Task:
    """A design with its settings; `key` is its address."""

    key: str
    design: Design
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Reviewed:
    """What was found of a design. `decided`: what its properties say of claims, each with the claim's key; `sets`: what its
    repairs do alone, in pairs and together, None where that was not asked.
    """

    view: DesignView
    findings: tuple[FindingView, ...]
    disruptions: ObjectivesView | None
    further: tuple[Further, ...]
    decided: tuple[tuple[str, Decision], ...]
    sets: tuple[Block, ...] | None = None


@dataclass(frozen=True)
class Work:
    """How designs are reviewed; see `collect`. `texts`: of claims, by key."""

    texts: Mapping[str, ClaimText]
    engine: str = "auto"
    limits: Limits = Limits()
    listener: ListenerFor | None = None
    repair_sets: bool = False
    kept: tuple[Kept, ...] = ()
    commands: tuple[str, ...] = ()
    by: str = SEARCH
    budget: int = 0

    def design(self, task: Task, ready: Prepared) -> Reviewed:
        """All that is found of one design, which is composed already."""
        engine, limits, listener = self.engine, self.limits, self.listener
        design, own = task.design, task.settings
        kept_of = taken(self.kept, design, digest_of(design, own, ready))
        checked = check_and_digest(
            task.key, design, own, ready, engine=engine, limits=limits, listener=listener, by=self.by
        )
        found, searches = findings(checked, self.texts, engine=engine, limits=limits, listener=listener)
        view = replace(checked.view, searches=(*checked.view.searches, *searches))
        said_of = None if listener is None else partial(_told, listener, design.name)
        told = objectives_view(view, design, own, engine=engine, limits=limits, listener=said_of)
        made = list(answered(design, own, kept_of, Asked(self.budget, engine, limits, listener)))
        more = tuple(further(design, own, kept_of, self.commands, made))
        sets = self._sets(design, own) if self.repair_sets else None
        return Reviewed(view, tuple(found), told, more, checked.decided, sets)

    def _sets(self, design: Design, own: Mapping[str, Any]) -> tuple[Block, ...]:
        """What the repairs of a design do alone, in pairs and together."""
        said = None if self.listener is None else self.listener(f"{design.name} (sets of repairs)")
        return tuple(blocks(repair_table(design, own, engine=self.engine, limits=self.limits, listener=said)))


def _told(listener: ListenerFor, name: str, purpose: str) -> Listener | None:
    """What listens to a search for the disruptions of a design."""
    return listener(f"{name} (disruptions: {purpose})")


__all__ = ["Reviewed", "Task", "Work"]
