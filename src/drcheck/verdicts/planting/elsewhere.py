"""Mutants of a design decided by the workers of a cluster: the same results, some mutants at a time.

A worker finds the design and its mutants itself, and searches the unchanged design once for all mutants that it is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from drcheck.designs.design import load
from drcheck.engines.protocol import Limits
from drcheck.kernels.deadline import Deadline
from drcheck.verdicts.planting.campaign import Campaign, Result
from drcheck.verdicts.planting.mutant import Mutant
from drcheck.verdicts.planting.subject import Subject, subject_of
from drcheck.workers.cluster import Cluster
from drcheck.workers.jobs import Job, Means, RefusedError, Version

MOST, PARTS = 10, 4
"""How many mutants are sent together at most, and how many parts there are at least for each thread of the workers."""
THERE = "drcheck.verdicts.planting.elsewhere:results_there"

Settings = tuple[tuple[str, Any], ...]
Sent = tuple[str, Settings, str, str, int | None, tuple[str, ...]]
"""The design, its settings, the digest of its systems, the engine, the limit of states, and the keys of mutants."""


def decided_by(
    cluster: Cluster, subject: Subject, mutants: Sequence[Mutant], engine: str, limits: Limits
) -> Iterator[Result]:
    """What becomes of mutants, each as soon as it is known; nothing of those that failed each time (see `Cluster.failed`)."""
    size = max(1, min(MOST, len(mutants) // (cluster.threads * PARTS)))
    version, by_key = Version.of(subject.design), {mutant.key: mutant for mutant in mutants}
    name, settings = subject.design.name, tuple(subject.settings.items())

    def jobs() -> Iterator[Job]:
        for first in range(0, len(mutants), size):
            keys = tuple(mutant.key for mutant in mutants[first : first + size])
            sent: Sent = (name, settings, subject.digest, engine, limits.states, keys)
            told = f"{name}, mutants {first + 1} to {first + len(keys)} of {len(mutants)}"
            yield Job(THERE, sent, version, told, limits.memory, limits.threads)

    for _, outcome in cluster.run(jobs(), Deadline()):
        for key, result in outcome.value or ():
            yield replace(result, mutant=by_key[key])


def results_there(sent: Sent, means: Means) -> list[tuple[str, Result]]:
    """What becomes of some mutants, on a worker; each by its key, without the mutant itself."""
    name, settings, digest, engine, states, keys = sent
    campaign = _campaign(name, settings, engine, states, means.memory, means.threads)
    if campaign.subject.digest != digest:
        raise RefusedError(f"it has another model: {name} is not what was asked")
    known = {mutant.key: mutant for mutant in campaign.subject.mutants}
    found = campaign.decide([known[key] for key in keys])
    return [(result.mutant.key, replace(result, mutant=None)) for result in found]  # type: ignore[arg-type]  # put back there


@lru_cache(maxsize=1)
def _campaign(
    name: str, settings: Settings, engine: str, states: int | None, memory: int | None, threads: int | None
) -> Campaign:
    """A design with its mutants: what is known of the unchanged one serves the next mutants, too."""
    return Campaign(subject_of(load(name), dict(settings)), engine, Limits(states, memory=memory, threads=threads))


__all__ = ["decided_by"]
