"""What reports lack for good in active-standby, and the checks of its procedure by which people learn of slips."""

from drcheck import Property, System, notice, stated, worst_case
from properties.info_mart.objectives import NOTICES as NOTICES
from properties.info_mart.objectives import OBJECTIVES as OBJECTIVES
from properties.info_mart.objectives import lost_to_reports
from properties.info_mart.objectives import time_until_reports_are_back as time_until_reports_are_back
from properties.info_mart.standby_loss import lost_without_an_outage
from properties.info_mart.standby_terms import KEEPING_UP, PROCEDURE, SITE_1, STANDBY_LOSS

OPERATORS = "the operators"

CHECKS = [
    notice(
        "check of the Info Mart Server logs",
        at="step_9_check_logs",
        of="operator slip",
        who=OPERATORS,
        source=f"{PROCEDURE}, step 9",
    ),
]


@stated(measures="loss", source=STANDBY_LOSS, given={**SITE_1, "outages": 0}, assumptions=KEEPING_UP)
def worst_loss_to_reports(d: System) -> Property:
    """The most intervals, of all sources, that reports lack for good: here, those of Site 2 after the loss of Site 1."""
    most = lost_without_an_outage(d)
    return worst_case(lost_to_reports(d), **({} if most is None else {"at_most": most}))
