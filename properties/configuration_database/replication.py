"""What the Framework guide promises of replication and of accepted changes: FW-2 (the standby), FW-6 and FW-10."""

from drcheck import System, all_of, any_of, case, reading, stress
from drcheck.logic.kinds import Property
from drcheck.logic.properties import always, never, stated, whenever
from properties.configuration_database.findings import (
    ACCESS_BESIDE_REPLICAT,
    BACK_IN_ANOTHER_ORDER,
    CAPTURED_TOO_LATE,
    NEVER_COPIED,
    OUTAGE_MISTAKEN,
    SLIP_LOSES_CHANGES,
    STARTED_BY_ITSELF,
)
from properties.configuration_database.terms import (
    A_SLIP,
    BACK_IN_ANY_ORDER,
    BACK_IN_ORDER,
    BACK_UNORDERED,
    CAPTURED_FIRST,
    COPIED,
    DRAINED,
    MAIN,
    MISTAKE,
    MISTAKEN,
    NEW_CHANGES_ONLY,
    NOT_MISTAKEN,
    ONE_PROCESS,
    ONE_SITE,
    ORDER,
    OVER_IN_ANY_ORDER,
    OVER_IN_ORDER,
    OVERVIEW,
    REPLICATION,
    RETURNS_QUIET,
    RETURNS_RUNNING,
    SECONDARY,
    SLIP,
    STARTS_BY_ITSELF,
    WITHOUT_COPY,
    WRONG_RECORD,
    each_change,
    held,
    nothing_lost,
)


# -- FW-6: replication in the other direction ---------------------------------------------------------------------------
@stated(
    claims="FW-6",
    source=REPLICATION,
    cases=[
        case(by_construction=True, assumptions=BACK_IN_ORDER),
        case(
            "in_any_order_of_the_way_back",
            "in whatever order the scripts of the switch-back are run",
            source=ORDER,
            given=BACK_IN_ANY_ORDER,
            role=BACK_UNORDERED,
            finding=BACK_IN_ANOTHER_ORDER,
        ),
    ],
)
def reverse_replication_is_stopped_in_normal_mode(d: System) -> Property:
    """Replication from the secondary to the main database is stopped before the disaster and after the switch-back."""
    stopped = d.extract_to_main.in_states("stopped", "lost") & d.replicat_to_main.in_states("stopped", "lost")
    return whenever(d.operators.watching | d.switch_back.complete, stopped)


@stated(claims="FW-6", source=REPLICATION, by_construction=True, assumptions=OVER_IN_ORDER)
def reverse_replication_starts_after_the_secondary_is_live(d: System) -> Property:
    """It captures only once access to the secondary database has been enabled, and applies only in the switch-back."""
    live = d.secondary_database.in_states("open", "lost") | ~d.switch_back.standing_by
    return always(
        (d.extract_to_main.in_states("stopped", "lost") | live)
        & (d.replicat_to_main.in_states("stopped", "lost") | d.operators.switching_back)
    )


@stated(
    claims=("FW-6", "FW-10"),
    source=REPLICATION,
    cases=[
        case(assumptions=(COPIED, DRAINED, BACK_IN_ORDER, RETURNS_QUIET)),
        case(
            "without_a_copy",
            "if the main database was destroyed, and only the changes made since are replicated back",
            given=WITHOUT_COPY,
            role=NEW_CHANGES_ONLY,
            finding=NEVER_COPIED,
        ),
        case(
            "without_a_copy_to_what_survived",
            "if the main database survived, and only the changes made since are replicated back",
            given={**WITHOUT_COPY, "main_storage": "survives"},
            role=NEW_CHANGES_ONLY,
        ),
    ],
)
def the_main_database_gets_everything_back(d: System) -> Property:
    """After the switch-back the main database holds all that the secondary one holds, and every change not charged."""
    same = all_of(~s | m for m, s in zip(d.bases[MAIN].held, d.bases[SECONDARY].held, strict=True))
    return whenever(d.switch_back.complete, same & each_change(d, held(d, MAIN)))


@stated(
    claims=("FW-6", "FW-10"),
    source=REPLICATION,
    given={**ONE_SITE, "main_storage": "survives"},
    assumptions=COPIED,
)
def a_lost_change_does_not_come_back(d: System) -> Property:
    """Where the data of the main site survived, the copy replaces it: a change that was lost stays lost in both databases."""
    account = d.account
    return whenever(
        d.switch_back.complete, all_of(~account.undelivered[i] | ~d.bases[MAIN].held[i] for i in range(account.most))
    )


