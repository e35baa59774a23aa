"""The design review: what it says is what was decided, in both forms, whatever the names, and it is written whole or not."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Annotated, Any

import jinja2
import pytest
from markdown_it import MarkdownIt

from drcheck import (
    Accepted,
    Age,
    Component,
    Counter,
    Duration,
    Literal,
    Site,
    System,
    compose,
    count,
    hours,
    on,
    schemas,
)
from drcheck.designs.design import Design, design
from drcheck.engines.protocol import Limits
from drcheck.errors import DesignError, EngineError, ModelError, OutputError, PropertyError, UsageError
from drcheck.logic.fairness import weakly_fair
from drcheck.logic.kinds import Finding, Property
from drcheck.logic.properties import (
    Statement,
    deadlock_free,
    leads_to,
    never,
    reachable,
    stated,
    structure,
    whenever,
    within,
    worst_case,
)
from drcheck.report import Study, as_json, from_json
from drcheck.report import collect as reviewed
from drcheck.report.collect import claims_listed
from drcheck.report.glossary import terms
from drcheck.report.html import environment
from drcheck.report.markdown_text import code, fenced, table, text
from drcheck.report.pages import files
from drcheck.report.plain import form
from drcheck.report.write import first, save, write_review
from drcheck.verdicts.claims import Claim
from tests.support.review import html_of as as_html
from tests.support.review import markdown_of as as_markdown
from tests.support.review import review_of
from tests.support.review import study as collect

HOSTILE = (
    "<script>alert('x')</script> | & `tick` \"quote\" *star* [link](http://example.org/) ]]> --> \\ {{ 7*7 }} # $x$"
)


# -- a door, its lock and its watchman ------------------------------------------------------------------------------
@stated(
    claims="D-1",
    source="Door guide, Locking",
    finding=Finding(
        "The lock turns while the door is open", "Nobody looks.\n\nSo it turns.", "Look.", {"interlock": True}
    ),
)
def never_locked_open(d: System) -> Property:
    """The lock is never locked while the door is open."""
    return never(d.lock.locked & d.leaf.open)


@stated(
    claims=("D-1", "D-2"), finding=Finding("The same, repaired", "As above.", "Look both ways.", {"both_ways": True})
)
def never_locked_open_again(d: System) -> Property:
    """The lock is never locked while the door is open, said again."""
    return never(d.lock.locked & d.leaf.open)


@stated(finding=Finding("The bell can ring", "It has a rope.", "Take the rope.", {"rope": False}))
def bell_needs_the_door(d: System) -> Property:
    """When the bell rings the door is open."""
    return whenever(d.bell.rings, d.leaf.open)


@stated(finding=Finding("The bell is there", "It is.", "Remove it.", {"bell_hangs": False}))
def bell_is_quiet(d: System) -> Property:
    """The bell never rings."""
    return never(d.bell.rings)


@stated(finding=Finding("Nobody can help", "There is no parameter.", "Buy another door."))
def never_open(d: System) -> Property:
    """The door is never open."""
    return never(d.leaf.open)


@stated()
def unexplained(d: System) -> Property:
    """The power never fails."""
    return never(d.power.down)


@stated(finding=Finding("Fails no more", "It used to.", "None."))
def holds_after_all(d: System) -> Property:
    """Something that does hold."""
    return never(d.leaf.open & d.leaf.shut)


@stated(claims="D-3", assumptions="The watchman is awake")
def longest_opening(d: System) -> Property:
    """How long the door stands open at worst."""
    return worst_case(d.since)


@stated(claims="D-3", given={"both_ways": True})
def forgotten(d: System) -> Property:
    """How much is forgotten at worst."""
    return worst_case(d.lost)


@stated(claims="D-4")
def shut_again(d: System) -> Property:
    """An open door is shut at last."""
    return leads_to(d.leaf.open, d.leaf.shut, fairness=weakly_fair("operator"))


@stated(claims="D-5")
def can_be_locked_open(d: System) -> Property:
    """The lock can be locked while the door is open."""
    return reachable(d.lock.locked & d.leaf.open)


@stated(claims="D-6", given={"patience": hours(4)})
def always_a_step(d: System) -> Property:
    """There is always a step."""
    return deadlock_free()


@stated(claims="D-7", given={"outages": 0})
def five_parts(d: System) -> Property:
    """Five parts and the fault budget."""
    return structure(len(d.components) >= 5, "counted them")


@stated()
def never_reached(d: System) -> Property:
    """While the bell is silent for good, nothing happens."""
    return whenever(d.bell.silent, d.leaf.shut)


STATEMENTS: list[Statement] = [
    never_locked_open, never_locked_open_again, bell_needs_the_door, bell_is_quiet, never_open, unexplained,
    holds_after_all, longest_opening, forgotten, shut_again, can_be_locked_open, always_a_step, five_parts, never_reached,
]  # names only  # fmt: skip


@design(title="A door")
def door(
    patience: Annotated[Duration, "how long the watchman waits"] = hours(3),
    interlock: Annotated[bool, "the lock turns only while the door is shut"] = False,
    both_ways: Annotated[bool, "and the door opens only while the lock is free"] = False,
    rope: Annotated[bool, "whether the bell has a rope"] = True,
    bell_hangs: Annotated[bool, "whether there is a bell"] = True,
    outages: Annotated[int, "how often the power may fail", range(3)] = 1,
    memory: Annotated[int, "how much can be forgotten", range(6, 65)] = 6,
) -> System:
    """A door and its lock, with a bell and a power line.

    The second paragraph.
    """
    since, lost = Age("since", cap=hours(5)), Counter("lost", cap=memory, cap_is="all that can be forgotten")
    lock = Component(
        "lock",
        states=["free", "locked", "failed"],
        variables=[lost],
        transitions=[
            on("turns", "free", "locked", kind="operator"),
            on("releases", "locked", "free", kind="operator"),
            on("tick", "locked", then={lost: lost + 1}),
            on("site_fails", ["free", "locked"], "failed"),
        ],
        doc="The lock. It forgets.",
    )
    leaf = Component(
        "leaf",
        states=["shut", "open"],
        variables=[since],
        transitions=[
            on("opens", "shut", "open", kind="operator", when=~lock.locked if both_ways else True),
            on("shuts", "open", "shut", kind="operator", then={since: 0}),
            on("tick", "open", when=since < patience, then={since: since + 1}),
            on("turns", ["shut"] if interlock or both_ways else ["shut", "open"]),
            on("site_fails", ["shut", "open"]),
        ],
        doc="The leaf.",
    )
    power = Component(
        "power",
        states=["up", "down"],
        transitions=[
            on("power_fails", "up", "down", kind="environment", fault="power outage"),
            on("power_returns", "down", "up", kind="environment"),
        ],
    )
    bell = Component(
        "bell",
        states=["quiet", "rings", "silent"],
        transitions=[
            on("rings", "quiet", "rings", when=rope & power.up),
            on("hush", "rings", "quiet"),
            on("breaks", "rings", "silent", when=(lost > 5) & (since > 4), doc="the bell breaks"),
        ],
    )
    house = Component(
        "house",
        states=["up", "failed"],
        transitions=[on("fails", "up", "failed", kind="environment", fault="site failure")],
    )
    return compose(
        "door",
        [leaf, lock, power, *([bell] if bell_hangs else []), house],
        tick=hours(1),
        sites=[Site(house, [leaf, lock])],
        faults={"power outage": outages, "site failure": 1},
        parts={"since": since, "lost": lost},
        properties=STATEMENTS,
    )


SAID = ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Nobody speaks of this")
CLAIMS = (
    *(Claim(f"D-{n}", said, "Door guide", f"Section {n}") for n, said in enumerate(SAID, 1)),
    Claim("E-1", "Elsewhere", "Window guide", "Glass"),
)


@pytest.fixture(scope="module")
def review() -> Study:
    return collect([door], claims=CLAIMS, output="review.html")


def finding(review: Study, name: str) -> Any:
    return next(f for f in review.findings if f.row.name == name)


# -- both forms ------------------------------------------------------------------------------------------------------
class Page(HTMLParser):
    """Checks that tags are balanced, and collects ids, links, resources and texts by element."""

    VOID = frozenset({"meta", "br", "wbr", "col", "img", "link", "input", "hr"})

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.tags: set[str] = set()
        self.rows: dict[str, str] = {}
        self._row: str | None = None
        self.text = ""
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "xlink:href"):
                self.links.append(value or "")
            if name in ("src", "data", "srcset", "poster", "background", "action", "formaction") or name.startswith(
                "on"
            ):
                self.loaded.append(f"{name}={value}")
        if tag == "tr":
            self._row = dict(attrs).get("id")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> without a beginning"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}> at {self.getpos()}"
        self.open.pop()
        if tag == "tr":
            self._row = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._row is not None:
            self.rows[self._row] = self.rows.get(self._row, "") + data


def markdown_tables(source: str) -> Iterator[list[str]]:
    """The tables of a Markdown text outside of code blocks."""
    fence, block = "", []
    for line in [*source.splitlines(), ""]:
        marker = re.match(r"`{3,}", line)
        if fence:
            fence = "" if marker and line.strip() == fence else fence
            continue
        if marker:
            fence = marker[0]
        if line.startswith("|"):
            block.append(line)
        elif block:
            yield block
            block = []
    assert not fence


def cells(row: str) -> list[str]:
    return re.split(r"(?<!\\)\|", row.strip())[1:-1]


def test_html_is_balanced_and_stands_alone(review: Study) -> None:
    source = as_html(review)
    page = Page(source)
    assert len(page.ids) == len(set(page.ids))
    assert (
        {link[1:] for link in page.links if link.startswith("#")} == {link[1:] for link in page.links} <= set(page.ids)
    )
    assert page.loaded == []
    assert not page.tags & {"link", "img", "iframe", "object", "embed", "base", "form"}
    assert source.count("<script>") == 1  # ours, and nothing of it is needed: it has no text of the review
    style = source[source.index("<style>") : source.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert not re.search(r"""(src|href)=["'](https?:)?//""", source)


