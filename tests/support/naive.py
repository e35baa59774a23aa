"""What properties mean, written straight from their definitions on an explicit graph: slow, short, and independent.

The tests hold the verdicts of `drcheck.verdicts.check` against it. It shares no code with `drcheck.logic`, and takes its graph
from the oracle, state by state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product

import networkx as nx

from drcheck.language.expressions import TEMPORAL, Expression, Literal, Operation, substitute
from drcheck.language.happening import Happens
from drcheck.system.oracle import Oracle
from drcheck.system.system import State, System

Predicate = Callable[[State], bool]


def begun(system: System) -> list[State]:
    """The initial states as the components and variables of a system say: all combinations, the last varying fastest."""
    ways: list[list[int]] = []
    for component in system.components:
        ways.append([n for n, state in enumerate(component.states) if state in component.initial_states])
        for variable in component.variables:
            domain = system.cells[system.cell_of[variable]].domain
            values = {domain.encode(value) for value in variable.starts}
            ways.append([n for n in range(domain.low, domain.high + 1) if n in values])
    return list(product(*ways))


def _leading_to(graph: nx.MultiDiGraph, states: Iterable[State]) -> set[State]:
    """Some states, and those from which one of them can be reached."""
    found: set[State] = set()
    for state in states:
        if state not in found:
            found |= {state} | nx.ancestors(graph, state)
    return found


@dataclass
class World:
    """Every reachable state of a system, with its steps as (event name, target)."""

    initial: frozenset[State]
    steps: dict[State, list[tuple[str, State]]]
    escapes: bool
    dead: set[State]

    @classmethod
    def of(cls, system: System) -> World:
        oracle = Oracle(system)
        steps: dict[State, list[tuple[str, State]]] = {}
        escapes, dead, todo = False, set(), list(begun(system))
        while todo:
            state = todo.pop()
            if state in steps:
                continue
            found = oracle.successors(state)
            if not found:
                dead.add(state)
            escapes |= any(s.target is None for s in found)
            steps[state] = [(system.events[s.event].name, s.target) for s in found if s.target is not None]
            todo += [target for _, target in steps[state]]
        return cls(frozenset(begun(system)), steps, escapes, dead)

    def graph(self, states: Iterable[State]) -> nx.MultiDiGraph:
        """The steps among some states."""
        inside = set(states)
        result = nx.MultiDiGraph()
        result.add_nodes_from(inside)
        result.add_edges_from((s, t, {"event": e}) for s in inside for e, t in self.steps[s] if t in inside)
        return result

    def distance(self, wanted: Predicate) -> int | None:
        """The length of a shortest path from an initial state to a state as wanted, or None."""
        graph = self.graph(self.steps)
        lengths = [nx.single_source_shortest_path_length(graph, initial) for initial in self.initial]
        return min((n for found in lengths for state, n in found.items() if wanted(state)), default=None)

    def can_always(self, wanted: Predicate) -> int | None:
        """The distance of the nearest state from which no state as wanted can be reached; None: there is none."""
        saved = _leading_to(self.graph(self.steps), (s for s in self.steps if wanted(s)))
        return self.distance(lambda state: state not in saved)

    def leads_to(self, start: Predicate, goal: Predicate, weak: set[str], strong: set[str]) -> bool:
        """Whether every fair execution meets `goal` at or after each state where `start` holds."""
        without = self.graph(s for s in self.steps if not goal(s))
        doomed = {s for s in without if s in self.dead} | self._fair_cycles(without, weak, strong)
        return not any(start(s) for s in _leading_to(without, doomed))

    def _fair_cycles(self, graph: nx.MultiDiGraph, weak: set[str], strong: set[str]) -> set[State]:
        """The states of `graph` on a closed walk inside it that is fair."""
        found: set[State] = set()
        for part in list(nx.strongly_connected_components(graph)):
            inner = graph.subgraph(part)
            taken = {e for *_, e in inner.edges(data="event")}
            if not taken:
                continue
            ready = {s: {e for e, _ in self.steps[s]} for s in part}
            if any(e not in taken and all(e in ready[s] for s in part) for e in weak):
                continue
            starved = {e for e in strong if e not in taken and any(e in ready[s] for s in part)}
            if not starved:
                found |= part
                continue
            rest = [s for s in part if not starved & ready[s]]
            found |= self._fair_cycles(self.graph(rest), weak, strong)
        return found

    # -- linear temporal logic ----------------------------------------------------------------------------------------
    def satisfies(
        self, formula: Expression, holds: Callable[[Expression, State], bool], weak: set[str], strong: set[str]
    ) -> bool:
        """Whether every fair execution satisfies a temporal formula, without an automaton.

        Each state is looked at with every guess which temporal parts of the formula hold from it on; a step connects
        guesses that agree with the definitions. An execution breaks the formula if it begins with a guess that says so
        and no part is put off for ever (Lichtenstein and Pnueli, Checking that finite state concurrent programs satisfy
        their linear specification, 1985). A deadlock repeats its state, and no event is possible there.
        """
        guesses = Guesses(formula, holds)
        graph, ready = nx.MultiDiGraph(), dict[Guess, set[str]]()
        for state, steps in self.steps.items():
            for here in guesses.of(state):
                ready[here] = {event for event, _ in steps}
                graph.add_node(here)
                for event, target in steps if state not in self.dead else [(None, state)]:
                    graph.add_edges_from(
                        (here, there, {"event": event}) for there in guesses.of(target) if guesses.agree(here, there)
                    )
        breaking = [g for start in self.initial for g in guesses.of(start) if not guesses.value(formula, g)]
        reached = {n for g in breaking for n in {g} | nx.descendants(graph, g)}
        return not _fair_part(graph.subgraph(reached), ready, weak, strong, guesses)


Remembered = tuple[State, tuple[str, State] | None]
"""A state with the step that led to it: the event and the state before; None at the start."""


def remembering(system: System) -> World:
    """The reachable states of a system with the last step each, and the steps between them: `World` on these."""
    plain = World.of(system)
    steps: dict[Remembered, list[tuple[str, Remembered]]] = {}
    todo: list[Remembered] = [(start, None) for start in plain.initial]
    while todo:
        here = todo.pop()
        if here not in steps:
            steps[here] = [(event, (target, (event, here[0]))) for event, target in plain.steps[here[0]]]
            todo += [there for _, there in steps[here]]
    dead = {here for here in steps if here[0] in plain.dead}
    initial = frozenset((start, None) for start in plain.initial)
    return World(initial, steps, plain.escapes, dead)  # type: ignore[arg-type]  # states of another form


def holds_after(system: System, oracle: Oracle, node: Expression, here: Remembered) -> bool:
    """Whether a boolean expression holds in a state, where what it says of events is true of the step that led there."""
    state, last = here

    def value(leaf: Expression) -> Expression:
        if not isinstance(leaf, Happens):
            return leaf
        if last is None:
            return Literal(False)
        event = next(e for e in system.events if e.name == last[0])
        named = event.name in leaf.events or event.kind in leaf.events
        return Literal(named and (leaf.when is None or oracle.holds(leaf.when, last[1])))

    return oracle.holds(substitute(node, value), state)


def delays(world: World, start: Predicate, goal: Predicate, ticks: set[str], most: int) -> int | None:
    """The most ticks that pass from a state as `start` until one as `goal`, of all such states; None: more than `most`, or an
    execution ends before. From each such state all ways are followed until they meet `goal`.
    """
    longest = 0
    for begun in (s for s in world.steps if start(s)):
        seen, todo = set[tuple[State, int]](), [(begun, 0)]
        while todo:
            state, passed = todo.pop()
            if (state, passed) in seen:
                continue
            seen.add((state, passed))
            longest = max(longest, passed)
            if longest > most:
                return None
            if goal(state):
                continue
            if state in world.dead:
                return None
            todo += [(target, passed + (event in ticks)) for event, target in world.steps[state]]
    return longest


Guess = tuple[State, tuple[bool, ...]]
"""A state, and which temporal parts of a formula are guessed to hold from it on."""


class Guesses:
    """What the guesses of a formula mean."""

    def __init__(self, formula: Expression, holds: Callable[[Expression, State], bool]) -> None:
        self.holds = holds
        self.parts: list[Operation] = []
        todo = [formula]
        while todo:
            node = todo.pop()
            if node.kind == TEMPORAL:
                assert isinstance(node, Operation)
                todo += node.arguments
                if node.operator in "GFXUWR" and all(node is not part for part in self.parts):
                    self.parts.append(node)
        self.number: Mapping[int, int] = {id(part): i for i, part in enumerate(self.parts)}

    def of(self, state: State) -> list[Guess]:
        """All guesses in a state."""
        return [(state, values) for values in product((False, True), repeat=len(self.parts))]

    def value(self, node: Expression, guess: Guess) -> bool:
        """Whether a part holds from a state on, if the guess is right."""
        if node.kind != TEMPORAL:
            return self.holds(node, guess[0])
        if id(node) in self.number:
            return guess[1][self.number[id(node)]]
        assert isinstance(node, Operation)
        values = [self.value(a, guess) for a in node.arguments]
        return not values[0] if node.operator == "not" else all(values) if node.operator == "and" else any(values)

    def agree(self, here: Guess, there: Guess) -> bool:
        """Whether a guess, and that of the next state, are as the definitions say."""
        for part in self.parts:
            a, b = self.value(part.arguments[0], here), self.value(part.arguments[-1], here)
            later = self.value(part, there)
            expected = {
                "X": self.value(part.arguments[0], there),
                "F": a or later,
                "G": a and later,
                "U": b or (a and later),
                "W": b or (a and later),
                "R": b and (a or later),
            }[part.operator]
            if self.value(part, here) != expected:
                return False
        return True

    def puts_off(self, part: Operation, guess: Guess) -> bool:
        """Whether the guess leaves it to a later state to show that it is right about a part."""
        a, b, guessed = (self.value(node, guess) for node in (part.arguments[0], part.arguments[-1], part))
        return {
            "X": False,
            "F": guessed and not a,
            "G": not guessed and a,
            "U": guessed and not b,
            "W": not guessed and (a or b),
            "R": not guessed and b,
        }[part.operator]


def _fair_part(
    graph: nx.MultiDiGraph, ready: Mapping[Guess, set[str]], weak: set[str], strong: set[str], guesses: Guesses
) -> bool:
    """Whether there is a closed walk that is fair and puts nothing off for ever."""
    for part in list(nx.strongly_connected_components(graph)):
        inner = graph.subgraph(part)
        taken = {e for *_, e in inner.edges(data="event")}
        if not taken:
            continue
        if any(e not in taken and all(e in ready[g] for g in part) for e in weak):
            continue
        if any(all(guesses.puts_off(f, g) for g in part) for f in guesses.parts):
            continue
        starved = {e for e in strong if e not in taken and any(e in ready[g] for g in part)}
        if not starved or _fair_part(
            graph.subgraph([g for g in part if not starved & ready[g]]), ready, weak, strong, guesses
        ):
            return True
    return False


def holds_on_lasso(formula: Expression, length: int, loop: int, holds: Callable[[Expression, int], bool]) -> bool:
    """Whether a formula holds of the positions 0 to `length` - 1, then `loop` to `length` - 1 for ever, by definition.

    From position n on, the positions up to n + 2 * `length` show whatever later ones do.
    """

    def at(n: int) -> int:
        return n if n < length else loop + (n - loop) % (length - loop)

    @cache
    def value(node: Expression, n: int) -> bool:
        if node.kind != TEMPORAL:
            return holds(node, n)
        assert isinstance(node, Operation)
        first, last = node.arguments[0], node.arguments[-1]
        later = [at(m) for m in range(n, n + 2 * length)]

        def first_with(wanted: Expression) -> int:
            return next((i for i, m in enumerate(later) if value(wanted, m)), len(later))

        def through(wanted: Expression, count: int) -> bool:
            return all(value(wanted, m) for m in later[:count])

        match node.operator:
            case "not":
                return not value(first, n)
            case "and":
                return all(value(a, n) for a in node.arguments)
            case "or":
                return any(value(a, n) for a in node.arguments)
            case "X":
                return value(first, at(n + 1))
            case "F":
                return first_with(first) < len(later)
            case "G":
                return through(first, len(later))
            case "U":
                return first_with(last) < len(later) and through(first, first_with(last))
            case "W":
                return through(first, first_with(last))
        assert node.operator == "R"
        return through(last, first_with(first) + 1)

    return value(formula, 0)
