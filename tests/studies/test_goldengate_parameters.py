"""GoldenGate parameter files: what is read, what is refused, what the audit says, and what the design makes of it."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drcheck import Finding
from drcheck.cli.main import run
from drcheck.designs.design import load
from drcheck.errors import AuditError, DesignError
from drcheck.verdicts.check import check, check_design
from model.info_mart_replication.parameter_files import audit as audits
from model.info_mart_replication.parameter_files.audit import SAMPLES, remarks_on
from model.info_mart_replication.parameter_files.data_pump import DumpFile
from model.info_mart_replication.parameter_files.design_parameters import parameters_from, settings_of
from model.info_mart_replication.parameter_files.parameters import ParameterFile, Script, parse, read
from model.info_mart_replication.parameter_files.patterns import pattern, wildcard
from model.info_mart_replication.parameter_files.repairs import REPAIRS, Repair, read_texts, repaired
from model.info_mart_replication.parameter_files.selection import (
    excluded,
    parameter_files,
    processed,
    replicated,
    schema_changes,
    schema_of,
    trails,
)
from model.info_mart_replication.parameter_files.tables import EXCLUDED, LISTED, REPLICATED
from properties.info_mart_replication import findings, sample_findings
from properties.info_mart_replication import parameter_files as replication_parameters
from tests.support import cli_project

TARGET = "model.info_mart_replication.parameter_files.audit:parameter_files_audit"
SCHEMA = "<Info_Mart>"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in SAMPLES}

EXTRACT = """\
EXTRACT ext1
EXTTRAIL ./dirdat/aa
DDL INCLUDE OBJNAME im.* &
    EXCLUDE OBJNAME im.TMP_*
