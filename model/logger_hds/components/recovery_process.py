"""Recovery process of a Logger: fills the actual tables from the temporary ones, and from the other Logger."""

from collections.abc import Sequence

from drcheck import Component, Expression, Literal, all_of, any_of, on
from model.logger_hds.components.historical_data import HistoricalData
from model.logger_hds.components.logger import Logger


def missing(
    own: Logger, peer: Logger, above_highest: bool, waiting_too: bool, kept: Sequence[Expression]
) -> list[Expression]:
    """The records in the actual tables of the other Logger that this one recovers: all whose keys it lacks.

    `above_highest`: only those above the highest key of its own, as the HDS asks. `waiting_too`: also those that wait in
    its own temporary tables, since it looks at the actual ones only. `kept`: which records are not to be purged by
    now.
    """
    data, held = own.data, own.actual.elements
    wanted = []
    for i in range(data.size):
        lacks = data.above_highest(held, i) if above_highest else ~data.holds_key_of(held, i)
        if not waiting_too:
            lacks = lacks & ~own.temporary[i]
        wanted.append(peer.actual[i] & lacks & kept[i])
    return wanted


def gap_closed(own: Logger, peer: Logger | None, kept: Sequence[Expression]) -> Expression:
    """Whether nothing that exists by now can still enter the actual tables of a Logger below what they hold.

    Whatever the other Logger holds in any table, and is `kept`, this one holds too; and nothing waits in its own
    temporary tables that is older than what is in the actual ones.
    """
    data, everyone = own.data, range(own.data.size)
    above = [data.above_highest(own.actual.elements, i) | own.actual[i] for i in everyone]
    in_order = [own.temporary[i].implies(above[i]) for i in everyone]
    if peer is None:
        return all_of(in_order)
    return all_of([*in_order, *((peer.holds(i) & kept[i]).implies(own.holds(i)) for i in everyone)])


def recovery_process(
    side: str,
    data: HistoricalData,
    waiting: Sequence[Expression],
    wanted: Sequence[Expression],
    peer_online: Expression,
    may_complete: Expression,
    newest_first: bool,
    again: bool,
    cold_start: bool,
) -> Component:
    """The recovery process (Logger page, Recovery Process): stopped, recovering, or in step with the other Logger.

    `waiting`: records in the temporary tables; `wanted`: records to be had from the actual tables of the other Logger,
    while that is online. `may_complete`: when a returned Logger counts as recovered. It goes on looking for missing
    records afterwards. `again`: it starts over when the CallRouter of its side fails.
    """
    active = ["recovering", "in_step"]
    transitions = [
        on("starts", "stopped", "recovering"),
        on("stops", active, "stopped"),
        on("completes", "recovering", "in_step", when=may_complete),
    ]
    if again:
        transitions.append(on("starts_over", active, "recovering"))
    duplex = not all(isinstance(flag, Literal) for flag in wanted)
    for table in range(data.tables):
        some = any_of(waiting[i] & data.in_table(i, table) for i in range(data.size))
        transitions.append(on(f"inserts_{table + 1}", active, when=some))
        if newest_first:
            transitions.append(on(f"inserts_newest_{table + 1}", active, when=some))
        if duplex:
            lacking = any_of(wanted[i] & data.in_table(i, table) for i in range(data.size))
            transitions.append(on(f"recovers_{table + 1}", active, when=peer_online & lacking))
    return Component(
        f"recovery_process_{side}",
        states=["stopped", "recovering", "in_step"],
        initial="stopped" if cold_start else "in_step",
        transitions=transitions,
        doc="Moves records from temporary to actual tables in bulk, and keeps the actual tables of both Loggers in step.",
    )
