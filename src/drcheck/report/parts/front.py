"""Page one, for those who sign: question, answer, objectives against results, the worst, what is open; then the same in full.

Everything on it is put together from findings, claims and disruptions. What there is no room for stands in the part "At a
glance", and page one says how much that is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from drcheck.designs.parameter import ParameterRole
from drcheck.report.blocks import (
    Badge,
    Block,
    Heading,
    Items,
    Link,
    Name,
    Para,
    Part,
    Row,
    Side,
    Strong,
    Table,
    Words,
)
from drcheck.report.content import VERDICTS, FindingView, ObjectivesView, PropertyRow, ResultRow, Study
from drcheck.report.parts.decisions import by_severity, checks_of, decisions, not_examined, numbers, questions
from drcheck.report.parts.findings import tags
from drcheck.report.parts.phrases import (
    claim_refs,
    finding_address,
    finding_link,
    joined,
    plainly,
    prose,
    spelt,
    status_words,
)
from drcheck.report.parts.traces import has_trace, way_to_trace
from drcheck.report.words import count, sentence
from drcheck.verdicts.claim_verdicts import Word
from drcheck.verdicts.notices import Noticed
from drcheck.verdicts.objectives import Standing
from drcheck.verdicts.wording import some

WORST, OPEN, MORE = 5, 3, 6
"""How many findings, and how many questions, decisions and gaps, page one has room for; `MORE` where nothing is measured."""
FRONT, GLANCE = "page-one", "at-a-glance"
"""The addresses of the two parts."""


def front_part(study: Study) -> Part:
    """Page one."""
    results = _results(study)
    most = OPEN if any(isinstance(block, Table) for block in results) else MORE
    blocks: list[Block] = [
        Para((Strong("Question."), " ", study.question)),
        Para((Strong("Answer."), " ", *answer(study)), tone="answer"),
        *_incomplete(study),
        *results,
        Heading(("The worst findings, and what to do",)),
        *_worst(study),
        Side(
            (
                _open("Not examined", not_examined(study), most),
                _open("Ask the vendor", questions(study, brief=True), most),
                _open("Decide", decisions(study, brief=True), most),
            )
        ),
        Table(
            ("Name and role", "Accepted, accepted with changes, or rejected", "Date and signature"),
            (Row(((), (), ())),) * 2,
            "sign-off",
        ),
    ]
    return Part(FRONT, "For those who sign", tuple(blocks), printed=True)


# -- the answer --------------------------------------------------------------------------------------------------------
def answer(study: Study) -> Words:
    """Two sentences: what became of the claims and objectives, and what is the gravest finding."""
    return (*_claims_sentence(study), " ", *_gravest_sentence(study))


_SAID = {
    Word.FAILS.value: ("fails as stated", "fail as stated"),
    Word.CONTRADICTED.value: ("is contradicted by another place", "are contradicted by another place"),
    Word.ONLY_IF.value: ("holds only under a condition not stated", "hold only under conditions not stated"),
    Word.HOLDS.value: ("holds as stated", "hold as stated"),
    Word.CONFIRMED.value: ("states a loss that is confirmed", "state a loss that is confirmed"),
    Word.LESS.value: ("states more loss than there is", "state more loss than there is"),
    Word.INSTRUCTION.value: (
        "is an instruction, whose effect was examined",
        "are instructions, whose effect was examined",
    ),
    Word.NOT_DECIDED.value: ("is not decided", "are not decided"),
}


def _claims_sentence(study: Study) -> Words:
    counts = dict(study.claim_words)
    parts = [f"{counts[word]} {forms[counts[word] > 1]}" for word, forms in _SAID.items() if counts.get(word)]
    missed, open_, stated = _objectives(study)
    lead = _lead(study, counts, missed)
    objectives = _objectives_said(missed, open_, stated)
    if parts:
        said = f"{lead}: of {count(len(study.claims), 'claim')}, {_listed(parts)}"
        said += f"; {objectives}" if stated else ""
    else:
        broken = sum(row.verdict == "VIOLATED" for row in study.rows)
        said = f"{lead}: {broken} of {count(len(study.rows), 'property', 'properties')} {'is' if broken == 1 else 'are'} violated"
        said += f", and {objectives}" if stated else ""
    return (f"{said}.",)


_JUDGED = (Word.HOLDS, Word.ONLY_IF, Word.FAILS, Word.CONTRADICTED, Word.CONFIRMED, Word.LESS)
"""What a claim can be found to be; an instruction is no promise."""


def _lead(study: Study, counts: Mapping[str, int], missed: int) -> str:
    """The answer in a few words: by the claims and objectives, or where none are decided, by the findings."""
    judged = sum(counts.get(word.value, 0) for word in _JUDGED)
    if missed or counts.get(Word.FAILS.value) or counts.get(Word.CONTRADICTED.value) or (study.findings and not judged):
        lead = "No"
    elif counts.get(Word.ONLY_IF.value) or counts.get(Word.NOT_DECIDED.value):
        lead = "Only in part"
    else:
        lead = "Yes, what is claimed holds" if judged else "Yes"
    return f"{lead}, as far as was searched" if study.incomplete else lead


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _objectives(study: Study) -> tuple[int, int, int]:
    """How many objectives are missed, and how many not decided, of how many that are stated."""
    standings = [row.standing for view in study.objectives for row in view.results]
    missed, open_ = (standings.count(word.value) for word in (Standing.MISSED, Standing.UNDECIDED))
    return missed, open_, missed + open_ + standings.count(Standing.MET.value)


def _objectives_said(missed: int, open_: int, stated: int) -> str:
    """What became of the objectives."""
    parts = [
        f"{number} {'is' if number == 1 else 'are'} {word}"
        for number, word in ((missed, "missed"), (open_, "not decided"))
        if number
    ]
    if parts:
        return f"of {count(stated, 'stated objective')}, {_listed(parts)}"
    return f"{_ALL.get(stated, f'all {stated} stated objectives are')} met"


_ALL = {1: "the one stated objective is", 2: "both stated objectives are"}


def _gravest_sentence(study: Study) -> Words:
    worst = by_severity(study)
    if not worst:
        return ("No finding stands against it.",)
    first = worst[0]
    mended = sum(finding.check is not None and finding.check.result == "works" for finding in worst)
    said = _about(first)
    before = "The one finding is: " if len(worst) == 1 else f"The gravest of {len(worst)} findings is: "
    works = (
        f"for {mended} of them a repair was checked, and works"
        if len(worst) > 1
        else "its repair was checked, and works"
    )
    ending = f"; {works}" if mended else "; no repair was found to work"
    return (before, finding_link(first), f" ({said})" if said else "", f"{ending}.")


def _about(finding: FindingView) -> str:
    """What a finding needs, how it ends, and what it costs."""
    costs = f"costs {plainly(finding.cost)}" if finding.cost else ""
    return "; ".join(part for part in (_ends(finding), costs) if part)


def _ends(finding: FindingView) -> str:
    """What a finding needs, and how it ends."""
    needs = f"needs {_takes(finding)}" if finding.needs else ""
    told, undone = "nobody is told" if finding.silent else "", "cannot be undone" if finding.permanent else ""
    return ", ".join(part for part in (needs, told, undone) if part)


def _takes(finding: FindingView) -> str:
    """How many faults and slips a finding takes, in a few words; of what is known of its trace alone, at most so many."""
    said = finding.needs.partition(",")[0]
    return said if finding.exact or not finding.adversities else f"at most {said}"


# -- objectives against results ----------------------------------------------------------------------------------------
def _results(study: Study) -> list[Block]:
    blocks: list[Block] = []
    for views in _alike([view for view in study.objectives if view.results]):
        of = f" \N{EN DASH} {views[0].title}" if len(study.designs) > 1 and len(views) == 1 else ""
        blocks += [Heading((f"Objectives against results{of}",)), _matrix(views)]
    return [*blocks, Para((UNSTATED,), tone="small")] if blocks else _worst_cases(study)


def _alike(views: Sequence[ObjectivesView]) -> list[list[ObjectivesView]]:
    """The designs whose disruptions are mostly called alike together: they share a table."""
    groups: list[list[ObjectivesView]] = []
    for view in views:
        names = {d.name for d in view.disruptions}
        for group in groups:
            theirs = {d.name for each in group for d in each.disruptions}
            if 2 * len(names & theirs) > len(names | theirs):
                group.append(view)
                break
        else:
            groups.append([view])
    return groups


UNSTATED = (
    "Each value is the greatest of all that can happen. Where no objective or notice is stated, no document states one."
)


def _worst_cases(study: Study) -> list[Block]:
    """Where no disruption is declared: the greatest of the worst cases."""
    rows = [row for row in study.rows if row.is_worst_case and row.value]
    if not rows:
        return [Para((UNMEASURED,), tone="small")]
    shown = [Row((_valued(study, row), (row.promise,))) for row in rows[:CASES]]
    more = len(rows) - CASES
    rest: Words = (f"No disruption is declared. And {more} more ", Link("worst cases", "worst-cases"), ".")
    none: Words = ("No disruption is declared, and so no objective.",)
    return [
        Heading(("Worst cases",)),
        Table(("At worst", "What"), tuple(shown), "worst"),
        Para(rest if more > 0 else none, tone="small"),
    ]


UNMEASURED = "No disruption is declared and nothing is measured: the findings say what is lost, not how much of it."


def _valued(study: Study, row: PropertyRow) -> Words:
    value = plainly(row.value)
    return (Link(value, way_to_trace(study, row)) if has_trace(row) else value,)


CASES = 6
"""How many worst cases page one has room for."""


def _matrix(views: Sequence[ObjectivesView]) -> Table:
    """A row for each disruption, a column for each measure of each design, and whether what happens is noticed."""
    measures = [
        (view, measured, name)
        for view in views
        for measured, name in sorted(
            dict.fromkeys((r.measured, r.measure) for r in view.results if r.measure), key=lambda m: m[0] != "loss"
        )
    ]
    titles = _apart(views)
    promises = {r.measure: r.promise for view in views for r in view.results}
    heads = [
        (f"{titles[view.design]}, " if len(views) > 1 else "")
        + f"{'lost' if measured == 'loss' else 'back'}: {spelt(name, promises[name])}"
        for view, measured, name in measures
    ]
    heads = [f"{head[0].upper()}{head[1:]}" for head in heads]
    noticed = any(view.answers for view in views)
    rows = []
    for name in dict.fromkeys(d.name for view in views for d in view.disruptions if not d.left_out):
        of = {(view.design, r.measured, r.measure): r for view in views for r in view.results if r.disruption == name}
        keys = [(view.design, measured, measure) for view, measured, measure in measures]
        cells: list[Words] = [(name,), *(_result(of[key]) if key in of else () for key in keys)]
        rows.append(Row((*cells, _noticed(views, name)) if noticed else tuple(cells)))
    return Table(("Disruption", *heads, *(("Is it noticed?",) if noticed else ())), tuple(rows), "matrix")


def _apart(views: Sequence[ObjectivesView]) -> dict[str, str]:
    """The titles of designs, without the words that all begin with."""
    words = [view.title.split(" ") for view in views]
    same = next((n for n, each in enumerate(zip(*words, strict=False)) if len(set(each)) > 1), 0)
    return {view.design: " ".join(each[same:]) for view, each in zip(views, words, strict=True)}


AT_MOST = "\N{LESS-THAN OR EQUAL TO}"


def _result(row: ResultRow) -> Words:
    """A value with its unit, and the objective where one is stated."""
    way: Words = (Link(plainly(row.value) or "not known", row.id),)
    if row.standing in (Standing.MET.value, Standing.MISSED.value, Standing.UNDECIDED.value):
        limit, _, unit = row.limit.partition(" ")
        told = limit if not unit or unit in row.value.split() else row.limit
        return (*way, " ", Badge(row.standing), f" ({AT_MOST}{told})")
    return way


_NOTICED = (
    Noticed.NOT_ALWAYS,
    Noticed.NOT_STATED,
    Noticed.UNDECIDED,
    Noticed.AT_LAST,
    Noticed.WITHIN,
    Noticed.AT_ONCE,
)


def _noticed(views: Sequence[ObjectivesView], disruption: str) -> Words:
    """The least that is noticed of what happens under a disruption."""
    words = {answer.word for view in views for answer in view.answers if answer.disruption == disruption}
    for word in _NOTICED:
        if word.value in words:
            return (word.value,)
    return ()


# -- findings, and what is open ----------------------------------------------------------------------------------------
def _worst(study: Study) -> list[Block]:
    found = by_severity(study)
    if not found:
        return [Para(("No promise was found broken.",))]
    shown = Items(tuple(_briefly(study, finding) for finding in found[:WORST]), ordered=True)
    more = len(found) - WORST
    rest: Words = (f"And {more} more: ", Link("all findings at a glance", GLANCE), ".")
    return [shown, *([Para(rest, tone="small")] if more > 0 else [])]


def _briefly(study: Study, finding: FindingView) -> Words:
    """A finding in a few lines, and what to do."""
    about = _about(finding)
    todo = _first_sentence(finding.repair) or "no repair is proposed"
    who = f" ({finding.who})" if finding.who else ""
    return (
        Badge(finding.severity.value),
        " ",
        finding_link(finding),
        f": {about}. " if about else ". ",
        Strong(f"What to do{who}:"),
        f" {sentence(todo)} ",
        *_tried(study, finding),
        ".",
    )


def _tried(study: Study, finding: FindingView) -> Words:
    """What became of the repair, in a few words: the worst of what was found, and what becomes of other promises."""
    checks = checks_of(finding)
    if not checks:
        kept = _kept_with(study, finding.row)
        if kept:
            return ("Not tried as a change, but the promise holds with ", *joined(kept, " and "))
        return ("Not checked on the model" if finding.repair else "Nothing was checked",)
    said = list(dict.fromkeys(check.brief.partition(";")[0] for check in checks))
    changed = [change for check in checks for change in check.changed if change.after == "VIOLATED"]
    for witness, word in ((False, "it breaks"), (True, "it also rules out")):
        names = some(dict.fromkeys(spelt(change.name) for change in changed if change.witness == witness))
        said += [f"{word}: {', '.join(names)}"] if names else []
    return (sentence("; ".join(said))[:-1],)


CHOSEN = {ParameterRole.DEPLOYMENT.heading, ParameterRole.READING.heading, ParameterRole.REPAIR.heading}
"""The headings of parameters that somebody chooses; others are what may go wrong, and how much of it is looked at."""


def _kept_with(study: Study, row: PropertyRow) -> list[Words]:
    """With which choices the same promise of the same design holds, all else being equal; none where that is not known."""
    own = _settings(row)
    for other in study.rows:
        if other.place != row.place or other.design != row.design or other.verdict != "HOLDS":
            continue
        theirs = _settings(other)
        apart = [name for name in own | theirs if own.get(name) != theirs.get(name)]
        if apart and all((own | theirs)[name][0] in CHOSEN for name in apart):
            return [(Name(name), f" {theirs[name][1] if name in theirs else 'as designed'}") for name in apart]
    return []


def _settings(row: PropertyRow) -> dict[str, tuple[str, str]]:
    """The parameters that are a property's own: the heading and the value of each."""
    return {name: (heading, value) for heading, pairs in row.given for name, value in pairs}


