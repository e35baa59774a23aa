"""What the CMS High Availability page promises of data collection: two servers, two links, the same data."""

from drcheck import Property, System, all_of, always, any_of, case, deadlock_free, stated, stress, structure
from model.cms_ha.components.historical_database import NOT_YET, WHOLE
from properties.cms_ha.findings import ONE_PATH
from properties.cms_ha.terms import (
    LINKS,
    NO_FAILURE,
    ONE,
    ONLY,
    WHOLE_PAGE,
    copies,
    held,
    lost_for_good,
    one_collects,
    record,
    what_is_missing_is_a_gap,
)


# -- the account of the model itself ----------------------------------------------------------------------------------
@stated(source="the account of the model itself", given={"scheduled_backups": True})
def no_record_comes_from_nowhere(d: System) -> Property:
    """A complete record, wherever it is, was collected from beginning to end by some server; a later one has none."""
    return always(
        any_of(copies(d), lambda r: r == WHOLE).implies(held(d))
        & (d.intervals[0].past | all_of(copies(d), lambda r: r == NOT_YET))
        & (d.intervals[0].past.implies((record(d, 1) != NOT_YET) & (record(d, 2) != NOT_YET)))
    )


@stated(source="the account of the model itself")
def the_model_never_stops(d: System) -> Property:
    """Every state has a step."""
    return deadlock_free()


# -- AV-1: two servers, two links -------------------------------------------------------------------------------------
@stated(claims="AV-1", source=LINKS, given=NO_FAILURE, by_construction=True)
def both_servers_collect_the_same_data(d: System) -> Property:
    """Both servers have a complete record of every interval that is over, but for what failures took: a server from which they
    did has a gap that is to be restored, and what they took from both is on neither.
    """
    return always(what_is_missing_is_a_gap(d))


@stated(claims="AV-1", source=LINKS, by_construction=True)
def links_share_nothing(d: System) -> Property:
    """The failure of one link reads and writes nothing of the other link, nor of the other server's software."""
    evidence, apart = [], True
    for n in (1, 2):
        event = d.event(f"acd_link{n}_fails")
        others = {d.link[3 - n].name, d.server[3 - n].name, d.software[3 - n].name}
        touched = {d.cells[i].owner for i in event.reads | event.writes}
        apart = apart and not touched & others
        evidence.append(f"acd_link{n}_fails touches {', '.join(sorted(touched))}")
    return structure(apart, "; ".join(evidence))


@stated(
    claims="AV-1",
    source=LINKS,
    given={**ONE, **ONLY["link"]},
    cases=[
        case(),
        case(
            "over_one_path",
            "over one C-LAN or subnet",
            given={"separate_paths": False},
            role=stress("both links run over one C-LAN or subnet"),
            finding=ONE_PATH,
        ),
    ],
)
def one_link_failure_stops_no_collection(d: System) -> Property:
    """When one link fails, one server collects at every moment, and every interval has a complete record."""
    return always(one_collects(d) & ~lost_for_good(d))


@stated(claims="AV-8", source=WHOLE_PAGE, given={**ONE, "area_outages": False})
def one_failure_of_any_class_stops_no_collection(d: System) -> Property:
    """With one failure of any class that hits one server, the other collects at every moment."""
    return always(one_collects(d))
