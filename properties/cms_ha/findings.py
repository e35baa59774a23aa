"""Why promises of the CMS High Availability page fail: the findings, each with its repair."""

from drcheck import Expression, Finding, System, any_of, happens
from model.cms_ha.components.historical_database import PARTIAL, WHOLE
from properties.cms_ha.terms import record


def either(text: str) -> tuple[str, str]:
    """A cause of server n, whose other server is m, for each of the two."""
    return text.format(n=1, m=2), text.format(n=2, m=1)


def adds_to_a_part(d: System) -> Expression:
    """A restore ends on a server that has a part of the record, and leaves it there."""
    return any_of(happens(f"restore{n}_done", when=record(d, n) == PARTIAL) for n in (1, 2))


def disks_of_the_only_holder(d: System) -> Expression:
    """The disks of a server are lost while the other one has no complete record of the interval."""
    return any_of(happens(f"server{n}_disks_fail", when=record(d, 3 - n) != WHOLE) for n in (1, 2))


def overwrites_the_last_copy(d: System) -> Expression:
    """A maintenance backup is begun over one that holds what the server itself does not."""
    known = {event.name for event in d.events}
    return any_of(
        happens(event, when=(d.backup[n].array("record")[0] == WHOLE) & (record(d, n) != WHOLE))
        for n in (1, 2)
        for event in (f"backup{n}_scheduled", f"restore{3 - n}_begins")
        if event in known
    )


def restores_a_hole(d: System) -> Expression:
    """A restore writes over a complete record from a backup that has none, to its end or cut short."""
    return any_of(
        happens(event, when=(record(d, n) == WHOLE) & (d.backup[3 - n].array("record")[0] != WHOLE))
        for n in (1, 2)
        for event in (f"restore{n}_done", f"restore{n}_aborted")
    )


def takes_down_the_last(d: System) -> Expression:
    """A server is taken down for its upgrade while the other one does not collect."""
    book = d.upgrade
    first = happens("step_1_upgrade_first", when=book.step_1_upgrade_first & ~d.collecting[2])
    second = happens("step_3_upgrade_second", when=book.step_3_upgrade_second & ~d.collecting[1])
    return first | second


def pauses(d: System) -> Expression:
    """Time passes between two steps, after the new release has begun to take calls."""
    book = d.communication_manager_upgrade
    waits = book.step_3_administer | (book.step_4_pump_up & (d.communication_manager.left == 0))
    return happens("tick", when=waits)


def fails_beside_such_restores(d: System) -> Expression:
    """Something fails, of whatever class, where restores stop the collection."""
    stopped = d.software[1].off | d.software[2].off  # a state of designs with such restores alone
    return any_of(happens(event.name, when=~stopped) for event in d.events if event.fault == "failure")


BACKUP_AT_ONCE = Finding(
    id="backup-at-once",
    title="A backup that is begun before the interval of the return is over misses that interval",
    explanation=(
        "Records are filed when an interval ends. If collection resumes in the middle of an interval and the backup "
        "of the other server is taken at once, that interval is not in the backup: there it is still open. The "
        "restore closes the gap as the operators see it, and the server keeps an incomplete record of the interval "
        "in which it came back, for ever; with a backup from before the end of the gap it misses the rest of the gap too. "
        "The page gives no moment for the backup."
    ),
    repair="Take the backup only when the interval in which collection resumed is over on the other server.",
    chart=True,
    causes=either("happens(restore{n}_begins, when=~collection{n}.whole)"),
    silent=True,
    permanent=True,
    who="those who run the backups",
    question="When is the backup for a restore to be taken, and does a restore replace records that are there?",
)

ONLY_ADDED = Finding(
    id="only-added",
    title="A restore that only adds records leaves the first and last interval of a gap incomplete",
    explanation=(
        "A failure in the middle of an interval leaves an incomplete record of it, and so does the return. A restore "
        "that leaves alone what is there does not replace these two records. (Were it to replace everything, it "
        "would destroy complete ones: see AV-5.)"
    ),
    repair="Restore exactly the range of the gap, and let the restore replace what is there.",
    causes=(adds_to_a_part,),
    silent=True,
    permanent=True,
    who="those who run the backups",
    question="Does a restore replace incomplete records of intervals that it covers?",
)

