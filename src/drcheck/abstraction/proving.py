"""From questions about a system to answers, by slices: what never holds, what is reached, between what a greatest value lies.

A condition that may be reached is divided into disjuncts, and for each there are slices that may show it to be unreachable, the
smallest first (`choosing`). All that are still asked for are explored by the engines, up to a number of states that grows from
round to round: so a slice that is larger than the system is given up early, and a small one that comes late is found. Each slice
answers every question that is open. What it reaches is followed on the system (`replay`); where that fails, the counters by
which it failed make one more slice. All of it counts against one budget of states, which is spent in *stages*: a slice that is
cut off at the end of a stage is explored anew in the next one. So what was spent at the end of a stage does not depend on how
much more may be.

What is never said here is said by nobody: a question that is open in the end is *not answered*.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from drcheck.abstraction.cases import FEW_CASES, MOST_CASES, Cases
from drcheck.abstraction.choosing import CONES, SINGLE, SPANS, TIERS, Candidate, Counters, disjuncts, finer, leaving
from drcheck.abstraction.contradictions import Contradictions
from drcheck.abstraction.derived import Derived, accounts_of, pivots_of
from drcheck.abstraction.facts import Facts
from drcheck.abstraction.proof import Answer, Conjunct, Proof, Searched
from drcheck.abstraction.replay import Replayer, Values
from drcheck.abstraction.slicing import Slice, TooManyWaysError, sliced
from drcheck.engines.choose import SMALL_STATES, AutoEngine, engine_named
from drcheck.engines.numpy.columns import Columns
from drcheck.engines.protocol import INTERRUPT, Engine, Exploration, Limits, Query
from drcheck.errors import ModelError
from drcheck.kernels.deadline import Deadline, OutOfTimeError
from drcheck.language.expressions import BOOLEAN, Expression
from drcheck.reductions.simplify import constant, simplify
from drcheck.system.system import State, System, cells_of

BUDGET = 400_000_000
"""How many states all slices and replays of one proof may have together, where no limit is given."""
STAGE = 1_500_000
"""How many states all slices and replays may have together in the first stage of a proof."""
STAGES = 3
"""By how much that grows from stage to stage, until the budget is reached."""
ROUNDS = (SMALL_STATES, 500_000, 3_000_000, 12_000_000)
"""How many states a slice may have in the first rounds: so many as are explored without a compiler, then many more."""
KINDS = (2, CONES, TIERS)
"""How many tiers are explored in the first rounds: large slices only where small ones are not enough."""
DIVIDED = 2
"""The round in which what is open is divided by what it compares, and from which on it is seen what contradicts itself."""
GROWTH = 8
"""By how much that grows from round to round then."""
PASSES = 4
"""So often small slices are explored in a round, as long as more is known of the counters than before."""
MOST_FAILURES = 3
"""After so many slices in turn that are too large, no larger one of the kind is explored in the round."""
AGAIN = 4
"""A slice is explored again where more is known of the counters since, if it had so many times fewer states than one may have.

