"""Searches that keep a few bits instead of each state: their answers, and what they may have omitted.

A search with a table of m bits and k hash functions takes a new state for known with probability (1 - e**(-k * n / m))**k
once n states are entered (Bloom, Space/time trade-offs in hash coding with allowable errors, CACM, 1970; for model checking
Dillinger and Manolios, Bloom filters in probabilistic verification, FMCAD, 2004). What it reaches is reached; what it does
not reach may be. Several searches with other hash functions omit other states (a *swarm*: Holzmann, Joshi and Groce,
Swarm verification techniques, IEEE Transactions on Software Engineering, 2011).

`_plain` is the definition, in plain Python; `bitstate_kernels` does the same faster.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from drcheck.engines.layout import layout_of
from drcheck.engines.protocol import Escape, Query
from drcheck.engines.python import predicate, successors_of
from drcheck.errors import EngineError
from drcheck.kernels.splitmix import key_of, word_of
from drcheck.sampling.bitstate_kernels import stride_of
from drcheck.system.system import State, System

ENGINES = ("auto", "python", "native")
MOST_HASHES, MOST_SEARCHES = 30, 1_000


@dataclass(frozen=True)
class BitSearch:
    """What search `search` of a seed found. Nothing that it does not show is excluded.

    `places`: bits of the table, `hashes`: for each state, `set_bits`: those that are set at the end. `states`: reached,
    and entered; `expanded`: examined, with all their steps (`transitions`, by event `fired`); `depth`: of the last of them.
    `beyond`: states with steps that were not followed because of the bound on the depth. `stopped`: why it stopped
    before its end, or None. Numbers of states are in the order in which they were found: of the first that satisfies each
    watch (`hits`), that is a deadlock and satisfies it (`ends`), that has no step (`deadlock`), that has a step out of a
    domain (`escape`); `maxima`: the greatest value and the first state that attains it. `path(n)`: the states of a path
    from an initial state to state n.
    """

    system: System
    engine: str
    seed: int
    search: int
    places: int
    hashes: int
    set_bits: int
    states: int
    expanded: int
    transitions: int
    depth: int
    beyond: int
    stopped: str | None
    seconds: float
    fired: tuple[int, ...]
    hits: tuple[int | None, ...]
    ends: tuple[int | None, ...]
    maxima: tuple[tuple[int, int], ...]
    deadlocks: int
    deadlock: int | None
    escape: Escape | None
    path: Callable[[int], list[State]] = field(repr=False)

    def omission(self, entered: int | None = None) -> float:
        """The probability that a new state is mistaken for a known one once this many are entered (None: at the end)."""
        n = self.states if entered is None else entered
        return (1 - math.exp(-self.hashes * n / self.places)) ** self.hashes

    def omitted(self) -> float:
        """How many states that were met were probably taken for known, by expectation.

        Before the n-th state is entered, p / (1 - p) new ones are omitted by expectation where p is their probability. What
        lies behind an omitted state is not counted: it may not have been met at all.
        """
        entered = np.linspace(0, self.states, 1001)
        p = (1 - np.exp(-self.hashes * entered / self.places)) ** self.hashes
        p = np.minimum(p, 1 - 1e-15)
        return float(np.trapezoid(p / (1 - p), entered))


def bit_search(
    system: System,
    query: Query,
    table: int,
    seed: int = 0,
    *,
    search: int = 0,
    hashes: int = 3,
    depth: int | None = None,
    seconds: float | None = None,
    engine: str = "auto",
) -> BitSearch:
    """Search breadth first with a table of at most `table` bytes, of which the greatest power of two is used.

    The hash functions are those of search `search` of a seed. Raises EngineError DR501 for an engine that does not exist
    or cannot run here, or DR503 for numbers that cannot be used.
    """
    for name, number, low, high in (
        ("table", table, 8, 1 << 50),
        ("seed", seed, 0, 1 << 64),
        ("hashes", hashes, 1, MOST_HASHES + 1),
        ("depth", 1 if depth is None else depth, 1, 1 << 62),
    ):
        if not low <= number < high:
            raise EngineError(
                "DR503", f"{name} {number} cannot be used", remedy=f"give a number from {low} to {high - 1}"
            )
    if engine not in ENGINES:
        raise EngineError("DR501", f"no engine {engine!r} has a table of bits", available=ENGINES, asked=engine)
    plan = _Plan(system, query, (8 * table).bit_length() - 1, seed, search, hashes, depth, seconds)
    if engine == "native" or (engine == "auto" and _can_compile()):
        return _compiled(plan)
    return _plain(plan)


@dataclass(frozen=True)
class _Plan:
    """What is requested; the table has 2 ** `places_bits` bits."""

    system: System
    query: Query
    places_bits: int
    seed: int
    search: int
    hashes: int
    depth: int | None
    seconds: float | None

    @property
    def key(self) -> int:
        """What chooses the hash functions."""
        return key_of(self.seed, self.search)


def _can_compile() -> bool:
    from drcheck.kernels.jit import available

    return available()


# -- in plain Python ---------------------------------------------------------------------------------------------------
def _plain(plan: _Plan) -> BitSearch:
    """The definition of a search with a table of bits."""
    start, system, query = time.perf_counter(), plan.system, plan.query
    successors = successors_of(system)
    watches = [predicate(w, f"watch {i} of {system.name}") for i, w in enumerate(query.watches)]
    measures = [predicate(m, f"maximum {i} of {system.name}") for i, m in enumerate(query.maxima)]
    layout, table = layout_of(system), bytearray(max(1 << plan.places_bits, 8) >> 3)
    set_bits, key = 0, plan.key

    def enter(state: State) -> bool:
        """Set the bits of a state; whether one of them was not set."""
        nonlocal set_bits
        h, new = key, 0
        for word, part in enumerate(layout.pack(state)):
            h = word_of(h ^ part, word)
        stride = stride_of(h)
        for i in range(1, plan.hashes + 1):
            place = h & ((1 << plan.places_bits) - 1)
            if not table[place >> 3] >> (place & 7) & 1:
                table[place >> 3] |= 1 << (place & 7)
                new += 1
            h += stride
            stride += i
        set_bits += new
        return new > 0

    states = [root for root in system.initial_states if enter(root)]
    roots, parents = len(states), list(range(len(states)))
    first: dict[object, int] = {}
    maxima: list[tuple[int, int] | None] = [None] * len(measures)
    fired = [0] * len(system.events)
    depth = number = beyond = deadlocks = 0
    level_end, stopped, escape = roots, None, None
    while number < len(states):
        if number == level_end:
            depth, level_end = depth + 1, len(states)
        if plan.seconds is not None and number % 256 == 255 and time.perf_counter() - start >= plan.seconds:
            stopped = f"the limit of {plan.seconds:g} seconds"
            break
        state = states[number]
        steps = successors(state)
        for i, holds in enumerate(watches):
            if holds(state):
                first.setdefault(i, number)
                if not steps:
                    first.setdefault(("end", i), number)
        for i, measure in enumerate(measures):
            value, best = int(measure(state)), maxima[i]
            if best is None or value > best[0]:
                maxima[i] = (value, number)
        if not steps:
            deadlocks += 1
            first.setdefault("deadlock", number)
        for event, alternative, target, cell in steps:
            if target is None:
                escape = escape or Escape(number, event, alternative, cell)
                continue
            fired[event] += 1
            if depth != plan.depth and enter(target):
                states.append(target)
                parents.append(number)
        beyond += depth == plan.depth and any(target is not None for _, _, target, _ in steps)
        number += 1

    def path(number: int) -> list[State]:
        way = [number]
        while way[-1] >= roots:
            way.append(parents[way[-1]])
        return [states[n] for n in reversed(way)]

    return BitSearch(
        system=system,
        engine="python",
        seed=plan.seed,
        search=plan.search,
        places=1 << plan.places_bits,
        hashes=plan.hashes,
        set_bits=set_bits,
        states=len(states),
        expanded=number,
        transitions=sum(fired),
        depth=depth,
        beyond=beyond,
        stopped=stopped,
        seconds=time.perf_counter() - start,
        fired=tuple(fired),
        hits=tuple(first.get(i) for i in range(len(watches))),
        ends=tuple(first.get(("end", i)) for i in range(len(watches))),
        maxima=tuple(best for best in maxima if best is not None),
        deadlocks=deadlocks,
        deadlock=first.get("deadlock"),
        escape=escape,
        path=path,
    )


# -- as machine code ---------------------------------------------------------------------------------------------------
def _compiled(plan: _Plan) -> BitSearch:
    """The same with machine code."""
    from drcheck.engines.native.control import NONE
    from drcheck.kernels.region import Budget
    from drcheck.sampling import bitstate_kernels as at
    from drcheck.sampling.bitstate_memory import Sifter

    start, system = time.perf_counter(), plan.system
    try:
        short = Budget().short_of(1 << plan.places_bits >> 3)
        if short is not None:
            raise MemoryError(short)
        search = Sifter(system, plan.query, plan.places_bits, plan.hashes, plan.depth, plan.key)
    except (MemoryError, OSError) as error:
        raise EngineError(
            "DR503",
            f"a table of {1 << plan.places_bits >> 3:,} bytes cannot be used: {error}",
            remedy="give less memory",
        ) from error
    stopped = search.run(plan.seconds)
    search.forget()
    watches = len(plan.query.watches)
    best = search.greatest[: 2 * len(plan.query.maxima)].reshape(-1, 2)
    first = search[at.ESCAPE]
    event, alternative, cell = (search[at.ESCAPE_STEP + i] for i in range(3))
    fired = search.fired_by_event(len(system.events))
    return BitSearch(
        system=system,
        engine="native",
        seed=plan.seed,
        search=plan.search,
        places=1 << plan.places_bits,
        hashes=plan.hashes,
        set_bits=search[at.BITS],
        states=search[at.COUNT],
        expanded=search[at.NUMBER],
        transitions=int(fired.sum()),
        depth=search[at.DEPTH],
        beyond=search[at.BEYOND],
        stopped=stopped,
        seconds=time.perf_counter() - start,
        fired=tuple(int(f) for f in fired),
        hits=tuple(search.first(i) for i in range(watches)),
        ends=tuple(search.first(64 * search.groups + i) for i in range(watches)),
        maxima=tuple((int(value.astype(np.int64)), int(number)) for value, number in best),
        deadlocks=search[at.DEADLOCKS],
        deadlock=search[at.DEADLOCK] if search[at.DEADLOCKS] else None,
        escape=None if first == NONE else Escape(first, event, alternative, cell),
        path=lambda number: _follow(system, *search.steps_to(number)),
    )


def _follow(system: System, root: State, steps: Sequence[tuple[int, int]]) -> list[State]:
    """The states along a path from an initial state, given by the event and the alternative of each step."""
    successors = successors_of(system)
    states = [root]
    for step in steps:
        states += [target for event, way, target, _ in successors(states[-1]) if (event, way) == step]
    return states


def swarm(
    system: System,
    query: Query,
    table: int,
    searches: int,
    seed: int = 0,
    *,
    hashes: int = 3,
    depth: int | None = None,
    seconds: float | None = None,
    engine: str = "auto",
    listener: Callable[[int], None] | None = None,
) -> list[BitSearch]:
    """Several searches with other hash functions each; `seconds` is for each. Raises as `bit_search` does."""
    if not 1 <= searches <= MOST_SEARCHES:
        remedy = f"give a number from 1 to {MOST_SEARCHES}"
        raise EngineError("DR503", f"{searches} searches cannot be made", remedy=remedy)
    one = partial(bit_search, system, query, table, seed, hashes=hashes, depth=depth, seconds=seconds, engine=engine)
    found = []
    for number in range(searches):
        if listener is not None:
            listener(number)
        found.append(one(search=number))
    return found
