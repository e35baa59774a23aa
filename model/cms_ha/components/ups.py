"""An uninterruptible power supply: carries what hangs on it while its circuit is without power."""

from drcheck import Component, Counter, Expression, minimum, on


def battery(runtime: int) -> Counter:
    """The charge of a UPS, in ticks that it can carry its load."""
    return Counter(
        "charge",
        cap=runtime,
        start=runtime,
        cap_is="the capacity of the battery",
        unit="ticks",
        doc="How long the battery carries its load.",
        told="{component} carries its load for {value}",
    )


def supplied(circuit: Component, charge: Counter) -> Expression:
    """Whether there is power behind a UPS: from its circuit, or from its battery."""
    return circuit.powered | (charge > 0)


def ups(
    name: str, circuit: Component, charge: Counter, drawing: Expression, runtime: int, recharge: int, in_time: bool
) -> Component:
    """A UPS with its battery (`charge`) (CMS High Availability page, Power failures).

    It drains while the circuit has failed and something draws (`drawing`), and regains `recharge` ticks of charge in
    each tick with mains. `in_time`: the operators always shut the load down before the charge is used up, so time does
    not pass over the moment at which it would be (the page asks for it; whether it is done is a parameter of the design).
    """
    on_battery = circuit.failed & drawing
    last = on_battery & (charge <= 1)
    states = ["charged", "exhausted"]
    return Component(
        name,
        states=states,
        variables=[charge],
        transitions=[
            on("tick", states, "charged", when=circuit.powered, then={charge: minimum(charge + recharge, runtime)}),
            on("tick", "charged", "exhausted", when=last & (not in_time), then={charge: 0}),
            on("tick", "charged", when=on_battery & ~last, then={charge: charge - 1}),
            on("tick", states, when=~on_battery),
        ],
        doc="An uninterruptible power supply.",
    )
