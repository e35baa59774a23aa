"""Those who repair, restart, restore and carry out procedures: how long what they could do stays undone."""

from drcheck import Age, Component, Expression, on


def attendance(limit: int, due: Expression) -> Component:
    """People at work: what is `due` is done before they have been at it for more than `limit` ticks without a break.

    An assumption, where a document states no time for what people do: while something is due time does not pass beyond the
    limit. `due` must hold only where it can be done, or time would stand still.
    """
    busy = Age("busy", cap=limit, doc="For how long something that people can do has been due without a break.")
    return Component(
        "attendance",
        states=["kept"],
        variables=[busy],
        transitions=[
            on("tick", unless=due, then={busy: 0}),
            on("tick", when=busy < limit, then={busy: busy + 1}),
        ],
        doc="Those who repair and carry out procedures, and how long they take in one go.",
    )
