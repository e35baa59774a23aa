"""Cuts decided by the workers of a cluster, a composition each: the report is that of one process.

The work is the same list of jobs (see `trying`), which a worker makes anew from what is asked, and of which it does one. What it
must know of other jobs is under which combinations promises broke. Jobs go out together as long as none needs what another one
of them finds: it needs that of those with a part of its deviations. What they found is entered here in the order of the list.
Where one process would have known an answer from an equal system of an earlier job, that answer stands, and the search is not
counted.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

from drcheck.answers.combinations import Combination
from drcheck.answers.composed import Asked
from drcheck.answers.found import Known, Tried
from drcheck.answers.rows import Answers, Row
from drcheck.answers.trying import Job, Work, not_tried
from drcheck.engines.protocol import Exploration, Limits
from drcheck.kernels.deadline import Deadline
from drcheck.verdicts.check import check
from drcheck.verdicts.wording import HOLDS, VIOLATED
from drcheck.workers.cluster import Cluster
from drcheck.workers.jobs import Job as Sent
from drcheck.workers.jobs import Means, RefusedError, Version

POSTPONED = "POSTPONED"
"""In place of a verdict: what contains a cut was left for later, unless it is known here."""
THERE = "drcheck.answers.spreading:found_there"


@dataclass(frozen=True)
class Before:
    """What is known of a promise before a job: where it broke, of which of these it is known why, and what is decided already.

    `answered`: the keys of answers that were entered for the job's deviations, each with up to how many uses.
    """

    broken: tuple[Combination, ...]
    explained: tuple[Combination, ...]
    decided: tuple[Combination, ...]
    answered: tuple[tuple[Hashable, int], ...] = ()


@dataclass
class Delta:
    """What a job found of a promise."""

    tried: list[Tried] = field(default_factory=list)
    answers: dict[Hashable, Answers] = field(default_factory=dict)
    implied: list[Combination] = field(default_factory=list)
    left: list[Combination] = field(default_factory=list)
    explained: dict[Combination, tuple[Known, tuple[str, ...]]] = field(default_factory=dict)
    beyond: int = 0


@dataclass(frozen=True)
class Made:
    """A search: of how many states, and for whom; nobody in particular where it is about causes.

    `together`: promises with the key of the answers that it gives them, and up to how many uses; `alone`: with questions.
    """

    states: int
    together: tuple[tuple[str, Hashable, int], ...] = ()
    alone: tuple[tuple[str, Hashable], ...] = ()


@dataclass
class Found:
    """What a job found. `composed`: whether it composed anything."""

    composed: bool
    rows: dict[str, Delta]
    searches: list[Made]


# -- here --------------------------------------------------------------------------------------------------------------
class Spreading:
    """Sends the jobs of some work out, and enters what they find. `asked`: what a worker makes the list of jobs of."""

    def __init__(self, cluster: Cluster, work: Work, rows: Sequence[Row], asked: Any, limits: Limits) -> None:
        self._cluster, self._work, self._asked, self._limits = cluster, work, asked, limits
        self._rows = {row.promise.name: row for row in rows}
        self._version = Version.of(work.design)

    def run(self, jobs: Sequence[Job]) -> None:
        """Do all jobs, and those at last that only show where a promise holds again."""
        later = self._all(list(enumerate(jobs)), again=False)
        self._all(later, again=True)

    def _all(self, jobs: list[tuple[int, Job]], *, again: bool) -> list[tuple[int, Job]]:
        """Do jobs; those that have more to show."""
        later: list[tuple[int, Job]] = []
        for wave in waves(jobs):
            self._work.check_time()
            later += self._wave(wave, again=again)
        return later

    def _wave(self, wave: Sequence[tuple[int, Job]], *, again: bool) -> list[tuple[int, Job]]:
        def breaks(job: Job) -> bool:
            return all(row.broken_within(Combination((), deviations)) for row, deviations in job.members)

        wanted = [one for one in wave if again or not breaks(one[1])]
        found: dict[int, Found] = {}
        if not self._work.stopped:
            sent = (self._sent(number, job, again=again) for number, job in wanted)
            try:
                for done, (one, outcome) in enumerate(self._cluster.run(sent, self._work.deadline), 1):
                    self._work.told(f"{done} of {len(wanted)} compositions of a kind decided")
                    if not outcome.error:
                        found[one.data[1]] = outcome.value
            except KeyboardInterrupt:
                self._work.interrupted()
        later = [one for one in wave if one not in wanted]
        for number, job in wanted:
            got = found.get(number)
            if got is None:
                for row, deviations in job.members:
                    not_tried(row, Combination((), deviations), again=again)
            else:
                later += [] if self._enter(job, got) else [(number, job)]
        return sorted(later, key=lambda one: one[0])

    def _sent(self, number: int, job: Job, *, again: bool) -> Sent:
        known = {row.promise.name: _before(row, deviations) for row, deviations in job.members}
        said = ", ".join(map(str, job.deviations)) or "no deviation"
        limits = self._limits
        data = (self._asked, number, again, known)
        return Sent(THERE, data, self._version, f"{self._work.design.name} with {said}", limits.memory, limits.threads)

    def _enter(self, job: Job, found: Found) -> bool:
        """Enter what a job found, as if it had been done here. Whether that is all that it has to show."""
        work = self._work
        key = work.key(job.varied, {change.name: change.value for change in job.deviations})
        if found.composed and work.ready.pop(key, None) is None:
            work.composed += 1
        for made in found.searches:
            known = [_has(self._rows[name].answers.get(key), most) for name, key, most in made.together]
            known += [question in self._rows[name].known for name, question in made.alone]
            if not known or not all(known):
                work.searches += 1
                work.states += made.states
        whole = True
        for name, delta in found.rows.items():
            whole = enter(self._rows[name], delta) and whole
        return whole


def enter(row: Row, delta: Delta) -> bool:
    """Enter what a job found of a promise; what an equal system has shown before stands. Whether nothing is left for later."""
    entered: set[int] = set()
    whole = True
    for key, answers in delta.answers.items():
        before = row.answers.get(key)
        theirs = {uses: tried for uses, tried in answers.tried if tried is not None}
        entered |= {id(tried) for tried in theirs.values()}
        if before is None or before.most < answers.most:
            row.answers[key] = answers
            for tried in theirs.values():
                row.add(tried)
            continue
        ours = dict(before.tried)
        for uses, tried in theirs.items():
            known = ours.get(uses)
            row.add(tried if known is None else replace(known, combination=tried.combination, searched=False))
    for tried in delta.tried:
        if id(tried) not in entered:
            known = None if tried.question is None else row.known.get(tried.question)
            if known is not None:
                row.add(replace(known, combination=tried.combination, searched=False))
            elif tried.verdict == POSTPONED:
                whole = False
            else:
                row.add(tried)
    row.implied.update(dict.fromkeys(delta.implied))
    row.left.update(dict.fromkeys(delta.left))
    row.explained.update(delta.explained)
    row.beyond += delta.beyond
    return whole


def _has(answers: Answers | None, most: int) -> bool:
    return answers is not None and answers.most >= most


def _before(row: Row, deviations: tuple[Any, ...]) -> Before:
    broken = {c: None for c, tried in row.tried.items() if tried.verdict == VIOLATED}
    decided = tuple(c for c in (*row.tried, *row.implied) if c.deviations == deviations and c not in broken)
    answered = (
        (key, answers.most)
        for key, answers in row.answers.items()
        if all(row.has(Combination(uses, deviations)) for uses, _ in answers.tried)
    )
    return Before(tuple(broken), tuple(row.explained), decided, tuple(answered))


def waves(jobs: Sequence[tuple[int, Job]]) -> Iterator[list[tuple[int, Job]]]:
    """Jobs in order, in parts in which none has, for a promise, all deviations of another one and more."""
    wave: list[tuple[int, Job]] = []
    before: dict[str, list[frozenset[Any]]] = {}
    for one in jobs:
        mine = [(row.promise.name, frozenset(deviations)) for row, deviations in one[1].members]
        if any(part < own for name, own in mine for part in before.get(name, ())):
            yield wave
            wave, before = [], {}
        wave.append(one)
        for name, own in mine:
            before.setdefault(name, []).append(own)
    if wave:
        yield wave


# -- on a worker -------------------------------------------------------------------------------------------------------
class Noting(Work):
    """Work of which it is noted what searches are for."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.made: list[Made] = []
        self._for: Mapping[str, Any] = {}
        self.has_composed = False

    def use(self, engine: str, limits: Limits) -> None:
        """Begin a job, with these limits."""
        self.made, self.stopped, self.has_composed = [], "", False
        self._limits, self.deadline = limits, limits.deadline or Deadline()
        self._decide = partial(check, engine=engine, limits=limits)

    def postpone(self, one: Row, asked: Asked, combination: Combination) -> None:
        """Say what is asked: it may be known where the job comes from."""
        one.tried[combination] = Tried(combination, POSTPONED, question=asked.under(combination))

    def _composed(self, job: Job) -> Any:
        self.has_composed = True
        return super()._composed(job)

    def _searched(self, found: Exploration) -> None:
        super()._searched(found)
        self.made.append(Made(found.states, **self._for))

    def _answer(self, system: Any, counted: Any, others: Any, most: int, members: Any, sizes: Any) -> bool:
        self._for = {
            "together": tuple(
                (one.promise.name, (asked.of, others), self._most(deviations, others))
                for one, deviations, asked, _ in members
            )
        }
        try:
            return super()._answer(system, counted, others, most, members, sizes)
        finally:
            self._for = {}

    def _decided(self, system: Any, wanted: Any, *, large: bool) -> Exploration | None:
        self._for = {"alone": tuple((one.promise.name, asked.under(under)) for one, asked, under in wanted)}
        try:
            return super()._decided(system, wanted, large=large)
        finally:
            self._for = {}


