"""The Configuration Database of one site: which accepted changes it holds, and whether clients may write it."""

from collections.abc import Sequence

from drcheck import Array, Boolean, Component, Expression, any_of, on
from model.configuration_database.components.configuration_changes import ConfigurationChanges


class ConfigurationDatabase:
    """One Configuration Database (Framework guide, Components: main and secondary live DBMS).

    `held[i]`: change i is in it. `overtaken`: replication has put a change into it behind a newer one that a client had
    made here, so the older may have overwritten the newer.
    """

    def __init__(self, name: str, changes: ConfigurationChanges, access: bool, destroyed: bool) -> None:
        self.name, self.changes, self.access, self.destroyed = name, changes, access, destroyed
        there = Boolean(
            "there",
            doc="The change is in this database.",
            told=("{of} is in {component}", "{of} is no longer in {component}"),
        )
        self.held = Array("held", there, changes.most, of=changes.each)
        self.overtaken = Boolean(
            "overtaken",
            doc="Replication has put a change into this database behind a newer one.",
            told=("an older change comes behind a newer one in {component}", "no change was overtaken in {component}"),
        )

    def newer_than(self, i: int) -> Expression:
        """Whether it holds a change made after change i."""
        return any_of([self.held[j] for j in range(i + 1, self.changes.most)]) & ~self.held[i]

    def component(
        self, applied: Sequence[Expression], copied: Sequence[Expression] | None, opened_on_return: bool
    ) -> Component:
        """The database as a component: open to clients, closed to them (replication still writes it), or lost.

        `applied[i]`: Replicat's next step puts change i in. `copied[i]`: the other database holds change i, for the
        initial copy, which replaces everything here (None: no copy is made to here). A database
        that returns with its site is open as it was left, or
        closed; what it held is still there unless the loss `destroyed` it.
        """
        late = any_of([applied[i] & self.newer_than(i) for i in range(self.changes.most)])
        emptied: dict = {**dict.fromkeys(self.held, False), self.overtaken: False} if self.destroyed else {}
        copying = []
        if copied is not None:
            content = {**{h: copied[i] for i, h in enumerate(self.held)}, self.overtaken: False}
            copying.append(on("copy_from_other", ["open", "closed"], then=content))
        states = ["open", "closed", "lost"]
        return Component(
            self.name,
            states=states,
            initial="open" if self.access else "closed",
            variables=[self.held, self.overtaken],
            transitions=[
                on("accept", "open", then={h: h | self.changes.is_next(i) for i, h in enumerate(self.held)}),
                on(
                    "apply",
                    ["open", "closed"],
                    then={
                        **{h: h | applied[i] for i, h in enumerate(self.held)},
                        self.overtaken: self.overtaken | late,
                    },
                ),
                on("enable_access", "closed", "open"),
                on("disable_access", "open", "closed"),
                *copying,
                on("site_fails", ["open", "closed"], "lost", then=emptied),
                on("site_returns", "lost", "open" if opened_on_return else "closed"),
            ],
            doc="The Configuration Database of one site.",
        )
