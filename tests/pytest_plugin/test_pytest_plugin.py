"""The pytest plugin, seen from a user's project: what is collected, what passes and fails, what a failure tells."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import drcheck.render.text
import drcheck.verdicts.check
from drcheck.testing.requests import Request, request_in
from tests.support import cli_project

assert (
    drcheck.verdicts.check is not None
)  # loaded before pytester looks which modules there are: NumPy cannot be loaded twice

pytest_plugins = ["pytester"]

SETTINGS = """
[pytest]
drcheck_designs =
    model.pair:pair
    {more}
"""

MISDECLARED = '''
from drcheck.logic.kinds import Finding
from drcheck.logic.properties import always, never, stated, whenever, worst_case


@stated(claims="P-1", source="the book, page 1")
def never_down(d):
    """The primary never fails."""
    return always(d.primary.up)


@stated(finding=Finding("The two serve at once", "They do."))
def one_at_a_time(d):
    """Never do both serve."""
    return never(d.primary.up & d.standby.serving)


@stated(given={"failures": 0})
def about_nothing(d):
    """What happens once the primary is down."""
    return whenever(d.primary.down, d.standby.idle)


@stated()
def all_is_well(d):
    """The standby waits two hours at most."""
    return worst_case(d.standby.waited, at_most=2)
'''


@dataclass(frozen=True)
class Ran:
    """A run of pytest: its exit status, what it printed, and the outcome of each item by its node id."""

    status: int
    out: str
    outcomes: dict[str, str]


class Project:
    """A project in a directory of its own, and pytest run in it: in this process, or in one of its own."""

    def __init__(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self._pytester = pytester.path, pytester
        cli_project.write_project(self.root)
        cli_project.enter(self.root, monkeypatch)
        self._before = set(sys.modules)
        self.settings()

    def settings(self, more: str = "") -> None:
        (self.root / "pytest.ini").write_text(SETTINGS.format(more=more))

    def pytest(self, *words: str, process: bool = False) -> Ran:
        run = self._pytester.runpytest_subprocess if process else self._pytester.runpytest_inprocess
        done = run("-v", "-p", "no:cacheprovider", *words)
        cli_project.leave(self._before)
        out = done.stdout.str() + done.stderr.str()
        lines = re.findall(r"^(?:\[gw\d\] \[ *\d+%\] (\w+) )?(\S+::\S+)(?: <- \S+)?(?: (\w+))?", out, re.MULTILINE)
        words_ = ("PASSED", "FAILED", "SKIPPED")
        return Ran(
            int(done.ret), out, {node: first or last for first, node, last in lines if {first, last} & set(words_)}
        )


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(pytester, monkeypatch)


DOMAINS = "values_stay_in_their_domains"
ITEMS = [DOMAINS, "one_at_a_time", "somebody_serves", "standby_takes_over", "longest_wait", f"{DOMAINS}[prompt=yes]"]
"""Those of one search next to each other."""


def test_one_item_for_each_property_of_each_design(project: Project) -> None:
    ran = project.pytest("--collect-only", "-qq")
    assert ran.status == 0
    assert [line for line in ran.out.splitlines() if "::" in line] == [f"model.pair:pair::{name}" for name in ITEMS]


DOMAIN_IN_A_VARIANT = """
from typing import Annotated
from drcheck import *

def late(d):
    return reachable(d.c.q == 3)

@design(title="A queue of three places")
def queue(jobs: Annotated[int, "how many jobs", range(1, 6)] = 2) -> System:
    q, left = Integer("q", 0, 3), Counter("left", start=jobs)
    arrives = on("arrives", "on", when=left > 0, then={q: q + 1, left: left - 1})
    c = Component("c", ["on"], variables=[q, left], transitions=[arrives])
    return compose("queue", [c], properties=[
        always(q <= 3, name="fits"), reachable(q == 3, name="can_be_full", given={"jobs": 5}),
        structure(True, "", name="fact", given={"jobs": 4}),
    ])
"""


VARIANTS = """
from drcheck import *

@stated
def misspelt(d):
    return never(d.c.bb)
@stated
def only_with_more(d):
    return never(d.e.y & d.c.b & d.e.x)

@design(title="With parameters", properties=__name__)
def variants(more: bool = True, n: int = 0) -> System:
    c = Component("c", ["a", "b"], transitions=[on("go", "a", "b")])
    e = Component("e", ["x", "y"], transitions=[on("come", "x", "y")])
    return compose("variants", [c, e] if more else [c])