def test_parts_come_in_the_order_that_a_reviewer_needs(review: Study) -> None:
    wanted = [
        "For those who sign",
        "At a glance",
        "Claims",
        "Findings",
        "Disruptions, objectives and notices",
        "Worst cases",
        "Properties",
        "Assumptions and parameters",
        "Coverage",
        "Architecture and machines",
        "Traces in full",
        "The searches",
        "How to reproduce",
        "Glossary",
    ]
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", as_html(review)) == wanted
    assert re.findall(r"^## (.*)$", as_markdown(review), re.MULTILINE) == ["Contents", *wanted]


def words_of_html(source: str) -> list[str]:
    """The words that a reader of an HTML page sees, its pictures and what is for the paper alone apart."""
    for hidden in (
        r"<style>.*?</style>",
        r"<script>.*?</script>",
        r"<title>.*?</title>",
        r"<svg.*?</svg>",
        r"<pre class=\"[^\"]*paper.*?</pre>",
        r"<span aria-hidden=\"true\">.*?</span>",
        r"<a class=\"skip.*?</a>",
    ):
        source = re.sub(hidden, " ", source, flags=re.DOTALL)
    return re.findall(r"\w+", unescape(re.sub(r"<[^>]*>", " ", source)))


def words_of_markdown(source: str) -> list[str]:
    """The same of Markdown, as a reader of Markdown that has nothing to do with ours sees it."""
    source = re.sub(r"^```mermaid\n.*?^```$", "", source, flags=re.MULTILINE | re.DOTALL)
    return words_of_html(MarkdownIt("commonmark").enable("table").render(source))


