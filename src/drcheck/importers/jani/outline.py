"""What a JANI file declares, as far as it does not depend on the values of its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from drcheck.errors import shown
from drcheck.importers.jani import declarations
from drcheck.importers.jani.declarations import ConstantDeclared, Declared, Wanted
from drcheck.importers.jani.document import Node, read
from drcheck.importers.jani.expressions import Function

TYPES = ("dtmc", "ctmc", "mdp", "ma", "lts")
"""The types of models that are read."""
_OTHER_TYPES = ("ta", "pta", "sta", "ha", "pha", "sha", "ctmdp", "cta", "stp")
FEATURES = (
    *("derived-operators", "functions", "state-exit-rewards", "named-expressions"),
    *("hyperbolic-functions", "trigonometric-functions", "tradeoff-properties"),
)
"""Extensions that a model may name. Of some an operator is refused where it is used."""
_OTHER_FEATURES = ("arrays", "datatypes", "edge-priorities", "nondet-selection", "multiobjective-properties")
PROGRESS = "maximal_progress"
"""The parameter of a model of type ma that says whether an edge with a rate waits while one without is possible."""


@dataclass(frozen=True)
class Model:
    """A JANI file, read as far as it does not depend on parameters. `wanted`: what `--set` must give."""

    node: Node
    kind: str
    constants: tuple[ConstantDeclared, ...]
    variables: tuple[Declared, ...]
    functions: Mapping[str, Function]
    automata: Mapping[str, Node]
    locals_: Mapping[str, Sequence[Declared]]
    actions: frozenset[str]
    wanted: tuple[Wanted, ...]

    @property
    def name(self) -> str:
        """The name that the file gives the model."""
        return self.node["name"].text() if "name" in self.node else Path(self.node.source.file).stem

    @property
    def doc(self) -> str:
        """What the file says of the model."""
        metadata = self.node.get("metadata")
        said = metadata.get("description") if metadata is not None else None
        return said.value if said is not None and isinstance(said.value, str) else ""


def load(file: str) -> Model:
    """A JANI file. Raises DesignError DR230 to DR232."""
    return outlined(read(file))


def outlined(node: Node) -> Model:
    """What a JANI file declares. Raises DesignError DR231, DR232."""
    node.expect(
        "a model",
        (
            *("jani-version", "name", "metadata", "type", "features", "actions", "constants", "variables", "functions"),
            *("restrict-initial", "properties", "automata", "system"),
        ),
        ("datatypes",),
    )
    if node["jani-version"].value != 1:
        node["jani-version"].unsupported(f"version {node['jani-version'].what()} of jani-model is not 1")
    kind = node["type"].text()
    if kind in _OTHER_TYPES:
        node["type"].unsupported(f"models of type {kind} are not supported; {', '.join(TYPES)} are")
    if kind not in TYPES:
        node["type"].malformed(f"there is no type {shown(kind)}", available=TYPES, asked=kind)
    for feature in node.each("features"):
        if feature.text() in _OTHER_FEATURES:
            feature.unsupported(f"the feature {feature.text()} is not supported")
        if feature.text() not in FEATURES:
            feature.unsupported(f"the feature {shown(feature.text())} is not known")
    constants, variables = declarations.constants_of(node), declarations.variables_of(node)
    taken = {c.name: "a constant" for c in constants}
    declarations.unique((v.node["name"] for v in variables), taken)
    taken |= {v.name: "a variable" for v in variables}
    actions = []
    for action in node.each("actions"):
        action.expect("an action", ("name",))
        actions.append(action["name"])
    declarations.unique(actions)
    automata: dict[str, Node] = {}
    locals_: dict[str, Sequence[Declared]] = {}
    for automaton in node["automata"].items():
        automaton.expect(
            "an automaton",
            ("name", "locations", "initial-locations", "edges", "variables", "restrict-initial", "functions"),
        )
        name = automaton["name"].text()
        if name in automata:
            automaton["name"].malformed(f"there are two automata {shown(name)}")
        automata[name] = automaton
        locals_[name] = declarations.variables_of(automaton, name)
        declarations.unique((v.node["name"] for v in locals_[name]), taken)
    if kind == "ma" and PROGRESS in taken:
        node.unsupported(f"{PROGRESS} is the name of a parameter of every model of type ma", remedy="rename it")
    everything = [*variables, *(v for own in locals_.values() for v in own)]
    return Model(
        node,
        kind,
        tuple(constants),
        tuple(variables),
        declarations.functions_of(node),
        automata,
        locals_,
        frozenset(action.text() for action in actions),
        tuple(declarations.wanted_of(constants, everything)),
    )


__all__ = ["FEATURES", "PROGRESS", "TYPES", "Model", "load", "outlined"]
