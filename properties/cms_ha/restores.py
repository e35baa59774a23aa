"""What the CMS High Availability page promises of restores: they take nothing away."""

from drcheck import (
    Property,
    System,
    all_of,
    always,
    any_of,
    can_always,
    case,
    happens,
    never,
    reachable,
    stated,
    stress,
    whenever,
    witness,
)
from model.cms_ha.components.data_collection import CLOSED
from model.cms_ha.components.followed_interval import HELD_BY_1, HELD_BY_2, HELD_BY_BOTH
from model.cms_ha.components.historical_database import WHOLE
from properties.cms_ha.findings import LAST_COPY_OVERWRITTEN, NO_END_OF_RESTORES, WIDER_RANGE
from properties.cms_ha.terms import MAINTENANCE, NOTHING_DESTROYED, ONE, ONLY, held, lost_for_good, record


@stated(
    claims="AV-5",
    source=MAINTENANCE,
    given={**NOTHING_DESTROYED, "scheduled_backups": True},
    assumptions="the restore writes exactly the intervals that the server missed",
    by_construction=True,
)
def a_restore_takes_nothing_away(d: System) -> Property:
    """No restore takes a complete record away, and a server has what it collected, whatever is backed up and restored, but for
    what a failure took and is to be restored.
    """
    holders = {1: (HELD_BY_1, HELD_BY_BOTH), 2: (HELD_BY_2, HELD_BY_BOTH)}
    there = {n: (record(d, n) == WHOLE) | (d.collection[n].gap != CLOSED) for n in holders}
    taken = any_of(
        happens(f"restore{n}_{ends}", when=record(d, n) == WHOLE) & (record(d, n) != WHOLE)
        for n in holders
        for ends in ("done", "aborted")
    )
    return always(~taken & all_of(d.intervals[0].close.is_in(*by).implies(there[n]) for n, by in holders.items()))


@stated(
    claims="AV-5",
    source=MAINTENANCE,
    given={**NOTHING_DESTROYED, "restore_range": "everything"},
    cases=[
        case(given={**ONE, "area_outages": False}),
        case(
            "after_gaps_on_both",
            "after gaps on both servers",
            role=stress("both servers had gaps"),
            finding=(WIDER_RANGE, LAST_COPY_OVERWRITTEN),
        ),
    ],
)
def a_restore_of_everything_takes_nothing_away(d: System) -> Property:
    """No complete record is lost for good, when restores write over every interval that the backup covers."""
    return never(held(d) & lost_for_good(d))


@stated(
    claims="AV-5",
    source=MAINTENANCE,
    given={**ONE, **ONLY["link"], "local_administration": True},
    role=witness,
    assumptions="data collection is off while local system administration data is restored",
)
def restoring_local_administration_data_loses_data(d: System) -> Property:
    """A restore that includes local administration data makes the restored server miss intervals."""
    return reachable(d.restore[1].finish_restore & d.link[1].up & d.server[1].running & d.collection[1].nothing)


@stated(
    claims="AV-5",
    source=MAINTENANCE,
    given={**ONE, **ONLY["link"], "local_administration": False},
    by_construction=True,
)
def restoring_without_it_loses_none(d: System) -> Property:
    """A restore without local administration data never stops the collection of the restored server, if nothing there fails."""
    works = d.link[1].up & d.server[1].running & ~d.software[1].failed
    return whenever(d.restore[1].finish_restore & works, d.collecting[1])


@stated(
    claims="AV-2",
    role=stress("restores include local administration data"),
    source=MAINTENANCE,
    given={**ONE, **ONLY["link"], "local_administration": True},
    finding=NO_END_OF_RESTORES,
)
def gaps_can_always_be_closed(d: System) -> Property:
    """After whatever failure, the gaps of both servers can be closed."""
    return can_always((d.collection[1].gap == CLOSED) & (d.collection[2].gap == CLOSED))
