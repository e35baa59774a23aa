"""What the Logger page states for disruptions, and what it says that those who run reports see.

After a failure of a Logger or of an HDS missing data is temporary: nothing is lost for good. No time is stated.
"""

from drcheck import Expression, System, any_of, disruption, notice, objective
from properties.logger_hds.terms import FLOW, ONE_TABLE, POINTS, everyone, logged

READERS = "those who run historical reports"

OBJECTIVES = [
    objective(disruption("failure of a Logger", given=ONE_TABLE, logger_failures=1), loses_at_most=0, source=POINTS),
    objective(disruption("failure of an HDS", given=ONE_TABLE, hds_failures=1), loses_at_most=0, source=POINTS),
    disruption("two failures of Loggers", given=ONE_TABLE, logger_failures=2),
    disruption("failure of a CallRouter", given=ONE_TABLE, router_failures=1),
    disruption("the clock is set back", given=ONE_TABLE, clock_set_backs=1),
]


def _missing(d: System) -> Expression:
    """The HDS from which reports are run lacks a record that some Logger has."""
    client = d.administration_client
    return any_of(
        client.state(f"uses_{name}") & logged(d, i) & ~side.hds.holds[i]
        for name, side in d.sides.items()
        for i in everyone(d)
    )


NOTICES = [
    notice("switch to the backup HDS", at="switches", of="HDS failure", who=READERS, source=FLOW),
    notice(
        "recent intervals missing in reports",
        when=_missing,
        of=("Logger failure", "HDS failure"),
        who=READERS,
        source=POINTS,
    ),
]

__all__ = ["NOTICES", "OBJECTIVES"]
