"""Which mutants are decided: some of each component, drawn by seed.

Every component of every design is a stratum of its own. In a stratum the operators take turns, in an order drawn by the seed
and the names of design and component, and so are the mutants of each operator. So what is drawn of one component does not
depend on the others: where a model changes, the mutants of the rest stay the same.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from random import Random

from drcheck.verdicts.planting.mutant import Mutant
from drcheck.verdicts.planting.operators import OPERATORS


def drawn(mutants: Mapping[str, Sequence[Mutant]], seed: int, number: int) -> dict[str, list[Mutant]]:
    """So many mutants of some designs, by the design's name: as equally many of each component as there are to draw."""
    strata: dict[tuple[str, str], list[Mutant]] = {}
    for design, those in mutants.items():
        for mutant in those:
            strata.setdefault((design, mutant.component), []).append(mutant)
    lines = {key: ordered(those, f"{seed}/{'/'.join(key)}") for key, those in strata.items()}
    turns = sorted(lines)
    Random(str(seed)).shuffle(turns)
    rounds = range(max(map(len, lines.values()), default=0))
    every = ((key[0], lines[key][turn]) for turn in rounds for key in turns if turn < len(lines[key]))
    found: dict[str, list[Mutant]] = {design: [] for design in mutants}
    for design, mutant in itertools.islice(every, number):
        found[design].append(mutant)
    for design, those in found.items():
        chosen = {mutant.key for mutant in those}
        found[design] = [mutant for mutant in mutants[design] if mutant.key in chosen]
    return found


def ordered(mutants: Iterable[Mutant], seed: str) -> list[Mutant]:
    """The mutants of a component in the order in which they are drawn: operators take turns."""
    random = Random(seed)
    groups: dict[str, list[Mutant]] = {name: [] for name in OPERATORS}
    for mutant in sorted(mutants, key=lambda mutant: mutant.key):
        groups[mutant.operator].append(mutant)
    lines = [group for group in groups.values() if group]
    for line in lines:
        random.shuffle(line)
    random.shuffle(lines)
    return [mutant for turn in itertools.zip_longest(*lines) for mutant in turn if mutant is not None]


__all__ = ["drawn", "ordered"]