def _first_sentence(text: str) -> str:
    """The first sentence of a text."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", text.strip(), maxsplit=1)[0]


def _open(title: str, entries: Sequence[Words], most: int) -> tuple[Block, ...]:
    """What is open, as far as there is room: so `most` entries."""
    if not entries:
        return (Heading((title,)), Para(("Nothing.",)))
    more = len(entries) - most
    rest: Words = (f"And {more} more, ", Link("at a glance", GLANCE), ".")
    blocks: tuple[Block, ...] = (Heading((title,)), Items(tuple(entries[:most])))
    return (*blocks, Para(rest, tone="small")) if more > 0 else blocks


def _incomplete(study: Study) -> list[Block]:
    """A warning for every search that stopped early."""
    return [
        Para(
            (
                Strong("Incomplete search."),
                f" The search of {title} ({search.purpose}) stopped at {search.stopped or 'a limit'}, after {search.states:,} "
                "states. What was not found there may still exist.",
            ),
            tone="warning",
        )
        for title, search in study.incomplete
    ]


# -- at a glance -------------------------------------------------------------------------------------------------------
def summary_part(study: Study) -> Part:
    """Everything that page one counts, in full: findings, what is open, verdicts, what was reviewed."""
    blocks: list[Block] = []
    if study.findings:
        head = ("Finding", "Takes", "Costs", "Who must act", "Claims", "With the repair")
        rows = [*by_severity(study), *(f for f in study.findings if f.status == "outdated")]
        blocks.append(Table(head, tuple(_listed_finding(study, f) for f in rows), "findings-list"))
    for title, entries in (
        ("Not examined", not_examined(study)),
        ("Ask the vendor", questions(study)),
        ("Decide", decisions(study)),
    ):
        if entries:
            blocks += [Heading((title,)), Items(tuple(entries))]
    blocks += [Heading(("Verdicts",)), _verdicts(study), Heading(("What was reviewed",))]
    for design in study.designs:
        blocks += [Heading((design.title,), 4)] if len(study.designs) > 1 else []
        blocks += prose(design.doc)
        main = design.searches[0]
        tick = f"; one tick is {design.tick}" if design.tick else ""
        changed = design.changed_parameters
        said: Words = ("all parameters at their defaults",)
        if changed:
            values = [
                (Name(f"{p.name}={p.value}"), f" ({f'{p.role}; ' if p.role else ''}default {p.default})")
                for p in changed
            ]
            said = (*joined(values), "; all others at their defaults")
        numbers = f"{main.states:,} states, {main.transitions:,} transitions"
        if main.by_slices:
            numbers = f"{main.states:,} states of slices and replays, none of which counts the system's own"
        blocks.append(
            Para(
                (
                    Name(design.name),
                    f": {count(len(design.machines), 'component')}, composed into one system and searched from {main.begins}: "
                    f"{numbers}{tick}; ",
                    *said,
                    ".",
                )
            )
        )
    return Part(GLANCE, "At a glance", tuple(blocks), apart=15, filtered=True)


def _listed_finding(study: Study, finding: FindingView) -> Row:
    several = len(study.designs) > 1
    where = f" ({'; '.join(study.titles_of(finding))})" if several else ""
    number = numbers(study).get(finding.id)
    title: Words = (
        Badge(finding.severity.value),
        " " if number is None else f" {number}. ",
        Link(finding.title, finding_address(finding)),
        *status_words(finding),
        where,
    )
    check = finding.check
    repaired: Words = (Badge(check.verdict), " ") if check is not None and check.verdict else ()
    takes = ", ".join(part for part in (_takes(finding) or "not known", _ends(finding).partition(", ")[2]) if part)
    return Row(
        (
            title,
            (takes,),
            (finding.cost,),
            (finding.who,),
            claim_refs(finding.row.claims),
            (*repaired, sentence(finding.line)),
        ),
        tags=tags(finding),
    )


def _verdicts(study: Study) -> Table:
    """How many properties have each verdict, design by design."""
    words = [word for word in VERDICTS if study.count(word)]
    head = ("Design", *(f"#{word.capitalize()}" for word in words), "#Findings", "#States")
    rows = [
        Row(
            (
                (design.title,),
                *((str(design.count(word)),) for word in words),
                (str(len(study.findings_of(design))),),
                (f"{design.searches[0].states:,}",),
            )
        )
        for design in study.designs
    ]
    return Table(head, tuple(rows), "designs")


__all__ = ["FRONT", "GLANCE", "answer", "front_part", "summary_part"]
