"""From questions about a system to answers, by slices: what never holds, what is reached, between what a greatest value lies.

A condition that may be reached is divided into disjuncts, and for each there are slices that may show it to be unreachable, the
smallest first (`choosing`). All that are still asked for are explored by the engines, up to a number of states that grows from
round to round: so a slice that is larger than the system is given up early, and a small one that comes late is found. Each slice
answers every question that is open. What it reaches is followed on the system (`replay`); where that fails, the counters by
which it failed make one more slice. All of it counts against one budget of states.

What is never said here is said by nobody: a question that is open in the end is *not answered*.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from drcheck.abstraction.choosing import TIERS, Candidate, Counters, disjuncts
from drcheck.abstraction.replay import Replayer
from drcheck.abstraction.slicing import Slice, TooManyWaysError, sliced
from drcheck.engines.choose import SMALL_STATES, engine_named
from drcheck.engines.protocol import INTERRUPT, Engine, Exploration, Limits, Query
from drcheck.kernels.deadline import Deadline, OutOfTimeError
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.reductions.simplify import constant, ways_of
from drcheck.system.precedence import undisturbed
from drcheck.system.ranges import bounds
from drcheck.system.system import State, System
from drcheck.system.terms import conjunction

BUDGET = 400_000_000
"""How many states all slices and replays of one proof may have together, where no limit is given."""
ROUNDS = (SMALL_STATES, 4_000_000, 12_000_000)
"""How many states a slice may have in the first rounds: so many as are explored without a compiler, then many more."""
GROWTH = 8
"""By how much that grows from round to round then."""
EVERY = 4
"""From this round on the slices of all tiers are explored."""
MOST_FAILURES = 2
"""After so many slices in turn that are too large, no larger one of the kind is explored in the round."""
REPLAY = 20_000
"""How many states the replay of one path may see."""
REPLAYS = 80_000
"""How many states the replays for one question may see together; the last of them may see more."""


@dataclass(frozen=True)
class Searched:
    """A slice that was explored: which counters it keeps, and how many states were found. `whole`: it has no others."""

    kept: tuple[str, ...]
    states: int
    whole: bool


@dataclass(frozen=True)
class Answer:
    """What is known of one question.

    Of a condition: `never` it holds in a reachable state, or `path` leads to one in which it does; neither: it is not known.
    Of a number: it is at most `above`, and on the end of `path` it is `below`. `by`: the slices that showed it, by position.
    """

    never: bool = False
    path: tuple[State, ...] | None = None
    above: int | None = None
    below: int | None = None
    by: tuple[int, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the question is answered."""
        return self.never or self.above == self.below if self.above is not None else self.never or self.path is not None


@dataclass(frozen=True)
class Proof:
    """All answers: to the watches, the maxima, and whether a step leaves a domain (`never` it does).

    `slices`: all that were explored. `states`: how many states they have together, and all that replays saw; `replayed` of these
    were seen by replays. `rounds`: how often the number of states that a slice may have was raised, and once more. `seconds`:
    those of the engines. `stopped`: why no more was done, if anything is open. `counters`: of the system, by name.
    `spent`: with a larger budget more would be done.
    """

    watches: tuple[Answer, ...]
    maxima: tuple[Answer, ...]
    leaving: Answer
    slices: tuple[Searched, ...] = ()
    states: int = 0
    replayed: int = 0
    rounds: int = 0
    seconds: float = 0.0
    stopped: str | None = None
    counters: tuple[str, ...] = ()
    spent: bool = False


@dataclass
class _Part:
    """A disjunct of a condition, or a number, that is asked for: what has been found about it."""

    node: Expression
    replays: bool
    candidates: list[Candidate]
    never: bool = False
    path: tuple[State, ...] | None = None
    above: int | None = None
    below: int | None = None
    by: list[int] = field(default_factory=list)
    seen: int = 0

    @property
    def closed(self) -> bool:
        if self.node.kind == BOOLEAN:
            return self.never or self.path is not None
        return self.above is not None and self.above == self.below

    def wants(self, cells: frozenset[int]) -> bool:
        return any(each.cells == cells for each in self.candidates)


