"""What the Framework guide promises of replication and of accepted changes: FW-6 and FW-10."""

from drcheck import Expression, System, all_of, any_of
from drcheck.logic.kinds import Finding, Property
from drcheck.logic.properties import always, can_always, never, reachable, stated, whenever
from properties.configuration_database.terms import (
    BACK_IN_ANY_ORDER,
    MAIN,
    MISTAKE,
    ONE_SITE,
    ORDER,
    OVERVIEW,
    REPLICATION,
    RETURNS_RUNNING,
    SECONDARY,
    SLIP,
    connected,
    each_change,
    held,
    switched_over,
)


# -- FW-6: replication in the other direction ---------------------------------------------------------------------------
def _reverse_stopped(d: System) -> Expression:
    return d.extract_to_main.in_states("stopped", "lost") & d.replicat_to_main.in_states("stopped", "lost")


@stated(claims="FW-6", source=REPLICATION)
def reverse_replication_is_stopped_in_normal_mode(d: System) -> Property:
    """Replication from the secondary to the main database is stopped before the disaster and after the switch-back."""
    return whenever(d.operators.watching | d.switch_back.complete, _reverse_stopped(d))


@stated(claims="FW-6", source=REPLICATION)
def reverse_replication_starts_after_the_secondary_is_live(d: System) -> Property:
    """It captures only once access to the secondary database has been enabled, and applies only in the switch-back."""
    live = d.secondary_database.in_states("open", "lost") | ~d.switch_back.standing_by
    return always(
        (d.extract_to_main.in_states("stopped", "lost") | live)
        & (d.replicat_to_main.in_states("stopped", "lost") | d.operators.switching_back)
    )


@stated(claims=("FW-6", "FW-10"), source=REPLICATION)
def the_main_database_gets_everything_back(d: System) -> Property:
    """After the switch-back the main database holds all that the secondary one holds, and every change not charged."""
    same = all_of(~s | m for m, s in zip(d.bases[MAIN].held, d.bases[SECONDARY].held, strict=True))
    return whenever(d.switch_back.complete, same & each_change(d, held(d, MAIN)))


@stated(claims=("FW-6", "FW-10"), source=REPLICATION, given={**ONE_SITE, "main_storage": "survives"})
def a_lost_change_does_not_come_back(d: System) -> Property:
    """Where the data of the main site survived, the copy replaces it: a change that was lost stays lost in both databases."""
    account = d.account
    return whenever(
        d.switch_back.complete, all_of(~account.undelivered[i] | ~d.bases[MAIN].held[i] for i in range(account.most))
    )


@stated(
    claims=("FW-6", "FW-10"),
    source=REPLICATION,
    given={**ONE_SITE, "initial_copy": False, "main_storage": "survives", "outages": 0},
    finding=Finding(
        title="Replicating only the new changes back leaves the two databases different for good",
        explanation=(
            "A main database that survived its site's loss still holds changes that never reached the secondary one. "
            "The changes made since are added to it; the undelivered ones are in force again after the switch-back, "
            "behind everyone's back, and the standby never gets them."
        ),
        repair="Begin with a copy of the whole secondary database, which replaces the main one.",
        repaired={"initial_copy": True},
    ),
)
def the_databases_agree_without_a_copy(d: System) -> Property:
    """Without an initial copy, what the main database holds after the switch-back is held or on its way at the standby."""
    return whenever(d.switch_back.complete, _followed_by_the_standby(d))


@stated(claims=("FW-6", "FW-10"), source=REPLICATION, given={**ONE_SITE, "initial_copy": False, "outages": 0})
def a_destroyed_database_needs_the_copy(d: System) -> Property:
    """If the main database was destroyed, changes alone do not bring it back: older changes would be missing."""
    return reachable(d.switch_back.complete & ~each_change(d, held(d, MAIN)))


