"""The historical data of one CMS server: the records of the followed intervals."""

from collections.abc import Sequence
from typing import Any

from drcheck import Array, Boolean, Choice, Component, Expression, Variable, if_else, on, outcome

NOT_YET, ABSENT, PARTIAL, WHOLE, CORRUPT = RECORD = ("not_yet", "absent", "partial", "whole", "corrupt")
"""A record: the interval is not over (as seen from there), none, an incomplete one, a complete one, a damaged one."""


def records(length: int) -> Array:
    """One record for each followed interval."""
    held = Choice("record", RECORD, doc="What is held of the followed interval.", told="{of} in {component}: {value}")
    of = ["the interval"] if length == 1 else [f"interval {n + 1}" for n in range(length)]
    return Array("record", held, length, of=of)


def historical_database(
    name: str,
    intervals: Sequence[Component],
    collection: Component,
    disks_lost: Expression,
    backup: Array,
    restore_range: str,
    may_lose: bool,
    own: Array | None = None,
    other_release: bool = False,
) -> Component:
    """The interval records of one server, and what a restore from `backup` of the other server does to them.

    A record is filed when its interval ends. Lost disks take all of it along (`may_lose`); a crash without power
    may damage it. What a restore writes is a parameter, because the page does not say it: `gap`: the operators
    restore exactly the intervals that this server missed (or whose records are damaged); `absent`: only records that
    are not there at all; `everything`: all intervals up to the backup are replaced by what the backup holds of them,
    and a restore that is cut short has removed them already.

    `own` (a repair): after lost disks or a crash the server is first restored from its own last maintenance backup;
    `from_own` says that this is still to be done. `other_release`: that backup can be of another release, and useless.
    """
    record = records(len(intervals))

    def each(change: Any) -> dict[Variable, Expression]:
        return {r: change(r, i) for i, r in enumerate(record)}

    def filed(r: Variable, i: int) -> Expression:
        kind = if_else(disks_lost | collection.nothing, ABSENT, if_else(collection.whole, WHOLE, PARTIAL))
        return if_else(intervals[i].present, kind, r)

    def restored(r: Variable, i: int) -> Expression:
        held = backup[i]
        writes = {
            "gap": (r != WHOLE) & (r != NOT_YET) & (held != NOT_YET),
            "absent": (r == ABSENT) & (held != NOT_YET),
            "everything": held != NOT_YET,
        }[restore_range]
        return if_else(writes, held, r)

    variables: list[Array | Boolean] = [record]
    hurt: dict[Variable, bool] = {}
    repair = []
    if own is not None:
        from_own = Boolean("from_own", doc="Whether the server is still to be restored from its own last backup.")
        variables.append(from_own)
        hurt = {from_own: True}
        regained = each(lambda r, i: if_else((own[i] == WHOLE) & (r != NOT_YET), WHOLE, r))
        repair.append(on("restore_own", "stored", when=from_own, then={**regained, from_own: False}))
        if other_release:
            repair.append(on("skip_own", "stored", when=from_own, then={from_own: False}))
    wiped = each(lambda r, _: if_else(r == NOT_YET, r, ABSENT))
    damaged = each(lambda r, _: if_else((r == WHOLE) | (r == PARTIAL), CORRUPT, r))
    removed = each(lambda r, i: if_else(backup[i] == NOT_YET, r, ABSENT))
    cut_short = (
        [outcome("stored"), outcome("stored", removed)] if restore_range == "everything" else [outcome("stored")]
    )
    return Component(
        name,
        states=["stored"],
        variables=variables,
        transitions=[
            on("tick", "stored", then=each(filed)),
            *([on("disks_fail", "stored", then={**wiped, **hurt})] if may_lose else []),
            on("restore", "stored", then=each(restored)),
            on("restore_cut_short", "stored", outcomes=cut_short),
            on("crashes", "stored", outcomes=[outcome("stored", hurt), outcome("stored", {**damaged, **hurt})]),
            *repair,
        ],
        doc="The historical data of one CMS server.",
    )
