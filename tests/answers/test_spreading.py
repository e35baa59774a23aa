"""Cuts by a cluster: which compositions go out together, what each must know, and how what they find is entered.

That the whole report is that of one process: tests/workers/test_commands.py.
"""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from typing import Any

import pytest

from drcheck.answers.combinations import Combination
from drcheck.answers.cuts import Question, cuts
from drcheck.answers.found import Promise, Tried
from drcheck.answers.kept import KeptTexts
from drcheck.answers.rows import Answers, Row
from drcheck.answers.spreading import POSTPONED, Before, Delta, Noting, enter, found_there, waves
from drcheck.answers.trying import INTERRUPTED, Work
from drcheck.designs.design import load
from drcheck.errors import DesignError, UsageError
from drcheck.kernels.deadline import Deadline
from drcheck.verdicts.repair_sets import Change
from drcheck.verdicts.wording import HOLDS, VIOLATED
from drcheck.workers.cluster import Cluster
from drcheck.workers.jobs import Means
from tests.support import fake_dask

RELAY = "tests.answers.test_cuts:relay"
QUESTION = Question(RELAY, (), (), 2, None, "auto", None, by_event=False)


def began() -> tuple[Work, list[Row], list[Any]]:
    work, rows = QUESTION.begin(Noting)
    return work, rows, work.jobs(rows)


def test_what_needs_another_one_goes_out_after_it() -> None:
    _, _, jobs = began()
    sizes = [
        sorted({len(deviations) for job in wave for _, deviations in job[1].members})
        for wave in waves([*enumerate(jobs)])
    ]
    assert sizes == [[0], [1], [2]]
    assert [number for wave in waves([*enumerate(jobs)]) for number, _ in wave] == list(range(len(jobs)))


def test_a_worker_leaves_for_later_what_contains_a_cut_and_says_what_is_new() -> None:
    _, rows, jobs = began()
    number = next(n for n, job in enumerate(jobs) if job.deviations)
    names = [row.promise.name for row, _ in jobs[number].members]
    means = Means(Deadline())
    nothing = {name: Before((), (), ()) for name in names}
    found = found_there((QUESTION, number, False, nothing), means)
    assert found.composed
    assert found.searches
    assert all(len(one.tried) > 1 for one in found.rows.values())
    broken = {name: Before((Combination(),), (), ()) for name in names}
    later = found_there((QUESTION, number, False, broken), means)
    assert (later.composed, later.searches) == (False, [])
    assert all(delta == Delta() for delta in later.rows.values())
    again = found_there((QUESTION, number, True, broken), means)
    decided = {}
    for name, delta in again.rows.items():
        answered = tuple((key, answers.most) for key, answers in delta.answers.items())
        decided[name] = replace(broken[name], decided=tuple(t.combination for t in delta.tried), answered=answered)
    assert not found_there((QUESTION, number, True, decided), means).searches, "it is known already"
    assert rows, "of another list than those of the worker"


def test_a_worker_with_another_list_of_jobs_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", fake_dask.module())
    design = load(RELAY)
    monkeypatch.setattr("drcheck.answers.spreading._before", lambda *_: None)
    monkeypatch.setattr("drcheck.answers.spreading._begun", lambda _: (None, [], []))
    with pytest.raises(DesignError, match=r"\[DR220\].*its cuts are made of other compositions"):
        cuts(design, cluster=Cluster("here", [design]))


def test_what_an_equal_system_has_shown_stands() -> None:
    row = Row(Promise(load(RELAY).statements()[0], {}, {}, 2))
    one, other = (Combination((), (Change("x", n),)) for n in (1, 2))
    first = Tried(one, VIOLATED, "as first shown", question="asked")
    enter(row, Delta([first], {"all": Answers(1, [((), first)])}))
    more = Tried(other, VIOLATED, "as shown again", question="asked")
    enter(row, Delta([more], {"all": Answers(1, [((), more)])}))
    assert row.tried[other] == replace(first, combination=other, searched=False)
    alone = Tried(Combination(), HOLDS, "of a search", question="asked")
    assert enter(row, Delta([alone], implied=[one], left=[other], beyond=2))
    assert row.tried[Combination()] == replace(first, combination=Combination(), searched=False)
    assert (list(row.implied), list(row.left), row.beyond) == ([one], [other], 2)
    third, fourth = (Combination((), (Change("x", n),)) for n in (3, 4))
    assert enter(row, Delta([Tried(third, POSTPONED, question="asked")])), "it is known here"
    assert row.tried[third] == replace(first, combination=third, searched=False)
    assert not enter(row, Delta([Tried(fourth, POSTPONED, question="another")]))
    assert not row.has(fourth)


def test_what_many_searches_at_once_cannot_do_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", fake_dask.module())
    design = load(RELAY)
    cluster = Cluster("here", [design])
    with pytest.raises(UsageError, match=r"\[DR401\] a budget is spent by one search after the other"):
        cuts(design, budget=1_000, cluster=cluster)
    with pytest.raises(UsageError, match=r"\[DR401\] answers are kept by one search after the other"):
        cuts(design, kept=KeptTexts(None, "cuts"), cluster=cluster)


def test_after_an_interrupt_what_is_known_is_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    dask = fake_dask.module()
    monkeypatch.setitem(sys.modules, "distributed", dask)
    design, asked = load(RELAY), 0

    def interrupted() -> None:
        nonlocal asked
        asked += 1
        if asked == 4:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(dask.as_completed, "asked", staticmethod(interrupted))
    found = cuts(design, cluster=Cluster("here", [design]))
    whole = {promise.name: promise for promise in cuts(design).promises}
    assert found.stopped == INTERRUPTED
    assert {promise.name for promise in found.promises} == whole.keys()
    for promise in found.promises:
        known = {tried.combination: tried.verdict for tried in promise.tried}
        assert known.items() < {tried.combination: tried.verdict for tried in whole[promise.name].tried}.items()
        assert promise.left, "what was not tried is told"
