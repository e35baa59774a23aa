"""What reaches a terminal: nothing wider than it, no word in two pieces, and no escape sequence out of a model."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drcheck.render.style import clean
from tests.support import cli_project

Command = Callable[..., tuple[int, str, str]]
MAIN = [sys.executable, "-m", "drcheck"]
ESCAPES = "\x1b[31mred\x1b]0;title\x07 \x9b1m \u202eturned \r"

HOSTILE = '''
"""Whoever wrote this would like to colour the terminal, set its title, and overwrite lines."""
from typing import Annotated

from drcheck import Boolean, Component, Finding, System, compose, design, on, never
from drcheck.logic.properties import stated

E = {escapes!r}
print("LOUD")


@design(title="title " + E)
def hostile(much: Annotated[bool, "meaning " + E] = False) -> System:
    print("LOUD")
    seen = Boolean("seen")
    part = Component("part", ["a", "b"], variables=[seen], doc="doc " + E, transitions=[
        on("go", "a", "b", then={{seen: True}}, doc="event " + E),
    ])
    promise = never(part.b, name="promise")
    return compose("hostile", [part], properties=[promise], doc="system " + E)


@design(properties=__name__)
def found() -> System:
    return hostile.function()


@stated(claims="C " + E.replace(";", ":"), source="source " + E, assumptions="assumed " + E,
        finding=Finding("found " + E, "explained " + E, "repair " + E))
def told(d: System):
    "statement {plain}"
    return never(d.part.b)
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cli_project.write_project(tmp_path)
    text = HOSTILE.format(escapes=ESCAPES, plain=ESCAPES.replace("\r", "").encode("unicode_escape").decode())
    cli_project.write(tmp_path, {"model/hostile.py": text})
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


# -- widths -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "words",
    [
        ("check", "model.pair:pair", "--trace"),
        ("simulate", "model.pair:pair", "--walks", "10"),
        ("list", "model.pair:pair"),
        ("show", "model.pair:pair"),
        ("claims", "model.pair:pair", "--whole"),
        ("check", "drcheck.examples:pair", "--coverage", "--trace"),
    ],
)
def test_lines_keep_to_the_width_and_words_stay_whole(
    words: tuple[str, ...], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def printed(columns: int) -> tuple[list[str], set[str]]:
        monkeypatch.setenv("COLUMNS", str(columns))
        out = command(*words)[1]
        return out.splitlines(), set(re.findall(r"[A-Za-z]{2,}", out))

    _, known = printed(300)
    for columns in (20, 33, 47, 60, 80, 100):
        lines, seen = printed(columns)
        assert seen <= known, columns
        assert all(len(line) <= columns for line in lines if len(line.split()) > 1), columns  # a long word stays whole
        if columns >= 60:
            assert all(len(line) <= columns for line in lines), columns


@pytest.mark.parametrize("columns", ["0", "-3", "many", ""])
def test_a_width_that_is_none_is_as_if_it_were_not_set(
    columns: str, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def printed() -> str:
        return re.sub(r"\d\.\d+", "0", command("check", "model.pair:pair")[1])

    monkeypatch.delenv("COLUMNS", raising=False)
    expected = printed()
    monkeypatch.setenv("COLUMNS", columns)
    assert printed() == expected


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("columns", [0, 50])
def test_a_terminal_says_how_wide_it_is(columns: int, project: Path) -> None:
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k != "COLUMNS"} | {"TERM": "dumb"}
    process = subprocess.Popen(
        [*MAIN, "check", "model.pair:pair", "--trace"],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        cwd=project,
        env=environment,
    )
    os.close(theirs)
    seen = cli_project.read_all(ours)
    assert process.wait() == 1
    lines = [line.rstrip() for line in seen.decode().splitlines()]
    assert "VIOLATED somebody_serves (P-2)" in lines
    assert all(len(line) <= (columns or 80) for line in lines)


# -- what a model says ------------------------------------------------------------------------------------------------
def test_control_characters_are_shown_and_not_sent() -> None:
    assert clean(ESCAPES) == "\\x1b[31mred\\x1b]0;title\\x07 \\x9b1m \\u202eturned \\r"
    assert clean("a\nb\tc\u00a0d \udc80 \u00ad é 日本") == "a\nb c d \\udc80 \u00ad é 日本"


@pytest.mark.parametrize("words", [
    ("check", "model.hostile:hostile", "--trace"), ("check", "model.hostile:found"), ("list", "model.hostile:hostile"),
    ("show", "model.hostile:hostile"), ("simulate", "model.hostile:found", "--walks", "5"),
    ("swarm", "model.hostile:found", "--table", "1K"), ("list", "model.hostile:found"),
    ("draw", "model.hostile:hostile"), ("draw", "model.hostile:hostile", "--format", "dot"),
    ("draw", "model.hostile:hostile", "--format", "svg"), ("draw", "model.hostile:hostile", "--component", "part"),
    ("draw", "model.hostile:found", "--counterexample", "told", "--format", "text"),
    ("check", "model.hostile:found", "--set", "x\x1b[31m=1"), ("check", "\x1b[31m"), ("errors", "\x1b[31m"),
    ("check", "model.hostile:hostile", "--json"), ("claims", "model.hostile:found"),
])  # short cases  # fmt: skip
def test_no_command_obeys_a_model(words: tuple[str, ...], command: Command) -> None:
    _, out, err = command(*words)
    assert out + err
    assert not re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", out + err)


def test_what_pytest_tells_of_a_violation_is_clean_too(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "model.hostile:hostile"],
        capture_output=True,
        text=True,
        cwd=project,
    )
    assert done.returncode == 1
    assert "promise" in done.stdout
    assert "\x1b]0;" not in done.stdout


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        (("draw", "model.hostile:hostile", "--format", "dot"), "digraph"),
        (("draw", "model.hostile:hostile"), "flowchart"),
        (("check", "model.hostile:hostile", "--json"), "{"),
        (("list", "model.hostile:hostile", "--json"), "["),
    ],
)
def test_what_a_model_prints_does_not_come_between(words: tuple[str, ...], begins: str, command: Command) -> None:
    _, out, err = command(*words)
    assert "LOUD" in err
    assert "LOUD" not in out
    assert begins in out.lstrip()[:60]
    if words[-1] == "--json":
        json.loads(out)


# -- sizes and times --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "size", ["1M", "1MB", "1MiB", "1m", "1.5mib", "1024K", "1048576", "1048576B", "0.001G", " 1 M "]
)
def test_sizes_are_read_alike(size: str, command: Command) -> None:
    status, out, err = command("swarm", "model.pair:pair", "P-1", "--table", size, "--json")
    assert (status, err) == (3, "")
    bits = json.loads(out)["runs"][0]["searches"][0]["table_bits"]
    assert bits // 8 in (1 << 20, 3 << 19, int(0.001 * (1 << 30)) // 8 * 8)
    status, _, err = command("check", "model.pair:pair", "P-1", "--memory", size)
    assert status == 2  # Python alone needs more
    told = {"1.5mib": "1,536K", "0.001G": "1,073,741 bytes"}.get(size, "1M")
    assert err.startswith(f"error: [DR515] the limit of {told} of memory cannot be kept: ")


@pytest.mark.parametrize("size", ["1.5G", "1.5GiB", "2gb", "1T", "3000M"])
def test_a_large_size_is_a_limit(size: str, command: Command) -> None:
    assert command("check", "model.pair:pair", "P-1", "--memory", size)[0] in (0, 3)


@pytest.mark.parametrize("size", ["1.5", "G", "1X", "1,5G", "-1G", "1e9", "nan", ""])
def test_what_is_no_size_is_refused_alike(size: str, command: Command) -> None:
    for words in (("swarm", "model.pair:pair", f"--table={size}"), ("check", "model.pair:pair", f"--memory={size}")):
        status, out, err = command(*words)
        assert (status, out) == (2, "")
        assert "[DR503]" in err


def test_a_terabyte_is_a_size(command: Command) -> None:
    assert "there can be" not in command("swarm", "model.pair:pair", "--table", "1T")[2]
    assert command("check", "model.pair:pair", "P-1", "--memory", "1T")[0] == 0


def test_the_seconds_of_simulate_are_those_of_the_whole_command(command: Command, project: Path) -> None:
    """Two sets of parameters share the time, and making machine code is part of it."""
    slow = cli_project.DESIGN.replace("    waited = Age", "    import time\n    time.sleep(0.3)\n    waited = Age")
    (project / "model" / "pair.py").write_text(slow)
    status, out, _ = command("simulate", "model.pair:pair", "--seconds", "3", "--json")
    assert status == 1
    runs = json.loads(out)["runs"]
    assert len(runs) == 2
    assert all(each["walks"] > 0 for each in runs)
    assert (
        sum(each["seconds"] for each in runs) < 4.5
    )  # three, and what a busy machine adds; each of its own would be six