"""


def test_a_misspelt_name_is_no_reason_to_skip_an_item(project: Project) -> None:
    """What a property speaks of may be absent with a parameter that is set; it must be there without."""
    cli_project.write(project.root, {"model/variants.py": VARIANTS})
    ran = project.pytest("--drcheck-design", "model.variants:variants more=no")
    outcomes = {node.rpartition("::")[2]: outcome for node, outcome in ran.outcomes.items()}
    assert (outcomes["misspelt"], outcomes["only_with_more"]) == ("FAILED", "SKIPPED")
    assert "[DR104] component c has no state or variable 'bb'" in ran.out


def test_each_search_has_its_item_on_domains(project: Project) -> None:
    cli_project.write(project.root, {"model/queue.py": DOMAIN_IN_A_VARIANT})
    here = "model.queue:queue"
    ran = project.pytest(here, "-rs")
    assert ran.outcomes == {
        f"{here}::{DOMAINS}": "PASSED",
        f"{here}::fits": "PASSED",
        f"{here}::can_be_full": "PASSED",
        f"{here}::{DOMAINS}[jobs=5]": "FAILED",
        f"{here}::fact": "PASSED",
        f"{here}::{DOMAINS}[jobs=4]": "SKIPPED",
    }
    assert "VIOLATED: arrives would take c.q out of 0..3" in ran.out
    assert "only facts of the composition are stated for these parameters: nothing was searched" in ran.out
    assert project.pytest(f"{here}::{DOMAINS}[jobs=4]").outcomes == {f"{here}::{DOMAINS}[jobs=4]": "FAILED"}
    suite = f"def test_it(drcheck_check):\n    drcheck_check('{here}')\n"
    cli_project.write(project.root, {"suite/test_it.py": suite})
    ran = project.pytest("suite")
    assert ran.outcomes == {"suite/test_it.py::test_it": "FAILED"}
    assert "values_stay_in_their_domains VIOLATED: arrives would take c.q out of 0..3" in ran.out


REPAIRED = """
from drcheck import *

@stated(claims="P-1", finding=Finding("Nobody serves for a while", "The standby waits.", "Do not wait.", {"prompt": True}))
def prompt(d):
    return never(d.standby.serving & d.primary.up)

@stated(finding=Finding("The primary fails", "It does.", "Let it not.", {"failures": 0}))
def never_down(d):
    return always(d.primary.up)

@stated(finding=Finding("The standby serves", "It does.", "Let it.", {"prompt": True}))
def never_serves(d):
    return never(d.standby.serving)

@stated(finding=Finding("It comes to nothing", "", "", {"failures": 0}))
def about_nothing(d):
    return whenever(d.primary.down, d.standby.serving)
"""


def test_repairs_of_findings_are_items(project: Project) -> None:
    cli_project.write(project.root, {"properties/pair.py": REPAIRED})
    here = "model.pair:pair"
    assert not [node for node in project.pytest().outcomes if "repair" in node]
    outcomes = {
        f"{here}::prompt[repair]": "PASSED",
        f"{here}::never_down[repair]": "PASSED",
        f"{here}::never_serves[repair]": "FAILED",
        f"{here}::about_nothing[repair]": "FAILED",
    }
    ran = project.pytest("--drcheck-repairs", "-k", "repair")
    assert ran.outcomes == outcomes
    assert "never_serves[repair] the repair does not work: The standby serves" in ran.out
    assert "VIOLATED: shown by a trace of 2 steps" in ran.out
    assert "With: prompt=yes" in ran.out
    assert "about_nothing[repair] the repair does not work: It comes to nothing" in ran.out
    assert "holds vacuously" in ran.out
    for node, outcome in outcomes.items():
        assert project.pytest(node).outcomes == {node: outcome}
    project.settings("\ndrcheck_repairs = true")
    assert {node: o for node, o in project.pytest().outcomes.items() if "repair" in node} == outcomes


OBJECTIVES = """
from drcheck.logic.objectives import disruption, objective
from drcheck.logic.properties import stated, worst_case

@stated(measures="time_back")
def waited(d):
    return worst_case(d.standby.waited)