DDLOPTIONS ADDTRANDATA
TABLEEXCLUDE im.TMP_*;
TABLE im.*;
"""
PUMP = (
    "EXTRACT pmp1\nPASSTHRU\nRMTHOST other, MGRPORT 7809\nRMTTRAIL ./dirdat/bb\nTABLEEXCLUDE im.TMP_*;\nTABLE im.*;\n"
)
REPLICAT = "REPLICAT rep1\nMAPEXCLUDE im.TMP_*;\nMAP im.*, TARGET im.*;\n"
SCRIPT = """\
ADD TRANDATA im.*
ADD EXTRACT ext1, TRANLOG, BEGIN NOW
ADD EXTTRAIL ./dirdat/aa, EXTRACT ext1
ADD EXTRACT pmp1, EXTTRAILSOURCE ./dirdat/aa
ADD RMTTRAIL ./dirdat/bb, EXTRACT pmp1
ADD REPLICAT rep1, EXTTRAIL ./dirdat/bb
START REPLICAT rep1, AFTERCSN 1234
"""


def file_of(text: str, name: str = "x.prm") -> ParameterFile:
    found = parse(text, name)
    assert isinstance(found, ParameterFile)
    return found


def samples(**changed: str) -> list[ParameterFile | Script | DumpFile]:
    """The published samples, some of them with other texts: `samples(set_up=...)`."""
    return [parse(changed.get(Path(name).stem, text), name) for name, text in TEXTS.items()]


def said(files: list[ParameterFile | Script | DumpFile]) -> set[tuple[str, int, str]]:
    return {(r.file, r.line, r.code) for r in remarks_on(files)}


def codes(*texts: str) -> list[str]:
    """The codes of the remarks on some texts, without those on tables, which small texts do not exclude."""
    tables = {
        "listed-not-excluded",
        "beyond-the-list",
        "not-excluded-here",
        "recovery-step-needed",
        "data-not-excluded",
    }
    files = [parse(text, f"f{number}") for number, text in enumerate(texts)]
    return [r.code for r in remarks_on(files) if r.code not in tables]


# -- reading ----------------------------------------------------------------------------------------------------------
def test_the_published_samples_are_read() -> None:
    extract, pump, replicat = parameter_files(samples())
    assert [(f.kind, f.name, f.file) for f in (extract, pump, replicat)] == [
        ("extract", "<Extract_name>", "extract.prm"),
        ("datapump", "<DataPump_name>", "datapump.prm"),
        ("replicat", "<Replicat_name>", "replicat.prm"),
    ]
    assert [len(f.exclusions) for f in (extract, pump, replicat)] == [24, 22, 24]
    assert [(s.keyword, s.pattern.text, s.line) for s in extract.selected("TABLE", "SEQUENCE")] == [
        ("SEQUENCE", "<Info_Mart>.*", 63),
        ("TABLE", "<Info_Mart>.*", 64),
    ]
    assert [(s.keyword, s.pattern.text, s.line) for s in pump.selected("TABLE", "SEQUENCE")] == [
        ("SEQUENCE", "<Info_Mart>*", 31),
        ("TABLE", "<Info_Mart>*", 33),
    ]
    (mapped,) = replicat.includes
    assert mapped.target is not None
    assert (mapped.pattern.text, mapped.target.text, mapped.line) == ("<Info_Mart>.*", "<Info_Mart>*", 48)
    names = {s.pattern.object for s in extract.exclusions}
    assert {s.pattern.object for s in pump.exclusions} == names - {"AGR_JUNK_NOTIFICATION", "AGR_LOCK"}
    assert {s.pattern.object for s in replicat.exclusions} == names
    assert names == {
        "TMP*",
        "DBMS_TAB*",
        "GIDB_G_*",
        "GIDB_GM*",
        "GIDB_GO*",
        *EXCLUDED["aggregate"],
        *EXCLUDED["merge"],
        "STG_UDH_*",
        *(t for t in EXCLUDED["staging"] if not t.startswith("STG_UDH_")),
        *EXCLUDED["control"],
    }


def test_ddl_clauses_of_the_extract_sample() -> None:
    extract = parameter_files(samples())[0]
    assert [c.include for c in extract.ddl] == [True] + [False] * 23
    assert extract.ddl[0].pattern is not None
    assert extract.ddl[0].line == 9
    assert [c.line for c in extract.ddl] == list(range(9, 33))
    dml = {s.pattern.object for s in extract.exclusions}
    assert dml - {c.pattern.object for c in extract.ddl if c.pattern} == {"STG_IDB_FK_VIOLATION"}


def test_other_parameters_are_kept_as_they_are() -> None:
    replicat = parameter_files(samples())[2]
    kept = {s.line: (s.keyword, *s.words) for s in replicat.statements}
    assert kept[7] == ("DISCARDFILE", "./dirrpt/<Replicat_name>.dsc", "purge")
    assert kept[17] == ("DDLOPTIONS", "REPORT")
    assert kept[22] == ("REPERROR", "(", "-1", "EXCEPTION", ")")
    assert replicat.handles_collisions is not None
    assert replicat.handles_collisions.line == 4


def test_trails_of_the_samples() -> None:
    assert [(t.role, t.verb, t.name, t.group, t.line) for t in trails(samples())] == [
        ("local", "written", "./dirdat/em", "<Extract_name>", 4),
        ("remote", "written", "./dirdat/dp", "<DataPump_name>", 5),
        ("remote", "read", "./dirdat/dp", "<Replicat_name>", 5),
        ("local", "added", "./dirdat/em", "<Extract_name>", 9),
        ("local", "read", "./dirdat/em", "<DataPump_name>", 10),
        ("remote", "added", "./dirdat/DP", "<DataPump_name>", 12),
    ]


def test_tables_of_the_samples() -> None:
    files = samples()
    parameters = parameter_files(files)
    assert schema_of(parameters) == SCHEMA
    extract, pump, replicat = parameters
    assert excluded(extract, SCHEMA, LISTED) == excluded(replicat, SCHEMA, LISTED) == set(LISTED)
    assert set(LISTED) - excluded(pump, SCHEMA, LISTED) == {"AGR_JUNK_NOTIFICATION", "AGR_LOCK"}
    assert schema_changes(extract, SCHEMA, LISTED) == {"STG_IDB_FK_VIOLATION"}
    assert schema_changes(replicat, SCHEMA, LISTED) == set(LISTED)
    assert processed(extract, SCHEMA, [*LISTED, *REPLICATED]) == set(REPLICATED)
    assert replicated(files, [*LISTED, *REPLICATED]) == frozenset(), "as written the DataPump passes nothing on"
    assert replicated(files, [*LISTED, *REPLICATED], as_meant=True) == set(REPLICATED)


def test_the_list_has_every_group_and_no_name_twice() -> None:
    assert {group: len(names) for group, names in EXCLUDED.items()} == {
        "temporary": 1,
        "GIDB": 46,
        "aggregate": 3,
        "merge": 3,
        "staging": 14,
        "control": 4,
    }
    assert len(set(LISTED)) == len(LISTED) == 71
    assert not set(LISTED) & set(REPLICATED)


def test_a_statement_runs_over_lines_by_ampersand_and_until_the_semicolon() -> None:
    file = file_of(
        "REPLICAT r\nDDL &\n-- a comment between\n INCLUDE ALL\nMAP a.b,\n  TARGET c.d,\n  COLMAP (x = y);"
        "MAP a.c, TARGET c.d;"
    )
    assert [(s.keyword, s.line) for s in file.statements] == [("REPLICAT", 1), ("DDL", 2), ("MAP", 5), ("MAP", 7)]
    assert [(c.include, c.words, c.line) for c in file.ddl] == [(True, ("INCLUDE", "ALL"), 4)]
    assert file.statements[2].words == ("a.b", "TARGET", "c.d", "COLMAP", "(", "x", "=", "y", ")")


@pytest.mark.parametrize(
    "comment", ["-- EXTTRAIL ./x", "   --EXTTRAIL ./x", "* EXTTRAIL ./x", "COMMENT EXTTRAIL ./x", "---"]
)
def test_comments_are_not_read(comment: str) -> None:
    assert [s.keyword for s in file_of(f"EXTRACT e\n{comment}\nREPORT AT 00:01 -- EXTTRAIL ./x\n").statements] == [
        "EXTRACT",
        "REPORT",
    ]


def test_windows_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "e.prm"
    path.write_bytes(b"\xef\xbb\xbfextract e\r\nexttrail ./dirdat/aa\r\ntable im.*;\r\n")
    file = read(path)
    assert isinstance(file, ParameterFile)
    assert [t.text for t in file.trails("EXTTRAIL")] == ["./dirdat/aa"]


def test_quoted_names_and_dashes_in_quotes() -> None:
    file = file_of('EXTRACT e\nTABLE "Info Mart"."A -- B";\nTABLE pdb.im.t;')
    assert [s.pattern.parts for s in file.includes] == [('"Info Mart"', '"A -- B"'), ("pdb", "im", "t")]


@pytest.mark.parametrize("prompt", ["ggsci> ", "GGSCI (host) 12> ", ""])
def test_scripts_are_read_with_and_without_prompts(prompt: str) -> None:
    script = parse(
        f"-- set-up\n{prompt}ADD RMTTRAIL ./dirdat/dp, EXTRACT p\n{prompt}START REPLICAT r, AFTERCSN <Value of scn>",
        "s",
    )
    assert isinstance(script, Script)
    assert [(c.keyword, c.words, c.line) for c in script.commands] == [
        ("ADD", ("RMTTRAIL", "./dirdat/dp", "EXTRACT", "p"), 2),
        ("START", ("REPLICAT", "r", "AFTERCSN", "<Value of scn>"), 3),
    ]


def test_an_extract_that_reads_a_trail_is_a_datapump() -> None:
    assert file_of("EXTRACT p\nRMTHOST h\nRMTTRAIL ./dirdat/aa\nTABLE a.*;").kind == "datapump"
    assert file_of("EXTRACT p\nPASSTHRU\nTABLE a.*;").kind == "datapump"
    assert file_of("EXTRACT p\nEXTTRAIL ./dirdat/aa\nTABLE a.*;").kind == "extract"


def test_the_last_word_on_collisions_counts() -> None:
    assert file_of("REPLICAT r\nHANDLECOLLISIONS\nNOHANDLECOLLISIONS\nMAP a.b, TARGET a.b;").handles_collisions is None


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ("", {"A", "B"}),
        ("INCLUDE ALL", {"A", "B", "OUT"}),
        ("INCLUDE MAPPED", {"A", "B"}),
        ("INCLUDE OBJNAME s.A", {"A"}),
        ("INCLUDE OBJNAME s.* EXCLUDE OBJNAME s.B", {"A", "OUT"}),
        ("EXCLUDE OBJNAME s.B INCLUDE OBJNAME s.*", {"A", "OUT"}),
        ("EXCLUDE OBJNAME s.B", {"A"}),
        ("EXCLUDE ALL", set()),
        ("INCLUDE OBJNAME other.*", set()),
    ],
)
def test_schema_changes_by_their_clauses(clauses: str, expected: set[str]) -> None:
    file = file_of(f"EXTRACT e\nDDL {clauses}\nTABLEEXCLUDE s.OUT\nTABLE s.*;")
    assert schema_changes(file, "s", ["A", "B", "OUT"]) == expected
    assert schema_changes(file_of("EXTRACT e\nTABLE s.*;"), "s", ["A"]) == set()


# -- wildcards --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "name", "expected"),
    [
        ("TMP*", "TMP", True), ("TMP*", "TMP_X", True), ("TMP_*", "TMPX", False), ("tmp_*", "TMP_X", True),
        ("STG_UDH_*", "STG_UDH_V2_UNP", True), ("GIDB_GO*", "GIDB_GOX_CHAIN_CALL", True), ("GIDB_G_*", "GIDB_GC_AGENT", False),
        ("G_CALL", "G_CALL_STAT", False), ("TAB?", "TAB1", True), ("TAB?", "TAB", False), ("TAB?", "TAB12", False),
        ("*_V", "G_V_V", True), ("*", "", True), ("", "", True), ("", "A", False), ("A*B?C*", "AxxBxCyy", True),
    ],
)  # short cases  # fmt: skip
def test_wildcards(written: str, name: str, expected: bool) -> None:
    assert wildcard(written, name) is expected


@given(st.text("AB*?", max_size=8), st.text("AB", max_size=10))
def test_wildcards_are_those_of_file_names(written: str, name: str) -> None:
    assert wildcard(written, name) is bool(re.match(fnmatch.translate(written), name))


def test_many_wildcards_take_no_time() -> None:
    assert wildcard("*A" * 200 + "B", "A" * 4000) is False


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("im.t", ("im", "t")),
        ("c.im.t", ("c", "im", "t")),
        ("<Info_Mart>.*", ("<Info_Mart>", "*")),
        ("<Info.Mart>*", ("<Info.Mart>*",)),
        ('"a.b".c', ('"a.b"', "c")),
        ("a..b", None),
        (".b", None),
        ("a.", None),
        ("a.b.c.d", None),
        ("", None),
    ],
)
def test_names(text: str, parts: tuple[str, ...] | None) -> None:
    found = pattern(text)
    assert (found and found.parts) == parts


def test_a_name_without_owner_stands_for_no_table_of_a_schema() -> None:
    found = pattern("<Info_Mart>*")
    assert found is not None
    assert not found.matches(SCHEMA, "CTL_EXTRACT_HWM")
    logged_in = pattern("CTL*", login="im")
    assert logged_in is not None
    assert logged_in.matches("IM", "CTL_EXTRACT_HWM")
    assert not logged_in.matches("other", "CTL_EXTRACT_HWM")
    assert found.meant(SCHEMA).matches(SCHEMA, "CTL_EXTRACT_HWM")
    assert found.meant("other") is found


# -- what is refused --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "the file is empty"),
        ("-- nothing\n\n", 1, "the file is empty"),
        ("TABLE a.*;\n", 1, "names no EXTRACT or REPLICAT"),
        ("EXTRACT a\nREPLICAT b\n", 2, "is of EXTRACT a (line 1) already"),
        ("EXTRACT\n", 1, "EXTRACT has no name"),
        ("EXTRACT a\nEXTTRAIL\n", 2, "EXTTRAIL has no name"),
        ("EXTRACT a\nTABLE a.b\n", 2, "TABLE is not ended before the end of the file"),
        ("EXTRACT a\n\nTABLE a.b\nTABLE a.c;\n", 3, "TABLE is not ended before TABLE in line 4"),
        ("EXTRACT a\nTABLE ;\n", 2, "TABLE has no name"),
        ("EXTRACT a\nTABLE a..b;\n", 2, "'a..b' is not a name of a table"),
        ("EXTRACT a\nTABLEEXCLUDE (a.b);\n", 2, "'(' is not a name of a table"),
        ("REPLICAT a\nMAP a.b;\n", 2, "MAP has no TARGET"),
        ("REPLICAT a\nMAP a.b, TARGET;\n", 2, "MAP has no TARGET"),
        ("REPLICAT a\nREPERROR (DEFAULT\nREPORT\n", 2, "a ( is not closed"),
        ("REPLICAT a\nREPERROR DEFAULT)\n", 2, "a ) without its ("),
        ("REPLICAT a\n(x)\n", 2, "cannot begin with ("),
        ('EXTRACT a\nUSERID u, PASSWORD "x\n', 2, 'the quotation mark " is not closed'),
        ("EXTRACT a\nDDL INCLUDE ALL &\n", 2, "ends in &, but nothing follows"),
        ("EXTRACT a\n&\nDDL INCLUDE ALL\n", 2, "nothing before the &"),
        ("EXTRACT a\nDDL OBJNAME a.b\n", 2, "not by INCLUDE or EXCLUDE"),
        ("EXTRACT a\nDDL INCLUDE &\n", 2, "ends in &"),
        ("EXTRACT a\nDDL INCLUDE OBJNAME\n", 2, "OBJNAME has no name"),
        ("EXTRACT a\nDDL INCLUDE ALL &\n  EXCLUDE\n", 3, "EXCLUDE says of nothing"),
        ("EXTRACT a\nTABLE a.b;;\n", 2, "a ; without a statement"),
        ("EXTRACT a\nTABLE a.\x00b;\n", 2, "control character (0)"),
        ("ADD EXTRACT\n", 1, "ADD EXTRACT names nothing"),
        ("DBLOGIN USERID a\nADD\n", 2, "ADD names nothing"),
        ("ggsci> ADD RMTTRAIL\n", 1, "ADD RMTTRAIL names nothing"),
        ("# an export\nLOGFILE=a.log\nPARALLEL 2\n", 3, "'PARALLEL 2' is not NAME=value"),
        ("LOGFILE=a.log\nSCHEMAS=\n", 2, "'SCHEMAS=' is not NAME=value"),
    ],
)
def test_malformed_files_are_refused_with_their_line(text: str, line: int, message: str) -> None:
    with pytest.raises(AuditError) as error:
        parse(text, "bad.prm")
    assert error.value.code == "DR703"
    assert message in str(error.value)
    assert f"bad.prm:{line})" in str(error.value)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.prm").write_bytes(b"EXTRACT e\nTABLE a.\xff*;\n")
    (tmp_path / "large.prm").write_bytes(b"-" * ((4 << 20) + 1))
    for name, words in (
        ("none.prm", "No such file"),
        (".", "Is a directory"),
        ("latin.prm", "is not text in UTF-8 (latin.prm:2)"),
        ("large.prm", "larger than 4 MB"),
        ("nul\0.prm", "cannot be read"),
    ):
        with pytest.raises(AuditError) as error:
            read(tmp_path / name)
        assert error.value.code == "DR702"
        assert words in str(error.value)


GARBAGE = (
    "EXTRACT REPLICAT e TABLE MAP TARGET SEQUENCE TABLEEXCLUDE MAPEXCLUDE im.* <Info_Mart>* a..b ; , & ( ) DDL INCLUDE "
    "EXCLUDE OBJNAME EXTTRAIL RMTTRAIL ./dirdat/dp ADD START SEND AFTERCSN BEGIN NOW ggsci> -- * \" ' REPEROR"
)
WORDS = st.sampled_from([*GARBAGE.split(), "\n", "\n", "\n", "\t", "\ngGsCi>"])
BEGINNINGS = st.sampled_from(["", "EXTRACT e\n", "REPLICAT r\n", "ADD "])


@given(st.builds(str.__add__, BEGINNINGS, st.lists(WORDS, max_size=40).map(" ".join) | st.text(max_size=80)))
@example("EXTRACT e\nTABLE <Info_Mart>*;\nDDL EXCLUDE OBJNAME a")
@example("ADD EXTRACT e BEGIN")
@example("START EXTRACT")
def test_garbage_is_read_and_audited_or_refused(text: str) -> None:
    try:
        file = parse(text, "g")
    except AuditError as refused:
        found, file = refused.code, None
    else:
        found = ""
    if file is None:
        assert found == "DR703"
        return
    number = text.count("\n") + 1
    assert all(1 <= r.line <= number and r.what for r in remarks_on([file]))
    replicated([file], LISTED)
    with pytest.raises(AuditError, match="DR703"):  # one file never says enough
        settings_of([file])


# -- the audit of the published samples -------------------------------------------------------------------------------
PUBLISHED = {
    ("extract.prm", 9, "warning", "new-tables-unlogged", "no DDLOPTIONS ADDTRANDATA is in force"),
    ("extract.prm", 10, "note", "beyond-the-list", "TMP* stands for 1 listed table"),
    ("extract.prm", 11, "note", "beyond-the-list", "DBMS_TAB* stands for no table that the guide lists"),
    ("extract.prm", 12, "note", "beyond-the-list", "GIDB_G_* stands for 35 listed tables"),
    ("extract.prm", 13, "note", "beyond-the-list", "GIDB_GM* stands for 2 listed tables"),
    ("extract.prm", 14, "note", "beyond-the-list", "GIDB_GO* stands for 9 listed tables"),
    ("extract.prm", 28, "note", "beyond-the-list", "STG_UDH_* stands for 6 listed tables"),
    ("extract.prm", 32, "problem", "ddl-not-excluded", "STG_IDB_FK_VIOLATION is excluded for data (line 52) and not"),
    ("extract.prm", 34, "problem", "unknown-parameter", "DDOPTIONS is no parameter; it is like DDLOPTIONS"),
    ("extract.prm", 46, "note", "recovery-step-needed", "AGR_NOTIFICATION"),
    ("extract.prm", 62, "note", "recovery-step-needed", "CTL_SCHEMA_INFO"),
    ("datapump.prm", 29, "warning", "not-excluded-here", "AGR_JUNK_NOTIFICATION (aggregate table)"),
    ("datapump.prm", 29, "warning", "not-excluded-here", "AGR_LOCK (aggregate table)"),
    ("datapump.prm", 31, "problem", "unqualified-name", "SEQUENCE <Info_Mart>* has no owner"),
    ("datapump.prm", 33, "problem", "unqualified-name", "TABLE <Info_Mart>* has no owner"),
    ("replicat.prm", 4, "warning", "collisions-handled", "HANDLECOLLISIONS stays on"),
    (
        "replicat.prm",
        13,
        "problem",
        "unknown-option",
        "DEFERRREFCONST is no option of DBOPTIONS; it is like DEFERREFCONST",
    ),
    ("replicat.prm", 18, "warning", "ddl-errors-ignored", "schema changes that fail"),
    ("replicat.prm", 20, "problem", "unknown-parameter", "REPEROR is no parameter; it is like REPERROR"),
    ("replicat.prm", 22, "warning", "exceptions-unhandled", "there is none"),
    ("replicat.prm", 48, "problem", "unqualified-name", "MAP ... TARGET <Info_Mart>* has no owner"),
    ("set_up.oby", 8, "problem", "extract-begins-late", "line 6 of set_up.oby"),
    (
        "exp-gim.par",
        3,
        "problem",
        "dump-file-differs",
        "names no file, and so writes expdat.dmp; the import reads gim.dmp",
    ),
    ("imp-gim.par", 4, "problem", "unknown-parameter", "DUMPFIL is no parameter; it is like DUMPFILE"),
    ("set_up.oby", 12, "problem", "trail-case", "ADD RMTTRAIL ./dirdat/DP differs by case from RMTTRAIL ./dirdat/dp"),
}


def test_what_the_audit_says_of_the_published_samples() -> None:
    remarks = remarks_on(samples())
    assert len(remarks) == len(PUBLISHED)
    for file, line, severity, code, words in PUBLISHED:
        here = [r.what for r in remarks if (r.file, r.line, r.severity, r.code) == (file, line, severity, code)]
        assert sum(words in what for what in here) == 1, (file, line, code)


def test_remarks_point_at_the_line_that_they_are_about() -> None:
    for remark in remarks_on(samples()):
        text = TEXTS[remark.file].split("\n")[remark.line - 1]
        words = {
            "new-tables-unlogged": "DDL",
            "ddl-not-excluded": "CTL_SCHEMA_INFO",
            "not-excluded-here": "CTL_SCHEMA_INFO",
            "collisions-handled": "HANDLECOLLISIONS",
            "ddl-errors-ignored": "DDLERROR",
            "exceptions-unhandled": "REPERROR",
            "extract-begins-late": "BEGIN NOW",
            "dump-file-differs": "LOGFILE",
        }.get(remark.code) or remark.what.split(" ")[0]
        assert words.split("...")[0].strip() in text, (remark, text)


def test_notes_of_a_file_go_with_the_remark_on_the_line() -> None:
    noted = {(r.file, r.line) for r in remarks_on(samples()) if "(note in the file: " in r.what}
    assert noted == {
        ("extract.prm", 34),
        ("datapump.prm", 31),
        ("datapump.prm", 33),
        ("replicat.prm", 13),
        ("replicat.prm", 20),
        ("replicat.prm", 48),
        ("set_up.oby", 12),
        ("imp-gim.par", 4),
    }


def test_repaired_samples_have_no_problem() -> None:
    files = audits.repaired_samples()
    assert {r.code for r in remarks_on(files)} == {
        "beyond-the-list",
        "recovery-step-needed",
        "collisions-handled",
        "ddl-errors-ignored",
        "exceptions-unhandled",
    }
    assert replicated(files, [*LISTED, *REPLICATED]) == set(REPLICATED)


@pytest.mark.parametrize("repair", REPAIRS, ids=lambda r: f"{r.file}-{r.answers}")
def test_each_repair_is_of_one_line_and_changes_what_it_should(repair: Repair) -> None:
    assert TEXTS[repair.file].count(repair.published) == 1
    assert repair.published != repair.repaired


@pytest.mark.parametrize("code", sorted({r.answers for r in REPAIRS}))
def test_each_repair_is_needed(code: str) -> None:
    files = read_texts(repaired(TEXTS, leave=code))
    expected = {r.code for r in remarks_on(files)} - {r.code for r in remarks_on(audits.repaired_samples())}
    assert expected == {code} | ({"new-tables-unlogged"} if code == "unknown-parameter" else set())


@pytest.mark.parametrize("name", list(TEXTS))
def test_each_file_has_problems_of_its_own(name: str) -> None:
    problems = {r.file for r in remarks_on(read_texts(repaired(TEXTS, leave=name))) if r.severity == "problem"}
    assert problems == {name}


def test_the_evidence_for_the_claims() -> None:
    published, repaired_files = audits.published_samples(), audits.repaired_samples()
    assert audits.free_of(published, "unqualified-name", "trail-case") == (
        False,
        "3 parameter files of processes, 2 of export and import, 1 script were read: datapump.prm:31 unqualified-name; "
        "datapump.prm:33 unqualified-name; replicat.prm:48 unqualified-name; set_up.oby:12 trail-case",
    )
    assert audits.free_of(repaired_files, "unqualified-name", "trail-case")[0]
    assert audits.exclude_the_listed_data(published) == (
        False,
        "71 listed tables against 3 samples: DataPump does not exclude the data of AGR_JUNK_NOTIFICATION, AGR_LOCK "
        "(datapump.prm:29)",
    )
    assert audits.exclude_the_listed_schema_changes(published) == (
        False,
        "71 listed tables against 1 samples: Extract does not exclude schema changes of STG_IDB_FK_VIOLATION (extract.prm:32)",
    )
    assert audits.exclude_the_listed_data(repaired_files)[0]
    assert audits.exclude_the_listed_schema_changes(repaired_files)[0]


def test_every_line_that_the_audit_remarks_on_is_in_a_finding_and_no_other_is() -> None:
    """A finding points at the lines by file and number; `3 and 4` and `3 to 7` after a file's name are lines of it, too."""
    found = [f for module in (findings, sample_findings) for f in vars(module).values() if isinstance(f, Finding)]
    lines: set[tuple[str, int]] = set()
    for each in found:
        for name, first, word, last in re.findall(
            r"([\w-]+\.(?:prm|oby|par)):(\d+)(?: (and|to) (\d+))?", each.explanation
        ):
            numbers = range(int(first), int(last) + 1) if word == "to" else (int(first), int(last or first))
            lines |= {(name, number) for number in numbers}
    remarked = {(r.file, r.line) for r in remarks_on(samples())}
    assert remarked <= lines
    beside = {
        ("extract.prm", 44),
        ("extract.prm", 45),
        ("replicat.prm", 28),
        ("replicat.prm", 29),
        ("datapump.prm", 14),
    }
    beside |= {("extract.prm", 52), ("set_up.oby", 6), *(("exp-gim.par", n) for n in range(4, 8))}
    assert lines - remarked == beside, "lines that a finding compares with"


