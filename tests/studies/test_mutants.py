"""A sample of the mutants of the stored result, planted again: what was seen then is seen now.

The sample is drawn by seed from those that a small search shows. The whole of it is `drcheck mutants`, whose result
docs/mutants.json is; it says with `--stale` what of it is no longer true.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from drcheck.designs.design import Design, load
from drcheck.engines.protocol import Limits
from drcheck.system.system import System
from drcheck.verdicts.check import check
from drcheck.verdicts.planting.mutant import Mutant, planted
from drcheck.verdicts.planting.operators import mutants_of
from drcheck.verdicts.planting.page import as_markdown
from drcheck.verdicts.planting.stored import counts, key_of
from drcheck.verdicts.wording import verdict_word

PAGE = Path(__file__).parents[2] / "docs" / "mutants.md"
DATA: dict[str, Any] = json.loads(PAGE.with_suffix(".json").read_text(encoding="utf-8"))
SAMPLE, MOST = 15, 3_000
"""How many mutants, and how many states may have been searched until one was seen."""


def _seen_by_a_verdict(row: dict[str, Any]) -> bool:
    return (
        row["status"] == "seen"
        and re.fullmatch(r"[A-Z ]+ -> [A-Z ]+", row["how"]) is not None
        and row["states"] <= MOST
    )


def sample() -> list[dict[str, Any]]:
    """Mutants that were seen, of as many designs as there are."""
    random, by_design = Random(16), dict[str, list[dict[str, Any]]]()
    for row in DATA["mutants"]:
        if _seen_by_a_verdict(row):
            by_design.setdefault(row["design"], []).append(row)
    for rows in by_design.values():
        random.shuffle(rows)
    turns = [row for n in range(SAMPLE) for rows in by_design.values() for row in rows[n : n + 1]]
    return turns[:SAMPLE]


def found_again(design: Design, system: System, key: str) -> Mutant:
    """The mutant on a system of the design; where parameters write other numbers there, by its place in the source."""
    there = mutants_of(system)
    for mutant in there:
        if mutant.key == key:
            return mutant
    (known,) = [mutant for mutant in mutants_of(design.build()) if mutant.key == key]
    return there[[(m.anchor, m.position) for m in there].index((known.anchor, known.position))]


@pytest.mark.parametrize("row", sample(), ids=lambda row: f"{row['component']}: {row['operator']}")
def test_a_mutant_that_was_seen_is_seen(row: dict[str, Any]) -> None:
    design = load(row["design"])
    given = design.settings(dict(re.findall(r"(\w+)=([^,;]+)", row["given"])))
    system = design.build(given)
    mutant = found_again(design, system, key_of(row))
    stated = [s for s in design.statements() if s.name == row["by"]]
    before, after = row["how"].split(" -> ")
    with planted(system, mutant.edit) as changed:
        verdicts = check(changed, [s.on(changed) for s in stated], limits=Limits(100 * MOST))
    words = {verdict.property.name: verdict_word(verdict) for verdict in verdicts}
    assert words[row["by"]] == after != before


def test_the_page_is_that_of_the_result_and_few_survive() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(DATA)
    found = counts(DATA["mutants"])
    assert found == DATA["counts"]
    assert DATA["planted"] == len(DATA["mutants"]) >= 150
    assert found["survived"] <= 0.05 * (DATA["planted"] - found["equivalent"])
