"""What the quotient by bisimulation of a design's graph costs beside its search, and what questions cost on it.

    python bench/quotients.py --design model.info_mart.active_standby:active_standby --json

The design is explored with its graph. Each of its properties of executions (`leads_to`, `can_always`, `ltl`) whose terms are
in the system is then decided on the graph, and on the quotient whose classes tell all of their conditions apart; what they
are `given` is left aside. Times are processor time of this process. `ratio` of the quotient: to the search. `times`: by how
much faster a property is decided on the quotient. A property on which the two differ ends the program with status 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a program: designs and siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from drcheck.cli.options import settings_for
from drcheck.designs.design import Design, load
from drcheck.designs.selection import property_on
from drcheck.engines.choose import ENGINES, engine_named
from drcheck.engines.protocol import Limits, Query
from drcheck.errors import PropertyError
from drcheck.logic.kinds import Property
from drcheck.logic.observing import with_observers
from drcheck.system.system import System
from drcheck.verdicts.deciding import decide
from drcheck.verdicts.grounds import Grounds
from drcheck.verdicts.phases import Phases
from drcheck.verdicts.plan import Planner
from drcheck.verdicts.verdict import Run


def questions(design: Design, system: System) -> list[Property]:
    """The properties of executions that can be asked of the system."""
    found = [property_on(statement, system, system.parameters) for statement in design.statements()]
    items = [replace(item, given={}) for item in found if isinstance(item, Property) and item.of_executions]
    return [item for item in items if on_itself(system, item)]


def on_itself(system: System, item: Property) -> bool:
    """Whether a property speaks of no events: else it is decided on a system with observers, on another graph."""
    try:
        return with_observers(system, [item])[0] is system
    except PropertyError:  # of an event that the system does not have with these parameters
        return False


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of processor time that some work takes, and what it returns."""
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def main(arguments: list[str] | None = None) -> int:
    """Search, make the quotient, decide each property twice, print; return 1 where two answers differ."""
    parser = argparse.ArgumentParser(description="The quotient of a design's graph, and questions on it.")
    parser.add_argument("--design", default="model.info_mart.active_standby:active_standby")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the design")
    parser.add_argument("--engine", choices=ENGINES, default="native")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    design = load(options.design)
    system = design.build(**settings_for(design, options.set))
    planner = Planner(system)
    plans = planner.plans(questions(design, system))
    query = Query(tuple(planner.watches), tuple(planner.maxima), graph=True)
    engine = engine_named(options.engine)
    engine.explore(system, query, Limits(threads=options.threads))  # its code is made
    searching, found = timed(lambda: engine.explore(system, query, Limits(threads=options.threads)))
    run = Run(system, found, {}, None, False, (), Phases())
    apart = [condition for plan in plans for condition in plan.read]
    coarse = Grounds(run, apart)
    coarse.coarse(apart)  # its kernels are made
    coarse.give_back()
    making, (quotient, _) = timed(lambda: coarse.coarse(apart))
    rows = []
    for plan in plans:
        slow, on_graph = timed(partial(decide, plan.property, plan, Grounds(run)))
        quick, on_quotient = timed(partial(decide, plan.property, plan, coarse))
        rows.append(
            {
                "property": plan.property.name,
                "kind": plan.property.kind,
                "conclusion": on_graph.conclusion.name,
                "agrees": (on_graph.conclusion, on_graph.reason) == (on_quotient.conclusion, on_quotient.reason),
                "on_graph": round(slow, 4),
                "on_quotient": round(quick, 4),
                "times": round(slow / max(quick, 1e-6), 1),
            }
        )
    result = {
        "benchmark": "quotients",
        "design": options.design,
        "states": found.states,
        "transitions": found.transitions,
        "classes": quotient.classes,
        "edges": len(quotient.graph.targets),
        "search": round(searching, 3),
        "quotient": round(making, 3),
        "ratio": round(making / searching, 2),
        "properties": rows,
    }
    if options.json:
        print(json.dumps(result))
    else:
        for key, value in result.items():
            if key != "properties":
                print(f"{key:12} {value}")
        for row in rows:
            print("  ".join(str(value) for value in row.values()))
    return 0 if all(row["agrees"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
