"""What is promised of the recovery of Info Mart while the Configuration Database is being recovered from the same loss.

The guides do not speak of each other, so each property decides claims of both under one adversity more than either allows: the
other product is lost with the same site. What makes the difference is the order of the two procedures.
"""

from drcheck import Expression, System, any_of, case
from drcheck.logic.kinds import Property
from drcheck.logic.properties import leads_to, stated, whenever
from model.joint_recovery.design import CHANGES
from properties.joint_recovery.course import *  # noqa: F403  # its promises are this design's too
from properties.joint_recovery.findings import (
    BACKUP_TAKES_OVER,
    LIMITED_MODE,
    NAMES_A_DORMANT_SERVER,
    OLD_OBJECT_READ,
    SWITCHED_BACK_TOO_EARLY,
)
from properties.joint_recovery.terms import (
    ACTIVE,
    AFTER,
    AT_THE_MASTER,
    BEFORE,
    BESIDE,
    FIRST,
    IN_THE_WAY_BACK,
    LAST,
    MASTER_NAMED,
    PROGRESS,
    PROXY_NAMED,
    STEPS,
    TWO_STEPS,
)


def changing(d: System) -> Expression:
    """The next step of Info Mart's procedure changes a configuration object."""
    return any_of([d.runbook.state(step) for step in CHANGES if step in d.runbook.states])


# -- the steps and the end of the procedure ------------------------------------------------------------------------------------
@stated(
    claims=("AS-13", "FW-4"),
    source=STEPS,
    given={"main_returns": False},
    cases=[
        case("side_by_side", "if the two are recovered side by side", role=BESIDE, finding=LIMITED_MODE),
        case("after_configuration", "if the Configuration Database is in normal mode before", given=FIRST, role=AFTER),
        case(
            "after_configuration_with_a_failover",
            "if the Configuration Database is in normal mode before, and one Configuration Server fails",
            claims=("AS-13", "FW-4", "FW-7"),
            given={**FIRST, "server_failures": 1},
            role=AFTER,
            finding=BACKUP_TAKES_OVER,
        ),
        case(
            "after_configuration_and_in_its_way_back",
            "if configuration is in normal mode before, and may be switched back meanwhile",
            given={**FIRST, "main_returns": True},
            role=IN_THE_WAY_BACK,
            finding=SWITCHED_BACK_TOO_EARLY,
        ),
        case(
            "side_by_side_in_active_active",
            "of two active Info Marts, if the two are recovered side by side",
            claims=("AA-6", "FW-4"),
            source=TWO_STEPS,
            given=ACTIVE,
            role=BESIDE,
            finding=LIMITED_MODE,
        ),
        case(
            "after_configuration_in_active_active",
            "of two active Info Marts, if the Configuration Database is in normal mode before",
            claims=("AA-6", "FW-4"),
            source=TWO_STEPS,
            given={**ACTIVE, **FIRST},
            role=AFTER,
        ),
    ],
)
def each_step_that_changes_an_object_can_be_done(d: System) -> Property:
    """Where the next step of Info Mart's procedure changes a configuration object, the change is accepted at once."""
    return whenever(changing(d), d.accepted)


