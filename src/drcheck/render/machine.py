"""From a component to its state diagram."""

from __future__ import annotations

from collections.abc import Iterator

from drcheck.language.component import TICK, Component, On, Outcome, StateIs, Updates
from drcheck.language.durations import Duration
from drcheck.language.expressions import INTEGER, Expression, substitute
from drcheck.language.names import names_in
from drcheck.language.references import Reference, StateOf, VariableOf
from drcheck.language.shadowed import is_unconditional
from drcheck.language.variables import Variable
from drcheck.render.document import MachineDiagram, MachineEdge, MachineState
from drcheck.render.style import is_failure
from drcheck.system.system import System
from drcheck.system.terms import simplified
from drcheck.system.ways import owner_of


class _Named(Expression):
    """A leaf that prints as `label`: a component's own variables need no component name in its own diagram."""

    def __init__(self, label: str, like: Expression) -> None:
        self.label, self.kind, self.labels = label, like.kind, like.labels


def own_text(component: Component, node: Expression) -> str:
    """An expression as text, in which the component's own variables and states go without its name."""

    def leaf(item: Expression) -> Expression:
        if isinstance(item, Variable) and item.owner is component:
            return _Named(item.name, item)
        if (isinstance(item, StateIs) and item.component is component) or (
            isinstance(item, Reference) and item.component == component.name
        ):
            return _Named(item.label.removeprefix(f"{component.name}.").replace(f"{component.name} in", "in", 1), item)
        return item

    return str(simplified(substitute(node, leaf)))


def machine_diagram(component: Component, system: System | None = None) -> MachineDiagram:
    """The state diagram of a component.

    With `system`, a transition has the kind of the event that it is part of there; otherwise the kind that one of the
    component's transitions on the same trigger declares.
    """
    leaving = {s for t in component.transitions for o in t.outcomes for s in t.sources if o.dest not in (None, s)}
    states = tuple(
        MachineState(name, name in component.initial_states, is_failure(name), final=name not in leaving)
        for name in component.states
    )
    if len(states) == 1:  # a machine with one state has nowhere to go; that is nothing to point out
        states = (MachineState(states[0].name, initial=True, failure=states[0].failure),)
    edges = tuple(
        _edge(component, transition, sources, outcome, number, _kind_of(component, transition.trigger, system))
        for transition, sources in _left(component)
        for number, outcome in enumerate(transition.outcomes)
    )
    return MachineDiagram(
        component=component.name,
        states=states,
        edges=edges,
        variables=tuple(_declaration(component)),
        reads=tuple(foreign_reads(component)),
        names=tuple(_names(component)),
        doc=component.doc,
    )


def _left(component: Component) -> Iterator[tuple[On, tuple[str, ...]]]:
    """Each transition with those of its sources in which no earlier one of the trigger is always taken."""
    taken: set[tuple[str, str]] = set()
    for transition in component.transitions:
        sources = tuple(source for source in transition.sources if (transition.trigger, source) not in taken)
        yield transition, sources
        if is_unconditional(transition):
            taken.update((transition.trigger, source) for source in sources)


def _kind_of(component: Component, trigger: str, system: System | None) -> str:
    if trigger == TICK:
        return "time"
    if system is not None:
        for event in system.events:
            if any(p.component is component and p.trigger == trigger for p in event.participants):
                return event.kind
    kinds = [t.kind for t in component.on_trigger(trigger) if t.kind is not None]
    return kinds[0] if kinds else "automatic"


def _edge(
    component: Component, transition: On, sources: tuple[str, ...], outcome: Outcome, number: int, event_kind: str
) -> MachineEdge:
    remarks = []
    if transition.urgent:
        remarks.append("urgent")
    if transition.priority:
        remarks.append(f"priority {transition.priority}")
    if transition.fault:
        remarks.append(f"fault: {transition.fault}")
    if len(transition.outcomes) > 1:
        remarks.append(f"outcome {number + 1} of {len(transition.outcomes)}")
    remarks += [f"{choice}: {choice.span}" for choice in transition.choices]
    if outcome.probability is not None:
        remarks.append(f"weight {outcome.probability:g}")
    return MachineEdge(
        sources=sources,
        dest=outcome.dest,
        trigger=transition.trigger,
        guard=_guard(component, transition.when),
        updates=_updates(component, outcome.then),
        effects=_effects(component, outcome.then),
        event_kind=event_kind,
        remarks=tuple(remarks),
        doc=transition.doc,
    )


