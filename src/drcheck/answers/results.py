"""What results in JSON say of designs, whatever version they are of: verdicts, values, counts, coverage, by lasting names.

A document of `check` says something of one design, one of `claims` or a review of several. `read_results` reads one of any
published version and refuses others with their number. What a document does not say is None, which is not the same as nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from drcheck.errors import DesignError, ModelError, UsageError
from drcheck.language.durations import Duration
from drcheck.schemas import read
from drcheck.verdicts.wording import HOLDS, INCONCLUSIVE, NOT_DECIDED, VACUOUS, VIOLATED

KINDS = ("check", "claims", "review")
"""The kinds of documents that say how properties stand."""
SKIPPED = "SKIPPED"
"""The verdict of a property that the document lists and that nothing was decided about."""
VERDICTS = (HOLDS, VACUOUS, INCONCLUSIVE, NOT_DECIDED, SKIPPED, VIOLATED)
PROVED = "proved"
T = TypeVar("T")


@dataclass(frozen=True)
class Amount:
    """A worst case's value: a number of `unit` ("" if none is known); durations count seconds. `said`: in words.

    `at_least`: the true one may be greater.
    """

    number: int
    unit: str
    said: str
    at_least: bool


@dataclass(frozen=True)
class Promise:
    """A property with its verdict, one of `VERDICTS`.

    `known`: of a violation, whether declared findings explain it. `needs`: how many faults and slips it takes.
    """

    name: str
    verdict: str
    known: bool | None = None
    value: Amount | None = None
    needs: int | None = None
    findings: tuple[str, ...] | None = None
    assumptions: frozenset[str] | None = None
    formula: str | None = None
    given: str | None = None


@dataclass(frozen=True)
class Counted:
    """How far a search came: its figures, and whether it saw everything."""

    states: int
    transitions: int
    depth: int
    complete: bool


@dataclass(frozen=True)
class Result:
    """What is said of one design. `idle`: what never happens, by what it is; None where that is not known.

    `decisive`: for each condition of a guard whether it decides anywhere. `partial`: not all of the design was asked.
    """

    design: str
    parameters: Mapping[str, str] | None = None
    promises: Mapping[str, Promise] = field(default_factory=dict)
    searches: Mapping[str, Counted] | None = None
    idle: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    decisive: Mapping[str, bool] = field(default_factory=dict)
    remarks: frozenset[str] | None = None
    partial: bool = False


@dataclass(frozen=True)
class Results:
    """What documents say together: of designs, and of claims (`claims`: a verdict by key, `form`: the form of these verdicts)."""

    designs: tuple[Result, ...] = ()
    claims: Mapping[str, str] = field(default_factory=dict)
    form: int | None = None

    def __add__(self, other: Results) -> Results:
        """Both together; of claims that both have, the later."""
        return Results(
            self.designs + other.designs,
            {**self.claims, **other.claims},
            self.form if other.form is None else other.form,
        )


def read_results(text: str, name: str) -> Results:
    """What a document says. `name` is what errors call it.

    Raises UsageError DR407 for what is no document of `KINDS`, is of an unknown version, or is not formed like one.
    """
    kind = kind_of(text, name)
    if kind not in KINDS:
        raise UsageError(
            "DR407",
            f"{name} is not a result that can be compared, but of `drcheck {kind}`",
            available=KINDS,
            remedy="give what `drcheck check --json` prints, or a review.json",
        )
    try:
        data = read(text, kind)
    except UsageError as error:
        raise UsageError("DR407", f"{name}: {error.message}", available=error.available, remedy=error.remedy) from None
    try:
        return {"check": _of_check, "claims": _of_claims, "review": _of_review}[kind](data)
    except _MissingError as missing:
        raise UsageError("DR407", f"{name} is not formed like a document of `drcheck {kind}`: {missing}") from None


def kind_of(text: str, name: str) -> str:
    """The kind that a document says it is of. Raises UsageError DR407 for what is no document."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError("DR407", f"{name} is not JSON: {error}", remedy="give what --json printed") from None
    said = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(said, str):
        raise UsageError(
            "DR407", f"{name} is no result of drcheck: it has no `kind`", remedy="give what --json printed"
        )
    return said


# -- check -------------------------------------------------------------------------------------------------------------
def _of_check(data: dict[str, Any]) -> Results:
    return Results((result_of_check(data),))


