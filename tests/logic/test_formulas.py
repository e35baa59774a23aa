"""Formulas of temporal logic and their automata, held against the definitions on words that repeat.

`DRCHECK_EXAMPLES` sets how many formulas each of the tests below takes, `DRCHECK_SEED` varies which ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import networkx as nx
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from drcheck import (
    Boolean,
    Component,
    Expression,
    Integer,
    Literal,
    compose,
    finally_,
    globally,
    if_else,
    next_,
    on,
    release,
    until,
    weak_until,
)
from drcheck.errors import DrcheckError, ModelError, PropertyError
from drcheck.language.expressions import TEMPORAL, Operation
from drcheck.logic.automata import MOST_STATES, Automaton, automaton
from drcheck.logic.formulas import MOST_ATOMS, Node, Normal, antecedent, formula, holds_on
from tests.support.generated import SEED, some
from tests.support.naive import holds_on_lasso

P = [Boolean(name) for name in "pqr"]
p, q, r = P
MACHINE = Component("c", ["s"], variables=P, transitions=[on(f"flip{i}", "s", then={x: ~x}) for i, x in enumerate(P)])
SYSTEM = compose("flips", [MACHINE])
Word = list[int]
"""Valuations of p, q and r as bits."""


@st.composite
def formulas(
    draw: Callable[[st.SearchStrategy[int]], int], atoms: Sequence[Expression], depth: int, most: int = 100
) -> Expression:
    """A formula over some atoms, nested to some depth, with some number of temporal operators at most."""
    left = most

    def made(depth: int) -> Expression:
        nonlocal left
        kind = draw(st.integers(0, 10 if depth and left else 2 * bool(depth)))
        if kind == 0:
            return atoms[draw(st.integers(0, len(atoms) - 1))]
        if kind < 3:
            a = made(depth - 1)
            return ~a if kind == 1 else a & made(depth - 1) if draw(st.booleans()) else a | made(depth - 1)
        left -= 1
        if kind < 7:
            return [globally, finally_, next_, finally_][kind - 3](made(depth - 1))
        return [until, weak_until, release, until][kind - 7](made(depth - 1), made(depth - 1))

    return made(depth)


words = st.lists(st.integers(0, 7), min_size=1, max_size=5).flatmap(
    lambda word: st.tuples(st.just(word), st.integers(0, len(word) - 1))
)
ATOMS = [p, q, ~r, p & q, (p | r) & ~q, Literal(True)]


def valued(node: Expression, valuation: int) -> bool:
    """A boolean expression over p, q and r, as written or lowered."""
    if isinstance(node, Literal):
        return bool(node.value)
    if isinstance(node, Operation):
        values = [valued(a, valuation) for a in node.arguments]
        return not values[0] if node.operator == "not" else all(values) if node.operator == "and" else any(values)
    return bool(valuation >> "pqr".index(str(node).removeprefix("c.")) & 1)


def on_formulas(body: Callable[[Expression, list[tuple[Word, int]]], None], share: float, depth: int = 4) -> None:
    @seed(SEED)
    @settings(max_examples=some(share))
    @given(formulas(ATOMS, depth), st.lists(words, min_size=3, max_size=8))
    def run(written: Expression, samples: list[tuple[Word, int]]) -> None:
        body(written, samples)

    run()


def accepts(made: Automaton, letters: Word, loop: int) -> bool:
    """Whether an automaton accepts an infinite word that repeats from position `loop` on."""
    after = [*range(1, len(letters)), loop]
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((0, state) for state in made.initial)
    for n, letter in enumerate(letters):
        for state, row in enumerate(made.transitions):
            graph.add_edges_from(
                ((n, state), (after[n], t.target), {"sets": t.sets}) for t in row if t.letters >> letter & 1
            )
    reached = {n for state in made.initial for n in {(0, state)} | nx.descendants(graph, (0, state))}
    for part in nx.strongly_connected_components(graph.subgraph(reached)):
        sets = [s for *_, s in graph.subgraph(part).edges(data="sets")]
        if sets and all(any(s >> i & 1 for s in sets) for i in range(made.sets)):
            return True
    return False


# -- against the definitions -------------------------------------------------------------------------------------------
def test_a_formula_holds_of_a_word_by_fixed_points_as_by_definition() -> None:
    def body(written: Expression, samples: list[tuple[Word, int]]) -> None:
        for word, loop in samples:
            expected = holds_on_lasso(written, len(word), loop, lambda a, n, word=word: valued(a, word[n]))
            assert holds_on(written, len(word), loop, lambda a, n, word=word: valued(a, word[n])) == expected

    on_formulas(body, 0.5)


def test_the_automaton_accepts_the_words_of_which_the_formula_holds() -> None:
    sizes = []

    def body(written: Expression, samples: list[tuple[Word, int]]) -> None:
        made = formula(SYSTEM, written)
        try:
            for root, wanted in ((made.root, True), (made.negated, False)):
                built = automaton(made.normal, root)
                sizes.append(built.size)
                for word, loop in samples:
                    letters = [sum(valued(a, v) << i for i, a in enumerate(made.atoms)) for v in word]
                    holds = holds_on_lasso(written, len(word), loop, lambda a, n, word=word: valued(a, word[n]))
                    assert accepts(built, letters, loop) == (holds is wanted), f"{written} on {word}, {loop}"
                    seen = sorted(set(letters))
                    fewer = built.restricted(seen)
                    assert fewer.size <= built.size
                    assert accepts(fewer, [seen.index(n) for n in letters], loop) == (holds is wanted)
                    bits = [q for q in range(built.size) if built.accepts_repeated(letters[0]) >> q & 1]
                    assert bits == [q for q in range(built.size) if accepts(begun(built, q), letters[:1], 0)]
                    for q in range(built.size):
                        assert not built.accepts_anything(q) or accepts(begun(built, q), letters, loop)
        except PropertyError as error:
            if error.code != "DR305":
                raise

    on_formulas(body, 0.3)
    assert max(sizes) > 8
    assert sum(n <= 3 for n in sizes) > len(sizes) // 2, "most are small"


def begun(made: Automaton, state: int) -> Automaton:
    """The automaton, begun in another state."""
    return Automaton(made.letters, made.sets, (state,), made.transitions)


def test_simplified_formulas_hold_of_the_same_words() -> None:
    """The normal form, read back, is the formula; its negation the negation."""

    def written_again(node: Node, normal: Normal, atoms: Sequence[Expression]) -> Expression:
        if node.operator == "letters":
            ways = [Literal(False)]
            for letter in range(1 << len(atoms)):
                if node.letters >> letter & 1:
                    parts = [a if letter >> i & 1 else ~a for i, a in enumerate(atoms)]
                    ways.append(
                        parts[0] if len(parts) == 1 else Operation("and", parts, "boolean") if parts else Literal(True)
                    )
            return Operation("or", ways, "boolean")
        parts = [written_again(part, normal, atoms) for part in node.parts]
        operator = {"next": "X", "until": "U", "release": "R"}.get(node.operator, node.operator)
        return Operation(operator, parts, TEMPORAL)

    def body(written: Expression, samples: list[tuple[Word, int]]) -> None:
        made = formula(SYSTEM, written)
        for root, wanted in ((made.root, True), (made.negated, False)):
            again = written_again(root, made.normal, made.atoms)
            for word, loop in samples:
                holds = [
                    holds_on_lasso(f, len(word), loop, lambda a, n, word=word: valued(a, word[n]))
                    for f in (written, again)
                ]
                assert (holds[0] is wanted) == holds[1], f"{written} is not {again}"

    on_formulas(body, 0.5)


def small_formulas() -> list[Expression]:
    """Every formula with one temporal operator, or one applied to such formulas and atoms."""
    one = [made(p) for made in (globally, finally_, next_)] + [made(p, q) for made in (until, weak_until, release)]
    parts = [p, ~q, *one]
    nested = [made(part) for made in (globally, finally_, next_) for part in one]
    return (
        one + nested + [made(a, b) for made in (until, weak_until, release) for a in parts for b in parts if a is not b]
    )


LARGER = [
    # What is put off is put off by one way to go on only, which demands more than the other.
    globally(r.implies(next_(finally_(p & next_(q))))),
    globally(r.implies(next_(until(p, q & next_(p))))),
    # A part of an until formula that is eventual does not make it so.
    until(r, until(finally_(p), q)),
    finally_(until(globally(p), q)),
    until(p, release(finally_(q), r)),
]


@pytest.mark.parametrize(
    "written",
    [pytest.param(small_formulas()[shard::2], id=f"small{shard}") for shard in range(2)]
    + [pytest.param(LARGER, id="larger")],
)
def test_automata_of_all_small_formulas_and_of_some_larger_ones(written: list[Expression]) -> None:
    draw = random.Random(SEED)
    for each in written:
        made = formula(SYSTEM, each)
        both = automaton(made.normal, made.root), automaton(made.normal, made.negated)
        short = [([a, b], loop) for a in range(8) for b in range(8) for loop in (0, 1)]
        words = [[draw.randrange(8) for _ in range(draw.randint(1, 4))] for _ in range(12)]
        for word, loop in short if written is LARGER else [(word, draw.randrange(len(word))) for word in words]:
            letters = [sum(valued(a, v) << i for i, a in enumerate(made.atoms)) for v in word]
            holds = holds_on_lasso(each, len(word), loop, lambda a, n, word=word: valued(a, word[n]))
            assert [accepts(built, letters, loop) for built in both] == [holds, not holds], f"{each} on {word}, {loop}"


# -- known automata ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "states"),
    [
        (globally(p.implies(finally_(q))), 2),
        (globally(p), 2),
        (finally_(p), 1),
        (until(p, q), 2),
        (globally(finally_(p)), 2),
        (finally_(globally(p)), 1),
        (globally(finally_(p)).implies(globally(q.implies(finally_(r)))), 2),
        ((globally(finally_(p)) & globally(finally_(q))).implies(globally(finally_(r))), 2),
        (globally(finally_(p)) | globally(finally_(q)) | globally(finally_(r)), 2),
        (
            (globally(finally_(p)) & globally(finally_(q) & finally_(p & r))).implies(globally(q.implies(finally_(r)))),
            2,
        ),
        (globally(p.implies(weak_until(q, r))), 3),
        (globally(next_(p)), 3),
        (next_(next_(next_(p))), 5),
    ],
)
def test_the_automaton_for_the_negation_is_small(written: Expression, states: int) -> None:
    made = formula(SYSTEM, written)
    built = automaton(made.normal, made.negated)
    assert built.size == states
    assert built == automaton(made.normal, made.negated), "the same every time"


@pytest.mark.parametrize("count", [1, 2, 5])
def test_repeated_demands_need_one_state(count: int) -> None:
    """With acceptance on transitions, several demands that recur are as many acceptance sets and no more states."""
    demands = [finally_(x) for x in (p, q, r, p & q, q & r)[:count]]
    made = formula(
        SYSTEM, globally(demands[0]) if count == 1 else Operation("and", [globally(d) for d in demands], TEMPORAL)
    )
    built = automaton(made.normal, made.root)
    assert (built.size, built.initial) == (1, (0,))
    assert accepts(built, [(1 << len(made.atoms)) - 1], 0)


@pytest.mark.parametrize(
    "written", [globally(p) | finally_(~p), globally(p).implies(p), until(p, q).implies(finally_(q))]
)
def test_nothing_breaks_a_tautology(written: Expression) -> None:
    made = formula(SYSTEM, written)
    assert automaton(made.normal, made.negated).size == 0


# -- how they are written ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "text"),
    [
        (globally(p), "G p"),
        (globally(p.implies(finally_(q))), "G (not p or F q)"),
        (globally(finally_(p)), "G F p"),
        (~globally(p), "not G p"),
        (globally(~p), "G not p"),
        (until(~p, q), "(not p) U q"),
        (until(p, q & r), "p U (q and r)"),
        (until(finally_(p), q), "(F p) U q"),
        (~until(p, q), "not (p U q)"),
        (p & until(p, q), "p and (p U q)"),
        (finally_(Integer("n", 0, 3) == 2), "F (n = 2)"),
        (weak_until(p, release(q, r)), "p W (q R r)"),
        (next_(next_(p)), "X X p"),
        (globally(p) | globally(q) & r, "G p or G q and r"),
    ],
)
def test_text(written: Expression, text: str) -> None:
    assert str(written).replace("c.", "") == text


def test_parts_without_temporal_operators_are_atoms_and_equal_ones_are_one() -> None:
    made = formula(SYSTEM, globally((p & q).implies(finally_(p & q))) & (p | finally_(r)))
    assert made.texts == ("c.p and c.q", "c.p", "c.r")
    assert [str(a) for a in made.atoms] == ["c.p and c.q", "c.p", "c.r"]
    assert formula(SYSTEM, globally(~p) | finally_(p)).texts == ("c.p",)
    assert formula(SYSTEM, Literal(True)).atoms == ()


@pytest.mark.parametrize(
    ("written", "found"),
    [(globally(p.implies(finally_(q))), "p"), (globally((p & q).implies(next_(r))), "p and q"), (globally(p.implies(q)), None),
     (globally(p.implies(q | finally_(r))), "p"), (globally(finally_(p)), None),
     (globally(finally_(p).implies(finally_(q))), None), (p.implies(finally_(q)), "p"), (globally(p), None),
     (finally_(p.implies(globally(q))), "p"), (p.implies(q), None), (finally_(p.implies(q)), None), (until(p, q), None),
     (next_(p.implies(finally_(q))), None)],
)  # short cases  # fmt: skip
def test_the_antecedent(written: Expression, found: str | None) -> None:
    trigger = antecedent(written)
    assert (None if trigger is None else str(trigger).replace("c.", "")) == found


# -- errors ------------------------------------------------------------------------------------------------------------
N = Integer("n", 0, 3)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: globally(N), "[DR102] `globally` takes boolean expressions and temporal formulas, not `n` (integer)"),
        (lambda: until(p, 3),
         "[DR102] `until` takes boolean expressions and temporal formulas, not `p` (boolean), `3` (integer)"),
        (lambda: next_("up"), "[DR102] `next_` takes boolean expressions and temporal formulas, not `up` (enumeration)"),
        (lambda: globally(p) == globally(q),
         "[DR102] `==` takes operands that have a value in each state, not `G p` (temporal), `G q` (temporal)"),
        (lambda: globally(p) + 1, "[DR102] `+` takes integers, not `G p` (temporal), `1` (integer)"),
        (lambda: if_else(p, globally(p), finally_(q)), "[DR102] `if_else` takes a boolean and two operands of one type, not "
         "`p` (boolean), `G p` (temporal), `F q` (temporal)"),
        (lambda: bool(globally(p)), "[DR101] the expression `G p` was used as a Python truth value"),
        (lambda: on("go", "s", when=finally_(p)), "[DR102] the guard of go, `F p`, is temporal, not boolean"),
    ],
)  # a case a row  # fmt: skip
def test_what_is_no_formula_is_refused(build: Callable[[], object], message: str) -> None:
    with pytest.raises(DrcheckError) as caught:
        build()
    assert str(caught.value).replace("c.", "").startswith(message)
    assert caught.value.place is not None


def test_a_formula_of_another_system() -> None:
    other = Boolean("other")
    with pytest.raises(ModelError, match=r"\[DR106\]"):
        formula(SYSTEM, globally(other))


def test_too_many_atoms() -> None:
    parts = [Integer(f"n{i}", 0, 3) for i in range(MOST_ATOMS + 1)]
    many = compose("many", [Component("c", ["s"], variables=parts, transitions=[on("go", "s")])])
    enough = Operation("and", [finally_(n == 1) for n in parts[1:]], TEMPORAL)
    assert len(formula(many, enough).atoms) == MOST_ATOMS
    with pytest.raises(PropertyError) as caught:
        formula(many, enough & finally_(parts[0] == 1))
    assert str(caught.value) == (
        "[DR305] the formula has 13 different parts without temporal operators; 12 is the limit; state it as several "
        "properties, or write boolean parts together: (p & q) is one part, p & F(q) has two"
    )


def test_too_large_an_automaton() -> None:
    chain: Expression = p
    for _ in range(MOST_STATES - 3):
        chain = next_(chain) if chain.depth < 60 else chain
    made = formula(SYSTEM, chain)
    assert automaton(made.normal, made.negated).size == chain.depth + 2
    parts = [Integer(f"n{i}", 0, 3) for i in range(7)]
    many = compose("many", [Component("c", ["s"], variables=parts, transitions=[on("go", "s")])])
    made = formula(many, Operation("or", [globally(n == 1) for n in parts], TEMPORAL))
    with pytest.raises(PropertyError) as caught:
        automaton(made.normal, made.negated)
    assert str(caught.value) == (
        "[DR305] the automaton of the formula has 128 states, of which 64 is the limit; state it as several properties: "
        "ltl(f & g) as ltl(f) and ltl(g)"
    )
