"""Systems for the tests of drawings: a small service at two sites with a link, an awkward one, and a crowded one."""

from __future__ import annotations

from drcheck import (
    Age,
    Array,
    Boolean,
    Choice,
    Component,
    Counter,
    Integer,
    Site,
    System,
    compose,
    event,
    hours,
    if_else,
    maximum,
    on,
    outcome,
)
from drcheck.language.expressions import Operand
from drcheck.system.trace import Trace, along


def link() -> Component:
    outage = Age("outage", cap=hours(14))
    return Component(
        "link",
        states=["up", "down"],
        variables=[outage],
        transitions=[
            on("link_fails", "up", "down", kind="environment", fault="outage"),
            on("link_restored", "down", "up", then={outage: 0}, kind="environment"),
            on("tick", "down", when=outage < hours(14), then={outage: outage + 1}),
        ],
        doc="The network between the two sites. It fails at most as often as the fault budget says.",
    )


def site(name: str) -> Component:
    return Component(
        name,
        states=["operating", "failed"],
        transitions=[on("fails", "operating", "failed", kind="environment", fault="site")],
        doc=f"The {name} site as a whole.",
    )


def database(name: str) -> Component:
    rows = Integer("rows", 0, 3)
    slots = Array("slot", Boolean("used"), length=2)
    return Component(
        name,
        states=["open", "recovering", "lost"],
        variables=[rows, slots],
        transitions=[
            on(f"{name}_store", "open", when=rows < 3, then={rows: rows + 1, slots[0]: True}),
            on(f"{name}_recover", "lost", "recovering", kind="operator"),
            on(f"{name}_recovered", "recovering", "open", then={rows: 0}, urgent=True),
            on("site_fails", "*", "lost"),
        ],
        doc="The database; what is stored in it is lost with the site.",
    )


def server(name: str, store: Component, line: Component) -> Component:
    waiting = Age("waiting", cap=hours(8))
    mode = Choice("mode", ["primary", "standby"], start="primary" if name.endswith("east") else "standby")
    return Component(
        name,
        states=["idle", "extracting", "waiting_on_source", "stopped", "failed"],
        variables=[waiting, mode],
        transitions=[
            on(f"{name}_begin", "idle", "extracting", when=line.up & (mode == "primary") & store.open),
            on(f"{store.name}_store", "extracting", "idle"),
            on(f"{name}_blocked", "extracting", "waiting_on_source", when=line.down | ~store.state("open")),
            on(
                f"{name}_resume",
                "waiting_on_source",
                when=line.up,
                outcomes=[outcome("extracting", {waiting: 0}, probability=3), outcome("idle", {waiting: 0})],
            ),
            on("tick", "waiting_on_source", when=waiting < hours(8), then={waiting: waiting + 1}),
            on("tick", ["idle", "stopped"]),
            on(f"{name}_stop", ["idle", "extracting", "waiting_on_source"], "stopped", kind="operator"),
            on(f"{name}_promote", "stopped", "idle", then={mode: if_else(line.down, "primary", mode)}, kind="operator"),
            on("site_fails", "*", "failed"),
        ],
        doc="Moves what the source holds into the database. It waits where the source is not to be had.",
    )


def pair() -> System:
    """Two sites with a server and a database each, and the link between them."""
    line = link()
    sites = []
    for place in ("east", "west"):
        store = database(f"database_{place}")
        sites.append(Site(site(place), (server(f"server_{place}", store, line), store)))
    members = [line, *(c for s in sites for c in (s.component, *s.members))]
    return compose(
        "pair", members, sites=sites, tick=hours(1), faults={"outage": 2, "site": 1}, title="A service at two sites"
    )


def awkward() -> System:
    """Everything that could break a picture's syntax: quotes, brackets, semicolons, long words, one state."""
    value = Integer("a_variable_with_a_rather_long_name_indeed", 0, 9)
    level = Choice("level", ['say "hi"; now', "a<b>&c", "x:y#z", "{left|right}", "back\\slash", "two\nlines"])
    odd = Component(
        "end",
        states=["state", "note", "down"],
        variables=[value, level],
        transitions=[
            on(
                "end",
                "state",
                "note",
                when=(level == 'say "hi"; now') & (value >= 1) & (value <= 8),
                then={level: "a<b>&c", value: maximum(value - 1, 0)},
            ),
            on(
                "click",
                "note",
                "down",
                when=level.is_in("x:y#z", "{left|right}", "back\\slash", "two\nlines"),
                then={level: "{left|right}"},
            ),
            on("style", "down", "state", then={level: "two\nlines"}),
            on("grow", ["state", "note"], when=value < 9, then={value: value + 1}, urgent=True, priority=2),
        ],
        doc='A "quoted" <doc> & more; with {braces}, a backslash \\ and a # sign.',
    )
    single = Component("graph", states=["only"], transitions=[on("end", "only")], doc="Not a word\nmore.")
    return compose("awkward", [odd, single], events=[event("grow", {odd: "grow"}, doc="it grows; it #1 grows")])