class Prover:
    """Answers the questions about one system. `watches` and `maxima`: lowered expressions.

    `wanted`: groups of watches, of each of which one must be shown never to hold, or, where it stands alone, to be reached; those
    in no group are not asked. `paths`: the watches whose paths are of use. `engine`: by name, for all slices. `hidden`: cells
    that no slice keeps. `domains`: whether it is asked if a step leaves a domain.
    """

    def __init__(
        self,
        system: System,
        watches: Sequence[Expression],
        maxima: Sequence[Expression],
        wanted: Iterable[Collection[int]],
        paths: Collection[int],
        engine: str = "auto",
        hidden: frozenset[int] = frozenset(),
        domains: bool = True,
    ) -> None:
        self._system, self._name, self._hidden = system, engine, hidden
        self._counters = Counters(system, hidden)
        self._groups = [tuple(sorted(group)) for group in wanted]
        asked = {watch for group in self._groups for watch in group}
        self._watches = [
            [self._part(node, number in paths) for node in disjuncts(watch)] if number in asked else None
            for number, watch in enumerate(watches)
        ]
        self._maxima = [self._part(node, True) for node in maxima]
        self._leaving = [self._part(node, False) for node in (leaving(system) if domains else ())]
        self._replayer = Replayer(system)
        self._slices: list[Searched] = []
        self._whole: list[frozenset[int]] = []
        self._impossible: set[frozenset[int]] = set()
        self._spent = self._replayed = self._rounds = 0
        self._seconds, self._deadline = 0.0, Deadline()

    def _part(self, node: Expression, replays: bool) -> _Part:
        return _Part(node, replays, self._counters.candidates(node))

    def know(self, found: Exploration) -> None:
        """Take in what a search of the system itself, of the same watches and maxima, has reached."""

        def path(hit: int) -> tuple[State, ...]:
            return tuple(found.state(number) for number in found.ancestry(hit))

        for parts, hit in zip(self._watches, found.hits, strict=True):
            for part in parts or ():
                if hit is not None and self._replayer.values.of(part.node, found.state(hit)):
                    part.path = path(hit)
        for part, (value, at) in zip(self._maxima, found.maxima, strict=True):
            part.below, part.path = value, path(at)

    # -- what is open ------------------------------------------------------------------------------------------------
    def _reached(self, watch: int) -> bool:
        return any(part.path is not None for part in self._watches[watch] or ())

    def _never(self, watch: int) -> bool:
        return all(part.never for part in self._watches[watch] or ())

    def _open(self) -> list[_Part]:
        """The parts that are still asked for."""
        found: list[_Part] = []
        for group in self._groups:
            if any(self._never(watch) for watch in group) or (len(group) == 1 and self._reached(group[0])):
                continue
            found += [part for watch in group for part in self._watches[watch] or () if not part.closed]
        found += [part for part in self._leaving if not part.closed]
        found += [part for part in self._maxima if not part.closed]
        return list({id(part): part for part in found}.values())

    # -- the search --------------------------------------------------------------------------------------------------
    def prove(self, limits: Limits, budget: int = BUDGET) -> Proof:
        """The answers, with at most so many states of slices and replays. The other limits are those of each search."""
        stopped, self._deadline = None, limits.deadline or Deadline()
        try:
            while stopped is None and self._open():
                self._rounds += 1
                stopped = self._round(limits, _most(self._rounds), budget)
                if stopped is None and self._open() and not self._left():
                    stopped = "no slice is left that could decide it"
        except KeyboardInterrupt:  # while a slice was made, or a path replayed: a search ends without one
            stopped = INTERRUPT
        except OutOfTimeError:
            stopped = self._deadline.reason
        return self._answers(stopped, budget)

    def _left(self) -> bool:
        """Whether a slice is left that was not explored to its end."""
        return any(not self._done(each.cells) for part in self._open() for each in part.candidates)

    def _done(self, cells: frozenset[int]) -> bool:
        """Whether a slice that keeps these counters, or more, was explored to its end."""
        return cells in self._impossible or any(cells <= more for more in self._whole)

    def _round(self, limits: Limits, most: int, budget: int) -> str | None:
        """Explore the slices that are asked for and may be small enough; why no more is to be done, or None."""
        done: set[frozenset[int]] = set()
        for tier in range(TIERS):
            if self._rounds == 1 and tier > 1 and not self._done(self._counters.ages):
                return None  # with more counters it would hardly be small
            if self._rounds < EVERY and tier > 2:
                return None
            stopped = self._tier(tier, limits, most, budget, done)
            if stopped is not None:
                return stopped
        return None

    def _tier(self, tier: int, limits: Limits, most: int, budget: int, done: set[frozenset[int]]) -> str | None:
        """Explore the slices of one tier, from below, until two in turn are too large.

        In the second round the largest are explored first, as they answer for the smaller ones; after one that is too large much
        smaller ones are, and those between last. `done`: those that were explored in the round.
        """
        ceiling, failures = None if self._rounds == 2 else 0, 0
        while waiting := self._waiting(tier, done):
            below = [cells for cells in waiting if ceiling is None or self._counters.bits(cells) < ceiling]
            key = self._counters.order
            cells = max(below, key=key) if below else min(waiting, key=key)
            done.add(cells)
            left = budget - self._spent
            if left <= 0:
                return budget_limit(budget)
            stopped = self._explore(cells, replace(limits, states=min(most, left), first=False))
            if stopped is not None:
                return stopped
            if below and not self._done(cells):
                ceiling = self._counters.bits(cells) * 3 // 4
            elif not below:
                failures = 0 if self._done(cells) else failures + 1
                if failures == MOST_FAILURES:
                    return None
        return None

    def _waiting(self, tier: int, done: Collection[frozenset[int]]) -> list[frozenset[int]]:
        """The counters of the slices of a tier that are asked for and were not explored."""
        asked = {each.cells for part in self._open() for each in part.candidates if each.tier == tier}
        return [cells for cells in asked if cells not in done and not self._done(cells)]

    def _explore(self, cells: frozenset[int], limits: Limits) -> str | None:
        """Explore one slice for all that is open; why no more is to be done, or None."""
        try:
            with self._deadline.cut():
                made = sliced(self._system, self._hidden | (self._counters.all - cells))
        except TooManyWaysError as error:
            self._impossible.add(cells)
            self._further(cells, self._counters.cone(error.cells))
            return None
        parts = self._open()
        weak = [self._weakened(made, part) for part in parts]
        watches = [(part, node) for part, node in zip(parts, weak, strict=True) if part.node.kind == BOOLEAN]
        numbers = [(part, node) for part, node in zip(parts, weak, strict=True) if part.node.kind != BOOLEAN]
        asked = [(part, node) for part, node in watches if constant(node) is None]
        query = Query(tuple(node for _, node in asked), tuple(node for _, node in numbers))
        found = engine_of(self._name, limits.states).explore(made.system, query, limits)
        self._spent += found.states
        self._seconds += found.seconds
        number = len(self._slices)
        self._slices.append(self._searched(cells, found))
        if found.complete:
            self._whole.append(cells)
        if not found.complete and found.states <= (limits.states or 0):
            return found.stopped
        hits = {id(part): hit for (part, _), hit in zip(asked, found.hits, strict=True)}
        reached: list[tuple[_Part, int, int]] = []
        for part, node in watches:
            hit = hits.get(id(part)) if constant(node) is None else (0 if constant(node) else None)
            if hit is not None:
                reached.append((part, hit, 1))
            elif found.complete or constant(node) == 0:
                part.never = True
                part.by.append(number)
        if found.complete:
            for (part, node), (value, at) in zip(numbers, found.maxima, strict=True):
                if part.above is None or value < part.above:
                    part.above = value
                    part.by = [number]
                if constant(node) is None and value == part.above:
                    reached.append((part, at, value))
        for part, at, value in reached:  # last, as it may be interrupted
            with self._deadline.cut():
                self._follow(made, found, part, at, value, cells)
        return None

    def _weakened(self, made: Slice, part: _Part) -> Expression:
        weakening = made.weakening
        return weakening.may(part.node) if part.node.kind == BOOLEAN else weakening.greatest(part.node)

    def _searched(self, cells: frozenset[int], found: Exploration) -> Searched:
        names = tuple(self._system.cells[cell].name for cell in sorted(cells))
        return Searched(names, found.states, found.complete)

    def _follow(
        self, made: Slice, found: Exploration, part: _Part, hit: int, value: int, cells: frozenset[int]
    ) -> None:
        """Follow the path to what a slice reaches; where it fails, the counters by which it does are kept next."""
        if not part.replays or part.closed or part.seen >= REPLAYS:
            return
        path = [found.state(number) for number in found.ancestry(hit)]
        measure = part.node.kind != BOOLEAN
        replayed = self._replayer.follow(made, path, part.node, value, REPLAY, measure=measure)
        self._spent += replayed.visited
        self._replayed += replayed.visited
        part.seen += replayed.visited
        if replayed.greatest is not None and (part.below is None or replayed.greatest[0] > part.below):
            part.below, part.path = replayed.greatest
        if replayed.states is not None and not measure:
            part.path = replayed.states
        elif replayed.states is None and found.complete:
            more = cells | self._counters.cone(replayed.missing)
            if not part.wants(more):
                part.candidates.append(Candidate(2, more))

    def _further(self, cells: frozenset[int], more: frozenset[int]) -> None:
        """Those that asked for a slice that cannot be made ask for a larger one."""
        for part in self._open():
            if part.wants(cells) and not part.wants(cells | more):
                part.candidates.append(Candidate(2, cells | more))

    # -- answers -----------------------------------------------------------------------------------------------------
    def _answers(self, stopped: str | None, budget: int) -> Proof:
        watches = []
        for parts in self._watches:
            if parts is None:
                watches.append(Answer())
                continue
            path = next((part.path for part in parts if part.path is not None), None)
            never = all(part.never for part in parts)
            watches.append(Answer(never, path, by=_by(parts) if never else ()))
        maxima = [Answer(path=p.path, above=p.above, below=p.below, by=tuple(p.by)) for p in self._maxima]
        kept = all(part.never for part in self._leaving)
        return Proof(
            tuple(watches),
            tuple(maxima),
            Answer(kept, by=_by(self._leaving)),
            tuple(self._slices),
            self._spent,
            self._replayed,
            self._rounds,
            self._seconds,
            stopped,
            tuple(self._system.cells[cell].name for cell in sorted(self._counters.all)),
            stopped == budget_limit(budget),
        )


