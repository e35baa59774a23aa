"""The Log Database of one site."""

from drcheck import Component, Expression, Integer, on


class LogDatabase:
    """A site's Log Database (Framework guide, Message Server; DBMS Solution Replication Processes Configuration).

    `own` counts the records that the site's Log Message Server wrote, `copied` how many of the other site's have been
    replicated into it; both are prefixes of a history, so counts tell all.
    """

    def __init__(self, name: str, most: int) -> None:
        self.name, self.most = name, most
        self.own = Integer("own", 0, most, unit="records", doc="Log records that the site's Log Message Server wrote.")
        self.copied = Integer(
            "copied", 0, most, unit="records", doc="Log records of the other site, replicated to here."
        )

    def component(self, others: Expression, link_up: Expression, destroyed: bool, exposed: bool) -> Component:
        """The database; `others`: the records that the other site's Log Database has of its own.

        `exposed`: it can be lost with its site. If what it held is `destroyed` then, it stays lost: setting a Log Database
        up anew is no part of the design.
        """
        gone: dict = {self.own: 0, self.copied: 0} if destroyed else {}
        fate = [
            on("site_fails", "available", "lost", then=gone),
            on("site_returns", "lost", None if destroyed else "available"),
        ]
        if not exposed:
            fate = []
        return Component(
            self.name,
            states=["available", "lost"] if exposed else ["available"],
            variables=[self.own, self.copied],
            transitions=[
                on("log", "available", when=self.own < self.most, then={self.own: self.own + 1}),
                on(
                    "receive",
                    "available",
                    when=link_up & (self.copied < others),
                    then={self.copied: self.copied + 1},
                    doc="a log record of the other site is replicated",
                ),
                *fate,
            ],
            doc="The Log Database of a site.",
        )
