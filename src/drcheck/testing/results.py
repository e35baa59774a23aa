"""The result of a property, as plain data, and whether it is as declared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drcheck.verdicts.verdict import Verdict


@dataclass(frozen=True)
class Result:
    """A verdict as plain data, without the states that it rests on. `trace` are lines; `finding` is a title or None.

    `verdict` may also be SKIPPED or ERROR, if there is no verdict; `reason` says why. `repair` is the title of the
    finding for the verdict on a repaired design.
    """

    name: str
    verdict: str
    reason: str
    statement: str = ""
    claims: tuple[str, ...] = ()
    source: str = ""
    assumptions: tuple[str, ...] = ()
    given: str = ""
    vacuous: str | None = None
    finding: str | None = None
    trace: tuple[str, ...] = ()
    repair: str = ""
    causes: str = ""
    """Why the causes of its findings do not explain the violation, or are more than what does."""

    def problem(self) -> str | None:
        """Why an item fails, with the trace; None if the property is as declared."""
        violated = self.verdict == "VIOLATED"
        if self.verdict == "ERROR":
            return f"error: {self.reason}"
        if self.verdict == "INCONCLUSIVE":
            head = f"INCONCLUSIVE: {self.reason}"
        elif self.finding is not None and not violated:
            head = (
                f"the finding is gone: {self.finding}\nThe property holds now ({self.reason}); remove the declaration."
            )
        elif violated and self.finding is None:
            head = f"VIOLATED: {self.reason}"
        elif self.causes:
            head = f"VIOLATED otherwise than declared: {self.causes}\nThe finding: {self.finding}"
        elif self.vacuous is not None:
            head = f"holds vacuously: {self.vacuous}"
        else:
            return None
        if self.repair:
            head = f"the repair does not work: {self.repair}\n{head}"
        about = [
            self.statement,
            f"Claims: {', '.join(self.claims)}" if self.claims else "",
            f"Source: {self.source}" if self.source else "",
            f"Assuming: {'; '.join(self.assumptions)}" if self.assumptions else "",
            f"With: {self.given}" if self.given else "",
        ]
        return "\n".join([f"{self.name} {head}", *(f"  {line}" for line in about if line), *self.trace])


def results_of(verdicts: Sequence[Verdict], command: Callable[[str], str] | None = None) -> list[Result]:
    """Verdicts in their order. What cannot be decided because a value leaves its domain is reported with that trace.

    Traces are told: in few lines, if there is a `command` that shows the whole trace of a property, by its name.
    """
    from drcheck.logic.kinds import DOMAINS
    from drcheck.render.explore_command import opening_of
    from drcheck.render.text import WIDTH
    from drcheck.telling.telling import LIMIT, tell
    from drcheck.verdicts.wording import assumptions, cause_text, run_label, value_text

    def telling(name: str, verdict: Verdict) -> tuple[str, ...]:
        if verdict.trace is None:
            return ()
        told = tell(verdict.trace, verdict.property, value_text(verdict))
        lines = told.text(limit=None) if command is None else told.text(limit=LIMIT, command=command(name))
        opening = opening_of(verdict.trace)
        return (*lines, *([] if opening is None else opening.lines(WIDTH)))

    def of(verdict: Verdict) -> Result:
        item = verdict.property
        told = verdict
        if verdict.trace is None and verdict.conclusion.value == "INCONCLUSIVE":
            escapes = [v for v in verdicts if v.property.name == DOMAINS and v.run is verdict.run and v.trace]
            told = escapes[0] if escapes else verdict
        known = verdict.explanation
        wrong = known is not None and not known.is_known
        told = verdict.unexplained or told
        name = item.name or item.formula()
        return Result(
            name,
            verdict.conclusion.value,
            verdict.reason,
            item.statement or item.formula(),
            item.claims,
            item.source,
            assumptions(item),
            run_label(verdict.run),
            verdict.vacuous,
            "; ".join(finding.title for finding in item.findings) or None,
            telling(name, told),
            causes=cause_text(verdict) if wrong else "",
        )

    return [of(verdict) for verdict in verdicts]


__all__ = ["Result", "results_of"]
