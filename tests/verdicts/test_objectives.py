"""What disruptions cost, held against objectives: by example, against plain maxima over all states, and what is refused."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest

from drcheck import (
    Age,
    Component,
    Counter,
    Disruption,
    Duration,
    ParameterRole,
    System,
    compose,
    design,
    disruption,
    hours,
    never,
    notice,
    objective,
    on,
    seconds,
    stated,
    worst_case,
)
from drcheck.designs.design import Design, load
from drcheck.designs.objectives import declarations_of, settings_under
from drcheck.engines.protocol import Limits
from drcheck.errors import DrcheckError
from drcheck.system.oracle import Oracle
from drcheck.verdicts.objectives import ObjectivesReport, Result, Standing, decide_objectives
from tests.support.naive import World

S = "the agreement, section 2"
FAULT, SLIP, DEPLOYMENT = ParameterRole.FAULT, ParameterRole.SLIP, ParameterRole.DEPLOYMENT


def shop(
    *declared: Any,
    notices: Any = (),
    unit: str = "orders",
    back: bool = True,
    lost_cap: int = 40,
) -> Design:
    """A server that loses two orders an hour while it is down, three if the link is down too, and a mistaken operator."""

    @design(title="A shop")
    def made(
        longest: Annotated[Duration, "how long the server is down at most", FAULT] = hours(3),
        failures: Annotated[int, "of the server", range(4), FAULT] = 2,
        outages: Annotated[int, "of the link", range(3), FAULT] = 1,
        quakes: Annotated[int, "how strong", range(1, 4), FAULT] = 1,
        storms: Annotated[bool, "whether the link may fail twice", FAULT] = True,
        slips: Annotated[int, "how often the server is stopped by mistake", range(3), SLIP] = 1,
        careful: Annotated[bool, "whether nobody forgets", SLIP] = True,
        rush: Annotated[int, "orders an hour more", range(3), DEPLOYMENT] = 0,
    ) -> System:
        away = Age("away", cap=longest, doc="for how long the server is down")
        lost = Counter("lost", cap=lost_cap, unit=unit, cap_is="all there are")
        server = Component(
            "server",
            ["up", "down"],
            variables=[away],
            transitions=[
                on("server_fails", "up", "down", kind="environment", fault="failure"),
                on("stopped", "up", "down", kind="operator", fault="slip"),
                on("tick", "down", when=away < longest, then={away: away + 1}),
                on("repaired", "down", "up", then={away: 0}, kind="operator"),
            ],
        )
        link = Component(
            "link",
            ["up", "down"],
            transitions=[
                on("link_fails", "up", "down", kind="environment", fault="outage"),
                on("mended", "down", "up", kind="environment"),
            ],
        )
        orders = Component(
            "orders",
            ["come"],
            variables=[lost],
            transitions=[
                on("tick", "come", when=server.down & link.down, then={lost: lost + 3 + rush}),
                on("tick", "come", when=server.down, then={lost: lost + 2 + rush}),
                on("tick", "come"),
            ],
        )
        properties = [worst_case(lost, name="orders_lost", measures="loss")]
        if back:
            properties.append(worst_case(away, name="away", measures="time_back", at_most=hours(1)))
        return compose(
            "shop",
            [server, link, orders],
            tick=hours(1),
            faults={"failure": failures, "outage": outages + storms, "slip": slips},
            properties=properties,
            objectives=declared,
            notices=notices,
        )

    return made


def told(report: ObjectivesReport) -> list[tuple[str, str, str, str]]:
    return [(r.disruption.name, r.measured, r.value, r.standing.value) for r in report.results]


FAILURE = disruption("a failure", failures=1)


def test_results_are_met_missed_or_told_without_an_objective() -> None:
    found = decide_objectives(
        shop(
            objective(FAILURE, loses_at_most="6 orders", back_within=hours(2), source=S),
            disruption("two failures", failures=2),
            objective(disruption("nothing"), loses_at_most=0, source=S),
        )
    )
    assert told(found) == [
        ("a failure", "loss", "6 orders", "met"),
        ("a failure", "time_back", "3 ticks (3h)", "missed"),
        ("two failures", "loss", "12 orders", "no objective stated"),
        ("two failures", "time_back", "3 ticks (3h)", "no objective stated"),
        ("nothing", "loss", "0 orders", "met"),
        ("nothing", "time_back", "0 ticks", "no objective stated"),
    ]
    missed = found.results[1]
    assert missed.verdict is not None
    assert missed.verdict.trace is not None
    assert missed.source == S
    assert found.results[2].source == ""
    assert [r.idle for r in found.results] == [False] * 6  # nothing was allowed to happen


def brute_force(made: Design, settings: dict[str, Any]) -> tuple[int, int]:
    """The greatest loss and the longest time away of all states that a plain search with the oracle finds."""
    system = made.build(settings)
    world, oracle = World.of(system), Oracle(system)
    lost, away = system.orders.lost, system.server.away
    return max(int(oracle.value(lost, s)) for s in world.steps), max(int(oracle.value(away, s)) for s in world.steps)


def test_results_are_plain_maxima_under_the_budgets() -> None:
    """Of drawn disruptions and limits: the value is the maximum over all states of the design with these parameters."""
    rng, seen = random.Random(7), set()
    for _ in range(12):
        budgets = {"failures": rng.randrange(3), "outages": rng.randrange(3), "slips": rng.randrange(2)}
        budgets = {name: n for name, n in budgets.items() if rng.random() < 0.8}
        if rng.random() < 0.4:
            budgets["longest"] = hours(rng.randrange(1, 4))  # type: ignore[assignment]  # values of several types
        given = {"rush": rng.randrange(2)}
        most, back = rng.randrange(12), hours(rng.randrange(1, 4))
        item = disruption("drawn", given=given, **budgets)
        made = shop(objective(item, loses_at_most=f"{most} orders", back_within=back, source=S))
        plain = {"failures": 0, "outages": 0, "slips": 0, "storms": False, **budgets, **given}
        lost, away = brute_force(made, plain)
        loss, time_back = decide_objectives(made).results
        assert (loss.verdict and loss.verdict.value, time_back.verdict and time_back.verdict.value) == (lost, away)
        assert (loss.standing is Standing.MET) == (lost <= most)
        assert (time_back.standing is Standing.MET) == (away <= back.ticks(hours(1)))
        seen |= {loss.standing, time_back.standing}
    assert seen == {Standing.MET, Standing.MISSED}


def test_what_a_disruption_does_not_name_is_off() -> None:
    made = shop()
    assert settings_under(made, disruption("d", failures=1, longest=hours(1))) == {
        "failures": 1,
        "outages": 0,
        "storms": False,
        "slips": 0,
        "longest": hours(1),
    }  # what has no 0, a slip that is yes or no, and a length of time keep their value


def test_a_measure_is_asked_with_its_own_parameters_and_the_faults_of_the_disruption() -> None:
    @design(properties=__name__)
    def queue(
        failures: Annotated[int, "failures", range(3), FAULT] = 1,
        size: Annotated[int, "size", range(1, 5), DEPLOYMENT] = 1,
        observe: bool = False,
    ) -> System:
        n = Counter("n", cap=9, unit="calls", cap_is="all there are")
        part = Component(
            "part",
            ["up"],
            variables=[n],
            transitions=[
                on("fails", "up", then={n: n + size + (1 if observe else 0)}, fault="failure"),
            ],
        )
        return compose(
            "queue",
            [part],
            faults={"failure": failures},
            properties=[
                worst_case(n, name="lost", measures="loss", given={"failures": 2, "observe": True}),
            ],
            objectives=[
                disruption("one", failures=1),
                disruption("large", failures=1, given={"size": 4}),
                disruption("unobserved", failures=1, given={"observe": False}),
            ],
        )

    object.__setattr__(queue, "properties_module", None)
    found = decide_objectives(queue)
    assert told(found) == [
        ("one", "loss", "2 calls", "no objective stated"),
        ("large", "loss", "5 calls", "no objective stated"),
        ("unobserved", "loss", "", "INCONCLUSIVE"),
    ]
    assert found.results[2].reason == "lost is stated for observe=yes"


def test_a_disruption_whose_faults_never_happen_says_so() -> None:
    @design
    def quiet(failures: Annotated[int, "failures", range(3), FAULT] = 1) -> System:
        n = Counter("n", cap=3, cap_is="all there are")
        rows = [on("fails", "up", when=n > 2, then={n: n + 1}, fault="failure"), on("works", "up")]
        part = Component("part", ["up"], variables=[n], transitions=rows)
        return compose(
            "quiet",
            [part],
            faults={"failure": failures},
            properties=[worst_case(n, name="n", measures="loss")],
            objectives=[objective(disruption("f", failures=1), loses_at_most=0, source=S)],
        )

    (result,) = decide_objectives(quiet).results
    assert (result.standing, result.weakness) == (Standing.MET, "none of its faults ever happens")


def test_parameters_that_contradict_a_disruption_leave_it_undecided() -> None:
    made = shop(FAILURE, disruption("two", failures=2))
    found = decide_objectives(made, {"failures": 2})
    assert [r.standing for r in found.results] == [Standing.UNDECIDED] * 2 + [Standing.NONE] * 2
    assert found.results[0].reason == "it is declared for faults: failures=1"


@pytest.mark.parametrize(
    ("limits", "most", "expected"),
    [
        (Limits(states=100), "40 orders", Standing.UNDECIDED),
        (Limits(states=100), "0 orders", Standing.UNDECIDED),
        (Limits(), "0 orders", Standing.MISSED),
    ],
)
def test_a_search_that_stops_early_meets_no_objective(limits: Limits, most: str, expected: Standing) -> None:
    made = shop(
        objective(disruption("many", failures=3, slips=2, longest=hours(99)), loses_at_most=most, source=S), back=False
    )
    found = decide_objectives(made, limits=limits, engine="python")
    standing = found.results[0].standing
    assert standing in (expected, Standing.MISSED) if most == "0 orders" else standing is expected


def test_a_cap_that_is_reached_meets_no_objective_above_it() -> None:
    @design
    def capped(failures: Annotated[int, "failures", range(5), FAULT] = 1) -> System:
        n = Counter("n", cap=2, unit="calls")
        part = Component(
            "part", ["up"], variables=[n], transitions=[on("fails", "up", then={n: n + 1}, fault="failure")]
        )
        return compose(
            "capped",
            [part],
            faults={"failure": failures},
            properties=[worst_case(n, name="n", measures="loss")],
            objectives=[
                objective(disruption("f", failures=4), loses_at_most="3 calls", source=S),
                objective(disruption("g", failures=3), loses_at_most="1 call", source=S),
            ],
        )

    over, under = decide_objectives(capped).results
    assert (over.standing, under.standing) == (Standing.UNDECIDED, Standing.MISSED)
    assert over.value.startswith("at least")


def test_a_limit_bounds_the_measures_in_its_unit() -> None:
    @design
    def mixed(failures: Annotated[int, "failures", range(3), FAULT] = 1) -> System:
        n, m = Counter("n", cap=9, unit="calls", cap_is="all"), Counter("m", cap=9, unit="mails", cap_is="all")
        rows = [on("fails", "up", then={n: n + 1, m: m + 2}, fault="failure")]
        part = Component("part", ["up"], variables=[n, m], transitions=rows)
        return compose(
            "mixed",
            [part],
            faults={"failure": failures},
            properties=[worst_case(n, name="calls", measures="loss"), worst_case(m, name="mails", measures="loss")],
            objectives=[
                objective(disruption("one", failures=1), loses_at_most="1 mails", source=S),
                objective(disruption("two", failures=2), loses_at_most=0, source=S),
            ],
        )

    assert [(r.value, r.standing.value) for r in decide_objectives(mixed).results] == [
        ("1 call", "no objective stated"),
        ("2 mails", "missed"),
        ("2 calls", "missed"),
        ("4 mails", "missed"),
    ]


def test_cases_of_a_measure_that_differ_in_their_faults_are_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """
from typing import Annotated
from drcheck import *

