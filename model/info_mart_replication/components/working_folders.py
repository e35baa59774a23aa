"""GoldenGate's working folders and schema at a site that took part in an earlier replication."""

from drcheck import Component, on


def working_folders(name: str) -> Component:
    """dirchk, dirdat, dirrpt, TRACE and the GoldenGate schema: left from before, until cleaned and created anew.

    (Info Mart guide, Procedure to Return to Normal Operation, steps 6 and 7.) What is left is a checkpoint and trails of
    a replication whose source no longer exists.
    """
    return Component(
        name,
        states=["left_from_before", "folders_clean", "clean"],
        transitions=[
            on("clean_folders", "left_from_before", "folders_clean", passive=True),
            on("recreate_schema", "folders_clean", "clean", passive=True),
        ],
        doc="GoldenGate's working folders and schema.",
    )
