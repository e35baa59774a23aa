"""What a JANI file may not say: each refusal has its code, the path, and a message that says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from drcheck.designs.design import load
from drcheck.errors import DesignError
from drcheck.importers.jani import expressions
from drcheck.importers.jani.declarations import Range
from drcheck.importers.jani.document import DEEPEST, parsed, read
from drcheck.importers.jani.model import system_of
from drcheck.importers.jani.outline import outlined
from drcheck.system import composition
from tests.support.jani_models import automaton, boolean, bounded, edge, initial, model, op, queue, to

Json = Any


def small() -> Json:
    """A model with a bit of everything, in which each test breaks one thing."""
    edges = [edge("l", to("m", 0.5, n=1), to("l", 0.5), action="go", guard=op("<", "n", 2)), edge("m", to("l", n=0))]
    made = model(
        "mdp",
        [
            automaton("A", ["l", "m"], edges, [bounded("x", 0, 1, 0)]),
            automaton("B", ["l"], [edge("l", to("l"), action="go")]),
        ],
        syncs=[["go", "go"]],
        constants=[{"name": "c", "type": "int", "value": 2}],
        variables=[bounded("n", 0, 3, 0), {"name": "r", "type": "real", "transient": True, "initial-value": 0}],
        functions=[{"name": "f", "type": "int", "parameters": [{"name": "p", "type": "int"}], "body": op("+", "p", 1)}],
        properties=[{"name": "p", "expression": initial("max", op("Pmax", op("F", op("=", "n", 1))))}],
    )
    made["automata"][0]["locations"][0]["transient-values"] = [{"ref": "r", "value": 1}]
    return made


def refused(made: Json) -> DesignError:
    with pytest.raises(DesignError) as caught:
        system_of(outlined(parsed(json.dumps(made), "small.jani")), {})
    return caught.value


def test_the_model_that_the_tests_break_is_whole() -> None:
    assert system_of(outlined(parsed(json.dumps(small()), "small.jani")), {}).name == "small"


def put(path: str, value: Json) -> Callable[[Json], None]:
    """Set what a path in Python's brackets names, as in `automata 0 edges 1 guard`."""

    def change(made: Json) -> None:
        *steps, last = [int(part) if part.lstrip("-").isdigit() else part for part in path.split()]
        for step in steps:
            made = made[step]
        if value is GONE:
            del made[last]
        elif isinstance(made, list) and last == len(made):
            made.append(value)
        else:
            made[last] = value

    return change


GONE = object()
GUARD = "automata 0 edges 0 guard exp"
VALUE = "automata 0 edges 0 destinations 0 assignments 0 value"

