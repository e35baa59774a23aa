"""Paths as text: what is read, what is refused and with which words, and paths of systems with observers."""

from __future__ import annotations

import pytest

from drcheck import Component, System, compose, happens, never, on, outcome
from drcheck.errors import PathError
from drcheck.examples import pair
from drcheck.system.path_text import MAX_LENGTH, digest_of, followed, path_of, read_path
from drcheck.verdicts.check import check


def forks(later: bool = False) -> System:
    """A coin that is thrown, from two initial states; `later`: it can be kept as well."""
    more = [on("keep", "edge")] if later else []
    coin = Component(
        "coin",
        ["edge", "heads", "tails"],
        initial=["edge", "heads"],
        transitions=[
            on("throw", "*", outcomes=[outcome("heads"), outcome("tails")]),
            on("rest", "tails", "edge"),
            *more,
        ],
    )
    return compose("forks", [coin])


def test_a_path_is_written_and_read() -> None:
    system = forks()
    text = f"system={digest_of(system)} 1 throw#2 rest 2*throw#1 throw#2"
    found = followed(read_path(text), system)
    assert [system.decode(state)["coin"] for state in found.trace.states] == [
        "heads",
        "tails",
        "edge",
        "heads",
        "heads",
        "tails",
    ]
    assert (str(path_of(found.trace)), found.warning) == (text, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("throw", "[DR521] step 1: throw can end in 2 ways there; available: throw#1, throw#2"),
        ("throw#3", "[DR521] step 1: throw can end in 2 ways there, and #3 is none"),
        ("throw#2 rest#2", "[DR521] step 2: rest can end in one way there, and #2 is none"),
        ("throw#1 throw#1 rest", "[DR521] step 3: rest is not possible there; available: throw"),
        (
            "throw#1 thro#1",
            "[DR521] step 2: system forks has no event 'thro'; available: throw, rest; did you mean 'throw'?",
        ),
        ("2 throw#1", "[DR521] there is no initial state 2: system forks has 2 initial states, numbered from 0 on"),
        ("throw#0", "[DR520] 'throw#0' counts from 1 on; write for instance 3*tick, or take_over#1"),
        ("0*rest", "[DR520] '0*rest' counts from 1 on; write for instance 3*tick, or take_over#1"),
        (
            "system=xyz throw#1",
            "[DR520] 'system=xyz' is no digest; write system= and hexadecimal digits, or leave it out",
        ),
        ("10000*throw#1 rest", "[DR520] the path has 10,001 steps; at most 10,000 are followed"),
        (
            "throw#1 <script>",
            "[DR520] '<script>' is no step of a path; write the name of an event, 3*tick for repeats, ",
        ),
        ("x" * (MAX_LENGTH + 1), "[DR520] the path has 100,001 characters; at most 100,000 are read"),
    ],
)
def test_what_cannot_be_read_or_followed_is_refused(text: str, said: str) -> None:
    with pytest.raises(PathError) as refused:
        followed(read_path(text), forks())
    assert str(refused.value).startswith(said)


def test_a_path_of_another_system_is_a_warning_and_is_followed() -> None:
    path = f"system={digest_of(forks())} throw#1"
    found = followed(read_path(path), forks(later=True))
    assert len(found.trace) == 1
    assert "was made on another system" in found.warning
    assert digest_of(forks(later=True)) in found.warning


def test_observers_are_no_part_of_a_path() -> None:
    system = pair()
    verdict = check(system, [never(happens("take_over") & system.primary.down, name="x")])[1]
    assert verdict.trace is not None
    assert len(verdict.trace.system.components) > len(system.components)
    path = path_of(verdict.trace)
    assert str(path) == f"system={digest_of(system)} primary_fails 2*tick take_over"
    again = followed(path, system).trace
    assert [state[: len(system.cells)] for state in verdict.trace.states] == again.states
