"""The smallest changes that repair the published samples: one line each, with the code of the remark it answers."""

from dataclasses import dataclass, replace

from model.info_mart_replication.parameter_files.data_pump import DumpFile
from model.info_mart_replication.parameter_files.parameters import ParameterFile, Script, parse


@dataclass(frozen=True)
class Repair:
    """In `file`, `published` is replaced by `repaired`; it stands there once. `answers` is the code of the remark."""

    file: str
    published: str
    repaired: str
    answers: str


_NO_CHANGES_OF = "EXCLUDE OBJNAME <Info_Mart>.STG_IDB_FK_VIOLATION &"

REPAIRS = (
    Repair("extract.prm", "DDOPTIONS ADDTRANDATA", "DDLOPTIONS ADDTRANDATA", "unknown-parameter"),
    Repair("extract.prm", "STG_ACTIVE_ACW &", f"STG_ACTIVE_ACW &\n    {_NO_CHANGES_OF}", "ddl-not-excluded"),
    Repair(
        "datapump.prm",
        "TABLEEXCLUDE <Info_Mart>.AGR_NOTIFICATION;",
        "TABLEEXCLUDE <Info_Mart>.AGR_JUNK_NOTIFICATION;\nTABLEEXCLUDE <Info_Mart>.AGR_LOCK;\n"
        "TABLEEXCLUDE <Info_Mart>.AGR_NOTIFICATION;",
        "not-excluded-here",
    ),
    Repair("datapump.prm", "SEQUENCE <Info_Mart>*;", "SEQUENCE <Info_Mart>.*;", "unqualified-name"),
    Repair("datapump.prm", "TABLE <Info_Mart>*;", "TABLE <Info_Mart>.*;", "unqualified-name"),
    Repair("replicat.prm", "DEFERRREFCONST", "DEFERREFCONST", "unknown-option"),
    Repair("replicat.prm", "REPEROR (DEFAULT,", "REPERROR (DEFAULT,", "unknown-parameter"),
    Repair("replicat.prm", "TARGET <Info_Mart>*;", "TARGET <Info_Mart>.*;", "unqualified-name"),
    Repair("set_up.oby", "ADD RMTTRAIL ./dirdat/DP,", "ADD RMTTRAIL ./dirdat/dp,", "trail-case"),
    Repair("exp-gim.par", "LOGFILE=", "DUMPFILE=gim.dmp\nLOGFILE=", "dump-file-differs"),
    Repair("imp-gim.par", "DUMPFIL=", "DUMPFILE=", "unknown-parameter"),
    Repair("set_up.oby", "BEGIN NOW", "BEGIN <Time before current_scn>", "extract-begins-late"),
)
"""What makes the samples free of problems. (Instead of the last, Extract may be added before the SCN is read.)"""


def repaired(texts: dict[str, str], leave: str = "") -> dict[str, str]:
    """The samples' texts by file name with all repairs, but those of the code or file `leave`."""
    found = dict(texts)
    for repair in REPAIRS:
        if leave not in (repair.answers, repair.file):
            found[repair.file] = found[repair.file].replace(repair.published, repair.repaired)
    return found


def read_texts(texts: dict[str, str]) -> list[ParameterFile | Script | DumpFile]:
    """The files that texts by name are, without the notes on what has been repaired."""
    return [replace(parse(text, name), notes={}) for name, text in texts.items()]
