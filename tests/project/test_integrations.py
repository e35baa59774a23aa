"""The GitHub Action, the hooks for pre-commit and the container file: what they run is there, and how the action ends.

What reads YAML is skipped where PyYAML is missing. The whole action, the hooks and the container's steps install drcheck, and
are tried by hand.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from drcheck.cli.application import application
from tests.support import cli_project

ROOT = Path(__file__).resolve().parents[2]
ACTION = ROOT / ".github" / "actions" / "check"
Ending = tuple[int, str, dict[str, str], str]

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")


def run(folder: Path, command: str = f'exec "{sys.executable}" -m drcheck "$@"', **environment: str) -> Ending:
    """Run the action's script with this drcheck, or another command: its status, what it printed, its outputs, its summary."""
    given = {"DESIGNS": "", "OPTIONS": "", "GATE": "true", "OUTPUT": "results", **environment}
    files = {"GITHUB_OUTPUT": str(folder / "outputs"), "GITHUB_STEP_SUMMARY": str(folder / "summary")}
    path = f"{folder / 'bin'}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    (folder / "bin").mkdir(exist_ok=True)
    program = folder / "bin" / "drcheck"
    program.write_text(f"#!/bin/sh\n{command}\n")
    program.chmod(0o755)
    for file in files.values():
        Path(file).write_text("")
    done = subprocess.run(
        ["bash", str(ACTION / "check.sh")],
        cwd=folder,
        env={**os.environ, **given, **files, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    outputs = dict(line.split("=", 1) for line in Path(files["GITHUB_OUTPUT"]).read_text().splitlines())
    return done.returncode, done.stdout + done.stderr, outputs, Path(files["GITHUB_STEP_SUMMARY"]).read_text()


def test_the_action_checks_every_design(tmp_path: Path) -> None:
    cli_project.write_project(tmp_path)
    status, said, outputs, summary = run(tmp_path, OPTIONS="--set failures=0\n--engine python")
    assert (status, outputs) == (0, {"folder": "results", "status": "0"}), said
    names = sorted(path.name for path in (tmp_path / "results").iterdir())
    assert names == [f"model.pair.pair.{end}" for end in ("json", "junit.xml", "sarif", "txt")]
    assert "### model.pair:pair" in summary
    assert "failures=0" in summary


STATUSES = [("0", 0), ("0 3 0", 3), ("3 1 3 0", 1), ("1 3", 1), ("1 2 3", 2), ("2 0", 2), ("0 139", 2)]


@pytest.mark.parametrize(("statuses", "worst"), STATUSES)
def test_the_action_goes_on_and_ends_with_the_worst(statuses: str, worst: int, tmp_path: Path) -> None:
    """Designs are called as the statuses with which they end."""
    status, said, outputs, _ = run(tmp_path, 'echo "asked: $@"; exit "$2"', DESIGNS=statuses, OPTIONS="--coverage")
    assert (status, outputs["status"]) == (worst, str(worst))
    for design in statuses.split():
        asked = f"check {design} --coverage --gate --format text,json,sarif,junit --output results/"
        assert f"asked: {asked}\n" in said
    assert "--gate" not in run(tmp_path, 'echo "asked: $@"', DESIGNS="1", GATE="false")[1]


def test_the_action_without_designs_is_an_error(tmp_path: Path) -> None:
    status, said, outputs, _ = run(tmp_path)
    assert (status, outputs["status"]) == (2, "2")
    assert "[DR402]" in said


def test_the_action_hands_its_inputs_to_the_script() -> None:
    yaml = pytest.importorskip("yaml")
    action = yaml.safe_load((ACTION / "action.yml").read_text(encoding="utf-8"))
    steps = action["runs"]["steps"]
    given = {name: value for step in steps for name, value in step["env"].items()}
    assert sorted(re.findall(r"inputs\.(\w+)", json.dumps(given))) == sorted(action["inputs"])
    script = (ACTION / "check.sh").read_text(encoding="utf-8")
    assert all(f"${name}" in script or f"{{{name}" in script for name in steps[1]["env"])
    assert {f"steps.check.outputs.{name}" for name in action["outputs"]} == set(
        re.findall(r"steps\.check\.outputs\.\w+", json.dumps(action["outputs"]))
    )
    assert "../../..[native]" in steps[0]["run"]
    assert (ACTION / ".." / ".." / "..").resolve() == ROOT


def parses(words: list[str]) -> Mapping[str, object]:
    """Whether a drcheck command line is one, up to what is to follow."""
    name, *rest = words
    command = application.commands[name]
    known = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
    assert {word for word in rest if word.startswith("-")} <= known, words
    return {name: rest}


def test_the_hooks_are_commands() -> None:
    yaml = pytest.importorskip("yaml")
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks] == ["drcheck-check", "drcheck-stubs"]
    for hook in hooks:
        program, *words = shlex.split(hook["entry"])
        assert program == "drcheck"
        parses(words)
        assert re.search(hook["files"], "model/pair.py")
        assert hook["pass_filenames"] is False


def test_the_container_file_copies_what_there_is() -> None:
    text = (ROOT / ".ci" / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]
    assert [word for word, _ in lines] == ["FROM", "COPY", "COPY", "RUN", "ENV", "WORKDIR", "ENTRYPOINT", "CMD"]
    for source in (name for word, rest in lines if word == "COPY" for name in rest.split()[:-1]):
        assert (ROOT / source).exists(), source
    assert ("ENTRYPOINT", '["drcheck"]') in [tuple(line) for line in lines]