MALFORMED = [
    ("jani-version", GONE, "$", "has no 'jani-version'"),
    ("extra", 1, "$.extra", "a model has no 'extra'"),
    ("type", "mpd", "$.type", "did you mean 'mdp'?"),
    ("constants 1", {"name": "c", "type": "int"}, "$.constants[1].name", "is already the name of"),
    ("constants 1", {"name": "n", "type": "int", "value": 1}, "$.variables[0].name", "already the name of a constant"),
    ("constants 0 value", op("+", "d", 1), "$.constants[0].value.left", "no constant that is declared before"),
    ("constants 0 value", "c", "$.constants[0].value", "no constant that is declared before"),
    ("constants 0 value", 1.5, "$.constants[0].value", "an integer is wanted here, not a number"),
    ("variables 2", bounded("n", 0, 1), "$.variables[2].name", "is already the name of"),
    ("variables 0 type", "integer", "$.variables[0].type", "did you mean 'int'?"),
    ("variables 0 type upper-bound", -1, "$.variables[0]", "no value in 0..-1"),
    ("variables 0 type upper-bound", "n", "$.variables[0].type.upper-bound", "'n' is no constant"),
    ("variables 0 initial-value", 4, "$.variables[0].initial-value", "cannot start with 4"),
    ("variables 0 initial-value", True, "$.variables[0].initial-value", "an integer is wanted here, not a boolean"),
    ("automata 1 name", "A", "$.automata[1].name", "two automata 'A'"),
    ("automata 0 variables 0 name", "n", "$.automata[0].variables[0].name", "already the name of a variable"),
    ("automata 0 locations 2", {"name": "m"}, "$.automata[0].locations[2].name", "two locations 'm'"),
    ("automata 0 initial-locations", [], "$.automata[0].initial-locations", "needs an initial location"),
    ("automata 0 initial-locations 0", "k", "$.automata[0].initial-locations[0]", "no location 'k'"),
    (
        "automata 0 locations 0 transient-values 0 ref",
        "n",
        "$.automata[0].locations[0].transient-values[0].ref",
        "no transient",
    ),
    ("automata 0 edges 0 location", "k", "$.automata[0].edges[0].location", "no location 'k'"),
    ("automata 0 edges 0 action", "come", "$.automata[0].edges[0].action", "no action 'come'"),
    ("automata 0 edges 0 rate", {"exp": 1}, "$.automata[0].edges[0].rate", "of type mdp has no rate"),
    ("automata 0 edges 0 destinations", [], "$.automata[0].edges[0].destinations", "needs a destination"),
    (
        "automata 0 edges 0 destinations 0 probability",
        GONE,
        "$.automata[0].edges[0].destinations[0]",
        "needs a probability",
    ),
    (
        "automata 0 edges 0 destinations 0 location",
        3,
        "$.automata[0].edges[0].destinations[0].location",
        "a name is wanted",
    ),
    (
        "automata 0 edges 0 destinations 0 assignments 0 ref",
        "c",
        "assignments[0].ref",
        "no variable that can be assigned to",
    ),
    ("automata 0 edges 0 destinations 0 assignments 0 index", 0.5, "assignments[0].index", "is a whole number"),
    (VALUE, 0.5, "assignments[0].value", "an integer is wanted here, not a number"),
    (VALUE, True, "assignments[0].value", "an integer is wanted here, not a boolean"),
    (GUARD, "n", "guard.exp", "a boolean is wanted here, not an integer"),
    (GUARD, "nn", "guard.exp", "'nn' is no constant or variable here"),
    (GUARD, op("=", "n", True), "guard.exp", "does not compare an integer and a boolean"),
    (GUARD, {"op": "≼", "left": 1, "right": 2}, "guard.exp", "is no operator of an expression"),
    (GUARD, {"op": "=", "left": 1}, "guard.exp", "has no 'right'"),
    (GUARD, {"op": "=", "left": 1, "right": 1, "exp": 2}, "guard.exp.exp", "has no 'exp'"),
    (GUARD, [], "guard.exp", "an expression is wanted here, not a list"),
    (GUARD, {"constant": "tau"}, "guard.exp", "no constant 'tau'"),
    (GUARD, op("=", {"op": "call", "function": "g", "args": []}, 1), "guard.exp.left.function", "no function 'g'"),
    (GUARD, op("=", {"op": "call", "function": "f", "args": []}, 1), "guard.exp.left.args", "takes 1 arguments, not 0"),
    ("automata 0 edges 0 guard extra", 1, "$.automata[0].edges[0].guard.extra", "has no 'extra'"),
    ("system elements", [], "$.system.elements", "needs an element"),
    ("system elements 0 automaton", "C", "$.system.elements[0].automaton", "no automaton 'C'"),
    ("system syncs 0 synchronise", ["go"], "$.system.syncs[0].synchronise", "1 entries for 2 elements"),
    ("system syncs 0 synchronise", [None, None], "$.system.syncs[0].synchronise", "nothing takes part"),
    ("system syncs 0 synchronise 0", "come", "$.system.syncs[0].synchronise[0]", "no action 'come'"),
    ("system syncs 0 result", "come", "$.system.syncs[0].result", "no action 'come'"),
    ("restrict-initial", {"exp": False}, "$.restrict-initial", "no initial state is left"),
    ("restrict-initial", {"exp": op("=", "n", 3)}, "$.restrict-initial", "no initial state is left"),
    ("properties 1", {"name": "p", "expression": True}, "$.properties[1].name", "two properties 'p'"),
    ("properties 0 expression fun", "least", "$.properties[0].expression.fun", "no function 'least'"),
    (
        "properties 0 expression values exp exp",
        op("=", "k", 1),
        "values.exp.exp.left",
        "'k' is no constant or variable",
    ),
]

