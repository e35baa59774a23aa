"""What the guide promises of a second active Info Mart that is added or comes back."""

from drcheck import Finding, Property, System, hours, leads_to, never, reachable, stated, weakly_fair, worst_case

TRANSFER = "Info Mart guide, Operation Modes: Database Transfer"
SETUP = "Info Mart guide, Setting Up Active-Active Genesys Info Mart Instances"


@stated(claims="AA-7", source=TRANSFER, given={"purging": False})
def nothing_is_lost_while_purging_stops(d: System) -> Property:
    """With purging stopped during the transfer, the receiving Info Mart misses nothing."""
    return never(d.info_mart3.lost > 0)


@stated(claims="AA-7", source=TRANSFER)
def purging_can_lose_data(d: System) -> Property:
    """With purging going on, data can be gone from the IDBs before the receiving Info Mart has processed it."""
    return reachable(d.info_mart3.lost > 0)


@stated(
    claims="AA-7",
    source=TRANSFER,
    given={"longest_transfer": hours(11)},
    assumptions="the transfer takes less than the IDBs' retention",
)
def purging_may_go_on_if_the_transfer_is_short(d: System) -> Property:
    """Purging need not stop where the transfer is shorter than what the IDBs keep: then nothing is lost either."""
    return never(d.info_mart3.lost > 0)


@stated(claims="AA-7", source=TRANSFER)
def worst_loss_while_purging(d: System) -> Property:
    """How many intervals purging can cost the receiving Info Mart."""
    return worst_case(d.info_mart3.lost)


@stated(claims="AA-7", source=TRANSFER, given={"purging": False})
def the_receiving_info_mart_catches_up(d: System) -> Property:
    """Once started, the receiving Info Mart catches up with what was collected during the transfer."""
    return leads_to(d.info_mart3.catching_up, d.info_mart3.in_step, fairness=weakly_fair("time"))


@stated(
    claims="AA-8",
    source=SETUP,
    finding=Finding(
        title="Two running servers cannot be kept in step: every change of configuration makes the databases differ",
        explanation=(
            "The two Application objects are separate and are changed one after the other. Whatever is processed between "
            "the two changes is processed under different configurations, and stays different in the two databases. "
            "Keeping them in sync during operations, as the guide asks, is possible only up to that gap."
        ),
        repair="Change both configurations while both servers are stopped; they catch up from the IDBs afterwards.",
        repaired={"servers_stopped": True},
    ),
)
def both_are_always_filled_alike(d: System) -> Property:
    """No interval is processed by the two servers under different configurations."""
    return never(d.both_databases.differed)
