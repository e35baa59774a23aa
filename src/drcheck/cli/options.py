"""Arguments and options that several commands share, and how they are read."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from drcheck.errors import EngineError, UsageError

if TYPE_CHECKING:
    from drcheck.design import Design
    from drcheck.explore.protocol import Limits

F = TypeVar("F", bound=Callable[..., Any])

ENGINES = "auto, reference, python, numpy or native"


def set_option(function: F) -> F:
    """`--set name=value`, any number of times."""
    return click.option(
        "--set", "assignments", metavar="NAME=VALUE", multiple=True,
        help="A parameter of the design: --set threshold=6h. Any number of times; `drcheck list` shows them all.",
    )(function)  # fmt: skip


def search_options(function: F) -> F:
    """`--engine`, `--limit-states`, `--limit-seconds`."""
    for option in (
        click.option("--limit-seconds", type=float, metavar="S", help="Stop each search after so many seconds."),
        click.option("--limit-states", type=int, metavar="N", help="Stop each search after about so many states."),
        click.option("--engine", default="auto", show_default=True, metavar="NAME", help=f"{ENGINES}."),
    ):
        function = option(function)
    return function


def assignments_of(pairs: Sequence[str]) -> dict[str, str]:
    """`name=value` texts as a mapping. Raises UsageError DR401."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not name or not equals:
            raise UsageError("DR401", f"--set {pair!r} is not an assignment", remedy="write --set threshold=6h")
        if name in found:
            raise UsageError("DR401", f"parameter {name} is set twice", remedy="keep one of the two")
        found[name] = value
    return found


def settings_for(design: Design, pairs: Sequence[str]) -> dict[str, Any]:
    """The parameter values that `--set` gives to a design. Raises UsageError DR401, DesignError DR204 to DR206."""
    return design.settings(assignments_of(pairs))


def checked_engine(name: str) -> str:
    """The engine's name. Raises EngineError DR501 before anything else is done."""
    from drcheck.explore.choose import ENGINES as KNOWN

    if name not in KNOWN:
        raise EngineError("DR501", f"there is no engine {name!r}", available=KNOWN, asked=name)
    return name


def limits_of(states: int | None, seconds: float | None) -> Limits:
    """Limits of a search. Raises EngineError DR503 for a number that cannot be one."""
    from drcheck.explore.protocol import Limits

    if states is not None and not 1 <= states < 1 << 62:
        raise EngineError("DR503", f"--limit-states {states} cannot be used", remedy="give a whole number, 1 or more")
    if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
        raise EngineError("DR503", f"--limit-seconds {seconds:g} cannot be used", remedy="give a number above zero")
    return Limits(states, seconds)


def reductions_of(text: str) -> frozenset[str]:
    """The reductions that `--reduce` names. Raises EngineError DR504 before anything else is done."""
    from drcheck.explore.reductions.form import REDUCTIONS

    names = frozenset(part.strip() for part in text.split(","))
    for name in sorted(names):
        if name not in (*REDUCTIONS, "all", "none"):
            known = [*REDUCTIONS, "all", "none"]
            raise EngineError("DR504", f"there is no reduction {name!r}", available=known, asked=name)
    if len(names) > 1 and names & {"all", "none"}:
        raise EngineError("DR504", f"--reduce {text!r} names all or none and others", remedy="write one of them alone")
    return frozenset(REDUCTIONS) if names == {"all"} else names - {"none"}
