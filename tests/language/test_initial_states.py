"""Several initial states: which there are and in which order, what is decided of them, and what is shown of a trace's start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from transitions import Machine

from drcheck import (
    Age,
    Array,
    Boolean,
    Choice,
    Component,
    Counter,
    Integer,
    Property,
    System,
    always,
    can_always,
    compose,
    deadlock_free,
    eventually,
    finally_,
    globally,
    happens,
    hours,
    leads_to,
    ltl,
    never,
    on,
    reachable,
    standalone,
    whenever,
    worst_case,
)
from drcheck.engines.choose import engine_named
from drcheck.engines.native.engine import NativeEngine
from drcheck.engines.plain_search import unsearched
from drcheck.engines.protocol import Exploration, Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import ModelError
from drcheck.interop import murphi, promela
from drcheck.interop.networkx_graph import state_graph
from drcheck.reductions.form import DEAD_VARIABLES, PARTIAL_ORDER, SYMMETRY
from drcheck.render.chart import sequence_chart
from drcheck.render.machine import machine_diagram
from drcheck.render.mermaid import machine_mermaid, sequence_mermaid
from drcheck.sampling.bitstate import bit_search
from drcheck.sampling.walks import followed, simulate
from drcheck.system.commands import starts
from drcheck.system.lowering import lower
from drcheck.system.oracle import Oracle
from drcheck.system.system import starts_of
from drcheck.system.trace import along
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion, Verdict
from tests.support.engines import equal
from tests.support.reducing import assert_representatives, reduced
from tests.support.trace_lines import trace_text

ENGINES = ["reference", "python", "numpy", *(["native"] if NativeEngine.available() else [])]


def pair(**start: object) -> System:
    """A site that is primary or standby, and how far behind it is, which nothing changes."""
    gap = Integer("gap", 0, 5, start=start.get("gap", [4, 1]))  # type: ignore[arg-type]
    site = Component(
        "site",
        ["lost", "primary", "standby", "done"],
        initial=start.get("initial", ["standby", "primary"]),  # type: ignore[arg-type]
        variables=[gap],
        transitions=[
            on("fails", ["primary", "standby"], "lost"),
            on("takes_over", "standby", "primary", when=gap < 3),
            on("ends", "primary", "done"),
        ],
    )
    return compose("pair", [site])


def explored(system: System, engine: str = "python", **limits: object) -> Exploration:
    return engine_named(engine).explore(system, Query(graph=True), Limits(**limits))  # type: ignore[arg-type]


def verdict(system: System, item: Property, engine: str = "python", **options: object) -> Verdict:
    return check(system, [item], engine=engine, **options)[-1]  # type: ignore[arg-type]


# -- which there are -----------------------------------------------------------------------------------------------------
def test_they_are_all_combinations_in_the_order_of_cells_and_values() -> None:
    x, late = Integer("x", -1, 3, start=[3, -1]), Boolean("late", start=[True, False])
    mode = Choice("mode", ["off", "slow", "fast"], start=["fast", "off"])
    first = Component("first", ["a", "b", "c"], initial=["c", "a"], variables=[x], transitions=[on("go", "*", "b")])
    second = Component("second", ["s"], variables=[late, mode], transitions=[on("go", "s")])
    system = compose("sample", [first, second])
    assert [system.decode(state) for state in system.initial_states] == [
        {"first": a, "first.x": x, "second": "s", "second.late": late, "second.mode": mode}
        for a in ("a", "c")
        for x in (-1, 3)
        for late in (False, True)
        for mode in ("off", "fast")
    ]
    assert system.initials == 16
    assert system.initial == system.initial_states[0]
    assert starts_of(system) == {0: (0, 2), 1: (-1, 3), 3: (0, 1), 4: (0, 2)}


@pytest.mark.parametrize(
    ("make", "starts"),
    [
        (lambda: Boolean("v", start=[True]), (True,)),
        (lambda: Integer("v", 0, 9, start=range(2, 9, 3)), (2, 5, 8)),
        (lambda: Integer("v", 0, 9, start=(n for n in (4, 2))), (2, 4)),
        (lambda: Counter("v", start=[2, 7]), (2, 7)),
        (lambda: Counter("v", cap=9, start=[2, 7]), (2, 7)),
        (lambda: Age("v", hours(3), start=[0, 3]), (0, 3)),
        (lambda: Choice("v", ["a", "b", "c"], start=["c", "b"]), ("b", "c")),
        (lambda: Integer("v", 1, 3), (1,)),
    ],
)
def test_start_values_of_each_kind(make: Callable[[], Integer], starts: tuple[object, ...]) -> None:
    made = make()
    assert (made.starts, made.start) == (starts, starts[0])


def test_each_element_of_an_array_starts_for_itself() -> None:
    slots = Array("slot", Boolean("taken", start=[False, True]), 3)
    system = compose("sample", [Component("c", ["s"], variables=[slots], transitions=[on("go", "s")])])
    assert [state[1:] for state in system.initial_states] == [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]


@pytest.mark.parametrize(
    ("initial", "states"),
    [
        ("down_*", ("down_a", "down_b")),
        (["up", "down_?"], ("up", "down_a", "down_b")),
        ("*", ("up", "down_a", "down_b")),
        (("down_b", "up"), ("up", "down_b")),
        (["up"], ("up",)),
        ("up", ("up",)),
        (None, ("up",)),
    ],
)
def test_states_to_start_in(initial: object, states: tuple[str, ...]) -> None:
    rows = [on("a", "up", "down_a"), on("b", "up", "down_b"), on("back", "down_*", "up")]
    made = Component("c", ["up", "down_a", "down_b"], initial, transitions=rows)  # type: ignore[arg-type]
    assert (made.initial_states, made.initial) == (states, states[0])


def test_a_state_in_which_a_component_may_start_needs_no_transition_to_it() -> None:
    with pytest.raises(ModelError, match="DR112"):
        Component("c", ["a", "b", "c"], ["a"], transitions=[on("go", ["a", "b"], "c")])
    Component("c", ["a", "b", "c"], ["a", "b"], transitions=[on("go", ["a", "b"], "c")])


def test_a_machine_that_is_taken_in_may_start_elsewhere() -> None:
    machine = Machine(states=["up", "down"], initial="up", auto_transitions=False)
    machine.add_transition("fails", "up", "down")
    machine.add_transition("back", "down", "up")
    assert Component.from_machine("c", machine).initial_states == ("up",)
    assert Component.from_machine("c", machine, initial=["down", "up"]).initial_states == ("up", "down")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: Integer("v", 0, 3, start=[1, 4]), "DR107"),
        (lambda: Integer("v", 0, 3, start=[1, True]), "DR107"),
        (lambda: Integer("v", 0, 3, start=[[1], 2]), "DR107"),  # type: ignore[list-item]
        (lambda: Integer("v", 0, 3, start=[2, 2]), "DR153"),
        (lambda: Integer("v", 0, 3, start={1, 2}), "DR123"),
        (lambda: Integer("v", 0, 1 << 21, start=range((1 << 20) + 1)), "DR154"),
        (lambda: Counter("v", cap=2, start=[0, 3]), "DR107"),
        (lambda: Boolean("v", start=[0, 1]), "DR107"),
        (lambda: Boolean("v", start=[]), "DR153"),
        (lambda: Choice("v", ["a", "b"], start=["a", "x"]), "DR103"),
        (lambda: Choice("v", ["a", "b"], start=["a", "a"]), "DR153"),
        (lambda: Component("c", ["a", "b"], [], transitions=[on("go", "a", "b")]), "DR153"),
        (lambda: Component("c", ["a", "b"], ["a", "x"], transitions=[on("go", "a", "b")]), "DR104"),
        (lambda: Component("c", ["a", "b"], ["a", 1], transitions=[on("go", "a", "b")]), "DR104"),  # type: ignore[list-item]
        (lambda: Component("c", ["a", "b"], {"a", "b"}, transitions=[on("go", "a", "b")]), "DR123"),
        (lambda: Component("c", ["a", "b"], 3, transitions=[on("go", "a", "b")]), "DR104"),  # type: ignore[arg-type]
    ],
)
def test_what_is_refused(make: Callable[[], object], code: str) -> None:
    with pytest.raises(ModelError) as error:
        make()
    assert error.value.code == code


def test_very_many() -> None:
    many = 1 << 16
    x = Integer("x", 0, many, start=range(many))
    system = compose("many", [Component("c", ["s", "t"], variables=[x], transitions=[on("go", "s", "t")])])
    found = [engine_named(engine).explore(system, Query((), (), graph=True)) for engine in ENGINES[1:]]
    assert all((each.states, each.transitions, each.depth) == (2 * many, many, 1) for each in found)
    assert all(each.ancestry(2 * many - 1) == [many - 1, 2 * many - 1] for each in found)


# -- what is found -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("engine", ENGINES)
def test_a_search_begins_with_all_of_them(engine: str) -> None:
    system = pair()
    found = explored(system, engine)
    named = [tuple(system.decode(found.state(n)).values()) for n in range(found.states)]
    assert named[:4] == [("primary", 1), ("primary", 4), ("standby", 1), ("standby", 4)]
    assert named[4:] == [("lost", 1), ("done", 1), ("lost", 4), ("done", 4)]
    assert [found.parent(n) for n in range(found.states)] == [0, 1, 2, 3, 0, 0, 1, 1]
    assert (found.transitions, found.depth, found.deadlocks, found.deadlock) == (7, 1, 4, 4)
    assert [found.ancestry(n) for n in (3, 6)] == [[3], [1, 6]]
    equal(found, explored(system))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("states", [0, 1, 3, 5])
def test_a_limit_below_their_number_stops_all_engines_alike(engine: str, states: int) -> None:
    system = pair(gap=range(6))
    query = Query((system.events[1].guard,), (system.cells[1],))
    got, expected = (engine_named(name).explore(system, query, Limits(states=states)) for name in (engine, "python"))
    assert (expected.states, expected.complete) == (12, False)
    assert expected.hits == (6,)  # standby, none behind
    assert expected.maxima == ((5, 5),)
    equal(got, expected)


def test_a_search_that_cannot_begin_tells_of_the_first_ones() -> None:
    for gap, states in ((range(6), 12), (range(200), 64)):
        x = Integer("x", 0, 200, start=gap)
        c = Component("c", ["s", "t"], "*", [x], [on("go", "s", "t", when=x == 5)])
        system = compose("sample", [c])
        query = Query(
            (lower(system, c.t), lower(system, x == 5), lower(system, x == 199)), (system.cells[1],), graph=True
        )
        got = unsearched(system, query, "python", 0.0, "the test")
        assert (got.states, got.hits[1:], got.complete) == (states, (5, None), False)
        assert [got.state(n) for n in range(states)] == list(system.initial_states[:states])
        assert [got.ancestry(n) for n in range(states)] == [[n] for n in range(states)]
        assert got.column(1).tolist() == [state[1] for state in system.initial_states[:states]]
        if states == system.initials:
            limited = PythonEngine().explore(system, query, Limits(states=0))
            assert (got.states, got.hits, got.maxima) == (limited.states, limited.hits, limited.maxima)
        else:
            assert (got.hits[0], got.maxima) == (None, ((63, 63),))


def test_a_promise_holds_where_it_holds_from_all_of_them() -> None:
    system = pair()
    site, gap = system.site, system.site.gap
    told = {
        "reachable": (reachable(site.primary & (gap == 4)), Conclusion.HOLDS, 1),
        "not_reachable": (reachable(site.standby & (gap == 0)), Conclusion.VIOLATED, None),
        "never": (never(site.lost & (gap == 4)), Conclusion.VIOLATED, 1),
        "for_one_value": (whenever(gap == 4, ~site.standby | ~site.done), Conclusion.HOLDS, None),
        "eventually": (eventually(site.lost | site.done), Conclusion.HOLDS, None),
        "eventually_primary": (eventually(site.primary), Conclusion.VIOLATED, 2),
        "leads_to": (leads_to(site.standby, site.primary), Conclusion.VIOLATED, 2),
        "can_always": (can_always(site.lost | site.done), Conclusion.HOLDS, None),
        "can_not_always": (can_always(site.primary), Conclusion.VIOLATED, 3),
        "deadlock": (deadlock_free(except_where=site.done), Conclusion.VIOLATED, 0),
        "ltl": (ltl(site.primary), Conclusion.VIOLATED, 2),
        "ltl_globally": (ltl(globally(site.standby.implies(gap != 5))), Conclusion.HOLDS, None),
        "worst": (worst_case(gap, at_most=3), Conclusion.VIOLATED, 1),
        "always": (always(gap > 0), Conclusion.HOLDS, None),
    }
    for engine in ENGINES:
        for name, (item, conclusion, root) in told.items():
            found = verdict(system, item, engine)
            assert found.conclusion is conclusion, (engine, name, found.reason)
            if root is not None:
                assert found.trace is not None
                assert found.trace.root == root, (engine, name)
                assert found.trace.initial == system.initial_states[root]


def test_a_formula_that_the_start_decides_is_not_vacuous_where_one_start_has_its_antecedent() -> None:
    system = pair()
    site = system.site
    held = verdict(system, ltl((site.standby & (site.gap == 1)).implies(finally_(site.lost | site.done))))
    assert (held.conclusion, held.vacuous) == (Conclusion.HOLDS, None)
    assert verdict(system, ltl(site.lost.implies(finally_(site.done)))).vacuous is not None


def test_what_speaks_of_events_is_decided_from_all_of_them() -> None:
    system = pair()
    for engine in ENGINES:
        found = verdict(system, never(happens("takes_over")), engine)
        assert found.trace is not None
        assert (found.conclusion, found.trace.root, len(found.trace)) == (Conclusion.VIOLATED, 2, 1)
        assert found.trace.choice == {"site": "standby", "site.gap": 1}


# -- what is shown -------------------------------------------------------------------------------------------------------
def test_a_trace_says_where_it_begins() -> None:
    system = pair()
    trace = verdict(system, never(system.site.lost & (system.site.gap == 4))).trace
    assert trace is not None
    assert trace.choice == {"site": "primary", "site.gap": 4}
    assert "\n".join(trace_text(trace)).split("\n")[:2] == [
        "       start: site = primary, site.gap = 4 (one of 4 initial states)",
        "           site primary",
    ]
    assert trace.as_data()["start"] == {"number": 1, "of": 4, "chosen": {"site": "primary", "site.gap": 4}}
    chart = sequence_chart(trace)
    assert "start#58; site = primary, site.gap = 4 (one of 4 initial states)" in sequence_mermaid(chart)
    assert [line.initial for line in chart.lifelines] == ["primary"]


def test_a_trace_from_the_only_initial_state_says_nothing_more() -> None:
    system = pair(gap=[1], initial="standby")
    trace = verdict(system, never(system.site.lost)).trace
    assert trace is not None
    assert list(trace.as_data()) == ["initial", "loop", "units", "steps"]
    assert trace_text(trace)[0] == "       start"


def test_a_path_that_begins_elsewhere_is_none() -> None:
    system = pair()
    with pytest.raises(Exception, match="does not begin at an initial state"):
        along(system, [(0, 1)])


def test_drawings_show_all_initial_states() -> None:
    gap, late = Integer("gap", 0, 5, start=range(1, 4)), Boolean("late", start=[False, True])
    rows = [on("a", "up", "down_a"), on("b", "up", "down_b"), on("back", "down_*", "up")]
    made = Component("c", ["up", "down_a", "down_b"], "down_*", [gap, late], rows)
    diagram = machine_diagram(made)
    assert diagram.initial_states == ("down_a", "down_b")
    assert diagram.variables == (
        "gap: 0..5, starts at any of 1..3",
        "late: true | false, starts at any of false, true",
    )
    text = machine_mermaid(diagram)
    assert "[*] --> s1_down_a" in text
    assert "[*] --> s2_down_b" in text
    assert "[*] --> s0_up" not in text


def test_exports_and_graphs_have_all_of_them() -> None:
    system = pair()
    assert state_graph(system).graph["initial_states"] == [0, 1, 2, 3]
    assert promela.extra(system) == (1, 4)
    text = promela.source(system)
    assert text.count(":: c0_site = ") == text.count(":: c1_site_gap = ") == 2
    assert "ruleset choice0: 0..1 do\nruleset choice1: 0..1 do\nstartstate" in murphi.source(system)


def test_a_machine_that_runs_alone_starts_as_it_is_told() -> None:
    site = pair().component("site")
    assert (standalone(site).model.state, standalone(site).model.values) == ("primary", {"gap": 1})
    told = standalone(site, initial="standby", start={site.gap: 4})
    assert (told.model.state, told.model.values) == ("standby", {"gap": 4})
    for wrong in ({"initial": "lost"}, {"start": {site.gap: 2}}, {"start": {"gap": 1}}, {"start": [1]}):
        with pytest.raises(ModelError, match="DR120"):
            standalone(site, **wrong)  # type: ignore[arg-type]


# -- reductions and sampling ---------------------------------------------------------------------------------------------
def twins(*, alike: bool = True) -> System:
    """Servers that differ in nothing but what they start with; `alike`: in nothing at all."""
    members = []
    for name in ("one", "two", "three"):
        size = Integer("size", 0, 2, start=[0, 1, 2] if alike or name == "one" else [0, 1])
        rows = [on("fails", "up", "down", internal=True), on("back", "down", "up", when=size > 0, internal=True)]
        members.append(Component(name, ["up", "down"], variables=[size], transitions=rows))
    return compose("servers", members)


def test_what_is_alike_in_all_initial_states_is_interchangeable() -> None:
    system = twins()
    less = reduced(system, SYMMETRY)
    assert less.used == (SYMMETRY,)
    assert (system.initials, less.system.initials) == (27, 10)
    assert_representatives(less)
    assert explored(less.system).states == 56  # multisets of three of six
    assert reduced(twins(alike=False), SYMMETRY).system.initials == 3 * 3  # the others are alike


def test_initial_states_that_are_no_combinations_are_exported_one_by_one() -> None:
    less = reduced(twins(), SYMMETRY).system
    assert starts(less) == [((1, 3, 5), [tuple(state[cell] for cell in (1, 3, 5)) for state in less.initial_states])]
    assert promela.source(less).count("        :: c1_one_size = ") == 10
    assert "ruleset choice0: 0..9 do\nstartstate" in murphi.source(less)


def test_a_choice_that_nothing_reads_any_more_is_forgotten() -> None:
    plan, left = Integer("plan", 0, 3, start=range(4)), Integer("left", 0, 3)
    rows = [on("begins", "new", "runs", then={left: plan}), on("uses", "runs", when=left > 0, then={left: left - 1})]
    system = compose("plan", [Component("c", ["new", "runs"], variables=[plan, left], transitions=rows)])
    less = reduced(system, DEAD_VARIABLES)
    assert_representatives(less)
    assert (explored(system).states, explored(less.system).states) == (14, 8)


@pytest.mark.parametrize("name", [DEAD_VARIABLES, SYMMETRY, PARTIAL_ORDER])
def test_verdicts_with_reductions_begin_at_states_of_the_system(name: str) -> None:
    system = twins()
    one, two = system.one, system.two
    item = never(one.down & two.down & (one.size == 2) & (two.size == 1))
    for wanted in (item, never(one.down & two.down)):
        found = verdict(system, wanted, reductions=frozenset([name]))
        assert found.conclusion is Conclusion.VIOLATED
        assert found.trace is not None
        assert Oracle(system).holds(wanted.condition, found.trace.states[-1]) is False  # type: ignore[arg-type]
        assert found.trace.initial in system.initial_states


def test_walks_begin_at_any_of_them() -> None:
    system = pair()
    query = Query(tuple(system.cells[1] == n for n in (1, 4)))  # type: ignore[arg-type]
    plain = simulate(system, query, 400, 5, 3, engine="python")
    assert [150 < hit.walks < 250 for hit in plain.hits if hit is not None] == [True, True]
    begun = [followed(system, 3, walk, 0)[0][0] for walk in range(400)]
    assert {begun.count(state) > 60 for state in system.initial_states} == {True}
    if "native" in ENGINES:
        compiled = simulate(system, query, 400, 5, 3, engine="native", threads=2)
        assert (compiled.hits, compiled.fired, compiled.steps) == (plain.hits, plain.fired, plain.steps)


def test_a_table_of_bits_omits_initial_states_too() -> None:
    system = pair(gap=range(6))
    for table, hashes in ((1 << 16, 3), (8, 1), (8, 5)):
        found = [
            bit_search(system, Query(), table, hashes=hashes, engine=engine) for engine in ("python", *ENGINES[3:])
        ]
        for each in found:
            assert each.states == found[0].states
            assert all(each.path(n)[0] in system.initial_states for n in range(each.states))
            assert [each.path(n) for n in range(each.states)] == [found[0].path(n) for n in range(each.states)]
        assert (found[0].states == PythonEngine().explore(system, Query()).states) == (table > 8)


@pytest.mark.skipif("native" not in ENGINES, reason="the native engine cannot run here")
def test_a_log_is_of_one_set_of_initial_states(tmp_path: Path) -> None:
    system = pair(gap=range(6))
    first = explored(system, "native", log=tmp_path)
    equal(explored(system, "native", log=tmp_path), first)
    other = pair(gap=range(5))
    assert explored(other, "native", log=tmp_path).states == explored(other).states
    assert len(list(tmp_path.iterdir())) == 2


def test_a_variable_is_needed_that_is_read_from_one_start_alone() -> None:
    x = Integer("x", 0, 1, start=[0, 1])
    rows = [on("ends", "waits", "done"), on("uses", "works", "done", when=x == 1)]
    system = compose("sample", [Component("c", ["waits", "works", "done"], ["waits", "works"], [x], rows)])
    less = reduced(system, DEAD_VARIABLES)
    assert_representatives(less)
    assert explored(less.system).fired == (1, 1)
    found = verdict(system, deadlock_free(except_where=system.c.done), reductions=frozenset([DEAD_VARIABLES]))
    assert found.trace is not None
    assert found.trace.initial == (1, 0)


def test_a_trace_is_followed_without_caps_from_where_it_begins() -> None:
    n = Counter("n", cap=3, start=[0, 2])
    system = compose("counted", [Component("c", ["s"], variables=[n], transitions=[on("up", "s", then={n: n + 1})])])
    found = verdict(system, reachable(n == 3))
    assert found.trace is not None
    assert (found.conclusion, found.trace.root, len(found.trace)) == (Conclusion.HOLDS, 1, 1)
