"""What is written as a property of a design is one of its properties, or is refused with a code; nothing is dropped."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drcheck import Component, DrcheckError, Finding, Integer, compose, never, on, reachable, stated
from drcheck.designs.design import Design, load
from drcheck.logic.properties import Statement, declared_in
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.verdict import Conclusion
from tests.support import cli_project

DESIGN = """
from typing import Annotated
from drcheck import *

@design(title="a and b"{named})
def d(extra: Annotated[bool, "a step more"] = False, n: Annotated[int, "a number", range(0, 4)] = 0) -> System:
    '''A small design.'''
    c = Component("c", ["a", "b"], transitions=[on("go", "a", "b")])
    e = Component("e", ["x", "y"], transitions=[on("extra", "x", "y", when=extra)])
    {compose}
"""
PLAIN = 'return compose("s", [c], parts={"spare": e})'

Write = Callable[..., Design]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes a design and its properties as a user's modules, and loads the design."""
    cli_project.enter(tmp_path, monkeypatch)
    before = set(sys.modules)

    def write(properties: str | None, compose: str = PLAIN, more: str = "", **files: str) -> Design:
        cli_project.leave(before)
        named = "" if properties is None else ', properties="properties.p"'
        cli_project.write(
            tmp_path,
            {
                "model/m.py": DESIGN.format(named=named, compose=compose) + more,
                "properties/p.py": "from drcheck import *\n" + (properties or ""),
                **{f"properties/{name}.py": "from drcheck import *\n" + text for name, text in files.items()},
            },
        )
        importlib.invalidate_caches()
        return load("model.m")

    yield write
    cli_project.leave(before)


FINE = """
@stated()
def fine(d):
    return always(d.c.a | d.c.b)
"""
NEVER_B = "def never_b(d):\n    return never(d.c.b)\n"

ACCEPTED: dict[str, tuple[str, list[str]]] = {
    "decorated without parentheses": ("@stated\n" + NEVER_B + FINE, ["never_b", "fine"]),
    "made at the level of the module": (
        "link = Component('l', ['u', 'v'], transitions=[on('w', 'u', 'v')])\nnever_v = never(link.v)" + FINE,
        ["never_v", "fine"],
    ),
    "with a name of its own": ("whatever = deadlock_free(name='goes_on')", ["goes_on"]),
    "in a list": (
        "PROMISES = [deadlock_free(), deadlock_free(name='on'), stated(name='by_hand')(lambda d: never(d.c.b))]",
        ["PROMISES_1", "on", "by_hand"],
    ),
    "in a list of pairs": ("PROMISES = {'x': [('text', deadlock_free())]}", ["PROMISES_1"]),
    "in a list and by name": ("@stated\n" + NEVER_B + "ALL = [never_b]", ["never_b"]),
    "by two names": ("@stated\n" + NEVER_B + "again = never_b", ["never_b"]),
    "made in a loop": (
        "for k in range(3):\n    @stated(name=f'p{k}')\n    def p(d, k=k):\n        return never(d.c.b)\n",
        ["p0", "p1", "p2"],
    ),
    "hidden by something else": ("@stated\n" + NEVER_B + "never_b = 3", ["never_b"]),
    "in a class": ("class Promises:\n    @stated\n    def p(d):\n        return never(d.c.b)\n", ["p"]),
    "a helper that is called": (
        "def not_b(d):\n    return never(d.c.b)\n@stated\ndef p(d):\n    return not_b(d)\n",
        ["p"],
    ),
    "a helper with an underscore": ("def _not_b(d) -> Property:\n    return never(d.c.b)\n" + FINE, ["fine"]),
    "a helper that makes no property": ("def states(d):\n    return [d.c.a, d.c.b]\n" + FINE, ["fine"]),
    "a helper that is passed on": (
        "def not_b(d):\n    return never(d.c.b)\nn = stated(name='n')(not_b)" + FINE,
        ["n", "fine"],
    ),
    "helpers that fail, or need more": (
        "def bad(d):\n    return d.nothing\ndef two(d, e):\n    return never(d.c.b)\ndef test_it(d):\n    1 / 0" + FINE,
        ["fine"],
    ),
}

