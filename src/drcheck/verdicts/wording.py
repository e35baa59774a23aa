"""How a verdict is said: its one wording for the command line, reviews, tests and JSON.

It needs no numbers and no engine: reading a list of claims uses it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from drcheck.designs.parameter import settings_text
from drcheck.language.units import TICKS, measured, quantity, unit_data
from drcheck.system.system import observers

if TYPE_CHECKING:
    from drcheck.logic.kinds import Finding, Property
    from drcheck.system.system import System
    from drcheck.verdicts.verdict import Every, Run, Verdict

HOLDS, VIOLATED, INCONCLUSIVE = "HOLDS", "VIOLATED", "INCONCLUSIVE"
VACUOUS, NOT_DECIDED = "HOLDS VACUOUSLY", "NOT DECIDED"
INTERRUPTED = "the run was interrupted before its search"
"""Why a property is skipped whose search was not started any more."""


# -- the verdict -----------------------------------------------------------------------------------------------------
def verdict_word(verdict: Verdict) -> str:
    """The verdict in one or two words; what holds vacuously says so."""
    return VACUOUS if verdict.vacuous and verdict.conclusion.value == HOLDS else verdict.conclusion.value


def value_text(verdict: Verdict) -> str:
    """A worst case's value with its unit, ticks also as a duration, "at least" it where it may be greater; "" for others.

    What does not come within a bound in time takes more than that.
    """
    measure, tick = verdict.property.measure, verdict.run.system.tick
    if verdict.value is None or measure is None:
        late = verdict.property.goal is not None and verdict.conclusion.value == VIOLATED
        bound = verdict.property.at_most if late else None
        return "" if bound is None else f"more than {quantity(bound, TICKS, tick) if isinstance(bound, int) else bound}"
    return ("at least " if verdict.at_least else "") + measured(verdict.value, measure, tick)


def value_data(verdict: Verdict) -> dict[str, str | None]:
    """The unit of a worst case's value, and the value with it, as plain data."""
    return unit_data(verdict.property.measure, verdict.value, verdict.run.system.tick)


def assumptions(item: Property) -> tuple[str, ...]:
    """The assumptions of a verdict beyond the design: those stated, and fairness."""
    return (*item.assumptions, *(str(fairness) for fairness in item.fairness))


def finding_text(finding: Finding, *, gone: bool = False) -> str:
    """A declared finding. `gone`: the property holds now."""
    return f"{'declared finding, which is gone' if gone else 'known finding'}: {finding.title}"


def cause_text(verdict: Verdict) -> str:
    """Whether the causes of a verdict's findings explain it; "" where nothing is known of causes."""
    known = verdict.explanation
    if known is None:
        return ""
    what = "cause" if len(known.causes) == 1 else "causes"
    return f"{what}: {', '.join(known.causes)} ({known.standing.value}: {known.reason})"


def needs_text(verdict: Verdict) -> str:
    """How many faults and slips a violation needs, in words; "" where that is not known."""
    needs = verdict.needs
    if needs is None:
        return ""
    shortest = verdict.trace is None or verdict.trace.shortest
    said = [f"{n} {what}{'' if n == 1 else 's'}" for n, what in ((needs.faults, "fault"), (needs.slips, "slip")) if n]
    return (" and ".join(said) or "no fault") + (
        "" if needs.exact else f", those of the {'shortest ' if shortest else ''}trace"
    )


def weaknesses(verdict: Verdict) -> list[str]:
    """What is added to the reason of a verdict: why it is vacuous, its findings and whether these explain it, its assumptions."""
    said = [f"vacuous: {verdict.vacuous}"] if verdict.vacuous else []
    if verdict.explanation is not None and verdict.explanation.is_new:
        said.append("new violation: no declared finding explains it")
    said += [finding_text(finding, gone=verdict.conclusion.value == HOLDS) for finding in verdict.property.findings]
    if verdict.explanation is not None:
        said += [cause_text(verdict), *([f"needs {needs_text(verdict)}"] if verdict.needs is not None else [])]
    return said + [f"assuming {text}" for text in assumptions(verdict.property)]


def every_text(every: Every) -> str:
    """For which parameters a verdict is one for all values, and with which values of others it was found."""
    said = [f"for every {_listed(every.together, 'and')}"] if every.together else []
    if every.alone:
        said.append(f"for every {_listed(every.alone, 'or')}{', one at a time' if len(every.alone) > 1 else ''}")
    known = f"{' and '.join(said)}{' with which values stay in their domains' if every.inside else ''}" if said else ""
    tried = _listed(some(f"{name}={value}" for name, value in every.tried.items()), "and")
    return known + (f"{'; ' if known else ''}only with {tried}" if tried else "")


def _listed(names: Sequence[str], last: str) -> str:
    return f" {last} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


# -- its search ------------------------------------------------------------------------------------------------------
def run_label(run: Run, main: str = "") -> str:
    """The parameters in which a search differs from those requested; `main` if in none; then what it observes."""
    return label_of(run.given, run.system, main)


def label_of(given: Mapping[str, Any], system: System, main: str = "") -> str:
    """The same of a system that is searched, or looked at in part, with some parameters."""
    label = settings_text(given, system.parameter_roles) or main
    between = "; " if given else ", "
    seen = ", ".join(observer.name for observer in observers(system))
    return f"{label}{between if label else ''}observing {seen}" if seen else label


def fires(run: Run, name: str) -> bool:
    """Whether an event fires in a search; one that its system does not have does not."""
    return any(event.name == name and run.fires(number) for number, event in enumerate(run.system.events))


def some(labels: Iterable[str]) -> tuple[str, ...]:
    """At most two labels, and how many there are besides."""
    found = list(labels)
    return (*found[:2], *([f"{len(found) - 2} more"] if len(found) > 2 else []))
