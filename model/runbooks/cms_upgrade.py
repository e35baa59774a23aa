"""The full version upgrade of two CMS servers, one after the other (CMS High Availability page, CMS full version upgrades)."""

from drcheck import Component, Expression, on


def cms_upgrade(may_take_down: dict[int, Expression], nothing_missing: Expression, again: bool) -> Component:
    """The procedure: the first server while the second collects, then the second, then the data between the two.

    `may_take_down[n]`: when server n is taken down for its upgrade. `nothing_missing`: no server has a gap to restore.
    """
    # A repair: a server that was rebuilt with the old release is upgraded once more, outside the numbered steps.
    between = {1: ["first_upgraded", "both_upgraded", "complete"], 2: ["both_upgraded", "complete"]}
    repair = [on(f"server{n}_again", states) for n, states in between.items()] if again else []
    return Component(
        "upgrade",
        states=["not_begun", "first_down", "first_upgraded", "second_down", "both_upgraded", "complete"],
        transitions=[
            on(
                "step_1_upgrade_first", "not_begun", "first_down", when=may_take_down[1], kind="operator",
                doc="the first server is taken down and upgraded",
            ),
            on(
                "step_2_first_collects", "first_down", "first_upgraded", kind="operator",
                doc="data collection is turned on on the first server",
            ),
            on(
                "step_3_upgrade_second", "first_upgraded", "second_down", when=may_take_down[2], kind="operator",
                doc="the second server is taken down and upgraded",
            ),
            on(
                "step_4_second_collects", "second_down", "both_upgraded", kind="operator",
                doc="data collection is turned on on the second server",
            ),
            on(
                "step_5_data_restored", "both_upgraded", "complete", when=nothing_missing, kind="operator",
                doc="the data is restored between the two servers",
            ),
            *repair,
        ],
        doc="The full version upgrade of both CMS servers.",
    )  # fmt: skip
