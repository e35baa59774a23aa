"""The site of the active Info Mart, seen only as what makes changes until it is lost."""

from drcheck import Component, on


def active_site(name: str, change: str) -> Component:
    """Site 1: while it is there its server makes `change` after `change`; then it is lost, and the standby takes over."""
    return Component(
        name,
        states=["there", "lost", "replaced"],
        transitions=[
            on(change, "there"),
            on("site1_is_lost", "there", "lost", kind="environment", fault="site", internal=True),
            on("take_over", "lost", "replaced", kind="operator"),
        ],
        doc="The site of the active Info Mart.",
    )
