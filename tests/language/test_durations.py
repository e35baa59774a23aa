"""Durations to the second: how they are written, read and shown, and what becomes of them in ticks."""

from __future__ import annotations

import copy
import json
import pickle
import re
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drcheck import (
    Age,
    Component,
    Duration,
    System,
    compose,
    days,
    hours,
    minutes,
    never,
    on,
    seconds,
    worst_case,
)
from drcheck.cli.main import run
from drcheck.designs.parameter import show
from drcheck.engines.protocol import Query
from drcheck.engines.python import PythonEngine
from drcheck.errors import DesignError, ModelError
from drcheck.interop import murphi, promela
from drcheck.language.durations import common_tick
from drcheck.system.tick_length import durations_of, forcing, hint
from drcheck.verdicts.check import check
from tests.engines.test_agreement import assert_engines_agree, composed
from tests.support import cli_project
from tests.support.engines import equal
from tests.support.generators import Case, systems

Command = Callable[..., tuple[int, str, str]]
LENGTHS = st.one_of(
    st.integers(0, 200),
    st.integers(0, 100 * 86_400),
    st.integers(0, (1 << 62) * 86_400),
    st.builds(lambda n, unit: n * unit, st.integers(0, 1 << 62), st.sampled_from([1, 60, 3600, 86_400])),
)


# -- as text ---------------------------------------------------------------------------------------------------------
@given(LENGTHS)
def test_what_is_shown_reads_back(number: int) -> None:
    duration = Duration.of_seconds(number)
    again = Duration.parse(str(duration))
    assert again == duration
    assert again.in_seconds == number
    assert str(again) == str(duration) == show(duration)


@pytest.mark.parametrize(
    ("text", "number", "told"),
    [
        ("30s", 30, "30s"), ("1m30s", 90, "1m30s"), ("1h30m10s", 5410, "1h30m10s"), ("90s", 90, "1m30s"),
        ("7200s", 7200, "2h"), ("1d1s", 86_401, "1d1s"), (" 2 min 5 s ", 125, "2m5s"), ("0s", 0, "0m"), ("0m", 0, "0m"),
        ("90m", 5400, "1h30m"), ("2h", 7200, "2h"), ("2d", 172_800, "2d"), ("15min", 900, "15m"),
    ],
)  # short cases  # fmt: skip
def test_texts(text: str, number: int, told: str) -> None:
    read = Duration.parse(text)
    assert read.in_seconds == number
    assert str(read) == told


