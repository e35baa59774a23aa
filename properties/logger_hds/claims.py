"""What the Logger data flow page claims."""

from __future__ import annotations

from drcheck.verdicts.claims import Claim, Kind
from properties.documents import LOGGER

HISTORICAL_DATA = (
    Claim(
        "CI-1",
        "CallRouter A feeds Logger A, CallRouter B feeds Logger B; both Loggers work in parallel; the first to "
        "finish initialising is primary.",
        LOGGER,
        "Data Flow; Recovery Keys",
        kind=Kind.FACT,
        reason="Each Logger takes records from the CallRouter of its own side, both take every record, and the first one "
        "there is primary. No sentence promises that one CallRouter and one Logger of different sides are enough.",
        not_examined=("which Logger is primary after the primary has failed",),
    ),
    Claim(
        "CI-2",
        "A recovery key is larger than every key before it, and is raised by one before each record is inserted.",
        LOGGER,
        "Recovery Keys",
        reason="A key that starts from the clock rises only if records never come faster than the units in which it counts "
        "the clock; the page gives no unit. And the clock must be right.",
        not_examined=("whether all tables share one key or each has its own",),
    ),
    Claim(
        "CI-3",
        "Incoming data goes to temporary tables and is moved to the actual tables in bulk, at most 2000 records at "
        "a time.",
        LOGGER,
        "Temporary Tables; Recovery Process",
        kind=Kind.FACT,
        reason="New records go to temporary tables only, all of them come to the actual ones, and one insert moves no more "
        "than a batch.",
        not_examined=("that there are two temporary tables for each historical one", "how fast inserts are"),
    ),
    Claim(
        "CI-4",
        "The recovery process brings two Loggers back in step through the actual tables, by recovery key.",
        LOGGER,
        "Recovery Process",
        reason="After a failure both actual tables come to hold every record, if recovery compares which keys are present; "
        "by the highest key alone they would not. The page does not say which.",
        not_examined=("who recovers from whom where both lack something",),
    ),
    Claim(
        "CI-5",
        "The HDS asks for records above its own highest key and receives them 2000 at a time; only what is "
        "committed on the Logger is replicated.",
        LOGGER,
        "Replication",
        kind=Kind.FACT,
        reason="What comes to an HDS is above its highest key, committed at its Logger, and at most a batch at a time.",
        not_examined=("that tables are asked for one by one in a fixed order",),
    ),
    Claim(
        "CI-6",
        "An HDS belongs to one Logger and does not move to the other when that Logger is offline.",
        LOGGER,
        "Possible Points of Delay or Inconsistency",
        kind=Kind.FACT,
        reason="Nothing joins an HDS with the Logger of the other side, so it stays behind while its own is offline.",
    ),
    Claim(
        "CI-7",
        "A returning Logger first recovers all of the data from its peer, and only then replicates it to its HDS.",
        LOGGER,
        "Possible Points of Delay or Inconsistency",
        reason="It holds replication back until it has what is in the actual tables of its peer, which is all that recovery "
        "reads by the page's own words. What waits in temporary tables is not among it: see CI-8 for what that costs.",
        not_examined=("what it does on purpose while its peer is offline: the page does not say",),
    ),
    Claim(
        "CI-8",
        "Missing data in reports is temporary: as long as one Logger of each record survives, every HDS ends up "
        "with every record.",
        LOGGER,
        "Possible Points of Delay or Inconsistency",
        reason="One Logger failure is enough for an HDS to skip records for good, as it asks above its highest key; unless a "
        "Logger counts as recovered only when temporary tables hold nothing older either.",
        not_examined=("failures of replication itself, and of the network",),
    ),
    Claim(
        "CI-9",
        "With two HDS, the client switches by itself to the backup HDS when the primary HDS fails; while one HDS receives no "
        "data, reports can be run from the other.",
        LOGGER,
        "Data Flow; Possible Points of Delay or Inconsistency",
        reason="The client leaves an HDS that has failed, and with one failure the other HDS gets everything. It does not "
        "leave one that is only behind, which the page does not say either.",
        not_examined=("how the client goes back to the primary HDS",),
    ),
    Claim(
        "CI-10",
        "An HDS that returns restores its last backup and replicates the rest from its Logger.",
        LOGGER,
        "Possible Points of Delay or Inconsistency",
        reason="A restored HDS comes to hold every record again, as long as its Logger still holds what the backup lacks.",
        not_examined=("how long a Logger keeps records", "a backup that is damaged"),
    ),
    Claim(
        "CI-11",
        "Without fault tolerance there are no historical reports until the HDS is restored.",
        LOGGER,
        "Possible Points of Delay or Inconsistency",
        kind=Kind.STATED_LOSS,
        reason="With one HDS its failure leaves nothing to run reports from for as long as it is offline; afterwards everything "
        "comes back that the Logger took.",
        not_examined=("data that reports lack while replication catches up",),
    ),
    Claim(
        "CI-12",
        "Normal latency is one to five minutes; recovery runs faster than normal replication, so that a lag always "
        "closes.",
        LOGGER,
        "Recovery Keys; Possible Points of Delay or Inconsistency",
        reason="Five minutes hold where a round of all tables takes at most four, and a batch takes at least what a table gets "
        "in a round: numbers that the page does not give. Then every lag closes, as recovery is faster.",
        not_examined=("the lower end, one minute", "that the page says about, not at most"),
    ),
)
