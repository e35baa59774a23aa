"""Machines of `transitions` that are taken in: those that are step as the live ones do, and all others are refused."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from transitions import Event, Machine, MachineError, State, Transition
from transitions.core import Condition
from transitions.extensions import AsyncMachine, GraphMachine, LockedMachine
from transitions.extensions import states as features
from transitions.extensions.locking import LockedEvent
from transitions.extensions.states import Error, Tags, Timeout, Volatile, add_state_features

from drcheck import Boolean, Component, Integer, System, Updates, compose, deadlock_free, never, on
from drcheck.errors import ModelError
from drcheck.system.oracle import Oracle
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion
from tests.support.generated import SEED, some

FLAGS = ("p", "q")


# -- as the live machine steps --------------------------------------------------------------------------------------------
class Switch:
    """A model with two flags, which conditions read as methods and as attributes."""

    def __init__(self) -> None:
        self.p, self.q = False, True

    def is_p(self, *_: object) -> bool:
        return self.p

    def is_q(self, *_: object) -> bool:
        return self.q


def free_function(*_: object) -> bool:
    return True


@add_state_features(Tags, Timeout)
class Tagged(Machine):
    """Its states have features that are not made use of."""


class Named(Machine):
    """A class of one's own that leaves everything as it is."""

    def describe(self) -> str:
        return f"{len(self.states)} states"


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


NAMES = ("is_p", "is_q", "p", "q", free_function)
CLASSES: dict[str, Callable[..., Machine]] = {
    "Machine": Machine,
    "Tagged": Tagged,
    "Named": Named,
    "GraphMachine": lambda **more: GraphMachine(graph_engine="mermaid", **more),
}


@st.composite
def configurations(draw: st.DrawFn) -> dict[str, Any]:
    """What a machine is made of, with everything that is to change nothing."""
    names = ["a", "b", "c", "d"][: draw(st.integers(1, 4))]
    conditions = st.lists(st.sampled_from(NAMES), max_size=2)
    rows = []
    for _ in range(draw(st.integers(1, 7))):
        rows.append(
            {
                "trigger": draw(st.sampled_from(["go", "turn", "to_a_again"])),
                "source": draw(st.sampled_from([*names, "*"])),
                "dest": draw(st.sampled_from([*names, "=", None])),
                "conditions": draw(conditions),
                "unless": draw(conditions),
            }
        )
    finals = draw(st.lists(st.sampled_from(names), unique=True))
    return {
        "cls": draw(st.sampled_from(sorted(CLASSES))),
        "states": [{"name": name, "final": name in finals} for name in names],
        "transitions": rows,
        "initial": draw(st.sampled_from(names)),
        "ordered_transitions": len(names) > 1 and draw(st.booleans()),
        "send_event": draw(st.booleans()),
        "queued": draw(st.booleans()),
        "auto_transitions": draw(st.booleans()),
        "ignore_invalid_triggers": draw(st.sampled_from([None, True, False])),
        "model_attribute": draw(st.sampled_from(["state", "status"])),
        "name": draw(st.sampled_from([None, "machine"])),
    }


def flags() -> tuple[Component, Boolean, Boolean]:
    p, q = Boolean("p"), Boolean("q", True)
    return (
        Component(
            "flags",
            ["on"],
            variables=[p, q],
            transitions=[
                on("flip_p", "on", then={p: ~p}),
                on("flip_q", "on", then={q: ~q}),
            ],
        ),
        p,
        q,
    )


