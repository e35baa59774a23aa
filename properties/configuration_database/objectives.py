"""Disruptions of the Configuration Database. The Framework guide states no objective for any of them.

The changes that the model makes are a few; that all of them can be lost says that nothing bounds how many.
What it says that people see is limited mode: operations go on, and no change of the configuration is accepted.
"""

from drcheck import any_of, disruption, notice
from properties.configuration_database.terms import ADDRESSES, OVERVIEW

OBJECTIVES = [
    disruption("loss of the main site", site_failures=1, failing="main"),
    disruption("loss of the main management host", site_failures=1, failing="main", disaster="management_host"),
    disruption("loss of the secondary site", site_failures=1, failing="secondary"),
    disruption("network outage", outages=1),
    disruption("loss of the main site around an outage", site_failures=1, failing="main", outages=1),
    disruption("failure of a Configuration Server", server_failures=1),
    disruption("failure of a process of the replication", replication_failures=1),
    disruption("outage taken for the loss of the main site", outages=1, mistaken_operator=True),
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