DECLARED = [
    objective(disruption("one failure", given={"failures": 1}), back_within=hours(4), source="the agreement"),
    objective(disruption("no wait", given={"failures": 1}), back_within=hours(0), source="the agreement"),
    disruption("without one", given={"failures": 0}),
]
"""


def test_objectives_are_items(project: Project) -> None:
    cli_project.write(project.root, {"properties/pair.py": "from drcheck import hours\n" + OBJECTIVES})
    here = "model.pair:pair"
    outcomes = {f"{here}::one failure: waited": "PASSED", f"{here}::no wait: waited": "FAILED"}

    def seen(*words: str) -> dict[str, str]:
        """The outcomes of items, whose names have blanks."""
        out = project.pytest(*words).out
        return dict(re.findall(rf"^({here}::\w+ \w+: \w+) (PASSED|FAILED) ", out, re.MULTILINE))

    assert seen() == {}
    assert seen("--drcheck-objectives") == outcomes
    assert "Source: the agreement" in project.pytest("--drcheck-objectives").out
    for node, outcome in outcomes.items():
        assert seen(node) == {node: outcome}
    project.settings("\ndrcheck_objectives = true")
    assert seen() == outcomes


def test_how_properties_are_decided_can_be_chosen(project: Project) -> None:
    found = project.pytest("--drcheck-by", "auto")
    assert found.status == 0
    assert found.outcomes == project.pytest().outcomes
    refused = project.pytest("--drcheck-by", "guess")
    assert refused.status != 0
    assert "[DR518] properties are not decided by 'guess'; available: search, slices, auto" in refused.out


def test_node_ids_can_be_given_back(project: Project) -> None:
    odd = "@stated(name='a::b [c] d,e=f', given={'failures': 0})\ndef odd(d):\n    return always(d.primary.up)\n"
    cli_project.write(project.root, {"properties/pair.py": REPAIRED + odd})
    project.settings("model.pair:pair threshold=3h prompt=yes\n    model.pair")
    ran = project.pytest("--drcheck-repairs", "--collect-only", "-qq")
    nodes = [line for line in ran.out.splitlines() if line.startswith("model.pair")]
    assert len(nodes) == len(set(nodes)) == 3 * 11
    assert "model.pair:pair[threshold=3h,prompt=yes]::values_stay_in_their_domains[failures=0]" in nodes
    for node in nodes[::3]:
        for given in (node, f"{node}@model.pair:pair[prompt=yes]"):  # with --dist loadgroup ids have such a part
            done = project.pytest(given, "--collect-only", "-qq")
            assert [line for line in done.out.splitlines() if line.startswith("model.pair")] == [node]
    done = project.pytest(*nodes, "--collect-only", "-qq")
    assert sorted(line for line in done.out.splitlines() if line.startswith("model.pair")) == sorted(nodes)
    failed = f"FAILED {nodes[1]} - "
    assert failed in project.pytest(nodes[1], "-rf").out


def test_values_in_node_ids_are_read_as_they_were_written() -> None:
    for value in ("3h", "a,b", "x]", "[", "50%", "a b", "=", "é", "%2C", "a::b", "@"):
        request = Request("m.n:d", (("p", value), ("q", value)))
        assert request_in(request.label, []) == request
        assert request_in(f"{request.label}::x[y]::z", []) == replace(request, names=("x[y]::z",))
    assert request_in("tests/test_a.py::test_b[c]", []) is None
    assert request_in("test_a.py::test_b[c:d]", []) is None
    assert request_in("a.b", []) is None


def test_a_design_without_properties_says_so(project: Project) -> None:
    path = project.root / "model" / "pair.py"
    path.write_text(path.read_text().replace(', properties="properties.pair"', ""))
    ran = project.pytest()
    assert ran.outcomes == {f"model.pair:pair::{DOMAINS}": "PASSED"}
    assert "DrcheckWarning: model.pair:pair states no properties" in ran.out


def test_an_error_of_one_property_is_not_that_of_others(project: Project) -> None:
    text = cli_project.PROPERTIES.replace("return never(d.primary.up", "return never(d.primry.up")
    cli_project.write(project.root, {"properties/pair.py": text})
    ran = project.pytest()
    assert {node.split("::")[1] for node, outcome in ran.outcomes.items() if outcome == "FAILED"} == {"one_at_a_time"}
    assert "error: [DR115] system pair has no component 'primry'" in ran.out


def test_properties_as_declared_pass_and_a_finding_that_is_still_found_passes(project: Project) -> None:
    ran = project.pytest()
    assert (ran.status, ran.outcomes) == (0, {f"model.pair:pair::{name}": "PASSED" for name in ITEMS})


def test_what_is_not_as_declared_fails_and_tells_why(project: Project) -> None:
    cli_project.write(project.root, {"properties/pair.py": MISDECLARED})
    ran = project.pytest()
    assert ran.status == 1
    assert ran.outcomes == {
        "model.pair:pair::values_stay_in_their_domains": "PASSED",
        "model.pair:pair::values_stay_in_their_domains[failures=0]": "PASSED",
        "model.pair:pair::never_down": "FAILED",
        "model.pair:pair::one_at_a_time": "FAILED",
        "model.pair:pair::all_is_well": "PASSED",
        "model.pair:pair::about_nothing": "FAILED",
    }
    assert "never_down of model.pair:pair" in ran.out
    assert "never_down VIOLATED: shown by a trace of 1 step" in ran.out
    assert "Claims: P-1" in ran.out
    assert "Source: the book, page 1" in ran.out
    assert "primary up -> down" in ran.out
    assert "one_at_a_time the finding is gone: The two serve at once" in ran.out
    assert "about_nothing holds vacuously: its trigger never happens: primary.down" in ran.out
    assert "With: failures=0" in ran.out
    assert "Traceback" not in ran.out
    assert "pytest_plugin.py" not in ran.out


def test_what_a_value_outside_its_domain_leaves_undecided_fails_with_that_trace(project: Project) -> None:
    path = project.root / "model" / "pair.py"
    text = path.read_text().replace("when=primary.down & (waited < threshold)", "when=primary.down")
    text = text.replace('Age("waited", cap=threshold)', 'Integer("waited", 0, 2)').replace(
        "import Age,", "import Integer,"
    )
    path.write_text(text)
    ran = project.pytest("-k", "one_at_a_time")
    assert set(ran.outcomes.values()) == {"FAILED"}
    assert "one_at_a_time INCONCLUSIVE: a value leaves its domain" in ran.out
    assert "primary up -> down" in ran.out


def test_designs_with_parameters(project: Project) -> None:
    project.settings("model.pair:pair threshold=3h prompt=no")
    ran = project.pytest("-rs")
    assert ran.outcomes["model.pair:pair[threshold=3h,prompt=no]::one_at_a_time"] == "PASSED"
    assert ran.outcomes["model.pair:pair[threshold=3h,prompt=no]::longest_wait"] == "SKIPPED"
    assert len(ran.outcomes) == 2 * len(ITEMS) - 1
    assert "stated for other values of prompt" in ran.out


def test_items_are_chosen_on_the_command_line(project: Project) -> None:
    cli_project.write(project.root, {"suite/test_other.py": "def test_other():\n    pass\n"})
    here, other = "model.pair:pair", "suite/test_other.py::test_other"
    assert project.pytest(f"{here}::one_at_a_time").outcomes == {f"{here}::one_at_a_time": "PASSED"}
    assert len(project.pytest(here).outcomes) == len(ITEMS)
    assert project.pytest(f"{here}::P-2", "suite/test_other.py").outcomes == {
        other: "PASSED",
        f"{here}::somebody_serves": "PASSED",
        f"{here}::longest_wait": "PASSED",
    }
    assert project.pytest("-k", "P-1").outcomes == {f"{here}::one_at_a_time": "PASSED"}
    assert project.pytest("suite").outcomes == {other: "PASSED"}
    assert len(project.pytest("suite", "--drcheck-design", f"{here} failures=0").outcomes) == len(ITEMS) + 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("model.nowhere:pair", "error: [DR201] there is no module 'model.nowhere' here"),
        ("model.pair:pari", "error: [DR201] module model.pair has no design 'pari'"),
        ("model.pair:pair threshold=7hx", "error: [DR206] parameter threshold: '7hx' is not a duration"),
        ("model.pair:pair colour=blue", "error: [DR204] design model.pair:pair has no parameter 'colour'"),
    ],
)
def test_designs_that_cannot_be_collected_are_errors_not_passes(project: Project, more: str, words: str) -> None:
    project.settings(more)
    ran = project.pytest()
    assert ran.status == pytest.ExitCode.INTERRUPTED
    assert words in ran.out
    assert "Traceback" not in ran.out
    assert "PASSED" not in ran.out


def test_a_setting_that_cannot_be_read_is_a_usage_error(project: Project) -> None:
    project.settings("model.pair:pair threshold")
    ran = project.pytest(process=True)
    assert ran.status == pytest.ExitCode.USAGE_ERROR
    assert "'threshold' in 'model.pair:pair threshold' is not an assignment" in ran.out


def test_an_unknown_property_on_the_command_line_is_an_error(project: Project) -> None:
    ran = project.pytest("model.pair:pair::one_at_a_tme")
    assert ran.status == pytest.ExitCode.INTERRUPTED
    assert "[DR301]" in ran.out
    assert "did you mean 'one_at_a_time'?" in ran.out


def test_an_error_during_the_search_is_one_coded_line(project: Project) -> None:
    text = MISDECLARED.replace("return always(d.primary.up)", "return always(d.primry.up)")
    cli_project.write(project.root, {"properties/pair.py": text})
    ran = project.pytest("-k", "never_down")
    assert ran.status == 1
    assert "error: [DR115] system pair has no component 'primry'" in ran.out
    assert "Traceback" not in ran.out


COUNTED = """
import os
import sys
from drcheck.verdicts.searching import searched

