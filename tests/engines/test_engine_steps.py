"""What a step can be, and how states are stored: compiled engines and array operations against the python engine."""

from __future__ import annotations

import pytest

from bench.pipeline import SIZES, pipeline
from drcheck.engines.layout import layout_of
from drcheck.engines.numpy import packing
from drcheck.engines.protocol import Query
from drcheck.language.component import on, outcome
from drcheck.language.functions import all_of, any_of, if_else, maximum, minimum, total
from drcheck.language.variables import Array, Boolean, Choice, Counter, Integer
from drcheck.system.lowering import lower
from tests.support.engines import WAYS, Same, one, timed, walk


@pytest.fixture(params=WAYS)
def same(request: pytest.FixtureRequest) -> Same:
    """Asks one of the engines, however it stores states."""
    return WAYS[request.param]


# -- operators -----------------------------------------------------------------------------------------------------
OPERATORS = {
    "plus": lambda a, b: a + b,
    "minus": lambda a, b: a - b,
    "times": lambda a, b: a * b,
    "floor_by_positive": lambda a, b: a // maximum(b, 1),
    "floor_by_negative": lambda a, b: a // minimum(b, -1),
    "floor_of_constant": lambda a, b: -17 // maximum(b, 2),
    "modulo_by_positive": lambda a, b: a % maximum(b, 1),
    "modulo_by_negative": lambda a, b: a % minimum(b, -1),
    "modulo_of_natural": lambda a, b: (a + 5) % 3 + (a + 5) // 3 * 10,
    "min_of_three": lambda a, b: minimum(a, b, a * b),
    "max_of_four": lambda a, b: maximum(a, b, a * b, 0 - a),
    "if": lambda a, b: if_else((a < b) & ~(a == 0), a * 7, b - 3),
    "nested": lambda a, b: if_else(((a < 0) | ~((b > 1) & (a != b))) & ~(a >= 4), 1, if_else(a <= b, 2, 3)),
    "boolean_comparison": lambda a, b: if_else((a < b) == (b > 1), 1, 0) + if_else((a < 0) != (b < 0), 10, 0),
    "boolean_if": lambda a, b: if_else(if_else(a < b, b > 0, a > 2), 1, 0),
    "membership": lambda a, b: if_else(a.is_in(-3, 1, b), 5, -5),
    "large": lambda a, b: (a * 1_000_000_007) * (b * 1_000_003) // 77_777 + (a * 1_000_000_007) % 1_234_567,
}


@pytest.mark.parametrize("name", OPERATORS)
def test_operator(same: Same, name: str) -> None:
    a, b, steps = walk(-5, 5)
    node = OPERATORS[name](a, b)
    system = one([a, b], steps)
    watches = tuple(lower(system, node == value) for value in range(-40, 41))
    result = same(system, Query(watches, (lower(system, node), lower(system, 0 - node))))
    assert result.states == 121
    # Each operator's own Python meaning, state by state.
    for n in range(result.states):
        values = result.state(n)[1:]
        expected = _python(name, *values)
        assert result.maxima[0][0] >= expected >= -result.maxima[1][0]
        if -40 <= expected <= 40:
            hit = result.hits[expected + 40]
            assert hit is not None
            assert hit <= n


def _python(name: str, a: int, b: int) -> int:
    """The same operators on plain integers."""
    plain = {
        "plus": a + b,
        "minus": a - b,
        "times": a * b,
        "floor_by_positive": a // max(b, 1),
        "floor_by_negative": a // min(b, -1),
        "floor_of_constant": -17 // max(b, 2),
        "modulo_by_positive": a % max(b, 1),
        "modulo_by_negative": a % min(b, -1),
        "modulo_of_natural": (a + 5) % 3 + (a + 5) // 3 * 10,
        "min_of_three": min(a, b, a * b),
        "max_of_four": max(a, b, a * b, -a),
        "if": a * 7 if a < b and a != 0 else b - 3,
        "nested": 1 if (a < 0 or not (b > 1 and a != b)) and not a >= 4 else 2 if a <= b else 3,
        "boolean_comparison": int((a < b) == (b > 1)) + 10 * int((a < 0) != (b < 0)),
        "boolean_if": int(b > 0 if a < b else a > 2),
        "membership": 5 if a in (-3, 1, b) else -5,
        "large": (a * 1_000_000_007) * (b * 1_000_003) // 77_777 + (a * 1_000_000_007) % 1_234_567,
    }
    return plain[name]


