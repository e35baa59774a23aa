"""Everything that a review says, from designs: check, check the repairs, draw the lines to the claims.

Each design is checked and digested before the next one is started, so that only one design's states are in memory.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from drcheck import __version__
from drcheck.designs.design import Design
from drcheck.designs.objectives import declarations_of
from drcheck.designs.parameter import show
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import DesignError
from drcheck.kernels.sizes import size_word
from drcheck.report.adversities import BUDGET, Asked, answered
from drcheck.report.anchors import anchor
from drcheck.report.content import DesignView, FindingView, Further, ObjectivesView, Review, Study
from drcheck.report.digest import ListenerFor, check_and_digest, command, settings_of_each
from drcheck.report.further import WANTED, further
from drcheck.report.glossary import TERMS, terms
from drcheck.report.kept import Kept, all_kept, digest_of, taken
from drcheck.report.objectives import objectives_view
from drcheck.report.repairs import findings, ordered
from drcheck.report.studies import Group, studies
from drcheck.report.traceability import Said, claim_texts, claims_matrix, shared_out
from drcheck.verdicts import claims as declared
from drcheck.verdicts.check import Prepared, prepare_all
from drcheck.verdicts.claims import Claim, Word, load_claims, unique
from drcheck.verdicts.repair_sets import repair_table
from drcheck.verdicts.repair_tables import Block, blocks
from drcheck.verdicts.sliced import SEARCH, checked_way, refuse_sliced


def collect(
    designs: Sequence[Design],
    settings: Mapping[str, Any] | None = None,
    *,
    claims: Iterable[Claim] | None = None,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: ListenerFor | None = None,
    output: str = "",
    repair_sets: bool = False,
    kept: str | Path | None = None,
    commands: Iterable[str] = (),
    by: str = SEARCH,
    budget: int = 0,
) -> Review:
    """Check designs, check the repairs of what they break, and put everything together, study by study.

    `settings` are parameter values (or texts, as the command line gives them); each goes to the designs that have the
    parameter. `claims` are all claims in scope; without them, those of `properties/claims.py` if there is one.
    `repair_sets`: also decide everything with the repairs alone, in pairs and together, which can take many times as long.
    `output` is only shown in the commands that reproduce the review. `kept`: the folder of answers of other commands; `commands`:
    those that there are, of which an answer is missed that is not there. `by`: how properties are decided, as in `check_design`;
    further searches, those for causes, repairs and disruptions, enumerate states in any case. `budget`: of states, for the cuts
    of each design, and half as many for each of its staircases (see `adversities`); 0: these are not made.

    Raises the errors of `drcheck.verdicts.check.check_design`, all errors of all designs before the first search, and
    PropertyError DR301 for a claim that is not listed.
    """
    if checked_way(by) != SEARCH:
        refuse_sliced(engine, limits, frozenset(), coverage=False)
    given = dict(settings or {})
    listed = claims_listed() if claims is None else unique(claims) or None
    asked = list(zip(designs, settings_of_each(designs, given), strict=True))
    spent: list[float] = []
    if listed is not None:
        named, spent = declared.all_undecided(asked, limits)
        declared.matrix(listed, [entry for entries in named for entry in entries])
    for design, own in asked:
        declarations_of(design, own)
    ready = prepare_all(asked, limits, spent)
    answers = [] if kept is None else all_kept(Path(kept))
    work = _Work(listed, engine, limits, listener, repair_sets, tuple(answers), tuple(commands), by, budget)
    said: list[Said] = []
    found = [
        work.study(group, [(*asked[n], ready[n]) for n in group.positions], said, begin)
        for group, begin in _counted(studies(designs))
    ]
    search = [*_search_options(engine, limits), *(["--by", by] if by != SEARCH else [])]
    search += ["--repairs"] if repair_sets else []
    search += ["--budget", str(budget)] if budget != BUDGET else []
    words = [*(d.name for d in designs[1:]), *search, *(["--output", output] if output else [])]
    shown = {name: value if isinstance(value, str) else show(value) for name, value in given.items()}
    return Review(
        _now(),
        __version__,
        command("review", designs[0], shown, *words),
        tuple(_with_claims(found, listed or (), said)),
    )


def _counted(groups: Iterable[Group]) -> Iterator[tuple[Group, int]]:
    """The groups, each with the number of its first design, counted from 1 over all of them."""
    begin = 1
    for group in groups:
        yield group, begin
        begin += len(group.designs)


def _with_claims(found: Sequence[Study], listed: Sequence[Claim], said: Sequence[Said]) -> Iterator[Study]:
    """The studies with their claims, each decided by the properties of all studies, and with the terms that they use."""
    views = [view for study in found for view in study.designs]
    rows, others = claims_matrix(listed, views, said, [study.key for study in found for _ in study.designs])
    shared = shared_out(rows, [study.key for study in found])
    for study in found:
        whole = replace(study, claims=tuple(shared[study.key]), out_of_scope=tuple(others))
        yield replace(whole, terms=terms(_used(whole)))


_Asked: TypeAlias = tuple[Design, Mapping[str, Any], Prepared]
"""A design with its settings, composed already."""


@dataclass(frozen=True)
class _Work:
    """How the studies of a review are made."""

    listed: tuple[Claim, ...] | None
    engine: str
    limits: Limits
    listener: ListenerFor | None
    repair_sets: bool
    kept: tuple[Kept, ...]
    commands: tuple[str, ...]
    by: str = SEARCH
    budget: int = 0

    def study(self, group: Group, asked: Sequence[_Asked], said: list[Said], begin: int) -> Study:
        """Check the designs of one study, their repairs and disruptions; the first design has the number `begin`.

        What the properties say of claims is added to `said`; the study's own claims are still to be drawn from all of that.
        """
        engine, limits, listener = self.engine, self.limits, self.listener
        texts = claim_texts(self.listed or ())
        views: list[DesignView] = []
        found: list[FindingView] = []
        disruptions: list[ObjectivesView] = []
        more: list[Further] = []
        for number, ((design, own, ready), key) in enumerate(zip(asked, keys(group.designs), strict=True), begin):
            right = digest_of(design, own, ready)
            kept_of = taken(self.kept, design, right)
            checked = check_and_digest(
                key, design, own, views, ready, engine=engine, limits=limits, listener=listener, by=self.by
            )
            new, searches = findings(checked, texts, engine=engine, limits=limits, listener=listener)
            found += new
            said += [(number, claim, decision) for claim, decision in checked.decided]
            views.append(replace(checked.view, searches=(*checked.view.searches, *searches)))
            said_of = None if listener is None else partial(_told, listener, design.name)
            told = objectives_view(views[-1], design, own, engine=engine, limits=limits, listener=said_of)
            disruptions += [] if told is None else [told]
            made = list(answered(design, own, kept_of, Asked(self.budget, engine, limits, listener)))
            more += further(design, kept_of, self.commands, made)
        return Study(
            group.key,
            group.title,
            group.question,
            tuple(views),
            ordered(found),
            (),
            (),
            tuple(self._commands(views, asked, {view.design for view in disruptions})),
            (),
            tuple(disruptions),
            tuple(self._sets(asked)) if self.repair_sets else (),
            tuple(sorted(more, key=lambda item: list(WANTED).index(item.kind))),
        )

    def _sets(self, asked: Sequence[_Asked]) -> Iterator[tuple[str, tuple[Block, ...]]]:
        """What the repairs of each design do alone, in pairs and together."""
        for design, own, _ in asked:
            said = None if self.listener is None else self.listener(f"{design.name} (sets of repairs)")
            found = repair_table(design, own, engine=self.engine, limits=self.limits, listener=said)
            yield design.title, tuple(blocks(found))

    def _commands(
        self, views: Sequence[DesignView], asked: Sequence[_Asked], declaring: set[str]
    ) -> Iterator[tuple[str, str]]:
        """What to run to see the same in a terminal."""
        for view in views:
            yield f"All verdicts on {view.title}, in a terminal", view.command
        for (design, own, _), view in zip(asked, views, strict=True):
            if view.id in declaring:
                yield f"The disruptions of {view.title}, in a terminal", command("objectives", design, own)


def keys(designs: Sequence[Design]) -> list[str]:
    """The addresses of the designs of a study: the names of their functions, with their modules where two have one name."""
    names = [design.function.__name__ for design in designs]
    found: list[str] = []
    for name, design in zip(names, designs, strict=True):
        key = name if names.count(name) == 1 else anchor(*design.name.split(":"))
        again = sum(key == other or other.startswith(f"{key}.") for other in found)
        found.append(f"{key}.{again + 1}" if again else key)
    return found


def _told(listener: ListenerFor, name: str, purpose: str) -> Listener | None:
    """What listens to a search for the disruptions of a design."""
    return listener(f"{name} (disruptions: {purpose})")


def claims_listed() -> tuple[Claim, ...] | None:
    """The claims that `properties/claims.py` lists; None if there is no such module. See
    `drcheck.verdicts.claims.load_claims` for what it raises.
    """
    try:
        return load_claims()
    except DesignError as error:
        if error.code == "DR201":
            return None
        raise


def _search_options(engine: str, limits: Limits) -> list[str]:
    """The options of the command line that ask for an engine and for limits. Threads change no answer."""
    words = ["--engine", engine] if engine != "auto" else []
    words += ["--limit-states", str(limits.states)] if limits.states is not None else []
    words += ["--limit-seconds", f"{limits.seconds:g}"] if limits.seconds is not None else []
    return words + (["--memory", size_word(limits.memory)] if limits.memory is not None else [])


def _now() -> str:
    """The date and time of the review in UTC; SOURCE_DATE_EPOCH fixes it."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = float(fixed) if fixed.isdecimal() else time.time()
    return datetime.fromtimestamp(moment, tz=UTC).strftime("%Y-%m-%d %H:%M UTC")


def _used(review: Study) -> set[str]:
    """The terms of the glossary that a study has use for."""
    used = {row.family for row in review.rows} & set(TERMS)
    if any(view.tick for view in review.designs):
        used.add("tick")
    if any(fault.budget.startswith("at most") for view in review.designs for fault in view.faults):
        used.add("fault budget")
    if any(row.fairness for row in review.rows) or used & {"liveness", "temporal logic"}:
        used |= {"fairness", "lasso"}
    if any(row.vacuous for row in review.rows):
        used.add("vacuous")
    if review.findings:
        used |= {"finding", "repair", "counterexample"}
    if review.objectives:
        used |= {"disruption", "objective", "notice"}
    if "reachability" in used:
        used.add("witness")
    if any(search.stuck for view in review.designs for search in view.searches):
        used.add("deadlock")
    if any(word == Word.NOT_DECIDED.value for word, _ in review.claim_words):
        used.add("not decided")
    return used


__all__ = ["claims_listed", "collect"]
