"""An Info Mart Server seen only as what makes changes to its database."""

from drcheck import Component, Expression, Literal, on


def job_server(name: str, running: bool, may_start: Expression | None = None) -> Component:
    """An Info Mart Server: while it runs, its jobs commit changes to its database at any time.

    `may_start`: whether the Application object names its host, so that it is this server that is started.
    """
    states = ["running", "stopped"] if running else ["stopped", "running"]
    return Component(
        name,
        states=states,
        transitions=[
            on("commits", "running"),
            on("start", "stopped", "running", when=Literal(True) if may_start is None else may_start, passive=True),
            on("stop", "running", "stopped", passive=True),
        ],
        doc="Info Mart Server: its jobs change the database while it runs.",
    )
