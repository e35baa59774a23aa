"""The configuration changes that clients were told are accepted: the account against which loss is measured."""

from collections.abc import Sequence

from drcheck import Array, Boolean, Component, Expression, Integer, on


class ConfigurationChanges:
    """The accepted changes, numbered in the order of their acceptance, at most `most` of them.

    `accepted` counts them. `undelivered[i]` charges change i to replication: when the site whose database held it was
    lost, it was not at the other one (not delivered, or that site had been lost before). This is the only loss that the
    guide admits (Overview).
    """

    def __init__(self, name: str, most: int) -> None:
        self.name, self.most = name, most
        self.each = [f"change {n + 1}" for n in range(most)]
        self.accepted = Integer(
            "accepted",
            0,
            most,
            unit="changes",
            doc="Changes that clients were told are accepted.",
            told="{value} have been accepted",
        )
        charged = Boolean(
            "charged",
            doc="Lost with a site, as it was not delivered to the other one.",
            told=("{of} is lost with its site, not delivered", "{of} is not lost with its site"),
        )
        self.undelivered = Array("undelivered", charged, most, of=self.each)

    def is_next(self, i: int) -> Expression:
        """Whether change i is the one that is accepted next."""
        return self.accepted == i

    def exists(self, i: int) -> Expression:
        """Whether change i has been accepted."""
        return self.accepted > i

    def component(self, lost_with_main: Sequence[Expression], lost_with_secondary: Sequence[Expression]) -> Component:
        """The account. `lost_with_...[i]`: whether change i is nowhere else when that site is lost."""
        charged = {
            name: {self.undelivered[i]: self.undelivered[i] | gone for i, gone in enumerate(lost)}
            for name, lost in (("main", lost_with_main), ("secondary", lost_with_secondary))
        }
        return Component(
            self.name,
            states=["counted"],
            variables=[self.accepted, self.undelivered],
            transitions=[
                on("accept", when=self.accepted < self.most, then={self.accepted: self.accepted + 1}),
                on("main_lost", then=charged["main"]),
                on("secondary_lost", then=charged["secondary"]),
            ],
            doc="The account of accepted configuration changes.",
        )
