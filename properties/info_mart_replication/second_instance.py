"""What the guide promises of a second active Info Mart that is added or comes back."""

from drcheck import (
    Expression,
    Finding,
    Property,
    System,
    any_of,
    as_stated,
    case,
    happens,
    hours,
    leads_to,
    never,
    stated,
    stress,
    weakly_fair,
    worst_case,
)

TRANSFER = "Info Mart guide, Operation Modes: Database Transfer"
SETUP = "Info Mart guide, Setting Up Active-Active Genesys Info Mart Instances"
PURGING = "purging goes on during the transfer"


def _backlog_as_long_as_the_retention(d: System) -> Expression:
    """What was made since the copy was taken and is not extracted is all that the IDBs keep while they are purged."""
    return d.info_mart3.behind >= d.ticks(d.parameters["retention"])


PURGED = Finding(
    id="purged-before-processed",
    title="What is purged before the receiving Info Mart has processed it is lost",
    explanation=(
        "The copy holds what the survivor's database had when the transfer began. What is made since is only in the IDBs; while "
        "these are purged they keep the time of their retention and no more, so a backlog that grows beyond that loses its "
        "oldest part. To purge again as soon as the copy is there is too early: the backlog is then as long as the transfer was."
    ),
    repair="Stop purging when the transfer begins, and start it again when the receiving Info Mart has caught up.",
    causes=(_backlog_as_long_as_the_retention,),
    silent=True,
    permanent=True,
    cost="worst_loss_while_purging",
    who="those who administer the IDBs",
    question="Is it the Info Mart at Site 2, or the one that receives the copy, that must have processed the data?",
)


def _started_empty(d: System) -> Expression:
    """The server of the second Info Mart is started on a database that nobody has filled."""
    return happens("info_mart3.start_server", when=d.info_mart3.empty)


NOT_COPIED = Finding(
    id="second-database-not-copied",
    title="A second Info Mart whose database nobody fills has no more than the IDBs still hold, and no step says so",
    explanation=(
        "The set-up of a second instance asks for a database with the same schema and for the server to be started; that a copy "
        "be transferred is left to choice elsewhere. Without one, all that the first database has and the IDBs have purged is "
        "missing in the second for good. Nothing shows it as long as reports come from the first; when Site 1 is lost they come "
        "from the second, and the past of the contact centre is gone with the site."
    ),
    repair="Make the transfer of a copy a step of the set-up and of the return to normal, with purging stopped until it is done.",
    repaired={"copied": True, "purging": False},
    causes=(_started_empty,),
    silent=True,
    permanent=True,
    cost="worst_loss_without_a_copy",
    who="those who set up the second instance",
    question="Is the second database to be filled by a copy, or may it begin with what the IDBs hold?",
)


def _configured_apart(d: System) -> Expression:
    """Both servers run, and only one of the two configurations has been changed."""
    return d.servers.running & (d.configuration1.before != d.configuration2.before)


CHANGED_APART = Finding(
    id="configurations-changed-apart",
    title="Two running servers cannot be kept in step: every change of configuration makes the databases differ",
    explanation=(
        "The two Application objects are separate and are changed one after the other. Whatever is processed between "
        "the two changes is processed under different configurations, and stays different in the two databases. "
        "Keeping them in sync during operations, as the guide asks, is possible only up to that gap."
    ),
    repair="Change both configurations while both servers are stopped; they catch up from the IDBs afterwards.",
    repaired={"servers_stopped": True},
    causes=(_configured_apart,),
    silent=True,
    permanent=True,
    who="those who administer Info Mart",
)


@stated(source="the account of the model itself")
def an_option_is_changed_once_on_each_side(d: System) -> Property:
    """The option of each server is changed once, from what it was before."""
    return never(
        any_of(happens(f"configuration{n}.change", when=d.component(f"configuration{n}").after) for n in (1, 2))
    )


