"""Parameters that several Info Mart designs have in common: what the guide does not say, and what may fail.

Each design gives its own defaults, which are assumptions: how late ETL and replication can be, how fast a backlog is
caught up, how long the operators take. Faults are limited by a budget.
"""

from typing import Annotated
from typing import Literal as OneOf

from drcheck import Duration, ParameterRole, scope
from model.common.recovery_clock import ARGUMENT

Threshold = Annotated[
    Duration, "extract-data-stuck-threshold: how long an unreachable site is waited for", ParameterRole.DEPLOYMENT
]
Tick = Annotated[Duration, "length of one tick, and of one interval of data", ParameterRole.ASSUMPTION]
Sources = Annotated[
    int,
    "data sources at each site: voice, then multimedia, configuration, outbound",
    range(1, 5),
    ParameterRole.DEPLOYMENT,
]
LongestOutage = Annotated[Duration, "the longest network outage that is considered", ParameterRole.FAULT]
Outages = Annotated[int, "how many network outages may happen", range(4), ParameterRole.FAULT]
Failures = Annotated[int, "how many sites may fail", range(2), ParameterRole.FAULT]
Failing = Annotated[OneOf["site1", "site2", "either"], "which of the sites may fail as a whole", ParameterRole.FAULT]
IconFailures = Annotated[
    int, "how many ICONs may fail alone, for good; no site may fail then", range(2), ParameterRole.FAULT
]
IdbFailures = Annotated[
    int, "how many IDBs may fail alone, for good; no site may fail then", range(2), ParameterRole.FAULT
]
ServerFailures = Annotated[
    int, "how many times an Info Mart Server may fail alone, its site being up", range(2), ParameterRole.FAULT
]
Restart = Annotated[
    Duration, "how long a server or GoldenGate process that failed alone is down at most", ParameterRole.ASSUMPTION
]
HaIdb = Annotated[bool, "whether each source has its redundant IDB at the other site", ParameterRole.DEPLOYMENT]
EtlDelay = Annotated[int, "how many ticks an ETL cycle that can run may be late", range(5), ParameterRole.ASSUMPTION]
ReplicationLag = Annotated[
    int, "how many intervals each replication stage may be behind when time passes", range(5), ParameterRole.ASSUMPTION
]
CatchUp = Annotated[
    int, "how many intervals of a source one ETL cycle takes in at most", range(2, 65), ParameterRole.ASSUMPTION
]
Drain = Annotated[
    int, "how many intervals an ICON writes from its queue each tick", range(2, 65), ParameterRole.ASSUMPTION
]
Recovery = Annotated[
    Duration,
    "how long the operators take at most from the loss of a site to the end of the procedure",
    ParameterRole.ASSUMPTION,
]
Slips = Annotated[
    int, "how many steps of the procedure the operators may leave out, or do late", range(3), ParameterRole.SLIP
]
Mistaken = Annotated[bool, "whether an operator may take a network outage for the loss of Site 1", ParameterRole.SLIP]
Gi2Step = Annotated[
    bool,
    "whether the operators also bring the standby GI2 into service, as the text before the steps asks",
    ParameterRole.READING,
]
Activity = Annotated[
    bool,
    "whether calls and agent states in progress are followed",
    scope("calls and agent states in progress are followed beside the data, and no guard of anything else reads them"),
]
Aggregation = Annotated[bool, "whether GI2 or RAA is deployed, so that aggregates matter", ParameterRole.DEPLOYMENT]
StuckClock = Annotated[
    OneOf["outage", "data"],
    "what the threshold is compared with: the outage's length, or the data's age",
    ParameterRole.READING,
]
OutagesBegin = Annotated[
    OneOf["any_time", "caught_up"],
    "whether an outage may begin before the Info Mart at Site 1 has caught up",
    ParameterRole.ASSUMPTION,
]
Observe = Annotated[
    bool,
    "whether an observer remembers the length of the first outage",
    scope("the observer remembers when the first outage began and blocks no event"),
]
ObserveRecovery = Annotated[
    bool, "whether a clock counts for how long no new data shows in reports after a disruption", scope(ARGUMENT)
]
IconGatesIdb = Annotated[
    bool,
    "whether an IDB is no longer read once the connection to its ICON is removed, though its access point stays",
    ParameterRole.READING,
]