def _followed_by_the_standby(d: System) -> Expression:
    """Every change in the main database is in the secondary one, or in the stream to it."""
    main, standby, stream = d.bases[MAIN].held, d.bases[SECONDARY].held, d.forward
    return all_of(~main[i] | standby[i] | stream.local[i] | stream.remote[i] for i in range(d.account.most))


@stated(claims=("FW-6", "FW-10"), source=REPLICATION)
def the_standby_follows_again(d: System) -> Property:
    """After the switch-back every change in the main database is in the secondary one or on its way to it."""
    return whenever(d.switch_back.complete & ~d.secondary_site.failed, _followed_by_the_standby(d))


@stated(
    claims=("FW-6", "FW-10"),
    source="Framework guide, reference to Oracle GoldenGate: moving users back, order of its steps",
    given={**ONE_SITE, "capture_first": False, "outages": 0},
    finding=Finding(
        title="A change made between the start of the main servers and that of Extract never reaches the standby",
        explanation=(
            "Extract is set to begin at the present. The proxies are not back yet, but the clients on the main host are, "
            "through the pin: what they change before Extract begins is in no stream. The databases differ without a "
            "sign, and the next disaster loses a change that was made long before it."
        ),
        repair="Start Extract at the main site before its Configuration Servers.",
        repaired={"capture_first": True},
        chart=True,
    ),
)
def the_standby_follows_when_servers_start_first(d: System) -> Property:
    """The same, if the main Configuration Servers are started before Extract."""
    return whenever(d.switch_back.complete, _followed_by_the_standby(d))


@stated(claims=("FW-6", "FW-10"), source=REPLICATION, given={**RETURNS_RUNNING, "return_closed": True})
def the_standby_follows_servers_that_run_already(d: System) -> Property:
    """The same, if the main servers are running already and access to their database is enabled last."""
    return whenever(d.switch_back.complete, _followed_by_the_standby(d))


# -- FW-10: no accepted change is lost ------------------------------------------------------------------------------------
@stated(claims="FW-10", source=ORDER, given={**ONE_SITE, "order": "any", "checked_scripts": True})
def checked_scripts_lose_nothing_in_any_order(d: System) -> Property:
    """With checked scripts, no order of the switch-over loses a delivered change or overtakes a newer one."""
    return always((~switched_over(d) | each_change(d, held(d, SECONDARY))) & ~d.bases[SECONDARY].overtaken)


@stated(
    claims="FW-10",
    source=ORDER,
    given={**ONE_SITE, "order": "any", "outages": 0},
    finding=Finding(
        title="Servers started while Replicat is still at work: an older change overwrites a newer one",
        explanation=(
            "Access to the secondary database can be enabled, and its servers started, while Replicat still applies its "
            "trail. A client's change is accepted, and an older change of the same object is applied over it."
        ),
        repair="Let the script that enables access check that Replicat is stopped, at the end of its trail.",
        repaired={"checked_scripts": True},
    ),
)
def no_change_is_overtaken_in_any_order(d: System) -> Property:
    """Replication never puts a change into the live database behind a newer one, in whatever order the scripts are run."""
    return never(d.bases[SECONDARY].overtaken)


@stated(claims="FW-10", source=ORDER)
def no_change_is_overtaken(d: System) -> Property:
    """In the published order, replication never puts a change into a database behind a newer one."""
    return never(any_of([b.overtaken for b in d.bases.values()]))


@stated(
    claims="FW-10",
    source=ORDER,
    given=SLIP,
    finding=Finding(
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
    ),
)
def nothing_is_lost_with_a_slip(d: System) -> Property:
    """After switch-over and switch-back every delivered change is in the live database, even with a slip."""
    after_over = ~switched_over(d) | each_change(d, held(d, SECONDARY))
    after_back = ~d.switch_back.complete | each_change(d, held(d, MAIN))
    return always(after_over & after_back)


