"""A protected power circuit."""

from drcheck import Component, on

AREA = "area_power_fails"
"""The trigger of an outage of the whole area, in which every circuit takes part."""


def power_circuit(name: str, may_fail: bool, area: bool) -> Component:
    """One circuit; it fails alone, or with `area` together with the others (CMS High Availability page, Power failures).

    How long an outage lasts is the environment's choice: an extended outage is one that outlasts the charge of the UPS.
    """
    transitions = [
        on(f"{name}_fails", "powered", "failed", when=may_fail, kind="environment", fault="failure", doc="the circuit fails"),
        on(f"{name}_restored", "failed", "powered", kind="environment"),
    ]  # a transition a row  # fmt: skip
    if area:
        transitions += [
            on(
                AREA,
                "powered",
                "failed",
                when=may_fail,
                kind="environment",
                fault="failure",
                doc="the power of the area fails: every circuit",
            ),
            on(AREA, "failed"),
        ]
    return Component(name, states=["powered", "failed"], transitions=transitions, doc="A protected power circuit.")
