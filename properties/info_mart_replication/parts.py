"""What the parts of the replication's set-up do: the log of changes, the processes of GoldenGate, the steps of the procedure."""

from drcheck import Expression, Property, System, all_of, always, reachable, stated
from properties.common.steps import MODEL, leads_at_once_to, only_where

SETUP = "Info Mart guide, Setting Up Replication"
SAFE = {"order": "extract_first"}
LOGGED = {"order": "server_last", "upgraded": True, "repeat_trandata": True}


@stated(source=MODEL, given=SAFE)
def every_change_can_be_made_and_applied(d: System) -> Property:
    """There is an execution in which as many changes are committed as there may be, and all of them are applied."""
    most = int(d.parameters["changes"])
    return reachable(d.done & (d.source.scn == most) & all_of(d.target.times[i] == 1 for i in range(most)))


@stated(source=f"{MODEL}; {SETUP}", given=SAFE)
def nothing_is_applied_before_it_is_shipped(d: System) -> Property:
    """Replicat has read no more than DataPump has shipped, and that no more than was committed."""
    return always((d.replicat.position <= d.datapump.shipped) & (d.datapump.shipped <= d.source.scn))


@stated(source=f"{MODEL}; {SETUP}", given=SAFE)
def processes_work_while_they_run(d: System) -> Property:
    """The server commits while it runs, DataPump ships while it and Extract run, Replicat applies what has been shipped."""
    shipping = d.extract.running & d.datapump.running & (d.datapump.shipped < d.source.scn)
    return only_where(
        d,
        {
            "commit": d.server.running,
            "datapump.ship": shipping,
            "apply": d.replicat.running & (d.replicat.position < d.datapump.shipped),
        },
    )


@stated(source=f"{MODEL}; {SETUP}", given=SAFE)
def steps_of_the_setup_do_what_they_are_for(d: System) -> Property:
    """After each step what it starts runs, what it stops does not, and what it makes is there. Where the SCN was not read nothing
    is exported, and where no file was transferred nothing is imported.
    """
    none = d.export.nothing | d.export.scn_read
    made: dict[str, Expression] = {
        "add_trandata": d.source.logging == "all_tables",
        "stop_server": d.server.stopped,
        "start_server": d.server.running,
        "read_scn": d.export.scn_read & (d.export.scn == d.source.scn),
        "export": d.export.running | d.export.nothing,
        "export_ends": d.export.written | none,
        "transfer": ~d.export.written,
        "drop_sequences": d.target.sequences == "none",
        "import_dump": d.target.imported | ~d.export.transferred,
        "start_replicat": d.replicat.running & (d.replicat.position == 0),
        "start_extract": d.extract.running,
        "start_datapump": d.datapump.running,
    }
    return leads_at_once_to(d, made)


@stated(source=f"{MODEL}; {SETUP}: note on ADD TRANDATA", given=LOGGED)
def logging_covers_old_tables_after_an_upgrade(d: System) -> Property:
    """An upgrade leaves supplemental logging for the old tables alone; repeating ADD TRANDATA extends it."""
    return leads_at_once_to(
        d, {"upgrade": d.source.logging == "old_tables", "repeat_trandata": d.source.logging == "repeated"}
    )
