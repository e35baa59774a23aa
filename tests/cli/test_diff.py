"""Comparing results: what is worse, better or just different; new names; the gate; what cannot be compared."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drcheck.answers.difference import Effect, difference
from drcheck.answers.renamed import Renames, read_renames
from drcheck.answers.results import Results, read_results
from drcheck.designs.design import load
from drcheck.errors import UsageError
from tests.support import cli_project

Command = Callable[..., tuple[int, str, str]]

KNOWN = """
from drcheck import Component, Finding, System, compose, design, never, on


@design
def known(cause: str = "happens(one)") -> System:
    part = Component("part", ["a", "b"], transitions=[on("one", "a", "b", fault="one"), on("back", "b", "a")])
    finding = Finding("It goes", "It does.", "Hold it."{})
    return compose("known", [part], faults={"one": 1}, properties=[never(part.b, name="stays", finding=finding)])
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cli_project.write_project(tmp_path)
    cli_project.write(tmp_path, {"model/counters.py": cli_project.COUNTERS})
    shape = KNOWN.replace('cause: str = "happens(one)"', "")
    for name, causes in (("proved", ', causes="happens(one)"'), ("unproved", "")):
        cli_project.write(tmp_path, {f"model/{name}.py": shape.replace('"Hold it."{}', f'"Hold it."{causes}')})
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


@pytest.fixture
def told(command: Command) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(command("check", "model.pair:pair", "--json", "--coverage")[1])
    return found


def read(data: dict[str, Any]) -> Results:
    return read_results(json.dumps(data), "it")


def verdict(data: dict[str, Any], name: str) -> dict[str, Any]:
    return next(v for v in data["verdicts"] if v["property"] == name)


WORSE: dict[str, Callable[[dict[str, Any]], object]] = {
    "undecided": lambda d: verdict(d, "one_at_a_time").update(verdict="INCONCLUSIVE"),
    "violated": lambda d: verdict(d, "one_at_a_time").update(verdict="VIOLATED"),
    "vacuous": lambda d: verdict(d, "one_at_a_time").update(vacuous="never triggered"),
    "gone": lambda d: d["verdicts"].remove(verdict(d, "one_at_a_time")),
    "skipped": lambda d: (
        d["verdicts"].remove(verdict(d, "one_at_a_time")),
        d["skipped"].append({"property": "one_at_a_time", "reason": "so"}),
    ),
    "no finding explains it": lambda d: verdict(d, "somebody_serves").update(findings=[], finding=None),
    "a violation that is undecided": lambda d: verdict(d, "somebody_serves").update(verdict="INCONCLUSIVE"),
    "fewer faults": lambda d: verdict(d, "somebody_serves")["needs"].update(faults=0),
    "a greater worst case": lambda d: verdict(d, "longest_wait").update(value=9),
    "a value that may be greater": lambda d: verdict(d, "longest_wait").update(at_least=True),
    "another unit": lambda d: verdict(d, "longest_wait").update(unit="orders"),
    "an assumption": lambda d: verdict(d, "one_at_a_time")["assumptions"].append("nobody hurries"),
    "a search that stopped": lambda d: d["runs"][0].update(complete=False),
    "an event that never happens": lambda d: d["idle_events"].append("take_over"),
    "a condition that never decides": lambda d: [
        c.update(decides=False) for g in d["runs"][0]["guards"] for c in g["conditions"]
    ],
    "rows not known": lambda d: d.update(idle_rows=None),
}


@pytest.mark.parametrize("name", WORSE)
def test_what_is_worse_is_better_the_other_way_round(name: str, told: dict[str, Any]) -> None:
    verdict(told, "somebody_serves")["needs"] = {"faults": 1, "slips": 0, "exact": True}
    other = copy.deepcopy(told)
    WORSE[name](other)
    there, back = difference(read(told), read(other)), difference(read(other), read(told))
    assert [change.effect for change in there.changes if change.effect is not Effect.OTHER]
    assert there.worse, there
    if name not in ("a violation that is undecided", "another unit", "gone"):
        assert not back.worse, back
    assert not difference(read(other), read(other)).changes


