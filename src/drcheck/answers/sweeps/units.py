"""Units of work: whole searches, as plain data that any process can do which has the same model and the same drcheck.

A unit says which design is composed with which settings and what is asked of it. Whoever does it composes the design itself, and
compares what it composed with what the unit was made of: another model or another drcheck is refused, and never answers.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any

from drcheck.abstraction.proving import BUDGET
from drcheck.answers.combinations import Adversities
from drcheck.answers.composed import Composed
from drcheck.answers.points import INTERRUPTED, Known, point_of
from drcheck.designs.design import Design, load
from drcheck.designs.parameter import show
from drcheck.designs.selection import select
from drcheck.engines.protocol import Exploration, Limits, Listener, states_limit
from drcheck.errors import DrcheckError, EngineError
from drcheck.kernels.deadline import Deadline
from drcheck.language.units import unit_of
from drcheck.logic.kinds import Always, Property, WorstCase
from drcheck.logic.properties import Statement
from drcheck.system.fingerprint import digest
from drcheck.system.system import System, capped_cells
from drcheck.verdicts.check import check
from drcheck.verdicts.planting.subject import digest_of
from drcheck.verdicts.repair_sets import IMPOSSIBLE, answer_of
from drcheck.verdicts.sliced import SEARCH, SLICES
from drcheck.verdicts.verdict import Verdict
from drcheck.verdicts.wording import HOLDS, INCONCLUSIVE, VACUOUS, VIOLATED, value_text
from drcheck.workers.jobs import FAILED
from drcheck.workers.own_code import code_digest

NOT_TRIED = "NOT TRIED"
"""What is said of what was not searched."""
DECIDED = (HOLDS, VACUOUS, VIOLATED)


@dataclass(frozen=True)
class Answer:
    """What became of a property with some settings.

    `verdict`: HOLDS, HOLDS VACUOUSLY, VIOLATED, INCONCLUSIVE, CANNOT BE STATED, NOT TRIED or FAILED; `reason`: why, in a
    sentence. Of a worst case, `known` says what is known of its `value`, which `text` tells with its unit. `steps`: of the trace
    that shows it; `states`: of the search. `keeps`: whether the same search would always say the same, so that it may be kept.
    """

    verdict: str
    reason: str = ""
    known: str = ""
    value: int | None = None
    text: str = ""
    steps: int | None = None
    states: int = 0
    keeps: bool = False

    @property
    def decided(self) -> bool:
        """Whether the property holds or not."""
        return self.verdict in DECIDED

    @property
    def holds(self) -> bool:
        """Whether the property was found to hold."""
        return self.verdict in (HOLDS, VACUOUS)

    @property
    def exact(self) -> int | None:
        """The value where it is exact, else None."""
        return self.value if self.known == Known.EXACT.value else None


@dataclass(frozen=True)
class Unit:
    """A whole search. `settings` and `asked` are texts, as on the command line: with `asked` its statements are taken.

    `names`: of the properties, each with a key (see `key_of`). `states`, `seconds` and `memory`: its limits. `ready`: what is
    composed already, in the process that made the unit. `by`: the way in which it is decided (see `verdicts.sliced`).
    """

    design: str
    settings: tuple[tuple[str, str], ...]
    asked: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    keys: tuple[str, ...]
    code: str
    engine: str = "auto"
    states: int | None = None
    seconds: float | None = None
    memory: int | None = None
    threads: int | None = None
    by: str = SEARCH
    ready: tuple[System, tuple[Property, ...]] | None = field(default=None, compare=False, repr=False)

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(replace(self, ready=None))

    @property
    def ends(self) -> int | None:
        """At how many states a search ends: one for what slices leave has a limit of its own."""
        return BUDGET if self.states is None and self.by == SLICES else self.states

    def __str__(self) -> str:
        return f"{self.design} {', '.join(f'{name}={value}' for name, value in self.settings)}".rstrip()


def unit_from(data: Mapping[str, Any]) -> Unit:
    """A unit from plain data, which may have been JSON."""
    pairs = {name: tuple(tuple(pair) for pair in data[name]) for name in ("settings", "asked")}
    return Unit(**{**data, **pairs, "names": tuple(data["names"]), "keys": tuple(data["keys"]), "ready": None})


@dataclass(frozen=True)
class Done:
    """What became of a unit: answers by the names of properties, or an `error`, in words, that another try may not meet.

    `refused`: the error is that the worker has another model or drcheck. `short`: of what the search ran out, "memory" or
    "seconds"; `limited`: it ended at its limit of states; `interrupted`: its user stopped it. `seconds`: of processor time.
    """

    answers: Mapping[str, Answer]
    seconds: float = 0.0
    short: str = ""
    limited: bool = False
    interrupted: bool = False
    error: str = ""
    refused: bool = False

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def done_from(data: Mapping[str, Any]) -> Done:
    """What became of a unit, from plain data."""
    return Done(**{**data, "answers": {name: Answer(**one) for name, one in data["answers"].items()}})


# -- what is asked -----------------------------------------------------------------------------------------------------
def texts_of(settings: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Settings as texts, in the order of their names."""
    return tuple(sorted((name, show(value)) for name, value in settings.items()))


def stated_with(
    design: Design, statements: Sequence[Statement], settings: Mapping[str, Any]
) -> tuple[System | None, list[Property | str]]:
    """The design with some settings and statements on it: each a property, or why there is none."""
    made = Composed(design, Adversities(settings, frozenset(), {}), ())
    if made.system is None:
        return None, [made.error.message if made.error is not None else ""] * len(statements)
    made.ask(statements)
    return made.system, [made.on(statement).stated for statement in statements]