UNSUPPORTED = [
    ("jani-version", 2, "$.jani-version", "version 2"),
    ("type", "pta", "$.type", "models of type pta are not supported"),
    ("features", ["arrays"], "$.features[0]", "the feature arrays"),
    ("features", ["wings"], "$.features[0]", "the feature 'wings' is not known"),
    ("variables 0 type", "clock", "$.variables[0].type", "time that passes by itself"),
    ("variables 0 type", {"kind": "array", "base": "int"}, "$.variables[0].type", "type array"),
    ("variables 0", {"name": "n", "type": "real", "initial-value": 0.5}, "$.variables[0].type", "which is not finite"),
    ("variables 0 type upper-bound", 1 << 70, "$.variables[0]", "beyond 64 bits"),
    (
        "automata 0 locations 0 time-progress",
        {"exp": True},
        "$.automata[0].locations[0].time-progress",
        "is not supported",
    ),
    (
        "automata 0 edges 0 destinations 0 assignments 0 ref",
        {"op": "aa"},
        "assignments[0].ref",
        "only variables can be assigned",
    ),
    ("system elements 0 input-enable", ["go"], "$.system.elements[0].input-enable", "is not supported"),
    (VALUE, op("floor", op("/", 3, "n")), "value.exp", "a division by what may be zero: it can be 0..3"),
    (VALUE, op("%", "n", op("-", "n", 1)), "value", "a divisor that may be zero or negative"),
    (VALUE, op("%", op("-", "n", 3), 2), "value", "a dividend that may be negative"),
    (VALUE, op("floor", op("log", "n", 2)), "value.exp", "a logarithm of what depends on the state"),
    (VALUE, op("pow", "n", "n"), "value", "an exponent that is no constant"),
    (VALUE, op("pow", 2, 5000), "value", "a power that is too large"),
    (VALUE, {"op": "aa", "exp": "n", "index": 0}, "value", "the operator aa is not supported"),
    (VALUE, op("floor", op("sin", "n")), "value.exp", "the operator sin is not supported"),
    (VALUE, op("floor", op("*", "n", {"constant": "π"})), "value.exp", "no fraction"),
    (GUARD, op("=", op("pow", 2, 0.5), op("pow", 2, 0.5)), "guard.exp", "equal as far as can be told"),
    (GUARD, op("∧", op("<", "n", 1), op("≥", op("+", "n", "r"), "x")), None, None),
    ("functions 0 body", {"op": "call", "function": "f", "args": ["p"]}, None, None),
]


@pytest.mark.parametrize(
    ("path", "value", "place", "said"),
    MALFORMED,
    ids=[f"{p} {'gone' if v is GONE else v}"[:60] for p, v, _, _ in MALFORMED],
)
def test_what_is_no_jani_is_refused_where_it_stands(path: str, value: Json, place: str, said: str) -> None:
    made = small()
    put(path, value)(made)
    error = refused(made)
    assert error.code == "DR231"
    assert str(error.place).endswith(place)
    assert said in str(error)


@pytest.mark.parametrize(
    ("path", "value", "place", "said"), UNSUPPORTED, ids=[f"{p} {v}"[:60] for p, v, _, _ in UNSUPPORTED]
)
def test_what_is_not_supported_is_refused_where_it_stands(
    path: str, value: Json, place: str | None, said: str | None
) -> None:
    made = small()
    put(path, value)(made)
    if place is None or said is None:
        system_of(outlined(parsed(json.dumps(made), "small.jani")), {})  # fine, as nothing needs it
        return
    error = refused(made)
    assert error.code == "DR232"
    assert str(error.place).endswith(place)
    assert said in str(error)


def test_functions_that_call_themselves_or_each_other_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    made = small()
    put(GUARD, op("=", {"op": "call", "function": "f", "args": ["n"]}, 1))(made)
    made["functions"].append({**deepcopy(made["functions"][0]), "name": "g"})
    for name, other in (("f", "g"), ("g", "f")):
        function = next(f for f in made["functions"] if f["name"] == name)
        function["body"] = {"op": "call", "function": other, "args": ["p"]}
    assert "calls itself: f -> g -> f" in refused(made).message
    monkeypatch.setattr(expressions, "MOST_STEPS", 1000)
    calls = [{"op": "call", "function": f"f{n}", "args": []} for n in range(40)]
    made["functions"] = [
        {"name": f"f{n}", "type": "int", "parameters": [], "body": op("-", calls[n - 1], calls[n - 1]) if n else 1}
        for n in range(40)
    ]
    put(GUARD, op("=", calls[39], 1))(made)
    assert "take more than 1,000 operations" in refused(made).message


