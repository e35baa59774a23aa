"""What the Info Mart guide promises of the standby and its replication: one server at a time, and a faithful copy."""

from drcheck import Finding, Property, System, all_of, never, reachable, stated, structure, total, whenever
from model.info_mart.components.info_mart_server import in_service
from properties.info_mart.shared import OUTAGES, PLAIN
from properties.info_mart.standby_terms import (
    ARCHITECTURE,
    MISTAKE,
    NO_OUTAGE,
    PROCEDURE,
    REPLICATION,
    SLIP,
    STANDBY_LOSS,
)


@stated(source="the account of the model itself")
def every_interval_is_accounted_for_at_site_2(d: System) -> Property:
    """In the standby database once it is in use, made = reportable + in progress + lost by cause, for every source."""
    return whenever(d.info_mart2.in_use, all_of(d.db2.conserved(i) for i in range(len(d.layer.streams))))


# -- the standby, the operators, one server at a time -----------------------------------------------------------------
@stated(
    claims="AS-1",
    source=ARCHITECTURE,
    assumptions="the operators leave out no step and mistake no outage for the loss of Site 1",
)
def standby_never_writes_during_replication(d: System) -> Property:
    """The standby Info Mart does not use its database while Replicat is running."""
    return never(in_service(d.server2) & d.replicat.running)


@stated(
    claims="AS-1",
    source=PROCEDURE,
    given=SLIP,
    finding=Finding(
        title="One step passed over lets the standby write while replication is still running",
        explanation=(
            "Nothing but step 1 stops Replicat. If it is passed over, the server started in step 6 connects to a "
            "database into which Replicat may still write what the remote trail holds: the two overwrite each other. "
            "The guide protects against an accidental start by leaving the connection unconfigured, not against this."
        ),
        repair="Let step 6 begin with a check that Replicat is stopped.",
        repaired={"check_replicat": True},
    ),
)
def standby_never_writes_during_replication_even_with_a_slip(d: System) -> Property:
    """The same, when the operators pass over one step of the procedure, or do it late."""
    return never(in_service(d.server2) & d.replicat.running)


@stated(claims="AS-2", source=OUTAGES, assumptions="no outage is mistaken for the loss of Site 1")
def standby_stays_out_of_outages(d: System) -> Property:
    """The standby Info Mart is not brought into service during a network outage while Site 1 is up."""
    return never(d.link.down & d.site1.up & (in_service(d.server2) | d.server2.starting))


@stated(
    claims="AS-2",
    source=OUTAGES,
    given=MISTAKE,
    finding=Finding(
        title="The standby can be brought into service in an outage: only the operators' judgement prevents it",
        explanation=(
            "From Site 2 an outage and the loss of Site 1 look alike. Each step of the procedure can be carried out at "
            "Site 2 while Site 1 is up and cut off; no component refuses. The warning in the guide is the only guard."
        ),
        repair="Before step 1, have the loss of Site 1 confirmed by something that does not use the network between the sites.",
        repaired={"mistaken_operator": False},
    ),
)
def standby_stays_out_of_outages_whatever_operators_believe(d: System) -> Property:
    """The same, even if an operator takes an outage for the loss of Site 1."""
    return never(d.link.down & d.site1.up & (in_service(d.server2) | d.server2.starting))


@stated(
    claims="AS-3",
    source="Info Mart guide, Deployment Prerequisites",
    assumptions="no outage is mistaken for the loss of Site 1",
)
def one_server_in_service(d: System) -> Property:
    """At most one Info Mart Server is in service at any time."""
    return never(in_service(d.server1) & in_service(d.server2))