def both(configuration: dict[str, Any]) -> tuple[System, Machine, Switch] | None:
    """The system with the machine taken in, and the machine; None where a state cannot be reached without `to_...`."""
    model, more = Switch(), dict(configuration)
    machine = CLASSES[more.pop("cls")](model=model, **more)
    for event in machine.events.values():
        for rows in event.transitions.values():  # what is never looked at is refused elsewhere
            first = next((n for n, row in enumerate(rows) if not row.conditions), len(rows))
            del rows[first + 1 :]
    part, p, q = flags()
    asked = {condition.func for row in machine.get_transitions() for condition in row.conditions}
    expressions = {"is_p": p, "is_q": q, "p": p, "q": q, "free_function": p | ~p}
    names = {getattr(asked_for, "__name__", asked_for) for asked_for in asked}
    used = {name: node for name, node in expressions.items() if name in names}
    if not reachable(machine):
        with pytest.raises(ModelError, match="DR112"):
            Component.from_machine("m", machine, conditions=used)
        return None
    taken = Component.from_machine("m", machine, conditions=used)
    return compose("sample", [part, taken]), machine, model


def reachable(machine: Machine) -> bool:
    """Whether transitions that are written lead to every state."""
    written = {r.source: set() for r in machine.get_transitions()}
    for trigger, event in machine.events.items():
        for row in (r for rows in event.transitions.values() for r in rows):
            if not re.fullmatch("to_(status_)?[abcd]", trigger) or not machine.auto_transitions:
                written[row.source].add(row.dest)
    found, waiting = {machine.initial}, [machine.initial]
    while waiting:
        for dest in written.get(waiting.pop(), set()) - found - {None}:
            found.add(dest)
            waiting.append(dest)
    return found == set(machine.states)


def fire(machine: Machine, model: Switch, trigger: str) -> bool:
    """Fire a trigger on the live machine; whether a transition was taken (which a queued machine does not tell)."""
    taken = []

    def execute(row: Transition, original: Callable[..., bool]) -> Callable[..., bool]:
        def executed(event_data: Any) -> bool:
            done = original(event_data)
            taken.append(done)
            return done

        return executed

    rows = [row for rows in machine.events[trigger].transitions.values() for row in rows]
    for row in rows:
        row.execute = execute(row, type(row).execute.__get__(row))  # type: ignore[method-assign]
    try:
        getattr(model, trigger)()
    except MachineError:
        assert not taken
    for row in rows:
        del row.execute
    return any(taken)


@seed(SEED)
@settings(max_examples=some(0.2))
@given(configurations(), st.lists(st.integers(0, 5), min_size=5, max_size=25))
def test_what_is_taken_in_steps_as_the_live_machine(configuration: dict[str, Any], choices: list[int]) -> None:
    made = both(configuration)
    if made is None:
        return
    system, machine, model = made
    oracle, state = Oracle(system), system.initial
    own = [e.name for e in system.events if e.participants[0].component.name == "m"]
    automatic = [t for t in machine.events if t not in own]
    assert all(re.fullmatch("to_(status_)?[abcd]", trigger) for trigger in automatic)
    for choice in choices:
        trigger = ["flip_p", "flip_q", *own][choice % (2 + len(own))]
        steps = [s for s in oracle.successors(state) if system.events[s.event].name == trigger]
        assert len(steps) <= 1
        if trigger in own:
            assert fire(machine, model, trigger) == bool(steps), trigger
        else:
            setattr(model, trigger[-1], not getattr(model, trigger[-1]))
        if steps:
            assert steps[0].target is not None
            state = steps[0].target
        now = system.decode(state)
        live = getattr(model, configuration["model_attribute"])
        assert (now["m"], now["flags.p"], now["flags.q"]) == (live, model.p, model.q)


def test_the_generated_machines_are_mostly_taken_in() -> None:
    """And all that is to change nothing is among them."""
    seen: dict[str, set[Any]] = {}
    taken = []

    @seed(1)
    @settings(max_examples=100)
    @given(configurations())
    def look(configuration: dict[str, Any]) -> None:
        made = both(configuration)
        taken.append(made is not None)
        if made is not None:
            for key, value in configuration.items():
                if isinstance(value, bool | str | None):
                    seen.setdefault(key, set()).add(value)
            seen.setdefault("final", set()).add(any(s["final"] for s in configuration["states"]))

    look()
    assert sum(taken) > len(taken) // 3
    assert {len(seen[key]) for key in ("send_event", "queued", "auto_transitions", "final", "model_attribute")} == {2}
    assert seen["cls"] == set(CLASSES)
    assert len(seen["ignore_invalid_triggers"]) == 3


