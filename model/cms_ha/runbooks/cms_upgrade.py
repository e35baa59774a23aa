"""The full version upgrade of two CMS servers, one after the other (CMS High Availability page, CMS full version upgrades)."""

from drcheck import Component, Expression, on
from model.common.runbook import StepOf, runbook


def cms_upgrade(may_take_down: dict[int, Expression], nothing_missing: Expression, slips: bool) -> Component:
    """The procedure: the first server while the second collects, then the second, then the data between the two.

    `may_take_down[n]`: when server n is taken down for its upgrade. `nothing_missing`: no server has a gap to restore.
    """
    steps = [
        StepOf("step_1_upgrade_first", "the first server is taken down and upgraded", may_take_down[1]),
        StepOf("step_2_first_collects", "data collection is turned on on the first server"),
        StepOf("step_3_upgrade_second", "the second server is taken down and upgraded", may_take_down[2]),
        StepOf("step_4_second_collects", "data collection is turned on on the second server"),
        StepOf("step_5_data_restored", "the data is restored between the two servers", nothing_missing),
    ]
    return runbook("upgrade", steps, slips, begins="begin_upgrade")


def second_upgrade(book: Component) -> Component:
    """A repair: a server that was rebuilt with the old release is upgraded once more, outside the numbered steps."""
    between = {1: book.in_states("step_3_upgrade_second", "step_5_data_restored", "complete")}
    between[2] = book.in_states("step_5_data_restored", "complete")
    return Component(
        "second_upgrade",
        states=["watching"],
        transitions=[on(f"server{n}_again", when=moment) for n, moment in between.items()],
        doc="When a server that was rebuilt with the old release is upgraded once more.",
    )
