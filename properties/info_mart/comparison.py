"""What the guide promises when it compares the two Info Mart architectures."""

from drcheck import Property, System, case, reachable, reading, stated, stress, total, whenever, witness, worst_case
from properties.info_mart.comparison_parts import *  # noqa: F403  # its promises are this design's too
from properties.info_mart.findings import LONG_OUTAGE, PACE
from properties.info_mart.terms import LATE, behind, nothing_shipped_over_a_dead_link

SOURCE = "Info Mart guide, Architecture: Two Approaches"
EACH_EXECUTION = "no execution of the same faults costs active-active more"
SAME_PACE = {"same_pace": True}
BOTH_AT_ONE_PACE = "both active Info Marts run their ETL cycles at the same pace"


def _lost(d: System, name: str):
    database = getattr(d, name)
    return total(database.lost_of(i) for i in range(len(d.layer.streams)))


def _recovered(d: System):
    """Both procedures have been carried out after the loss of Site 1."""
    return d.site1.failed & d.info_mart2_replica.in_use & d.application2.own_site_only


def _not_extracted(d: System) -> int:
    """What extraction can be behind by of Site 1's data, all sources."""
    return behind(d) * d.parameters["sources"]


@stated(claims="AS-24", source=SOURCE, assumptions=LATE)
def worst_loss_of_active_active(d: System) -> Property:
    """Active-active loses at most what one ETL cycle that is late has not extracted yet."""
    return worst_case(_lost(d, "active_db"), at_most=_not_extracted(d))


@stated(claims="AS-4", source=SOURCE, given={**SAME_PACE, "outages": 1})
def nothing_is_replicated_over_a_dead_link(d: System) -> Property:
    """No shipment of DataPump reaches Site 2 while the network is down, nor once one of the sites is lost."""
    return nothing_shipped_over_a_dead_link(d)


@stated(claims="AS-24", source=SOURCE, role=witness)
def active_standby_loses_more_at_worst(d: System) -> Property:
    """Active-standby can lose more than active-active ever does: what is not delivered, too."""
    return reachable(_recovered(d) & (_lost(d, "replica_db") > _not_extracted(d)))


@stated(
    claims="AS-24",
    source=SOURCE,
    cases=[
        case("", "in any execution of the same faults, without outages", role=reading(EACH_EXECUTION), finding=PACE),
        case(
            "at_the_same_pace",
            "when both servers keep the same pace and there is no outage",
            given=SAME_PACE,
            role=reading(f"{EACH_EXECUTION}, at the same pace"),
            assumptions=f"{BOTH_AT_ONE_PACE}; no outage",
        ),
        case(
            "around_an_outage",
            "at the same pace, with one outage before or during the loss of Site 1",
            given={**SAME_PACE, "outages": 1},
            role=stress("an outage before or during the loss of the site"),
            assumptions=BOTH_AT_ONE_PACE,
            finding=LONG_OUTAGE,
        ),
    ],
)
def active_active_loses_no_more(d: System) -> Property:
    """Active-active loses no more at the loss of Site 1 than active-standby."""
    return whenever(_recovered(d), _lost(d, "active_db") <= _lost(d, "replica_db"))


@stated(claims="AS-24", source=SOURCE, given=SAME_PACE, role=witness)
def active_standby_can_lose_more(d: System) -> Property:
    """There are executions in which active-standby loses more: the advantage is real."""
    return reachable(_recovered(d) & (_lost(d, "active_db") < _lost(d, "replica_db")))


@stated(claims="AS-24", source=SOURCE, role=reading(EACH_EXECUTION))
def worst_disadvantage_of_active_active(d: System) -> Property:
    """By how many intervals active-active can lose more than active-standby, at any pace, without outages: all that it loses."""
    return worst_case(_lost(d, "active_db") - _lost(d, "replica_db"), at_most=_not_extracted(d))
