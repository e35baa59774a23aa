"""The seconds of the parts of a check."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Phases:
    """Seconds of each part of a check.

    `composing`: making systems, and what properties need of them. `reducing`: finding reductions. `searching`: searches, with
    what is made for them (code, tables). `deciding`: what follows a search, above all the analysis of its graph, and making
    and replaying traces.
    """

    composing: float = 0.0
    reducing: float = 0.0
    searching: float = 0.0
    deciding: float = 0.0

    @property
    def total(self) -> float:
        """All of them."""
        return self.composing + self.reducing + self.searching + self.deciding

    @contextmanager
    def measured(self, phase: str) -> Iterator[None]:
        """What is done within is of this phase, also if it fails."""
        began = time.perf_counter()
        try:
            yield
        finally:
            setattr(self, phase, getattr(self, phase) + time.perf_counter() - began)

    def __add__(self, other: Phases) -> Phases:
        return Phases(
            self.composing + other.composing,
            self.reducing + other.reducing,
            self.searching + other.searching,
            self.deciding + other.deciding,
        )

    def as_data(self) -> dict[str, float]:
        """Plain data for JSON."""
        return {name: round(seconds, 6) for name, seconds in vars(self).items()}
