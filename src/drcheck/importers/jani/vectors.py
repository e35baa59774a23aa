"""The composition of a JANI file as events: each combination of edges that synchronise, and each edge that does not.

Edges of one automaton that can stand for each other, as no two are possible at once, are one trigger, so that automata of
many such edges do not multiply. Variables that several automata write belong to a component of their own, which takes part in
each event that writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod

from drcheck.errors import shown
from drcheck.importers.jani.automata import Automaton, Move, grouped, without_shared
from drcheck.importers.jani.document import Node
from drcheck.importers.jani.names import TriggerNames
from drcheck.language.expressions import Expression
from drcheck.language.variables import Variable

MOST_EVENTS = 20_000
"""How many events a model may have."""
MOST_WAYS = 1 << 20
"""How many ways to end all events of a model may have together."""


@dataclass
class Trigger:
    """A group of moves of an automaton under one name."""

    name: str
    moves: list[Move]

    @property
    def ways(self) -> int:
        """In how many ways it can end."""
        return max(len(move.ways) for move in self.moves)


@dataclass(frozen=True)
class Taken:
    """An event: its name, the triggers that take part by the positions of their automata, what shared variables become."""

    name: str
    node: Node
    triggers: Mapping[int, Trigger]
    shared: Mapping[Variable, Expression]
    rated: bool


@dataclass
class Composition:
    """All events, the triggers of each automaton, and the edges that never happen, as they wait for what never comes."""

    events: list[Taken] = field(default_factory=list)
    triggers: list[list[Trigger]] = field(default_factory=list)
    idle: list[Move] = field(default_factory=list)


def composed(
    system: Node, automata: Sequence[Automaton], shared: frozenset[Variable], actions: frozenset[str], kind: str
) -> Composition:
    """The events of a composition. Raises DesignError DR231, DR232."""
    system.expect("a composition", ("elements", "syncs"))
    vectors = list(_vectors(system, automata, actions))
    result = Composition()
    names = [TriggerNames() for _ in automata]
    by_action: list[dict[str | None, list[Trigger]]] = []
    vectors, result.idle = _alive(automata, vectors)
    for n, automaton in enumerate(automata):
        moves = without_shared(automaton.moves, shared)
        groups: dict[str | None, list[Trigger]] = {}
        for action in dict.fromkeys(move.action for move in moves):
            mine = [move for move in moves if move.action == action]
            parts = [[move] for move in mine] if action is None else grouped(mine, shared)
            groups[action] = [Trigger(names[n].take(_called(automaton, action, part)), part) for part in parts]
        by_action.append(groups)
        result.triggers.append([trigger for group in groups.values() for trigger in group])
    events = TriggerNames()
    ways = 0
    for vector in vectors:
        positions = [n for n, action in enumerate(vector.actions) if action is not None]
        choices = [by_action[n].get(vector.actions[n], []) for n in positions]
        ways += prod(sum(trigger.ways for trigger in choice) for choice in choices)
        if len(result.events) + prod(map(len, choices)) > MOST_EVENTS or ways > MOST_WAYS:
            vector.node.unsupported(
                f"edges synchronise in too many ways: more than {MOST_EVENTS:,} events, or {ways:,} ways to end, "
                f"of {MOST_WAYS:,} at most"
            )
        for combination in product(*choices):
            together = dict(zip(positions, combination, strict=True))
            result.events.append(_taken(events.take(vector.result), vector.node, together, shared, kind))
    for n, groups in enumerate(by_action):
        for trigger in groups.get(None, []):
            event = f"{automata[n].component}.{trigger.name}"
            result.events.append(_taken(event, trigger.moves[0].node, {n: trigger}, shared, kind))
    if len(result.events) > MOST_EVENTS:
        system.unsupported(f"the model would have {len(result.events):,} events, of {MOST_EVENTS:,} at most")
    return result


def _called(automaton: Automaton, action: str | None, moves: list[Move]) -> str:
    """A name for the trigger of moves: the action, or where they start."""
    if action is not None:
        return action
    return f"from_{moves[0].location}" if len(automaton.locations) > 1 else "step"


def _alive(automata: Sequence[Automaton], vectors: list[_Vector]) -> tuple[list[_Vector], list[Move]]:
    """Leave the automata with the edges that can be reached and have all that they synchronise with; the vectors that are left.

    And the edges that never happen as they wait for what never comes.
    """
    idle: list[Move] = []
    before = -1
    while before != sum(len(automaton.moves) for automaton in automata) + len(vectors):
        before = sum(len(automaton.moves) for automaton in automata) + len(vectors)
        for automaton in automata:
            states = set(automaton.states())
            automaton.moves = [move for move in automaton.moves if move.location in states]
        has = [{move.action for move in automaton.moves} for automaton in automata]
        vectors = [v for v in vectors if all(a is None or a in has[n] for n, a in enumerate(v.actions))]
        for n, automaton in enumerate(automata):
            used = {None, *(vector.actions[n] for vector in vectors)}
            idle += [move for move in automaton.moves if move.action not in used]
            automaton.moves = [move for move in automaton.moves if move.action in used]
    return vectors, idle


@dataclass(frozen=True)
class _Vector:
    node: Node
    actions: tuple[str | None, ...]
    result: str


def _vectors(system: Node, automata: Sequence[Automaton], actions: frozenset[str]) -> Iterator[_Vector]:
    if "syncs" not in system and len(automata) == 1:  # nothing to synchronise with: its actions happen alone
        for action in dict.fromkeys(move.action for move in automata[0].moves):
            if action is not None:
                yield _Vector(system["elements"], (action,), action)
    for node in system.each("syncs"):
        node.expect("a synchronisation vector", ("synchronise", "result"))
        items = list(node["synchronise"].items())
        if len(items) != len(automata):
            node["synchronise"].malformed(
                f"it has {len(items)} entries for {len(automata)} elements of the composition"
            )
        found: list[str | None] = []
        for item in items:
            if item.value is not None:
                _known(item, actions)
            found.append(item.value)
        if not any(found):
            node["synchronise"].malformed("nothing takes part in it")
        result = node.get("result")
        if result is not None and result.value is not None:
            _known(result, actions)
            yield _Vector(node, tuple(found), result.text())
        else:
            yield _Vector(node, tuple(found), "_".join(action for action in found if action is not None))


def _known(node: Node, actions: frozenset[str]) -> None:
    if node.text() not in actions:
        node.malformed(f"there is no action {shown(node.value)}", available=sorted(actions), asked=node.value)


def _taken(
    name: str,
    node: Node,
    triggers: Mapping[int, Trigger],
    shared: frozenset[Variable],
    kind: str,
) -> Taken:
    parts = list(triggers.values())
    rated = {move.rated for trigger in parts for move in trigger.moves}
    if kind == "ma" and len(rated) > 1:
        node.unsupported("an edge with a rate synchronises with one without, which has no meaning in an ma")
    _refuse_conflicts(parts)
    updates: dict[Variable, Expression] = {}
    for trigger in parts:
        for move in trigger.moves:
            for way in move.ways:
                updates |= {variable: value for variable, value in way.updates.items() if variable in shared}
    return Taken(name, node, triggers, updates, True in rated)


def _refuse_conflicts(parts: Sequence[Trigger]) -> None:
    """Refuse two automata that write one variable in one event, or of which one reads what the other wrote just before."""
    for n, trigger in enumerate(parts):
        others = [way for other in (*parts[:n], *parts[n + 1 :]) for move in other.moves for way in move.ways]
        written = {write.variable: write for way in others for write in way.writes}
        earliest: dict[Variable, int] = {}
        for way in others:
            for write in way.writes:
                earliest[write.variable] = min(write.index, earliest.get(write.variable, write.index))
        for way in (way for move in trigger.moves for way in move.ways):
            for write in way.writes:
                if write.variable in written:
                    other = written[write.variable].node
                    write.node.unsupported(
                        f"{write.variable.name} is assigned by two edges that synchronise, also at {other.path}"
                    )
            for read in way.reads:
                if earliest.get(read.variable, read.index) < read.index:
                    other = written[read.variable].node
                    read.node.unsupported(
                        f"{read.variable.name} is read after an edge that synchronises with this one assigned it, "
                        f"at {other.path}"
                    )


__all__ = ["Composition", "Taken", "Trigger", "composed"]