def test_the_high_water_mark_passes_only_as_meant() -> None:
    published = audits.published_samples()
    assert audits.replicate_the_high_water_mark(published) == (
        False,
        "CTL_EXTRACT_HWM does not pass DataPump, Replicat; CTL_EXTRACT_HISTORY is not replicated",
    )
    passes = (True, "CTL_EXTRACT_HWM passes every file; CTL_EXTRACT_HISTORY is not replicated")
    assert audits.replicate_the_high_water_mark(published, as_meant=True) == passes
    assert audits.replicate_the_high_water_mark(audits.repaired_samples()) == passes


# -- remarks on other files -------------------------------------------------------------------------------------------
def test_a_consistent_set_has_nothing_to_be_said_of_it() -> None:
    assert codes(EXTRACT, PUMP, REPLICAT, SCRIPT) == []


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((EXTRACT, PUMP.replace("/bb", "/BB"), REPLICAT, SCRIPT), ["trail-case"] * 2),
        ((EXTRACT, PUMP.replace("/bb", "/cc"), REPLICAT, SCRIPT), ["trail-differs"] * 2),
        ((EXTRACT, PUMP, REPLICAT, SCRIPT.replace("SOURCE ./dirdat/aa", "SOURCE ./dirdat/ab")), ["trail-differs"]),
        ((EXTRACT.replace("/aa", "/aaa"), PUMP, REPLICAT), ["trail-name-length"]),
        ((EXTRACT, PUMP, REPLICAT, SCRIPT.replace("ADD RMTTRAIL", "-- ADD RMTTRAIL")), ["trail-not-added"]),
        ((EXTRACT, PUMP, REPLICAT, SCRIPT.replace("REPLICAT rep1", "REPLICAT rep2")), ["process-unknown"] * 2),
        ((EXTRACT, PUMP, REPLICAT, SCRIPT + "START EXTRACT ext2\n"), ["process-not-added", "process-unknown"]),
        ((EXTRACT, PUMP, REPLICAT, SCRIPT.replace(", AFTERCSN 1234", "")), ["no-aftercsn"]),
        ((EXTRACT, PUMP, REPLICAT, SCRIPT.replace("ADD TRANDATA im.*\n", "")), ["trandata-missing"]),
        ((EXTRACT, PUMP, REPLICAT.replace("MAP ", "HANDLECOLLISIONS\nMAP ")), ["collisions-handled"]),
        (
            (EXTRACT, PUMP, "HANDLECOLLISIONS\n" + REPLICAT, SCRIPT + "SEND REPLICAT rep1, NOHANDLECOLLISIONS\n"),
            [],
        ),
        ((EXTRACT.replace("DDLOPTIONS ADDTRANDATA\n", ""),), ["new-tables-unlogged"]),
        ((EXTRACT.replace("* &\n    EXCLUDE", "*\n    EXCLUDE"),), ["ddl-not-excluded", "broken-continuation"]),
        ((EXTRACT.replace("* &\n", "* &\n\n"),), ["broken-continuation"]),
        (
            (EXTRACT.replace("OBJNAME im.TMP_*\n", "OBJNAME im.TMP_* &\n"),),
            ["new-tables-unlogged", "broken-continuation"],
        ),
        ((EXTRACT + "TABELEXCLUDE im.X;\n",), ["unknown-parameter"]),
        ((EXTRACT + "FROBNICATE\n",), ["unknown-parameter"]),
        (
            (EXTRACT.replace("TABLEEXCLUDE im.TMP_*", "TABLEEXCLUDE im.CTL_EXTRACT_HWM*"),),
            ["needed-but-not-replicated"],
        ),
        ((EXTRACT + "EXCLUDE OBJNAME im.TMP_*\n",), ["broken-continuation"]),
        (("EXCLUDE OBJNAME im.TMP_*\n" + EXTRACT,), ["broken-continuation"]),
        ((EXTRACT.replace("TABLE im.*", "TABLE im.I*"),), ["needed-but-not-replicated"] * 5),
        ((EXTRACT + "EXTTRAIL ./dirdat/ab\n",), ["several-trails"]),
        ((REPLICAT.replace("TARGET im.*", "TARGET im*"),), ["unqualified-name"]),
        ((REPLICAT.replace("MAPEXCLUDE im.TMP_*", "MAPEXCLUDE TMP_*"),), ["unqualified-name"]),
        (("USERID im@db, PASSWORD x\n" + REPLICAT.replace("TARGET im.*", "TARGET *"),), ["unqualified-name"]),
    ],
)
def test_what_is_wrong_is_told(texts: tuple[str, ...], expected: list[str]) -> None:
    assert codes(*texts) == expected