@pytest.mark.parametrize("name", [n for n in OPERATORS if n != "large"])
def test_operator_in_guard_and_update(same: Same, name: str) -> None:
    a, b, steps = walk(-3, 3)
    value = OPERATORS[name](a, b)
    seen = Integer("seen", -500, 500, 0)
    system = one([a, b, seen], [*steps, on("look", "on", when=value % 3 == 1, then={seen: value})])
    same(system, Query((), (lower(system, seen),), graph=True))


def test_select_and_indexed_assignment(same: Same) -> None:
    slots, at = Array("slot", Integer("value", -1, 2), 4), Integer("at", 0, 3)
    flags = Array("flag", Boolean("set"), 3)
    system = one(
        [slots, at, flags],
        [
            on("move", "on", then={at: (at + 1) % 4}),
            on("write", "on", when=slots[at] < 2, then={slots[at]: slots[at] + 1}),
            on("mark", "on", when=flags[minimum(at, 2)] == (slots[0] > 0), then={flags[minimum(at, 2)]: at == 1}),
            on("clear", "on", when=all_of(slots, lambda s: s == 2), then=dict.fromkeys(slots, -1)),
        ],
    )
    same(system, Query((lower(system, any_of(flags)),), (lower(system, total(slots)),), graph=True))


def test_enumerations_and_booleans(same: Same) -> None:
    mode, other = Choice("mode", ["red", "green", "blue"]), Choice("other", ["red", "green", "blue"], "blue")
    flag = Boolean("flag", start=True)
    system = one(
        [mode, other, flag],
        [
            on("swap", "on", "off", then={mode: other, other: mode}),
            on("next", "off", "on", when=mode.is_in("red", "blue"), then={mode: if_else(flag, "green", other)}),
            on("flip", "*", when=(mode == other) == flag, then={flag: ~flag}),
            on("reset", "off", then={mode: "red", flag: mode != "red"}),
        ],
        states=("on", "off"),
    )
    same(system, Query((lower(system, (mode == "blue") & ~flag),), (), graph=True))


# -- what a step can be --------------------------------------------------------------------------------------------
def test_outcomes(same: Same) -> None:
    x, y = Integer("x", 0, 5), Integer("y", 0, 5)
    system = one(
        [x, y],
        [
            on("roll", "on", when=x < 5, outcomes=[outcome(None, {x: x + 1}), outcome("off", {y: x}), outcome("on")]),
            on("roll", "off", outcomes=[outcome("on", {y: 0})]),
        ],
        states=("on", "off"),
    )
    assert same(system, Query(graph=True)).deadlocks > 0


def test_outcomes_that_may_not_fit(same: Same) -> None:
    left = Counter("left", cap=3, start=2, at_limit="refuse")
    more = Counter("more", cap=2, at_limit="saturate")
    system = one(
        [left, more],
        [on("take", "on", outcomes=[outcome(None, {left: left - 1, more: more + 1}), outcome(None, {left: left + 2})])],
    )
    same(system, Query(graph=True))


def test_escape_is_reported_and_is_no_edge(same: Same) -> None:
    x, y = Integer("x", 0, 3), Integer("y", -2, 2)
    system = one([y, x], [on("down", "on", then={y: y - 1}), on("grow", "on", then={x: x + 1, y: y + 2})])
    result = same(system, Query(graph=True))
    assert result.escape is not None
    assert system.cells[result.escape.cell].name in ("c.x", "c.y")


