"""Parameters that several Info Mart designs have in common: what the guide does not say, and what may fail.

Each design gives its own defaults, which are assumptions: how late ETL and replication can be, how fast a backlog is
caught up, how long the operators take. Faults are limited by a budget.
"""

from typing import Annotated
from typing import Literal as OneOf

from drcheck import Duration

Threshold = Annotated[Duration, "extract-data-stuck-threshold: how long an unreachable site is waited for"]
Tick = Annotated[Duration, "length of one tick, and of one interval of data"]
Sources = Annotated[int, "data sources at each site: voice, then multimedia, configuration, outbound", range(1, 5)]
LongestOutage = Annotated[Duration, "the longest network outage that is considered"]
Outages = Annotated[int, "how many network outages may happen", range(4)]
Failures = Annotated[int, "how many sites may fail", range(2)]
Failing = Annotated[OneOf["site1", "site2", "either"], "which site may fail"]
HaIdb = Annotated[bool, "whether each source has its redundant IDB at the other site"]
EtlDelay = Annotated[int, "how many ticks an ETL cycle that can run may be late", range(5)]
ReplicationLag = Annotated[int, "how many intervals each replication stage may be behind when time passes", range(5)]
CatchUp = Annotated[int, "how many intervals of a source one ETL cycle takes in at most", range(2, 65)]
Drain = Annotated[int, "how many intervals an ICON writes from its queue each tick", range(2, 65)]
Recovery = Annotated[
    Duration, "how long the operators take at most from the loss of a site to the end of the procedure"
]
Slips = Annotated[int, "how many steps of the procedure the operators may leave out, or do late", range(3)]
Mistaken = Annotated[bool, "whether an operator may take a network outage for the loss of Site 1"]
Gi2Step = Annotated[
    bool, "whether the operators also bring the standby GI2 into service, as the text before the steps asks"
]
Activity = Annotated[bool, "whether calls and agent states in progress are followed"]
Aggregation = Annotated[bool, "whether GI2 or RAA is deployed, so that aggregates matter"]
StuckClock = Annotated[
    OneOf["outage", "data"], "what the threshold is compared with: the outage's length, or the data's age"
]
Observe = Annotated[bool, "whether an observer remembers the length of the first outage"]
