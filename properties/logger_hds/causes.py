"""By what one recognises the ways in which promises of the Logger page fail; each a condition of a composed system."""

from __future__ import annotations

from drcheck import Expression, Literal, System, all_of, any_of, happens
from model.logger_hds.components.recovery_process import gap_closed
from properties.logger_hds.terms import everyone, machine, other_side, replications, serving


def gap_open(d: System, s: str) -> Expression:
    """Something that exists by now can still enter the actual tables of a Logger below what they hold."""
    other = other_side(d, s)
    return ~gap_closed(d.sides[s].logger, d.sides[other].logger if other else None, [Literal(True)] * d.data.size)


# -- a Logger that returns ----------------------------------------------------------------------------------------------
def recovered_with_a_gap(d: System) -> Expression:
    """A Logger counts as recovered while something older can still enter its actual tables."""
    return any_of(happens(f"logger_{s}_recovered") & gap_open(d, s) for s in d.sides)


def recovered_alone(d: System) -> Expression:
    """A Logger counts as recovered while the other one is offline."""
    return any_of(happens(f"logger_{s}_recovered") & machine(d, "logger", other_side(d, s)).offline for s in d.sides)


def replicates_while_recovering(d: System) -> Expression:
    """An HDS takes records while its Logger is still recovering."""
    return any_of(happens(*replications(d, s)) & machine(d, "recovery_process", s).recovering for s in d.sides)


def waits_for_the_other(d: System) -> Expression:
    """A Logger is still recovering while the other one is offline."""
    return any_of(
        machine(d, "recovery_process", s).recovering & machine(d, "logger", other_side(d, s)).offline for s in d.sides
    )


# -- two Loggers online -------------------------------------------------------------------------------------------------
def replicates_with_a_gap(d: System) -> Expression:
    """An HDS takes records while something older can still enter the actual tables of its Logger."""
    return any_of(happens(*replications(d, s)) & gap_open(d, s) for s in d.sides)


def in_both_tables(d: System) -> Expression:
    """A record is in the actual table of a Logger while it still waits in the temporary one."""
    return any_of(x.logger.temporary[i] & x.logger.actual[i] for x in d.sides.values() for i in everyone(d))


def overtaken_in_temporary_tables(d: System) -> Expression:
    """A record waits in a temporary table while a newer one has been moved to the actual table."""
    return any_of(
        x.logger.temporary[i] & ~x.logger.actual[i] & ~d.data.above_highest(x.logger.actual.elements, i)
        for x in d.sides.values()
        for i in everyone(d)
    )


def lacks_below_its_highest(d: System) -> Expression:
    """A Logger lacks a record that the other one holds, below the highest key in its own actual table."""
    return any_of(
        d.sides[other_side(d, s)].logger.holds(i)
        & ~x.logger.holds(i)
        & ~d.data.above_highest(x.logger.actual.elements, i)
        for s, x in d.sides.items()
        for i in everyone(d)
    )


# -- what is lost or kept -----------------------------------------------------------------------------------------------
def key_below_those_given(d: System) -> Expression:
    """The recovery key stands below one that was given before."""
    return any_of((i < d.data.made) & (d.recovery_key.counter < d.data.key[i]) for i in everyone(d))


def only_copy_is_lost(d: System) -> Expression:
    """A Logger fails whose temporary tables hold a record that the other Logger does not hold."""
    alone = {
        s: any_of(x.logger.temporary[i] & ~d.sides[other_side(d, s)].logger.holds(i) for i in everyone(d))
        for s, x in d.sides.items()
    }
    return any_of(happens(f"logger_{s}_fails", when=when) for s, when in alone.items())


def purged_before_it_is_backed_up(d: System) -> Expression:
    """A Logger has deleted a record that the last backup of its HDS lacks."""
    return any_of(
        (i < d.data.made) & ~x.logger.holds(i) & ~x.hds.backup[i] for x in d.sides.values() for i in everyone(d)
    )


def opposite_router_and_logger_down(d: System) -> Expression:
    """The CallRouter of one side and the Logger of the other are down at once."""
    return any_of(machine(d, "call_router", s).failed & machine(d, "logger", other_side(d, s)).offline for s in d.sides)


# -- Historical Data Servers and clients --------------------------------------------------------------------------------
def opposite_logger_and_hds_down(d: System) -> Expression:
    """The Logger of one side does not replicate while the HDS of the other is offline."""
    return any_of(
        ~machine(d, "replication_server", s).serving & ~machine(d, "hds", other_side(d, s)).online for s in d.sides
    )


def both_hds_down(d: System) -> Expression:
    """No HDS is online."""
    return all_of(~machine(d, "hds", s).online for s in d.sides)


def used_while_it_receives_nothing(d: System) -> Expression:
    """The client uses an HDS that answers and receives nothing, while the other one is fed."""
    return any_of(
        d.administration_client.state(f"uses_{s}")
        & machine(d, "hds", s).online
        & ~serving(d, s)
        & serving(d, other_side(d, s))
        for s in d.sides
    )


# -- in time ------------------------------------------------------------------------------------------------------------
def a_batch_leaves_a_rest(d: System) -> Expression:
    """The client has asked for a table, and one batch did not bring all that is committed."""
    tables = enumerate(zip(d.lag.behind, d.backlog.waiting, strict=True), start=1)
    return any_of(happens(f"visits_{n}") & (behind > waiting) for n, (behind, waiting) in tables)


def late_with_no_visit_left(d: System) -> Expression:
    """A table is as late as is usual at most, and its turn comes in the next minute at the earliest."""
    return (d.lag.worst >= d.bound) & (d.replication_client.left == 0)
