"""Terms of the active-standby properties: sources and parameter sets."""

from drcheck import System
from properties.info_mart.shared import LOSS, PLAIN

ARCHITECTURE = "Info Mart guide, Architecture: Active-Standby"
REPLICATION = "Info Mart guide, Info Mart Database Replication"
STANDBY_LOSS = f"{LOSS}: Active-Standby Deployment (also the older loss page)"
PROCEDURE = "Info Mart guide, DR Procedure with Oracle GoldenGate"
NO_OUTAGE = {**PLAIN, "outages": 0}
SITE_1 = {**PLAIN, "failing": "site1"}
PROMPT = {**PLAIN, "etl_delay": 0, "replication_lag": 0}
"""ETL and replication never late: what is asked here is in which order things happen, not how much is lost."""
SLIP = {**PROMPT, "outages": 0, "slips": 1}
MISTAKE = {**PROMPT, "failing": "site1", "site_failures": 0, "mistaken_operator": True}


def taken_over(d: System):
    """The standby database is in use after the loss of Site 1."""
    return d.site1.failed & d.info_mart2.in_use
