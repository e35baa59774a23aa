"""On generated systems, what is written of an expression or a property is read as the same tree, and is a normal form.

And no text, whatever it is, ends in anything but a tree or a coded error with its place, in time.
`DRCHECK_EXAMPLES` sets how many systems are drawn, `DRCHECK_SEED` varies which ones.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from drcheck import (
    DrcheckError,
    Duration,
    Expression,
    Property,
    System,
    always,
    can_always,
    deadlock_free,
    eventually,
    happens,
    leads_to,
    ltl,
    never,
    reachable,
    strongly_fair,
    weakly_fair,
    whenever,
    within,
    worst_case,
)
from drcheck.errors import PropertyError, TextError
from drcheck.language.expressions import Literal, Operation, connective, substitute
from drcheck.language.free_choice import FreeChoice
from drcheck.language.happening import Happens
from drcheck.language.operators import NAMED
from drcheck.language.references import settled
from drcheck.text import expression_text, parse_expression, parse_property, property_text
from drcheck.text.resolving import FUNCTIONS
from drcheck.text.stating import DETAILS, FORMS
from tests.logic.test_formulas import formulas
from tests.support.generated import SEED, composed, some
from tests.support.generators import Built, Case, neighbours, systems, twins
from tests.support.trees import stated, tree
from tests.text.test_reading import EXPRESSIONS, PROPERTIES, SYSTEM

CASES = st.one_of(systems(), twins(), neighbours())
LONG = 60.0
"""Seconds of processor time: reading in a time that grows with the square of the length takes more, on any machine."""


def plain(node: Expression, system: System) -> Expression:
    """An expression as text has it: without names, and with what references stand for."""

    def walk(at: Expression) -> Expression:
        if not isinstance(at, Operation):
            return at
        operands = [walk(operand) for operand in at.arguments]
        if at.operator == NAMED:
            return Literal(operands[0].value) if isinstance(operands[0], Literal) else operands[0]
        return connective(at.operator, *operands) if at.operator in ("and", "or") else at.rebuilt(operands)

    return walk(system.settled(node))


def built_plainly(case: Case) -> Built:
    """A case whose questions are as text has them."""
    built = composed(case)
    watches, maxima = ([plain(n, built.system) for n in nodes] for nodes in (built.watches, built.maxima))
    return replace(built, watches=tuple(watches), maxima=tuple(maxima))


def expressions_of(built: Built) -> list[Expression]:
    """What is asked of a generated system, and all guards and updates of its components."""
    found = [*built.watches, *built.maxima]
    for component in built.system.components:
        for transition in component.transitions:
            found += [] if transition.when is None else [transition.when]
            for way in transition.outcomes:
                found += [value for _, value in way.then.items]
        found += [component.state(component.states[0]), component.in_states(*component.states)]
    return [plain(node, built.system) for node in found]


def parts_of(node: Expression) -> Iterator[Expression]:
    yield node
    for operand in node.arguments:
        yield from parts_of(operand)


def meant(node: Expression, system: System) -> Expression:
    """An expression with what its references speak of, those in conditions of events too."""

    def leaf(at: Expression) -> Expression:
        return Happens(at.events, meant(at.when, system)) if isinstance(at, Happens) and at.when is not None else at

    return substitute(settled(node, system.components, "the system"), leaf)


def round_trip(node: Expression, system: System) -> None:
    text = expression_text(node)
    again = parse_expression(text, system)
    assert tree(again) == tree(meant(node, system)), text
    assert tree(parse_expression(expression_text(again), system)) == tree(again), text


@seed(SEED)
@settings(max_examples=some(0.2))
@given(CASES)
def test_what_is_written_of_an_expression_is_read_as_the_same(case: Case) -> None:
    built = composed(case)
    for node in expressions_of(built):
        for part in parts_of(node):
            if any(isinstance(leaf, FreeChoice) for leaf in part.leaves()):
                with pytest.raises(PropertyError, match=r"\[DR322\]"):  # it has a value in its event only
                    expression_text(part)
            else:
                round_trip(part, built.system)


@seed(SEED)
@settings(max_examples=some(0.1))
@given(CASES, st.data())
def test_what_is_written_of_a_formula_is_read_as_the_same(case: Case, data: st.DataObject) -> None:
    built = built_plainly(case)
    atoms = [*built.watches, ~built.watches[0], built.watches[0] & built.watches[1]]
    round_trip(data.draw(formulas(atoms, 4)), built.system)


def properties_of(built: Built, draw: Callable[[st.SearchStrategy[int]], int]) -> Property:
    """A property of a generated system, of any kind that text has, with any details."""

    def below(n: int) -> int:
        return draw(st.integers(0, n - 1))

    def of(items: Sequence) -> object:
        return items[below(len(items))]

    p, q = (of([*built.watches, ~built.watches[0]]) for _ in range(2))
    steps = [e.name for e in built.system.events]
    if steps and below(3) == 0:
        q = q & of([happens(of(steps)), happens(of(steps), of(steps), when=p)])
    events = [*(event.name for event in built.system.events), "automatic", "operator", "environment", "time"]
    fairness = [of([weakly_fair, strongly_fair])(*(of(events) for _ in range(1 + below(2)))) for _ in range(below(3))]
    words = ["", "a", 'it\'s "so"', "line\nand\ttab", "é \u2028 \x00 \\n"]
    details = {key: of(words) for key in ("name", "source", "statement") if below(3) == 0}
    details |= {key: [of(words[1:]) for _ in range(below(3))] for key in ("claims", "assumptions") if below(3) == 0}
    bound = of([{}, {"at_most": below(9) - 4}, {"at_most": Duration.of_seconds(below(10**6))}])
    make = of(
        [
            lambda: always(p, **details),
            lambda: never(p, **details),
            lambda: whenever(p, q, **details),
            lambda: reachable(p, **details),
            lambda: deadlock_free(**details),
            lambda: deadlock_free(except_where=p, **details),
            lambda: leads_to(p, q, fairness, **details),
            lambda: eventually(q, fairness, **details),
            lambda: ltl(draw(formulas([p, q], 3)), fairness, **details),
            lambda: can_always(q, **details),
            lambda: within(below(9), q, **details),
            lambda: within(Duration.of_seconds(below(10**6)), q, after=p, **details),
            lambda: worst_case(of(built.maxima), **bound, **details),
        ]
    )
    return make()


@seed(SEED)
@settings(max_examples=some(0.3))
@given(CASES, st.data())
def test_what_is_written_of_a_property_is_read_as_the_same(case: Case, data: st.DataObject) -> None:
    built = built_plainly(case)
    item = properties_of(built, data.draw)
    text = property_text(item)
    again = parse_property(text, built.system)
    own = {
        part: meant(node, built.system)
        for part in ("condition", "trigger", "measure", "goal")
        if (node := getattr(item, part)) is not None
    }
    assert stated(again) == stated(replace(item, **own)), text
    assert property_text(parse_property(property_text(again), built.system)) == property_text(again)


def test_a_fault_in_what_is_written_would_be_noticed() -> None:
    """The tree that is compared tells apart what is nearly the same."""
    nearly = [
        ("link.outage - (1 - 1)", "link.outage - 1 - 1"),
        ("link.outage == 1", "link.outage == Literal(1)"),
        ("link.outage == 1", "link.outage == 1h"),
        ("server1.idle", "server2.idle"),
        ("~(link.up & link.down)", "~link.up & link.down"),
        ("pool.slot[1]", "pool.slot[Literal(1)]"),
        ("globally(link.up)", "finally_(link.up)"),
    ]
    for one, other in nearly:
        assert tree(parse_expression(one, SYSTEM)) != tree(parse_expression(other, SYSTEM))


# -- any text ----------------------------------------------------------------------------------------------------------
WORDS = [
    *"&|~<>=+-*/%()[]{},.:;!^@'\"\\#$ \n\t", "==", "!=", "<=", ">=", "//", "&&", "->", "**", "in", "and", "or", "not", "if",
    "else", "lambda", "for", "None", "all", "any", "count", "total", "x", "True", "False", "0", "1", "2", "-1", "3h", "90min",
    "1h30min", "1.5", "99999999999999999999", "1_0", '"slow"', "'up'", "'", r"\u0041", "link", "server1", "server*", "*", "pool",
    "up", "down", "outage", "queue", "mode", "slot", "ready", ".up", ".outage", "link.up", "link.down", "link.outage",
    "server1.queue", "pool.mode", "pool.slot", "pool.ready", "state", "in_states", "implies", "is_in", "variable", "array",
    "all x in server*:", "x.idle", "at_most=", "fairness=", "name=", "weakly_fair", "strongly_fair", "automatic", "é", "\x00",
    "\ud800", "٣", "🙂", *FUNCTIONS, *FORMS, *DETAILS, "structure", "given=", "__class__",
]  # words only  # fmt: skip


def survives(text: str) -> bool:
    """Whether a text is read; it may be refused with a code and a place, and nothing else. What is read can be written again."""
    begun, read = time.thread_time(), False
    for parse, write in ((parse_expression, expression_text), (parse_property, property_text)):
        refused = found = None
        try:
            found = parse(text, SYSTEM)
        except TextError as error:
            refused = error
        if refused is not None:
            assert 0 <= refused.start <= refused.end <= len(text) + 1
            line, carets = refused.pointer
            assert "^" in carets
            assert len(line) < 120
            assert str(refused).encode("utf-8", "replace")
        else:
            read = True
            again = write(found)
            assert write(parse(again, SYSTEM)) == again
    assert time.thread_time() - begun < LONG, f"{len(text)} characters took long"
    return read


@seed(SEED)
@settings(max_examples=some(1))
@given(st.one_of(st.text(max_size=60), st.binary(max_size=60).map(lambda b: b.decode("latin-1"))))
def test_any_characters_are_read_or_refused(text: str) -> None:
    survives(text)


@seed(SEED)
@settings(max_examples=some(2))
@given(st.lists(st.sampled_from(WORDS), max_size=24), st.sampled_from(["", " "]))
def test_any_words_are_read_or_refused(words: list[str], between: str) -> None:
    survives(between.join(words))


def test_changed_texts_are_read_or_refused() -> None:
    """Texts that can be read, with words left out, doubled, replaced or in parentheses: near enough to get far."""
    chance = random.Random(SEED)
    texts = [re.findall(r"\w+|\W", row[0]) for row in (*EXPRESSIONS, *PROPERTIES)]
    every = sorted({word for words in texts for word in words})
    read = 0
    for _ in range(some(3)):
        words = list(chance.choice(texts))
        for _ in range(chance.choice([1, 1, 2, 4])):
            at = chance.randrange(len(words))
            other = min(len(words), at + chance.randint(1, 6))
            match chance.randint(0, 5):
                case 0:
                    words[at:other] = []
                case 1:
                    words[at:at] = words[at:other]
                case 2:
                    words[at] = chance.choice(WORDS)
                case 3:
                    words[at] = chance.choice(every)
                case 4:
                    words[at:other] = ["(", *words[at:other], ")"]
                case 5:
                    words[at:other] = chance.choice(texts)
            words = words or ["x"]
        read += survives("".join(words))
    assert read > some(3) // 100  # it is not all refused at the first word


DEEP = [
    "(",
    "~",
    "-",
    "[",
    "minimum(",
    "if_else(",
    "globally(",
    "all x in link: ",
    "link.up & ",
    "link.up | ~(",
    "1 + (",
    "1 * -(",
    "never(",
    "pool.slot[",
    "link.up.implies(",
    "a.",
    "f(x=",
    "'",
    '"',
    "\\",
    "*",
    "9",
    "1h",
    "a",
    "all ",
    "\n",
    "\x00",
    "é",
    "link.outage + ",
    "link.outage == ",
    "x, ",
    "count([",
    "link.in_states('up', ",
    "*a",
]


@pytest.mark.parametrize("opening", DEEP)
@pytest.mark.parametrize("closing", ["", "link.up", ")"])
def test_deep_and_long_texts_come_to_an_end(opening: str, closing: str) -> None:
    for times in (10, 1_000, 90_000 // len(opening)):
        for text in (opening * times + closing, opening * times + closing + ")" * times):
            survives(text)


def work(text: str) -> int:
    """How many calls of functions, Python's own included, reading and writing a text takes."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        survives(text)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("opening", DEEP)
