"""What the parts of the return to normal operation do: both directions of the replication, and the steps of the procedure."""

from drcheck import Property, System, all_of, always, reachable, stated
from model.info_mart_replication.components.application_object import SITE2, SITE3
from properties.common.steps import MODEL, leads_at_once_to, only_where

RETURN = "Info Mart guide, DR Procedure with Oracle GoldenGate: Procedure to Return to Normal Operation"
SECOND = {"server_during_transfer": "running", "second_sync": True, "sync_begins": "export_scn"}


@stated(source=MODEL)
def the_new_site_replicates_all_that_it_commits(d: System) -> Property:
    """There is an execution in which as many changes as there may be are made at the new site, and all reach Site 2."""
    most = int(d.parameters["changes"])
    return reachable((d.site3_changes.scn == most) & all_of(d.site2_copy.times[i] == 1 for i in range(most)))


@stated(source=f"{MODEL}; {RETURN}", given=SECOND)
def both_directions_ship_before_they_apply(d: System) -> Property:
    """In each direction no more is applied than was shipped, and no more shipped than was committed."""
    back = (d.reverse_replicat.position <= d.reverse_datapump.shipped) & (
        d.reverse_datapump.shipped <= d.site2_changes.scn
    )
    return always(back & (d.replicat.position <= d.datapump.shipped) & (d.datapump.shipped <= d.site3_changes.scn))


@stated(source=f"{MODEL}; {RETURN}", given=SECOND)
def both_directions_work_while_they_run(d: System) -> Property:
    """A server commits while it runs, a DataPump ships while it and its Extract run, a Replicat applies what was shipped."""
    back, shipped = d.reverse_datapump, d.datapump
    return only_where(
        d,
        {
            "site2_commits": d.server2.running,
            "site3_commits": d.server3.running,
            "reverse_datapump.ship": d.reverse_extract.running & back.running & (back.shipped < d.site2_changes.scn),
            "datapump.ship": d.extract.running & shipped.running & (shipped.shipped < d.site3_changes.scn),
            "reverse_replicat_applies": d.reverse_replicat.running & (d.reverse_replicat.position < back.shipped),
            "replicat_applies": d.replicat.running & (d.replicat.position < shipped.shipped),
        },
    )


@stated(source=f"{MODEL}; {RETURN}")
def steps_of_the_return_do_what_they_are_for(d: System) -> Property:
    """After each step what it starts runs, what it stops does not, and what it makes is there. It does not replace what a step
    before it left out: an SCN for the export, a file for the import, clean folders, GoldenGate at the new site.
    """
    none = d.export.nothing | d.export.scn_read
    return leads_at_once_to(
        d,
        {
            "step_1_stop_server": d.server2.stopped,
            "step_2_read_scn": d.export.scn_read & (d.export.scn == d.site2_changes.scn),
            "step_2_export": d.export.running | d.export.nothing,
            "step_2_export_ends": d.export.written | none,
            "step_2_transfer": ~d.export.written,
            "step_2_import": d.new_site_copy.imported | ~d.export.transferred,
            "step_6_clean_folders": d.site2_folders.folders_clean,
            "step_7_recreate_schema": d.site2_folders.clean | d.site2_folders.left_from_before,
            "step_10_start_replicat": d.replicat.running & (d.replicat.after_csn == d.site3_changes.scn),
            "step_11_start_extract": (d.extract.running & d.datapump.running) | ~d.site3_goldengate.installed,
            "step_13_configure_access_point": d.application.access_point,
            "step_14_repoint_host": d.application.host == SITE3,
            "step_14_swap_database": d.application.database == SITE3,
            "step_15_start_server": d.server2.running | d.server3.running,
        },
    )


@stated(source=f"{MODEL}; {RETURN}")
def a_server_writes_the_database_that_the_application_names(d: System) -> Property:
    """Each database is written while the Application object names it, the new site's once its access point is configured."""
    app = d.application
    return only_where(
        d,
        {
            "site2_commits": app.database == SITE2,
            "site3_commits": (app.database == SITE3) & app.access_point,
        },
    )
