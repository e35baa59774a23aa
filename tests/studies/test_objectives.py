"""What the disruptions of each design cost, whether that is within what its documents state, and who notices: pinned."""

from __future__ import annotations

import pytest

from drcheck.designs.design import load
from drcheck.verdicts.objectives import ObjectivesReport, decide_objectives

ACTIVE_ACTIVE = "model.info_mart.active_active:active_active"
ACTIVE_STANDBY = "model.info_mart.active_standby:active_standby"

RESULTS = {
    ACTIVE_ACTIVE: """
        loss of Site 1: loss 3 intervals, no objective stated; time_back 3 ticks (3h), no objective stated
        loss of Site 2: loss 0 intervals, no objective stated; time_back 10 ticks (10h), no objective stated
        outage of up to 7 hours: loss 0 intervals, met; time_back 8 ticks (8h), no objective stated
        outage of up to 14 hours: loss 6 intervals, met; time_back 10 ticks (10h), no objective stated
        loss of Site 1 around an outage: loss 17 intervals, no objective stated; time_back 13 ticks (13h), no objective stated
        loss of one ICON: loss 0 intervals, no objective stated; time_back 0 ticks, no objective stated
        loss of one IDB: loss 0 intervals, no objective stated; time_back 0 ticks, no objective stated
        one Info Mart Server fails alone: loss 0 intervals, no objective stated; time_back 5 ticks (5h), no objective stated
        loss of Site 1, a step left out: loss 3 intervals, no objective stated;
        time_back at least 35 ticks (1d11h), no objective stated
    """,
    ACTIVE_STANDBY: """
        loss of Site 1: loss 6 intervals, no objective stated; time_back 3 ticks (3h), no objective stated
        loss of Site 2: loss 0 intervals, no objective stated; time_back 10 ticks (10h), no objective stated
        outage of up to 7 hours: loss 0 intervals, met; time_back 8 ticks (8h), no objective stated
        outage of up to 14 hours: loss 6 intervals, met; time_back 10 ticks (10h), no objective stated
        loss of Site 1 around an outage: loss 20 intervals, no objective stated; time_back 13 ticks (13h), no objective stated
        loss of one ICON: loss 0 intervals, no objective stated; time_back 0 ticks, no objective stated
        loss of one IDB: loss 0 intervals, no objective stated; time_back 0 ticks, no objective stated
        one Info Mart Server fails alone: loss 0 intervals, no objective stated; time_back 5 ticks (5h), no objective stated
        loss of Site 1, a step left out: loss 6 intervals, no objective stated;
        time_back at least 38 ticks (1d14h), no objective stated
    """,
    "model.configuration_database.design:dns_failover": """
        loss of the main site: loss 3 changes, no objective stated;
        time_back 8 ticks (2h), no objective stated
        loss of the main management host: loss 3 changes, no objective stated;
        time_back 8 ticks (2h), no objective stated
        loss of the secondary site: loss 0 changes, no objective stated;
        time_back 0 ticks, no objective stated
        network outage: loss 0 changes, no objective stated;
        time_back 8 ticks (2h), no objective stated
        loss of the main site around an outage: loss 3 changes, no objective stated;
        time_back 8 ticks (2h), no objective stated
        failure of a Configuration Server: loss 0 changes, no objective stated;
        time_back 8 ticks (2h), no objective stated
        failure of a process of the replication: loss 0 changes, no objective stated;
        time_back 0 ticks, no objective stated
        outage taken for the loss of the main site: loss 0 changes, no objective stated;
        time_back 8 ticks (2h), no objective stated
    """,
    "model.configuration_database.design:backup_and_restore": """
        loss of the main site: loss 26 changes, no objective stated; loss 2 changes, no objective stated
        loss of the main site around an outage: loss 40 changes, no objective stated; loss 16 changes, no objective stated
    """,
    "model.logger_hds.design:logger_hds": """
        failure of a Logger: loss 2 records, missed
        failure of an HDS: loss 0 records, met
        two failures of Loggers: loss 2 records, no objective stated
        failure of a CallRouter: loss 2 records, no objective stated
        the clock is set back: loss 0 records, no objective stated
    """,
    "model.logger_hds.latency:logger_latency": """
        failure of the Logger, up to 15 minutes: time_back 22 ticks (22m), no objective stated
        failure of the HDS, up to 15 minutes: time_back 20 ticks (20m), no objective stated
        failures of both, up to 6 minutes each: time_back 19 ticks (19m), no objective stated
    """,
    "model.cms_ha.design:cms_ha": """
        failure of an ACD link: loss 0 intervals, met; loss 0 ticks, met; time_back 10 ticks (5h), no objective stated
        hardware failure: loss 0 intervals, met; loss 0 ticks, met; time_back 9 ticks (4h30m), no objective stated
        software failure: loss 0 intervals, met; loss 0 ticks, met; time_back 9 ticks (4h30m), no objective stated
        localized power failure: loss 0 intervals, met; loss 0 ticks, met; time_back 9 ticks (4h30m), no objective stated
        power failure of the whole area: loss 1 interval, no objective stated; loss at least 6 ticks (3h), no objective stated;
        time_back 9 ticks (4h30m), no objective stated
        two link failures: loss 1 interval, no objective stated; loss at least 6 ticks (3h), no objective stated;
        time_back 16 ticks (8h), no objective stated
        two hardware or software failures: loss 1 interval, no objective stated;
        loss at least 6 ticks (3h), no objective stated; time_back 14 ticks (7h), no objective stated
        backups at any time: loss 0 intervals, met; loss 0 ticks, met; time_back 0 ticks, no objective stated
        full version upgrade: loss 1 interval, missed; loss 0 ticks, met; time_back 9 ticks (4h30m), no objective stated
        upgrade of the Communication Manager: loss 1 interval, no objective stated; loss 3 ticks (1h30m), met;
        time_back 8 ticks (4h), no objective stated
    """,
}
"""By design, a disruption a sentence: what it costs by each measure, and what became of the objective."""

