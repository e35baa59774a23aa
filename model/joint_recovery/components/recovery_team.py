"""Those who recover Info Mart."""

from drcheck import Component, Expression, on


def info_mart_team(may_begin: Expression) -> Component:
    """The operators of Info Mart: they begin its disaster recovery once they `may_begin`."""
    return Component(
        "info_mart_team",
        states=["watching", "recovering"],
        transitions=[
            on(
                "begin_info_mart_recovery",
                "watching",
                "recovering",
                when=may_begin,
                kind="operator",
                doc="the disaster recovery of Info Mart is begun",
            )
        ],
        doc="The operators who carry out the disaster recovery of Info Mart.",
    )
