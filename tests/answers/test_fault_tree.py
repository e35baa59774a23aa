"""Fault trees have the cuts that they are made of: read back from each form by a reader of its own."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from drcheck.answers.combinations import Combination
from drcheck.answers.cuts import CutsReport, cuts
from drcheck.answers.fault_tree import AND, BasicEvent, FaultTree, Gate, events_of, factored, fault_tree, fault_trees
from drcheck.cli.main import run
from drcheck.designs.design import load
from drcheck.render.svg import texts
from drcheck.render.tree import tree_svg, tree_text
from drcheck.report.fault_trees import open_psa, tree_data, tree_diagram
from tests.answers.test_cuts import relay
from tests.support.generated import SEED, some

Sets = frozenset[frozenset[str]]


@pytest.fixture(scope="module")
def report() -> CutsReport:
    return cuts(relay, order=3)


def wanted(tree: FaultTree) -> Sets:
    """The cuts of the promise, as sets of labels."""
    combinations = [c for cut in tree.promise.cuts for c in (cut.combination, *cut.equal)]
    return frozenset(frozenset(event.label for event in events_of(c)) for c in combinations)


def least(sets: set[frozenset[str]]) -> Sets:
    return frozenset(one for one in sets if not any(other < one for other in sets))


def from_xml(model: ElementTree.Element, name: str) -> Sets:
    """The minimal cut sets of a fault tree in an Open-PSA model, by expanding its gates."""
    (tree,) = [t for t in model.findall("define-fault-tree") if t.get("name") == name]
    gates = {g.get("name"): g for g in tree.findall("define-gate")}
    labels = {e.get("name"): e.findtext("label") or "" for e in model.iterfind("model-data/define-basic-event")}

    def expanded(node: ElementTree.Element) -> set[frozenset[str]]:
        if node.tag == "basic-event":
            return {frozenset([labels[node.get("name")]])}
        if node.tag == "gate":
            return expanded(next(part for part in gates[node.get("name")] if part.tag != "label"))
        if node.tag == "constant":
            return {frozenset()} if node.get("value") == "true" else set()
        parts = [expanded(part) for part in node]
        if node.tag == "or":
            return set().union(*parts)
        assert node.tag == "and"
        return {frozenset().union(*those) for those in itertools.product(*parts)}

    top = next(part for part in gates[f"top_{name}"] if part.tag != "label")
    return least(expanded(top))


def from_data(node: Mapping[str, Any] | None) -> set[frozenset[str]]:
    if node is None:
        return {frozenset()}
    if "event" in node:
        return {frozenset([node["event"]])}
    parts = [from_data(part) for part in node["inputs"]]
    if node["gate"] == "or":
        return set().union(*parts)
    return {frozenset().union(*those) for those in itertools.product(*parts)}


def test_each_form_of_a_tree_has_the_cuts_of_its_promise(report: CutsReport) -> None:
    trees = fault_trees(report)
    assert {tree.name for tree in trees} >= {"never_down", "loses_little", "never_isolated"}
    model = ElementTree.fromstring(open_psa(trees, "relay", "A line").encode())
    for tree in trees:
        assert frozenset(frozenset(e.label for e in cut) for cut in tree.cut_sets) == wanted(tree)
        assert from_xml(model, tree.name) == wanted(tree)
        assert least(from_data(tree_data(tree)["top"])) == wanted(tree)
    names = [e.get("name") for e in model.iterfind("model-data/define-basic-event")]
    assert len(names) == len(set(names)), "each basic event stands once, whatever trees it is in"


def test_a_drawing_shows_every_event_and_what_the_tree_does_not_say(report: CutsReport) -> None:
    tree = next(tree for tree in fault_trees(report) if tree.name == "never_down")
    diagram = tree_diagram(tree, "A line")
    shown = " ".join(texts(tree_svg(diagram)))
    assert all(label in shown for label in ("line failure", "guarded=no", "spare=none"))
    assert "not monotone: it fails with line failure and holds again with line failure, mistake" in shown
    assert tree_text(diagram)[:2] == ["never_down fails if", "  one of"]


def test_what_fails_without_anything_is_a_tree_of_nothing() -> None:
    (promise,) = [p for p in cuts(relay, {"guarded": False}).promises if p.name == "never_down"]
    tree = fault_tree(promise)
    assert (tree.top, tree.cut_sets) == (None, frozenset([frozenset()]))
    assert tree_text(tree_diagram(tree, "")) == ["never_down fails, whatever goes wrong"]
    assert '<constant value="true" />' in open_psa([tree], "relay", "A line")


def test_what_is_common_stands_once_above_the_rest() -> None:
    a, b, c, d = (BasicEvent(letter, 1) for letter in "abcd")
    made = factored([frozenset([a, b]), frozenset([a, c]), frozenset([d])])
    assert made == Gate("or", (d, Gate(AND, (a, Gate("or", (b, c))))))


@seed(SEED)
@settings(max_examples=some(0.25), database=None)
@given(st.sets(st.frozensets(st.sampled_from("abcdef"), min_size=1, max_size=4), min_size=1, max_size=9))
def test_factoring_changes_no_cut(drawn: set[frozenset[str]]) -> None:
    sets = least(drawn)
    made = factored([frozenset(BasicEvent(letter, 1) for letter in one) for one in sorted(sets, key=sorted)])

    def expanded(node: Gate | BasicEvent) -> set[frozenset[str]]:
        if isinstance(node, BasicEvent):
            return {frozenset([node.what])}
        assert len(node.inputs) > 1
        parts = [expanded(part) for part in node.inputs]
        if node.operator == AND:
            return {frozenset().union(*those) for those in itertools.product(*parts)}
        return set().union(*parts)

    assert least(expanded(made)) == sets


def test_two_uses_of_a_budget_are_two_events() -> None:
    events = events_of(Combination((("line failure", 2),)))
    assert [event.label for event in events] == ["line failure", "line failure, the second one"]


def test_files_are_written_and_bad_input_is_a_coded_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = "tests.answers.test_cuts:relay"
    assert run(["tree", target, "never_down", "never_isolated", "--output", str(tmp_path / "trees")]) == 0
    assert sorted(path.name for path in (tmp_path / "trees").iterdir()) == ["never_down.svg", "never_isolated.svg"]
    assert run(["tree", target, "never_down", "--output", str(tmp_path / "t.xml")]) == 0
    assert from_xml(ElementTree.parse(tmp_path / "t.xml").getroot(), "never_down")
    capsys.readouterr()
    for arguments, said in ((["nothing"], "[DR301]"), (["--set", "failures=9"], "[DR205]"), (["--order", "0"], "[DR4")):
        assert run(["tree", target, *arguments]) == 2
        assert said in capsys.readouterr().err


# -- the pictures of this repository -------------------------------------------------------------------------------------
PICTURES = Path(__file__).parents[2] / "docs" / "trees"


def test_the_page_shows_every_picture_and_no_other() -> None:
    """Each picture is linked, from the row of the promise of which it is called."""
    page = (PICTURES.parent / "trees.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\[(\w+)\]\(trees/(\w+)\.svg\)", page))
    assert linked == {(path.stem, path.stem) for path in PICTURES.iterdir()}


@pytest.mark.parametrize(
    ("design", "promise"),
    [
        ("model.info_mart_replication.keys_after_takeover:keys_after_takeover", "no_new_key_is_in_use"),
    ],
)
def test_a_picture_is_that_of_its_design(design: str, promise: str) -> None:
    """What stands in a picture is what the tree says now; where it stands is the matter of the version of Graphviz."""
    (tree,) = fault_trees(cuts(load(design), names=[promise]))
    drawn = tree_svg(tree_diagram(tree, load(design).title))
    assert sorted(texts((PICTURES / f"{promise}.svg").read_text(encoding="utf-8"))) == sorted(texts(drawn))
