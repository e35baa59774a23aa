"""Into what questions about slices are divided."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from drcheck.abstraction import choosing
from drcheck.abstraction.choosing import finer
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation
from drcheck.saturation.ends import worth
from drcheck.system.system import cells_of
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


@pytest.mark.parametrize("name", ["disjunction", "conjunction", "negation"])
def test_a_part_that_is_wrong_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A minimum, maximum or choice loses its last operand; a choice asks the same in both branches."""
    plain = getattr(choosing, name)
    wrong = (
        (lambda node: node) if name == "negation" else (lambda parts: plain(parts[:-1] if len(parts) > 1 else parts))
    )
    opened = choosing._opened

    def planted(node: Expression) -> Expression:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(choosing, name, wrong)
            return opened(node)

    monkeypatch.setattr(choosing, "_opened", planted)
    with pytest.raises(AssertionError):
        assert_divided(range(150))


def test_a_maximum_beyond_a_cap_is_asked_of_each_of_its_numbers() -> None:
    """Each part reads one number, and what cannot be beyond is left out."""
    x, y, _, on = cells_of_three()
    age = Operation("if", (Operation(">", (y, Literal(0)), BOOLEAN), y, Literal(0)), INTEGER)
    most = Operation("max", (Literal(1), x, age), INTEGER)
    parts = finer(conjunction([on, Operation(">", (most, Literal(1)), BOOLEAN)]))
    assert [cells_of(part) for part in parts] == [{3, 0}, {3, 1}]
    assert finer(on) == [on]
