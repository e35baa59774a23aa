"""Replication of accepted changes from one Configuration Database to the other, one direction.

Each change has identity and travels in commit order: redo log and local trail at the source, remote trail at the
target, target database. Extract captures what clients commit at the source, never what Replicat writes there, so the
two directions do not feed each other. A change moves one stage at a time, always the oldest first.
"""

from drcheck import Array, Boolean, Component, Expression, any_of, on
from drcheck.language.transition import On
from model.configuration_database.components.configuration_changes import ConfigurationChanges


class Replication:
    """One direction of the cross-replication (Framework guide, DBMS Solution Replication Processes Configuration).

    `local[i]`: change i is committed at the source and not shipped; `remote[i]`: it is in the remote trail, not applied.
    """

    def __init__(
        self,
        direction: str,
        changes: ConfigurationChanges,
        normal: bool,
        failures: bool = False,
        restarts: bool = False,
    ) -> None:
        """`normal`: it runs in normal operation; the other direction is stopped then.

        With `failures` a process that is running may fail (a fault of kind "replication failure"), and stands still until
        a script starts it anew. With `restarts` (a repair) the operators do so whenever they see one.
        """
        self.direction, self.changes, self.normal = direction, changes, normal
        self.failures, self.restarts = failures, restarts
        captured = Boolean(
            "there",
            doc="Committed at the source, and not shipped.",
            told=("{of} waits in the trail of {component}", "{of} has left the trail of {component}"),
        )
        shipped = Boolean(
            "there",
            doc="In the remote trail, and not applied.",
            told=("{of} waits for {component}", "{of} waits no longer for {component}"),
        )
        self.local = Array("local_trail", captured, changes.most, of=changes.each)
        self.remote = Array("remote_trail", shipped, changes.most, of=changes.each)

    @property
    def waiting(self) -> Expression:
        """Whether something is captured and not shipped."""
        return any_of(list(self.local))

    @property
    def at_end_of_trail(self) -> Expression:
        """Whether Replicat has applied all of the remote trail (it reports "at EOF")."""
        return ~any_of(list(self.remote))

    def shipped_next(self, i: int) -> Expression:
        """Whether change i is the oldest that is not shipped."""
        return self.local[i] & ~any_of([self.local[j] for j in range(i)])

    def applied_next(self, i: int) -> Expression:
        """Whether change i is the oldest in the remote trail."""
        return self.remote[i] & ~any_of([self.remote[j] for j in range(i)])

    def fails(self) -> list[On]:
        """How a process of this direction fails, and how it is started again. What it had read is in its checkpoint."""
        doc = "a process of the replication fails"
        rows = [
            on("abends", "running", "abended", internal=True, kind="environment", fault="replication failure", doc=doc)
        ]
        if self.restarts:
            doc = "the operators start a failed process of the replication again"
            rows.append(on("restarted", "abended", "running", internal=True, kind="operator", doc=doc))
        return rows if self.failures else []

    def source(self, link_up: Expression, target_there: Expression) -> Component:
        """Extract and DataPump at the source: stopped; capturing (Extract alone); running (both); or lost with the site.

        What clients commit while both are stopped stays in the redo log, and an Extract that is started goes on from
        where it was. The direction of normal operation is started anew with `begin_now`, at the present: what was
        committed before is not captured. The other direction first captures alone, then runs, then is stopped. An
        Extract that fails while it captures alone is no different from one that is stopped.
        """
        clean = dict.fromkeys(self.local, False)
        failed = ["abended"] if self.failures else []
        states = ["stopped", *([] if self.normal else ["capturing"]), "running", *failed]
        scripts = [
            on("capture", "stopped", "capturing"),
            on("start", ["stopped", "capturing", *failed], "running"),
            on("stop", ["capturing", "running", *failed], "stopped"),
        ]
        if self.normal:
            scripts = [on("begin_now", ["stopped", *failed], "running", then=clean)]
        scripts += self.fails()
        return Component(
            f"extract_{self.direction}",
            states=[*states, "lost"],
            initial="running" if self.normal else "stopped",
            variables=[self.local],
            transitions=[
                on("accept", states, then={x: x | self.changes.is_next(i) for i, x in enumerate(self.local)}),
                *scripts,
                on(
                    "ship",
                    "running",
                    when=self.waiting & link_up & target_there,
                    then={x: x & ~self.shipped_next(i) for i, x in enumerate(self.local)},
                ),
                on("site_fails", states, "lost", then=clean),
                on("site_returns", "lost", "stopped"),
            ],
            doc="GoldenGate Extract and DataPump at the source database.",
        )

    def replicat(self) -> Component:
        """Replicat at the target: applies the remote trail, which is on the target's disk.

        In the direction of normal operation it is started anew with an empty trail.
        """
        clean = dict.fromkeys(self.remote, False)
        failed = ["abended"] if self.failures else []
        states = ["stopped", "running", *failed]
        return Component(
            f"replicat_{self.direction}",
            states=[*states, "lost"],
            initial="running" if self.normal else "stopped",
            variables=[self.remote],
            transitions=[
                on("receive", states, then={x: x | self.shipped_next(i) for i, x in enumerate(self.remote)}),
                on(
                    "apply",
                    "running",
                    when=~self.at_end_of_trail,
                    then={x: x & ~self.applied_next(i) for i, x in enumerate(self.remote)},
                ),
                on("start", ["stopped", *failed], "running", then=clean if self.normal else {}),
                on("stop", ["running", *failed], "stopped"),
                *self.fails(),
                on("site_fails", states, "lost", then=clean),
                on("site_returns", "lost", "stopped"),
            ],
            doc="GoldenGate Replicat at the target database.",
        )
