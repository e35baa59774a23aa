"""How the name of the master Configuration Server host is resolved: DNS record, cached answers, hosts-file pins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

from drcheck import Choice, Component, Expression, Literal, if_else, on

ADDRESSES = ("main", "secondary")
"""The two addresses to which the name of the master Configuration Server host can resolve."""


Cache = OneOf["expires", "kept", "ttl"]
"""What becomes of an answer that a client has cached: it may expire at any moment, never, or after its time to live."""


@dataclass(frozen=True)
class Names:
    """How clients resolve the name: by `record`, whose answers they cache.

    With the `cache` "ttl" an answer is used for `ttl` ticks and not longer. The guide says nothing of caches.
    """

    record: Component
    cache: Cache
    ttl: int = 0

    @property
    def answered(self) -> Expression:
        """Whether there is a DNS server that answers."""
        return ~self.record.lost if "lost" in self.record.states else Literal(True)

    def answer(self, before: Choice) -> Expression:
        """What the record says; if no DNS server answers, what was known `before`."""
        otherwise = (
            if_else(self.record.to_secondary, "secondary", before) if "lost" in self.record.states else "secondary"
        )
        return if_else(self.record.to_main, "main", otherwise)


def dns_record(mistakes: bool, allowed: Mapping[str, Expression] | None, lost_with_site: bool = False) -> Component:
    """The type A record of the master host, with its two scripts: one for the main host, one for the secondary.

    (Framework guide, DNS Server Configuration and Switchover Scripts.) With `mistakes` it may also be changed when the
    procedure does not ask for it: too early, or back (a fault of kind "mistaken DNS change"). `allowed[a]` (a repair): a
    mistaken change to address a gets through only where this holds. `lost_with_site`: the only DNS server that has it is
    at a site, lost and restored with it; no name is resolved meanwhile, and the scripts, which are on that server, cannot
    be run. It comes back as it is in normal mode.
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
    if lost_with_site:
        transitions += [
            on("site_fails", ["to_main", "to_secondary"], "lost"),
            on("site_returns", "lost", "to_main"),
        ]
    return Component(
        "dns_record",
        states=["to_main", "to_secondary", *(["lost"] if lost_with_site else [])],
        transitions=transitions,
        doc="The DNS record (type A) of the master Configuration Server host.",
    )


def hosts_file(name: str, pinned: bool) -> Component:
    """The hosts file of a master host: the name pinned to the host's own address, or left to DNS."""
    return Component(name, states=["pinned" if pinned else "left_to_dns"], doc="The hosts file of a master host.")


def resolves_to(address: str, own: str, pinned: bool, record: Component) -> Expression:
    """Whether a client on the master host `own` finds the master at `address`."""
    return Literal(own == address) if pinned else record.in_states(f"to_{address}")
