"""Proof by slices on the designs of this repository: what showed each conjunct, and a full search beside it.

    python bench/slices.py --design model.info_mart.active_standby:active_standby --set tick=15m
    python bench/slices.py --full 20000000
    python bench/slices.py --json

Without `--design`, all designs with the parameters that they have by themselves. Each property that slices can decide is asked.
A row of the table is a slice that showed something: how many counters it keeps, of how many only the spans, how many it hides,
its states, the seconds of the engine, and how many conjuncts of what it showed. Below it, what all slices took together, also
those that showed nothing, and a search of the system itself, up to `--full` states (0: none): both with seconds of the
processor. What speaks of events is asked of a system with observers, which has a table of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a program: designs and siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import designs
from drcheck.abstraction.proving import BUDGET
from drcheck.cli.options import settings_for
from drcheck.designs.design import load
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Limits, Query
from drcheck.errors import DrcheckError
from drcheck.logic.kinds import Property
from drcheck.logic.observing import Group, by_observers
from drcheck.system.system import System, observers
from drcheck.verdicts.check import prepare
from drcheck.verdicts.sliced import KINDS, Slicing


def asked(target: str, settings: Sequence[str]) -> list[tuple[System, list[Property]]]:
    """What slices can decide of a design with these parameters, and the systems of which it is asked: some have observers."""
    design = load(target)
    chosen = settings_for(design, settings)
    variant = prepare(design, chosen).variants[0]
    items = [item for item in variant.properties if isinstance(item, KINDS) and item.needs_search]
    groups = by_observers(variant.system, items) or [Group(variant.system, (), ())]
    return [(group.system, list(group.properties)) for group in groups if group.properties]


def measured(
    target: str, settings: Sequence[str], system: System, items: list[Property], budget: int, full: int
) -> dict[str, Any]:
    """What slices show of a system, and what a search of it takes."""
    began = time.process_time()
    slicing = Slicing(system, items)
    large = slicing.look()
    found = slicing.decide(budget)
    took, proof = time.process_time() - began, found.proof
    counted = len(proof.counters)
    rows = [
        {
            "kept": list(each.kept),
            "spans": each.spans,
            "hidden": counted - len(each.kept),
            "states": each.states,
            "seconds": each.seconds,
            "shows": {},
        }
        for each in proof.slices
    ]
    open_ = Counter[str]()
    for plan, what, part in slicing.conjuncts():
        name = plan.property.name if what in ("promise", "deadlock") else f"{what} of {plan.property.name}"
        name = "a domain" if what == "domain" else name
        for number in part.by if part.never else ():
            rows[number]["shows"][name] = rows[number]["shows"].get(name, 0) + 1
        open_[name] += not (part.never or part.reached)
    decided = {items[n].name: v for n, v in found.verdicts.items()}
    result = {
        "design": target.partition(":")[2],
        "set": list(settings),
        "observers": [observer.name for observer in observers(system)],
        "counters": counted,
        "slices": rows,
        "verdicts": {name: {"verdict": v.conclusion.value, "reason": v.reason} for name, v in decided.items()},
        "domains": None if found.domains is None else found.domains.conclusion.value,
        "left": [item.name for item in items if item.name not in decided],
        "open": {name: n for name, n in open_.items() if n},
        "states": proof.states,
        "replayed": proof.replayed,
        "cpu": took,
        "small": not large,
        "stopped": proof.stopped,
    }
    if full:
        began = time.process_time()
        searched = engine_named("auto").explore(system, Query(), Limits(states=full))
        result["full"] = {"states": searched.states, "complete": searched.complete, "cpu": time.process_time() - began}
    return result


def table(found: dict[str, Any]) -> str:
    """A design as a table of Markdown."""
    with_ = f" with {', '.join(found['observers'])}" if found["observers"] else ""
    head = f"### {found['design']}{''.join(' ' + each for each in found['set'])}{with_}"
    lines = [head, "", "| shown | kept | spans | hidden | states | s |", "|---|---:|---:|---:|---:|---:|"]
    for row in found["slices"]:
        if row["shows"]:
            shown = ", ".join(f"`{name}`" + (f" ({n})" if n > 1 else "") for name, n in row["shows"].items())
            lines.append(
                f"| {shown} | {len(row['kept']) - row['spans']} | {row['spans']} | {row['hidden']} "
                f"| {row['states']:,} | {row['seconds']:.2f} |"
            )
    nothing = sum(not row["shows"] for row in found["slices"])
    what = f"all, with {nothing} that showed nothing" if nothing else "all"
    lines.append(
        f"| {what}; {found['replayed']:,} states of replays | | | | {found['states']:,} | {found['cpu']:.1f} |"
    )
    full = found.get("full")
    if full is not None:
        end = "" if full["complete"] else ", not to its end"
        lines.append(f"| full search{end} | {found['counters']} | 0 | 0 | {full['states']:,} | {full['cpu']:.1f} |")
    decided = len(found["verdicts"])
    lines += [
        "",
        f"{decided} of {decided + len(found['left'])} decided by slices"
        + (f"; left: {', '.join(found['left'])} ({found['stopped'] or 'no more is asked'})." if found["left"] else "."),
    ]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Prove what designs promise by slices, and say by which.")
    designs.add_options(parser)
    parser.add_argument("--budget", type=int, default=BUDGET, help="states of all slices of a design")
    parser.add_argument(
        "--full", type=int, default=20_000_000, help="the most states of a search of the system itself; 0: none"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    options = designs.parsed(parser, arguments)
    for target in [options.design] if options.design else designs.names():
        try:
            for system, items in asked(target, options.set):
                found = measured(target, options.set, system, items, options.budget, options.full)
                print(json.dumps(found) if options.json else table(found) + "\n", flush=True)
        except DrcheckError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
