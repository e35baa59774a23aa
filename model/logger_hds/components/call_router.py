"""CallRouter: one side of the central controller; it makes historical data and sends it to the Logger of its side."""

from drcheck import Component, on


def call_router(name: str) -> Component:
    """A CallRouter: running or failed (Logger page, Data Flow).

    Both CallRouters run in step and make the same records; each sends them to the Logger of its own side and to no other.
    What a CallRouter does not send while it is failed, or while its Logger is offline, it does not send later.
    """
    return Component(
        name,
        states=["running", "failed"],
        transitions=[
            on("sends", "running"),
            on("fails", "running", "failed", kind="environment", fault="CallRouter failure"),
            on("returns", "failed", "running", kind="operator"),
        ],
        doc="Makes historical records, in step with the other CallRouter, and sends them to the Logger of its side.",
    )