EXPORT = "LOGFILE=e.log\nSCHEMAS=im\nDUMPFILE=im.dmp\nFLASHBACK_SCN=1234\n"
IMPORT = "DUMPFILE=im.dmp\nTABLE_EXISTS_ACTION=REPLACE\n"


@pytest.mark.parametrize(
    ("export", "imported", "expected"),
    [
        (EXPORT, IMPORT, []),
        (EXPORT.replace("im.dmp", "dir:IM.DMP"), IMPORT, []),
        (EXPORT.replace("DUMPFILE=im.dmp\n", ""), IMPORT, ["dump-file-differs"]),
        (EXPORT.replace("DUMPFILE=im.dmp\n", ""), IMPORT.replace("DUMPFILE=im.dmp\n", ""), []),
        (EXPORT, IMPORT.replace("im.dmp", "other.dmp"), ["dump-file-differs"]),
        (EXPORT, IMPORT.replace("DUMPFILE", "DUMPFIL"), ["unknown-parameter"]),
        (EXPORT.replace("FLASHBACK_SCN=1234\n", ""), IMPORT, ["export-of-no-moment"]),
        (EXPORT + "FROBNICATE=1\n", IMPORT, ["unknown-parameter"]),
        (EXPORT + "# a comment\n\n  # another\n", IMPORT, []),
    ],
)
def test_export_and_import_are_compared(export: str, imported: str, expected: list[str]) -> None:
    assert codes(export, imported) == expected


