"""Into what questions about slices are divided."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from random import Random

import pytest

from drcheck.abstraction import choosing
from drcheck.abstraction.choosing import finer
from drcheck.language.expressions import BOOLEAN, INTEGER, Literal, Operation, nodes_in
from drcheck.saturation.ends import worth
from drcheck.system.terms import conjunction
from tests.support.conditions import cells_of_three, drawn


def assert_divided(seeds: range) -> None:
    """One of the parts holds where, and only where, the condition does."""
    divided = 0
    for seed in seeds:
        random, cells = Random(seed), cells_of_three()
        node = drawn(random, cells, 3)
        parts = finer(node)
        divided += len(parts) > 1
        for state in product(range(4), range(4), range(4), range(2)):
            assert bool(worth(node, state)) == any(worth(part, state) for part in parts), node
    assert divided > len(seeds) / 20


def test_the_parts_of_a_condition_are_the_condition() -> None:
    assert_divided(range(150))


def _others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the operands of a minimum or maximum any may be it."""
    plain = choosing._ways
    monkeypatch.setattr(
        choosing, "_ways", lambda node: [(known, says if len(known) > 1 else []) for known, says in plain(node)]
    )


def _lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last operand, or branch, is lost."""
    plain = choosing._ways
    monkeypatch.setattr(choosing, "_ways", lambda node: plain(node)[:1])


def _facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """More is taken for known than the conjuncts say."""
    plain = choosing.simplify
    monkeypatch.setattr(choosing, "simplify", lambda node, facts: plain(node, {0: 1} | facts))


def _never(monkeypatch: pytest.MonkeyPatch) -> None:
    """What differs by a number is taken for equal."""
    monkeypatch.setattr(choosing, "OPERATORS", {name: lambda a, b: False for name in choosing.OPERATORS})


@pytest.mark.parametrize("plant", [_others, _lost, _facts, _never], ids=lambda plant: plant.__name__.strip("_"))
def test_faults_in_what_is_taken_apart_are_noticed(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        assert_divided(range(150))


def test_a_maximum_beyond_a_cap_is_asked_of_each_of_its_numbers() -> None:
    """It is no maximum in its parts, and what cannot be beyond is none of them."""
    x, y, _, on = cells_of_three()
    age = Operation("if", (Operation(">", (y, Literal(0)), BOOLEAN), y, Literal(0)), INTEGER)
    most = Operation("max", (Literal(1), x, age), INTEGER)
    parts = finer(conjunction([on, Operation(">", (most, Literal(1)), BOOLEAN)]))
    assert len(parts) == 3
    assert not any(node.operator in ("max", "if") for node in nodes_in(parts))
    assert finer(on) == [on]


def test_it_is_seen_that_a_maximum_is_one_of_its_operands() -> None:
    x, y, z, _ = cells_of_three()
    most = Operation("max", (x, y, z), INTEGER)
    assert finer(conjunction([Operation("<", (cell, most), BOOLEAN) for cell in (x, y, z)])) == []
    assert len(finer(conjunction([Operation("<", (cell, most), BOOLEAN) for cell in (x, y)]))) == 1


def test_what_keeps_an_index_and_a_divisor_in_range_is_left() -> None:
    """Where a minimum is also compared, it is left there, too."""
    x, y, z, _ = cells_of_three()
    index, divisor = Operation("min", (x, Literal(1)), INTEGER), Operation("max", (y, Literal(1)), INTEGER)
    chosen = Operation("select", (index, y, z), INTEGER)
    shared = Operation("//", (Operation("max", (x, z), INTEGER), divisor), INTEGER)
    asked = conjunction([Operation(">", (each, Literal(0)), BOOLEAN) for each in (chosen, shared, index)])
    parts = finer(asked)
    assert len(parts) == 2
    for state in product(range(4), range(4), range(4), range(2)):
        assert bool(worth(asked, state)) == any(worth(part, state) for part in parts)
