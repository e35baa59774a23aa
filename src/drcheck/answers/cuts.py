"""Minimal cut sets of a design's promises: the smallest combinations of adversities under which each of them fails.

Combinations are tried by size, the smallest first; so what breaks a promise is found before what contains it. A combination is
not searched for a promise that is known to break with a part of it which differs in uses alone, of budgets of which more uses
only add executions (see `monotone`), nor where the same question was asked of an equal system. Everything else is searched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from drcheck.answers.combinations import LEVELS, Adversities, Combination, adversities
from drcheck.answers.composed import Asked, Composed, Question
from drcheck.designs.design import Design
from drcheck.designs.parameter import settings_text
from drcheck.designs.selection import beyond, refuse_other, select
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import EngineError, UsageError
from drcheck.kernels.deadline import Deadline
from drcheck.logic.kinds import Property, WorstCase
from drcheck.logic.properties import Statement
from drcheck.system.trace import Trace
from drcheck.verdicts.check import check
from drcheck.verdicts.repair_sets import IMPOSSIBLE, Change, answer_of
from drcheck.verdicts.verdict import Verdict
from drcheck.verdicts.wording import HOLDS, INCONCLUSIVE, VACUOUS, VIOLATED

INTERRUPTED = "interrupted"
"""Why combinations were not tried after Ctrl-C."""


@dataclass(frozen=True)
class Tried:
    """What became of a property under a combination.

    `verdict`: in words, as in a table of repairs; `reason` of one that is none, `value` of a worst case with its unit. `trace`:
    what shows it, a shortest one where states break the property. `searched`: whether a search was made for it, or one
    for an equal system was.
    """

    combination: Combination
    verdict: str
    reason: str = ""
    value: str = ""
    trace: Trace | None = field(default=None, repr=False)
    stated: Property | None = field(default=None, repr=False)
    question: Question | None = field(default=None, repr=False)
    searched: bool = True

    @property
    def steps(self) -> int | None:
        """How many steps its trace has, if it has one."""
        return None if self.trace is None else len(self.trace.steps)


@dataclass(frozen=True)
class Cut:
    """A combination under which a promise fails, and fails under no part of it that was decided.

    `minimal`: every part was decided. `equal`: further cuts by which the same question is asked of an equal system.
    """

    tried: Tried
    minimal: bool
    equal: tuple[Combination, ...] = ()

    @property
    def combination(self) -> Combination:
        """The adversities."""
        return self.tried.combination


NOTHING = Adversities({}, frozenset(), {})
"""What is varied before anything was composed."""


@dataclass(frozen=True)
class Promise:
    """All that was found of one property.

    `given`: the parameters that it is stated for, which are held; `dropped`: those that say how much goes wrong, and are varied.
    `varied`: what is, and `budgets`: up to how many uses, by the kind of fault. `order`: the greatest size. `implied`: of how
    many combinations it is known without a search, as a part of them breaks it. `left`: those that were not tried, for a limit
    or an interrupt.
    """

    statement: Statement
    given: Mapping[str, Any]
    dropped: Mapping[str, Any]
    order: int
    tried: tuple[Tried, ...] = ()
    implied: int = 0
    left: tuple[Combination, ...] = ()
    varied: Adversities = NOTHING
    budgets: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the property."""
        return self.statement.name

    def _where(self, *verdicts: str) -> list[Tried]:
        return [one for one in self.tried if one.verdict in verdicts]

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """The minimal combinations under which it fails, the smallest first."""
        broken = self._where(VIOLATED)
        least = [
            one for one in broken if not any(o is not one and o.combination.within(one.combination) for o in broken)
        ]
        open_ = [one.combination for one in self.undecided] + list(self.left)
        found: dict[object, Cut] = {}
        for one in least:
            key: object = one.combination if one.question is None else one.question
            if key in found:
                found[key] = replace(found[key], equal=(*found[key].equal, one.combination))
            else:
                found[key] = Cut(one, not any(part.within(one.combination) for part in open_))
        return tuple(found.values())

    @property
    def healed(self) -> tuple[tuple[Combination, Combination], ...]:
        """A cut, and a least combination that contains it and under which the promise holds again."""
        found: list[tuple[Combination, Combination]] = []
        holding = [one.combination for one in self._where(HOLDS, VACUOUS)]
        for cut in self.cuts:
            again = [c for c in holding if cut.combination.within(c)]
            found += [(cut.combination, c) for c in again if not any(o != c and o.within(c) for o in again)]
        return tuple(found)

    @property
    def undecided(self) -> tuple[Tried, ...]:
        """Where the search did not decide it."""
        return tuple(self._where(INCONCLUSIVE))

    @property
    def impossible(self) -> tuple[Tried, ...]:
        """Where it cannot be stated, or the design cannot be composed."""
        return tuple(self._where(IMPOSSIBLE))

    @property
    def holds_with(self) -> int | None:
        """The greatest number of adversities of which any combination keeps the promise; -1 where it fails without any.

        None where it is not decided what happens without any. Combinations that cannot be stated do not count.
        """
        bad = [one.combination.size for one in self._where(VIOLATED)]
        not_known = [one.combination.size for one in self.undecided] + [c.size for c in self.left]
        least = min([*bad, *not_known], default=self.order + 1)
        return None if least == 0 and 0 not in bad else least - 1

    @property
    def vacuous(self) -> tuple[Combination, ...]:
        """Where it holds only as its trigger never happens."""
        return tuple(one.combination for one in self._where(VACUOUS))

    @property
    def whole(self) -> bool:
        """Whether all that was to be tried was decided."""
        return not self.undecided and not self.left


