"""What was decided about combinations of adversities, kept so that cuts that are asked again need no search.

What is kept stands under the digest of drcheck's own code, of the composed system, of the property and of what is varied, and of
the engine. Only what was decided is kept: a search that came to a limit is made again. A trace is kept as the states that it goes
through, and is replayed on the oracle when it is read; what cannot be replayed was not kept.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

from drcheck.answers.combinations import Combination, Uses, starts_left, with_uses
from drcheck.answers.composed import Asked, Composed
from drcheck.answers.found import Tried
from drcheck.answers.kept import KeptTexts
from drcheck.answers.rows import Answers
from drcheck.errors import DrcheckError
from drcheck.language.units import unit_of
from drcheck.logic.kinds import Property
from drcheck.logic.observing import by_observers
from drcheck.system.fingerprint import digest
from drcheck.system.system import System, capped_cells
from drcheck.system.trace import Trace, along
from drcheck.verdicts.planting.subject import digest_of
from drcheck.verdicts.repair_sets import Change
from drcheck.verdicts.wording import HOLDS, VACUOUS, VIOLATED
from drcheck.workers.own_code import code_digest

TABLE = "cuts"
"""The table of a file of answers in which cuts are kept; sweeps have theirs (see `sweeps.kept`)."""
DECIDED = (HOLDS, VACUOUS, VIOLATED)


class KeptCuts:
    """Answers about combinations, in a file or, without one, nowhere. `used`: how many were found there.

    All methods raise OutputError DR620 where the file cannot be used.
    """

    def __init__(self, texts: KeptTexts | None = None, engine: str = "auto", *, by_event: bool = False) -> None:
        self._texts, self._engine, self._by = texts, engine, "event" if by_event else "kind"
        self._made: Composed | None = None
        self._questions: dict[int, tuple[Asked, str]] = {}
        self.used = 0

    # -- combinations --------------------------------------------------------------------------------------------------
    def one(self, made: Composed, asked: Asked, combination: Combination) -> Tried | None:
        """What became of a combination, if that is kept."""
        data = self._read(made, asked, "one", combination.uses)
        tried = None if data is None else _tried(made, asked, combination, data)
        self.used += tried is not None
        return tried

    def keep_one(self, made: Composed, asked: Asked, tried: Tried) -> None:
        """Keep what became of a combination, if it was decided."""
        data = _plain(made, asked, tried)
        if data is not None:
            self._write(made, asked, data, "one", tried.combination.uses)

    def several(
        self,
        made: Composed,
        asked: Asked,
        deviations: tuple[Change, ...],
        search: tuple[Sequence[str], Uses, int],
    ) -> Answers | None:
        """What one search said of a promise for all uses, if that is kept. `search`: its kinds, other uses, and most uses."""
        data = self._read(made, asked, "all", *search)
        if data is None:
            return None
        found: list[tuple[Uses, Tried | None]] = []
        for plain, one in data:
            uses = tuple((kind, n) for kind, n in plain)
            tried = None if one is None else _tried(made, asked, Combination(uses, deviations), one)
            if tried is None and one is not None:
                return None
            found.append((uses, tried))
        self.used += len(found)
        return Answers(search[2], found)

    def keep_several(
        self, made: Composed, asked: Asked, answers: Answers, search: tuple[Sequence[str], Uses, int]
    ) -> None:
        """Keep what one search said of a promise for all uses."""
        plain: list[Any] = []
        for uses, tried in answers.tried:
            one = None if tried is None else _plain(made, asked, tried)
            if tried is not None and one is None:
                return
            plain.append([uses, one])
        self._write(made, asked, plain, "all", *search)

    # -- known or new --------------------------------------------------------------------------------------------------
    def holds(self, made: Composed, asked: Asked, combination: Combination) -> bool | None:
        """Whether a promise without some causes holds under a combination, if that is kept."""
        data = self._read(made, asked, "without causes", combination.uses)
        self.used += data is not None
        return None if data is None else bool(data)

    def keep_holds(self, made: Composed, asked: Asked, combination: Combination, *, holds: bool) -> None:
        """Keep whether a promise without some causes holds under a combination."""
        self._write(made, asked, holds, "without causes", combination.uses)

    # -- single events -------------------------------------------------------------------------------------------------
    def apart(self, made: Composed, asked: Asked, uses: Uses) -> bool | None:
        """Whether the events of some uses are told apart, if that is kept."""
        data = self._read(made, asked, "told apart", uses)
        return None if data is None else bool(data)

    def keep_apart(self, made: Composed, asked: Asked, uses: Uses, *, apart: bool) -> None:
        """Keep whether the events of some uses are told apart."""
        self._write(made, asked, apart, "told apart", uses)

    # -- the file ------------------------------------------------------------------------------------------------------
    def _read(self, made: Composed, asked: Asked, *under: Hashable) -> Any:
        if self._texts is None:
            return None
        text = self._texts.text(self._key(made, asked, *under))
        try:
            return None if text is None else json.loads(text)
        except ValueError as error:
            raise self._texts.unusable(error) from error

    def _write(self, made: Composed, asked: Asked, data: Any, *under: Hashable) -> None:
        if self._texts is not None:
            self._texts.keep({self._key(made, asked, *under): json.dumps(data)})

    def _key(self, made: Composed, asked: Asked, *under: Hashable) -> str:
        if self._made is not made:
            self._made, self._questions = made, {}
        if id(asked) not in self._questions:  # it is held, as what is gone could give its identity to another
            self._questions[id(asked)] = asked, self._question(made, asked)
        return digest((self._questions[id(asked)][1], *under))

    def _question(self, made: Composed, asked: Asked) -> str:
        item, system = asked.stated, made.system
        assert isinstance(item, Property)
        assert system is not None
        unit = "" if item.measure is None else unit_of(system.settled(item.measure))
        what = digest_of([("", system, [item])]), sorted(capped_cells(system)), unit
        return digest((code_digest(), self._engine, self._by, *what, sorted(made.varied.held)))


# -- as plain data -------------------------------------------------------------------------------------------------------
def _plain(made: Composed, asked: Asked, tried: Tried) -> dict[str, Any] | None:
    """What became of a combination as plain data, None where it was not decided or its trace could not be made again."""
    if tried.verdict not in DECIDED:
        return None
    trace = None if tried.trace is None else _path(made, asked, tried.trace)
    if tried.trace is not None and trace is None:
        return None
    return {"verdict": tried.verdict, "reason": tried.reason, "value": tried.value, "trace": trace}


def _tried(made: Composed, asked: Asked, combination: Combination, data: dict[str, Any]) -> Tried | None:
    """The same from plain data, None where its trace is none of the system's."""
    trace: Trace | None = None
    item: Property | None = None
    if data["trace"] is not None:
        found = _replayed(made, asked, data["trace"])
        if found is None:
            return None
        trace, item = found
    question = asked.under(combination)
    return Tried(combination, data["verdict"], data["reason"], data["value"], trace, item, question, searched=False)


