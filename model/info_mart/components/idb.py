"""IDB, the Interaction Database of one ICON."""

from drcheck import Component, on


def idb(name: str, at: str, alone: bool = False) -> Component:
    """One IDB: a database schema of its own, written by one ICON, readable while its site is up.

    (Info Mart guide, Architecture: Data Centers.) It holds every interval that its source made, except those that its
    ICON still keeps in its queue; no variable is needed for that. With `alone` it may fail by itself, for good: nothing can be
    read from it any more. (One that comes back has lost nothing, as its ICON has a queue: that is an outage of its own.)
    """
    fails = on(
        f"{name}_fails", "available", "failed_alone", kind="environment", fault="IDB failure", doc="one IDB fails alone"
    )
    return Component(
        name,
        states=["available", *(["failed_alone"] if alone else []), "failed"],
        transitions=[
            on("site_fails", ["available", "failed_alone"] if alone else "available", "failed", passive=True),
            *([fails] if alone else []),
        ],
        doc=f"The Interaction Database at {at}.",
    )
