"""Every error of the language (DR1xx) by its full message, and no input at all that gives a bare Python error."""

from __future__ import annotations

import inspect
import itertools
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transitions import Machine
from transitions.extensions import HierarchicalMachine

from drcheck import (
    Age,
    Array,
    Boolean,
    Choice,
    Component,
    Counter,
    Duration,
    Integer,
    Literal,
    Site,
    System,
    Updates,
    all_of,
    any_of,
    chosen,
    compose,
    count,
    days,
    design,
    event,
    flow,
    globally,
    hours,
    if_else,
    maximum,
    minimum,
    minutes,
    named,
    never,
    on,
    outcome,
    seconds,
    state_of,
    total,
    variable_of,
)
from drcheck.errors import CODES, DrcheckError
from drcheck.language.standalone import standalone
from drcheck.system.lowering import lower
from drcheck.verdicts.check import check
from drcheck.verdicts.mutation import mutation_tables
from drcheck.verdicts.planting.subject import refuse_without_mutants, subject_of

HERE = Path(__file__)
Build = Callable[[], object]


def referring(guard: object) -> System:
    """A system of two components of which the first has this guard."""
    first = Component("pg1", ["up", "down"], transitions=[on("go", "up", "down", when=guard, passive=True)])
    own = [Counter("lag", 2), Boolean("ready"), Choice("mode", ["off", "slow"])]
    second = Component("pg2", ["up", "primary"], variables=own, transitions=[on("rise", "up", "primary")])
    return compose("pair", [first, second])


def link(name: str = "link") -> Component:
    """Two states, an age and a budget."""
    outage, left = Age("outage", 3), Counter("left", start=1)
    return Component(
        name,
        ["up", "down"],
        variables=[outage, left],
        transitions=[
            on("fails", "up", "down", when=left > 0, then={left: left - 1}),
            on("restored", "down", "up", then={outage: 0}),
            on("tick", "down", then={outage: outage + 1}),
        ],
    )


def one(*transitions: Any, variables: Any = (), name: str = "c", **more: Any) -> System:
    """A system of one component of one state."""
    return compose("sample", [Component(name, ["s"], variables=variables, transitions=transitions)], **more)


# -- every code, every word ------------------------------------------------------------------------------------------
CASES: list[tuple[Build, str]] = []


def says(message: str) -> Callable[[Build], Build]:
    """The function below raises an error that reads so; HERE stands for the place, a line of that very function."""

    def declare(function: Build) -> Build:
        CASES.append((function, " ".join(textwrap.dedent(message).split())))
        return function

    return declare


def raised(build: Build) -> DrcheckError:
    with pytest.raises(DrcheckError) as caught:
        build()
    return caught.value


@says("""[DR101] the expression `link.up` was used as a Python truth value (HERE); write &, | and ~ instead of and,
    or and not; write (0 < x) & (x < 5) instead of 0 < x < 5; write x.is_in(...) instead of `in`""")
def python_and() -> object:
    c = link()
    return c.up and c.outage > 1


@says("""[DR101] the expression `left > 0` was used as a Python truth value (HERE); write &, | and ~ instead of and,
    or and not; write (0 < x) & (x < 5) instead of 0 < x < 5; write x.is_in(...) instead of `in`""")
def chained_comparison() -> object:
    x = Counter("left", 5)
    return 0 < x < 5


@says("""[DR101] the expression `mode = standby` was used as a Python truth value (HERE); write &, | and ~ instead of
    and, or and not; write (0 < x) & (x < 5) instead of 0 < x < 5; write x.is_in(...) instead of `in`""")
def python_in() -> object:
    mode = Choice("mode", ["active", "standby"])
    return mode in ("standby", "active")


@says("""[DR102] `+` takes integers, not `link.outage` (integer), `link.up` (boolean) (HERE)""")
def adding_a_state() -> object:
    c = link()
    return c.outage + c.up


@says("""[DR102] 1.5 (float) cannot be part of an expression (HERE); available: bool, int, an enumeration value
    (str), a duration, an expression""")
def comparing_with_a_float() -> object:
    return link().outage < 1.5


@says("""[DR102] `/` cannot be applied to <integer expression link.outage> (HERE); write // for whole division""")
def true_division() -> object:
    return link().outage / 2


@says("""[DR102] <array slot of 2> was used as an expression (HERE); use its elements: array[index], or all_of,
    any_of, count and total over the array""")
def comparing_an_array() -> object:
    return Array("slot", Boolean("full"), 2) == True  # noqa: E712  # the mistake under test


@says("""[DR102] <component link: 2 states, 2 variables> was used as an expression (HERE); write
    component.name_of_a_state, or component.name_of_a_variable""")
def comparing_a_component() -> object:
    return link() == "up"


@says("""[DR102] the guard of go, `link.outage`, is integer, not boolean (HERE)""")
def guard_that_is_a_number() -> object:
    return on("go", "s", when=link().outage)


@says("""[DR102] the expression `link.up` was called like a function (HERE); write it without parentheses""")
def calling_a_state() -> object:
    return link().up()


@says("""[DR102] `+` cannot be applied to the duration 8h and 3 (int) (HERE); durations take +, - and comparisons
    with durations, and * with a whole number""")
def duration_and_number() -> object:
    return hours(8) + 3


@says("""[DR102] full is boolean, `1` is integer (HERE)""")
def assigning_another_type() -> object:
    full = Boolean("full")
    return on("go", "s", then={full: 1})


@says("""[DR102] `size` is of another enumeration than `mode`: small, large (HERE); available: active, standby""")
def comparing_two_enumerations() -> object:
    return Choice("mode", ["active", "standby"]) == Choice("size", ["small", "large"])


@says("""[DR103] 'stanby' is not a value of `mode` (HERE); available: active, standby; did you mean 'standby'?""")
def misspelt_value() -> object:
    return Choice("mode", ["active", "standby"]) == "stanby"


@says("""[DR103] 'stanby' is not a value of mode (HERE); available: active, standby; did you mean 'standby'?""")
def misspelt_value_inside_if() -> object:
    mode, full = Choice("mode", ["active", "standby"]), Boolean("full")
    return on("go", "s", then={mode: if_else(full, "stanby", "active")})


@says("""[DR103] 'cold' is not a value of mode (HERE); available: active, standby""")
def unknown_start_value() -> object:
    return Choice("mode", ["active", "standby"], start="cold")