@dataclass(frozen=True)
class CutsReport:
    """The minimal cut sets of a design's promises; `skipped`: properties that were not asked, each with why.

    `searches` were made, of `states` in all. `stopped`: why not everything was tried, or "".
    """

    design: Design
    settings: Mapping[str, Any]
    order: int
    promises: tuple[Promise, ...]
    skipped: tuple[tuple[Statement, str], ...]
    searches: int
    states: int
    stopped: str = ""


def cuts(
    design: Design,
    settings: Mapping[str, Any] | None = None,
    names: Sequence[str] = (),
    *,
    order: int = 2,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: Callable[[str], Listener | None] | None = None,
) -> CutsReport:
    """The minimal combinations of up to `order` adversities under which promises of a design fail, all or those named.

    `settings` are held, and so are the parameters that a promise is stated for, but for those in the roles FAULT and SLIP. The
    limits of states and of memory are those of each search, that of seconds is one for all. Ctrl-C ends it; what is known by
    then is the report. Raises the errors of `check_design`, UsageError DR401 for an order below 1.
    """
    refuse_other(design, Design)
    if order < 1:
        raise UsageError("DR401", f"an order of {order} asks for nothing", remedy="give 1 or more")
    asked, limits = dict(settings or {}), limits.begun()
    with (limits.deadline or Deadline()).during(f"{design.name} was composed"):
        groups, skipped = _groups(design, asked, statements := select(design, names, asked), order)
    work = _Work(design, asked, order, partial(check, engine=engine, limits=limits), limits, listener)
    for base, promises in groups.items():
        work.group(dict(base), promises)
    found = {promise.name: promise for promise in work.done}
    ordered = tuple(found[s.name] for s in statements if s.name in found)
    return CutsReport(
        design, asked, order, ordered, (*skipped, *work.skipped), work.searches, work.states, work.stopped
    )


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
        groups.setdefault(tuple(different.items()), []).append(Promise(statement, kept, dropped, order))
    return groups, skipped


class _Work:
    """The searches for all promises, one composition after the other."""

    def __init__(
        self,
        design: Design,
        asked: Mapping[str, Any],
        order: int,
        decide: Callable[..., list[Verdict]],
        limits: Limits,
        listener: Callable[[str], Listener | None] | None,
    ) -> None:
        self._design, self._asked, self._order = design, asked, order
        self._decide, self._listener = decide, listener
        self._deadline = limits.deadline or Deadline()
        self.done: list[Promise] = []
        self.skipped: list[tuple[Statement, str]] = []
        self.searches = self.states = 0
        self.stopped = ""

    def group(self, base: Mapping[str, Any], promises: Sequence[Promise]) -> None:
        """Try all combinations for promises that are composed with the same parameters."""
        self._stop_in_time()
        if self.stopped:
            self.done += [replace(promise, left=(Combination(),)) for promise in promises]
            return
        varied = adversities(self._design, {**self._asked, **base}, self._asked, self._order)
        plain = Composed(self._design, varied, ())
        if plain.error is not None:
            raise plain.error
        found: list[_Found] = []
        for promise in promises:
            why = _not_asked(plain.on(promise.statement).stated)
            if why:
                self.skipped.append((promise.statement, why))
            else:
                budgets = {kind: n for kind, n in plain.left.items() if kind not in varied.held}
                found.append(_Found(replace(promise, varied=varied, budgets=budgets)))
        composed: dict[tuple[Change, ...], Composed] = {(): plain}
        for size in range(self._order + 1 if found else 0):
            for deviations in varied.deviations(size):
                made = composed.get(deviations)
                if made is None and len(deviations) == size:
                    made = self._composed(varied, deviations)
                    if made is not None and size < self._order:
                        composed[deviations] = made
                changed = {change.name for change in deviations}
                asking = [one for one in found if not changed & one.promise.given.keys()]
                self._with(made, Combination((), deviations), size, asking)
        self.done += [one.all for one in found]

    def _composed(self, varied: Adversities, deviations: tuple[Change, ...]) -> Composed | None:
        """The design with some deviations, or None where nothing more is tried."""
        self._stop_in_time()
        if self.stopped:
            return None
        try:
            with self._deadline.during(f"{self._design.name} was composed"):
                return Composed(self._design, varied, deviations)
        except EngineError:  # which would say that nothing was decided
            self.stopped = f"{self._deadline.reason} {'was reached' if self._deadline.short else 'passed'}"
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED
        return None

    def _with(self, made: Composed | None, deviating: Combination, size: int, asking: Sequence[_Found]) -> None:
        """All combinations of one size with the same deviations, composed if anything more is tried."""
        if made is not None and made.system is not None:
            for uses in made.varied.uses(made.system, size - deviating.size):
                combination = replace(deviating, uses=uses)
                if combination.size == size:
                    self._try(made, combination, asking)
        elif deviating.size == size:  # with uses beside them it is the same, and that is not repeated
            for one in asking:
                if made is None:
                    one.left.append(deviating)
                else:
                    one.add(Tried(deviating, IMPOSSIBLE, "" if made.error is None else made.error.message))

    def _try(self, made: Composed, combination: Combination, asking: Sequence[_Found]) -> None:
        """Decide what is not known yet of some promises under a combination, in one search."""
        self._stop_in_time()
        wanted: list[tuple[_Found, Asked]] = []
        try:
            for one in () if self.stopped else asking:
                asked = made.on(one.promise.statement)
                if isinstance(asked.stated, str):
                    one.cannot_be(combination, asked.stated)
                elif not one.knows(combination, asked):
                    wanted.append((one, asked))
            if wanted:
                self._search(made, combination, wanted)
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED
        for one in asking if self.stopped else ():
            if not one.has(combination):
                one.left.append(combination)

    def _search(self, made: Composed, combination: Combination, wanted: Sequence[tuple[_Found, Asked]]) -> None:
        system = made.with_uses(combination)
        told = self._listener(f"with {combination}") if self._listener is not None else None
        try:
            verdicts = self._decide(system, [asked.stated for _, asked in wanted], listener=told)
        except EngineError as error:  # a limit that leaves nothing to report
            for one, asked in wanted:
                one.add(Tried(combination, INCONCLUSIVE, error.message, question=asked.under(combination)))
            return
        runs = {id(verdict.run): verdict.run for verdict in verdicts}.values()
        self.searches += sum(run.needed for run in runs)
        self.states += sum(run.exploration.states for run in runs if run.needed)
        for (one, asked), verdict in zip(wanted, verdicts[1:], strict=True):
            one.add(_tried(combination, asked, verdict, verdicts[0]))
        if verdicts[0].run.interrupted:
            self.stopped = INTERRUPTED

    def _stop_in_time(self) -> None:
        if not self.stopped and self._deadline.passed:
            self.stopped = f"{self._deadline.reason} passed"


