"""What slices show of counters is what the states of a search show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from drcheck.abstraction import facts
from drcheck.language.expressions import BOOLEAN, INTEGER
from drcheck.system.system import Cell, Domain


@dataclass
class Drawn:
    """Some states, by columns, as a search has them."""

    columns: NDArray[np.int64]

    @property
    def states(self) -> int:
        return int(self.columns.shape[1])

    def column(self, cell: int) -> NDArray[np.int64]:
        column: NDArray[np.int64] = self.columns[cell]
        return column


def drawn(seed: int) -> tuple[list[Cell], Drawn]:
    """Cells of some sizes, and states of which many have the same values of these."""
    random = np.random.default_rng(seed)
    cells = [Cell(0, "on", Domain(BOOLEAN, 0, 1), "")]
    cells += [Cell(n, f"c{n}", Domain(INTEGER, n - 3, n - 3 + int(random.integers(0, 9))), "") for n in range(1, 6)]
    rows = np.array([random.integers(cell.domain.low, cell.domain.high + 1, 40) for cell in cells])
    return cells, Drawn(rows[:, random.integers(0, int(random.integers(1, 41)), 300)])


def assert_distinct(seeds: range) -> None:
    for seed in seeds:
        cells, states = drawn(seed)
        rows, which = facts._cases(states, cells)  # type: ignore[arg-type]
        twin = np.unique(states.columns - [[cell.domain.low] for cell in cells], axis=1).T
        assert sorted(map(tuple, rows)) == sorted(map(tuple, twin))
        back = rows[which] + [cell.domain.low for cell in cells]
        assert (back == states.columns.T).all()


def test_the_cases_of_states_are_their_distinct_rows() -> None:
    """Those of a slow twin, which sorts whole rows."""
    assert_distinct(range(100))
    rows, which = facts._cases(drawn(0)[1], [])  # type: ignore[arg-type]
    assert (rows.shape, set(which)) == ((1, 0), {0})


def test_of_too_many_cases_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    cells, states = drawn(7)
    number = len({tuple(row) for row in states.columns.T})
    monkeypatch.setattr(facts, "CASES", number - 1)
    assert len(facts._cases(states, cells)[0]) == number  # type: ignore[arg-type]
    monkeypatch.setattr(facts, "CASES", 1)
    assert 1 < len(facts._cases(states, cells)[0]) <= number  # type: ignore[arg-type]


def test_rows_that_are_numbered_wrongly_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = np.flatnonzero
    monkeypatch.setattr("drcheck.abstraction.facts.np.flatnonzero", lambda there: plain(there)[::-1])
    with pytest.raises(AssertionError):
        assert_distinct(range(20))
