"""The pipeline benchmark: a two-site reporting pipeline whose state space grows with four parameters.

    python bench/pipeline.py --size M --json

prints one object: the parameters and what `bench/measure.py` says of a search.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

from drcheck.system.lowering import lower

if __package__ in (None, ""):  # run as a program: its siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import measure
from drcheck.engines.protocol import Query
from drcheck.language.component import Component, on
from drcheck.language.expressions import Expression, Operand
from drcheck.language.functions import minimum
from drcheck.language.variables import Integer
from drcheck.system.composition import compose
from drcheck.system.system import System

SIZES = {
    "tiny": (1, 1, 1, 1),
    "S": (2, 2, 3, 1),
    "M": (4, 2, 3, 1),
    "L": (5, 3, 4, 1),
    "X": (7, 3, 6, 1),
    "G": (7, 3, 9, 1),
}
COUNTS = {"tiny": (2_460, 8_832), "S": (109_025, 499_464), "M": (6_130_175, 34_942_384)}


def pipeline(k: int, q: int, h: int, most_lost: int) -> System:
    """Per site: produced, written, extracted, transformed, replicated in 0..k, a queue in 0..q, and its state.

    One component owns everything, as in the benchmark's definition; `h` is the longest outage, `most_lost` caps the
    count of lost items.
    """
    outage, lost = Integer("outage", 0, h), Integer("lost", 0, most_lost)
    sites = []
    for i in range(2):
        names = ("produced", "written", "extracted", "transformed", "replicated")
        counters = [Integer(f"{name}{i}", 0, k) for name in names]
        sites.append((*counters, Integer(f"queue{i}", 0, q), Integer(f"site{i}", 0, 2)))
    transitions = []

    def event(name: str, when: Expression, then: dict[Integer, Operand]) -> None:
        transitions.append(on(name, "up", when=when, then=then))

    link = Integer("link", 0, 1)
    for i, (p, d, e, t, r, queue, s) in enumerate(sites):
        event(f"produce{i}", (s != 1) & (p < k), {p: p + 1})
        event(f"write{i}", (s != 1) & (d < p) & (link == 0), {d: d + 1})
        event(f"enqueue{i}", (s != 1) & (d < p) & (link == 1) & (queue < q), {d: d + 1, queue: queue + 1})
        event(f"drain{i}", (s != 1) & (link == 0) & (queue > 0), {queue: queue - 1})
        event(f"extract{i}", (s != 1) & (e < d), {e: e + 1})
        event(f"transform{i}", (s != 1) & (t < e), {t: t + 1})
        event(f"replicate{i}", (s != 1) & (link == 0) & (r < t), {r: r + 1})
        event(
            f"skip{i}",
            (link == 1) & (outage == h) & (queue > 0),
            {queue: queue - 1, lost: minimum(lost + 1, most_lost)},
        )
        event(f"fail{i}", (sites[0][6] == 0) & (sites[1][6] == 0), {s: 1})
        event(f"takeover{i}", s == 1, {s: 2, lost: minimum(lost + queue, most_lost), queue: 0})
    event("link_fails", link == 0, {link: 1, outage: 0})
    event("link_restored", link == 1, {link: 0, outage: 0})
    event("hour", (link == 1) & (outage < h), {outage: outage + 1})
    variables = [link, outage, lost, *(v for site in sites for v in site)]
    return compose("pipeline", [Component("pipeline", ["up"], variables=variables, transitions=transitions)])


def disorder(system: System) -> Query:
    """The invariant r <= t <= e <= d <= p <= k of both sites, as a watch for its violation."""
    variable = system.component("pipeline").variable
    broken = None
    for i in range(2):
        chain = [variable(f"{n}{i}") for n in ("replicated", "transformed", "extracted", "written", "produced")]
        for a, b in pairwise(chain):
            broken = (a > b) if broken is None else broken | (a > b)
    assert broken is not None
    return Query((lower(system, broken),))


def main(arguments: list[str] | None = None) -> int:
    parser = measure.parser("Explore the pipeline benchmark.")
    parser.add_argument("--size", choices=list(SIZES), default="M")
    for name, meaning in (("K", "stages"), ("Q", "queue"), ("H", "longest outage"), ("L", "greatest loss counted")):
        parser.add_argument(f"-{name}", type=int, help=f"{meaning}, instead of the size's")
    options = parser.parse_args(arguments)
    preset = SIZES[options.size]
    k, q, h, most_lost = (
        preset[i] if given is None else given for i, given in enumerate((options.K, options.Q, options.H, options.L))
    )
    system = pipeline(k, q, h, most_lost)
    about = {"benchmark": "pipeline", "size": options.size, "K": k, "Q": q, "H": h, "L": most_lost}
    expected = COUNTS.get(options.size) if (k, q, h, most_lost) == preset else None
    return measure.run(about, system, disorder(system), options, expected=expected)


if __name__ == "__main__":
    sys.exit(main())
