"""The upgrade of the Communication Manager to a new release, with its administration and the pump-up of the ACD links.

(CMS High Availability page, CMS full version upgrades, last sentence.)
"""

from drcheck import Component, Expression
from model.common.runbook import StepOf, runbook


def communication_manager_upgrade(administered: Expression) -> Component:
    """The procedure. The new release takes calls from step 2 on; the two ACD links are pumped up at the same time.

    `administered`: the time that the administration takes is over.
    """
    steps = [
        StepOf("step_1_take_down", "the Communication Manager goes down for its upgrade"),
        StepOf("step_2_bring_up", "the new release takes calls"),
        StepOf("step_3_administer", "the contact center release is administered"),
        StepOf("step_4_pump_up", "the ACD links are pumped up", administered),
    ]
    return runbook("communication_manager_upgrade", steps, slips=False, begins="begin_upgrade")