def counting(*arguments, **details):
    with open(os.environ["SEARCHES"], "a") as file:
        file.write("x")
    return searched(*arguments, **details)

sys.modules["drcheck.verdicts.searching"].searched = counting
"""


@pytest.mark.parametrize("words", [(), ("-n", "2"), ("-n", "2", "--dist", "loadgroup")])
def test_each_search_is_run_once(project: Project, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    if words:
        pytest.importorskip("xdist")
    path = project.root / "model" / "pair.py"
    path.write_text(path.read_text() + COUNTED)
    log = project.root / "searches"
    monkeypatch.setenv("SEARCHES", str(log))
    ran = project.pytest(*words, process=True)
    assert ran.status == 0
    assert f"{len(ITEMS)} passed" in ran.out
    assert log.read_text() == "xx"


def test_without_xdist(project: Project) -> None:
    ran = project.pytest("-p", "no:xdist", "--strict-markers")
    assert (ran.status, len(ran.outcomes)) == (0, len(ITEMS))


def test_verdicts_and_claims_are_in_the_junit_report(project: Project) -> None:
    project.pytest("--junit-xml=report.xml", "-o", "junit_family=xunit1", "-k", "somebody_serves")
    text = (project.root / "report.xml").read_text()
    assert '<property name="claim" value="P-2"' in text
    assert '<property name="verdict" value="VIOLATED"' in text


def test_plain_runs_load_no_engine(project: Project) -> None:
    test = "import sys\ndef test_it():\n    assert not {'numpy', 'numba', 'llvmlite', 'rich', 'click'} & set(sys.modules)\n"
    cli_project.write(project.root, {"suite/test_plain.py": test})
    assert project.pytest("suite", process=True).outcomes == {"suite/test_plain.py::test_it": "PASSED"}


# -- the fixture --------------------------------------------------------------------------------------------------------
SUITE = """
import pytest
from drcheck.designs.design import load
from drcheck.logic.properties import always, never, reachable, worst_case
from model.pair import pair
from properties.pair import longest_wait, one_at_a_time