def test_a_file_of_export_or_import_is_told_from_the_others() -> None:
    (export, imported) = (parse(text, "x") for text in (EXPORT, IMPORT))
    assert isinstance(export, DumpFile)
    assert isinstance(imported, DumpFile)
    assert (export.kind, imported.kind) == ("export", "import")
    assert [(s.name, s.value, s.line) for s in export.settings][-1] == ("FLASHBACK_SCN", "1234", 4)
    named = parse("SCHEMAS=im\n", "folder/imp-im.par")
    assert isinstance(named, DumpFile)
    assert named.kind == "import"
    assert isinstance(parse(REPLICAT, "r"), ParameterFile)


def test_a_table_that_no_file_excludes_is_told_for_each() -> None:
    files = [parse(EXTRACT, "e"), parse(REPLICAT, "r")]
    told = [r for r in remarks_on(files) if r.code == "listed-not-excluded"]
    assert len(told) == 2 * 70
    assert {r.severity for r in told} == {"problem"}
    assert ("e", 6) in {(r.file, r.line) for r in told}


def test_what_only_a_later_process_excludes_is_a_problem() -> None:
    files = [parse(EXTRACT, "e"), parse(REPLICAT + "MAPEXCLUDE im.G_CALL;", "r")]
    (told,) = (r for r in remarks_on(files) if "G_CALL (merge" in r.what)
    assert (told.file, told.severity, told.code) == ("e", "problem", "not-excluded-here")
    assert "Replicat does, line 4 of r" in told.what


