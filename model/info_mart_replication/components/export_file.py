"""The export of a database: taken as of an SCN, or of whatever the tables hold while it runs."""

from drcheck import Boolean, Choice, Component, Expression, Integer, Variable, on

UNNAMED, IMPORTED = "expdat", "gim"
"""The file that expdp writes where no DUMPFILE is named, and the one that the published import reads, without .dmp."""


def export_file(
    name: str,
    scn: Variable,
    changes: int,
    flashback: bool,
    running: Expression,
    named: bool = False,
    renamed: bool = True,
) -> Component:
    """The export: first its SCN is read (`scn`), then expdp runs, then the file is transferred.

    With FLASHBACK_SCN it holds exactly the changes up to `scn`. Without, a change committed while it runs can be in one
    table and not in another: `torn`. `file` is its name: the parameter file of the export names none, that of the import
    reads gim.dmp. `named`: the export's names it, too; `renamed`: who transfers the file gives it that name, which no step
    says. (Info Mart guide, Setting Up Replication: Configuring Database Replication, steps 3, 6 and 7 of the copy.)
    """
    at = Integer("scn", 0, changes, unit="changes", doc="Up to which change the export holds the database.")
    torn = Boolean("torn", doc="Whether the last change is in one table of the export and not in another.")
    file = Choice("file", ["none", UNNAMED, IMPORTED], doc="The name of the export's file, without .dmp.")
    transitions = [
        on("read_scn", "nothing", "scn_read", then={at: scn}, passive=True),
        on("export", "scn_read", "running", then={} if flashback else {at: scn}, passive=True),
        on("export_ends", "running", "written", then={file: IMPORTED if named else UNNAMED}, passive=True),
        on("transfer", "written", "transferred", then={file: IMPORTED} if renamed else {}, passive=True),
    ]
    if not flashback:
        transitions.append(
            on("commit_meanwhile", "running", when=running, then={at: scn + 1, torn: True}, passive=True)
        )
    return Component(
        name,
        states=["nothing", "scn_read", "running", "written", "transferred"],
        variables=[at, torn, file],
        transitions=transitions,
        doc="The export of the database, with the SCN it stands for.",
    )
