"""What is known to fail in the Info Mart designs, a finding for each cause."""

from drcheck import Expression, Finding, System, any_of, happens, hours, total
from properties.info_mart.terms import of_site, outage_beyond_the_threshold

BEHIND = Finding(
    id="outage-begins-behind",
    title="An outage that begins before extraction has caught up loses more than the time beyond the threshold",
    explanation=(
        "On reconnection data is extracted as far back as the threshold reaches from that moment, not from the moment at "
        "which the outage began. What had been made but not extracted when the outage began is therefore lost on top of the "
        "excess, when the outage ends before the first cycle past the threshold has taken that backlog from the redundant "
        "IDB, and always where there is none. The guide's figure is right for every length of outage only from a caught-up "
        "start. If the product compares the threshold with the age of the data, and not with the length of the outage, even "
        "an outage shorter than the threshold loses the oldest part of such a backlog."
    ),
    repair=(
        "Take the threshold longer than the longest outage to be survived together with what extraction can be behind: then "
        "nothing is cut off, whichever the product compares it with."
    ),
    repaired={"threshold": hours(17)},
    causes=("observer.outage & ~observer.caught_up",),
    permanent=True,
    cost="worst_loss_beyond_the_excess",
    who="those who administer Info Mart",
    question=(
        "Is extract-data-stuck-threshold compared with the length of the outage, as the text says, or with the age of the "
        "data, as its name says?"
    ),
)


def outage_on_a_backlog(d: System) -> Expression:
    """An outage begins while something that was made is still to be extracted."""
    return happens("link_fails", when=total(d.db1.uncovered) > 0)


SECOND_OUTAGE = Finding(
    id="second-outage-on-a-backlog",
    title="If the age of data counts, two outages lose data although neither exceeds the threshold",
    explanation=(
        "An outage up to the threshold leaves a backlog as long as itself, which takes time to be extracted. If the network "
        "fails again before that, the oldest data is older than the threshold when the connection returns, and is cut off: "
        "up to the length of both outages together, less the threshold. If the length of the outage counts, as the text "
        "says, each of the two counts by itself and nothing is lost."
    ),
    repair="Take the threshold longer than all outages together that may come before a backlog has been extracted.",
    repaired={"threshold": hours(17)},
    causes=(outage_on_a_backlog,),
    silent=True,
    permanent=True,
    cost="worst_loss_of_two_short_outages",
    who="those who administer Info Mart",
    question=(
        "Is extract-data-stuck-threshold compared with the length of the outage, as the text says, or with the age of the "
        "data, as its name says?"
    ),
)


def site_2_lost_with_a_queue(d: System) -> Expression:
    """Site 2 is lost while an ICON there keeps data in its persistent queue."""
    return happens("site2_fails", when=total(d.layer.streams[i].remote_icon.queue for i in of_site(d, 2)) > 0)


QUEUE_OF_SITE_2 = Finding(
    id="queue-of-site-2-lost",
    title="If Site 2 is lost in an outage or soon after it, what it made since the outage began is lost",
    explanation=(
        "The redundant IDBs of Site 2's sources stand at Site 1 and are fed through the network, by ICONs at Site 2. In an "
        "outage these keep their data in queues at Site 2, which are lost with it. No Info Mart at Site 1 can have read it "
        "otherwise: the local IDBs of those sources are at Site 2, too."
    ),
    repair=(
        "No procedure can repair it: the only copies are at the lost site. Count the outage's whole length in the recovery "
        "point objective."
    ),
    causes=(site_2_lost_with_a_queue,),
    silent=True,
    permanent=True,
    cost="worst_loss_of_the_queues_of_site_2",
    who="those who plan the deployment",
)


def site_1_lost_with_a_queue(d: System) -> Expression:
    """Site 1 is lost while an ICON there keeps data in its persistent queue."""
    return happens("site1_fails", when=total(d.layer.streams[i].remote_icon.queue for i in of_site(d, 1)) > 0)


