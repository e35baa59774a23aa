"""How some properties of one system are decided: by slices, by one search, or by both in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from drcheck.abstraction.proving import BUDGET, STAGES
from drcheck.engines.choose import engine_named
from drcheck.engines.plain_search import unsearched
from drcheck.engines.protocol import INTERRUPT, Limits, Listener, Query, states_limit
from drcheck.errors import EngineError
from drcheck.kernels.deadline import Deadline, OutOfTimeError
from drcheck.logic.kinds import Property, on_domains
from drcheck.saturation.doubts import Doubts
from drcheck.system.system import System
from drcheck.verdicts.coverage import GuardQuestions
from drcheck.verdicts.idle_rows import RowQuestions
from drcheck.verdicts.judge import Judge
from drcheck.verdicts.needs import fewest
from drcheck.verdicts.phases import Phases
from drcheck.verdicts.plan import Planner, reduced
from drcheck.verdicts.sliced import AUTO, BEGIN, SEARCH, Sliced, Slicing, bounded, by_slices, one_of, while_inside
from drcheck.verdicts.verdict import Run, Verdict


@dataclass(frozen=True)
class Options:
    """What holds for the whole of a search and its verdicts; see `check`. `phases` measures where its time goes."""

    engine: str = "auto"
    limits: Limits = Limits()
    listener: Listener | None = None
    given: Mapping[str, Any] | None = None
    reductions: frozenset[str] = frozenset()
    coverage: bool = False
    by: str = SEARCH
    phases: Phases = field(default_factory=Phases)


def _in_turn(system: System, wanted: Sequence[Property], options: Options) -> Judges:
    """What decides some properties, found automatically: a search of N states, then slices and searches in turn.

    In turn k = 0, 1, ... slices may have S(k) = 3/2 * 3^k * N states in all, where they go on, and then a search, which begins
    anew, T(k + 1) = 3^(k + 1) * N; T(0) = N is the first search. In all that is at most N plus four times the states of the
    smaller of both ways, the look that slices take at the first states of the system aside:

    - If a whole search has F states, and one of T(k) ends it, k > 0, then T(k - 1) < F. The searches before it had less than
      T(k - 1) * 3/2 and slices at most S(k - 1) = T(k - 1) * 3/2, so all together less than F + 3 F.
    - If slices have S states until they decide everything, and do so in turn k > 0, then S(k - 1) < S. The searches until then
      had less than T(k) * 3/2 = T(k - 1) * 9/2 = S(k - 1) * 3, so all together less than S + 3 S. In turn 0 they had N.

    No other growth and no other ratio of both keeps four: with growth r and ratio c the first sum is 1 + r / (r - 1) + c times F,
    the second 1 + r^2 / (c (r - 1)) times S. S is what slices have by themselves, as these have the same stages
    (`proving.stages`).
    """
    slicing: Slicing | None = None
    sliced: Sliced | None = None
    limits, most, left = options.limits, BEGIN, list(range(len(wanted)))
    while True:
        last = limits.states is not None and limits.states <= most
        now = limits if last else replace(limits, states=most)
        rest = [wanted[n] for n in left]
        judge = searched(system, rest, replace(options, limits=now, coverage=False))
        if last or judge.found.stopped != states_limit(most):
            return Judges(sliced, judge, left)
        if slicing is None:
            slicing = Slicing(system, wanted, engine=options.engine, limits=limits, given=options.given)
            slicing.look()
        sliced = slicing.decide(most * 3 // 2)
        if sliced.proof.stopped == INTERRUPT:
            return Judges(sliced, judge.interrupted(), left)
        del judge  # its memory is for the next search
        left = [n for n in range(len(wanted)) if n not in sliced.verdicts]
        if not left and sliced.domains is not None:
            return Judges(sliced, None, ())
        most = STAGES * most if sliced.proof.spent else 1 << 62  # where slices can do no more, a search does the rest


@dataclass
class Judges:
    """Verdicts by slices, and the judge of what these left to a search of the system; None if that is nothing."""

    sliced: Sliced | None
    judge: Judge | None
    positions: Sequence[int]

    def stopped(self, why: str, deadline: Deadline) -> Judges:
        """The same, of a search that stopped for another reason."""
        return replace(self, judge=self.judge and self.judge.stopped(why, deadline))

    def interrupted(self) -> Judges:
        """The same, of a search that was not begun as the run was interrupted before."""
        return replace(self, judge=self.judge and self.judge.interrupted())

    def verdicts(self) -> list[Verdict]:
        """All verdicts, that on the domains first."""
        sliced = self.sliced
        if self.judge is None:
            assert sliced is not None
            assert sliced.domains is not None
            return [sliced.domains, *(sliced.verdicts[n] for n in sorted(sliced.verdicts))]
        own, *others = self.judge.verdicts()
        if sliced is None:
            return [own, *others]
        own = one_of(own, sliced.domains)
        found = dict(zip(self.positions, others, strict=True))
        found = {n: bounded(v, sliced.above[n]) if n in sliced.above else v for n, v in found.items()}
        found = {n: while_inside(v, sliced.inside[n]) if n in sliced.inside else v for n, v in found.items()}
        found |= sliced.verdicts
        return [own, *(found[n] for n in sorted(found))]


def judged(system: System, wanted: Sequence[Property], options: Options) -> Judges:
    """What decides some properties: slices, if they are asked for, and a search for what they leave.

    Raises EngineError DR510.
    """
    if options.by == AUTO:
        return _in_turn(system, wanted, options)
    sliced = None
    if options.by != SEARCH:
        sliced = by_slices(system, wanted, engine=options.engine, limits=options.limits, given=options.given)
    left = [n for n in range(len(wanted)) if sliced is None or n not in sliced.verdicts]
    if sliced is not None and not left and sliced.domains is not None:
        return Judges(sliced, None, ())
    limits, rest = options.limits, [wanted[n] for n in left]
    if sliced is None:
        return Judges(None, searched(system, rest, options), left)
    if sliced.proof.stopped == INTERRUPT:
        judge = searched(system, rest, replace(options, limits=replace(limits, states=0)))
        return Judges(sliced, judge.interrupted(), left)
    deadline = limits.deadline or Deadline()
    if deadline.passed:  # what was proved so far is reported, which needs a search of nothing for the rest
        late = replace(limits, states=0, deadline=Deadline())
        judge = searched(system, rest, replace(options, limits=late, engine="python"))
        return Judges(sliced, judge.stopped(deadline.reason, deadline.with_grace()), left)
    # A search that slices were asked for instead of is not without end.
    judge = searched(system, rest, replace(options, limits=replace(limits, states=limits.states or BUDGET)))
    return Judges(sliced, judge, left)


def searched(system: System, wanted: Sequence[Property], options: Options) -> Judge:
    """The search for some properties, for their verdicts to be made. Raises EngineError DR510."""
    limits, phases = options.limits, options.phases
    reductions, coverage = options.reductions, options.coverage
    if coverage and reductions:
        raise EngineError(
            "DR505",
            "a search with reductions does not see every state, so it cannot give the coverage of guards",
            remedy="leave out the reductions, or the coverage",
        )
    if coverage and limits.first:
        raise EngineError(
            "DR511",
            "a search that ends when everything is decided cannot give the coverage of guards",
            remedy="leave out --first, or --coverage",
        )
    deadline = limits.deadline or Deadline()
    with phases.measured("composing"), deadline.during(f"the search of {system.name} was prepared"):
        planner = Planner(system)
        plans = planner.plans(wanted)
        enough = planner.enough(plans) if limits.first else None
        doubts = Doubts(system, planner.watches)
        plans.append(planner.plan(on_domains()))
        for plan in plans:
            plan.doubt = planner.doubt(doubts, plan)
            plan.fewest = fewest(planner, plan)
        asked = GuardQuestions(system, len(planner.watches)) if coverage else None
    needed = not wanted or any(item.needs_search for item in wanted)
    if not needed:
        limits = Limits(states=0)  # facts about the composition need no search
    watches = (*planner.watches, *(asked.watches if asked is not None else ()))
    with phases.measured("composing"), deadline.during(f"the search of {system.name} was prepared"):
        rows = RowQuestions(system, len(watches)) if limits.states != 0 and not reductions else None
    watches += tuple(rows.watches) if rows is not None else ()
    query = Query(watches, tuple(planner.maxima), any(p.asked.graph for p in plans), enough)
    less = None
    try:
        with phases.measured("reducing"), deadline.cut() if reductions else nullcontext():
            less = reduced(system, plans, query, reductions, options.engine)
        explored = system if less is None else less.system
        with phases.measured("searching"):
            exploration = engine_named(options.engine).explore(explored, query, limits, options.listener)
    except OutOfTimeError:  # reductions took too long
        exploration = unsearched(system, query, options.engine, 0.0, deadline.reason)
    guards = tuple(asked.answer(exploration.hits)) if asked is not None else ()
    run = Run(
        system, exploration, dict(options.given or {}), less, exploration.interrupted, guards, phases, needed=needed
    )
    run = run if rows is None else replace(run, rows=rows.answer(exploration.hits, run.fires))
    return Judge(run, [plans[-1], *plans[:-1]], deadline.with_grace(), limits.budget.with_grace(), doubts)
