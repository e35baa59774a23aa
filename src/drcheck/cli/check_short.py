"""The verdicts of a large check in short: what is new in full, known findings by what is found, what holds counted.

A row for each verdict is what `--whole` prints. Nothing that is worse than its author expects is only counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from drcheck.cli.check_tables import search_table, verdict_table
from drcheck.cli.console import plain
from drcheck.cli.console import table as print_table
from drcheck.designs.commands import shell_command
from drcheck.verdicts.verdict import Conclusion, DesignReport, Verdict
from drcheck.verdicts.wording import assumptions, value_text

if TYPE_CHECKING:
    from rich.console import Console

ROWS = 12
"""As many verdicts are a table; more are told in short."""
SEARCHES = 3
"""As many searches are a table, too."""


def is_long(report: DesignReport) -> bool:
    """Whether a table of all verdicts is more than is read at once."""
    return len(report.verdicts) > ROWS


def print_short(console: Console, report: DesignReport) -> None:
    """Print the verdicts and the searches of a report in short, and the command that prints all of them."""
    known = [v for v in report.verdicts if v.conclusion is Conclusion.VIOLATED and v.is_expected]
    open_ = [v for v in report.verdicts if v.conclusion is Conclusion.INCONCLUSIVE]
    held = [v for v in report.verdicts if v.conclusion is Conclusion.HOLDS and v.is_expected and v.vacuous is None]
    quiet = {id(v) for v in (*known, *open_, *held)}
    loud = [v for v in report.verdicts if id(v) not in quiet]
    if loud:
        print_table(console, verdict_table(loud, console.width))
    else:
        plain(console)
    _undecided(console, open_)
    for proved, said in ((True, "Known findings, proved by their causes"), (False, "Known findings, not proved")):
        _findings(console, said, [v for v in known if v.is_proved_finding is proved])
    _held(console, held)
    _searches(console, report)
    plain(console, f"Each verdict: {shell_command('check', report.design, report.settings, '--whole')}")


def _undecided(console: Console, verdicts: Sequence[Verdict]) -> None:
    """What is not decided, by why it is not."""
    reasons: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        reasons.setdefault(verdict.reason, []).append(verdict)
    for reason, those in reasons.items():
        plain(console, f"{len(those)} inconclusive, {reason}:", style="yellow")
        plain(console, ", ".join(v.property.name for v in those), indent=2)


def _findings(console: Console, said: str, verdicts: Sequence[Verdict]) -> None:
    """Each finding, and the properties that it breaks: the first by its name."""
    titles: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        titles.setdefault("; ".join(finding.title for finding in verdict.property.findings), []).append(verdict)
    if titles:
        plain(console, f"{said} ({_properties(len(verdicts))} violated):", style="yellow")
    for title, those in titles.items():
        plain(console, title, indent=2)
        first, *others = _with_claims(those)
        plain(console, first + (f" and {len(others)} more" if others else ""), indent=4)


def _with_claims(verdicts: Iterable[Verdict]) -> list[str]:
    return [
        f"{v.property.name} ({', '.join(v.property.claims)})" if v.property.claims else v.property.name
        for v in verdicts
    ]


def _held(console: Console, verdicts: Sequence[Verdict]) -> None:
    """The worst cases with their values, and how many others hold."""
    values = [v for v in verdicts if value_text(v)]
    if values:
        plain(console, "Worst cases:", style="green")
    for verdict in values:
        plain(console, f"{verdict.property.name}: {value_text(verdict)}", indent=2)
    others = [v for v in verdicts if not value_text(v)]
    assuming = sum(bool(assumptions(v.property)) for v in others)
    if others:
        holds = "holds" if len(others) == 1 else "hold"
        under = f", {assuming:,} of them under assumptions" if assuming else ""
        plain(console, f"{_properties(len(others), 'other ' if values else '')} {holds}{under}.", style="green")


def _properties(number: int, which: str = "") -> str:
    return f"{number:,} {which}{'property' if number == 1 else 'properties'}"


def _searches(console: Console, report: DesignReport) -> None:
    """The searches: a few as a table; many in a line, with a row for each that stopped early."""
    runs = [run for run in report.runs if run.needed]
    if len(runs) <= SEARCHES:
        print_table(console, search_table(report.runs))
        return
    stopped = [run for run in runs if not run.exploration.complete]
    states = [run.exploration.states for run in runs]
    if stopped:
        print_table(console, search_table(stopped))
    what = f"{len(runs)} searches, {len(stopped)} of them stopped early" if stopped else f"{len(runs)} searches"
    plain(console, f"{what}: {sum(states):,} states, {max(states):,} in the largest.")


__all__ = ["is_long", "print_short"]