@pytest.mark.parametrize(
    ("login", "severity", "words", "passes"),
    [
        ("", "problem", "the file has no login", False),
        ("USERID gg, PASSWORD x\n", "problem", "in the schema of the login, gg", False),
        ("USERID IM@db, PASSWORD x\n", "warning", "it is of the schema of the login, im", True),
    ],
)
def test_names_without_owner_are_of_the_login(login: str, severity: str, words: str, passes: bool) -> None:
    file = file_of(login + REPLICAT.replace("TARGET im.*", "TARGET *"), "r")
    (told,) = (r for r in remarks_on([file]) if r.code == "unqualified-name")
    assert told.severity == severity
    assert words in told.what
    assert bool(replicated([file], ["CTL_EXTRACT_HWM"])) is passes


def test_schema_changes_excluded_without_the_data() -> None:
    file = parse(EXTRACT.replace("EXCLUDE OBJNAME im.TMP_*", "EXCLUDE OBJNAME im.TMP_* EXCLUDE OBJNAME im.G_IR"), "e")
    (told,) = (r for r in remarks_on([file]) if r.code == "data-not-excluded")
    assert "G_IR is excluded for schema changes and not for data" in told.what


def test_case_of_trails_can_be_told_not_to_matter() -> None:
    path = [str(p) for p in SAMPLES]
    severities = {
        value: [
            r.severity for r in audits.parameter_files_audit(path, {"case_sensitive": value}) if r.code == "trail-case"
        ]
        for value in ("yes", "no")
    }
    assert severities == {"yes": ["problem"], "no": ["warning"]}