A small one, which tells how much a counter is at most, if it had no more than one may have: larger ones come after it.
"""
EVALUATED = 1_000_000
"""In a slice of at most so many states a further condition is evaluated on all of them; a larger one is explored once more."""
LOOKED_AT = 16_000_000
"""In a slice of so many states it is looked at how great counters are in each case."""
BEYOND = ("DR110", "DR111")
"""What is said where a sum seems to lie where the number that it is cannot: at no element, at zero, or beyond 64 bits."""
REPLAY = 20_000
"""How many states the replay of one path may see."""
REPLAYS = 80_000
"""How many states the replays for one question may see together; the last of them may see more."""


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
    in no group are not asked. `paths`: the watches whose paths are of use. `besides`: further conditions, for which no slice is
    made: those without counters, and with the ages alone, answer what they can. `engine`: by name, for all slices. `hidden`:
    cells that no slice keeps. `domains`: whether it is asked if a step leaves a domain.
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
        besides: Sequence[Expression] = (),
    ) -> None:
        self._system, self._name, self._hidden = system, engine, hidden
        every = frozenset(cell.index for cell in system.cells) - hidden
        self._counters = Counters(system, hidden, accounts_of(system, [*watches, *maxima], every))
        self._groups = [tuple(sorted(group)) for group in wanted]
        asked = {watch for group in self._groups for watch in group}
        self._watches = [
            [self._part(node, number in paths) for node in disjuncts(watch)] if number in asked else None
            for number, watch in enumerate(watches)
        ]
        self._maxima = [self._part(node, True) for node in maxima]
        self._leaving = [self._part(node, False) for node in (leaving(system) if domains else ())]
        self._besides = [_Part(node, False, []) for node in besides]
        self._replayer = Replayer(system)
        self._slices: list[Searched] = []
        self._facts = Facts(system, every - self._counters.all)
        self._rests: list[frozenset[int]] = []
        self._whole: dict[frozenset[int], tuple[int, int]] = {}
        self._impossible: dict[frozenset[int], int] = {}
        self._large: dict[frozenset[int], tuple[int, int]] = {}
        self._spent = self._replayed = self._rounds = self._budget = 0
        self._tried: set[frozenset[int]] = set()
        self._learning = False
        self._looked = -1
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
            for stage in stages(budget):
                self._budget = stage
                stopped = self._stage(limits) if self._spent < stage else budget_limit(stage)
                if stopped != budget_limit(stage):
                    break
        except KeyboardInterrupt:  # while a slice was made, or a path replayed: a search ends without one
            stopped = INTERRUPT
        except OutOfTimeError:
            stopped = self._deadline.reason
        return self._answers(stopped, budget)

    def _stage(self, limits: Limits) -> str | None:
        """Explore slices until all is answered, or the budget of the stage is spent; why no more is to be done, or None."""
        while self._open():
            self._rounds = self._rounds or 1
            stopped = self._round(limits)
            if stopped is not None:
                return stopped
            self._contradict()
            if self._open() and not self._left():
                return "no slice is left that could decide it"
            if self._open():
                self._rounds += 1
                self._tried.clear()
                if self._rounds == DIVIDED:
                    self._divide()
        return None

    def _divide(self) -> None:
        """Divide what is open by what it compares: large slices are asked for each part alone."""
        for parts in (*filter(None, self._watches), self._leaving):
            parts[:] = [each for part in parts for each in ([part] if part.closed else self._finer(part))]

    def _finer(self, part: _Part) -> list[_Part]:
        """The parts of a part; none if it is seen never to hold."""
        try:
            with self._deadline.cut():
                made = finer(part.node)
        except ModelError as error:
            if error.code not in BEYOND:
                raise
            return [part]
        return [part] if made and made[0] is part.node else [self._part(node, part.replays) for node in made]

    def _contradict(self) -> None:
        """Close what contradicts itself, by what is known of the counters by now."""
        if self._rounds < DIVIDED or self._looked == self._facts.version:
            return
        self._looked, contradictions = self._facts.version, Contradictions()
        for part in self._open():
            if part.node.kind == BOOLEAN and self._contradicts(part, contradictions):
                part.never = True
                part.by = sorted(self._facts.rests_of(cells_of(part.node)))

    def _contradicts(self, part: _Part, contradictions: Contradictions) -> bool:
        try:
            with self._deadline.cut():
                return contradictions.never(self._facts.narrowed.of(part.node))
        except ModelError as error:
            if error.code not in BEYOND:
                raise
            return False

    def conjuncts(self) -> list[Conjunct]:
        """What is known of each part of what was asked."""
        parts = [(number, part) for number, parts in enumerate(self._watches) for part in parts or ()]
        every = [*parts, *((None, part) for part in self._leaving)]
        return [Conjunct(p.node, number, p.never, p.path is not None, tuple(p.by)) for number, p in every]

    def _left(self) -> bool:
        """Whether a slice is left that was not explored to its end."""
        varying, done = self._facts.varying, self._done
        return any(not done(varying(each.cells), each.tier) for part in self._open() for each in part.candidates)

    def _done(self, cells: frozenset[int], tier: int) -> bool:
        """Whether a slice that keeps these counters, or more, was explored to its end, and is not worth exploring again."""
        if self._impossible.get(cells) == self._facts.version:
            return True
        most = self._most(tier) // (1 if tier == SINGLE else AGAIN)
        return any(
            cells <= more and (self._facts.news(self._sources(more)) <= known or states > most)
            for more, (states, known) in self._whole.items()
        )

    def _sources(self, cells: frozenset[int]) -> frozenset[int]:
        """The counters of which it matters to a slice how great they are, if it keeps one: those from which this one comes."""
        kept = frozenset(cell for cell in cells if cell >= 0) - self._counters.ages
        return self._counters.cone(kept) - kept if kept else self._counters.all

    def _hopeless(self, cells: frozenset[int], most: int) -> bool:
        """Whether a slice is hardly smaller than one that is known to be too large: it keeps more."""
        return any(small < cells and limit >= most for small, (limit, _) in self._large.items())

    def _too_large(self, cells: frozenset[int], most: int) -> bool:
        """Whether a slice is known to be too large, and no more is known since that could make it smaller."""
        limit, known = self._large.get(cells, (0, 0))
        return limit >= most and self._facts.news(self._sources(cells)) <= known

    def _most(self, tier: int) -> int:
        """How many states a slice of a tier may have in the round; small ones, which tell of counters, as in the next round."""
        return _most(self._rounds + (tier == SINGLE and self._rounds >= len(KINDS)))

    def _round(self, limits: Limits) -> str | None:
        """Explore the slices that are asked for and may be small enough; why no more is to be done, or None."""
        last = KINDS[min(self._rounds, len(KINDS)) - 1]
        for _ in range(PASSES if last > SPANS else 1):
            known = self._facts.version
            for tier in range(min(last, CONES)):
                stopped = self._tier(tier, limits, self._most(tier))
                if stopped is not None:
                    return stopped
            if known == self._facts.version:
                break
            self._tried.clear()  # what more is known of may be enough
        for tier in range(CONES, last):
            stopped = self._tier(tier, limits, self._most(tier))
            if stopped is not None:
                return stopped
        return None

    def _ages(self) -> frozenset[int]:
        return self._facts.varying(self._counters.ages)

    def _tier(self, tier: int, limits: Limits, most: int) -> str | None:
        """Explore the slices of one tier, those of few bits first, until some in turn are too large."""
        failures = 0
        self._contradict()
        while waiting := self._waiting(tier):
            cells = min(waiting, key=self._counters.upstream if tier < CONES else self._counters.order)
            if self._hopeless(cells, most) or self._too_large(cells, most):
                self._tried.add(cells)
                failures += self._too_large(cells, most)
                if failures == MOST_FAILURES:
                    return None
                continue
            left = self._budget - self._spent
            self._learning = tier == SINGLE and not self._asked_beyond(cells)
            if left > 0:
                stopped = self._explore(cells, replace(limits, states=min(most, left), first=False))
                if stopped is not None:
                    return stopped
            if self._spent >= self._budget and not self._done(cells, tier):
                return budget_limit(self._budget)
            self._tried.add(cells)
            large = self._large.get(cells, (0, 0))[0] >= most
            failures = failures + 1 if large else 0
            if failures == MOST_FAILURES:
                return None
        return None

    def _asked_beyond(self, cells: frozenset[int]) -> bool:
        """Whether a slice, or a smaller one, is also asked for more than what it tells of counters."""
        tiers = ((each.tier, each.cells) for part in self._open() for each in part.candidates)
        return any(tier >= CONES and self._facts.varying(kept) <= cells for tier, kept in tiers)

    def _waiting(self, tier: int) -> list[frozenset[int]]:
        """The counters of the slices of a tier that are asked for and were not explored in this round."""
        given = {each.cells for part in self._open() for each in part.candidates if each.tier == tier}
        asked = {self._facts.varying(cells) for cells in given}
        return [cells for cells in asked if cells not in self._tried and not self._done(cells, tier)]

    def _explore(self, cells: frozenset[int], limits: Limits) -> str | None:
        """Explore one slice for all that is open; why no more is to be done, or None."""
        parts = self._open()
        if cells <= self._counters.ages:
            parts += [part for part in self._besides if not part.never]
        try:
            with self._deadline.cut():
                made, derived = self._made(cells)
                weak = [self._weakened(made, derived, part) for part in parts]
        except TooManyWaysError as error:
            self._impossible[cells] = self._facts.version
            self._further(cells, self._counters.cone(error.cells))
            return None
        except ModelError as error:
            if error.code not in BEYOND:
                raise
            self._impossible[cells] = self._facts.version  # a sum seems to lie where the number that it is cannot
            return None
        watches = [(part, node) for part, node in zip(parts, weak, strict=True) if part.node.kind == BOOLEAN]
        numbers = [(part, node) for part, node in zip(parts, weak, strict=True) if part.node.kind != BOOLEAN]
        asked = [(part, node) for part, node in watches if constant(node) is None]
        kept = sorted(cell for cell in cells if cell >= 0)
        spanned = sorted(~cell for cell in cells if -len(self._system.cells) <= cell < 0)
        tops = [(cell, made.system.cells[cell]) for cell in kept] + [(cell, made.top(cell)) for cell in spanned]
        greatest = (*(node for _, node in numbers), *(top for _, top in tops))
        query = Query(tuple(node for _, node in asked), greatest)
        found = engine_of(self._name, limits.states, self._expected(cells)).explore(made.system, query, limits)
        self._spent += found.states
        self._seconds += found.seconds
        number = len(self._slices)
        self._slices.append(self._searched(cells, found))
        self._rests.append(frozenset([number]) | self._facts.rests)
        if found.complete:
            self._whole[cells] = found.states, self._facts.version
        elif not cells <= self._counters.ages and found.states > (limits.states or 0):
            self._large[cells] = max(self._large.get(cells, (0, 0))[0], limits.states or 0), self._facts.version
        if not found.complete and (found.states <= (limits.states or 0) or found.stopped == INTERRUPT):
            return found.stopped
        hits = {id(part): hit for (part, _), hit in zip(asked, found.hits, strict=True)}
        if found.complete:
            watches = self._by_case(made, derived, found, watches, hits, cells, limits)
        reached: list[tuple[_Part, int, int]] = []
        for part, node in watches:
            hit = hits.get(id(part)) if constant(node) is None else (0 if constant(node) else None)
            if hit is not None:
                reached.append((part, hit, 1))
            elif found.complete or constant(node) == 0:
                part.never = True
                part.by.append(number)
        if found.complete:
            for (part, node), (value, at) in zip(numbers, found.maxima, strict=False):
                if part.above is None or value < part.above:
                    part.above = value
                    part.by = [number]
                if constant(node) is None and value == part.above:
                    reached.append((part, at, value))
            signs = self._counters.moving.intersection(spanned)
            highs = zip((cell for cell, _ in tops), (value for value, _ in found.maxima[len(numbers) :]), strict=True)
            self._facts.learn(((c, value) for c, value in highs if c not in signs or value <= 0), self._rests[number])
            if kept and found.states <= LOOKED_AT:
                self._facts.look(found, kept, self._rests[number])
        for part, at, value in reached:  # last, as it may be interrupted
            with self._deadline.cut():
                self._follow(made, found, part, at, value, cells)
        return None

    def _expected(self, cells: frozenset[int]) -> int:
        """How many states a slice has at least, but for those of which it has become known that they are none."""
        return max((states for less, (states, _) in self._whole.items() if less <= cells), default=0)

    def _by_case(
        self,
        made: Slice,
        derived: Derived | None,
        found: Exploration,
        watches: Sequence[tuple[_Part, Expression]],
        hits: dict[int, int | None],
        cells: frozenset[int],
        limits: Limits,
    ) -> list[tuple[_Part, Expression]]:
        """The watches, those by cases that are not so reached where they were; these are asked of all states once more.

        What is reached by no case in the state in which it was reached may be reached nowhere.
        """
        cases, values = Cases(made.weakening), Values(made.system)
        kept = [cell for cell in made.system.cells if cell.index not in made.hidden]
        finer: list[tuple[_Part, Expression]] = []
        known: dict[int, tuple[State, dict[int, int], dict[int, Expression]]] = {}
        for part, node in watches:
            hit = hits.get(id(part)) if constant(node) is None else (0 if constant(node) else None)
            if hit is None:
                continue
            if hit not in known:
                state = found.state(hit)
                known[hit] = state, {cell.index: state[cell.index] for cell in kept}, {}
            state, values_of_kept, memo = known[hit]
            own = self._read(derived, part)
            here = simplify(own, values_of_kept, memo)
            if not any(values.of(case, state) for case in cases.each(here, FEW_CASES)):
                finer.append((part, cases.may(own, MOST_CASES if cells <= self._counters.ages else FEW_CASES)))
        asked = [(part, node) for part, node in finer if constant(node) is None]
        if asked:
            none = self._nowhere(made, found, [node for _, node in asked], limits)
            if none is not None:
                hits |= {id(part): None if at in none else hits.get(id(part), 0) for at, (part, _) in enumerate(asked)}
                asked = []
        if asked:  # there is no more to be spent: the slice is explored anew when there is
            self._whole.pop(cells, None)
            finer = [(part, node) for part, node in finer if constant(node) is not None]
        by = {id(part): node for part, node in finer}
        return [(part, by.get(id(part), node)) for part, node in watches]

    def _nowhere(
        self, made: Slice, found: Exploration, nodes: Sequence[Expression], limits: Limits
    ) -> frozenset[int] | None:
        """Which of some conditions, by position, hold in no state of a slice; None where no more may be spent.

        They are evaluated on the states that were found, or where these are many, the slice is explored once more.
        """
        if found.states <= EVALUATED:
            columns = Columns(found)
            try:
                with self._deadline.cut():
                    return frozenset(at for at, node in enumerate(nodes) if not columns.mask(node).any())
            except MemoryError:
                pass  # a search keeps to the memory that there is
        left = min(limits.states or self._budget, self._budget - self._spent)
        if left <= 0:
            return None
        again = engine_named(found.engine).explore(made.system, Query(tuple(nodes)), replace(limits, states=left))
        self._spent += again.states
        self._seconds += again.seconds
        return frozenset(at for at, hit in enumerate(again.hits) if hit is None) if again.complete else None

    def _made(self, cells: frozenset[int]) -> tuple[Slice, Derived | None]:
        """The slice of what is known of the system, with the accounts of which it keeps the signs."""
        narrowed, count = self._facts.narrowed.system, len(self._system.cells)
        hidden, spanned = self._hidden | (self._counters.all - cells), [~cell for cell in cells if cell < 0]
        signs = self._counters.moving
        numbers = sorted(cell - count for cell in spanned if cell >= count)
        if not numbers:
            return sliced(narrowed, hidden, spanned, signs, self._facts.ends()), None
        accounts = [self._counters.accounts[number] for number in numbers]
        derived = Derived(narrowed, accounts, pivots_of(accounts, hidden))
        own = {count + number: count + at for at, number in enumerate(numbers)}
        spanned = [own.get(cell, cell) for cell in spanned]
        return sliced(derived.system, hidden | set(own.values()), spanned, signs, self._facts.ends()), derived

    def _weakened(self, made: Slice, derived: Derived | None, part: _Part) -> Expression:
        weakening, node = made.weakening, self._read(derived, part)
        return weakening.may(node) if node.kind == BOOLEAN else weakening.greatest(node)

    def _read(self, derived: Derived | None, part: _Part) -> Expression:
        """What is asked, of the narrowed system with its accounts."""
        node = self._facts.narrowed.of(part.node)
        return node if derived is None else derived.of(node)

    def _searched(self, cells: frozenset[int], found: Exploration) -> Searched:
        count = len(self._system.cells)
        spanned = {~cell for cell in cells if -count <= cell < 0}
        kept = sorted({cell for cell in cells if cell >= 0} | spanned)
        names = tuple(self._system.cells[cell].name for cell in kept)
        return Searched(names, found.states, found.complete, found.seconds, len(spanned))

    def _follow(
        self, made: Slice, found: Exploration, part: _Part, hit: int, value: int, cells: frozenset[int]
    ) -> None:
        """Follow the path to what a slice reaches; where it fails, the counters by which it does are kept next."""
        if not part.replays or part.closed or part.seen >= REPLAYS or self._learning:
            return  # a slice that only tells how much counters are at most has hardly a path of the system
        path = [found.state(number) for number in found.ancestry(hit)]
        measure = part.node.kind != BOOLEAN
        most = min(REPLAY, max(0, self._budget - self._spent))
        replayed = self._replayer.follow(made, path, part.node, value, most, measure=measure)
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
                part.candidates.append(Candidate(CONES, more))

    def _further(self, cells: frozenset[int], more: frozenset[int]) -> None:
        """Those that asked for a slice that cannot be made ask for a larger one."""
        for part in self._open():
            asked = any(each.tier >= CONES and self._facts.varying(each.cells) == cells for each in part.candidates)
            if asked and not part.wants(cells | more):
                part.candidates.append(Candidate(CONES, cells | more))

    # -- answers -----------------------------------------------------------------------------------------------------
    def _by(self, parts: Iterable[_Part]) -> tuple[int, ...]:
        """The slices that showed some parts, with those on which these rest."""
        return tuple(sorted({rest for part in parts for number in part.by for rest in self._rests[number]}))

    def _answers(self, stopped: str | None, budget: int) -> Proof:
        watches = []
        for parts in self._watches:
            if parts is None:
                watches.append(Answer())
                continue
            path = next((part.path for part in parts if part.path is not None), None)
            never = all(part.never for part in parts)
            watches.append(Answer(never, path, by=self._by(parts) if never else ()))
        maxima = [Answer(path=p.path, above=p.above, below=p.below, by=self._by([p])) for p in self._maxima]
        kept = all(part.never for part in self._leaving)
        return Proof(
            tuple(watches),
            tuple(maxima),
            Answer(kept, by=self._by(self._leaving)),
            tuple(self._slices),
            self._spent,
            self._replayed,
            self._rounds,
            self._seconds,
            stopped,
            tuple(self._system.cells[cell].name for cell in sorted(self._counters.all)),
            stopped == budget_limit(budget),
            tuple(part.never for part in self._besides),
        )


def stages(budget: int) -> Iterator[int]:
    """What may be spent by the end of each stage, the budget last."""
    stage = STAGE
    while stage < budget:
        yield stage
        stage *= STAGES
    yield budget


def budget_limit(states: int) -> str:
    """Why no more was done, if it was the number of states."""
    return f"the budget of {states:,} states"


def _most(number: int) -> int:
    """How many states a slice may have in a round."""
    known = ROUNDS[min(number, len(ROUNDS)) - 1]
    return int(known * GROWTH ** max(0, number - len(ROUNDS)))


def engine_of(name: str, states: int | None, expected: int = 0) -> Engine:
    """The engine of a name; for few states none for which code is compiled, and for many `expected` none for few."""
    small = name == "auto" and states is not None and states <= SMALL_STATES
    return AutoEngine(expected) if name == "auto" and not small else engine_named("python" if small else name)


__all__ = ["BUDGET", "Answer", "Conjunct", "Proof", "Prover", "Searched", "engine_of", "leaving", "stages"]
