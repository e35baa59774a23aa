"""Findings: every violated promise, and whether the repair that its author proposes works.

A repair that is modelled (parameters of the design) is checked: the same property is decided again on the repaired
design, together with all properties that were decided in the same search, so that the review also says what the repair
changes elsewhere. What was found is reported as it is: a repair that does not work, that only makes the promise vacuous,
or that breaks another promise reads so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from drcheck.designs.parameter import show
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import DrcheckError, PropertyError
from drcheck.logic.kinds import DOMAINS, Property
from drcheck.logic.properties import Statement
from drcheck.render.shown_trace import TraceView, trace_view
from drcheck.report.content import ClaimText, FindingView, PropertyRow, Recurrence, RepairCheck, SearchRow, SideEffect
from drcheck.report.digest import Checked, ListenerFor, command, search_row
from drcheck.system.system import System
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion, Verdict
from drcheck.verdicts.wording import VACUOUS, value_text, verdict_word

_RANK = {"new": 0, "declared": 1, "outdated": 2}
_RESULTS = {"HOLDS": "works", "VIOLATED": "fails", "INCONCLUSIVE": "undecided", VACUOUS: "vacuous"}


@dataclass(frozen=True)
class _Decided:
    """What is kept of a verdict on a repaired design; the search itself is let go."""

    verdict: str
    reason: str
    value: str
    vacuous: str
    trace: TraceView | None


def findings(
    checked: Checked,
    claims: Mapping[str, ClaimText],
    *,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: ListenerFor | None = None,
) -> tuple[list[FindingView], list[SearchRow]]:
    """The findings of one design, without numbers, and the searches that checked their repairs.

    Raises PropertyError DR302 for a repair with a parameter that the design does not have.
    """
    rows = [row for row in checked.view.rows if _status(row, checked)]
    repairer = _Repairer(checked, engine, limits, listener)
    result = []
    for row in rows:
        declared = checked.properties[row.name].finding
        keys = row.claims
        result.append(
            FindingView(
                id="",
                title=declared.title if declared else f"{row.name} is violated",
                status=_status(row, checked),
                row=row,
                claims=tuple(claims.get(key, ClaimText(key, "", "", "")) for key in keys),
                explanation=declared.explanation if declared else "",
                repair=declared.repair if declared else "",
                check=repairer.check(row) if declared and declared.repaired else None,
            )
        )
    return result, repairer.searches


def _status(row: PropertyRow, checked: Checked) -> str:
    """The status of a finding, or "" for a row that is none."""
    declared = checked.properties[row.name].finding is not None
    if row.verdict == "VIOLATED":
        return "declared" if declared else "new"
    return "outdated" if declared else ""


class _Repairer:
    """Decides properties on repaired designs; findings with the same repair share one search."""

    def __init__(self, checked: Checked, engine: str, limits: Limits, listener: ListenerFor | None) -> None:
        self.checked, self.engine, self.limits, self.listener = checked, engine, limits, listener
        self.searches: list[SearchRow] = []
        self._statements: dict[str, Statement] | None = None
        self._done: dict[tuple[tuple[str, str], ...], dict[str, _Decided]] = {}

    def check(self, row: PropertyRow) -> RepairCheck:
        """What becomes of a property in the repaired design."""
        checked = self.checked
        repaired = self._repaired(row.name)
        given, names = checked.together[row.run]
        defaults = {p.name: p.default for p in checked.design.parameters}
        before = {**defaults, **checked.settings, **given}
        changes = tuple((k, show(before[k]), show(v)) for k, v in repaired.items())
        settings = {**checked.settings, **given, **repaired}
        stated = self.statements[row.name].given
        contradicts = [k for k, v in repaired.items() if k in stated and stated[k] != v]
        words = "" if contradicts else command("check", checked.design, settings, row.name)
        if all(before[k] == v for k, v in repaired.items()):
            result = _RESULTS[row.verdict]
            return RepairCheck(
                result,
                row.verdict,
                row.reason,
                changes,
                row.value,
                row.vacuous,
                command=words,
                conclusion=f"the parameters of this review already make the repair: {_SAID[result]}",
                brief="in the parameters already",
            )
        try:
            verdicts = self._decide(settings, row.name, names)
        except DrcheckError as error:
            return RepairCheck(
                "impossible",
                "",
                str(error),
                changes,
                conclusion="the repair could not be checked",
                brief="could not be checked",
            )
        return self._told(row, verdicts, changes, words)

    @property
    def statements(self) -> dict[str, Statement]:
        """The statements of the design by name."""
        if self._statements is None:
            self._statements = {s.name: s for s in self.checked.design.statements(self.checked.settings)}
        return self._statements

    def _repaired(self, name: str) -> dict[str, Any]:
        """The parameters of the repair, checked."""
        item = self.checked.properties[name]
        assert item.finding is not None
        try:
            return {k: self.checked.design.parameter(k).check(v) for k, v in item.finding.repaired.items()}
        except DrcheckError as error:
            raise PropertyError(
                "DR302",
                f"the repair in the finding of property {name}: {error.message}",
                place=item.place,
                available=error.available,
                remedy=error.remedy,
            ) from error

    def _decide(self, settings: Mapping[str, Any], name: str, names: Sequence[str]) -> dict[str, _Decided]:
        """The verdicts on the repaired design by property, that on `name` among them.

        Other properties that cannot be stated there (they speak of something that the repair removes) are left out.
        """
        key = tuple(sorted((k, show(v)) for k, v in settings.items()))
        known = self._done.get(key)
        if known is not None and name in known:
            return known
        system = self.checked.design.build(settings)
        own = _on_any(self.statements[name], system)
        others = [
            item for other in names if other != name and (item := _on(self.statements[other], system)) is not None
        ]
        try:
            verdicts = self._search(system, [own, *others])
        except DrcheckError:
            if not others:
                raise
            verdicts = self._search(system, [own])
        found = {
            v.property.name: _Decided(
                verdict_word(v),
                v.reason,
                value_text(v),
                v.vacuous or "",
                trace_view(v.trace, v.property, value_text(v))
                if v.trace is not None and v.conclusion is Conclusion.VIOLATED
                else None,
            )
            for v in verdicts
        }
        self._done[key] = found
        return found

    def _search(self, system: System, properties: Sequence[Property]) -> list[Verdict]:
        purpose = f"repair for {properties[0].name}"
        listener: Listener | None = None
        if self.listener is not None:
            listener = self.listener(f"{self.checked.design.name} ({purpose})")
        verdicts = check(system, properties, engine=self.engine, limits=self.limits, listener=listener)
        if verdicts[0].run.interrupted:
            raise KeyboardInterrupt
        self.searches.append(search_row(verdicts[0].run, purpose))
        return verdicts

    def _told(
        self, row: PropertyRow, decided: Mapping[str, _Decided], changes: tuple[tuple[str, str, str], ...], words: str
    ) -> RepairCheck:
        own, domains = decided[row.name], decided[DOMAINS]
        known = {r.name: r.verdict for r in self.checked.view.rows}
        witness = {r.name: r.witness for r in self.checked.view.rows}
        others = {name: d for name, d in decided.items() if name not in (row.name, DOMAINS)}
        changed = [SideEffect(n, witness[n], known[n], d.verdict) for n, d in others.items() if known[n] != d.verdict]
        if domains.verdict == "VIOLATED":
            changed.insert(0, SideEffect(DOMAINS, False, known.get(DOMAINS, ""), domains.verdict))
        result = _RESULTS[own.verdict]
        return RepairCheck(
            result=result,
            verdict=own.verdict,
            reason=own.reason,
            parameters=changes,
            value=own.value,
            vacuous=own.vacuous,
            compared=len(others),
            changed=tuple(changed),
            trace=own.trace,
            command=words,
            conclusion=f"the repair was checked: {_SAID[result]}{_elsewhere(changed)}",
            brief=_BRIEF[result] + _elsewhere(changed),
        )


def _on(statement: Statement, system: System) -> Property | None:
    try:
        return _on_any(statement, system)
    except DrcheckError:
        return None


def _on_any(statement: Statement, system: System) -> Property:
    """The property on a system of which the repair changes parameters, perhaps those that it is stated for."""
    return replace(statement.on(system), given={})


_SAID = {
    "works": "with it the promise holds",
    "fails": "it does not work, the promise is violated with it",
    "vacuous": "with it the promise holds only vacuously, which shows nothing",
    "undecided": "with it the promise could not be decided",
}


_BRIEF = {
    "works": "checked, it works",
    "fails": "checked, it does not work",
    "vacuous": "checked, it makes the promise vacuous",
    "undecided": "tried, not decided",
}


def _elsewhere(changed: Sequence[SideEffect]) -> str:
    """What a repair breaks, and what it makes impossible."""
    lost = [c for c in changed if c.after == "VIOLATED"]
    broken = [c.name for c in lost if not c.witness]
    ended = [c.name for c in lost if c.witness]
    said = f"; it breaks {', '.join(broken)}" if broken else ""
    return said + (f"; no longer reachable: {', '.join(ended)}" if ended else "")


def numbered(found: Sequence[FindingView]) -> tuple[FindingView, ...]:
    """The findings of all designs with their numbers; the same finding in several designs is one."""
    merged: dict[tuple[str, ...], FindingView] = {}
    for item in found:
        key = (item.row.name, item.status, item.title, item.explanation, item.repair)
        first = merged.get(key)
        if first is None:
            merged[key] = item
        else:
            merged[key] = replace(first, also=(*first.also, Recurrence(item.row, item.check)))
    order = sorted(merged.values(), key=lambda item: _RANK[item.status])
    return tuple(replace(item, id=f"F{number}") for number, item in enumerate(order, 1))


__all__ = ["findings", "numbered"]