REFUSED: dict[str, tuple[str, str]] = {
    "two of one name": (
        "@stated\ndef p(d):\n    return never(d.c.b)\n@stated\ndef p(d):\n    return always(d.c.a | d.c.b)\n",
        r"\[DR303\] two properties of module properties.p are called 'p', the first at properties/p.py:2 \(properties/p.py:5\)",
    ),
    "two given one name": (FINE + "x = deadlock_free(name='fine')", r"\[DR303\] two properties .* 'fine'"),
    "an empty module": ("", r"\[DR308\] module properties.p states no property .*; declare its functions with @stated"),
    "helpers alone": ("def _p(d):\n    return never(d.c.b)", r"\[DR308\]"),
    "undecorated": (
        NEVER_B + FINE,
        r"\[DR307\] function never_b makes a property, and is neither declared with @stated nor called "
        r"\(properties/p.py:2\); write @stated above it, or call a helper _never_b",
    ),
    "undecorated, and annotated": ("def p(d: System, n) -> Property:\n    return [n][7]\n" + FINE, r"\[DR307\] function p "),
    "annotated with a text": ("def p(d) -> 'Property':\n    raise ValueError\n" + FINE, r"\[DR307\] function p "),
    "undecorated, several": ("def ps(d):\n    return [never(d.c.b), never(d.c.a)]\n" + FINE, r"\[DR307\] function ps "),
    "undecorated, one after the other": ("def ps(d):\n    yield never(d.c.b)\n" + FINE, r"\[DR307\] function ps "),
    "undecorated, a lambda": ("p = lambda d: never(d.c.b)" + FINE, r"\[DR307\] function p "),
    "undecorated, in a list": (NEVER_B + "ALL = [never_b]" + FINE, r"\[DR307\] function never_b "),
    "undecorated, lambdas in a list": ("ALL = [lambda d: never(d.c.b)]" + FINE, r"\[DR307\] function ALL "),
    "undecorated, in a class": ("class P:\n    def p(d):\n        return never(d.c.b)\n" + FINE, r"\[DR307\] function p "),
    "undecorated, calls itself": ("def p(d):\n    return never(d.c.b) if d else p(d)\n" + FINE, r"\[DR307\] function p "),
    "undecorated, name used for something else": (
        NEVER_B + "@stated\ndef fine(d, never_b=1):\n    return always(d.c.a | d.c.b)\n", r"\[DR307\] function never_b "
    ),
    "called by what nobody calls": (
        NEVER_B + "def outer(d):\n    return never_b(d)\n" + FINE, r"\[DR307\] function outer "
    ),
    "made and dropped": (
        "deadlock_free()" + FINE, r"\[DR307\] a property is made by deadlock_free\(...\) and goes nowhere \(properties/p.py:2\)"
    ),
    "an assumption, made and dropped": (
        "from drcheck import weakly_fair\nweakly_fair('time')" + FINE,
        r"\[DR307\] an assumption of fairness is made by weakly_fair\(...\) and goes nowhere \(properties/p.py:3\)",
    ),
    "made and dropped in a function": (
        "import drcheck\n@stated\ndef p(d):\n    drcheck.never(d.c.b)\n    return always(d.c.a | d.c.b)\n",
        r"\[DR307\] a property is made by never\(...\) and goes nowhere \(properties/p.py:5\)",
    ),
    "the reserved name": (
        "@stated\ndef values_stay_in_their_domains(d):\n    return never(d.c.b)\n",
        r"\[DR306\] values_stay_in_their_domains is the name of .* \(properties/p.py:2\); give the property another name",
    ),
    "the reserved name, given": ("p = deadlock_free(name='values_stay_in_their_domains')", r"\[DR306\] .*p.py:2"),
    "the reserved name, of a variable": ("values_stay_in_their_domains = deadlock_free()", r"\[DR306\] .*p.py:2"),
    "an unknown parameter": (
        "@stated(given={'extar': True})\n" + NEVER_B,
        r"\[DR302\] `given` of property never_b: design model.m:d has no parameter 'extar' \(properties/p.py:2\); "
        r"available: extra, n; did you mean 'extra'\?",
    ),
    "a value that cannot be": (
        "@stated(given={'n': 9})\n" + NEVER_B,
        r"\[DR302\] `given` of property never_b: parameter n cannot",
    ),
    "a repair by an unknown parameter": (
        "@stated(finding=Finding('t', 'e', repaired={'extar': True}))\n" + NEVER_B,
        r"\[DR302\] the repair in the finding of property never_b: design model.m:d has no parameter 'extar' "
        r"\(properties/p.py:2\); available: extra, n; did you mean 'extra'\?",
    ),
    "a repair by a value that cannot be": (
        "@stated(finding=Finding('t', 'e', repaired={'n': 'x'}))\n" + NEVER_B,
        r"\[DR302\] the repair in the finding of property never_b: parameter n cannot be 'x' .*available: 0, 1, 2, 3",
    ),
    "no function": ("p = stated(source='s')(3)", r"\[DR309\] stated declares a function .*, not 3 \(properties/p.py:2\); write"),
    "declared twice": ("@stated\n@stated\n" + NEVER_B, r"\[DR309\] stated declares a function of the composed system, not St"),
    "a detail of the wrong type": ("@stated(finding='it fails')\n" + NEVER_B, r"\[DR309\] the finding of a property cannot be "),
    "claims that are no texts": ("@stated(claims=[1])\n" + NEVER_B, r"\[DR309\] the claims of a property cannot be \[1\] \(prop"),
    "parameters that are no mapping": ("@stated(given=3)\n" + NEVER_B, r"\[DR309\] the given of a property cannot be 3"),
}  # a case a row  # fmt: skip


