"""An Info Mart Server seen only as what makes changes to its database."""

from drcheck import Component, on


def job_server(name: str, running: bool) -> Component:
    """An Info Mart Server: while it runs, its jobs commit changes to its database at any time."""
    states = ["running", "stopped"] if running else ["stopped", "running"]
    return Component(
        name,
        states=states,
        transitions=[
            on("commits", "running"),
            on("start", "stopped", "running", passive=True),
            on("stop", "running", "stopped", passive=True),
        ],
        doc="Info Mart Server: its jobs change the database while it runs.",
    )
