"""`--log`, `--disk`, `--memory` and `--threads` on the command line: a search goes on from where it ended."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support import cli_project

ROOT = Path(__file__).resolve().parents[2]
MAIN = "from drcheck.engines.native.search import log; log.EVERY = 0.0; from drcheck.cli import main; main()"
"""drcheck, with a log that is written as often as the search is looked at."""
LARGE = f'''
"""The benchmark's size M: 6 million states."""
import sys

sys.path.append({str(ROOT)!r})

from bench.pipeline import SIZES, pipeline
from drcheck import System
from drcheck.designs.design import design
from drcheck.logic.properties import always, reachable, worst_case


@design
def large() -> System:
    """Data on its way."""
    system = pipeline(*SIZES["M"])
    lost = system.component("pipeline").variable("lost")
    promises = (always(lost <= 1, name="few"), reachable(lost == 1, name="some"), worst_case(lost, name="most"))
    return System(**{{**vars(system), "properties": promises}})
'''


def made(folder: Path) -> Path:
    cli_project.write(folder, {"model/large.py": LARGE, "model/counters.py": cli_project.COUNTERS})
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return made(tmp_path)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The answer of a check that is not stopped, in memory, by one thread."""
    return told(made(tmp_path_factory.mktemp("whole")), "--threads", "1")


def begun(project: Path, *more: str, design: str = "model.large") -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, "check", design, *more],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told(project: Path, *more: str, status: int = 0, design: str = "model.large") -> dict[str, Any]:
    """What a check prints as JSON, but for how long it took."""
    process = begun(project, "--json", *more, design=design)
    out, err = process.communicate(timeout=100)
    assert process.returncode == status, err
    out = re.sub(r'"phases": \{[^}]*\}', '"phases": {}', out)
    data: dict[str, Any] = json.loads(re.sub(r'"seconds": [\d.e-]+', '"seconds": 0', out))
    return data


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir()) if folder.exists() else 0


def verdicts(data: dict[str, Any]) -> dict[str, str]:
    return {v["property"]: v["verdict"] for v in data["verdicts"]}


def test_a_search_that_memory_stopped_goes_on_where_there_is_more(project: Path, expected: dict[str, Any]) -> None:
    logged = ["--log", "logs", "--threads", "2"]
    partly = told(project, *logged, "--memory", "130M", status=3)
    assert verdicts(partly)["few"] == verdicts(partly)["most"] == "INCONCLUSIVE"
    assert "the limit of 130M of memory" in partly["verdicts"][1]["reason"]
    assert verdicts(expected) == dict.fromkeys(verdicts(expected), "HOLDS")
    assert told(project, *logged) == expected
    began = size(project / "logs")
    assert told(project, *logged) == expected  # all of it is made again
    assert size(project / "logs") == began > 100_000


def test_a_check_that_was_killed_goes_on(project: Path, expected: dict[str, Any]) -> None:
    words = ["--log", "logs", "--threads", "2", "--json"]
    sizes = []
    for _ in range(3):
        process = begun(project, *words)
        before, began = max(size(project / "logs"), 1_000), time.monotonic()
        while size(project / "logs") <= before and process.poll() is None and time.monotonic() - began < 30:
            time.sleep(0.002)
        process.kill()
        process.communicate()
        sizes.append(size(project / "logs"))
    assert sizes[0] > 1_000
    assert sizes == sorted(sizes)
    assert told(project, *words[:-1]) == expected


def test_files_on_disk_answer_the_same_and_are_gone_afterwards(project: Path, expected: dict[str, Any]) -> None:
    (project / "files").mkdir()
    assert told(project, "--disk", "files", "--threads", "2") == expected
    assert not list((project / "files").iterdir())


def test_a_search_on_disk_that_its_limit_of_states_stopped_goes_on_without(
    project: Path, expected: dict[str, Any]
) -> None:
    (project / "files").mkdir()
    partly = told(project, "--disk", "files", "--log", "logs", "--limit-states", "300000", status=3)
    assert partly["verdicts"][1]["verdict"] == "INCONCLUSIVE"
    assert told(project, "--log", "logs") == expected


@pytest.mark.parametrize("option", ["--log", "--disk"])
@pytest.mark.parametrize("wrong", ["file", "below", "closed", "missing"])
def test_folders_that_cannot_be_used(project: Path, option: str, wrong: str) -> None:
    if (option, wrong) == ("--log", "missing"):
        assert (
            told(project, option, "missing", "--engine", "native", status=1, design="model.counters")["states"]
            == 10_201
        )
        assert size(project / "missing")  # a folder for logs is made
        return
    if wrong == "closed" and (os.name == "nt" or os.geteuid() == 0):
        pytest.skip("nothing is closed to this user")
    (project / "file").write_text("")
    (project / "closed").mkdir(mode=0o500)
    folder = {"below": "file/below"}.get(wrong, wrong)
    process = begun(project, option, folder, "--engine", "native", design="model.counters")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert out == ""
    assert re.fullmatch(rf"error: \[DR506\] [^\n]*{folder}[^\n]*; name [^\n]+\n", err), err


def test_a_log_of_another_system_under_the_same_name(project: Path) -> None:
    words = ["--log", "logs", "--engine", "native"]
    told(project, *words, status=1, design="model.counters")
    (file,) = (project / "logs").iterdir()
    file.write_bytes(b"something else\n")
    process = begun(project, *words, design="model.counters")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert re.fullmatch(r"error: \[DR506\] [^\n]*is not the log of this system[^\n]*remove the file[^\n]*\n", err), err
    assert file.read_bytes() == b"something else\n"


# -- what goes wrong beside the search: what was decided is told ----------------------------------------------------------
TWICE = """
from typing import Annotated
from drcheck import Component, Integer, System, compose, on
from drcheck.designs.design import design
from drcheck.logic.properties import always, stated


@design(properties="properties.twice")
def twice(top: Annotated[int, "how far each counts", range(1, 101)] = 3) -> System:
    parts = []
    for name in ("a", "b"):
        n = Integer("n", 0, 100)
        count = on(f"{name}_counts", "on", when=n < top, then={n: n + 1})
        parts.append(Component(name, ["on"], variables=[n], transitions=[count]))
    return compose("twice", parts)
"""
PROPERTIES = """
from drcheck.logic.properties import always, stated


@stated()
def few(d):
    return always(d.a.n < 3)


@stated(given={"top": 100})
def many(d):
    return always(d.a.n + d.b.n <= 200)


@stated(given={"top": 2})
def fewer(d):
    return always(d.a.n < 3)
"""
HOLDING = """
import sys
from pathlib import Path
from drcheck.kernels.lock import lock
files = [path.open("r+b") for path in Path(sys.argv[1]).iterdir()]
print(*[lock(file.fileno()) for file in files], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def twice(project: Path) -> Path:
    cli_project.write(project, {"model/twice.py": TWICE, "properties/twice.py": PROPERTIES})
    return project


def test_a_log_that_is_in_use_ends_its_search_alone(twice: Path) -> None:
    """The searches before and after it are told, and it is not decided."""
    told(twice, "--log", "logs", status=1, design="model.twice")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(twice / "logs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        data = told(twice, "--log", "logs", status=1, design="model.twice")
        process = begun(twice, "many", "--log", "logs", design="model.twice")
        out, err = process.communicate(timeout=60)
        other.kill()
    given = verdicts(data)
    assert (given["few"], given["many"], given["fewer"]) == ("VIOLATED", "INCONCLUSIVE", "HOLDS")
    (stopped,) = [run["stopped"] for run in data["runs"] if not run["complete"]]
    assert re.fullmatch(r"its files: another search has the log logs/twice-\w+\.log open", stopped.replace(os.sep, "/"))
    assert (process.returncode, out) == (2, "")
    assert re.fullmatch(r"error: \[DR507\] another search has the log [^\n]* open; wait until [^\n]*\n", err), err


def test_folders_are_looked_at_before_any_search(twice: Path) -> None:
    """The first search would be small and need none."""
    (twice / "file").write_text("")
    for option in ("--log", "--disk"):
        process = begun(twice, option, "file/below", design="model.twice")
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (2, "")
        assert re.fullmatch(r"error: \[DR506\] [^\n]*file[^\n]below[^\n]*; name [^\n]+\n", err), err


def test_a_log_that_cannot_be_written_is_said_in_the_report(project: Path) -> None:
    """The system lets no file grow beyond some bytes."""
    resource = pytest.importorskip("resource", reason="limits of files are there on POSIX systems only")
    assert resource
    main = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)); " + MAIN
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), "DRCHECK_CACHE": ""}

    def run(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-c", main, "check", "model.counters", "--engine", "native", "--log", "logs", *words],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.stderr == ""
        return done.returncode, done.stdout

    status, out = run("--json")
    data = json.loads(out)
    assert (status, data["states"], verdicts(data)["sum"]) == (1, 10_201, "HOLDS")
    (remark,) = data["runs"][0]["remarks"]
    assert re.fullmatch(r"the log \S+ could not be written \(File too large\): it covers 0 states", remark)
    status, out = run("--no-trace")
    assert "could not be written (File too large)" in " ".join(out.split())
