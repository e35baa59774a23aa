"""What the Logger data flow page claims."""

from __future__ import annotations

from drcheck.verdicts.claims import Claim
from properties.documents import LOGGER

HISTORICAL_DATA = (
    Claim(
        "CI-1",
        "CallRouter A feeds Logger A, CallRouter B feeds Logger B; both Loggers work in parallel; the first to "
        "finish initialising is primary.",
        LOGGER, "Data Flow; Recovery Keys",
    ),
    Claim(
        "CI-2",
        "A recovery key is larger than every key before it, and is raised by one before each record is inserted.",
        LOGGER, "Recovery Keys",
    ),
    Claim(
        "CI-3",
        "Incoming data goes to temporary tables and is moved to the actual tables in bulk, at most 2000 records at "
        "a time.",
        LOGGER, "Temporary Tables; Recovery Process",
    ),
    Claim(
        "CI-4",
        "The recovery process brings two Loggers back in step through the actual tables, by recovery key.",
        LOGGER, "Recovery Process",
    ),
    Claim(
        "CI-5",
        "The HDS asks for records above its own highest key and receives them 2000 at a time; only what is "
        "committed on the Logger is replicated.",
        LOGGER, "Replication",
    ),
    Claim(
        "CI-6",
        "An HDS belongs to one Logger and does not move to the other when that Logger is offline.",
        LOGGER, "Possible Points of Delay or Inconsistency",
    ),
    Claim(
        "CI-7",
        "A returning Logger first recovers everything from its peer, and only then replicates to its HDS; no record "
        "is ever skipped.",
        LOGGER, "Possible Points of Delay or Inconsistency",
    ),
    Claim(
        "CI-8",
        "Missing data in reports is temporary: as long as one Logger of each record survives, every HDS ends up "
        "with every record.",
        LOGGER, "Possible Points of Delay or Inconsistency",
    ),
    Claim(
        "CI-9",
        "With two HDS, reports can be run from the other while one is behind; clients switch to it by themselves.",
        LOGGER, "Data Flow; Possible Points of Delay or Inconsistency",
    ),
    Claim(
        "CI-10",
        "An HDS that returns restores its last backup and replicates the rest from its Logger.",
        LOGGER, "Possible Points of Delay or Inconsistency",
    ),
    Claim(
        "CI-11",
        "Without fault tolerance there are no historical reports until the HDS is restored.",
        LOGGER, "Possible Points of Delay or Inconsistency",
    ),
    Claim(
        "CI-12",
        "Normal latency is one to five minutes; recovery runs faster than normal replication, so that a lag always "
        "closes.",
        LOGGER, "Recovery Keys; Possible Points of Delay or Inconsistency",
    ),
)  # key, text, place  # fmt: skip
"""From the Logger to the Historical Data Server (HDS)."""
