"""The result of a check as text for people: a table of verdicts, the searches behind them, and the traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from drcheck.cli.check_short import is_long, print_short
from drcheck.cli.check_tables import STYLES, search_name, search_table, verdict_table
from drcheck.cli.console import chart, plain, print_opening
from drcheck.cli.console import table as print_table
from drcheck.cli.remark_text import print_remarks
from drcheck.designs.commands import shell_command
from drcheck.designs.parameter import settings_lines
from drcheck.engines.protocol import DECIDED
from drcheck.logic.kinds import DOMAINS
from drcheck.system.tick_length import hint
from drcheck.verdicts.verdict import Conclusion
from drcheck.verdicts.wording import cause_text, fires, value_text

if TYPE_CHECKING:
    from rich.console import Console

    from drcheck.system.system import System

from drcheck.verdicts.verdict import DesignReport, Run, Verdict

NOTABLE = 1.0
"""From this many seconds on, time that is not search is shown too."""


def print_report(console: Console, report: DesignReport, traces: bool | None, *, whole: bool) -> None:
    """Print a report. `traces`: True for every trace there is, step by step, False for none, None for those of violations that
    are no known findings, told in a few lines. `whole`: a row for each verdict and each search, however many there are.
    """
    system = report.main.system
    plain(console, f"{report.design.name}: {system.title}", style="bold")
    print_settings(console, system)
    if whole or not is_long(report):
        print_table(console, verdict_table(report.verdicts, console.width))
        print_table(console, search_table(report.runs))
    else:
        print_short(console, report)
    _notes(console, report)
    covered = [run for run in report.runs if run.guards and run.needed]
    for run in covered:
        _guards(console, run, table=run is covered[0], named=len(covered) > 1)
    for verdict in report.verdicts:
        if verdict.trace is None or traces is False:
            continue
        if traces:
            print_trace(console, verdict)
        elif verdict.is_new:
            _print_telling(console, report, verdict)
    if traces is None:
        _other_traces(console, report)
    print_remarks(console, report.remarks)
    plain(console)
    plain(console, summary(report), style="bold")


def print_settings(console: Console, system: System) -> None:
    """The values of all parameters, a line for each role."""
    for line in settings_lines(system.parameters, system.parameter_roles):
        plain(console, line, indent=2)


def _notes(console: Console, report: DesignReport) -> None:
    searches = [run for run in report.runs if run.needed]
    if report.stated == 0:
        plain(console, "The design states no properties.", style="yellow")
    for run in searches:
        if run.exploration.stopped == DECIDED:
            where = "" if len(report.runs) == 1 else f" ({search_name(run)})"
            plain(console, f"The search{where} ended when every property was decided: its numbers are partial.")
        elif not run.exploration.complete:
            where = "" if len(report.runs) == 1 else f" ({search_name(run)})"
            plain(
                console,
                f"The search{where} stopped at {run.exploration.stopped}: what it did not reach is not decided, and "
                "events that never fire are not known.",
                style="yellow",
            )
            if why := hint(run.system):
                plain(console, why)
        if run.proof is not None:
            _proof(console, run, "" if len(report.runs) == 1 else f" ({search_name(run)})")
        for remark in run.exploration.remarks:
            plain(
                console,
                f"Of the search{'' if len(report.runs) == 1 else f' ({search_name(run)})'}: {remark}.",
                style="yellow",
            )
        for done in () if run.reduced is None else run.reduced.applications:
            where = "" if len(searches) == 1 else f" ({search_name(run)})"
            plain(
                console,
                f"With {done.name}{where}: {done.what}" if done.applied else f"Without {done.name}{where}: {done.what}",
            )
        if run.exploration.deadlocks:
            where = "" if len(report.runs) == 1 else f" ({search_name(run)})"
            plain(
                console,
                f"States without any step: {run.exploration.deadlocks:,}{where}. If that is not intended, state deadlock_free() "
                "to see the first.",
                style="yellow",
            )
    complete = [run for run in searches if run.knows_events]
    if complete:
        idle = complete[0].idle_events
        never = [name for name in idle if not any(fires(run, name) for run in complete[1:])]
        elsewhere = [name for name in idle if name not in never]
        many = len(complete) > 1
        for names, what in (
            (never, "Events that never fire" + (", in no search" if many else "")),
            (elsewhere, f"Events that fire only in other searches than the first ({search_name(complete[0])})"),
        ):
            if names:
                plain(console, f"{what}: {', '.join(names)}", style="yellow")
    for line in rows_lines(report):
        plain(console, line, style="yellow")
    if decided := _decided_by_python(report):
        plain(console, decided)
    for statement, reason in report.skipped:
        plain(console, f"Skipped: {statement.name}: {reason}", style="yellow")


def _proof(console: Console, run: Run, where: str) -> None:
    """What was searched instead of the system, and what that does not show."""
    assert run.proof is not None
    proof = run.proof
    what = f"{len(proof.slices)} slices" if len(proof.slices) != 1 else "one slice"
    largest = max((each.states for each in proof.slices), default=0)
    plain(
        console,
        f"By slices{where}: {what}, the largest of {largest:,} states, and {proof.replayed:,} states of replays, in "
        f"{proof.rounds} {'round' if proof.rounds == 1 else 'rounds'}. Rows that are never chosen are not known, and events that "
        "never fire only as far as slices show it.",
    )
    if run.idle_by_slices:
        plain(console, f"Events that never fire, by slices{where}: {', '.join(run.idle_by_slices)}", style="yellow")
    if proof.stopped is not None:
        plain(console, f"They ended{where} with this: {proof.stopped}.")


def _decided_by_python(report: DesignReport) -> str:
    """Of which parameters no other values can be spoken of, as Python decided something by them, in a sentence or two."""
    every = [v.won.every for v in report.verdicts if v.won is not None and v.won.every is not None]
    why = {name: reason for each in reversed(every) for name, reason in each.why.items()}
    if not why:
        return ""
    first, *others = sorted(why)
    told = f"Nothing is shown of other values of {', '.join(sorted(why))}. {first}: {why[first]}"
    return f"{told}; --json tells it of the others." if others else f"{told}."


def rows_lines(report: DesignReport) -> list[str]:
    """The rows that are never chosen, in a line, and those that these parameters keep from it in another."""
    idle = report.idle_rows
    where = ", in no search" if len(report.runs) > 1 else ""
    if idle is None:
        searched = [run for run in report.runs if run.needed]
        known = not searched or any(not run.enumerated for run in searched)  # which its own line tells
        return [] if known else ["Rows that are never chosen are not known: some search was reduced or left a domain."]
    lines = []
    for constant, what in (
        (False, f"Rows that are never chosen{where}"),
        (True, f"Rows that these parameters keep from being chosen{where}"),
    ):
        rows = [str(seen.row) for seen in idle if seen.constant is constant]
        if rows:
            lines.append(f"{what}: {', '.join(rows)}")
    return lines


def _guards(console: Console, run: Run, *, table: bool, named: bool) -> None:
    """The coverage of the guards in one search: with a table, condition by condition, else in one line."""
    seen = "" if run.exploration.complete else " in the states seen so far"
    if table:
        print_table(console, _guard_table(run, seen))
    every = [condition for guard in run.guards for condition in guard.conditions]
    decisive = sum(condition.decides for condition in every)
    where = f" ({search_name(run)})" if named else ""
    plain(
        console,
        f"{decisive} of {len(every)} conditions of guards decide somewhere{seen}, and "
        f"{sum(guard.holds for guard in run.guards)} of {len(run.guards)} guards hold somewhere{where}.",
    )


def _guard_table(run: Run, seen: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("event", overflow="fold")
    table.add_column("condition that never decides" + seen, overflow="fold")
    table.add_column("place", overflow="fold")
    for guard in run.guards:
        place = "" if guard.event.place is None else str(guard.event.place)
        if not guard.holds:
            table.add_row(Text(guard.event.name), Text(f"its guard does not hold{seen}; {guard.never}"), Text(place))
        for condition in guard.idle:
            which = "" if condition.alternative is None else f" (alternative {condition.alternative})"
            table.add_row(Text(guard.event.name), Text(condition.text + which), Text(place))
    return table


def print_trace(console: Console, verdict: Verdict) -> None:
    """A verdict's trace, step by step, with what it shows."""
    _print_heading(console, verdict)
    _print_chart(console, verdict)
    rest = verdict.unexplained
    if rest is not None and rest.trace is not None:
        _print_new(console, verdict)
        _print_chart(console, rest)