def test_states_of_an_enumeration() -> None:
    machine = Machine(states=Colour, initial=Colour.RED, transitions=[["go", Colour.RED, Colour.GREEN]])
    taken = Component.from_machine("light", machine)
    assert taken.states == ("RED", "GREEN")
    assert taken.triggers == ("go",)
    assert taken.initial == "RED"


def test_the_machine_stays_as_it_is_and_runs_by_itself() -> None:
    class Account:
        deposits = 0

        def ready(self) -> bool:
            return self.deposits >= 4

    model = Account()
    machine = Machine(model, states=["closed", "open"], initial="closed")
    machine.add_transition("unlock", "closed", "open", conditions="ready")
    machine.add_transition("lock", "open", "closed", unless="ready")
    before = [(c.func, c.target) for t in machine.get_transitions("unlock") for c in t.conditions]
    deposits = Integer("deposits", 0, 5)
    till = Component(
        "till",
        ["on"],
        variables=[deposits],
        transitions=[on("deposit", "on", when=deposits < 5, then={deposits: deposits + 1})],
    )
    account = Component.from_machine("account", machine, conditions={"ready": deposits >= 4})
    system = compose("bank", [till, account])
    (_, safe, dead) = check(system, [never(account.open & (deposits < 4), name="early"), deadlock_free(name="ends")])
    assert (safe.conclusion, dead.conclusion) == (Conclusion.HOLDS, Conclusion.VIOLATED)
    assert (
        [(c.func, c.target) for t in machine.get_transitions("unlock") for c in t.conditions]
        == before
        == [("ready", True)]
    )
    assert not model.unlock()  # type: ignore[attr-defined]
    model.deposits = 4
    assert model.unlock()  # type: ignore[attr-defined]
    assert model.state == "open"  # type: ignore[attr-defined]


# -- what is refused -------------------------------------------------------------------------------------------------------
def plain(cls: type = Machine, **more: Any) -> Machine:
    """A machine that is taken in as it is."""
    machine: Machine = cls(states=["a", "b"], initial="a", **more)
    machine.add_transition("go", "a", "b")
    machine.add_transition("back", "b", "a")
    return machine


def with_state(*mixed: type, **more: Any) -> Machine:
    """A machine whose state b has features, and which must leave it to go on."""
    cls = add_state_features(*mixed)(type("Featured", (Machine,), {}))
    machine = cls(states=["a", {"name": "b", **more}], initial="a")
    machine.add_transition("go", "a", "b")
    machine.add_transition("back", "b", "a")
    return machine


class Entering(State):
    def enter(self, event_data: Any) -> None:
        super().enter(event_data)
        event_data.model.to_b()


class Executing(Transition):
    def execute(self, event_data: Any) -> bool:
        return False


class Triggered(Event):
    def trigger(self, model: Any, *args: Any, **kwargs: Any) -> bool:
        return False


class Negated(Condition):
    def check(self, event_data: Any) -> bool:
        return not super().check(event_data)


class Conditional(Transition):
    condition_cls = Negated


class OwnStates(Machine):
    state_cls = Entering


class OwnTransitions(Machine):
    transition_cls = Executing


class OwnEvents(Machine):
    event_cls = Triggered


class OwnConditions(Machine):
    transition_cls = Conditional


class OwnSetting(Machine):
    def set_state(self, state: Any, model: Any = None) -> None:
        super().set_state("a", model)


class Greeting:
    def on_enter_b(self) -> None: ...

    def on_exit_a(self) -> None: ...


class Going:
    def go(self) -> str:
        return "something else"


def changed(change: Callable[[Machine], object], **more: Any) -> Callable[[], Machine]:
    def build() -> Machine:
        machine = plain(**more)
        change(machine)
        return machine

    return build