def test_names_of_functions_mean_what_they_mean_outside() -> None:
    """A body reads its own parameters and what is outside, and not the parameters of a function that calls it."""
    made = small()
    made["functions"].append(
        {
            "name": "g",
            "type": "int",
            "parameters": [{"name": "q", "type": "int"}],
            "body": {"op": "call", "function": "f", "args": ["q"]},
        }
    )
    made["functions"][0]["body"] = op("+", "p", "q")
    put(GUARD, op("=", {"op": "call", "function": "g", "args": ["n"]}, 1))(made)
    assert "'q' is no constant or variable here" in refused(made).message


def test_edges_that_contradict_each_other() -> None:
    made = small()
    made["automata"][1]["edges"][0]["destinations"][0]["assignments"] = [{"ref": "n", "value": 2}]
    assert "assigned by two edges that synchronise, also at $.automata" in refused(made).message
    made["automata"][1]["edges"][0]["destinations"][0]["assignments"] = [{"ref": "m", "value": "n", "index": 1}]
    made["variables"].append(bounded("m", 0, 3, 0))
    assert "n is read after an edge that synchronises with this one assigned it" in refused(made).message
    made = model("ma", [automaton(name, ["l"], [edge("l", to("l"), action="a")]) for name in "AB"], syncs=[["a", "a"]])
    made["automata"][0]["edges"][0]["rate"] = {"exp": 1}
    assert "synchronises with one without" in refused(made).message


def test_transient_values_that_contradict_each_other() -> None:
    made = small()
    made["variables"].append({"name": "t", "type": "int", "transient": True, "initial-value": 0})
    put(VALUE, "t")(made)
    assert "t is transient, and its value in an assignment is not supported" in refused(made).message
    made = small()
    made["variables"][1] = boolean("r", False, transient=True)
    put(GUARD, "r")(made)
    made["automata"][0]["locations"][0]["transient-values"][0]["value"] = "r"
    assert "depends on itself: r -> r" in refused(made).message
    made["automata"][0]["locations"][0]["transient-values"][0]["value"] = True
    made["automata"][1]["locations"][0]["transient-values"] = [{"ref": "r", "value": True}]
    assert "values in locations of several automata: A, B" in refused(made).message


def test_too_much_of_everything() -> None:
    edges = [edge("l", to("l", 0.5, x=0), to("l", 0.5, x=1), action="go")]
    many = [automaton(f"A{n}", ["l"], edges, [bounded("x", 0, 1, 0)]) for n in range(21)]
    assert "edges synchronise in too many ways" in refused(model("dtmc", many, syncs=[["go"] * 21])).message
    wide = model("lts", [automaton("A", ["l"], [edge("l", to("l"))])], variables=[bounded("n", 0, 1 << 40)])
    assert "initial states, of 1,048,576 at most" in refused(wide).message
    wide["restrict-initial"] = {"exp": op("<", "n", 3)}
    assert "initial states to choose from, of 1,048,576 at most" in refused(wide).message