@stated(
    claims="FW-10",
    source=REPLICATION,
    given=RETURNS_RUNNING,
    finding=Finding(
        title="A change accepted by the main pair that started by itself is lost in the switch-back",
        explanation=(
            "Clients on the restored main host reach its own pair through the pin, and their changes are accepted into "
            "the outdated database. The copy that begins the switch-back replaces it; no disaster has happened since."
        ),
        repair="Let the restored main database come back with access disabled, and enable it only in the switch-back.",
        repaired={"return_closed": True},
    ),
)
def nothing_is_lost_when_the_main_site_returns(d: System) -> Property:
    """After the switch-back every accepted, delivered change is there, even if the main site started its servers by itself."""
    return whenever(d.switch_back.complete, each_change(d, held(d, MAIN)))


@stated(
    claims="FW-10",
    source=OVERVIEW,
    given=MISTAKE,
    finding=Finding(
        title="After a mistaken switch-over the two databases hold accepted changes that the other lacks",
        explanation=(
            "Both masters accept changes, each into its own database, and the procedures know no way to bring the two "
            "together: whichever database is kept, the other's changes are lost."
        ),
        repair="Have the loss of the main site confirmed by something that does not use the network between the sites.",
        repaired={"mistaken_operator": False},
    ),
)
def databases_do_not_diverge(d: System) -> Property:
    """While both sites are up, the two databases never hold changes that the other lacks, each of its own."""
    main, secondary = d.bases[MAIN].held, d.bases[SECONDARY].held
    most = range(d.account.most)
    return never(
        d.main_site.up
        & ~d.switch_back.complete
        & any_of([main[i] & ~secondary[i] & ~d.account.undelivered[i] for i in most])
        & any_of([secondary[i] & ~main[i] for i in most])
        & d.main_database.open
    )


@stated(claims="FW-10", source=OVERVIEW, given={"failing": "secondary"})
def the_loss_of_the_secondary_site_costs_nothing(d: System) -> Property:
    """The loss of the secondary site costs the main site neither its master nor a change."""
    return always(
        ~d.secondary_site.failed
        | (each_change(d, held(d, MAIN)) & d.main_database.open & ~any_of(list(d.account.undelivered)))
    )


@stated(
    claims=("FW-6", "FW-10"),
    source=ORDER,
    given=BACK_IN_ANY_ORDER,
    finding=Finding(
        title="The scripts of the switch-back in another order lose accepted changes",
        explanation=(
            "The copy replaces whatever the main database holds, and the stream back is empty only for the moment at "
            "which it is looked at. A copy made after the last changes were applied, or a secondary pair stopped after "
            "the stream, leaves out what was accepted in between."
        ),
        repair="Let each script refuse to run before what it relies on has been done.",
        repaired={"checked_scripts": True},
    ),
)
def nothing_is_lost_in_any_order_of_the_way_back(d: System) -> Property:
    """After the switch-back every delivered change is in the main database, whatever the order of its scripts."""
    return whenever(d.switch_back.complete, each_change(d, held(d, MAIN)))


@stated(
    claims="FW-6",
    source=ORDER,
    given=BACK_IN_ANY_ORDER,
    finding=Finding(
        title="Replication back that is started after it was to be stopped stays on in normal mode",
        explanation=(
            "If the script that stops it is run before the one that starts it, both directions are on after the "
            "switch-back, and nothing keeps a write to the standby out of the live database."
        ),
        repair="Let each script refuse to run before what it relies on has been done.",
        repaired={"checked_scripts": True},
    ),
)
def reverse_replication_is_stopped_in_any_order_of_the_way_back(d: System) -> Property:
    """After the switch-back replication to the main database is stopped, whatever the order of its scripts."""
    return whenever(d.switch_back.complete, _reverse_stopped(d))


@stated(claims="FW-10", source=ORDER, given={**BACK_IN_ANY_ORDER, "checked_scripts": True})
def checked_scripts_keep_no_one_out_for_good(d: System) -> Property:
    """In whatever order checked scripts are run on the way back, a live master can still be reached by the proxies."""
    return can_always(connected(d, SECONDARY))