def test_both_forms_have_the_same_words(review: Study, hostile: Study) -> None:
    for study in (review, hostile, collect([two_parts()], claims=())):
        written = files(review_of(study))
        for name in (name for name in written if name.endswith(".html")):
            assert words_of_markdown(written[name.removesuffix("html") + "md"]) == words_of_html(written[name])


def test_every_verdict_is_shown(review: Study) -> None:
    page, lines = Page(as_html(review)), as_markdown(review).splitlines()
    assert {row.verdict for row in review.rows} == {"HOLDS", "VIOLATED", "HOLDS VACUOUSLY"}
    for row in review.rows:
        shown = page.rows[row.id]
        assert row.name in shown
        assert re.search(rf"(?<![A-Z ]) ?{row.verdict}(?! [A-Z])", shown)
        assert any(f'<a id="{row.id}"></a>`{row.name}`' in line and f"**{row.verdict}**" in line for line in lines)
    for claim in review.claims:
        assert claim.verdict in page.rows[f"claim-{claim.claim.key}"]
        assert any(f"{claim.claim.key} | **{claim.word}**" in line for line in lines)
    for found in review.findings:
        assert found.title in page.text
        assert found.row.command in page.text
        assert found.check is None or found.check.conclusion[1:] in page.text


def test_markdown_tables_are_well_formed(review: Study) -> None:
    found = list(markdown_tables(as_markdown(review)))
    assert len(found) > 15
    for rows in found:
        assert set(cells(rows[1])) == {" --- "}
        assert {len(cells(row)) for row in rows} == {len(cells(rows[0]))}


def test_a_review_is_made_again_from_its_json(review: Study, hostile: Study) -> None:
    for study in (review, hostile):
        made = review_of(study)
        again = from_json(as_json(made))
        assert again == made
        assert files(again, "x", beside=True) == files(made, "x", beside=True)
        assert as_json(again) == as_json(made)


def test_the_json_of_a_review_has_a_schema(review: Study) -> None:
    schema = schemas.schema("review")
    assert schema == form(), "write it anew: json.dumps(drcheck.report.plain.form(), indent=2)"
    jsonschema = pytest.importorskip("jsonschema", reason="an environment without the tools of development")
    jsonschema.validators.validator_for(schema)(schema).validate(json.loads(as_json(review_of(review))))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.pop("kind"), "not a document of `drcheck review`"),
        (lambda data: data.update(version=0), "version 0 of the document"),
        (lambda data: data.pop("made"), "no review: made is missing"),
        (lambda data: data["studies"][0].update(title=1), r"studies\[0\]\.title is not of the type str"),
        (lambda data: data.update(studies={}), "studies is no list"),
        (lambda data: data["studies"][0]["findings"][0].update(check="x"), "check is of none of its types"),
        (lambda data: data["studies"][0]["terms"].append(["one"]), r"terms\[\d+\] has 1 entries, not 2"),
    ],
)
def test_what_is_no_review_is_refused(review: Study, change: Any, said: str) -> None:
    data = json.loads(as_json(review_of(review)))
    assert from_json(json.dumps({**data, "new": 1})) == review_of(review), "keys may be added"
    change(data)
    with pytest.raises(UsageError, match=rf"\[DR407\].*{said}"):
        from_json(json.dumps(data))


# -- hostile names -----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def hostile() -> Study:
    bad = Component(
        "part", states=["good", "bad"], transitions=[on("breaks", "good", "bad", fault=HOSTILE)], doc=HOSTILE
    )

    @design(title=HOSTILE)
    def evil(mode: Annotated[bool, HOSTILE] = False) -> System:
        """<b>bold</b> | & `x`"""
        never_bad = never(
            bad.bad,
            name=HOSTILE,
            statement=HOSTILE,
            source=HOSTILE,
            claims=[HOSTILE],
            assumptions=[HOSTILE],
            finding=Finding(HOSTILE, HOSTILE, HOSTILE, {"mode": True}),
        )
        return compose("evil", [bad], faults={HOSTILE: 1}, properties=[never_bad])

    return collect([evil], claims=[Claim(HOSTILE, HOSTILE, HOSTILE, HOSTILE)])