def result_of_check(data: dict[str, Any]) -> Result:
    """What one document of `check` says."""
    promises: dict[str, Promise] = {}
    tick = _get(data, "tick", str, None)
    for each in _objects(data, "verdicts"):
        promise = _of_verdict(each, tick)
        name = promise.name if promise.name not in promises else f"{promise.name} with {promise.given}"
        promises[name] = promise
    for each in _objects(data, "skipped"):
        name = _get(each, "property", str)
        promises.setdefault(name, Promise(name, SKIPPED))
    runs = list(_objects(data, "runs"))
    knows = bool(runs) and all(_knows_events(run) for run in runs)
    rows = data.get("idle_rows")
    idle = {"event": frozenset(_texts(data, "idle_events") or ()) if knows else None}
    if "idle_rows" in data:
        idle["row"] = None if rows is None else frozenset(_row(row) for row in _objects(data, "idle_rows"))
    decisive = {
        f"{event}: {_get(c, 'condition', str)}": _get(c, "decides", bool)
        for run in runs
        for guard in _objects(run, "guards")
        for event in [_get(guard, "event", str)]
        for c in _objects(guard, "conditions")
    }
    remarks = None
    if "remarks" in data:
        remarks = frozenset(f"{_get(r, 'code', str)} {_get(r, 'subject', str)}" for r in _objects(data, "remarks"))
    return Result(
        _get(data, "design", str),
        {name: _plain(value) for name, value in _get(data, "parameters", dict).items()},
        promises,
        {_settings(run) + _observing(run): _counted(run) for run in runs},
        idle,
        decisive,
        remarks,
    )


def _knows_events(run: dict[str, Any]) -> bool:
    """Whether an event that is not listed as idle is known to happen: only a whole search of the system shows that."""
    postponed = any(r.get("used") and r.get("name") == "partial-order" for r in _objects(run, "reductions"))
    return _get(run, "complete", bool) and run.get("idle_by_slices") is None and not postponed


def _of_verdict(data: dict[str, Any], tick: str | None) -> Promise:
    verdict, vacuous = _get(data, "verdict", str), data.get("vacuous")
    if verdict not in VERDICTS:
        raise _MissingError(f"{verdict!r} is no verdict")
    findings = None
    if "findings" in data:
        findings = tuple(_get(f, "id", str) if "id" in f else _get(f, "title", str) for f in _objects(data, "findings"))
    causes, declared = _get(data, "causes", dict, None), bool(findings) or bool(data.get("finding"))
    known = None
    if verdict == VIOLATED:
        known = declared and (causes is None or causes.get("standing") in (PROVED, "not decided"))
    needs = _get(data, "needs", dict, None)
    return Promise(
        _get(data, "property", str),
        VACUOUS if vacuous and verdict == HOLDS else verdict,
        known,
        _amount(data, tick),
        None if needs is None else _get(needs, "faults", int) + _get(needs, "slips", int),
        findings,
        _set(_texts(data, "assumptions")),
        _get(data, "formula", str, None),
        _settings(data),
    )


def _amount(data: dict[str, Any], tick: str | None) -> Amount | None:
    value, unit = _get(data, "value", int, None), _get(data, "unit", str, None) or ""
    if value is None:
        return None
    at_least = bool(data.get("at_least"))
    said = ("at least " if at_least else "") + (_get(data, "value_text", str, None) or str(value))
    length = _seconds(tick) if unit == "ticks" and tick else None
    return Amount(value, unit, said, at_least) if length is None else Amount(value * length, "s", said, at_least)


def _seconds(tick: str) -> int | None:
    try:
        return Duration.parse(tick).in_seconds
    except (ModelError, DesignError):
        return None


def _counted(run: dict[str, Any]) -> Counted:
    states, transitions, depth = (_get(run, name, int) for name in ("states", "transitions", "depth"))
    return Counted(states, transitions, depth, _get(run, "complete", bool))


def _row(row: dict[str, Any]) -> str:
    sources = ", ".join(_texts(row, "sources") or ())
    return f"{_get(row, 'component', str)}: {_get(row, 'trigger', str)} from {sources}"


def _settings(data: dict[str, Any]) -> str:
    given = _get(data, "given", dict, None) or {}
    return ", ".join(f"{name}={_plain(value)}" for name, value in sorted(given.items()))


def _observing(run: dict[str, Any]) -> str:
    seen = _texts(run, "observers")
    return f" observing {', '.join(seen)}" if seen else ""


# -- claims ------------------------------------------------------------------------------------------------------------
def _of_claims(data: dict[str, Any]) -> Results:
    designs: dict[str, dict[str, Promise]] = {}
    claims = {}
    for row in _objects(data, "claims"):
        claims[_get(row, "claim", str)] = _get(row, "verdict", str)
        for each in _objects(row, "properties"):
            name, verdict = _get(each, "property", str), _get(each, "verdict", str, None) or SKIPPED
            known = bool(each.get("finding")) if verdict == VIOLATED else None
            promise = Promise(name, verdict, known, _amount(each, None), assumptions=_set(_texts(each, "assumptions")))
            designs.setdefault(_get(each, "design", str), {})[name] = promise
    found = tuple(Result(design, promises=promises, partial=True) for design, promises in designs.items())
    return Results(found, claims, _get(data, "version", int))