@pytest.mark.parametrize("way", ACCEPTED)
def test_it_is_a_property_of_the_design(way: str, written: Write) -> None:
    text, names = ACCEPTED[way]
    assert [statement.name for statement in written(text).statements()] == names


@pytest.mark.parametrize("way", REFUSED)
def test_it_is_refused_with_its_place(way: str, written: Write) -> None:
    text, words = REFUSED[way]
    with pytest.raises(DrcheckError) as caught:
        written(text).statements()
    assert re.match(words, str(caught.value)), str(caught.value)


def test_statements_of_other_modules(written: Write) -> None:
    shared = "@stated\n" + NEVER_B + FINE
    assert [s.name for s in written("from properties.q import *", q=shared).statements()] == ["never_b", "fine"]
    assert [s.name for s in written("from properties.q import fine", q=shared).statements()] == ["fine"]
    assert [s.name for s in written("from properties.q import fine as f", q=shared).statements()] == ["fine"]
    assert [s.name for s in written("from .q import *\ndel never_b", q=shared).statements()] == ["fine"]
    hidden = (
        r"\[DR303\] property fine, which is imported, is hidden by a later definition of fine \(properties/p.py:2\)"
    )
    for text in ("from properties.q import *\n" + FINE, "from .q import fine\nfine = 3\nx = deadlock_free()"):
        with pytest.raises(DrcheckError, match=hidden):
            written(text, q=shared).statements()
    with pytest.raises(DrcheckError, match=r"\[DR307\] function also makes a property"):
        written("from properties.q import *", q=shared + "def also(d):\n    return never(d.c.b)").statements()


def test_factories_in_other_modules_state_where_they_are_called(written: Write) -> None:
    shared = (
        FINE + "def make(name):\n    @stated(name=name)\n    def p(d):\n        return never(d.c.b)\n    return p\n"
    )
    design = written("from properties.q import make\nmake('one')\nx = make('two')", q=shared)
    assert [s.name for s in design.statements()] == ["one", "two"]
    assert [s.name for s in declared_in(sys.modules["properties.q"])] == ["fine"]


def test_a_module_that_is_reloaded_is_stated_anew(written: Write) -> None:
    design = written(FINE)
    module = importlib.import_module("properties.p")
    assert len(design.statements()) == 1
    importlib.reload(module)
    assert len(design.statements()) == 1


COMPOSED: dict[str, tuple[str, str]] = {
    "never(c.b)": ("", "property_1"),
    "never(c.b, name='p'), c.a": (r"\[DR302\] .* in the properties of model.m:d is not a property \(model/m.py", ""),
    "'never'": (r"\[DR302\] 'never' in the properties of model.m:d is not a property", ""),
    "never(c.b, name='p'), never(c.a, name='p')": (r"\[DR303\] two properties of model.m:d are called 'p'", ""),
    "never(c.b, name='values_stay_in_their_domains')": (r"\[DR306\]", ""),
    "stated(name='p')(lambda d: never(d.c.b))": ("", "p"),
    "never(c.b, name='p', given={'x': 1})": (
        r"\[DR302\] `given` of property p: design model.m:d has no parameter 'x'",
        "",
    ),
}


@pytest.mark.parametrize("items", COMPOSED)
def test_properties_in_the_system(items: str, written: Write) -> None:
    refused, name = COMPOSED[items]
    design = written(None, f'return compose("s", [c, e], properties=[{items}])')
    if refused:
        with pytest.raises(DrcheckError, match=refused):
            design.statements()
        return
    assert [s.name for s in design.statements()] == [name]
    assert check_design(design).verdicts[1].conclusion is Conclusion.VIOLATED
    assert check(design.build())[1].conclusion is Conclusion.VIOLATED


