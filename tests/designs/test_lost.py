"""What Python would lose or read otherwise, beyond what `test_stated` and `test_refusals` try: each kind is refused or kept."""

from __future__ import annotations

import enum
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drcheck import (
    Age,
    Array,
    Boolean,
    Choice,
    Component,
    Counter,
    DrcheckError,
    Expression,
    Integer,
    Site,
    compose,
    event,
    hours,
    never,
    on,
    outcome,
    reachable,
    remarks_of,
    worst_case,
)
from drcheck.designs.design import Design, load
from drcheck.verdicts.check import check, check_design
from tests.support import cli_project

DESIGN = """
import typing
from typing import Annotated
from drcheck import *
{before}
@design(title="a and b", properties="properties.p")
def d(n: {type} = 0, more: bool = False) -> System:
    '''A small design.'''
    c = Component("c", ["a", "b"], transitions=[on("go", "a", "b")])
    {inside}
    return compose("s", [c, *([Component("e", ["x", "y"], transitions=[on("on", "x", "y")])] if more else [])])
"""
FINE = "\n@stated\ndef fine(d):\n    return always(d.c.a | d.c.b)\n"
LINK = "link = Component('l', ['u', 'v'], transitions=[on('w', 'u', 'v')])\n"
Write = Callable[..., Design]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes a design and its properties as a user's modules, and loads the design."""
    cli_project.enter(tmp_path, monkeypatch)
    before = set(sys.modules)

    def write(properties: str = "", *, head: str = "", inside: str = "", kind: str = "int", **files: str) -> Design:
        cli_project.leave(before)
        cli_project.write(
            tmp_path,
            {
                "model/m.py": DESIGN.format(before=head, inside=inside, type=kind),
                "properties/p.py": "from drcheck import *\n" + properties + FINE,
                **{f"properties/{name}.py": "from drcheck import *\n" + text for name, text in files.items()},
            },
        )
        importlib.invalidate_caches()
        return load("model.m")

    yield write
    cli_project.leave(before)


DECORATOR = """
import functools
def plain(f):
    @functools.wraps(f)
    def inner(*a):
        return f(*a)
    return inner
"""
LOOP = "for n in (1, 2):\n    @stated(name=f'p{{n}}')\n    def p(d{}):\n        return never(d.c.b & (n > 5))\n"
INNER = "    @stated\n    def p(d):\n        return never(d.c.b)\n"
PROPERTIES: dict[str, tuple[str, str]] = {
    "a generator": (LINK + "P = (never(s) for s in [link.v])", r"\[DR307\] .* held by P, in a generator, w.*p.py:3"),
    "a map": (LINK + "P = map(never, [link.v])", r"\[DR307\] a property is held by P, in a map, "),
    "an attribute of a class": (LINK + "class P:\n    v = never(link.v)", r"\[DR307\].*held by P, in the attribute v of P"),
    "an attribute of an object": (
        LINK + "import types\nP = types.SimpleNamespace(v=[never(link.v)])", r"\[DR307\] .* attribute v of an object"
    ),
    "a partial": (
        "import functools\ndef _not(d, s):\n    return never(d.c.state(s))\np = functools.partial(_not, s='b')",
        r"\[DR307\] function p makes a property, and is neither",
    ),
    "a cached function": ("import functools\n@functools.cache\ndef p(d):\n    return never(d.c.b)", r"\[DR307\] function p "),
    "a decorated function": (
        "from properties.q import plain\n@plain\ndef p(d):\n    return never(d.c.b)", r"\[DR307\] function p "
    ),
    "a coroutine": ("async def p(d):\n    return never(d.c.b)", r"\[DR307\] function p "),
    "an object that is called": (
        "class Not:\n    def __call__(self, d):\n        return never(d.c.b)\np = Not()", r"\[DR307\] function p "
    ),
    "deep in a dictionary": ("P = {1: {2: {3: {4: [lambda d: never(d.c.b)]}}}}", r"\[DR307\] function P "),
    "details of its own": (
        "@stated\ndef p(d):\n    return never(d.c.b, given={'n': 5}, claims='K', finding=Finding('t', 'e'))",
        r"\[DR309\] property function p returns a property with claims, given, finding of its own, .*p.py:4",
    ),
    "another name": ("@stated\ndef p(d):\n    return never(d.c.b, name='q')", r"\[DR309\] .* a property with name of its own"),
    "a loop's variable": (LOOP.format(""), r"\[DR141\] property p1 reads n .*after the loop.*def ...\(d, n=n\)"),
    "a comprehension's variable": (
        "P = [stated(name=f'p{n}')(lambda d: never(d.c.b & (n > 0))) for n in (1, 2)]", r"\[DR141\] property p1 reads n"
    ),
    "in a function that nobody calls": (
        "def more():\n" + INNER, r"\[DR307\] property p is declared in function more, w.*p.py:3"
    ),
    "in such a function, without a decorator": (
        "def more():\n    return stated(name='p')(lambda d: never(d.c.b))", r"\[DR307\] a property is declared in function more"
    ),
    "in such a function, which imports": (
        "def more():\n    import drcheck as x\n    return x.stated(name='p')(lambda d: never(d.c.b))",
        r"\[DR307\] .* function more"
    ),
    "in a method that nobody calls": (
        "class P:\n    def more(self):\n        return stated(name='p')(lambda d: never(d.c.b))", r"function more, which is"
    ),
    "in a property": (
        "@stated\ndef q(d):\n    @stated\n    def p(d):\n        return never(d.c.b)\n    return deadlock_free()",
        r"\[DR307\] property p is declared in function q and goes nowhere",
    ),
    "left out by __all__": (
        "from properties.r import *", r"\[DR307\] property left of module properties.r is not imported by \*: __all__"
    ),
}  # a case a row  # fmt: skip
OTHERS = {
    "q": DECORATOR,
    "r": "__all__ = ['kept']\n@stated\ndef kept(d):\n    return never(d.c.b)\n@stated\ndef left(d):\n    return never(d.c.b)\n",
}


