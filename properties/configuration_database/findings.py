"""Why promises about the Configuration Database fail where they do: one finding for each cause, shared by what it breaks."""

from drcheck import Expression, System, any_of, happens
from drcheck.logic.kinds import Finding
from model.configuration_database.components.name_resolution import ADDRESSES

MAIN, SECONDARY = ADDRESSES
DATABASE_TEAM = "those who write the scripts of the databases"
SCRIPT_TEAM = "those who write the scripts"
OPERATORS = "the operators who declare a disaster"
PLATFORM_TEAM = "those who set up the management hosts"


# -- limited mode and names ----------------------------------------------------------------------------------------------
LOST_WITH_ITS_SITE = Finding(
    id="proxies-lost-with-their-site",
    title="Both sites go on in limited mode only if the main site is not lost as a whole",
    explanation=(
        "The proxies of the main site are on hosts at that site. A disaster that renders the site inoperable takes "
        "them along; what goes on is the other site. The promise holds for the loss of the management host alone."
    ),
    repair="Say which disaster is meant; let applications of a lost site have a proxy at the other site as their backup.",
    causes="main_proxies.lost",
    silent=False,
    permanent=False,
    who="the vendor, and those who plan which sites an application can be served from",
    question="Are the sites that go on all sites, or those that the disaster has spared?",
)
BOTH_PROXIES_FAIL = Finding(
    id="restarted-proxies-have-nothing",
    title="Limited mode does not survive a restart: a site without a loaded proxy has no configuration",
    explanation=(
        "Limited mode lives in the memory of the proxies. If both processes of a pair fail while no master can be "
        "reached, the restarted ones have nothing to load, and the site's applications have no configuration."
    ),
    repair="Restart no proxy before the switch-over is complete, and keep one process of each pair running until then.",
    causes=("happens(main_proxies.both_failed)", "happens(secondary_proxies.both_failed)"),
    silent=False,
    permanent=False,
    who="those who run the proxies",
    question="Does a proxy keep the configuration on disk, and serve it after a restart without a master?",
)
SESSION_RESUMED = Finding(
    id="lost-change-in-resumed-proxies",
    title="A lost change lives on in proxies that resume their session with the secondary master",
    explanation=(
        "A proxy in limited mode has changes in memory that replication had not delivered. If it resumes its session "
        "with the secondary master instead of loading everything, it goes on serving a change that no database "
        "holds; applications of different proxies then work with different configurations."
    ),
    repair="Have proxies load the whole configuration when they connect to a master again.",
    causes=lambda d: any_of(list(d.account.undelivered)),
    silent=True,
    permanent=True,
    who="the vendor, and those who run the proxies",
    question="Does a proxy that reconnects to another master load everything, or resume its session?",
)
WRONG_RECORD_UNSEEN = Finding(
    id="wrong-record-unseen",
    title="A record changed too early does nothing until the next reconnection, and then strands the proxies",
    explanation=(
        "A change of the record breaks no connection, so a mistaken one goes unnoticed. The next failover inside the "
        "main pair makes the proxies resolve the name again, and they end up in limited mode beside a live master."
    ),
    repair="Let the DNS script refuse to point to a host whose pair is not in service, and watch what the record says.",
    repaired={"checked_scripts": True},
    causes="happens(dns_record.changed_by_mistake)",
    silent=True,
    permanent=True,
    who="those who run the DNS server",
)
DNS_LOST = Finding(
    id="dns-server-lost-with-the-main-site",
    title="If the only DNS server is at the main site, the proxies never find the secondary master",
    explanation=(
        "The script that changes the record is on the DNS server's host. If that host is lost with the main site, the record "
        "cannot be changed and no name is resolved; the script that pushes the new address comes after it. The secondary "
        "master is in service, and every proxy stays in limited mode."
    ),
    repair="Have a DNS server with the record and its scripts at each site, or away from both.",
    repaired={"dns_server": "both_sites"},
    causes="dns_record.lost",
    silent=False,
    permanent=True,
    who="those who run the DNS server",
    question="Where is the DNS server of the master's name, and is it redundant?",
)

