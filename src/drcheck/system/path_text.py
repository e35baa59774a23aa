"""Paths as text, to be shared: `system=1a2b3c4d link_fails 3*tick take_over#2`.

| word | means |
|---|---|
| `system=1a2b3c4d` | first, if it is there: the digest of the system that the path was made on |
| `2` | the number of the initial state at which it begins, from 0 on, as in the JSON of traces; only where there are several |
| `link_fails` | the next event |
| `take_over#2` | the second of several ways in which the event can end in that state, in their order |
| `3*tick` | three times in a row |

A path says nothing of states, so it can be read, and followed on a system that has changed since: the digest then differs, and
the first step that is not possible any more is refused with its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from weakref import ref

from drcheck.errors import PathError, shown
from drcheck.system.fingerprint import Fingerprints
from drcheck.system.oracle import Oracle, Step
from drcheck.system.system import State, System, composed
from drcheck.system.trace import Trace, TraceStep

DIGITS = 8
"""Hexadecimal digits of the digest in a path."""
MAX_LENGTH = 100_000
"""How many characters a path may have."""
MAX_STEPS = 10_000
"""How many steps a path may have."""
LONG = 2_000
"""A path of more characters goes into a file instead of a command."""

_KNOWN: list[tuple[ref[System], str]] = []
"""The system whose digest was asked for last, and that."""
_DIGEST = re.compile(r"system=([0-9a-f]{1,16})")
_START = re.compile(r"[0-9]{1,9}")
_STEP = re.compile(r"(?:([0-9]{1,9})\*)?([A-Za-z_][A-Za-z0-9_.]*)(?:#([0-9]{1,9}))?")


@dataclass(frozen=True)
class Word:
    """One word of a path: an event, which of its ways (from 1 on, None where there is but one), how often in a row."""

    event: str
    way: int | None = None
    times: int = 1

    def __str__(self) -> str:
        way = "" if self.way is None else f"#{self.way}"
        return f"{f'{self.times}*' if self.times > 1 else ''}{self.event}{way}"


@dataclass(frozen=True)
class Path:
    """A path as it was read. `digest`: of the system that it was made on, or None; `start`: the initial state, or None."""

    words: tuple[Word, ...] = ()
    digest: str | None = None
    start: int | None = None

    def __str__(self) -> str:
        first = [] if self.digest is None else [f"system={self.digest}"]
        first += [] if self.start is None else [str(self.start)]
        return " ".join([*first, *map(str, self.words)])

    @property
    def steps(self) -> int:
        """How many steps it has."""
        return sum(word.times for word in self.words)


@dataclass(frozen=True)
class Followed:
    """A path followed on a system: the trace, and what is to be said of it, or ""."""

    trace: Trace
    warning: str = ""


def digest_of(system: System) -> str:
    """The short digest of a system, without observers: equal ones mean the same cells, initial states and steps."""
    asked = composed(system)
    for system_known, digest in tuple(_KNOWN):  # the traces of a check are mostly of one system
        if system_known() is asked:
            return digest
    digest = Fingerprints().system(asked)[:DIGITS]
    _KNOWN[:] = [(ref(asked), digest)]
    return digest


def path_of(trace: Trace) -> Path:
    """The path of a trace; observers are no part of it. A last step that leaves a domain is left out: it leads to no state."""
    system = composed(trace.system)
    oracle, cells = None, len(system.cells)
    numbers = {event.name: number for number, event in enumerate(system.events)}
    steps: list[tuple[str, int | None]] = []
    for step in trace.steps:
        if step.after is None:
            break
        number = numbers[step.event.name]
        way = None
        if len(system.events[number].alternatives) > 1:
            oracle = oracle or Oracle(system)  # live machines are made only where they are asked
            way = way_of(oracle.steps_of(step.before[:cells], number), step.alternative)
        steps.append((step.event.name, way))
    return Path(words_of(steps), digest_of(system), trace.root if system.initials > 1 else None)


def words_of(steps: Iterable[tuple[str, int | None]]) -> tuple[Word, ...]:
    """The words for some steps, each an event and which of its ways; the same several times in a row is one word."""
    return tuple(Word(event, way, len(list(those))) for (event, way), those in groupby(steps))


def way_of(ways: list[Step], alternative: int) -> int | None:
    """Which of the possible ways of an event one alternative is, from 1 on; None where there is but one."""
    return next(n for n, each in enumerate(ways, 1) if each.alternative == alternative) if len(ways) > 1 else None


def read_path(text: str) -> Path:
    """The path that a text is. Raises PathError DR520."""
    if len(text) > MAX_LENGTH:
        raise _unreadable(f"the path has {len(text):,} characters", f"at most {MAX_LENGTH:,} are read")
    words = text.split()
    digest: str | None = None
    start: int | None = None
    if words and words[0].startswith("system="):
        found = _DIGEST.fullmatch(words[0])
        if found is None:
            raise _unreadable(
                f"{shown(words[0])} is no digest", "write system= and hexadecimal digits, or leave it out"
            )
        digest = found[1]
        del words[0]
    if words and _START.fullmatch(words[0]):
        start = int(words[0])
        del words[0]
    path = Path(tuple(_word(word) for word in words), digest, start)
    if path.steps > MAX_STEPS:
        raise _unreadable(f"the path has {path.steps:,} steps", f"at most {MAX_STEPS:,} are followed")
    return path


def _word(text: str) -> Word:
    found = _STEP.fullmatch(text)
    if found is None:
        remedy = "write the name of an event, 3*tick for repeats, take_over#2 for the second of several ways"
        raise _unreadable(f"{shown(text)} is no step of a path", remedy)
    times, event, way = found.groups()
    word = Word(event, None if way is None else int(way), 1 if times is None else int(times))
    if word.times < 1 or word.way == 0:
        raise _unreadable(f"{shown(text)} counts from 1 on", "write for instance 3*tick, or take_over#1")
    return word


def _unreadable(message: str, remedy: str) -> PathError:
    return PathError("DR520", message, remedy=remedy)


def followed(path: Path, system: System, oracle: Oracle | None = None) -> Followed:
    """The trace of a path on a system, every step taken on live machines.

    Another digest is a warning. Raises PathError DR521 for a step that is not possible, with its number and what is.
    """
    oracle = oracle or Oracle(system)
    state = _start(path, system)
    numbers = {event.name: number for number, event in enumerate(system.events)}
    steps: list[TraceStep] = []
    for word in _each(path.words):
        if word.event not in numbers:
            raise PathError(
                "DR521",
                f"step {len(steps) + 1}: system {system.name} has no event {word.event!r}",
                available=list(numbers),
                asked=word.event,
            )
        found = _taken(oracle, state, numbers[word.event], word, len(steps) + 1)
        assert found.target is not None
        event = system.events[found.event]
        steps.append(TraceStep(event, found.alternative, state, found.target, None, found.chosen))
        state = found.target
    here = digest_of(system)
    warning = ""
    if path.digest is not None and not here.startswith(path.digest[:DIGITS]):
        warning = (
            f"the path was made on another system (its digest is {path.digest}, that of {system.name} is {here}): "
            "the same events may now do something else"
        )
    return Followed(Trace(system, tuple(steps), root=path.start or 0), warning)


def _start(path: Path, system: System) -> State:
    roots = system.initials
    if path.start is not None and path.start >= roots:
        which = "one initial state, number 0" if roots == 1 else f"{roots:,} initial states, numbered from 0 on"
        raise PathError("DR521", f"there is no initial state {path.start}: system {system.name} has {which}")
    return system.initial_states[path.start or 0]


def _each(words: tuple[Word, ...]) -> Iterator[Word]:
    for word in words:
        for _ in range(word.times):
            yield word


def _taken(oracle: Oracle, state: State, number: int, word: Word, at: int) -> Step:
    """The step that a word says. Raises PathError DR521."""
    ways = oracle.steps_of(state, number)
    names = [event.name for event in oracle.system.events]
    if not ways:
        possible = list(
            dict.fromkeys(names[step.event] for step in oracle.successors(state) if step.target is not None)
        )
        raise PathError(
            "DR521",
            f"step {at}: {word.event} is not possible there",
            available=possible or ["no event: nothing is possible"],
        )
    if word.way is None and len(ways) > 1:
        several = [f"{word.event}#{n}" for n in range(1, len(ways) + 1)]
        raise PathError("DR521", f"step {at}: {word.event} can end in {len(ways)} ways there", available=several)
    if word.way is not None and word.way > len(ways):
        many = "one way" if len(ways) == 1 else f"{len(ways)} ways"
        raise PathError("DR521", f"step {at}: {word.event} can end in {many} there, and #{word.way} is none")
    found = ways[(word.way or 1) - 1]
    if found.target is None:
        cell = oracle.system.cells[found.escape or 0].name
        raise PathError("DR521", f"step {at}: {word.event} would take {cell} out of its domain: it leads to no state")
    return found


__all__ = [
    "DIGITS",
    "LONG",
    "MAX_LENGTH",
    "MAX_STEPS",
    "Followed",
    "Path",
    "Word",
    "digest_of",
    "followed",
    "path_of",
    "read_path",
    "way_of",
    "words_of",
]
