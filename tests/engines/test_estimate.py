"""What is said of the time that is left: on frontiers that rise, fall, stay, and rise again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from drcheck.engines.estimate import LEVELS, Estimate, Pace
from drcheck.engines.protocol import Progress


def told(levels: Sequence[int], seconds: float = 1.0) -> list[str]:
    """What is told at the beginning of each level, one every so many seconds."""
    estimate, pace, said, expanded = Estimate(), Pace(), [], 0
    for depth, frontier in enumerate(levels):
        progress = Progress(expanded + frontier, 0, frontier, depth, (depth + 1) * seconds)
        pace.see(progress)
        estimate.see(progress)
        said.append(estimate.text(progress, pace))
        expanded += frontier
    return said


GROWING = "frontier growing: no estimate"


def test_nothing_is_guessed_while_the_frontier_grows() -> None:
    assert told([2**n for n in range(20)]) == [GROWING] * 20


def test_a_guess_needs_several_levels_that_shrink() -> None:
    said = told([1000, 2000, 1800, 1600, 1400, 1200, 1000])
    assert said[:2] == [GROWING] * 2
    assert said[2 : 1 + LEVELS] == ["no estimate"] * (LEVELS - 1)
    assert all("left, at a guess" in text for text in said[1 + LEVELS :])


def test_the_guess_follows_from_how_the_levels_shrink() -> None:
    """Halving levels: as much is left as the level in hand, and as much again."""
    levels = [2 ** (20 - n) for n in range(12)]
    estimate = Estimate()
    for depth, frontier in enumerate(levels):
        estimate.see(Progress(0, 0, frontier, depth, 1.0))
    assert estimate.states_left(levels[-1]) == pytest.approx(2 * levels[-1])
    assert told(levels, seconds=600.0)[-1] == "about 10 min left, at a guess"


def test_levels_between_two_reports_count() -> None:
    """A quarter after two levels is a half after one."""
    estimate = Estimate()
    for step in range(LEVELS + 1):
        estimate.see(Progress(0, 0, 4 ** (10 - step), 2 * step, 1.0))
    assert estimate.states_left(100) == pytest.approx(200)


def test_a_plateau_tells_nothing() -> None:
    assert told([1000, *[900] * 10])[-1] == "no estimate"
    assert told([1000 - n for n in range(20)])[-1] == "no estimate"


def test_a_second_peak_withdraws_the_guess() -> None:
    said = told([1000, 900, 800, 700, 600, 500, 550, 500, 450, 400, 350])
    assert said[5].endswith("at a guess")
    assert said[6] == GROWING
    assert said[7 : 6 + LEVELS] == ["no estimate"] * (LEVELS - 1)
    assert said[6 + LEVELS].endswith("at a guess")


def test_reports_within_a_level_are_no_levels() -> None:
    estimate, pace = Estimate(), Pace()
    for n in range(20):
        progress = Progress(1000, 0, 1000 - n, 3, 1.0 + n)
        pace.see(progress)
        estimate.see(progress)
    assert estimate.text(progress, pace) == GROWING  # one level was seen: nothing speaks for an end


def test_a_search_that_stands_still_has_no_estimate() -> None:
    estimate, pace = Estimate(), Pace()
    for depth in range(8):
        progress = Progress(5000, 0, 5000 >> depth, depth, 1.0)
        estimate.see(progress)
    assert estimate.text(progress, pace) == "no estimate"


def test_the_rate_is_that_of_the_last_seconds() -> None:
    pace = Pace()
    assert pace.found == 0.0
    pace.see(Progress(1_000_000, 0, 400_000, 1, 1.0))
    assert (pace.found, pace.expanded) == (1_000_000, 600_000)
    for second in range(2, 30):
        pace.see(Progress(1_000_000 + 1000 * second, 0, 0, 1, float(second)))
    assert pace.found == pytest.approx(1000)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (59.0, "59 s"), (119.0, "119 s"), (121.0, "2 min"), (7000.0, "117 min"), (9000.0, "2 h")],
)
def test_times_have_few_digits(seconds: float, text: str) -> None:
    from drcheck.engines.estimate import _duration

    assert _duration(seconds) == text