@says("""[DR104] component link has no state or variable 'dwn' (HERE); available: up, down, outage, left; did you
    mean 'down'?""")
def misspelt_state() -> object:
    return link().dwn


@says("""[DR104] no state in c.go matches 'dwon_*' in component c (HERE); available: up, down; did you mean
    'down'?""")
def a_pattern_of_sources_that_matches_nothing() -> object:
    return Component("c", ["up", "down"], transitions=[on("go", "dwon_*", "down"), on("back", "down", "up")])


@says("""[DR104] no state matches '?' in component link (HERE); available: up, down""")
def a_pattern_that_matches_nothing() -> object:
    return link().in_states("up", "?")


@says("""[DR104] the destination of go of component c is one state, and 'down*' is a pattern (HERE); available: down; name the
    state; where it can be any of several, give outcomes=[outcome(...), ...]""")
def a_pattern_as_destination() -> object:
    return Component("c", ["up", "down"], transitions=[on("go", "up", outcomes=[outcome("down*"), outcome()])])


@says("""[DR104] no initial state matches 'x*' in component c (HERE); available: up, down""")
def a_pattern_as_initial_state() -> object:
    return Component("c", ["up", "down"], ["up", "x*"], transitions=[on("go", "up", "down")])


@says("""[DR105] 'down_*' is not a name for a state of component c (HERE); use letters, digits and underscores""")
def a_state_that_is_called_as_a_pattern() -> object:
    return Component("c", ["up", "down_*"], transitions=[on("go", "up", "down_*")])


@says("""[DR104] unknown state in c.go: 'donw' of component c (HERE); available: up, down; did you mean 'down'?""")
def misspelt_destination() -> object:
    return Component("c", ["up", "down"], transitions=[on("go", "up", "donw"), on("fall", "up", "down")])


@says("""[DR104] array slot has no element 2 (HERE); available: 0 to 1""")
def element_outside_an_array() -> object:
    return Array("slot", Boolean("full"), 2)[2]


@says("""[DR105] 'data centre' is not a name for a component (HERE); use letters, digits and underscores""")
def name_with_a_space() -> object:
    return Component("data centre", ["up"])


@says("""[DR105] 'Büro' is not a name for a component (HERE); use letters, digits and underscores""")
def name_beyond_ascii() -> object:
    return Component("Büro", ["up"])


@says("""[DR105] 'site fails' is not a name for a trigger (HERE); use letters, digits and underscores""")
def trigger_with_a_space() -> object:
    return on("site fails", "up", "down")


@says("""[DR105] component c: 'up' names two states or variables (HERE); give states and variables of one component
    different names""")
def state_and_variable_of_one_name() -> object:
    return Component("c", ["up"], variables=[Boolean("up")])


@says("""[DR105] two components of system pair are called 'link' (HERE); give each component a different name""")
def two_components_of_one_name() -> object:
    first, second = Component("link", ["up"]), Component("link", ["up"])
    return compose("pair", [first, second])


@says("""[DR105] variable full of second already belongs to first (HERE); declare one variable object for each
    component""")
def variable_in_two_components() -> object:
    full = Boolean("full")
    Component("first", ["s"], variables=[full])
    return Component("second", ["s"], variables=[full])


@says("""[DR105] two events are called 'go' (HERE); give one of them another name""")
def two_events_of_one_name() -> object:
    a, b = (Component(name, ["s"], transitions=[on("go", "s"), on("stop", "s")]) for name in "ab")
    return compose("pair", [a, b], events=[event("go", {a: "stop", b: "stop"})])


@says("""[DR106] `link.up` is not part of system sample (HERE); available: c; add the component to the composition""")
def reading_a_component_that_is_not_there() -> object:
    c = link()
    return one(on("go", "s", when=c.up))


@says("""[DR106] `link.left` is not a variable of system sample (HERE); available: c; add the component that owns it
    to the composition""")
def reading_a_variable_that_is_not_there() -> object:
    c = link()
    return one(on("go", "s", when=c.left > 0))


@says("""[DR107] variable left: the domain 3..1 is empty (HERE)""")
def empty_domain() -> object:
    return Integer("left", 3, 1)


@says("""[DR107] variable left: the start value 9 is outside 0..3 (HERE)""")
def start_outside_the_domain() -> object:
    return Integer("left", 0, 3, start=9)


@says("""[DR107] variable mode: an enumeration needs a list of one or more different names, not ['a', 'a'] (HERE)""")
def repeated_enumeration_value() -> object:
    return Choice("mode", ["a", "a"])


@says("""[DR107] variable left: the cap must be a whole number, not 1.5 (HERE)""")
def cap_that_is_not_whole() -> object:
    return Counter("left", 1.5)  # type: ignore[arg-type]


@says("""[DR107] array slot: the length must be 1 to 64, not 65 (HERE)""")
def array_too_long() -> object:
    return Array("slot", Boolean("full"), 65)


@says("""[DR107] the budget for 'outage' must be a whole number, not -1 (HERE)""")
def negative_fault_budget() -> object:
    c = Component("c", ["s"], transitions=[on("go", "s", fault="outage")])
    return compose("sample", [c], faults={"outage": -1})


@says("""[DR108] c.go assigns link.left, which is not a variable of c (HERE); available: mine; a component changes
    its own variables only; let the owner take part in the event""")
def assigning_anothers_variable() -> object:
    other = link()
    mine = Boolean("mine")
    return one(on("go", "s", then={other.left: 0}), variables=[mine])


@says("""[DR108] <boolean expression link.up> cannot be assigned to (HERE); the keys of an update are variables, or
    elements of arrays, of the component: {counter: counter + 1}""")
def assigning_a_state() -> object:
    return on("go", "s", then={link().up: True})


@says("""[DR109] `c.left := 7` is 7..7, the variable holds 0..3 (HERE); widen the variable's domain or correct the
    update""")
def update_that_never_fits() -> object:
    left = Integer("left", 0, 3)
    return one(on("go", "s", then={left: 7}), variables=[left])


@says("""[DR110] `c.left // c.parts` can divide by zero: its divisor can be 0..2 (HERE); write maximum(divisor, 1),
    or narrow the divisor's domain""")
