"""A design with any number of events: services at two sites, each fed by the one before, over a network that fails.

Each service has what the designs of this repository have: a queue of what is not yet replicated, an outage that is timed,
a takeover by the other site with what it loses, and the way back. It adds eight events. The network has three (the clock
is one of them), and the operator has those that are left over. There are far more states than can be exhausted; what is
measured on such a design is what depends on the number of its events.
"""

from __future__ import annotations

from drcheck.engines.protocol import Query
from drcheck.language.component import Component, on
from drcheck.language.durations import hours
from drcheck.language.functions import total
from drcheck.language.variables import Age, Counter
from drcheck.system.composition import compose
from drcheck.system.lowering import lower
from drcheck.system.system import System

FEWEST = 13
"""Events of the smallest such design, which has one service."""
EACH, OTHERS = 8, 4
"""Events of a service; those of the network, and the one with which the operator closes a case."""
QUEUE, LOSS = 3, 3
PATIENCE, LONGEST = hours(2), hours(3)


def generated(events: int) -> System:
    """The design with so many events, FEWEST at least; the same each time."""
    assert events >= FEWEST
    count = (events - OTHERS - 1) // EACH
    network = _network()
    services: list[Component] = []
    for number in range(count):
        services.append(_service(number, network, services[-1] if services else None))
    calls = events - OTHERS - EACH * count
    return compose("generated", [network, *services, _operator(calls, network, services)], tick=hours(1))


def question(system: System) -> Query:
    """That a service is taken over although the network is up; that all are at the other site; how much is lost at most."""
    link = system.component("network")
    services = [c for c in system.components if c.name.startswith("service")]
    moved = services[0].elsewhere
    for service in services[1:]:
        moved = moved & service.elsewhere
    watches = (*(link.up & service.elsewhere for service in services), moved)
    lost = total([service.variable("lost") for service in services])
    return Query(tuple(lower(system, watch) for watch in watches), (lower(system, lost),))


def _network() -> Component:
    outage = Age("outage", cap=LONGEST)
    return Component(
        "network",
        ["up", "down"],
        variables=[outage],
        transitions=[
            on("network_fails", "up", "down", kind="environment"),
            on("tick", "down", when=outage < LONGEST, then={outage: outage + 1}),
            on("network_restored", "down", "up", then={outage: 0}, kind="environment"),
        ],
    )


def _service(number: int, network: Component, before: Component | None) -> Component:
    """A service; `before`: the one that feeds it, which has to be up for that."""
    waiting, lost, silence = Counter("waiting", cap=QUEUE), Counter("lost", cap=LOSS), Age("silence", cap=LONGEST)
    fed = waiting < QUEUE if before is None else (waiting < QUEUE) & ~before.down
    back = network.up & (waiting == 0)
    if before is not None:
        back = back & before.in_service
    transitions = [
        on(f"accept{number}", "in_service", when=fed, then={waiting: waiting + 1}),
        on(f"replicate{number}", "in_service", when=network.up & (waiting > 0), then={waiting: waiting - 1}),
        on(f"fail{number}", "in_service", "down", kind="environment"),
        on("tick", "down", then={silence: silence + 1}),
        on(f"restart{number}", "down", "in_service", when=silence < PATIENCE, then={silence: 0}),
        on(
            f"take_over{number}", "down", "elsewhere", when=silence >= PATIENCE,
            then={lost: lost + waiting, waiting: 0, silence: 0},
        ),
        on(f"accept_elsewhere{number}", "elsewhere", when=fed, then={waiting: waiting + 1}),
        on(
            f"give_up{number}", "elsewhere", when=network.down & (network.variable("outage") >= LONGEST) & (waiting > 0),
            then={waiting: waiting - 1, lost: lost + 1},
        ),
        on(f"return{number}", "elsewhere", "in_service", when=back),
    ]  # a transition a row  # fmt: skip
    return Component(
        f"service{number}",
        ["in_service", "down", "elsewhere"],
        variables=[waiting, lost, silence],
        transitions=transitions,
    )


def _operator(calls: int, network: Component, services: list[Component]) -> Component:
    """Who is called, in so many ways, when services are down."""
    cases = Counter("cases", cap=calls)
    pages = []
    for number in range(calls):
        service = services[number % len(services)]
        fault = service.down | (service.variable("lost") > number // len(services)) & network.down
        pages.append(on(f"call{number}", "idle", "busy", when=fault, then={cases: cases + 1}))
    return Component(
        "operator", ["idle", "busy"], variables=[cases], transitions=[*pages, on("close_case", "busy", "idle")]
    )