def test_a_start_that_shows_it_is_told_where_there_are_several() -> None:
    part = Component("part", ["good", "bad"], "*", transitions=[on("breaks", "good", "bad")])

    @design(title="Two ways to begin")
    def two() -> System:
        return compose("two", [part], properties=[never(part.bad, name="never_bad")])

    review = collect([two])
    for source in (as_html(review), as_markdown(review)):
        told = re.sub(r"\\(.)", r"\1", source)
        assert "searched from its 2 initial states: " in told
        assert "there is no step to show; start: part = bad (one of 2 initial states)." in told


def test_hostile_names_stay_text_in_html(hostile: Study) -> None:
    source = as_html(hostile)
    page = Page(source)
    assert source.count("<script>") == 1
    assert page.text.count("<script>alert('x')</script>") >= 10
    assert "{{ 7*7 }}" in page.text
    assert page.loaded == []
    assert [link for link in page.links if not link.startswith("#")] == []
    assert len(page.ids) == len(set(page.ids))


def test_hostile_names_stay_text_in_markdown(hostile: Study) -> None:
    source = as_markdown(hostile)
    for rows in markdown_tables(source):
        assert {len(cells(row)) for row in rows} == {len(cells(rows[0]))}
    outside = re.sub(r"^(`{3,})[\s\S]*?^\1$", "", source, flags=re.MULTILINE)
    outside = re.sub(r"(?<!\\)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)", "", outside)
    assert "<script" not in outside
    assert not re.search(r"(?<!\\)\]\(http", outside)
    assert not re.search(r"(?<!\\)\*star", outside)


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("a|b", "a\\|b"),
        ("<i>&amp;", "&lt;i&gt;&amp;amp;"),
        ("snake_case _lead trail_", "snake_case \\_lead trail\\_"),
        ("`a`", "\\`a\\`"),
        ("1. one", "1\\. one"),
        ("- dash", "\\- dash"),
        ("# head", "\\# head"),
        ("two\nlines", "two lines"),
        ("see http://x.org", "see http&#58;//x.org"),
        ("back\\slash", "back\\\\slash"),
    ],
)
def test_markdown_text(value: str, escaped: str) -> None:
    assert text(value) == escaped


def test_markdown_code() -> None:
    assert code("a_b") == "`a_b`"
    assert code("a`b``c") == "```a`b``c```"
    assert code("`") == "`` ` ``"
    assert code("a|b", cell=True) == "`a\\|b`"
    assert fenced(["```", "x"], "sh") == ["````sh", "```", "x", "````", ""]


def test_a_table_with_a_ragged_row_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells in a table of 1"):
        table(["a"], [["1", "2"]])


# -- findings and repairs ------------------------------------------------------------------------------------------------
def test_findings_come_first_those_that_nobody_explained_before_all(review: Study) -> None:
    assert [f.status for f in review.findings] == ["new", *["declared"] * 5, "outdated"]
    ids = [f.id for f in review.findings]
    assert ids[0] == "unexplained"
    assert len(set(ids)) == len(ids) == 7
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name) for name in ids)
    assert review.findings[0].row.name == "unexplained"


def test_traces_are_told_in_few_lines_and_all_of_them_is_there(review: Study) -> None:
    text = as_markdown(review)
    for found in review.findings:
        trace = found.row.trace
        if trace is None or not trace.steps:
            continue
        assert 0 < len(trace.told) <= 25
        assert 0 < len(trace.printed) <= 12
        assert "\n".join(trace.told) in text
        whole = text.partition(f'<a id="trace-{found.id}"></a>')[2].partition("</details>")[0]
        assert all(message.event in whole for message in trace.chart.messages)


def test_a_repair_that_works_says_so(review: Study) -> None:
    check = finding(review, "never_locked_open_again").check
    assert (check.result, check.verdict) == ("works", "HOLDS")
    assert check.parameters == (("both_ways", "no", "yes"),)
    assert check.command.endswith(":door --set both_ways=yes never_locked_open_again")


def test_a_repair_that_does_not_work_says_so_and_shows_why(review: Study) -> None:
    found = finding(review, "never_locked_open")
    assert (found.check.result, found.check.verdict) == ("fails", "VIOLATED")
    assert found.line == "checked, it does not work"
    assert [m.event for m in found.check.trace.chart.messages] == ["turns", "opens"]
    for source in (Page(as_html(review)).text, as_markdown(review)):
        assert "The repair was checked: it does not work, the promise is violated with it." in source


def test_a_repair_that_only_makes_the_promise_vacuous_is_no_success(review: Study) -> None:
    check = finding(review, "bell_needs_the_door").check
    assert (check.result, check.verdict) == ("vacuous", "HOLDS VACUOUSLY")
    assert "shows nothing" in check.conclusion


