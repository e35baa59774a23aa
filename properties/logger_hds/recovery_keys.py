"""What the Logger page promises of recovery keys: each larger than every key before it."""

from drcheck import Property, System, all_of, always, as_stated, case, condition, stated
from properties.logger_hds.findings import KEY_FALLS_BACK
from properties.logger_hds.terms import CLOCK_SET_BACK, KEYS, ONE_TABLE, everyone

ONE_CLOCK = "the clock is never set back, and those of the two Loggers agree"


@stated(
    claims="CI-2",
    source=KEYS,
    given=ONE_TABLE,
    cases=[
        case(
            "whatever_the_rate",
            "two records can be made in one unit of the clock",
            given={"records_per_unit": 2},
            role=as_stated,
            assumptions=(ONE_CLOCK, "the page does not say in which unit of the clock the key is counted"),
            finding=KEY_FALLS_BACK,
        ),
        case(
            "if_units_are_fine_enough",
            "there are never more records than units of the clock",
            given={"records_per_unit": 1},
            role=condition,
            assumptions=ONE_CLOCK,
        ),
        case(
            "whatever_the_clock",
            "the clock is set back once",
            given={"clock_set_backs": 1},
            role=CLOCK_SET_BACK,
            finding=KEY_FALLS_BACK,
        ),
        case(
            "whatever_the_clock_if_started_above_own_tables",
            "the clock is set back once, and a primary never starts below the keys in its own tables",
            given={"clock_set_backs": 1, "key_start": "clock_and_own_tables"},
            role=CLOCK_SET_BACK,
            finding=KEY_FALLS_BACK,
        ),
    ],
)
def keys_rise(d: System) -> Property:
    """Each record has a higher recovery key than every record made before it."""
    key = d.data.key
    return always(all_of((j < d.data.made).implies(key[i] < key[j]) for j in everyone(d) for i in range(j)))


@stated(claims="CI-2", source=KEYS, given={**ONE_TABLE, "logger_failures": 0}, by_construction=True)
def the_key_is_raised_by_one_for_each_record(d: System) -> Property:
    """Between two initialisations the key is raised once for each record, and the record gets the raised key."""
    last = all_of((d.data.made == i + 1).implies(d.data.key[i] == d.recovery_key.counter) for i in everyone(d))
    return always((d.recovery_key.counter == d.data.made) & last)
