"""The verdict on a claim: a total function of the claim's kind and of what its properties say in their roles.

| word | meaning |
|---|---|
| holds as stated | every property in the role *as stated* holds, and what the claim speaks of happens |
| holds only if | it fails as stated, and is proved under a condition that the document does not state |
| fails as stated | a property in the role *as stated* is violated, and no condition is known under which it is not |
| contradicted | what one place of the documents says makes it hold, what another one says makes it fail |
| confirmed | a loss that the document states, as it states it: neither good nor bad |
| loses less than stated | the loss that the document states does not happen, or is never as great |
| instruction | what people are to do; beside the word stands what following and what breaking it does |
| not decided | what is there does not decide it |

Stresses and other readings change no word: what breaks the claim beyond what the document says is listed apart. A property that
holds by construction of the model decides nothing alone. It is never the worst of the properties that decides, and nothing is
good because something bad is reachable.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from drcheck.logic.roles import Role


class Kind(enum.Enum):
    """What a document does with the sentence."""

    PROMISE = "promise"
    STATED_LOSS = "stated loss"
    INSTRUCTION = "instruction"
    FACT = "fact"


class Word(enum.Enum):
    """The verdict on a claim."""

    HOLDS = "holds as stated"
    ONLY_IF = "holds only if"
    FAILS = "fails as stated"
    CONTRADICTED = "contradicted"
    CONFIRMED = "confirmed"
    LESS = "loses less than stated"
    INSTRUCTION = "instruction"
    NOT_DECIDED = "not decided"


class Outcome(enum.Enum):
    """What became of one property: it holds, and not vacuously; it is violated; neither is known."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Said:
    """What one property says of a claim.

    `promise` is what it states, whatever the parameters: properties with one body share it. `place`: where the document says it,
    one of the claim's places if it has two.
    `attained`: of a bound on a loss, whether the loss is ever as great; None without a bound. `by_construction`: it reads back
    what the model was built to do.
    """

    role: Role
    outcome: Outcome
    promise: str = ""
    place: str = ""
    attained: bool | None = None
    by_construction: bool = False


def judged(kind: Kind, said: Sequence[Said], places: Sequence[str] = ()) -> Word:
    """The verdict on a claim of a kind. `places`: the two where the documents say it, if they may contradict each other."""
    stated = [s for s in said if s.role is Role.AS_STATED]
    seen = [s for s in said if s.role is Role.WITNESS]
    if kind is Kind.INSTRUCTION:
        return _instruction(stated, [s for s in said if s.role is Role.STRESS])
    if not any(not s.by_construction or s.outcome is Outcome.VIOLATED for s in [*stated, *seen]):
        return Word.NOT_DECIDED
    if any(s.outcome is Outcome.VIOLATED for s in stated):
        return _violated(stated, _proved(said), places)
    if any(s.outcome is Outcome.UNDECIDED for s in [*stated, *seen]):
        return Word.NOT_DECIDED
    never = any(s.outcome is Outcome.VIOLATED for s in seen)
    if kind is Kind.STATED_LOSS:
        if never or any(s.attained is False for s in stated):
            return Word.LESS
        return Word.CONFIRMED if seen or any(s.attained for s in stated) else Word.NOT_DECIDED
    return Word.NOT_DECIDED if never or not stated else Word.HOLDS


def _instruction(stated: Sequence[Said], broken: Sequence[Said]) -> Word:
    """An instruction is told by what following it does, or, if nothing says that, by what breaking it does."""
    told = stated or broken
    return Word.INSTRUCTION if told and all(s.outcome is not Outcome.UNDECIDED for s in told) else Word.NOT_DECIDED


def _proved(said: Sequence[Said]) -> set[str]:
    """The promises that are proved under a condition."""
    return {s.promise for s in said if s.role is Role.CONDITION and s.outcome is Outcome.HOLDS}


def _violated(stated: Sequence[Said], proved: set[str], places: Sequence[str]) -> Word:
    """The verdict where some property fails as stated."""
    failing = [s for s in stated if s.outcome is Outcome.VIOLATED]
    if all(s.promise in proved for s in failing):
        return Word.NOT_DECIDED if any(s.outcome is Outcome.UNDECIDED for s in stated) else Word.ONLY_IF
    by_place = [{s.outcome for s in stated if s.place == place} for place in places]
    one_says_so = {Outcome.HOLDS} in by_place and any(Outcome.VIOLATED in outcomes for outcomes in by_place)
    return Word.CONTRADICTED if one_says_so and {s.place for s in failing} <= set(places) else Word.FAILS