def test_a_repair_under_which_the_property_cannot_be_stated(review: Study) -> None:
    check = finding(review, "bell_is_quiet").check
    assert (check.result, check.verdict) == ("impossible", "")
    assert "no component 'bell'" in check.reason
    assert "could not be checked" in as_markdown(review)


def test_a_repair_without_parameters_is_not_called_checked(review: Study) -> None:
    found = finding(review, "never_open")
    assert found.check is None
    assert found.line == "proposed, not checked"
    assert "Not checked." in Page(as_html(review)).text


def test_what_a_repair_changes_elsewhere_is_told(review: Study) -> None:
    check = finding(review, "never_locked_open_again").check
    changed = {c.name: (c.before, c.after) for c in check.changed}
    assert changed["can_be_locked_open"] == ("HOLDS", "VIOLATED")
    assert changed["never_locked_open"] == ("VIOLATED", "HOLDS")
    assert "no longer reachable: can_be_locked_open" in check.conclusion
    assert check.compared == 10


def test_a_repair_that_breaks_another_promise_says_so() -> None:
    @stated(finding=Finding("t", "e", "r", {"moves": True}))
    def goes_up(d: System) -> Property:
        """The flag goes up at last."""
        return leads_to(d.flag.down, d.flag.up, fairness=weakly_fair("automatic"))

    @stated()
    def stays_down(d: System) -> Property:
        """The flag stays down."""
        return never(d.flag.up)

    @design
    def swap(moves: bool = False) -> System:
        """Two promises that exclude each other."""
        flag = Component("flag", states=["down", "up"], transitions=[on("pull", "down", "up", when=Literal(moves))])
        return compose("swap", [flag], properties=[goes_up, stays_down])

    (found,) = collect([swap], claims=()).findings
    assert found.check is not None
    assert found.check.result == "works"
    assert found.line == "checked, it works; it breaks stays_down"


def test_a_repair_already_in_the_parameters_is_judged_by_what_was_found() -> None:
    done = collect([door], {"interlock": "yes"}, claims=())
    check = finding(done, "never_locked_open").check
    assert check.result == "fails"
    assert "already make the repair: it does not work" in check.conclusion


def test_a_repair_with_an_unknown_parameter_is_an_error() -> None:
    part = Component("part", states=["a", "b"], transitions=[on("go", "a", "b")])

    @design
    def broken() -> System:
        """One step."""
        item = never(part.b, name="no_b", finding=Finding("t", "e", "r", {"nothing": True}))
        return compose("broken", [part], properties=[item])

    with pytest.raises(PropertyError, match=r"\[DR302\] the repair in the finding of property no_b: .*'nothing'"):
        collect([broken], claims=())


# -- what else is told -----------------------------------------------------------------------------------------------
def test_claims_in_scope_are_all_there(review: Study) -> None:
    verdicts = {row.claim.key: row.verdict for row in review.claims}
    assert verdicts == {
        "D-1": "fails as stated",
        "D-2": "fails as stated",
        "D-3": "holds as stated",
        "D-4": "holds as stated",
        "D-5": "holds as stated",
        "D-6": "holds as stated",
        "D-7": "holds as stated",
        "D-8": "not decided",
    }
    assert [(g.name, g.size) for g in review.out_of_scope] == [("E", 1)]


def test_a_skipped_property_leaves_its_claim_undecided() -> None:
    done = collect([door], {"patience": hours(2)}, claims=CLAIMS)
    row = next(r for r in done.claims if r.claim.key == "D-6")
    assert row.verdict == "not decided"
    assert row.notes == ("always_a_step was not run: it is stated for patience=4h",)
    for source in (Page(as_html(done)).text, as_markdown(done)):
        assert "stated for patience=4h" in source


def test_a_claim_that_is_not_listed_is_shown_as_such() -> None:
    (row, *_) = collect([door], claims=()).claims
    assert row.notes[0] == "not in the list of claims"


def test_worst_cases_have_values_units_and_traces(review: Study) -> None:
    opened, forgot = review.designs[0].worst_cases
    assert opened.value == "3 ticks (3h)"
    assert opened.trace is not None
    assert opened.trace.text[-1].endswith("= the worst case: 3 ticks (3h)")
    assert forgot.value == "6"
    assert forgot.given == (("", (("both_ways", "yes"),)),)


@pytest.mark.parametrize(("bound", "value"), [(hours(2), "more than 2h"), (2, "more than 2 ticks (2h)")])
def test_a_bound_in_time_that_is_broken_has_a_value(bound: Duration | int, value: str) -> None:
    @stated
    def shut_in_time(d: System) -> Property:
        return within(bound, d.door.shut, after=d.door.open)

    def held() -> System:
        rows = [on("opens", "shut", "open"), on("shuts", "open", "shut"), on("tick")]
        opened = Component("door", ["shut", "open"], transitions=rows)
        return compose("held", [opened], tick=hours(1), properties=[shut_in_time])

    made = collect([design(held)], claims=())
    (row,) = made.designs[0].worst_cases
    assert (row.verdict, row.value) == ("VIOLATED", value)
    told = rf"\| \[{re.escape(value)}\]\(#trace-[\w-]+\) \| {re.escape(row.promise)}<br>"
    assert re.search(told, as_markdown(made))
    unknown = replace(row, value="", verdict="INCONCLUSIVE", trace=None)
    rows = tuple(unknown if each is row else each for each in made.designs[0].rows)
    cut = replace(made, designs=(replace(made.designs[0], rows=rows),))
    assert f"| not known | {row.promise}<br>" in as_markdown(cut)


