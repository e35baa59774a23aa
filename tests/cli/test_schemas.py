"""What commands print as JSON has a version and a published form; each is held against what is really printed."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drcheck import schemas
from drcheck.cli.application import application
from drcheck.errors import UsageError
from tests.support import cli_project

jsonschema = pytest.importorskip("jsonschema", reason="an environment without the tools of development")
Command = Callable[..., tuple[int, str, str]]
FOLDER = Path(schemas.__file__).parent

COMMANDS = {
    "check": [
        ("model.pair:pair",),
        ("model.pair:pair", "--coverage"),
        ("drcheck.examples:pair", "--set", "patience=900h", "--set", "failures=3", "--by", "slices"),
        ("model.pair:pair", "--limit-states", "2"),
        ("model.pair:pair", "P-1", "--reduce", "all"),
        ("model.pair:pair", "--set", "prompt=no"),
        ("model.counters",),
        ("drcheck.examples:pair",),
        ("model.pair:pair", "--engine", "numpy"),
        ("model.leaves",),
        ("model.alike",),
        ("model.chooses",),
        ("model.known",),
    ],
    "simulate": [
        ("model.pair:pair", "--walks", "20"),
        ("model.leaves", "--walks", "5"),
        ("model.pair:pair", "--set", "prompt=no"),
        ("model.chooses", "--walks", "5"),
    ],
    "swarm": [
        ("model.pair:pair", "--table", "1K"),
        ("model.pair:pair", "--set", "prompt=no", "--table", "1K"),
        ("model.leaves", "--table", "1K", "--searches", "2"),
        ("model.chooses", "--table", "1K"),
    ],
    "claims": [(), ("--no-run",)],
    "diff": [("old.json", "new.json")],
    "curve": [
        ("drcheck.examples:pair", "longest_wait", "--along", "patience=2h,1h", "--set", "failures=1"),
        ("tests.support.store_design:store", "orders_lost", "--along", "threshold=1h,2h", "--repairs", "bigger"),
    ],
    "fmea": [
        ("tests.support.store_design:store",),
        ("tests.answers.test_cuts:relay",),
        ("tests.support.store_design:switches", "--set", "outages=1"),
    ],
    "staircase": [
        ("tests.support.store_design:store", "orders_lost", "--set", "outages=1", "--length", "longest_outage=0h,1h"),
        ("tests.answers.test_cuts:relay", "loses_little"),
    ],
    "sweep": [
        ("drcheck.examples:pair", "--vary", "patience=0h,1h", "--vary", "failures=1,2", "--answers", "none"),
        (
            "tests.support.store_design:store",
            "orders_lost",
            "--vary",
            "outages=0,1",
            "--set",
            "threshold=1h",
            "--answers",
            "none",
        ),
        ("model.pair:pair", "longest_wait", "--vary", "prompt=no,yes", "--answers", "none"),
        (
            "drcheck.examples:pair",
            "one_at_a_time",
            "--vary",
            "patience=0h,1h",
            "--vary",
            "failures=1,2",
            "--least",
            "patience",
        ),
        (
            "tests.answers.test_separating:waits",
            "nothing_lost",
            "--vary",
            "outages=0..1",
            "--set",
            "threshold=1h",
            "--beside",
            "tests.answers.test_separating:keeps",
            "--answers",
            "none",
        ),
        (
            "tests.support.store_design:store",
            "orders_lost",
            "disk_away",
            "--vary",
            "threshold=1h..2h",
            "--pareto",
            "orders_lost,disk_away",
            "--set",
            "disk_failures=0",
            "--answers",
            "none",
        ),
    ],
    "tree": [
        ("tests.answers.test_cuts:relay", "--set", "failures=2"),
        ("tests.answers.test_cuts:relay", "--order", "3"),
    ],
    "why": [
        ("drcheck.examples:pair", "somebody_serves"),
        ("drcheck.examples:pair", "longest_wait", "--set", "patience=3h", "--limit-seconds", "100"),
        ("tests.support.store_design:store", "orders_lost"),
        ("tests.answers.test_mending:site", "one_serves", "--mend"),
        ("tests.answers.test_mending:alarms", "unseen", "--mend"),
    ],
    "cuts": [
        ("drcheck.examples:pair", "--order", "3"),
        ("tests.answers.test_cuts:grows", "--limit-states", "500"),
        ("tests.answers.test_cuts:relay", "--set", "failures=1"),
        ("tests.answers.test_lengths:outages", "--order", "1", "--lengths"),
        ("tests.answers.test_cuts:relay",),
        ("tests.answers.test_budgets_that_do_more:helped",),
    ],
    "list": [(), ("drcheck.examples:pair",)],
    "mutants": [
        ("drcheck.examples:pair", "--number", "45"),
        ("model.pair:pair", "--set", "prompt=yes", "--number", "9"),
    ],
    "mutate": [("drcheck.examples:pair",), ()],
    "objectives": [("drcheck.examples:pair",), ("model.example:pair", "--set", "failures=1")],
    "recover": [
        ("drcheck.examples:pair", "--at", "primary_fails"),
        ("drcheck.examples:pair", "--at", "primary_fails primary_is_repaired"),
        ("drcheck.examples:pair",),
    ],
    "repairs": [("tests.verdicts.test_repair_sets:locks",), ("drcheck.examples:pair",)],
    "why-not": [
        ("drcheck.examples:pair", "primary.up & standby.in_service"),
        ("drcheck.examples:pair", "take_over", "--at", "primary_fails"),
        ("model.later", "later"),
    ],
    "audit": [("drcheck.examples:passwords", "a.prm"), ("drcheck.examples:passwords", "b.prm")],
}
"""Arguments of commands, so that each key of a schema is printed by one of them."""

ALIKE = """
from drcheck import Component, Counter, System, compose, design, on


