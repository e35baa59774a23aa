"""Drawings as plain data: machines, architectures, sequence charts.

The builders (`machine`, `architecture`, `chart`) make these from components, systems and traces; the writers (`dot`,
`mermaid`, `sequence_svg`, `text`) turn them into text and know nothing else. Everything here is strings, numbers and
tuples, in drawing order, so a writer's output depends on nothing but its document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


# -- one component's machine ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class MachineState:
    """A control state. `failure`: its name says so (see `style.is_failure`). `final`: no transition leaves it."""

    name: str
    initial: bool = False
    failure: bool = False
    final: bool = False


@dataclass(frozen=True)
class MachineEdge:
    """One way in which one transition can end: from each of `sources` to `dest`, or staying put where `dest` is None.

    `guard` is "" if there is none; `updates` read `variable := value`, and `effects` say the same in fewer words;
    `event_kind` is a key of `style.KINDS`; `remarks` are further attributes in words ("urgent", "outcome 1 of 2").
    """

    sources: tuple[str, ...]
    dest: str | None
    trigger: str
    guard: str = ""
    updates: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    event_kind: str = "automatic"
    remarks: tuple[str, ...] = ()
    doc: str = ""


LONGEST = 170
"""A guard of more characters is shortened on the lines of a drawing."""


def edge_parts(edge: MachineEdge, *, whole: bool = False) -> list[tuple[str, str, str]]:
    """What stands at a transition, as (before, text, after): the trigger with remarks, the guard, the effects.

    `whole`: everything; otherwise a very long guard is shortened and says so, and updates are reported in fewer words.
    """
    parts = [("", edge.trigger + (f" ({', '.join(edge.remarks)})" if edge.remarks else ""), "")]
    if edge.guard:
        guard = edge.guard
        if not whole and len(guard) > LONGEST:
            guard = guard[: max(guard.rfind(" ", 0, LONGEST), 0)] + " … (shortened)"
        parts.append(("[", guard, "]"))
    return parts + [("/ ", effect, "") for effect in (edge.updates if whole else edge.effects)]


@dataclass(frozen=True)
class MachineDiagram:
    """The state diagram of one component. `variables` and `reads` (what it looks at in others) are in words.

    `names`: what named expressions in guards and updates stand for.
    """

    component: str
    states: tuple[MachineState, ...]
    edges: tuple[MachineEdge, ...]
    variables: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    doc: str = ""
    names: tuple[str, ...] = ()

    @property
    def initial(self) -> str:
        """The name of the initial state, the first of several."""
        return self.initial_states[0]

    @property
    def initial_states(self) -> tuple[str, ...]:
        """The names of all initial states."""
        return tuple(state.name for state in self.states if state.initial)


@dataclass(frozen=True)
class Arrow:
    """Edges of one kind of event between the same two states, drawn as one. `source` None: any other state."""

    source: str | None
    dest: str
    event_kind: str
    edges: tuple[MachineEdge, ...]


EVERYWHERE = 4
"""A transition that leaves this many states or more, and all but its destination, is drawn once for all of them."""


def leaves_everywhere(diagram: MachineDiagram, edge: MachineEdge) -> bool:
    """Whether an edge leaves every state but (perhaps) the one that it leads to, and these are many."""
    others = {state.name for state in diagram.states} - {edge.dest}
    return len(edge.sources) >= EVERYWHERE and others <= set(edge.sources)


def arrows(diagram: MachineDiagram) -> list[Arrow]:
    """The arrows to draw between states, parallel ones merged, in order of first occurrence."""
    merged: dict[tuple[str | None, str, str], list[MachineEdge]] = {}
    for edge in diagram.edges:
        if edge.dest is None:
            continue
        sources: tuple[str | None, ...] = (None,) if leaves_everywhere(diagram, edge) else edge.sources
        for source in sources:
            if source != edge.dest:
                merged.setdefault((source, edge.dest, edge.event_kind), []).append(edge)
    return [Arrow(*key, tuple(edges)) for key, edges in merged.items()]


def activities(diagram: MachineDiagram, state: str | None) -> list[MachineEdge]:
    """The transitions that stay in `state` (None: in every state, where they are the same in all of many states)."""
    found = []
    for edge in diagram.edges:
        if leaves_everywhere(diagram, edge):
            stays = state is None and edge.dest is None
        else:
            stays = state in edge.sources and edge.dest in (None, state)
        if stays:
            found.append(edge)
    return found


# -- a system's architecture ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Node:
    """A component. `kind`: "site" (the machine of a site itself), "operator" (acts for people), or "component"."""

    name: str
    kind: str
    site: str | None
    doc: str = ""
    states: int = 1
    variables: int = 0


@dataclass(frozen=True)
class Cluster:
    """A site with its components; `events` are those that hit all of it at once."""

    site: str
    members: tuple[str, ...]
    events: tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True)
class SharedEvents:
    """Two components that take part in the same events.

    `event_kind` is the kind of all of them; where they are `mixed`, it is "automatic".
    """

    first: str
    second: str
    events: tuple[str, ...]
    event_kind: str = "automatic"
    mixed: bool = False


@dataclass(frozen=True)
class Hub:
    """An event with many participants, drawn as a point that they are joined to rather than as pairs."""

    event: str
    participants: tuple[str, ...]
    event_kind: str = "automatic"


@dataclass(frozen=True)
class Reads:
    """`reader` looks at `what` (variables and states) of `owner` in its guards or updates."""

    reader: str
    owner: str
    what: tuple[str, ...]


@dataclass(frozen=True)
class WayLeg:
    """A leg of a way of data, from a component to the next. `modelled`: the model has it; else it is stated only."""

    first: str
    second: str
    modelled: bool


@dataclass(frozen=True)
class Way:
    """A way of `what` through components, as the document's place `source` describes it."""

    what: str
    legs: tuple[WayLeg, ...]
    source: str