def test_coverage_names_what_never_happens(review: Study) -> None:
    covered = review.designs[0].coverage
    assert covered.known
    assert [event.name for event in covered.idle] == ["breaks"]
    assert [(state.name, state.elsewhere) for state in covered.unentered] == [("bell.silent", ())]
    assert [name for name, _ in covered.vacuous] == ["never_reached"]


def test_coverage_tells_which_other_search_does_it() -> None:
    @design
    def needs(more: bool = False) -> System:
        """A step that only one parameter value allows."""
        step = Component("part", states=["a", "b"], transitions=[on("go", "a", "b", when=Literal(more))])
        gone = stated(given={"more": True})(lambda d: reachable(d.part.b))
        return compose("needs", [step], properties=[replace(gone, name="gone")])

    covered = collect([needs], claims=()).designs[0].coverage
    assert [(s.name, s.elsewhere) for s in covered.unentered] == [("part.b", ("more=yes",))]
    assert [(e.name, e.elsewhere) for e in covered.idle] == [("go", ("more=yes",))]


def test_assumptions_faults_and_parameters(review: Study) -> None:
    view = review.designs[0]
    assert {a.text: a.properties for a in view.assumptions} == {
        "The watchman is awake": ("longest_opening",),
        "Weak fairness of operator events": ("shut_again",),
    }
    assert {(f.kind, f.budget) for f in view.faults} == {
        ("power outage", "at most 1"),
        ("site failure", "at most 1"),
        ("other events of the environment", "any number of times"),
    }
    assert view.parameters[0].doc == "how long the watchman waits"
    assert view.changed_parameters == ()


def test_a_search_that_stopped_early_is_told_first_and_never_reads_as_holds() -> None:
    whole = reviewed([door], {"memory": 64}, claims=CLAIMS, limits=Limits(states=1500))  # looked at every 1,024 states
    (done,) = whole.studies
    assert {row.verdict for row in done.rows if row.name in ("shut_again", "always_a_step")} == {"INCONCLUSIVE"}
    assert all(row.verdict != "HOLDS" for row in done.rows if not row.complete and row.family not in ("reachability",))
    assert not done.designs[0].coverage.known
    for source in (Page(as_html(done)).text, as_markdown(done)):
        assert "Incomplete search." in source
        assert "INCONCLUSIVE" in source
        assert "at least" in source
    assert "--limit-states 1500" in files(whole)["review.md"]


def test_facts_of_structure_need_no_search(review: Study) -> None:
    search = next(s for s in review.designs[0].searches if s.purpose == "outages=0")
    assert not search.needed
    assert review.incomplete == ()
    assert "Incomplete" not in as_html(review)
    for source in (Page(as_html(review)).text, as_markdown(review)):
        assert "not searched: only facts of structure were stated" in source


def test_two_designs_in_one_review() -> None:
    other = replace(door, title="Another door")
    done = collect([door, other], {"outages": "2"}, claims=CLAIMS)
    assert [d.title for d in done.designs] == ["A door", "Another door"]
    assert all(machine.same_as == "in A door" for machine in done.designs[1].machines)
    assert len(done.findings) == 7
    assert all(len(f.also) == 1 for f in done.findings)
    assert all(len(done.findings_of(d)) == 7 for d in done.designs)
    assert "A door; Another door" in Page(as_html(done)).text
    assert "A door; Another door" in as_markdown(done)
    link = f"**VIOLATED**<br>[Finding {done.findings[1].id}](#finding-{done.findings[1].id})"
    assert sum(link in line for line in as_markdown(done).splitlines()) == 2
    page = Page(as_html(done))
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_a_review_by_slices_says_what_its_numbers_are_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """States are those of slices, coverage is not known, no execution is called the shortest."""
    monkeypatch.setattr("drcheck.verdicts.sliced.LOOK", 0)

    def counting() -> System:
        count = Counter("count", 9, cap_is="all that there are")
        counter = Component("counter", ["only"], variables=[count], transitions=[on("rise", then={count: count + 1})])
        promises = [never(count > 9, name="no_more"), worst_case(count, at_most=9, name="most")]
        return compose("counting", [counter], properties=promises)

    whole = reviewed([design(counting)], by="slices", claims=())
    (done,) = whole.studies
    assert whole.command.endswith("--by slices --budget 0")
    assert all(row.by_slices for row in (*done.rows, *done.designs[0].searches))
    assert not done.designs[0].coverage.known
    source = as_markdown(done)
    for said in (
        "states of slices and replays, all verdicts together",
        "Slices do not see the states of the system, so nothing can be said about what never happens",
        "with an execution that attains it",
        ", of slices and replays",
    ):
        assert said in source
    assert from_json(as_json(review_of(done))).studies[0].rows == done.rows
    with pytest.raises(EngineError, match="DR519"):
        collect([design(counting)], by="slices", engine="reference", claims=())