REFUSED: dict[str, tuple[Callable[[], Machine], str]] = {
    "no machine": (lambda: "machine", "is not a transitions.Machine"),  # type: ignore[dict-item,return-value]
    "prepare_event": (lambda: plain(prepare_event="see"), "the machine has callbacks (prepare_event: 'see')"),
    "before_state_change": (lambda: plain(before_state_change=print), "the machine has callbacks (before_state_change: "),
    "after_state_change": (
        lambda: plain(after_state_change=[print, "see"]), "(after_state_change: <built-in function print>, 'see')"
    ),
    "finalize_event": (lambda: plain(finalize_event="see"), "the machine has callbacks (finalize_event: 'see')"),
    "on_exception": (lambda: plain(on_exception="see"), "the machine has callbacks (on_exception: 'see')"),
    "on_final": (
        lambda: Machine(
            states=["a", State("b", final=True)], initial="a", transitions=[["go", "a", "b"]], on_final="to_a"
        ),
        "the machine has callbacks (on_final: 'to_a') for its final states b",
    ),
    "on_enter": (changed(lambda m: m.on_enter_b("see")), "state b has callbacks (on_enter: 'see')"),
    "on_exit": (changed(lambda m: m.on_exit_a("see")), "state a has callbacks (on_exit: 'see')"),
    "of a model, by its name": (lambda: plain(model=Greeting()), "state a has callbacks (on_exit: 'on_exit_a'); (2) state b has"),
    "before": (changed(lambda m: m.before_go("see")), "go from a has the callback 'see' (before)"),
    "after": (changed(lambda m: m.after_go(print)), "go from a has the callback <built-in function print> (after)"),
    "prepare": (changed(lambda m: m.prepare_go("see")), "go from a has the callback 'see' (prepare)"),
    "updates in prepare": (
        changed(lambda m: m.add_transition("on", "a", "b", prepare=Updates({}))), "on from a has the callback <drcheck."
    ),
    "a condition by name": (
        changed(lambda m: m.add_transition("on", "a", "b", conditions="ready")), "on from a has the condition 'ready'"
    ),
    "a function as condition": (
        changed(lambda m: m.add_transition("on", "a", "b", unless=lambda: True)), "on from a has the condition <function"
    ),
    "retries": (
        lambda: with_state(features.Retry, retries=2, on_failure="to_a"),
        "state b counts entries (retries=2) and then calls 'to_a'",
    ),
    "a timeout": (
        lambda: with_state(Timeout, timeout=3, on_timeout="see"), "state b has a timeout of 3 seconds and then calls 'see'"
    ),
    "error states": (lambda: with_state(Error, accepted=True), "a state is of class Error, which has its own enter"),
    "volatile states": (lambda: with_state(Volatile), "a state is of class Volatile, which has its own enter, exit"),
    "a class of states": (lambda: plain(OwnStates), "a state is of class Entering, which has its own enter"),
    "a class of transitions": (lambda: plain(OwnTransitions), "a transition is of class Executing, which has its own execute"),
    "a class of events": (lambda: plain(OwnEvents), "an event is of class Triggered, which has its own trigger"),
    "a class of conditions": (
        changed(lambda m: m.add_transition("on", "a", "b", conditions=Boolean("x")), cls=OwnConditions),
        "a condition is of class Negated, which has its own check",
    ),
    "a class of machines": (lambda: plain(OwnSetting), "it is of class OwnSetting, which has its own set_state"),
    "a state of its own ways": (
        changed(lambda m: setattr(m.states["b"], "enter", lambda _: None)), "state b has its own enter"
    ),
    "an event of its own ways": (
        changed(lambda m: setattr(m.events["go"], "trigger", lambda _: True)), "the event go has its own trigger"
    ),
    "a transition of its own ways": (
        changed(lambda m: setattr(m.get_transitions("go")[0], "execute", lambda _: True)), "go from a has its own execute"
    ),
    "a machine of its own ways": (changed(lambda m: setattr(m, "callback", print)), "it has its own callback"),
    "locked": (lambda: plain(LockedMachine), "cannot be adopted: it is locked against other threads (LockedMachine) ("),
    "asynchronous": (lambda: plain(AsyncMachine), "cannot be adopted: it is asynchronous (AsyncMachine) ("),
    "events of a locked machine": (
        lambda: plain(type("Events", (Machine,), {"event_cls": LockedEvent})),
        "an event is of class LockedEvent, which has its own trigger",
    ),
    "no initial state": (
        lambda: Machine(model=None, states=["a"], initial=None), "it has no initial state"
    ),
    "a trigger by the name of an automatic one": (
        changed(lambda m: m.add_transition("to_b", "a", "b")), "to_b is also a trigger that `transitions` adds automatically"
    ),
    "an automatic one with a condition": (
        changed(lambda m: m.add_transition("to_status_b", "a", "b", conditions=Boolean("x")), model_attribute="status"),
        "to_status_b is also a trigger that `transitions` adds automatically",
    ),
    "an automatic one with a callback": (
        changed(lambda m: m.before_to_b("see")), "to_b is also a trigger that `transitions` adds automatically"
    ),
    "a model with a method by the name of a trigger": (
        lambda: plain(model=Going()), "'go' of the model of class Going is not the trigger but something else"
    ),
}  # a case a row  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_known_to_change_nothing_is_refused(kind: str) -> None:
    build, why = REFUSED[kind]
    machine = build()
    with pytest.raises(ModelError) as caught:
        Component.from_machine("m", machine)
    assert caught.value.code == "DR118"
    assert why in str(caught.value)
    assert caught.value.place is not None
    assert caught.value.place.file == __file__


