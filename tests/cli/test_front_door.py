"""The first things that are typed: no command, a file's name, an example out of a help text, the tab key."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import drcheck.examples
from drcheck.cli.application import application
from tests.support import cli_project

EXAMPLES = Path(drcheck.examples.__file__)
SCRIPTS = Path(sys.executable).parent
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cli_project.write_project(tmp_path)
    cli_project.write(
        tmp_path, {"model/example.py": EXAMPLES.read_text(encoding="utf-8")}
    )  # with a procedure and an audit
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


# -- help ---------------------------------------------------------------------------------------------------------------
def test_no_command_is_help(command: Command) -> None:
    status, out, err = command()
    assert (status, err) == (0, "")
    assert out == command("--help")[1]


def test_python_m_drcheck_is_the_command(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "drcheck", "errors", "DR117"], capture_output=True, text=True, cwd=project
    )
    assert (done.returncode, done.stdout) == (0, "DR117  a duration that is not a whole number of ticks\n")
    done = subprocess.run([sys.executable, "-m", "drcheck", "chek"], capture_output=True, text=True, cwd=project)
    assert done.returncode == 2


def examples() -> list[str]:
    """The commands that the help texts show."""
    texts = [application.epilog or "", *(command.epilog or "" for command in application.commands.values())]
    return list(dict.fromkeys(re.findall(r"^ +(drcheck .+)$", "\n".join(texts), re.MULTILINE)))


def test_there_are_examples_for_every_command() -> None:
    assert {line.split()[1] for line in examples()} == set(application.commands)


@pytest.mark.parametrize("line", examples())
def test_every_example_of_a_help_text_runs(
    line: str, command: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("extract.prm", "datapump.prm", "replicat.prm"):
        (project / name).write_text("EXTRACT e\n")
    words = shlex.split(line.partition(" > ")[0])[1:]
    if words[:2] == ["stubs", "--check"]:
        command("stubs")  # else they are missing
    if words[-1] == "--stale":
        command(*words[:-1])  # else there is no stored result
    if words[0] == "diff" or "--baseline" in words:
        told = command("check", "drcheck.examples:pair", "--json")[1]
        for name in ("old.json", "new.json", "result.json", "main/pair.json", "branch/pair.json"):
            cli_project.write(project, {name: told})
    if "--again" in words:
        command("review", "drcheck.examples:pair")
    if "old/review.json" in words:
        command("review", "drcheck.examples:pair", "--output", "old")
        command("review", "drcheck.examples:pair")
    if "--again" in words:
        command("review", "drcheck.examples:pair")
    if words[0] == "watch":
        return  # it goes on for ever: see test_watch
    if words[0] == "explore":
        words += ["--text"]  # the page stays open
        monkeypatch.setattr("sys.stdin", io.StringIO("path\n"))
    if "--walks" in words:
        words[words.index("--walks") + 1] = "1000"  # as good, and sooner
    if "--seconds" in words:
        words[words.index("--seconds") + 1] = "0.2"
    if "--table" in words:
        words[words.index("--table") + 1] = "1M"
    status, out, err = command(*words)
    assert "error" not in err
    assert out
    assert status in ((0, 1, 3) if words[0] in ("check", "objectives", "simulate", "swarm") else (0,))
    if words[0] == "mutate" and "drcheck.examples:pair" in words:
        assert re.search(r"^ *1\. stop_standby +leave out.* one_at_a_time$", out, re.MULTILINE)


def test_the_example_promises_what_it_says(command: Command) -> None:
    status, out, _ = command("check", "drcheck.examples:pair", "--no-trace")
    assert status == 1
    assert "5 properties: 4 hold, 1 violated (1 known)" in out
    assert "never fire" not in out
    status, out, _ = command("check", "drcheck.examples:pair", "longest_wait", "--set", "patience=6h", "--coverage")
    assert status == 0
    assert "exactly 6 ticks (6h)" in out


def test_the_example_names_places_in_its_own_file() -> None:
    system = drcheck.examples.pair.build()
    assert Path(system.component("standby").place.file).name == "examples.py"
    assert all(event.place is not None and Path(event.place.file).name == "examples.py" for event in system.events)


def test_the_audit_of_the_example(command: Command, project: Path) -> None:
    (project / "extract.prm").write_text("EXTRACT e\nUSERID u, PASSWORD secret\n")
    status, out, _ = command("audit", "drcheck.examples:passwords", "extract.prm")
    assert status == 1
    assert "extract.prm:2: problem password" in out
    assert command("audit", "drcheck.examples:passwords", "nowhere.prm")[0] == 2


# -- files ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "target",
    [
        "model/pair.py",
        "model/pair.py:pair",
        "./model/pair.py:pair",
        "model/../model/pair.py",
        "{project}/model/pair.py",
    ],
)
def test_a_file_stands_for_its_module(target: str, command: Command, project: Path) -> None:
    status, out, err = command("check", target.format(project=project), "one_at_a_time")
    assert (status, err) == (0, "")
    assert out.startswith("model.pair:pair: ")


def test_a_file_in_the_working_directory_and_in_a_plain_folder(command: Command, project: Path) -> None:
    text = cli_project.DESIGN.replace(', properties="properties.pair"', "")
    for place in (project / "standby_pair.py", project / "designs" / "standby_pair.py"):
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")
    assert command("check", "standby_pair.py")[1].startswith("standby_pair:pair: ")
    assert command("show", "designs/standby_pair.py:pair")[0] == 0
    assert command("list", "designs/standby_pair.py")[1].startswith("designs.standby_pair:pair: ")


# -- the tab key --------------------------------------------------------------------------------------------------------
LINES = {
    "drcheck sim": ["simulate"],
    "drcheck check model.": ["model.example:pair", "model.pair:pair"],
    "drcheck check model.pair:p": ["model.pair:pair"],
    "drcheck check drcheck.examples:": ["drcheck.examples:pair"],
    "drcheck check model.pair:pair o": ["one_at_a_time"],
    "drcheck check model.pair:pair P-": ["P-1", "P-2"],
    "drcheck check model.pair:pair --set ": ["threshold=", "failures=", "prompt="],
    "drcheck check model.pair:pair --set prompt=": ["prompt=yes", "prompt=no"],
    "drcheck check model.pair:pair --set failures=": ["failures=0", "failures=1", "failures=2"],
    "drcheck mutate model.pair:pair --set thr": ["threshold="],
    "drcheck check model.pair:pair --engine n": ["numpy", "native"],
    "drcheck check model.nowhere:pair --set ": [],
    "drcheck check loud:": [],
}
"""A line that is being typed, and the words that can follow."""


def asked(shell: str, script: str, directory: Path) -> str:
    """What a shell prints that runs a script, with drcheck on its path and nothing of a user's settings."""
    program = shutil.which(shell)
    if program is None or not (SCRIPTS / "drcheck").exists():
        pytest.skip(f"{shell} or the command drcheck is not installed")
    environment = {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}", "HOME": str(directory)}
    flags = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run(
        [program, *flags, "-c", script], cwd=directory, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def loud(project: Path) -> Path:
    """A project with a module that prints and fails when it is imported: nothing of it may reach the line."""
    (project / "loud.py").write_text("print('LOUD')\nraise SystemExit('LOUD')\n")
    return project


@pytest.mark.parametrize("line", list(LINES))
def test_what_can_follow(line: str, loud: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    word = line.rpartition(" ")[2]
    before = word[: max(word.rfind(":"), word.rfind("=")) + 1]  # bash takes these for words of their own
    for breaks, prefix in ((" :=", before), (" ", "")):
        for name, value in (("_DRCHECK_COMPLETE", "bash_complete"), ("COMP_WORDS", line), ("COMP_BREAKS", breaks)):
            monkeypatch.setenv(name, value)
        status, out, err = command()
        assert (status, err) == (0, "")
        assert out.split() == [f"plain,{found.removeprefix(prefix)}" for found in LINES[line]]


IN_SHELLS = [
    "drcheck check model.pair:p",
    "drcheck check model.pair:pair --set ",
    "drcheck check model.pair:pair --set prompt=",
    "drcheck check loud:",
]


def test_bash_completes(loud: Path) -> None:
    script = ['eval "$(_DRCHECK_COMPLETE=bash_source drcheck)"', "compopt() { :; }"]
    for line in IN_SHELLS:
        script += [f"COMP_LINE={shlex.quote(line)}; COMP_POINT={len(line)}; _drcheck_completion drcheck"]
        script += ['echo "${COMPREPLY[@]}"']
    printed = asked("bash", "\n".join(script), loud).splitlines()
    assert [shown.split() for shown in printed] == [["pair"], ["threshold=", "failures=", "prompt="], ["yes", "no"], []]


def test_zsh_completes(loud: Path) -> None:
    script = ["compdef() { :; }", 'eval "$(_DRCHECK_COMPLETE=zsh_source drcheck)"']
    script += [
        "_describe() { print -rl -- $completions_with_descriptions; }",
        "compadd() { print -rl -- $completions; }",
    ]
    for line in IN_SHELLS:
        words = [*line.split(), *([""] if line.endswith(" ") else [])]
        script += [f"words=({shlex.join(words)}); CURRENT={len(words)}; print BEGIN; _drcheck_completion"]
    printed = [shown.splitlines() for shown in asked("zsh", "\n".join(script), loud).split("BEGIN\n")[1:]]
    assert printed[0] == ["model.pair:pair"]
    assert [line.partition(":")[0] for line in printed[1]] == ["threshold=", "failures=", "prompt="]
    assert printed[2:] == [["prompt=yes", "prompt=no"], []]


def test_fish_completes(loud: Path) -> None:
    script = ["_DRCHECK_COMPLETE=fish_source drcheck | source"]
    for line in IN_SHELLS:
        script += ["echo BEGIN", f"complete -C {shlex.quote(line)}"]
    for line, shown in zip(IN_SHELLS, asked("fish", "\n".join(script), loud).split("BEGIN\n")[1:], strict=True):
        assert {found.partition("\t")[0] for found in shown.splitlines()} == set(LINES[line]), line


def test_a_shell_that_nobody_knows_gets_nothing(monkeypatch: pytest.MonkeyPatch, command: Command) -> None:
    for instruction in ("tcsh_source", "bash_nonsense", "bash"):
        monkeypatch.setenv("_DRCHECK_COMPLETE", instruction)
        assert command() == (1, "", "")
