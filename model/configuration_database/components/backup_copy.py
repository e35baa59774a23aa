"""A database that is archived off site from time to time, and a replica of it, as what each of the two would lose.

Both are counted in changes that the main database holds and the copy does not, so that an unbounded run stays finite.
"""

from drcheck import Age, Component, Expression, Integer, Literal, on


def protected_database(
    site_up: Expression, link_up: Expression, period: int, window: int, lag: int | None, most: int, crosses: bool
) -> dict[str, Component]:
    """The main database, its periodic backup, and (with `lag`) its replica (Framework guide, Overview).

    At most one change is made in a tick. A backup is due `period` ticks after the last one, is at most `window` ticks
    late while it can be made, and holds the database as it is when the backup has arrived off site (one that held an
    older state would only lose more). Replication delivers everything it has, in order, and lets no time pass while more
    than `lag` changes wait and the network is up. `crosses`: a backup needs the network to get off site.
    """
    database = Component(
        "main_database",
        states=["unchanged", "changed"],
        transitions=[
            on(
                "change_made",
                "unchanged",
                "changed",
                when=site_up,
                kind="environment",
                doc="a configuration change is accepted",
            ),
            on("tick", "unchanged"),
            on("tick", "changed", "unchanged"),
        ],
        doc="The Configuration Database: at most one change a tick.",
    )
    can_copy = site_up & (link_up if crosses else Literal(True))
    unsaved = Integer(
        "unsaved",
        0,
        most,
        unit="changes",
        doc="Changes that the newest backup off site has not.",
        told="the newest backup off site lacks {value}",
    )
    age = Age(
        "age",
        cap=period + window,
        doc="How long ago the newest backup arrived off site.",
        told="the newest backup off site is {value} old",
    )
    archive = Component(
        "archive",
        states=["kept"],
        variables=[unsaved, age],
        transitions=[
            on("change_made", then={unsaved: unsaved + 1}),
            on(
                "backup_arrives",
                when=can_copy & (age >= period),
                then={unsaved: 0, age: 0},
                doc="a backup of the whole database is off site",
            ),
            on("tick", when=~can_copy | (age < period + window), then={age: age + 1}),
        ],
        doc="The newest backup that is off site; `unsaved` changes are not in it.",
    )
    parts = {"main_database": database, "archive": archive}
    if lag is not None:
        undelivered = Integer(
            "undelivered",
            0,
            most,
            unit="changes",
            doc="Changes that have not reached the replica.",
            told="{value} have not reached the replica",
        )
        parts["replica"] = Component(
            "replica",
            states=["applying"],
            variables=[undelivered],
            transitions=[
                on("change_made", then={undelivered: undelivered + 1}),
                on(
                    "replication_delivers",
                    when=site_up & link_up & (undelivered > 0),
                    then={undelivered: 0},
                    doc="replication delivers what it has to the other site",
                ),
                on("tick", when=~(site_up & link_up) | (undelivered <= lag)),
            ],
            doc="The live standby; `undelivered` changes have not reached its site.",
        )
    return parts