def division_by_zero() -> object:
    left, parts = Integer("left", 0, 3), Integer("parts", 0, 2)
    return one(on("go", "s", when=left // parts > 1), variables=[left, parts])


@says("""[DR110] the index of `c.slot[c.at]` can be 0..2, the array has elements 0..1 (HERE); limit it with
    minimum(...) and maximum(...), or narrow the index variable's domain""")
def index_outside_on_the_left() -> object:
    slot, at = Array("slot", Boolean("full"), 2), Integer("at", 0, 2)
    return one(on("go", "s", then={slot[at]: True}), variables=[slot, at])


@says("""[DR110] the index of `c.slot[c.at]` can be 0..2, the array has elements 0..1 (HERE); limit it with
    minimum(...) and maximum(...), or narrow the index variable's domain""")
def index_outside_in_a_guard() -> object:
    slot, at = Array("slot", Boolean("full"), 2), Integer("at", 0, 2)
    return one(on("go", "s", when=slot[at]), variables=[slot, at])


@says("""[DR111] `c.left * c.left` can lie anywhere in 0..1152921504606846976000000 (HERE)""")
def product_beyond_64_bits() -> object:
    left = Integer("left", 0, 2**30 * 1000)
    return one(on("go", "s", when=left * left > 1), variables=[left])


@says("""[DR111] a number of 101 bits in an expression (HERE)""")
def huge_number() -> object:
    return Counter("left", 3) < 2**100


@says("""[DR111] variable left: the upper bound is a number of 16610 bits (HERE); keep the numbers of a model below
    2**62""")
def huge_domain() -> object:
    return Integer("left", 0, 10**5000)


@says("""[DR112] no transition of component c leads to its state 'spare' (HERE); available: s; add a transition to
    it, or remove the state""")
def state_that_nothing_reaches() -> object:
    return Component("c", ["s", "spare"], transitions=[on("go", "spare", "s")])


@says("""[DR113] event both: component link has no trigger 'restord' (HERE); available: fails, restored, tick; did
    you mean 'restored'?""")
def misspelt_trigger() -> object:
    c = link()
    return compose("sample", [c], events=[event("both", {c: "restord"})])


@says("""[DR113] event resotred has no participant: no component has a trigger of this name (HERE); available: fails,
    restored, tick; did you mean 'restored'?""")
def attributes_of_a_misspelt_event() -> object:
    return compose("sample", [link()], events=[event("resotred", urgent=True)], tick=hours(1))


@says("""[DR113] event both has no participant (HERE); name a component and its trigger""")
def event_without_participants() -> object:
    return event("both", {})


@says("""[DR113] event both: link takes part twice (HERE)""")
def component_twice_in_a_vector() -> object:
    c = link()
    return event("both", {c: "fails"}, optional={c: "restored"})


@says("""[DR113] system empty has no component (HERE)""")
def empty_composition() -> object:
    return compose("empty", [])


@says("""[DR113] site hall has no trigger 'fail' (HERE); available: fails; did you mean 'fails'?""")
def misspelt_site_trigger() -> object:
    hall = Component("hall", ["up", "down"], transitions=[on("fails", "up", "down")])
    c = link()
    return compose("sample", [hall, c], sites=[Site(hall, (c,), {"fail": "fails"})])


@says("""[DR114] tick is the passing of time: it cannot have urgent (HERE); make what must happen before time passes a
    separate event, with urgent=True""")
def urgent_tick() -> object:
    return compose("sample", [link()], events=[event("tick", urgent=True)], tick=hours(1))


@says("""[DR114] tick is the passing of time: it cannot have priority (HERE); make what must happen before time passes a
    separate event, with urgent=True""")
def prioritised_tick() -> object:
    return on("tick", "s", priority=2)


def places_of_disagreement() -> object:
    a = Component("a", ["s"], transitions=[on("go", "s", kind="operator")])
    b = Component("b", ["s"], transitions=[on("go", "s", kind="environment")])
    return compose("pair", [a, b])


def test_participants_that_disagree_are_both_named() -> None:
    error = raised(places_of_disagreement)
    first = inspect.getsourcelines(places_of_disagreement)[1] + 1
    where = [f"{error.place.file.rsplit('/', 1)[-1]}:{first + n}" for n in (0, 1)]  # type: ignore[union-attr]
    assert error.code == "DR114"
    assert re.fullmatch(
        r"the participants of event go disagree on its kind: "
        rf"'operator' \((tests/language/)?{where[0]}\), 'environment' \((tests/language/)?{where[1]}\)",
        error.message,
    )
    assert error.remedy == "declare event('go', kind=...) in the composition"


@says("""[DR114] c.go is passive in one transition and not in another (HERE); give what it does alone a
    separate trigger; event(...) joins triggers of different names""")
def passive_and_not() -> object:
    return one(on("go", "s", passive=True, when=Literal(True)), on("go", "s"))


@says("""[DR114] c.go is internal in one transition and not in another (HERE)""")
def internal_and_not() -> object:
    return one(on("go", "s", internal=True, when=Literal(True)), on("go", "s"))


@says("""[DR115] event both names <component link: 2 states, 2 variables>, which is not in the composition (HERE);
    available: c""")
def vector_with_a_stranger() -> object:
    stranger = link()
    c = Component("c", ["s"], transitions=[on("go", "s")])
    return compose("sample", [c], events=[event("both", {c: "go", stranger: "fails"})])


@says("""[DR115] no event injects a fault of kind 'outtage' (HERE); available: outage; did you mean 'outage'?""")
def misspelt_fault_kind() -> object:
    c = Component("c", ["s"], transitions=[on("go", "s", fault="outage")])
    return compose("sample", [c], faults={"outtage": 1})


def test_an_unknown_component_of_a_system() -> None:
    system = one(on("go", "s"))
    assert raised(lambda: system.link).message == "system sample has no component 'link'"
    assert raised(lambda: system.event("og")).available == ("go",)


@says("""[DR116] component link is at hall but has no transition on 'site_fails' (HERE); available: fails, restored,
    tick; add on("site_fails", ...): what happens to it when the site is hit""")
def member_that_ignores_its_site() -> object:
    hall = Component("hall", ["up", "down"], transitions=[on("fails", "up", "down")])
    c = Component("link", ["up"], transitions=[on("fails", "up"), on("restored", "up"), on("tick", "up")])
    return compose("sample", [hall, c], sites=[Site(hall, (c,))])


@says("""[DR117] 1h30m is not a whole number of ticks of 1h (HERE); choose a tick length that divides every duration
    of the design: 1h30m is the longest, because of 1h30m (HERE)""")
def duration_between_ticks() -> object:
    outage = Age("outage", 9)
    return one(on("tick", "s", when=outage < minutes(90)), variables=[outage], tick=hours(1))


@says("""[DR117] c.outage is capped at 8h, but system sample has no tick length (HERE); give compose(...,
    tick=hours(1))""")
def duration_without_a_tick() -> object:
    outage = Age("outage", hours(8))
    return one(on("tick", "s"), variables=[outage])


@says("""[DR117] system sample: the tick length must be a duration above zero, not 0m (HERE); give compose(...,
    tick=hours(1))""")
def tick_of_no_length() -> object:
    return compose("sample", [link()], tick=hours(0))


def a_function(event_data: object) -> bool:
    return True


@says("""[DR118] machine pump cannot be adopted: go from a has the condition 'ready' (HERE); conditions must be
    expressions, given for names by conditions={name: expression}, and effects must be Updates({variable: expression})""")
def machine_with_a_method_name() -> object:
    machine = Machine(states=["a", "b"], initial="a", auto_transitions=False)
    machine.add_transition("go", "a", "b", conditions="ready")
    return Component.from_machine("pump", machine)


@says("""[DR118] machine pump cannot be adopted: go fails in `transitions` itself in a: ValueError: State 'b_d' is not a
    registered state. (HERE); conditions must be expressions, given for names by conditions={name: expression}, and effects
    must be Updates({variable: expression})""")
def machine_with_nested_states() -> object:
    machine = HierarchicalMachine(states=["a", {"name": "b", "children": ["c"]}], initial="a")
    machine.add_transition("go", "a", "b_d")
    return Component.from_machine("pump", machine)


@says("""[DR123] component c: states are given as a set, whose order differs from one run to the next (HERE); write
    a list, [...] instead of {...}, or sort it: sorted(..., key=...)""")
def states_in_a_set() -> object:
    return Component("c", {"up"})  # type: ignore[arg-type]


@says("""[DR148] component c: transitions are given as a generator that was already read, and it can be read only once
    (HERE); make a list of it first, and give the list each time: items = list(...)""")
def transitions_read_before() -> object:
    rows = (on(name, "up") for name in ("go", "stay"))
    list(rows)
    return Component("c", ["up"], transitions=rows)


@says("""[DR119] go: outcomes replace dest and then; give one of the two (HERE)""")
def outcomes_and_dest() -> object:
    return on("go", "up", "down", outcomes=[outcome("up"), outcome("down")])


@says("""[DR119] go: unknown kind 'operater' (HERE); available: automatic, operator, environment; did you mean
    'operator'?""")
def misspelt_class() -> object:
    return on("go", "up", kind="operater")  # type: ignore[arg-type]


@says("""[DR119] updates are {variable: expression, ...}, not [1] (HERE); write for instance then={counter: counter +
    1}""")
def updates_in_a_list() -> object:
    return on("go", "up", then=[1])  # type: ignore[arg-type]


@says("""[DR120] c reads `link.up`, which it was not given (HERE); available: link.down; pass
    standalone(component, reads={expression: value})""")
def running_alone_without_what_is_read() -> object:
    other = link()
    c = Component("c", ["s"], transitions=[on("go", "s", when=other.up)])
    return standalone(c, reads={other.down: True}).model.go()


@says("""[DR121] an expression is nested more than 64 deep (HERE); write total([...]), count([...]), any_of([...]) or
    all_of([...]) instead of a chain of operators""")
def chain_of_a_hundred_additions() -> object:
    left = Integer("left", 0, 3)
    sum_ = left + 0
    for _ in range(100):
        sum_ = sum_ + left
    return sum_


@says(f"""[DR128] nothing can be changed in {__name__}:without_a_transition: no component has a transition (HERE); give
    components transitions with on(...)""")
def mutants_without_a_transition() -> object:
    @design
    def without_a_transition() -> System:
        return compose("sample", [Component("still", ["here"])])

    return refuse_without_mutants([subject_of(without_a_transition)])


@says(f"""[DR129] {__name__}:without_a_procedure has no procedure whose steps could be changed (HERE); a procedure
    is a component with two or more states from each of which an operator event (kind='operator') of the state's own name
    leads on""")
def mutants_without_a_procedure() -> object:
    @design
    def without_a_procedure() -> System:
        return compose("sample", [link()])

    return mutation_tables(without_a_procedure)


@says(
    """[DR135] 1m30s is not a whole number of minutes (HERE); read in_seconds, or ticks(tick) for a number of ticks"""
)
def minutes_of_a_duration_in_seconds() -> object:
    return seconds(90).in_minutes


@says("""[DR122] property never_down: its condition `not false` reads neither a state nor a variable: it is always true
    (HERE); write expressions over states and variables, such as link.down; what Python compares, as in link.initial ==
    "down", is decided at once; where a constant is meant, write Literal(True)""")
def a_condition_that_python_decided() -> object:
    c = link()
    return check(compose("sample", [c]), [never(c.initial == "down", name="never_down")])


@says("""[DR136] variable n: a unit is a word for what is counted, not 5 (HERE); write for instance unit="calls" or
    unit="MB/s", with no digit first and at most 24 characters""")
def unit_that_is_a_number() -> object:
    return Counter("n", 3, unit=5)


@says("""[DR124] component c: go from s to the same state can never be taken: go from s or t to t (HERE) comes first and has no
    guard (HERE); give the earlier one a guard, put the two in the other order, or write one on(...) with outcomes=[...] if
    either can happen""")
def a_transition_behind_one_without_a_guard() -> object:
    return Component("c", ["s", "t"], transitions=[on("go", "*", "t"), on("go", "s")])


@says("""[DR125] component c: the trigger is_t has the name of the method that tells whether the component is in its state t
    (HERE); give the trigger another name""")
def a_trigger_that_transitions_has() -> object:
    return Component("c", ["s", "t"], transitions=[on("go", "s", "t"), on("is_t", "t")])


@says("""[DR126] second is read before it is made, which line LATER makes: a guard, an update or an event can only read what
    stands above it (HERE); make second first, or speak of it by the name that it has as a component: state_of("second",
    "a_state"), variable_of("second", "a_variable")""")
def guards_that_read_each_other() -> object:
    def circular() -> System:
        first = Component("first", ["up"], transitions=[on("stops", "up", when=second.up)])  # noqa: F821  # the mistake
        second = Component("second", ["up", "down"], transitions=[on("second_stops", "up", "down", when=first.up)])
        return compose("circular", [first, second])

    return design(circular)()


@says("""[DR105] 'two words' is not a name for a named expression (HERE); use letters, digits and underscores""")
def an_expression_with_no_name() -> object:
    return named("two words", link().up)


@says("""[DR125] max means something else where expressions are written, so none can have this name (HERE); give it another
    name""")
def an_expression_that_is_called_as_a_function() -> object:
    return named("max", link().up)


@says("""[DR102] `named` takes an expression that has a value in each state, not `G link.up` (temporal) (HERE)""")
def a_formula_with_a_name() -> object:
    return named("lasting", globally(link().up))


@says("""[DR105] 'pg2' names a component of system pair and an expression (HERE); give the expression another name""")
def an_expression_that_is_called_as_a_component() -> object:
    return referring(named("pg2", state_of("pg2", "up")))


@says("""[DR105] two expressions of system pair are called 'late': `pg2.lag > 0` and `pg2.lag > 1` (HERE); give one of them
    another name""")
def two_expressions_of_one_name() -> object:
    lag = variable_of("pg2", "lag")
    return referring(named("late", lag > 0) & named("late", lag > 1))


@says(
    """[DR115] `pg3.up` speaks of component 'pg3', which system pair does not have (HERE); available: pg1,
    pg2; add the component to the composition, or correct the name"""
)
def a_reference_to_a_component_that_there_is_not() -> object:
    return referring(state_of("pg3", "up"))


@says("""[DR104] unknown state 'primry' in component pg2 (HERE); available: up, primary; did you mean 'primary'?""")
def a_reference_to_a_state_that_there_is_not() -> object:
    return referring(state_of("pg2", "primry"))


@says("""[DR104] no state matches 'down_*' in component pg2 (HERE); available: up, primary""")
def a_reference_to_states_that_match_nothing() -> object:
    return referring(state_of("pg2", "up", "down_*"))


@says("""[DR104] component pg2 has no variable 'leg' (HERE); available: lag, ready, mode; did you mean 'lag'?""")
def a_reference_to_a_variable_that_there_is_not() -> object:
    return referring(variable_of("pg2", "leg") > 0)


@says("""[DR102] `pg2.ready` is boolean, and is read as integer (HERE); write variable_of("pg2", "ready", bool)""")
def a_reference_to_a_variable_of_another_kind() -> object:
    return referring(variable_of("pg2", "ready") > 0)


@says("""[DR102] `pg2.mode` is enumeration, and is read as enumeration of slow, off (HERE); available: off, slow; write
    variable_of("pg2", "mode", ['off', 'slow'])""")
def a_reference_to_a_variable_with_other_names() -> object:
    return referring(variable_of("pg2", "mode", ["slow", "off"]) == "off")


@says("""[DR105] state_of takes the name of a component, not <component link: 2 states, 2 variables> (HERE); write
    state_of("link", ...); of a component that is made, link.name_of_a_state says the same""")
def a_reference_to_an_object() -> object:
    return state_of(link(), "up")


@says("""[DR104] state_of takes names of states, not nothing (HERE); write for instance state_of("pg2", "up")""")
def a_reference_to_no_state() -> object:
    return state_of("pg2")


@says("""[DR102] the values of a variable are int, bool or a list of names, not <class 'str'> (HERE); write for instance
    variable_of("pg2", "lag", bool)""")
def a_reference_to_a_variable_of_no_kind() -> object:
    return variable_of("pg2", "lag", str)


@says(
    """[DR120] c reads `pg2.up`, which it was not given (HERE); pass standalone(component, reads={expression: value})"""
)
def a_component_with_a_reference_by_itself() -> object:
    c = Component("c", ["s", "t"], transitions=[on("go", "s", "t", when=state_of("pg2", "up"))])
    return standalone(c).model.go()


@says("""[DR140] `b & c.t == other` compares the whole of `b & c.t`, as Python takes & and | before == (HERE); write parentheses:
    around each comparison, as in (x == y) & z, or around what is compared""")
def a_comparison_without_parentheses() -> object:
    b, other, c = Boolean("b"), Boolean("other"), Component("c", ["s", "t"], transitions=[on("go", "s", "t")])
    return never(b & c.t == other)


@says("""[DR143] an update assigns `slot[i]` twice, and the first would be lost (HERE); keep one of the two, or choose between
    them with if_else(...)""")
def an_element_assigned_twice() -> object:
    slot, i = Array("slot", Integer("v", 0, 3), 3), Integer("i", 0, 2)
    return on("x", then={slot[i]: 1, slot[i]: 2})


@says("""[DR145] component link is made, and its initial cannot be set any more (HERE); give it to Component(...), or make
    another component""")
def an_attribute_set_on_a_component() -> object:
    c = link()
    c.initial = "down"
    return c


@says("""[DR145] component link: its transitions were given as a list, to which 'restored' was added afterwards: that would be
    lost (HERE); complete it first; where it is used for something else after, hand over a copy, as in list(...)""")
def a_row_added_to_a_component_that_is_made() -> object:
    rows = [on("fails", "up", "down")]
    made = Component("link", ["up", "down"], transitions=rows)
    rows.append(on("restored", "down", "up"))
    return compose("s", [made])


@says("""[DR150] free choice amount has no value to choose, so its event could not happen (HERE); write for instance
    chosen("amount", range(1, 4)), chosen("late", [False, True]) or chosen("delay", [hours(1)])""")
def nothing_to_choose_from() -> object:
    return chosen("amount", range(1, 1))


@says("""[DR153] component c: its initial states name 'up' twice (HERE); name each once""")
def a_state_to_start_in_twice() -> object:
    return Component("c", ["up", "down"], ["up", "down", "up"], transitions=[on("go", "up", "down")])


@says("""[DR153] variable x: its start values are none (HERE); give one or more""")
def nothing_to_start_with() -> object:
    return Integer("x", 0, 3, start=range(2, 2))


@says("""[DR154] system sample would have 1,100,000 initial states, of 1,048,576 at most: 11 of c.x, 100,000 of c.y (HERE); let
    fewer variables and components start in several ways, or in fewer""")
def too_many_initial_states() -> object:
    x, y = Integer("x", 0, 12, start=range(11)), Integer("y", 0, 100_000, start=range(100_000))
    return compose("sample", [Component("c", ["s"], variables=[x, y], transitions=[on("go", "s")])])


@says("""[DR155] the flow of goods needs two or more components, each another than the one before (HERE); write for instance
    ["switch", "collector", "store"]""")
def a_flow_of_one_component() -> object:
    return flow([link()], "goods", moved_by="tick", source="the plan")


@says("""[DR156] the flow of goods in system sample is no part of the model: no row of go joins one component of it with the next
    (HERE); name further events that move it, or leave it out""")
def a_flow_that_the_model_has_not() -> object:
    a, b = (Component(name, ["s"], transitions=[on(event, "s")]) for name, event in (("a", "go"), ("b", "stay")))
    return compose("sample", [a, b], flows=[flow([a, b], "goods", moved_by="go", source="the plan")])


@says("""[DR151] the free choice amount has a value in its event only, and none in a state (HERE); let the event keep it in a
    variable, and read that""")
def a_free_choice_in_a_property() -> object:
    x, amount = Integer("x", 0, 3), chosen("amount", [1, 2])
    c = Component("c", ["s"], variables=[x], transitions=[on("go", "s", then={x: amount})])
    return check(compose("sample", [c]), [never(amount > x)])


@says("""[DR152] system sample: up to event go, which has 40 values of a times 40 values of b, free choices make 1,600
    alternatives; at most 1,000 are taken (HERE); choose among fewer values, or make one choice after the other, in events of
    their own""")
def too_many_alternatives() -> object:
    x, a, b = Integer("x", 0, 99), chosen("a", range(40)), chosen("b", range(40))
    return one(on("go", "s", then={x: a + b}), variables=[x])


@says("""[DR206] a duration is a whole number of hours, zero or more, not -1 (HERE); write for instance hours(8),
    minutes(90) for an hour and a half, or seconds(30) for half a minute""")
def negative_duration() -> object:
    return hours(-1)


@says("""[DR130] variable left: cap_is says in words what the cap is in the world, not '  ' (HERE); write for instance
    cap_is="the capacity of the battery", or leave it out""")
def a_limit_without_words():
    return Counter("left", cap=3, cap_is="  ")


@pytest.mark.parametrize(("build", "message"), CASES, ids=[build.__name__ for build, _ in CASES])
def test_message(build: Build, message: str) -> None:
    error = raised(build)
    assert error.place is not None
    lines, first = inspect.getsourcelines(build)
    assert Path(error.place.file).resolve() == HERE.resolve(), "the place is the user's own code"
    assert first <= error.place.line < first + len(lines), "the place is where the mistake was written"
    told = " ".join(str(error).replace(str(error.place), "HERE").split())
    assert re.sub(r"which line \d+ makes", "which line LATER makes", told) == message


def test_every_code_of_the_language_has_a_message_under_test() -> None:
    shown = {message[1:6] for _, message in CASES}
    shown |= {"DR141", "DR142", "DR144", "DR146", "DR147"}  # of modules of a user's: see test_lost and test_meant
    assert shown >= {code for code in CODES if code.startswith("DR1")}


# -- nothing gives a Python error ------------------------------------------------------------------------------------
def junk() -> list[Any]:
    """Things that people pass by mistake, and some that nobody would; fresh ones each time."""
    c = link()
    return [
        None, True, 0, 1, -1, 3, 10**30, 10**5000, 1.5, float("nan"), float("inf"), 1j, "", "up", "s", "a b", "Büro",
        "*", "x" * 300, "\0", "if", b"up", [], [None], ["up"], ["s", 5], [[]], (), ("up", "up"), {}, {1: 2}, {"up": 1},
        {"up": "down"}, set(), {"up"}, frozenset({"s"}), lambda x: x, len, object(), Component, Exception("no"),
        hours(1), hours(0), c, c.up, c.outage, c.outage + 1, c.left > 0, Boolean("b"), Integer("i", 0, 2),
        Choice("k", ["up", "s"]), Array("a", Boolean("e"), 2), Array("a", Integer("e", 0, 2), 2)[Integer("j", 0, 1)],
        on("go", "s"),
        [on("go", "s")], outcome("s"), [outcome("s")], event("go"), [event("go")], Updates({}), Machine(states=["s"],
        initial="s"), {c: "fails"}, {c: 1}, {c.left: 0}, {c.up: True}, {Boolean("b"): True}, [c], (c, c), [c.left],
        [Boolean("s")], Site(c, ()), [Site(c, ())], slice(0, 1), Ellipsis, NotImplemented, range(3), iter("ab"), Path(),
        chosen("amount", [1, 2]), chosen("late", [False, True]), {Integer("i", 0, 2): chosen("amount", [1, 2])},
    ]  # values only  # fmt: skip


def parts() -> tuple[Component, Integer, Array, Choice]:
    x, a, k = Integer("x", 0, 3), Array("a", Integer("e", 0, 2), 3), Choice("k", ["up", "down"])
    c = Component("c", ["s", "t"], variables=[x, a, k], transitions=[on("go", "s", "t"), on("back", "t", "s")])
    return c, x, a, k


def standing(**arguments: Any) -> System:
    """A system of one component with one transition, written with the arguments under test."""
    at, x = {"source": "s", **arguments}, Integer("x", 0, 3)
    return one(on("go", **at), on("go2", "s", then={x: x + 1}), variables=[x], tick=hours(1))


def read(value: Any) -> System:
    """What is made of a value in a guard, and on the right-hand side of updates of every type."""
    return one(on("go", "s", when=value), tick=hours(1))


def wrote(variable: Any, value: Any) -> System:
    return one(on("go", "s", then={variable: value}), variables=[variable], tick=hours(1))


def place_site(**arguments: Any) -> System:
    hall = Component("hall", ["up", "down"], transitions=[on("fails", "up", "down")])
    c = Component("c", ["s"], transitions=[on("site_fails", "s")])
    return compose("sample", [hall, c], sites=[Site(**{"component": hall, "members": (c,), **arguments})])


def composed(**arguments: Any) -> System:
    c = parts()[0]
    return compose(**{"name": "sample", "components": [c], **arguments})


def in_event(**arguments: Any) -> System:
    c, *_ = parts()
    return compose("sample", [c], events=[event(**{"name": "both", "participants": {c: "go"}, **arguments})])


def taken_in(condition: Any) -> Component:
    machine = Machine(states=["s"], initial="s")
    machine.add_transition("go", "s", "s", conditions=[condition])
    return Component.from_machine("c", machine)


PLACES: dict[str, Callable[[Any], Any]] = {
    "Boolean(name)": lambda v: one(variables=[Boolean(v)]),
    "Boolean(start)": lambda v: one(variables=[Boolean("b", v)]),
    "Choice(name)": lambda v: one(variables=[Choice(v, ["a"])]),
    "Choice(values)": lambda v: one(variables=[Choice("k", v)]),
    "Choice(start)": lambda v: one(variables=[Choice("k", ["up", "s"], v)]),
    "Integer(name)": lambda v: one(variables=[Integer(v, 0, 1)]),
    "Integer(low)": lambda v: one(variables=[Integer("x", v, 5)]),
    "Integer(high)": lambda v: one(variables=[Integer("x", 0, v)]),
    "Integer(start)": lambda v: one(variables=[Integer("x", 0, 5, v)]),
    "Counter(name)": lambda v: one(variables=[Counter(v, 3)]),
    "Counter(cap)": lambda v: one(variables=[Counter("x", v)], tick=hours(1)),
    "Counter(start)": lambda v: one(variables=[Counter("x", 3, v)]),
    "Counter(start alone)": lambda v: one(variables=[Counter("x", start=v)]),
    "Counter(at_limit)": lambda v: one(variables=[Counter("x", 3, at_limit=v)]),
    "Age(name)": lambda v: one(variables=[Age(v, 3)]),
    "Age(cap)": lambda v: one(variables=[Age("x", v)], tick=hours(1)),
    "Age(start)": lambda v: one(variables=[Age("x", hours(2), v)], tick=hours(1)),
    "Array(name)": lambda v: one(variables=[Array(v, Boolean("e"), 2)]),
    "Array(element)": lambda v: one(variables=[Array("a", v, 2)], tick=hours(1)),
    "Array(length)": lambda v: one(variables=[Array("a", Boolean("e"), v)]),
    "chosen(name)": lambda v: read(chosen(v, [1, 2]) > 1),
    "chosen(values)": lambda v: read(chosen("amount", v) == chosen("other", v)),
    "array[...]": lambda v: read(parts()[2][v] == 1),
    "all_of(array, predicate)": lambda v: all_of(Array("a", Boolean("e"), 2), v),
    **{
        f"Component({name})": lambda v, name=name: compose(
            "sample", [Component(**{"name": "c", "states": ["s"], name: v})], tick=hours(1)
        )
        for name in ("name", "states", "initial", "variables", "transitions", "doc")
    },
    **{
        f"on({name})": lambda v, name=name: standing(**{name: v})
        for name in (
            "trigger",
            "source",
            "dest",
            "when",
            "unless",
            "then",
            "outcomes",
            "kind",
            "urgent",
            "priority",
            "internal",
            "fault",
            "rate",
            "doc",
        )
        if name != "trigger"
    },
    "on(trigger)": lambda v: one(on(v, "s"), tick=hours(1)),
    "outcome(dest)": lambda v: one(on("go", "s", outcomes=[outcome(v), outcome("s")])),
    "outcome(then)": lambda v: one(on("go", "s", outcomes=[outcome("s", v)])),
    "outcome(probability)": lambda v: one(on("go", "s", outcomes=[outcome("s", {}, v), outcome(None, {}, v)])),
    "then={junk: 1}": lambda v: one(on("go", "s", then={v: 1})),
    "then={boolean: junk}": lambda v: wrote(Boolean("x"), v),
    "then={choice: junk}": lambda v: wrote(Choice("x", ["up", "s"]), v),
    "then={integer: junk}": lambda v: wrote(Integer("x", 0, 3), v),
    "then={counter: junk}": lambda v: wrote(Counter("x", 3, at_limit="refuse"), v),
    "then={array[junk]: 1}": lambda v: on("go", "s", then={parts()[2][v]: 1}),
    "state(...)": lambda v: parts()[0].state(v),
    "in_states(...)": lambda v: parts()[0].in_states("s", v),
    "variable(...)": lambda v: parts()[0].variable(v),
    "array(...)": lambda v: parts()[0].array(v),
    "machine(reads)": lambda v: standalone(link(), reads=v).model.tick(),
    "machine(tick)": lambda v: standalone(
        Component("c", ["s"], variables=[x := Age("x", hours(2))], transitions=[on("tick", "s", then={x: x + 1})]),
        tick=v,
    ).model.tick(),
    "from_machine(name)": lambda v: Component.from_machine(v, Machine(states=["s"], initial="s")),
    "from_machine(machine)": lambda v: Component.from_machine("c", v),
    "from_machine(variables)": lambda v: Component.from_machine("c", Machine(states=["s"], initial="s"), v),
    "from_machine(condition)": lambda v: taken_in(v),
    "Updates(...)": lambda v: Updates(v),
    **{
        f"compose({name})": lambda v, name=name: composed(**{name: v})
        for name in ("name", "components", "events", "sites", "faults", "tick", "properties", "parts", "title", "doc")
    },
    "compose([junk])": lambda v: compose("sample", [v]),
    "compose(events=[junk])": lambda v: composed(events=[v]),
    "compose(sites=[junk])": lambda v: composed(sites=[v]),
    "compose(faults={junk: 1})": lambda v: one(on("go", "s", fault="f"), faults={v: 1}),
    "compose(faults={f: junk})": lambda v: one(on("go", "s", fault="f"), faults={"f": v}),
    **{
        f"event({name})": lambda v, name=name: in_event(**{name: v})
        for name in ("name", "participants", "optional", "kind", "urgent", "priority", "fault", "rate", "doc")
    },
    "event(alone)": lambda v: composed(events=[event(v)]),
    "event({component: junk})": lambda v: composed(events=[event("both", {parts()[0]: v})]),
    "event({junk: trigger})": lambda v: composed(events=[event("both", {v: "go"})]),
    **{f"Site({name})": lambda v, name=name: place_site(**{name: v}) for name in ("component", "members", "shared")},
    "Site([junk])": lambda v: place_site(members=[v]),
    "Site({fails: junk})": lambda v: place_site(shared={"fails": v}),
    "hours": lambda v: hours(v),
    "minutes": lambda v: minutes(v),
    "days": lambda v: days(v),
    "seconds": lambda v: seconds(v),
    "Duration": lambda v: Duration(v),
    "if_else(junk, 1, 2)": lambda v: read(if_else(v, 1, 2) == 1),
    "if_else(b, junk, 2)": lambda v: read(if_else(Boolean("b"), v, 2) == 1),
    "if_else(b, junk, up)": lambda v: read(if_else(Boolean("b"), v, "up") == "up"),
    "minimum": lambda v: read(minimum(v, 1) == 1),
    "minimum alone": lambda v: read(minimum(v) == 1),
    "maximum": lambda v: read(maximum(1, v, 2) == 1),
    "all_of": lambda v: read(all_of(v)),
    "any_of([...])": lambda v: read(any_of([v, True])),
    "total": lambda v: read(total(v) == 0),
    "total([...])": lambda v: read(total([v, 1]) == 0),
    "count": lambda v: read(count(v) == 0),
    "count(predicate)": lambda v: read(count([1, 2], v) == 0),
    "is_in": lambda v: read(parts()[1].is_in(v)),
    "implies": lambda v: read((parts()[1] > 0).implies(v)),
    "lower": lambda v: lower(composed(), v),
    "component(...)": lambda v: composed().component(v),
    "system.event(...)": lambda v: composed().event(v),
}

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "&": lambda a, b: a & b, "|": lambda a, b: a | b, "^": lambda a, b: a ^ b, "+": lambda a, b: a + b,
    "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b, "//": lambda a, b: a // b,
    "%": lambda a, b: a % b, "**": lambda a, b: a**b, "<<": lambda a, b: a << b, ">>": lambda a, b: a >> b,
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "divmod": divmod, "@": lambda a, b: a @ b,
    "in": lambda a, b: a in b if not isinstance(b, (str, bytes, range)) else None,
    "[]": lambda a, b: a[b],
}  # operators only  # fmt: skip


def assert_answers(build: Callable[[], object], what: str) -> None:
    """It works, or it gives a registered error of drcheck's own whose place, if it has one, is in this file."""
    error: Exception | None = None
    try:
        build()
    except Exception as caught:
        error = caught
    if error is None or (isinstance(error, (TypeError, AttributeError)) and "predicate" in what):
        return  # what a user's own predicate raises is the user's
    assert isinstance(error, DrcheckError), f"{what} gives a Python error: {type(error).__name__}: {error}"
    assert error.code in CODES
    assert error.place is not None, f"{what}: no place in {error}"
    assert Path(error.place.file).resolve() == HERE.resolve(), f"{what}: {error}"
    assert str(error).startswith(f"[{error.code}] ")
    assert len(str(error)) < 20_000


def shown(value: Any) -> str:
    try:
        return repr(value)[:80]
    except ValueError:
        return "a number of thousands of digits"


@pytest.mark.parametrize("place", PLACES)
def test_nothing_that_is_passed_gives_a_python_error(place: str) -> None:
    for number in range(len(junk())):
        value = junk()[number]
        try:
            hash(value)
        except (TypeError, DrcheckError):  # a declaration says so by a code
            if place.endswith(("{junk: 1}", "{junk: trigger})", "{junk: 1})")):
                continue  # Python itself refuses it as a key
        assert_answers(lambda value=value: PLACES[place](value), f"{place} with {shown(value)}")


@pytest.mark.parametrize("operator", OPERATORS)
def test_no_operator_on_anything_gives_a_python_error(operator: str) -> None:
    operands: list[Callable[[], Any]] = [
        lambda: link().up,
        lambda: link().outage,
        lambda: Choice("k", ["up", "s"]),
        lambda: Boolean("b"),
        lambda: link().outage + 1,
        lambda: Array("a", Integer("e", 0, 2), 3),
        link,
    ]
    for make, number, left in itertools.product(operands, range(len(junk())), (True, False)):
        ours, other = make(), junk()[number]
        a, b = (ours, other) if left else (other, ours)
        if not left and operator in ("in", "[]"):
            continue  # then it is not ours to answer
        if operator == "%" and isinstance(other, (str, bytes)):
            continue  # Python formats the text
        if operator == "in" and (isinstance(other, type) or not hasattr(other, "__iter__")):
            continue  # Python finds nothing to look in
        assert_answers(lambda a=a, b=b: OPERATORS[operator](a, b), f"{shown(a)} {operator} {shown(b)}")


@pytest.mark.parametrize(
    "use",
    [
        abs, float, int, len, list, round, iter, next, sum, sorted, bool, complex, "{:>20}".format, range, hash, repr,
        lambda e: +e, lambda e: -e, lambda e: ~e, lambda e: not e, lambda e: [1, 2][e], lambda e: e[0],
        lambda e: e[0:1], lambda e: e(), lambda e: e(1), lambda e: e.value, lambda e: e.cap, lambda e: 1 if e else 2,
        lambda e: max(e, 1),        lambda e: e.is_in(), lambda e: e.implies(e), lambda e: [*e], lambda e: e in [1],
        lambda e: f"{e:>4}",
    ],
)  # short cases  # fmt: skip
def test_no_use_of_an_expression_gives_a_python_error(use: Callable[[Any], Any]) -> None:
    for make in (lambda: link().up, lambda: link().outage, lambda: Choice("k", ["up", "s"])):
        if use in (next, sorted) or use is sum:
            continue
        assert_answers(lambda make=make: use(make()), f"{use} of {make()!r}")


def test_expressions_keep_their_meaning_for_introspection() -> None:
    expression = link().up
    assert not hasattr(expression, "no_such_attribute")
    assert getattr(link(), "no_such_state", None) is None


def test_expressions_that_double_at_each_step_are_refused() -> None:
    def doubled() -> object:
        e: Any = Integer("x", 0, 3)
        for _ in range(60):
            e = if_else(e == 0, e, 1)
        return e

    assert "more than 20,000 operators" in raised(doubled).message


def test_deep_chains_are_refused_and_wide_ones_work() -> None:
    many = [Integer(f"x{i}", 0, 3) for i in range(600)]
    system = one(on("go", "s", when=(total(many) > 3) & all_of(many, lambda x: x < 4)), variables=many)
    assert lower(system, total(many)).depth < 12
    chosen = Integer("chosen", 0, 3)
    for deep in (lambda e: if_else(e == 0, 1, 2), lambda e: -e, lambda e: minimum(e, 3), lambda e: e % 3):

        def nested(deep: Callable[[Any], Any] = deep) -> object:
            e: Any = chosen
            for _ in range(2_000):
                e = deep(e)
            return e

        assert raised(nested).code == "DR121"
