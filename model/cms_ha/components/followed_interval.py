"""An interval that is followed: any one, chosen freely, whose records on all servers and backups are then tracked.

No guard of the design depends on what a record holds, and every interval is treated alike. So what can become of one
freely chosen interval is what can become of any, and a promise about every interval holds if it holds for the chosen
one. The tests follow several at once, and the first ones after the start, and find the same fates.
"""

from drcheck import Choice, Component, Expression, Literal, if_else, on, outcome

OPEN, UNCOVERED, COVERED, HELD_BY_1, HELD_BY_2, HELD_BY_BOTH = CLOSES = (
    "open",
    "uncovered",
    "covered",
    "held_by_1",
    "held_by_2",
    "held_by_both",
)


def followed_interval(
    name: str, covered: Expression, whole: dict[int, Expression], previous: Component | None, freely: bool
) -> Component:
    """The interval lies ahead (`later`), is open now (`present`), or over (`past`).

    `close` says how it ended: at some moment no server collected (`uncovered`); some server did at every moment, but
    none from beginning to end (`covered`); or which of the servers did from beginning to end (`whole`). It comes after
    `previous`; `freely`: any interval after that, else the very next one (without `previous`, the one open at the start).
    """
    close = Choice(
        "close",
        CLOSES,
        doc="Who collected the interval from beginning to end, once it is over.",
        told="{component} ends: {value}",
    )
    by_one = if_else(whole[1], HELD_BY_1, HELD_BY_2)
    by_none = if_else(covered, COVERED, UNCOVERED)
    closed = if_else(whole[1] & whole[2], HELD_BY_BOTH, if_else(whole[1] | whole[2], by_one, by_none))
    may_begin = Literal(True) if previous is None else previous.in_states("present", "past")
    at_once = previous is None and not freely
    begins = outcome("present")
    waits = outcome("later")
    ahead = [
        on("tick", "later", when=may_begin, outcomes=[waits, begins] if freely else [begins]),
        on("tick", "later"),
    ]
    return Component(
        name,
        states=["present", "past"] if at_once else ["later", "present", "past"],
        variables=[close],
        transitions=[
            *([] if at_once else ahead),
            on("tick", "present", "past", then={close: closed}),
            on("tick", "past"),
        ],
        doc="An interval that is followed through servers and backups.",
    )
