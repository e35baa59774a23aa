"""How the name of the master Configuration Server host is resolved: DNS record, hosts-file pins."""

from collections.abc import Mapping

from drcheck import Component, Expression, Literal, on

ADDRESSES = ("main", "secondary")
"""The two addresses to which the name of the master Configuration Server host can resolve."""


def dns_record(mistakes: bool, allowed: Mapping[str, Expression] | None) -> Component:
    """The type A record of the master host, with its two scripts: one for the main host, one for the secondary.

    (Framework guide, DNS Server Configuration and Switchover Scripts.) With `mistakes` it may also be changed when the
    procedure does not ask for it: too early, or back (a fault of kind "mistaken DNS change"). `allowed[a]` (a repair): a
    mistaken change to address a gets through only where this holds.
    """
    transitions = [
        on("point_to_secondary", ["to_main", "to_secondary"], "to_secondary"),
        on("point_to_main", ["to_main", "to_secondary"], "to_main"),
    ]
    if mistakes:
        transitions += [
            on(
                "changed_by_mistake",
                f"to_{here}",
                f"to_{there}",
                when=True if allowed is None else allowed[there],
                internal=True,
                kind="environment",
                fault="mistaken DNS change",
                doc="the DNS record is changed when no procedure asks for it",
            )
            for here, there in (ADDRESSES, ADDRESSES[::-1])
        ]
    return Component(
        "dns_record",
        states=["to_main", "to_secondary"],
        transitions=transitions,
        doc="The DNS record (type A) of the master Configuration Server host.",
    )


def hosts_file(name: str, pinned: bool) -> Component:
    """The hosts file of a master host: the name pinned to the host's own address, or left to DNS."""
    return Component(name, states=["pinned" if pinned else "left_to_dns"], doc="The hosts file of a master host.")


def resolves_to(address: str, own: str, pinned: bool, record: Component) -> Expression:
    """Whether a client on the master host `own` finds the master at `address`."""
    return Literal(own == address) if pinned else record.in_states(f"to_{address}")
