"""Where units are done: here, one after the other; by processes of this machine (`processes`); by a cluster (`cluster`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from drcheck.answers.sweeps.units import Done, Unit, do
from drcheck.engines.protocol import Listener
from drcheck.kernels.deadline import Deadline

TRIES = 2
"""How often a unit is tried elsewhere that ends with an error; here the same error would come again."""


class Place(Protocol):
    """Where units are done."""

    def run(self, units: Iterable[Unit], deadline: Deadline) -> Iterator[tuple[Unit, Done]]:
        """Do units, which are taken as they are needed, and give each with what became of it, in any order.

        One that fails is tried `TRIES` times where another try may not. After the deadline, and an interrupt, none is begun.
        """
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class Here:
    """In this process, one after the other."""

    def __init__(self, listener: Callable[[str], Listener | None] | None = None) -> None:
        self._listener = listener

    def run(self, units: Iterable[Unit], deadline: Deadline) -> Iterator[tuple[Unit, Done]]:
        """See `Place.run`."""
        for unit in units:
            told = None if self._listener is None else self._listener(str(unit))
            yield unit, do(unit, deadline, told)

    def close(self) -> None:
        """See `Place.close`."""


__all__ = ["TRIES", "Here", "Place"]