# -- Solution Control, Message Servers, logging ------------------------------------------------------------------------------
NOBODY_SWITCHES_THE_PAIR = Finding(
    id="nobody-switches-the-pair",
    title="The backup does not take over if the Solution Control Server of its host has failed before",
    explanation=(
        "The pair does not switch by itself: the dedicated Solution Control Server does it. The guide leaves it open "
        "whether that server is redundant. As a single server it is what the whole pair depends on."
    ),
    repair="Deploy the Solution Control Server of each management host as a redundant pair.",
    repaired={"control_pair": True},
    causes=lambda d: any_of([happens(f"{a}_scs.fails") for a in ADDRESSES]),
    silent=True,
    permanent=True,
    who=PLATFORM_TEAM,
    question="Which component makes the backup primary, and is it redundant in the recommended architecture?",
)
BOTH_MESSAGE_SERVERS = Finding(
    id="both-message-servers-run",
    title="Both Message Servers run when the restored main site starts what it was running",
    explanation=(
        "The dormant instance was started in the switch-over; the restored main host starts its own. Nothing in the "
        "design keeps the second one dormant but the way the hosts are set up."
    ),
    repair="Let the management hosts start nothing by themselves: the scripts decide what is live there.",
    causes="happens(main_site_returns)",
    silent=True,
    permanent=False,
    who=PLATFORM_TEAM,
)
LOG_RECORDS_LOST = Finding(
    id="log-records-lost-with-their-site",
    title="Log records of the lost site that were not replicated are lost with it",
    explanation=(
        "Cross-replication is no synchronous copy. What a site has logged and not replicated when it is lost is in no "
        "Log Database that is left."
    ),
    repair="Count with a gap in the log at the time of the disaster.",
    causes=lambda d: happens("main_site_fails", when=d.logs[SECONDARY].copied < d.logs[MAIN].own),
    silent=True,
    permanent=True,
    who="those who rely on the logs",
)

SECOND_MESSAGE_SERVER = Finding(
    id="dormant-message-server-started",
    title="A dormant Message Server that is started by mistake can split Solution Control in two",
    explanation=(
        "Nothing but the scripts keeps the second instance dormant. If it runs beside the first one, Solution Control Servers "
        "that lose their connection in an outage of the network take the instance at their own site, and stay with it when "
        "the network is back: those of the two sites no longer hear each other, although all servers are up. Log records are "
        "not affected: each site's go to its own Log Database as before."
    ),
    repair=(
        "Let the script that starts the second instance refuse while the first can be reached, and stop it before the network "
        "is taken for restored; watch how many instances run."
    ),
    causes=lambda d: any_of(
        [happens(e.name) for e in d.events if e.name.endswith("message_server.started_by_mistake")]
    ),
    silent=True,
    permanent=True,
    who=PLATFORM_TEAM,
    question="Which of two running Message Servers does a Solution Control Server connect to, and does it ever go back?",
)

