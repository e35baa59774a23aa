"""What a check says of each property, as programs that know only passes and failures need it.

A violation that is a declared finding passes only where it is *proved* to be that finding, as for `drcheck check --gate`. What is
not decided never passes.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from drcheck.designs.selection import beyond
from drcheck.errors import Place
from drcheck.verdicts.verdict import Conclusion, DesignReport, Verdict
from drcheck.verdicts.wording import verdict_word, weaknesses


class Kind(enum.Enum):
    """How a property stands. NOT_ASKED: it is stated for other parameters, or for a part that these take away."""

    HOLDS = "holds"
    VIOLATED = "violated"
    KNOWN = "known finding"
    NOT_DECIDED = "not decided"
    NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Outcome:
    """What is said of one property. `verdict` is None where there was none; `shown` is the one whose trace is to be told."""

    name: str
    kind: Kind
    reason: str
    statement: str
    claims: tuple[str, ...]
    place: Place | None
    verdict: Verdict | None = None

    @property
    def word(self) -> str:
        """The verdict in one or two words."""
        if self.verdict is None:
            return "INCONCLUSIVE" if self.kind is Kind.NOT_DECIDED else "SKIPPED"
        return verdict_word(self.verdict)

    @property
    def shown(self) -> Verdict | None:
        """The verdict with the trace to show: of a violation that declared findings do not explain, without their causes."""
        return None if self.verdict is None else self.verdict.unexplained or self.verdict

    @property
    def declared(self) -> bool:
        """Whether it is a violation of which the author says that it is known, whether or not that is proved."""
        found = self.verdict
        return found is not None and found.conclusion is Conclusion.VIOLATED and found.is_expected

    @property
    def notes(self) -> list[str]:
        """What stands beside the reason: vacuity, findings and their causes, assumptions."""
        return [] if self.verdict is None else weaknesses(self.verdict)

    @property
    def why_known(self) -> str:
        """Why a declared violation is known, in words: its findings, and by whom they are accepted."""
        if self.verdict is None:
            return ""
        said = []
        for finding in self.verdict.property.findings:
            said.append(f"{finding.title}. {finding.explanation}".strip())
            if finding.accepted is not None:
                said.append(
                    f"Accepted by {finding.accepted.owner} on {finding.accepted.date}: {finding.accepted.reason}"
                )
        return " ".join(said)


def outcomes(report: DesignReport, *, named: bool) -> Iterator[Outcome]:
    """What is said of each property of a check, in their order. `named`: they were asked for by name.

    Of what was asked for by name and skipped nothing is decided, as the exit status says.
    """
    for verdict in report.verdicts:
        item = verdict.property
        kind = {
            Conclusion.HOLDS: Kind.HOLDS,
            Conclusion.VIOLATED: Kind.KNOWN if verdict.is_proved_finding else Kind.VIOLATED,
            Conclusion.INCONCLUSIVE: Kind.NOT_DECIDED,
        }[verdict.conclusion]
        yield Outcome(item.name, kind, verdict.reason, item.statement, tuple(item.claims), item.place, verdict)
    ended = named or report.interrupted or report.limited
    for statement, reason in report.skipped:
        _, conflict = beyond(report.design, report.settings, statement.given)
        asked = ended and (named or not conflict)
        details = statement.details
        yield Outcome(
            statement.name,
            Kind.NOT_DECIDED if asked else Kind.NOT_ASKED,
            reason,
            str(details.get("statement") or ""),
            tuple(details.get("claims") or ()),
            details.get("place"),
        )


__all__ = ["Kind", "Outcome", "outcomes"]
