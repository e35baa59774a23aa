"""What verdicts rest on: what a search has found, with the traces to it and the graph of transitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from drcheck.engines.numpy.columns import Columns
from drcheck.engines.protocol import Escape
from drcheck.errors import EngineError
from drcheck.graphs.bisimulation import Quotient, quotient
from drcheck.kernels.budget import NoRoomError
from drcheck.language.expressions import Expression
from drcheck.logic.kinds import Property
from drcheck.logic.liveness import FairGraph, Lasso
from drcheck.reductions.form import PARTIAL_ORDER
from drcheck.reductions.lift import Lift
from drcheck.system.lowering import lower
from drcheck.system.oracle import Oracle
from drcheck.system.system import State
from drcheck.system.trace import Trace, along
from drcheck.verdicts.verdict import Conclusion, Run, Verdict

INTERRUPTED_NOW = "the run was interrupted"


@dataclass(frozen=True)
class View:
    """A graph of transitions, the first `roots` states of which are initial, and in which of its states an expression holds."""

    graph: FairGraph
    roots: int
    holds: Callable[[Expression], NDArray[np.bool_]]


def steps(number: int) -> str:
    """A number of steps, in words."""
    return f"{number} step" if number == 1 else f"{number} steps"


class Grounds:
    """What the search of a run has found. `late`: why long work is no longer done, or None.

    `apart`: where it pays to ask the quotient of the graph first, the lowered conditions that its classes tell apart; else None.
    """

    def __init__(self, run: Run, apart: Sequence[Expression] | None = None) -> None:
        self.run, self.system, self.found = run, run.system, run.exploration
        self._apart = apart
        self._coarse: tuple[Quotient, View] | None = None
        self.late: str | None = None
        self._lift = Lift(run.reduced) if run.reductions and run.reduced is not None else None
        self._columns: Columns | None = None
        self._fair: FairGraph | None = None

    @property
    def exhaustive(self) -> bool:
        """Whether every reachable state was expanded and every step is defined."""
        return self.found.complete and self.found.escape is None

    @property
    def hurried(self) -> bool:
        """Whether there is no time for what takes long."""
        return self.run.interrupted or self.late is not None

    @property
    def reduced(self) -> bool:
        """Whether what was searched is not the system itself."""
        return self._lift is not None

    # -- traces -----------------------------------------------------------------------------------------------------
    def trace_to(self, number: int) -> Trace:
        """A shortest trace to a state; with partial-order reduction a trace to it."""
        states = [self.found.state(n) for n in self.found.ancestry(number)]
        if self._lift is None:
            return along(self.system, states)
        lifted = self._lift.path(states)
        return replace(
            along(self.system, lifted.states, lifted.events), shortest=PARTIAL_ORDER not in self.run.reductions
        )

    def shown(self, item: Property, number: int, shows: Callable[[Oracle, State], bool]) -> Trace | None:
        """A trace to a state, at whose end the property must show on the system itself: no reduction is trusted.

        None if there is no time for it (see `late`). Raises EngineError DR502.
        """
        if self.late is not None:
            return None
        trace = self.trace_to(number)
        if self._lift is not None and not shows(Oracle(self.system), trace.states[-1]):
            raise EngineError(
                "DR502",
                f"the trace of {item.name or item.formula()} does not show it without the reductions",
                remedy="please report it with the model: a reduction is wrong; leave it out meanwhile",
            )
        return trace

    def trace_of(self, lasso: Lasso) -> Trace:
        """The trace of a lasso whose first state is preceded by a shortest path to it."""
        lead = self.found.ancestry(lasso.states[0])
        numbers = lead + lasso.states[1:]
        events: list[int | None] = [None] * (len(lead) - 1) + [*lasso.events]
        loop = None if lasso.loop is None else lasso.loop + len(lead) - 1
        states = [self.found.state(n) for n in numbers]
        if self._lift is None:
            return along(self.system, states, events, loop=loop)
        lifted = self._lift.path(states, events, loop=loop)
        return along(self.system, lifted.states, lifted.events, loop=lifted.loop)

    def trace_out(self, escape: Escape) -> tuple[tuple[int, int], Trace]:
        """The event and the cell of a step out of a domain, and the trace to it."""
        states, left = [self.found.state(n) for n in self.found.ancestry(escape.state)], (escape.event, escape.cell)
        events: Sequence[int | None] = ()
        if self._lift is not None:
            lifted = self._lift.path(states, escape=escape.event)
            states, events = lifted.states, lifted.events
            left = lifted.escape or left
        return left, along(self.system, states, events, escape=left)

    # -- the graph --------------------------------------------------------------------------------------------------
    def graph(self) -> FairGraph:
        """The graph of transitions. Raises EngineError DR501 if the engine kept none."""
        if self._fair is None:
            if self.found.graph is None:
                raise EngineError("DR501", f"engine {self.found.engine} kept no transition graph")
            self._fair = FairGraph(self.found.graph)
        return self._fair

    def mask(self, node: Expression) -> NDArray[np.bool_]:
        """In which states of the graph an expression holds."""
        return self._mask(lower(self.system, node))

    def _mask(self, lowered: Expression) -> NDArray[np.bool_]:
        if self._columns is None:
            self._columns = Columns(self.found)
        return self._columns.mask(lowered)[: self.graph().size]

    def views(self) -> Iterator[View]:
        """What is asked of executions: the quotient first, where it pays, then the graph itself, which alone gives traces.

        What holds of all executions of one holds of all of the other, fairness of events included (see `graphs.bisimulation`).
        """
        if self._apart is not None:
            yield self.coarse(self._apart)[1]
        yield View(self.graph(), self.found.system.initials, self.mask)

    def coarse(self, apart: Sequence[Expression]) -> tuple[Quotient, View]:
        """The quotient of the graph whose classes tell some lowered conditions apart, and the view of it."""
        if self._coarse is None:
            made = quotient(self.graph().graph, (self._mask(condition) for condition in apart))
            roots = len(np.unique(made.number[: self.found.system.initials]))
            self._coarse = made, View(FairGraph(made.graph), roots, lambda node: made.of_classes(self.mask(node)))
        return self._coarse

    def give_back(self) -> None:
        """Give back the memory of what can be made again."""
        self._columns = self._fair = self._coarse = None

    # -- in words ---------------------------------------------------------------------------------------------------
    def states(self) -> str:
        """How many states were examined; with reductions each stands for several. By slices, no number is known."""
        if self.run.proof is not None:
            return "states, by slices"
        return f"{self.found.states:,} {'representatives' if self.reduced else 'states'}"

    def over(self) -> str:
        """What a greatest value is the greatest of."""
        return "by slices" if self.run.proof is not None else f"over {self.states()}"

    def untraced(self, trace: Trace | None) -> str:
        """What to say if there is no trace."""
        return "" if trace is not None else f"; {self.late} before its trace was made and replayed"

    def inconclusive(self, item: Property) -> Verdict:
        """The verdict if nothing was found and not everything was examined."""
        if not self.found.complete:
            states = f"{self.found.states:,} {'state' if self.found.states == 1 else 'states'}"
            why = f"the search stopped at {self.found.stopped}, after {states}"
        elif self.found.escape is None:
            why = f"{self.late or INTERRUPTED_NOW} before this was decided"
        else:
            why = "a value leaves its domain (see the trace of that violation), so the model is not defined everywhere"
        return Verdict(item, Conclusion.INCONCLUSIVE, why, self.run)

    def without_room(self, item: Property, error: MemoryError) -> Verdict:
        """The verdict if there is no room for an analysis of the graph."""
        said = str(error) if isinstance(error, NoRoomError) else "the memory of this machine"
        reason = f"{said} leaves no room for the analysis of its graph of {self.states()}"
        return Verdict(item, Conclusion.INCONCLUSIVE, reason, self.run)

    def unlifted(self, item: Property) -> Verdict:
        """The verdict if a search with reductions shows something, and there was no time to show it without them."""
        return Verdict(item, Conclusion.INCONCLUSIVE, f"the search shows a trace of it{self.untraced(None)}", self.run)
