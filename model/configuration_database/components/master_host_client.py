"""Configuration clients on a master host itself: administration tools, and the Solution Control Server there."""

from collections.abc import Mapping

from drcheck import Component, Expression, on


def master_host_client(name: str, finds: Mapping[str, Expression], changes: bool) -> Component:
    """A client on a management host; `finds[a]`: the name leads it to a master in service at address a.

    (Framework guide, DNS Server Configuration and Switchover Scripts.) The name is pinned there, so that the clients of a
    host always mean their own host's server. With `changes` they change the configuration too.
    """
    return Component(
        name,
        states=["working"],
        transitions=[on(f"change_at_{a}", when=there) for a, there in finds.items()] if changes else [],
        doc="Configuration clients on a master host.",
    )