def test_settings_are_read_as_texts_and_unknown_ones_refused() -> None:
    assert collect([door], {"patience": "2h"}, claims=()).designs[0].changed_parameters[0].value == "2h"
    with pytest.raises(DesignError, match=r"DR204.*'patiense'.*did you mean 'patience'"):
        collect([door], {"patiense": "2h"}, claims=())


def test_without_a_picture_the_review_says_so_in_words(review: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise OutputError("DR602", "Graphviz is not available")

    monkeypatch.setattr("drcheck.report.pictures.to_svg", fail)
    page = Page(as_html(review))
    assert "No picture of the architecture could be drawn ([DR602] Graphviz is not available)" in page.text
    assert "site house, hit as a whole by house_fails: leaf, lock, house" in page.text
    assert "free -> locked: turns (operator)" in page.text


def test_the_glossary_explains_what_is_used(review: Study) -> None:
    explained = dict(review.terms)
    assert {"finding", "repair", "fairness", "tick", "vacuous", "worst case", "not decided"} <= set(explained)
    assert "recoverability" not in explained
    with pytest.raises(KeyError, match="sausage"):
        terms(["sausage"])


def test_an_undefined_name_in_a_template_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        environment().from_string("{{ review.titel }}").render(review={})
    assert all(environment().get_template(name) for name in environment().list_templates())


# -- files -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("output", "page"),
    [("x.html", "x.html"), ("a/x.md", "a/x.html"), ("out", "out/review.html"), ("v1.2", "v1.2/review.html")],
)
def test_where_files_go(output: str, page: str) -> None:
    assert first(output) == Path(page)


def test_the_same_review_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    written = []
    for folder in ("a", "b"):
        paths = write_review([door], {}, tmp_path / folder / "new", claims=CLAIMS)
        assert [p.name for p in paths] == ["review.html", "review.md", "review.json"]
        text = "".join(path.read_text(encoding="utf-8") for path in paths[:2])
        assert "2023-11-14 22:13 UTC" in text
        written.append(re.sub(r"\b\d+\.\d\d\b", "SECONDS", text))
    assert written[0] == written[1]
    made = {p.name: p.read_bytes() for p in (tmp_path / "a" / "new").iterdir()}
    assert sorted(made) == ["review.html", "review.json", "review.md"]
    save(from_json(made["review.json"].decode()), tmp_path / "again")
    assert {p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()} == made


def test_two_studies_have_a_file_each_and_an_index(review: Study) -> None:
    other = replace(review, key="other", title="Another study")
    both = replace(review_of(review), studies=(review, other))
    written = files(both)
    assert sorted(written) == sorted(f"{n}.{e}" for n in ("review", review.key, "other") for e in ("html", "md"))
    links = Page(written["review.html"]).links
    assert {f"{review.key}.html#page-one", "other.html#page-one"} <= set(links)
    finding = next(link for link in links if link.startswith("other.html#finding-"))
    assert finding.partition("#")[2] in Page(written["other.html"]).ids
    assert "review.html#studies" in Page(written["other.html"]).links
    assert f"other.md#{finding.partition('#')[2]}" in written["review.md"]


def test_a_claim_of_two_studies_is_decided_by_both() -> None:
    @stated(claims="D-1")
    def never_down(d: System) -> Property:
        """The mast never falls."""
        return never(d.mast.down)

    def mast() -> System:
        part = Component("mast", ["up", "down"], transitions=[on("falls", "up", "down")])
        return compose(
            "mast",
            [part],
            properties=[never_down, replace(never_down, name="d2", details={**never_down.details, "claims": ("D-2",)})],
        )

    mast.__module__ = "elsewhere.mast"
    both = reviewed([door, design(mast)], claims=CLAIMS)
    here, there = both.studies
    assert [s.key for s in both.studies] == ["report", "elsewhere"]
    for study in both.studies:
        row = next(row for row in study.claims if row.claim.key == "D-1")
        assert {d.study for d in row.decisions} == {"report", "elsewhere"}
    assert [row.claim.key for row in there.claims] == ["D-1", "D-2"]
    assert "D-8" in [row.claim.key for row in here.claims], (
        "what nobody decides goes to the study that has most of its group"
    )
    written = files(both)
    assert "review.html" in written
    assert "elsewhere.html#mast-never_down" in written["report.html"]