@stated(
    claims="AS-3",
    source="Info Mart guide, Deployment Prerequisites",
    given=MISTAKE,
    finding=Finding(
        title="The shared Application object does not keep two servers from running",
        explanation=(
            "The object's host says where the server is started next. It does not stop the one that is running at the "
            "other site, which cannot even be told while the network is down: after the procedure, carried out by "
            "mistake, both servers are in service, each on a database of its own, and they stay so after the outage."
        ),
        repair="Stop the server at Site 1, or see that it is stopped, before the host is changed.",
        repaired={"mistaken_operator": False},
    ),
)
def one_server_in_service_whatever_operators_believe(d: System) -> Property:
    """The same, even if an operator takes an outage for the loss of Site 1."""
    return never(in_service(d.server1) & in_service(d.server2))


# -- replication ------------------------------------------------------------------------------------------------------
@stated(claims="AS-4", source=REPLICATION, given=PLAIN)
def the_target_is_a_prefix_of_the_source(d: System) -> Property:
    """The replica is never ahead of the trail, the trail never ahead of the source, and facts never ahead of the mark."""
    streams = range(len(d.layer.streams))
    order = all_of(
        (d.db2.uncovered[i] >= d.trail.uncovered[i])
        & (d.trail.uncovered[i] >= d.db1.uncovered[i])
        & (d.db2.unreported[i] >= d.db2.uncovered[i])
        for i in streams
    )
    return whenever(d.info_mart1.in_use & d.info_mart2.replica & d.remote_trail.kept, order)


@stated(
    claims=("AS-5", "AS-9"),
    source=f"{REPLICATION}: Tables Excluded from Replication",
    given=NO_OUTAGE,
    finding=Finding(
        title="The excluded tables do hold data that reports need: what is staged is lost, because its mark is replicated",
        explanation=(
            "The staging and GIDB tables are left out of replication as internal, their absence being no data loss. But "
            "the high-water mark, which is replicated, says that their content has been extracted, and the standby "
            "never extracts it again. So exactly what sits in the excluded tables when Site 1 is lost is lost, although "
            "an IDB at Site 2 may still hold it: even data of Site 2's own sources, whose IDBs are intact. The mark "
            "travels ahead of the facts that it vouches for."
        ),
        repair=(
            "Before step 6, set the replicated high-water mark back to where the delivered facts end (and keep the "
            "connections to the redundant IDBs, see the finding on step 3): the rest is then extracted again, once."
        ),
        repaired={"rewind_high_water_mark": True, "keep_icons": True},
    ),
)
def excluded_tables_hold_nothing_that_is_missed(d: System) -> Property:
    """After the loss of Site 1, nothing is lost for being only in tables that are not replicated."""
    return never(total(d.db2.lost["not_transformed"]) > 0)


@stated(claims="AS-9", source=STANDBY_LOSS, given=NO_OUTAGE)
def staged_data_can_be_lost(d: System) -> Property:
    """Data extracted but not transformed when Site 1 is lost can be lost."""
    return reachable(total(d.db2.lost["not_transformed"]) > 0)


@stated(claims="AS-6", source=REPLICATION)
def the_mark_is_replicated_and_staging_is_not(d: System) -> Property:
    """Replicat writes the high-water mark and the facts of the standby database, and none of its excluded tables."""
    written = d.event("replicat_applies").writes
    replicated = {d.cell_of[v] for v in d.db2.replicated()}
    excluded = {d.cell_of[v] for v in (*d.db2.staged, d.db2.unnotified, d.db2.schema)}
    return structure(
        replicated <= written and not written & excluded,
        f"replicat_applies writes {len(written & replicated)} of {len(replicated)} replicated and "
        f"{len(written & excluded)} of {len(excluded)} excluded variables",
    )


@stated(claims="AS-7", source=STANDBY_LOSS, given={**PLAIN, "keep_icons": True})
def nothing_is_reported_twice_after_recovery(d: System) -> Property:
    """The newly active Info Mart extracts nothing that its copy of the mark covers: no interval is reported twice."""
    return whenever(
        d.info_mart2.in_use,
        all_of(
            (d.db2.unreported[i] >= d.db2.uncovered[i] + d.db2.staged[i]) & d.db2.conserved(i)
            for i in range(len(d.layer.streams))
        ),
    )
