"""Every way of stating a false promise, at every front end: each says VIOLATED, or refuses with the same code; none is silent.

A row of `WAYS` is a design of which something is promised that is not so, written in one way; its state `b` can be reached.
Its outcome is what all front ends must say of the promise: VIOLATED, or the code with which they refuse it, with a status
that is not 0. Where a front end says something else, the row tells.

The front ends: `check` and `check --json` on the command line, `check_design`, `check` on the systems of the design, the items of
pytest, the fixture `drcheck_check`, `claims`, and `review`.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from drcheck.cli.main import run
from drcheck.designs.design import Design, load
from drcheck.errors import DrcheckError
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.claims import Word
from drcheck.verdicts.verdict import Verdict
from tests.support import cli_project

MODEL = """
from typing import Annotated
import transitions
from drcheck import *
from model.part import part
{beside}
@design(title="A promise"{named})
def d(more: Annotated[bool, "whether a second step is possible"] = False) -> System:
    '''From a to b.'''
    n = Integer("n", 0, 2)
    other = Component("other", ["x", "y"], variables=[n], transitions=[
        on("more", "x", "y", when=more), on("count", "x", when=more, then={{n: n + 1}})])
    {c}
    return compose("s", [c, other, part]{arguments})
"""
C = 'c = Component("c", ["a", "b"], transitions=[on("go", "a", "b")])'
PART = 'from drcheck import *\npart = Component("part", ["u", "v"], transitions=[on("w", "u", "v")])\n'
BASE = """
from drcheck import *
@stated(claims="K-1")
def inherited(d):
    return never(d.c.b)
