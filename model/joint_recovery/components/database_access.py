"""The Configuration Database of a site, as far as access to it goes."""

from drcheck import Component, on


def database_access(name: str, live: bool) -> Component:
    """A Configuration Database: open to clients, closed to them, or lost with its site (Framework guide, Components).

    What it holds is left out: no step of either procedure looks at it. The machine and its triggers are otherwise those of
    the Configuration Database's own study.
    """
    return Component(
        name,
        states=["open", "closed", *(["lost"] if live else [])],
        initial="open" if live else "closed",
        transitions=[
            on("enable_access", "closed", "open"),
            on("disable_access", "open", "closed"),
            *([on("site_fails", ["open", "closed"], "lost"), on("site_returns", "lost", "open")] if live else []),
        ],
        doc="Access to the Configuration Database of a site.",
    )
