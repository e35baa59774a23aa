"""Random walks through a system that is too large to exhaust: how they are taken, and what was seen on them.

Walk w of a seed begins at the initial state (at any one of several, each with the same probability) and takes, at each
step, one of the steps that are possible there (event and
alternative), each with the same probability. It ends in a deadlock, where every step would leave a domain, or after a
given number of steps. The choices are those of `kernels.splitmix`, so walks are the same on every engine and machine, and
any walk can be taken again. `_plain` is the definition, in plain Python; `walk_kernels` takes eight walks at once.

Walks decide nothing but what they show. With n independent walks of which none shows something, the probability that a
walk shows it is, with 95 % confidence, at most 1 - 0.05 ** (1 / n), about 3 / n (Hanley and Lippman-Hand, If nothing goes
wrong, is everything all right?, JAMA, 1983). That is a statement on walks that choose like this, not on the system in
operation.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from drcheck.engines.protocol import Query
from drcheck.engines.python import predicate, successors_of
from drcheck.errors import EngineError
from drcheck.kernels.splitmix import key_of, rank_of, root_of, word_of
from drcheck.system.system import State, System

ENGINES = ("auto", "python", "native")
SMALL_STEPS = 20_000
"""Up to this many steps in all, plain Python has taken them sooner than machine code is made."""
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Sighting:
    """What some walks had: how many (`walks`), the fewest steps after which one did, and the first walk that did so."""

    walks: int
    step: int
    walk: int


@dataclass(frozen=True)
class Attained:
    """The greatest value that was seen, the fewest steps after which a walk attained it, and the first walk that did."""

    value: int
    step: int
    walk: int


@dataclass(frozen=True)
class WayOut:
    """Walks from whose states a step would leave a domain; event, alternative and cell are those of the sighting."""

    seen: Sighting
    event: int
    alternative: int
    cell: int


@dataclass(frozen=True)
class Simulation:
    """What was seen on random walks. Nothing that it does not show is excluded.

    `length`: the most steps of a walk. `walks`: those that ended; `cut_short`: those that were under way when
    the time was over (what they showed counts). `steps`: all steps taken, `fired[e]`: those of event e. `deadlocked`:
    walks that ended without a step; `left`: walks that ended where every step leaves a domain. `hits[i]`: walks with a
    state that satisfies watch i, or None; `ends[i]`: walks that ended in a deadlock that satisfies it. `maxima[i]`: the
    greatest value of maximum i. `deadlock`, `escape`: what was seen of these.
    """

    system: System
    engine: str
    seed: int
    length: int
    walks: int
    cut_short: int
    steps: int
    deadlocked: int
    left: int
    fired: tuple[int, ...]
    hits: tuple[Sighting | None, ...]
    ends: tuple[Sighting | None, ...]
    maxima: tuple[Attained, ...]
    deadlock: Sighting | None
    escape: WayOut | None
    seconds: float

    def at_most(self) -> float | None:
        """The greatest probability of a walk with something that no walk showed, with 95 % confidence; None: no walks."""
        return 1 - (1 - CONFIDENCE) ** (1 / self.walks) if self.walks else None


def simulate(
    system: System,
    query: Query,
    walks: int,
    steps: int,
    seed: int,
    seconds: float | None = None,
    *,
    engine: str = "auto",
    threads: int | None = None,
) -> Simulation:
    """Take `walks` random walks of at most `steps` steps each, or fewer walks where the seconds are over.

    The seconds begin now: making the code of the model is part of them.

    Without a limit of time, the answer depends on the seed only, not on the engine, the threads or the machine. Raises
    EngineError DR501 for an engine that does not exist or cannot run here, or DR503 for numbers that cannot be used.
    """
    for name, number, low, high in (
        ("walks", walks, 1, 1 << 40),
        ("steps", steps, 1, 1 << 40),
        ("seed", seed, 0, 1 << 64),
    ):
        if not low <= number < high:
            raise EngineError(
                "DR503", f"{name} {number} cannot be used", remedy=f"give a number from {low} to {high - 1}"
            )
    if engine not in ENGINES:
        raise EngineError("DR501", f"no engine {engine!r} takes random walks", available=ENGINES, asked=engine)
    plan = _Plan(system, query, walks, steps, seed, seconds)
    if engine == "native" or (engine == "auto" and walks * steps > SMALL_STEPS and _can_compile()):
        return _compiled(plan, threads)
    return _plain(plan)


@dataclass(frozen=True)
class _Plan:
    """What is requested."""

    system: System
    query: Query
    walks: int
    length: int
    seed: int
    seconds: float | None
    begun: float = field(default_factory=time.perf_counter)

    def deadline(self) -> float | None:
        """When the time is over."""
        return None if self.seconds is None else self.begun + self.seconds


def _can_compile() -> bool:
    from drcheck.kernels.jit import available

    return available()


# -- in plain Python ---------------------------------------------------------------------------------------------------
class _Notes:
    """Sightings under construction."""

    def __init__(self) -> None:
        self.seen: dict[object, Sighting] = {}

    def sight(self, what: object, step: int, walk: int) -> bool:
        """Note that a walk had something; whether none had it sooner."""
        known = self.seen.get(what)
        if known is None or (step, walk) < (known.step, known.walk):
            self.seen[what] = Sighting(known.walks + 1 if known else 1, step, walk)
            return True
        self.seen[what] = Sighting(known.walks + 1, known.step, known.walk)
        return False


def _plain(plan: _Plan) -> Simulation:
    """The definition of a simulation: one walk after the other."""
    start, system, query = plan.begun, plan.system, plan.query
    successors = successors_of(system)
    watches = [predicate(w, f"watch {i} of {system.name}") for i, w in enumerate(query.watches)]
    measures = [predicate(m, f"maximum {i} of {system.name}") for i, m in enumerate(query.maxima)]
    notes, way_out = _Notes(), (0, 0, 0)
    best: list[Attained | None] = [None] * len(measures)
    fired = [0] * len(system.events)
    finished = cut_short = deadlocked = left = 0
    deadline = plan.deadline()
    for walk in range(plan.walks):
        key = key_of(plan.seed, walk)
        state = system.initial_states[root_of(key, system.initials)]
        had: set[object] = set()
        for step in count():
            for i, holds in enumerate(watches):
                if i not in had and holds(state):
                    had.add(i)
                    notes.sight(i, step, walk)
            for i, measure in enumerate(measures):
                value, known = int(measure(state)), best[i]
                if known is None or (-value, step, walk) < (-known.value, known.step, known.walk):
                    best[i] = Attained(value, step, walk)
            found = successors(state)
            ways = [f for f in found if f[2] is not None]
            if len(ways) < len(found) and "escape" not in had:
                had.add("escape")
                if notes.sight("escape", step, walk):
                    way_out = next((f[0], f[1], f[3]) for f in found if f[2] is None)
            if not found:
                deadlocked += 1
                notes.sight("deadlock", step, walk)
                for i, holds in enumerate(watches):
                    if holds(state):
                        notes.sight(("end", i), step, walk)
            elif not ways:
                left += 1
            if not ways or step == plan.length:
                finished += 1
                break
            if step % 64 == 63 and deadline is not None and time.perf_counter() >= deadline:
                cut_short = 1
                break
            event, _, state, _ = ways[rank_of(word_of(key, step), len(ways))]
            fired[event] += 1
        if cut_short or (deadline is not None and time.perf_counter() >= deadline):
            break
    seen = notes.seen
    return Simulation(
        system=system,
        engine="python",
        seed=plan.seed,
        length=plan.length,
        walks=finished,
        cut_short=cut_short,
        steps=sum(fired),
        deadlocked=deadlocked,
        left=left,
        fired=tuple(fired),
        hits=tuple(seen.get(i) for i in range(len(watches))),
        ends=tuple(seen.get(("end", i)) for i in range(len(watches))),
        maxima=tuple(b for b in best if b is not None),
        deadlock=seen.get("deadlock"),
        escape=WayOut(seen["escape"], *way_out) if "escape" in seen else None,
        seconds=time.perf_counter() - start,
    )


# -- as machine code ---------------------------------------------------------------------------------------------------
def _compiled(plan: _Plan, threads: int | None) -> Simulation:
    """The same with machine code, on several threads."""
    from drcheck.sampling import walk_kernels as at
    from drcheck.sampling.walker import Walks, take_walks

    start, system, query = plan.begun, plan.system, plan.query
    made = Walks(system, query, plan.length, plan.seed, plan.walks * plan.length)
    workers = take_walks(made, plan.walks, plan.deadline(), threads)

    def together(position: int) -> Sighting | None:
        found = [w.sighting(position) for w in workers]
        total = sum(n for n, _, _ in found)
        return Sighting(total, *min((step, walk) for _, step, walk in found)) if total else None

    def watched(first: int) -> tuple[Sighting | None, ...]:
        return tuple(together(at.WATCHES + at.SIGHTING * (first + i)) for i in range(len(query.watches)))

    maxima = []
    for i in range(len(query.maxima)):
        value, step, walk = min((-v, s, w) for v, s, w in (worker.greatest_of(i) for worker in workers))
        maxima.append(Attained(-value, step, walk))
    escape = together(at.ESCAPE)
    way_out = None
    if escape is not None:
        first = min(workers, key=lambda w: w.sighting(at.ESCAPE)[1:])
        event, alternative, cell = (int(x) for x in first.sightings[at.ESCAPE_STEP :][:3])
        way_out = WayOut(escape, event, alternative, cell)
    fired = np.zeros(len(system.events) + 1, np.uint64)
    np.add.at(fired, made.ways.event, sum(w.fired for w in workers))
    return Simulation(
        system=system,
        engine="native",
        seed=plan.seed,
        length=plan.length,
        walks=sum(int(w.control[at.FINISHED]) for w in workers),
        cut_short=sum(w.under_way for w in workers),
        steps=int(fired.sum()),
        deadlocked=sum(int(w.control[at.DEADLOCKED]) for w in workers),
        left=sum(int(w.control[at.LEFT]) for w in workers),
        fired=tuple(int(f) for f in fired[: len(system.events)]),
        hits=watched(0),
        ends=watched(64 * made.groups),
        maxima=tuple(maxima),
        deadlock=together(at.DEADLOCK),
        escape=way_out,
        seconds=time.perf_counter() - start,
    )


# -- what a walk went through -------------------------------------------------------------------------------------------
def way_through(system: System, seed: int, walk: int, steps: int) -> list[State]:
    """A shortest way from the walk's initial state to the last of those of a walk, through states of the walk only.

    A walk goes round in circles; what it shows in the end can be shown without them.
    """
    states, targets = followed(system, seed, walk, steps)
    goal, known = states[-1], set(states)
    parents: dict[State, State | None] = {states[0]: None}
    waiting = deque([states[0]])
    while goal not in parents:
        state = waiting.popleft()
        for target in targets[state]:
            if target in known and target not in parents:
                parents[target] = state
                waiting.append(target)
    way: list[State] = []
    at: State | None = goal
    while at is not None:
        way.append(at)
        at = parents[at]
    return way[::-1]


def followed(system: System, seed: int, walk: int, steps: int) -> tuple[list[State], dict[State, Sequence[State]]]:
    """The states of a walk up to that after this many steps, and the targets of all steps from each but the last.

    The walk is taken again.
    """
    successors: Callable[[State], Sequence[tuple[int, int, State | None, int | None]]]
    successors = successors_of(system)
    key = key_of(seed, walk)
    states = [system.initial_states[root_of(key, system.initials)]]
    targets: dict[State, Sequence[State]] = {}
    for step in range(steps):
        state = states[-1]
        if state not in targets:
            targets[state] = [target for _, _, target, _ in successors(state) if target is not None]
        ways = targets[state]
        states.append(ways[rank_of(word_of(key, step), len(ways))])
    return states, targets
