"""A site that can be lost and restored."""

from drcheck import Component, on


def returning_site(name: str, may_fail: bool, may_return: bool) -> Component:
    """A site, or the management host that stands for it: up, or failed; it can be restored if it `may_return`.

    (Framework guide, Overview; DBMS Solution Replication Processes Configuration.) What is lost with it, and how it comes
    back, is each component's own business: they take part in the site's events.
    """
    return Component(
        name,
        states=["up", "failed"],
        transitions=[
            on(
                "fails", "up", "failed", when=may_fail, kind="environment", fault="site failure", doc="the site is lost"
            ),
            on("returns", "failed", "up", when=may_return, kind="environment", doc="the site is restored"),
        ],
        doc="A site: lost as a whole, restored later.",
    )
