"""How a verdict is said: the one place that words it, for the command line, reviews, tests and JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drcheck.designs.design import Parameter, show
from drcheck.language.units import measured
from drcheck.logic.properties import DOMAINS
from drcheck.verdicts.check import DesignReport, Run, Verdict
from drcheck.verdicts.claims import VACUOUS


def _value(parameter: Parameter, given: Any) -> Any:
    return parameter.parse(given) if isinstance(given, str) else parameter.check(given)


def verdict_word(verdict: Verdict) -> str:
    """The verdict as the review prints it."""
    return VACUOUS if verdict.vacuous and verdict.outcome.value == "HOLDS" else verdict.outcome.value


def value_text(verdict: Verdict) -> str:
    """A worst case's value with its unit, ticks also as a duration, "at least" it where it may be greater; "" for others."""
    measure = verdict.property.measure
    if verdict.value is None or measure is None:
        return ""
    return ("at least " if verdict.at_least else "") + measured(verdict.value, measure, verdict.run.system.tick)


def _is_searched(report: DesignReport, run: Run) -> bool:
    """Whether a run had anything to search for: facts of structure are computed from the composition."""
    kinds = {v.property.kind for v in report.verdicts if v.run is run and v.property.name != DOMAINS}
    return run.exploration.complete or kinds != {"structure"}


def _label(run: Run) -> str:
    return ", ".join(f"{k}={show(v)}" for k, v in run.given.items())


def _fires(run: Run, name: str) -> bool:
    return any(event.name == name and run.fires(number) for number, event in enumerate(run.system.events))


def _some(labels: Iterable[str]) -> tuple[str, ...]:
    """At most two labels, and how many there are besides."""
    found = list(labels)
    return (*found[:2], *([f"{len(found) - 2} more"] if len(found) > 2 else []))
