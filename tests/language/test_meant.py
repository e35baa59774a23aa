"""What is written and would mean something else without a word: each is refused with what to write, or taken as it is meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from drcheck import (
    Component,
    Counter,
    DrcheckError,
    Finding,
    System,
    all_of,
    always,
    case,
    compose,
    count,
    deadlock_free,
    design,
    event,
    examples,
    never,
    on,
    outcome,
    stated,
    worst_case,
)
from drcheck.logic.properties import Statement
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.claims import Claim

link = Component("link", ["up", "down"], transitions=[on("fails", "up", "down"), on("restored", "down", "up")])
system = compose("links", [link])


# -- several keys in one text ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("claims", "apart"),
    [("A-1, A-2", ("A-1", "A-2")), ("A-1;A-2", ("A-1", "A-2")), (["A-1", "A-2,A-3"], ("A-1", "A-2", "A-3"))],
)
@pytest.mark.parametrize("declare", [lambda c: never(link.down, claims=c), lambda c: stated(claims=c)])
def test_several_claims_in_one_text(
    declare: Callable[[object], object], claims: object, apart: tuple[str, ...]
) -> None:
    with pytest.raises(DrcheckError, match=r"\[DR309\] claims=.* would be read as") as caught:
        declare(claims)
    assert caught.value.remedy == f"write claims={apart!r}"


def test_claims_that_are_well_written() -> None:
    assert never(link.down, claims=("A-1", "A-2")).claims == ("A-1", "A-2")
    assert never(link.down, claims="chapter 2").claims == ("chapter 2",)
    for wrong in ("", " ", ["A-1", ""]):
        with pytest.raises(DrcheckError, match=r"\[DR309\] the claims of a property cannot be"):
            never(link.down, claims=wrong)
    with pytest.raises(DrcheckError, match=re.escape("'A-1, A-2': a key has no comma")):
        Claim("A-1, A-2", "Something.", "the book", "1")


# -- one for several, and what is no property ---------------------------------------------------------------------------
def twin(more: bool = False) -> System:
    return compose("links", [link], properties=[always(link.up | link.down, name="somewhere")], title="more" * more)


def test_one_property_may_be_given_for_several() -> None:
    (_, verdict) = check(system, never(link.down))
    assert verdict.conclusion.value == "VIOLATED"
    (_, verdict) = check(system, stated(name="p")(lambda d: never(d.link.down)))
    assert (verdict.property.name, verdict.conclusion.value) == ("p", "VIOLATED")
    assert [v.property.name for v in check_design(design(twin), names="somewhere").verdicts][-1] == "somewhere"


@pytest.mark.parametrize(
    ("decide", "words"),
    [
        (lambda: check(system, "p"), r"\[DR302\] 'p' is no list of properties .*test_meant.py:\d+.*or one property"),
        (lambda: check(system, 3), r"\[DR302\] 3 is no list of properties"),
        (lambda: check(system, link.down), r"\[DR302\] <boolean expression link.down> is no list of properties"),
        (lambda: check(system, [never]), r"\[DR302\] <function never.*> is not a property .*test_meant.py:\d+"),
        (
            lambda: check(system, {"p": never(link.down)}),
            r"\[DR123\] the properties to decide are given as a dictionary",
        ),
        (lambda: check(design(twin)), r"\[DR203\] .* is not a composed system .*check_design\(design\)"),
        (lambda: check([link]), r"\[DR203\] .* is not a composed system"),
        (lambda: check_design(system), r"\[DR203\] .* is not a design .*check\(system\)"),
        (lambda: check_design("model:design"), r"\[DR203\] 'model:design' is not a design .*load"),
    ],
)
def test_what_cannot_be_decided(decide: Callable[[], object], words: str) -> None:
    with pytest.raises(DrcheckError, match=words):
        decide()


# -- designs ----------------------------------------------------------------------------------------------------------------
def test_a_module_of_properties_may_be_given_itself() -> None:
    assert design(properties=examples)(twin).properties_module == "drcheck.examples"
    assert design(properties="properties.p")(twin).properties_module == "properties.p"


@pytest.mark.parametrize(
    ("declare", "words"),
    [
        (
            lambda: design("A link"),
            r"\[DR208\] design declares a function .* not 'A link' .*write @design\(title='A link'\)",
        ),
        (lambda: design(twin()), r"\[DR208\] design declares a function that composes, not <system links"),
        (lambda: design(design(twin)), r"\[DR208\] design declares a function"),
        (lambda: design(title=3), r"\[DR208\] the title of a design is text, not 3"),
        (lambda: design(title=twin), r"\[DR208\] the title of a design is text"),
        (lambda: design(properties=""), r"\[DR208\] properties names the module .* cannot be ''"),
        (lambda: design(properties="properties/p.py"), r"\[DR208\] properties names the module"),
        (lambda: design(properties=[never(link.down)]), r"\[DR208\] .*passed to compose"),
        (lambda: design(properties=never(link.down)), r"\[DR208\] .*passed to compose"),
    ],
)
def test_designs_that_cannot_be_declared(declare: Callable[[], object], words: str) -> None:
    with pytest.raises(DrcheckError, match=words) as caught:
        declare()
    assert str(caught.value.place).startswith("tests/language/test_meant.py:")


# -- keys that are written twice ----------------------------------------------------------------------------------------
TWICE = """
from drcheck import *
n, m = Counter("n", cap=3), Counter("m", cap=3)
slot = Array("slot", Integer("v", 0, 3), 2)
c = Component("c", ["a", "b"], variables=[n, m, slot], transitions=[on("go", "a", "b"){row}])
{more}
system = compose("s", [c]{argument})
"""
REPEATED: dict[str, tuple[dict[str, str], str]] = {
    "a variable": ({"row": ", on('x', then={n: n + 1, n: n + 2})"}, r"DR146.*the key `n` twice, first in line 5.*twice.py:5"),
    "a variable, in lines": (
        {"row": ", on('x', then={\n n: n + 1, m: 0,\n n: n + 2})"}, r"the key `n` twice, first in line 6.*twice.py:7"
    ),
    "an element": ({"row": ", on('x', then={slot[1]: 1, slot[1]: 2})"}, r"DR146.*the key `slot\[1\]` twice"),
    "two spellings": (
        {"row": ", on('x', then={slot[1]: 1, slot[2 - 1]: 2})"}, r"DR146.*then is written with 2 keys and has 1, as two of slot"
    ),
    "an outcome": (
        {"row": ", on('x', outcomes=[outcome('a', {n: 1, slot[0]: 1, slot[1 - 1]: 2})])"}, r"DR146.*then is written with 3 keys"
    ),
    "made before": ({"more": "then = {n: 1, n: 2}"}, r"DR146.*the key `n` twice"),
    "a vector": ({"argument": ", events=[event('e', {c: 'go', c: 'go'})]"}, r"DR146.*the key `c` twice"),
    "a vector, two spellings": (
        {"more": "d = c", "argument": ", events=[event('e', {c: 'go', d: 'go'})]"}, r"DR146.*participants is written with 2 keys"
    ),
    "a budget": ({"argument": ", faults={'f': 1, 'f': 2}"}, r"DR146.*the key `'f'` twice"),
    "parameters": ({"more": "p = stated(given={'k': 1, 'k': 2})(lambda d: never(d.c.b))"}, r"DR146.*the key `'k'` twice"),
}  # a case a row  # fmt: skip


def _program(tmp_path: Path, text: str) -> dict[str, object]:
    file = tmp_path / "twice.py"
    file.write_text(text, encoding="utf-8")
    names: dict[str, object] = {}
    exec(compile(text, str(file), "exec"), names)
    return names


@pytest.mark.parametrize("way", REPEATED)
def test_a_key_that_is_written_twice(way: str, tmp_path: Path) -> None:
    pieces, words = REPEATED[way]
    with pytest.raises(DrcheckError, match=words):
        _program(tmp_path, TWICE.format(**{"row": "", "more": "", "argument": "", **pieces}))


def test_properties_with_a_key_that_is_written_twice(tmp_path: Path) -> None:
    made = _program(tmp_path, "from drcheck import *\np = stated(given={'k': 1, 'k': 2})(lambda d: never(d.link.down))")
    with pytest.raises(DrcheckError, match=r"DR146.*the key `'k'` twice, first in line 2.*twice.py:2"):
        check(system, [replace(cast(Statement, made["p"]), given={})])


def test_keys_that_may_be_different(tmp_path: Path) -> None:
    more = "import itertools\nk = itertools.count()\nbase = {n: 1}\nd = {next(k): 1, next(k): 2}\ne = {'a': 1, 'b': 2}"
    row = ", on('x', then={n: 0, m: 0}), on('y', outcomes=[outcome(then={**{n: 1}, n: 2})])"
    assert _program(tmp_path, TWICE.format(row=row, more=more, argument=""))["system"]


# -- None, which a function without `return` gives ------------------------------------------------------------------------
def forgotten() -> Any:
    """A helper without `return`."""


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: on("go", when=forgotten()), r"go: when is None, as .* leave it out or write when=True"),
        (lambda: on("go", unless=forgotten()), r"go: unless is None, .* write unless=False"),
        (lambda: on("go", when=link.up, unless=forgotten()), r"go: unless is None"),
        (lambda: on("go", then=forgotten()), r"go: then is None, .* write then=\{\}"),
        (lambda: outcome("up", forgotten()), r"then of an outcome is None"),
        (lambda: compose("links", [link], faults=forgotten()), r"system links: faults is None"),
        (lambda: deadlock_free(forgotten()), r"except_where is None"),
        (lambda: event("go", forgotten()), r"event go: participants is None"),
        (
            lambda: event("go", {link: "fails"}, optional=forgotten()),
            r"event go: optional is None, .* write optional=\{\}",
        ),
        (lambda: all_of([link.up], forgotten()), r"a predicate is None"),
        (lambda: count([link.up], forgotten()), r"a predicate is None"),
        (lambda: never(link.down, given=forgotten()), r"given is None, .* write given=\{\}"),
        (lambda: stated(given=forgotten()), r"given is None"),
        (lambda: case("late", given=forgotten()), r"given is None"),
        (lambda: Finding("It fails.", "So.", repaired=forgotten()), r"given is None"),
        (lambda: worst_case(Counter("n", cap=3), at_most=forgotten()), r"at_most is None"),
    ],
)
def test_none_is_no_guard_and_no_bound(build: Callable[[], object], words: str) -> None:
    with pytest.raises(DrcheckError, match=r"\[DR147\] " + words) as caught:
        build()
    assert "test_meant.py:" in str(caught.value.place)


def test_none_stays_what_it_is_documented_to_be() -> None:
    assert on("go", dest=None, kind=None, urgent=None, fault=None).outcomes[0].dest is None
    assert worst_case(Counter("n", cap=3)).at_most is None
    assert on("go", when=True, then={}).when is not None


# -- read once ------------------------------------------------------------------------------------------------------------
def same(item: Any) -> Any:
    return item


READ = {
    "a generator": lambda: (c for c in [link]),
    "a map": lambda: map(same, [link]),
    "a filter": lambda: filter(None, [link]),
    "a zip": lambda: zip([link]),
    "an iterator": lambda: iter([link]),
}


@pytest.mark.parametrize("iterator", READ)
@pytest.mark.parametrize("read", [list, next], ids=["to the end", "in part"])
def test_an_iterator_that_was_read_before(iterator: str, read: Callable[[Any], Any]) -> None:
    def fresh(items: Any) -> Any:
        return count(items, lambda c: (c[0] if isinstance(c, tuple) else c).down)

    items: Any = READ[iterator]()
    assert "link.down" in str(fresh(READ[iterator]()))
    read(items)
    with pytest.raises(
        DrcheckError, match=r"\[DR148\] the items of a quantifier are given as a \w+ that was already read"
    ):
        fresh(items)


def test_empty_iterators_that_nobody_read_are_taken() -> None:
    for items in ((c for c in list[Any]()), map(bool, list[Any]()), iter(list[Any]())):
        assert str(count(items)) == "0"


# -- made and stated nowhere --------------------------------------------------------------------------------------------
def of(properties: Callable[[Component], dict[str, Any]]) -> Callable[[], System]:
    def made() -> System:
        part = Component("part", ["p", "q"], transitions=[on("go", "p", "q")])
        details = properties(part)
        return compose("parts", [part], **details)

    return made


def rebound(part: Component) -> dict[str, Any]:
    safe = never(part.q)
    safe = always(part.p)
    return {"properties": [safe]}


def helper_without_return(part: Component) -> dict[str, Any]:
    def safe() -> None:
        never(part.q)

    safe()
    return {"properties": [always(part.p)]}


LOST: dict[str, Callable[[Component], dict[str, Any]]] = {
    "a name that is bound again": rebound,
    "a helper that returns nothing": helper_without_return,
    "a part": lambda part: {"properties": [always(part.p)], "parts": {"safe": never(part.q)}},
    "a list among the parts": lambda part: {"parts": {"safe": [never(part.q)]}},
    "a key of a dictionary that is written over": lambda part: {
        "properties": {k: never(part.q, name=n) for k, n in [("a", "one"), ("a", "two")]}.values()
    },
}


@pytest.mark.parametrize("way", LOST)
def test_a_property_that_is_made_in_a_design_and_goes_nowhere(way: str) -> None:
    with pytest.raises(DrcheckError, match=r"\[DR307\] design .* makes a property that goes nowhere") as caught:
        design(of(LOST[way])).build()
    assert caught.value.place is not None
    assert Path(caught.value.place.file).name == Path(__file__).name


def test_a_property_that_is_added_when_the_system_is_composed() -> None:
    def late() -> System:
        part = Component("part", ["p", "q"], transitions=[on("go", "p", "q")])
        stated_here = [always(part.p)]
        made = compose("parts", [part], properties=stated_here)
        stated_here.append(never(part.q))
        return made

    with pytest.raises(DrcheckError, match=r"\[DR307\]"):
        design(late).build()


def test_a_property_that_a_statement_makes_and_does_not_return() -> None:
    def safe(d: Any) -> Any:
        never(d.link.down)
        return always(d.link.up | d.link.down)

    with pytest.raises(DrcheckError, match=r"\[DR307\] property function safe makes a property that goes nowhere"):
        stated(safe).on(system)


def test_properties_that_are_stated_go_somewhere() -> None:
    def several(part: Component) -> dict[str, Any]:
        return {"properties": [never(state, name=f"n{i}") for i, state in enumerate((part.p, part.q))]}

    inner = design(of(several))
    assert len(inner.build().properties) == 2
    assert len(design(composing(inner)).build().properties) == 2


def composing(inner: Any) -> Callable[[], System]:
    def outer() -> System:
        built: System = inner()
        return built

    return outer