def test_design(drcheck_check):
    verdicts = drcheck_check(pair)
    assert [v.property.name for v in verdicts][1:] == [
        "one_at_a_time", "somebody_serves", "longest_wait", "standby_takes_over"]


def test_names(drcheck_check):
    verdicts = drcheck_check("model.pair:pair", "longest_wait", threshold="5h", prompt=True)
    assert verdicts[-1].value == 5


def test_objects(drcheck_check):
    system = pair.build({"failures": 0})
    drcheck_check(system, always(system.primary.up, name="up"), one_at_a_time)
    drcheck_check(pair, one_at_a_time, longest_wait)


def test_violated(drcheck_check):
    system = pair.build()
    drcheck_check(system, always(system.primary.up, name="up"), reachable(system.standby.serving, name="taken_over"))


def test_skipped(drcheck_check):
    drcheck_check(pair, "longest_wait", prompt=False)


def test_unnamed(drcheck_check):
    system = pair.build()
    drcheck_check(system, always(system.primary.up | system.primary.down), always(system.primary.up))


def test_of_one_name(drcheck_check):
    system = pair.build()
    drcheck_check(system, always(system.primary.up | system.primary.down, name="p"), always(system.primary.up, name="p"))


def test_contradicts(drcheck_check):
    drcheck_check(pair, longest_wait, prompt=False)


