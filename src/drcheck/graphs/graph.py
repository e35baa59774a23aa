"""The transition graph of an exploration, in compressed rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Graph:
    """The transition graph in compressed rows.

    Edges of state s are at `offsets[s]:offsets[s+1]` (int64, length states + 1): `targets` (uint32, state numbers) and
    `labels` (uint32, event position), in canonical order. Escaping steps have no edge.
    """

    offsets: NDArray[np.int64]
    targets: NDArray[np.uint32]
    labels: NDArray[np.uint32]
