"""Which combinations of adversities are tried, in which order, and what is concluded of others.

The work is a list of *jobs*, a composition each: the design with some deviations, for all promises of which that is asked,
whatever parameters they are stated for. Jobs with few deviations come first. In a job, the promises of single states are answered
for all uses of budgets by one search (see `one_search`), where counters only count; the others for each combination by a search,
the smallest first. What contains a cut already is tried at last, as the promise may hold again there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from drcheck.answers.combinations import Adversities, Combination, Uses, uses_of, with_uses
from drcheck.answers.composed import Asked, Composed, OfStates, Question
from drcheck.answers.found import Known, LengthCut, Promise, Tried
from drcheck.answers.one_search import EventSearch, OneSearch, Vector, least, within
from drcheck.designs.causes import causes_of
from drcheck.designs.design import Design
from drcheck.engines.protocol import Exploration, Limits, Listener
from drcheck.errors import DrcheckError, EngineError
from drcheck.kernels.deadline import Deadline
from drcheck.language.expressions import Expression
from drcheck.language.units import excess
from drcheck.logic.excluding import excluding
from drcheck.logic.finding import Finding
from drcheck.logic.kinds import Property
from drcheck.system.system import System
from drcheck.verdicts.causes import holds_at_start
from drcheck.verdicts.repair_sets import IMPOSSIBLE, Change, answer_of
from drcheck.verdicts.verdict import Conclusion, Run, Verdict
from drcheck.verdicts.wording import HOLDS, INCONCLUSIVE, VACUOUS, VIOLATED, value_text

INTERRUPTED = "interrupted"
"""Why combinations were not tried after Ctrl-C."""
NOT_BY_EVENT = "by event it is decided where one search answers for all uses of budgets"
"""Why a promise is not decided by event."""
LEAST = 1_000
"""As how many states of a budget a search counts at least."""

Asking: TypeAlias = "tuple[Row, tuple[Change, ...], Asked]"
"""A promise, the deviations with which it is asked, and what it asks."""
OfOne: TypeAlias = "tuple[Row, tuple[Change, ...], Asked, OfStates]"
Without: TypeAlias = "tuple[Row, list[Combination], Asked, tuple[str, ...]]"
Key: TypeAlias = tuple[tuple[tuple[str, Any], ...], frozenset[str]]


@dataclass(frozen=True)
class Answers:
    """What one search says of a promise: for all uses, `most` in all at the most; None where a part of them breaks it."""

    most: int
    tried: Sequence[tuple[Uses, Tried | None]]


@dataclass
class Job:
    """A composition, and the promises for which it is a combination, each with its deviations."""

    varied: Adversities
    members: list[tuple[Row, tuple[Change, ...]]] = field(default_factory=list)

    @property
    def deviations(self) -> tuple[Change, ...]:
        """Those with which it is composed."""
        return self.members[0][1]


class Row:
    """What is found of one promise while combinations are tried."""

    def __init__(self, promise: Promise, left: Sequence[Combination] = ()) -> None:
        self.promise = promise
        self.left = [*left]
        self.beyond = 0
        self.implied: dict[Combination, None] = {}
        self.tried: dict[Combination, Tried] = {}
        self.explained: dict[Combination, tuple[Known, tuple[str, ...]]] = {}
        self.answers: dict[Hashable, Answers] = {}
        self.lengths: list[LengthCut] = []
        self.untried_lengths: list[str] = []
        self._known: dict[Question, Tried] = {}

    def add(self, tried: Tried) -> None:
        """What became of it."""
        self.tried[tried.combination] = tried
        if tried.question is not None:
            self._known.setdefault(tried.question, tried)

    def has(self, combination: Combination) -> bool:
        """Whether it is known what becomes of it under a combination."""
        return combination in self.tried or combination in self.implied

    def broken_within(self, combination: Combination) -> bool:
        """Whether it is known to break with a part of a combination, or all of it."""
        return any(t.verdict == VIOLATED and c.within(combination) for c, t in self.tried.items())

    def knows(self, combination: Combination, asked: Asked) -> bool:
        """Whether what becomes of it needs no search; if so, it is noted."""
        if self.has(combination):
            return True
        if self._breaks_with_less(combination, asked.monotone):
            self.implied[combination] = None
            return True
        known = self._known.get(asked.under(combination))
        if known is not None:
            self.add(replace(known, combination=combination, searched=False))
        return known is not None

    def _breaks_with_less(self, combination: Combination, monotone: frozenset[str]) -> bool:
        for part, tried in self.tried.items():
            if tried.verdict == VIOLATED and part.deviations == combination.deviations and part.within(combination):
                before = dict(part.uses)
                if all(n == before.get(kind, 0) or kind in monotone for kind, n in combination.uses):
                    return True
        return False

    def new_cuts(self) -> list[Combination]:
        """What breaks it with no part that does, as far as is known, and was not held against findings yet."""
        broken = [c for c, tried in self.tried.items() if tried.verdict == VIOLATED]
        least_ = [c for c in broken if c not in self.explained]
        return [c for c in least_ if not any(o != c and o.within(c) for o in broken)]

    @property
    def all(self) -> Promise:
        """All that was found."""
        return replace(
            self.promise,
            tried=tuple(self.tried.values()),
            implied=len(self.implied),
            left=tuple(self.left),
            beyond=self.beyond,
            explained=self.explained,
            lengths=tuple(self.lengths),
            untried_lengths=tuple(self.untried_lengths),
        )


class Work:
    """All searches. `most`: how many states they may have in all, a search counting as `LEAST` at least; None: any number."""

    def __init__(
        self,
        design: Design,
        order: int,
        decide: Callable[..., list[Verdict]],
        limits: Limits,
        engine: str,
        listener: Callable[[str], Listener | None] | None,
        most: int | None = None,
        *,
        by_event: bool = False,
    ) -> None:
        self._design, self._order, self._decide, self._limits = design, order, decide, limits
        self._engine, self._listener, self._most = engine, listener, most
        self._deadline = limits.deadline or Deadline()
        self.searches = self.states = self.spent = self.composed = 0
        self.stopped = ""
        self._one_search = EventSearch if by_event else OneSearch
        self._by_event = by_event
        self.ready: dict[Key, Composed] = {}

    # -- jobs ----------------------------------------------------------------------------------------------------------
    def jobs(self, found: Iterable[Row]) -> list[Job]:
        """All compositions that are asked for, those with few deviations first."""
        made: dict[Key, Job] = {}
        by_size: list[list[Job]] = [[] for _ in range(self._order + 1)]
        for one in found:
            varied, given = one.promise.varied, one.promise.given.keys()
            for deviations in varied.deviations(self._order):
                changed = {change.name: change.value for change in deviations}
                if changed.keys() & given:
                    continue
                key = self.key(varied, changed)
                job = made.get(key)
                if job is None:
                    job = made[key] = Job(varied)
                    by_size[len(deviations)].append(job)
                job.members.append((one, deviations))
        return [job for size in by_size for job in size]

    def key(self, varied: Adversities, changed: Mapping[str, Any]) -> Key:
        """What tells a composition from others: the parameters that are not at their defaults, and the budgets that are held."""
        settings, parameters = {**varied.settings, **changed}, self._design.parameters
        other = tuple((p.name, settings[p.name]) for p in parameters if settings.get(p.name, p.default) != p.default)
        return other, varied.held

    def run(self, jobs: Sequence[Job]) -> None:
        """Do all jobs, and those at last that only show where a promise holds again."""
        later = [job for job in jobs if not self._job(job, again=False)]
        for job in later:
            self._job(job, again=True)

    def one(self, job: Job) -> None:
        """Do a job that is none of a design's adversities alone; its cuts are not held against findings."""
        self._job(job, again=False, explain=False)

    def _job(self, job: Job, *, again: bool, explain: bool = True) -> bool:
        """Do a job. Whether all that it has to show was tried."""
        self.check_time()
        needed = [m for m in job.members if again or not m[0].broken_within(Combination((), m[1]))]
        if not needed:
            return False
        made = None if self.stopped else self._composed(job)
        if made is None:
            for one, deviations in job.members:
                _not_tried(one, Combination((), deviations), again=again)
            return True
        if made.system is None:
            for one, deviations in job.members:
                one.add(
                    Tried(Combination((), deviations), IMPOSSIBLE, "" if made.error is None else made.error.message)
                )
            return True
        try:
            with self._deadline.during(f"{self._design.name} was composed"):
                made.ask([one.promise.statement for one, _ in job.members])
        except (EngineError, KeyboardInterrupt) as error:
            self._stop(error)
            for one, deviations in job.members:
                _not_tried(one, Combination((), deviations), again=again)
            return True
        asking: list[Asking] = []
        for one, deviations in job.members:
            asked = made.on(one.promise.statement)
            if isinstance(asked.stated, str):
                one.add(Tried(Combination((), deviations), IMPOSSIBLE, asked.stated))
            else:
                asking.append((one, deviations, asked))
        rest = self._together(made, asking)
        whole = self._one_by_one(made, rest, again=again)
        if explain:
            self._explain(made, asking)
        return whole

    def _composed(self, job: Job) -> Composed | None:
        """The design with the deviations of a job, or None where nothing more is tried."""
        ready = self.ready.pop(self.key(job.varied, {c.name: c.value for c in job.deviations}), None)
        if ready is not None:
            return ready
        try:
            with self._deadline.during(f"{self._design.name} was composed"):
                self.composed += 1
                return Composed(self._design, job.varied, job.deviations)
        except (EngineError, KeyboardInterrupt) as error:
            self._stop(error)
        return None

    def _stop(self, error: BaseException) -> None:
        if isinstance(error, KeyboardInterrupt):
            self.stopped = INTERRUPTED
        else:  # a limit, that would say that nothing was decided
            self.stopped = f"{self._deadline.reason} {'was reached' if self._deadline.short else 'passed'}"

    def check_time(self) -> None:
        """Stop where the time, or the budget of states, is spent."""
        if not self.stopped and self._deadline.passed:
            self.stopped = f"{self._deadline.reason} passed"
        if not self.stopped and self._most is not None and self.spent >= self._most:
            self.stopped = f"the budget of {self._most:,} states was spent"

    def _searched(self, found: Exploration) -> None:
        self.searches += 1
        self.states += found.states
        self.spent += max(found.states, LEAST)
        if found.interrupted:
            self.stopped = INTERRUPTED

    # -- by one search for all uses ------------------------------------------------------------------------------------
    def _together(self, made: Composed, asking: Sequence[Asking]) -> list[Asking]:
        """Answer what one search answers for all uses; what is left."""
        rest: list[Asking] = []
        groups: dict[tuple[int, frozenset[str]], list[OfOne]] = {}
        for one, deviations, asked in asking:
            states = asked.states
            kinds = asked.counting - made.varied.held
            if states is None or states.doubtful or not kinds:
                rest.append((one, deviations, asked))
            else:
                groups.setdefault((id(states.system), kinds), []).append((one, deviations, asked, states))
        for (_, kinds), members in groups.items():
            system = members[0][3].system
            most = self._order - min(len(deviations) for _, deviations, _, _ in members)
            counted = sorted(kinds)
            left = {k: n for k, n in made.left.items() if k not in made.varied.held and k not in kinds}
            for others in uses_of(left, most):
                fixed = dict(others)
                begun = with_uses(system, {**dict.fromkeys(left, 0), **fixed})
                now = [m for m in members if len(m[1]) + _number(others) <= self._order]
                now = [m for m in now if not self._known_of(m, others)]
                if now and not self._answer(begun, counted, others, most - _number(others), now):
                    rest += [m[:3] for m in now if m[:3] not in rest]
        return rest

    def _known_of(self, member: OfOne, others: Uses) -> bool:
        """Whether the same was asked of an equal system, for all uses; if so, it is noted."""
        one, deviations, asked, _ = member
        known = one.answers.get((asked.of, others))
        if known is None or known.most < (most := self._order - len(deviations) - _number(others)):
            return False
        for uses, tried in known.tried:
            combination = Combination(uses, deviations)
            if _number(uses) - _number(others) > most or one.has(combination):
                continue
            if tried is None:
                one.implied[combination] = None
            else:
                one.add(replace(tried, combination=combination, searched=False))
        return True

    def _answer(
        self,
        system: System,
        counted: Sequence[str],
        others: Uses,
        most: int,
        members: Sequence[OfOne],
    ) -> bool:
        """Search once, and answer what is asked. Whether the search shows it."""
        self.check_time()
        if self.stopped:
            return False
        watches = [node for *_, of in members for node in (of.bad, of.trigger) if node is not None]
        try:
            search = self._one_search(
                system,
                counted,
                most,
                watches=watches,
                engine=self._engine,
                limits=self._limits,
                listener=self._told(f"{self._design.name} with any {most}"),
            )
            self._searched(search.found)
            if not search.whole:
                return False
            hits = iter(search.found.hits)
            for one, deviations, asked, of in members:
                hit, seen = next(hits), None if of.trigger is None else next(hits)
                self._read(search, others, one, deviations, asked, of, hit, seen)
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED
            return False
        except EngineError:
            return False
        return True

    def _read(
        self,
        search: OneSearch,
        others: Uses,
        one: Row,
        deviations: tuple[Change, ...],
        asked: Asked,
        of: OfStates,
        hit: int | None,
        seen: int | None,
    ) -> None:
        """What a search says of one promise, for all uses."""
        most = self._order - len(deviations) - _number(others)
        broken = {} if hit is None else {v: n for v, n in search.first(of.bad).items() if sum(v) <= most}
        minimal = least(broken)
        spoken: Iterable[Vector] | None = None
        if of.trigger is not None:
            spoken = () if seen is None else [v] if not any(v := search.used_at(seen)) else search.first(of.trigger)
        answers: list[tuple[Uses, Tried | None]] = []
        for vector in search.vectors():
            if sum(vector) > most:
                continue
            combination = Combination(_joined(search.uses(vector), others), deviations)
            tried: Tried | None = None
            if vector in minimal:
                tried = _shown(search, vector, broken[vector], combination, asked, of)
            elif not any(within(v, vector) for v in minimal):
                vacuous = spoken is not None and not any(within(v, vector) for v in spoken)
                tried = Tried(combination, VACUOUS if vacuous else HOLDS, question=asked.under(combination))
            answers.append((combination.uses, tried))
            if tried is None:
                one.implied[combination] = None
            else:
                one.add(tried)
        one.answers[asked.of, others] = Answers(most, answers)

    # -- by a search for each combination ------------------------------------------------------------------------------
    def _one_by_one(self, made: Composed, asking: Sequence[Asking], *, again: bool) -> bool:
        """Answer what is left, combination by combination. Whether that was all."""
        whole = True
        for one, deviations, _ in asking if self._by_event and not self.stopped else ():
            one.add(Tried(Combination((), deviations), INCONCLUSIVE, NOT_BY_EVENT))
        if not asking or (self._by_event and not self.stopped):
            return whole
        most = self._order - min(len(deviations) for _, deviations, _ in asking)
        left = {k: n for k, n in made.left.items() if k not in made.varied.held}
        for uses in uses_of(left, most):
            self.check_time()
            wanted: list[tuple[Row, Asked, Combination]] = []
            for one, deviations, asked in asking:
                combination = Combination(uses, deviations)
                if combination.size > self._order or one.knows(combination, asked):
                    continue
                if not again and one.broken_within(combination):
                    whole = False
                elif self.stopped:
                    _not_tried(one, combination, again=again)
                else:
                    wanted.append((one, asked, combination))
            if not wanted:
                continue
            try:
                self._search(made, uses, wanted)
            except KeyboardInterrupt:
                self.stopped = INTERRUPTED
            for one, _, combination in wanted if self.stopped else ():
                if not one.has(combination):
                    _not_tried(one, combination, again=again)
        return whole

    def _search(self, made: Composed, uses: Uses, wanted: Sequence[tuple[Row, Asked, Combination]]) -> None:
        system = made.with_uses(Combination(uses))
        told = self._told(f"with {wanted[0][2]}")
        try:
            verdicts = self._decide(system, [asked.stated for _, asked, _ in wanted], listener=told)
        except EngineError as error:  # a limit that leaves nothing to report
            for one, asked, combination in wanted:
                one.add(Tried(combination, INCONCLUSIVE, error.message, question=asked.under(combination)))
            return
        for run in {id(verdict.run): verdict.run for verdict in verdicts}.values():
            if run.needed:
                self._searched(run.exploration)
        for (one, asked, combination), verdict in zip(wanted, verdicts[1:], strict=True):
            one.add(_tried(combination, asked, verdict, verdicts[0]))
        if verdicts[0].run.interrupted:
            self.stopped = INTERRUPTED

    def _told(self, label: str) -> Listener | None:
        return self._listener(label) if self._listener is not None else None

    # -- known or new --------------------------------------------------------------------------------------------------
    def _explain(self, made: Composed, asking: Sequence[Asking]) -> None:
        """Find out whether findings explain the cuts that a job has shown."""
        wanted: list[tuple[Row, list[Combination], Property, tuple[str, ...]]] = []
        for one, deviations, asked in asking:
            cuts = [c for c in one.new_cuts() if c.deviations == deviations]
            if not cuts or isinstance(asked.stated, str):
                continue
            item, titles = without_causes(asked.stated, one.promise.findings, made.system)
            if item is None:
                one.explained.update(dict.fromkeys(cuts, (Known.NEW, ())))
            else:
                wanted.append((one, cuts, item, titles))
        if not wanted:
            return
        try:
            asked_ = made.asked([item for _, _, item, _ in wanted])
            groups: dict[tuple[bool, int], list[Without]] = {}
            for (one, cuts, _, titles), asked in zip(wanted, asked_, strict=True):
                of = asked.states
                together = of is not None and not of.doubtful and asked.counting >= made.left.keys() - made.varied.held
                key = id(of.system) if together and of is not None else id(asked)
                groups.setdefault((together, key), []).append((one, cuts, asked, titles))
            for (together, _), members in groups.items():
                self.check_time()
                if self.stopped:
                    break
                self._without(made, members, together=together)
        except (DrcheckError, KeyboardInterrupt) as error:
            if isinstance(error, KeyboardInterrupt):
                self.stopped = INTERRUPTED
        for one, cuts, _, _ in wanted:
            for cut in cuts:
                one.explained.setdefault(cut, (Known.OPEN, ()))

    def _without(self, made: Composed, members: Sequence[Without], *, together: bool) -> None:
        """Decide promises without the causes of their findings under their cuts."""
        if together:
            of = members[0][2].states
            assert of is not None
            most = max(_number(cut.uses) for _, cuts, _, _ in members for cut in cuts)
            watches = [m[2].states.bad for m in members if m[2].states is not None]
            kinds = sorted(made.left.keys() - made.varied.held)
            told = self._told(f"{self._design.name} without causes")
            search = self._one_search(
                of.system, kinds, most, watches=watches, engine=self._engine, limits=self._limits, listener=told
            )
            self._searched(search.found)
            for (one, cuts, asked, titles), hit in zip(members, search.found.hits, strict=True):
                assert asked.states is not None
                broken = {} if hit is None or not search.whole else search.first(asked.states.bad)
                for cut in cuts:
                    vector = search.vector(cut.uses)
                    if not search.whole:
                        continue
                    new = any(within(v, vector) for v in broken)
                    one.explained[cut] = (Known.NEW, ()) if new else (Known.KNOWN, titles)
            return
        for one, cuts, asked, titles in members:
            for cut in cuts:
                domains, verdict = self._decide(made.with_uses(cut), [asked.stated])
                for run in {id(v.run): v.run for v in (domains, verdict)}.values():
                    self._searched(run.exploration)
                word = answer_of(verdict, domains).verdict
                if word in (HOLDS, VACUOUS):
                    one.explained[cut] = (Known.KNOWN, titles)
                elif word == VIOLATED:
                    one.explained[cut] = (Known.NEW, ())


