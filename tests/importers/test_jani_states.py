"""The states of models in jani-model: small ones by hand, random ones by a second reading, published ones as published."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from drcheck import System
from drcheck.designs.design import Design, load
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Query
from drcheck.errors import DesignError
from drcheck.importers.jani.document import parsed as document
from drcheck.importers.jani.model import system_of
from drcheck.importers.jani.outline import outlined
from drcheck.system.oracle import Oracle
from tests.support.jani_interpreter import Interpreter, parsed
from tests.support.jani_models import Random, automaton, boolean, bounded, edge, ite, model, op, queue, to

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "jani"


def system(made: Any, **given: Any) -> System:
    return system_of(outlined(document(json.dumps(made), "small.jani")), given)


def counts(made: System, engine: str = "python") -> tuple[int, int]:
    found = engine_named(engine).explore(made, Query())
    return found.states, found.transitions


def test_a_queue_has_a_state_for_each_length() -> None:
    assert counts(system(queue(), N=4)) == (5, 8)


def test_a_queue_of_length_zero_stays_empty() -> None:
    """No edge is possible, so that none takes the length out of its bounds."""
    assert counts(system(queue(), N=0)) == (1, 0)


def test_destinations_without_a_chance_are_none() -> None:
    edges = [edge("l", to("l", 0.5, n=1), to("l", 0.0, n=2), to("l", op("/", "n", 4), n=3))]
    made = model("dtmc", [automaton("A", ["l"], edges)], variables=[bounded("n", 0, 3, 0)])
    assert counts(system(made)) == (3, 5)  # 0 and 1 lead to 1, and 1 and 3 also to 3: 2 is never reached


def test_a_rate_of_zero_is_no_edge() -> None:
    edges = [edge("l", to("l", n=op("+", "n", 1)), rate=op("-", 2, "n")), edge("l", to("l", n=3), rate=0)]
    made = model("ctmc", [automaton("A", ["l"], edges)], variables=[bounded("n", 0, 3, 0)])
    assert counts(system(made)) == (3, 2)


def test_a_quotient_whose_divisor_is_zero_where_it_is_not_asked_for() -> None:
    one = ite(op(">", "n", 0), 1, 0)
    chance = ite(op(">", "n", 0), op("/", 1, op("+", 0.0, one)), 0)
    edges = [edge("l", to("l", chance, n=0), guard=op(">", "n", 0)), edge("l", to("l", n=1), guard=op("=", "n", 0))]
    assert counts(system(model("dtmc", [automaton("A", ["l"], edges)], variables=[bounded("n", 0, 1, 0)]))) == (2, 2)


def test_in_an_ma_what_has_no_rate_comes_first() -> None:
    edges = [edge("l", to("m")), edge("l", to("n"), rate=1), edge("m", to("n"), rate=1)]
    made = model("ma", [automaton("A", ["l", "m", "n"], edges)])
    assert counts(system(made)) == (3, 2)
    assert counts(system(made, maximal_progress=False)) == (3, 3)


def test_indices_of_assignments_are_an_order() -> None:
    def made(index: int) -> Any:
        assignments = [{"ref": "a", "value": "b"}, {"ref": "b", "value": "a", "index": index}]
        edges = [{"location": "l", "destinations": [{"location": "l", "assignments": assignments}]}]
        return model("lts", [automaton("A", ["l"], edges)], variables=[bounded("a", 0, 1, 0), bounded("b", 0, 1, 1)])

    def after(index: int) -> tuple[int, ...]:
        found = system(made(index))
        (step,) = Oracle(found).successors(found.initial)
        assert step.target is not None
        return step.target[1:]

    assert after(0) == (1, 0)  # at once: they change places
    assert after(1) == (1, 1)
    assert after(-1) == (0, 0)  # b first


def test_vectors_with_gaps_and_the_same_automaton_twice() -> None:
    edges = [edge("l", to("m"), action="go"), edge("m", to("l"), action="back")]
    made = model("mdp", [automaton("A", ["l", "m"], edges)], syncs=[["go", None], [None, "go"], ["back", "back"]])
    made["system"]["elements"] *= 2
    assert counts(system(made)) == (4, 5)
    assert [event.name for event in system(made).events] == ["go", "go_2", "back"]
    assert [component.name for component in system(made).components] == ["A", "A_2"]


def test_edges_of_which_one_at_most_is_possible_are_one_event() -> None:
    edges = [
        edge("l", to("m"), action="go", guard=op("=", "x", 0)),
        edge("l", to("l", x=0), action="go", guard=op("≥", "x", 1)),
        edge("m", to("l", x=1), action="go"),
    ]
    parts = [automaton(f"A{n}", ["l", "m"], edges, [bounded("x", 0, 2, 2)]) for n in range(3)]
    made = system(model("dtmc", parts, syncs=[["go"] * 3]))
    assert len(made.events) == 1
    assert counts(made) == counts(made, "reference") == (4, 4)
    del edges[0]["guard"]  # now two are possible
    assert len(system(model("mdp", parts, syncs=[["go"] * 3])).events) == 8


def test_a_quotient_of_what_is_below_zero() -> None:
    guard = op("∧", op("<", op("/", 1, op("-", "n", 5)), 0), op("<", op("/", "n", op("-", "n", 5)), 1))
    edges = [edge("l", to("l", n=op("+", "n", 1)), guard=op("∧", guard, op("<", "n", 3)))]
    assert counts(system(model("lts", [automaton("A", ["l"], edges)], variables=[bounded("n", 0, 3, 0)]))) == (4, 3)


def test_an_action_that_no_vector_has_never_happens() -> None:
    edges = [edge("l", to("m"), action="go"), edge("l", to("n"), action="stay")]
    made = model("lts", [automaton("A", ["l", "m", "n"], edges)], syncs=[["go"]])
    assert counts(system(made)) == (2, 1)
    del made["system"]["syncs"]  # of a single automaton without vectors every action happens alone
    assert counts(system(made)) == (3, 2)


def test_several_initial_states_that_no_combination_gives() -> None:
    edges = [edge("l", to("l"))]
    variables = [bounded("a", 0, 3), bounded("b", 0, 3), boolean("c")]
    made = model("dtmc", [automaton("A", ["l"], edges)], variables=variables)
    assert system(made).initials == 32
    made["restrict-initial"] = {"exp": op("∧", op("<", "a", "b"), "c")}
    assert system(made).initials == 6
    assert counts(system(made)) == counts(system(made), "reference") == (6, 6)


def test_variables_of_several_writers_are_shared() -> None:
    one = [edge("l", to("l", 0.5, n=1), to("l", 0.5, n=2))]
    made = model(
        "mdp",
        [automaton(name, ["l"], one) for name in ("A", "B")],
        variables=[bounded("n", 0, 2, 0), boolean("still", True)],
    )
    assert [cell.name for cell in system(made).cells] == ["A", "A.still", "B", "shared", "shared.n"]
    assert counts(system(made)) == counts(system(made), "reference") == (3, 12)


@pytest.mark.parametrize("first", range(0, 160, 40))
def test_random_models_have_the_states_of_a_second_reading(first: int) -> None:
    outcome: Counter[str] = Counter()
    for seed in range(first, first + 40):
        made = Random(seed).model()
        text = json.dumps(made)
        found = composed(text)
        if isinstance(found, DesignError):
            assert found.code == "DR232" or "initial state" in found.message, (seed, str(found))
            outcome["refused"] += 1
            continue
        expected = Interpreter(parsed(text)).graph()
        assert counts(found) == expected, seed
        if seed % 4 == 0:
            assert counts(found, "reference") == expected, seed
        outcome["large" if expected[0] > 8 else "small"] += 1
    assert outcome["large"] >= 8
    assert outcome["refused"] <= 16


def composed(text: str) -> System | DesignError:
    try:
        return system_of(outlined(document(text, "random.jani")), {})
    except DesignError as error:
        return error


def published() -> list[Any]:
    if not PUBLISHED.exists():
        return []
    found = json.loads((PUBLISHED / "expected.json").read_text(encoding="utf-8"))
    smallest: dict[str, Any] = {}
    for one in found:
        if min(one["states"]) < min(smallest.setdefault(one["model"], one)["states"]):
            smallest[one["model"]] = one
    return list(smallest.values())


def built(one: Any) -> System:
    design: Design = load(str(PUBLISHED / one["model"].replace("/", ".") / one["file"]))
    known = [parameter.name for parameter in design.parameters]
    words = {True: "yes", False: "no"}
    texts = {name: words.get(v, str(v)) if isinstance(v, bool) else str(v) for name, v in one["parameters"].items()}
    return design.build(design.settings({name: text for name, text in texts.items() if name in known}))


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published models are not beside the repository")
@pytest.mark.parametrize("one", published(), ids=lambda one: one["model"])
def test_published_models_have_the_published_states(one: Any) -> None:
    made = built(one)
    if one["model"] == "ma/readers-writers":  # published without maximal progress: see docs/jani.md
        assert counts(made) == (842, 1528)
        design = load(str(PUBLISHED / "ma.readers-writers" / one["file"]))
        made = design.build({"maximal_progress": False})
    assert counts(made, "auto")[0] in one["states"]