@pytest.mark.parametrize(
    "text",
    ["", "30", "s", "30 sec.", "500ms", "1.5s", "-30s", "30s!", "1h 30", "٣s", "9" * 20 + "s", "9" * 19 + "d"],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(DesignError, match=r"^\[DR206\] .* is not a duration; write a whole number with a unit"):
        Duration.parse(text)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(DesignError, match="DR206"):
        Duration.parse(30)  # type: ignore[arg-type]


# -- as numbers ------------------------------------------------------------------------------------------------------
def test_a_number_alone_is_still_minutes() -> None:
    assert Duration(90) == minutes(90) == Duration(in_minutes=90) == seconds(5400)
    assert [d.in_minutes for d in (Duration(90), minutes(1), hours(2), days(1), seconds(120))] == [90, 1, 120, 1440, 2]


def test_minutes_are_refused_where_they_are_not_exact() -> None:
    with pytest.raises(ModelError, match=r"^\[DR135\] 1m30s is not a whole number of minutes \(\S*test_durations.py"):
        _ = seconds(90).in_minutes


@given(LENGTHS.filter(lambda n: n < 1 << 60), LENGTHS.filter(lambda n: n < 1 << 60), st.integers(0, 50))
def test_arithmetic_is_that_of_seconds(a: int, b: int, factor: int) -> None:
    one, other = Duration.of_seconds(a), Duration.of_seconds(b)
    assert (one + other).in_seconds == a + b
    assert (one * factor).in_seconds == (factor * one).in_seconds == a * factor
    assert ((one < other), (one <= other), (one == other), (one >= other)) == (a < b, a <= b, a == b, a >= b)
    assert (hash(one) == hash(other)) or a != b
    if a >= b:
        assert (one - other).in_seconds == a - b
    else:
        with pytest.raises(ModelError, match=r"DR206.* is less than nothing"):
            _ = one - other


def test_copies_are_equal_and_nothing_changes_one() -> None:
    duration = seconds(30)
    assert pickle.loads(pickle.dumps(duration)) == copy.deepcopy(duration) == copy.copy(duration) == duration
    assert repr(duration) == "<duration 30s>"
    with pytest.raises(AttributeError):
        duration.in_seconds = 5  # type: ignore[misc]


@pytest.mark.parametrize("value", [-1, 0.5, True, "30", None])
def test_only_whole_numbers_of_seconds(value: object) -> None:
    with pytest.raises(ModelError, match=r"DR206\] a duration is a whole number of seconds.*seconds\(30\)"):
        seconds(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [seconds, minutes, hours, days, Duration])
def test_a_duration_that_is_too_large_is_refused(make: type[Duration]) -> None:
    with pytest.raises(ModelError, match=r"DR111.* bits"):
        make(1 << 100)
    with pytest.raises(ModelError, match=r"DR111.* bits"):
        _ = make(1) * 10**5000


@given(LENGTHS, st.integers(1, 10**6))
def test_ticks_are_exact_or_refused(number: int, length: int) -> None:
    duration, tick = Duration.of_seconds(number), Duration.of_seconds(length)
    if number % length == 0:
        assert duration.ticks(tick) == number // length
        return
    with pytest.raises(ModelError, match="DR117") as caught:
        duration.ticks(tick)
    divides = Duration.parse(caught.value.remedy.split("; ")[1].split(" divides both ")[0])
    assert (duration.ticks(divides) * divides, tick.ticks(divides) * divides) == (duration, tick)


# -- the tick ----------------------------------------------------------------------------------------------------------
def lease(tick: Duration) -> System:
    """A leader that renews its lease; the standby waits `renewal` longer than the lease is valid."""
    length, renewal, outage = seconds(30), seconds(10), hours(2)
    down, since, silence = Age("outage", cap=outage), Age("since", cap=length), Age("silence", cap=length + renewal)
    network = Component(
        "network",
        ["up", "down"],
        variables=[down],
        transitions=[
            on("fails", "up", "down", fault="outage"),
            on("tick", "down", when=down < outage, then={down: down + 1}),
            on("mended", "down", "up", then={down: 0}),
        ],
    )
    leader = Component(
        "leader",
        ["leads", "waits"],
        variables=[since],
        transitions=[
            on("renews", "leads", when=network.up & (since >= renewal), then={since: 0}, urgent=True),
            on("steps_down", "leads", "waits", when=since == length, urgent=True),
            on("tick", "leads", then={since: since + 1}),
        ],
    )
    standby = Component(
        "standby",
        ["waits", "leads"],
        variables=[silence],
        transitions=[
            on("renews", "waits", then={silence: 0}),
            on("takes_over", "waits", "leads", when=silence == length + renewal, urgent=True),
            on("tick", "waits", then={silence: silence + 1}),
        ],
    )
    return compose("lease", [network, leader, standby], tick=tick, faults={"outage": 1})


def test_a_lease_of_seconds_and_an_outage_of_hours() -> None:
    """Every figure is known: 2 h are 720 ticks of 10 s, and the standby leads 40 s after the last renewal."""
    system = lease(seconds(10))
    assert_engines_agree(system)
    d = system
    verdicts = check(
        system, [never(d.leader.leads & d.standby.leads), worst_case(d.network.outage), worst_case(d.standby.silence)]
    )
    assert [v.conclusion.value for v in verdicts] == ["HOLDS"] * 4
    assert [v.value for v in verdicts[2:]] == [720, 4]
    assert sum(v.run.exploration.seconds for v in verdicts[:1]) < 10


def test_half_the_tick_is_twice_the_ticks() -> None:
    system = lease(seconds(5))
    assert check(system, [worst_case(system.network.outage)])[1].value == 1440


@settings(max_examples=25, deadline=None)
@given(systems(), st.sampled_from([1, 7, 20]))
def test_a_system_is_the_same_with_all_durations_in_seconds(case: Case, scale: int) -> None:
    """hours(n) becomes n times 2 * `scale` seconds, minutes(30) becomes `scale` seconds: ticks, states and exports stay."""

    def in_seconds(text: str) -> str:
        text = re.sub(r"hours\((\d+)\)", lambda m: f"seconds({2 * scale * int(m[1])})", text)
        return text.replace("minutes(30)", f"seconds({scale})")

    told = Case(in_seconds(case.source), tuple(map(in_seconds, case.watches)), tuple(map(in_seconds, case.maxima)))
    assert "hours" not in str(told)
    plain, fine = composed(case), composed(told)
    for source in (murphi.source, promela.source):
        assert source(plain.system, plain.lowered_watches) == source(fine.system, fine.lowered_watches)
    query = [Query(case.lowered_watches, case.lowered_maxima, graph=True) for case in (plain, fine)]
    equal(PythonEngine().explore(fine.system, query[1]), PythonEngine().explore(plain.system, query[0]))


# -- which tick ----------------------------------------------------------------------------------------------------------
@given(st.lists(st.integers(1, 5000), min_size=1, max_size=6, unique=True))
def test_the_durations_that_force_the_tick_are_a_smallest_set(lengths: list[int]) -> None:
    every = [Duration.of_seconds(n) for n in lengths]
    kept = forcing(every)
    wanted = common_tick(every)
    assert wanted is not None
    assert all(d.in_seconds % wanted.in_seconds == 0 for d in every)
    assert common_tick(kept) == wanted
    for fewer in combinations(kept, len(kept) - 1):
        assert common_tick(fewer) != wanted


def counted(*lengths: Duration) -> Component:
    """A component that compares an age with some durations."""
    age = Age("age", cap=lengths[0])
    steps = [on("tick", "s", then={age: age + 1}), *(on(f"at{n}", "s", when=age > d) for n, d in enumerate(lengths))]
    return Component("c", ["s"], variables=[age], transitions=steps)


@pytest.mark.parametrize(
    ("lengths", "tick", "said"),
    [
        ([hours(2), seconds(30), seconds(10)], seconds(20), "10s is the longest, because of 10s (HERE)"),
        ([hours(2), seconds(30), seconds(20)], minutes(1), "10s is the longest, because of 20s (HERE) and 30s (HERE)"),
        ([minutes(90), hours(1)], hours(1), "30m is the longest, because of 1h (HERE) and 1h30m (HERE)"),
    ],
)
def test_a_tick_that_does_not_divide_names_the_durations_that_force_a_shorter(
    lengths: list[Duration], tick: Duration, said: str
) -> None:
    with pytest.raises(ModelError, match=r"DR117.* is not a whole number of ticks of") as caught:
        compose("sample", [counted(*lengths)], tick=tick)
    remedy = re.sub(r"\(test_durations.py:\d+\)", "(HERE)", re.sub(r"\(\S*/", "(", caught.value.remedy))
    assert remedy == f"choose a tick length that divides every duration of the design: {said}"


@pytest.mark.parametrize(
    ("lengths", "tick", "said"),
    [
        ([hours(2), seconds(30), seconds(10)], seconds(10), "10s because of 10s. Without it, a tick of 30s would do."),
        (
            [hours(2), seconds(30), seconds(20)],
            seconds(10),
            "10s because of 20s and 30s. Without them, a tick of 2h would do.",
        ),
        ([hours(2), seconds(0)], hours(2), "2h because of 2h."),
        (
            [hours(2), minutes(30)],
            minutes(10),
            "10m; every duration in its components is a whole number of ticks of 30m, with which there would be fewer states.",
        ),
    ],
)
def test_what_is_said_of_a_fine_tick(lengths: list[Duration], tick: Duration, said: str) -> None:
    told = hint(compose("sample", [counted(*lengths)], tick=tick))
    assert re.sub(r" \(\S*test_durations.py:\d+\)", "", told) == f"The tick is {said}"


def test_nothing_is_said_of_a_tick_without_durations() -> None:
    age = Age("age", cap=3)
    clock = Component("c", ["s"], variables=[age], transitions=[on("tick", "s", then={age: age + 1})])
    assert not hint(compose("sample", [clock], tick=hours(1)))
    assert not hint(compose("sample", [clock]))
    assert not durations_of([clock])


# -- on the command line ------------------------------------------------------------------------------------------------
DESIGN = """
from typing import Annotated

from drcheck import Age, Component, Duration, compose, design, on, seconds, worst_case


@design
def watchdog(
    wait: Annotated[Duration, "how long it waits", (seconds(10), seconds(30), seconds(90))] = seconds(30),
    sleep: Annotated[Duration, "how long it sleeps"] = seconds(0),
    tick: Annotated[Duration, "length of one tick"] = seconds(10),
):
    age, asleep = Age("age", cap=wait), Age("asleep", cap=sleep)
    c = Component("c", ["s"], variables=[age, asleep], transitions=[
        on("tick", "s", when=age < wait, then={age: age + 1, asleep: 0}),
        on("tick", "s", when=asleep < sleep, then={asleep: asleep + 1}),
    ])
    return compose("watchdog", [c], tick=tick, properties=[worst_case(age, name="longest")])
"""


@pytest.fixture
def drcheck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    (tmp_path / "watchdog.py").write_text(DESIGN, encoding="utf-8")
    with cli_project.entered(tmp_path, monkeypatch):

        def call(*words: str) -> tuple[int, str, str]:
            status = run(words)
            out, err = capsys.readouterr()
            return status, " ".join(out.split()), err

        yield call


def test_parameters_in_seconds(drcheck: Command) -> None:
    status, out, err = drcheck("check", "watchdog", "--set", "wait=1m30s", "--trace")
    assert (status, err) == (0, "")
    assert "wait=1m30s, sleep=0m, tick=10s" in out
    assert "9 ticks (1m30s)" in out
    assert "9 ticks pass (1m30s), until 1m30s c: age 0 -> 1m30s" in out
    assert "wait 30s 10s, 30s, 1m30s how long it waits" in drcheck("list", "watchdog")[1]


def test_parameters_in_seconds_in_json(drcheck: Command) -> None:
    data = json.loads(drcheck("check", "watchdog", "--json", "--set", "wait=90s")[1])
    assert data["parameters"] == {"wait": "1m30s", "sleep": "0m", "tick": "10s"}
    assert data["verdicts"][1]["value"] == 9


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("wait=45s", "[DR205] parameter wait cannot be 45s; available: 10s, 30s, 1m30s"),
        (
            "wait=0.5m",
            "[DR206] parameter wait: '0.5m' is not a duration; write a whole number with a unit, for instance 8h, 15m, 30s, "
            "1h30m or 2d",
        ),
        (
            "tick=20s",
            "[DR117] 30s is not a whole number of ticks of 20s (watchdog.py:9); choose a tick length that divides "
            "every duration of the design: 30s is the longest, because of 30s (watchdog.py:9)",
        ),
        (
            "tick=0s",
            "[DR117] system watchdog: the tick length must be a duration above zero, not 0m (watchdog.py:18); give "
            "compose(..., tick=hours(1))",
        ),
    ],
)
def test_errors_speak_of_seconds(drcheck: Command, words: str, said: str) -> None:
    assert drcheck("check", "watchdog", "--set", words) == (2, "", f"error: {said}\n")


def test_a_search_that_stops_early_says_why_the_tick_is_fine(drcheck: Command) -> None:
    status, out, _ = drcheck("check", "watchdog", "--set", "sleep=2d", "--set", "wait=10s", "--limit-states", "50")
    assert status == 3
    assert "The tick is 10s because of 10s. Without it, a tick of 2d would do." in out
