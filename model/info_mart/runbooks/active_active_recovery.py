"""The two-step disaster recovery procedure with active Info Marts.

(Info Mart guide, DR Procedure with Active Info Mart: Disaster Recovery Procedure.) Bringing the standby GI2 into service
is asked for in the text before the numbered steps.
"""

from drcheck import Component
from model.common.runbook import StepOf, runbook


def active_active_recovery(gi2_step: bool, slips: bool) -> Component:
    """The procedure as a machine."""
    steps = [
        StepOf("step_1_remove_connections", "remove the connections to the ICONs and IDBs of Site 1"),
        StepOf("step_2_check_logs", "review the Info Mart logs"),
    ]
    if gi2_step:
        steps.append(StepOf("bring_gi2_into_service", "bring the standby GI2 into service"))
    return runbook("runbook", steps, slips)