# -- one server or process of several ----------------------------------------------------------------------------------------
BOTH_SERVERS_FAIL = Finding(
    id="both-configuration-servers-fail",
    title="If both Configuration Servers of a pair fail, no procedure brings a master back",
    explanation=(
        "A pair survives one failure. Before the first server is replaced, or while the backup takes over, the second can "
        "fail; then every proxy is in limited mode although no site is lost. The switch-over is written for the loss of the "
        "main site, and the guide does not say that failed servers are started again."
    ),
    repair="Have failed Configuration Servers started again, and count with one failure until that is done.",
    repaired={"restarts": True},
    causes=lambda d: any_of([d.component(f"{a}_servers").failed for a in ADDRESSES]),
    silent=False,
    permanent=True,
    who=PLATFORM_TEAM,
    question="Does a Solution Control Server start a failed Configuration Server again?",
)
PROCESS_FAILS = Finding(
    id="replication-process-fails",
    title="A failed process of the replication stops it unnoticed, and then the switch-over or the switch-back",
    explanation=(
        "Each direction is a chain of single processes. After a failure nothing arrives any more, so that a disaster costs "
        "everything since; the guide names nobody who watches them. Both procedures wait for the end of a trail, which a "
        "failed process never reaches."
    ),
    repair="Watch the processes, and start a failed one again; they go on from where they were.",
    repaired={"restart_replication": True},
    causes=lambda d: any_of(
        [happens(f"{part}_{way}.abends") for part in ("extract", "replicat") for way in ("to_main", "to_secondary")]
    ),
    silent=True,
    permanent=True,
    who=DATABASE_TEAM,
)
SITE_CONTROL_FAILS = Finding(
    id="site-solution-control-fails",
    title="A site without its Solution Control Server has nobody who controls its applications",
    explanation=(
        "The Solution Control Server of a site is single in the recommended architecture: pairs are mentioned as an option. "
        "Once it has failed, nothing connects to the live master for the site, and what fails there is not started again."
    ),
    repair="Deploy the Solution Control Server of each site as a redundant pair.",
    repaired={"control_pair": True},
    causes=lambda d: any_of([happens(f"{a}_site_scs.fails") for a in ADDRESSES]),
    silent=True,
    permanent=True,
    who=PLATFORM_TEAM,
)
MESSAGE_SERVER_FAILS = Finding(
    id="message-server-fails",
    title="A failed Message Server is not replaced by anything",
    explanation=(
        "The other instance between the Solution Control Servers is dormant, and only the switch-over starts it; the one for "
        "network logging is alone at its site. While it is down, the Solution Control Servers do not hear each other, or a "
        "site writes no log record."
    ),
    repair="Deploy the Message Servers as redundant pairs, which the guide mentions for those of Solution Control.",
    repaired={"control_pair": True},
    causes=lambda d: any_of([happens(f"{e.name}") for e in d.events if e.name.endswith("message_server.fails")]),
    silent=True,
    permanent=True,
    who=PLATFORM_TEAM,
)

# -- the two directions of replication --------------------------------------------------------------------------------------
NEVER_COPIED = Finding(
    id="replicated-back-without-a-copy",
    title="Replicating only the new changes back does not make the two databases alike",
    explanation=(
        "If the main database was destroyed, the changes made before the loss are missing from it. If it survived, it "
        "still holds changes that never reached the secondary one: they are in force again after the switch-back, "
        "behind everyone's back, and the standby never gets them."
    ),
    repair="Begin the way back with a copy of the whole secondary database, which replaces the main one.",
    causes=lambda d: happens("main_site_fails", when=any_of(list(d.bases[MAIN].held))),
    silent=True,
    permanent=True,
    who=DATABASE_TEAM,
    question="Is initial data replication a copy of the whole database, or the replication of what was changed since?",
)
CAPTURED_TOO_LATE = Finding(
    id="captured-too-late",
    title="A change made between the start of the main servers and that of Extract never reaches the standby",
    explanation=(
        "Extract is set to begin at the present. The proxies are not back yet, but the clients on the main host are, "
        "through the pin: what they change before Extract begins is in no stream. The databases differ without a "
        "sign, and the next disaster loses a change that was made long before it."
    ),
    repair="Start Extract at the main site before its Configuration Servers.",
    chart=True,
    causes=lambda d: happens("change_on_main_host_at_main", when=d.switch_back.state("back_start_forward")),
    silent=True,
    permanent=True,
    who=DATABASE_TEAM,
    question="In which order are Extract and the Configuration Servers started at the main site on the way back?",
)
NO_WAIT_FOR_REPLICAT = Finding(
    id="replicat-stopped-too-early",
    title="Changes that had reached the secondary site are lost if Replicat is stopped before the end of its trail",
    explanation=(
        "The guide's overview names the scripts and not their order. If the switch-over stops replication at once, "
        "changes in the remote trail, on the secondary site's own disk, never enter the live database, although "
        "replication had delivered them to the site."
    ),
    repair="Stop Replicat only when it reports the end of its trail, as the configuration page has it.",
    chart=True,
    causes=lambda d: happens("over_stop_replicat", when=any_of(list(d.forward.remote))),
    silent=True,
    permanent=True,
    who=DATABASE_TEAM,
)
ACCESS_BESIDE_REPLICAT = Finding(
    id="access-beside-replicat",
    title="Servers started while Replicat is still at work: an older change overwrites a newer one",
    explanation=(
        "Access to the secondary database can be enabled, and its servers started, while Replicat still applies its "
        "trail. A client's change is accepted, and an older change of the same object is applied over it."
    ),
    repair="Let the script that enables access check that Replicat is stopped, at the end of its trail.",
    repaired={"checked_scripts": True},
    causes=lambda d: happens("over_enable_access", when=d.replicat_to_secondary.running),
    silent=True,
    permanent=True,
    who=DATABASE_TEAM,
    question="In which order are the scripts of the switch-over run?",
)

