"""The verdict on a claim, on all combinations of its kind, of roles and of outcomes, held against the rules told another way."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from drcheck.logic.roles import ClaimRole, Role, as_stated, condition, reading, stress, witness
from drcheck.verdicts.claim_verdicts import Kind, Outcome, Said, Word, judged
from drcheck.verdicts.claims import Claim, Decision, Row

H, V, U = Outcome.HOLDS, Outcome.VIOLATED, Outcome.UNDECIDED
HERE, THERE = "chapter 1", "chapter 2"
STATED = [
    Said(Role.AS_STATED, outcome, promise, place, attained, built)
    for outcome in Outcome
    for promise, place in (("p", HERE), ("q", THERE))
    for attained in (None, True, False)
    for built in (False, True)
]
"""What a property can say in the role *as stated*, of two promises in two places."""
OTHERS = [
    Said(role, outcome, "p", HERE, None, False) for role in Role if role is not Role.AS_STATED for outcome in Outcome
]


def told(kind: Kind, said: Sequence[Said], places: Sequence[str]) -> Word:
    """The same verdict as a list of rules, the first that applies."""
    by_role = {role: [s for s in said if s.role is role] for role in Role}
    stated, seen = by_role[Role.AS_STATED], by_role[Role.WITNESS]
    open_ = any(s.outcome is U for s in stated)
    proved = {s.promise for s in by_role[Role.CONDITION] if s.outcome is H}
    failing = [s for s in stated if s.outcome is V]
    unproved = [s for s in failing if s.promise not in proved]
    here = {place: [s.outcome for s in stated if s.place == place] for place in places}
    tells = not all(s.by_construction and s.outcome is not V for s in [*stated, *seen])
    instructs = kind is Kind.INSTRUCTION
    broken = by_role[Role.STRESS]
    less = any(s.outcome is V for s in seen)
    rules: list[tuple[bool, Word]] = [
        (instructs and bool(stated) and not open_, Word.INSTRUCTION),
        (instructs and not stated and bool(broken) and all(s.outcome is not U for s in broken), Word.INSTRUCTION),
        (instructs or not tells, Word.NOT_DECIDED),
        (bool(failing) and not unproved and not open_, Word.ONLY_IF),
        (bool(failing) and not unproved, Word.NOT_DECIDED),
        (
            bool(unproved)
            and any(outcomes and all(o is H for o in outcomes) for outcomes in here.values())
            and {s.place for s in failing} <= set(here),
            Word.CONTRADICTED,
        ),
        (bool(failing), Word.FAILS),
        (open_ or any(s.outcome is U for s in seen), Word.NOT_DECIDED),
        (kind is not Kind.STATED_LOSS and (less or not stated), Word.NOT_DECIDED),
        (kind is not Kind.STATED_LOSS, Word.HOLDS),
        (less or any(s.attained is False for s in stated), Word.LESS),
        (bool(seen) or any(s.attained is True for s in stated), Word.CONFIRMED),
    ]
    return next((word for applies, word in rules if applies), Word.NOT_DECIDED)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("places", [(), (HERE, THERE)], ids=["one place", "two places"])
def test_it_is_that_of_the_rules_on_all_combinations(kind: Kind, places: tuple[str, ...]) -> None:
    found = set()
    for stated in itertools.chain([()], itertools.combinations(STATED, 1), itertools.combinations(STATED, 2)):
        for others in itertools.chain([()], itertools.combinations(OTHERS, 1), itertools.combinations(OTHERS, 2)):
            said = [*stated, *others]
            word = judged(kind, said, places)
            assert word is told(kind, said, places), said
            assert word is judged(kind, said[::-1], places), said
            found.add(word)
    promises = {Word.HOLDS, Word.ONLY_IF, Word.FAILS, Word.NOT_DECIDED}
    losses = promises - {Word.HOLDS} | {Word.CONFIRMED, Word.LESS}
    expected = losses if kind is Kind.STATED_LOSS else promises
    if kind is Kind.INSTRUCTION:
        assert found == {Word.INSTRUCTION, Word.NOT_DECIDED}
    else:
        assert found == (expected | {Word.CONTRADICTED} if places else expected)


@pytest.mark.parametrize("kind", [Kind.PROMISE, Kind.FACT, Kind.STATED_LOSS])
@pytest.mark.parametrize("role", [Role.STRESS, Role.READING])
@pytest.mark.parametrize("outcome", Outcome)
def test_stresses_and_readings_change_no_verdict(kind: Kind, role: Role, outcome: Outcome) -> None:
    for stated in [[], *([s] for s in STATED)]:
        assert judged(kind, [*stated, Said(role, outcome, "p", HERE)]) is judged(kind, stated)


# -- rows of the matrix -----------------------------------------------------------------------------------------------------
def decision(name: str, verdict: str, role: ClaimRole = as_stated, **details: object) -> Decision:
    return Decision("m:d", name, verdict, role=role, promise="the same", **details)  # type: ignore[arg-type]


def row(*decisions: Decision, kind: Kind = Kind.PROMISE, **details: str) -> Row:
    return Row(Claim("X-1", "It works.", "a book", "page 1", kind, **details), decisions)  # type: ignore[arg-type]


def test_a_condition_is_what_a_proof_has_and_the_failure_has_not() -> None:
    failing = decision("p", "VIOLATED", settings={"keep": "no", "sources": "1"})
    proof = decision("p_kept", "HOLDS", condition, settings={"keep": "yes", "sources": "1"})
    other = decision("p_two", "HOLDS", condition, settings={"keep": "no", "sources": "2"})
    vain = decision("p_vain", "VIOLATED", condition, settings={"keep": "no", "sources": "3"})
    assert row(failing, proof).verdict == "holds only if keep=yes"
    assert row(failing, proof, other, vain).verdict == "holds only if keep=yes or sources=2"
    assert row(failing, vain).verdict == "fails as stated"
    assert row(failing, proof).as_data()["conditions"] == ["keep=yes"]
    said = decision(
        "p_kept", "HOLDS", condition, settings=proof.settings, meanings={"keep": "what is kept", "sources": "-"}
    )
    assert row(failing, said).notes() == ["keep: what is kept"]
    assert row(decision("p", "HOLDS"), proof).verdict == "holds as stated"
    assert row(decision("p", "HOLDS"), proof).as_data()["conditions"] == []


def test_what_breaks_it_and_what_it_withstands_stand_beside_the_verdict() -> None:
    one = row(
        decision("p", "HOLDS"),
        decision("p_slip", "VIOLATED", stress("a slip in step 3")),
        decision("p_late", "HOLDS", stress("a late start")),
        decision("p_late_too", "INCONCLUSIVE", stress("a later start")),
        decision("p_two", "HOLDS", stress("two outages")),
        decision("p_two_too", "VIOLATED", stress("two outages")),
        decision("p_age", "VIOLATED", reading("the threshold is an age")),
        decision("p_seen", "HOLDS", witness),
        reason="It resumes where it stopped.",
    )
    assert one.verdict == "holds as stated"
    assert one.notes() == [
        "It resumes where it stopped.",
        "breaks with: a slip in step 3; two outages",
        "withstands: a late start",
        "fails in another reading: the threshold is an age",
    ]


def test_the_amount_of_a_stated_loss_is_told_with_its_unit() -> None:
    attained = decision("p", "HOLDS", value=3, bound=3, value_text="3 intervals")
    less = decision("p", "HOLDS", value=2, bound=3, value_text="2 intervals")
    more = decision("p", "VIOLATED", value=4, bound=3, value_text="4 intervals")
    broken = decision("p_more", "VIOLATED", stress("an outage"))
    assert row(attained, broken, kind=Kind.STATED_LOSS).notes() == [
        "exactly: 3 intervals",
        "more is lost with: an outage",
    ]
    loss = [row(one, kind=Kind.STATED_LOSS) for one in (attained, less, more)]
    assert [one.verdict for one in loss] == ["confirmed", "loses less than stated", "fails as stated"]
    assert [one.notes() for one in loss] == [["exactly: 3 intervals"], ["at most: 2 intervals"], []]


def test_of_an_instruction_following_and_breaking_it_is_told() -> None:
    done = row(
        decision("p", "HOLDS"), decision("p_slip", "VIOLATED", stress("step 2 is left out")), kind=Kind.INSTRUCTION
    )
    assert done.verdict == "instruction"
    assert done.notes() == ["following it: it does what it is for", "breaking it: step 2 is left out"]
    vain = row(decision("p", "VIOLATED"), kind=Kind.INSTRUCTION)
    assert vain.notes() == ["following it: it does not do what it is for"]


def test_what_holds_vacuously_or_by_construction_decides_nothing() -> None:
    assert row(decision("p", "HOLDS VACUOUSLY")).verdict == "not decided"
    assert row(decision("p", "HOLDS", by_construction=True)).verdict == "not decided"
    assert row(decision("p", "VIOLATED", by_construction=True)).verdict == "fails as stated"
    assert row(decision("p", "HOLDS", by_construction=True), decision("q", "HOLDS")).verdict == "holds as stated"
