"""From a design and its properties to what was seen of them in a part of the states.

Where a system is too large to exhaust, random walks (`sampling.walks`) show some of its states, and searches with a
table of bits (`sampling.bitstate`) most of them. What they show is certain: a state that violates a property violates it,
and its trace is replayed on the oracle before anyone sees it. What they do not show is NOT SEEN, never more: nothing here
says that a property holds.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, TypeVar

from drcheck.designs.design import Design
from drcheck.designs.preparing import variants_of
from drcheck.designs.selection import grouped
from drcheck.engines.protocol import Query
from drcheck.language.expressions import BOOLEAN, Operation
from drcheck.language.units import excess, measured
from drcheck.logic.kinds import DOMAINS, Domains, Property, on_domains
from drcheck.logic.properties import Statement
from drcheck.sampling.bitstate import BitSearch, swarm
from drcheck.sampling.walks import Attained, Sighting, Simulation, simulate, way_through
from drcheck.saturation.doubts import Doubt, Doubts
from drcheck.saturation.rulings import attained, by_trace
from drcheck.system.lowering import lower
from drcheck.system.system import State, System
from drcheck.system.trace import Trace, along
from drcheck.verdicts.plan import Plan, Planner


class Shown(enum.Enum):
    """What the states that were examined show of a property. There is no HOLDS: not all were examined.

    SEEN: a witness of a `reachable`, or the value that a `worst_case` without a bound has at least.
    """

    VIOLATED = "VIOLATED"
    SEEN = "SEEN"
    NOT_SEEN = "NOT SEEN"
    NOT_LOOKED_AT = "NOT LOOKED AT"


@dataclass(frozen=True)
class Observation:
    """What was seen of one property. `value`: the greatest value of a worst case that was seen."""

    property: Property
    shown: Shown
    reason: str
    value: int | None = None
    trace: Trace | None = None
    given: Mapping[str, Any] = field(default_factory=dict)


W = TypeVar("W")


class Evidence(Protocol[W]):
    """What the looking at some states answers; a W says where something was seen."""

    system: System

    def watched(self, watch: int) -> W | None:
        """Where watch `watch` was satisfied."""

    def deadlock(self, watch: int | None) -> W | None:
        """A state without a step (that satisfies a watch)."""

    def escape(self) -> tuple[W, int, int] | None:
        """A state with a step out of a domain; the event and the cell."""

    def maximum(self, which: int) -> tuple[int, W]:
        """The greatest value of a maximum that was seen."""

    def path(self, where: W) -> list[State]:
        """The states of a path from the initial state."""

    def text(self, where: W) -> str:
        """How often and where it was seen, in words."""

    def unseen(self) -> str:
        """Where nothing was seen, in words."""


class SeenOnWalks(Evidence[Sighting | Attained]):
    """What random walks answer."""

    def __init__(self, found: Simulation) -> None:
        self.found, self.system = found, found.system

    def watched(self, watch: int) -> Sighting | None:
        """The walks with a state that satisfies it."""
        return self.found.hits[watch]

    def deadlock(self, watch: int | None) -> Sighting | None:
        """The walks that ended without a step."""
        return self.found.deadlock if watch is None else self.found.ends[watch]

    def escape(self) -> tuple[Sighting, int, int] | None:
        """The walks with a step out of a domain."""
        way_out = self.found.escape
        return None if way_out is None else (way_out.seen, way_out.event, way_out.cell)

    def maximum(self, which: int) -> tuple[int, Attained]:
        """The greatest value on any walk."""
        best = self.found.maxima[which]
        return best.value, best

    def path(self, where: Sighting | Attained) -> list[State]:
        """The walk taken again, without its detours."""
        return way_through(self.system, self.found.seed, where.walk, where.step)

    def text(self, where: Sighting | Attained) -> str:
        """On how many walks."""
        return f"on {where.walks:,} of {self.all_walks:,} walks" if isinstance(where, Sighting) else "on a walk"

    def unseen(self) -> str:
        """On how many walks not."""
        return f"on none of {self.all_walks:,} walks"

    @property
    def all_walks(self) -> int:
        """Walks that were started: those cut short showed what they showed."""
        return self.found.walks + self.found.cut_short


Found: TypeAlias = tuple[BitSearch, int]
"""A state of a search by its number."""


class SeenInTables(Evidence[Found]):
    """What searches with a table of bits answer."""

    def __init__(self, searches: Sequence[BitSearch]) -> None:
        self.searches, self.system = searches, searches[0].system

    def watched(self, watch: int) -> Found | None:
        """The first state of the first search that found one."""
        return self._first(lambda search: search.hits[watch])

    def deadlock(self, watch: int | None) -> Found | None:
        """The first state without a step of the first search that found one."""
        return self._first(lambda search: search.deadlock if watch is None else search.ends[watch])

    def escape(self) -> tuple[Found, int, int] | None:
        """The first step out of a domain of the first search that found one."""
        for search in self.searches:
            if search.escape is not None:
                return (search, search.escape.state), search.escape.event, search.escape.cell
        return None

    def maximum(self, which: int) -> tuple[int, Found]:
        """The greatest value in any search."""
        best = max(self.searches, key=lambda search: search.maxima[which][0])
        return best.maxima[which][0], (best, best.maxima[which][1])

    def path(self, where: Found) -> list[State]:
        """The path by which a search found a state."""
        return where[0].path(where[1])

    def text(self, where: Found) -> str:
        """In which of the searches."""
        number, count = self.searches.index(where[0]) + 1, len(self.searches)
        return "in the search" if count == 1 else f"in search {number} of {count}"

    def unseen(self) -> str:
        """In how many states not."""
        states = max(search.expanded for search in self.searches)
        count = len(self.searches)
        return (
            f"in none of {states:,} states" if count == 1 else f"in none of {count} searches of up to {states:,} states"
        )

    def _first(self, number_in: Callable[[BitSearch], int | None]) -> Found | None:
        for search in self.searches:
            number = number_in(search)
            if number is not None:
                return search, number
        return None


def observe(evidence: Evidence[W], plans: Sequence[Plan], given: Mapping[str, Any]) -> list[Observation]:
    """What was seen of each property, after what was seen of domains. `plans` as `plan` makes them."""
    certain = _Certain(evidence.system)

    def path(where: W) -> Trace:
        return along(evidence.system, evidence.path(where))

    def state_property(plan: Plan) -> Observation:
        assert plan.asked.watch is not None
        where, wanted = evidence.watched(plan.asked.watch), plan.property.witness
        if where is not None:
            shown = Shown.SEEN if wanted else Shown.VIOLATED
            return Observation(plan.property, shown, evidence.text(where), None, path(where), given)
        reason = evidence.unseen()
        if plan.asked.trigger is not None and evidence.watched(plan.asked.trigger) is None:
            reason += f"; nor was its trigger: {plan.property.trigger}"
        return Observation(plan.property, Shown.NOT_SEEN, reason, given=given)

    def worst_case(plan: Plan) -> Observation:
        assert plan.asked.maximum is not None
        item = plan.property
        value, where = evidence.maximum(plan.asked.maximum)
        trace = path(where)
        attained = certain.attained(plan, trace, value)
        if attained is None:
            return Observation(item, Shown.NOT_SEEN, certain.why_not(plan, trace), given=given)
        value = attained
        measure, tick = item.measure, evidence.system.tick
        assert measure is not None
        shown, reason = Shown.SEEN, f"at least {measured(value, measure, tick)}"
        bound = plan.asked.bound
        if item.at_most is not None and bound is not None:
            if value > bound:
                shown, reason = Shown.VIOLATED, excess(value, measure, bound, item.at_most, tick)
            else:
                shown, reason = Shown.NOT_SEEN, f"{reason}; more than {item.at_most} {evidence.unseen()}"
        return Observation(item, shown, reason, value, trace, given)

    def decide(plan: Plan) -> Observation:
        item = plan.property
        if item.unseen:
            return Observation(item, Shown.NOT_LOOKED_AT, item.unseen, given=given)
        if plan.asked.maximum is not None:
            return worst_case(plan)
        if not plan.asked.deadlock:
            return state_property(plan)
        where = evidence.deadlock(plan.asked.watch)
        if where is None:
            return Observation(item, Shown.NOT_SEEN, evidence.unseen(), given=given)
        reason = f"a state without any step, {evidence.text(where)}"
        return Observation(item, Shown.VIOLATED, reason, None, path(where), given)

    def heeding_caps(plan: Plan) -> Observation:
        found = decide(plan)
        if found.trace is None or plan.asked.maximum is not None:
            return found
        why_not = certain.why_not(plan, found.trace)
        return Observation(found.property, Shown.NOT_SEEN, why_not, given=given) if why_not else found

    first = _domains(evidence, given)
    if first.trace is not None and (why_not := certain.why_not(None, first.trace)):
        first = Observation(first.property, Shown.NOT_SEEN, why_not, given=given)
    return [first, *map(heeding_caps, plans)]


class _Certain:
    """Whether a trace shows the same without caps (see `drcheck.saturation`)."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._doubts = Doubts(system, [])

    def _doubt(self, plan: Plan | None) -> Doubt | None:
        """The doubt about a property; without a plan that about values that leave their domains."""
        if plan is None:
            return self._doubts.about(Domains, ())
        item = plan.property
        return self._doubts.about(
            type(item),
            plan.read,
            lower(self._system, item.measure) if plan.asked.maximum is not None and item.measure is not None else None,
        )

    def why_not(self, plan: Plan | None, trace: Trace) -> str:
        """Why what a trace shows is not certain; nothing if it is."""
        shown = None if plan is None or not plan.read else plan.read[0]
        wanted = plan is None or plan.property.shows
        return by_trace(self._doubts, self._doubt(plan), trace, shown, wanted)

    def attained(self, plan: Plan, trace: Trace, value: int) -> int | None:
        """What a measure is at the end of a trace without caps; None if the trace is none there."""
        if self._doubt(plan) is None:
            return value
        assert plan.property.measure is not None
        return attained(self._doubts, trace, plan.property.measure)


