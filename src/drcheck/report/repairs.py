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
from drcheck.kernels.deadline import Deadline
from drcheck.logic.finding import Finding, kebab, repaired_by
from drcheck.logic.kinds import DOMAINS, Property
from drcheck.logic.properties import Statement
from drcheck.render.shown_trace import TraceView
from drcheck.report.content import ClaimText, FindingView, PropertyRow, Recurrence, RepairCheck, SearchRow, SideEffect
from drcheck.report.digest import Checked, ListenerFor, command, every_step, search_row
from drcheck.report.told import told_view
from drcheck.system.system import System
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion, Verdict
from drcheck.verdicts.wording import VACUOUS, cause_text, value_text, verdict_word

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
    """The findings of one design, and the searches that checked their repairs.

    Raises PropertyError DR302 for a repair with a parameter that the design does not have.
    """
    repairer = _Repairer(checked, engine, limits, listener)
    result: list[FindingView] = []
    for row in checked.view.rows:
        item = checked.properties[row.name]
        status = "declared" if row.verdict == "VIOLATED" else "outdated"
        repaired = repairer.check(row) if repaired_by(item.findings) else None
        result += [_declared(row, finding, status, checked, claims, repaired) for finding in item.findings]
        if row.verdict == "VIOLATED" and (not item.findings or _is_new(row, checked)):
            result.append(_new(row, checked, claims))
    return result, repairer.searches


def _is_new(row: PropertyRow, checked: Checked) -> bool:
    known = checked.verdicts[row.name].explanation
    return known is not None and known.is_new


def _view(row: PropertyRow, checked: Checked, claims: Mapping[str, ClaimText]) -> FindingView:
    """What a violation shows by itself: a violation that nobody has explained."""
    verdict = checked.verdicts[row.name]
    needs = verdict.needs
    return FindingView(
        id=kebab(row.name),
        title=f"{row.name} is violated",
        status="new",
        row=row,
        claims=tuple(claims.get(key, ClaimText(key, "", "", "")) for key in row.claims),
        explanation="",
        repair="",
        check=None,
        design=kebab(checked.design.function.__name__),
        faults=None if needs is None else needs.faults,
        slips=None if needs is None else needs.slips,
        exact=needs is not None and needs.exact,
    )


def _new(row: PropertyRow, checked: Checked, claims: Mapping[str, ClaimText]) -> FindingView:
    """A violation that is not declared, or is in another way than declared."""
    verdict = checked.verdicts[row.name]
    known, found = verdict.explanation, _view(row, checked, claims)
    if known is None or not known.is_new or known.rest is None:
        return found
    rest, value = known.rest, value_text(known.rest)
    needs = rest.needs
    trace = None if rest.trace is None else told_view(rest.trace, rest.property, value, every_step(row.command))
    return replace(
        found,
        id=f"{found.id}-otherwise",
        title=f"{row.name} is violated in another way than declared",
        row=replace(row, reason=known.reason, value=value, trace=trace),
        causes=cause_text(verdict),
        faults=None if needs is None else needs.faults,
        slips=None if needs is None else needs.slips,
        exact=needs is not None and needs.exact,
    )


def _declared(
    row: PropertyRow,
    finding: Finding,
    status: str,
    checked: Checked,
    claims: Mapping[str, ClaimText],
    repaired: RepairCheck | None,
) -> FindingView:
    cost, accepted = _cost(row, finding, checked), finding.accepted
    return replace(
        _view(row, checked, claims),
        id=finding.called(row.name),
        title=finding.title,
        status=status,
        explanation=finding.explanation,
        repair=finding.repair,
        check=repaired if finding.repaired else None,
        stated=bool(finding.id),
        causes=cause_text(checked.verdicts[row.name]),
        silent=finding.silent,
        permanent=finding.permanent,
        cost="" if cost is None else value_text(cost),
        cost_value=0 if cost is None else cost.value or 0,
        who=finding.who,
        question=finding.question,
        accepted="" if accepted is None else f"{accepted.owner}, {accepted.date}: {accepted.reason}",
    )


