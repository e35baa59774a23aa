"""Exports to Spin and Rumur: what is written, and that the peers find exactly drcheck's states and steps.

Where `spin`, `rumur` or `gcc` is missing, the tests that run them are skipped.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, given, reject, seed, settings

from bench.programs import Peer, PeerError, Report, Rumur, Spin, Usage, launch
from drcheck import (
    Array,
    Boolean,
    Choice,
    Component,
    Counter,
    Expression,
    Integer,
    System,
    any_of,
    compose,
    event,
    hours,
    if_else,
    maximum,
    minimum,
    on,
    outcome,
)
from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import ModelError, OutputError
from drcheck.interop import murphi, promela
from drcheck.language.expressions import Literal
from drcheck.system.commands import Assignment, in_order
from drcheck.system.lowering import lower
from drcheck.system.system import Cell, Domain
from tests.support.generators import Case, systems

Source = Callable[..., str]
PEERS = [Spin("spin", "-O0"), Spin("spin-bytes", "-O0"), Rumur("-O0")]
EXAMPLES = 10
"""Generated systems in each of two parts; each is compiled once for Spin and once for Rumur."""


def one(variables: list[object], *transitions: object, **options: object) -> System:
    """A system of one component with one state."""
    return compose("sample", [Component("c", ["s"], variables=variables, transitions=transitions)], **options)


def check(peer: Peer, system: System, watches: tuple[Expression, ...], folder: Path, escapes: bool = True) -> Report:
    """Compile and run; skips where a program is missing."""
    if peer.missing():
        pytest.skip(f"{' and '.join(peer.missing())} not installed")
    peer.compile(system, watches, folder, states=1_000, escapes=escapes, seconds=60)
    return peer.run(folder, 60)


def assert_agrees(peer: Peer, system: System, watches: tuple[Expression, ...], folder: Path) -> None:
    """The peer finds the python engine's states and transitions, and a violation of just the watches that are hit."""
    found = PythonEngine().explore(system, Query(watches), Limits(states=50_000))
    assert found.complete
    never = tuple(w for w, hit in zip(watches, found.hits, strict=True) if hit is None)
    report = check(peer, system, never, folder)
    assert (report.states, report.transitions) == (found.states, found.transitions)
    assert not report.violated


# -- what is written -----------------------------------------------------------------------------------------------
def written(source: Source, system: System, node: Expression) -> str:
    """How a boolean expression is written, as the only watch of a system."""
    found = re.search(
        r'atomic \{ (.*) -> assert|invariant "watch 0" !\((.*)\);', source(system, (lower(system, node),))
    )
    assert found
    return re.sub(r"c\d_c_", "", found[1] or found[2])