@pytest.mark.parametrize("way", PROPERTIES)
def test_properties_that_are_refused(way: str, written: Write) -> None:
    text, words = PROPERTIES[way]
    with pytest.raises(DrcheckError, match=words):
        check_design(written(text, **OTHERS))


@pytest.mark.parametrize(
    "text",
    [
        LINK + "from collections import defaultdict\nP = defaultdict(list)\nP['x'].append(deadlock_free())",
        LINK + "from collections import deque\nP = deque([deadlock_free()])",
        "P = []\nP.append((P, deadlock_free()))",
    ],
)
def test_properties_that_are_found(text: str, written: Write) -> None:
    assert [s.name for s in written(text).statements()] == ["P_1", "fine"]


def test_properties_that_are_made_in_a_loop_and_take_its_variable_at_once(written: Write) -> None:
    made = LOOP.format(", n=n")
    made += "def bound(n):\n    @stated(name=f'q{n}')\n    def q(d):\n        return never(d.c.b & (n > 5))\n"
    design = written(made + "for k in (3, 4):\n    bound(k)\n")
    assert [s.name for s in design.statements()] == ["p1", "p2", "q3", "q4", "fine"]


FOUND: dict[str, str] = {
    "called": "def more():\n    @stated\n    def p(d):\n        return never(d.c.b & d.c.a)\nmore()",
    "called in another module": "from properties.s import more\nmore()",
    "returned": "def more():\n    @stated\n    def _p(d):\n        return never(d.c.b)\n    return _p\np = more()",
    "a helper's": "@stated\ndef p(d):\n    return deadlock_free()\ndef _more():\n" + INNER,
}


@pytest.mark.parametrize("way", FOUND)
def test_properties_that_functions_declare(way: str, written: Write) -> None:
    shared = "def more():\n" + INNER
    assert [s.name.strip("_") for s in written(FOUND[way], s=shared).statements()] == ["p", "fine"]


