"""What the guide promises of the set-up of the replication."""

from drcheck import (
    Expression,
    Finding,
    Property,
    System,
    all_of,
    leads_to,
    never,
    reachable,
    stated,
    weakly_fair,
    whenever,
)
from properties.info_mart_replication.parameter_files import *  # noqa: F403  # what the guide promises of its samples belongs to this design

SETUP = "Info Mart guide, Setting Up Replication"
PROGRESS = weakly_fair("automatic", "operator")
SAFE = {"order": "extract_first"}


def settled(d: System) -> Expression:
    """The set-up is complete and everything committed so far has passed through the trails."""
    return d.done & (d.datapump.shipped == d.source.scn) & (d.replicat.position == d.source.scn)


def in_step(d: System) -> Expression:
    """The target holds every committed change exactly once, and no other."""
    return all_of((t == 1) == (d.source.scn > i) for i, t in enumerate(d.target.times)) & never_twice(d)


def never_twice(d: System) -> Expression:
    """No change is in the target twice."""
    return all_of(t <= 1 for t in d.target.times)


@stated(
    claims="AS-18",
    source=SETUP,
    finding=Finding(
        title="The published set-up misses every change that is made between the export and the start of Extract",
        explanation=(
            "The server is started again right after the export, and goes on changing the database while the file is "
            "transferred and imported, which the guide itself expects to take long. Extract is added only after that, "
            "to begin now: it captures what is committed from then on. Replicat is told to start after the export's "
            "SCN, but nothing between that SCN and ADD EXTRACT is in any trail. The two databases are out of step from "
            "the start, and nothing reports it."
        ),
        repair=(
            "Add Extract before the SCN is read (or let it begin at that SCN): Replicat's AFTERCSN then skips what the "
            "export holds."
        ),
        repaired={"order": "extract_first"},
        chart=True,
    ),
)
def the_published_order_leaves_both_in_step(d: System) -> Property:
    """After the published set-up, the target holds every change of the source exactly once."""
    return whenever(settled(d), in_step(d))


@stated(claims="AS-18", source=SETUP, given={"order": "extract_first"})
def extract_before_the_export_leaves_both_in_step(d: System) -> Property:
    """The same, when Extract is added before the SCN is read."""
    return whenever(settled(d), in_step(d))


@stated(claims="AS-18", source=SETUP, given={"extract_begins": "export_scn"})
def extract_from_the_export_leaves_both_in_step(d: System) -> Property:
    """The same, in the published order, when Extract is told to begin at the export's SCN."""
    return whenever(settled(d), in_step(d))


@stated(claims="AS-18", source=SETUP, given={"order": "server_last"})
def a_stopped_server_leaves_both_in_step(d: System) -> Property:
    """The same, in the published order, when the server stays stopped until Extract runs."""
    return whenever(settled(d), in_step(d))


@stated(claims="AS-18", source=SETUP, given={**SAFE, "two_people": True})
def two_people_at_once_leave_both_in_step(d: System) -> Property:
    """The same with Extract first, when source and target are set up by two people at once."""
    return whenever(settled(d), in_step(d))


@stated(claims="AS-18", source=SETUP, given=SAFE)
def the_set_up_is_completed(d: System) -> Property:
    """The procedure comes to its end, and replication catches up with what was committed."""
    return leads_to(~d.source_runbook.standing_by, settled(d), fairness=PROGRESS)


@stated(claims="AS-18", source=SETUP)
def sequences_are_those_of_the_source(d: System) -> Property:
    """After the set-up the target's sequences are the imported ones, because the old ones were dropped before."""
    return whenever(d.done, d.target.sequences == "imported")


@stated(claims="AS-18", source=SETUP, given={**SAFE, "after_csn": False, "handle_collisions": False})
def without_aftercsn_changes_are_applied_twice(d: System) -> Property:
    """AFTERCSN is needed: without it, and without HANDLECOLLISIONS, what the export holds is applied again."""
    return reachable(~never_twice(d))


@stated(claims="AS-18", source=SETUP, given={**SAFE, "after_csn": False})
def handlecollisions_makes_up_for_aftercsn(d: System) -> Property:
    """With HANDLECOLLISIONS a change that is applied again overwrites itself: nothing is in the target twice."""
    return never(~never_twice(d))


@stated(
    claims=("AS-18", "AS-25"),
    source=SETUP,
    given={**SAFE, "case_sensitive": True},
    finding=Finding(
        title="The published commands name the remote trail DP, the parameter files dp: on UNIX nothing arrives",
        explanation=(
            "ADD RMTTRAIL is given ./dirdat/DP; the DataPump's file and ADD REPLICAT say ./dirdat/dp. Where file names "
            "differ by case these are two trails: what DataPump is registered to write is not what Replicat reads."
        ),
        repair="Write the trail's name alike in ADD RMTTRAIL, RMTTRAIL and ADD REPLICAT.",
        repaired={"remote_trail": "dp"},
    ),
)
def replication_arrives_on_unix(d: System) -> Property:
    """With the published names, on a target whose file names differ by case, committed changes arrive."""
    return leads_to(d.done, settled(d), fairness=PROGRESS)


@stated(
    claims="AS-19",
    source=f"{SETUP}: note on ADD TRANDATA",
    given={"order": "server_last", "upgraded": True, "repeat_trandata": True},
)
def a_repeated_trandata_makes_an_upgrade_harmless(d: System) -> Property:
    """After an upgrade in between and a repeated ADD TRANDATA before replication starts, both are in step."""
    return whenever(settled(d), in_step(d))


@stated(
    claims="AS-19",
    source=f"{SETUP}: note on ADD TRANDATA",
    given={"order": "server_last", "upgraded": True},
    finding=Finding(
        title="An upgrade after ADD TRANDATA leaves changes that cannot be replicated, and no step repeats the command",
        explanation=(
            "Tables that the upgrade adds have no supplemental logging until ADD TRANDATA is repeated. The guide says so "
            "in a note; none of its steps does it. What is committed to those tables from then on is not captured."
        ),
        repair="Make the repeated ADD TRANDATA a step of its own, before Extract is started.",
        repaired={"repeat_trandata": True},
    ),
)
def an_upgrade_in_between_does_no_harm(d: System) -> Property:
    """If Info Mart is upgraded between ADD TRANDATA and the start of replication, both are still in step."""
    return whenever(settled(d), in_step(d))


@stated(claims="AS-22", source=SETUP, given=SAFE)
def the_server_is_stopped_during_the_export(d: System) -> Property:
    """While the export runs, the Info Mart Server is stopped."""
    return never(d.export.running & d.server.running)


@stated(
    claims="AS-22",
    source=SETUP,
    given={**SAFE, "stop_server": False},
    assumptions="no transaction is open when Extract is added",
)
def a_flashback_export_does_not_need_the_stop(d: System) -> Property:
    """With FLASHBACK_SCN the export is of one moment even if the server runs: both are in step all the same."""
    return whenever(settled(d), in_step(d))


@stated(claims="AS-22", source=SETUP, given={**SAFE, "stop_server": False, "flashback": False})
def without_flashback_the_stop_is_needed(d: System) -> Property:
    """Without FLASHBACK_SCN, a server that runs during the export leaves changes that are half there."""
    return reachable(settled(d) & ~in_step(d))