def _domains(evidence: Evidence[W], given: Mapping[str, Any]) -> Observation:
    item = on_domains()
    found, system = evidence.escape(), evidence.system
    if found is None:
        return Observation(item, Shown.NOT_SEEN, evidence.unseen(), given=given)
    where, event, position = found
    cell = system.cells[position]
    what = f"{system.events[event].name} would take {cell.name} out of {cell.domain.low}..{cell.domain.high}"
    trace = along(system, evidence.path(where), escape=(event, position))
    return Observation(item, Shown.VIOLATED, f"{what}, {evidence.text(where)}", None, trace, given)


def plan(system: System, items: Sequence[Property]) -> tuple[list[Plan], Query]:
    """What to look for: as for a search, but a deadlock with an exception by a watch, as no graph is kept."""
    planner = Planner(system)
    plans = planner.plans(items)
    for each in plans:
        if each.asked.deadlock and each.asked.conditions:
            each.asked.watch = planner.watch(Operation("not", each.asked.conditions, BOOLEAN))
    return plans, Query(tuple(planner.watches), tuple(planner.maxima))


# -- whole designs ------------------------------------------------------------------------------------------------------
R = TypeVar("R")


@dataclass(frozen=True)
class SampledRun:
    """What was found for one set of parameters: a `Simulation`, or the `BitSearch`es of a swarm."""

    given: Mapping[str, Any]
    system: System
    found: Any


