"""What a component says that is made later, or elsewhere: `state_of("pg2", "primary")`, `variable_of("pg2", "lag")`.

A reference speaks of a component by its name. Which component that is, the composition says: each system has its own, so one
component with references can be part of several. What a reference means is checked when the system is composed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from drcheck.errors import ModelError, caller, shown
from drcheck.language.component import Component, StateIs
from drcheck.language.expressions import BOOLEAN, ENUMERATION, INTEGER, Expression, nodes_in, substitute
from drcheck.language.patterns import expanded, is_pattern
from drcheck.language.variables import NAME, Variable, names_in_order

_ELEMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\[\d+\])?\Z")


class Reference(Expression):
    """A leaf that speaks of a component by its name."""

    def __init__(self, function: str, component: object) -> None:
        self.place = caller()
        if not isinstance(component, str) or not NAME.match(component):
            made = component.name if isinstance(component, Component) else ""
            raise ModelError(
                "DR105",
                f"{function} takes the name of a component, not {shown(component)}",
                place=self.place,
                remedy=f'write {function}("{made}", ...); of a component that is made, {made}.name_of_a_state says the same'
                if made
                else f'write for instance {function}("pg2", ...)',
            )
        self.component = str.__str__(component)

    @property
    def label(self) -> str:
        """Written like the object it stands for."""
        raise NotImplementedError

    def meant(self, component: Component) -> Expression:
        """What it says of the component that has the name. Raises ModelError DR102, DR104."""
        raise NotImplementedError

    def _unknown(self, said: str, asked: str, available: Sequence[str]) -> ModelError:
        return ModelError("DR104", said, place=self.place, available=available, asked=asked)


class StateOf(Reference):
    """Whether the component of a name is in one of some states; see `state_of`."""

    kind = BOOLEAN

    def __init__(self, component: object, states: Sequence[str]) -> None:
        super().__init__("state_of", component)
        self.states = names_in_order(states)
        if not self.states:
            raise ModelError(
                "DR104",
                f"state_of takes names of states, not {', '.join(map(shown, states)) or 'nothing'}",
                place=self.place,
                remedy=f'write for instance state_of("{self.component}", "up")',
            )

    @property
    def label(self) -> str:
        """Written like the object it stands for: `component.state`, or `component in (...)` for several and for patterns."""
        if len(self.states) == 1 and not is_pattern(self.states[0]):
            return f"{self.component}.{self.states[0]}"
        return f"{self.component} in ({', '.join(self.states)})"

    def meant(self, component: Component) -> StateIs:
        """The states of the component that has the name."""
        known = component.named_states()
        states = expanded(self.states, known)
        for name in states:
            if name not in known:
                kind = "no state matches" if is_pattern(name) else "unknown state"
                raise self._unknown(f"{kind} {shown(name)} in component {component.name}", name, known)
        return component.in_states(*states)


class VariableOf(Reference):
    """A variable of the component of a name; see `variable_of`."""

    def __init__(self, component: object, name: object, values: object) -> None:
        super().__init__("variable_of", component)
        if not isinstance(name, str) or not _ELEMENT.match(name):
            raise ModelError(
                "DR104",
                f"variable_of takes the name of a variable, not {shown(name)}",
                place=self.place,
                remedy=f'write for instance variable_of("{self.component}", "lag"), or "slot[0]" for an element of an array',
            )
        self.name = str.__str__(name)
        labels = names_in_order(values)
        if values is not int and values is not bool and not labels:
            raise ModelError(
                "DR102",
                f"the values of a variable are int, bool or a list of names, not {shown(values)}",
                place=self.place,
                remedy=f'write for instance variable_of("{self.component}", "{self.name}", bool)',
            )
        self.labels = labels
        self.kind = ENUMERATION if labels else INTEGER if values is int else BOOLEAN

    @property
    def label(self) -> str:
        """As the variable is written: `component.variable`."""
        return f"{self.component}.{self.name}"

    def meant(self, component: Component) -> Variable:
        """The variable of the component that has the name."""
        found = next((v for v in component.variables if v.name == self.name), None)
        if found is None:
            base = self.name.partition("[")[0]
            names = [v.name for v in component.variables if not base or v.name.partition("[")[0] == base]
            raise self._unknown(
                f"component {component.name} has no variable {shown(self.name)}",
                self.name,
                names or [v.name for v in component.variables],
            )
        if (found.kind, found.labels) != (self.kind, self.labels):
            says = {INTEGER: "int", BOOLEAN: "bool"}.get(found.kind, str(list(found.labels)))
            raise ModelError(
                "DR102",
                f"`{self.label}` is {found.kind}, and is read as {self.kind}"
                + (f" of {', '.join(self.labels)}" if found.kind == self.kind else ""),
                place=self.place,
                available=found.labels,
                remedy=f'write variable_of("{self.component}", "{self.name}", {says})',
            )
        return found


def state_of(component: str, *states: str) -> Expression:
    """Whether the component of this name is in one of these states, or of those that a pattern matches (`down_*`).

    The component may be made later: what is said of it is checked by `compose`, ModelError DR115 where the system has no
    component of the name, DR104 where that has no such state. Raises ModelError DR105, DR104.
    """
    return StateOf(component, states)


def variable_of(component: str, name: str, values: type[int] | Sequence[str] = int) -> Expression:
    """The variable of this name of the component of this name, which may be made later; `slot[0]` is an element of an array.

    `values`: int for a number, bool for a boolean, the names for an enumeration. Checked by `compose`: ModelError DR115, DR104,
    DR102 where the variable has other values. Raises ModelError DR105, DR104, DR102.
    """
    return VariableOf(component, name, values)


def references_in(node: Expression) -> list[Reference]:
    """The references in an expression, each object once, in the order in which they are written."""
    return [leaf for leaf in nodes_in([node]) if isinstance(leaf, Reference)]


def meant(reference: Reference, components: Sequence[Component], whose: str) -> Expression:
    """What a reference says where these are the components; `whose` says whose. Raises ModelError DR115, DR104, DR102."""
    for component in components:
        if component.name == reference.component:
            return reference.meant(component)
    raise ModelError(
        "DR115",
        f"`{reference}` speaks of component {shown(reference.component)}, which {whose} does not have",
        place=reference.place,
        available=[c.name for c in components],
        asked=reference.component,
        remedy="add the component to the composition, or correct the name",
    )


def settled(node: Expression, components: Sequence[Component], whose: str) -> Expression:
    """The same expression with what each reference stands for in its place; itself where there is none.

    Raises ModelError DR115, DR104, DR102.
    """
    if not references_in(node):
        return node
    return substitute(node, lambda leaf: meant(leaf, components, whose) if isinstance(leaf, Reference) else leaf)


__all__ = ["Reference", "StateOf", "VariableOf", "meant", "references_in", "settled", "state_of", "variable_of"]
