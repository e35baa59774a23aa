"""What the guide promises of the set-up of the replication."""

from drcheck import (
    Expression,
    Property,
    System,
    all_of,
    case,
    hours,
    leads_to,
    never,
    reachable,
    reading,
    stated,
    stress,
    weakly_fair,
    whenever,
    witness,
    worst_case,
)
from properties.info_mart_replication.findings import (
    CURRENT_SCN_TAKEN_LITERALLY,
    EXPORT_NAMES_NO_FILE,
    EXPORT_OF_A_RUNNING_SERVER,
    EXTRACT_COMES_TOO_LATE,
    OLDER_EXPORT_IMPORTED,
    SETUP_STEP_LEFT_OUT,
    SETUP_STEP_LEFT_OUT_BLOCKS,
    SETUP_STEP_LEFT_OUT_UNSEEN,
    TRAIL_OF_TWO_NAMES,
    TRANDATA_NOT_REPEATED,
)
from properties.info_mart_replication.parameter_files import *  # noqa: F403  # what the guide promises of its samples belongs to this design
from properties.info_mart_replication.parts import *  # noqa: F403  # its promises are this design's too
from properties.info_mart_replication.recovery_times import EACH_STEP, TIMED, while_stopped

SETUP = "Info Mart guide, Setting Up Replication"
PROGRESS = weakly_fair("automatic", "operator")
SAFE = {"order": "extract_first"}
UPGRADE_NOTE = f"{SETUP}: note on ADD TRANDATA"
UPGRADED = {"order": "server_last", "upgraded": True}


def settled(d: System) -> Expression:
    """The set-up is complete and everything committed so far has passed through the trails."""
    return d.done & (d.datapump.shipped == d.source.scn) & (d.replicat.position == d.source.scn)


def in_step(d: System) -> Expression:
    """The target holds every committed change exactly once, and no other."""
    return all_of((t == 1) == (d.source.scn > i) for i, t in enumerate(d.target.times)) & never_twice(d)


def in_order(d: System) -> Expression:
    """All that the set-up starts runs, the active server among it, on a target with the export and its sequences."""
    running = d.replicat.running & d.extract.running & d.datapump.running & d.server.running
    return running & d.target.imported & (d.target.sequences == "imported")


def never_twice(d: System) -> Expression:
    """No change is in the target twice."""
    return all_of(t <= 1 for t in d.target.times)


@stated(
    source=SETUP,
    cases=[
        case(
            "in_the_published_order",
            "in the published order",
            claims="AS-18",
            finding=EXTRACT_COMES_TOO_LATE,
        ),
        case("with_extract_first", "Extract added before the SCN is read", given=SAFE),
        case(
            "with_extract_from_the_export",
            "in the published order, with Extract told to begin at the export's SCN",
            given={"extract_begins": "export_scn"},
        ),
        case(
            "with_the_server_last",
            "in the published order, with the server stopped until Extract runs",
            given={"order": "server_last"},
        ),
        case(
            "with_two_people_at_once",
            "Extract first, source and target set up by two people at once",
            given={**SAFE, "two_people": True},
        ),
        case(
            "after_an_upgrade_and_a_repeated_trandata",
            "an upgrade in between, and ADD TRANDATA repeated before replication starts",
            source=UPGRADE_NOTE,
            given={**UPGRADED, "repeat_trandata": True},
            claims="AS-19",
            assumptions="the server is stopped until Extract runs: the published order misses changes in any case",
        ),
        case(
            "after_an_upgrade",
            "an upgrade between ADD TRANDATA and the start of replication",
            source=UPGRADE_NOTE,
            given=UPGRADED,
            claims={"AS-19": stress("ADD TRANDATA not repeated after an upgrade")},
            assumptions="every change after the upgrade touches a table that it added",
            finding=TRANDATA_NOT_REPEATED,
        ),
        case(
            "with_a_flashback_export_of_a_running_server",
            "the server runs during an export with FLASHBACK_SCN",
            given={**SAFE, "stop_server": False},
            claims={"AS-22": stress("the server runs during an export with FLASHBACK_SCN")},
            assumptions="no transaction is open when Extract is added",
        ),
        case(
            "with_the_current_scn",
            "Extract first, Replicat started after the SCN that is current when it is started",
            source=f"{SETUP}: Start Replicat on the target database, table of variables",
            given={**SAFE, "which_scn": "current"},
            claims={"AS-18": reading("the SCN is the one that is current when Replicat is started")},
            finding=CURRENT_SCN_TAKEN_LITERALLY,
        ),
        case(
            "beside_an_older_export",
            "Extract first, the export's file keeps its name, and a file of the name that the import reads lies at the target",
            source=f"{SETUP}: steps 3, 6 and 7 of the copy",
            given={**SAFE, "renamed": False, "older_export": True},
            claims={"AS-18": stress("an older export's file lies at the target under the name that the import reads")},
            assumptions="the file of the export keeps the name that the export gives it",
            finding=OLDER_EXPORT_IMPORTED,
        ),
        case(
            "with_a_slip",
            "Extract first, one step left out or done late",
            given={**SAFE, "slips": 1},
            claims={
                "AS-18": stress("a step left out or done late"),
                "AS-19": stress("ADD TRANDATA left out or done late"),
            },
            finding=SETUP_STEP_LEFT_OUT_UNSEEN,
        ),
    ],
)
def both_are_in_step(d: System) -> Property:
    """After the set-up the target holds every change of the source exactly once."""
    return whenever(settled(d), in_step(d))


