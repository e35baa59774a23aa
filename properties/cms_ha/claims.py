"""What the CMS High Availability page claims."""

from __future__ import annotations

from drcheck.verdicts.claims import Claim
from properties.documents import HIGH_AVAILABILITY

CALL_MANAGEMENT_SYSTEM = (
    Claim(
        "AV-1",
        "Two CMS servers collect the same ACD data over separate links; one link's failure stops neither collection "
        "as a whole nor the other link.",
        HIGH_AVAILABILITY, "ACD link failures",
    ),
    Claim(
        "AV-2",
        "After a link, hardware or software failure of one server, a maintenance backup from the other, restored, "
        "brings the missing data back.",
        HIGH_AVAILABILITY, "ACD link failures; CMS hardware failures; CMS software failures",
    ),
    Claim(
        "AV-3",
        "A CMSADM backup may be taken with data collection on, and rebuilds a failed server's system.",
        HIGH_AVAILABILITY, "CMS hardware failures",
    ),
    Claim(
        "AV-4",
        "Separate UPS and circuits keep one local power failure from stopping both servers; in a long outage a "
        "server must be shut down before its UPS is exhausted, or its data may be corrupted.",
        HIGH_AVAILABILITY, "Power failures",
    ),
    Claim(
        "AV-5",
        "Neither backup loses data; restoring a maintenance backup loses none either, as long as local "
        "administration data is not restored.",
        HIGH_AVAILABILITY, "CMS maintenance",
    ),
    Claim(
        "AV-6",
        "A full version upgrade, one server at a time, keeps one server collecting throughout, and after the final "
        "restore both hold everything.",
        HIGH_AVAILABILITY, "CMS full version upgrades",
    ),
    Claim(
        "AV-7",
        "Upgrading Communication Manager loses no more than the time it takes to administer the new release and "
        "bring the link up again.",
        HIGH_AVAILABILITY, "CMS full version upgrades",
    ),
    Claim(
        "AV-8",
        "As long as at least one server collects at every moment, nothing is lost for good.",
        HIGH_AVAILABILITY, "introduction, and all sections together",
    ),
)  # key, text, place  # fmt: skip
"""High availability of the Call Management System (CMS)."""
