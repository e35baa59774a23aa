"""Each kind of property is one class, with all that the rest of the package asks of a kind; nothing tells kinds apart by name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import drcheck
from drcheck import Component, compose, globally, on
from drcheck.language.expressions import Expression
from drcheck.logic import properties
from drcheck.logic.asking import Asked, Reads, ShownBy
from drcheck.logic.kinds import Domains, Property
from drcheck.logic.observing import with_observers
from drcheck.report.glossary import TERMS
from drcheck.verdicts.check import check
from drcheck.verdicts.deciding import decide
from drcheck.verdicts.plan import Planner

SOURCE = Path(drcheck.__file__).parent


def every(kind: type[Property]) -> list[type[Property]]:
    return [kind, *(below for each in kind.__subclasses__() for below in every(each))]


KINDS = every(Property)[1:]
NAMES = {kind.kind for kind in KINDS}


def link() -> Component:
    rows = [on("fails", "up", "down"), on("restored", "down", "up", urgent=True), on("tick", "up")]
    return Component("link", states=["up", "down"], transitions=rows)


LINK = link()
STATED = [
    properties.always(LINK.up | LINK.down, name="always"),
    properties.never(LINK.up & LINK.down, name="never"),
    properties.whenever(LINK.up, ~LINK.down, name="whenever"),
    properties.reachable(LINK.down, name="reachable"),
    properties.deadlock_free(name="deadlock_free"),
    properties.deadlock_free(LINK.down, name="deadlock_free_except"),
    properties.leads_to(LINK.up, LINK.up, name="leads_to"),
    properties.eventually(LINK.up, name="eventually"),
    properties.ltl(globally(LINK.up | LINK.down), name="ltl"),
    properties.can_always(LINK.up, name="can_always"),
    properties.worst_case(drcheck.if_else(LINK.up, 1, 2), name="worst_case"),
    properties.within(1, LINK.up, after=LINK.down, name="within"),
    properties.structure(True, "it is", name="structure"),
]
SYSTEM = compose("kinds", [LINK])


def test_there_is_a_property_of_each_kind() -> None:
    assert {type(item) for item in STATED} == set(KINDS) - {Domains}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_kind_has_a_name_a_family_and_a_way_to_decide_it(kind: type[Property]) -> None:
    assert kind.kind
    assert kind.family == "structure" or kind.family in {*TERMS, "worst case", "recoverability"}
    assert decide.registry.get(kind) is not None, f"nothing in drcheck.verdicts.deciding decides {kind.__name__}"
    assert kind.ask is not Property.ask
    assert isinstance(kind.reads, Reads)
    assert isinstance(kind.shown_by, ShownBy)


def test_a_kind_that_nothing_decides_says_so() -> None:
    class Another(Property):
        kind = "another"

    with pytest.raises(NotImplementedError, match="another"):
        decide(Another(), None, None)
    with pytest.raises(NotImplementedError):
        Another().ask(Planner(SYSTEM))


@pytest.mark.parametrize("item", STATED, ids=lambda item: item.name)
def test_what_is_asked_decides_it(item: Property) -> None:
    """Each kind asks for something that a search answers, and is decided by it."""
    system, (made,) = with_observers(SYSTEM, [item])
    planner = Planner(system)
    asked = planner.plan(made).asked
    if item.needs_search:
        assert asked != Asked()
        assert len(planner.watches) == (asked.watch is not None) + (asked.trigger is not None)
        assert len(planner.maxima) == (asked.maximum is not None) + (asked.delay is not None)
    else:
        assert asked == Asked()
    assert item.of_executions <= asked.graph
    (_, verdict) = check(SYSTEM, [item])
    assert verdict.conclusion.value == "HOLDS"
    assert verdict.run.needed is item.needs_search
    assert all(isinstance(node, Expression) for _, node in item.parts())


def test_the_domains_are_a_kind_too() -> None:
    (verdict,) = check(SYSTEM, [])
    assert type(verdict.property) is Domains
    assert Planner(SYSTEM).plan(verdict.property).asked == Asked()


def compared(tree: ast.AST) -> list[str]:
    """The names of kinds that a module compares something with, matches, or has as keys of a table."""
    found: list[ast.expr | None] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            found += [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            found.append(node.value)
        elif isinstance(node, ast.Dict):
            found += node.keys
    parts = [part for node in found if node is not None for part in (node, *getattr(node, "elts", ()))]
    return [part.value for part in parts if isinstance(part, ast.Constant) and part.value in NAMES]


def test_nothing_compares_names_of_kinds() -> None:
    for path in sorted(SOURCE.rglob("*.py")):
        if path.name in (
            "glossary.py",
            "effects.py",
        ):  # their keys are words, some of which kinds are called by as well
            continue
        assert not compared(ast.parse(path.read_text(encoding="utf-8"))), path


@pytest.mark.parametrize(
    "text",
    [
        "item.kind == 'always'",
        "item.kind in ('ltl', 'leads_to')",
        "match item.kind:\n    case 'always' | 'reachable':\n        pass",
        "{'ltl': 1}[item.kind]",
    ],
)
def test_a_comparison_is_found(text: str) -> None:
    assert compared(ast.parse(text))