@stated(
    claims=("AS-13", "FW-4"),
    source=STEPS,
    cases=[
        case("side_by_side", "if the two are recovered side by side", role=BESIDE),
        case(
            "side_by_side_with_a_failover",
            "if the two are recovered side by side, and one Configuration Server fails",
            given={"server_failures": 1},
            role=BESIDE,
        ),
        case(
            "side_by_side_by_the_push_alone",
            "if the two are recovered side by side, where the proxies keep an address until another is pushed",
            given={"cache": "kept"},
            role=BESIDE,
        ),
        case(
            "side_by_side_at_the_masters_host",
            "if the two are recovered side by side, objects changed at the master's host and looked at before the start",
            given={**AT_THE_MASTER, "check_object": True},
            role=BESIDE,
        ),
        case("before_configuration", "if Info Mart is recovered first", given=LAST, role=BEFORE, finding=LIMITED_MODE),
        case("after_configuration", "if the Configuration Database is in normal mode before", given=FIRST, role=AFTER),
        case(
            "side_by_side_in_active_active",
            "of two active Info Marts, if the two are recovered side by side",
            claims=("AA-6", "FW-4"),
            source=TWO_STEPS,
            given=ACTIVE,
            role=BESIDE,
        ),
        case(
            "before_configuration_in_active_active",
            "of two active Info Marts, if Info Mart is recovered first",
            claims=("AA-6", "FW-4"),
            source=TWO_STEPS,
            given={**ACTIVE, **LAST},
            role=BEFORE,
            finding=LIMITED_MODE,
        ),
        case(
            "after_configuration_in_active_active",
            "of two active Info Marts, if the Configuration Database is in normal mode before",
            claims=("AA-6", "FW-4"),
            source=TWO_STEPS,
            given={**ACTIVE, **FIRST},
            role=AFTER,
        ),
    ],
)
def the_procedure_of_info_mart_comes_to_its_end(d: System) -> Property:
    """After the loss of the main site the recovery procedure of Info Mart is carried out to its end."""
    return leads_to(d.main_site.failed, d.runbook.complete, fairness=PROGRESS)


@stated(claims="FW-3", source=STEPS, given=LAST, role=BEFORE, finding=LIMITED_MODE)
def configuration_is_recovered_too(d: System) -> Property:
    """After the loss of the main site the switch-over of the Configuration Database is carried out to its end."""
    return leads_to(d.main_site.failed, d.switch_over.complete, fairness=PROGRESS)


# -- what the server finds as it starts ----------------------------------------------------------------------------------------
@stated(
    claims="AS-13",
    source=STEPS,
    cases=[
        case("side_by_side", "if objects are changed through the proxy that the server reads", role=BESIDE),
        case(
            "changed_at_the_master",
            "if objects are changed at the master's host, and the server reads them from a proxy",
            given=AT_THE_MASTER,
            role=BESIDE,
            finding=OLD_OBJECT_READ,
        ),
        case(
            "changed_at_the_master_and_looked_at",
            "if objects are changed at the master's host, and looked at before the start",
            given={**AT_THE_MASTER, "check_object": True},
            role=BESIDE,
        ),
        case(
            "changed_at_the_master_after_configuration",
            "if objects are changed at the master's host, once the Configuration Database is in normal mode to stay",
            given={**AT_THE_MASTER, "main_returns": False, **FIRST},
            role=AFTER,
        ),
    ],
)
def at_the_end_info_mart_is_in_service(d: System) -> Property:
    """When the recovery procedure of Info Mart is complete, the server at Site 2 is in service."""
    return whenever(d.runbook.complete, d.server2.in_service)


@stated(claims="AS-13", source=STEPS, given=FIRST, role=AFTER)
def at_the_end_the_object_says_what_it_should(d: System) -> Property:
    """When the procedure is complete, the Application object names Site 2 alone, and nothing is held any more."""
    app = d.application
    here = (app.host == "site2") & (app.access_point == "site2") & ~app.site1_icons & ~app.site1_idbs
    return whenever(d.runbook.complete, here & app.run_scheduler & app.run_aggregates)


@stated(
    claims="AS-13",
    source=STEPS,
    given=FIRST,
    cases=[
        case("", "if the command line names the proxy", role=PROXY_NAMED),
        case(
            "at_the_secondary_master",
            "if the command line names the secondary master, and configuration stays there",
            given={"command_line": "master", "main_returns": False},
            role=MASTER_NAMED,
        ),
        case(
            "after_the_way_back",
            "if the command line names the secondary master, and configuration is switched back",
            given={"command_line": "master"},
            role=MASTER_NAMED,
            finding=NAMES_A_DORMANT_SERVER,
        ),
    ],
)
def what_the_command_line_names_is_there(d: System) -> Property:
    """While Info Mart is in service and configuration is in normal mode, the server could be started anew as it is."""
    return whenever(d.server2.in_service & d.connected, d.readable)