DESIGNS: dict[str, tuple[dict[str, str], str]] = {
    "a property that nothing reads": (
        {"inside": "lost = never(c.b)"},
        r"\[DR307\] design model.m:d makes a property that goes nowhere",
    ),
    "a property that is declared and not passed on": (
        {"inside": INNER.strip()},
        r"\[DR307\] property p is declared in function d and goes",
    ),
    "a property in a function that nobody calls": (
        {"head": "def more():\n" + INNER},
        r"\[DR307\] property p is declared in function more",
    ),
    "a component that nothing reads": (
        {"inside": "e = Component('e', ['x'], transitions=[on('y', 'x')])"},
        r"\[DR144\] Component\(...\) is called e, .*m.py:10",
    ),
    "a transition that stands alone": (
        {"inside": "on('back', 'b', 'a')"},
        r"\[DR144\] on\(...\) is made and goes nowhere",
    ),
    "an event that stands alone": ({"inside": "event('go', urgent=True)"}, r"\[DR144\] event\(...\) is made and goes"),
    "two designs of one name": (
        {"head": "@design(title='first')\ndef d() -> System:\n    return None\n"},
        r"\[DR142\] two designs of module model.m are called 'd', the first at .*m.py:5 \(.*m.py:9\)",
    ),
    "values twice": (
        {"kind": "Annotated[typing.Literal['0', '1'], 'text', ('0',)]"},
        r"\[DR205\] .* annotated with \('0',\), which would",
    ),
}


@pytest.mark.parametrize("way", DESIGNS)
def test_designs_that_are_refused(way: str, written: Write) -> None:
    how, words = DESIGNS[way]
    with pytest.raises(DrcheckError, match=words):
        check_design(written(**how))


def test_a_design_may_keep_what_it_does_not_use(written: Write) -> None:
    assert written(inside="_spare = never(c.b)").statements()


A, B, C = Boolean("a"), Boolean("b"), Boolean("c")
COMPARED: dict[str, tuple[Callable[[], object], str | None]] = {
    "left": (lambda: A & B == C, "A & B"),
    "right": (lambda: C != A | B, "A | B"),
    "a constant": (lambda: A & B == False, "A & B"),  # noqa: E712  # what is tried
    "a constant in between": (lambda: C == True & B, "True & B"),
    "in a call": (lambda: never(A & B == C), "A & B"),
    "lines": (lambda: A & B == C, "A & B"),
    "parentheses": (lambda: (A & B) == C, None),
    "parentheses right": (lambda: C == (A | B), None),
    "parentheses on both sides": (lambda: (A & B) == (B | C), None),
    "each in parentheses": (lambda: (A == C) & B, None),
    "computed before": (lambda: next(x == C for x in [A & B]), None),
}


@pytest.mark.parametrize("way", COMPARED)
def test_comparisons_beside_connectives(way: str) -> None:
    build, part = COMPARED[way]
    if part is None:
        assert isinstance(build(), Expression)
        return
    with pytest.raises(DrcheckError, match=r"\[DR140\] `.*` compares the whole of `" + part.replace("|", r"\|")):
        build()


def _machine() -> Component:
    return Component("c", ["a", "b"], transitions=[on("go", "a", "b")])


def _assigned_twice() -> object:
    slot, i = Array("slot", Integer("v", 0, 3), 3), Integer("i", 0, 2)
    return on("x", then={slot[i]: 1, slot[i]: 2})


def _set(name: str, value: object) -> Callable[[], object]:
    return lambda: setattr(_machine(), name, value)


WRITTEN: dict[str, tuple[Callable[[], object], str]] = {
    "a counter that counts nothing": (lambda: Counter("lost"), r"\[DR107\] variable lost: a counter needs a cap"),
    "an element that is assigned twice": (_assigned_twice, r"\[DR143\] an update assigns `slot\[i\]` twice"),
    "an event that is declared twice": (
        lambda: compose("s", [_machine()], events=[event("go", priority=1), event("go", priority=2)]),
        r"\[DR114\] event go is declared twice, with priority=1 and priority=2",
    ),
    "a vector and its attributes": (
        lambda: compose("s", [c := _machine()], events=[event("x", {c: "go"}, urgent=True), event("x", urgent=False)]),
        r"\[DR114\] event x is declared twice, with urgent=True and urgent=False",
    ),
    "a site that is not composed": (
        lambda: compose(
            "s", [c := _machine()], sites=[Site(Component("site", ["up"], transitions=[on("t", "up")]), [c])]
        ),
        r"\[DR115\] site site names <component site: .*>, which is not in the composition",
    ),
    "a state that is hidden": (_set("b", True), r"\[DR145\] component c is made, and its b cannot be set any more"),
    "another initial state": (_set("initial", "b"), r"\[DR145\]"),
}


