"""Texts that are not written where their machine code is known: found by keys that forget nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, seed, settings

from bench.designs import names
from drcheck import Age, Boolean, Component, Integer, compose, hours, minutes, on
from drcheck.designs.design import load
from drcheck.engines.layout import Layout, layout_of
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.native.model.codegen import expand_code, expand_text, text_key
from drcheck.engines.protocol import Enough, Query
from drcheck.engines.python import PythonEngine
from drcheck.kernels import code_cache, jit
from drcheck.kernels.lazy_text import ALWAYS_WRITTEN, LazyText
from drcheck.language.expressions import BOOLEAN, Literal, Operation
from drcheck.sampling.walk_kernels import walk_model_code
from drcheck.system.system import Alternative, Cell, Domain, Event, System, begun_with
from tests.project.test_layers import NAMES, ours
from tests.support.engines import equal
from tests.support.generated import composed
from tests.support.generators import Case, systems
from tests.support.reducing import reduced

needs_compiler = pytest.mark.skipif(not jit.available(), reason="there is no compiler")


def sample() -> System:
    age, x, lit = Age("age", cap=hours(3)), Integer("x", 0, 3), Boolean("lit")
    steps = [
        on("tick", "on", then={age: age + 1}),
        on("end", "on", "off", when=age > 1),
        on("begin", "off", "on", then={age: 0}),
    ]
    clock = Component("clock", ["on", "off"], variables=[age], transitions=steps)
    lamp = Component(
        "lamp",
        ["there"],
        variables=[x, lit],
        transitions=[
            on("switch", "there", when=x < 3, then={lit: ~lit, x: x + 1}, kind="environment"),
            on("rest", "there", when=lit, then={lit: False, x: 0}),
        ],
    )
    return compose("sample", [clock, lamp], tick=hours(1))


SYSTEM = sample()
AGE, X, LIT = (SYSTEM.cells[n] for n in (1, 3, 4))
QUERY = Query((LIT, Operation("<", (X, Literal(2)), BOOLEAN)), (X,))


def changed(number: int, **parts: object) -> System:
    """The sample with an event that is another in some parts."""
    events = list(SYSTEM.events)
    events[number] = replace(events[number], **parts)  # type: ignore[arg-type]
    return replace(SYSTEM, events=tuple(events))


def domain(cell: Cell, **parts: object) -> System:
    """The sample with a cell of another domain, in its expressions, too."""
    other = Cell(cell.index, cell.name, replace(cell.domain, **parts), cell.owner)  # type: ignore[arg-type]
    return replace(SYSTEM, cells=tuple(other if c is cell else c for c in SYSTEM.cells))


def ways(number: int, way: Callable[[Alternative], Alternative]) -> System:
    return changed(number, alternatives=tuple(way(w) for w in SYSTEM.events[number].alternatives))


SWITCH = next(n for n, event in enumerate(SYSTEM.events) if event.name == "switch")
TRUE = Literal(True)
CHANGED: dict[str, System | Query] = {
    "guard": changed(SWITCH, guard=Operation("<", (X, Literal(2)), BOOLEAN)),
    "operator": changed(SWITCH, guard=Operation("<=", (X, Literal(3)), BOOLEAN)),
    "operands in another order": changed(SWITCH, guard=Operation("<", (Literal(3), X), BOOLEAN)),
    "another cell": changed(SWITCH, guard=Operation("<", (AGE, Literal(3)), BOOLEAN)),
    "True is not 1": changed(SWITCH, guard=TRUE),
    "1 is not True": changed(SWITCH, guard=Literal(1)),
    "updates": ways(SWITCH, lambda way: replace(way, updates=way.updates[:1])),
    "order of updates": ways(SWITCH, lambda way: replace(way, updates=way.updates[::-1])),
    "guard of an alternative": ways(SWITCH, lambda way: replace(way, guard=LIT)),
    "a guard that is always true": ways(SWITCH, lambda way: replace(way, guard=TRUE)),
    "probability": ways(SWITCH, lambda way: replace(way, probability=Literal(1))),
    "one alternative more": changed(SWITCH, alternatives=SYSTEM.events[SWITCH].alternatives * 2),
    "name of an event": changed(SWITCH, name="other"),
    "kind": changed(SWITCH, kind="time"),
    "urgency": changed(SWITCH, urgent=True),
    "priority": changed(SWITCH, priority=1),
    "fault": changed(SWITCH, fault="loss"),
    "rate": changed(SWITCH, rate=0.5),
    "order of events": replace(SYSTEM, events=SYSTEM.events[::-1]),
    "one event less": replace(SYSTEM, events=SYSTEM.events[:-1]),
    "least value": domain(X, low=-1),
    "greatest value": domain(X, high=4),
    "reading of a cell": domain(LIT, kind="integer"),
    "labels": domain(SYSTEM.cells[0], labels=("on", "out")),
    "tick": replace(SYSTEM, tick=minutes(30)),
    "reductions": reduced(SYSTEM, "dead-variables", LIT).system,
    "watches": replace(QUERY, watches=QUERY.watches[:1]),
    "order of watches": replace(QUERY, watches=QUERY.watches[::-1]),
    "maxima": replace(QUERY, maxima=(AGE,)),
    "a watch is no maximum": Query(QUERY.watches[:1], (*QUERY.watches[1:], *QUERY.maxima)),
    "graph": replace(QUERY, graph=True),
    "enough": replace(QUERY, enough=Enough((0,))),
}


@pytest.mark.parametrize("other", CHANGED.values(), ids=CHANGED)
def test_each_input_alone_makes_another_key(other: System | Query) -> None:
    system, query = (SYSTEM, other) if isinstance(other, Query) else (other, QUERY)
    layout = layout_of(SYSTEM)
    assert text_key("expand", system, query, layout) != text_key("expand", SYSTEM, QUERY, layout)


def test_layouts_and_kinds_of_texts_make_other_keys() -> None:
    usual = layout_of(SYSTEM)
    moved = (*usual.fields[:-1], replace(usual.fields[-1], shift=usual.fields[-1].shift + 1))
    layouts = [usual, Layout(moved, usual.words), Layout(usual.fields, 2 * usual.words)]
    keys = {text_key(what, SYSTEM, QUERY, layout) for what in ("expand", "walk") for layout in layouts}
    assert len(keys) == 2 * len(layouts)


def test_what_is_no_part_of_steps_makes_no_other_key() -> None:
    """The same composed anew has the same key, and so has the same begun elsewhere, as with fewer faults."""
    layout, key = layout_of(SYSTEM), text_key("expand", SYSTEM, QUERY, layout_of(SYSTEM))
    other = sample()
    anew = Query((other.cells[4], Operation("<", (other.cells[3], Literal(2)), BOOLEAN)), (other.cells[3],))
    assert text_key("expand", other, anew, layout) == key
    elsewhere = begun_with(SYSTEM, [tuple(cell.domain.high for cell in SYSTEM.cells)])
    assert text_key("expand", elsewhere, QUERY, layout) == key


def test_each_part_of_a_system_is_in_the_key_or_says_nothing_of_steps() -> None:
    """A new part must be decided about: here, and in `flat` or `text_key`."""
    assert {f.name for f in fields(Query)} == {"watches", "maxima", "graph", "enough"}
    assert {f.name for f in fields(Domain)} == {"kind", "low", "high", "labels"}
    assert {f.name for f in fields(Alternative)} == {"updates", "guard", "probability", "chosen"}
    about = {"participants", "doc", "place"}
    assert {f.name for f in fields(Event)} - about == {
        "name",
        "guard",
        "alternatives",
        "kind",
        "urgent",
        "priority",
        "fault",
        "rate",
    }
    assert set(vars(SYSTEM.cells[0])) == {"index", "name", "domain", "owner", "kind"}


@pytest.mark.parametrize("what", ["source", "compiler and processor", "Python"])
def test_versions_and_the_processor_make_other_keys(what: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRCHECK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(jit, "target", lambda: "a processor")

    def ask() -> str:
        return LazyText("key", lambda: "text").text

    monkeypatch.delenv(ALWAYS_WRITTEN, raising=False)
    ask()
    files = len(list((tmp_path / "cache").iterdir()))
    match what:
        case "source":
            monkeypatch.setattr(code_cache, "source_of_texts", lambda: "other")
        case "Python":
            monkeypatch.setattr("drcheck.kernels.lazy_text.sys.version", "other")
        case _:
            monkeypatch.setattr(jit, "target", lambda: "another processor")
    ask()
    assert len(list((tmp_path / "cache").iterdir())) == files + 1


def test_the_source_of_texts_is_all_that_their_writers_import() -> None:
    read = {code_cache.PACKAGE / name for name in code_cache.BELOW}
    for folder, below in ((f, f in code_cache.KERNELS) for f in (*code_cache.KERNELS, *code_cache.WRITERS)):
        read |= {Path(path) for path in code_cache._modules(folder, below)}
    found, left = set[str](), [function.__module__ for function in (expand_code, walk_model_code, text_key)]
    while left:
        module = left.pop()
        if module not in found:
            found.add(module)
            left += [other for other in ours(module) if other in NAMES and "." in other]
    assert "drcheck.system.ranges" in found
    assert {NAMES[module].resolve() for module in found} <= {path.resolve() for path in read}


# -- the slow twin: the text itself ----------------------------------------------------------------------------------------
def test_equal_keys_of_designs_have_equal_texts() -> None:
    """Each small design composed twice: one key, one text; and no two designs have one key."""
    texts: dict[str, str] = {}
    small = [name for name in names() if "info_mart." not in name and "logger" not in name]
    assert len(small) > 3
    for name in small:
        for _ in range(2):
            system = load(name).build()
            layout, query = layout_of(system), Query((), system.cells[:1])
            key, text = text_key("expand", system, query, layout), expand_code(system, query, layout)
            assert texts.setdefault(key, text) == text, name
    assert len(texts) == len(set(texts.values())) == len(small)


@seed(0)
@settings(max_examples=12)
@given(case=systems())
def test_equal_keys_of_generated_systems_have_equal_texts(case: Case) -> None:
    """Composed twice; with an event less, a watch less, and reduced: what is not told apart by keys must have one text."""
    one, other = composed(case), composed(case)
    texts: dict[str, str] = {}
    for built in (one, other):
        query, layout = Query(built.lowered_watches, built.lowered_maxima), layout_of(built.system)
        systems_ = [built.system, replace(built.system, events=built.system.events[1:])]
        systems_ += [reduced(built.system, "dead-variables", *built.watches).system]
        for system in systems_:
            for asked in (query, replace(query, watches=query.watches[1:])):
                text = expand_code(system, asked, layout)
                assert texts.setdefault(text_key("expand", system, asked, layout), text) == text
    assert len(set(texts.values())) > 1


# -- what it is for --------------------------------------------------------------------------------------------------------
@needs_compiler
def test_a_text_is_written_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRCHECK_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(ALWAYS_WRITTEN, raising=False)
    written: list[str] = []

    def writing(system: System, query: Query, layout: Layout) -> str:
        written.append("once")
        return expand_code(system, query, layout)

    monkeypatch.setattr("drcheck.engines.native.model.codegen.expand_code", writing)
    expected = PythonEngine().explore(SYSTEM, QUERY)
    for _ in range(3):
        equal(NativeEngine().explore(SYSTEM, QUERY), expected)
    assert written == ["once"]


@needs_compiler
def test_a_key_that_forgets_something_is_found_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRCHECK_CACHE", str(tmp_path / "cache"))
    texts = [expand_code(SYSTEM, query, layout_of(SYSTEM)) for query in (QUERY, Query())]
    LazyText("one key", lambda: texts[0])
    with pytest.raises(AssertionError, match="two texts have one key"):
        LazyText("one key", lambda: texts[1])
    monkeypatch.delenv(ALWAYS_WRITTEN)
    LazyText("another", lambda: texts[0]).compiled(0)
    again = LazyText("another", lambda: texts[1])
    assert again.text == texts[1]  # what is written counts
    again.compiled(0).address("expand")
    assert LazyText("another", lambda: "never asked").compiled(0).address("expand")


@needs_compiler
def test_code_that_was_removed_is_made_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRCHECK_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(ALWAYS_WRITTEN)
    layout = layout_of(SYSTEM)
    expand_text(SYSTEM, QUERY, layout).compiled(0)
    files = sorted((tmp_path / "cache").iterdir(), key=lambda file: file.stat().st_size)
    assert len(files) == 2
    for file in files:
        before = file.read_bytes()
        file.unlink()
        assert expand_text(SYSTEM, QUERY, layout).compiled(0).address("expand")
        assert file.read_bytes() == before
        file.write_bytes(before[:-1])  # damaged
        assert expand_text(SYSTEM, QUERY, layout).compiled(0).address("expand")
        assert file.read_bytes() == before