def _guard(component: Component, guard: Expression | None) -> str:
    text = "" if guard is None else own_text(component, guard)
    return "" if text == "true" else text


def _updates(component: Component, then: Updates) -> tuple[str, ...]:
    return tuple(f"{own_text(component, target)} := {own_text(component, value)}" for target, value in then.items)


SHORT = 44
"""An update of more characters is shown only by the name of its variable."""


def _effects(component: Component, then: Updates) -> tuple[str, ...]:
    """Updates in fewer words: variables that get the same value together, arrays as one, long expressions left out."""
    by_value: dict[str, list[str]] = {}
    computed: list[str] = []
    for target, value in then.items:
        name, text = own_text(component, target), own_text(component, value)
        if len(name) + len(text) > SHORT:
            computed.append(name)
        else:
            by_value.setdefault(text, []).append(name)
    told = [f"{', '.join(_arrays(component, names))} := {text}" for text, names in by_value.items()]
    return (*told, *([f"recomputes {', '.join(_arrays(component, computed))}"] if computed else []))


def _arrays(component: Component, names: list[str]) -> list[str]:
    """`a` instead of `a[0]`, `a[1]`, ..., where all elements of an array are named."""
    result: list[str] = []
    for name in names:
        base = name.split("[")[0]
        elements = {v.name for v in component.variables if v.name.startswith(f"{base}[")}
        shown = base if elements and elements <= set(names) else name
        if shown not in result:
            result.append(shown)
    return result


def _declaration(component: Component) -> list[str]:
    """Each variable with its domain, unit, start value and purpose; an array as one."""
    result = []
    done: set[str] = set()
    for variable in component.variables:
        name = variable.name.split("[")[0]
        if name in done:
            continue
        done.add(name)
        length = sum(v.name.split("[")[0] == name for v in component.variables)
        shown = f"{name}[0..{length - 1}]" if "[" in variable.name else name
        if variable.labels:
            domain = " | ".join(variable.labels)
        elif variable.kind == "boolean":
            domain = "true | false"
        else:
            high = variable.high
            unit = f" {variable.unit}" if variable.unit and not isinstance(high, Duration) else ""
            domain = f"{variable.low}..{high}{unit}"
        doc = f" ({variable.doc.rstrip('.')})" if variable.doc else ""
        result.append(f"{shown}: {domain}, starts at {_start(variable)}{doc}")
    return result


def _start(variable: Variable) -> str:
    """The start value in words, or which ones there may be."""
    said = [str(value).lower() if isinstance(value, bool) else str(value) for value in variable.starts]
    if len(said) == 1:
        return said[0]
    first, last = variable.starts[0], variable.starts[-1]
    if len(said) > 2 and variable.kind == INTEGER and int(last) - int(first) == len(said) - 1:
        return f"any of {first}..{last}"
    return f"any of {', '.join(said)}"


def _names(component: Component) -> list[str]:
    """What the names in guards and updates stand for, each once."""
    found = names_in(part for transition in component.transitions for part in transition.parts())
    return list({node.name: f"{node.name}: {own_text(component, node.inner)}" for node in found}.values())


def foreign_reads(component: Component) -> dict[str, tuple[str, str]]:
    """What the guards and updates of a component read of others: label to (owner, name within the owner), in order."""
    found: dict[str, tuple[str, str]] = {}
    for transition in component.transitions:
        for part in transition.parts():
            # leaves() walks a stack from the right; reversing gives the order of writing
            for leaf in reversed(list(part.leaves())):
                owner = owner_of(leaf)
                if owner is not None and owner != component.name:
                    for name in _read(leaf):
                        found.setdefault(f"{owner}.{name}", (owner, name))
    return found


def _read(leaf: Expression) -> tuple[str, ...]:
    """What a leaf reads of its component: states, or a variable, an array as one."""
    if isinstance(leaf, (StateIs, StateOf)):
        return leaf.states
    assert isinstance(leaf, (Variable, VariableOf))
    return (leaf.name.split("[")[0],)


__all__ = ["foreign_reads", "machine_diagram", "own_text"]