@design(properties=__name__)
def made(failures: Annotated[int, "failures", range(3), ParameterRole.FAULT] = 1) -> System:
    n = Counter("n", cap=9, unit="calls", cap_is="all there are")
    part = Component("part", ["up"], variables=[n], transitions=[on("fails", "up", then={n: n + 1}, fault="failure")])
    return compose("made", [part], faults={"failure": failures})

@stated(measures="loss", cases=[
    case("once"), case("twice", given={"failures": 2}), case("other", given={"failures": 2}, measures=""),
])
def lost(d):
    return worst_case(d.part.n)

ONCE = disruption("once", failures=1)
"""
    (tmp_path / "cases_of_a_measure.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    found = decide_objectives(load("cases_of_a_measure:made"))
    assert told(found) == [("once", "loss", "1 call", "no objective stated")]


# -- what is refused -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("make", "code", "says"),
    [
        (lambda: disruption(""), "DR316", "a disruption has a name"),
        (lambda: disruption("d", failurs=1), "DR316", "did you mean 'failures'"),
        (lambda: disruption("d", rush=1), "DR316", "has no fault or slip 'rush'"),
        (lambda: disruption("d", failures=7), "DR316", "parameter failures cannot be 7"),
        (lambda: disruption("d", given={"failures": 1}), "DR316", "name it as a budget: failures=1"),
        (lambda: disruption("d", given={"speed": 1}), "DR316", "no parameter 'speed'"),
        (lambda: objective("d", loses_at_most=0, source=S), "DR317", "an objective is that of a disruption"),  # type: ignore[arg-type]
        (lambda: objective(FAILURE, source=S), "DR317", "says neither what is lost nor how soon it is back"),
        (lambda: objective(FAILURE, loses_at_most=0), "DR317", "has no source"),
        (lambda: objective(FAILURE, loses_at_most=0, source=" "), "DR317", "for a source"),
        (lambda: objective(FAILURE, loses_at_most=0, source=None), "DR147", "source is None"),  # type: ignore[arg-type]
        (lambda: objective(FAILURE, loses_at_most=None, source=S), "DR147", "loses_at_most is None"),  # type: ignore[arg-type]
        (lambda: objective(FAILURE, loses_at_most=-1, source=S), "DR317", "cannot be -1"),
        (lambda: objective(FAILURE, loses_at_most="few", source=S), "DR317", "a number with its unit"),
        (lambda: objective(FAILURE, loses_at_most=True, source=S), "DR317", "cannot be True"),
        (lambda: objective(FAILURE, back_within=2, source=S), "DR317", "a duration, not 2"),  # type: ignore[arg-type]
        (lambda: objective(FAILURE, loses_at_most=3, source=S), "DR317", "allows 3, and orders_lost measures orders"),
        (lambda: objective(FAILURE, loses_at_most="3 calls", source=S), "DR317", 'write loses_at_most="3 orders"'),
        (lambda: objective(FAILURE, loses_at_most=hours(3), source=S), "DR317", "allows a length of time"),
        (lambda: objective(FAILURE, back_within=seconds(90), source=S), "DR117", "1m30s"),
        (lambda: never(FAILURE), "DR102", ""),  # type: ignore[arg-type]
        (lambda: "d", "DR317", "in the objectives of system shop is none"),
        (
            lambda: notice("n", at="link_fails", of="outage", source=S),
            "DR317",
            "in the objectives of system shop is none",
        ),
    ],
)
def test_disruptions_and_objectives_are_refused(make: Callable[[], Any], code: str, says: str) -> None:
    with pytest.raises(DrcheckError) as caught:
        decide_objectives(shop(make()))
    assert caught.value.code == code, str(caught.value)
    assert says in str(caught.value)
    assert caught.value.code in ("DR102", "DR317") or caught.value.place is not None


@pytest.mark.parametrize(
    ("make", "code", "says"),
    [
        (lambda: notice("", at="x", of="outage", source=S), "DR318", "a notice has a name"),
        (lambda: notice("n", of="outage", source=S), "DR318", "neither a condition nor an event"),
        (
            lambda: notice("n", when="link.down", at="x", of="outage", source=S),
            "DR318",
            "both a condition and an event",
        ),
        (lambda: notice("n", when="link.down", of="outage"), "DR318", "has no source"),
        (lambda: notice("n", when="link.down", source=S), "DR318", "n: of is not given"),
        (lambda: notice("n", when="link.down", of=[], source=S), "DR318", "of cannot be []"),
        (lambda: notice("n", when=3, of="outage", source=S), "DR318", "its condition cannot be 3"),  # type: ignore[arg-type]
        (lambda: notice("n", when=None, of="outage", source=S), "DR147", "when is None"),  # type: ignore[arg-type]
        (lambda: notice("n", when="link.down", of="outage", source=S, who=3), "DR318", "who sees it"),  # type: ignore[arg-type]
        (lambda: notice("n", when="link.dwon", of="outage", source=S), "DR318", "the condition of notice n"),
        (lambda: notice("n", when="orders.lost", of="outage", source=S), "DR318", "no condition"),
        (lambda: notice("n", when="True | link.down", of="outage", source=S), "DR318", "always true"),
        (
            lambda: notice("n", when=lambda d: d.link.initial == "up", of="outage", source=S),
            "DR318",
            "True and no condition",
        ),
        (lambda: notice("n", when=lambda d: 1 // 0, of="outage", source=S), "DR318", "ZeroDivisionError"),
        (lambda: notice("n", when=lambda d: never(d.link.down), of="outage", source=S), "DR318", "goes nowhere"),
        (lambda: notice("n", at="link_fials", of="outage", source=S), "DR318", "did you mean 'link_fails'"),
        (lambda: notice("n", when="link.down", of="outtage", source=S), "DR318", "did you mean 'outage'"),
        (lambda: notice("n", when="link.down", of="mended", source=S), "DR318", "neither a fault, nor a kind of fault"),
        (lambda: FAILURE, "DR318", "in the notices of system shop is none"),
    ],
)
def test_notices_are_refused(make: Callable[[], Any], code: str, says: str) -> None:
    with pytest.raises(DrcheckError) as caught:
        decide_objectives(shop(disruption("an outage", outages=1), notices=[make()]))
    assert says in str(caught.value), str(caught.value)
    assert caught.value.code == code, str(caught.value)


def test_two_of_one_name_are_refused() -> None:
    twice: list[tuple[list[Any], list[Any], str]] = [
        ([FAILURE, disruption("a failure", failures=2)], [], "two disruptions are called 'a failure'"),
        (
            [objective(FAILURE, loses_at_most=0, source=S), objective(FAILURE, back_within=hours(1), source=S)],
            [],
            "two objectives are stated for disruption 'a failure'",
        ),
        ([], [notice("n", at="link_fails", of="outage", source=S) for _ in range(2)], "two notices are called 'n'"),
    ]
    for objectives, notices, says in twice:
        with pytest.raises(DrcheckError, match=says) as caught:
            declarations_of(shop(*objectives, notices=notices))
        assert caught.value.code == "DR319"
    assert len(declarations_of(shop(FAILURE, FAILURE)).disruptions) == 1  # the same object


def test_an_objective_without_a_measure_is_refused() -> None:
    made = shop(objective(FAILURE, back_within=hours(1), source=S), back=False)
    with pytest.raises(DrcheckError, match=r"DR317.*no worst case .* measures the time back.*measures=\"time_back\""):
        decide_objectives(made)


def test_a_design_that_measures_nothing_says_so_once() -> None:
    @design
    def bare(failures: Annotated[int, "failures", range(3), FAULT] = 1) -> System:
        part = Component("part", ["up", "down"], transitions=[on("fails", "up", "down", fault="failure")])
        return compose("bare", [part], faults={"failure": failures}, objectives=[disruption("f", failures=1)])

    found = decide_objectives(bare)
    assert told(found) == [("f", "loss", "", "not measured")]
    assert [(a.question.what, a.text) for a in found.answers] == [("fails", "not stated")]


@pytest.mark.parametrize("measures", ["los", 3, None])
def test_what_a_worst_case_measures_is_known(measures: Any) -> None:
    with pytest.raises(DrcheckError, match=r"DR309.*\"loss\" or \"time_back\""):
        _ = stated(measures=measures)


def test_only_a_worst_case_measures() -> None:
    part = Component("part", ["up", "down"], transitions=[on("fails", "up", "down")])
    with pytest.raises(DrcheckError, match=r"DR309.*is no worst case"):
        _ = never(part.down, measures="loss")

    @stated(measures="time_back")
    def p(d: System) -> Any:
        return never(d.part.down)

    with pytest.raises(DrcheckError, match=r"DR309.*p is no worst case, and cannot measure a time back"):
        p.on(compose("one", [part]))


LOST = """
from typing import Annotated
from drcheck import *