@pytest.mark.parametrize("way", WRITTEN)
def test_models_that_are_refused(way: str) -> None:
    build, words = WRITTEN[way]
    with pytest.raises(DrcheckError, match=words):
        build()


def test_models_that_are_not() -> None:
    assert Counter("left", start=0).high == 0
    assert Counter("left", cap=0).high == 0
    system = compose("s", [_machine()], events=[event("go", priority=1), event("go", doc="It goes.", priority=1)])
    assert (system.event("go").priority, system.event("go").doc) == (1, "It goes.")

    class Server(Component):
        role = ""

    server = Server("server", ["up"], transitions=[on("x", "up")])
    server.role = "primary"
    assert server.role == "primary"


def test_generators_are_read_once() -> None:
    site, disk = Component("site", ["up"], transitions=[on("x", "up")]), _machine()
    system = compose(
        "s", (c for c in [site, disk]), sites=(s for s in [Site(site, [disk])]), events=(e for e in [event("go")])
    )
    assert system.site_of(disk) == "site"


class Mode(str, enum.Enum):  # noqa: UP042  # its text is not its value, which is what is tried
    SLOW = "slow"
    FAST = "fast"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 3


@pytest.mark.parametrize("engine", ["reference", "python", "numpy", "native"])
def test_members_of_enumerations_are_what_they_stand_for(engine: str) -> None:
    mode, level = Choice("mode", list(Mode), start=Mode.FAST), Integer("level", 0, Level.HIGH)
    c = Component(
        Mode.SLOW,
        [Mode.SLOW, "up"],
        initial=Mode.SLOW,
        variables=[mode, level],
        transitions=[
            on(Mode.FAST, Mode.SLOW, "up", then={mode: Mode.SLOW, level: level + Level.HIGH}),
            on("back", ["up"], outcomes=[outcome(Mode.SLOW, {level: Level.LOW - 1})]),
        ],
    )
    system = compose("s", [c])
    verdicts = check(
        system,
        [
            never(mode == Mode.SLOW),
            reachable(c.slow & (level == 0) & (mode == "slow")),
            worst_case(level, at_most=Level.LOW),
        ],
        engine=engine,
    )
    assert [v.conclusion.value for v in verdicts] == ["HOLDS", "VIOLATED", "HOLDS", "VIOLATED"]
    assert [e.name for e in system.events] == ["fast", "back"]
    assert system.decode(system.initial)["slow.mode"] == "fast"


def test_remarks_on_what_nothing_brings_about() -> None:
    valve = Component("valve", ["shut", "open"], transitions=[on("open_valve", "shut", "open", passive=True)])
    age = Age("age", cap=hours(2))
    clock = Component(
        "clock", ["on"], variables=[age], transitions=[on("alarm", "on", when=age == hours(2), then={age: 0})]
    )
    told = [(r.code, r.subject) for r in remarks_of(compose("s", [valve, clock, _machine()], tick=hours(1)))]
    assert told == [("DR840", "valve"), ("DR841", "clock.age")]
    hand = Component("hand", ["here"], transitions=[on("open_valve", "here"), on("tick", "here")])
    assert remarks_of(compose("s", [valve, clock, hand], tick=hours(1))) == ()


def test_a_guard_that_compares_objects_is_remarked() -> None:
    first = _machine()
    second = Component("e", ["x"], transitions=[on("look", "x", when=first.b is True)])
    third = Component("f", ["x"], transitions=[on("see", "x", unless=first is None)])
    assert [(r.code, r.subject) for r in remarks_of(compose("s", [first, second, third]))] == [("DR830", "e.look")]