def test_not_a_design(drcheck_check):
    drcheck_check(3)


def test_names_need_a_design(drcheck_check):
    drcheck_check(pair.build(), "one_at_a_time")


def test_inconclusive(drcheck_check):
    from drcheck.engines.protocol import Limits
    from model.counters import counters
    drcheck_check(counters, "sum", limits=Limits(states=2000))
"""


def test_the_fixture(project: Project) -> None:
    cli_project.write(project.root, {"suite/test_mine.py": SUITE, "model/counters.py": cli_project.COUNTERS})
    file = "suite/test_mine.py"
    ran = project.pytest(file)
    assert ran.outcomes == {
        f"{file}::test_design": "PASSED",
        f"{file}::test_names": "PASSED",
        f"{file}::test_objects": "PASSED",
        f"{file}::test_violated": "FAILED",
        f"{file}::test_skipped": "FAILED",
        f"{file}::test_unnamed": "FAILED",
        f"{file}::test_of_one_name": "FAILED",
        f"{file}::test_contradicts": "FAILED",
        f"{file}::test_not_a_design": "FAILED",
        f"{file}::test_names_need_a_design": "FAILED",
        f"{file}::test_inconclusive": "FAILED",
    }
    assert "up VIOLATED: shown by a trace of 1 step" in ran.out
    assert "primary up -> down" in ran.out
    assert "taken_over HOLDS" not in ran.out
    assert "always (primary.up) VIOLATED: shown by a trace of 1 step" in ran.out
    assert "p VIOLATED: shown by a trace of 1 step" in ran.out
    assert ran.out.count("[DR302] property longest_wait cannot be decided here: it is stated for prompt=yes") >= 2
    assert "[DR203] 3 is neither a system nor a design" in ran.out
    assert "[DR203] one_at_a_time: only designs have names of properties and parameters" in ran.out
    assert "sum INCONCLUSIVE: the search stopped at the limit of 2,000 states" in ran.out


def test_the_settings_of_this_repository_name_all_designs() -> None:
    root = Path(__file__).resolve().parents[2]
    with (root / "pyproject.toml").open("rb") as file:
        lines = tomllib.load(file)["tool"]["pytest"]["ini_options"]["drcheck_designs"]
    code = "from drcheck.cli.discover import discover\nprint(*(design.name for design in discover()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert {line.split()[0] for line in lines} == set(done.stdout.split())


TWINS = """
from drcheck import Component, System, compose, design, on, reachable


def server(name):
    return Component(name, ["up", "down"], transitions=[on("fails", "up", "down"), on("mended", "down", "up")])


@design(title="Twins")
def twins() -> System:
    first, second = server("first"), server("second")
    return compose("twins", [first, second], properties=[
        reachable(first.down, name="one"), reachable(second.down, name="two"),
    ])
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two processes"])
def test_remarks_are_warnings_told_once(project: Project, workers: tuple[str, ...]) -> None:
    cli_project.write(project.root, {"model/twins.py": TWINS})
    ran = project.pytest("model.twins:twins", "-W", "default::drcheck.RemarkWarning", *workers)
    assert set(ran.outcomes.values()) == {"PASSED"}
    assert ran.out.count("RemarkWarning: [DR802] first / second: they are made by one function") == 1
    assert "1 warning" in ran.out


def test_a_suite_can_refuse_remarks(project: Project) -> None:
    cli_project.write(project.root, {"model/twins.py": TWINS})
    ran = project.pytest("model.twins:twins", "-W", "error::drcheck.RemarkWarning")
    assert list(ran.outcomes.values()).count("FAILED") == 1
    assert "remark: [DR802] first / second" in ran.out
    assert "Traceback" not in ran.out


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two processes"])
def test_rows_that_are_never_chosen_are_told_in_a_line(project: Project, workers: tuple[str, ...]) -> None:
    path = project.root / "model" / "pair.py"
    text = path.read_text().replace(
        """on("take_over", "idle", "serving", when""",
        """on("take_over", "idle", "serving", when=primary.up & (waited == threshold)),
        on("take_over", "idle", "serving", when""",
    )
    path.write_text(text)
    ran = project.pytest(*workers)
    told = [line for line in ran.out.splitlines() if "never chosen" in line]
    assert told == ["model.pair:pair: rows that are never chosen: standby.take_over from idle (model/pair.py:24)"]
