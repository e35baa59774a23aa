"""The list of claims, and what a claim's verdict follows from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from drcheck.designs.design import Design, design
from drcheck.errors import PropertyError
from drcheck.verdicts.check import check_design
from drcheck.verdicts.claims import Claim, decisions_of, load_claims, matrix, undecided

OVERVIEW = Path(__file__).resolve().parents[3] / "shared" / "claims.md"
PREFIXES = {"IM": 12, "AA": 8, "AS": 25, "FW": 10, "CI": 12, "AV": 8}


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).resolve().parents[2])


def designs() -> list[Design]:
    from drcheck.cli.discover import discover

    return discover()


# -- this repository's claims -------------------------------------------------------------------------------------------
def test_all_claims_of_all_documents_are_listed_in_order() -> None:
    assert [c.key for c in load_claims()] == [f"{p}-{n}" for p, last in PREFIXES.items() for n in range(1, last + 1)]


@pytest.mark.skipif(not OVERVIEW.exists(), reason="the overview of the documents is not part of the repository")
def test_the_list_is_that_of_the_overview() -> None:
    keys = re.findall(r"^\| ([A-Z]+-\d+) \|", OVERVIEW.read_text(encoding="utf-8"), re.MULTILINE)
    assert [c.key for c in load_claims()] == keys


def test_every_document_is_described_and_every_claim_says_something_of_its_own() -> None:
    from properties.documents import DOCUMENTS

    claims = load_claims()
    assert {c.document for c in claims} == set(DOCUMENTS)
    assert len({c.text for c in claims}) == len(claims)
    assert all(c.text.endswith(".") and c.source == f"{c.document}, {c.section}" for c in claims)


def test_every_claim_that_a_property_names_is_listed() -> None:
    named = {key for one in designs() for statement in one.statements() for key in statement.details["claims"]}
    assert named, "no property names a claim"
    assert named <= {c.key for c in load_claims()}


def test_the_matrix_has_every_property_that_names_a_claim() -> None:
    listed = [entry for one in designs() for entry in undecided(one)]
    rows = matrix(load_claims(), listed)
    assert sum(len(row.decisions) for row in rows) == len(listed)
    assert {row.verdict for row in rows} == {"not decided"}


# -- what a claim says of itself ------------------------------------------------------------------------------------------
A_CLAIM = Claim("X-1", "It works.", "a book", "page 1")


@pytest.mark.parametrize("field", ["key", "text", "document", "section"])
@pytest.mark.parametrize("value", ["", "  ", None, 3])
def test_a_claim_has_four_texts(field: str, value: object) -> None:
    fields = {"key": "X-1", "text": "It works.", "document": "a book", "section": "page 1", field: value}
    with pytest.raises(PropertyError) as caught:
        Claim(**fields)  # type: ignore[arg-type]
    assert caught.value.code == "DR302"
    assert f"the {field} of a claim is {value!r}" in str(caught.value)
    assert "test_claims.py" in str(caught.value.place)


def test_decisions_of_a_report_tell_what_was_skipped_and_why() -> None:
    from drcheck import Component, Integer, compose, on
    from drcheck.logic.kinds import Finding
    from drcheck.logic.properties import never, stated, worst_case

    @stated(claims=["X-1", "X-2"], finding=Finding("It fails", "It does."))
    def fails(d):  # type: ignore[no-untyped-def]
        return never(d.c.n == 1)

    @stated(claims="X-2", given={"top": 3}, assumptions="the sun shines")
    def largest(d):  # type: ignore[no-untyped-def]
        return worst_case(d.c.n)

    @design
    def small(top: int = 2):  # type: ignore[no-untyped-def]
        n = Integer("n", 0, top)
        part = Component("c", ["s"], variables=[n], transitions=[on("go", "s", when=n < top, then={n: n + 1})])
        return compose("small", [part], properties=[fails, largest])

    claims = (A_CLAIM, Claim("X-2", "It works well.", "a book", "page 2"))
    rows = matrix(claims, decisions_of(check_design(small)))
    assert [(d.property, d.verdict, d.finding, d.value) for d in rows[1].decisions] == [
        ("fails", "VIOLATED", "It fails", None),
        ("largest", "HOLDS", "", 3),
    ]
    assert rows[1].decisions[1].assumptions == ("the sun shines",)
    assert [row.verdict for row in rows] == ["fails as stated", "fails as stated"]
    rows = matrix(claims, decisions_of(check_design(small, {"top": 2})))
    assert [(d.property, d.verdict, d.reason) for d in rows[1].decisions][1] == (
        "largest",
        "",
        "it is stated for top=3",
    )
    with pytest.raises(PropertyError) as caught:
        matrix(claims[:1], decisions_of(check_design(small)))
    assert caught.value.code == "DR301"
    assert "names a claim 'X-2' that is not listed; available: X-1" in str(caught.value)