def test_the_plain_machine_is_taken_in() -> None:
    """Without what is added to it above, so that it is that which is refused."""
    assert Component.from_machine("m", plain()).triggers == ("go", "back")
    assert Component.from_machine("m", with_state(features.Retry, Timeout, Tags)).triggers == ("go", "back")
    assert Component.from_machine("m", plain(on_final="to_a")).triggers == ("go", "back")  # no state is final
    assert Component.from_machine("m", plain(model_attribute="status")).triggers == ("go", "back")


def test_all_causes_are_told_at_once() -> None:
    machine = plain(OwnStates, after_state_change="see", on_exception="see")
    machine.add_transition("on", "a", "b", conditions=["ready", "steady"], after="see")
    with pytest.raises(ModelError) as caught:
        Component.from_machine("m", machine, conditions={"redy": Boolean("x"), "number": Integer("n", 0, 1)})
    assert re.findall(r"\((\d+)\)", caught.value.message) == [str(n) for n in range(1, 9)]
    for words in (
        "the condition 'number' is given as",
        "(after_state_change: 'see')",
        "(on_exception: 'see')",
        "class Entering",
        "the callback 'see' (after)",
        "on from a has the condition 'ready'",
        "on from a has the condition 'steady'",
        "no condition of the machine is called 'redy', did you mean 'ready'?",
    ):
        assert words in caught.value.message


@pytest.mark.parametrize(
    ("conditions", "why"),
    [
        (5, "conditions map names to expressions, they are not 5"),
        ({5: Boolean("x")}, "the condition 5 is given as"),
        ({"ready": Integer("n", 0, 1)}, "the condition 'ready' is given as"),
        ({"ready": None}, "the condition 'ready' is given as None"),
        ({"ready": "yes"}, "the condition 'ready' is given as 'yes'"),
        (
            {"steady": Boolean("x")},
            "go from a has the condition 'ready'; (2) no condition of the machine is called 'steady'",
        ),
    ],
)
def test_conditions_that_are_not_given_well(conditions: Any, why: str) -> None:
    machine = Machine(states=["a", "b"], initial="a")
    machine.add_transition("go", "a", "b", conditions="ready")
    with pytest.raises(ModelError) as caught:
        Component.from_machine("m", machine, conditions=conditions)
    assert caught.value.code == "DR118"
    assert why in str(caught.value)