CROSSING_RESTORES = Finding(
    id="crossing-restores",
    title="Two restores that cross each other leave a server incomplete, and nobody knows",
    explanation=(
        "While one server is being restored, the disks of the other are lost. It is rebuilt, and a backup of the "
        "first is taken for it before the first one's own restore is finished. Both restores are then completed in "
        "good order and both gaps count as closed, but the second server was restored from a backup that did not "
        "have yet what the first was about to get. One complete copy is left where there should be two. The page "
        "gives no order for restores in both directions, which every version upgrade ends with."
    ),
    repair="Restore one server at a time: take the backup for the second restore only when the first is complete.",
    repaired={"one_at_a_time": True},
    causes=either("happens(restore{n}_begins, when=~restore{m}.back_up_other)"),
    silent=True,
    permanent=True,
    who="those who run the backups",
    question="In which order are restores in both directions made?",
)

NO_CMSADM_BACKUP = Finding(
    id="no-cmsadm-backup",
    title="Without a CMSADM backup taken before, a server whose disks are lost does not come back",
    explanation=(
        "The page says that a good CMSADM backup can be expected, because it can be taken at any time; nothing in "
        "it says that one is taken, nor when. The procedure knows no other way to rebuild a server."
    ),
    repair="Take a CMSADM backup of each server after its installation.",
    causes=either("happens(server{n}_disks_fail, when=~cmsadm{n}.good)"),
    silent=False,
    permanent=True,
    who="those who run the backups",
)

CMSADM_OF_THE_OLD_RELEASE = Finding(
    id="cmsadm-of-the-old-release",
    title="The CMSADM backup from before an upgrade rebuilds the old release, which cannot take the other's data",
    explanation=(
        "Once a server is upgraded its CMSADM backup still holds the old release; no step renews it. If the disks "
        "of the server are lost then, it is rebuilt with the old release. It collects, but a maintenance backup "
        "is restored only by the release that wrote it, so the two servers never share their data again."
    ),
    repair="Upgrade a server that was rebuilt from an older CMSADM backup once more, and renew the CMSADM backups "
    "right after the upgrade.",
    repaired={"upgrade_again": True},
    causes=either("happens(server{n}_disks_fail, when=software{n}.new_release)"),
    silent=False,
    permanent=True,
    who="those who upgrade",
    question="Can a maintenance backup of one release be migrated to the next?",
)

PARTS_OF_ONE_INTERVAL = Finding(
    id="parts-of-one-interval",
    title="One collecting server at every moment is not enough: records are kept by interval",
    explanation=(
        "One server collects again and the other one's link fails within the same interval. At every moment of it one "
        "server collected, yet neither has a complete record, and no backup and restore can put the parts together."
    ),
    repair="Promise it for intervals that at least one server collects from beginning to end; with that wording it holds.",
    causes=("collection1.partial & collection2.partial",),
    silent=False,
    permanent=True,
    who="the vendor",
)

ONLY_COPY = Finding(
    id="only-copy",
    title="Until the restore is done the only copy can be lost: any failure of one server, then the other's disks",
    explanation=(
        "A gap of one server, whatever its cause, leaves the other with the only copy, for as long as repair, backup "
        "and restore take; the page sets no limit. If the disks of that server are lost in this time, the intervals "
        "of the gap are gone although one server collected at every moment. The maintenance backup that would save "
        "them is taken only when the gap is over."
    ),
    repair="Complete a maintenance backup of each server in each interval; nothing saves the one that is just over.",
    causes=(disks_of_the_only_holder,),
    silent=False,
    permanent=True,
    who="those who run the backups",
)

LOSS_WITHOUT_LIMIT = Finding(
    id="loss-without-limit",
    title="What can be lost with a second failure is not limited in time",
    explanation=(
        "As published, maintenance backups are taken when a server needs to be restored. If one server loses its "
        "disks and the other one does before the restore is complete, not only the last interval is gone but "
        "everything that both had collected, however long ago."
    ),
    repair="Complete a maintenance backup of each server in each interval, never over the last complete one, and "
    "restore a server that was rebuilt from its own before anything else. Then only an interval that ended less than "
    "one interval ago can be lost; with backups once a day it is a day.",
    repaired={"backup_each_interval": True, "own_first": True, "alternating_media": True},
    causes=(disks_of_the_only_holder,),
    silent=False,
    permanent=True,
    who="those who run the backups",
)

