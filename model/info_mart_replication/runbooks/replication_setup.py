"""The published set-up of the replication, for one person or for two.

(Info Mart guide, Setting Up Replication: Configuring Database Replication.)
"""

from collections.abc import Sequence

from drcheck import Component, Expression
from model.common.runbook import StepOf, runbook

SOURCE = "source_runbook"
TARGET = "target_runbook"


def setup_steps(
    written: Expression, importable: Expression, order: str, repeat_trandata: bool
) -> tuple[Sequence[StepOf], Sequence[StepOf], Sequence[StepOf]]:
    """The steps: before the copy, at the source and at the target; each waits only for what it needs to be possible."""
    add_extract = StepOf("start_extract", "ADD EXTRACT ... BEGIN NOW, start it")
    trandata = StepOf("add_trandata", "ADD TRANDATA for all tables of the Info Mart schema")
    copying = [
        StepOf("stop_server", "stop the Info Mart Server"),
        StepOf("read_scn", "read the current SCN"),
        StepOf("export", "export the schema as of that SCN"),
        StepOf("export_ends", "the export is complete"),
        *([StepOf("start_server", "start the Info Mart Server")] if order != "server_last" else []),
    ]
    target = [
        StepOf("transfer", "transfer the export file to the target", written),
        StepOf("drop_sequences", "drop the sequences at the target"),
        StepOf("import_dump", "import the file", importable),
        StepOf("start_replicat", "ADD REPLICAT, start it after that SCN"),
    ]
    last = [
        *([StepOf("repeat_trandata", "repeat ADD TRANDATA after the upgrade")] if repeat_trandata else []),
        *([] if order == "extract_first" else [add_extract]),
        StepOf("start_datapump", "ADD EXTRACT for the DataPump, start it"),
        *([StepOf("start_server", "start the Info Mart Server")] if order == "server_last" else []),
    ]
    first = [trandata, *([add_extract] if order == "extract_first" else []), *copying]
    return first, target, last


def setup_runbooks(
    first: Sequence[StepOf], target: Sequence[StepOf], last: Sequence[StepOf], two_people: bool, slips: bool
) -> list[Component]:
    """One runbook in the published order, or one at the source and one at the target, side by side."""
    if not two_people:
        return [runbook(SOURCE, [*first, *target, *last], slips, "begin")]
    return [runbook(SOURCE, [*first, *last], slips, "begin"), runbook(TARGET, target, slips, "begin")]