def test_each_operator_as_each_peer_writes_it() -> None:
    a, b = Integer("a", 0, 3), Integer("b", 1, 3)
    p, q = Boolean("p"), Boolean("q")
    array = Array("x", Integer("element", 0, 5), 3)
    system = one([a, b, p, q, array], on("stay", "s"))
    cases: list[tuple[Expression, str, str]] = [
        (p & q & (a == 1), "(p && q && (a == 1))", "(p & q & (a = 1))"),
        (p | ~q, "(p || (!q))", "(p | (!q))"),
        (~(p & q), "(!(p && q))", "(!(p & q))"),
        (~~p, "(!(!p))", "(!(!p))"),
        (p != q, "(p != q)", "(p != q)"),
        (a + 1 < a * 2, "((a + 1) < (a * 2))", "((a + 1) < (a * 2))"),
        (a - 1 >= 0, "((a - 1) >= 0)", "((a - 1) >= 0)"),
        (minimum(a, array[0]) > 0, "(((a <= x_0_) -> a : x_0_) > 0)", "(((a <= x_0_) ? a : x_0_) > 0)"),
        (maximum(a, 2) <= 2, "(((a >= 2) -> a : 2) <= 2)", "(((a >= 2) ? a : 2) <= 2)"),
        (minimum(a, 7) > 0, "(a > 0)", "(a > 0)"),
        (if_else(p, a, 2) == 2, "((p -> a : 2) == 2)", "((p ? a : 2) = 2)"),
        (
            array[minimum(a, 2)] == 1,
            "(((((a <= 2) -> a : 2) == 0) -> x_0_ : ((((a <= 2) -> a : 2) == 1) -> x_1_ : x_2_)) == 1)",
            "(((((a <= 2) ? a : 2) = 0) ? x_0_ : ((((a <= 2) ? a : 2) = 1) ? x_1_ : x_2_)) = 1)",
        ),
        (a // 2 == 1, "((a / 2) == 1)", "((a / 2) = 1)"),
        (a % 2 == 1, "((a % 2) == 1)", "((a % 2) = 1)"),
        ((a - 3) // 2 == 0, "(((((a - 3) + (2 * 2)) / 2) - 2) == 0)", "(((((a - 3) + (2 * 2)) / 2) - 2) = 0)"),
        ((a - 3) % 2 == 0, "((((a - 3) + (2 * 2)) % 2) == 0)", "((((a - 3) + (2 * 2)) % 2) = 0)"),
        (
            a // -2 == 0,
            "(((((0 - a) + (2 * (0 - (-2)))) / (0 - (-2))) - 2) == 0)",
            "(((((0 - a) + (2 * (0 - (-2)))) / (0 - (-2))) - 2) = 0)",
        ),
        (a // (b + 1) == 0, "((a / ((b + 1) + 1)) == 0)", "((a / (b + 1)) = 0)"),
    ]
    for node, in_promela, in_murphi in cases:
        assert written(promela.source, system, node) == in_promela
        assert written(murphi.source, system, node) == in_murphi


def test_a_whole_model_in_promela() -> None:
    level, full = Integer("level", -1, 1), Boolean("full", True)
    system = one([level, full], on("rise", "s", when=level < 1, then={level: level + 1, full: level == 0}))
    assert (
        promela.source(system, (lower(system, level == 1),))
        == """\
/* sample: written by drcheck. One transition is one step of the system.
   To be read with spin -a -o2, which keeps in the state what is written and never read. */

unsigned c1_c_level : 2 = 0;
bit c2_c_full = 1;

active proctype system() {
end:
    do
    /* rise */
    :: atomic { (((c1_c_level - 1) < 1) && (((c1_c_level - 1) + 1) <= 1)) ->
        c2_c_full = ((c1_c_level - 1) == 0);
        c1_c_level = (((c1_c_level - 1) + 1) - (-1)) }
    /* watch 0 */
    :: atomic { ((c1_c_level - 1) == 1) -> assert(false) }
    od
}
"""
    )


def test_a_whole_model_in_murphi() -> None:
    level, full = Integer("level", -1, 1), Boolean("full", True)
    system = one([level, full], on("rise", "s", when=level < 1, then={level: level + 1, full: level == 0}))
    assert (
        murphi.source(system, (lower(system, level == 1),), escapes=False)
        == """\
-- sample: written by drcheck. One rule fired is one step of the system.

type number: -1..2;

var
  c1_c_level: -1..1;
  c2_c_full: boolean;

startstate
begin
  c1_c_level := -1;
  c2_c_full := true;
end;

rule "0 rise"
  (c1_c_level < 1)
==>
begin
  c2_c_full := (c1_c_level = 0);
  c1_c_level := (c1_c_level + 1);
end;

invariant "watch 0" !((c1_c_level = 1));
"""
    )


def test_cells_take_as_little_as_they_need() -> None:
    cells = [
        Boolean("b"),
        Integer("two", 7, 8),
        Integer("five", -2, 2),
        Integer("one", 3, 3),
        Integer("large", 0, 70_000),
    ]
    system = one(cells, on("stay", "s"))
    found = re.findall(r"^(\w+) c\d_c_(\w+)( : \d+)?", promela.source(system), re.MULTILINE)
    assert found == [("bit", "b", ""), ("bit", "two", ""), ("unsigned", "five", " : 3"), ("unsigned", "large", " : 17")]
    found = re.findall(r"^(\w+) c\d_c_(\w+)", promela.source(system, packed=False), re.MULTILINE)
    assert found == [("byte", "b"), ("byte", "two"), ("byte", "five"), ("int", "large")]
    found = re.findall(r"^  c\d_c_(\w+): (.+);", murphi.source(system), re.MULTILINE)
    assert found == [("b", "boolean"), ("two", "7..8"), ("five", "-2..2"), ("large", "0..70000")]


@pytest.mark.parametrize("escapes", [True, False])
def test_domains_are_checked_unless_a_search_has_shown_that_none_is_left(escapes: bool) -> None:
    level = Integer("level", 0, 2)
    system = one([level], on("rise", "s", then={level: level + 1}))
    assert ("<= 2" in promela.source(system, escapes=escapes)) is escapes
    assert ("<= 2" in murphi.source(system, escapes=escapes)) is escapes


def test_names_and_remarks_cannot_break_out_of_their_place() -> None:
    disk = Counter("left", 2)
    part = Component("c", ["s"], variables=[disk], transitions=[on("go", "s", fault='a "disk" */ fault; --')])
    system = compose("sample", [part], faults={'a "disk" */ fault; --': 1})
    assert promela.source(system).count("*/") == promela.source(system).count("/*")
    assert '"' not in re.sub(r'rule "[^"\n]*"$', "", murphi.source(system), flags=re.MULTILINE)


# -- simultaneous updates ------------------------------------------------------------------------------------------
def cells(count: int) -> list[Cell]:
    return [Cell(n, f"x{n}", Domain("integer", 0, 3), "c") for n in range(count)]


def carried_out(assignments: tuple[Assignment, ...], state: list[int]) -> list[int]:
    """What assignments of plain cells do to a state, one after another."""
    state, kept = list(state), {}
    for a in assignments:
        value = kept[a.temporary] if a.value is None else state[a.value.index]  # type: ignore[attr-defined]
        if a.value is not None and a.temporary is not None:
            kept[a.temporary] = value
        else:
            state[a.target] = value
    return state


@pytest.mark.parametrize(
    ("reads", "temporaries"),
    [((1, 2, 3), 0), ((3, 0, 1), 0), ((1, 0), 1), ((1, 2, 0), 1), ((1, 0, 3, 2), 2), ((0, 0, 0), 0), ((2, 2, 1), 1)],
)
def test_updates_one_after_another_are_as_all_at_once(reads: tuple[int, ...], temporaries: int) -> None:
    x, before = cells(4), [10, 11, 12, 13]
    assignments = in_order([(target, x[source]) for target, source in enumerate(reads)])
    expected = [before[source] for source in reads] + before[len(reads) :]
    assert carried_out(assignments, before) == expected
    assert len({a.temporary for a in assignments} - {None}) == temporaries


# -- what is refused -----------------------------------------------------------------------------------------------
def refusal(make: Callable[[], object]) -> str:
    with pytest.raises(OutputError) as caught:
        make()
    assert caught.value.code == "DR604"
    return str(caught.value)


def test_a_cell_too_wide_for_promela() -> None:
    system = one([Integer("x", 0, 2**31)], on("stay", "s"))
    assert refusal(lambda: promela.source(system)) == (
        "[DR604] c.x of system sample has 2,147,483,649 values, which take 32 bits; a variable in Promela has 31; "
        "narrow its domain"
    )
    assert "c1_c_x: 0..2147483648;" in murphi.source(system)


def test_numbers_too_large_for_promela() -> None:
    x = Integer("x", 0, 2**30)
    system = one([x], on("stay", "s", when=x * 4 > 7))
    assert refusal(lambda: promela.source(system)) == (
        "[DR604] system sample computes with numbers in 0..4294967296, Promela with -2147483647..2147483647; "
        "narrow the domains of its variables"
    )
    assert "type number: 0..4294967296;" in murphi.source(system)


def test_a_division_whose_shift_is_too_large_for_murphi() -> None:
    x, y = Integer("x", -(2**61), 0), Integer("y", 1, 7)
    system = one([x, y], on("stay", "s", when=x // y == 0))
    assert refusal(lambda: murphi.source(system)) == (
        f"[DR604] system sample computes with numbers in {-(2**61)}..{2**61 * 7}, Murphi with {-(2**62)}..{2**62}; "
        "narrow the domains of its variables"
    )


@pytest.mark.parametrize(("source", "language"), [(promela.source, "Promela"), (murphi.source, "Murphi")])
def test_an_expression_that_grows_too_long(source: Source, language: str) -> None:
    x, y = Integer("x", 0, 9), Integer("y", 0, 9)
    node: Expression = x
    for _ in range(20):
        node = minimum(node, maximum(node, y))
        if node.size > 9_000:
            break
    for _ in range(12):
        node = minimum(y + 1, node + 1)
    system = one([x, y], on("stay", "s", when=node > 3))
    assert refusal(lambda: source(system)) == (
        f"[DR604] an expression of system sample would take more than 100,000 characters in {language}; "
        "keep intermediate results in variables"
    )


# -- what the peers find -------------------------------------------------------------------------------------------
def everything() -> tuple[System, tuple[Expression, ...]]:
    """A system with one of each: outcomes, urgency, priorities, escapes, swaps, negative numbers, idle steps."""
    level, other = Integer("level", -2, 2), Integer("other", -2, 2, 1)
    mode = Choice("mode", ["red", "green", "blue"])
    spent, flag = Counter("spent", 3), Boolean("flag")
    clock = Component(
        "clock",
        ["day", "night"],
        variables=[spent],
        transitions=[
            on("tick", "day", "night", when=spent < 3, then={spent: spent + 1}),
            on("tick", "night", "day"),
            on("reset", "night", when=spent == 3, then={spent: 0}, urgent=True),
        ],
    )
    work = Component(
        "work",
        ["s", "t"],
        variables=[level, other, mode, flag],
        transitions=[
            on("swap", "s", then={level: other, other: level}),
            on("jump", "s", "t", then={level: level + 2}),
            on("fall", "*", outcomes=[outcome("s", {level: level - 1}), outcome("t", {flag: ~flag}), outcome("t")]),
            on("paint", "t", when=flag, then={mode: "blue", flag: False}, priority=1),
            on("idle", "s", when=(level == 1) & (mode == "blue")),
            on("back", "t", "s", then={mode: "green", level: if_else(mode == "blue", -other, minimum(level, other))}),
        ],
    )
    system = compose("everything", [clock, work], events=[event("idle", priority=2)], tick=hours(1))
    bad = (work.t & (level == 2) & (other == -2), level * other == -3, level % 3 == 5, (mode == "blue") & clock.night)
    return system, tuple(lower(system, b) for b in bad)


@pytest.mark.parametrize("peer", PEERS, ids=lambda p: p.name)
def test_peers_find_the_states_and_steps_of_a_system_with_everything(peer: Peer, tmp_path: Path) -> None:
    system, watches = everything()
    found = PythonEngine().explore(system, Query(watches))
    assert found.escape is not None
    assert len({e.priority for e in system.events}) == 3
    assert {hit is None for hit in found.hits} == {True, False}
    assert all(found.fired)
    assert_agrees(peer, system, watches, tmp_path)


@pytest.mark.parametrize("peer", PEERS, ids=lambda p: p.name)
def test_a_watch_that_is_hit_is_a_violation(peer: Peer, tmp_path: Path) -> None:
    level = Integer("level", -1, 2)
    system = one([level], on("rise", "s", when=level < 2, then={level: level + 1}))
    assert check(peer, system, (lower(system, level == 2),), tmp_path).violated
    assert not check(peer, system, (lower(system, level == -2),), tmp_path).violated


def table(made: Callable[..., Expression], meant: Callable[..., int], *operands: Integer) -> Expression:
    """Where an operator's value is not what Python computes, for all values of its operands."""
    a, b = operands
    return any_of(
        [
            (a == i) & (b == j) & (made(a, b) != meant(i, j))
            for i in range(a.low, a.high + 1)  # type: ignore[arg-type]  # no durations here
            for j in range(b.low, b.high + 1)  # type: ignore[arg-type]
        ]
    )


@pytest.mark.parametrize("peer", [PEERS[0], PEERS[2]], ids=lambda p: p.name)
def test_arithmetic_is_pythons(peer: Peer, tmp_path: Path) -> None:
    a, p, n = Integer("a", -3, 3), Integer("p", 1, 3), Integer("n", -3, -1)
    array = Array("x", Integer("element", -1, 1, 0), 3)
    free = [on(f"raise{i}", "s", when=v < v.high, then={v: v + 1}) for i, v in enumerate((a, p, n, array[1]))]
    system = one([a, p, n, array], *free)
    wrong = [
        table(lambda x, y: x // y, lambda x, y: x // y, a, p),
        table(lambda x, y: x % y, lambda x, y: x % y, a, p),
        table(lambda x, y: x // y, lambda x, y: x // y, a, n),
        table(lambda x, y: x % y, lambda x, y: x % y, a, n),
        table(minimum, min, a, n),
        table(lambda x, y: maximum(x, y, 0, x), lambda x, y: max(x, y, 0), a, p),
        table(lambda x, y: -x * y + 1, lambda x, y: -x * y + 1, a, n),
        array[if_else(p == 2, 1, 2 * ((p - 1) // 2))] != if_else(p == 2, array[1], 0),
    ]
    watches = tuple(lower(system, w) for w in wrong)
    assert PythonEngine().explore(system, Query(watches)).hits == (None,) * len(watches)
    assert_agrees(peer, system, watches, tmp_path)
    off = lower(system, table(lambda x, y: x // y, lambda x, y: int(x / y), a, p))
    assert check(peer, system, (off,), tmp_path).violated, "cutting off towards zero is something else"


@pytest.mark.parametrize("peer", PEERS, ids=lambda p: p.name)
def test_a_system_in_which_nothing_changes(peer: Peer, tmp_path: Path) -> None:
    assert_agrees(peer, one([], on("stay", "s")), (), tmp_path)
    assert_agrees(peer, one([Boolean("b")], on("stay", "s", when=Literal(False))), (), tmp_path)


@pytest.mark.parametrize("part", [0, 1])
def test_peers_find_the_states_and_steps_of_generated_systems(part: int, tmp_path: Path) -> None:
    peers = [peer for peer in (PEERS[0], PEERS[2]) if not peer.missing()]
    if not peers:
        pytest.skip("neither spin nor rumur is installed")

    @seed(part)
    @settings(max_examples=EXAMPLES, phases=[Phase.generate])  # to shrink an example takes many minutes of compiling
    @given(systems())
    def run(case: Case) -> None:
        try:
            built = case.build()
        except ModelError:
            reject()
        if not 20 <= PythonEngine().explore(built.system, Query(), Limits(states=20_000)).states <= 20_000:
            reject()
        for peer in peers:
            assert_agrees(peer, built.system, built.lowered_watches, tmp_path)

    run()


# -- running them --------------------------------------------------------------------------------------------------
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="programs are measured on systems that fork")


@forks
def test_a_program_is_measured(tmp_path: Path) -> None:
    usage, text = launch(["sh", "-c", "echo done; exit 1"], tmp_path, 20, good=(1,))
    assert text == "done\n"
    assert 0 < usage.seconds < 20
    assert 100_000 < usage.peak < 50_000_000


@forks
def test_a_program_that_takes_too_long_or_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match=r"sleep took more than 0\.1 s"):
        launch(["sleep", "20"], tmp_path, 0.1)
    with pytest.raises(PeerError, match="sh ended with status 3: no"):
        launch(["sh", "-c", "echo no; exit 3"], tmp_path, 20)


def test_counts_are_compared_as_far_as_a_report_tells() -> None:
    report = Report(61_515_776.0, 8.1776026e8, False, Usage(1.0, 1.0, 1))
    assert report.agrees(61_515_776, 817_760_257)
    assert not report.agrees(61_515_775, 817_760_257)
    assert not report.agrees(61_515_776, 817_760_357)