def test_what_composing_refuses_has_a_path_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values that never fit, also after what was assigned just before; and whatever else the composed model shows."""
    assigned = "automata 0 edges 1 destinations 0 assignments"
    path = "$.automata[0].edges[1].destinations[0].assignments"
    for value, says in ((7, "n becomes 7, and holds 0..3"), (op("-", -1, "n"), "n becomes -4..-1, and holds 0..3")):
        made = small()
        put(f"{assigned} 0 value", value)(made)
        error = refused(made)
        assert (error.code, error.message) == ("DR231", says)
        assert f"{path}[0].value" in str(error) if isinstance(value, int) else f"{path}[0]" in str(error)
    longer = [{"ref": "n", "value": op("*", "n", 1 << 40)}, {"ref": "n", "value": op("*", "n", 1 << 40), "index": 1}]
    put(assigned, longer)(made)
    error = refused(made)
    assert (error.code, f"{path}[1].value" in str(error)) == ("DR232", True)
    monkeypatch.setattr(composition, "MOST_INITIAL", 0)
    assert "$.system" in str(refused(small()))
    assert "[DR154] " in refused(small()).message


def test_numbers_that_are_no_probabilities_or_rates() -> None:
    way = "automata 0 edges 0 destinations 0 probability exp"
    for value in (-0.5, 1.5, op("-", 0.2, 0.5)):
        made = small()
        put(way, value)(made)
        assert "is not between 0 and 1" in refused(made).message
        assert "$.automata[0].edges[0].destinations[0].probability" in str(refused(made))
    put(way, op("+", 0.5, 1e-9))(made)  # that they add up to 1 is left to those who compute with them
    assert system_of(outlined(parsed(json.dumps(made), "small.jani")), {})
    made = queue()
    put("automata 0 edges 0 rate exp", -2)(made)
    with pytest.raises(DesignError, match="a rate of -2 is below zero"):
        system_of(outlined(parsed(json.dumps(made), "queue.jani")), {"N": 1})


TEXTS = [
    ("", "is no JSON"),
    ("[1]", "an object is wanted here, not a list"),
    ('{"a": 1, "a": 2}', "has an object with the key 'a' twice"),
    ('{"a": NaN}', "the number 'NaN'"),
    ('{"a": 1e99999999}', "which cannot be read"),
    ('{"a": ' + "9" * 5000 + "}", "which cannot be read"),
    ('{"a": ' + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1) + "}", f"nested more than {DEEPEST} deep"),
    ('{"a": "' + '\\"' * 20000, "is no JSON"),
    ('{"a": 1', "is no JSON"),
]


@pytest.mark.parametrize(("text", "said"), TEXTS, ids=[text[:20] for text, _ in TEXTS])
def test_texts_that_are_no_json_or_too_much_of_it(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "some.jani"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DesignError) as caught:
        read(str(file))
    assert caught.value.code in ("DR230", "DR231")
    assert said in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "there.jani").write_bytes(b"\xff\xfe{}")
    for name, said in (
        ("ther.jani", "did you mean 'there.jani'?"),
        ("", "is a directory"),
        ("there.jani", "no text in UTF-8"),
    ):
        with pytest.raises(DesignError) as caught:
            read(str(tmp_path / name))
        assert caught.value.code == "DR230"
        assert said in str(caught.value)


def test_a_path_has_the_line_of_the_object_that_it_is_in() -> None:
    text = json.dumps(small(), indent=1)
    node = parsed(text, "small.jani")["automata"]
    guard = next(iter(next(iter(node.items()))["edges"].items()))["guard"]["exp"]
    lines = text.split("\n")
    assert guard.declared.line == next(n for n, line in enumerate(lines, 1) if '"exp": {' in line)
    assert guard["left"].declared.line == guard.declared.line
    assert guard.place == f"small.jani:{guard.declared.line}, $.automata[0].edges[0].guard.exp"


def test_parameters_are_what_the_file_leaves_open(tmp_path: Path) -> None:
    made = queue()
    made["automata"][0]["variables"] = [{"name": "seen", "type": "int", "initial-value": 0}]
    made["constants"][1] = {"name": "speed", "type": "real"}
    file = tmp_path / "queue.jani"
    file.write_text(json.dumps(made), encoding="utf-8")
    design = load(str(file))
    assert [(p.name, p.kind) for p in design.parameters] == [
        ("N", "a whole number"),
        ("speed", "a number"),
        ("queue.seen", "a range, low..high"),
    ]
    with pytest.raises(DesignError) as caught:
        design.build(design.settings({"N": "2"}))
    assert caught.value.code == "DR233"
    assert "gives no value to speed, nor to queue.seen" in caught.value.message
    assert caught.value.remedy == "give them: --set speed=0.5 --set queue.seen=0..20"
    assert design.settings({"speed": "1/3", "queue.seen": "-1..4"}) == {
        "speed": Fraction(1, 3),
        "queue.seen": Range(-1, 4),
    }
    for name, text in (("N", "2.5"), ("speed", "fast"), ("speed", "1/0"), ("queue.seen", "4..1"), ("queue.seen", "4")):
        with pytest.raises(DesignError) as caught:
            design.settings({name: text})
        assert caught.value.code == "DR205"
    system = design.build(design.settings({"N": "2", "speed": "1/3", "queue.seen": "0..4"}))
    assert [cell.domain.size for cell in system.cells] == [1, 3, 5]
    assert system.invocation == (str(file), "--set", "N=2", "--set", "speed=1/3", "--set", "queue.seen=0..4")
