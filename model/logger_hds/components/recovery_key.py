"""The recovery key, the primary Logger that initialises it, and the clock from which it is initialised."""

from drcheck import Component, Expression, Integer, maximum, on, outcome

NO_PRIMARY = "no_primary"


def clock(records: int, made: Expression, records_per_unit: int, may_be_set_back: bool) -> Component:
    """GMT date and time in the unit of the recovery key.

    While records are made the clock advances by one unit for every `records_per_unit` of them, which is as slowly as the
    assumed rate of records allows; a clock that runs on while nothing is made only leaves gaps between keys. A clock
    that is set back loses any number of units. The clocks of the two Loggers are one here: a Logger whose clock is
    behind the other's sees, when it becomes primary, what it would see of a clock set back.
    """
    gmt = Integer("gmt", 0, records, doc="GMT date and time, in the unit of the recovery key.")
    transitions = [
        on("advances", "running", when=(made + 1) % records_per_unit == 0, then={gmt: gmt + 1}),
        on("time_passes", "running", doc="nothing happens for a while: nothing has to happen at once"),
    ]
    if may_be_set_back:
        transitions.append(
            on(
                "set_back",
                "running",
                when=gmt > 0,
                kind="environment",
                fault="clock set back",
                outcomes=[outcome(then={gmt: maximum(gmt - units, 0)}) for units in range(1, records + 1)],
                doc="the clock is set back",
            )
        )
    return Component("clock", states=["running"], variables=[gmt], transitions=transitions, doc="GMT date and time.")


class RecoveryKey:
    """The recovery key: `counter` is the last key given. It is raised by one before each record is inserted."""

    def __init__(self, records: int) -> None:
        self.counter = Integer(
            "counter", 0, records, doc="The recovery key that was given last.", told="key {value} was given last"
        )

    def component(
        self, online: dict[str, Expression], gmt: Expression, at_least: dict[str, Expression], cold_start: bool
    ) -> Component:
        """The key and who is primary (Logger page, Recovery Keys). `online`: whether each Logger is, by side.

        `gmt`: the clock; `at_least`: a key below which a Logger does not start, by side.

        The Logger that finishes initialising while there is no primary becomes the primary and sets the key from the
        clock. When the primary fails the other Logger, if it is online, is primary from then on and goes on counting: it
        counts the same records. A Logger that finishes initialising later takes the key from the primary.
        """
        counter = self.counter
        named = {side: f"primary_{side}" for side in online}
        transitions = [on("increments", list(named.values()), then={counter: counter + 1})]
        for side, primary in named.items():
            others = [other for other in online if other != side]
            transitions += [
                on(f"initialised_{side}", NO_PRIMARY, primary, then={counter: maximum(gmt, at_least[side])}),
                on(f"initialised_{side}", list(named.values())),
                *(on(f"lost_{side}", primary, named[other], when=online[other]) for other in others),
                on(f"lost_{side}", primary, NO_PRIMARY),
                *(on(f"lost_{side}", named[other]) for other in others),
            ]
        return Component(
            "recovery_key",
            states=[NO_PRIMARY, *named.values()],
            initial=NO_PRIMARY if cold_start else "primary_a",
            variables=[counter],
            transitions=transitions,
            doc="The base key of all historical tables, and the primary Logger that initialises it.",
        )
