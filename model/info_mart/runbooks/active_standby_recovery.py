"""The ten-step disaster recovery procedure with Oracle GoldenGate.

(Info Mart guide, DR Procedure with Oracle GoldenGate: Disaster Recovery Procedure.) Steps 4 and 8 are for a partitioned
database, steps 5 and 10 for a deployment with GI2 or RAA. Bringing the standby GI2 into service is asked for in the
text before the numbered steps.
"""

from drcheck import Component, Expression
from model.common.runbook import StepOf, runbook


def active_standby_recovery(
    server: Component,
    trail_applied: Expression,
    connected: Expression,
    partitioned: bool,
    aggregation: bool,
    gi2_step: bool,
    drain_trail: bool,
    slips: bool,
    replicat_stopped: Expression | None = None,
    reports_back: Expression | None = None,
) -> Component:
    """The procedure as a machine. Each step waits only for what the guide says to check before going on.

    Three repairs: with `drain_trail` step 1 waits until Replicat has applied what the remote trail holds; with
    `replicat_stopped` step 6 is not done before that holds; with `reports_back` a last step waits until that
    holds, and as long as the server is not in service the operators start over.
    """
    steps = [
        StepOf(
            "step_1_stop_goldengate", "stop the GoldenGate components at Site 2", trail_applied if drain_trail else None
        ),
        StepOf("step_2_repoint_host", "point the Application object's host and command line to Site 2"),
        StepOf("step_3_swap_connections", "drop the connections to Site 1, swap the Info Mart access point"),
    ]
    if partitioned:
        steps.append(StepOf("step_4_hold_scheduler", "set run-scheduler to false"))
    if aggregation:
        steps.append(StepOf("step_5_hold_aggregation", "set run-aggregates to false, stop the aggregation job"))
    steps += [
        StepOf("step_6_start_server", "start the Info Mart Server at Site 2", replicat_stopped),
        StepOf(
            "step_7_migrate",
            "run Job_MigrateGIM if the server entered the migration state",
            ~(server.starting & connected),
        ),
    ]
    if partitioned:
        steps += [
            StepOf("step_8_maintain", "run Job_MaintainGIM to create the partitions"),
            StepOf("step_8_release_scheduler", "set run-scheduler to true", ~server.maintaining),
        ]
    steps.append(StepOf("step_9_check_logs", "check the server's logs"))
    if aggregation:
        steps += [
            StepOf("step_10_reaggregate", "re-aggregate the last 24 hours"),
            StepOf("step_10_release_aggregation", "set run-aggregates to true"),
        ]
    if gi2_step:
        steps.append(StepOf("bring_gi2_into_service", "bring the standby GI2 into service"))
    if reports_back is not None:
        steps.append(StepOf("check_reports", "check that new data shows in a report", reports_back))
    again = None if reports_back is None else ~reports_back
    return runbook("runbook", steps, slips, again=again)