def without_causes(
    item: Property, findings: Sequence[Finding], system: System | None
) -> tuple[Property | None, tuple[str, ...]]:
    """A property without the causes of some findings, and the titles of these; None where none of them has one there."""
    assert system is not None
    conditions: dict[str, Expression] = {}
    titles: list[str] = []
    for finding in findings:
        try:
            causes = causes_of(replace(item, findings=(finding,)), system)
        except DrcheckError:  # it cannot be read on this system, as what it speaks of is not there
            continue
        if causes and not all(holds_at_start(system, cause.condition) for cause in causes):
            conditions.update({cause.key: cause.condition for cause in causes})
            titles.append(finding.title)
    if not conditions:
        return None, ()
    bare = replace(item, restated=None, findings=(), given={})
    return excluding(bare, [conditions[key] for key in sorted(conditions)]), tuple(titles)


def _not_tried(one: Row, combination: Combination, *, again: bool) -> None:
    if again or one.broken_within(combination):
        one.beyond += 1
    elif combination not in one.left:
        one.left.append(combination)


def _number(uses: Uses) -> int:
    return sum(n for _, n in uses)


def _joined(first: Uses, second: Uses) -> Uses:
    return tuple(sorted((*first, *second)))


def _shown(
    search: OneSearch, vector: Vector, number: int, combination: Combination, asked: Asked, of: OfStates
) -> Tried:
    """A promise that a state breaks, with its trace and, of a worst case, its value."""
    value = None
    if of.measure is not None:
        value, number = search.greatest(of.measure, number)
    trace = search.trace(vector, number)
    reason = f"shown by a trace of {len(trace)} {'step' if len(trace) == 1 else 'steps'}"
    item = of.property
    if value is not None and item.measure is not None and of.bound is not None and item.at_most is not None:
        reason = excess(value, item.measure, of.bound, item.at_most, of.system.tick)
    run = Run(search.begun_with(vector), search.found.without_states())
    verdict = Verdict(of.property, Conclusion.VIOLATED, reason, run, value=value, trace=trace)
    question = asked.under(combination)
    return Tried(combination, VIOLATED, reason, value_text(verdict), trace, of.property, question)


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


__all__ = ["INTERRUPTED", "Job", "Row", "Work"]
