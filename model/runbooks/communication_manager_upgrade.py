"""The upgrade of the Communication Manager to a new release, with its administration and the pump-up of the ACD links.

(CMS High Availability page, CMS full version upgrades, last sentence.)
"""

from drcheck import Component, Expression, on


def communication_manager_upgrade(administered: Expression, prompt: bool) -> Component:
    """The procedure. `prompt`: once calls are taken again nobody pauses between two steps.

    `administered`: the time that the administration takes is over. The new release takes calls from step 2 on; the two
    ACD links are pumped up at the same time.
    """
    return Component(
        "upgrade",
        states=["not_begun", "down", "in_service", "administering", "complete"],
        transitions=[
            on(
                "step_1_take_down", "not_begun", "down", kind="operator",
                doc="the Communication Manager goes down for its upgrade",
            ),
            on(
                "step_2_bring_up", "down", "in_service", kind="operator",
                doc="the new release takes calls",
            ),
            on(
                "step_3_administer", "in_service", "administering", kind="operator",
                doc="the contact center release is administered",
            ),
            on(
                "step_4_pump_up", "administering", "complete", when=administered, kind="operator",
                doc="the ACD links are pumped up",
            ),
            on("tick", ["not_begun", "down", "complete"]),
            on("tick", "administering", when=~administered | (not prompt)),
            on("tick", "in_service", when=not prompt),
        ],
        doc="The upgrade of the Communication Manager.",
    )  # fmt: skip
