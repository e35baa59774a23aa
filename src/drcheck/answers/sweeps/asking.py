"""What is asked at points of a sweep: composed, looked up, and searched where nobody has the answer yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drcheck.answers.points import INTERRUPTED
from drcheck.answers.sweeps.kept import KeptAnswers
from drcheck.answers.sweeps.places import Place
from drcheck.answers.sweeps.units import FAILED, Answer, Done, Unit, impossible, key_of, stated_with, stopped, texts_of
from drcheck.designs.design import Design
from drcheck.engines.protocol import Limits
from drcheck.errors import DesignError, EngineError
from drcheck.kernels.deadline import Deadline
from drcheck.logic.kinds import Property
from drcheck.logic.properties import Statement
from drcheck.verdicts.sliced import SEARCH
from drcheck.workers.own_code import code_digest

SEARCHED, EQUAL, KEPT, FOLLOWS, NOWHERE = "searched", "equal", "kept", "follows", ""
"""Where an answer comes from: a search; one of an equal system before; a file; another value of a parameter; nowhere."""


@dataclass(frozen=True)
class Row:
    """A property at a point: `at` are the values of what is varied, `settings` all that differs from the defaults.

    `how`: where the answer comes from (see above).
    """

    at: Mapping[str, Any]
    property: str
    settings: Mapping[str, Any]
    answer: Answer
    how: str = SEARCHED


@dataclass
class Figures:
    """What was done: searches and their states, processor time in seconds, answers that were kept; why it stopped, or ""."""

    searches: int = 0
    states: int = 0
    seconds: float = 0.0
    kept: int = 0
    stopped: str = ""
    failed: list[str] = field(default_factory=list)


class Asking:
    """Asks properties of a design with many settings. `asked`: those that were requested for all.

    The limits of states and of memory are those of each search, that of seconds is one for all.
    """

    def __init__(
        self,
        design: Design,
        statements: Sequence[Statement],
        asked: Mapping[str, Any],
        place: Place,
        kept: KeptAnswers,
        *,
        engine: str = "auto",
        by: str = SEARCH,
        limits: Limits = Limits(),
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.design, self.statements, self.asked = design, tuple(statements), dict(asked)
        self._place, self._kept, self._engine, self._progress = place, kept, engine, progress
        self._by = by
        self._limits = limits.begun()
        self.deadline = self._limits.deadline or Deadline()
        self._known: dict[str, Answer] = {}
        self.figures = Figures()

    def settings_of(self, statement: Statement, at: Mapping[str, Any]) -> dict[str, Any]:
        """With which settings a property is asked at a point: as it is stated, but for what is requested or varied."""
        return {**statement.given, **self.asked, **at}

    def rows(self, points: Sequence[tuple[Mapping[str, Any], Sequence[Statement]]]) -> list[Row]:
        """The answers at some points, each for some of the properties, in this order."""
        asking = _Round(self, points)
        try:
            for unit, done in self._place.run(asking.units(), self.deadline):
                asking.answered(unit, done)
                if done.interrupted:
                    raise KeyboardInterrupt
        except KeyboardInterrupt:
            self.figures.stopped = INTERRUPTED
            self._place.close()
        except BaseException:
            self._place.close()
            raise
        return asking.rows()

    def untried(self, points: Sequence[tuple[Mapping[str, Any], Sequence[Statement]]]) -> list[Row]:
        """Rows for points that are not asked."""
        return _Round(self, points).rows()


class _Round:
    """Some points, while they are asked."""

    def __init__(self, asking: Asking, points: Sequence[tuple[Mapping[str, Any], Sequence[Statement]]]) -> None:
        self._asking, self._points = asking, points
        self._found: dict[tuple[int, str], tuple[Answer, str]] = {}
        self._waiting: dict[str, list[tuple[int, str]]] = {}

    def units(self) -> Iterator[Unit]:
        """The searches that are needed, one after the other, as they are taken."""
        asking, total = self._asking, len(self._points)
        for number, (at, statements) in enumerate(self._points):
            groups: dict[tuple[tuple[str, str], ...], list[Statement]] = {}
            for statement in statements:
                groups.setdefault(texts_of(asking.settings_of(statement, at)), []).append(statement)
            for members in groups.values():
                if not asking.figures.stopped and asking.deadline.passed:
                    asking.figures.stopped = f"{asking.deadline.reason} passed"
                if asking.figures.stopped:
                    return
                unit = self._unit(number, at, members)
                if unit is not None:
                    if asking._progress is not None:
                        asking._progress(f"{asking.design.name}: point {number + 1:,} of {total:,}")
                    yield unit

    def _unit(self, number: int, at: Mapping[str, Any], members: Sequence[Statement]) -> Unit | None:
        """What must be searched for some properties at a point, or None where everything is known or waited for."""
        asking = self._asking
        settings = asking.settings_of(members[0], at)
        try:
            with asking.deadline.during(f"{asking.design.name} was composed"):
                system, stated = stated_with(asking.design, members, settings)
                names: list[str] = []
                keys: list[str] = []
                items: list[Property] = []
                for statement, item in zip(members, stated, strict=True):
                    slot = number, statement.name
                    if isinstance(item, str) or system is None:
                        self._found[slot] = impossible(str(item)), NOWHERE
                        continue
                    key = key_of(system, item, asking._engine, asking._limits.states, asking._by)
                    if not self._looked_up(slot, key):
                        names.append(statement.name)
                        keys.append(key)
                        items.append(item)
        except EngineError as error:
            if error.code not in ("DR510", "DR515"):
                raise
            asking.figures.stopped = error.message
            return None
        if system is None or not names:
            return None
        for name, key in zip(names, keys, strict=True):
            self._waiting[key] = [(number, name)]
        limits = asking._limits
        return Unit(
            asking.design.name,
            texts_of(settings),
            texts_of(asking.asked),
            tuple(names),
            tuple(keys),
            code_digest(),
            asking._engine,
            limits.states,
            None,
            limits.memory,
            limits.threads,
            asking._by,
            (system, tuple(items)),
        )

    def _looked_up(self, slot: tuple[int, str], key: str) -> bool:
        """Whether an answer is there, or is being searched for."""
        asking = self._asking
        if key in self._waiting:
            self._waiting[key].append(slot)
            return True
        if key in asking._known:
            self._found[slot] = asking._known[key], EQUAL
            return True
        kept = asking._kept.get(key)
        if kept is None:
            return False
        asking._known[key] = kept
        asking.figures.kept += 1
        self._found[slot] = kept, KEPT
        return True

    def answered(self, unit: Unit, done: Done) -> None:
        """Take in what became of a unit."""
        figures = self._asking.figures
        if done.refused:
            raise DesignError(
                "DR220",
                f"the worker does not check what was asked: {done.error}",
                remedy="start workers in the folder of the same model, with the same drcheck",
            )
        if done.error:
            figures.failed.append(f"{unit}: {done.error}")
        figures.searches += 1
        figures.seconds += done.seconds
        figures.states += max((answer.states for answer in done.answers.values()), default=0)
        found = {
            key: done.answers.get(name, Answer(FAILED, done.error))
            for name, key in zip(unit.names, unit.keys, strict=True)
        }
        self._asking._kept.put(found)
        for key, answer in found.items():
            if answer.verdict != FAILED and not done.interrupted:
                self._asking._known[key] = answer
            first, *others = self._waiting.pop(key)
            self._found[first] = answer, SEARCHED
            self._found.update(dict.fromkeys(others, (answer, EQUAL)))

    def rows(self) -> list[Row]:
        """All rows, those that were not reached as not tried."""
        asking = self._asking
        none = stopped(asking.figures.stopped), NOWHERE
        rows = []
        for number, (at, statements) in enumerate(self._points):
            for statement in statements:
                answer, how = self._found.get((number, statement.name), none)
                rows.append(Row(dict(at), statement.name, asking.settings_of(statement, at), answer, how))
        return rows


__all__ = ["EQUAL", "FOLLOWS", "KEPT", "NOWHERE", "SEARCHED", "Asking", "Figures", "Row"]
