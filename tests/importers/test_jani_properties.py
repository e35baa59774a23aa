"""Properties of JANI files: what is decided, as what, and what is listed with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drcheck.designs.design import load
from drcheck.errors import PropertyError
from drcheck.verdicts.check import check_design
from tests.support.jani_models import automaton, bounded, edge, initial, model, op, to

Json = Any
ONE, TWO, FIVE = op("=", "n", 1), op("=", "n", 2), op("=", "n", 5)


def file_of(tmp_path: Path, kind: str, expression: Json, *, several: bool = False, **more: Json) -> str:
    """A walk up and down between 0 and 2; it starts at 0, or, with `several`, anywhere; 5 is never reached."""
    rate = 1 if kind in ("ctmc", "ma") else None
    edges = [
        edge("l", to("l", n=op("+", "n", 1)), guard=op("<", "n", 2), rate=rate),
        edge("l", to("l", n=op("-", "n", 1)), guard=op(">", "n", 0), rate=rate),
    ]
    variables = [bounded("n", 0, 5, None if several else 0)]
    made = model(kind, [automaton("A", ["l"], edges)], variables=variables, **more)
    if several:
        made["restrict-initial"] = {"exp": op("<", "n", 3)}
    made["properties"] = [{"name": "asked", "expression": expression}]
    file = tmp_path / "walk.jani"
    file.write_text(json.dumps(made), encoding="utf-8")
    return str(file)


def quantified(which: str, operator: str, *operands: Json, **more: Json) -> Json:
    return {"op": which, "exp": {**op(operator, *operands), **more}}


IN_TIME = {"time-bounds": {"upper": 5}}
DECIDED = [
    ("lts", "∀", quantified("∀", "G", op("<", "n", 3)), "HOLDS"),
    ("lts", "∀", quantified("∀", "G", op("<", "n", 2)), "VIOLATED"),
    ("lts", "∀", quantified("∀", "F", ONE), "HOLDS"),
    ("lts", "∀", quantified("∀", "F", TWO), "VIOLATED"),
    ("lts", "∀", quantified("∀", "U", op("=", "n", 0), ONE), "HOLDS"),
    ("lts", "∀", quantified("∀", "W", op("<", "n", 2), TWO), "HOLDS"),
    ("lts", "∀", quantified("∀", "R", FIVE, op("<", "n", 3)), "HOLDS"),
    ("lts", "∃", quantified("∃", "F", TWO), "HOLDS"),
    ("lts", "∃", quantified("∃", "U", True, FIVE), "VIOLATED"),
    ("mdp", "max", quantified("Pmax", "F", TWO), "HOLDS"),
    ("mdp", "max", quantified("Pmax", "F", FIVE), "VIOLATED"),
    ("dtmc", "values", quantified("Pmin", "U", True, TWO), "HOLDS"),
    ("ctmc", "values", quantified("Pmin", "F", FIVE, **IN_TIME), "VIOLATED"),
    ("ma", "max", quantified("Pmax", "F", TWO, **IN_TIME), "HOLDS"),
    ("mdp", "∃", op(">", quantified("Pmax", "F", TWO), 0), "HOLDS"),
    ("mdp", "∀", op("=", quantified("Pmax", "F", FIVE), 0), "HOLDS"),
    ("mdp", "∀", op("≤", quantified("Pmax", "F", TWO), 0), "VIOLATED"),
    ("mdp", "∀", op("≥", quantified("Pmin", "G", op("<", "n", 3)), 1), "HOLDS"),
]
NOT_DECIDED = [
    ("mdp", "min", quantified("Pmin", "F", TWO), "it is a least probability over free choices"),
    ("mdp", "max", {"op": "Emax", "exp": 1, "reach": TWO, "accumulate": ["steps"]}, "it is an expected value"),
    ("mdp", "max", {"op": "Smax", "exp": TWO}, "it is of the long run"),
    ("mdp", "max", quantified("Pmax", "U", ONE, TWO), "what holds before matters"),
    ("mdp", "max", quantified("Pmax", "F", TWO, **{"step-bounds": {"upper": 3}}), "it has step-bounds"),
    ("mdp", "max", quantified("Pmax", "F", TWO, **IN_TIME), "it has a bound in time, in a model of type mdp"),
    ("ctmc", "max", quantified("Pmax", "F", TWO, **{"time-bounds": {"upper": 0}}), "its bound in time is zero"),
    ("ctmc", "max", quantified("Pmax", "F", TWO, **{"time-bounds": {"lower": 1}}), "it has a lower bound in time"),
    ("mdp", "max", quantified("Pmax", "G", TWO), "it is a probability of G"),
    ("mdp", "max", quantified("Pmax", "F", True), "its condition is the same in every state"),
    ("mdp", "max", quantified("Pmax", "F", quantified("∀", "G", TWO)), "formulas are nested in it"),
    ("mdp", "∀", op("≥", quantified("Pmin", "F", TWO), 0.5), "it compares a probability with a number"),
    ("mdp", "∀", op("≥", quantified("Pmax", "G", TWO), 1), "it compares a probability with a number"),
    ("mdp", "∀", op("≤", {"op": "Emin", "exp": 1, "reach": TWO}, 4), "it is an expected value"),
    ("lts", "∃", quantified("∃", "G", TWO), "it asks for an execution"),
    ("lts", "∀", TWO, "it is about the initial states alone"),
    ("lts", "count", quantified("∀", "G", TWO), "it asks for count"),
    ("mdp", "max", quantified("Pmax", "F", op(">", op("/", 1, "n"), 0)), "a division by what may be zero"),
]


@pytest.mark.parametrize(("kind", "function", "values", "verdict"), DECIDED, ids=map(str, range(len(DECIDED))))
def test_what_is_decided(kind: str, function: str, values: Json, verdict: str, tmp_path: Path) -> None:
    report = check_design(load(file_of(tmp_path, kind, initial(function, values))))
    assert {v.property.name: v.conclusion.value for v in report.verdicts}["asked"] == verdict
    assert not report.skipped


@pytest.mark.parametrize(("kind", "function", "values", "why"), NOT_DECIDED, ids=map(str, range(len(NOT_DECIDED))))
def test_what_is_listed_with_the_reason(kind: str, function: str, values: Json, why: str, tmp_path: Path) -> None:
    design = load(file_of(tmp_path, kind, initial(function, values)))
    report = check_design(design)
    ((statement, reason),) = report.skipped
    assert statement.name == "asked"
    assert why in reason
    with pytest.raises(PropertyError, match="asked is not decided"):
        statement.on(design.build())


def test_of_several_initial_states_only_some_functions_are_known(tmp_path: Path) -> None:
    values = quantified("Pmax", "F", TWO)
    for function, decided in (("max", True), ("sum", True), ("min", False), ("values", False)):
        report = check_design(load(file_of(tmp_path, "mdp", initial(function, values), several=True)))
        assert bool(report.skipped) is not decided, function
    for which, function, decided in (("∀", "∀", True), ("∀", "∃", False), ("∃", "∃", True), ("∃", "∀", False)):
        values = quantified(which, "F", op("<", "n", 3))
        report = check_design(load(file_of(tmp_path, "lts", initial(function, values), several=True)))
        assert bool(report.skipped) is not decided, (which, function)


def test_of_reachable_states(tmp_path: Path) -> None:
    def verdict(function: str, states: Json, values: Json) -> str:
        expression = {"op": "filter", "fun": function, "values": values, "states": states}
        return check_design(load(file_of(tmp_path, "lts", expression))).verdicts[1].conclusion.value

    assert verdict("∀", ONE, op("<", "n", 2)) == "HOLDS"
    assert verdict("∀", True, op("<", "n", 2)) == "VIOLATED"
    assert verdict("∃", op(">", "n", 1), TWO) == "HOLDS"
    assert verdict("∃", ONE, TWO) == "VIOLATED"


def test_nothing_is_decided_on_states_that_the_model_does_not_reach(tmp_path: Path) -> None:
    design = load(file_of(tmp_path, "ma", initial("max", quantified("Pmax", "F", TWO))))
    assert not check_design(design).skipped
    report = check_design(design, {"maximal_progress": False})
    assert "maximal_progress=no" in report.skipped[0][1]


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    more = {"actions": [{"name": "never"}]}
    file = Path(file_of(tmp_path, "ctmc", initial("max", quantified("Pmax", "F", TWO)), **more))
    made = json.loads(file.read_text(encoding="utf-8"))
    made["variables"].append({"name": "cost", "type": "real", "transient": True, "initial-value": 0})
    made["automata"][0]["edges"][0]["destinations"][0]["assignments"].append({"ref": "cost", "value": 1})
    made["automata"][0]["edges"].append(edge("l", to("l", 1.0), action="never"))
    made["system"]["syncs"] = []
    file.write_text(json.dumps(made), encoding="utf-8")
    (remark,) = [remark for remark in check_design(load(str(file))).remarks if remark.code == "DR850"]
    assert remark.message.endswith(
        "is left out: 2 rates; 1 probability; the transient variables cost but where a condition reads them; "
        "1 assignment to a transient variable; 1 edge that no synchronisation vector lets happen: never at "
        "$.automata[0].edges[2]"
    )