LAST_COPY_OVERWRITTEN = Finding(
    id="last-copy-overwritten",
    title="The backup for the other server's restore can overwrite the last copy of its own server's data",
    explanation=(
        "The page's one remedy is: back up the other server, restore here. If the other server has just been rebuilt "
        "after losing its disks it is empty, and the backup taken of it replaces the one from before, which held "
        "what that server alone had collected. A backup of a server whose data is damaged does the same. "
        "What a good maintenance backup held is then lost for good."
    ),
    repair="After lost disks or a crash first restore a server from its own last maintenance backup, and only then "
    "back it up; and never write a maintenance backup over the last complete one.",
    repaired={"own_first": True, "alternating_media": True},
    causes=(overwrites_the_last_copy,),
    silent=True,
    permanent=True,
    who="those who run the backups",
)

BACKUP_CUT_SHORT = Finding(
    id="backup-cut-short",
    title="A maintenance backup during which its server fails leaves no backup at all",
    explanation=(
        "A maintenance backup is written over the one before. If the disks of the server are lost before it is complete, the "
        "server's data and its last complete backup are gone together, and with them what that server alone had collected."
    ),
    repair="Never write a maintenance backup over the last complete one, and restore a server first from its own.",
    repaired={"own_first": True, "alternating_media": True},
    causes=either("happens(backup{n}_fails)"),
    silent=False,
    permanent=True,
    who="those who run the backups",
)

WIDER_RANGE = Finding(
    id="wider-range",
    title="A restore of a wider range wipes what the restored server alone had collected",
    explanation=(
        "The page promises that a restore without local administration data loses nothing. That depends on the "
        "range. If both servers had gaps at different times and one is restored over everything that the backup "
        "covers, the backup's holes replace complete records: the only copy of the other server's gap is gone. A "
        "restore that is cut short does the same."
    ),
    repair="Restore exactly the range of the gap, never one that reaches into the other server's gap.",
    causes=(restores_a_hole,),
    silent=True,
    permanent=True,
    who="those who run the backups",
    question="Does a restore of a range delete what the backup does not have?",
)

NO_END_OF_RESTORES = Finding(
    id="no-end-of-restores",
    title="Restores that include local administration data never come to an end",
    explanation=(
        "Each such restore stops the collection on the restored server and so makes a new gap, which needs another "
        "restore. As long as every restore includes local administration data the servers are never equal again. It begins "
        "with any failure that makes a gap, of whatever class."
    ),
    repair="Restore without local system administration data.",
    causes=(fails_beside_such_restores,),
    silent=False,
    permanent=True,
    who="those who run the backups",
)

STEP_PASSED_OVER = Finding(
    id="step-passed-over",
    title="One step passed over in the upgrade stops the collection on both servers",
    explanation=(
        "If data collection is not turned on on the first server after its upgrade and the second is taken down "
        "all the same, nobody collects until somebody notices. Nothing in the procedure as published looks whether "
        "the first server collects."
    ),
    repair="Begin each half with a check that the other server is collecting.",
    repaired={"check_other": True},
    causes=("happens(leave_out_step_1_upgrade_first)", "happens(leave_out_step_2_first_collects)"),
    silent=True,
    permanent=True,
    who="those who upgrade",
)

TAKEN_DOWN_ALONE = Finding(
    id="taken-down-alone",
    title="A server is taken down for its upgrade while the other one does not collect",
    explanation=(
        "The page lets one server collect while the other is upgraded, and does not say that anybody looks whether it does. "
        "If a failure has stopped the other one, before the upgrade begins or between its halves, and a server is taken down "
        "all the same, nobody collects."
    ),
    repair="Begin each half with a check that the other server is collecting; a failure after that check is another finding.",
    causes=(takes_down_the_last,),
    silent=True,
    permanent=True,
    who="those who upgrade",
)

CHANGE_OVER = Finding(
    id="change-over",
    title="The interval in which the servers change over is complete on neither",
    explanation=(
        "Data collection is turned on on the first server, then the second is taken down. If both happen within one "
        "interval, each server has a part of it. At every moment one of them collected, but records are kept by "
        "interval, neither is complete, and a restore replaces one incomplete record by another. No failure is "
        "needed for this; the published order allows it."
    ),
    repair="Take the second server down only after the first has collected one whole interval.",
    repaired={"overlap": True},
    chart=True,
    causes=("happens(step_3_upgrade_second, when=~collection1.whole)",),
    silent=True,
    permanent=True,
    who="those who upgrade",
    question="How long must the first server collect before the second is taken down?",
)