def key_of(system: System, item: Property, engine: str, states: int | None, by: str = SEARCH) -> str:
    """What an answer depends on: the system, the property, how and how far is searched, and drcheck's code."""
    unit = "" if item.measure is None else unit_of(system.settled(item.measure))
    asked = digest_of([("", system, [item])])
    return digest((code_digest(), engine, states, asked, sorted(capped_cells(system)), unit, by))


# -- its search --------------------------------------------------------------------------------------------------------
def do(unit: Unit, deadline: Deadline | None = None, listener: Listener | None = None) -> Done:
    """Search. Whatever a model or a limit makes of it is told in what is returned; only KeyboardInterrupt is raised."""
    began = time.process_time()
    try:
        ready = unit.ready or _composed(unit)
        if isinstance(ready, str):
            return Done({}, error=ready, refused=True)
        done = _searched(unit, *ready, deadline, listener)
    except DrcheckError as error:
        done = Done({}, error=str(error))
    except MemoryError:
        done = Done({}, error="there is not enough memory", short="memory")
    except Exception as error:  # whatever a model raises is told of this unit; the others are done
        done = Done({}, error=f"{type(error).__name__}: {error}")
    return replace(done, seconds=time.process_time() - began)


def _composed(unit: Unit) -> tuple[System, tuple[Property, ...]] | str:
    """What a unit asks of which system, or how that is not what it was made of."""
    if unit.code != code_digest():
        return f"it has another version of drcheck: code {code_digest()}, not {unit.code}"
    design, statements = _statements(unit.design, unit.asked, unit.names)
    system, stated = stated_with(design, statements, design.settings(dict(unit.settings)))
    if system is None or any(isinstance(item, str) for item in stated):
        return f"it has another model: {unit} cannot be stated there"
    items = tuple(item for item in stated if isinstance(item, Property))
    for name, key, item in zip(unit.names, unit.keys, items, strict=True):
        if key_of(system, item, unit.engine, unit.states, unit.by) != key:
            return f"it has another model: {name} of {unit} is not what was asked"
    return system, items


@cache
def _statements(
    target: str, asked: tuple[tuple[str, str], ...], names: tuple[str, ...]
) -> tuple[Design, list[Statement]]:
    design = load(target)
    return design, select(design, names, design.settings(dict(asked)))


def _searched(
    unit: Unit,
    system: System,
    items: Sequence[Property],
    deadline: Deadline | None,
    listener: Listener | None,
) -> Done:
    limits = Limits(unit.states, unit.seconds, unit.memory, unit.threads, deadline=deadline)
    try:
        domains, *verdicts = check(system, items, engine=unit.engine, limits=limits, listener=listener, by=unit.by)
    except EngineError as error:  # a limit that leaves nothing to report
        if error.code not in ("DR510", "DR515"):
            raise
        short = "seconds" if error.code == "DR510" else "memory"
        answers = {name: Answer(INCONCLUSIVE, error.message) for name in unit.names}
        return Done(answers, short=short)
    answers = {name: _answer(verdict, domains, unit.ends) for name, verdict in zip(unit.names, verdicts, strict=True)}
    runs = [domains.run, *(verdict.run for verdict in verdicts)]
    stopped = [run.exploration.stopped for run in runs if not _deterministic(run.exploration, unit.ends)]
    short = "" if not stopped else "seconds" if any("seconds" in str(why) for why in stopped) else "memory"
    interrupted = any(run.interrupted for run in runs)
    limited = any(run.exploration.stopped is not None and _deterministic(run.exploration, unit.ends) for run in runs)
    return Done(answers, short="" if interrupted else short, limited=limited, interrupted=interrupted)


def _answer(verdict: Verdict, domains: Verdict, states: int | None) -> Answer:
    """A verdict, where nothing holds and no value is exact if a value left its domain."""
    point = point_of({}, verdict, domains)
    word = answer_of(verdict, domains).verdict
    reason = verdict.reason if verdict.conclusion.value in word else domains.reason
    valued = isinstance(verdict.property, WorstCase)
    exact = point.known is Known.EXACT
    found = verdict.run.exploration
    plain = _deterministic(found, states) and not verdict.run.interrupted
    same = plain and (word != INCONCLUSIVE or isinstance(verdict.property, (Always, WorstCase)))
    return Answer(
        word,
        reason,
        point.known.value if valued else "",
        verdict.value if valued else None,
        point.text if valued else value_text(verdict),
        None if verdict.trace is None else len(verdict.trace),
        found.states,
        same or (word in DECIDED and (exact or not valued)),
    )


def _deterministic(found: Exploration, states: int | None) -> bool:
    """Whether a search ended where it always would: with all states, or at a limit of states."""
    return found.complete or (states is not None and found.stopped == states_limit(states))


NOTHING = Answer(NOT_TRIED)


def impossible(why: str) -> Answer:
    """What is said where a property cannot be stated."""
    return Answer(IMPOSSIBLE, why)


def stopped(why: str) -> Answer:
    """What is said of what was not searched any more."""
    return replace(NOTHING, reason=why or INTERRUPTED)


__all__ = [
    "DECIDED",
    "FAILED",
    "NOT_TRIED",
    "Answer",
    "Done",
    "Unit",
    "do",
    "done_from",
    "impossible",
    "key_of",
    "stated_with",
    "stopped",
    "texts_of",
    "unit_from",
]