# -- steps left out, done late, or in another order --------------------------------------------------------------------------
SLIP_LOSES_CHANGES = Finding(
    id="slip-loses-changes",
    title="One step left out of the switch-over or the switch-back can lose an accepted change",
    explanation=(
        "Left out, the wait for Replicat loses what had reached the site; left out of the way back, the copy or the "
        "wait loses what was accepted since. No later step notices, and the copies that still held the change are "
        "written over."
    ),
    repair=(
        "Let each script refuse to run before what it relies on has been done, and compare the two databases before "
        "the main one is opened."
    ),
    repaired={"checked_scripts": True},
    causes=(
        "happens(leave_out_over_wait_for_replicat)",
        "happens(leave_out_back_copy)",
        "happens(leave_out_back_wait_for_reverse)",
    ),
    silent=True,
    permanent=True,
    who=SCRIPT_TEAM,
)
SLIP_LEAVES_NO_MASTER = Finding(
    id="slip-leaves-no-master",
    title="A switch-over with one step left out can look complete and leave no live master",
    explanation=(
        "If access to the secondary database is not enabled, its servers are not started, or the record is not "
        "changed, the remaining steps can still be carried out, and nothing at the end shows what is missing: "
        "every proxy stays in limited mode."
    ),
    repair="Let each script refuse to run before what it relies on has been done.",
    repaired={"checked_scripts": True},
    causes=(
        "happens(leave_out_over_enable_access)",
        "happens(leave_out_over_start_servers)",
        "happens(leave_out_over_change_dns)",
    ),
    silent=True,
    permanent=False,
    who=SCRIPT_TEAM,
)
PUSH_LEFT_OUT = Finding(
    id="push-left-out",
    title="If the new address is not pushed, proxies wait for the end of the time to live of the one they have",
    explanation=(
        "Proxies use the address that they have resolved until its time to live is over. If the push is passed over, those "
        "that asked shortly before the record was changed stay in limited mode for up to that long after the switch-over is "
        "complete. The guide gives no time to live for the record."
    ),
    repair="Give the record a time to live that the recovery time objective can bear, and check after the push.",
    causes="happens(leave_out_over_push_names)",
    silent=True,
    permanent=False,
    who=SCRIPT_TEAM,
)
TWO_SLIPS = Finding(
    id="two-slips-make-two-masters",
    title="Two steps left out, or one of them done late, make two masters",
    explanation=(
        "Stopping the secondary servers and disabling access to their database each keep the secondary pair out of "
        "service. If both are left out, the main pair is started beside a secondary one that is still live; so it is if "
        "access that was not enabled in the switch-over is enabled now, for a pair that was not stopped."
    ),
    repair="Let each script refuse to run before what it relies on has been done.",
    repaired={"checked_scripts": True},
    causes=("happens(leave_out_back_disable_access)", "happens(leave_out_over_enable_access)"),
    silent=True,
    permanent=False,
    who=SCRIPT_TEAM,
)


def out_of_order(d: System) -> Expression:
    """A script of the switch-back is run before one that stands before it in the published order."""
    done = list(d.switch_back.done)
    steps = [trigger for trigger in d.switch_back.triggers if trigger.startswith("back_")]
    return any_of([happens(step, when=~done[i]) for number, step in enumerate(steps) for i in range(number)])