def test_what_does_not_fit_a_file_moves_to_another_by_address(review: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = files(review_of(review))
    monkeypatch.setattr("drcheck.report.page.NODES", 700)
    written = {name: text for name, text in files(review_of(review)).items() if name.endswith("html")}
    pages = {name: Page(text) for name, text in written.items()}
    assert len(pages) > 3
    for name, page in pages.items():
        assert len(re.findall(r"<[a-zA-Z]|>[^<]", written[name])) < 900, name  # with its frame
        for link in page.links:
            where, _, address = link.partition("#")
            assert address in pages[where or name].ids, f"{name}: {link}"
    frame = set(Page(whole["review.html"]).ids)
    assert frame <= {address for page in pages.values() for address in page.ids}
    assert "page-one" in pages["review.html"].ids


def test_an_unwritable_place_is_found_out_before_the_search(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    def listener(_: str) -> None:
        raise AssertionError("a search was begun")

    with pytest.raises(OutputError, match="DR601"):
        write_review([door], {}, tmp_path / "file" / "review.html", claims=(), listener=listener)
    (tmp_path / "x.md").mkdir()
    with pytest.raises(OutputError, match=r"DR601.*x\.md is a directory"):
        write_review([door], {}, tmp_path / "x.html", claims=(), listener=listener)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "x.md"]


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, review: Study) -> None:
    with pytest.raises(DesignError):
        write_review([door], {"nothing": "1"}, tmp_path / "new" / "folder", claims=())
    assert list(tmp_path.iterdir()) == []

    (tmp_path / "review.html").write_text("old")

    def full(*_: object, **__: object) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("drcheck.whole_files.os.fdopen", full)
    with pytest.raises(OutputError, match=r"\[DR601\].*No space left on device"):
        save(review_of(review), tmp_path)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("review.html", "old")]


def test_claims_of_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "properties"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.chdir(tmp_path)
    assert claims_listed() is None
    (tmp_path / "properties").mkdir()
    claim = 'Claim("X-1", "text", "document", "section")'
    (tmp_path / "properties" / "claims.py").write_text(
        f"from drcheck.verdicts.claims import Claim\nCLAIMS = ({claim},)\n"
    )
    importlib.invalidate_caches()
    assert [claim.key for claim in claims_listed() or ()] == ["X-1"]


def test_a_design_that_cannot_be_composed_is_one_coded_error(tmp_path: Path) -> None:
    @design
    def impossible() -> System:
        """No components."""
        return compose("impossible", [])

    with pytest.raises(ModelError, match="DR113"):
        write_review([impossible], {}, tmp_path, claims=())
    assert list(tmp_path.iterdir()) == []
    assert isinstance(impossible, Design)


# -- the order and the identifiers of findings ---------------------------------------------------------------------------
SHARED = Finding(
    "The first goes",
    "It does.",
    id="first-goes",
    causes="happens(one)",
    silent=True,
    permanent=True,
    cost="worst",
    who="the operators",
    question="May it go?",
    accepted=Accepted("the owner", "2026-01-31", "it is rare"),
)


def two_parts(*further: Any) -> Any:
    first = Component("first", ["up", "down"], transitions=[on("one", "up", "down", fault="f")])
    second = Component("second", ["up", "down"], transitions=[on("other", "up", "down", fault="f")])
    lost = count([first.down, second.down])
    promises = [
        never(
            first.down & second.down,
            name="both",
            finding=Finding("Both go", "They do.", causes="first.down & second.down"),
        ),
        never(
            second.down, name="second_stays", finding=Finding("The second goes", "It does.", causes="happens(other)")
        ),
        never(first.down, name="first_stays", finding=SHARED),
        never(first.down & second.up, name="not_alone", finding=SHARED),
        never(lost > 0, name="none_lost", finding=Finding("It goes", "It does.", causes="happens(one)")),
        worst_case(lost, name="worst"),
        *further,
    ]

    @design
    def parts() -> System:
        return compose("parts", [first, second], faults={"f": 2}, properties=promises)

    return parts


def test_findings_are_in_order_of_their_faults_and_one_is_listed_once() -> None:
    found = collect([two_parts()], claims=()).findings
    assert [(f.id, f.status) for f in found] == [
        ("none-lost-otherwise", "new"),
        ("first-goes", "declared"),  # silent and for good
        ("second-stays", "declared"),
        ("none-lost", "declared"),
        ("both", "declared"),  # needs two faults
    ]
    shared = found[1]
    assert [row.name for row in shared.rows] == ["first_stays", "not_alone"]
    assert (shared.needs, shared.cost) == ("1 fault", "2")
    assert found[-1].needs == "2 faults"
    assert found[0].row.trace is not None
    assert "other" in "".join(found[0].row.trace.text)


def test_a_review_says_what_is_known_of_a_finding() -> None:
    said = as_markdown(collect([two_parts()], claims=()))
    for part in ("May it go?", "the operators", "the owner, 2026-01-31: it is rare", "cause: happens(one) (proved"):
        assert text(part) in said
    assert "is violated in another way than declared" in said


def test_an_identifier_is_that_of_one_finding() -> None:
    first = Component("p", ["a", "b"], transitions=[on("go", "a", "b")])

    @design
    def another() -> System:
        finding = Finding("Another", "It does.", id="first-goes", causes="happens(go)")
        return compose("another", [first], properties=[never(first.b, name="stays", finding=finding)])

    with pytest.raises(PropertyError, match=r"\[DR303\] two findings have the id 'first-goes'"):
        collect([two_parts(), another], claims=())


def test_a_cost_is_a_worst_case_of_the_design() -> None:
    part = Component("p", ["a", "b"], transitions=[on("go", "a", "b")])

    @design
    def costly() -> System:
        return compose(
            "costly", [part], properties=[never(part.b, name="stays", finding=Finding("t", "e", cost="much"))]
        )

    with pytest.raises(PropertyError, match=r"\[DR302\] the cost in the finding of property stays: .*'much'"):
        collect([costly], claims=())
