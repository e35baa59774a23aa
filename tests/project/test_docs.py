"""README.md and docs/ are executed: what they show is what happens.

How a page is read:

* files in a folder beside the page that is called as it is (`examples.md`, `examples/`) are in that directory;
* a fence `python file=NAME` (or `toml file=NAME`) writes a file to the page's own empty directory;
* a fence `diff file=NAME` edits that file: its lines with `-` or a blank are there once and become those with `+` or a blank;
* a fence `console` runs the lines that begin with `$ ` in that directory, with the installed drcheck, and what they print is
  compared with the lines below them. A line `...` stands for any lines. `exit=N` is the status, 0 where it is missing;
* a fence `python` without a file is run in the page's own namespace; a fence `text printed` after it is what it prints;
* a fence `python of=FILE` is not run: it quotes lines that stand in that file of the repository;
* a fence `sh` is not run: it needs a network or takes long. The drcheck commands in it must exist and parse.

Every other fence is one of `text`, `json` and `mermaid`, and only shows something.

After a change of the output that is meant, write what is printed into the pages, and read the difference:

    DRCHECK_REGENERATE=1 ./run test tests/project/test_docs.py -k happens
"""

from __future__ import annotations

import contextlib
import difflib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest

from drcheck.cli.application import application
from drcheck.cli.options import settings_for
from drcheck.designs.design import load
from drcheck.designs.selection import select
from drcheck.report.glossary import TERMS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").glob("*.md")])
DOCS = ROOT / "docs"
EXECUTED = [page for page in PAGES if page.parent in (DOCS, DOCS / "native") or page == ROOT / "README.md"]
SHOWN_ONLY = {"text", "json", "mermaid", "sh"}
REGENERATE = os.environ.get("DRCHECK_REGENERATE") == "1"


@dataclass(frozen=True)
class Fence:
    """A block of code: the words after its fence, its text, and the number of its first line."""

    words: tuple[str, ...]
    text: str
    line: int

    @property
    def language(self) -> str:
        return self.words[0] if self.words else ""

    def option(self, name: str) -> str | None:
        return next((word.partition("=")[2] for word in self.words if word.startswith(f"{name}=")), None)


def fences(page: Path) -> list[Fence]:
    found, lines = [], page.read_text(encoding="utf-8").splitlines()
    start: int | None = None
    for number, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if start is None:
            start = number
        else:
            text = "\n".join(lines[start + 1 : number]) + "\n"
            found.append(Fence(tuple(lines[start][3:].split()), text, start + 2))
            start = None
    assert start is None, f"{page.name}: the fence in line {start} is not closed"
    return found


def title(page: Path) -> str:
    return str(page.relative_to(ROOT))


# -- running a page -------------------------------------------------------------------------------------------------
def normal(text: str) -> list[str]:
    """Lines without what differs from run to run: times, blanks at the ends, empty lines at both ends."""
    text = re.sub(r"\b\d+\.\d+ s of search(?:, .* in all)?", "0.0 s of search", text)
    text = re.sub(r"\b\d+\.\d\d(?=  (python|native|reference)\b)", "0.00", text)
    text = re.sub(r"\bin \d+\.\d+s\b", "in 0.00s", text)
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def agree(expected: list[str], printed: list[str]) -> bool:
    """Whether the printed lines are the expected ones; an expected line `...` stands for any number of lines."""
    if not expected:
        return not printed
    if expected[0].strip() == "...":
        return any(agree(expected[1:], printed[n:]) for n in range(len(printed) + 1))
    return bool(printed) and expected[0] == printed[0] and agree(expected[1:], printed[1:])


def refreshed(expected: list[str], printed: list[str]) -> list[str]:
    """The expected lines as they are printed now: each part between `...` as the part of its length that is most like it."""
    result: list[str] = []
    part: list[str] = []
    parts = [part]
    for line in expected:
        if line.strip() == "...":
            parts.append(part := [])
        else:
            part.append(line)
    if len(parts) == 1:
        return printed
    at = 0
    for number, part in enumerate(parts):
        starts = range(at, max(at, len(printed) - len(part)) + 1)
        if number == 0:
            starts = range(at, at + 1)
        elif number == len(parts) - 1:
            starts = range(starts[-1], starts[-1] + 1)
        best = max(
            starts,
            key=lambda n: sum(
                difflib.SequenceMatcher(None, *pair).ratio() for pair in zip(part, printed[n:], strict=False)
            ),
        )
        at = best + len(part)
        result += [*(["..."] if number else []), *printed[best:at]]
    return result


