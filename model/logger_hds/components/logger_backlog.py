"""Logger as a backlog: how many minutes of each table's data have not reached its actual tables yet.

Each table gets one unit of data every tick: what is made of it in that time, whatever number of records that is. All
quantities are counted in such units, so that batches of 2000 records and the load are one number.
"""

from drcheck import Array, Component, Duration, Expression, Integer, all_of, maximum, on


def tables_named(tables: int) -> list[str]:
    """The historical tables, for sentences."""
    return [f"table {n + 1}" for n in range(tables)]


class LoggerBacklog:
    """A Logger that fails and returns: `waiting` units in temporary tables, `missing` units of each table to recover."""

    def __init__(self, tables: int, commit_delay: int, longest: int) -> None:
        self.tables, self.commit_delay, self.longest = tables, commit_delay, longest
        self.waiting = Array(
            "waiting",
            Integer(
                "units",
                0,
                commit_delay + 1,
                unit="ticks",
                doc="Data that waits in the temporary table, by the time that it was made in.",
                told="data of {value} waits for {of}",
            ),
            tables,
            of=tables_named(tables),
        )
        self.missing = Integer(
            "missing",
            0,
            longest,
            unit="ticks",
            doc="Data to recover from the other Logger, by the time that it was made in.",
            told="data of {value} is to be recovered",
        )

    def component(self, outage_limit: Duration, recovery_speed: int) -> Component:
        """The Logger (Logger page, Recovery Process and Possible Points of Delay or Inconsistency).

        Records wait at most `commit_delay` full ticks in the temporary tables. While the Logger is offline, at most for
        `outage_limit`, the other Logger takes its data. It recovers `recovery_speed` units of every table each tick and
        replicates again when nothing is missing.
        """
        waiting, missing = self.waiting, self.missing
        moved = all_of(units <= self.commit_delay for units in waiting)
        arriving = {units: units + 1 for units in waiting}
        return Component(
            "logger",
            states=["online", "offline", "recovering"],
            variables=[waiting, missing],
            transitions=[
                on("logger_fails", "online", "offline", kind="environment", fault="Logger failure"),
                on("logger_returns", "offline", "recovering", kind="operator"),
                on("logger_recovered", "recovering", "online", when=missing == 0, urgent=True),
                *(
                    on(f"bulk_insert_{t + 1}", ["online", "recovering"], when=units > 0, then={units: 0})
                    for t, units in enumerate(waiting)
                ),
                on("tick", "online", when=moved, then=arriving),
                on("tick", "offline", when=missing < outage_limit, then={missing: missing + 1}),
                on("tick", "recovering", when=moved, then={**arriving, missing: maximum(missing - recovery_speed, 0)}),
            ],
            doc="A Logger with what waits in its temporary tables and what it has to recover from the other Logger.",
        )

    def committed(self, behind: Expression, table: int) -> Expression:
        """How many of the units that an HDS lacks are in the actual table; meaningful while the Logger is online."""
        return maximum(behind - self.waiting[table], 0)
