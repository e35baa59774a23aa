"""Mends: one further guard of one event with which a promise holds, the weakest of those that can be made of the model's atoms.

A guard is an atom, one of two, or both of two (see `guarded`). Guards that differ in no state in which the event can happen are
one, and those that hold in all of them change nothing. The others are tried from the weakest on: by how many of those states
they leave the event possible in. A guard that leaves an execution that breaks the promise as it was is refuted without a search;
what has no such answer is searched. So the first guard with which the promise holds is one than which none is weaker.

A guard under which the event never happens any more, or under which the promise holds vacuously, is no mend, but told. One under
which some other event never happens any more may be none that is wanted: the search goes on for one without such a price, which
is preferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drcheck.answers.guarded import Atom, atoms, guarded
from drcheck.answers.single_faults import can_be_left_out
from drcheck.engines.choose import engine_named
from drcheck.engines.numpy.columns import Columns
from drcheck.engines.protocol import Limits, Listener, Query
from drcheck.errors import EngineError
from drcheck.language.expressions import Expression, connective
from drcheck.logic.asking import ShownBy
from drcheck.logic.kinds import Always, Property, WorstCase
from drcheck.system.lowering import lower
from drcheck.system.precedence import possible, undisturbed
from drcheck.system.system import State, System
from drcheck.system.terms import conjunction
from drcheck.system.trace import Trace
from drcheck.telling.reasons import Reasons
from drcheck.verdicts.verdict import Conclusion, Verdict
from drcheck.verdicts.wording import value_text, verdict_word

TRIES = 100
"""How many guards of an event are searched at most where nothing else is asked."""
NEVER = "never"
"""The guard that holds in no state in which the event can happen."""
MOST_PATTERNS = 20_000
"""Of how many different states in which an event can happen guards are told apart; of more, the first ones."""

Bits = NDArray[np.bool_]
Search = Callable[[System, Sequence[Property], str], list[Verdict]]
"""Decides properties of a system; a label says what is tried. Raises EngineError where nothing is decided."""


class Answer(Enum):
    """What is known of an event."""

    MENDED = "mended"
    NONE = "none"
    OPEN = "not decided"
    NEVER = "broken without it"


@dataclass(frozen=True)
class Change:
    """A property whose verdict is another one with a mend."""

    name: str
    before: str
    after: str
    better: bool | None


@dataclass(frozen=True)
class Mend:
    """What further guards of an event bring about.

    `guard`: the weakest with which the promise holds, as text, or "". `possible`: in how many states the event can happen without
    it, and `left`: in how many of them it still can. `guards`: how many there are that differ; `tried`: how many of them were
    decided, of which `searched` by a search. `never`: those with which the promise holds only as the event never happens, or
    vacuously; `dear`: others, each with the events that never happen any more. `undecided`: guards that no search decided.
    `changes`: other properties whose verdicts change; `compared`: how many were compared; `uncompared`: why not all. `idle`:
    events that never happen any more; then no guard without such a price is known. `seen`: whether all states were.
    """

    event: str
    kind: str
    answer: Answer
    guard: str = ""
    condition: Expression | None = None
    possible: int = 0
    left: int = 0
    guards: int = 0
    tried: int = 0
    searched: int = 0
    never: tuple[str, ...] = ()
    dear: tuple[tuple[str, tuple[str, ...]], ...] = ()
    undecided: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    compared: int = 0
    uncompared: str = ""
    idle: tuple[str, ...] = ()
    seen: bool = True


@dataclass(frozen=True)
class _Guard:
    """A guard: as it is written, where it holds of the states in which the event can happen, and how many these are."""

    condition: Expression
    holds: Bits
    left: int
    atoms: int

    @property
    def text(self) -> str:
        return str(self.condition)


class Mending:
    """Looks for mends of a promise that a trace breaks. `limits`: of the look at all states."""

    def __init__(
        self,
        system: System,
        item: Property,
        search: Search,
        *,
        engine: str = "auto",
        limits: Limits = Limits(),
        listener: Listener | None = None,
        tries: int = TRIES,
    ) -> None:
        self._system, self._search, self._tries = system, search, tries
        self._item = item if item.written is None else item.written
        self.atoms = sorted(atoms(system), key=lambda atom: len(atom.text))  # of those that are alike, the shortest
        self._found = engine_named(engine).explore(system, Query(), replace(limits, first=False), listener)
        self._columns = Columns(self._found)
        self.states = self._found.states

    def of(self, event: str, traces: Sequence[Trace]) -> Mend:
        """The mend of an event, of which some executions are known that break the promise."""
        found = self._system.event(event)
        free = can_be_left_out(self._system, [event])
        if free and any(all(step.event.name != event for step in trace.steps) for trace in traces):
            return Mend(event, found.kind, Answer.NEVER)
        guards, number, patterns = self._guards(event)
        keeps = Refuting(event, self._item, len(self._system.cells)) if free else None
        for trace in traces:
            if keeps is not None:
                keeps.add(trace)
        searched = tried = 0
        never, undecided = list[str](), list[str]()
        dear = list[tuple[_Guard, tuple[str, ...]]]()
        mended: _Guard | None = None
        for guard in guards:
            lowered = lower(self._system, guard.condition)
            if keeps is not None and keeps.refutes(lowered):
                tried += 1
                continue
            if searched >= self._tries:
                break
            other = guarded(self._system, event, guard.condition)
            searched += 1
            try:
                (verdict,) = self._search(other, [self._item], f"{event} only when {guard.text}")
            except EngineError as error:
                if error.code == "DR510":
                    searched -= 1
                    break
                undecided.append(guard.text)
                tried += 1
                continue
            tried += 1
            if verdict.conclusion is Conclusion.VIOLATED:
                if keeps is not None and verdict.trace is not None:
                    keeps.add(verdict.trace, lowered)
            elif verdict.conclusion is Conclusion.INCONCLUSIVE:
                undecided.append(guard.text)
            elif verdict.vacuous or event in verdict.run.idle_events:
                never.append(guard.text if guard.left else NEVER)
            elif idle := self._idle(verdict):
                dear.append((guard, idle))
            else:
                mended = guard
                break
        whole = tried == len(guards) and not undecided
        best = mended or (dear[0][0] if dear else None)
        answer = Answer.MENDED if best is not None else Answer.NONE if whole else Answer.OPEN
        others = [(guard, idle) for guard, idle in dear if guard is not best]
        return Mend(
            event,
            found.kind,
            answer,
            "" if best is None else best.text,
            None if best is None else best.condition,
            number,
            0 if best is None else best.left,
            len(guards),
            tried,
            searched,
            tuple(never),
            tuple((guard.text, idle) for guard, idle in others),
            tuple(undecided),
            idle=() if best is None or best is mended else dear[0][1],
            seen=self._found.complete and patterns <= MOST_PATTERNS,
        )

    def _idle(self, verdict: Verdict) -> tuple[str, ...]:
        """Events that happen in the system as it is and never happen with the mend."""
        before = {e.name for e, n in zip(self._system.events, self._found.fired, strict=True) if n}
        return tuple(name for name in verdict.run.idle_events if name in before)

    # -- guards ----------------------------------------------------------------------------------------------------------
    def _guards(self, event: str) -> tuple[list[_Guard], int, int]:
        """The guards of an event that differ and change something, the weakest first; in how many states it is possible."""
        number = next(n for n, e in enumerate(self._system.events) if e.name == event)
        free = undisturbed(self._system.events)[number]
        where = self._columns.mask(conjunction([possible(self._system.events[number]), free]))
        nodes = [atom.lowered for atom in self.atoms]
        rows = [  # eight atoms a byte, as there may be many states
            np.packbits([self._columns.mask(node)[where] for node in nodes[first : first + 8]], axis=0)[0]
            for first in range(0, len(nodes), 8)
        ]
        if not rows:
            return [], int(np.count_nonzero(where)), 0
        packed, counts = np.unique(np.array(rows), axis=1, return_counts=True)
        patterns = packed.shape[1]
        holds = np.unpackbits(packed[:, :MOST_PATTERNS], axis=0, count=len(nodes)).astype(bool)
        counts = counts[:MOST_PATTERNS]
        found: dict[bytes, _Guard] = {}
        single: list[tuple[Atom, Bits]] = []
        for atom, bits in zip(self.atoms, holds, strict=False):
            if _new(found, atom.condition, bits, counts, 1):
                single.append((atom, bits))
        for (a, x), (b, y) in combinations(single, 2):
            for operator, bits in (("or", x | y), ("and", x & y)):
                _new(found, (a.condition, operator, b.condition), bits, counts, 2)
        whole = [g for g in found.values() if g.left < int(counts.sum())]
        return (
            sorted(whole, key=lambda g: (-g.left, g.atoms, len(g.text), g.text)),
            int(np.count_nonzero(where)),
            patterns,
        )


def _new(
    found: dict[bytes, _Guard],
    said: Expression | tuple[Expression, str, Expression],
    bits: Bits,
    counts: NDArray[np.signedinteger[Any]],
    atoms_: int,
) -> bool:
    """Note a guard, if none is known that holds in the same states. Whether it was new."""
    key = np.packbits(bits).tobytes()
    if key in found:
        return False
    condition = said if isinstance(said, Expression) else connective(said[1], said[0], said[2])
    found[key] = _Guard(condition, bits, int(counts[bits].sum()), atoms_)
    return True


@dataclass(frozen=True, eq=False)
class _Execution:
    """An execution that breaks the promise. `places`: the states in which it has the event. `kept`: the states in which nothing
    else may become possible, or it may be no such execution; `guard`: with which it was found, None for none.
    """

    places: tuple[State, ...]
    kept: tuple[State, ...] = ()
    guard: Expression | None = None

    def is_left_by(self, guard: Expression) -> bool:
        """Whether it is one with another guard, too, in a system without priorities that the event takes part in."""
        return all(_holds(guard, state) for state in self.places) and not any(
            _holds(guard, state) and not (self.guard is None or _holds(self.guard, state)) for state in self.kept
        )


class Refuting:
    """Executions that break a promise: a guard under which one of them is left is no mend.

    Without a guard the event is possible most often, so an execution of the system as it is breaks the promise with each guard
    that holds wherever it has the event: what else can happen then is less, and so is what fairness demands. One that was found
    with a guard also depends on what is possible where it ends or in its cycle; and that something can never be reached again,
    on all that follows.
    """

    def __init__(self, event: str, item: Property, cells: int) -> None:
        self._event, self._cells = event, cells
        self._in_one_state = isinstance(item, (Always, WorstCase))
        self._futures = item.shown_by is ShownBy.FUTURES
        self._known: list[_Execution] = []

    def add(self, trace: Trace, guard: Expression | None = None) -> None:
        """A trace that breaks the promise, with a lowered guard; its states may have cells of observers behind the system's."""
        if guard is not None and self._futures:
            return
        states = [state[: self._cells] for state in trace.states]
        places = [states[n] for n, step in enumerate(trace.steps) if step.event.name == self._event]
        kept = states[-1:] if trace.loop is None else states[trace.loop :]
        if guard is None or self._in_one_state:
            kept = []
        self._known.append(_Execution(tuple(dict.fromkeys(places)), tuple(dict.fromkeys(kept)), guard))

    def refutes(self, guard: Expression) -> bool:
        """Whether some execution is left by a lowered guard."""
        return any(known.is_left_by(guard) for known in self._known)


