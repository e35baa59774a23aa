"""What the Framework guide claims of the Configuration Database."""

from __future__ import annotations

from drcheck.verdicts.claims import Claim, Kind
from properties.documents import FRAMEWORK

CONFIGURATION_DATABASE = (
    Claim(
        "FW-1",
        "The Configuration Database is accessed by at most one primary master Configuration Server at a time.",
        FRAMEWORK,
        "Overview",
        reason=(
            "There are two databases, and nothing but the order of the scripts keeps their two masters apart; in the order "
            "that is assumed there are never two."
        ),
        not_examined=("two connections to one and the same database, which the database would have to refuse",),
    ),
    Claim(
        "FW-2",
        "The live database is replicated to a live standby; what a disaster can lose is what replication had not "
        "delivered (against: everything since the last backup).",
        FRAMEWORK,
        "Overview",
        Kind.STATED_LOSS,
        reason=(
            "A disaster costs what replication had not delivered and nothing else: with a lag of an hour two changes of one "
            "an hour, where a daily backup costs 26; nothing in the design bounds the lag."
        ),
        not_examined=("partial loss of a database", "the downtime of maintenance and of backups"),
    ),
    Claim(
        "FW-3",
        "When the main site is lost, the dormant secondary master pair is brought online and the DNS record is "
        "changed to it; the proxies reconnect.",
        FRAMEWORK,
        "Overview; Components",
        reason=(
            "After the loss of the main site the scripts put the secondary pair into service, and the proxies that are left "
            "come to it, by the push of the names alone if they have to, and without it once a cached address has expired."
        ),
        not_examined=("how long the operators take: the guide gives no time",),
    ),
    Claim(
        "FW-4",
        "Until the proxies reconnect, both sites go on working in limited mode: they serve configuration and accept "
        "no change.",
        FRAMEWORK,
        "Overview",
        reason=(
            "A site that is lost as a whole loses its own proxies; only the other one goes on. Both do if the main site loses "
            "its management host and keeps its application hosts. What needs a change stands still meanwhile: the recovery of "
            "Info Mart does."
        ),
        not_examined=("whether applications other than Info Mart need changes to work without interruption",),
    ),
    Claim(
        "FW-5",
        "The DNS record resolves to the main host in normal mode and to the secondary host in failover mode; on those "
        "two hosts the name is pinned to the host's own address, so that a false situation cannot arise.",
        FRAMEWORK,
        "DNS Server Configuration and Switchover Scripts",
        reason=(
            "The record follows the mode, and no client on a master host works beside the record while the other master is "
            "in service; pinned hosts always mean their own server."
        ),
        not_examined=("which false situations are meant: the guide does not say",),
    ),
    Claim(
        "FW-6",
        "In normal mode replication from secondary to main is stopped; it is started only when the secondary "
        "database has become live, and carries the data back once the main system is restored.",
        FRAMEWORK,
        "DBMS Solution Replication Processes Configuration",
        Kind.FACT,
        reason=(
            "Replication back is on only from the switch-over to the switch-back, and with an initial copy of the whole "
            "database the main one gets all that the secondary one holds."
        ),
    ),
    Claim(
        "FW-7",
        "Within a site the backup of a primary/backup pair takes over from a failed primary with no disaster recovery.",
        FRAMEWORK,
        "Components",
        reason="At either site the backup comes into service and the proxies follow it; record and procedures stay as they are.",
        not_examined=("what makes the backup primary: the guide names the pair and does not describe its failover",),
    ),
    Claim(
        "FW-8",
        "A site's Solution Control Server connects to the main Configuration Server, never to a proxy; distributed "
        "Solution Control Servers talk through a Message Server of their own, of which one instance per site exists "
        "and one is dormant.",
        FRAMEWORK,
        "Solution Control Server; Message Server",
        Kind.FACT,
        reason=(
            "A site's Solution Control Server looks at masters only and finds the live one; of the two Message Servers one "
            "is dormant, and the live site always has the other."
        ),
        not_examined=(
            "additional Solution Control Servers for load balancing",
            "what the distributed Solution Control Servers tell each other",
        ),
    ),
    Claim(
        "FW-9",
        "Each site logs to a Log Database and Message Server of its own; the log databases are cross-replicated.",
        FRAMEWORK,
        "Message Server; DBMS Solution Replication Processes Configuration",
        Kind.FACT,
        reason="Each site writes its own Log Database, and while no site is lost every record reaches the other one too.",
        not_examined=(
            "access to the Log Databases by GEO DNS",
            "setting a lost Log Database up anew",
            "which records are there: only their number is followed",
        ),
    ),
    Claim(
        "FW-10",
        "After switch-over, and again after switch-back, the proxies end up connected to the live master, and no "
        "accepted configuration change is lost but those that replication had not delivered.",
        FRAMEWORK,
        "Overview; DNS Server Configuration and Switchover Scripts",
        reason=(
            "In the order that is assumed both procedures lead the proxies to the live master and lose nothing that had been "
            "delivered; no script checks that the order is kept."
        ),
    ),
)
