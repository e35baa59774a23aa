"""How long no Info Mart Server runs in the procedures of the replication: so many steps, each of the time that is assumed.

The guide states no time for any step. An hour for each is an assumption; the most that it says itself is that the transfer of
the database can take a significant time, so that the one of `server_during_transfer` matters most.
"""

from drcheck import Component, System, hours

TIMED = {"observe_recovery": True, "step_time": hours(1)}
"""A clock, and an hour for each step."""
EACH_STEP = "each step takes no longer than step_time, what it waits for included"


def while_stopped(d: System, book: Component, stop: str, start: str) -> int:
    """How many ticks the steps take that come after the one that stops the server, up to the one that starts it again."""
    return (book.states.index(start) - book.states.index(stop)) * d.ticks(d.parameters["step_time"])
