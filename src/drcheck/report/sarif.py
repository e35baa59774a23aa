"""A check as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format), for code scanning and its viewers.

A result is a violation, or a property that was not decided, for each claim of the property; a remark on the model is one, too.
Its rule is the claim, or the property where there is none. It stands where the property is stated; the design's place is a
related one, and the trace a code flow through the places of the events. What holds is no result: some readers take every result
for a problem. The rules say what was examined.

| verdict | kind | level | |
|---|---|---|---|
| VIOLATED | fail | error | |
| VIOLATED, a declared finding | fail | error | suppressed: `accepted` where its causes are proved, else `underReview` |
| INCONCLUSIVE, or skipped at a limit | open | none | and a notification of level warning |
| a remark | fail | note | |

That a result which does not fail has the level `none` is the standard's rule (3.27.10).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from drcheck.designs.parameter import settings_text, show
from drcheck.errors import REMARKS, Place
from drcheck.report.outcomes import Kind, Outcome
from drcheck.system.trace import Trace
from drcheck.telling.mattering import mattering
from drcheck.telling.words import Values, passing
from drcheck.verdicts.claims import Claim
from drcheck.verdicts.verdict import DesignReport
from drcheck.verdicts.wording import value_text

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
"""What paths are relative to: the directory of the check, which should be that of the repository."""
_ADDRESS = re.compile(r"https?://[^\s,;)\]]+")
_NO_RESULT = (Kind.HOLDS, Kind.NOT_ASKED)


def sarif_data(
    report: DesignReport, found: Sequence[Outcome], claims: Iterable[Claim], *, version: str, status: int
) -> dict[str, Any]:
    """The log as plain data, of a check and what it says of each property.

    `claims`: those that the repository lists. `version`: of drcheck. `status`: with which the command ends.
    """
    return _Log(report, found, claims).data(version, status)


class _Log:
    def __init__(self, report: DesignReport, found: Sequence[Outcome], claims: Iterable[Claim]) -> None:
        self._report, self._outcomes = report, found
        self._claims = {claim.key: claim for claim in claims}
        self._rules: dict[str, dict[str, Any]] = {}

    def data(self, version: str, status: int) -> dict[str, Any]:
        report = self._report
        for outcome in self._outcomes:
            for rule in self._rules_of(outcome):
                self._rule(rule, outcome)
        results = [r for outcome in self._outcomes if outcome.kind not in _NO_RESULT for r in self._results(outcome)]
        results += [self._remark(remark) for remark in report.remarks]
        main = report.main
        run = {
            "tool": {
                "driver": {
                    "name": "drcheck",
                    "semanticVersion": version,
                    "rules": list(self._rules.values()),
                }
            },
            "automationDetails": {"id": f"{self._category()}/"},
            "originalUriBaseIds": {
                ROOT: {"description": {"text": "The directory in which drcheck was run: the root of the repository."}}
            },
            "invocations": [
                {
                    "executionSuccessful": not (report.interrupted or report.limited),
                    "exitCode": status,
                    "toolExecutionNotifications": self._notifications(),
                }
            ],
            "results": results,
            "columnKind": "unicodeCodePoints",
            "properties": {
                "design": report.design.name,
                "title": main.system.title,
                "parameters": {name: show(value) for name, value in main.system.parameters.items()},
                "states": main.exploration.states,
                "outcomes": {
                    kind.value: [o.name for o in self._outcomes if o.kind is kind]
                    for kind in Kind
                    if any(o.kind is kind for o in self._outcomes)
                },
            },
        }
        return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}

    def _category(self) -> str:
        """What tells this check from others of one repository: the design, and parameters that were given."""
        given = settings_text(self._report.settings, {})
        return f"drcheck/{self._report.design.name}" + (f" {given}" if given else "")

    # -- rules ---------------------------------------------------------------------------------------------------------
    def _rules_of(self, outcome: Outcome) -> Sequence[str]:
        return outcome.claims or (outcome.name,)

    def _rule(self, rule: str, outcome: Outcome) -> None:
        if rule in self._rules:
            return
        claim = self._claims.get(rule) if rule in outcome.claims else None
        made: dict[str, Any] = {"id": rule, "defaultConfiguration": {"level": "error"}}
        if claim is not None:
            made["shortDescription"] = {"text": claim.text}
            made["help"] = {"text": "; ".join([claim.source, *([claim.also] if claim.also else [])])}
            made["properties"] = {"tags": ["claim", claim.kind.value]}
            address = _ADDRESS.search(claim.source)
            if address is not None:
                made["helpUri"] = address[0]
        else:
            claimed = rule in outcome.claims
            made["shortDescription"] = {"text": f"claim {rule}" if claimed else outcome.statement or rule}
            made["properties"] = {"tags": ["claim" if claimed else "property"]}
        self._rules[rule] = made

    def _index(self, rule: str) -> int:
        return list(self._rules).index(rule)

    # -- results -------------------------------------------------------------------------------------------------------
    def _results(self, outcome: Outcome) -> list[dict[str, Any]]:
        return [self._result(outcome, rule) for rule in self._rules_of(outcome)]

    def _result(self, outcome: Outcome, rule: str) -> dict[str, Any]:
        decided = outcome.kind is not Kind.NOT_DECIDED
        result: dict[str, Any] = {
            "ruleId": rule,
            "ruleIndex": self._index(rule),
            "kind": "fail" if decided else "open",
            "level": "error" if decided else "none",
            "message": {"text": _message(outcome)},
            "locations": [_location(outcome.place or self._report.design.place)],
            "relatedLocations": [self._design_place()],
            "partialFingerprints": {"drcheck/v1": self._fingerprint(outcome, rule)},
            "properties": {"property": outcome.name, "verdict": outcome.word, "notes": outcome.notes},
        }
        if outcome.declared:
            proved = outcome.kind is Kind.KNOWN
            result["suppressions"] = [
                {
                    "kind": "inSource",
                    "status": "accepted" if proved else "underReview",
                    "justification": outcome.why_known,
                }
            ]
        shown = outcome.shown
        if shown is not None and shown.trace is not None and decided:
            result["codeFlows"] = [{"threadFlows": [{"locations": self._flow(outcome, shown.trace)}]}]
            result["properties"]["value"] = value_text(shown) or None
        return result

    def _fingerprint(self, outcome: Outcome, rule: str) -> str:
        """What stays the same where lines move, and differs where something else is said of the property."""
        given = {} if outcome.verdict is None else outcome.verdict.run.given
        unknown = "" if outcome.declared or outcome.kind is not Kind.VIOLATED else "new"
        parts = [
            self._category(),
            rule,
            outcome.name,
            settings_text(given, {}),
            outcome.word,
            unknown,
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _design_place(self) -> dict[str, Any]:
        return {
            "id": 1,
            **_location(self._report.design.place),
            "message": {"text": f"design {self._report.design.name}"},
        }

    def _remark(self, remark: Any) -> dict[str, Any]:
        rule = self._rules.setdefault(
            remark.code,
            {
                "id": remark.code,
                "shortDescription": {"text": REMARKS[remark.code]},
                "defaultConfiguration": {"level": "note"},
                "properties": {"tags": ["remark"]},
            },
        )
        parts = (self._report.design.name, remark.code, remark.subject)
        return {
            "ruleId": rule["id"],
            "ruleIndex": self._index(rule["id"]),
            "kind": "fail",
            "level": "note",
            "message": {"text": f"{remark.subject}: {remark.message}{f'; {remark.remedy}' if remark.remedy else ''}"},
            "locations": [_location(remark.place or self._report.design.place)],
            "relatedLocations": [self._design_place()],
            "partialFingerprints": {"drcheck/v1": hashlib.sha256("\0".join(parts).encode()).hexdigest()},
        }

    def _notifications(self) -> list[dict[str, Any]]:
        """What a reader of the results alone would miss: what is not decided, and what was not asked."""
        level = {Kind.NOT_DECIDED: "warning", Kind.NOT_ASKED: "note"}
        return [
            {
                "level": level[outcome.kind],
                "message": {"text": _message(outcome)},
                "associatedRule": {"id": rule, "index": self._index(rule)},
                "locations": [_location(outcome.place or self._report.design.place)],
            }
            for outcome in self._outcomes
            if outcome.kind in level
            for rule in self._rules_of(outcome)[:1]
        ]

    # -- the trace -----------------------------------------------------------------------------------------------------
    def _flow(self, outcome: Outcome, trace: Trace) -> list[dict[str, Any]]:
        """The initial state and each step, at the place of its event."""
        shown = outcome.shown
        assert shown is not None
        values, system = Values(trace.system), trace.system
        slice_ = mattering(trace, shown.property)
        known = [cell for cell in system.cells if values.told(cell.index)]
        begins = {cell.name: {"text": values.value(cell, trace.initial[cell.index])} for cell in known}
        flow: list[dict[str, Any]] = [
            {
                "location": {**_location(self._report.design.place), "message": {"text": "the beginning"}},
                "executionOrder": 1,
                "importance": "important",
                "state": begins,
            }
        ]
        for number, step in enumerate(trace.steps):
            changed = [
                (cell, a, b)
                for cell, a, b in zip(system.cells, step.before, step.after or step.before, strict=True)
                if a != b and values.told(cell.index)
            ]
            said = passing(1, system.tick) if step.event.is_tick else step.event.name
            if step.event.kind in ("environment", "operator"):
                said += f" [{step.event.kind}]"
            said += f": {', '.join(values.change(cell.index, a, b) for cell, a, b in changed)}" if changed else ""
            if step.escape is not None:
                said += f": {system.cells[step.escape].name} would leave its domain"
            if number == trace.loop:
                said = f"from here on for ever: {said}"
            flow.append(
                {
                    "location": {
                        **_location(step.event.place or self._report.design.place),
                        "message": {"text": said},
                    },
                    "executionOrder": number + 2,
                    "importance": "essential" if slice_.matters(number) else "unimportant",
                    "state": {cell.name: {"text": values.value(cell, b)} for cell, _, b in changed},
                }
            )
        return flow


def _message(outcome: Outcome) -> str:
    said = f"{outcome.statement.rstrip('.')}: " if outcome.statement else ""
    return f"{said}{outcome.name} {outcome.word}: {outcome.reason}"


def _location(place: Place) -> dict[str, Any]:
    """A place in a file, relative to the directory of the check; elsewhere as a whole address."""
    return {
        "physicalLocation": {"artifactLocation": _artifact(place.file), "region": {"startLine": max(1, place.line)}}
    }


def _artifact(file: str) -> Mapping[str, str]:
    path = Path(file)
    if not path.is_absolute():
        path = Path.cwd() / path
    try:
        inside = path.relative_to(Path.cwd())
    except ValueError:
        return {"uri": path.as_uri()}
    return {"uri": inside.as_posix().replace("%", "%25").replace(" ", "%20").replace("#", "%23"), "uriBaseId": ROOT}


__all__ = ["sarif_data"]