def server(name: str) -> Component:
    return Component(name, ["up", "down"], transitions=[on("fails", "up", "down"), on("mended", "down", "up")])


@design
def alike() -> System:
    n = Counter("n", 3)
    looking = [on("look", "here", when=n == 2), on("look", "here"), on("count", "here", when=n < 1, then={n: n + 1})]
    return compose("alike", [server("first"), server("second"), Component("third", ["here"], variables=[n], transitions=looking)])
"""
"""A design on which there is a remark, and in which a row is never chosen."""


CHOOSES = """
from drcheck import Component, Integer, System, chosen, compose, design, never, on


@design
def chooses() -> System:
    n, amount = Integer("n", 0, 9, start=[0, 1]), chosen("amount", [1, 2])
    part = Component("part", ["here"], variables=[n], transitions=[on("add", "here", when=n < 5, then={n: n + amount})])
    return compose("chooses", [part], properties=[never(n == 4, name="never_four")])
"""
"""A design with a free choice, and with two initial states."""


LATER = """
from drcheck import Component, System, compose, design, on


@design
def later() -> System:
    rows = [on("now", "a", "b", priority=1), on("later", "a")]
    return compose("later", [Component("part", ["a", "b"], transitions=rows)])
"""
"""A design in which an event of a higher priority holds another back wherever that could happen."""


KNOWN = """
from drcheck import Accepted, Component, Finding, System, compose, design, never, on


@design
def known() -> System:
    rows = [on("one", "a", "b", fault="one"), on("other", "a", "b")]
    part = Component("part", ["a", "b"], transitions=rows)
    finding = Finding("It goes", "It does.", "Hold it.", causes="happens(one)", accepted=Accepted("me", "2026-01-31", "so"))
    return compose("known", [part], faults={"one": 1}, properties=[never(part.b, name="stays", finding=finding)])
"""
"""A design with a finding whose cause does not explain the violation."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cli_project.write_project(tmp_path)
    example = Path(sys.modules["drcheck"].__file__ or "").parent / "examples.py"
    cli_project.write(
        tmp_path,
        {
            "model/counters.py": cli_project.COUNTERS,
            "model/leaves.py": cli_project.COUNTERS.replace("when=n < 100, ", "").replace("0, 100", "0, 3"),
            "model/alike.py": ALIKE,
            "model/chooses.py": CHOOSES,
            "model/known.py": KNOWN,
            "model/later.py": LATER,
            "model/example.py": example.read_text(encoding="utf-8"),
        },
    )
    (tmp_path / "a.prm").write_text("PASSWORD secret\n")
    (tmp_path / "b.prm").write_text("EXTRACT e\n")
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


def strict(schema: Any) -> Any:
    """The schema without room for keys that it does not name: what is printed must be documented."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        key: {n: strict(s) for n, s in value.items()} if key in ("properties", "$defs") else strict(value)
        for key, value in schema.items()
    }
    return {**found, "additionalProperties": False} if "properties" in found else found


def named(schema: dict[str, Any], definitions: dict[str, Any], where: str = "") -> Iterator[str]:
    """The keys that a schema names, as paths."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    for key, part in schema.get("properties", {}).items():
        yield f"{where}.{key}"
        yield from named(part, definitions, f"{where}.{key}")
    for part in (schema.get("items"), *schema.get("anyOf", ()), schema.get("additionalProperties")):
        if isinstance(part, dict):
            yield from named(part, definitions, f"{where}[]")


