"""Disruptions of the Configuration Database. The Framework guide states no objective for any of them.

What it says that people see is limited mode: operations go on, and no change of the configuration is accepted.
"""

from drcheck import any_of, disruption, notice
from properties.configuration_database.terms import ADDRESSES, OVERVIEW

SMALL = {"changes": 2}
"""Two changes of the configuration, so that searches are small; what is lost of them is said of these."""

OBJECTIVES = [
    disruption("loss of the main site", given=SMALL, site_failures=1, failing="main"),
    disruption(
        "loss of the main management host", given=SMALL, site_failures=1, failing="main", disaster="management_host"
    ),
    disruption("loss of the secondary site", given=SMALL, site_failures=1, failing="secondary"),
    disruption("network outage", given=SMALL, outages=1),
    disruption("loss of the main site around an outage", given=SMALL, site_failures=1, failing="main", outages=1),
    disruption("failure of a Configuration Server", given=SMALL, server_failures=1),
    disruption("failure of a process of the replication", given=SMALL, replication_failures=1),
    disruption("outage taken for the loss of the main site", given=SMALL, outages=1, mistaken_operator=True),
]

NOTICES = [
    notice(
        "limited mode",
        when=lambda d: any_of(d.component(f"{here}_proxies").limited for here in ADDRESSES),
        of="site failure",
        who="those who change the configuration",
        source=OVERVIEW,
    ),
]

__all__ = ["NOTICES", "OBJECTIVES"]
