"""Minimal cut sets of a design's promises: the smallest combinations of adversities under which each of them fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from drcheck.answers.budgets_that_do_more import remarks_on_budgets
from drcheck.answers.by_event import HINDERING, can_be_asked
from drcheck.answers.combinations import LEVELS, Adversities, Combination, adversities
from drcheck.answers.composed import Composed
from drcheck.answers.found import Cut, CutsReport, Known, Promise, Tried
from drcheck.answers.kept import KeptTexts
from drcheck.answers.kept_cuts import KeptCuts
from drcheck.answers.lengths import add_lengths
from drcheck.answers.rows import Row
from drcheck.answers.spreading import Spreading
from drcheck.answers.trying import INTERRUPTED, Work
from drcheck.designs.design import Design, load
from drcheck.designs.parameter import settings_text
from drcheck.designs.selection import beyond, refuse_other, select
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import UsageError
from drcheck.kernels.deadline import Deadline
from drcheck.language.remarks import Remark
from drcheck.logic.finding import Finding
from drcheck.logic.kinds import Property, WorstCase
from drcheck.logic.properties import Statement
from drcheck.verdicts.check import check
from drcheck.workers.cluster import Cluster


def cuts(
    design: Design,
    settings: Mapping[str, Any] | None = None,
    names: Sequence[str] = (),
    *,
    order: int = 2,
    deviations: int | None = None,
    engine: str = "auto",
    limits: Limits = Limits(),
    budget: int | None = None,
    lengths: bool = False,
    by_event: bool = False,
    kept: KeptTexts | None = None,
    listener: Callable[[str], Listener | None] | None = None,
    cluster: Cluster | None = None,
) -> CutsReport:
    """The minimal combinations of up to `order` adversities under which promises of a design fail, all or those named.

    Of these at most `deviations` are deviations of parameters; None: any number.

    `settings` are held, and so are the parameters that a promise is stated for, but for those in the roles FAULT and SLIP. The
    limits of states and of memory are those of each search, that of seconds is one for all, and so is `budget`, a number of
    states. `lengths`: with the greatest lengths of what fails (see `answers.lengths`). `by_event`: uses are of single events
    instead of kinds of faults, which link or which step (see `answers.by_event`). `kept`: where answers are looked up
    and kept (see `answers.kept_cuts`); None: nowhere. `cluster`: whose workers decide the compositions (see `spreading`),
    greatest lengths aside. Ctrl-C ends it; what is known by then is the report.

    Raises the errors of `check_design`, UsageError DR401 for an order below 1, and for what is kept and a budget of a cluster,
    OutputError DR620 where answers cannot be kept, and the errors of `Cluster.run`.
    """
    refuse_other(design, Design)
    if order < 1:
        raise UsageError("DR401", f"an order of {order} asks for nothing", remedy="give 1 or more")
    if cluster is not None and (budget is not None or kept is not None):
        what = "a budget is spent" if budget is not None else "answers are kept"
        raise UsageError(
            "DR401",
            f"{what} by one search after the other, and a cluster makes many at once",
            remedy="leave out one of the two",
        )
    begun = time.perf_counter(), time.process_time()
    asked, limits = dict(settings or {}), limits.begun()
    given = names if not isinstance(names, str) else (names,) if names else ()
    question = Question(
        design.name, tuple(asked.items()), tuple(given), order, deviations, engine, limits.states, by_event
    )
    with (limits.deadline or Deadline()).during(f"{design.name} was composed"):
        groups, skipped = _groups(design, asked, statements := select(design, names, asked), order)
    work = question.work(Work, design, limits, listener, budget, KeptCuts(kept, engine, by_event=by_event))
    rows: dict[str, Row] = {}
    remarks: list[Remark] = []
    try:
        for made in _prepared(design, asked, groups, order, work, skipped, by_event=by_event):
            rows[made.promise.name] = made
        remarks = _remarks(design, asked, rows.values())
        jobs = work.jobs(rows.values())
        if cluster is None:
            work.run(jobs)
        else:
            Spreading(cluster, work, list(rows.values()), question, limits).run(jobs)
        if lengths:
            add_lengths(work, design, asked, rows.values())
    except KeyboardInterrupt:
        work.stopped = INTERRUPTED
    found = [rows[s.name].all for s in statements if s.name in rows]
    return CutsReport(
        design,
        asked,
        order,
        tuple(found),
        tuple(skipped),
        work.searches,
        work.states,
        work.stopped,
        work.composed,
        budget,
        "event" if by_event else "kind",
        deviations,
        time.perf_counter() - begun[0],
        time.process_time() - begun[1],
        work.kept.used,
        tuple(remarks),
    )


W = TypeVar("W", bound=Work)


@dataclass(frozen=True)
class Question:
    """What is asked, as data: of which design, with which settings, of which properties. `states`: the limit of each search."""

    design: str
    settings: tuple[tuple[str, Any], ...]
    names: tuple[str, ...]
    order: int
    deviations: int | None
    engine: str
    states: int | None
    by_event: bool

    def work(
        self,
        kind: type[W],
        design: Design,
        limits: Limits,
        listener: Callable[[str], Listener | None] | None = None,
        budget: int | None = None,
        kept: KeptCuts | None = None,
    ) -> W:
        """All that makes the searches."""
        every: list[Finding] = []
        for statement in design.statements(dict(self.settings)):
            _add(every, statement.findings)
        return kind(
            design,
            self.order,
            partial(check, engine=self.engine, limits=limits),
            limits,
            self.engine,
            listener,
            budget,
            by_event=self.by_event,
            findings=every,
            deviations=self.deviations,
            kept=kept,
        )

    def begin(self, kind: type[W]) -> tuple[W, list[Row]]:
        """The work of this question and its promises, for a worker."""
        design, asked = load(self.design), dict(self.settings)
        groups, skipped = _groups(design, asked, select(design, self.names, asked), self.order)
        work = self.work(kind, design, Limits(self.states))
        return work, _prepared(design, asked, groups, self.order, work, skipped, by_event=self.by_event)


Base = tuple[tuple[str, Any], ...]


def _groups(
    design: Design, asked: Mapping[str, Any], statements: Sequence[Statement], order: int
) -> tuple[dict[Base, list[Promise]], list[tuple[Statement, str]]]:
    """The promises by what they are composed with beyond what is requested; the others, each with why it is not asked."""
    groups: dict[Base, list[Promise]] = {}
    skipped: list[tuple[Statement, str]] = []
    for statement in statements:
        levels = {name for name in statement.given if design.parameter(name).role in LEVELS}
        kept = {name: value for name, value in statement.given.items() if name not in levels}
        different, conflict = beyond(design, asked, kept)
        if conflict:
            told = settings_text({name: kept[name] for name in conflict}, design.roles)
            skipped.append((statement, f"it is stated for {told}"))
            continue
        dropped = {name: statement.given[name] for name in levels if name not in asked}
        scopes = {
            name: value for name, value in design.cuts.items() if name not in asked and name not in statement.given
        }
        promise = Promise(statement, kept, dropped, order, scopes=scopes)
        groups.setdefault(_composed_with({**different, **scopes}), []).append(promise)
    return groups, skipped


def _composed_with(settings: Mapping[str, Any]) -> Base:
    return tuple(sorted(settings.items(), key=lambda pair: pair[0]))


def _prepared(
    design: Design,
    asked: Mapping[str, Any],
    groups: Mapping[Base, Sequence[Promise]],
    order: int,
    work: Work,
    skipped: list[tuple[Statement, str]],
    *,
    by_event: bool,
) -> list[Row]:
    """The promises that can fail, those that ask the same as one, each with what is varied for it and the findings on it."""
    rows: list[Row] = []
    known: dict[frozenset[str], Adversities] = {}
    pool: dict[object, list[Finding]] = {}
    for statement in design.statements(asked):  # of several cases of one promise, each may have findings
        _add(pool.setdefault(_family(statement), []), statement.findings)
    asking: list[tuple[Row, object]] = []
    waiting = {base: [*promises] for base, promises in groups.items()}
    while waiting:
        base = next(iter(waiting))
        promises = waiting.pop(base)
        settings = {**asked, **dict(base)}
        work.check_time()
        if work.stopped:
            rows += [Row(promise, [Combination()]) for promise in promises]
            continue
        plain, varied = _varied(design, settings, asked, order, known)
        if plain.error is not None:
            raise plain.error
        plain.ask([promise.statement for promise in promises])
        work.ready[work.key(varied, {})] = plain
        plain.by_event = by_event
        of_events = not by_event or plain.system is None or can_be_asked(plain.system, _kinds(plain, varied))
        same: dict[object, Row] = {}
        away = varied.taken_away(design, plain.left)
        beyond_budgets = [Combination(((kind, plain.left.get(kind, 0) + 1),)) for kind in away]
        for promise in promises:
            stated = plain.on(promise.statement).stated
            if isinstance(stated, str) and promise.scopes:  # it speaks of what a scope of the design leaves out
                without = {name: value for name, value in base if name not in promise.scopes}
                waiting.setdefault(_composed_with(without), []).append(replace(promise, scopes={}))
                continue
            if isinstance(stated, str) or (why := _not_asked(stated)):
                skipped.append((promise.statement, stated if isinstance(stated, str) else why))
                continue
            said = stated.formula() if stated.has_formula else stated.name  # facts of the composition are none the same
            question = (type(stated), said, str(stated.fairness))
            if not of_events and not _by_counters(plain, promise.statement, varied):
                skipped.append((promise.statement, HINDERING))
                continue
            _add(pool.setdefault(question, []), stated.findings)
            key = (question, frozenset(promise.given.items()))
            if key in same:
                first = same[key]
                first.promise = replace(first.promise, also=(*first.promise.also, promise.statement))
                continue
            same[key] = Row(replace(promise, varied=varied, budgets=_kinds(plain, varied)), beyond_budgets)
            rows.append(same[key])
            asking.append((same[key], question))
    for row, asks in asking:
        _add(pool[asks], pool.get(_family(row.promise.statement), ()))
        row.promise = replace(row.promise, findings=tuple(pool[asks]))
    return rows


def _remarks(design: Design, asked: Mapping[str, Any], rows: Iterable[Row]) -> list[Remark]:
    """What is remarked on budgets, once for all promises with the same ones."""
    each = {tuple(sorted((name, *kinds) for name, kinds in v.governing.items() if kinds)): v for v in map(_of, rows)}
    found = (remark for varied in each.values() for remark in remarks_on_budgets(design, varied, asked))
    return list({remark.subject: remark for remark in found}.values())


def _of(row: Row) -> Adversities:
    return row.promise.varied


def _add(findings: list[Finding], more: Sequence[Finding]) -> None:
    findings += [finding for finding in more if finding not in findings]


def _family(statement: Statement) -> tuple[str, object]:
    """What the cases of one promise have in common: where its function stands."""
    return "cases", statement.details.get("place") or statement.name


def _varied(
    design: Design,
    settings: Mapping[str, Any],
    asked: Mapping[str, Any],
    order: int,
    known: dict[frozenset[str], Adversities],
) -> tuple[Composed, Adversities]:
    """The design composed for its greatest budgets, and what is varied of it.

    Which parameters are budgets is found anew only where there are, or with greater values of others would be, other kinds of
    faults than in all that was `known`.
    """
    for kinds, before in known.items():
        varied = before.under(design, settings, asked)
        plain = Composed(design, varied, ())
        if plain.error is None and plain.left.keys() == kinds and not before.further(design, settings, asked) - kinds:
            return plain, varied
    varied = adversities(design, settings, asked, order)
    plain = Composed(design, varied, ())
    if plain.error is None:
        known.setdefault(frozenset(plain.left), varied)
    return plain, varied


def _kinds(plain: Composed, varied: Adversities) -> dict[str, int]:
    """The budgets that are varied, by the kind of fault."""
    return {kind: n for kind, n in plain.left.items() if kind not in varied.held}


def _by_counters(plain: Composed, statement: Statement, varied: Adversities) -> bool:
    """Whether one search answers a promise for all uses of budgets."""
    asked = plain.on(statement)
    kinds = plain.left.keys() - varied.held
    return asked.states is not None and not asked.states.doubtful and asked.counting >= kinds


def _not_asked(stated: Property) -> str:
    """Why there is nothing that could fail, or ""."""
    if stated.witness:
        return "it says what can happen, and promises nothing"
    return stated.uncut if isinstance(stated, WorstCase) else ""


__all__ = ["INTERRUPTED", "Cut", "CutsReport", "Known", "Promise", "Tried", "cuts"]
