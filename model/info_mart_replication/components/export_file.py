"""The export of a database: taken as of an SCN, or of whatever the tables hold while it runs."""

from drcheck import Boolean, Component, Expression, Integer, Variable, on


def export_file(name: str, scn: Variable, changes: int, flashback: bool, running: Expression) -> Component:
    """The export: first its SCN is read (`scn`), then expdp runs, then the file is transferred.

    With FLASHBACK_SCN it holds exactly the changes up to `scn`. Without, a change committed while it runs can be in one
    table and not in another: `torn`.
    """
    at, torn = Integer("scn", 0, changes), Boolean("torn")
    transitions = [
        on("read_scn", "nothing", "scn_read", then={at: scn}, passive=True),
        on("export", "scn_read", "running", then={} if flashback else {at: scn}, passive=True),
        on("export_ends", "running", "written", passive=True),
        on("transfer", "written", "transferred", passive=True),
    ]
    if not flashback:
        transitions.append(
            on("commit_meanwhile", "running", when=running, then={at: scn + 1, torn: True}, passive=True)
        )
    return Component(
        name,
        states=["nothing", "scn_read", "running", "written", "transferred"],
        variables=[at, torn],
        transitions=transitions,
        doc="The export of the database, with the SCN it stands for.",
    )
