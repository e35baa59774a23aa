"""The published return to normal operation, option 1: the new site becomes active.

(Info Mart guide, DR Procedure with Oracle GoldenGate: Procedure to Return to Normal Operation.) Steps that only deploy
(3, 4, 5) and those that only look (16, 17, 18) have no effect on the data and are left out.
"""

from drcheck import Component, Expression
from model.common.runbook import StepOf, runbook


def return_to_normal_runbook(
    transferred: Expression,
    in_sync: Expression,
    running: bool,
    second_sync: bool,
    clean: bool,
    check_sync: bool,
    stop_for_export: bool,
) -> Component:
    """The steps in order. `running`: the survivor's server is not stopped for the time of the transfer (step 1).

    That it should not run during the export is a note, not a step; `stop_for_export` makes it one.
    """
    steps = [
        *(
            []
            if running and not stop_for_export
            else [StepOf("step_1_stop_server", "stop the Info Mart Server at Site 2")]
        ),
        StepOf("step_2_read_scn", "read the SCN for the export"),
        StepOf("step_2_export", "export the Info Mart database at Site 2"),
        StepOf("step_2_export_ends", "the export is complete"),
        *(
            [StepOf("restart_server", "start the server at Site 2 again for the time of the transfer")]
            if running and stop_for_export
            else []
        ),
        StepOf("step_2_transfer", "transfer the copy to the new site"),
        StepOf("step_2_import", "import it there", transferred),
    ]
    if clean:
        steps += [
            StepOf("step_6_clean_folders", "clean GoldenGate's working folders at Site 2"),
            StepOf("step_7_recreate_schema", "drop and re-create the GoldenGate schema at Site 2"),
        ]
    if running:
        steps.append(StepOf("step_8_stop_server", "stop the Info Mart Server at Site 2"))
    if second_sync:
        steps.append(StepOf("step_9_reverse_replication", "replicate from Site 2 to the new site first"))
    steps += [
        StepOf("step_10_start_replicat", "start Replicat at Site 2 from the new source's SCN"),
        StepOf("step_11_start_extract", "start Extract and DataPump at the new site"),
        StepOf("step_12_check_sync", "make sure that both databases are in sync", in_sync if check_sync else None),
        StepOf("step_14_repoint_application", "point the Application object to the new site"),
        StepOf("step_15_start_server", "start the Info Mart Server at the new site"),
    ]
    return runbook("runbook", steps, slips=False, begins="begin")