def found_there(data: tuple[Any, int, bool, Mapping[str, Before]], means: Means) -> Found:
    """What a job finds, on a worker."""
    asked, number, again, known = data
    work, rows, jobs = _begun(asked)
    if number >= len(jobs) or {row.promise.name for row, _ in jobs[number].members} != known.keys():
        raise RefusedError("it has another model: its cuts are made of other compositions")
    job = jobs[number]
    for row, _ in job.members:
        _reset(row, known[row.promise.name])
    work.use(asked.engine, Limits(asked.states, None, means.memory, means.threads, deadline=means.deadline))
    before = {row.promise.name: (dict(row.tried), dict(row.explained), row.beyond) for row in rows}
    work.job(job, again=again)
    found: dict[str, Delta] = {}
    for row, _ in job.members:
        name, decided = row.promise.name, set(known[row.promise.name].decided)
        tried, explained, beyond = before[name]
        found[name] = Delta(
            [one for c, one in row.tried.items() if tried.get(c) is not one],
            {key: answers for key, answers in row.answers.items() if answers.tried},
            [c for c in row.implied if c not in decided],
            list(row.left),
            {c: one for c, one in row.explained.items() if explained.get(c) != one},
            row.beyond - beyond,
        )
    return Found(work.has_composed, found, work.made)


def _reset(row: Row, known: Before) -> None:
    for found in (row.tried, row.implied, row.answers, row.known, row.explained, row.left):
        found.clear()
    for combination in known.broken:
        row.add(Tried(combination, VIOLATED))
    for combination in known.decided:
        row.add(Tried(combination, HOLDS))
    row.explained.update(dict.fromkeys(known.explained, (Known.OPEN, ())))
    row.answers.update({key: Answers(most, ()) for key, most in known.answered})


@lru_cache(maxsize=1)
def _begun(asked: Any) -> tuple[Noting, list[Row], list[Job]]:
    """The work, as it is begun, with its jobs: the same for each of them."""
    work, rows = asked.begin(Noting)
    assert isinstance(work, Noting)
    return work, rows, work.jobs(rows)


__all__ = ["POSTPONED", "Before", "Delta", "Found", "Noting", "Spreading", "enter", "found_there", "waves"]
