"""A second active Info Mart whose database was filled by a copy, or by nobody: how far it is behind what the IDBs still hold."""

from drcheck import Component, Counter, Integer, if_else, maximum, on


def copied_info_mart(
    name: str,
    longest_transfer: int,
    retention: int,
    catch_up: int,
    purging: bool,
    purged_again: bool,
    history: int | None = None,
) -> Component:
    """The receiving Info Mart: its database is a copy of the survivor's, taken at the start of the transfer.

    `behind` counts the intervals made since the copy was taken that it has not extracted. It can extract only what the
    IDBs still hold: while purging goes on that is the last `retention` intervals; what is older when a tick passes is
    gone, and counted in `lost`; `purged_again`: the same once the copy is there. Once started it extracts `catch_up`
    intervals in a tick, the new one among them. (Info Mart guide, Operation Modes: Database Transfer.)

    With `history` nobody copies: the database is empty, and of the intervals that the other database has, that many, it can
    extract what the IDBs, which are purged in normal operation, still hold when the server is started.
    """
    most = max(longest_transfer, history or 0) + 2
    behind, lost, elapsed = (
        Integer(
            "behind", 0, most, unit="intervals", doc="What was made since the copy was taken and is not extracted."
        ),
        Integer("lost", 0, most, unit="intervals", doc="What was purged from the IDBs before it was extracted."),
        Counter("elapsed", cap=longest_transfer, unit="ticks", doc="For how long the copy is being transferred."),
    )
    grown = behind + 1
    gone = maximum(grown - retention, 0) if purging else 0
    if history is None:
        begun = "transferring"
        beginning = [
            on(
                "tick",
                begun,
                when=elapsed < longest_transfer,
                then={elapsed: elapsed + 1, behind: grown - gone, lost: lost + gone},
            ),
            on("start_server", begun, "catching_up", internal=True, kind="operator", doc="the copy is there"),
        ]
    else:
        begun = "empty"
        found = {behind: min(history, retention), lost: max(history - retention, 0)}
        doc = "it begins with what the IDBs hold"
        beginning = [on("start_server", begun, "catching_up", then=found, internal=True, kind="operator", doc=doc)]
    return Component(
        name,
        states=[begun, "catching_up", "in_step"],
        variables=[behind, lost, elapsed],
        transitions=[
            *beginning,
            on("tick", "catching_up", "in_step", when=grown <= catch_up, then={behind: 0, elapsed: 0}),
            on(
                "tick",
                "catching_up",
                then={
                    behind: maximum(grown - catch_up, 0)
                    if not purged_again
                    else if_else(grown - catch_up > retention, retention, maximum(grown - catch_up, 0)),
                    lost: lost + (maximum(grown - catch_up - retention, 0) if purged_again else 0),
                    elapsed: 0,
                },
            ),
            on("tick", "in_step"),
        ],
        doc="The second active Info Mart, filled by a copy of the other's database, or by nobody.",
    )
