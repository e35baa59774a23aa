"""The Application object of the Info Mart Server, seen only as where it points."""

from drcheck import Component, on


def application_host(name: str) -> Component:
    """Which site's host and Info Mart database the shared Application object names, during the return to normal."""
    return Component(
        name,
        states=["survivor", "new_site"],
        transitions=[on("repoint", "survivor", "new_site", passive=True)],
        doc="The Application object: host and database access point.",
    )