"""
CLAIM = """
from drcheck.verdicts.claims import Claim
CLAIMS = (Claim("K-1", "It is not so.", "the book", "page 1"),)
"""
STATED = '@stated(claims="K-1")\n'
TRUE = "\n@stated\ndef true(d):\n    return always(d.c.a | d.c.b)\n"


@dataclass(frozen=True)
class Way:
    """How a promise is stated: the outcome everywhere, what is written where, and which front ends say something else."""

    outcome: str
    properties: str | None = None
    """The module of properties; None where the design names none."""
    arguments: str = ""
    """Further arguments of compose."""
    c: str = C
    beside: str = ""
    """What stands before the design in its module."""
    but: dict[str, str] = field(default_factory=dict)


def module(text: str) -> str:
    """A promise in the module of properties, with one that is true."""
    return text + TRUE


def composed(*items: str) -> str:
    """Promises in the system."""
    return f", properties=[{', '.join(items)}]"


NEVER = 'never(c.b, claims="K-1")'
DEF = STATED + "def p(d):\n    return "

WAYS: dict[str, Way] = {
    # -- where and how it is stated -------------------------------------------------------------------------------
    "declared": Way("VIOLATED", module(DEF + "never(d.c.b)")),
    "declared without parentheses": Way(
        "VIOLATED", module("@stated\ndef p(d):\n    return never(d.c.b)"), but={"claims": "NOT DECIDED"}  # it names no claim
    ),
    "declared, without return": Way("DR307", module(STATED + "def p(d):\n    never(d.c.b)")),
    "declared, returning several": Way("DR302", module(DEF + "[never(d.c.b), never(d.c.a)]")),
    "declared in a loop": Way(
        "VIOLATED",
        module("for k in (1, 2):\n    @stated(claims='K-1', name=f'p{k}')\n    def p(d):\n        return never(d.c.b)\np = None"),
    ),
    "declared in a class": Way(
        "VIOLATED", module("class P:\n    @stated(claims='K-1')\n    def p(d):\n        return never(d.c.b)")
    ),
    "not declared": Way("DR307", module("def p(d):\n    return never(d.c.b)")),
    "not declared, annotated": Way("DR307", module("def p(d: System) -> Property:\n    return never(d.c.b)")),
    "not declared, a lambda": Way("DR307", module("p = lambda d: never(d.c.b)")),
    "not declared, in a list": Way("DR307", module("def p(d):\n    return never(d.c.b)\nALL = [p]")),
    "all alone and not declared": Way("DR307", "def p(d):\n    return never(d.c.b)"),
    "a helper alone": Way("DR308", "def _p(d):\n    return never(d.c.b)"),
    "in a list": Way("VIOLATED", module("from model.part import part\nALL = [never(part.v, claims='K-1')]")),
    "bound to a name": Way("VIOLATED", module("from model.part import part\nnever_v = never(part.v, claims='K-1')")),
    "made and bound to nothing": Way("DR307", module("from model.part import part\nnever(part.v, claims='K-1')")),
    "imported by *": Way("VIOLATED", module("from properties.base import *")),
    "imported and hidden": Way(
        "DR303", module("from properties.base import *\n@stated\ndef inherited(d):\n    return always(d.c.a)")
    ),
    "hidden by its namesake": Way("DR303", module(DEF + "never(d.c.b)\n@stated\ndef p(d):\n    return always(d.c.a | d.c.b)")),
    "of a reserved name": Way("DR306", module(STATED + "def values_stay_in_their_domains(d):\n    return never(d.c.b)")),
    "beside the design, which names no properties": Way("DR307", beside=DEF + "never(d.c.b)\n"),
    "beside the design, which names its own module": Way("VIOLATED", "model", beside=DEF + "never(d.c.b)\n"),
    # -- in the system --------------------------------------------------------------------------------------------
    "in the system, unnamed": Way("VIOLATED", arguments=composed(NEVER)),
    "in the system, the second unnamed": Way("VIOLATED", arguments=composed("always(c.a | c.b)", NEVER)),
    "in the system, named": Way("VIOLATED", arguments=composed('never(c.b, claims="K-1", name="p")')),
    "in the system, twice named": Way(
        "DR303", arguments=composed("always(c.a | c.b, name='p')", "never(c.b, name='p', claims='K-1')"),
        but={"check()": "VIOLATED"},  # which needs no names
    ),
    "in the system, declared": Way("VIOLATED", arguments=composed("stated(claims='K-1', name='p')(lambda d: never(d.c.b))")),
    "in the system, as a function": Way("DR302", arguments=composed("lambda d: never(d.c.b)")),
    "in the system, in a list of lists": Way("DR302", arguments=composed("[never(c.b, claims='K-1')]")),
    "in the system, in a set": Way("DR123", arguments=', properties={never(c.b, claims="K-1")}'),
    "in the system, of a reserved name": Way("DR306", arguments=composed("never(c.b, name='values_stay_in_their_domains')")),
    "in the design's function, not passed on": Way("DR307", c=C + "\n    never(c.b, claims='K-1')"),
    # -- for other parameters -------------------------------------------------------------------------------------
    "for other parameters": Way(
        "VIOLATED", module("@stated(claims='K-1', given={'more': True})\ndef p(d):\n    return never(d.other.y)")
    ),
    "for other parameters, in the system": Way(
        "VIOLATED", arguments=composed("never(other.y, claims='K-1', name='p', given={'more': True})")
    ),
    "for a parameter that is not there": Way(
        "DR302", module("@stated(given={'mroe': True})\ndef p(d):\n    return never(d.c.b)")
    ),
    "of the domains, for other parameters": Way(
        "VIOLATED", module("@stated(claims='K-1', given={'more': True})\ndef p(d):\n    return always(d.other.n <= 2)"),
        but={"claims": "NOT DECIDED"},  # no claim speaks of domains, and the property cannot be decided
    ),
    "beside an error in another variant": Way(
        "DR115", module(DEF + "never(d.c.b)\n@stated(given={'more': True})\ndef q(d):\n    return never(d.cc.b)"),
        but={"items": "DR115 VIOLATED"},  # each item tells what is its own
    ),
    "known to fail, with a repair that is not there": Way(
        "DR302", module("@stated(finding=Finding('t', 'e', repaired={'mroe': True}))\ndef p(d):\n    return never(d.c.b)")
    ),
    # -- what it says ---------------------------------------------------------------------------------------------
    "a method compared": Way("DR102", module(DEF + 'never(d.c.state == "b")')),
    "a state compared": Way("DR102", module(DEF + 'never(d.c.b == "b")')),
    "a component compared": Way("DR102", module(DEF + 'never(d.c == "b")')),
    "a text compared": Way("DR122", module(DEF + 'never(d.c.initial == "b")')),
    "a text compared, in a larger condition": Way("DR122", module(DEF + 'never((d.c.initial == "a") & d.c.b)')),
    "a condition that is constant": Way("DR122", module(DEF + "never(False)")),
    "a goal that is constant": Way("DR122", module(DEF + "eventually(True)")),
    "a guard that is lost": Way("DR102", module(DEF + "never(d.c.b)"), c=C.replace('"b")]', '"b", unless=other.state == "x")]')),
    "rows in a set": Way("DR123", module(DEF + "never(d.c.b)"), c=C.replace("[on(", "{on(").replace(")])", ")})")),
    "of a component that is not there": Way("DR115", module(DEF + "never(d.cc.b)")),
    "of a part": Way("VIOLATED", module(DEF + "never(d.half.b)"), arguments=', parts={"half": c}'),
    "of a machine taken in": Way(
        "VIOLATED", module(DEF + "never(d.c.b)"),
        c='c = Component.from_machine("c", transitions.Machine(states=["a", "b"], initial="a", auto_transitions=False,'
        ' transitions=[["go", "a", "b"]]))',
    ),
    "of a machine that does more": Way(
        "DR118", module(DEF + "never(d.c.b)"),
        c='c = Component.from_machine("c", transitions.Machine(states=["a", "b"], initial="a", auto_transitions=False,'
        ' transitions=[{"trigger": "go", "source": "a", "dest": "b", "after": print}]))',
    ),
    "a bound": Way("VIOLATED", module(DEF + "worst_case(if_else(d.c.b, 3, 1), at_most=2)")),
    "of executions": Way("VIOLATED", module(DEF + "ltl(globally(d.c.a))")),
    "of what follows": Way("VIOLATED", module(DEF + "leads_to(d.c.b, d.c.a)")),
    "of what stays possible": Way("VIOLATED", module(DEF + "can_always(d.c.a)")),
    "that something can be": Way("VIOLATED", module(DEF + "reachable(d.c.a & d.c.b)")),
    "that it goes on": Way("VIOLATED", module(DEF + "deadlock_free()")),
    "a fact": Way("VIOLATED", module(DEF + "structure(False, 'nobody')")),
    "with a claim that is not listed": Way(
        "VIOLATED", module("@stated(claims='K-2')\ndef p(d):\n    return never(d.c.b)"),
        but={"claims": "DR301", "review": "DR301"},
    ),
}  # a case a row  # fmt: skip


# -- the project of all ways ----------------------------------------------------------------------------------------------
def names() -> dict[str, str]:
    """Each way's modules are called by its number."""
    return {way: f"w{number}" for number, way in enumerate(WAYS)}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All designs in one project, with a test that uses the fixture on each."""
    root = tmp_path_factory.mktemp("promises")
    files = {"model/part.py": PART, "properties/base.py": BASE, "properties/claims.py": CLAIM}
    suite = "from drcheck.designs.design import load\n"
    for way, name in names().items():
        stated = WAYS[way].properties
        own = {None: "", "model": ", properties=__name__"}.get(stated, f', properties="properties.{name}"')
        files[f"model/{name}.py"] = MODEL.format(
            beside=WAYS[way].beside, named=own, c=WAYS[way].c, arguments=WAYS[way].arguments
        )
        if stated not in (None, "model"):
            files[f"properties/{name}.py"] = f"from drcheck import *\n{stated}\n"
        suite += f"def test_{name}(drcheck_check):\n    drcheck_check(load('model.{name}'))\n"
    cli_project.write(root, {**files, "suite/test_all.py": suite})
    return root


@pytest.fixture(scope="module")
def ran(root: Path) -> dict[str, dict[str, list[str]]]:
    """What pytest says of all designs, in one run: by front end and way the messages of what did not pass."""
    designs = [f"model.{name}:d" for name in names().values()]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "--junit-xml=report.xml",
            "--rootdir=.",
            "-c",
            os.devnull,
            "--continue-on-collection-errors",
            "suite",
            *designs,
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 1, done.stdout
    found: dict[str, dict[str, list[str]]] = {"items": {}, "fixture": {}}
    for case in ET.parse(root / "report.xml").iter("testcase"):
        where = f"{case.get('classname')} {case.get('name')}"
        (name,) = re.findall(r"\b(?:test_)?(w\d+)\b", where)
        front_end = "fixture" if "suite" in where else "items"
        told = [bad for bad in case if bad.tag in ("failure", "error")]
        # Around an error in a test of one's own stands its traceback.
        found[front_end].setdefault(name, []).extend(
            bad.get("message", "") if front_end == "fixture" else bad.text or "" for bad in told
        )
    return found


# -- the front ends -------------------------------------------------------------------------------------------------------
def said(text: str) -> str:
    """What a text says: the codes of errors, and verdicts other than HOLDS."""
    words = re.findall(r"(?:[eE]rror: |^)\[(DR(?!8)\d+)\]|\b(VIOLATED|INCONCLUSIVE|NOT DECIDED)\b", text, re.MULTILINE)
    found = sorted({code or word for code, word in words})
    return " ".join(word for word in found if word != "INCONCLUSIVE" or "VIOLATED" not in found) or "silent"


def on_the_command_line(*words: str) -> Callable[[str, pytest.CaptureFixture[str]], str]:
    """A command; where it prints nothing but an error, its status must say so."""

    def front_end(target: str, capture: pytest.CaptureFixture[str]) -> str:
        command, *options = words
        status = run([command, target, *options])
        out, err = capture.readouterr()
        if status == 2:
            assert out == ""
            return said(err)
        if options:  # JSON
            data = json.loads(out)
            out = " ".join(each["verdict"] for each in data["verdicts" if command == "check" else "claims"])
            out = out.replace(Word.FAILS.value, "VIOLATED").replace(Word.NOT_DECIDED.value, "NOT DECIDED")
        if command == "check":
            assert status == {"VIOLATED": 1, "INCONCLUSIVE": 3}.get(said(out), 0)
        if command == "review":
            out = (
                Path("review/review.md").read_text(encoding="utf-8").partition("## Properties")[2].partition("\n## ")[0]
            )
        return said(out)

    return front_end


def from_python(decide: Callable[[Design], list[Verdict]]) -> Callable[[str, pytest.CaptureFixture[str]], str]:
    """A function, whose error is its refusal."""

    def front_end(target: str, capture: pytest.CaptureFixture[str]) -> str:
        try:
            return said(" ".join(verdict.conclusion.value for verdict in decide(load(target))))
        except DrcheckError as error:
            return said(str(error))

    return front_end


def on_systems(design: Design) -> list[Verdict]:
    """`check` on the systems of a design: with what they carry, or with what is stated in its module."""
    if design.properties_module is None:
        variants = [design.build(settings) for settings in ({}, {"more": True})]
        carried = [item for system in variants for item in system.properties if getattr(item, "given", {}).get("more")]
        found = check(variants[bool(carried)])
        return found if len(found) > 1 else [v for s in design.statements() for v in check(variants[0], [s])]
    return [v for s in design.statements() for v in check(design.build(s.given), [s])]


FRONT_ENDS: dict[str, Callable[[str, pytest.CaptureFixture[str]], str]] = {
    "text": on_the_command_line("check"),
    "JSON": on_the_command_line("check", "--json"),
    "check_design()": from_python(lambda design: list(check_design(design).verdicts)),
    "check()": from_python(on_systems),
    "claims": on_the_command_line("claims", "--json"),
    "review": on_the_command_line("review"),
}


@pytest.fixture
def project(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with cli_project.entered(root, monkeypatch):
        importlib.invalidate_caches()
        yield root


@pytest.mark.parametrize("way", WAYS)
def test_no_front_end_is_silent(
    way: str, project: Path, ran: dict[str, dict[str, list[str]]], capfd: pytest.CaptureFixture[str]
) -> None:
    name = names()[way]
    cells = {front_end: ask(f"model.{name}:d", capfd) for front_end, ask in FRONT_ENDS.items()}
    cells |= {front_end: said("\n".join(messages[name])) for front_end, messages in ran.items()}
    row = WAYS[way]
    assert cells == {front_end: row.but.get(front_end, row.outcome) for front_end in cells}


def test_the_exceptions_are_no_silence() -> None:
    """A row may say something else than its outcome only where that is an answer too."""
    for row in WAYS.values():
        assert re.fullmatch(r"VIOLATED|DR\d{3}", row.outcome)
        assert set(row.but) <= {*FRONT_ENDS, "items", "fixture"}
        for cell in row.but.values():
            assert re.fullmatch(r"((DR\d{3}|VIOLATED|INCONCLUSIVE|NOT DECIDED) ?)+", cell)
