"""A session: the states of a system that were looked at, as a tree of steps on live machines.

Every state is a *node*: the root is an initial state, another is reached from its parent by a step. To step from an earlier node
is a fork, and what was there remains. So nothing is searched to begin with, and a design of millions of states is as quick to
step through as one of ten.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from drcheck.answers.conditions import Condition, conditions_of
from drcheck.answers.missing import Missing, missing_in
from drcheck.errors import PathError
from drcheck.system.oracle import Oracle, Step
from drcheck.system.path_text import Path, digest_of, followed, read_path, way_of, words_of
from drcheck.system.system import State, System
from drcheck.system.trace import Trace, TraceStep

MOST_NODES = 100_000
"""How many states a session remembers."""
MOST_WALK = 10_000
"""How many steps a random walk takes at most."""


@dataclass
class Node:
    """A state that was looked at: where it was reached from, by which step, and which of its ways (None where there is but one).

    `root`: the initial state that all began at. `children`: the nodes of the steps taken from it, by event and alternative.
    """

    number: int
    state: State
    parent: int | None
    step: TraceStep | None
    depth: int
    root: int
    way: int | None = None
    children: dict[tuple[int, int], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Enabled:
    """A step that is possible: the event by its number, `way` of `ways` (from 1 on), and the step itself."""

    event: int
    way: int
    ways: int
    step: Step


@dataclass(frozen=True)
class Walked:
    """Where a walk ended, and why; `steps`: how many it took."""

    node: int
    steps: int
    why: str


class Session:
    """The states of one system that were looked at. Not for several threads at once."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.oracle = Oracle(system)
        self._conditions: dict[int, list[Condition]] = {}
        self._nodes: list[Node] = []
        self._roots: dict[int, int] = {}
        self._steps: dict[State, tuple[Step, ...]] = {}
        self._digest = digest_of(system)
        self.event_numbers = {event.name: number for number, event in enumerate(system.events)}

    # -- nodes -----------------------------------------------------------------------------------------------------------
    def node(self, number: int) -> Node:
        """A node by its number. Raises PathError DR522."""
        if not 0 <= number < len(self._nodes):
            raise PathError("DR522", f"there is no node {number} in this session")
        return self._nodes[number]

    def root(self, initial: int = 0) -> int:
        """The node of an initial state, by the state's number. Raises PathError DR522."""
        if not 0 <= initial < self.system.initials:
            raise PathError(
                "DR522",
                f"there is no initial state {initial}",
                remedy=f"there are {self.system.initials:,}, numbered from 0 on",
            )
        if initial not in self._roots:
            self._roots[initial] = self._add(self.system.initial_states[initial], None, None, initial)
        return self._roots[initial]

    def _add(self, state: State, parent: Node | None, step: TraceStep | None, root: int, way: int | None = None) -> int:
        if len(self._nodes) >= MOST_NODES:
            raise PathError(
                "DR522", f"the session has {MOST_NODES:,} states, and no room for more", remedy="start another explorer"
            )
        depth = 0 if parent is None else parent.depth + 1
        node = Node(len(self._nodes), state, None if parent is None else parent.number, step, depth, root, way)
        self._nodes.append(node)
        return node.number

    def line(self, number: int) -> list[Node]:
        """The nodes from the root to a node, both included."""
        nodes = [self.node(number)]
        while (parent := nodes[-1].parent) is not None:
            nodes.append(self._nodes[parent])
        return nodes[::-1]

    def trace(self, number: int) -> Trace:
        """The trace to a node."""
        nodes = self.line(number)
        return Trace(self.system, tuple(n.step for n in nodes if n.step is not None), root=nodes[0].root)

    def path(self, number: int) -> Path:
        """The path to a node."""
        nodes = self.line(number)
        steps = [(node.step.event.name, node.way) for node in nodes if node.step is not None]
        return Path(words_of(steps), self._digest, nodes[0].root if self.system.initials > 1 else None)

    # -- steps -----------------------------------------------------------------------------------------------------------
    def steps(self, state: State) -> tuple[Step, ...]:
        """The steps from a state, in canonical order; remembered."""
        if state not in self._steps:
            if len(self._steps) >= MOST_NODES:
                self._steps.clear()
            self._steps[state] = tuple(self.oracle.successors(state))
        return self._steps[state]

    def enabled(self, number: int) -> list[Enabled]:
        """The steps that are possible at a node, also those that would leave a domain."""
        found = self.steps(self.node(number).state)
        of_event = {event: [s for s in found if s.event == event] for event in dict.fromkeys(s.event for s in found)}
        return [
            Enabled(event, way_of(ways, step.alternative) or 1, len(ways), step)
            for event, ways in of_event.items()
            for step in ways
        ]

    def blocked(self, number: int) -> list[tuple[int, list[Missing]]]:
        """The events that cannot happen at a node, by their numbers, each with why."""
        state = self.node(number).state
        possible = list(dict.fromkeys(step.event for step in self.steps(state)))
        others = [n for n in range(len(self.system.events)) if n not in possible]
        return [(n, self._missing(n, state)) for n in others]

    def _missing(self, event: int, state: State) -> list[Missing]:
        """What an event that cannot happen in a state lacks."""
        if event not in self._conditions:
            self._conditions[event] = conditions_of(self.system, event)
        return list(missing_in(self.system, self._conditions[event], state))

    def step(self, number: int, event: str, way: int | None = None) -> int:
        """The node after an event. Raises PathError DR522 for one that is not possible there, with why."""
        node = self.node(number)
        if event not in self.event_numbers:
            raise PathError("DR522", f"there is no event {event!r}", available=list(self.event_numbers), asked=event)
        wanted = self.event_numbers[event]
        ways = [step for step in self.steps(node.state) if step.event == wanted]
        if not ways:
            lacks = "; ".join(map(str, self._missing(wanted, node.state)))
            raise PathError("DR522", f"{event} cannot happen here: {lacks}")
        if way is None and len(ways) > 1:
            several = [f"{event}#{n}" for n in range(1, len(ways) + 1)]
            raise PathError("DR522", f"{event} can end in {len(ways)} ways here", available=several)
        if not 1 <= (way or 1) <= len(ways):
            raise PathError("DR522", f"{event} has {len(ways)} ways here, and #{way} is none")
        return self._taken(node, ways[(way or 1) - 1])

    def _taken(self, node: Node, step: Step) -> int:
        event = self.system.events[step.event]
        if step.target is None:
            cell = self.system.cells[step.escape or 0].name
            raise PathError("DR522", f"{event.name} would take {cell} out of its domain: it leads to no state")
        key = (step.event, step.alternative)
        if key not in node.children:
            taken = TraceStep(event, step.alternative, node.state, step.target, None, step.chosen)
            ways = [each for each in self.steps(node.state) if each.event == step.event]
            node.children[key] = self._add(step.target, node, taken, node.root, way_of(ways, step.alternative))
        return node.children[key]

    def open(self, text: str) -> tuple[int, str]:
        """The node at the end of a path as text, and a warning where that was made on another system. Raises PathError."""
        found = followed(read_path(text), self.system, self.oracle)
        return self.along(found.trace), found.warning

    def along(self, trace: Trace) -> int:
        """The node at the end of a trace of this system. A last step out of a domain is left out."""
        return self.onward(self.root(trace.root), trace.steps)

    def onward(self, number: int, steps: Sequence[TraceStep]) -> int:
        """The node after some steps from a node, which were taken on live machines."""
        for step in steps:
            if step.after is None:
                break
            node, event = self.node(number), self.event_numbers[step.event.name]
            key = (event, step.alternative)
            if key not in node.children:
                several = len(self.system.events[event].alternatives) > 1
                ways = self.oracle.steps_of(node.state, event) if several else []
                way = way_of(ways, step.alternative) if several else None
                node.children[key] = self._add(step.after, node, step, node.root, way)
            number = node.children[key]
        return number

    # -- walks -----------------------------------------------------------------------------------------------------------
    def walk(
        self,
        number: int,
        steps: int,
        seed: int,
        kinds: Collection[str] = (),
        stops: Callable[[int], str] = lambda node: "",
    ) -> Walked:
        """A random walk from a node: each step is one of those possible of the `kinds` (of all, if none is named), with equal
        probability. `stops` says of each new node why the walk ends there, or "".

        The same seed takes the same walk. Raises PathError DR522 for a number of steps that cannot be.
        """
        if not 1 <= steps <= MOST_WALK:
            raise PathError("DR522", f"a walk has 1 to {MOST_WALK:,} steps, not {steps:,}")
        draw = random.Random(seed)
        for taken in range(steps):
            node = self.node(number)
            events = self.system.events
            found = [s for s in self.steps(node.state) if not kinds or events[s.event].kind in kinds]
            inside = [s for s in found if s.target is not None]
            if not inside:
                of = f" of kind {' or '.join(sorted(kinds))}" if kinds else ""
                return Walked(number, taken, f"no step{of} is possible")
            number = self._taken(node, draw.choice(inside))
            if why := stops(number):
                return Walked(number, taken + 1, why)
        return Walked(number, steps, "that many steps were asked for")


__all__ = ["MOST_NODES", "MOST_WALK", "Enabled", "Node", "Session", "Walked"]