# -- review ------------------------------------------------------------------------------------------------------------
def _of_review(data: dict[str, Any]) -> Results:
    designs, claims = [], {}
    for study in _objects(data, "studies"):
        findings = list(_objects(study, "findings"))
        for row in _objects(study, "claims"):
            claims[_get(_get(row, "claim", dict), "key", str)] = _get(row, "word", str)
        designs += [_of_view(view, findings) for view in _objects(study, "designs")]
    return Results(tuple(designs), claims, 2)


def _of_view(view: dict[str, Any], findings: Sequence[dict[str, Any]]) -> Result:
    named: dict[str, list[tuple[str, bool]]] = {}
    for finding in findings:
        for row in [_get(finding, "row", dict), *(_get(a, "row", dict) for a in _objects(finding, "also"))]:
            declared = _get(finding, "status", str) != "new"
            named.setdefault(_get(row, "id", str), []).append((_get(finding, "id", str), declared))
    promises = {}
    for row in _objects(view, "rows"):
        name, verdict = _get(row, "name", str), _get(row, "verdict", str)
        of_it = named.get(_get(row, "id", str), [])
        known = _get(row, "expected", bool) if verdict == VIOLATED else None
        promises[name] = Promise(
            name,
            verdict,
            known,
            _amount_in_words(_get(row, "value", str)),
            findings=tuple(sorted(key for key, declared in of_it if declared)),
            assumptions=_set([*(_texts(row, "assumptions") or ()), *(_texts(row, "fairness") or ())]),
            formula=_get(row, "formula", str),
        )
    coverage = _get(view, "coverage", dict)
    for row in _objects(coverage, "skipped"):
        name = _get(row, "name", str)
        promises.setdefault(name, Promise(name, SKIPPED))
    idle = frozenset(_get(event, "name", str) for event in _objects(coverage, "idle"))
    rows = _texts(coverage, "rows") if coverage.get("rows") is not None else None
    return Result(
        _get(view, "name", str),
        {_get(p, "name", str): _get(p, "value", str) for p in _objects(view, "parameters")},
        promises,
        {_get(search, "purpose", str): _counted(search) for search in _objects(view, "searches")},
        {"event": idle if _get(coverage, "known", bool) else None, "row": _set(rows)},
        remarks=frozenset(f"{_get(r, 'code', str)} {_get(r, 'subject', str)}" for r in _objects(view, "remarks")),
    )


_NUMBER = re.compile(r"(at least )?([0-9][0-9,]*)( [^(]*)?")


def _amount_in_words(text: str) -> Amount | None:
    """A value as a review says it: `at least 1,200 intervals`, `12 ticks (1m)`."""
    found = _NUMBER.match(text)
    if found is None:
        return None
    number, unit = int(found[2].replace(",", "")), (found[3] or "").strip()
    return Amount(number, unit if number != 1 or unit.endswith("s") else f"{unit}s" * bool(unit), text, bool(found[1]))


# -- reading ---------------------------------------------------------------------------------------------------------
class _MissingError(ValueError):
    """What a document should say and does not."""


_REQUIRED: Any = object()


def _get(data: Mapping[str, Any], key: str, kind: type[T], default: Any = _REQUIRED) -> T:
    """The value of a key, which is of a type; with a default it may be absent or null."""
    value = data.get(key)
    if value is None and default is not _REQUIRED:
        return default  # type: ignore[no-any-return]  # of the type of the caller's wish
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _MissingError(f"{key} is {'missing' if key not in data else 'something else than it should be'}")
    return value


def _objects(data: Mapping[str, Any], key: str) -> Iterator[dict[str, Any]]:
    for each in _get(data, key, list, []):
        if not isinstance(each, dict):
            raise _MissingError(f"{key} holds something else than objects")
        yield each


def _texts(data: Mapping[str, Any], key: str) -> list[str] | None:
    if key not in data:
        return None
    found = _get(data, key, list)
    if not all(isinstance(each, str) for each in found):
        raise _MissingError(f"{key} holds something else than texts")
    return found


def _set(texts: Sequence[str] | None) -> frozenset[str] | None:
    return None if texts is None else frozenset(texts)


def _plain(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


__all__ = [
    "KINDS",
    "SKIPPED",
    "Amount",
    "Counted",
    "Promise",
    "Result",
    "Results",
    "kind_of",
    "read_results",
    "result_of_check",
]
