"""Option 2 of the return to normal operation: the survivor stays active, the new site becomes its standby.

The guide says that the steps differ to some extent from those of option 1, and gives none. These are the steps of option 1
that apply, and those of the set-up of replication with the survivor as its source. (Info Mart guide, Procedure to Return to
Normal Operation; Setting Up Replication.)
"""

from drcheck import Component, Expression
from model.common.runbook import StepOf, runbook


def return_option_2_runbook(transferred: Expression, order: str, server_starts: str) -> Component:
    """The steps in order. `server_starts`: when the survivor's server, stopped for the export, is started again."""
    start = StepOf("start_server", "start the Info Mart Server at Site 2")
    add_extract = StepOf("start_extract", "ADD EXTRACT ... BEGIN NOW at Site 2, start it")
    steps = [
        StepOf("add_trandata", "ADD TRANDATA at Site 2"),
        *([add_extract] if order == "extract_first" else []),
        StepOf("step_1_stop_server", "stop the Info Mart Server at Site 2"),
        StepOf("step_2_read_scn", "read the SCN for the export"),
        StepOf("step_2_export", "export the Info Mart database at Site 2"),
        StepOf("step_2_export_ends", "the export is complete"),
        *([start] if server_starts == "after_export" else []),
        StepOf("step_2_transfer", "transfer the copy to the new site"),
        StepOf("step_2_import", "import it there", transferred),
        *([start] if server_starts == "after_import" else []),
        StepOf("step_3_deploy_icons", "deploy ICONs at the new site, enable their objects"),
        StepOf("start_replicat", "ADD REPLICAT at the new site, start it after that SCN"),
        *([] if order == "extract_first" else [add_extract]),
        StepOf("start_datapump", "ADD EXTRACT for the DataPump at Site 2, start it"),
        *([start] if server_starts == "last" else []),
        StepOf("step_14_add_connections", "add the connections of new ICON and IDB objects (c)"),
    ]
    return runbook("runbook", steps, slips=False, begins="begin")
