"""The target of a replication: what it holds of each change, and where its sequences stand."""

from collections.abc import Sequence

from drcheck import Array, Boolean, Choice, Component, Expression, Integer, Literal, if_else, minimum, on
from model.info_mart_replication.components.export_file import IMPORTED

OLD, NONE = "old", "none"
"""Sequences of an earlier database, and none: dropped, or never there."""


def copy_database(
    name: str,
    changes: int,
    export: Component | None,
    extract: Component,
    replicat: Component,
    handle_collisions: bool,
    begins: Sequence[str] = (OLD,),
    beside: bool = False,
) -> Component:
    """The replication target: `times[i]`, how often the change with sequence number i + 1 is in it (2: twice or more).

    Import (impdp, TABLE_EXISTS_ACTION=REPLACE) leaves exactly what the export held. It does not replace sequences that
    exist: those must be dropped before (Info Mart guide, Setting Up Replication). Where the export's file has another name
    than the import reads, an older file of that name is imported, from before the first change. With HANDLECOLLISIONS, a
    change that is applied again overwrites itself. If the export mixed states (`torn`), its last change counts as half
    there, 0. Replicat applies a change that Extract captured and that lies after the CSN with which Replicat was started.
    Without an `export` nothing is imported, and Replicat applies whatever was captured. With `beside` something else may
    write there (`write_beside`): what is left of an earlier replication's trail, or a server that works on the target; the
    rows stay. `begins`: what sequences there may be before the import.
    """
    times = Array(
        "times",
        Integer("n", 0, 2, unit="times", doc="How often this change is in the target; 2 is twice or more."),
        changes,
    )
    sequences = Choice(
        "sequences",
        [OLD, NONE, "imported"],
        start=list(begins),
        doc="Whose sequences there are: old ones, none, the copy's.",
    )
    foreign = Boolean("foreign", doc="Whether there are rows that the source does not have.")
    exported: Expression = Literal(0)
    torn: Expression = Literal(False)
    if export is not None:
        exported, torn = if_else(export.file == IMPORTED, export.scn, 0), export.torn
    imported = {t: if_else((i < exported) & ~(torn & (i + 1 == exported)), 1, 0) for i, t in enumerate(times)}
    newest = minimum(replicat.position, changes - 1)
    here = times[newest]
    applies = extract.captured[newest]
    if export is not None:
        applies &= replicat.position >= replicat.after_csn
    again = 1 if handle_collisions else minimum(here + 1, 2)
    return Component(
        name,
        states=["deployed", "imported"],
        variables=[times, sequences, *([foreign] if beside else [])],
        transitions=[
            on("drop_sequences", then={sequences: NONE}, passive=True),
            on(
                "import_dump",
                "deployed",
                "imported",
                then={**imported, sequences: if_else(sequences == NONE, "imported", sequences)},
                passive=True,
            ),
            on("apply", then={here: if_else(applies, again, here)}, passive=True),
            *([on("write_beside", then={foreign: True}, passive=True)] if beside else []),
        ],
        doc="The replication target.",
    )
