"""The two examples of docs/examples against the same designs without the newer means of the language (tests/support).

They are the same systems: state by state, step by step. The observers differ: an event in a property has one that drcheck
makes, and before it was a component of the design, switched on by a parameter. So their states are counted, not compared.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from drcheck import Design, minutes, seconds, state_graph
from drcheck.designs.design import load
from drcheck.verdicts.check import check_design

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "examples.md"
PAIRS = {
    name: (f"docs/examples/{name}.py", f"tests/support/{name}_before.py") for name in ("leader_lease", "web_failover")
}
NEWER = {"chosen", "happens", "named", "state_of", "variable_of", "within", "from_machine"}
ENGINES = ("native", "numpy", "python")


def both(name: str) -> tuple[Design, Design]:
    after, before = (load(str(ROOT / file)) for file in PAIRS[name])
    return after, before


def steps(design: Design, settings: dict[str, Any]) -> tuple[Counter[Any], Counter[Any]]:
    """The states of a system, and the steps between them: an alternative is told by where it leads.

    A state has what is not the same in all states. A variable goes by its own name where only one component has it: what is
    a queue and its copy in one form is one component in the other.
    """
    graph = state_graph(design.build(settings))
    values: dict[int, dict[str, Any]] = {number: graph.nodes[number] for number in graph}
    names = Counter(key.partition(".")[2] for key in values[0])
    shown = {
        key: variable if variable and names[variable] == 1 else key
        for key in values[0]
        for variable in [key.partition(".")[2]]
        if any(state[key] != values[0][key] for state in values.values())
    }
    states = {n: frozenset((shown[key], state[key]) for key in shown) for n, state in values.items()}
    return Counter(states.values()), Counter(
        (states[a], step["name"], states[b]) for a, b, step in graph.edges(data=True)
    )


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("leader_lease", {}),
        ("leader_lease", {"margin": seconds(0)}),
        ("leader_lease", {"complete": False, "outages": 1}),
        ("leader_lease", {"most": 2, "losses": 2, "outages": 1}),
        ("web_failover", {}),
        ("web_failover", {"copied_at_once": True, "room": 3}),
        ("web_failover", {"look_first": True, "checks": 1, "pace": minutes(1), "ttl": minutes(1)}),
    ],
)
def test_both_forms_are_the_same_system(name: str, settings: dict[str, Any]) -> None:
    after, before = both(name)
    states, edges = steps(after, settings)
    assert max(states.values()) == 1, "what is left out of a state is the same in all"
    assert (states, edges) == steps(before, settings)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", PAIRS)
def test_both_forms_have_the_same_verdicts(name: str, engine: str) -> None:
    after, before = (check_design(design, engine=engine) for design in both(name))
    told = {v.property.name: v for v in after.verdicts}
    expected = {v.property.name: v for v in before.verdicts}
    assert list(told) == list(expected)
    assert len(told) >= 1 + 8
    for promise, verdict in told.items():
        other = expected[promise]
        assert (verdict.conclusion, verdict.vacuous) == (other.conclusion, other.vacuous), promise
        assert (verdict.property.finding is None) == (other.property.finding is None), promise
        assert verdict.property.statement == other.property.statement, promise
    assert not after.remarks
    assert {v.run.exploration.engine for v in after.verdicts} == {engine}


@pytest.mark.parametrize("name", PAIRS)
def test_a_bound_in_time_has_the_delay_that_its_observer_had(name: str) -> None:
    after, before = both(name)
    promise = {"leader_lease": "a_lost_leader_is_replaced_in_time", "web_failover": "clients_are_served_in_time"}[name]
    settings = {"outages": 0} if name == "leader_lease" else {}
    (told,), (expected,) = (
        [v for v in check_design(design, settings, [promise]).verdicts if v.property.name == promise]
        for design in (after, before)
    )
    assert told.value == expected.value
    assert told.value


# -- lines ----------------------------------------------------------------------------------------------------------------
def spanned(node: ast.stmt) -> range:
    """The lines of a statement, with its decorators."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return range(min([node.lineno, *(d.lineno for d in decorators)]), (node.end_lineno or node.lineno) + 1)


