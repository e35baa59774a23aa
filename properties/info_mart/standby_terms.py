"""Terms of the active-standby properties: sources and parameter sets."""

from drcheck import Expression, System, all_of
from properties.info_mart import claims as places
from properties.info_mart.shared import LOSS, PLAIN

ARCHITECTURE = "Info Mart guide, Architecture: Active-Standby"
REPLICATION = "Info Mart guide, Info Mart Database Replication"
STANDBY_LOSS = f"{LOSS}: Active-Standby Deployment (also the older loss page)"
PROCEDURE = "Info Mart guide, DR Procedure with Oracle GoldenGate"

# Places that contradict each other, named as the claims name them.
EXCLUDED_TABLES = places.EXCLUDED
LOSS_CHAPTER = places.LOSS_STANDBY
STEP_3 = places.STEP_3

NO_OUTAGE = {**PLAIN, "outages": 0}
SITE_1 = {**PLAIN, "failing": "site1"}
AMOUNTS = {**NO_OUTAGE, "observe_takeover": "amounts"}
"""No outage, and an observer that remembers what stood where when Site 1 was lost and when the standby took over."""
PROMPT = {**PLAIN, "etl_delay": 0, "replication_lag": 0}
"""ETL and replication never late: what is asked here is in which order things happen, not how much is lost."""
SLIP = {**PROMPT, "outages": 0, "slips": 1}
MISTAKE = {**PROMPT, "failing": "site1", "site_failures": 0, "mistaken_operator": True}
KEPT = {"keep_icons": True}
NOT_GATED = {"icon_gates_idb": False}

ICON_GATES_IDB = "an IDB is not read once the connection to its ICON is removed"
KEEPING_UP = "an ETL cycle is at most a tick late, and each stage of replication at most an interval behind"
STAGED_COUNTS = "what was extracted and not yet transformed counts as data that reports need"
NOTIFIED_IN_ORDER = "a pending notification is no older than what aggregation is behind by"
READ_ALONE = "an IDB is read through its access point, whether its ICON is connected or not"


def taken_over(d: System) -> Expression:
    """The standby database is in use after the loss of Site 1."""
    return d.site1.failed & d.info_mart2.in_use


def each_stream(d: System, holds) -> Expression:
    """Whether something holds of every stream, by position."""
    return all_of(holds(i) for i in range(len(d.layer.streams)))
