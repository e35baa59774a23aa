"""A toy of the native engine's search: its set of states and its record, in plain Python, to run and to step through.

    python docs/toy_search.py drcheck.examples:pair       # each state as it is found, then what the record gives back

The native engine does the same with machine code on eight states at once, by several threads, and in memory that grows
(docs/native/README.md). What carries it is all here: no state is kept once it was expanded. The *table* says
whether a state was found before, and holds of each only what its place does not say already. The *record* says how each
was found, in one bit for the shape of the tree and a few for the way, and gives states and paths back.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator

from drcheck.designs.design import load
from drcheck.system.oracle import Oracle
from drcheck.system.system import State, System

LINE = 4
"""Slots of a line: a line of the processor's cache has 16 of 32 bits."""
ODD, OTHER_ODD = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93


class Table:
    """A set of keys of `bits` bits: a quotient table (Cleary 1984). Lines are chosen by the high bits of the mixed key."""

    def __init__(self, bits: int, line_bits: int = 1) -> None:
        self.bits, self.line_bits, self.count = bits, min(line_bits, bits), 0
        self.lines: list[list[tuple[int, int]]] = [[] for _ in range(1 << self.line_bits)]

    def mixed(self, key: int) -> int:
        """Another key of as many bits, from which the key can be told: keys that are alike go to lines far apart."""
        mask, shift = (1 << self.bits) - 1, (self.bits + 1) // 2
        key = key * ODD & mask
        key = (key ^ key >> shift) * OTHER_ODD & mask
        return key ^ key >> shift

    def unmixed(self, mixed: int) -> int:
        """The key of a mixed key."""
        mask, shift = (1 << self.bits) - 1, (self.bits + 1) // 2
        key = (mixed ^ mixed >> shift) * pow(OTHER_ODD, -1, 1 << self.bits) & mask
        return (key ^ key >> shift) * pow(ODD, -1, 1 << self.bits) & mask

    def add(self, key: int) -> bool:
        """Enter a key; whether it is new. A slot holds (lines away from home, remainder), which is all there is to hold."""
        if 2 * self.count >= LINE * len(self.lines):
            self.grow()
        home, rest = divmod(self.mixed(key), 1 << self.bits - self.line_bits)
        for distance in range(len(self.lines)):
            line = self.lines[(home + distance) % len(self.lines)]
            if (distance, rest) in line:
                return False
            if len(line) < LINE:  # lines before it are full and stay so: nothing is ever removed
                line.append((distance, rest))
                self.count += 1
                return True
        raise AssertionError("a table is never more than half full")

    def __iter__(self) -> Iterator[int]:
        """The keys, made again from where they lie and what is in their slots."""
        for at, line in enumerate(self.lines):
            for distance, rest in line:
                yield self.unmixed((at - distance) % len(self.lines) << self.bits - self.line_bits | rest)

    def grow(self) -> None:
        """Twice as many lines. (The native table is widened in its own memory, line by line from its end.)"""
        if self.line_bits < self.bits:
            wider = Table(self.bits, self.line_bits + 1)
            for key in self:
                wider.add(key)
            self.line_bits, self.lines = wider.line_bits, wider.lines


class Record:
    """How states were found: a tree, as its shape (a 1 for each child of a state, then a 0: Jacobson 1989) and its ways."""

    def __init__(self, initial: int) -> None:
        """`initial`: how many states there are that nothing has to find."""
        self.initial = initial
        self.shape: list[int] = []
        self.taken: list[int] = []

    def origin(self, number: int) -> tuple[int, int]:
        """The parent of a state, and the way that led from there to it."""
        parent, known = 0, self.initial - 1
        for bit in self.shape:  # the native engine begins at the last of the marks that it set on the way
            parent, known = parent + (bit == 0), known + bit
            if known == number:
                return parent, self.taken[number - self.initial]
        raise LookupError(f"there is no state {number}")


class Search:
    """The search of one system. `table` and `record` are what is left of it."""

    def __init__(self, system: System) -> None:
        self.system, self.oracle, self.record = system, Oracle(system), Record(system.initials)
        self.table = Table(max(1, system.bits))
        self.states, self.transitions = system.initials, 0
        self.events = [(e, a) for e, event in enumerate(system.events) for a in range(len(event.alternatives))]

    def key(self, state: State) -> int:
        """A state as one number: each cell in as many bits as it needs."""
        key = 0
        for cell, value in zip(self.system.cells, state, strict=True):
            key = key << cell.domain.bits | value - cell.domain.low
        return key

    def successors(self, state: State) -> Iterator[tuple[int, State]]:
        """Each step from a state in the canonical order: its way, as a number, and its target."""
        for step in self.oracle.successors(state):
            if step.target is not None:
                yield self.events.index((step.event, step.alternative)), step.target

    def run(self) -> Iterator[tuple[int, State]]:
        """Find the states in order: each with its number. Only those that wait to be expanded are kept."""
        waiting = deque(self.system.initial_states)
        for number, state in enumerate(self.system.initial_states):
            self.table.add(self.key(state))
            yield number, state
        while waiting:
            for way, target in self.successors(waiting.popleft()):
                self.transitions += 1
                if self.table.add(self.key(target)):
                    self.record.shape.append(1)
                    self.record.taken.append(way)
                    self.states += 1
                    waiting.append(target)
                    yield self.states - 1, target
            self.record.shape.append(0)

    def path(self, number: int) -> tuple[int, list[int]]:
        """A shortest path to a state, from the record alone: the initial state that it begins at, and its ways."""
        ways: list[int] = []
        while number >= self.record.initial:
            number, way = self.record.origin(number)
            ways.insert(0, way)
        return number, ways

    def state(self, number: int) -> State:
        """A state, made again by walking down the tree."""
        begin, ways = self.path(number)
        state = self.system.initial_states[begin]
        for way in ways:
            state = dict(self.successors(state))[way]
        return state


def main(target: str) -> None:
    """Show a search as it goes."""
    search = Search(load(target).build())
    for number, state in search.run():
        print(number, search.system.decode(state))
    print(f"{search.states} states, {search.transitions} transitions; {len(search.table.lines)} lines of {LINE} slots")
    print("shape", "".join(map(str, search.record.shape)), "ways", search.record.taken)
    names = [search.system.events[search.events[way][0]].name for way in search.path(search.states - 1)[1]]
    print("the last state again, from the record:", search.state(search.states - 1), "by", ", ".join(names))


if __name__ == "__main__":
    main(sys.argv[1])
