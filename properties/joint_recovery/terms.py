"""Terms of the properties of the joint recovery: sources, roles, parameter sets."""

from drcheck import reading, stress
from drcheck.logic.fairness import weakly_fair

STEPS = "Info Mart guide, DR Procedure with Oracle GoldenGate; Framework guide, Overview"
TWO_STEPS = "Info Mart guide, DR Procedure with Active Info Mart; Framework guide, Overview"
PROGRESS = weakly_fair("automatic", "operator")
"""What can be done stays undone for ever in no execution."""

ALONGSIDE = stress("Info Mart and the Configuration Database lost with the same site")
BEFORE = stress("Info Mart and the Configuration Database lost with the same site, and Info Mart recovered first")
BESIDE = stress("Info Mart and the Configuration Database lost with the same site, and recovered side by side")
AFTER = stress(
    "Info Mart and the Configuration Database lost with the same site, the Configuration Database recovered first"
)
IN_THE_WAY_BACK = stress(
    "Info Mart and the Configuration Database lost with the same site, and configuration switched back during the recovery"
)
MASTER_NAMED = reading("the Configuration Server running at Site 2 is the secondary master")
PROXY_NAMED = reading("the Configuration Server running at Site 2 is the proxy")
ACTIVE = {"architecture": "active_active"}
AT_THE_MASTER = {"tool": "master_host"}
FIRST, LAST = {"order": "configuration_first"}, {"order": "info_mart_first"}
