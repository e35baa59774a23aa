"""Set-up of the replication, return to normal operation, and a second active instance: counts, engines, abstractions."""

from __future__ import annotations

from typing import Any

import pytest

from drcheck.designs.design import load
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Query
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.verdict import Conclusion

SETUP = "model.info_mart_replication.setup:replication_setup"
RETURN = "model.info_mart_replication.return_to_normal:return_to_normal"
SECOND = "model.info_mart_replication.second_instance:second_instance"
DESIGNS = [SETUP, RETURN, SECOND]


@pytest.mark.parametrize(
    ("design", "settings", "pinned"),
    [
        (SETUP, {}, (516, 835, 25)),
        (SETUP, {"two_people": True, "slips": 1}, (11_886, 29_622, 27)),
        (RETURN, {}, (136, 182, 26)),
        (RETURN, {"server_during_transfer": "running", "second_sync": True}, (723, 1_576, 33)),
        (SECOND, {}, (750, 1_559, 31)),
    ],
)
def test_pinned_counts_and_engines(design: str, settings: dict[str, Any], pinned: tuple[int, int, int]) -> None:
    system = load(design).build(settings)
    results = [
        engine_named(name).explore(system, Query(graph=True)) for name in ("reference", "python", "numpy", "native")
    ]
    for found in results:
        assert (found.states, found.transitions, found.depth) == pinned
        assert found.graph is not None
        assert results[0].graph is not None
        assert (found.graph.targets == results[0].graph.targets).all()


@pytest.mark.parametrize("design", DESIGNS)
def test_every_repair_works(design: str) -> None:
    """A finding that names parameters which repair it: with them the same promise holds, and not vacuously."""
    found = load(design)
    for statement in found.statements():
        finding = statement.finding
        if finding is not None and finding.repaired:
            system = found.build({**statement.given, **finding.repaired})
            verdict = check(system, [statement.on_any(system)])[1]
            assert (verdict.conclusion, verdict.vacuous) == (Conclusion.HOLDS, None), statement.name


@pytest.mark.parametrize(("design", "numbers"), [(SETUP, (1, 2, 3, 5)), (RETURN, (1, 2, 4))])
def test_the_number_of_changes_does_not_matter(design: str, numbers: tuple[int, ...]) -> None:
    """One change between two steps shows what any number does: the verdicts are the same from two changes on."""
    found = load(design)
    expected = {v.property.name: v.conclusion for v in check_design(found).verdicts}
    for changes in numbers:
        verdicts = {v.property.name: v.conclusion for v in check_design(found, {"changes": changes}).verdicts}
        assert verdicts == expected, changes


@pytest.mark.parametrize("design", DESIGNS)
def test_every_event_of_one_component_is_meant(design: str) -> None:
    names = {e.name for e in load(design).build().events if len(e.participants) == 1}
    assert names <= {
        "begin_source_runbook",
        "begin",
        "datapump.ship",
        "reverse_datapump.ship",
        "step_12_check_sync",
        "info_mart3.start_server",
        "configuration1.change",
        "configuration2.change",
    }


def test_the_loss_while_purging_is_what_outlasts_the_retention() -> None:
    """However long the transfer takes, what is lost is the time by which it exceeds the retention."""
    from drcheck import hours, worst_case

    found = load(SECOND)
    for transfer in (12, 13, 18, 24, 30):
        system = found.build({"longest_transfer": hours(transfer)})
        verdict = check(system, [worst_case(system.info_mart3.lost)])[1]
        assert verdict.value == max(0, transfer - 12)
