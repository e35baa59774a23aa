"""A second active Info Mart is added or comes back: the transfer of a copy, and two configurations kept in step."""

from typing import Annotated
from typing import Literal as OneOf

from drcheck import Duration, ParameterRole, System, compose, hours, scope
from drcheck.designs.design import design
from model.common.recovery_clock import ARGUMENT, recovery_clock
from model.info_mart_replication.components.copied_info_mart import copied_info_mart
from model.info_mart_replication.components.server_configuration import comparison_of, server_configuration, server_pair


@design(
    title="Info Mart, active-active: return to normal operation",
    properties="properties.info_mart_replication.second_instance",
)
def second_instance(
    tick: Annotated[Duration, "length of one tick, and of one interval of data", ParameterRole.ASSUMPTION] = hours(1),
    longest_transfer: Annotated[
        Duration, "the longest that copying the database can take", ParameterRole.ASSUMPTION
    ] = hours(24),
    retention: Annotated[
        Duration, "how much data the IDBs keep while they are purged", ParameterRole.DEPLOYMENT
    ] = hours(12),
    copied: Annotated[
        bool,
        "whether a copy of the other database is transferred, which the guide leaves to choice",
        ParameterRole.DEPLOYMENT,
    ] = True,
    history: Annotated[
        Duration, "how much data the other database has, where nothing is copied", ParameterRole.ASSUMPTION
    ] = hours(24),
    purging: Annotated[bool, "whether the IDBs are purged during the transfer", ParameterRole.DEPLOYMENT] = True,
    purged_again: Annotated[
        OneOf["when_processed", "when_copied"],
        "when purging starts again, if it was stopped for the transfer",
        ParameterRole.SLIP,
    ] = "when_processed",
    catch_up: Annotated[
        int, "how many intervals the receiving Info Mart extracts in a tick", range(2, 65), ParameterRole.ASSUMPTION
    ] = 4,
    servers_stopped: Annotated[
        bool, "both servers are stopped while their configurations are changed", ParameterRole.REPAIR
    ] = False,
    observe_recovery: Annotated[
        bool, "whether a clock counts for how long the receiving Info Mart is not in step", scope(ARGUMENT)
    ] = False,
) -> System:
    """Info Mart guide, Setting Up Active-Active Genesys Info Mart Instances; Operation Modes: Database Transfer."""
    early = purging or purged_again == "when_copied"
    mart = copied_info_mart(
        "info_mart3",
        longest_transfer.ticks(tick),
        retention.ticks(tick),
        catch_up,
        purging,
        early,
        None if copied else history.ticks(tick),
    )
    pair = server_pair("servers", servers_stopped)
    changeable = pair.stopped if servers_stopped else pair.running
    one, two = (server_configuration(f"configuration{n}", changeable) for n in (1, 2))
    clock = [recovery_clock("second Info Mart in step", hours(96), ~mart.in_step)] if observe_recovery else []
    return compose(
        "second_instance",
        [mart, one, two, pair, comparison_of("both_databases", one.before != two.before, pair.running), *clock],
        tick=tick,
    )