def test_a_state_whose_only_step_escapes_is_no_deadlock(same: Same) -> None:
    x = Integer("x", 0, 3)
    result = same(one([x], [on("grow", "on", then={x: x + 1})]), Query())
    assert result.deadlocks == 0
    assert result.escape is not None
    assert result.escape.state == 3


def test_deadlocks_are_counted(same: Same) -> None:
    x = Integer("x", 0, 9)
    system = one([x], [on("a", "on", when=x < 4, then={x: x + 1}), on("b", "on", when=x < 4, then={x: x + 5})])
    result = same(system, Query())
    assert (result.deadlocks, result.deadlock) == (5, 2)


def test_a_system_without_steps(same: Same) -> None:
    still = Integer("still", 0, 3, 2)
    result = same(one([still], []), Query((), (), graph=True))
    assert (result.states, result.transitions, result.deadlocks, result.deadlock) == (1, 0, 1, 0)
    fixed = Integer("fixed", 0, 3, 2)
    never = same(one([fixed], [on("never", "on", when=fixed > 3, then={fixed: 0})]), Query(graph=True))
    assert (never.states, never.fired) == (1, (0,))


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("priorities", [(0, 0, 0), (1, 0, 0), (2, 1, -1), (0, 3, 3), (-1, 0, -1)])
def test_urgency_and_priorities(same: Same, urgent: bool, priorities: tuple[int, int, int]) -> None:
    same(timed(urgent, priorities), Query(graph=True))


def test_guard_too_long_to_evaluate_whole(same: Same) -> None:
    a, b, steps = walk(-2, 2)
    long = all_of([(a + i) * (b - i) % 7 != 3 for i in range(9)])
    steps += [on("rare", "on", when=(a == 1) & long & (b * b < 3), then={a: 0}, priority=1)]
    same(one([a, b], steps), Query(graph=True))


# -- width ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("bits", [1, 62, 63, 64, 65, 126, 127, 128, 129, 190, 200, 300])
def test_width(same: Same, bits: int) -> None:
    """Independent switches far apart, with wide cells that never change between them."""
    switches = 5 if bits > 5 else bits
    variables: list = [Boolean(f"s{i}") for i in range(switches)]
    for i, rest in enumerate(range(bits - switches, 0, -31)):
        width = min(rest, 31)
        variables.insert(2 * i, Integer(f"wide{i}", -3, (1 << width) - 4, (1 << width) - 5 if width > 1 else -3))
    toggles = [v for v in variables if isinstance(v, Boolean)]
    wide = [v for v in variables if isinstance(v, Integer)]
    steps = [on(f"flip_{v.name}", "on", then={v: ~v}) for v in toggles]
    steps += [on(f"step_{v.name}", "on", when=v < v.high, then={v: v + 1}) for v in wide[:4]]
    system = one(variables, steps)
    assert system.bits == bits
    assert 0 <= layout_of(system).words - (bits + 63) // 64 <= 2
    assert packing.Packing(system).words >= -(-bits // 63)
    same(system, Query(graph=True))


def test_a_cell_of_63_bits_and_cells_of_no_bits(same: Same) -> None:
    big, fixed = Integer("big", -(1 << 61), (1 << 61), -(1 << 61)), Integer("fixed", 7, 7)
    system = one(
        [fixed, big],
        [on("jump", "on", when=big < 0, then={big: big + (1 << 60)}), on("same", "on", then={fixed: fixed + 0})],
    )
    assert same(system, Query((), (lower(system, big + fixed),))).maxima[0][0] == 7


def test_pipeline_in_full(same: Same) -> None:
    system = pipeline(*SIZES["tiny"])
    lost = system.component("pipeline").variable("lost")
    same(system, Query((lower(system, lost == 1),), (lower(system, lost),), graph=True))
