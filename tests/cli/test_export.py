"""`drcheck export`: what is written, and that the checkers which read it, run as it says, count the same.

The commands that it prints are run as they stand, but for the C compiler's optimisation. Where a checker is missing, its tests
are skipped. Generated systems are in tests/interop/test_interop.py.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drcheck.designs.design import load
from drcheck.engines.protocol import Query
from drcheck.engines.python import PythonEngine
from drcheck.interop.languages import LANGUAGES, bad_states
from drcheck.system.system import System
from tests.support import cli_project

Command = Callable[..., tuple[int, str, str]]
DESIGNS = ("drcheck.examples:pair", "model.info_mart_replication.second_instance:second_instance")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cli_project.write_project(tmp_path)
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


def _spin(told: str) -> tuple[int, int]:
    stored, matched = (int(re.search(rf"(\d+) states, {what}", told)[1]) for what in ("stored", "matched"))  # type: ignore[index]
    return stored, stored + matched - 1


def _rumur(told: str) -> tuple[int, int]:
    found = re.search(r"(\d+) states, (\d+) rules fired", told)
    assert found is not None, told
    return int(found[1]), int(found[2])


def _storm(told: str) -> tuple[int, int]:
    states, steps = (int(re.search(rf"{what}:\s+(\d+)", told)[1]) for what in ("States", "Transitions"))  # type: ignore[index]
    return states, steps


COUNTS: dict[str, Callable[[str], tuple[int, int]]] = {"promela": _spin, "murphi": _rumur, "jani": _storm}
"""States and steps, as drcheck counts them, from what each checker prints."""


def run(printed: list[str], folder: Path) -> str:
    """Carry out the commands that were printed; what the last one says. Skips where a program is missing."""
    for line in printed:
        words = shlex.split(line.replace("-O2", "-O0"))
        words[0] = (
            sys.executable if words[0] == "python" else words[0]
        )  # the one that Storm's package would be installed in
        if not words[0].startswith("./") and shutil.which(words[0]) is None:
            pytest.skip(f"{words[0]} is not installed")
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=60)
        if "No module named" in done.stderr:
            pytest.skip(done.stderr.splitlines()[-1])
        assert line is printed[-1] or done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def counted(system: System) -> tuple[int, int]:
    found = PythonEngine().explore(system, Query())
    assert found.complete
    return found.states, found.transitions


@pytest.mark.parametrize("language", sorted(COUNTS))
@pytest.mark.parametrize("design", DESIGNS)
def test_the_printed_commands_count_the_same(
    design: str, language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from drcheck.cli.main import run as drcheck

    file = tmp_path / f"model{LANGUAGES[language].ending}"
    assert drcheck(["export", design, language, "--output", str(file)]) == 0
    first, *commands = capsys.readouterr().out.splitlines()
    assert first == f"written: {file}"
    assert COUNTS[language](run(commands, tmp_path)) == counted(load(design).build({}))


UNREAD = """
from drcheck import *

@design
def unread() -> System:
    '''A flag that nothing reads is a part of the state.'''
    flag = Boolean("flag")
    part = Component("part", ["a", "b"], variables=[flag], transitions=[
        on("go", "a", "b", then={flag: ~flag}), on("back", "b", "a"),
    ])
    other = Component("other", ["a", "b"], transitions=[on("set", "a", "b"), on("unset", "b", "a")])
    seen = Boolean("seen")
    third = Component("third", ["a"], variables=[seen], transitions=[on("see", "a", when=part.b, then={seen: True})])
    return compose("unread", [part, other, third])
"""


@pytest.mark.parametrize("language", sorted(COUNTS))
def test_what_nothing_reads_is_counted_too(language: str, command: Command, project: Path) -> None:
    cli_project.write(project, {"model/unread.py": UNREAD})
    status, out, err = command("export", "model.unread", language, "--output", "it")
    assert (status, err) == (0, "")
    assert COUNTS[language](run(out.splitlines()[1:], project)) == counted(load("model.unread").build({}))


@pytest.mark.parametrize(("language", "says"), [("promela", "assertion violated"), ("murphi", "somebody_serves")])
def test_an_invariant_that_does_not_hold_is_seen(language: str, says: str, command: Command, project: Path) -> None:
    _, out, _ = command("export", "drcheck.examples:pair", language, "one_at_a_time", "--output", "holds")
    assert says not in run(out.splitlines()[1:], project)
    _, out, _ = command("export", "drcheck.examples:pair", language, "somebody_serves", "--output", "fails")
    assert says in run(out.splitlines()[1:], project)


def test_what_is_written_where(command: Command, project: Path) -> None:
    status, text, err = command("export", "model.pair", "murphi", "P-1")
    assert (status, err) == (0, "")
    assert text.count("invariant") == 1
    assert 'invariant "one_at_a_time"' in text
    assert command("export", "model.pair", "murphi", "P-1", "--output", "-") == (0, text, "")
    command("export", "model.pair", "murphi", "P-1", "--output", "sub/one.m")
    command("export", "model.pair", "murphi", "P-1", "--output", "models/")
    command("export", "model.pair", "murphi", "P-1", "-o", "models")
    assert (project / "sub/one.m").read_text() == (project / "models/pair.m").read_text() == text
    assert sorted(p.name for p in (project / "models").iterdir()) == ["pair.m"]
    assert "c1_primary" not in command("export", "model.pair", "murphi", "--set", "failures=0")[1]


def test_parameters_reach_the_model(command: Command, project: Path) -> None:
    one, two = (command("export", "model.pair", "murphi", "--set", f"failures={n}")[1] for n in (1, 2))
    assert one != two


def test_a_trigger_is_part_of_what_breaks_an_invariant() -> None:
    from drcheck import whenever

    system = load("drcheck.examples:pair").build({})
    primary, standby = system.component("primary"), system.component("standby")
    bad = bad_states(system, [whenever(primary.down, standby.idle, name="first")])
    states = PythonEngine().explore(system, Query(tuple(bad.values()))).hits
    assert states[0] is not None
    never = bad_states(system, [whenever(primary.up & primary.down, standby.in_service, name="second")])
    assert PythonEngine().explore(system, Query(tuple(never.values()))).hits == (None,)