def budget_limit(states: int) -> str:
    """Why no more was done, if it was the number of states."""
    return f"the budget of {states:,} states"


def _most(number: int) -> int:
    """How many states a slice may have in a round."""
    known = ROUNDS[min(number, len(ROUNDS)) - 1]
    return int(known * GROWTH ** max(0, number - len(ROUNDS)))


def engine_of(name: str, states: int | None) -> Engine:
    """The engine of a name; for few states none for which code is compiled."""
    small = name == "auto" and states is not None and states <= SMALL_STATES
    return engine_named("python" if small else name)


def _by(parts: Iterable[_Part]) -> tuple[int, ...]:
    return tuple(sorted({number for part in parts for number in part.by}))


def leaving(system: System) -> list[Expression]:
    """When an update leaves its domain, one condition for each that may."""
    found, free = [], undisturbed(system.events)
    for way in ways_of(system):
        for cell in sorted(way.unsafe):
            right, domain = way.updates[cell], system.cells[cell].domain
            low, high = bounds(right)
            step = [way.guard, free[way.event]]
            if low < domain.low:
                found.append(conjunction([*step, Operation("<", (right, Literal(domain.low)), BOOLEAN)]))
            if high > domain.high:
                found.append(conjunction([*step, Operation(">", (right, Literal(domain.high)), BOOLEAN)]))
    return found


__all__ = ["BUDGET", "Answer", "Proof", "Prover", "Searched", "engine_of", "leaving"]
