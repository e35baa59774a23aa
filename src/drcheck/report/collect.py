"""Everything that a review says, from designs: check, check the repairs, draw the lines to the claims.

Each design is checked and digested before the next one is started, so that only one design's states are in memory.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from drcheck import __version__
from drcheck.designs.design import Design
from drcheck.designs.objectives import declarations_of
from drcheck.designs.parameter import show
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import DesignError
from drcheck.kernels.sizes import size_word
from drcheck.report.content import DesignView, FindingView, ObjectivesView, Review
from drcheck.report.digest import ListenerFor, check_and_digest, command, settings_of_each
from drcheck.report.glossary import TERMS, terms
from drcheck.report.objectives import objectives_view
from drcheck.report.repairs import findings, ordered
from drcheck.report.traceability import claim_texts, claims_matrix
from drcheck.verdicts import claims as declared
from drcheck.verdicts.check import prepare_all
from drcheck.verdicts.claims import Claim, Word, load_claims, unique
from drcheck.verdicts.repair_sets import repair_table
from drcheck.verdicts.repair_tables import blocks


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
) -> Review:
    """Check designs, check the repairs of what they break, and put everything together.

    `settings` are parameter values (or texts, as the command line gives them); each goes to the designs that have the
    parameter. `claims` are all claims in scope; without them, those of `properties/claims.py` if there is one.
    `repair_sets`: also decide everything with the repairs alone, in pairs and together, which can take many times as long.
    `output` is only shown in the commands that reproduce the review. Raises the errors of `drcheck.verdicts.check.check_design`,
    all errors of all designs before the first search, and PropertyError DR301 for a claim that is not listed.
    """
    given = dict(settings or {})
    listed = claims_listed() if claims is None else unique(claims) or None
    texts = claim_texts(listed or ())
    views: list[DesignView] = []
    found: list[FindingView] = []
    decided: list[tuple[int, str, declared.Decision]] = []
    asked = list(zip(designs, settings_of_each(designs, given), strict=True))
    spent: list[float] = []
    if listed is not None:
        named, spent = declared.all_undecided(asked, limits)
        declared.matrix(listed, [entry for entries in named for entry in entries])
    for design, own in asked:
        declarations_of(design, own)
    disruptions: list[ObjectivesView] = []
    for number, ((design, own), ready) in enumerate(zip(asked, prepare_all(asked, limits, spent), strict=True), 1):
        checked = check_and_digest(number, design, own, views, ready, engine=engine, limits=limits, listener=listener)
        new, searches = findings(checked, texts, engine=engine, limits=limits, listener=listener)
        found += new
        decided += [(number, key, decision) for key, decision in checked.decided]
        views.append(replace(checked.view, searches=(*checked.view.searches, *searches)))
        said_of = None if listener is None else partial(_told, listener, design.name)
        told = objectives_view(views[-1], design, own, engine=engine, limits=limits, listener=said_of)
        disruptions += [] if told is None else [told]
    matrix, others = claims_matrix(listed or (), views, decided)
    review = Review(_now(), __version__, tuple(views), ordered(found), tuple(matrix), tuple(others), (), ())
    review = replace(review, objectives=tuple(disruptions))
    search = _search_options(engine, limits)
    if repair_sets:
        sets = []
        for design, own in asked:
            said = None if listener is None else listener(f"{design.name} (sets of repairs)")
            sets.append(
                (design.title, tuple(blocks(repair_table(design, own, engine=engine, limits=limits, listener=said))))
            )
        review = replace(review, repair_sets=tuple(sets))
        search = [*search, "--repairs"]
    words = [*(d.name for d in designs[1:]), *search, *(["--output", output] if output else [])]
    shown = {name: value if isinstance(value, str) else show(value) for name, value in given.items()}
    commands = [("This review", command("review", designs[0], shown, *words))]
    commands += [(f"All verdicts on {view.title}, in a terminal", view.command) for view in views]
    declaring = {view.design for view in disruptions}
    commands += [
        (f"The disruptions of {view.title}, in a terminal", command("objectives", design, own))
        for view, (design, own) in zip(views, asked, strict=True)
        if view.id in declaring
    ]
    return replace(review, commands=tuple(commands), terms=terms(_used(review)))


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


def _used(review: Review) -> set[str]:
    """The terms of the glossary that this review has use for."""
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
