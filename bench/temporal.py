"""What deciding formulas of linear temporal logic costs, beside the exploration whose graph they are decided on.

    python bench/temporal.py --size M --json

The system is that of the pipeline benchmark. It is explored without and with its graph; each formula is then decided on
the graph, as `check` does, where all properties share one exploration. `ratio` is that of exploration with the graph and
the decision together to exploration with the graph; `ratio_without_graph` that of the same to exploration without.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

if __package__ in (None, ""):  # run as a program: its siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import measure
from bench.pipeline import COUNTS, SIZES, pipeline
from drcheck.engines.choose import ENGINES, engine_named
from drcheck.engines.numpy.columns import Columns
from drcheck.engines.protocol import Exploration, Limits, Query
from drcheck.language.expressions import Expression
from drcheck.logic.fairness import weakly_fair
from drcheck.logic.formulas import finally_, globally, next_, until
from drcheck.logic.kinds import Property
from drcheck.logic.liveness import FairGraph, demands
from drcheck.logic.properties import ltl
from drcheck.logic.temporal import negation, product_of, refute
from drcheck.system.system import System


def formulas(system: System, k: int) -> list[Property]:
    """Formulas of several shapes, some of which hold; `k`: how much is produced at each site."""
    variable = system.component("pipeline").variable
    up = variable("link") == 0
    alive = all_alive(system)
    produced, replicated = variable("produced0") == k, variable("replicated0") == k
    everything = weakly_fair("automatic")
    done = replicated | ~alive
    return [
        ltl(globally(variable("replicated0") <= variable("produced0")), name="invariant"),
        ltl(globally(produced.implies(finally_(done))), everything, name="response"),
        ltl(
            globally(finally_(up)).implies(globally(produced.implies(finally_(done)))),
            everything,
            name="response_if_link",
        ),
        ltl(globally(finally_(up)) & globally(finally_(~up)), everything, name="link_comes_and_goes"),
        ltl(finally_(globally(~alive)).implies(finally_(globally(~up | up))), name="tautology"),
        ltl(globally(up.implies(until(alive | ~up, ~up | finally_(replicated)))), everything, name="until"),
        ltl(finally_(globally(up.implies(next_(up | ~alive)))), name="steps"),
        ltl(globally(finally_(~up & next_(up))), everything, name="recurring_steps"),
    ]


def all_alive(system: System) -> Expression:
    """That no site of the pipeline is down."""
    variable = system.component("pipeline").variable
    return (variable("site0") == 0) & (variable("site1") == 0)


def decided(system: System, found: Exploration, item: Property, *, laid_out: bool) -> dict[str, object]:
    """What it took to decide one formula: seconds for its atoms, for the product, and for all."""
    assert found.graph is not None
    assert item.condition is not None
    began = time.perf_counter()
    wanted, fair, columns = negation(system, item.condition), FairGraph(found.graph), Columns(found)
    holding = [columns.mask(atom) for atom in wanted.formula.atoms]
    atoms = time.perf_counter()
    roots = system.initials
    refutation = refute(fair, wanted, holding, demands(system, item.fairness), roots=roots, laid_out=laid_out)
    ended = time.perf_counter()
    product, reader = product_of(fair, wanted, holding, roots)
    pairs = sum(int(product.with_state(q).sum()) for q in range(reader.size))
    return {
        "formula": item.name,
        "text": str(item.condition),
        "fairness": [str(f) for f in item.fairness],
        "automaton_states": reader.size,
        "pairs": pairs,
        "holds": refutation is None,
        "shape": None if refutation is None else refutation.shape.value,
        "atoms_seconds": round(atoms - began, 3),
        "product_seconds": round(time.perf_counter() - ended, 3),
        "seconds": round(ended - began, 3),
    }


def main(arguments: list[str] | None = None) -> int:
    """Explore, decide each formula, print, and return the exit status: 1 where the counts are not the expected ones."""
    parser = argparse.ArgumentParser(description="Decide formulas of temporal logic on the pipeline benchmark.")
    parser.add_argument("--size", choices=list(SIZES), default="M")
    parser.add_argument("--engine", choices=ENGINES, default="native")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--laid-out", action="store_true", help="make a graph of each part of a product, needed or not")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    system = pipeline(*SIZES[options.size])
    engine, limits = engine_named(options.engine), Limits(threads=options.threads)
    without = engine.explore(system, Query(), limits)
    found = engine.explore(system, Query(graph=True), limits)
    rows = [
        decided(system, found, item, laid_out=options.laid_out) for item in formulas(system, SIZES[options.size][0])
    ]
    for row in rows:
        whole = found.seconds + float(str(row["seconds"]))
        row["ratio"] = round(whole / found.seconds, 2)
        row["ratio_without_graph"] = round(whole / without.seconds, 2)
    result = {
        "benchmark": "temporal",
        "size": options.size,
        "engine": found.engine,
        "threads": options.threads,
        "states": found.states,
        "transitions": found.transitions,
        "seconds_without_graph": round(without.seconds, 3),
        "seconds_with_graph": round(found.seconds, 3),
        "formulas": rows,
        "peak_rss": measure.peak(),
    }
    if options.json:
        print(json.dumps(result))
    else:
        for key, value in result.items():
            if key != "formulas":
                print(f"{key:22} {value}")
        print(f"\n{'formula':20} {'states':>6} {'pairs':>11} {'answer':>8} {'product':>8} {'seconds':>8} {'ratio':>6}")
        for row in rows:
            print(
                f"{row['formula']:20} {row['automaton_states']:6} {row['pairs']:11,} {row['shape'] or 'holds':>8} "
                f"{row['product_seconds']:8} {row['seconds']:8} {row['ratio']:6}"
            )
    expected = COUNTS.get(options.size)
    if expected not in (None, (found.states, found.transitions)):
        print(f"wrong: {expected} states and transitions were expected", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
