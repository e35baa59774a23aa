"""Which combinations of adversities are tried, in which order, and what is concluded of others.

The work is a list of *jobs*, a composition each: the design with some deviations, for all promises of which that is asked,
whatever parameters they are stated for. Jobs with few deviations come first. In a job, the promises of single states are answered
for all uses of budgets by one search (see `one_search`), where counters only count; the others for each combination by a search,
the smallest first. What contains a cut already is tried at last, as the promise may hold again there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from drcheck.answers.by_event import HINDERING, SHARED, can_be_asked, shared, uses_of_events
from drcheck.answers.combinations import Adversities, Combination, Uses, uses_of, with_uses
from drcheck.answers.composed import Asked, Composed, OfStates
from drcheck.answers.explaining import Explaining
from drcheck.answers.found import Tried
from drcheck.answers.kept_cuts import KeptCuts
from drcheck.answers.one_search import EventSearch, OneSearch, Vector, least, within
from drcheck.answers.rows import Answers, Row
from drcheck.answers.sizes import PART, Sizes
from drcheck.answers.spending import Spending
from drcheck.designs.design import Design
from drcheck.engines.protocol import Exploration, Limits, Listener
from drcheck.errors import EngineError
from drcheck.kernels.deadline import Deadline
from drcheck.language.expressions import Expression
from drcheck.language.units import excess
from drcheck.logic.finding import Finding
from drcheck.logic.kinds import Property
from drcheck.system.system import System
from drcheck.verdicts.repair_sets import IMPOSSIBLE, Change, answer_of
from drcheck.verdicts.verdict import Conclusion, Run, Verdict
from drcheck.verdicts.wording import HOLDS, INCONCLUSIVE, VACUOUS, VIOLATED, value_text

INTERRUPTED = "interrupted"
"""Why combinations were not tried after Ctrl-C."""

Asking: TypeAlias = "tuple[Row, tuple[Change, ...], Asked]"
"""A promise, the deviations with which it is asked, and what it asks."""
OfOne: TypeAlias = "tuple[Row, tuple[Change, ...], Asked, OfStates]"
Without: TypeAlias = "tuple[Row, list[Combination], Asked, tuple[str, ...]]"
Wanted: TypeAlias = "tuple[Row, Asked, Combination]"
"""A promise, what it asks, and under which combination."""
Key: TypeAlias = tuple[tuple[tuple[str, Any], ...], frozenset[str]]


@dataclass
class Job:
    """A composition, and the promises for which it is a combination, each with its deviations."""

    varied: Adversities
    members: list[tuple[Row, tuple[Change, ...]]] = field(default_factory=list)

    @property
    def deviations(self) -> tuple[Change, ...]:
        """Those with which it is composed."""
        return self.members[0][1]


class Work:
    """All searches. `most`: how many states they may have in all (see `Spending`); None: any number."""

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
        findings: Sequence[Finding] = (),
        deviations: int | None = None,
        kept: KeptCuts | None = None,
    ) -> None:
        self.design, self._order, self._decide, self._limits = design, order, decide, limits
        self._engine, self._listener, self._spending = engine, listener, Spending(most)
        self.deadline = limits.deadline or Deadline()
        self.searches = self.states = self.composed = 0
        self.stopped = ""
        self._one_search = EventSearch if by_event else OneSearch
        self._by_event = by_event
        self._deviations = order if deviations is None else min(order, deviations)
        self.kept = kept or KeptCuts(engine=engine, by_event=by_event)
        self._explaining = Explaining(self, findings)
        self.ready: dict[Key, Composed] = {}

    # -- jobs ----------------------------------------------------------------------------------------------------------
    def jobs(self, found: Iterable[Row]) -> list[Job]:
        """All compositions that are asked for, those with few deviations first."""
        made: dict[Key, Job] = {}
        by_size: list[list[Job]] = [[] for _ in range(self._order + 1)]
        for one in found:
            varied, given = one.promise.varied, one.promise.given.keys()
            for deviations in varied.deviations(self._deviations):
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
        settings, parameters = {**varied.settings, **changed}, self.design.parameters
        other = tuple((p.name, settings[p.name]) for p in parameters if settings.get(p.name, p.default) != p.default)
        return other, varied.held

    def run(self, jobs: Sequence[Job]) -> None:
        """Do all jobs, and those at last that only show where a promise holds again."""
        later = [job for job in jobs if not self.job(job, again=False)]
        for job in later:
            self.job(job, again=True)

    def one(self, job: Job) -> None:
        """Do a job that is none of a design's adversities alone; its cuts are not held against findings."""
        self.job(job, again=False, explain=False)

    def job(self, job: Job, *, again: bool, explain: bool = True) -> bool:
        """Do a job. Whether all that it has to show was tried."""
        self.check_time()
        needed = [m for m in job.members if again or not m[0].broken_within(Combination((), m[1]))]
        if not needed:
            return False
        made = None if self.stopped else self._composed(job)
        if made is None:
            for one, deviations in job.members:
                not_tried(one, Combination((), deviations), again=again)
            return True
        if made.system is None:
            for one, deviations in job.members:
                one.add(
                    Tried(Combination((), deviations), IMPOSSIBLE, "" if made.error is None else made.error.message)
                )
            return True
        try:
            with self.deadline.during(f"{self.design.name} was composed"):
                made.ask([one.promise.statement for one, _ in job.members])
        except (EngineError, KeyboardInterrupt) as error:
            self._stop(error)
            for one, deviations in job.members:
                not_tried(one, Combination((), deviations), again=again)
            return True
        asking: list[Asking] = []
        for one, deviations in job.members:
            asked = made.on(one.promise.statement)
            if isinstance(asked.stated, str):
                one.add(Tried(Combination((), deviations), IMPOSSIBLE, asked.stated))
            else:
                asking.append((one, deviations, asked))
        sizes = Sizes(self._limits)
        rest = self._together(made, asking, sizes)
        whole = self._one_by_one(made, rest, sizes, again=again)
        if explain:
            self._explaining.explain(made, asking)
        return whole

    def _composed(self, job: Job) -> Composed | None:
        """The design with the deviations of a job, or None where nothing more is tried."""
        ready = self.ready.pop(self.key(job.varied, {c.name: c.value for c in job.deviations}), None)
        if ready is not None:
            return ready
        try:
            with self.deadline.during(f"{self.design.name} was composed"):
                self.composed += 1
                self._spending.took()
                return Composed(self.design, job.varied, job.deviations, by_event=self._by_event)
        except (EngineError, KeyboardInterrupt) as error:
            self._stop(error)
        return None

    def interrupted(self) -> None:
        """Stop, as the user wants it."""
        self.stopped = INTERRUPTED

    def _stop(self, error: BaseException) -> None:
        if isinstance(error, KeyboardInterrupt):
            self.stopped = INTERRUPTED
        else:  # a limit, that would say that nothing was decided
            self.stopped = f"{self.deadline.reason} {'was reached' if self.deadline.short else 'passed'}"

    def check_time(self) -> None:
        """Stop where the time, or the budget of states, is spent."""
        if not self.stopped and self.deadline.passed:
            self.stopped = f"{self.deadline.reason} passed"
        if not self.stopped:
            self.stopped = self._spending.over

    def _searched(self, found: Exploration) -> None:
        self.searches += 1
        self.states += found.states
        self._spending.took(found.states)
        if found.interrupted:
            self.stopped = INTERRUPTED

    # -- by one search for all uses ------------------------------------------------------------------------------------
    def _together(self, made: Composed, asking: Sequence[Asking], sizes: Sizes) -> list[Asking]:
        """Answer what one search answers for all uses; what is left."""
        rest: list[Asking] = []
        groups: dict[tuple[int, frozenset[str]], list[OfOne]] = {}
        for one, deviations, asked in asking:
            states = asked.states
            kinds = asked.counting - made.varied.held
            partly = self._by_event and kinds != made.left.keys() - made.varied.held
            if states is None or states.doubtful or not kinds or partly:
                rest.append((one, deviations, asked))
            else:
                groups.setdefault((id(states.system), kinds), []).append((one, deviations, asked, states))
        for (_, kinds), members in sorted(groups.items(), key=lambda group: len(group[1][0][3].system.cells)):
            system = members[0][3].system
            most = self._order - min(len(deviations) for _, deviations, _, _ in members)
            counted = sorted(kinds)
            left = {k: n for k, n in made.left.items() if k not in made.varied.held and k not in kinds}
            for others in uses_of(left, most):
                fixed = dict(others)
                begun = with_uses(system, {**dict.fromkeys(left, 0), **fixed})
                now = [m for m in members if len(m[1]) + _number(others) <= self._order]
                now = [m for m in now if not self._known_of(m, others) and not self._kept(made, counted, others, m)]
                for fewer in range(most - _number(others), -1, -1) if now else ():
                    if self._answer(begun, counted, others, fewer, now, sizes):
                        self._keep(made, counted, others, now)
                        break  # what is left is tried alone: each combination has fewer states
                else:
                    fewer = -1
                if now and fewer < most - _number(others):
                    rest += [m[:3] for m in now if m[:3] not in rest]
        return rest

    def _most(self, deviations: Sequence[Change], others: Uses) -> int:
        """How many more uses there may be."""
        return self._order - len(deviations) - _number(others)

    def _known_of(self, member: OfOne, others: Uses) -> bool:
        """Whether the same was asked of an equal system, for all uses; if so, it is noted."""
        one, deviations, asked, _ = member
        known = one.answers.get((asked.of, others))
        if known is None or known.most < (most := self._most(deviations, others)):
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

    def _kept(self, made: Composed, counted: Sequence[str], others: Uses, member: OfOne) -> bool:
        """Whether it is kept what such a search said; if so, it is noted."""
        one, deviations, asked, _ = member
        most = self._order - len(deviations) - _number(others)
        answers = self.kept.several(made, asked, deviations, (counted, others, most))
        if answers is None:
            return False
        one.answers[asked.of, others] = answers
        return self._known_of(member, others)

    def _keep(self, made: Composed, counted: Sequence[str], others: Uses, members: Sequence[OfOne]) -> None:
        for one, _, asked, _ in members:
            answers = one.answers[asked.of, others]
            self.kept.keep_several(made, asked, answers, (counted, others, answers.most))

    def _answer(
        self,
        system: System,
        counted: Sequence[str],
        others: Uses,
        most: int,
        members: Sequence[OfOne],
        sizes: Sizes,
    ) -> bool:
        """Search once, and answer what is asked. Whether the search shows it."""
        self.check_time()
        asked_with = (tuple(counted), others)
        if self.stopped or sizes.too_large(system, asked_with, most):
            return False
        watches = [node for *_, of in members for node in (of.bad, of.trigger) if node is not None]
        try:
            search = self.search(system, counted, most, watches)
            if not search.whole:
                sizes.note(system, asked_with, most, search.found)
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
        most = min(search.most, self._most(deviations, others))
        broken = {} if hit is None else {v: n for v, n in search.first(of.bad).items() if sum(v) <= most}
        minimal = least(broken)
        spoken: Iterable[Vector] | None = None
        if of.trigger is not None:
            spoken = () if seen is None else [at] if not any(at := search.used_at(seen)) else search.first(of.trigger)
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
    def _one_by_one(self, made: Composed, asking: Sequence[Asking], sizes: Sizes, *, again: bool) -> bool:
        """Answer what is left, combination by combination. Whether that was all."""
        whole = True
        if not asking:
            return whole
        most = self._order - min(len(deviations) for _, deviations, _ in asking)
        left = {k: n for k, n in made.left.items() if k not in made.varied.held}
        if self._by_event and not can_be_asked(_of(made), left):
            for one, deviations, _ in asking:
                one.add(Tried(Combination((), deviations), INCONCLUSIVE, HINDERING))
            return whole
        for uses in self._uses(made, left, most):
            self.check_time()
            wanted: list[Wanted] = []
            for one, deviations, asked in asking:
                combination = Combination(uses, deviations)
                if combination.size > self._order or one.knows(combination, asked):
                    continue
                if not again and one.broken_within(combination):
                    whole = False
                    self.postpone(one, asked, combination)
                elif self.stopped:
                    not_tried(one, combination, again=again)
                else:
                    kept = self.kept.one(made, asked, combination)
                    if kept is None:
                        wanted.append((one, asked, combination))
                    else:
                        one.add(kept)
            if not wanted:
                continue
            try:
                if self._by_event and not self._told_apart(made, wanted[0][1], uses):
                    for one, _, combination in wanted if not self.stopped else ():
                        if one.broken_within(combination):
                            not_tried(one, combination, again=again)
                        else:
                            one.add(Tried(combination, INCONCLUSIVE, SHARED))
                else:
                    self._search(made, uses, wanted, sizes)
            except KeyboardInterrupt:
                self.stopped = INTERRUPTED
            for one, _, combination in wanted if self.stopped else ():
                if not one.has(combination):
                    not_tried(one, combination, again=again)
        return whole

    def postpone(self, one: Row, asked: Asked, combination: Combination) -> None:
        """Note that a combination which contains a cut is left for later."""

    def _uses(self, made: Composed, left: Mapping[str, int], most: int) -> Iterator[Uses]:
        """All uses, of kinds of faults or of single events, the fewest first."""
        return uses_of_events(_of(made), left, most) if self._by_event else uses_of(left, most)

    def _told_apart(self, made: Composed, asked: Asked, uses: Uses) -> bool:
        """Whether, with some uses, no event happens more often than these say; it is not known where a search stops early."""
        items = shared(_of(made), uses)
        known = True if not items else self.kept.apart(made, asked, uses)
        if known is not None:
            return known
        try:
            found = self._decide(made.with_uses(Combination(uses)), items, limits=self._limits)
        except EngineError:
            return False
        for run in {id(verdict.run): verdict.run for verdict in found}.values():
            if run.needed:
                self._searched(run.exploration)
        words = {verdict.conclusion for verdict in found}
        if Conclusion.INCONCLUSIVE not in words:
            self.kept.keep_apart(made, asked, uses, apart=words == {Conclusion.HOLDS})
        return words == {Conclusion.HOLDS}

    def _search(self, made: Composed, uses: Uses, wanted: Sequence[Wanted], sizes: Sizes) -> None:
        """Decide promises with some uses: those that speak of the same system together, on the smallest systems first."""
        assert made.system is not None
        groups: dict[int, tuple[System, list[Wanted]]] = {}
        for one in wanted:
            system = made.system if one[1].states is None else one[1].states.system
            groups.setdefault(id(system), (system, []))[1].append(one)
        combination = Combination(uses)
        for system, those in sorted(groups.values(), key=lambda group: len(group[0].cells)):
            self.check_time()
            if self.stopped:
                return
            large = sizes.too_large(system, uses, 0)
            found = self._decided(made.with_uses(combination), those, large=large)
            for row, asked, under in those:
                if under in row.tried:
                    self.kept.keep_one(made, asked, row.tried[under])
            if found is not None and not large:
                sizes.note(system, uses, 0, found)

    def _decided(self, system: System, wanted: Sequence[Wanted], *, large: bool) -> Exploration | None:
        """Decide promises that are asked of the same system; the search. `large`: it is known to come to its limit."""
        told, more = self.told(f"with {wanted[0][2]}"), ""
        limits = self._limits
        if large and limits.states is not None:
            more = f"; without its observers the system has more than {limits.states:,} states"
            limits = replace(limits, states=max(limits.states // PART, 1))
        try:
            verdicts = self._decide(system, [asked.stated for _, asked, _ in wanted], limits=limits, listener=told)
        except EngineError as error:  # a limit that leaves nothing to report
            for one, asked, combination in wanted:
                one.add(Tried(combination, INCONCLUSIVE, error.message, question=asked.under(combination)))
            return None
        for run in {id(verdict.run): verdict.run for verdict in verdicts}.values():
            if run.needed:
                self._searched(run.exploration)
        for (one, asked, combination), verdict in zip(wanted, verdicts[1:], strict=True):
            tried = _tried(combination, asked, verdict, verdicts[0])
            one.add(replace(tried, reason=tried.reason + more) if tried.verdict == INCONCLUSIVE else tried)
        if verdicts[0].run.interrupted:
            self.stopped = INTERRUPTED
        return verdicts[0].run.exploration if verdicts[0].run.needed else None

    def search(self, system: System, kinds: Sequence[str], most: int, watches: Sequence[Expression]) -> OneSearch:
        """A search for all uses of some kinds of faults. Raises the errors of an engine."""
        search = self._one_search(
            system,
            kinds,
            most,
            watches=watches,
            engine=self._engine,
            limits=self._limits,
            listener=self.told(f"{self.design.name} with any {most}"),
        )
        self._searched(search.found)
        return search

    def verdicts(self, system: System, item: Property) -> list[Verdict]:
        """The verdicts on the domains and on a property. Raises the errors of `check`."""
        found = self._decide(system, [item])
        for run in {id(verdict.run): verdict.run for verdict in found}.values():
            if run.needed:
                self._searched(run.exploration)
        return found

    def told(self, label: str) -> Listener | None:
        """Say what is begun; the result is what listens to its search."""
        return self._listener(label) if self._listener is not None else None

    # -- known or new --------------------------------------------------------------------------------------------------


def _of(made: Composed) -> System:
    assert made.system is not None
    return made.system


def not_tried(one: Row, combination: Combination, *, again: bool) -> None:
    """Note that a combination is not tried; what contains a cut is counted."""
    if again or one.broken_within(combination):
        one.beyond += 1
    else:
        one.left[combination] = None


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


__all__ = ["INTERRUPTED", "Job", "Row", "Work", "not_tried"]
