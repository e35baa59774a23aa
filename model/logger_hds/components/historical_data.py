"""Historical data: a small universe of records, each followed by itself through every store.

Why a few records are enough. No component looks into a record; they compare recovery keys and ask whether a table holds
a key. So records are exchangeable but for the order of their keys, and whether a record is skipped depends on that
record, on one with a higher key that overtakes it in the same table, and on which stores were up when each was made. A
run with few failures has few such periods. The tests vary the number of records, of tables, and the batch.

Why small batches are enough. A batch of n records is n batches of one with nothing in between, so batches of one record
show every state that larger ones show; and a trace with batches of one is a trace of the published system, each record
standing for a full batch of 2000.
"""

from collections.abc import Sequence

from drcheck import Array, Boolean, Component, Expression, Integer, Literal, all_of, any_of, count, if_else, on
from drcheck.language.expressions import expression

Flags = Sequence[Expression]
"""One boolean for each record of the universe: whether a store holds it, or whether something is done with it."""


class HistoricalData:
    """The records that the CallRouters make: `made` so far, and for each its recovery `key` and its `table`.

    `size`: records in the universe; `tables`: historical tables. Record i is the i-th made. Keys are 1..size: only their
    order matters, so the gaps that a restart leaves in real keys are left out. `unlogged`: whether some record was made
    while no Logger could take it; such a record is in no store and has no key.
    """

    def __init__(self, size: int, tables: int) -> None:
        self.size, self.tables = size, tables
        self.each = [f"record {n + 1}" for n in range(size)]
        self.made = Integer(
            "made", 0, size, unit="records", doc="How many records have been made.", told="{value} have been made"
        )
        key = Integer(
            "key",
            0,
            size,
            doc="The recovery key of the record; only its order matters.",
            told="the recovery key of {of} is {value}",
        )
        self.key = Array("key", key, size, of=self.each)
        self.table = Array("table", Integer("table", 0, tables - 1, doc="The historical table of the record."), size)
        self.unlogged = Boolean(
            "unlogged",
            doc="Whether a record was made while no Logger could take it.",
            told=("a record is made that no Logger takes", "no record was made that no Logger took"),
        )

    # -- comparing records -------------------------------------------------------------------------------------------
    def same_table(self, i: int, j: int) -> Expression:
        """Whether two records are of one historical table."""
        return self.table[i] == self.table[j] if i != j and self.tables > 1 else Literal(True)

    def in_table(self, i: int, table: int) -> Expression:
        """Whether a record is of a table."""
        return self.table[i] == table if self.tables > 1 else Literal(True)

    def holds_key_of(self, store: Flags, i: int) -> Expression:
        """Whether a store holds, in the table of record i, a record with the key of record i (itself, as a rule)."""
        others = [store[j] & self.same_table(i, j) & (self.key[j] == self.key[i]) for j in range(self.size) if j != i]
        return any_of([store[i], *others])

    def above_highest(self, store: Flags, i: int) -> Expression:
        """Whether the key of record i is higher than every key that a store holds in the same table."""
        return all_of(
            ~(store[j] & self.same_table(i, j)) | (self.key[j] < self.key[i]) if j != i else ~store[i]
            for j in range(self.size)
        )

    def batch(self, waiting: Flags, table: int, limit: int, newest_first: bool = False) -> list[Expression]:
        """Those of the waiting records of a table that one batch of at most `limit` takes: lowest keys first."""
        ready = [waiting[i] & self.in_table(i, table) for i in range(self.size)]
        if limit >= self.size:
            return ready

        def comes_before(j: int, i: int) -> Expression:
            lower = (self.key[j] < self.key[i]) | ((self.key[j] == self.key[i]) & (j < i))
            return ~lower if newest_first else lower

        ranks = [count(ready[j] & comes_before(j, i) for j in range(self.size) if j != i) for i in range(self.size)]
        return [ready[i] & (ranks[i] < limit) for i in range(self.size)]

    def nothing(self) -> list[Expression]:
        """No record at all."""
        return [expression(False)] * self.size

    # -- the component -----------------------------------------------------------------------------------------------
    def component(self, made_somewhere: Expression, taken: Expression, counter: Expression) -> Component:
        """The records as a component.

        `made_somewhere`: a CallRouter is running. `taken`: a Logger takes what it sends. `counter`: the recovery key as
        it stands; a new record gets the next one.
        """
        news = [
            on(
                f"new_record_{table + 1}",
                "kept",
                when=taken & (self.made < self.size),
                then={
                    self.made: self.made + 1,
                    **{k: if_else(self.made == i, counter + 1, k) for i, k in enumerate(self.key)},
                    **{x: if_else(self.made == i, table, x) for i, x in enumerate(self.table)},
                },
            )
            for table in range(self.tables)
        ]
        return Component(
            "historical_data",
            states=["kept"],
            variables=[self.made, self.key, self.table, self.unlogged],
            transitions=[
                *news,
                on(
                    "unlogged_record",
                    "kept",
                    when=made_somewhere & ~taken & ~self.unlogged,
                    then={self.unlogged: True},
                    doc="a record is made while no Logger can take it",
                ),
            ],
            doc="The historical records: how many were made, their recovery keys and their tables.",
        )