def test_counts_and_a_changed_meaning_are_just_different(told: dict[str, Any]) -> None:
    other = copy.deepcopy(told)
    other["runs"][0]["states"] += 1
    verdict(other, "one_at_a_time")["formula"] = "never(0 = 1)"
    other["parameters"]["threshold"] = "3h"
    verdict(other, "one_at_a_time")["property"] = "new_name"
    renamed = Renames(properties={"model.pair:pair": {"one_at_a_time": "a_name_between", "a_name_between": "new_name"}})
    found = difference(renamed.apply(read(told)), renamed.apply(read(other)))
    assert {(c.effect, c.what) for c in found.changes} == {
        (Effect.OTHER, "states"),
        (Effect.OTHER, "meaning"),
        (Effect.OTHER, "parameter threshold"),
    }
    assert difference(read(told), read(other)).worse, "without the table the property is gone"


def test_a_length_is_compared_as_time_whatever_the_tick(told: dict[str, Any]) -> None:
    other = copy.deepcopy(told)
    verdict(told, "longest_wait").update(unit="ticks", value=2)
    other["tick"] = "30m"
    verdict(other, "longest_wait").update(unit="ticks", value=4)
    assert not difference(read(told), read(other)).changes


def test_what_older_results_do_not_say_is_not_compared(told: dict[str, Any]) -> None:
    old = copy.deepcopy(told)
    for each in old["verdicts"]:
        for key in ("findings", "causes", "needs", "formula", "assumptions"):
            each.pop(key, None)
    for key in ("idle_rows", "remarks"):
        del old[key]
    assert not difference(read(old), read(told)).changes


def test_claims_of_both_versions(command: Command) -> None:
    new = json.loads(command("claims", "model.pair:pair", "--json")[1])
    rows = [{k: r[k] for k in ("claim", "text", "document", "section", "properties")} for r in new["claims"]]
    old = {"kind": "claims", "version": 1, "claims": [{**row, "verdict": "HOLDS"} for row in rows]}
    assert not difference(read(old), read(new)).changes, "words of different versions are not compared"
    old["claims"][0]["verdict"] = "VIOLATED"
    after = {**old, "claims": [{**row, "verdict": "HOLDS"} for row in rows]}
    assert [c.effect for c in difference(read(old), read(after)).changes] == [Effect.BETTER]
    worse = copy.deepcopy(new)
    worse["claims"][0]["verdict"] = "not decided"
    assert difference(read(new), read(worse)).worse


def test_a_review_is_read_too(command: Command, project: Path) -> None:
    assert command("review", "model.pair:pair")[0] == 0
    assert command("diff", "review/review.json", "review/review.json")[0] == 0
    text = (project / "review/review.json").read_text()
    assert text.count('"verdict":"HOLDS"')
    (project / "worse.json").write_text(text.replace('"verdict":"HOLDS"', '"verdict":"INCONCLUSIVE"'))
    status, out, _ = command("diff", "review/review.json", "worse.json")
    assert status == 1
    assert "HOLDS" in out


def test_diff_in_both_forms(command: Command, project: Path, told: dict[str, Any]) -> None:
    (project / "old.json").write_text(json.dumps(told))
    verdict(told, "one_at_a_time").update(verdict="INCONCLUSIVE")
    (project / "new").mkdir()
    (project / "new/pair.json").write_text(json.dumps(told))
    (project / "new/list.json").write_text(command("list", "--json")[1])
    status, out, err = command("diff", "old.json", "new")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert (status, lines[0]) == (1, "Worse: model.pair:pair")
    assert "one_at_a_time verdict HOLDS INCONCLUSIVE" in lines
    assert lines[-1] == "1 design, 5 properties compared: 1 worse"
    assert "new: passed over, as they say nothing of properties: list.json" in err
    status, out, _ = command("diff", "old.json", "new", "--format", "markdown")
    assert (status, out.splitlines()[0]) == (1, "### drcheck: something is worse")
    assert "| one\\_at\\_a\\_time | verdict | HOLDS | INCONCLUSIVE |" in out
    assert command("diff", "new", "old.json")[0] == 0


def test_check_against_a_baseline(command: Command, project: Path, told: dict[str, Any]) -> None:
    (project / "old.json").write_text(json.dumps(told))
    status, out, _ = command("check", "model.pair:pair", "--baseline", "old.json")
    assert (status, out.splitlines()[-1]) == (0, "1 design, 5 properties compared: no difference")
    assert command("check", "model.pair:pair", "P-1", "--baseline", "old.json")[0] == 0, (
        "what was not asked is not gone"
    )
    (project / "whole.json").write_text(command("check", "model.counters", "--json")[1])
    assert command("check", "model.counters", "--limit-states", "2000", "--baseline", "whole.json")[0] == 1
    status, out, err = command("check", "model.pair:pair", "--baseline", "old.json", "--json")
    assert (status, json.loads(out)["kind"]) == (0, "check")
    assert "no difference" in err
    status, _, err = command("check", "model.proved", "--baseline", "old.json")
    assert status == 2
    assert "[DR409] old.json has no result on model.proved:known; available: model.pair:pair" in err