@dataclass(frozen=True)
class Passage:
    """All that passes between two components."""

    first: str
    second: str
    what: tuple[str, ...]
    modelled: bool


@dataclass(frozen=True)
class Occurrence:
    """An event that several components share: those that it needs, and those that take part when they can."""

    event: str
    kind: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True)
class ArchitectureDiagram:
    """The components of a system at their sites, the events they share, and what they read of each other.

    With `ways` of data these are drawn, and `occurrences` (the shared events) stand in a matrix; `budget` says how many faults of
    each kind there may be.
    """

    system: str
    title: str
    clusters: tuple[Cluster, ...]
    nodes: tuple[Node, ...]
    shared: tuple[SharedEvents, ...]
    hubs: tuple[Hub, ...] = ()
    reads: tuple[Reads, ...] = ()
    doc: str = ""
    ways: tuple[Way, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    budget: tuple[str, ...] = ()


POPULAR = 4
"""What this many components or more look at is reported in the readers' boxes rather than drawn."""
FEW = 12
"""Where more reads than this would have to be drawn, all are reported in the readers' boxes."""


def drawn_reads(diagram: ArchitectureDiagram) -> list[Reads]:
    """The reads that are drawn as arrows: those of what only few components look at, unless these are many."""
    reads = _worth_telling(diagram)
    rare = [r for r in reads if sum(r.owner == other.owner for other in reads) < POPULAR]
    return rare if len(rare) <= FEW else []


def listed_reads(diagram: ArchitectureDiagram) -> dict[str, list[str]]:
    """The reads that are reported in words: reader to owners, for what many components look at."""
    arrows_ = drawn_reads(diagram)
    listed: dict[str, list[str]] = {}
    for reads in _worth_telling(diagram):
        if reads not in arrows_:
            listed.setdefault(reads.reader, []).append(reads.owner)
    return listed


def _worth_telling(diagram: ArchitectureDiagram) -> list[Reads]:
    """All reads except those of a site by its members, and those between partners in an event."""
    nodes = {node.name: node for node in diagram.nodes}
    together = {frozenset((s.first, s.second)) for s in diagram.shared}

    def is_drawn(reads: Reads) -> bool:
        owner = nodes[reads.owner]
        own_site = owner.kind == "site" and owner.site == nodes[reads.reader].site
        return not own_site and frozenset((reads.reader, reads.owner)) not in together

    return [reads for reads in diagram.reads if is_drawn(reads)]


SHOWN_EVENTS = 3


def event_names(events: tuple[str, ...]) -> list[str]:
    """At most `SHOWN_EVENTS` names, then how many more there are."""
    shown = list(events[:SHOWN_EVENTS])
    return shown if len(events) <= SHOWN_EVENTS else [*shown, f"+{len(events) - SHOWN_EVENTS} more"]


# -- a trace as a sequence chart -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Lifeline:
    """A component that changes or takes part, with its control state at the beginning.

    `values` are its variables with their start values; given only if there are no steps to show them.
    """

    component: str
    site: str | None
    initial: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Change:
    """What happened to one cell: `values` before, perhaps in between (over folded ticks), and after.

    `variable` is "" for the control state, whose failed values `failure` gives (the value after).
    """

    component: str
    variable: str
    values: tuple[str, ...]
    failure: bool = False


@dataclass(frozen=True)
class Message:
    """One row of a chart: one event, or consecutive ticks folded (`event_kind` "time", `first` < `last`).

    `first` and `last` number the steps from 1. `elapsed` is the time since the beginning after this row, "" in systems
    without a tick. `begins_cycle` and `ends_cycle` mark a lasso. `escape` says in words which cell would leave its
    domain. `mark` is what the trace says of the state after this row.
    """

    first: int
    last: int
    event: str
    event_kind: str
    participants: tuple[str, ...]
    changes: tuple[Change, ...]
    elapsed: str = ""
    begins_cycle: bool = False
    ends_cycle: bool = False
    escape: str = ""
    mark: str = ""

    @property
    def ticks(self) -> int:
        """How many ticks pass; 0 for an event."""
        return self.last - self.first + 1 if self.event_kind == "time" else 0


@dataclass(frozen=True)
class SequenceChart:
    """A trace: lifelines grouped by site (those without a site after the first one), and its rows in order.

    `steps` counts the steps before folding; `cycle` gives the numbers of the first and the last step of a lasso's
    cycle; `mark` is what the trace says of the initial state; `start` says what was chosen at the start, if anything was.
    """

    system: str
    title: str
    lifelines: tuple[Lifeline, ...]
    messages: tuple[Message, ...]
    steps: int
    cycle: tuple[int, int] | None = None
    mark: str = ""
    start: str = ""


Document: TypeAlias = MachineDiagram | ArchitectureDiagram | SequenceChart


__all__ = [
    "ArchitectureDiagram",
    "Arrow",
    "Change",
    "Cluster",
    "Document",
    "Hub",
    "Lifeline",
    "MachineDiagram",
    "MachineEdge",
    "MachineState",
    "Message",
    "Node",
    "Occurrence",
    "Passage",
    "Reads",
    "SequenceChart",
    "SharedEvents",
    "Way",
    "WayLeg",
    "activities",
    "arrows",
    "drawn_reads",
    "edge_parts",
    "event_names",
    "listed_reads",
]