def test_properties_that_only_a_variant_has(written: Write) -> None:
    """The numbers of unnamed properties differ from variant to variant; which one is meant does not."""
    design = written(
        None,
        'return compose("s", [c, e], properties=([never(e.y)] if extra else []) + [always(c.a | c.b),\n'
        "    reachable(e.y, given={'extra': True})])",
    )
    shown = {v.property.formula(): v.conclusion.value for v in check_design(design).verdicts[1:]}
    assert shown == {"always (c.a or c.b)": "HOLDS", "reachable (e.y)": "HOLDS"}
    shown = {v.property.formula(): v.conclusion.value for v in check_design(design, {"extra": True}).verdicts[1:]}
    assert shown == {"always (not e.y)": "VIOLATED", "always (c.a or c.b)": "HOLDS", "reachable (e.y)": "HOLDS"}
    gone = written(
        None, "return compose('s', [c, e], properties=[] if extra else [never(c.b, given={'extra': True}, name='p')])"
    )
    with pytest.raises(
        DrcheckError, match=r"\[DR302\] property p is stated for parameters with which it is not passed to"
    ):
        check_design(gone)


def test_what_stands_beside_a_design(written: Write) -> None:
    beside = "\n@stated\n" + NEVER_B
    with pytest.raises(
        DrcheckError, match=r"\[DR307\] property never_b is stated in module model.m, which no design names"
    ):
        written(None, more=beside).statements()
    with pytest.raises(
        DrcheckError, match=r"\[DR307\] design model.m:d makes a property that goes nowhere: .* \(model/m.py:"
    ):
        written(None, "never(c.b)\n    " + PLAIN).statements()
    undeclared = "\ndef safe(d) -> Property:\n    return never(d.c.b)\n"
    with pytest.raises(DrcheckError, match=r"\[DR307\] function safe makes a property, and is neither declared"):
        written(None, more=undeclared).statements()
    assert written(None, more=undeclared.replace("safe", "_safe")).statements() == []
    used = written(None, "return compose('s', [c, e], properties=[never_b])", more=beside)
    assert [s.name for s in used.statements()] == ["never_b"]
    assert written(None, more=beside + "_unused = 3\ndef user():\n    return never_b\n").statements() == []


def test_a_system_alone() -> None:
    c = Component("c", ["a", "b"], transitions=[on("go", "a", "b")])

    @stated
    def p(d: object) -> object:
        return never(c.b)

    assert isinstance(p, Statement)
    assert [v.conclusion for v in check(compose("s", [c], properties=[p]))[1:]] == [Conclusion.VIOLATED]
    assert [v.conclusion for v in check(compose("s", [c]), [p, reachable(c.b)])[1:]] == [
        Conclusion.VIOLATED,
        Conclusion.HOLDS,
    ]
    for bad in (3, "p", c.b):
        with pytest.raises(DrcheckError, match=r"\[DR302\] .* is not a property"):
            check(compose("s", [c]), [bad])
    with pytest.raises(
        DrcheckError, match=r"\[DR311\] property p is stated for n=2, and system s is composed otherwise"
    ):
        check(compose("s", [c], properties=[never(c.b, name="p", given={"n": 2})]))


def test_a_design_decided_on_a_variant_that_a_property_is_not_stated_for(written: Write) -> None:
    design = written(
        "@stated(given={'extra': True})\ndef p(d):\n    return never(d.e.y)\n", 'return compose("s", [c, e])'
    )
    (statement,) = design.statements()
    with pytest.raises(
        DrcheckError, match=r"\[DR311\] property p is stated for extra=True, and system s is composed otherwise"
    ):
        check(design.build(), [statement])
    assert check(design.build({"extra": True}), [statement])[1].conclusion is Conclusion.VIOLATED
    assert check_design(design).verdicts[-1].conclusion is Conclusion.VIOLATED


def test_statements_keep_their_details() -> None:
    finding = Finding("t", "e")

    @stated(claims="A", source="s", assumptions=["x", "y"], finding=finding, name="n")
    def f(d: object) -> object:
        """One,
        two.
        """
        return never(Integer("q", 0, 1) == 1)

    told = f.details
    assert (f.name, told["claims"], told["assumptions"], told["statement"]) == ("n", ("A",), ("x", "y"), "One, two.")
