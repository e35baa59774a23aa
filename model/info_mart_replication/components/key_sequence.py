"""The sequence from which the Info Mart takes the keys of new rows, and the copy of it at the standby."""

from drcheck import Component, Integer, on


def key_sequence(name: str, most: int, cache: int) -> Component:
    """A sequence at the active database: `given` keys are in rows, up to `stored` it says in the data dictionary.

    Oracle takes `cache` keys at a time: the stored value rises, in a change of its own that is committed at once, before the
    first key beyond it is used (Oracle Database SQL Language Reference, CREATE SEQUENCE: CACHE).
    """
    given = Integer(
        "given", 0, most, unit="keys", doc="How many keys are in committed rows; the last of them is this number."
    )
    stored = Integer(
        "stored", 0, most + cache, unit="keys", doc="Up to which key the data dictionary says that all are given."
    )
    return Component(
        name,
        states=["open"],
        variables=[given, stored],
        transitions=[
            on("take_keys", when=(given == stored) & (given < most), then={stored: stored + cache}, internal=True),
            on("insert_row", when=(given < stored) & (given < most), then={given: given + 1}),
        ],
        doc="The sequence of keys at the active database.",
    )


def standby_sequence(name: str, source: Component, most: int, cache: int, replicated: bool, dropped: bool) -> Component:
    """The standby's rows and sequence: `held` rows have arrived, and the next key after a take-over is `stored` + 1.

    The import brings rows and, if the old one was `dropped` before, the sequence as they stood at the export; what was there
    before stands at 0. Then rows come in the order of their commits, with a change of the sequence before the first row beyond
    it. Where sequences are `replicated`, Replicat keeps the target's a whole cache ahead of the source's stored value (Oracle
    GoldenGate Reference, SEQUENCE). Where not, it stays where the import left it.
    """
    held = Integer(
        "held", 0, most, unit="keys", doc="How many keys are in rows that the standby has; the last is this number."
    )
    stored = Integer(
        "stored", 0, most + 2 * cache, unit="keys", doc="Up to which key the standby's sequence takes all as given."
    )
    seen = Integer(
        "seen", 0, most + cache, unit="keys", doc="The source's stored value as far as the trail has brought it."
    )
    trail = [
        on("sequence_arrives", "following", when=(held == seen) & (seen < source.stored), then={
            seen: seen + cache, **({stored: seen + 2 * cache} if replicated else {})}, internal=True),
        on("row_arrives", "following", when=(held < seen) & (held < source.given), then={held: held + 1}, internal=True),
    ]  # a transition a row  # fmt: skip
    return Component(
        name,
        states=["empty", "following", "in_service"],
        variables=[held, stored, seen],
        transitions=[
            on(
                "import_dump",
                "empty",
                "following",
                then={held: source.given, seen: source.stored, **({stored: source.stored} if dropped else {})},
                internal=True,
                kind="operator",
                doc="the copy is imported, with the sequences as they stood at the export",
            ),
            *trail,
            on("take_over", "following", "in_service", doc="the standby is brought into service"),
        ],
        doc="What the standby database holds of the keys, and where its sequence stands.",
    )