def printed(data: Any, schema: dict[str, Any], definitions: dict[str, Any], where: str = "") -> Iterator[str]:
    """The keys of a document that a schema names, as the same paths."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema and data is not None:
        yield from printed(data, schema["anyOf"][0], definitions, f"{where}[]")
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in schema.get("properties", {}):
                yield f"{where}.{key}"
                yield from printed(value, schema["properties"][key], definitions, f"{where}.{key}")
            elif isinstance(schema.get("additionalProperties"), dict):
                yield from printed(value, schema["additionalProperties"], definitions, f"{where}[]")
    elif isinstance(data, list) and isinstance(schema.get("items"), dict):
        for value in data:
            yield from printed(value, schema["items"], definitions, f"{where}[]")


def test_every_command_with_json_has_a_schema() -> None:
    with_json = {name for name, c in application.commands.items() if any("--json" in p.opts for p in c.params)}
    assert with_json == set(COMMANDS) == set(schemas.VERSIONS) - {"review"}  # which is a file: see tests/report
    files = {path.name for path in FOLDER.glob("*.json")}
    assert files == {f"{kind}-{n}.json" for kind, newest in schemas.VERSIONS.items() for n in range(1, newest + 1)}


@pytest.mark.parametrize("kind", COMMANDS)
def test_what_is_printed_is_what_the_schema_says(kind: str, command: Command) -> None:
    schema = schemas.schema(kind)
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    assert (schema["properties"]["kind"], schema["properties"]["version"]) == (
        {"const": kind},
        {"const": schemas.VERSIONS[kind]},
    )
    if kind == "diff":
        for name, patience in (("old", "2h"), ("new", "3h")):
            told = command("check", "drcheck.examples:pair", "--set", f"patience={patience}", "--json")[1]
            Path(f"{name}.json").write_text(told, encoding="utf-8")
    seen: set[str] = set()
    for words in COMMANDS[kind]:
        status, out, _ = command(kind, *words, "--json")
        assert status in (0, 1, 3)
        data = schemas.read(out, kind)
        assert list(data)[:2] == ["kind", "version"]
        for form in (schema, strict(schema)):
            validator(form).validate(data)
        seen |= set(printed(data, schema, schema.get("$defs", {})))
    missing = set(named(schema, schema.get("$defs", {}))) - seen
    assert not missing, f"add arguments to COMMANDS by which these are printed: {sorted(missing)}"


def test_the_schema_refuses_what_is_otherwise(command: Command) -> None:
    data = json.loads(command("check", "model.pair:pair", "--json")[1])
    check = jsonschema.validators.validator_for(schemas.schema("check"))(schemas.schema("check"))
    assert check.is_valid({**data, "new": 1}), "keys may be added"
    for change in (
        lambda d: d.pop("verdicts"),
        lambda d: d["verdicts"][0].pop("given"),
        lambda d: d.update(version=2),
        lambda d: d["verdicts"][0].update(verdict="TRUE"),
        lambda d: d.update(states="5"),
        lambda d: d.update(kind="list"),
        lambda d: d["verdicts"][2]["trace"]["steps"][0].pop("changes"),
        lambda d: d["runs"][0].update(complete=None),
    ):
        other = copy.deepcopy(data)
        change(other)
        assert not check.is_valid(other)
    extra = copy.deepcopy(data)
    extra["runs"][0]["unheard_of"] = 1
    assert not jsonschema.validators.validator_for({})(strict(schemas.schema("check"))).is_valid(extra)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '{"kind": "check", "version": 2}',
            "[DR407] version 2 of the document of `drcheck check` is not known to this drcheck",
        ),
        ('{"kind": "check", "version": "1/../list-1"}', "[DR407] version 1/../list-1 of the document"),
        ('{"kind": "check"}', "[DR407] version 0 of the document"),
        ('{"kind": "list", "version": 1}', "[DR407] this is not a document of `drcheck check`, but of 'list'"),
        ("[]", "not a document of `drcheck check`"),
        ("{", "[DR407] this is not JSON"),
    ],
)
def test_a_document_of_another_version_is_refused_with_its_number(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        schemas.read(text, "check")
    assert words in str(caught.value)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UsageError, match=r"DR407.*did you mean 'check'"):
        schemas.schema("chek")