NO_SPARE = Finding(
    id="no-spare",
    title="During an upgrade there is no spare: one failure stops all collection",
    explanation=(
        "While one server is being upgraded, any failure of the other server, its link, its software or its power "
        "stops collection, and what the calls leave until one of them is back is on no server. The page says "
        "nothing of failures during an upgrade."
    ),
    repair="Nothing in the procedure can repair it; upgrade at hours with few calls, and check the collecting server "
    "and its UPS before each half.",
    causes=(
        "happens(environment, when=~upgrade.standing_by & ~upgrade.complete)",
        "(circuit1.failed | circuit2.failed) & ~upgrade.standing_by & ~upgrade.complete",
    ),
    silent=False,
    permanent=True,
    who="those who upgrade",
)

LOST_BEFORE_THE_RESTORE = Finding(
    id="lost-before-the-restore",
    title="A server lost before the final restore takes along what it alone collected during the upgrade",
    explanation=(
        "The data is restored between the servers only after both are upgraded. Until then what was collected while "
        "the first was down is on the second alone, and the other way round. If its disks are lost in that time "
        "these intervals are gone, although one server collected at every moment. A backup made by the old release "
        "would not help: the new one cannot restore it."
    ),
    repair="Take a maintenance backup of the second server right before it is upgraded, and have it migrated to the "
    "new release if that server is lost.",
    chart=True,
    causes=either("happens(server{n}_disks_fail, when=~upgrade.standing_by & ~upgrade.complete)"),
    silent=False,
    permanent=True,
    who="those who upgrade",
)

ONE_INTERVAL_MORE = Finding(
    id="one-interval-more",
    title="One interval more is lost than the time that administration and pump-up take",
    explanation=(
        "The time without collection seldom begins and ends with an interval. The interval in which it begins and "
        "the one in which it ends are both incomplete, on both servers, and there is no other copy: both links stop "
        "at the same time. In whole intervals the loss is that time and one interval more."
    ),
    repair="Count one interval more in the recovery point objective, or bring the new release into service exactly "
    "when an interval begins.",
    causes=("happens(step_1_take_down)",),
    silent=False,
    permanent=True,
    who="those who set the recovery point objective",
    cost="intervals_lost_are_at_most_one_more",
)

PAUSES = Finding(
    id="pauses",
    title="The loss is limited only if the administration begins as soon as the new release takes calls",
    explanation=(
        "From the moment at which the new release takes calls to the end of the pump-up nobody collects. Any pause "
        "in between, such as waiting for the person who administers it, adds to the loss one to one; the page "
        "counts the work alone."
    ),
    repair="Begin the administration once the new release is in service, and the pump-up right after it.",
    causes=(pauses,),
    silent=False,
    permanent=True,
    who="those who upgrade",
)

ONE_PATH = Finding(
    id="one-path",
    title="Over one C-LAN or subnet one failure stops both links",
    explanation=(
        "The page's recommended configuration sends the data over different circuit packs and subnets. Over one of them its "
        "failure stops both collections at once, and what the calls leave meanwhile is on no server."
    ),
    repair="Run the links over different circuit packs, or ports, and subnets.",
    causes=("happens(acd_path_fails)",),
    silent=False,
    permanent=True,
    who="those who install",
)

ONE_UPS = Finding(
    id="one-ups",
    title="On one UPS and circuit one long power failure stops both servers",
    explanation=(
        "Two servers behind one UPS draw on one battery: when it is empty, or they are shut down before, nobody collects. The "
        "separate supplies of the page are a condition, not an extra."
    ),
    repair="Give each server a UPS and a circuit of its own.",
    causes=("happens(circuit1_fails)",),
    silent=False,
    permanent=True,
    who="those who install",
)

OUTAGE_OF_THE_AREA = Finding(
    id="outage-of-the-area",
    title="Two UPS bridge no longer an outage of the whole area than one does",
    explanation=(
        "In an outage of the whole area both batteries drain at the same time, and both servers are shut down in time, as "
        "advised. The page promises no more: it speaks of local power failures."
    ),
    repair="A generator, or a server at another place; neither is part of the design.",
    causes=("happens(area_power_fails)",),
    silent=False,
    permanent=True,
    who="those who choose the sites",
)
