"""Flows: which legs the model has, what is refused, and how architectures show them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest

from drcheck import Component, DrcheckError, ParameterRole, System, all_of, compose, design, disruption, flow, hours, on
from drcheck.designs.objectives import under_disruptions
from drcheck.render.drawing import to_mermaid, to_svg
from drcheck.render.structure import architecture
from drcheck.render.svg import texts
from drcheck.render.ways import apart
from drcheck.system.ways import legs


def plant(**flows: Any) -> System:
    """A source whose queue a pump empties; a store that a keeper fills from the pump; a clerk whom nobody knows."""
    source = Component("source", ["on"], transitions=[on("tick", "on")])
    queue = Component(
        "queue", ["on", "off"], transitions=[on("tick", "on"), on("queue_fails", "on", "off", fault="loss")]
    )
    pump = Component("pump", ["on"], transitions=[on("pumps", "on", when=queue.on)])
    keeper = Component("keeper", ["on"], transitions=[on("pumps", "on"), on("files", "on")])
    store = Component("store", ["on"], transitions=[on("opens", "on", when=pump.on)])
    seal = Component("seal", ["on"], transitions=[on("files", "on", when=store.on)], doc="Seals what is filed.")
    parts = [source, queue, pump, keeper, store, seal]
    return compose("plant", parts, tick=hours(1), faults={"loss": 1}, **flows)


def way(path: list[str], *movers: str) -> tuple[bool, ...]:
    system = plant(flows=[flow(path, "goods", moved_by=movers, source="the plan")])
    return tuple(leg.modelled for leg in legs(system, system.flows[0]))


def test_a_leg_is_modelled_where_rows_of_a_mover_join_its_ends() -> None:
    assert way(["source", "queue", "pump"], "tick") == (True, False)  # both have a row; the pump's is of another event
    assert way(["queue", "pump", "keeper"], "pumps") == (True, True)  # a guard reads the queue; both take part
    assert way(["pump", "queue"], "pumps") == (True,)  # in either direction
    assert way(["keeper", "store", "pump"], "files", "opens") == (True, True)  # the seal's row reads the store
    assert way(["keeper", "pump", "source"], "pumps") == (True, False)


def refused(make: Callable[[], object]) -> str:
    with pytest.raises(DrcheckError) as caught:
        make()
    return f"{caught.value.code} {caught.value.message}"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((["queue"], "goods", "pumps", "x"), "DR155 the flow of goods needs two or more components"),
        ((["queue", "queue"], "goods", "pumps", "x"), "DR155 the flow of goods needs two or more components"),
        (("queue", "goods", "pumps", "x"), "DR155 the flow of goods: its path is a list of components"),
        ((["queue", 3], "goods", "pumps", "x"), "DR155 the flow of goods cannot pass 3"),
        ((["queue", "pump"], " ", "pumps", "x"), "DR155 what flows is a text"),
        ((["queue", "pump"], "goods", [], "x"), "DR155 the flow of goods cannot be moved by []"),
        ((["queue", "pump"], "goods", "pumps", " "), "DR155 the flow of goods has ' ' for a source"),
        ((["queue", "well"], "goods", "pumps", "x"), "DR155 the flow of goods in system plant passes well"),
        ((["queue", "pump"], "goods", "flies", "x"), "DR155 the flow of goods in system plant is moved by flies"),
        ((["queue", "pump"], "goods", "queue_fails", "x"), "DR155 the flow of goods in system plant is moved by queue_fails"),
        ((["source", "store"], "goods", "opens", "x"), "DR156 the flow of goods in system plant is no part of the model"),
    ],
)  # a case a row  # fmt: skip
def test_what_is_no_flow_is_refused(arguments: tuple[Any, ...], said: str) -> None:
    path, what, movers, source = arguments
    assert refused(lambda: plant(flows=[flow(path, what, moved_by=movers, source=source)])).startswith(said)


def test_flows_are_a_list_of_flows() -> None:
    assert refused(lambda: plant(flows=["queue"])) == "DR155 system plant: 'queue' is no flow"


def test_the_architecture_shows_the_way() -> None:
    system = plant(flows=[flow(["source", "queue", "pump"], "goods", moved_by="tick", source="the plan, page 2")])
    diagram = architecture(system)
    mermaid = to_mermaid(diagram)
    assert "c0_source ==> c1_queue" in mermaid
    assert "c1_queue -.-> c2_pump" in mermaid
    beside = dict(apart(diagram))
    assert beside["seal"] == "Seals what is filed; reads store"
    assert beside["budget of faults"] == "1 loss"
    shown = " ".join(texts(to_svg(diagram)))
    for text in (
        "goods: source > queue > pump (the plan, page 2)",
        "Stated, not modelled: queue to pump",
        "seal: Seals what is filed; reads store",
        "Which components share which events",
        "files",
    ):
        assert text in shown


@design(title="A line")
def line(
    first_fails: Annotated[int, "how often the first may fail", range(2), ParameterRole.FAULT] = 0,
    second_fails: Annotated[int, "how often the second may fail", range(2), ParameterRole.FAULT] = 0,
) -> System:
    """Only what can fail is read."""

    def station(name: str, fails: int) -> Component:
        states = ["on", "off"] if fails else ["on"]
        broken = [on(f"{name}_fails", "on", "off", fault=name)] if fails else []
        return Component(name, states, initial="on", transitions=[on("rests", states), *broken])

    first, second = station("first", first_fails), station("second", second_fails)
    read = [part.on for part, fails in ((first, first_fails), (second, second_fails)) if fails]
    sink = Component("sink", ["on"], transitions=[on("takes", "on", when=all_of(read) if read else True)])
    store = Component("store", ["on"], transitions=[on("takes", "on")])
    return compose(
        "line",
        [first, second, sink, store],
        tick=hours(1),
        faults={name: fails for name, fails in (("first", first_fails), ("second", second_fails)) if fails},
        flows=[flow([first, second, sink, store], "goods", moved_by="takes", source="the plan")],
        objectives=[disruption("the first fails", first_fails=1), disruption("the second fails", second_fails=1)],
    )


def test_a_leg_that_only_faults_bring_in_is_modelled_in_the_drawing() -> None:
    def solid(settings: dict[str, Any], beside: bool) -> list[bool]:
        more = under_disruptions(line, settings) if beside else ()
        (found,) = architecture(line.build(settings), more).ways
        return [leg.modelled for leg in found.legs]

    assert solid({}, beside=False) == [False, False, True]
    assert solid({}, beside=True) == [True, True, True], "the first leg is read where both can fail"
    assert solid({"first_fails": 0}, beside=True) == [False, True, True], "what is asked for is kept"
