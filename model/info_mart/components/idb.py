"""IDB, the Interaction Database of one ICON."""

from drcheck import Component, on


def idb(name: str, at: str) -> Component:
    """One IDB: a database schema of its own, written by one ICON, readable while its site is up.

    (Info Mart guide, Architecture: Data Centers.) It holds every interval that its source made, except those that its
    ICON still keeps in its queue; no variable is needed for that.
    """
    return Component(
        name,
        states=["available", "failed"],
        transitions=[on("site_fails", "available", "failed", passive=True)],
        doc=f"The Interaction Database at {at}.",
    )
