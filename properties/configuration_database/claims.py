"""What the Framework guide claims of the Configuration Database."""

from __future__ import annotations

from drcheck.verdicts.claims import Claim
from properties.documents import FRAMEWORK

CONFIGURATION_DATABASE = (
    Claim(
        "FW-1",
        "The Configuration Database is accessed by at most one primary master Configuration Server at a time.",
        FRAMEWORK, "Overview",
    ),
    Claim(
        "FW-2",
        "The live database is replicated to a live standby; what a disaster can lose is what replication had not "
        "delivered (against: everything since the last backup).",
        FRAMEWORK, "Overview",
    ),
    Claim(
        "FW-3",
        "When the main site is lost, the dormant secondary master pair is brought online and the DNS record is "
        "changed to it; the proxies reconnect.",
        FRAMEWORK, "Overview; Components",
    ),
    Claim(
        "FW-4",
        "Until the proxies reconnect, both sites go on working in limited mode: they serve configuration and accept "
        "no change.",
        FRAMEWORK, "Overview",
    ),
    Claim(
        "FW-5",
        "The DNS record follows the mode: it names the main host normally, and the secondary one after a failover; "
        "these two hosts pin the name to their own address, so that a false situation cannot arise.",
        FRAMEWORK, "DNS Server Configuration and Switchover Scripts",
    ),
    Claim(
        "FW-6",
        "In normal mode replication from secondary to main is stopped; it is started only when the secondary "
        "database has become live, and carries the data back once the main system is restored.",
        FRAMEWORK, "DBMS Solution Replication Processes Configuration",
    ),
    Claim(
        "FW-7",
        "Within a site the backup of a primary/backup pair takes over from a failed primary with no disaster "
        "recovery.",
        FRAMEWORK, "Components",
    ),
    Claim(
        "FW-8",
        "A site's Solution Control Server connects to the main Configuration Server, never to a proxy; distributed "
        "Solution Control Servers talk through a Message Server of their own, of which one instance per site exists "
        "and one is dormant.",
        FRAMEWORK, "Solution Control Server; Message Server",
    ),
    Claim(
        "FW-9",
        "Each site logs to a Log Database and Message Server of its own; the log databases are cross-replicated.",
        FRAMEWORK, "Message Server; DBMS Solution Replication Processes Configuration",
    ),
    Claim(
        "FW-10",
        "After switch-over, and again after switch-back, the proxies end up connected to the live master, and no "
        "accepted configuration change is lost but those that replication had not delivered.",
        FRAMEWORK, "Overview; DNS Server Configuration and Switchover Scripts",
    ),
)  # key, text, place  # fmt: skip
"""Disaster recovery of the Configuration Database."""
