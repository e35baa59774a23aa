"""Types of a design's system, for type checkers and editors, as written by `drcheck stubs`.

With them, in `def one_at_a_time(d: Pair) -> Property`, mypy and pyright refuse `d.primary.dwon` and editors complete what can
follow. A type has what some choice of the parameters composes, and nothing is said of which. Inside the design's own
function components are plain objects, and nothing is refused before it runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import product
from keyword import iskeyword
from typing import Any

from drcheck.designs.design import Design
from drcheck.errors import DrcheckError
from drcheck.language import variables
from drcheck.language.component import Component
from drcheck.language.expressions import Expression
from drcheck.system.system import System
from drcheck.system.views import ComponentView, SystemView

HEAD = "# Written by `drcheck stubs`; not to be edited. `drcheck stubs --check` tells when it is stale.\n"
"""The first line of a generated file, by which it is recognised."""
LIMIT = 64
"""Combinations of parameters that are composed; if there are more, each value alone, and the last of all together."""

_KINDS = ("Boolean", "Choice", "Integer", "Counter", "Age", "Variable", "Array")
_OWN: dict[type, set[str]] = {
    Component: {*dir(Component), *dir(ComponentView), "place"},
    System: {*dir(System), *dir(SystemView), *(field.name for field in fields(System))},
}
"""Attributes that mean the same in every component and system, whatever a design calls its own."""


def stubs_of(module: str, designs: Sequence[Design]) -> str:
    """The text of a module with the types of these designs. Raises what composing with the defaults raises."""
    writer = _Writer()
    for design in designs:
        writer.design(design)
    return writer.text(module)


def compositions(design: Design) -> Iterator[System]:
    """The design composed with its defaults, and with every other choice of its parameters that can be listed.

    Parameters of any value (durations, numbers without a range) keep their default. A choice that the design refuses is left out.
    """
    yield design.build()
    listed = {
        p.name: [v for v in ((False, True) if p.type is bool else p.choices) if v != p.default]
        for p in design.parameters
    }
    listed = {name: others for name, others in listed.items() if others}
    for settings in _choices(listed):
        try:
            yield design.build(settings)
        except DrcheckError:
            continue


def _choices(listed: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Settings that differ from the defaults: all, or, where there are too many, one at a time and then all at once."""
    size = 1
    for others in listed.values():
        size *= len(others) + 1
    names = list(listed)
    if size <= LIMIT:
        for chosen in product(*([None, *((value,) for value in listed[name])] for name in names)):
            settings = {name: value[0] for name, value in zip(names, chosen, strict=True) if value is not None}
            if settings:
                yield settings
        return
    for name in names:
        yield from ({name: value} for value in listed[name])
    yield {name: others[-1] for name, others in listed.items()}