def difference(expected: list[str], printed: list[str]) -> str:
    return "\n".join(difflib.unified_diff(expected, printed, "shown", "printed", lineterm="", n=1))


def commands(fence: Fence) -> list[tuple[str, str]]:
    """(command, what is shown below it)."""
    found: list[tuple[str, list[str]]] = []
    for line in fence.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            assert found, f"line {fence.line}: output before the first command"
            found[-1][1].append(line)
    return [(command, "\n".join(lines)) for command, lines in found]


def run(command: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a user would whose virtual environment is active."""
    scripts = Path(sys.executable).parent
    name, *arguments = shlex.split(command)
    executable = next((p for p in (scripts / name, scripts / f"{name}.exe") if p.exists()), None)
    assert executable is not None, f"{name} is not installed beside {sys.executable}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "DRCHECK", "PYTHONPATH"))}
    environment |= {"COLUMNS": "100", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
    return subprocess.run(
        [str(executable), *arguments],
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def quotes(passage: str, text: str) -> bool:
    """Whether the lines of a passage stand in a text one after the other, all shifted by as much."""
    lines = passage.splitlines()
    for found in re.finditer(rf"^( *){re.escape(lines[0])}$", text, re.MULTILINE):
        shifted = "\n".join(found[1] + line if line else "" for line in lines)
        if text.startswith(shifted + "\n", found.start()):
            return True
    return False


class Reader:
    """Carries out the fences of one page in order."""

    def __init__(self, page: Path, directory: Path) -> None:
        self.page, self.directory = page, directory
        self.namespace: dict[str, Any] = {"__name__": f"page_{page.stem}"}
        self.printed: str | None = None
        self.executed = 0

    def carry_out(self, fence: Fence) -> None:
        where = f"{title(self.page)}:{fence.line}"
        file = fence.option("file")
        if quoted := fence.option("of"):
            assert quotes(fence.text, (ROOT / quoted).read_text(encoding="utf-8")), f"{where}: not in {quoted}"
        elif fence.language == "diff":
            assert file, f"{where}: which file does this change?"
            self.edit(self.directory / file, fence, where)
        elif file:
            path = self.directory / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fence.text, encoding="utf-8")
        elif fence.language == "console":
            self.console(fence, where)
        elif fence.language == "python":
            self.python(fence, where)
        elif fence.words == ("text", "printed"):
            assert self.printed is not None, f"{where}: nothing was run that could have printed this"
            shown, printed = normal(fence.text), normal(self.printed)
            if REGENERATE and shown != printed:
                self.write(fence.text.rstrip("\n"), printed)
                return
            assert shown == printed, f"{where}:\n{difference(shown, printed)}"
        else:
            assert fence.language in SHOWN_ONLY, f"{where}: nothing is known of fences {' '.join(fence.words)!r}"
            return
        self.executed += 1

    def edit(self, path: Path, fence: Fence, where: str) -> None:
        lines = [line or " " for line in fence.text.splitlines()]
        before = "".join(line[1:] + "\n" for line in lines if line[0] in "- ")
        after = "".join(line[1:] + "\n" for line in lines if line[0] in "+ ")
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{where}: these lines are not in {path.name} exactly once:\n{before}"
        path.write_text(text.replace(before, after), encoding="utf-8")

    def write(self, old: str, lines: list[str]) -> None:
        text = self.page.read_text(encoding="utf-8")
        assert text.count(old) >= 1
        self.page.write_text(text.replace(old, "\n".join(lines), 1), encoding="utf-8")

    def console(self, fence: Fence, where: str) -> None:
        status = int(fence.option("exit") or 0)
        for command, shown in commands(fence):
            done = run(command, self.directory)
            assert done.returncode == status, f"{where}: {command}: status {done.returncode}\n{done.stdout}"
            if shown.strip():
                expected, printed = normal(shown), normal(done.stdout)
                if REGENERATE and not agree(expected, printed):
                    self.write(shown, refreshed(expected, printed))
                    continue
                assert agree(expected, printed), (
                    f"{where}: {command} prints otherwise:\n{difference(expected, printed)}"
                )

    def python(self, fence: Fence, where: str) -> None:
        out = io.StringIO()
        code = compile("\n" * (fence.line - 1) + fence.text, str(self.page), "exec")
        with contextlib.redirect_stdout(out):
            exec(code, self.namespace)
        self.printed = out.getvalue()


@pytest.mark.parametrize("page", EXECUTED, ids=title)
def test_what_a_page_shows_is_what_happens(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(DOCS)  # where toy_search.py is
    if (beside := page.with_suffix("")).is_dir() and any(beside.glob("*.py")):
        shutil.copytree(beside, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    reader = Reader(page, tmp_path)
    for fence in fences(page):
        reader.carry_out(fence)
    if title(page) in ("README.md", *(f"docs/{name}.md" for name in ("tutorial", "language", "properties"))):
        assert reader.executed >= 3, f"{page.name} shows hardly anything that is executed"


def test_a_page_that_shows_something_else_is_told(tmp_path: Path) -> None:
    def page(text: str) -> Path:
        path = ROOT / "nowhere.md"
        written = tmp_path / path.name
        written.write_text(text, encoding="utf-8")
        return written

    wrong = page("```python\nprint(1)\n```\n\n```text printed\n2\n```\n")
    reader = Reader.__new__(Reader)
    Reader.__init__(reader, ROOT / "README.md", tmp_path)
    first, second = fences(wrong)
    reader.carry_out(first)
    with pytest.raises(AssertionError):
        reader.carry_out(second)
    (shown,) = fences(page("```console\n$ drcheck --version\ndrcheck 99\n```\n"))
    with pytest.raises(AssertionError, match="prints otherwise"):
        reader.carry_out(shown)
    (failing,) = fences(page("```console\n$ drcheck nothing_of_the_kind\n```\n"))
    with pytest.raises(AssertionError, match="status 2"):
        reader.carry_out(failing)


def test_a_passage_stands_in_a_file_line_by_line() -> None:
    text = "def f():\n    if x:\n        y = 1\n\n    return y\n"
    assert quotes("if x:\n    y = 1\n\nreturn y\n", text)
    assert quotes("def f():\n", text)
    assert not quotes("if x:\n    y = 2\n", text)
    assert not quotes("if x:\ny = 1\n", text)
    assert not quotes("f():\n", text)
    assert not quotes("return\n", text)


def test_dots_stand_for_any_lines() -> None:
    assert agree(["a", "...", "d"], ["a", "b", "c", "d"])
    assert agree(["a", "...", "b"], ["a", "b"])
    assert not agree(["a", "...", "d"], ["a", "b", "c"])
    assert not agree(["a"], ["a", "b"])


def test_a_page_is_refreshed_between_its_dots() -> None:
    assert refreshed(["a 1", "...", "b 2", "b 3"], ["a 9", "x", "y", "b 8", "b 7"]) == ["a 9", "...", "b 8", "b 7"]
    assert refreshed(["a", "...", "b 2", "...", "c"], ["a", "x", "b 5", "y", "c"]) == ["a", "...", "b 5", "...", "c"]
    assert refreshed(["a"], ["b", "c"]) == ["b", "c"]


# -- commands, links, generated pages -------------------------------------------------------------------------------
_INLINE = re.compile(r"`((?:drcheck|\./run) [^`]+)`")


def mentioned(page: Path) -> list[str]:
    """Every drcheck command that a page shows, in fences and in its text."""
    text = page.read_text(encoding="utf-8")
    shown = [fence.text.replace("\\\n", " ") for fence in fences(page) if fence.language in ("console", "sh")]
    lines = [line for text in shown for line in text.splitlines()]
    found = [line.removeprefix("$ ") for line in lines if line.startswith(("drcheck ", "./run ", "$ drcheck "))]
    return [*found, *_INLINE.findall(text)]


@pytest.mark.parametrize("page", [p for p in PAGES if mentioned(p)], ids=title)
def test_every_command_that_a_page_shows_exists(page: Path) -> None:
    own = {fence.option("file") for fence in fences(page)}  # these designs are not the repository's
    for line in mentioned(page):
        program, *words = shlex.split(line.replace("[", "").replace("]", ""), comments=True)
        if program == "./run" and words[:1] in (["test"], ["lint"], []):
            continue
        if not words or words[0].startswith("-") or words[0].isupper():
            continue
        with click.Context(application) as outer:
            command = application.get_command(outer, words[0])
            assert command is not None, f"{title(page)}: there is no command {words[0]}: {line}"
            if len(words) == 1 or "..." in words or any(word.isupper() and "-" not in word for word in words[1:]):
                continue  # a pattern such as `drcheck check DESIGN`
            given = command.make_context(words[0], words[1:], parent=outer).params
            for target in [given["target"]] if "target" in given else given.get("targets", ()):
                module = str(target).partition(":")[0]
                if module.startswith("model.") and f"{module.replace('.', '/')}.py" not in own:
                    design = load(target)
                    settings_for(design, given.get("assignments", ()))
                    select(design, [*given.get("names", ()), *filter(None, [given.get("counterexample")])])


_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for first, second in _LINK.findall(text):
        link = first or second
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{title(page)} links to {link}"
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path), f"{title(page)} links to {link}; there are {sorted(anchors(path))}"


def test_every_page_of_docs_can_be_found_from_the_readme() -> None:
    linked = set()
    for page in (ROOT / "README.md", DOCS / "adr" / "README.md", DOCS / "native" / "README.md"):
        for first, second in _LINK.findall(page.read_text(encoding="utf-8")):
            linked.add((page.parent / (first or second).partition("#")[0]).resolve())
    missing = [title(page) for page in DOCS.rglob("*.md") if page.resolve() not in linked]
    assert not missing


def test_errors_page_is_the_registry() -> None:
    page = DOCS / "errors.md"
    sys.path.insert(0, str(DOCS))
    try:
        from write_errors import text
    finally:
        sys.path.remove(str(DOCS))
    assert page.read_text(encoding="utf-8") == text(), "write it anew: .venv/bin/python docs/write_errors.py"


def test_the_readme_names_every_key_of_a_check_as_json(tmp_path: Path) -> None:
    (example,) = [fence for fence in fences(ROOT / "README.md") if fence.option("file") == "standby.py"]
    (tmp_path / "standby.py").write_text(example.text, encoding="utf-8")
    data = json.loads(run("drcheck check standby --json", tmp_path).stdout)
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    section = text.partition("with these keys:")[2].partition("##")[0]
    assert section
    named = re.findall(r"`(\w+)`", section)
    assert set(named) == {*data, *data["verdicts"][0]}


def test_the_glossary_has_every_term_of_a_review() -> None:
    terms = re.findall(r"^\| ([\w ]+?) \| ", (DOCS / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert not set(TERMS) - set(terms)
    assert sorted(terms[1:], key=str.lower) == terms[1:], "in the order of the alphabet"


def test_no_page_names_a_machine() -> None:
    for page in PAGES:
        assert not re.search(r"(?<![\w.])/(work|root|home|tmp/bash)\b", page.read_text(encoding="utf-8")), title(page)


def test_what_the_formatter_is_to_leave_says_why() -> None:
    """What is kept from the formatter stands behind a reason: a row each, names only; most code is the formatter's."""
    written = "# fmt:" + " skip"
    files = [
        path for folder in ("src", "model", "properties", "tests", "bench") for path in (ROOT / folder).rglob("*.py")
    ]
    lines = [
        (path, line) for path in files for line in path.read_text(encoding="utf-8").splitlines() if written in line
    ]
    reason = re.compile(rf"# (?!a table)[\w', ]+  {written}$")
    bare = [f"{path.relative_to(ROOT)}: {line}" for path, line in lines if not reason.search(line)]
    assert not bare
    assert len(lines) < 90, "keep one only where the formatter's own rows are harder to read"


def test_a_newcomer_finds_what_is_asked_for() -> None:
    """Each file that the newcomer's test names is there, and its first line has the words that are to be found."""
    page = (ROOT / "docs" / "internals.md").read_text(encoding="utf-8")
    section = page.split("## A newcomer's test\n")[1]
    rows = re.findall(r"^\| (.+\?) \| `(.+)` \| (.+) \|$", section, re.MULTILINE)
    assert len(rows) == 10
    for question, file, words in rows:
        assert (ROOT / file).is_file(), question
        first = (ROOT / file).read_text(encoding="utf-8").splitlines()[0]
        assert words.lower() in first.lower(), f"{question} {file} begins: {first}"