# -- the design -------------------------------------------------------------------------------------------------------
def test_what_the_samples_say_of_the_design() -> None:
    assert parameters_from(SAMPLES) == {
        "remote_trail": "DP",
        "handle_collisions": True,
        "after_csn": True,
        "extract_begins": "now",
    }
    assert settings_of(audits.repaired_samples()) == {
        "remote_trail": "dp",
        "handle_collisions": True,
        "after_csn": True,
        "extract_begins": "export_scn",
    }
    other = samples(set_up=TEXTS["set_up.oby"].replace("/DP,", "/xx,").replace(", AFTERCSN <Value of current_scn>", ""))
    assert settings_of(other) == {
        "remote_trail": "DP",
        "handle_collisions": True,
        "after_csn": False,
        "extract_begins": "now",
        "case_sensitive": True,
    }


def test_files_that_do_not_say_enough_for_the_design() -> None:
    for left_out, words in ((3, "START REPLICAT"), (2, "a Replicat file")):
        with pytest.raises(AuditError, match=words):
            parameters_from([p for i, p in enumerate(SAMPLES) if i != left_out])


@pytest.mark.parametrize(
    ("files", "arrives"),
    [(samples(), "VIOLATED"), (audits.repaired_samples(), "HOLDS")],
    ids=["published", "repaired"],
)
def test_the_design_runs_with_what_the_files_say(files: list[ParameterFile | Script | DumpFile], arrives: str) -> None:
    design = load("model.info_mart_replication.setup:replication_setup")
    report = check_design(design, {**settings_of(files), "changes": 3}, ["replication_arrives_on_unix"])
    assert [v.conclusion.value for v in report.verdicts if v.property.name == "replication_arrives_on_unix"] == [
        arrives
    ]


# -- the command line -------------------------------------------------------------------------------------------------
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def drcheck(capsys: pytest.CaptureFixture[str]) -> Command:
    def call(*words: object) -> tuple[int, str, str]:
        status = run([str(word) for word in words])
        return (status, *capsys.readouterr())

    return call


def test_the_command_prints_the_remarks_and_exits_1(drcheck: Command) -> None:
    status, out, err = drcheck("audit", *SAMPLES)
    assert (status, err) == (1, "")
    assert f"{TARGET}: GoldenGate parameter files and commands" in " ".join(out.split())
    assert "set_up.oby:12: problem trail-case [AS-18, AS-25]" in " ".join(out.split())
    assert "Remedy: write ./dirdat/dp" in out
    assert out.rstrip().endswith("6 files: 11 problems, 6 warnings, 8 notes")


