"""The states and steps of a system as a graph of the library `networkx`, for analyses of your own.

drcheck decides everything on its own graphs, which are far smaller and faster; this one is for the algorithms of networkx:
shortest paths, strongly connected components, dominators, drawings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drcheck.errors import EngineError
from drcheck.system.system import System

if TYPE_CHECKING:
    import networkx as nx

    from drcheck.engines.protocol import Exploration

LARGEST = 200_000
"""States and steps, together, that a graph has at most unless another limit is given: some 200 MB."""


def state_graph(system: System, *, largest: int = LARGEST) -> nx.MultiDiGraph[int]:
    """Explore a system, and give its states and steps as a graph (see `as_networkx`).

    `largest`: the limit of states and steps together; each takes about a kilobyte. Raises EngineError DR513 if there are
    more, DR514 if the search stopped early: short memory, an interrupt.
    """
    from drcheck.engines.choose import engine_named
    from drcheck.engines.protocol import Limits, Query

    found = engine_named("auto").explore(system, Query(), Limits(states=largest))
    if not found.complete and found.states > largest:
        raise _too_large(system, largest)
    return as_networkx(found, largest=largest)


def as_networkx(exploration: Exploration, *, largest: int = LARGEST) -> nx.MultiDiGraph[int]:
    """What a search found as a graph, whichever engine searched.

    A node is the number of a state, from 0, the first initial state, on. Its attributes are the values that people read: by the
    name of each component the state that it is in, and by `component.variable` the value of each of its variables (numbers are
    as in the model, so ages and counters of durations count ticks). An edge is a step. Its attributes are the event's `name` and
    `kind` (automatic, operator, environment or time), and which `alternative` of the event it is, from 0 on. The graph's own
    attributes are the system's `name` and the `initial` state; where there are several, also all `initial_states`. A step by
    which a value would leave its domain leads to no state and is no edge.

    Raises EngineError DR513 if there are more states and steps, together, than `largest`, DR514 if the search stopped early
    or its states were released: what is missing would look impossible.
    """
    import networkx as nx

    from drcheck.engines.python import successors_of

    system = exploration.system
    if not exploration.complete:
        raise EngineError(
            "DR514",
            f"the search of {system.name} stopped early ({exploration.stopped}): a graph of what it saw would lack steps",
            remedy="give the search more room, or explore a smaller variant of the system",
        )
    if exploration.states + exploration.transitions > largest:
        raise _too_large(system, largest)
    try:
        states = [exploration.state(number) for number in range(exploration.states)]
    except LookupError as error:
        raise EngineError(
            "DR514", f"there is no graph to be made: {error}", remedy="keep the states of the search"
        ) from error
    numbers = {state: number for number, state in enumerate(states)}
    successors = successors_of(system)
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(name=system.name, initial=0)
    if system.initials > 1:
        graph.graph["initial_states"] = list(range(system.initials))
    for number, state in enumerate(states):
        graph.add_node(number, **system.decode(state))
    for number, state in enumerate(states):
        for event, alternative, target, _ in successors(state):
            if target is not None:
                told = system.events[event]
                graph.add_edge(number, numbers[target], name=told.name, kind=told.kind, alternative=alternative)
    return graph


def _too_large(system: System, largest: int) -> EngineError:
    return EngineError(
        "DR513",
        f"{system.name} has more than {largest:,} states and steps, the limit of a graph",
        remedy="explore a smaller variant of the design (other parameters), ask for single paths as properties "
        "(reachable, leads_to), or allow more: state_graph(system, largest=...), about a kilobyte of memory each",
    )