class _Writer:
    """Collects classes, each under its own name, and what they import."""

    def __init__(self) -> None:
        self._classes: list[str] = []
        self._names = {*_KINDS, "Any", "Expression", "Mapping", "Protocol", "Sequence", "ComponentView", "SystemView"}
        self._used: set[str] = {"Protocol", "SystemView"}

    def design(self, design: Design) -> None:
        """Add the types of a design's components, and of its system."""
        members: dict[str, dict[str, set[str]]] = {}  # component -> attribute -> types
        parts: dict[str, list[Any]] = {}
        for system in compositions(design):
            for component in system.components:
                own = members.setdefault(component.name, {})
                for name, kind in _attributes(component):
                    own.setdefault(name, set()).add(kind)
            for name, value in system.parts.items():
                parts.setdefault(name, []).append(value)
        head = self._name(_title(design.function.__name__))
        types = {}
        for component_name, own in members.items():
            types[component_name] = self._name(head + _title(component_name))
            self._used.add("ComponentView")
            self._class(
                types[component_name],
                "ComponentView",
                f"Component `{component_name}` of `{design.name}`.",
                {name: self._union(kinds) for name, kinds in own.items() if _can_be_written(name, Component)},
            )
        known = {**types, **{name: self._parts(values, types) for name, values in parts.items()}}
        self._class(
            head,
            "SystemView",
            f"The system that `{design.name}` composes.",
            {name: kind for name, kind in known.items() if _can_be_written(name, System)},
        )

    def text(self, module: str) -> str:
        """The whole module."""
        collections = sorted(self._used & {"Mapping", "Sequence"})
        language = sorted(self._used & {*_KINDS, "Expression"})
        lines = [
            HEAD.rstrip("\n"),
            f'"""Types of the systems of {module}, for type checkers and editors."""',
            "",
            "from __future__ import annotations",
            "",
            *([f"from collections.abc import {', '.join(collections)}"] if collections else []),
            f"from typing import {', '.join(sorted(self._used & {'Any', 'Protocol'}))}",
            "",
            *([f"from drcheck import {', '.join(language)}"] if language else []),
            f"from drcheck.system.views import {', '.join(sorted(self._used & {'ComponentView', 'SystemView'}))}",
        ]
        return "\n".join([*lines, "\n\n" + "\n\n\n".join(self._classes)]) + "\n"

    def _class(self, name: str, base: str, doc: str, attributes: Mapping[str, str]) -> None:
        lines = [f"class {name}({base}, Protocol):", f'    """{doc}"""']
        for attribute, kind in attributes.items():
            lines += ["", "    @property", f"    def {attribute}(self) -> {kind}: ..."]
        self._classes.append("\n".join(lines))

    def _name(self, wanted: str) -> str:
        while wanted in self._names or iskeyword(wanted):
            wanted += "_"
        self._names.add(wanted)
        return wanted

    def _union(self, kinds: set[str]) -> str:
        if "Any" in kinds:
            kinds = {"Any"}
        if "Expression" in kinds:
            kinds = kinds - {*_KINDS} | kinds & {"Array"}  # variables are expressions, and an array is none
        self._used.update(kind for kind in kinds if kind in (*_KINDS, "Expression", "Any"))
        return " | ".join(sorted(kinds))

    def _parts(self, values: Sequence[object], types: Mapping[str, str]) -> str:
        """The type of a part that has these values: components, expressions, plain values, lists and tables of these."""
        lists = [value for value in values if isinstance(value, (list, tuple))]
        tables = [value for value in values if isinstance(value, Mapping)]
        plain = [value for value in values if not isinstance(value, (list, tuple, Mapping))]
        kinds = {self._part(value, types) for value in plain}
        if lists:
            self._used.add("Sequence")
            kinds.add(f"Sequence[{self._parts([item for value in lists for item in value], types)}]")
        if tables:
            self._used.add("Mapping")
            keys, items = ([x for table in tables for x in part(table)] for part in (Mapping.keys, Mapping.values))
            kinds.add(f"Mapping[{self._parts(keys, types)}, {self._parts(items, types)}]")
        return self._union(kinds or {"Any"})

    def _part(self, value: object, types: Mapping[str, str]) -> str:
        if isinstance(value, Component):
            return types.get(value.name) or self._import("ComponentView")
        if isinstance(value, (Expression, variables.Array)):
            return _kind(value)
        return type(value).__name__ if isinstance(value, (bool, int, str)) else "Any"

    def _import(self, name: str) -> str:
        self._used.add(name)
        return name


def _attributes(component: Component) -> Iterator[tuple[str, str]]:
    """The states, variables and arrays of a component, with the name of each one's type."""
    for state in component.named_states():
        yield state, "Expression"
    elements = {id(element) for array in component.arrays.values() for element in array}
    for variable in component.variables:
        if id(variable) not in elements:
            yield variable.name, _kind(variable)
    for name in component.arrays:
        yield name, "Array"


def _kind(value: object) -> str:
    """The class of the language that a value is of."""
    ours = (c.__name__ for c in type(value).__mro__ if c.__module__ == variables.__name__ and c.__name__ in _KINDS)
    return next(ours, "Expression")


def _title(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _can_be_written(name: str, of: type) -> bool:
    """Whether `object.name` is the design's own. What is not is accessed with `state("name")` and the like."""
    return not iskeyword(name) and not name.startswith("__") and name not in _OWN[of]
