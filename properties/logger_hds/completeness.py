"""What the Logger page promises in the end: every HDS holds every record that survives in a Logger."""

from drcheck import Expression, Finding, Property, System, all_of, always, any_of, happens, leads_to, stated
from properties.logger_hds.terms import (
    ASK_FOR_ALL,
    CAREFUL,
    CLOCK,
    ONE_TABLE,
    POINTS,
    TEMPORARY,
    complete,
    everyone,
    logged,
    progress,
)


def _the_only_copy_is_lost(d: System) -> Expression:
    """A Logger fails whose temporary tables hold a record that the other Logger does not."""
    sides = list(d.sides.items())
    only = {
        name: any_of(d.sides[name].logger.temporary[i] & ~other.logger.holds(i) for i in everyone(d))
        for name, _ in sides
        for other_name, other in sides
        if other_name != name
    }
    return any_of(happens(f"logger_{name}_fails", when=when) for name, when in only.items())


@stated(
    claims="CI-8",
    source=POINTS,
    given=ONE_TABLE,
    finding=Finding(
        title="Missing data is not always temporary: a skipped record stays out of the reports of its HDS",
        explanation=(
            "The findings on CI-7 are not about delay. All Loggers are online and agree, nothing more happens, and the HDS "
            "lacks a record that its Logger holds, since it asks above its highest key only. Reports from the two HDS "
            "differ from then on. Only a restored backup from before the gap makes the HDS ask again."
        ),
        repair="Let the HDS ask for what it lacks, for instance by the order in which its Logger committed records.",
        repaired=ASK_FOR_ALL,
    ),
)
def every_hds_ends_up_with_every_record(d: System) -> Property:
    """Every record that a Logger holds comes to every HDS, whatever fails and returns."""
    return leads_to(~complete(d), complete(d), fairness=progress(d))


@stated(
    claims="CI-8",
    source=POINTS,
    given=CAREFUL,
    assumptions=("no CallRouter fails", *CLOCK, "a Logger that returns waits for the other one"),
)
def every_hds_ends_up_with_every_record_if_recovery_is_strict(d: System) -> Property:
    """The same with the repairs of recovery: gap closed first, and no replication before the other Logger is back."""
    return leads_to(~complete(d), complete(d), fairness=progress(d))


@stated(
    claims="CI-8",
    source=POINTS,
    given={**ONE_TABLE, **ASK_FOR_ALL, "hds_failures": 0, "router_failures": 1},
    assumptions=CLOCK,
)
def every_hds_ends_up_with_every_record_if_it_asks_for_all_it_lacks(d: System) -> Property:
    """The same with recovery as published, CallRouter failures too, when the HDS asks for all that it lacks."""
    return leads_to(~complete(d), complete(d), fairness=progress(d))


@stated(
    claims=("CI-7", "CI-8"),
    source=POINTS,
    given={
        **ONE_TABLE,
        **ASK_FOR_ALL,
        "hds_failures": 0,
        "first_recover": False,
        "oldest_first": False,
        "recovers_what_waits": True,
    },
    assumptions=CLOCK,
)
def asking_for_all_makes_the_order_of_recovery_harmless(d: System) -> Property:
    """If the HDS asks for all that it lacks, everything arrives in whatever order Loggers insert, recover and replicate."""
    return leads_to(~complete(d), complete(d), fairness=progress(d))


@stated(
    claims="CI-8",
    source=POINTS,
    given={**CAREFUL, "hds_failures": 0, "clock_set_backs": 1},
    finding=Finding(
        title="After a clock was set back, the HDS does not ask for new records",
        explanation=(
            "Keys that start below those already given lie below the highest key of the HDS. It asks for none of the new "
            "records until the key has passed the old ones, and never for those below. Asking for all that it lacks does "
            "not help where two records have one key: each Logger then keeps one of them."
        ),
        repair="Keep the clocks in step and never set them back while a Logger initialises.",
        repaired={"clock_set_backs": 0},
        id="clock-set-back-hides-records",
        causes="happens(set_back)",
        silent=True,
        permanent=True,
    ),
)
def every_hds_ends_up_with_every_record_whatever_the_clock(d: System) -> Property:
    """The same with the repairs of recovery, when the clock may be set back once."""
    return leads_to(~complete(d), complete(d), fairness=progress(d))


@stated(
    claims="CI-8",
    source=POINTS,
    given={**CAREFUL, "hds_failures": 0},
    finding=Finding(
        title="Waiting for the other Logger leaves an HDS without data for as long as that one is away",
        explanation=(
            "Recovery that is safe with requests above the highest key must wait for the other Logger. If that one does "
            "not come back, a Logger that has returned collects records and sends none: one lost Logger and one restart "
            "of the other stop all reporting. With such requests either waiting or going on is wrong."
        ),
        repair="Let it go on, and let the HDS ask for all that it lacks: what is recovered later is then asked for.",
        repaired={"without_peer": "goes_on", **ASK_FOR_ALL},
    ),
)
def an_online_logger_feeds_its_hds_even_if_the_other_never_returns(d: System) -> Property:
    """What an online Logger B holds comes to HDS B, even if Logger A stays away for good."""
    b = d.sides["b"]
    behind = any_of(b.logger.holds(i) & ~b.hds.holds[i] for i in everyone(d))
    return leads_to(d.logger_b.online & behind, d.logger_b.offline | ~behind, fairness=progress(d, "logger_a_returns"))


@stated(
    claims="CI-8",
    source=TEMPORARY,
    given={**CAREFUL, "temporary_survives": False},
    finding=Finding(
        title="Temporary tables must survive a failure: while one Logger is away they hold the only copy",
        explanation=(
            "The page calls temporary tables buffers and does not say whether they outlive a failure of the Logger. "
            "Records made while the other Logger is away are nowhere else until the bulk insert; a failure in between "
            "loses them, although the Logger returns."
        ),
        repair="Keep temporary tables in the database as ordinary, logged tables.",
        repaired={"temporary_survives": True},
        id="temporary-tables-lost",
        causes=_the_only_copy_is_lost,
        silent=True,
        permanent=True,
        question="Do temporary tables outlive a failure of the Logger?",
    ),
)
def a_logged_record_stays_logged(d: System) -> Property:
    """Every record that a Logger took is in a Logger from then on, when temporary tables do not survive its failure."""
    return always(all_of((i < d.data.made).implies(logged(d, i)) for i in everyone(d)))


@stated(claims="CI-8", source=TEMPORARY, given={**CAREFUL, "temporary_survives": False, "logger_failures": 1})
def a_logged_record_stays_logged_after_one_failure(d: System) -> Property:
    """With one failure, the other Logger has what is lost with temporary tables."""
    return always(all_of((i < d.data.made).implies(logged(d, i)) for i in everyone(d)))
