"""Replication from a Logger to its HDS: the server process at the Logger, the client process at the Distributor."""

from collections.abc import Sequence

from drcheck import Component, Expression, any_of, on
from model.logger_hds.components.historical_data import HistoricalData


def replication_server(side: str, tables: int, first_recover: bool, again: bool, cold_start: bool) -> Component:
    """The Replication Server process at the Logger: it answers the client from the actual tables.

    `first_recover`: a Logger that returns answers only once it has recovered (Logger page, Possible Points of Delay or
    Inconsistency). `again`: it holds back once more when the CallRouter of its side fails.
    """
    holds = ["holding_back"] if first_recover or again else []
    transitions = [
        on("starts", "stopped", "holding_back" if first_recover else "serving"),
        on("stops", [*holds, "serving"], "stopped"),
        *(on(f"replicates_{table + 1}", "serving") for table in range(tables)),
    ]
    if holds:
        transitions.append(on("recovered", "holding_back", "serving"))
    if again:
        transitions.append(on("holds_back", ["holding_back", "serving"], "holding_back"))
    return Component(
        f"replication_server_{side}",
        states=["stopped", *holds, "serving"],
        initial="stopped" if cold_start else "serving",
        transitions=transitions,
        doc="Sends records of the actual tables to the Replication Client, a batch at a time.",
    )


def replication_client(side: str, data: HistoricalData, requested: Sequence[Expression], failing: bool) -> Component:
    """The Replication Client process where the HDS is installed: it asks table by table, and stops with the HDS.

    `requested`: the records that its request asks for; `failing`: the HDS may fail. Request, answer and writing are one
    event: the client asks again only after it has written the answer, and an answer that is lost on the way is asked for
    again. Tables are asked for in any order, which includes a fixed one.
    """
    transitions = [on("stops", "running", "stopped"), on("starts", "stopped", "running")] if failing else []
    for table in range(data.tables):
        some = any_of(requested[i] & data.in_table(i, table) for i in range(data.size))
        transitions.append(on(f"replicates_{table + 1}", "running", when=some))
    return Component(
        f"replication_client_{side}",
        states=["running", "stopped"] if failing else ["running"],
        transitions=transitions,
        doc="Requests the records that the HDS lacks and writes them to its historical tables.",
    )