def test_the_gate_lets_proved_findings_through(command: Command) -> None:
    assert command("check", "model.proved")[0] == 1
    assert command("check", "model.proved", "--gate")[0] == 0
    status, _, err = command("check", "model.unproved", "--gate")
    assert (status, "gate: not shown to be known findings: stays" in err) == (1, True)
    status = command("check", "model.counters", "sum", "--gate", "--limit-states", "2000")[0]
    assert status == 3, "what is not decided is not let through"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.json", "none.json"), "[DR407] none.json cannot be read: No such file or directory"),
        (
            ("future.json", "future.json"),
            "[DR407] future.json: version 7 of the document of `drcheck check` is not known",
        ),
        (("list.json", "list.json"), "[DR407] list.json is not a result that can be compared, but of `drcheck list`"),
        (("bad.json", "bad.json"), "[DR407] bad.json is not JSON"),
        (
            ("spoilt.json", "old.json"),
            "[DR407] spoilt.json is not formed like a document of `drcheck check`: design is ",
        ),
        (("old.json", "old.json", "--format", "html"), "[DR605] there is no format 'html'"),
        (("old.json", "other.json"), "[DR409] old.json and other.json have no design in common; available: a:b"),
        (
            ("old.json", "old.json", "--renames", "bad.toml"),
            "[DR409] bad.toml is no table of new names: there is no table ",
        ),
        (
            ("old.json", "old.json", "--renames", "no.toml"),
            "[DR409] no.toml is no table of new names: there is no such file",
        ),
        (("empty", "old.json"), "[DR407] there are no results in empty"),
    ],
)
def test_what_cannot_be_compared(words: tuple[str, ...], said: str, command: Command, project: Path) -> None:
    told = {"kind": "check", "version": 1, "design": "m:d", "parameters": {}, "verdicts": [], "runs": [], "skipped": []}
    for name, text in {
        "old.json": json.dumps(told),
        "other.json": json.dumps({**told, "design": "a:b"}),
        "future.json": json.dumps({**told, "version": 7}),
        "spoilt.json": json.dumps({**told, "design": None}),
        "list.json": '{"kind": "list", "version": 1}',
        "bad.json": "{",
        "bad.toml": "[design]",
    }.items():
        (project / name).write_text(text)
    (project / "empty").mkdir()
    status, out, err = command("diff", *words)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {said}")


def test_the_table_of_new_names(project: Path) -> None:
    assert read_renames(None) == Renames()
    (project / "properties/renamed.toml").write_text('[designs]\n"a:b" = "c:d"\n[findings."c:d"]\nold = "new"\n')
    assert read_renames(None) == Renames({"a:b": "c:d"}, {}, {"c:d": {"old": "new"}})
    (project / "properties/renamed.toml").write_text("[properties]\nx = 1\n")
    with pytest.raises(UsageError, match=r"DR409.*properties holds something else than names"):
        read_renames(None)


def test_the_table_of_this_repository_leads_to_names_that_there_are() -> None:
    table = read_renames(Path(__file__).resolve().parents[2] / "properties/renamed.toml")
    for name in {*table.designs.values(), *table.properties, *table.findings}:
        stated = {statement.name for statement in load(name).statements()}
        assert stated >= set(table.properties.get(name, {}).values())
        assert not stated & set(table.properties.get(name, {})), "an old name is one of today"


def test_the_comparison_as_json_is_that_of_the_text(command: Command, project: Path, told: dict[str, Any]) -> None:
    new = copy.deepcopy(told)
    WORSE["undecided"](new)
    for name, data in (("old", told), ("new", new)):
        (project / f"{name}.json").write_text(json.dumps(data))
    status, out, _ = command("diff", "old.json", "new.json", "--json")
    found = json.loads(out)
    assert (status, found["worse"], found["old"], found["new"]) == (1, True, "old.json", "new.json")
    assert [c["subject"] for c in found["changes"] if c["effect"] == "worse"] == ["one_at_a_time"]
    shown = command("diff", "old.json", "new.json", "--format", "markdown")[1]
    assert shown.count("\n| ") - shown.count("| of |") == len(found["changes"])
    status, out, _ = command("diff", "old.json", "old.json", "--format", "json")
    assert (status, json.loads(out)["changes"]) == (0, [])
