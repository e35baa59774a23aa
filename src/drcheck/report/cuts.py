"""Minimal cut sets as plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drcheck.answers.combinations import Combination
from drcheck.answers.found import CutsReport, Promise, Tried

Parameters = Callable[[Mapping[str, Any]], Any]
"""Makes plain data of settings."""


def cuts_data(report: CutsReport, parameters: Parameters) -> dict[str, Any]:
    """All of a report."""
    return {
        "design": report.design.name,
        "title": report.design.title,
        "parameters": parameters(report.settings),
        "order": report.order,
        "deviations": report.deviations,
        "by": report.by,
        "promises": [_promise(promise, parameters) for promise in report.promises],
        "skipped": [{"property": statement.name, "reason": reason} for statement, reason in report.skipped],
        "searches": report.searches,
        "states": report.states,
        "kept": report.kept,
        "composed": report.composed,
        "budget": report.budget,
        "seconds": report.seconds,
        "processor_seconds": report.processor_seconds,
        "stopped": report.stopped or None,
        "remarks": [
            {"code": r.code, "subject": r.subject, "message": r.message, "remedy": r.remedy} for r in report.remarks
        ],
    }


def _promise(promise: Promise, parameters: Parameters) -> dict[str, Any]:
    def data(combination: Combination) -> dict[str, Any]:
        return {
            "uses": dict(combination.uses),
            "deviations": parameters({change.name: change.value for change in combination.deviations}),
        }

    def open_data(tried: Tried) -> dict[str, Any]:
        return {**data(tried.combination), "reason": tried.reason}

    return {
        "property": promise.name,
        "also": [statement.name for statement in promise.also],
        "given": parameters(promise.given),
        "dropped": parameters(promise.dropped),
        "scopes": parameters(promise.scopes),
        "budgets": dict(promise.budgets),
        "held": sorted(promise.varied.held),
        "deviations": {
            name: [str(change) for change in changes]
            for name, changes in promise.varied.values.items()
            if name not in promise.given
        },
        "untried": list(promise.varied.untried),
        "holds_with": promise.holds_with,
        "vacuous": [data(combination) for combination in promise.vacuous],
        "cuts": [
            {
                **data(cut.combination),
                "minimal": cut.minimal,
                "known": None if cut.known is None else cut.known.value,
                "findings": list(cut.findings),
                "steps": cut.tried.steps,
                "value_text": cut.tried.value or None,
                "reason": cut.tried.reason,
                "equal": [data(combination) for combination in cut.equal],
                "trace": None if cut.tried.trace is None else cut.tried.trace.as_data(),
            }
            for cut in promise.cuts
        ],
        "healed": [{"cut": data(cut), "with": data(more)} for cut, more in promise.healed],
        "lengths": [
            {
                "parameter": length.parameter,
                "uses": dict(length.uses),
                "least": str(length.least),
                "bisected": length.bisected,
                "again": [str(one) for one in length.again],
            }
            for length in promise.lengths
        ],
        "untried_lengths": list(promise.untried_lengths),
        "undecided": [open_data(tried) for tried in promise.undecided],
        "impossible": [open_data(tried) for tried in promise.impossible],
        "not_tried": [data(combination) for combination in promise.left],
        "not_tried_beyond": promise.beyond,
        "decided": len(promise.tried),
        "implied": promise.implied,
    }


__all__ = ["cuts_data"]