CROWD = (
    ("calls", "Calls and chats that are in progress at the site"),
    ("voice_source", "Voice events from the telephony server"),
    ("multimedia_source", "Chats and e-mails"),
    ("configuration_source", "Changes of the configuration"),
    ("writer_local", "Writes what happens at this site"),
    ("writer_remote", "Writes what happens at the other site; it has a queue that outlives an outage"),
    ("intermediate_store", "Raw data of both sites"),
    ("server", "Extracts, transforms and loads"),
    ("warehouse", "Facts, high-water marks and partitions"),
    ("aggregation", "Sums facts up"),
    ("reports", "What users see"),
)


def crowd() -> System:
    """Twenty-six components at two sites with a link and an operator: a picture that must still be read."""
    line = link()
    outage = line.variable("outage")
    sites, everyone = [], []
    for place in ("north", "south"):
        home = site(place)
        made: dict[str, Component] = {}
        previous: str | None = None
        for name, doc in CROWD:
            full = f"{name}_{place}"
            backlog = Counter("backlog", cap=4)
            seen: Operand = backlog < 4
            if name == "writer_remote":
                seen = (backlog < 4) & line.up & (outage == 0)
            if name in ("server", "aggregation"):
                seen = (backlog < 4) & home.operating & made[f"intermediate_store_{place}"].running
            transitions = [
                on(f"{full}_works", "running", when=seen, then={backlog: backlog + 1}),
                on(f"{full}_stop", "running", "stopped", kind="operator"),
                on(f"{full}_start", "stopped", "running", kind="operator"),
                on("site_fails", "*", "lost"),
            ]
            if previous and not name.endswith("source"):
                transitions.append(on(f"{previous}_works", "running", then={backlog: backlog - 1}))
            if name == "writer_local":
                transitions += [on(f"{other}_{place}_works", "running") for other in ("calls", "voice_source")]
            if name == "server":
                transitions += [
                    on(f"{place}_maintenance", "running", kind="operator"),
                    on(f"{place}_upgrade", "running", kind="operator"),
                ]
            if name in ("warehouse", "aggregation", "reports"):
                transitions.append(on(f"{place}_maintenance", "running", kind="operator"))
            if name == "warehouse":
                transitions.append(on(f"{place}_upgrade", "running", kind="operator"))
            made[full] = Component(
                full, ["running", "stopped", "lost"], variables=[backlog], transitions=transitions, doc=doc + "."
            )
            previous = full
        sites.append(Site(home, tuple(made.values())))
        everyone += [home, *made.values()]
    desk = Component(
        "operator",
        states=["watching", "moving", "done"],
        transitions=[
            on("server_north_stop", "watching", "moving", kind="operator"),
            on("server_south_start", "moving", "done", kind="operator", when=line.down),
            on("aggregation_south_start", "moving", kind="operator"),
            on("warehouse_south_start", "moving", kind="operator"),
            on("reports_south_start", "moving", kind="operator"),
        ],
        doc="Follows the runbook for the loss of a site.",
    )
    return compose(
        "crowd",
        [line, desk, *everyone],
        sites=sites,
        tick=hours(1),
        faults={"outage": 1, "site": 1},
        title="A crowded pair of sites",
    )


def walk(system: System, names: list[str], loop: int | None = None, marks: dict[int, str] | None = None) -> Trace:
    """The trace of the named events, each taking its first alternative."""
    from drcheck.system.oracle import Oracle

    oracle = Oracle(system)
    states = [system.initial]
    numbers = {e.name: n for n, e in enumerate(system.events)}
    for name in names:
        found = [s.target for s in oracle.successors(states[-1]) if s.event == numbers[name] and s.target is not None]
        assert found, f"{name} cannot happen in {system.decode(states[-1])}"
        states.append(found[0])
    trace = along(system, states, [numbers[name] for name in names], loop=loop)
    trace.marks.update(marks or {})
    return trace


__all__ = ["awkward", "crowd", "pair", "walk"]
