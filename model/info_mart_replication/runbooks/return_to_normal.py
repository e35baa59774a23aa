"""The published return to normal operation, option 1: the new site becomes active.

(Info Mart guide, DR Procedure with Oracle GoldenGate: Procedure to Return to Normal Operation.) Step 4, which installs the
server, and those that only look (16, 17, 18) change nothing that is modelled; step 19 is that of the recovery.
"""

from dataclasses import dataclass

from drcheck import Component, Expression
from model.common.runbook import StepOf, runbook


@dataclass(frozen=True)
class Variant:
    """What differs: the survivor's server runs during the transfer, it is stopped for the export, and steps that are optional."""

    running: bool
    stop_for_export: bool
    second_sync: bool
    stop_reverse: bool
    drop_sequences: bool
    clean: bool
    check_sync: bool


def return_to_normal_runbook(transferred: Expression, in_sync: Expression, variant: Variant, slips: bool) -> Component:
    """The steps in order. With `running` the survivor's server is not stopped for the time of the transfer (step 1).

    That it should not run during the export is a note, not a step; `stop_for_export` makes it one. Nor does a step stop the
    replication in the reverse direction; `stop_reverse` makes it one, once both databases are in sync. `drop_sequences` adds
    that of the set-up, without which the import does not replace sequences that are there.
    """
    restarted = variant.running and variant.stop_for_export
    stop = StepOf("step_1_stop_server", "stop the Info Mart Server at Site 2")
    steps = [
        *([] if variant.running and not variant.stop_for_export else [stop]),
        StepOf("step_2_read_scn", "read the SCN for the export"),
        StepOf("step_2_export", "export the Info Mart database at Site 2"),
        StepOf("step_2_export_ends", "the export is complete"),
        *(
            [StepOf("restart_server", "start the server at Site 2 again for the time of the transfer")]
            if restarted
            else []
        ),
        StepOf("step_2_transfer", "transfer the copy to the new site"),
        *([StepOf("drop_sequences", "drop the sequences at the new site")] if variant.drop_sequences else []),
        StepOf("step_2_import", "import it there", transferred),
        StepOf("step_3_deploy_icons", "deploy ICONs at the new site, enable their objects"),
        StepOf("step_5_install_goldengate", "install and configure GoldenGate at the new site as source"),
        StepOf("step_5_add_trandata", "ADD TRANDATA at the new site"),
    ]
    if variant.clean:
        steps += [
            StepOf("step_6_clean_folders", "clean GoldenGate's working folders at Site 2"),
            StepOf("step_7_recreate_schema", "drop and re-create the GoldenGate schema at Site 2"),
        ]
    if variant.running:
        steps.append(StepOf("step_8_stop_server", "stop the Info Mart Server at Site 2"))
    if variant.second_sync:
        steps.append(StepOf("step_9_reverse_replication", "replicate from Site 2 to the new site first"))
    if variant.stop_reverse:
        steps.append(StepOf("stop_reverse_replication", "stop the replication from Site 2 to the new site", in_sync))
    steps += [
        StepOf("step_10_start_replicat", "start Replicat at Site 2 from the new source's SCN"),
        StepOf("step_11_start_extract", "start Extract and DataPump at the new site"),
        StepOf(
            "step_12_check_sync", "make sure that both databases are in sync", in_sync if variant.check_sync else None
        ),
        StepOf("step_13_configure_access_point", "configure the access point of the new site's database"),
        StepOf("step_14_repoint_host", "point host and command line of the Application object to the new site (a, b)"),
        StepOf("step_14_add_connections", "add the connections of new ICON and IDB objects (c)"),
        StepOf("step_14_swap_database", "remove Site 2's Info Mart access point, add the new site's (d, e)"),
        StepOf("step_15_start_server", "start the Info Mart Server"),
    ]
    return runbook("runbook", steps, slips, begins="begin")