def _holds(node: Expression, state: State) -> bool:
    return bool(Reasons(state).value(node))


# -- what else changes ---------------------------------------------------------------------------------------------------
def compared(mend: Mend, before: Sequence[Verdict], after: Sequence[Verdict], more: str = "") -> Mend:
    """A mend with the properties whose verdicts it changes. `more`: why others were not compared."""
    changes = tuple(_changes(before, after))
    return replace(mend, changes=changes, compared=len(before), uncompared=more)


def _changes(before: Sequence[Verdict], after: Sequence[Verdict]) -> Iterator[Change]:
    for old, new in zip(before, after, strict=True):
        said = _said(old), _said(new)
        if said[0] != said[1]:
            yield Change(old.property.name, *said, _better(old, new))


def _said(verdict: Verdict) -> str:
    value = value_text(verdict)
    return f"{verdict_word(verdict)}{f', {value}' if value else ''}"


def _better(old: Verdict, new: Verdict) -> bool | None:
    """Whether a verdict became better; None: neither, as a value changed, or nothing is known."""
    if Conclusion.INCONCLUSIVE in (old.conclusion, new.conclusion) or old.conclusion is new.conclusion:
        if old.value is not None and new.value is not None and isinstance(old.property, WorstCase):
            return new.value < old.value if new.value != old.value else None
        return None
    return new.conclusion is Conclusion.HOLDS


__all__ = ["TRIES", "Answer", "Change", "Mend", "Mending", "Refuting", "compared"]
