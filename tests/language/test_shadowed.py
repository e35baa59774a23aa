"""A transition that an earlier one leaves nothing to is refused; first match stays what it is otherwise."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transitions import Machine

from drcheck import Boolean, Component, Counter, Literal, compose, on, outcome
from drcheck.errors import DrcheckError
from drcheck.language.shadowed import is_unconditional

HERE = Path(__file__)


def part(*transitions: Any, variables: Sequence[Any] = ()) -> Component:
    """A component whose states are all reached by `go`."""
    ways = [on("go", "a", "b"), on("go", "b", "c"), on("go", "c", "a")]
    return Component("part", ["a", "b", "c"], variables=list(variables), transitions=[*transitions, *ways])


def refused(build: Callable[[], object]) -> DrcheckError:
    with pytest.raises(DrcheckError, match=r"\[DR124\]") as caught:
        build()
    assert caught.value.place is not None
    assert caught.value.place.file == str(HERE)
    return caught.value


def test_the_error_names_both_transitions_and_their_places() -> None:
    def build() -> Component:
        return part(
            on("look", "a", "b"),
            on("look", "a", "c"),
        )

    line = inspect.getsourcelines(build)[1]
    error = refused(build)
    assert error.place.line == line + 3
    assert error.message == (
        "component part: look from a to c can never be taken: look from a to b "
        f"({HERE.relative_to(Path.cwd())}:{line + 2}) comes first and has no guard"
    )
    assert "in the other order" in error.remedy


def test_what_can_never_be_taken_is_refused() -> None:
    left, fit = Counter("left", cap=2), Counter("fit", cap=2, at_limit="refuse")
    flag = Boolean("flag")
    refused(lambda: part(on("x", "*", "b"), on("x", "a", "c")))
    refused(lambda: part(on("x", "*"), on("x", ["a", "b"], "c")))
    refused(lambda: part(on("x", "a"), on("x", "b"), on("x", ["a", "b"], "c")))
    refused(lambda: part(on("x", "a"), on("x", ["b", "c"]), on("x", "*", "c", when=flag), variables=[flag]))
    refused(lambda: part(on("x", "a", then={left: left + 1}), on("x", "a", "c"), variables=[left]))
    refused(
        lambda: part(
            on("x", "a", outcomes=[outcome("b", {fit: fit + 1}), outcome("c")]), on("x", "a", "c"), variables=[fit]
        )
    )
    refused(lambda: part(on("tick", "a"), on("tick", "a", "c")))


def test_what_something_is_left_to_stays() -> None:
    fit, flag = Counter("fit", cap=2, at_limit="refuse"), Boolean("flag")
    part(on("x", "a", "b"), on("x", "*", "c"))  # the others
    part(on("x", "a", "b"), on("x", ["a", "b"], "c"))
    part(on("x", "a", "b", when=flag), on("x", "a", "c"), variables=[flag])
    part(on("x", "a", "b", unless=flag), on("x", "a", "c"), variables=[flag := Boolean("flag")])
    part(on("x", "a", "b", when=True), on("x", "a", "c"))  # a parameter of a design, perhaps
    part(on("x", "a", "b", when=Literal(True)), on("x", "a", "c"))
    part(on("x", "a", "b", then={fit: fit + 1}), on("x", "a", "c"), variables=[fit])
    part(on("x", "a", "b"), on("y", "a", "c"))


def test_a_machine_that_is_taken_in_is_looked_at_too() -> None:
    machine = Machine(states=["a", "b"], initial="a", transitions=[["x", "a", "b"], ["x", "*", "a"], ["x", "a", "a"]])
    error = refused(lambda: Component.from_machine("part", machine))
    assert error.message.startswith("component part: x from a to a can never be taken: x from a to b")


@given(st.lists(st.tuples(st.sets(st.sampled_from("abc"), min_size=1), st.booleans()), max_size=5))
def test_refused_is_exactly_what_no_state_and_no_values_lead_to(rows: list[tuple[set[str], bool]]) -> None:
    """By the definition: which row is the first that matches, with all guards false and with each one true alone."""
    flags = [Boolean(f"flag{n}") for n in range(len(rows))]
    written = [
        on("x", sorted(sources), **({"when": flags[n]} if guarded else {})) for n, (sources, guarded) in enumerate(rows)
    ]
    taken: set[int] = set()
    for start in "abc":
        for alone in range(-1, len(rows)):
            for n, (sources, guarded) in enumerate(rows):
                if start in sources and (not guarded or n == alone):
                    taken.add(n)
                    break
    if len(taken) < len(rows):
        refused(lambda: part(*written, variables=flags))
    else:
        compose("sample", [part(*written, variables=flags)])
    assert [is_unconditional(row) for row in written] == [not guarded for _, guarded in rows]
