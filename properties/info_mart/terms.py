"""Places in the guide, parameters and words that the promises of the Info Mart designs have in common."""

from drcheck import Component, Expression, Property, System, happens, never, structure, total, weakly_fair

ARCHITECTURE = "Info Mart guide, Architecture: Data Centers"
OUTAGES = "Info Mart guide, Operation Modes: Note on Connectivity Loss"
LOSS = "Info Mart guide, Potential Data Loss"
EMERGENCY = "Info Mart guide, Operation Modes: Emergency Operation"
PLAIN = {"activity": False, "aggregation": False}
"""Without activity and aggregation, which do not touch what these properties speak of: the search is smaller."""
SITES_UP = {**PLAIN, "site_failures": 0}
"""No site fails; there may be an outage."""
ONE_OUTAGE = {**SITES_UP, "observe_outage": True}
"""One outage, no site failure, and an observer that remembers how long it lasted."""
ALONE = {**SITES_UP, "outages": 0}
"""Both sites and the network are up: what may fail is a single component, as asked."""
ONE_ICON = {**ALONE, "icon_failures": 1}
ONE_IDB = {**ALONE, "idb_failures": 1}
ONE_SERVER = {**ALONE, "server_failures": 1}
ONE_PROCESS = {**ALONE, "goldengate_failures": 1}
"""One ICON may fail alone; its site is up, and so is the network."""
LATE = "an ETL cycle that can run is late by at most etl_delay"
UNSEEN = "an Info Mart cannot tell the loss of the other site from an outage"
PROGRESS = weakly_fair("automatic", "operator", "time")
"""What can be done stays undone for ever in no execution: components, operators and clocks go on."""


def shared_events(d: System, one: Component, other: Component) -> set[str]:
    """The names of the events in which two components take part."""
    names = [{e.name for e in d.events if any(p.component is c for p in e.participants)} for c in (one, other)]
    return names[0] & names[1]


def nothing_shipped_over_a_dead_link(d: System) -> Property:
    """DataPump ships nothing while the network is down, nor when one of the sites is lost."""
    return never(happens("datapump_ships", when=~(d.link.up & d.site1.up & d.site2.up)))


def step_without_effect(d: System, step: str) -> Property:
    """A step of the procedure in which nothing takes part but the runbook, and that writes nothing else."""
    event = d.event(step)
    parts = [p.component for p in event.participants]
    own = {d.cell_of[v] for part in parts for v in part.variables} | {d.control_of[part.name] for part in parts}
    return structure(
        {part.name for part in parts} == {"runbook"} and event.writes <= own,
        f"{step} takes {', '.join(part.name for part in parts)} alone one step on, and writes nothing else",
    )


def of_site(d: System, site: int) -> list[int]:
    """The streams whose source is at a site, by position."""
    return [i for i, stream in enumerate(d.layer.streams) if stream.site == site]


def threshold_of(d: System) -> int:
    """The extract-data-stuck-threshold in ticks."""
    return d.ticks(d.parameters["threshold"])


def made_in(d: System, time: Expression) -> Expression:
    """How many intervals a source makes in a time: one in each tick."""
    return time // d.parameters["tick"]


def all_outages_of(d: System) -> int:
    """The length of all outages that may happen, in ticks."""
    return d.parameters["outages"] * d.ticks(d.parameters["longest_outage"])


def behind(d: System) -> int:
    """How many intervals of a source extraction can be behind while everything is in reach: two cycles, each of them late."""
    return 2 * d.parameters["etl_delay"] + 1


def outage_beyond_the_threshold(d: System) -> Expression:
    """The present outage has lasted longer than the threshold."""
    return d.link.outage > threshold_of(d)


def loses_within_the_threshold(d: System) -> Expression:
    """The last step lost the first interval at Site 1, and no outage had lasted longer than the threshold when it was taken."""
    lost = total(d.db1.lost_of(i) for i in range(len(d.layer.streams)))
    whole = ~outage_beyond_the_threshold(d) & (lost == 0)
    return happens("automatic", "operator", "environment", "time", when=whole) & (lost > 0)
