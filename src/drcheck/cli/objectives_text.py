"""What disruptions cost and whether they are noticed, as text for people: two tables, the searches behind them, and traces."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from drcheck.cli.console import chart, plain
from drcheck.cli.console import table as print_table
from drcheck.designs.parameter import settings_text
from drcheck.render.shown_trace import trace_view
from drcheck.verdicts.notices import Noticed
from drcheck.verdicts.objectives import MEASURED, Standing
from drcheck.verdicts.wording import value_text

if TYPE_CHECKING:
    from rich.console import Console

    from drcheck.verdicts.notices import Answer
    from drcheck.verdicts.objectives import ObjectivesReport, Result
    from drcheck.verdicts.verdict import Verdict

_STANDINGS = {Standing.MET: "green", Standing.MISSED: "bold red", Standing.UNDECIDED: "yellow"}
_ANSWERS = {
    Noticed.AT_ONCE: "green",
    Noticed.WITHIN: "green",
    Noticed.NOT_ALWAYS: "bold red",
    Noticed.UNDECIDED: "yellow",
}


def print_objectives(console: Console, report: ObjectivesReport, traces: bool | None) -> None:
    """Print a report. `traces`: True for every trace there is, False for none, None for those of what is bad news."""
    plain(console, f"{report.design.name}: {report.design.title}", style="bold")
    if not report.declared.anything:
        plain(console, "It declares no disruptions and no notices.", indent=2)
        plain(console)
        return
    for under in report.unders:
        given = settings_text(under.settings, report.design.roles)
        plain(console, f"{under.name}: {given}" if given else under.name, indent=2)
    if report.results:
        print_table(console, _results(report))
    if report.answers:
        print_table(console, _answers(report))
    for result in report.results:
        if _wanted(traces, result.standing is Standing.MISSED):
            _trace(console, result_title(result), _STANDINGS.get(result.standing, ""), result.verdict)
    shown: list[tuple[str, str]] = []
    for answer in report.answers:
        told = happening(answer), teller(answer)
        # What is not always noticed under one disruption is seldom noticed under a greater one: the first says how.
        if _wanted(traces, answer.noticed is Noticed.NOT_ALWAYS and told not in shown):
            shown.append(told)
            _trace(console, answer_title(answer), _ANSWERS.get(answer.noticed, ""), answer.verdict)
    plain(console)
    plain(console, summary(report), style="bold")
    plain(console)


def _wanted(traces: bool | None, bad: bool) -> bool:
    return bad if traces is None else traces


def _trace(console: Console, title: str, style: str, verdict: Verdict | None) -> None:
    """The trace behind a result or an answer, if there is one."""
    if verdict is None or verdict.trace is None:
        return
    plain(console)
    plain(console, title, style=style)
    plain(console, verdict.reason, indent=2)
    plain(console, f"{verdict.property.name}: {verdict.property.formula()}", indent=2)
    chart(console, trace_view(verdict.trace, verdict.property, value_text(verdict)).chart)


def result_title(result: Result) -> str:
    """A result in a line, above its trace."""
    limit = "" if result.limit is None else f", {MEASURED[result.measured]} {result.limit}"
    return f"{result.standing.value}: {result.disruption.name}{limit}: {result.value}"


def answer_title(answer: Answer) -> str:
    """An answer in a line, above its trace."""
    return f"{answer.text}: {answer.question.under}: {happening(answer)}, noticed by {teller(answer)}"


def _results(report: ObjectivesReport) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("disruption", "at worst", "objective", "result", "source"):
        table.add_column(name, overflow="fold")
    last = ""
    for result in report.results:
        name, last = ("" if result.disruption.name == last else result.disruption.name), result.disruption.name
        table.add_row(
            Text(name),
            Text("\n".join(_worst(result))),
            Text("" if result.limit is None else f"{MEASURED[result.measured]} {result.limit}"),
            Text(result.standing.value, style=_STANDINGS.get(result.standing, "")),
            Text(result.source),
        )
    return table


def _worst(result: Result) -> list[str]:
    said = [result.value] if result.value else []
    said += [result.measure.name] if result.measure is not None else []
    return [*said, *([result.weakness] if result.weakness else [])]


def _answers(report: ObjectivesReport) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("disruption", "what happens", "noticed by", "answer", "source"):
        table.add_column(name, overflow="fold")
    last, happened = "", ""
    for answer in report.answers:
        question = answer.question
        if question.under != last:
            happened = ""
        name, last = ("" if question.under == last else question.under), question.under
        told = happening(answer)
        what, happened = ("" if told == happened else told), told
        table.add_row(
            Text(name),
            Text(what),
            Text(teller(answer)),
            Text(
                "\n".join([answer.text, *([answer.reason] if answer.reason else [])]),
                style=_ANSWERS.get(answer.noticed, ""),
            ),
            Text("" if question.notice is None else question.notice.source),
        )
    return table


def happening(answer: Answer) -> str:
    """What is to be noticed, in words."""
    question = answer.question
    return question.what if question.measure is None else f"loss: {question.what} grows"


def teller(answer: Answer) -> str:
    """Which notice it is, and who sees it, in words."""
    item = answer.question.notice
    return "" if item is None else f"{item.name} ({item.who})" if item.who else item.name


def summary(report: ObjectivesReport) -> str:
    """One line: how many disruptions there are, and how objectives and answers stand."""
    disruptions = len(report.declared.disruptions)
    standings = Counter(result.standing for result in report.results)
    answers = Counter(answer.noticed for answer in report.answers)
    parts = [f"{disruptions} disruption{'' if disruptions == 1 else 's'}"]
    told = [f"{standings[one]} {one.value}" for one in Standing if standings[one]]
    if told:
        parts.append(f"{len(report.results)} results: {', '.join(told)}")
    said = [f"{answers[one]} {one.value}" for one in Noticed if answers[one]]
    if said:
        parts.append(f"{len(report.answers)} answers: {', '.join(said)}")
    seconds = sum(run.exploration.seconds for run in report.runs)
    states = sum(run.exploration.states for run in report.runs)
    return f"{'; '.join(parts)}; {states:,} states in {len(report.runs)} searches, {seconds:.1f} s of search"


__all__ = ["happening", "print_objectives", "summary", "teller"]
