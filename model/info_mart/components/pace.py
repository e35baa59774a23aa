"""The pace of two Info Mart Servers: whether they run their ETL cycles at the same moments."""

from drcheck import Component, Expression, on


def pace(together: Expression) -> Component:
    """Makes two servers run each job in one event while `together` holds, and on their own otherwise."""
    return Component(
        "pace",
        states=["set"],
        transitions=[on("in_step", when=together), on("alone", unless=together)],
        doc="Whether both servers run their cycles at the same moments.",
    )
