"""Time in the procedures of the replication: how long each step takes, and for how long no Info Mart Server runs.

The guide states no time for any step. What matters is how many of them come while no server runs: reports then show nothing new.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from drcheck import Component, Duration, Expression, ParameterRole, hours, scope
from model.common.recovery_clock import ARGUMENT, recovery_clock
from model.common.runbook import STEP, step_pace

StepTime = Annotated[
    Duration, "how long each step takes at most; 0h: without limit, as the guide states none", ParameterRole.ASSUMPTION
]
Tick = Annotated[Duration, "length of one tick, where time is followed", ParameterRole.ASSUMPTION]
ObserveServers = Annotated[bool, "whether a clock counts for how long no Info Mart Server runs", scope(ARGUMENT)]


def servers_clock(none_runs: Expression) -> Component:
    """The clock of the time in which no Info Mart Server runs, so that reports show nothing new; it counts two days."""
    return recovery_clock("running Info Mart Server", hours(48), none_runs)


def step_paces(books: Sequence[Component], limit: int) -> dict[Component, Component]:
    """For each procedure how long its steps take: `limit` ticks each at most; nothing where there is no limit."""
    return {book: step_pace(f"pace_of_{book.name}", book, limit) for book in books} if limit else {}


def step_of(paced: Mapping[Component, Component], book: Component) -> dict[Component, str]:
    """Who else takes part in a step of a procedure where steps take time."""
    return {paced[book]: STEP} if book in paced else {}
