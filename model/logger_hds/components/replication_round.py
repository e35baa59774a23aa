"""Replication seen in time: the client goes from table to table, one batch a visit; the HDS lags behind each table."""

from drcheck import Age, Array, Component, Counter, Duration, Expression, Integer, if_else, maximum, minimum, on
from model.logger_hds.components.logger_backlog import LoggerBacklog, tables_named


class Lag:
    """How far the HDS is `behind` the CallRouters, table by table: units of data that it lacks, which are ticks.

    `most`: the longest lag that is told from longer ones; counting stops there.
    """

    def __init__(self, tables: int, most: int) -> None:
        self.tables, self.most = tables, most
        units = Counter(
            "units",
            cap=most,
            unit="ticks",
            doc="How far the HDS is behind in the table.",
            told="{of} of the HDS is {value} behind",
        )
        self.behind = Array("behind", units, tables, of=tables_named(tables))

    @property
    def worst(self) -> Expression:
        """The lag of the table that is furthest behind."""
        return maximum(*self.behind)

    def hds(self, logger: LoggerBacklog, batch: int, outage_limit: Duration, backup_age: int) -> Component:
        """The HDS (Logger page, Possible Points of Delay or Inconsistency).

        One visit brings at most `batch` units that are in the actual table. An HDS that was offline, at most for
        `outage_limit`, returns with its last backup, which lacks up to `backup_age` units more than the HDS had.
        """
        offline = Age(
            "offline_for",
            cap=outage_limit,
            doc="For how long the HDS has been offline.",
            told="the HDS has been offline for {value}",
        )
        later = {units: units + 1 for units in self.behind}
        return Component(
            "hds",
            states=["online", "offline"],
            variables=[self.behind, offline],
            transitions=[
                *(
                    on(f"visits_{t + 1}", "online", then={units: units - minimum(batch, logger.committed(units, t))})
                    for t, units in enumerate(self.behind)
                ),
                on("hds_fails", "online", "offline", kind="environment", fault="HDS failure"),
                on(
                    "hds_returns",
                    "offline",
                    "online",
                    kind="operator",
                    then={offline: 0, **{units: units + backup_age for units in self.behind}},
                    doc="its last backup is restored",
                ),
                on("tick", "online", then=later),
                on("tick", "offline", when=offline < outage_limit, then={**later, offline: offline + 1}),
            ],
            doc="The HDS, and how far it is behind in each table.",
        )

    def client(self, serving: Expression, usual: int, catching_up: int, bound: int) -> Component:
        """The Replication Client: it visits the tables in turn, `usual` of them each tick.

        While some table is more than `bound` ticks behind it makes `catching_up` visits a tick instead (Logger page:
        replication of recovered data is faster than the regular one). `left`: visits still to make before the tick.
        """
        turn = Integer("turn", 0, self.tables - 1, doc="The table that is visited next.")
        left = Integer(
            "left",
            0,
            max(usual, catching_up),
            usual,
            unit="visits",
            doc="Visits still to make in this tick.",
            told="{value} are left",
        )
        refill = if_else(self.worst + 1 > bound, catching_up, usual)
        return Component(
            "replication_client",
            states=["running"],
            variables=[turn, left],
            transitions=[
                *(
                    on(
                        f"visits_{t + 1}",
                        "running",
                        when=serving & (turn == t) & (left > 0),
                        then={turn: (t + 1) % self.tables, left: left - 1},
                        doc="the client asks for one table and gets at most one batch",
                    )
                    for t in range(self.tables)
                ),
                on("tick", "running", when=~serving | (left == 0), then={left: refill}),
            ],
            doc="Goes from table to table and takes one batch of each.",
        )


def lag_observer(worst: Expression, serving: Expression, bound: int, most: int) -> Component:
    """Counts `lagging`, for how many ticks replication has been going on with some table more than `bound` behind."""
    lagging = Age(
        "lagging", cap=most, doc="For how long replication has been going on with more than the usual latency."
    )
    return Component(
        "observer",
        states=["watching"],
        variables=[lagging],
        transitions=[on("tick", "watching", then={lagging: if_else(serving & (worst > bound), lagging + 1, 0)})],
        doc="Observes how long it takes until a lag has been made up.",
    )
