"""What the CMS High Availability page promises of lost hardware and power: CMSADM backups and UPS."""

from drcheck import (
    Property,
    System,
    always,
    any_of,
    can_always,
    case,
    happens,
    leads_to,
    never,
    reachable,
    stated,
    stress,
    structure,
    witness,
)
from model.cms_ha.components.data_collection import CLOSED
from model.cms_ha.components.historical_database import CORRUPT, WHOLE
from properties.cms_ha.findings import CMSADM_OF_THE_OLD_RELEASE, NO_CMSADM_BACKUP, ONE_UPS, OUTAGE_OF_THE_AREA
from properties.cms_ha.terms import (
    HARDWARE,
    MAINTENANCE,
    NO_FAILURE,
    ONE,
    ONLY,
    POWER,
    PROGRESS,
    copies,
    everywhere,
    record,
    what_is_missing_is_a_gap,
)


# -- AV-3: CMSADM backups ---------------------------------------------------------------------------------------------
@stated(
    claims=("AV-3", "AV-5"),
    source=f"{HARDWARE}; CMS maintenance",
    given={"scheduled_backups": True},
    by_construction=True,
)
def backups_write_nothing_but_themselves(d: System) -> Property:
    """No event of a backup writes a database, a link, a server or the software."""
    facts, holds = [], True
    for n in (1, 2):
        running = (f"cmsadm{n}_starts", f"cmsadm{n}_done", f"backup{n}_scheduled", f"backup{n}_done")
        for event in map(d.event, running):
            owners = {d.cells[i].owner for i in event.writes}
            allowed = {f"cmsadm{n}", f"backup{n}", f"restore{3 - n}"}
            holds = holds and bool(owners) and owners <= allowed
            facts.append(f"{event.name} writes {', '.join(sorted(owners))}")
    return structure(holds, "; ".join(facts))


@stated(
    claims=("AV-3", "AV-5"),
    source=MAINTENANCE,
    given={**NO_FAILURE, "scheduled_backups": True},
    by_construction=True,
)
def backups_stop_no_collection(d: System) -> Property:
    """No step of a backup ends a collection, makes a gap or takes a complete record away, whatever is taken and whenever."""
    ends = any_of(
        (happens(step, when=d.collecting[n]) & ~d.collecting[n])
        | (happens(step, when=d.collection[n].gap == CLOSED) & (d.collection[n].gap != CLOSED))
        | (happens(step, when=record(d, n) == WHOLE) & (record(d, n) != WHOLE))
        for step in steps_of_backups(d)
        for n in (1, 2)
    )
    return always(~ends & what_is_missing_is_a_gap(d))


def steps_of_backups(d: System) -> list[str]:
    """What begins or ends a maintenance backup or a CMSADM backup, or cuts it short."""
    backups = {part.name for n in (1, 2) for part in (d.backup[n], d.cmsadm[n])}
    written = [(event.name, {d.cells[i].owner for i in event.writes}) for event in d.events]
    return [name for name, owners in written if owners & backups]


@stated(claims="AV-3", source=HARDWARE, given={**NO_FAILURE, "scheduled_backups": True}, role=witness)
def cmsadm_backup_while_collecting(d: System) -> Property:
    """A CMSADM backup runs on a server that collects."""
    return reachable(d.cmsadm[1].running & d.collecting[1])


@stated(claims="AV-3", source=HARDWARE, given={**ONE, **ONLY["hardware"]})
def a_server_whose_disks_are_lost_comes_back(d: System) -> Property:
    """A server whose disks are lost is rebuilt from its CMSADM backup and collects again."""
    return leads_to(d.server[1].disks_lost, d.collecting[1], PROGRESS)


@stated(
    claims="AV-3",
    source=HARDWARE,
    given={**ONE, **ONLY["hardware"], "cmsadm_taken": False},
    role=stress("no CMSADM backup was taken before"),
    finding=NO_CMSADM_BACKUP,
)
def a_server_can_always_be_rebuilt(d: System) -> Property:
    """Whatever fails, each server can be made to collect again, also where no CMSADM backup was taken at the start."""
    return can_always(d.collecting[1] & d.collecting[2])


@stated(
    claims={
        "AV-3": stress("disks are lost during a version upgrade"),
        "AV-6": stress("disks are lost during the upgrade"),
    },
    source=f"{HARDWARE}; CMS full version upgrades",
    given={"procedure": "cms_upgrade", **ONE, **ONLY["hardware"]},
    finding=CMSADM_OF_THE_OLD_RELEASE,
)
def gaps_can_always_be_closed_around_an_upgrade(d: System) -> Property:
    """Whatever fails around an upgrade, both servers can be brought to where no gap is left."""
    return can_always((d.collection[1].gap == CLOSED) & (d.collection[2].gap == CLOSED))


# -- AV-4: power ------------------------------------------------------------------------------------------------------
@stated(
    claims="AV-4",
    source=POWER,
    given={**ONE, **ONLY["power"], "area_outages": False},
    cases=[
        case(),
        case(
            "on_one_ups",
            "on one UPS and circuit",
            given={"separate_power": False},
            role=stress("both servers are on one UPS and circuit"),
            finding=ONE_UPS,
        ),
        case(
            "in_an_outage_of_the_area",
            "where the power of the whole area can fail",
            given={"area_outages": True},
            role=stress("the power of the whole area fails"),
            finding=OUTAGE_OF_THE_AREA,
        ),
    ],
)
def one_circuit_failure_stops_one_server(d: System) -> Property:
    """A power failure, however long, never stops both servers."""
    return never(~d.server[1].running & ~d.server[2].running)


@stated(claims="AV-4", source=POWER, given=ONLY["power"])
def shut_down_in_time_nothing_is_corrupted(d: System) -> Property:
    """If servers are shut down before their UPS is exhausted, two power failures in a row corrupt no record."""
    return never(any_of(copies(d), lambda r: r == CORRUPT))


@stated(claims="AV-4", source=POWER, given={**ONE, **ONLY["power"], "shut_down_in_time": False}, role=witness)
def an_exhausted_ups_can_corrupt(d: System) -> Property:
    """If nobody shuts a server down, the exhaustion of its UPS can corrupt its data."""
    return reachable(record(d, 1) == CORRUPT)


@stated(
    claims="AV-2",
    source=POWER,
    given={**ONE, **ONLY["power"], "shut_down_in_time": False, "area_outages": False},
    role=stress("an exhausted UPS corrupts the data of one server"),
)
def corrupted_data_is_brought_back(d: System) -> Property:
    """What one exhausted UPS corrupted on one server is restored from the other."""
    return leads_to((record(d, 1) == CORRUPT) & (record(d, 2) == WHOLE), everywhere(d), PROGRESS)
