"""Conditions that contradict themselves hold in no state, whatever is known of them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from random import Random

import pytest

from drcheck.abstraction import contradictions, weakening
from drcheck.abstraction.contradictions import Contradictions
from drcheck.abstraction.proving import Prover
from drcheck.engines.protocol import Limits
from drcheck.language.component import Component
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation
from drcheck.language.transition import on
from drcheck.language.variables import Integer
from drcheck.saturation.ends import worth
from drcheck.system.composition import compose
from drcheck.system.system import Cell
from drcheck.system.terms import conjunction, negation
from tests.support.conditions import cells_of_three, drawn


def asked(random: Random, cells: list[Cell]) -> Expression:
    """Some conditions, of which some are part of others that must not hold."""
    parts = [drawn(random, cells, 2) for _ in range(random.randint(1, 4))]
    others = [drawn(random, cells, 2) for _ in range(random.randint(0, 2))]
    chosen = random.sample(parts, random.randint(1, len(parts)))
    whole = Operation(random.choice(["and", "or"]), [*chosen, *others, random.choice(parts)], BOOLEAN)
    return conjunction([*parts, random.choice([whole, negation(whole)])])


def assert_never(seeds: range) -> None:
    """What is said never to hold does not hold for any values, and of what does not hold for any much is seen."""
    seen = nowhere = 0
    for seed in seeds:
        random, cells = Random(seed), cells_of_three()
        node = asked(random, cells)
        holds = any(worth(node, state) for state in product(range(4), range(4), range(4), range(2)))
        never = Contradictions().never(node)
        assert not (never and holds), node
        seen += never
        nowhere += not holds
    assert nowhere > len(seeds) / 5
    assert seen > nowhere / 2


def test_what_never_holds_is_seen() -> None:
    assert_never(range(600))


def _one_of_is_all_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contradictions, "conjuncts", _of_any)


def _of_any(node: Expression) -> list[Expression]:
    """The operands of `or` as if all of them had to hold."""
    if isinstance(node, Operation) and node.operator in ("and", "or"):
        return [part for operand in node.arguments for part in _of_any(operand)]
    return [node]


def _ranges_are_too_close(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weakening, "bounds", lambda node: (1, 1) if isinstance(node, Cell) else (0, 0))


def _facts_of_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one operand of `or` says is taken for known."""
    plain = contradictions.facts_of
    monkeypatch.setattr(contradictions, "facts_of", lambda node: {0: 1} | dict(plain(node)))


@pytest.mark.parametrize(
    "plant",
    [_one_of_is_all_of, _ranges_are_too_close, _facts_of_a_part],
    ids=lambda plant: plant.__name__.strip("_"),
)
def test_faults_are_noticed(plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        assert_never(range(600))


def test_what_is_asked_twice_contradicts_itself_in_any_depth() -> None:
    x, y, z, on_ = cells_of_three()
    far = Operation(">", (Operation("-", (x, y), INTEGER), Literal(1)), BOOLEAN)
    either = Operation("or", (far, Operation("==", (z, Literal(3)), BOOLEAN)), BOOLEAN)
    never = Contradictions().never
    assert never(conjunction([on_, far, negation(conjunction([on_, either]))]))
    assert never(conjunction([on_, negation(far), far]))
    assert not never(conjunction([on_, either, negation(conjunction([on_, far]))]))


def test_a_number_beyond_its_range_is_none() -> None:
    """`far and not (far or z == 7)`, and the other way round where z is never 7."""
    x, y, z, _ = cells_of_three()
    far = Operation(">", (Operation("-", (x, y), INTEGER), Literal(1)), BOOLEAN)
    beyond = Operation("==", (z, Literal(7)), BOOLEAN)
    either = Operation("or", (far, beyond), BOOLEAN)
    assert Contradictions().never(conjunction([either, negation(far)]))
    assert not Contradictions().never(conjunction([Operation("or", (far, far), BOOLEAN), negation(beyond)]))


def test_what_is_learned_of_a_counter_makes_a_condition_contradict_itself() -> None:
    """No slice keeps the two counters by which the condition asks: a small one shows that the third is never so great."""
    age, first, second = Integer("age", 0, 200), Integer("first", 0, 60), Integer("second", 0, 60)
    tank = Component(
        "tank",
        ["open", "shut"],
        variables=[age, first, second],
        transitions=[
            on("wait", "open", when=age < 20, then={age: age + 1}),
            on("rest", "open", "shut", when=age > 10, then={age: 0}),
            on("again", "shut", "open"),
            on("fill", "open", when=first < 60, then={first: first + 1}),
            on("drain", "open", when=first > 0, then={first: first - 1}),
            on("copy", "open", then={second: first}),
        ],
    )
    system = compose("works", [tank])
    cells = {cell.name: cell for cell in system.cells}
    far = Operation(">", (Operation("-", (cells["tank.first"], cells["tank.second"]), INTEGER), Literal(1)), BOOLEAN)
    most = Operation("==", (cells["tank.age"], Literal(200)), BOOLEAN)
    node = conjunction([Operation("or", (far, most), BOOLEAN), negation(far)])
    proof = Prover(system, [node], [], [(0,)], [], domains=False).prove(Limits(), 100_000)
    assert proof.watches[0].never
    kept = {name for number in proof.watches[0].by for name in proof.slices[number].kept}
    assert kept == {"tank.age"}
