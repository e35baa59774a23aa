"""The pytest plugin, seen from a user's project: what is collected, what passes and fails, what a failure tells."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

import drcheck.check
import drcheck.render.text
from tests import cli_project

assert drcheck.check is not None  # loaded before pytester looks which modules there are: NumPy cannot be loaded twice

pytest_plugins = ["pytester"]

SETTINGS = """
[pytest]
drcheck_designs =
    model.pair:pair
    {more}
"""

MISDECLARED = '''
from drcheck.logic.properties import Finding, always, never, stated, whenever, worst_case


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
        return Ran(int(done.ret), out, {node: first or last for first, node, last in lines if {first, last} & set(words_)})


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(pytester, monkeypatch)


ITEMS = ["values_stay_in_their_domains", "one_at_a_time", "somebody_serves", "standby_takes_over", "longest_wait"]
"""Those of one search next to each other."""


def test_one_item_for_each_property_of_each_design(project: Project) -> None:
    ran = project.pytest("--collect-only", "-qq")
    assert ran.status == 0
    assert [line for line in ran.out.splitlines() if "::" in line] == [f"model.pair:pair::{name}" for name in ITEMS]


def test_properties_as_declared_pass_and_a_finding_that_is_still_found_passes(project: Project) -> None:
    ran = project.pytest()
    assert (ran.status, ran.outcomes) == (0, {f"model.pair:pair::{name}": "PASSED" for name in ITEMS})


def test_what_is_not_as_declared_fails_and_tells_why(project: Project) -> None:
    cli_project.write(project.root, {"properties/pair.py": MISDECLARED})
    ran = project.pytest()
    assert ran.status == 1
    assert ran.outcomes == {
        "model.pair:pair::values_stay_in_their_domains": "PASSED",
        "model.pair:pair::never_down": "FAILED",
        "model.pair:pair::one_at_a_time": "FAILED",
        "model.pair:pair::all_is_well": "PASSED",
        "model.pair:pair::about_nothing": "FAILED",
    }
    assert "never_down of model.pair:pair" in ran.out
    assert "never_down VIOLATED: shown by a trace of 1 step" in ran.out
    assert "Claims: P-1" in ran.out
    assert "Source: the book, page 1" in ran.out
    assert "primary: up -> down" in ran.out
    assert "one_at_a_time the finding is gone: The two serve at once" in ran.out
    assert "about_nothing holds vacuously: its trigger never happens: primary.down" in ran.out
    assert "With: failures=0" in ran.out
    assert "Traceback" not in ran.out
    assert "pytest_plugin.py" not in ran.out


def test_what_a_value_outside_its_domain_leaves_undecided_fails_with_that_trace(project: Project) -> None:
    path = project.root / "model" / "pair.py"
    text = path.read_text().replace("when=primary.down & (waited < threshold)", "when=primary.down")
    text = text.replace('Age("waited", cap=threshold)', 'Integer("waited", 0, 2)').replace("import Age,", "import Integer,")
    path.write_text(text)
    ran = project.pytest("-k", "one_at_a_time")
    assert set(ran.outcomes.values()) == {"FAILED"}
    assert "one_at_a_time INCONCLUSIVE: a value leaves its domain" in ran.out
    assert "primary: up -> down" in ran.out


def test_designs_with_parameters(project: Project) -> None:
    project.settings("model.pair:pair threshold=3h prompt=no")
    ran = project.pytest("-rs")
    assert ran.outcomes["model.pair:pair[threshold=3h,prompt=no]::one_at_a_time"] == "PASSED"
    assert ran.outcomes["model.pair:pair[threshold=3h,prompt=no]::longest_wait"] == "SKIPPED"
    assert len(ran.outcomes) == 2 * len(ITEMS)
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
        ("model.pair:pair threshold=7hx", "error: [DR206] '7hx' is not a duration"),
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
from drcheck.check import _searched

def counting(*arguments, **details):
    with open(os.environ["SEARCHES"], "a") as file:
        file.write("x")
    return _searched(*arguments, **details)

sys.modules["drcheck.check"]._searched = counting
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
SUITE = '''
import pytest
from drcheck.design import load
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


def test_not_a_design(drcheck_check):
    drcheck_check(3)


def test_names_need_a_design(drcheck_check):
    drcheck_check(pair.build(), "one_at_a_time")


def test_inconclusive(drcheck_check):
    from drcheck.explore.protocol import Limits
    from model.counters import counters
    drcheck_check(counters, "sum", limits=Limits(states=2000))
'''


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
        f"{file}::test_not_a_design": "FAILED",
        f"{file}::test_names_need_a_design": "FAILED",
        f"{file}::test_inconclusive": "FAILED",
    }
    assert "up VIOLATED: shown by a trace of 1 step" in ran.out
    assert "primary: up -> down" in ran.out
    assert "taken_over HOLDS" not in ran.out
    assert "[DR302] property longest_wait cannot be decided here: it is stated for prompt=yes" in ran.out
    assert "[DR203] 3 is neither a system nor a design" in ran.out
    assert "[DR203] one_at_a_time: only designs have names of properties and parameters" in ran.out
    assert "sum INCONCLUSIVE: the search stopped at the limit of 2,000 states" in ran.out


def test_the_settings_of_this_repository_name_all_designs() -> None:
    root = Path(__file__).resolve().parent.parent
    with (root / "pyproject.toml").open("rb") as file:
        lines = tomllib.load(file)["tool"]["pytest"]["ini_options"]["drcheck_designs"]
    code = "from drcheck.cli.discover import discover\nprint(*(design.name for design in discover()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert {line.split()[0] for line in lines} == set(done.stdout.split())