def lines_of(file: str) -> dict[str, int]:
    """Lines of code of a design: those of its model, of observers written by hand, of its promises, and of all.

    Blank lines, comments, docstrings and imports do not count. A function is a promise if it is declared with `stated`.
    """
    text = (ROOT / file).read_text(encoding="utf-8")
    tree = ast.parse(text)
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            code.update(range(token.start[0], token.end[0] + 1))
    code -= {text.count("\n") + 1}  # the end of the file
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            code.difference_update(spanned(node))
        elif isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node) is not None:
            code.difference_update(spanned(node.body[0]))
    found = dict.fromkeys(("lines of the model", "of observers", "of promises"), 0)
    for top in tree.body:
        part = "lines of the model"
        if isinstance(top, ast.FunctionDef):
            declared = {name.id for d in top.decorator_list for name in ast.walk(d) if isinstance(name, ast.Name)}
            part = "of promises" if "stated" in declared else "of observers" if top.name == "observing" else part
        found[part] += len(code.intersection(spanned(top)))
    assert sum(found.values()) == len(code)
    return {**found, "lines in all": len(code)}


def searched(design: Design) -> tuple[int, int]:
    """The states of the system alone, and of all searches of its promises together."""
    report = check_design(design)
    runs = {id(v.run): v.run.exploration.states for v in report.verdicts}
    return next(iter(runs.values())), sum(runs.values())


def table() -> str:
    """What the page says of lines and states, each number before and after."""
    columns = []
    for name, (after, before) in PAIRS.items():
        lines = {part: (old, lines_of(after)[part]) for part, old in lines_of(before).items()}
        (states, together), (old_states, old_together) = (searched(design) for design in both(name))
        columns.append({**lines, "states": (old_states, states), "states, all searches": (old_together, together)})
    rows = [
        ["", *(f"`{name}` {form}" for name in PAIRS for form in ("before", "after"))],
        ["---"] * (1 + 2 * len(PAIRS)),
        *([what, *(f"{n:,}" for column in columns for n in column[what])] for what in columns[0]),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows).replace("|  |", "| |")


def test_the_page_has_the_numbers() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert table() in page, f"the page is to have this table:\n\n{table()}\n"


def test_lines_are_those_of_code(tmp_path: Path) -> None:
    (tmp_path / "small.py").write_text(
        '"""A module."""\n\nimport os\n\n\n# a comment\ndef f():\n    """A docstring."""\n    return (\n        os\n    )\n\n\n'
        '@stated(\n    given={},\n)\ndef g():\n    return """a\nb"""\n',
        encoding="utf-8",
    )
    assert lines_of(str(tmp_path / "small.py")) == {
        "lines of the model": 4,
        "of observers": 0,
        "of promises": 6,
        "lines in all": 10,
    }


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_newer_is_used_after_and_not_before(name: str) -> None:
    after, before = (
        {
            getattr(node, "id", getattr(node, "attr", ""))
            for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
        }
        for file in PAIRS[name]
    )
    assert not before & NEWER
    assert not re.search(r"[\"']\w*\*\w*_|_\*[\"']", (ROOT / PAIRS[name][1]).read_text(encoding="utf-8"))
    assert after >= NEWER - {"from_machine", "variable_of"}


def test_both_examples_together_use_all_that_is_newer() -> None:
    text = "".join((ROOT / after).read_text(encoding="utf-8") for after, _ in PAIRS.values())
    assert all(re.search(rf"\b{name}\(", text) for name in NEWER)
    assert "_*" in text


def test_the_page_quotes_both_forms() -> None:
    """That what it quotes stands there is tested with the page (test_docs)."""
    quoted = set(re.findall(r"^```python of=(\S+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert quoted == {file for pair in PAIRS.values() for file in pair}
