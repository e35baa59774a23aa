"""Minimal cut sets as text for people: a table, what it leaves open, and traces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from drcheck.answers.combinations import Combination
from drcheck.cli.console import chart, plain
from drcheck.cli.console import table as print_table
from drcheck.designs.parameter import settings_text
from drcheck.render.shown_trace import trace_view
from drcheck.render.style import plural

if TYPE_CHECKING:
    from rich.console import Console

    from drcheck.answers.cuts import Cut, CutsReport, Promise
    from drcheck.answers.found import LengthCut

SHOWN = 6
"""How many combinations of those that are left open, or without effect on a verdict, are told by name; `--json` has all."""
NUMBERS = {1: "one", 2: "two", 3: "three"}


def print_cuts(console: Console, report: CutsReport, traces: bool) -> None:
    """Print a report. `traces`: with the trace of each cut."""
    plain(console, f"{report.design.name}: {report.design.title}", style="bold")
    if report.settings:
        plain(console, f"held as requested: {settings_text(report.settings, report.design.roles)}", indent=2)
    if report.deviations is not None:
        plain(console, f"with at most {report.deviations} parameters at other values", indent=2)
    for line in dict.fromkeys(line for promise in report.promises for line in _varied(promise)):
        plain(console, line, indent=2)
    for remark in report.remarks:
        plain(console, str(remark), style="yellow", indent=2)
    if report.promises:
        print_table(console, _table(report))
    for promise in report.promises:
        _open(console, promise)
    for statement, reason in report.skipped:
        plain(console, f"{statement.name}: not asked: {reason}")
    if traces:
        for promise in report.promises:
            for cut in promise.cuts:
                _trace(console, promise, cut)
    plain(console)
    stopped = f"; stopped: {report.stopped}" if report.stopped else ""
    kept = f", {report.kept:,} answers kept from before" if report.kept else ""
    made = f"{report.searches:,} searches, {report.states:,} states{kept}"
    plain(console, f"{summary(report)}; {made}{stopped}", style="bold")


def summary(report: CutsReport) -> str:
    """What was found, in a line."""
    broken = sum(bool(promise.cuts) for promise in report.promises)
    kept = sum(promise.holds_with == report.order for promise in report.promises)
    asked, most = plural(len(report.promises), "promise"), _any(report.order).removeprefix("any ")
    undecided = sum(not promise.whole for promise in report.promises)
    return f"{asked}, up to {most} at once: {kept} hold, {broken} can be broken, {undecided} not wholly decided"


def _varied(promise: Promise) -> Iterable[str]:
    """What is varied, for all promises of a composition alike."""
    budgets = ", ".join(f"{kind} (up to {n})" for kind, n in promise.budgets.items() if n)
    yield f"uses of budgets: {budgets or 'none'}"
    if promise.scopes:
        yield f"with the scope that the design has for cuts: {settings_text(promise.scopes, {})}"
    if promise.given:
        yield f"held, as promises are stated for it: {settings_text(promise.given, {})}"
    if promise.varied.held:
        yield f"budgets held as requested: {', '.join(sorted(promise.varied.held))}"
    for line in promise.varied.untried:
        yield f"not varied: {line}"


def _any(number: int) -> str:
    return f"any {NUMBERS.get(number, f'{number:,}')}"


def holds_text(promise: Promise) -> str:
    """With how many adversities a promise holds in any case, in words."""
    number = promise.holds_with
    if number is None:
        return "not decided"
    said = {-1: "fails without any", 0: "none"}.get(number, _any(number))
    if number < promise.order and not any(cut.combination.size == number + 1 for cut in promise.cuts):
        said = (f"{said}; " if number > 0 else "") + f"not decided with {_any(number + 1)}"
    return f"{said}; vacuous without any" if any(c.size == 0 for c in promise.vacuous) else said


def length_text(length: LengthCut) -> str:
    """From which greatest length on a promise breaks, in words."""
    said = f"with {Combination(length.uses)}, breaks when a {length.parameter} of {length.least} or more is possible"
    return said + (f", but not with {', '.join(map(str, length.again))}" if length.again else "")


def _table(report: CutsReport) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("property", "holds with", "breaks with", "finding", "steps"):
        table.add_column(name, overflow="fold", justify="right" if name == "steps" else "left")
    for promise in report.promises:
        rows = promise.folded or (None,)
        for number, cut in enumerate(rows):
            name, holds = (_names(promise), holds_text(promise)) if number == 0 else ("", "")
            style = "bold red" if cut is not None else "green" if promise.holds_with == report.order else "yellow"
            steps = "" if cut is None or cut.tried.steps is None else f"{cut.tried.steps:,}"
            known = Text("" if cut is None or cut.known is None else cut.known.value)
            table.add_row(
                Text(name), Text(holds), Text(_cut(cut) if cut is not None else "", style=style), known, Text(steps)
            )
    return table


def _names(promise: Promise) -> str:
    """Its name; under others it is stated for other levels of what goes wrong."""
    return promise.name if not promise.also else f"{promise.name} (and {len(promise.also)} that ask the same)"


def _cut(cut: Cut) -> str:
    said = str(cut.combination)
    said += f" ({cut.tried.value})" if cut.tried.value else ""
    said += "".join(f"; mirrored: {combination}" for combination in cut.mirrors)
    said += "".join(f"; the same as {combination}" for combination in cut.equal)
    return said if cut.minimal else f"{said}; perhaps with less"


def _open(console: Console, promise: Promise) -> None:
    """What is to be known beside the table: what heals, what is vacuous, and what was not decided."""
    for cut, more in promise.healed[:SHOWN]:
        plain(console, f"{promise.name}: breaks with {cut}, and holds again with {more}", style="yellow")
    _some(console, promise.name, "holds again", [str(more) for _, more in promise.healed[SHOWN:]])
    for length in promise.lengths:
        plain(console, f"{promise.name}: {length_text(length)}")
    _some(console, promise.name, "lengths that were not tried", promise.untried_lengths)
    if promise.vacuous and len(promise.vacuous) == len(promise.tried):
        plain(console, f"{promise.name}: vacuous throughout: what it speaks of never happens", style="yellow")
    _some(console, promise.name, "not decided", [f"{t.combination}: {t.reason}" for t in promise.undecided])
    _some(console, promise.name, "cannot be stated", [f"{t.combination}: {t.reason}" for t in promise.impossible])
    _some(console, promise.name, "not tried, nor what contains it", list(map(str, promise.left)))
    if promise.beyond:
        said = f"whether it holds again was not tried with {promise.beyond:,} combinations that contain what breaks it"
        plain(console, f"{promise.name}: {said}", style="yellow")


def _some(console: Console, name: str, what: str, items: Sequence[str]) -> None:
    if items:
        more = f"; and {len(items) - SHOWN:,} more" if len(items) > SHOWN else ""
        plain(console, f"{name}: {what}: {' | '.join(items[:SHOWN])}{more}", style="yellow")


def _trace(console: Console, promise: Promise, cut: Cut) -> None:
    tried = cut.tried
    if tried.trace is None or tried.stated is None:
        return
    plain(console)
    plain(console, f"{promise.name} breaks with {cut.combination}", style="bold red")
    plain(console, tried.reason, indent=2)
    chart(console, trace_view(tried.trace, tried.stated, tried.value).chart)