ANSWERS = {
    ACTIVE_ACTIVE: {
        ("no new data in reports", "link_fails"): "not always",
        ("review of the Info Mart logs", "leave_out_step_1_remove_connections"): "within 2h",
        ("review of the Info Mart logs", "leave_out_step_2_check_logs"): "not always",
        ("review of the Info Mart logs", "leave_out_bring_gi2_into_service"): "not always",
    },
    ACTIVE_STANDBY: {
        ("no new data in reports", "link_fails"): "not always",
        ("check of the Info Mart Server logs", "leave_out_step_1_stop_goldengate"): "within 2h",
        ("check of the Info Mart Server logs", "leave_out_step_2_repoint_host"): "within 2h",
        ("check of the Info Mart Server logs", "leave_out_step_3_swap_connections"): "within 2h",
        ("check of the Info Mart Server logs", "leave_out_step_6_start_server"): "within 2h",
        ("check of the Info Mart Server logs", "leave_out_step_7_migrate"): "within 2h",
        ("check of the Info Mart Server logs", "leave_out_step_9_check_logs"): "not always",
        ("check of the Info Mart Server logs", "leave_out_bring_gi2_into_service"): "not always",
    },
    "model.configuration_database.design:dns_failover": {
        ("limited mode", "main_site_fails"): "at last",
        ("limited mode", "secondary_site_fails"): "not always",
    },
    "model.logger_hds.design:logger_hds": {
        ("recent intervals missing in reports", "logger_a_fails"): "not always",
        ("recent intervals missing in reports", "logger_b_fails"): "not always",
        ("recent intervals missing in reports", "hds_a_fails"): "at last",
        ("recent intervals missing in reports", "hds_b_fails"): "not always",
        ("switch to the backup HDS", "hds_a_fails"): "not always",
        ("switch to the backup HDS", "hds_b_fails"): "not always",
    },
}
"""What each notice answers, in every disruption in which the fault happens. No notice of any document speaks of a loss."""


def results(report: ObjectivesReport) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for result in report.results:
        said = f"{result.measured} {result.value}, {result.standing.value}"
        found.setdefault(result.disruption.name, []).append(said)
    return found


@pytest.mark.parametrize("target", RESULTS)
def test_disruptions_cost_what_they_did(target: str) -> None:
    report = decide_objectives(load(target))
    told = " ".join(f"{disruption}: {'; '.join(said)}" for disruption, said in results(report).items())
    assert told == " ".join(RESULTS[target].split())
    assert not any(result.idle for result in report.results)
    answers: dict[tuple[str, str], set[str]] = {}
    for answer in report.answers:
        if answer.question.notice is not None:
            answers.setdefault((answer.question.notice.name, answer.question.what), set()).add(answer.text)
        assert answer.question.measure is None or answer.question.notice is None
    assert answers == {key: {text} for key, text in ANSWERS.get(target, {}).items()}