@stated(
    source=SETUP,
    cases=[
        case("in_the_published_order", "in the published order", claims="AS-18"),
        case(
            "without_aftercsn", "Replicat started without AFTERCSN, Extract first", given={**SAFE, "after_csn": False}
        ),
    ],
)
def nothing_is_applied_twice(d: System) -> Property:
    """No change is in the target twice: where AFTERCSN is missing, HANDLECOLLISIONS makes up for it."""
    return never(~never_twice(d))


@stated(source=SETUP, given={**SAFE, "after_csn": False, "handle_collisions": False})
def without_aftercsn_changes_are_applied_twice(d: System) -> Property:
    """AFTERCSN is needed: without it, and without HANDLECOLLISIONS, what the export holds is applied again."""
    return reachable(~never_twice(d))


@stated(
    source=SETUP,
    cases=[
        case("in_the_published_order", "in the published order", claims="AS-18"),
        case("with_extract_first", "Extract added before the SCN is read", given=SAFE),
        case(
            "with_two_people_at_once",
            "source and target set up by two people at once",
            given={**SAFE, "two_people": True},
        ),
        case(
            "with_the_file_as_it_is_named",
            "in the published order, the export's file keeps the name that the export gives it",
            source=f"{SETUP}: steps 3, 6 and 7 of the copy",
            given={"renamed": False},
            claims={"AS-18": reading("the file of the export keeps the name that the export gives it")},
            finding=EXPORT_NAMES_NO_FILE,
        ),
        case(
            "with_a_slip",
            "one step left out or done late",
            given={**SAFE, "slips": 1},
            claims={"AS-18": stress("a step left out or done late")},
            finding=SETUP_STEP_LEFT_OUT_BLOCKS,
        ),
    ],
)
def the_set_up_is_completed(d: System) -> Property:
    """The procedure comes to its end, and replication catches up with what was captured."""
    return leads_to(~d.source_runbook.standing_by, settled(d), fairness=PROGRESS)


@stated(
    source=SETUP,
    cases=[
        case("in_the_published_order", "in the published order", claims="AS-18"),
        case(
            "with_two_people_at_once",
            "source and target set up by two people at once",
            given={**SAFE, "two_people": True},
        ),
        case(
            "with_a_slip",
            "Extract first, one step left out or done late",
            given={**SAFE, "slips": 1},
            claims={"AS-18": stress("a step left out or done late")},
            finding=SETUP_STEP_LEFT_OUT,
        ),
    ],
)
def a_completed_set_up_is_in_order(d: System) -> Property:
    """When the set-up is through, all its processes and the active server run, on an imported copy with its sequences."""
    return whenever(d.done, in_order(d))


@stated(claims="AS-18", source=SETUP, by_construction=True)
def sequences_are_those_of_the_source(d: System) -> Property:
    """After the set-up the target's sequences are the imported ones, because the old ones were dropped before."""
    return whenever(d.done, d.target.sequences == "imported")


@stated(
    claims={"AS-25": reading("file names at the target differ by case, as on UNIX")},
    source=SETUP,
    given={**SAFE, "case_sensitive": True},
    finding=TRAIL_OF_TWO_NAMES,
)
def replication_arrives_on_unix(d: System) -> Property:
    """With the published names, on a target whose file names differ by case, committed changes arrive."""
    return leads_to(d.done, settled(d), fairness=PROGRESS)


@stated(
    source=SETUP,
    cases=[
        case(claims="AS-22", by_construction=True),
        case(
            "with_a_slip",
            "one step left out or done late",
            given={**SAFE, "slips": 1},
            claims={"AS-22": stress("a step left out or done late")},
            finding=EXPORT_OF_A_RUNNING_SERVER,
        ),
    ],
)
def the_server_is_stopped_during_the_export(d: System) -> Property:
    """While the export runs, the Info Mart Server is stopped."""
    return never(d.export.running & d.server.running)


@stated(claims="AS-22", source=SETUP, given={**SAFE, "stop_server": False, "flashback": False}, role=witness)
def without_flashback_the_stop_is_needed(d: System) -> Property:
    """Without FLASHBACK_SCN, a server that runs during the export leaves changes that are half there."""
    return reachable(settled(d) & ~in_step(d))


@stated(
    source=SETUP,
    given=TIMED,
    assumptions=EACH_STEP,
    cases=[
        case(),
        case(
            "with_the_server_started_last",
            "where the server stays stopped until Extract runs, so that no change is missed",
            given={"order": "server_last"},
        ),
        case(
            "with_extract_added_first",
            "where Extract is added before the SCN is read, so that no change is missed",
            given={"order": "extract_first"},
        ),
    ],
)
def time_without_a_server_in_the_set_up(d: System) -> Property:
    """For how long at worst no Info Mart Server runs while replication is set up, so that reports show nothing new."""
    (book,) = d.books
    return worst_case(d.recovery_clock.without, at_most=while_stopped(d, book, "stop_server", "start_server"))


@stated(source=SETUP, given={**TIMED, "step_time": hours(0)})
def nothing_bounds_the_time_without_a_server(d: System) -> Property:
    """Without an assumption on the time of steps no server may run for as long as is counted, two days."""
    return reachable(d.recovery_clock.without >= d.ticks(hours(48)))
