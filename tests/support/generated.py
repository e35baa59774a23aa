"""How many generated systems tests take, and which ones.

`DRCHECK_EXAMPLES` is how many a test with all of them takes (400 if it is not set; most tests take a part). The faults planted in
the rules are found with that many; more of them, by the thousand, are for the night. `DRCHECK_SEED` varies which ones.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st

from drcheck.engines.protocol import Limits, Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import ModelError
from tests.support.generators import Built, Case, neighbours, systems, twins

EXAMPLES = int(os.environ.get("DRCHECK_EXAMPLES", "400"))
MANY = EXAMPLES >= 1_000
"""Whether there are so many that each outcome must have been seen."""
SEED = int(os.environ.get("DRCHECK_SEED", "0"))
SHARDS = 2
"""Each test is cut into parts, so that several processes can share it."""
KINDS: dict[str, Callable[[], st.SearchStrategy[Case]]] = {"any": systems, "twins": twins, "neighbours": neighbours}

sharded = pytest.mark.parametrize("shard", range(SHARDS))


def some(share: float, shards: int = 1) -> int:
    """A share of the examples, at least one, for each of some parts of a test."""
    return max(1, int(EXAMPLES * share) // shards)


def composed(case: Case) -> Built:
    """The composed case. Only an update that provably never fits is forgiven: drcheck folds constants further."""
    try:
        return case.build()
    except ModelError as error:
        if error.code in ("DR109", "DR143", "DR152"):  # or an element of an array that is assigned twice
            reject()
        raise


def on_generated(
    kind: str,
    shard: int,
    body: Callable[[Built, st.DataObject], None],
    *,
    share: float = 0.0,
    examples: int | None = None,
    most: int = 400,
    escapes: bool = True,
    phases: Sequence[Phase] = tuple(Phase),
) -> None:
    """Run `body` on this part's generated systems of a kind: a share of all, those of at most so many states."""

    @seed(SEED * 1_000 + shard)
    @settings(
        max_examples=some(share, SHARDS) if examples is None else examples,
        suppress_health_check=list(HealthCheck),
        deadline=None,
        phases=phases,
        database=None,
    )
    @given(KINDS[kind](), st.data())
    def run(case: Case, data: st.DataObject) -> None:
        built = composed(case)
        found = PythonEngine().explore(built.system, Query(), Limits(states=most))
        if not found.complete or not (escapes or found.escape is None):
            reject()
        body(built, data)

    run()
