"""What the Logger page promises of recovery keys: each larger than every key before it."""

from drcheck import Expression, Finding, Property, System, all_of, always, stated
from properties.logger_hds.terms import CLOCK, KEYS, ONE_TABLE, everyone


def keys_rise(d: System) -> Expression:
    """Each record has a higher key than every record before it."""
    key = d.data.key
    return all_of((j < d.data.made).implies(key[i] < key[j]) for j in everyone(d) for i in range(j))


@stated(claims="CI-2", source=KEYS, assumptions=CLOCK)
def a_recovery_key_is_larger_than_all_before(d: System) -> Property:
    """Each record has a higher recovery key than every record made before it."""
    return always(keys_rise(d))


@stated(claims="CI-2", source=KEYS, given={**ONE_TABLE, "logger_failures": 0})
def the_key_is_raised_by_one_for_each_record(d: System) -> Property:
    """Between two initialisations the key is raised once for each record, and the record gets the raised key."""
    last = all_of((d.data.made == i + 1).implies(d.data.key[i] == d.recovery_key.counter) for i in everyone(d))
    return always((d.recovery_key.counter == d.data.made) & last)


@stated(
    claims="CI-2",
    source=KEYS,
    given={**ONE_TABLE, "clock_set_backs": 1},
    finding=Finding(
        title="A clock that is set back gives recovery keys that were given before",
        explanation=(
            "The primary starts the key from the date and time. If both Loggers have been down and the clock of the one "
            "that is first to return is behind where it was, or behind that of the other Logger, new records get keys at "
            "or below those of records that exist: two records can have one key, and new ones sort before old ones."
        ),
        repair=(
            "Keep the clocks of both Loggers in step and never set them back while a Logger initialises. To start above "
            "the keys in its own tables does not suffice: see the next finding."
        ),
        repaired={"clock_set_backs": 0},
    ),
)
def keys_rise_whatever_the_clock(d: System) -> Property:
    """The same when the clock may be set back once."""
    return always(keys_rise(d))


@stated(
    claims="CI-2",
    source=KEYS,
    given={**ONE_TABLE, "clock_set_backs": 1, "key_start": "clock_and_own_tables"},
    finding=Finding(
        title="Starting above the keys in its own tables does not save a primary from a clock that was set back",
        explanation=(
            "A Logger that was down does not know the keys that the other one gave in the meantime. If the other is down "
            "when it returns, its own tables end too early to start from, and the clock is all it has."
        ),
        repair="Keep the clocks in step, or start the key only when both Loggers, or both HDS, can be asked.",
        repaired={"clock_set_backs": 0},
    ),
)
def keys_rise_whatever_the_clock_if_started_above_own_tables(d: System) -> Property:
    """The same when a primary never starts below the keys in its own tables."""
    return always(keys_rise(d))


@stated(
    claims="CI-2",
    source=KEYS,
    given={**ONE_TABLE, "records_per_unit": 2},
    finding=Finding(
        title="A key that is raised faster than the clock falls back when it is initialised again",
        explanation=(
            "The key is raised by one for each record and started from the clock. Where records come faster than the "
            "units of the clock in which the key is counted, the key runs ahead of the clock. A primary that starts it "
            "from the clock again, sooner than the clock has made up for that, goes back, with a clock that is right."
        ),
        repair="Count the key in units of the clock so fine that there are never more records than units.",
        repaired={"records_per_unit": 1},
    ),
)
def keys_rise_whatever_the_rate(d: System) -> Property:
    """The same when two records can be made in one unit of the clock."""
    return always(keys_rise(d))