REMOTE_QUEUE = Finding(
    id="remote-queue-lost-with-site-1",
    title="Active-active loses the whole of an outage, too, if Site 1 is lost in it or soon after it",
    explanation=(
        "A second active Info Mart does not help against this: in an outage it reads the redundant IDBs at its own site, whose "
        "ICONs are at Site 1 and keep everything in their queues there. What they had not written when Site 1 is lost, and "
        "the Info Mart at Site 2 had not read from Site 1's own IDBs after the outage, is gone, whether step 1 keeps "
        "the connections to the redundant ICONs or not. The guide says that active-active minimises the loss, and treats outages "
        "and the loss of a site one at a time."
    ),
    repair=(
        "No procedure can repair it: the only copies are at the lost site. Count the outage's whole length in the recovery "
        "point objective, and treat a site as at risk until its queues have been written."
    ),
    causes=(site_1_lost_with_a_queue,),
    silent=True,
    permanent=True,
    cost="worst_loss_of_the_queues_of_site_1",
    who="those who plan the deployment",
)


LONG_OUTAGE = Finding(
    id="outage-beyond-the-threshold",
    title="After an outage longer than the threshold the two databases differ for good",
    explanation=(
        "Past the threshold each Info Mart carries on with its own site's data and on reconnection cuts off the other "
        "site's. Site 1's database then lacks a stretch of Site 2's data and Site 2's the same stretch of Site 1's. Both "
        "catch up, neither fills the gap, and which data is missing depends on which is asked. If Site 1 is lost later, "
        "reports come from the database that lacks Site 1's stretch, which had been reported before; a replica of Site 1's "
        "database has it. The guide promises nearly identical data and does not mention this."
    ),
    repair="Take the threshold at least as long as the longest outage to be survived.",
    repaired={"threshold": hours(14)},
    causes=(outage_beyond_the_threshold,),
    silent=True,
    permanent=True,
    who="those who administer Info Mart",
)


STEP_1 = Finding(
    id="step-1-gives-up-redundant-idbs",
    title="Step 1 as worded throws the redundant IDBs at the surviving site away",
    explanation=(
        "It removes every connection to ICONs that collect from Site 1's sources. The redundant ICONs, whose IDBs stand at "
        "Site 2 and hold all of Site 1's data, are among them: what the Info Mart at Site 2 had not extracted yet is given up "
        "although it could be read."
    ),
    repair="Keep the connections to the ICONs whose IDB is at Site 2 until what they hold has been extracted.",
    repaired={"keep_icons": True},
    chart=True,
    causes=("happens(step_1_remove_connections)",),
    silent=True,
    permanent=True,
    cost="worst_loss_of_a_site",
    who="those who write the procedure",
    question=(
        "Is an IDB at Site 2 still read once the connection to its ICON at Site 1 is removed, as long as the database access "
        "point stays?"
    ),
)


SITE_2_UNSEEN = Finding(
    id="no-procedure-for-site-2",
    title="The loss of the second site stops new data in reports for as long as the threshold",
    explanation=(
        "The procedures speak of the loss of Site 1 only. When Site 2 is lost instead, the Info Mart at Site 1 cannot tell "
        "this from a network outage: it waits for Site 2's IDBs until extract-data-stuck-threshold has passed, by default "
        "eight hours, although everything it needs is at its own site."
    ),
    repair=(
        "Add a procedure for the loss of Site 2: remove or disable the connections to its ICONs and IDBs at Site 1. Until then "
        "the threshold bounds the wait; a shorter threshold shortens it, at the price of outages."
    ),
    causes=("happens(site2_fails)",),
    permanent=False,
    cost="longest_wait_after_the_loss_of_site_2",
    who="those who write the procedure",
)


SERVER_ALONE = Finding(
    id="server-alone-not-covered",
    title="If the Info Mart Server at Site 1 fails alone, reports get no new data until it is started again, in both designs",
    explanation=(
        "The guide supports the failure of a site and says that it supports nothing else of Info Mart. A server that fails while "
        "its site is up is no disaster, so no procedure begins: in active-standby the standby stays out, in active-active the "
        "second Info Mart has all data, and reports come from the database that stands still. Nothing is lost; nothing tells "
        "those who read reports, and no document says how soon a server is started again."
    ),
    repair=(
        "Let the server be restarted by what watches it, and say within which time; in active-active allow GI2 to be brought "
        "into service at Site 2 for the failure of the server alone."
    ),
    causes=("happens(server1_fails)",),
    silent=True,
    permanent=False,
    cost="time_without_new_data_when_a_server_fails",
    who="those who write the procedure",
    question="Which of the two GI2 instances is to serve reports while the Info Mart Server at Site 1 alone is down?",
)


