"""What the guide promises when it compares the two Info Mart architectures."""

from drcheck import Finding, Property, System, hours, reachable, stated, total, whenever, worst_case

SOURCE = "Info Mart guide, Architecture: Two Approaches"


def _lost(d: System, name: str):
    database = getattr(d, name)
    return total(database.lost_of(i) for i in range(len(d.layer.streams)))


def _recovered(d: System):
    """Both procedures have been carried out after the loss of Site 1."""
    return d.site1.failed & d.info_mart2_replica.in_use & d.application2.own_site_only


@stated(
    claims="AS-24",
    source=SOURCE,
    given={"same_pace": True},
    assumptions="both active Info Marts run their ETL cycles at the same pace; no outage",
)
def active_active_loses_no_more_at_the_same_pace(d: System) -> Property:
    """When both servers keep the same pace and there is no outage, active-active loses no more at the loss of Site 1."""
    return whenever(_recovered(d), _lost(d, "active_db") <= _lost(d, "replica_db"))


@stated(
    claims="AS-24",
    source=SOURCE,
    finding=Finding(
        title="Active-active can lose more than active-standby when its second Info Mart runs late",
        explanation=(
            "What active-active loses is what the second Info Mart had not extracted itself; what active-standby loses "
            "is what replication had not delivered. The two are independent: in an execution in which replication is "
            "quick and the second server's cycle is late, active-active loses the interval and active-standby does not."
        ),
        repair="Run both servers on the same schedule and watch how late the second one is, as one would watch replication.",
        repaired={"same_pace": True},
    ),
)
def active_active_loses_no_more(d: System) -> Property:
    """In any execution of the same faults, without outages, active-active loses no more at the loss of Site 1."""
    return whenever(_recovered(d), _lost(d, "active_db") <= _lost(d, "replica_db"))


@stated(
    claims="AS-24",
    source=SOURCE,
    given={"same_pace": True, "outages": 1},
    finding=Finding(
        title="After an outage longer than the threshold active-active can lose more, even at the same pace",
        explanation=(
            "In the outage Site 2's own Info Mart gives Site 1's data up beyond the threshold, while Site 1's database "
            "keeps it and replication delivers it once the network is back. If Site 1 is lost after that, active-active "
            "lacks the stretch and active-standby has it."
        ),
        repair="Take the threshold at least as long as the longest outage to be survived.",
        repaired={"threshold": hours(14)},
    ),
)
def active_active_loses_no_more_around_an_outage(d: System) -> Property:
    """The same at the same pace, with one outage before or during the loss of Site 1."""
    return whenever(_recovered(d), _lost(d, "active_db") <= _lost(d, "replica_db"))


@stated(claims="AS-24", source=SOURCE, given={"same_pace": True})
def active_standby_can_lose_more(d: System) -> Property:
    """There are executions in which active-standby loses more: the advantage is real."""
    return reachable(_recovered(d) & (_lost(d, "active_db") < _lost(d, "replica_db")))


@stated(claims="AS-24", source=SOURCE)
def worst_disadvantage_of_active_active(d: System) -> Property:
    """By how many intervals active-active can lose more than active-standby, at any pace, without outages."""
    return worst_case(_lost(d, "active_db") - _lost(d, "replica_db"))