def _print_chart(console: Console, verdict: Verdict) -> None:
    """Print the trace of a verdict as a sequence chart."""
    from drcheck.render.shown_trace import trace_view  # here: where everything holds nothing is drawn

    assert verdict.trace is not None
    view = trace_view(verdict.trace, verdict.property, value_text(verdict))
    chart(console, view.chart)
    print_opening(console, view.opening)


def _print_telling(console: Console, report: DesignReport, verdict: Verdict) -> None:
    """The trace of a new violation, told: where the causes of findings are known, the one that these do not explain."""
    from drcheck.render.explore_command import opening_of
    from drcheck.render.text import WIDTH
    from drcheck.telling.telling import LIMIT, tell

    _print_heading(console, verdict)
    told = verdict.unexplained
    if told is not None and told.trace is not None:
        _print_new(console, verdict)
    else:
        told = verdict
    assert told.trace is not None
    command = shell_command("check", report.design, report.settings, verdict.property.name, "--trace")
    telling = tell(told.trace, told.property, value_text(told))
    for line in telling.text(min(WIDTH, console.width), LIMIT, command):
        console.print(Text(line), soft_wrap=True)
    print_opening(console, opening_of(told.trace))


def _print_new(console: Console, verdict: Verdict) -> None:
    known = verdict.explanation
    assert known is not None
    plain(console)
    plain(
        console,
        f"NEW VIOLATION {verdict.property.name}, without {' and '.join(known.causes)}",
        style=STYLES[verdict.conclusion],
    )


