"""What notebooks show of objects: text, Markdown and HTML that say the same, escaped and small; machines as drawings, too."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from drcheck import Component, Integer, compose, never, on
from drcheck.answers.why import why
from drcheck.examples import pair, somebody_serves
from drcheck.notebooks import Shown
from drcheck.report import notebook
from drcheck.verdicts.check import check, check_design

TEXTS = {"text/plain", "text/markdown", "text/html"}
HOSTILE = "<script>alert(1)</script> [a](http://b) `x` | \x1b[31m"


def subjects() -> dict[str, Shown]:
    system = pair()
    verdict = check(system, somebody_serves)[1]
    assert verdict.trace is not None
    return {
        "component": system.component("standby"),
        "system": system,
        "trace": verdict.trace,
        "verdict": verdict,
        "report": check_design(pair, {}, ["somebody_serves"]),
        "why": why(verdict),
    }


SAYS = {
    "component": "take_over",
    "system": "A server and its standby",
    "trace": "primary up -&gt; down",
    "verdict": "Nobody serves while the standby waits",
    "report": "somebody_serves",
    "why": "Needed: without it the promise holds.",
}


@pytest.mark.parametrize("name", SAYS)
def test_each_object_is_shown_in_all_forms(name: str) -> None:
    found = subjects()[name]._repr_mimebundle_()
    assert found.keys() - {"image/svg+xml"} == TEXTS
    assert ("image/svg+xml" in found) is (name == "component"), "Graphviz comes with the tools of development"
    assert SAYS[name] in found["text/html"]
    assert SAYS[name].replace("-&gt;", "->") in found["text/plain"]
    assert SAYS[name].split("&")[0].replace("_", "\\_") in found["text/markdown"].replace("_", "\\_").replace(
        "\\\\_", "\\_"
    )
    ElementTree.fromstring(found["text/html"])
    assert sum(map(len, found.values())) < 20_000


def test_what_is_included_and_excluded_is_left_to_the_notebook() -> None:
    part = pair().component("standby")
    assert part._repr_mimebundle_(include=["text/plain", "text/latex"]).keys() == {"text/plain"}
    assert part._repr_mimebundle_(exclude=["text/html", "image/svg+xml"]).keys() == {"text/plain", "text/markdown"}


def test_no_text_of_a_model_means_anything_to_a_notebook() -> None:
    n = Integer("n", 0, 1)
    part = Component("part", ["a", "b"], variables=[n], transitions=[on("go", "a", "b", then={n: 1})], doc=HOSTILE)
    system = compose("hostile", [part], title=HOSTILE)
    verdict = check(system, never(part.b, name="stays", statement=HOSTILE))[1]
    for found in (part, system, verdict):
        shown = found._repr_mimebundle_()
        assert "<script" not in shown["text/html"]
        assert "&lt;script&gt;" in shown["text/html"]
        assert "<script" not in shown["text/markdown"]
        assert "[a](" not in shown["text/markdown"]
        assert not any("\x1b" in text for text in shown.values())
        assert "<script" not in shown.get("image/svg+xml", "")


def test_without_graphviz_a_machine_is_a_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(notebook, "find_spec", lambda name: None)
    assert pair().component("standby")._repr_mimebundle_().keys() == TEXTS


def test_long_tables_are_cut_and_say_so() -> None:
    parts = [Component(f"part{k}", ["a", "b"], transitions=[on(f"go{k}", "a", "b")]) for k in range(60)]
    found = compose("many", parts)._repr_mimebundle_()
    for kind in TEXTS:
        assert "... and 20 more" in found[kind]
        assert "part39" in found[kind]
        assert "part40" not in found[kind]
