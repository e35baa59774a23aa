"""What the guide promises of keys after a take-over: new rows get keys that no replicated row has."""

from drcheck import (
    Expression,
    Finding,
    Property,
    System,
    case,
    happens,
    if_else,
    never,
    reading,
    stated,
    stress,
    worst_case,
)

KEYS = "Info Mart guide, Architecture: Two Approaches; Setting Up Replication: DataPump, steps 8 and 9 of the copy"


def a_row_passes_the_sequence(d: System) -> Expression:
    """A row arrives whose key lies beyond the standby's sequence."""
    return happens("standby.row_arrives") & (d.standby.held > d.standby.stored)


def keys_beyond_the_standby(d: System) -> Expression:
    """Site 1 gives a key beyond the one at which the standby's sequence stands."""
    return happens("insert_row") & (d.active.given > d.standby.stored)


def imported_over_an_old_sequence(d: System) -> Expression:
    """The import is done while the old sequence stays, after the source has taken keys."""
    return happens("standby.import_dump", when=d.active.stored > 0)


SEQUENCES_NOT_REPLICATED = Finding(
    id="sequences-not-replicated",
    title="With the DataPump sample as published, sequences stop at the export: after a take-over new keys collide",
    explanation=(
        "SEQUENCE (datapump.prm:31) lacks the dot, so that sequence values do not pass the DataPump; rows do, if the dot in "
        "TABLE is put in. The standby's sequences stay where the import left them. Once it is in service, the first new rows "
        "get keys that replicated rows have: inserts fail, as many as rows were replicated since the export, or, where no "
        "unique index says so, two rows have one key."
    ),
    repair="Put the dot in. Before step 6 of the recovery, compare each sequence with the greatest key of its table.",
    repaired={"sequences_replicated": True},
    causes=(a_row_passes_the_sequence,),
    silent=True,
    permanent=True,
    who="the vendor, in the samples",
)

SEQUENCES_NOT_DROPPED = Finding(
    id="sequences-not-dropped",
    title="Where the old sequences are not dropped before the import, new keys collide until a sequence has been replicated",
    explanation=(
        "The import does not replace sequences that exist. Replicat moves a sequence only when the source takes keys anew; a "
        "take-over before that finds the old sequence beside the imported rows. A sequence that is seldom used stays so for long."
    ),
    repair="Carry out step 8 of the copy; after the import compare each sequence with the source's.",
    causes=(imported_over_an_old_sequence,),
    silent=True,
    permanent=True,
    who="who sets replication up and returns to normal operation",
)


KEYS_GIVEN_AGAIN = Finding(
    id="keys-given-again",
    title="Keys of rows that were lost with Site 1 are given to other data",
    explanation=(
        "The standby's sequence follows what was delivered. Keys that Site 1 gave after that, to rows that reports or exports "
        "to other systems may have shown, are given anew. Within the Info Mart nothing collides; whoever kept a key from before "
        "finds other data under it."
    ),
    repair="After a take-over raise each sequence by more than can be undelivered, before the server is started.",
    causes=(keys_beyond_the_standby,),
    silent=True,
    permanent=True,
    who="who operates the Info Mart",
)


@stated(
    source=KEYS,
    cases=[
        case(claims="AS-17", when="sequences are replicated"),
        case(
            "without_replicated_sequences",
            "sequences do not pass the DataPump",
            given={"sequences_replicated": False},
            claims={"AS-17": reading("the samples letter by letter, without the dot that SEQUENCE lacks")},
            finding=SEQUENCES_NOT_REPLICATED,
        ),
        case(
            "without_dropping_the_old_ones",
            "the old sequences are not dropped before the import",
            given={"drop_sequences": False},
            claims={
                "AS-17": stress("old sequences not dropped before the import"),
                "AS-18": stress("old sequences not dropped before the import"),
            },
            finding=SEQUENCES_NOT_DROPPED,
        ),
    ],
)
def no_new_key_is_in_use(d: System) -> Property:
    """After a take-over the standby's sequence gives no key that a replicated row has."""
    return never(d.standby.in_service & (d.standby.stored < d.standby.held))


@stated(
    claims={"AS-17": reading("a key that was given once is never given to other data")},
    source=KEYS,
    finding=KEYS_GIVEN_AGAIN,
)
def no_key_is_given_twice(d: System) -> Property:
    """After a take-over the standby's sequence gives no key that Site 1 had given, delivered or not."""
    return never(d.standby.in_service & (d.standby.stored < d.active.given))


@stated(
    claims="AS-17", source=KEYS, assumptions="Replicat keeps a sequence one cache ahead of the source's stored value"
)
def keys_left_out(d: System) -> Property:
    """How many keys are left out between the last replicated row and the first new one: at most two caches."""
    gap = if_else(d.standby.in_service, d.standby.stored - d.standby.held, 0)
    return worst_case(gap, at_most=2 * d.parameters["cache"])
