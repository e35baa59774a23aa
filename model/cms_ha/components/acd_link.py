"""An ACD link: carries the call data of the Communication Manager to one CMS server."""

from typing import Any

from drcheck import Component, Counter, Expression, on


def acd_link(
    name: str, pump_up: int, may_fail: bool, shared: bool, administered: Expression | None = None
) -> Component:
    """The link of one server (CMS High Availability page, ACD link failures; CMS full version upgrades).

    After any interruption of the link the Communication Manager sends its translations again before data flows: the
    pump-up, which takes `pump_up` ticks (`left`). Where the two links run over different C-LAN circuit packs and
    subnets each fails on its own; where they share a path (`shared`) both fail in one event. How long a
    repair takes is the environment's choice. `administered` (only where the Communication Manager is upgraded): the
    release in service is administered, so that a pump-up can begin; until then the link waits for it.
    """
    failing = "acd_path_fails" if shared else f"{name}_fails"
    left = Counter(
        "left",
        cap=pump_up,
        unit="ticks",
        doc="How long the pump-up still takes.",
        told="the pump-up of {component} still takes {value}",
    )
    pump = {left: pump_up}
    ready: dict[str, Any] = {} if administered is None else {"when": administered}
    transitions = [
        on(failing, "up", "down", when=may_fail, kind="environment", fault="failure", doc="the path of the ACD link fails"),
        on(failing, "pumping_up", "down", when=may_fail, then={left: 0}),
        *([on(failing, "down")] if shared else []),
        on(f"{name}_restored", "down", "pumping_up", **ready, then=pump, kind="environment"),
        on("tick", "pumping_up", when=left > 0, then={left: left - 1}),
        on("pumped_up", "pumping_up", "up", when=left == 0, internal=True, urgent=True, doc="data flows again"),
    ]  # a transition a row  # fmt: skip
    states = ["up", "down", "pumping_up"]
    if administered is not None:
        states.append("waiting")
        transitions += [
            on(f"{name}_restored", "down", "waiting", unless=administered),
            on("cut", ["up", "pumping_up"], "waiting", then={left: 0}),
            on("pump_up", "waiting", "pumping_up", then=pump),
            on(failing, "waiting", "down", when=may_fail),
        ]
    return Component(
        name, states=states, variables=[left], transitions=transitions, doc="The ACD link of one CMS server."
    )
