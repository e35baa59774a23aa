"""The repository's own designs as a benchmark, with all their properties of states as the query.

    python bench/designs.py --design model.info_mart.active_active:active_active --json
    python bench/designs.py --design model.logger_hds.latency --set tables=4 --json

Properties of kind `always` are watched for their violation (`invariant_holds` speaks of these: a design may have
findings), `reachable` for a witness, and each `worst_case` is a maximum. What is stated for other parameters than those
of the system is left out, as are liveness, structure, and what speaks of events: observers would make it another system.
Without `--design`, the designs are listed.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

if __package__ in (None, ""):  # run as a program: designs and siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import measure
from drcheck.cli.options import settings_for
from drcheck.designs.design import Design, load
from drcheck.designs.parameter import show
from drcheck.designs.selection import property_on
from drcheck.engines.protocol import Query
from drcheck.errors import DrcheckError
from drcheck.language.expressions import BOOLEAN, Expression, Operation
from drcheck.logic.kinds import Always, Property, Reachable, WorstCase
from drcheck.logic.observing import by_observers
from drcheck.system.lowering import lower
from drcheck.system.system import System
from drcheck.system.terms import conjunction

ROOT = Path(__file__).resolve().parent.parent


def names() -> list[str]:
    """The designs of this repository, as pyproject.toml lists them."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed: list[str] = table["tool"]["pytest"]["ini_options"]["drcheck_designs"]
    return listed


def properties(design: Design, system: System) -> list[Property]:
    """The properties that are stated for just the parameters that the system was composed with."""
    found = []
    for statement in design.statements():
        if all(design.parameter(k).check(v) == system.parameters[k] for k, v in statement.given.items()):
            item = property_on(statement, system, system.parameters)
            found += [item] if isinstance(item, Property) else []  # else its subject is not part of this system
    return found


def of_states(system: System, items: Sequence[Property]) -> list[Property]:
    """Those of some properties that are decided on the system itself, without observers of its events."""
    return [item for group in by_observers(system, items) if group.system is system for item in group.properties]


def question(design: Design, system: System) -> tuple[Query, int]:
    """The query of all properties of states, and how many of its watches (the first ones) violate an invariant."""
    bad, witnesses, maxima = [], [], []
    for item in of_states(system, properties(design, system)):
        if isinstance(item, Always):
            assert item.condition is not None
            broken: Expression = Operation("not", (lower(system, item.condition, item.place),), BOOLEAN)
            if item.trigger is not None:
                broken = conjunction([lower(system, item.trigger, item.place), broken])
            bad.append(broken)
        elif isinstance(item, Reachable):
            assert item.condition is not None
            witnesses.append(lower(system, item.condition, item.place))
        elif isinstance(item, WorstCase):
            assert item.measure is not None
            maxima.append(lower(system, item.measure, item.place))
    return Query((*bad, *witnesses), tuple(maxima)), len(bad)


def composed(target: str, settings: Sequence[str] = ()) -> tuple[Design, System, Query, int]:
    """The design `module:function` with what `--set` says of its parameters, and its question. Raises DrcheckError."""
    design = load(target)
    system = design.build(settings_for(design, settings))
    return design, system, *question(design, system)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options by which a program that has a system of its own takes a design instead."""
    parser.add_argument("--design", help="instead: module:function, a design of this repository")
    parser.add_argument(
        "--set", action="append", default=[], metavar="PARAMETER=VALUE", help="a parameter of the design"
    )


def parsed(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of such a program. Ends it where a parameter is given without a design."""
    options = parser.parse_args(arguments)
    if options.set and options.design is None:
        parser.error("--set gives a parameter of a design: name the design with --design")
    return options


def main(arguments: list[str] | None = None) -> int:
    parser = measure.parser("Explore a design of this repository.")
    parser.add_argument("--design", help="module:function, or the module of one design")
    parser.add_argument("--invariants", action="store_true", help="only the properties of kind always")
    parser.add_argument("--set", action="append", default=[], metavar="PARAMETER=VALUE", help="a parameter's value")
    options = parser.parse_args(arguments)
    if options.design is None:
        print("\n".join(names()))
        return 0
    try:
        design, system, query, invariants = composed(options.design, options.set)
        if options.invariants:
            query = Query(query.watches[:invariants])
    except DrcheckError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    about = {
        "benchmark": "designs",
        "design": design.name,
        "parameters": {name: show(value) for name, value in system.parameters.items()},
        "watches": len(query.watches),
        "maxima": len(query.maxima),
    }
    return measure.run(about, system, query, options, invariants=invariants)


if __name__ == "__main__":
    sys.exit(main())
