"""`drcheck check --format`: what other programs are told, held against the published schemas and read by other programs.

The schemas are in tests/support/published. Where `xmlschema`, `junitparser`, `sarif` (sarif-tools) or `itf_py` is missing (the
extra `readers`, which continuous integration installs), the tests that need it are skipped.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from drcheck.cli.main import run
from tests.render.test_shiviz import ordered, parsed
from tests.support import cli_project

Command = Callable[..., tuple[int, str, str]]
PUBLISHED = Path(__file__).resolve().parents[1] / "support" / "published"
SARIF = jsonschema.Draft4Validator(json.loads((PUBLISHED / "sarif-schema-2.1.0.json").read_text(encoding="utf-8")))
DESIGN = '''
from drcheck import *

@design
def lamp(lights: Annotated[int, "how often", range(1, 4)] = 1) -> System:
    """A lamp."""
    left = Counter("left", 9)
    part = Component("lamp", ["off", "on"], variables=[left], transitions=[
        on("lights", "off", "on", when=left < 9, then={left: left + 1}), on("goes_out", "on", "off"),
        on("falls", "*", "off", kind="environment", fault="fall"),
    ])
    other = Component("other", ["off", "on"], transitions=[on("shines", "off", "on", when=part.on)])
    cause = Finding("It falls", "Lamps <fall> \\x01&.", causes=("happens(falls)",), id="falls",
                    accepted=Accepted("the owner", "2026-03-31", "it is only a lamp"))
    unproved = Finding("It burns", "Lamps burn.")
    fallen = never(happens("falls"), name="never_falls", claims=("L-1", "L-2"), finding=cause)
    return compose("lamp", [part, other], faults={"fall": lights}, properties=[
        fallen, never(other.on, name="never_shines"), never(part.on, name="never_lit", finding=unproved),
        always(left <= 9, name="holds"), worst_case(left, name="most"),
        never(left == 9, name="far", given={"lights": 2}),
    ])
'''.replace("from drcheck import *", "from typing import Annotated\nfrom drcheck import *")

LARGE = cli_project.COUNTERS.replace("<= 200", "<= 199")
"""Its `sum` is broken in the last state of 10,201."""
LIMITED = ("model.large", "sum", "--engine", "python", "--limit-states", "500")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cli_project.write_project(tmp_path)
    cli_project.write(tmp_path, {"model/lamp.py": DESIGN, "model/large.py": LARGE})
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


def sarif(command: Command, *words: str) -> tuple[int, dict[str, Any]]:
    status, out, _ = command("check", *words, "--format", "sarif")
    found = json.loads(out)
    assert list(SARIF.iter_errors(found)) == []
    (one,) = found["runs"]
    assert one["invocations"][0]["exitCode"] == status
    for result in one["results"]:  # the standard's rule, which the schema cannot say
        assert result["kind"] == "fail" or result["level"] == "none"
        assert one["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return status, one


def results(one: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """By rule and property; remarks are left out."""
    return {(r["ruleId"], r["properties"]["property"]): r for r in one["results"] if r["level"] != "note"}


# -- SARIF --------------------------------------------------------------------------------------------------------------
def test_sarif_says_what_fails_and_where(command: Command, project: Path) -> None:
    status, one = sarif(command, "model.lamp")
    found = results(one)
    assert status == 1
    assert sorted(found) == [
        ("L-1", "never_falls"),
        ("L-2", "never_falls"),
        ("far", "far"),
        ("never_lit", "never_lit"),
        ("never_shines", "never_shines"),
    ]
    lines = DESIGN.splitlines()
    for (_, name), result in found.items():
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": "model/lamp.py", "uriBaseId": "%SRCROOT%"}
        assert f'name="{name}"' in lines[place["region"]["startLine"] - 1]
        design = result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"]
        assert "def lamp" in lines[design - 1] or "@design" in lines[design - 1]
        assert (result["kind"], result["level"]) == ("fail", "error")
    assert one["properties"]["outcomes"]["holds"] == ["values_stay_in_their_domains", "holds", "most"]
    assert {rule["id"] for rule in one["tool"]["driver"]["rules"]} >= {"holds", "most", "L-1"}


def test_a_known_finding_is_a_suppression_and_accepted_only_where_it_is_proved(command: Command, project: Path) -> None:
    found = results(sarif(command, "model.lamp")[1])
    (proved,) = found["L-1", "never_falls"]["suppressions"]
    assert (proved["kind"], proved["status"]) == ("inSource", "accepted")
    assert proved["justification"] == (
        "It falls. Lamps <fall> \x01&. Accepted by the owner on 2026-03-31: it is only a lamp"
    )
    (unproved,) = found["never_lit", "never_lit"]["suppressions"]
    assert (unproved["status"], unproved["justification"]) == ("underReview", "It burns. Lamps burn.")
    assert "suppressions" not in found["never_shines", "never_shines"]


def test_another_way_is_not_suppressed(command: Command, project: Path) -> None:
    text = DESIGN.replace(
        'Finding("It burns", "Lamps burn.")', 'Finding("It burns", "Lamps burn.", causes=("happens(falls)",))'
    )
    cli_project.write(project, {"model/lamp.py": text})
    found = results(sarif(command, "model.lamp", "never_lit")[1])
    assert "suppressions" not in found["never_lit", "never_lit"]
    assert "new violation" in " ".join(found["never_lit", "never_lit"]["properties"]["notes"])


def test_the_trace_is_a_flow_through_the_places_of_its_events(command: Command, project: Path) -> None:
    result = results(sarif(command, "model.lamp")[1])["never_shines", "never_shines"]
    (thread,) = result["codeFlows"][0]["threadFlows"]
    said = [place["location"]["message"]["text"] for place in thread["locations"]]
    assert said == ["the beginning", "lights: lamp off -> on, lamp.left 0 -> 1", "shines: other off -> on"]
    lines = DESIGN.splitlines()
    second = thread["locations"][2]["location"]["physicalLocation"]["region"]["startLine"]
    assert 'on("shines"' in lines[second - 1]
    assert thread["locations"][1]["state"] == {"lamp": {"text": "on"}, "lamp.left": {"text": "1"}}
    assert [place["importance"] for place in thread["locations"]] == ["important", "essential", "essential"]


def test_what_is_not_decided_is_open_and_told(command: Command, project: Path) -> None:
    status, one = sarif(command, *LIMITED)
    assert status == 3
    result = results(one)["sum", "sum"]
    assert (result["kind"], result["level"]) == ("open", "none")
    assert "sum" in one["properties"]["outcomes"]["not decided"]
    said = [
        n for n in one["invocations"][0]["toolExecutionNotifications"] if "sum INCONCLUSIVE" in n["message"]["text"]
    ]
    assert [n["level"] for n in said] == ["warning"]


def test_what_was_skipped_is_not_decided_if_it_was_asked_for(command: Command, project: Path) -> None:
    words = ("model.lamp", "--set", "lights=1")
    _, whole = sarif(command, *words)
    assert ("far", "far") not in results(whole)
    assert whole["properties"]["outcomes"]["not asked"] == ["far"]
    status, one = sarif(command, *words, "far")
    assert status == 3
    assert results(one)["far", "far"]["kind"] == "open"


def test_claims_are_rules_with_what_they_say(command: Command, project: Path) -> None:
    _, one = sarif(command, "model.pair")
    rules = {rule["id"]: rule for rule in one["tool"]["driver"]["rules"]}
    assert rules["P-2"]["shortDescription"]["text"] == "Someone serves."
    assert rules["P-2"]["help"]["text"] == "the book, page 2"
    assert "helpUri" not in rules["P-2"]
    text = cli_project.CLAIMS.replace('"the book", "page 2"', '"the book (https://example.org/book#2)", "page 2"')
    cli_project.write(project, {"properties/claims.py": text})
    cli_project.leave(set())
    rules = {rule["id"]: rule for rule in sarif(command, "model.pair")[1]["tool"]["driver"]["rules"]}
    assert rules["P-2"]["helpUri"] == "https://example.org/book#2"


def fingerprints(one: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {key: result["partialFingerprints"]["drcheck/v1"] for key, result in results(one).items()}


def test_fingerprints_are_those_of_what_is_said_not_of_lines(command: Command, project: Path) -> None:
    before = fingerprints(sarif(command, "model.lamp")[1])
    assert len(set(before.values())) == len(before)
    cli_project.write(project, {"model/lamp.py": "\n\n# moved\n" + DESIGN})
    cli_project.leave(set())
    assert fingerprints(sarif(command, "model.lamp")[1]) == before
    undecided, violated = (fingerprints(sarif(command, *words)[1]) for words in (LIMITED, LIMITED[:2]))
    assert undecided["sum", "sum"] != violated["sum", "sum"]
    known = before["never_lit", "never_lit"]
    cli_project.write(project, {"model/lamp.py": DESIGN.replace(", finding=unproved", "")})
    cli_project.leave(set())
    assert fingerprints(sarif(command, "model.lamp")[1])["never_lit", "never_lit"] != known


def test_remarks_are_notes_at_their_places(command: Command, project: Path) -> None:
    _, one = sarif(command, "model.lamp")
    told = json.loads(command("check", "model.lamp", "--json")[1])["remarks"]
    notes = [r for r in one["results"] if r["level"] == "note"]
    assert [r["ruleId"] for r in notes] == [r["code"] for r in told]
    assert notes


def test_sarif_tools_read_it(command: Command, project: Path) -> None:
    loader = pytest.importorskip("sarif.loader")
    command("check", "model.lamp", "--format", "sarif", "--output", "out.sarif")
    found = loader.load_sarif_file("out.sarif")
    assert found.get_result_count() == len(json.loads((project / "out.sarif").read_text())["runs"][0]["results"])


# -- JUnit --------------------------------------------------------------------------------------------------------------
def junit(command: Command, *words: str) -> tuple[int, ET.Element, dict[str, str]]:
    """The status, the suite, and how each property stands."""
    status, out, _ = command("check", *words, "--format", "junit")
    suites = ET.fromstring(out)
    (suite,) = suites
    cases = suite.findall("testcase")
    stands = {str(case.get("name")): (case[0].tag if len(case) else "passed") for case in cases}
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert suite.get(attribute) == str(list(stands.values()).count(tag))
    assert suite.get("tests") == str(len(cases))
    assert abs(sum(float(str(case.get("time"))) for case in cases) - float(str(suite.get("time")))) < 0.01 * len(cases)
    return status, suite, stands


def test_junit_passes_what_holds_and_skips_what_is_proved(command: Command, project: Path) -> None:
    status, suite, stands = junit(command, "model.lamp")
    assert status == 1
    assert stands == {
        "values_stay_in_their_domains": "passed",
        "never_falls": "skipped",
        "never_shines": "failure",
        "never_lit": "failure",
        "holds": "passed",
        "most": "passed",
        "far": "failure",
    }
    said = {str(case.get("name")): case[0] for case in suite.findall("testcase") if len(case)}
    assert said["never_falls"].get("message") == (
        "known finding: It falls. Lamps <fall> ?&. Accepted by the owner on 2026-03-31: it is only a lamp"
    )
    assert said["never_shines"].get("type") == "VIOLATED"
    assert "2.  shines: other off -> on" in str(said["never_shines"].text)
    assert "most HOLDS: " in str(suite.findtext("system-out"))


def test_junit_agrees_with_the_gate(command: Command, project: Path) -> None:
    for words in (*(("model.lamp", name) for name in ("never_falls", "holds", "never_lit", "never_shines")), LIMITED):
        status = command("check", *words, "--gate", "--no-trace")[0]
        _, suite, _ = junit(command, *words)
        assert (status == 0) == (suite.get("failures") == suite.get("errors") == "0"), words


def test_what_is_not_decided_is_an_error_in_junit(command: Command, project: Path) -> None:
    status, suite, stands = junit(command, *LIMITED)
    assert (status, stands["sum"]) == (3, "error")
    assert suite.findall("testcase")[-1][0].get("type") == "INCONCLUSIVE"
    assert junit(command, "model.lamp", "--set", "lights=1")[2]["far"] == "skipped"
    assert junit(command, "model.lamp", "--set", "lights=1", "far")[2]["far"] == "error"


@pytest.mark.parametrize("schema", ["junit-ant.xsd", "junit-jenkins.xsd"])
def test_junit_is_valid_by_both_schemas(schema: str, command: Command, project: Path) -> None:
    xmlschema = pytest.importorskip("xmlschema")
    checked = xmlschema.XMLSchema(str(PUBLISHED / schema))
    for words in (("model.lamp",), LIMITED, ("model.pair",)):
        checked.validate(command("check", *words, "--format", "junit")[1])


def test_junitparser_reads_it(command: Command, project: Path) -> None:
    junitparser = pytest.importorskip("junitparser")
    command("check", "model.lamp", "--format", "junit", "--output", "out.xml")
    (suite,) = junitparser.JUnitXml.fromfile("out.xml")
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (7, 3, 0, 1)


# -- traces -------------------------------------------------------------------------------------------------------------
def test_a_trace_as_itf(command: Command, project: Path) -> None:
    status, out, _ = command("check", "model.lamp", "never_shines", "--format", "itf")
    found = json.loads(out)
    assert status == 1
    assert [state["#meta"].get("action") for state in found["states"]] == [None, "lights", "shines"]
    assert found["states"][2]["lamp.left"] == {"#bigint": "1"}
    assert found["#meta"]["description"] == "never_shines: shown by a trace of 2 steps"
    itf = pytest.importorskip("itf_py")
    read = itf.trace_from_json(found)
    assert len(read.states) == 3
    assert read.states[2].values["lamp.left"] == 1


def test_all_traces_in_a_folder_and_in_one_log(command: Command, project: Path) -> None:
    status, out, err = command("check", "model.lamp", "--format", "itf,shiviz", "--output", "traces/")
    assert (status, err) == (1, "")
    names = ["far", "most", "never_falls", "never_lit", "never_shines"]
    files = sorted(path.name for path in (project / "traces").iterdir())
    assert files == [*(f"model.lamp.lamp.{name}.itf.json" for name in names), "model.lamp.lamp.shiviz.log"]
    assert out.splitlines()[-1].startswith("6 properties: 2 hold, 4 violated (2 known)")
    log = parsed((project / "traces/model.lamp.lamp.shiviz.log").read_text())
    assert sorted(log) == names
    for entries in log.values():
        ordered(entries)
    assert (
        command("check", "model.lamp", "--format", "shiviz")[1]
        == (project / "traces/model.lamp.lamp.shiviz.log").read_text()
    )
    _, _, err = command("check", "model.lamp", "most", "--format", "itf", "--output", "traces")
    assert err.count("note: ") == 4, "what is of an earlier check is named"


def test_no_trace_is_no_file(command: Command, project: Path) -> None:
    for form in ("itf", "shiviz"):
        status, out, err = command("check", "model.lamp", "holds", "--format", form, "--output", "trace")
        assert (status, out.splitlines()[0][:20]) == (0, "1 property: 1 hold; "[:20])
        assert f"no trace, so that nothing is written as {form}: holds HOLDS" in err
        assert not (project / "trace").exists()


# -- where to -----------------------------------------------------------------------------------------------------------
def test_a_file_has_what_is_printed(command: Command, project: Path) -> None:
    for form in ("text", "json", "sarif", "itf"):
        words = ("check", "model.lamp", "never_shines", "--format", form)
        printed = command(*words)[1]
        assert command(*words, "--output", "-")[1][:100] == printed[:100]
        status, out, _ = command(*words, "--output", "sub/file")
        assert status == 1
        assert out.startswith("written: sub/file\n1 property: 0 hold, 1 violated")
        written = (project / "sub/file").read_text()
        if form == "json":
            assert json.loads(written)["verdicts"][-1] == json.loads(printed)["verdicts"][-1]
        elif form == "sarif":
            assert json.loads(written) == json.loads(printed)
        else:
            assert [line for line in written.splitlines() if "python" not in line and "of search" not in line] == [
                line for line in printed.splitlines() if "python" not in line and "of search" not in line
            ]


def test_json_is_a_format_everywhere(command: Command, project: Path) -> None:
    for words in (("list",), ("simulate", "model.lamp", "--walks", "10"), ("check", "model.lamp", "holds")):
        one, two = (json.loads(command(*words, *how)[1]) for how in (("--json",), ("--format", "json")))
        assert [str(one)[:200], len(one)] == [str(two)[:200], len(two)]


def test_nothing_is_written_where_not_all_can_be(
    command: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "out").mkdir()
    (project / "out/model.lamp.lamp.junit.xml").mkdir()
    status, _, err = command("check", "model.lamp", "--format", "sarif,junit", "--output", "out")
    assert (status, "[DR601]" in err) == (2, True)
    assert [path.name for path in (project / "out").iterdir()] == ["model.lamp.lamp.junit.xml"]


def test_what_a_model_prints_is_kept_apart(command: Command, project: Path) -> None:
    cli_project.write(project, {"model/lamp.py": DESIGN.replace("    left = ", '    print("loud")\n    left = ')})
    for form in ("sarif", "junit", "itf", "shiviz"):
        _, out, err = command("check", "model.lamp", "never_shines", "--format", form)
        assert "loud" in err
        assert "loud" not in out


def test_broken_claims_are_told_before_the_search(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli_project.write(project, {"properties/claims.py": "CLAIMS = 3\n"})
    assert run(["check", "model.lamp", "--format", "sarif"]) == 2
    assert "[DR302]" in capsys.readouterr().err
