"""Units of sweeps done by the workers of a Dask cluster (see `workers.cluster`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from drcheck.answers.sweeps.units import Done, Unit, do, unit_from
from drcheck.designs.design import Design
from drcheck.kernels.deadline import Deadline
from drcheck.workers.cluster import Cluster
from drcheck.workers.jobs import FailedError, Job, Means, RefusedError, Version


class OnCluster:
    """A place for the units of a sweep. Raises UsageError DR408, DR412, and DesignError DR220."""

    def __init__(self, address: str, design: Design) -> None:
        self._cluster = Cluster(address, [design])
        self._version = Version.of(design)

    def run(self, units: Iterable[Unit], deadline: Deadline) -> Iterator[tuple[Unit, Done]]:
        """See `Place.run`."""
        sent: dict[int, Unit] = {}

        def jobs() -> Iterator[Job]:
            for unit in units:
                job = Job(CALL, unit.plain(), self._version, str(unit), unit.memory, unit.threads)
                sent[id(job)] = unit
                yield job

        for job, outcome in self._cluster.run(jobs(), deadline):
            yield sent.pop(id(job)), Done({}, error=outcome.error) if outcome.error else outcome.value

    def close(self) -> None:
        """See `Place.close`."""
        self._cluster.close()


CALL = "drcheck.answers.sweeps.cluster:done"


def done(data: dict[str, Any], means: Means) -> Done:
    """What becomes of a unit, on a worker."""
    left = None if means.deadline.seconds is None else max(means.deadline.left, 1e-3)
    unit = replace(unit_from(data), seconds=left, memory=means.memory, threads=means.threads)
    found = do(unit, means.deadline)
    if found.refused:
        raise RefusedError(found.error)
    if found.error:
        raise FailedError(found.error)
    return found


__all__ = ["OnCluster"]