STEP_1_LEFT_OUT = Finding(
    id="step-1-left-out",
    title="Without step 1 the survivor waits for the lost site, but only until the threshold",
    explanation=(
        "By the guide's own rule on connectivity the loss of a site is, to the surviving Info Mart, an outage that does not "
        "end: it waits until extract-data-stuck-threshold has passed and then carries on by itself. An outage that came just "
        "before counts. Step 1 decides how long reports get no new data, not whether they ever do again."
    ),
    repair="Say in the procedure that reports are late by at most the threshold if step 1 is delayed.",
    causes=("happens(leave_out_step_1_remove_connections)",),
    permanent=False,
    cost="longest_wait_after_the_loss_of_site_1",
    who="operators",
)


GI2_LEFT_OUT = Finding(
    id="gi2-left-out",
    title="If the standby GI2 is forgotten, nothing bounds the time until there are reports again",
    explanation=(
        "Bringing the standby GI2 into service stands in the text before the steps. An operator who passes over it ends with "
        "both steps ticked off, a complete database and no reports, and no step checks that there are any: the time until "
        "someone notices and does it is stated nowhere and bounded by nothing."
    ),
    repair="Number it, and end the procedure with a check that new data shows in a report.",
    causes=("happens(leave_out_bring_gi2_into_service)",),
    silent=False,
    permanent=False,
    who="those who write the procedure",
)


MISTAKEN = Finding(
    id="outage-taken-for-site-loss",
    title="Nothing but the operators' judgement keeps two GI2 instances from serving different data",
    explanation=(
        "From Site 2 an outage looks like the loss of Site 1. Operators there who carry out the procedure during an outage "
        "bring a second GI2 into service; no component can refuse, because none can tell the difference. It holds as long as "
        "no outage is taken for the loss of the site."
    ),
    repair="Before step 1, have the loss of Site 1 confirmed by something that does not use the network between the sites.",
    causes=("happens(mistake_outage)",),
    who="operators",
)


GI2_NOT_NUMBERED = Finding(
    id="gi2-step-not-numbered",
    title="The two numbered steps alone do not bring reports back",
    explanation=(
        "Neither step brings the standby GI2 at Site 2 into service. The text before the steps asks for it, the steps do not "
        "contain it; an operator who works through the numbered procedure ends with a database that is complete and nobody who "
        "serves reports from it."
    ),
    repair="Number it: step 3, bring the standby GI2 at Site 2 into service.",
    repaired={"gi2_step": True},
    causes=("runbook.complete & gi2_2.standby",),
    permanent=True,
    who="those who write the procedure",
    question="Do the numbered steps contain the whole procedure, or does the text before them belong to it?",
)


def _second_info_mart_late(d: System) -> Expression:
    """Site 1 is lost while Site 2's own Info Mart has less of Site 1's data than replication has brought to Site 2."""
    own, brought = d.active_db.uncovered, d.remote_trail.array("unreported")
    return happens("site1_fails") & any_of(own[i] > brought[i] for i in of_site(d, 1))


PACE = Finding(
    id="second-info-mart-late",
    title="Active-active can lose more than active-standby when its second Info Mart runs late",
    explanation=(
        "What active-active loses is what the second Info Mart had not extracted itself; what active-standby loses is what "
        "replication had not delivered. The two are independent: in an execution in which replication is quick and the second "
        "server's cycle is late, active-active loses the interval and active-standby does not."
    ),
    repair="Run both servers on the same schedule and watch how late the second one is, as one would watch replication.",
    repaired={"same_pace": True},
    causes=(_second_info_mart_late,),
    permanent=True,
    cost="worst_disadvantage_of_active_active",
    who="those who administer Info Mart",
)