# -- FW-2: the live database is replicated to a live standby, after the switch-back as before ------------------------------
@stated(
    claims="FW-2",
    source=OVERVIEW,
    cases=[
        case("again", assumptions=(CAPTURED_FIRST, BACK_IN_ORDER)),
        case(
            "when_servers_start_first",
            "if the main Configuration Servers are started before Extract, in the order of Oracle's procedure",
            source="Oracle GoldenGate: moving users back after a switch-over, order of its steps",
            given={**ONE_SITE, "capture_first": False, "outages": 0},
            role=reading("Extract at the main site is started last, as in Oracle's procedure"),
            finding=CAPTURED_TOO_LATE,
        ),
        case(
            "servers_that_run_already",
            "if the main servers are running already and access to their database is enabled last",
            source=REPLICATION,
            given={**RETURNS_RUNNING, "return_closed": True},
            role=stress("the restored main site starts its servers by itself, with access to its database disabled"),
        ),
        case(
            "without_a_copy",
            "if the main database survived, and only the changes made since are replicated back",
            source=REPLICATION,
            given={**WITHOUT_COPY, "main_storage": "survives"},
            claims=("FW-6", "FW-10"),
            role=NEW_CHANGES_ONLY,
            finding=NEVER_COPIED,
        ),
    ],
)
def the_standby_follows(d: System) -> Property:
    """After the switch-back every change in the main database is in the secondary one or on its way to it."""
    main, standby, stream = d.bases[MAIN].held, d.bases[SECONDARY].held, d.forward
    there = all_of(~main[i] | standby[i] | stream.local[i] | stream.remote[i] for i in range(d.account.most))
    return whenever(d.switch_back.complete & ~d.secondary_site.failed, there)


# -- FW-10: no accepted change is lost ------------------------------------------------------------------------------------
@stated(
    claims="FW-10",
    source=ORDER,
    cases=[
        case(assumptions=(COPIED, DRAINED, BACK_IN_ORDER, RETURNS_QUIET)),
        case(
            "in_any_order",
            "in whatever order the scripts of the switch-over are run",
            given={**ONE_SITE, "order": "any", "outages": 0},
            role=OVER_IN_ANY_ORDER,
        ),
        case(
            "in_any_order_of_the_way_back",
            "in whatever order the scripts of the switch-back are run",
            claims=("FW-6", "FW-10"),
            given=BACK_IN_ANY_ORDER,
            role=BACK_UNORDERED,
            finding=BACK_IN_ANOTHER_ORDER,
        ),
        case(
            "with_a_slip",
            "if one step is left out or done late",
            given=SLIP,
            role=A_SLIP,
            finding=SLIP_LOSES_CHANGES,
        ),
        case(
            "with_failed_processes",
            "if processes of the replication fail and are started again",
            source=REPLICATION,
            given={**ONE_SITE, **ONE_PROCESS, "replication_failures": 2, "restart_replication": True},
            role=stress("two processes of the replication fail, and are started again"),
        ),
        case(
            "with_a_wrong_record",
            "if the DNS record is changed too early, or back",
            given={**ONE_SITE, "dns_mistakes": 2, "changes": 2},
            role=WRONG_RECORD,
        ),
        case(
            "when_the_main_site_returns",
            "if the restored main site starts its Configuration Servers by itself",
            source=REPLICATION,
            given=RETURNS_RUNNING,
            role=STARTS_BY_ITSELF,
            finding=STARTED_BY_ITSELF,
        ),
    ],
)
def nothing_is_lost(d: System) -> Property:
    """After the switch-over, and again after the switch-back, every delivered change is in the live database."""
    return always(nothing_lost(d))


@stated(
    claims="FW-10",
    source=ORDER,
    cases=[
        case(assumptions=(OVER_IN_ORDER, BACK_IN_ORDER)),
        case(
            "in_any_order",
            "in whatever order the scripts of the switch-over are run",
            given={**ONE_SITE, "order": "any", "outages": 0},
            role=OVER_IN_ANY_ORDER,
            finding=ACCESS_BESIDE_REPLICAT,
        ),
    ],
)
def no_change_is_overtaken(d: System) -> Property:
    """Replication never puts a change into a database behind a newer one."""
    return never(any_of([b.overtaken for b in d.bases.values()]))


@stated(claims="FW-10", source=OVERVIEW, given=MISTAKE, role=MISTAKEN, finding=OUTAGE_MISTAKEN)
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


@stated(claims="FW-10", source=OVERVIEW, given={"failing": "secondary"}, assumptions=NOT_MISTAKEN)
def the_loss_of_the_secondary_site_costs_nothing(d: System) -> Property:
    """The loss of the secondary site costs the main site neither its master nor a change."""
    return always(
        ~d.secondary_site.failed
        | (each_change(d, held(d, MAIN)) & d.main_database.open & ~any_of(list(d.account.undelivered)))
    )