@design{how}
def made(failures: Annotated[int, "failures", range(3), ParameterRole.FAULT] = 1) -> System:
    part = Component("part", ["up", "down"], transitions=[on("fails", "up", "down", fault="failure")])
    {inside}
    return compose("made", [part], faults={{"failure": failures}})

@stated
def p(d: System) -> Property:
    return reachable(d.part.down)

{beside}
"""


@pytest.mark.parametrize(
    ("how", "inside", "beside", "code", "says"),
    [
        ("", "", 'ONE = disruption("f", failures=1)', "DR317", "which no design names"),
        ("", "", 'N = notice("n", when="part.down", of="failure", source="s")', "DR318", "which no design names"),
        (
            "(properties=__name__)",
            "",
            'disruption("f", failures=1)',
            "DR307",
            "disruption(...) is written and goes nowhere",
        ),
        ("(properties=__name__)", "", 'notice("n", at="fails", of="loss", source="s")', "DR307", "goes nowhere"),
        ("(properties=__name__)", 'disruption("f", failures=1)', "", "DR307", "is written and goes nowhere"),
        ("(properties=__name__)", 'one = notice("n", at="fails", of="loss", source="s")', "", "DR144", "nothing reads"),
    ],
)
def test_nothing_that_is_declared_is_lost(
    how: str, inside: str, beside: str, code: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = LOST.format(how=how, inside=inside or "pass", beside=beside)
    if not how:
        text = text.replace("@stated\ndef p(d: System) -> Property:\n    return reachable(d.part.down)", "")
    name = f"lost_{abs(hash((how, inside, beside)))}"
    (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DrcheckError) as caught:
        decide_objectives(load(f"{name}:made"))
    assert (caught.value.code, says in str(caught.value)) == (code, True), str(caught.value)


def test_what_is_declared_in_a_module_comes_in_its_order() -> None:
    found = declarations_of(load("drcheck.examples:pair"))
    assert [item.name for item in found.disruptions] == ["the server fails", "the server fails twice"]
    assert list(found.objectives) == ["the server fails"]
    assert [item.name for item in found.notices] == ["the server does not answer", "the standby has taken over"]


def test_a_result_is_data() -> None:
    result = Result(Disruption("d", {}), "loss", None, None, None, reason="why")
    assert (result.standing, result.value, result.source, result.weakness) == (Standing.UNMEASURED, "", "", "why")
