"""What the CMS High Availability page claims."""

from __future__ import annotations

from drcheck.verdicts.claims import Claim, Kind
from properties.documents import HIGH_AVAILABILITY

CALL_MANAGEMENT_SYSTEM = (
    Claim(
        "AV-1",
        "Two CMS servers collect the same ACD data over separate links; one link's failure stops neither collection "
        "as a whole nor the other link.",
        HIGH_AVAILABILITY, "ACD link failures",
        reason="Both servers collect the same; when one link fails the other goes on, and each interval is complete somewhere.",
        not_examined=("that fewer points are left whose failure stops both: the Communication Manager itself is one",),
    ),
    Claim(
        "AV-2",
        "After a link, hardware or software failure of one server, a maintenance backup from the other, restored, "
        "brings the missing data back.",
        HIGH_AVAILABILITY, "ACD link failures; CMS hardware failures; CMS software failures",
        reason="It brings everything back if the backup is begun after the interval in which collection resumed is over; "
        "the page names no "
        "moment.",
        not_examined=("how long backup and restore take",),
    ),
    Claim(
        "AV-3",
        "A CMSADM backup may be taken with data collection on, and rebuilds a failed server's system.",
        HIGH_AVAILABILITY, "CMS hardware failures",
        reason="A CMSADM backup disturbs no collection, and a server whose disks are lost is rebuilt from it and collects "
        "again.",
        not_examined=("how much sooner the server is back", "that a backup taken while data is collected is consistent"),
    ),
    Claim(
        "AV-4",
        "Separate UPS and circuits keep one local power failure from stopping both servers; in a long outage a "
        "server must be shut down before its UPS is exhausted, or its data may be corrupted.",
        HIGH_AVAILABILITY, "Power failures",
        reason="One circuit never stops both servers; a server that is shut down in time corrupts nothing, and one that "
        "is not may.",
        not_examined=("how long a shutdown and a start take",),
    ),
    Claim(
        "AV-5",
        "Neither backup loses data; restoring a maintenance backup loses none either, as long as local "
        "administration data is not restored.",
        HIGH_AVAILABILITY, "CMS maintenance",
        reason="Backups write nothing but themselves; after one failure of one server a restore takes nothing away, "
        "whatever range it writes, "
        "unless it includes local administration data.",
    ),
    Claim(
        "AV-6",
        "A full version upgrade, one server at a time, keeps one server collecting throughout, and after the final "
        "restore both hold everything.",
        HIGH_AVAILABILITY, "CMS full version upgrades",
        reason="One server collects throughout; but the interval of the change-over is complete on neither, unless the "
        "first has collected a "
        "whole interval before the second is taken down.",
    ),
    Claim(
        "AV-7",
        "Upgrading Communication Manager loses no more than the time it takes to administer the new release and "
        "bring the link up again.",
        HIGH_AVAILABILITY, "CMS full version upgrades",
        kind=Kind.STATED_LOSS,
        reason="Nobody collects for exactly as long as administration and pump-up take (here 1 h and 30 min, which are assumed).",
        not_examined=("that the switch takes no calls while it is upgraded",),
    ),
    Claim(
        "AV-8",
        "In each class of failure that the page names (link, hardware, power, software) collection goes on at the other server, "
        "and what is missing can be brought back.",
        HIGH_AVAILABILITY, "introduction, and all sections together",
        reason="With one failure of any class the other server collects on, and the gap is closed under the condition of AV-2.",
        not_examined=("how soon", "that one of several collection processes fails alone"),
    ),
)  # key, text, place, kind, reason  # fmt: skip
"""High availability of the Call Management System (CMS)."""