BACK_IN_ANOTHER_ORDER = Finding(
    id="way-back-in-another-order",
    title="The scripts of the switch-back in another order make two masters, and lose changes",
    explanation=(
        "Nothing but their order keeps the scripts apart: each runs whatever has been done before. The main pair can be "
        "started on its open database while the secondary one is in service; a copy made after the last changes were "
        "applied, or a secondary pair stopped after the stream, leaves out what was accepted in between; replication back "
        "that is stopped before it is started stays on."
    ),
    repair="Let each script refuse to run before what it relies on has been done.",
    repaired={"checked_scripts": True},
    causes=out_of_order,
    silent=True,
    permanent=True,
    who=SCRIPT_TEAM,
    question="In which order are the scripts of the switch-back run?",
)
PUSHED_TOO_EARLY = Finding(
    id="pushed-before-the-record",
    title="The switch-over script run before the DNS change pins the proxies to the lost host",
    explanation=(
        "The script pushes whatever the record says at that moment. Run first, it refreshes the old address; clients "
        "that keep a cached address then never look again, and stay in limited mode beside a live master."
    ),
    repair="Let the script check that the record points to the secondary host before it pushes it.",
    repaired={"checked_scripts": True},
    causes=lambda d: happens("over_push_names", when=d.dns_record.to_main),
    silent=True,
    permanent=True,
    who=SCRIPT_TEAM,
)

# -- who is taken for lost, what starts by itself, what is lost twice --------------------------------------------------------
OUTAGE_MISTAKEN = Finding(
    id="outage-taken-for-a-loss",
    title="Nothing keeps two masters apart when an outage is taken for the loss of the main site",
    explanation=(
        "There are two databases, and each master works on its own, so neither hinders the other. The scripts that "
        "would stop the main pair or disable its database run at the main site, which cannot be reached. After the "
        "switch-over both sites accept changes, each into its own database, and the procedures know no way to bring the "
        "two together: whichever database is kept, the other's changes are lost."
    ),
    repair="Have the loss of the main site confirmed by something that does not use the same network.",
    causes="happens(mistake_outage)",
    silent=True,
    permanent=True,
    who=OPERATORS,
)
STARTED_BY_ITSELF = Finding(
    id="main-site-starts-by-itself",
    title="A main site that starts its servers by itself when it is restored is a second master",
    explanation=(
        "Nobody could disable access to the main database while the site was lost. When its hosts come back and start "
        "what they were running, the main pair goes into service on an outdated database while the secondary pair is the "
        "live one. Clients on the main host reach it through the pin, whatever the record says; what they change is "
        "accepted, and replaced by the copy that begins the switch-back."
    ),
    repair="Let the restored main database come back with access disabled, and enable it only in the switch-back.",
    repaired={"return_closed": True},
    causes="happens(main_site_returns)",
    silent=True,
    permanent=True,
    who=PLATFORM_TEAM,
)
SECOND_LOSS = Finding(
    id="second-loss-has-no-procedure",
    title="A second loss of the main site in the middle of the switch-back has no procedure",
    explanation=(
        "From the step that stops the secondary pair until the main pair is in service there is no master. If the "
        "main site is lost again then, or after the switch-back is complete, the switch-over would have to be begun "
        "anew; the published scripts are written for one disaster from normal operation."
    ),
    repair="Write the switch-over so that it can be begun anew from any step of the switch-back, and after it.",
    repaired={"repeatable": True},
    chart=True,
    causes=lambda d: happens("main_site_fails", when=d.operators.switching_back),
    silent=False,
    permanent=True,
    who=SCRIPT_TEAM,
)

# -- backups and replication ---------------------------------------------------------------------------------------------
BACKUP_IS_NEWER = Finding(
    id="backup-newer-than-the-replica",
    title="Replication can lose a change that a backup has",
    explanation=(
        "Replication is better at worst, not in every execution: a backup that has just arrived holds the newest "
        "change, while replication still has it to deliver. The difference is never more than the lag of replication."
    ),
    repair="Keep the backups beside replication, and look at the newest one before a loss is accepted.",
    causes=lambda d: happens("backup_arrives", when=d.replica.undelivered > 0),
    silent=True,
    permanent=True,
    cost="worst_disadvantage_of_replication",
    who="those who restore the database",
)
BACKUP_OUTLIVES_OUTAGE = Finding(
    id="outage-stops-replication",
    title="Around a long outage a backup can be worth more than replication",
    explanation=(
        "While the network is down replication delivers nothing, and all that is changed meanwhile is lost with the "
        "site. A backup that leaves the site by another way is taken all the same, and one that needs the network can "
        "arrive before replication has caught up."
    ),
    repair="Keep one way for backups out of the main site that does not depend on the network that replication uses.",
    causes="happens(link_fails)",
    silent=False,
    permanent=True,
    cost="worst_loss_with_replication_around_an_outage",
    who="those who plan the backups",
)