@pytest.mark.parametrize("closing", ["", "link.up", ")"])
def test_reading_twice_as_long_a_text_is_hardly_more_than_twice_the_work(opening: str, closing: str) -> None:
    once, twice = (work(opening * (n // len(opening)) + closing) for n in (3_000, 6_000))
    assert twice <= 2.5 * once


@pytest.mark.parametrize("opening", DEEP)
def test_long_ranges_of_quantifiers_come_to_an_end(opening: str) -> None:
    survives(f"all x in {opening * (90_000 // len(opening))}: x.up")


@pytest.mark.parametrize("shape", range(6))
def test_the_deepest_expressions_can_be_written_and_read(shape: int) -> None:
    """What the language lets be nested the text does too."""
    d = SYSTEM
    node: Expression = d.link.up if shape < 4 else d.server1.queue
    deepest = node
    for n in range(200):
        step = [
            lambda e: ~e,
            lambda e: d.link.down | e if e.operator == "and" else d.link.down & e,
            lambda e: ~(d.link.down & e) if n % 2 else (d.link.down | e),  # noqa: B023  # called at once
            lambda e: d.link.up == e,
            lambda e: d.server2.queue - e,
            lambda e: -e if n % 2 else d.server2.queue * e,  # noqa: B023  # called at once
        ][shape]
        try:
            deepest = node = step(node)
        except DrcheckError:  # too deep
            break
    assert deepest.depth >= 63
    round_trip(deepest, SYSTEM)
    if shape < 4:
        item = ltl(~deepest) if deepest.depth < 64 else ltl(deepest)
        assert stated(parse_property(property_text(item), SYSTEM)) == stated(item)