def _tried(combination: Combination, asked: Asked, verdict: Verdict, domains: Verdict) -> Tried:
    answer = answer_of(verdict, domains)
    reason = verdict.reason if verdict.conclusion.value in answer.verdict else domains.reason
    violated = answer.verdict == VIOLATED
    return Tried(
        combination,
        answer.verdict,
        reason,
        answer.value_text if violated else "",
        verdict.trace if violated else None,
        verdict.property if violated else None,
        asked.under(combination),
    )


def _not_asked(stated: Property | str) -> str:
    """Why there is nothing that could fail, or ""."""
    if isinstance(stated, str):
        return stated
    if stated.witness:
        return "it says what can happen, and promises nothing"
    return stated.uncut if isinstance(stated, WorstCase) else ""


class _Found:
    """What is found of one promise while combinations are tried."""

    def __init__(self, promise: Promise) -> None:
        self.promise = promise
        self.left: list[Combination] = []
        self._implied: dict[Combination, None] = {}
        self._tried: dict[Combination, Tried] = {}
        self._known: dict[Question, Tried] = {}

    def add(self, tried: Tried) -> None:
        """What became of it."""
        self._tried[tried.combination] = tried
        if tried.question is not None:
            self._known.setdefault(tried.question, tried)

    def cannot_be(self, combination: Combination, why: str) -> None:
        """It cannot be asked with the deviations of a combination; that is told once."""
        if not combination.uses:
            self.add(Tried(combination, IMPOSSIBLE, why))
        else:
            self._implied[combination] = None

    def has(self, combination: Combination) -> bool:
        """Whether it is known what becomes of it under a combination."""
        return combination in self._tried or combination in self._implied

    def knows(self, combination: Combination, asked: Asked) -> bool:
        """Whether that needs no search; if so, it is noted."""
        if self._breaks_with_less(combination, asked.monotone):
            self._implied[combination] = None
            return True
        known = self._known.get(asked.under(combination))
        if known is not None:
            self.add(replace(known, combination=combination, searched=False))
        return known is not None

    def _breaks_with_less(self, combination: Combination, monotone: frozenset[str]) -> bool:
        for part, tried in self._tried.items():
            if tried.verdict == VIOLATED and part.deviations == combination.deviations and part.within(combination):
                before = dict(part.uses)
                if all(n == before.get(kind, 0) or kind in monotone for kind, n in combination.uses):
                    return True
        return False

    @property
    def all(self) -> Promise:
        """All that was found."""
        return replace(
            self.promise, tried=tuple(self._tried.values()), implied=len(self._implied), left=tuple(self.left)
        )


__all__ = ["INTERRUPTED", "Cut", "CutsReport", "Promise", "Tried", "cuts"]