def _path(made: Composed, asked: Asked, trace: Trace) -> dict[str, Any] | None:
    """A trace as plain data, None where the system that it is one of cannot be told by its budgets and observers alone."""
    number = {event.name: n for n, event in enumerate(trace.system.events)}
    last = trace.steps[-1] if trace.steps else None
    begun = starts_left(trace.system)
    system, _ = _stated_on(made, asked, begun)
    if [cell.name for cell in system.cells] != [cell.name for cell in trace.system.cells] or (
        last is not None and last.after is None
    ):
        return None
    return {
        "begun": begun,
        "states": [[int(raw) for raw in state] for state in trace.states],
        "events": [number[step.event.name] for step in trace.steps],
        "loop": trace.loop,
        "marks": list(trace.marks.items()),
        "shortest": trace.shortest,
    }


def _replayed(made: Composed, asked: Asked, data: dict[str, Any]) -> tuple[Trace, Property] | None:
    try:
        system, item = _stated_on(made, asked, data["begun"])
        trace = along(system, [tuple(state) for state in data["states"]], data["events"], loop=data["loop"])
    except DrcheckError:
        return None
    return replace(trace, marks=dict(data["marks"]), shortest=data["shortest"]), item


def _stated_on(made: Composed, asked: Asked, begun: dict[str, int]) -> tuple[System, Property]:
    """The composed system with its observers for a property, and the property on it, where budgets start as they are given."""
    assert made.system is not None
    assert isinstance(asked.stated, Property)
    (group,) = by_observers(with_uses(made.system, begun), [asked.stated])
    return group.system, group.properties[0]


__all__ = ["KeptCuts"]
