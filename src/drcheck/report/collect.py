"""Everything that a review says, from designs: check, check the repairs, draw the lines to the claims.

Each process checks and digests a design before it starts the next one, so that only one design's states are in its memory.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drcheck import __version__
from drcheck.answers.sweeps.declared import asked_with
from drcheck.designs.design import Design
from drcheck.designs.objectives import declarations_of
from drcheck.designs.parameter import show
from drcheck.engines.protocol import Limits
from drcheck.errors import DesignError
from drcheck.kernels.sizes import size_word
from drcheck.report.adversities import BUDGET
from drcheck.report.anchors import anchor
from drcheck.report.content import Review, Study
from drcheck.report.digest import ListenerFor, command, machines_once, settings_of_each
from drcheck.report.further import WANTED
from drcheck.report.glossary import TERMS, terms
from drcheck.report.kept import all_kept
from drcheck.report.processes import reviewed
from drcheck.report.repairs import ordered
from drcheck.report.studies import Group, studies
from drcheck.report.traceability import Said, claim_texts, claims_matrix, shared_out
from drcheck.report.work import Reviewed, Task, Work
from drcheck.verdicts import claims as declared
from drcheck.verdicts.check import prepare_all
from drcheck.verdicts.claims import Claim, Word, load_claims, unique
from drcheck.verdicts.sliced import SEARCH, checked_way, refuse_sliced
from drcheck.workers.cluster import Cluster


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
    processes: int = 1,
    cluster: Cluster | None = None,
) -> Review:
    """Check designs, check the repairs of what they break, and put everything together, study by study.

    `settings` are parameter values (or texts, as the command line gives them); each goes to the designs that have the
    parameter. `claims` are all claims in scope; without them, those of `properties/claims.py` if there is one.
    `repair_sets`: also decide everything with the repairs alone, in pairs and together, which can take many times as long.
    `output` is only shown in the commands that reproduce the review. `kept`: the folder of answers of other commands; `commands`:
    those that there are, of which an answer is missed that is not there. `by`: how properties are decided, as in `check_design`;
    further searches, those for causes, repairs and disruptions, enumerate states in any case. `budget`: of states, for the cuts
    of each design, and half as many for each of its staircases (see `adversities`); 0: these are not made.
    `processes`: how many may work at it, a design each (see `processes`); `cluster`: whose workers work at it instead.

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
        for item in design.sweeps:
            asked_with(design, item, own)
    answers = [] if kept is None else all_kept(Path(kept))
    work = Work(
        claim_texts(listed or ()), engine, limits, listener, repair_sets, tuple(answers), tuple(commands), by, budget
    )
    groups = studies(designs)
    named_as = {n: key for group in groups for n, key in zip(group.positions, keys(group.designs), strict=True)}
    tasks = [Task(named_as[n], design, own) for n, (design, own) in enumerate(asked)]
    found_of = reviewed(work, tasks, lambda: prepare_all(asked, limits, spent), processes, cluster)
    found, said, number = list[Study](), list[Said](), 0
    for group in groups:
        found.append(_study(group, [found_of[n] for n in group.positions], [asked[n] for n in group.positions]))
        for n in group.positions:  # designs are numbered as they are read
            number += 1
            said += [(number, claim, decision) for claim, decision in found_of[n].decided]
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


def _with_claims(found: Sequence[Study], listed: Sequence[Claim], said: Sequence[Said]) -> Iterator[Study]:
    """The studies with their claims, each decided by the properties of all studies, and with the terms that they use."""
    views = [view for study in found for view in study.designs]
    rows, others = claims_matrix(listed, views, said, [study.key for study in found for _ in study.designs])
    shared = shared_out(rows, [study.key for study in found])
    for study in found:
        whole = replace(study, claims=tuple(shared[study.key]), out_of_scope=tuple(others))
        yield replace(whole, terms=terms(_used(whole)))


def _study(group: Group, found: Sequence[Reviewed], asked: Sequence[tuple[Design, Mapping[str, Any]]]) -> Study:
    """A study from what was found of its designs; its own claims are still to be drawn from all of that."""
    disruptions = [one.disruptions for one in found if one.disruptions is not None]
    more = [item for one in found for item in one.further]
    return Study(
        group.key,
        group.title,
        group.question,
        tuple(machines_once([one.view for one in found])),
        ordered([finding for one in found for finding in one.findings]),
        (),
        (),
        tuple(_commands(found, asked)),
        (),
        tuple(disruptions),
        tuple((one.view.title, one.sets) for one in found if one.sets is not None),
        tuple(sorted(more, key=lambda item: list(WANTED).index(item.kind))),
    )


def _commands(
    found: Sequence[Reviewed], asked: Sequence[tuple[Design, Mapping[str, Any]]]
) -> Iterator[tuple[str, str]]:
    """What to run to see the same in a terminal."""
    for one in found:
        yield f"All verdicts on {one.view.title}, in a terminal", one.view.command
    for one, (design, own) in zip(found, asked, strict=True):
        if one.disruptions is not None:
            yield f"The disruptions of {one.view.title}, in a terminal", command("objectives", design, own)


def keys(designs: Sequence[Design]) -> list[str]:
    """The addresses of the designs of a study: the names of their functions, with their modules where two have one name."""
    names = [design.function.__name__ for design in designs]
    found: list[str] = []
    for name, design in zip(names, designs, strict=True):
        key = name if names.count(name) == 1 else anchor(*design.name.split(":"))
        again = sum(key == other or other.startswith(f"{key}.") for other in found)
        found.append(f"{key}.{again + 1}" if again else key)
    return found


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
