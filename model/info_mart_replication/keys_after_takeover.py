"""Keys of new rows after the standby was brought into service: from which sequence they are taken, and where it stands.

A sequence is one number; rows and changes of the sequence go through the same trail. All sequences of the Info Mart behave
alike and none knows of another, so one is enough. How many keys are given does not matter beyond a few times the cache,
from which on everything repeats; a test varies both.
"""

from typing import Annotated

from drcheck import ParameterRole, System, compose, event, flow, scope
from drcheck.designs.design import design
from model.info_mart_replication.components.active_site import active_site
from model.info_mart_replication.components.key_sequence import key_sequence, standby_sequence


@design(
    title="Info Mart database replication: keys after a take-over",
    properties="properties.info_mart_replication.keys_after_takeover",
)
def keys_after_takeover(
    keys: Annotated[
        int,
        "how many keys may be given",
        range(3, 13),
        scope("what matters is how far rows and sequence are apart, which is at most a few caches"),
    ] = 7,
    cache: Annotated[int, "how many keys the sequence takes at a time", range(1, 5), ParameterRole.DEPLOYMENT] = 2,
    sequences_replicated: Annotated[
        bool, "whether sequences pass the DataPump, whose sample lacks a dot in SEQUENCE", ParameterRole.READING
    ] = True,
    drop_sequences: Annotated[
        bool, "whether the old sequences are dropped before the import (step 8 of the copy)", ParameterRole.SLIP
    ] = True,
) -> System:
    """Info Mart guide, Setting Up Replication: steps 8 and 9 of the copy; Architecture: key numbers."""
    site = active_site("site1", "insert_row")
    active = key_sequence("active", keys, cache)
    standby = standby_sequence("standby", active, keys, cache, sequences_replicated, drop_sequences)
    return compose(
        "keys_after_takeover",
        [site, active, standby],
        events=[
            event("insert_row", {site: "insert_row", active: "insert_row"}),
            event("take_over", {site: "take_over", standby: "take_over"}, kind="operator"),
        ],
        flows=[
            flow(
                [site, active, standby],
                "rows, and changes of the sequence",
                moved_by=["insert_row", "standby.row_arrives", "standby.sequence_arrives"],
                source="Info Mart guide, Setting Up Replication",
            ),
        ],
        faults={"site": 1},
    )
