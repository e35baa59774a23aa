"""Faults planted in the Info Mart models: the promises that are to notice them are broken by them.

A promise about a model that was written to keep it shows little unless it can fail. Each case here changes one line of a
component's source and asks the properties of the design again.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from drcheck import System, hours
from drcheck.designs.design import load
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion
from model.info_mart import collection
from model.info_mart.components import application, goldengate, icon, info_mart_database, info_mart_server

ACTIVE_STANDBY = "model.info_mart.active_standby:active_standby"
ACTIVE_ACTIVE = "model.info_mart.active_active:active_active"
SHORT = {"threshold": hours(1), "longest_outage": hours(5), "recovery_time": hours(1), "etl_delay": 0}
Database = info_mart_database.InfoMartDatabase

PLANTED = [
    pytest.param(
        icon,
        icon.icon_with_remote_idb,
        ("{queue: queue + 1}", "{queue: minimum(queue + 1, 2)}"),
        "a_queue_has_all_of_an_outage",
        id="a queue keeps two intervals",
    ),
    pytest.param(
        icon,
        icon.icon_with_remote_idb,
        ("rest = maximum(queue + 1 - speed, 0)", "rest = maximum(queue - speed, 0)"),
        "a_queue_is_written_at_its_pace",
        id="a queue forgets an interval when it is written",
    ),
    pytest.param(
        icon,
        icon.failing_alone,
        ('f"{name}_fails"', '"fails"'),
        "a_failed_icon_touches_no_other_source",
        id="all ICONs fail at once",
    ),
    pytest.param(
        collection,
        collection.Collection.best_of_pair,
        ("return minimum(local, if_else(self.reachable(3 - stream.site), remote, uncovered))", "return local"),
        "data_of_one_icon_is_taken_from_the_other",
        id="the local IDB is read whatever it lacks",
    ),
    pytest.param(
        info_mart_database,
        Database.extraction,
        ("self.staged[i] + u - target", "self.staged[i] + u - target + if_else(u > target, 1, 0)"),
        "nothing_is_extracted_twice",
        id="an interval is extracted again",
    ),
    pytest.param(
        info_mart_database,
        Database.reconnection,
        ("minimum(u, threshold)", "minimum(u, threshold + 1)"),
        "reconnection_reaches_back_by_the_threshold",
        id="reconnection reaches back too far",
    ),
    pytest.param(
        info_mart_server,
        info_mart_server.info_mart_server,
        ("cut_off & (unreachable <= threshold)", "cut_off"),
        "the_wait_ends_at_the_threshold",
        id="the wait does not end",
    ),
    pytest.param(
        collection,
        collection.Collection.reach,
        ("if_else(self.reachable(stream.site), 0, redundant)", "Literal(0)"),
        "nothing_is_read_over_a_dead_link",
        id="the other site's IDBs are read over a dead link",
    ),
    pytest.param(
        collection,
        collection.Collection.best_of_pair,
        ("if_else(stream.local_idb.available, local, uncovered)", "local"),
        "nothing_is_read_from_a_failed_idb",
        id="a failed IDB is read",
    ),
    pytest.param(
        collection,
        collection.Collection.best_of_pair,
        ("stream.local_icon.lacks if alone else NOTHING", "NOTHING"),
        "what_only_the_other_idb_has_waits_for_the_connection",
        id="what a failed ICON did not write is read",
    ),
]
IN_ACTIVE_STANDBY = [
    pytest.param(
        goldengate,
        goldengate.datapump,
        ("when=link_up & ~in_step", "when=~in_step"),
        "nothing_is_replicated_over_a_dead_link",
        id="DataPump ships over a dead link",
    ),
    pytest.param(
        goldengate,
        goldengate.datapump,
        ("when=link_up & ~in_step", "when=~in_step"),
        "the_trail_has_nothing_of_an_outage",
        id="what DataPump ships over a dead link is seen in the trail",
    ),
    pytest.param(
        application,
        application.application,
        ('{access_point: "site2", idbs: False}', '{access_point: "site2"}'),
        "the_new_active_server_never_waits_for_the_lost_site",
        id="step 3 leaves the connections to the lost IDBs",
    ),
]


def changed(function: Callable[..., Any], module: Any, old: str, new: str) -> Callable[..., Any]:
    """The function with one piece of its source changed, with the names of its module."""
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(old) == 1
    made: dict[str, Any] = {}
    exec(
        compile("from __future__ import annotations\n" + source.replace(old, new), "planted", "exec"),
        vars(module),
        made,
    )
    return made[function.__name__]  # type: ignore[no-any-return]


def verdict_on(name: str, target: str = ACTIVE_ACTIVE) -> Conclusion:
    design = load(target)
    statement = next(s for s in design.statements() if s.name == name)
    system: System = design.build({**statement.given, **SHORT})
    return check(system, [statement.on_any(system)])[1].conclusion


@pytest.mark.parametrize(("module", "function", "change", "name"), PLANTED)
def test_a_planted_fault_is_noticed(
    module: Any, function: Callable[..., Any], change: tuple[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verdict_on(name) is Conclusion.HOLDS
    owner, _, attribute = function.__qualname__.rpartition(".")
    faulty = changed(function, module, *change)
    holders = [vars(module)[owner]] if owner else [m for m in (module, collection) if hasattr(m, attribute)]
    for holder in {id(h): h for h in holders}.values():
        monkeypatch.setattr(holder, attribute, faulty)
    if module is info_mart_server:
        monkeypatch.setattr("model.info_mart.active_active.info_mart_server", faulty)
    assert verdict_on(name) is Conclusion.VIOLATED


@pytest.mark.parametrize(("module", "function", "change", "name"), IN_ACTIVE_STANDBY)
def test_a_planted_fault_of_active_standby_is_noticed(
    module: Any, function: Callable[..., Any], change: tuple[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verdict_on(name, ACTIVE_STANDBY) is Conclusion.HOLDS
    faulty = changed(function, module, *change)
    monkeypatch.setattr(f"model.info_mart.active_standby.{function.__name__}", faulty)
    assert verdict_on(name, ACTIVE_STANDBY) is Conclusion.VIOLATED