@stated(
    claims="AA-7",
    source=TRANSFER,
    cases=[
        case(
            "while_purging_stops",
            "with purging stopped until the receiving Info Mart has caught up",
            given={"purging": False},
            role=as_stated,
        ),
        case("while_purging_goes_on", "with purging going on", role=stress(PURGING), finding=PURGED),
        case(
            "when_purging_starts_again_early",
            "with purging stopped only until the copy is there",
            given={"purging": False, "purged_again": "when_copied"},
            role=stress("purging starts again as soon as the copy is there"),
            finding=PURGED,
        ),
        case(
            "in_a_short_transfer",
            "with purging going on in a transfer that is shorter than what the IDBs keep",
            given={"longest_transfer": hours(11)},
            role=stress("purging goes on during a transfer shorter than what the IDBs keep"),
        ),
    ],
)
def nothing_is_lost(d: System) -> Property:
    """The receiving Info Mart misses nothing."""
    return never(d.info_mart3.lost > 0)


@stated(
    claims="AA-2",
    source=f"{SETUP}; {TRANSFER}",
    given={"copied": False},
    cases=[
        case("without_a_copy", role=stress("nobody transfers a copy to the second database"), finding=NOT_COPIED),
        case(
            "without_a_copy_of_a_short_past",
            "nothing is copied, and the IDBs still hold all that was ever made",
            given={"history": hours(12)},
            role=stress("nobody transfers a copy, while the IDBs still hold everything"),
        ),
        case(
            "with_a_copy",
            "a copy is transferred, and purging is stopped meanwhile",
            given={"copied": True, "purging": False},
            role=as_stated,
        ),
    ],
)
def the_second_database_has_all_that_the_first_has(d: System) -> Property:
    """Once its server is started, the second database lacks nothing for good that the first one has."""
    return never(~d.info_mart3.state("transferring" if d.parameters["copied"] else "empty") & (d.info_mart3.lost > 0))


@stated(source=f"{SETUP}; {TRANSFER}", given={"copied": False})
def worst_loss_without_a_copy(d: System) -> Property:
    """How many intervals a second database that nobody fills lacks: what the first one has beyond the IDBs' retention."""
    history, retention = d.ticks(d.parameters["history"]), d.ticks(d.parameters["retention"])
    return worst_case(d.info_mart3.lost, at_most=max(history - retention, 0))


@stated(claims="AA-7", source=TRANSFER, role=stress(PURGING))
def worst_loss_while_purging(d: System) -> Property:
    """How many intervals purging can cost the receiving Info Mart: by how much the transfer outlasts what the IDBs keep."""
    parameters = d.parameters
    return worst_case(
        d.info_mart3.lost, at_most=d.ticks(parameters["longest_transfer"]) - d.ticks(parameters["retention"])
    )


@stated(claims="AA-7", source=TRANSFER, given={"purging": False})
def the_receiving_info_mart_catches_up(d: System) -> Property:
    """Once started, the receiving Info Mart catches up with what was collected during the transfer."""
    return leads_to(d.info_mart3.catching_up, d.info_mart3.in_step, fairness=weakly_fair("time"))


@stated(
    claims="AA-8",
    source=SETUP,
    cases=[
        case(role=stress("a change of configuration while both servers run"), finding=CHANGED_APART),
        case(
            "if_changed_while_stopped",
            "where nothing is processed between the two changes",
            given={"servers_stopped": True},
            role=as_stated,
            assumptions="both servers are stopped while their configurations are changed",
        ),
    ],
)
def both_are_always_filled_alike(d: System) -> Property:
    """No interval is processed by the two servers under different configurations."""
    return never(d.both_databases.differed)


@stated(
    source=TRANSFER,
    given={"observe_recovery": True, "copied": True},
    assumptions="the transfer takes no longer than longest_transfer, and the server is started at its end; no document states it",
    cases=[
        case("", "purging is stopped for the transfer", given={"purging": False}),
        case("while_purging", PURGING),
    ],
)
def time_until_the_second_info_mart_is_in_step(d: System) -> Property:
    """For how long at worst the receiving Info Mart lacks data that is made: the transfer, and the time to catch up with it.

    The surviving Info Mart serves reports meanwhile. What was purged need not be caught up with, as it is lost.
    """
    transfer, retention = (d.ticks(d.parameters[name]) for name in ("longest_transfer", "retention"))
    behind = min(transfer, retention) if d.parameters["purging"] else transfer
    return worst_case(d.recovery_clock.without, at_most=transfer - (-behind // (d.parameters["catch_up"] - 1)))
