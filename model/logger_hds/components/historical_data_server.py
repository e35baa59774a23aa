"""HDS, the Historical Data Server: the database from which historical reports are run, with its backup."""

from drcheck import Array, Boolean, Component, Expression, any_of, on
from model.logger_hds.components.historical_data import HistoricalData


class HistoricalDataServer:
    """The historical tables of an HDS and its last backup: whether each record is in them."""

    def __init__(self, side: str, data: HistoricalData) -> None:
        self.side, self.data = side, data
        held = Boolean(
            "held",
            doc="Whether the HDS holds the record.",
            told=("{of} is in {component}", "{of} is not in {component}"),
        )
        saved = Boolean(
            "held",
            doc="Whether the last backup of the HDS holds the record.",
            told=("{of} is in the backup of {component}", "{of} is not in the backup of {component}"),
        )
        self.holds = Array("holds", held, data.size, of=data.each)
        self.backup = Array("backup", saved, data.size, of=data.each)

    def requested(self, offered: list[Expression], above_highest: bool) -> list[Expression]:
        """The records that the Replication Client's request names, of those that the Logger can offer.

        `above_highest`: those with keys above the highest that the HDS holds in the same table (Logger page,
        Replication); else all that it lacks, which is what a request by the Logger's order of commitment would name.
        """
        held = self.holds.elements
        return [
            offered[i] & (self.data.above_highest(held, i) if above_highest else ~held[i])
            for i in range(self.data.size)
        ]

    def component(self, batches: list[list[Expression]], failing: bool) -> Component:
        """The HDS as a component. `batches`: by table, the records that one answer brings.

        `failing`: it may fail; what it held is gone then. It returns with its last backup (Logger page, Possible Points
        of Delay or Inconsistency); an operator may make a backup at any moment.
        """
        data, holds, backup = self.data, self.holds, self.backup
        transitions = [
            on(f"replicates_{table + 1}", "online", then={holds[i]: holds[i] | sent[i] for i in range(data.size)})
            for table, sent in enumerate(batches)
        ]
        if failing:
            outdated = any_of(holds[i] != backup[i] for i in range(data.size))
            transitions += [
                on("fails", "online", "offline", kind="environment", fault="HDS failure",
                   then=dict.fromkeys(holds, False)),
                on("returns", "offline", "online", kind="operator",
                   then=dict(zip(holds, backup.elements, strict=True))),
                on("backs_up", "online", when=outdated, kind="operator",
                   then=dict(zip(backup, holds.elements, strict=True))),
            ]  # a transition a row  # fmt: skip
        return Component(
            f"hds_{self.side}",
            states=["online", "offline"] if failing else ["online"],
            variables=[holds, backup],
            transitions=transitions,
            doc=f"HDS {self.side.upper()}: historical tables that reports are run from, fed by the Logger of its side only.",
        )
