"""What is printed of an expression is read as the same: of all designs, of generated systems, and where the two forms differ."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from drcheck import (
    Choice,
    Component,
    Counter,
    Expression,
    System,
    compose,
    happens,
    if_else,
    maximum,
    named,
    on,
)
from drcheck.answers.conditions import PRIORITY, TIME, TOGETHER, conditions_of
from drcheck.designs.design import load
from drcheck.errors import TextError
from drcheck.explorer.session import Session
from drcheck.language.expressions import ENUMERATION, Literal, operation
from drcheck.language.free_choice import choices_in
from drcheck.system.lowering import lower
from drcheck.system.oracle import SystemEnvironment
from drcheck.text import expression_text, parse_expression
from drcheck.text.parser import ARGUMENTS
from drcheck.text.stating import DETAILS, FORMS
from tests.logic.test_formulas import formulas
from tests.support.designs import DESIGNS
from tests.support.generated import SEED, some
from tests.support.trees import tree
from tests.text.test_round_trip import CASES, built_plainly, expressions_of, meant, parts_of, plain

EVERY = [*DESIGNS, "drcheck.examples:pair"]


def summands(node: Expression, sign: int = 1) -> Iterator[tuple[int, object]]:
    """The summands of a sum with their signs: `a + (b - c)` is printed without parentheses, which changes nothing."""
    if node.operator in ("+", "-"):
        yield from summands(node.arguments[0], sign)
        yield from summands(node.arguments[1], sign if node.operator == "+" else -sign)
    elif isinstance(node, Literal) and type(node.value) is int and node.value == 0:
        pass  # -x is printed as 0 - x
    else:
        yield (sign, said(node))


def said(node: Expression) -> object:
    """An expression as plain data, as `tree`, where all constants are written alike."""
    if node.operator in ("+", "-"):
        return ("sum", *summands(node))
    if node.operator == "*":  # a * (b * c) is printed without parentheses
        factors, found = [node], list[object]()
        while factors:
            at = factors.pop()
            if at.operator == "*":
                factors += at.arguments[::-1]
            else:
                found.append(said(at))
        return ("*", *found)
    if isinstance(node, Literal):
        return ("constant", type(node.value).__name__, node.value)
    if node.arguments:
        return (node.operator, node.kind, *map(said, node.arguments))
    return re.sub(r"('constant', '\w+', [^,]*), (True|False)", r"\1", str(tree(node)))


def is_plain(node: Expression) -> bool:
    """Whether an expression has a value in states, and its values of enumerations are held against variables."""
    parts = list(parts_of(node))
    alone = (
        part.arguments[0].kind == ENUMERATION and not any(a.labels for a in part.arguments)
        for part in parts
        if part.operator in ("==", "!=")
    )
    return node.kind != ENUMERATION and not choices_in([node]) and not any(alone)


def is_read(node: Expression, system: System) -> None:
    """What is printed of an expression is read as the same."""
    again = parse_expression(str(node), system)
    assert said(plain(again, system)) == said(plain(meant(node, system), system)), str(node)


@pytest.mark.parametrize("target", EVERY)
def test_all_that_is_printed_of_conditions_is_read(target: str) -> None:
    """Guards, new values that are numbers or conditions, and the parts of properties."""
    system = load(target).build({})
    nodes = [node for item in system.properties for _, node in item.parts()]
    for component in system.components:
        for row in component.transitions:
            nodes += [] if row.when is None else [row.when]
            nodes += [value for way in row.outcomes for _, value in way.then.items]
    asked = [node for node in nodes if is_plain(node)]
    assert len(asked) > 5
    for node in asked:
        is_read(node, system)


@pytest.mark.parametrize("target", EVERY)
def test_what_an_event_needs_is_read_as_it_is_told(target: str) -> None:
    """The conditions that `why-not` and the explorer print, on the states of a walk."""
    system = load(target).build({})
    session = Session(system)
    states = [node.state for node in session.line(session.walk(session.root(), 40, SEED).node)]
    environment, compared = SystemEnvironment(system), 0
    for number in range(len(system.events)):
        for condition in conditions_of(system, number):
            if condition.of in (TIME, PRIORITY, TOGETHER) or " for some " in condition.text:
                continue  # sentences
            again = lower(system, parse_expression(condition.text, system))
            for state in states:
                environment.look_at(state)
                assert again.evaluate(environment) == condition.node.evaluate(environment), condition.text
            compared += 1
    assert compared > 1


@seed(SEED)
@settings(max_examples=some(0.1))
@given(CASES, st.data())
def test_all_that_is_printed_of_generated_systems_is_read(case: object, data: st.DataObject) -> None:
    built = built_plainly(case)
    for node in expressions_of(built):
        if is_plain(node):
            is_read(node, built.system)
    watches = [node for node in built.watches if is_plain(node)]
    if watches:
        is_read(data.draw(formulas([*watches, ~watches[0]], 4)), built.system)


def odd() -> System:
    """Values that are called like components, words of the language, or nothing that could be a name."""
    mode = Choice("mode", ["slow", "link", "not", "3h", 'it\'s "so"', "G", "fastest"])
    level = Counter("level", cap=9)
    link = Component(
        "link", ["up", "down", "down_hard"], transitions=[on("fails", "up", "down"), on("breaks", "up", "down_hard")]
    )
    pump = Component(
        "pump",
        ["off"],
        variables=[mode, level],
        transitions=[on("runs", "off", when=named("chosen_mode", if_else(link.up, mode, mode)) == "slow")],
    )
    return compose("odd", [link, pump])


ODD = odd()
LINK, PUMP = ODD.components
X, A, B, C = PUMP.level, LINK.up, LINK.down, PUMP.mode == "slow"


@pytest.mark.parametrize(
    "node",
    [
        *(PUMP.mode == value for value in PUMP.mode.labels),
        PUMP.mode != if_else(A, "link", "not"),
        X * (X // 2),
        X * (X % 3),
        X // 2 * X,
        X - (X - 1),
        -X + 3 < -(2 - X),
        operation("==", operation("==", A, B), C),
        operation("==", A, operation("==", B, C)),
        LINK.in_states("up", "down") == A,
        ~LINK.in_states("up", "down") & ~~(A | B & ~C),
        maximum(X, 3, X + 1) > X,
        if_else(A & B, X, if_else(C, 1, 2)) == 2,
        if_else(A, B, C),
        happens("fails", when=LINK.up & (X == 3)) | A,
    ],
    ids=str,
)
def test_where_what_is_printed_could_be_taken_for_something_else(node: Expression) -> None:
    is_read(node, ODD)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("not link.up and pump.level = 3", "~link.up & (pump.level == 3)"),
        ("link.up or link.down and pump.level < 3", "link.up | link.down & (pump.level < 3)"),
        ("not link.up = link.down", "~(link.up == link.down)"),
        ("link.up & link.down or pump.level = 3", "link.up & link.down | (pump.level == 3)"),
        ("pump.mode = slow", 'pump.mode == "slow"'),
        ("slow = pump.mode", '"slow" == pump.mode'),
        ("pump.mode = link", 'pump.mode == "link"'),
        ("pump.mode in (slow, 'not')", '(pump.mode == "slow") | (pump.mode == "not")'),
        ("pump.mode = (slow if link.up else link)", 'pump.mode == if_else(link.up, "slow", "link")'),
        ("link = down", "link.down"),
        ("down = link", "link.down"),
        ("link != 'down'", "~link.down"),
        ("link in (down*)", 'link.in_states("down", "down_hard")'),
        ("(1 if link.up else 2) = 1", "if_else(link.up, 1, 2) == 1"),
        ("min(pump.level, 2) = max(1, 2)", "minimum(pump.level, 2) == maximum(1, 2)"),
        ("G (link.up or F link.down)", "globally(link.up | finally_(link.down))"),
        ("link.up U (not link.down)", "until(link.up, ~link.down)"),
        ("any_of([slow = pump.mode])", '"slow" == pump.mode'),
        ("(1 if slow = pump.mode else 2) = 1", 'if_else("slow" == pump.mode, 1, 2) == 1'),
        ("if_else(slow = pump.mode, 1, 2) = 1", 'if_else("slow" == pump.mode, 1, 2) == 1'),
        ("if_else(down = link, 1, 2) = 1", "if_else(link.down, 1, 2) == 1"),
        ("any_of([link = up, pump.level = 3])", "link.up | (pump.level == 3)"),
        ("all x in link, pump: not x = up or x = off", "refused"),
    ],
)
def test_what_can_be_written_as_it_is_printed(text: str, normal: str) -> None:
    if normal == "refused":
        with pytest.raises(TextError, match=r"DR10[34]"):
            parse_expression(text, ODD)
    else:
        assert expression_text(parse_expression(text, ODD)) == normal


@pytest.mark.parametrize(
    ("text", "code", "place", "told"),
    [
        ("link.up | link.down and pump.level = 3", "DR140", "link.up | link.down", "in parentheses"),
        ("pump.level = 3 and link.up | link.down", "DR140", "link.up | link.down", "in parentheses"),
        ("not link.up & link.down", "DR140", "link.up & link.down", "in parentheses"),
        ("link.up U link.down U link.up", "DR140", "link.down", "in parentheses"),
        ("link.up U not link.down", "DR140", "not link.down", "in parentheses"),
        ("link.up and", "DR320", "", "the end of the text"),
        ("and link.up", "DR320", "and", "between two operands"),
        ("1 if link.up", "DR320", "", "'else'"),
        ("0 = pump.level = 3", "DR320", "=", "do not chain"),
        ("pump.mode = chosen_mode", "", "", ""),
        ("pump.mode = slwo", "DR103", "pump.mode = slwo", "did you mean 'slow'?"),
        ("pump.level = slow", "DR115", "slow", "no component"),
        ("link = dwon", "DR104", "dwon", "did you mean 'down'?"),
        ("link < up", "DR102", "link", "is a component"),
        ("link in (3)", "DR320", "3", "name of a state"),
        ("link in up", "DR320", "up", "'(' is expected"),
        ("any_of(nmae=3)", "DR302", "nmae", "items"),
    ],
)
def test_what_cannot_be_read_says_so(text: str, code: str, place: str, told: str) -> None:
    if not code:
        assert str(parse_expression(text, ODD)) == "pump.mode = chosen_mode"
        return
    with pytest.raises(TextError) as caught:
        parse_expression(text, ODD)
    assert caught.value.code == code
    assert text[caught.value.start : caught.value.end] == place
    assert told in str(caught.value)


def test_a_name_that_is_a_value_too_is_refused() -> None:
    mode = Choice("mode", ["slow", "chosen"])
    chosen = named("chosen", if_else(mode == "slow", mode, mode))
    runs = on("runs", "off", when=chosen == "slow")
    system = compose("pumps", [Component("pump", ["off"], variables=[mode], transitions=[runs])])
    with pytest.raises(TextError, match=r"DR140.*a value and a named expression"):
        parse_expression("pump.mode = chosen", system)
    assert str(parse_expression("pump.mode = 'chosen'", system)) == "pump.mode = chosen"


def test_names_of_arguments_are_known_to_the_parser() -> None:
    """Before `=`, any other word is compared."""
    assert {name for form in FORMS.values() for name in form.parameters} | set(DETAILS) < ARGUMENTS
    assert {"then", "otherwise", "goal", "releases", "items", "value", "n", "when"} < ARGUMENTS
