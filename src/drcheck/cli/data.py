"""The result of a check as plain data, for `--json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from drcheck.designs.parameter import plain
from drcheck.system.system import observers
from drcheck.verdicts.wording import assumptions, value_data

if TYPE_CHECKING:
    from drcheck.language.remarks import Remark
    from drcheck.logic.finding import Finding
    from drcheck.verdicts.coverage import GuardCoverage
    from drcheck.verdicts.idle_rows import RowSeen
    from drcheck.verdicts.verdict import DesignReport, Explanation, Run, Verdict, Won


def report_data(report: DesignReport) -> dict[str, Any]:
    """All of a report: the main search's figures at the top, then every verdict, every search, and what was skipped."""
    main = _figures(report.main)
    return {
        "design": report.design.name,
        "system": report.main.system.name,
        "title": report.main.system.title,
        "parameters": parameters_data(report.main.system.parameters),
        "parameter_roles": roles_data(report.main.system.parameter_roles),
        "tick": None if report.main.system.tick is None else str(report.main.system.tick),
        **main,
        "stated": report.stated,
        "verdicts": [verdict_data(verdict) for verdict in report.verdicts],
        "runs": [run_data(run) for run in report.runs],
        "phases": report.phases.as_data(),
        "reductions": reductions_data(report.main),
        "idle_events": report.main.idle_events,
        "idle_rows": None if report.idle_rows is None else [row_data(seen) for seen in report.idle_rows],
        "remarks": [remark_data(remark) for remark in report.remarks],
        "skipped": [{"property": statement.name, "reason": reason} for statement, reason in report.skipped],
        "interrupted": report.interrupted,
    }


def row_data(seen: RowSeen) -> dict[str, Any]:
    """One row that is never chosen."""
    row = seen.row
    return {
        "component": row.component,
        "trigger": row.trigger,
        "sources": list(row.sources),
        "place": str(row.place),
        "constant": seen.constant,
    }


def remark_data(remark: Remark) -> dict[str, Any]:
    """One remark."""
    place = None if remark.place is None else str(remark.place)
    return {
        "code": remark.code,
        "subject": remark.subject,
        "message": remark.message,
        "place": place,
        "remedy": remark.remedy,
    }


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """One verdict, with its trace as data, and the command that opens that in the explorer."""
    from drcheck.render.explore_command import opening_of

    item, opening = verdict.property, None if verdict.trace is None else opening_of(verdict.trace)
    return {
        "property": item.name,
        "claims": list(item.claims),
        "verdict": verdict.conclusion.value,
        "reason": verdict.reason,
        "value": verdict.value,
        "at_least": verdict.at_least,
        **value_data(verdict),
        "assumptions": list(assumptions(item)),
        "vacuous": verdict.vacuous,
        "finding": "; ".join(finding.title for finding in item.findings) or None,
        "findings": [finding_data(finding, item.name) for finding in item.findings],
        "needs": None if verdict.needs is None else asdict(verdict.needs),
        "causes": None if verdict.explanation is None else explanation_data(verdict.explanation),
        "won": None if verdict.won is None else won_data(verdict.won),
        "statement": item.statement,
        "formula": item.formula(),
        "source": item.source,
        "given": parameters_data(verdict.run.given),
        "states": verdict.run.exploration.states,
        "trace": None if verdict.trace is None else verdict.trace.as_data(),
        "explore": None if opening is None else opening.whole,
    }


def won_data(won: Won) -> dict[str, Any]:
    """How a verdict was won by slices."""
    return {
        "slices": [{"kept": list(each.kept), "states": each.states} for each in won.slices],
        "free_of": list(won.free_of),
        "counters": won.counters,
        "replayed": won.replayed,
        "every": None if won.every is None else asdict(won.every),
    }


def finding_data(finding: Finding, name: str) -> dict[str, Any]:
    """A declared finding of the property with a name."""
    return {
        "id": finding.called(name),
        "title": finding.title,
        "explanation": finding.explanation,
        "repair": finding.repair,
        "repaired": parameters_data(finding.repaired),
        "silent": finding.silent,
        "permanent": finding.permanent,
        "cost": finding.cost or None,
        "who": finding.who or None,
        "question": finding.question or None,
        "accepted": None if finding.accepted is None else asdict(finding.accepted),
    }


def explanation_data(found: Explanation) -> dict[str, Any]:
    """Whether the causes of a property's findings explain its violation."""
    trace = found.rest.trace if found.rest is not None and found.is_new else None
    return {
        "causes": list(found.causes),
        "standing": found.standing.value,
        "reason": found.reason,
        "states": found.states,
        "trace": None if trace is None else trace.as_data(),
    }


def run_data(run: Run) -> dict[str, Any]:
    """One search."""
    found = run.exploration
    return {
        "given": parameters_data(run.given),
        "observers": [observer.name for observer in observers(run.system)],
        **_figures(run),
        "complete": found.complete,
        "stopped": found.stopped,
        "remarks": list(found.remarks),
        "deadlocks": found.deadlocks,
        "reductions": reductions_data(run),
        "idle_events": run.idle_events,
        "idle_by_slices": None if run.proof is None else run.idle_by_slices,
        "guards": [guard_data(guard) for guard in run.guards],
    }


def guard_data(guard: GuardCoverage) -> dict[str, Any]:
    """The coverage of one guard."""
    return {
        "event": guard.event.name,
        "holds": guard.holds,
        "conditions": [
            {"condition": c.text, "alternative": c.alternative, "decides": c.decides, "holds": c.holds}
            for c in guard.conditions
        ],
    }


def reductions_data(run: Run) -> list[dict[str, Any]]:
    """The reductions that were requested: whether each was used, and what it did or why it did not apply."""
    if run.reduced is None:
        return []
    return [{"name": a.name, "used": a.applied, "what": a.what} for a in run.reduced.applications]


def parameters_data(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters with numbers and truth values as they are, and everything else (durations) as text."""
    return plain(parameters)


def roles_data(roles: Mapping[str, Any]) -> dict[str, str]:
    """The roles of the parameters that have one, as text."""
    return {name: role.value for name, role in roles.items()}


def _figures(run: Run) -> dict[str, Any]:
    found = run.exploration
    return {
        "engine": found.engine,
        "states": found.states,
        "transitions": found.transitions,
        "depth": found.depth,
        "seconds": round(found.seconds, 6),
    }


def as_json(data: Any) -> str:
    """JSON text; numbers that come from arrays are numbers."""
    return json.dumps(data, indent=2, default=lambda value: value.item() if hasattr(value, "item") else str(value))