@dataclass(frozen=True)
class Sampled:
    """What was seen of the properties of a design, with what was found for each set of parameters."""

    design: Design
    observations: tuple[Observation, ...]
    runs: tuple[SampledRun, ...]
    skipped: tuple[tuple[Statement, str], ...]

    @property
    def violated(self) -> bool:
        """Whether some property was seen to be violated."""
        return any(o.shown is Shown.VIOLATED for o in self.observations)


def sample(
    design: Design,
    settings: Mapping[str, Any],
    names: Sequence[str],
    run: Callable[[System, Query, str], R],
    read: Callable[[R], Evidence[W]],
    begin: Callable[[int], None] | None = None,
) -> Sampled:
    """Look at some states of a design for each set of parameters that its properties are stated for.

    `run` searches, given the parameters as text; `read` reads answers off its findings; `begin` is given how many sets of
    parameters there are. Raises as `check_design` does.
    """
    stated = [name for name in names if name != DOMAINS]
    groups, skipped = grouped(design, settings, stated)
    if names and not stated:
        groups = {(): []}
    variants, left_out = variants_of(design, settings, groups, lambda system, item: plan(system, [item]) and None)
    skipped += left_out
    if begin is not None:
        begin(len(variants))
    observations: list[Observation] = []
    runs: list[SampledRun] = []
    for variant in variants:
        given, system = variant.given, variant.system
        plans, query = plan(system, variant.properties)
        found = run(system, query, ", ".join(f"{k}={v}" for k, v in given.items()))
        told = any(given == before.given for before in runs)
        runs.append(SampledRun(given, system, found))
        first, *others = observe(read(found), plans, given)
        observations += ([first] if len(runs) == 1 or (first.shown is Shown.VIOLATED and not told) else []) + others
    return Sampled(design, tuple(observations), tuple(runs), tuple(skipped))


def simulate_design(
    design: Design,
    settings: Mapping[str, Any],
    names: Sequence[str] = (),
    *,
    walks: int,
    steps: int,
    seed: int = 0,
    seconds: float | None = None,
    engine: str = "auto",
    listener: Callable[[str], None] | None = None,
) -> Sampled:
    """Random walks through a design, `walks` for each set of parameters; the runs are `Simulation`s.

    `seconds` is the time for all of it, from now on: composing and compiling are part of it, and sets of parameters share it.
    """
    end = None if seconds is None else time.perf_counter() + seconds
    left = [1]

    def begin(searches: int) -> None:
        left[0] = searches

    def run(system: System, query: Query, label: str) -> Simulation:
        if listener is not None:
            listener(label)
        share = None if end is None else max(0.0, end - time.perf_counter()) / left[0]
        left[0] -= 1
        return simulate(system, query, walks, steps, seed, share, engine=engine)

    return sample(design, settings, names, run, SeenOnWalks, begin)


def swarm_design(
    design: Design,
    settings: Mapping[str, Any],
    names: Sequence[str] = (),
    *,
    table: int,
    searches: int = 1,
    seed: int = 0,
    hashes: int = 3,
    depth: int | None = None,
    seconds: float | None = None,
    engine: str = "auto",
    listener: Callable[[str], None] | None = None,
) -> Sampled:
    """Searches of a design with a table of `table` bytes; the runs are lists of `BitSearch`es. See `sampling.bitstate`."""

    def run(system: System, query: Query, label: str) -> list[BitSearch]:
        def show_search(number: int) -> None:
            if listener is not None:
                listener(f"{label}{', ' if label else ''}search {number + 1} of {searches}")

        return swarm(
            system,
            query,
            table,
            searches,
            seed,
            hashes=hashes,
            depth=depth,
            seconds=seconds,
            engine=engine,
            listener=show_search,
        )

    return sample(design, settings, names, run, SeenInTables)