def test_the_command_prints_json(drcheck: Command) -> None:
    status, out, _ = drcheck("audit", TARGET, *SAMPLES, "--json")
    assert status == 1
    data = json.loads(out)
    assert (data["audit"], data["files"]) == (TARGET, [str(p) for p in SAMPLES])
    assert {(Path(r["file"]).name, r["line"], r["severity"], r["code"]) for r in data["remarks"]} == {
        p[:4] for p in PUBLISHED
    }
    assert [r["severity"] for r in data["remarks"]] == ["problem"] * 11 + ["warning"] * 6 + ["note"] * 8


def test_the_command_exits_0_without_problems(drcheck: Command, tmp_path: Path) -> None:
    for name, text in repaired(TEXTS).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    status, out, err = drcheck("audit", *sorted(tmp_path.iterdir()))
    assert (status, err) == (0, "")
    assert "6 files: 0 problems, 3 warnings, 8 notes" in out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["audit"], "DR403", "Missing argument"),
        (["audit", TARGET], "DR401", "there is no file to audit"),
        (["audit", "nowhere.prm"], "DR702", "nowhere.prm cannot be read"),
        (["audit", "model.info_mart_replication.parameter_files.audit:nothing", "x"], "DR701", f"available: {TARGET}"),
        (["audit", "model.nowhere:audit", "x"], "DR201", "no module 'model.nowhere'"),
        (["audit", "model.info_mart.active_standby:active_standby", "x"], "DR701", "declare the function with @audit"),
        (["audit", SAMPLES[0], "--set", "case_sensitiv=no"], "DR701", "did you mean 'case_sensitive'"),
        (["audit", SAMPLES[0], "--set", "case_sensitive=perhaps"], "DR205", "cannot be 'perhaps'"),
        (["audit", SAMPLES[0], SAMPLES[0]], "DR702", "is named twice"),
    ],
)
def test_errors_of_the_command(drcheck: Command, words: list[object], code: str, message: str) -> None:
    status, out, err = drcheck(*words)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: [{code}]")
    assert message in err
    assert err.count("\n") == 1


AUDITS = """
from drcheck.audit import Remark, audit


@audit(title="Lines", options={"most": "how many lines a file may have"})
def lines(files, options):
    print("a model that prints")
    return [Remark("problem", str(f), 1, "long", "too long") for f in files
            if len(f.read_text().splitlines()) > int(options.get("most", "1"))]
"""


def test_any_audit_of_a_project_is_found(drcheck: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    cli_project.write_project(tmp_path)
    cli_project.write(tmp_path, {"model/checks/lines.py": AUDITS, "a.txt": "1\n2\n"})
    before = set(sys.modules)
    cli_project.enter(tmp_path, monkeypatch)
    try:
        status, out, _ = drcheck("audit", "a.txt", "--json")
        assert status == 1
        assert json.loads(out)["remarks"][0]["what"] == "too long"
        assert drcheck("audit", "a.txt", "--set", "most=2")[0] == 0
        status, _, err = drcheck("audit", "a.txt", "--set", "most=many")
        assert (status, err.split("]")[0]) == (2, "error: [DR704")
        again = AUDITS.replace("return [", "return 3\n    [")
        cli_project.write(tmp_path, {"model/checks/wrong.py": again})
        status, _, err = drcheck("audit", "a.txt")
        assert (status, "has 2 audits; name one" in err) == (2, True)
        status, _, err = drcheck("audit", "model.checks.wrong:lines", "a.txt")
        assert (status, "returned something other than a list of remarks" in err) == (2, True)
    finally:
        cli_project.leave(before)


def test_the_samples_hold_the_published_number_of_lines() -> None:
    counts = {n: sum(1 for line in t.splitlines() if not line.startswith(("--", "#"))) for n, t in TEXTS.items()}
    assert counts == {
        "extract.prm": 61,
        "datapump.prm": 29,
        "replicat.prm": 43,
        "set_up.oby": 11,
        "exp-gim.par": 5,
        "imp-gim.par": 5,
    }


def test_options_are_checked_before_files() -> None:
    with pytest.raises(DesignError, match="case_sensitive"):
        audits.parameter_files_audit(["nowhere"], {"case_sensitive": "maybe"})


def test_the_properties_of_the_samples_are_decided() -> None:
    system = load("model.info_mart_replication.setup:replication_setup").build({"changes": 1})
    stated = [getattr(replication_parameters, name) for name in replication_parameters.__all__]
    verdicts = check(system, [statement.on(system) for statement in stated])
    decided = {v.property.name: (v.conclusion.value, v.property.finding is not None) for v in verdicts}
    assert {name: decided[name] for name in replication_parameters.__all__} == {
        "every_name_in_the_samples_has_its_owner": ("VIOLATED", True),
        "every_word_of_the_samples_is_known": ("VIOLATED", True),
        "recovery_needs_no_excluded_table": ("VIOLATED", True),
        "replicat_handles_collisions_only_at_its_start": ("VIOLATED", True),
        "tables_that_an_upgrade_adds_are_logged": ("VIOLATED", True),
        "the_samples_exclude_no_more_than_the_list": ("VIOLATED", True),
        "the_samples_exclude_the_data_of_the_listed_tables": ("VIOLATED", True),
        "the_samples_exclude_the_schema_changes_of_the_listed_tables": ("VIOLATED", True),
        "the_samples_replicate_the_high_water_mark": ("VIOLATED", True),
        "what_replicat_cannot_apply_stops_it": ("VIOLATED", True),
        "the_dots_put_in_the_high_water_mark_is_replicated": ("HOLDS", False),
        "repaired_samples_keep_the_promises": ("HOLDS", False),
    }