def _print_heading(console: Console, verdict: Verdict) -> None:
    item = verdict.property
    plain(console)
    claims = f" ({', '.join(item.claims)})" if item.claims else ""
    plain(console, f"{verdict.conclusion.value} {item.name}{claims}", style=STYLES[verdict.conclusion])
    if item.statement:
        plain(console, item.statement, indent=2)
    plain(console, verdict.reason, indent=2)
    if verdict.run.given:
        plain(console, f"with {search_name(verdict.run)}", indent=2)
    for finding in item.findings:
        plain(console, f"Known finding: {finding.title}", style="yellow", indent=2)
        for text in (finding.explanation, finding.repair and f"Repair: {finding.repair}"):
            if text:
                plain(console, text, indent=4)
    if cause_text(verdict):
        plain(console, cause_text(verdict)[0].upper() + cause_text(verdict)[1:], indent=2)


def _other_traces(console: Console, report: DesignReport) -> None:
    """How many traces there are that are not shown, and what shows them."""
    others = [v for v in report.verdicts if v.trace is not None and not v.is_new]
    if not others:
        return
    known = sum(v.conclusion is Conclusion.VIOLATED for v in others)
    said = [f"{known} of known findings"] if known else []
    said += [f"{len(others) - known} of worst cases and witnesses"] if len(others) > known else []
    names = [] if report.whole else [v.property.name for v in report.verdicts if v.property.name != DOMAINS]
    command = shell_command("check", report.design, report.settings, *names, "--trace")
    plain(console)
    plain(console, f"Traces not shown: {', '.join(said)}; {command}")


def summary(report: DesignReport) -> str:
    """One line: how many properties there are and how they stand."""
    stated = [v for v in report.verdicts if v.property.name != DOMAINS or v.conclusion is not Conclusion.HOLDS]
    stated = stated or list(report.verdicts)
    count = {one: sum(v.conclusion is one for v in stated) for one in Conclusion}
    known = sum(v.conclusion is Conclusion.VIOLATED and v.is_expected for v in stated)
    parts = [f"{count[Conclusion.HOLDS]} hold"]
    if count[Conclusion.VIOLATED]:
        parts.append(f"{count[Conclusion.VIOLATED]} violated" + (f" ({known} known)" if known else ""))
    if count[Conclusion.INCONCLUSIVE]:
        parts.append(f"{count[Conclusion.INCONCLUSIVE]} inconclusive")
    if report.skipped:
        parts.append(f"{len(report.skipped)} skipped")
    vacuous = sum(v.vacuous is not None for v in stated)
    if vacuous:
        parts.append(f"{vacuous} vacuous")
    total = len(stated) + len(report.skipped)
    return f"{total} {'property' if total == 1 else 'properties'}: {', '.join(parts)}; {_times(report)}"


def _times(report: DesignReport) -> str:
    """The seconds of search, and where the rest took long, of that."""
    phases, search = report.phases, f"{report.seconds:.1f} s of search"
    others = [("composing", phases.composing), ("reducing", phases.reducing), ("verdicts and traces", phases.deciding)]
    said = [f"{seconds:.1f} s of {name}" for name, seconds in others if seconds >= NOTABLE]
    return ", ".join([search, *said]) + (f", {phases.total:.1f} s in all" if said else "")