def _cost(row: PropertyRow, finding: Finding, checked: Checked) -> Verdict | None:
    """The verdict on the worst case that is the cost of a finding. Raises PropertyError DR302 if there is none."""
    if not finding.cost:
        return None
    verdict = checked.verdicts.get(finding.cost)
    if verdict is None or verdict.value is None:
        raise PropertyError(
            "DR302",
            f"the cost in the finding of property {row.name}: design {checked.design.name} has no worst case {finding.cost!r}",
            place=checked.properties[row.name].place,
            available=[name for name, v in checked.verdicts.items() if v.value is not None],
            asked=finding.cost,
        )
    return verdict


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
        try:
            return {k: self.checked.design.parameter(k).check(v) for k, v in repaired_by(item.findings).items()}
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
        limits = self.limits.begun()
        with (limits.deadline or Deadline()).during(f"{self.checked.design.name} was composed with the repair"):
            system = self.checked.design.build(settings)
            own = self.statements[name].on_any(system)
            others = [
                item for other in names if other != name and (item := _on(self.statements[other], system)) is not None
            ]
        try:
            verdicts = self._search(system, [own, *others], limits)
        except DrcheckError:
            if not others:
                raise
            verdicts = self._search(system, [own], limits)
        found = {
            v.property.name: _Decided(
                verdict_word(v),
                v.reason,
                value_text(v),
                v.vacuous or "",
                told_view(v.trace, v.property, value_text(v), self._shown_by(settings, v.property.name))
                if v.trace is not None and v.conclusion is Conclusion.VIOLATED
                else None,
            )
            for v in verdicts
        }
        self._done[key] = found
        return found

    def _shown_by(self, settings: Mapping[str, Any], name: str) -> str:
        """The command that shows every step of a trace in the repaired design; "" where the property is stated for another."""
        if name not in self.statements:
            return ""
        stated = self.statements[name].given
        if any(stated.get(k, v) != v for k, v in settings.items()):
            return ""
        return every_step(command("check", self.checked.design, settings, name))

    def _search(self, system: System, properties: Sequence[Property], limits: Limits) -> list[Verdict]:
        purpose = f"repair for {properties[0].name}"
        listener: Listener | None = None
        if self.listener is not None:
            listener = self.listener(f"{self.checked.design.name} ({purpose})")
        verdicts = check(system, properties, engine=self.engine, limits=limits, listener=listener)
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
        return statement.on_any(system)
    except DrcheckError:
        return None


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


def ordered(found: Sequence[FindingView]) -> tuple[FindingView, ...]:
    """The findings of all designs, those that nobody has explained first, and among these as `FindingView.order` says.

    A finding that several properties, or designs, show is one. Raises PropertyError DR303 for an identifier that two findings
    have; those made of the names of properties are told apart by the design.
    """
    alike: dict[str, list[tuple[str, ...]]] = {}
    for item in found:
        said = alike.setdefault(item.id, [])
        if _said(item) not in said:
            said.append(_said(item))
    merged: dict[tuple[str, ...], FindingView] = {}
    for item in found:
        name = item.id
        if len(alike[name]) > 1:
            if item.stated:
                raise PropertyError(
                    "DR303",
                    f"two findings have the id {name!r}: {', '.join(repr(said[1]) for said in alike[name])}",
                    remedy="give one of them another id; a finding that several properties show is one object",
                )
            item = replace(item, id=f"{name}-of-{item.design}")
        first = merged.setdefault((item.id, *_said(item)), item)
        if first is not item:
            also = (*first.also, Recurrence(item.row, item.check))
            best = min(first, item, key=lambda view: view.order)
            merged[(item.id, *_said(item))] = replace(
                first, also=also, faults=best.faults, slips=best.slips, exact=best.exact
            )
    return tuple(sorted(merged.values(), key=lambda item: (_RANK[item.status], *item.order)))


def _said(item: FindingView) -> tuple[str, ...]:
    return item.status, item.title, item.explanation, item.repair


__all__ = ["findings", "ordered"]
