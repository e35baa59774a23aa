"""A database whose changes carry sequence numbers, as Oracle's SCN gives them to commits."""

from drcheck import Choice, Component, Integer, on


def source_database(name: str, changes: int, upgraded: bool) -> Component:
    """The Info Mart database that is replicated from: `scn` counts its commits, at most `changes` of them.

    `logging` is the supplemental logging at table level that Extract needs: of nothing, of all tables, or, after an
    upgrade of Info Mart has added tables, of the old ones only, until ADD TRANDATA is repeated (Info Mart guide, Setting
    Up Replication). Every change after such an upgrade is taken to touch a new table, which is the worst it can do.
    """
    scn = Integer("scn", 0, changes, unit="changes", doc="How many changes are committed; the number of the last.")
    logging = Choice(
        "logging",
        ["nothing", "all_tables", "old_tables", "repeated"],
        doc="Of which tables supplemental logging is on, as Extract needs it.",
    )
    transitions = [
        on("commit", when=scn < changes, then={scn: scn + 1}),
        on("add_trandata", then={logging: "all_tables"}, passive=True),
    ]
    if upgraded:
        transitions.append(on("repeat_trandata", then={logging: "repeated"}, passive=True))
        transitions.append(on("upgrade", when=logging == "all_tables", then={logging: "old_tables"}))
    return Component(
        name, states=["open"], variables=[scn, logging], transitions=transitions, doc="The database replicated from."
    )
