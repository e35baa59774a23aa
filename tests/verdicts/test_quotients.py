"""What is decided on the quotient of a graph is decided as on the graph, traces included."""

from __future__ import annotations

import pytest
from hypothesis import given, reject, seed, settings
from hypothesis import strategies as st

from drcheck.engines.protocol import Limits
from drcheck.errors import DrcheckError
from drcheck.logic.fairness import strongly_fair, weakly_fair
from drcheck.logic.formulas import finally_, globally, until
from drcheck.logic.kinds import Property
from drcheck.logic.properties import can_always, eventually, leads_to, ltl
from drcheck.verdicts import grounds, judge
from drcheck.verdicts.check import check
from tests.support.generated import SEED, some
from tests.support.generators import Built, Case, systems


def asked(built: Built, data: st.DataObject) -> list[Property]:
    """Properties of executions, under several assumptions of fairness."""
    watches = st.sampled_from(built.watches)
    names = [event.name for event in built.system.events]
    fairness = st.sampled_from([
        (), (weakly_fair(*names),), (strongly_fair(*names),), (weakly_fair(names[0]), strongly_fair(*names[1:])),
    ])  # short alternatives  # fmt: skip
    p, q = data.draw(watches), data.draw(watches)
    fair = data.draw(fairness)
    return [
        can_always(p, name="can"),
        leads_to(p, q, fair, name="leads"),
        eventually(q, fair, name="comes"),
        ltl(globally(p.implies(finally_(q))), fair, name="response"),
        ltl(until(~p, q) | globally(~p), fair, name="until"),
    ]


@pytest.mark.parametrize("shard", range(4))
def test_verdicts_and_traces_are_those_of_the_graph(shard: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    original = grounds.quotient

    @seed(SEED * 100 + shard)
    @settings(max_examples=some(0.3, 4))
    @given(systems(), st.data())
    def run(case: Case, data: st.DataObject) -> None:
        try:
            built = case.build()
        except DrcheckError:
            reject()
        items = asked(built, data)
        limits = Limits(states=3_000)
        try:
            slow = check(built.system, items, limits=limits)
        except DrcheckError:
            reject()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(judge, "PAYS_FROM", 0)
            patch.setattr(judge, "PAYS_AT", 0)
            patch.setattr(grounds, "quotient", lambda *a: made.append(a) or original(*a))
            quick = check(built.system, items, limits=limits)
        for one, other in zip(slow, quick, strict=True):
            assert (one.conclusion, one.reason, one.trace) == (other.conclusion, other.reason, other.trace)

    run()
    assert len(made) > some(0.1, 4), "the quotient was asked"
