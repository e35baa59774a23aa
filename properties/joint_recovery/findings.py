"""Why promises about the two recoveries fail where they do."""

from drcheck import Expression, System, any_of, happens
from drcheck.logic.kinds import Finding


def begun_in_limited_mode(d: System) -> Expression:
    """The recovery of Info Mart is begun while no change of the configuration is accepted."""
    return happens("begin_info_mart_recovery", when=~d.accepted)


LIMITED_MODE = Finding(
    id="info-mart-recovered-in-limited-mode",
    title="Info Mart cannot be recovered before the Configuration Database is in normal mode again",
    explanation=(
        "The recovery of Info Mart changes its Application object in most steps, from the first or second on, and in limited "
        "mode no change is accepted. Begun beside the recovery of the Configuration Database, it stands at that step until "
        "the proxies are connected to the secondary master. Begun before it, by people who do the one when they are done with "
        "the other, neither ever ends. Neither guide speaks of the other."
    ),
    repair="Write it into both runbooks: the Configuration Database first, up to normal mode, then Info Mart.",
    repaired={"order": "configuration_first"},
    chart=True,
    causes=begun_in_limited_mode,
    silent=False,
    permanent=True,
    who="those who write the runbooks of the site, for both products",
    question="In which order are the procedures of Management Framework and of Info Mart carried out after a site failure?",
)
BACKUP_TAKES_OVER = Finding(
    id="backup-takes-over-during-the-recovery-of-info-mart",
    title="While a backup Configuration Server takes over, Info Mart's procedure stands still, in normal mode too",
    explanation=(
        "That the Configuration Database is in normal mode when the recovery of Info Mart begins does not mean that it stays so. "
        "If the primary of the secondary pair fails then, no change is accepted until the backup has taken over and the proxies "
        "are connected to it. The next step that changes an object waits that long, and the procedure comes to its end."
    ),
    repair="Do such a step again once the backup is primary; nothing that was done before is lost.",
    causes=lambda d: any_of([d.component(f"{a}_servers").switching for a in ("main", "secondary")]),
    silent=False,
    permanent=False,
    who="the operators of Info Mart",
)
SWITCHED_BACK_TOO_EARLY = Finding(
    id="switched-back-during-the-recovery-of-info-mart",
    title="If configuration is switched back while Info Mart is being recovered, its procedure stands still once more",
    explanation=(
        "From the step that stops the secondary servers until the proxies are connected to the main ones no change is "
        "accepted. The scheduler or aggregation of Info Mart, held by an earlier step, stays held that long."
    ),
    repair="Begin the way back of the Configuration Database only when the recovery of Info Mart is complete.",
    causes=lambda d: happens("back_stop_servers", when=~d.runbook.complete),
    silent=False,
    permanent=False,
    who="those who write the runbooks of the site, for both products",
)
OLD_OBJECT_READ = Finding(
    id="old-application-object-read",
    title="Started beside proxies in limited mode, the Info Mart Server reads its Application object as it was",
    explanation=(
        "On the master's host the object can be changed as soon as the secondary master is in service, before the proxies "
        "know it. A proxy in limited mode serves what it has in memory: a server started with the command line of that proxy "
        "reads that it belongs to Site 1, and does not come into service. The procedure goes on to its end."
    ),
    repair="Start the Info Mart Server only once the Configuration Server of its command line has the object as it was changed.",
    repaired={"check_object": True},
    causes=lambda d: happens("step_6_start_server", when=d.object_in_proxies.behind),
    silent=True,
    permanent=True,
    who="the operators of Info Mart",
    question="Is the Configuration Server running at Site 2 in step 2 the master or the proxy?",
)
NAMES_A_DORMANT_SERVER = Finding(
    id="command-line-names-a-dormant-server",
    title="After the way back of the Configuration Database the command line of Info Mart names a dormant server",
    explanation=(
        "Step 2 points the command line to the Configuration Server running at Site 2. If that is the secondary master, it is "
        "stopped when the Configuration Database is switched back, while Info Mart may stay at Site 2. The server goes on, "
        "and finds no configuration when it is next started, which nobody sees before."
    ),
    repair="Let the command line name the proxy of Site 2, which serves in every mode.",
    repaired={"command_line": "proxy"},
    chart=True,
    causes="happens(back_stop_servers)",
    silent=True,
    permanent=True,
    who="those who write the runbooks of the site, for both products",
    question="Is the Configuration Server running at Site 2 in step 2 the master or the proxy?",
)
