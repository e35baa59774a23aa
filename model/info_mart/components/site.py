"""A site: a data centre that can fail as a whole."""

from drcheck import Component, Expression, on


def site(name: str, may_fail: Expression | bool = True) -> Component:
    """A site, up until it fails; everything at it fails in the same event (Info Mart guide, Disaster Recovery).

    A failed site does not come back here: its return is a procedure of its own, after the emergency operation.
    `may_fail` False leaves its failure out of the design; an expression says when it may.
    """
    return Component(
        name,
        states=["up", "failed"],
        transitions=[
            on(
                "fails",
                "up",
                "failed",
                when=may_fail,
                kind="environment",
                fault="site failure",
                doc="the whole site is lost at once",
            )
        ],
        doc="The site as a whole.",
    )
