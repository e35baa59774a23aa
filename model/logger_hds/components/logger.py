"""Logger: the central database of one side, with temporary and actual historical tables."""

from drcheck import Array, Boolean, Component, Expression, any_of, if_else, maximum, on
from model.logger_hds.components.historical_data import HistoricalData


class Logger:
    """The tables of a Logger: whether each record is in its `temporary` table and in its `actual` one.

    `twice`: whether some record was inserted into an actual table that held its key already.
    """

    def __init__(self, side: str, data: HistoricalData) -> None:
        self.side, self.data = side, data
        waits = Boolean(
            "held",
            doc="Whether the record waits in a temporary table.",
            told=("{of} waits in a temporary table of {component}", "{of} waits no longer in {component}"),
        )
        there = Boolean(
            "held",
            doc="Whether the record is in an actual table.",
            told=("{of} is in an actual table of {component}", "{of} is in no actual table of {component}"),
        )
        self.temporary = Array("temporary", waits, data.size, of=data.each)
        self.actual = Array("actual", there, data.size, of=data.each)
        self.twice = Boolean(
            "twice",
            doc="Whether a record was inserted into a table that held its key already.",
            told=("{component} inserts a record that it has", "{component} has no record twice"),
        )

    def holds(self, i: int) -> Expression:
        """Whether record i is in one of the tables."""
        return self.temporary[i] | self.actual[i]

    @property
    def waiting(self) -> list[Expression]:
        """The records in the temporary tables."""
        return list(self.temporary)

    @property
    def highest_key(self) -> Expression:
        """The highest recovery key in any of its tables; 0 where there is none."""
        return maximum(0, *(if_else(self.holds(i), self.data.key[i], 0) for i in range(self.data.size)))

    def component(
        self,
        sent: Expression,
        batch: int,
        recovered: list[list[Expression]],
        unique_keys: bool,
        newest_first: bool,
        temporary_survives: bool,
        purgeable: list[Expression],
        cold_start: bool,
    ) -> Component:
        """The Logger as a component (Logger page, Data Flow, Temporary Tables, Recovery Process).

        `sent`: its CallRouter sends what it makes. `batch`: records in one bulk insert. `recovered`: by table, the
        records that the recovery process brings from the other Logger in one batch. `unique_keys`: an actual table
        refuses a key that it holds. `newest_first`: of the two temporary tables of a historical table, the one filled
        last may be emptied first. `temporary_survives`: temporary tables survive a failure. `purgeable`: records that
        may be purged; empty where nothing is.
        """
        data, temporary, actual = self.data, self.temporary, self.actual
        everyone = range(data.size)
        transitions = [
            on("takes", "online", when=sent, then={t: t | (data.made == i) for i, t in enumerate(temporary)}),
            on("fails", "online", "offline", kind="environment", fault="Logger failure",
               then={} if temporary_survives else dict.fromkeys(temporary, False)),
            on("returns", "offline", "online", kind="operator"),
        ]  # a transition a row  # fmt: skip
        for table in range(data.tables):
            for name, reverse in [("inserts", False), *([("inserts_newest", True)] if newest_first else [])]:
                moved = data.batch(self.waiting, table, batch, reverse)
                again = any_of(moved[i] & data.holds_key_of(actual.elements, i) for i in everyone)
                transitions.append(
                    on(
                        f"{name}_{table + 1}",
                        "online",
                        then={
                            **{temporary[i]: temporary[i] & ~moved[i] for i in everyone},
                            **{actual[i]: actual[i] | moved[i] for i in everyone},
                            **({} if unique_keys else {self.twice: self.twice | again}),
                        },
                    )
                )
            if recovered:
                brought = recovered[table]
                transitions.append(
                    on(f"recovers_{table + 1}", "online", then={actual[i]: actual[i] | brought[i] for i in everyone})
                )
        if purgeable:
            transitions.append(
                on(
                    "purges",
                    "online",
                    when=any_of(purgeable),
                    then={actual[i]: actual[i] & ~purgeable[i] for i in everyone},
                )
            )
        return Component(
            f"logger_{self.side}",
            states=["online", "offline"],
            initial="offline" if cold_start else "online",
            variables=[temporary, actual, self.twice],
            transitions=transitions,
            doc=f"Logger {self.side.upper()}: the central database with its temporary and actual historical tables.",
        )
