"""The documents whose claims are examined."""

from __future__ import annotations

GUIDE = "Info Mart guide"


FRAMEWORK = "Framework guide"


LOGGER = "Logger data flow page"


HIGH_AVAILABILITY = "CMS High Availability page"


DOCUMENTS = {
    GUIDE: "Genesys Info Mart Business Continuity Deployment Guide, release 8.1.4; for data loss also its older page "
    "on active-standby deployments",
    FRAMEWORK: "Genesys Framework Deployment Guide, Disaster Recovery Using DNS Failover and Oracle GoldenGate",
    LOGGER: "Cisco Unified ICM/CCE, Data Flow from Logger to Historical Data Server",
    HIGH_AVAILABILITY: "Avaya Call Management System, the High Availability option",
}
"""The documents by the short names that claims use."""
