"""What is decided of a property, as far as a mutant can be seen by it: the verdict, and whether its findings are explained.

A value is no verdict: a worst case without a bound, the length of a trace and the number of faults that a violation needs see
nothing. What was not decided within the limit of states sees nothing either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drcheck.engines.protocol import Limits
from drcheck.errors import DesignError, PropertyError
from drcheck.language.durations import Duration
from drcheck.logic.kinds import Property
from drcheck.system.system import System
from drcheck.verdicts.causes import explained
from drcheck.verdicts.check import check
from drcheck.verdicts.claim_verdicts import Kind, Outcome, Said, judged
from drcheck.verdicts.claims import Claim, load_claims, promise_of
from drcheck.verdicts.verdict import Standing, Verdict
from drcheck.verdicts.wording import HOLDS, INCONCLUSIVE, VIOLATED, value_text, verdict_word

FOUND_OTHERWISE = "its finding is found otherwise"


@dataclass(frozen=True)
class Answer:
    """What became of a property.

    `word`: its verdict. `limited`: nothing was decided as the search stopped at a limit. `explained`: the standing of its
    causes; "" without any, or where it is not known. `value`: a worst case's, with its unit. `saids`: what it says of claims, by
    their keys.
    """

    word: str
    limited: bool = False
    explained: str = ""
    value: str = ""
    saids: tuple[tuple[str, Said], ...] = ()


def seen(before: Answer, after: Answer) -> str:
    """How a mutant is seen by a property, in words; "" if it is not."""
    if before.word == INCONCLUSIVE or after.limited:
        return ""
    if before.word != after.word:
        return f"{before.word} -> {after.word}"
    if before.explained and after.explained and before.explained != after.explained:
        return f"{FOUND_OTHERWISE}: {before.explained} -> {after.explained}"
    return ""


def decided(system: System, stated: Sequence[Property], engine: str, limits: Limits) -> list[Verdict]:
    """The verdicts on some properties, that on the domains first. Raises KeyboardInterrupt after an interrupt."""
    verdicts = check(system, stated, engine=engine, limits=limits)
    if any(verdict.run.interrupted for verdict in verdicts):
        raise KeyboardInterrupt
    return verdicts


def answer(verdict: Verdict) -> Answer:
    """The answer that a verdict is."""
    word, item = verdict_word(verdict), verdict.property
    exploration = verdict.run.exploration
    limited = word == INCONCLUSIVE and not exploration.complete
    standing = ""
    if verdict.explanation is not None and verdict.explanation.standing is not Standing.NOT_DECIDED:
        standing = verdict.explanation.standing.value
    return Answer(word, limited, standing, value_text(verdict), tuple(_saids(verdict, item, word)))


def _saids(verdict: Verdict, item: Property, word: str) -> list[tuple[str, Said]]:
    bound = verdict.run.system.ticks(item.at_most) if isinstance(item.at_most, Duration) else item.at_most
    attained = None if bound is None or verdict.value is None else verdict.value >= bound
    outcome = {HOLDS: Outcome.HOLDS, VIOLATED: Outcome.VIOLATED}.get(word, Outcome.UNDECIDED)
    promise = promise_of(item.restated)
    return [
        (key, Said(role.role, outcome, promise or item.name, item.source, attained, item.by_construction))
        for key, role in zip(item.claims, item.roles, strict=True)
    ]


def with_causes(verdicts: Sequence[Verdict], engine: str, limits: Limits) -> list[Verdict]:
    """The verdicts, violated ones with what is known of the causes of their findings."""

    def search(system: System, items: Sequence[Property], given: Mapping[str, Any]) -> list[Verdict]:
        return decided(system, items, engine, limits)[1:]

    return explained(verdicts, search)


# -- claims ----------------------------------------------------------------------------------------------------------
def listed_claims() -> dict[str, Claim]:
    """The claims of the project, by their keys; none where it lists none."""
    try:
        return {claim.key: claim for claim in load_claims()}
    except (DesignError, PropertyError):
        return {}


def claims_changed(
    claims: Mapping[str, Claim], before: Mapping[str, Answer], after: Mapping[str, Answer]
) -> tuple[str, str] | None:
    """The first claim on which the verdict is another one, as far as the properties of the design decide it, and how.

    Only a loss that is stated is told by whether its bound is attained; all else follows from the verdicts on properties.
    """
    now = {**before, **after}
    for key in dict.fromkeys(key for answer in after.values() for key, _ in answer.saids):
        claim = claims.get(key)
        if claim is None or claim.kind is not Kind.STATED_LOSS:
            continue
        words = [judged(claim.kind, _of(key, those), claim.places).value for those in (before, now)]
        if words[0] != words[1]:
            return f"claim {key}", f"{words[0]} -> {words[1]}"
    return None


def _of(key: str, those: Mapping[str, Answer]) -> list[Said]:
    return [said for answer in those.values() for name, said in answer.saids if name == key]


__all__ = [
    "FOUND_OTHERWISE", "Answer", "answer", "claims_changed", "decided", "listed_claims", "seen", "with_causes",
]  # names only  # fmt: skip
