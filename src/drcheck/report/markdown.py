"""A review as Markdown (GitHub's dialect): the same as the HTML, with diagrams as Mermaid.

Everything that comes from a design goes through `text`, `code` or `fenced` of `markdown_text`.
"""

from __future__ import annotations

from itertools import groupby

from drcheck.render.drawing import to_mermaid
from drcheck.render.shown_trace import TraceView
from drcheck.report.content import VERDICTS, DesignView, FindingView, PropertyRow, RepairCheck, Review, SearchRow
from drcheck.report.markdown_text import code, fenced, folded, plain, table, text
from drcheck.report.objectives_markdown import objectives_lines
from drcheck.report.words import SECTIONS, count, paragraphs, sentence
from drcheck.verdicts.repair_tables import Cell


def markdown(review: Review, *, twin: str = "") -> str:
    """The review as Markdown text. `twin` is the name of the HTML file next to it."""
    writer = _Writer(review)
    lines = [
        "# Design review",
        "",
        *(line for d in review.designs for line in (f"**{text(d.title)}**", "")),
        *table(["", ""], _facts(review, twin)),
        "## Contents",
        "",
    ]
    for number, (key, title) in enumerate(SECTIONS, 1):
        lines.append(f"{number}. [{title}](#{key})")
    lines.append("")
    for key, title in SECTIONS:
        lines += [f'<a id="{key}"></a>', "", f"## {title}", "", *getattr(writer, key.replace("-", "_"))()]
    return "\n".join(lines).rstrip() + "\n"


def _facts(review: Review, twin: str) -> list[tuple[str, str]]:
    facts = []
    for number, design in enumerate(review.designs, 1):
        changed = [
            f"{code(f'{p.name}={p.value}', cell=True)} ({p.role + '; ' if p.role else ''}default {text(p.default)})"
            for p in design.changed_parameters
        ]
        said = f"{', '.join(changed)}; all others at their defaults" if changed else "all parameters at their defaults"
        which = f"Design {number}" if len(review.designs) > 1 else "Design"
        facts.append((which, f"{code(design.name, cell=True)}: {said}"))
    facts += [("Date", text(review.made)), ("Checked with", f"drcheck {text(review.version)}")]
    if twin:
        facts.append(("Same with pictures", code(twin, cell=True)))
    return facts


class _Writer:
    """Writes the sections, one method each."""

    def __init__(self, review: Review) -> None:
        self.review, self.several = review, len(review.designs) > 1
        self.titles = {design.id: design.title for design in review.designs}

    def heading(self, design: DesignView) -> list[str]:
        """The design's name, if there are several."""
        return [f"### {text(design.title)}", ""] if self.several else []

    def summary(self) -> list[str]:
        """Counts, findings and worst cases at a glance, and what was reviewed."""
        review, lines = self.review, []
        for title, search in review.incomplete:
            lines += [
                f"> **Incomplete search.** The search of {text(title)} ({text(search.purpose)}) stopped at "
                f"{text(search.stopped or 'a limit')}, after {search.states:,} states. What was not found there may still exist.",
                "",
            ]
        if review.claims:
            told = [f"{word}: {number}" for word, number in review.claim_words]
            lines += [f"{count(len(review.claims), 'claim')} in scope: {', '.join(told)}.", ""]
        words = [v for v in VERDICTS if review.count(v)]
        rows = [[count(len(review.rows), "property", "properties"), *(str(review.count(v)) for v in words)]]
        lines += table(["", *words], rows)
        if self.several:
            found = [v for v in VERDICTS if review.count(v)]
            rows = [
                [
                    f"{n}. {text(d.title)}",
                    *(str(d.count(v)) for v in found),
                    str(len(review.findings_of(d))),
                    f"{d.searches[0].states:,}",
                ]
                for n, d in enumerate(review.designs, 1)
            ]
            lines += table(["Design", *found, "Findings", "States"], rows)
        if review.findings:
            lines += [f"{count(len(review.findings), 'finding')}: {review.repairs}.", ""]
            lines += [f"### {count(len(review.findings), 'finding')}", ""]
            head = ["Id", "Finding, in the order of what it needs", "Needs", "Claims", "With the repair"]
            lines += table(head, (self._listed(finding) for finding in review.findings))
        else:
            so_far = ", in the part that was searched" if review.incomplete else ""
            lines += ["### No findings", "", f"No promise was found broken{so_far}.", ""]
        worst = [(d, row) for d in review.designs for row in d.worst_cases]
        if worst:
            lines += ["### Worst cases", ""]
            of = {d.id: f" ({text(d.title)})" if self.several else "" for d in review.designs}
            cells = ([_value(row), text(row.promise) + _with(row) + of[d.id]] for d, row in worst)
            lines += table(["Value", "What"], cells)
        lines += ["### What was reviewed", ""]
        for design in review.designs:
            lines += [f"**{text(design.title)}**", ""] if self.several else []
            for part in paragraphs(design.doc):
                lines += [text(part), ""]
            main = design.searches[0]
            tick = f"; one tick is {text(design.tick)}" if design.tick else ""
            lines += [
                f"{count(len(design.machines), 'component')}, composed into one system and searched from {main.begins}: "
                f"{main.states:,} states, {main.transitions:,} transitions{tick}.",
                "",
            ]
        return lines

    def _listed(self, finding: FindingView) -> list[str]:
        designs = ", ".join(str(number) for number in self.review.designs_of(finding))
        title = text(finding.title) + _status(finding) + (f" (design {designs})" if self.several else "")
        kept = " and ".join(["silent"] * bool(finding.silent) + ["for good"] * bool(finding.permanent))
        needs = "; ".join(
            part
            for part in (finding.needs or "not known", kept, f"costs {finding.cost}" if finding.cost else "")
            if part
        )
        return [
            f"[{finding.id}](#finding-{finding.id})",
            title,
            text(needs),
            text(", ".join(finding.row.claims)),
            _repaired(finding),
        ]

    def findings(self) -> list[str]:
        """Each finding with promise, explanation, counterexample and repair."""
        lines = [] if self.review.findings else ["None: no promise was found broken.", ""]
        for finding in self.review.findings:
            lines += self._finding(finding)
        for title, said in self.review.repair_sets:
            lines += [f"### Repairs{f' of {text(title)}' if self.several else ''}: alone, in pairs and together", ""]
            for block in said:
                lines += [f"#### {text(block.title)}", ""] if block.title else []
                for paragraph in block.paragraphs:
                    lines += ["".join(_names(cell) for cell in paragraph), ""]
                if block.head:
                    lines += table(block.head, ([_names(cell) for cell in row] for row in block.rows))
        return lines

    def _finding(self, finding: FindingView) -> list[str]:
        row = finding.row
        lines = [f'<a id="finding-{finding.id}"></a>', "", f"### {finding.id}: {text(finding.title)}", ""]
        if finding.status == "new":
            lines += ["> **Not declared.** This violation is not explained yet.", ""]
        elif finding.status == "outdated":
            lines += [
                f"> **Outdated.** This was declared as a finding, but the property is not violated with these parameters: "
                f"its verdict is {row.verdict}.",
                "",
            ]
        facts = [
            (
                "The promise",
                f"**{text(c.key)}** {text(c.text or '(not in the list of claims)')} {_where(c.document, c.section)}",
            )
            for c in finding.claims
        ]
        named = code(row.name, cell=True) + (f"; {text(row.source)}" if row.source else "")
        facts.append(("As a property", f"{text(row.promise)} ({named})"))
        value = f"; worst case {text(row.value)}" if row.value else ""
        facts.append(("Verdict", f"**{row.verdict}**: {text(row.reason)}{value}"))
        where = "; ".join(text(self.titles[r.design]) + _with(r) for r in finding.rows)
        facts.append(("Designs" if finding.also else "Design", where))
        facts += [(what, text(said)) for what, said in _about(finding) if said]
        if row.assumptions or row.fairness:
            facts.append(("Assuming", " ".join(text(sentence(a)) for a in (*row.assumptions, *row.fairness))))
        lines += table(["", ""], facts)
        if finding.explanation:
            lines += [
                "#### Explanation",
                "",
                *(x for part in paragraphs(finding.explanation) for x in (text(part), "")),
            ]
        if row.trace is not None:
            lines += ["#### Counterexample" if row.verdict == "VIOLATED" else "#### Trace", "", *_trace(row.trace)]
        lines += ["#### Repair", ""]
        lines += [x for part in paragraphs(finding.repair) for x in (text(part), "")]
        if finding.check is not None:
            lines += _check(finding.check)
        elif finding.repair:
            lines += [
                "> **Not checked.** The design has no parameter for this repair, so nothing was decided about it.",
                "",
            ]
        else:
            lines += ["None is proposed.", ""]
        for again in finding.also:
            other = f": {code(again.row.name)}" if again.row.name != row.name else ""
            lines += [f"#### The same in {text(self.titles[again.row.design])}{other}", ""]
            checked = f" With the repair: {text(sentence(again.check.conclusion))}" if again.check is not None else ""
            lines += [f"**{again.row.verdict}**: {text(sentence(again.row.reason))}{checked}", ""]
            if again.row.trace is not None:
                lines += folded("The counterexample there", _trace(again.row.trace))
        commands = [row.command, *([finding.check.command] if finding.check and finding.check.command else [])]
        commands += [again.row.command for again in finding.also]
        return [*lines, "To see this on your machine:", "", *fenced(commands, "sh")]

    def claims(self) -> list[str]:
        """The claims matrix, document by document."""
        review = self.review
        if not review.claims:
            return ["No property names a claim, and there is no list of claims.", ""]
        lines = [
            "Every claim in scope, in our words, with the verdict that follows from the properties in the role *as stated*: what "
            "the document says, and nothing added. What breaks a claim beyond that, and what another reading makes of it, stands "
            "beside the verdict and does not change it. A claim that its properties do not decide is not decided.",
            "",
        ]
        if review.out_of_scope:
            others = ", ".join(
                f"{count(g.size, 'claim')} {text(g.name)} ({text(g.document)})" for g in review.out_of_scope
            )
            lines += [f"Out of scope, since no property of this review is about them: {others}.", ""]
        by_document = sorted(review.claims, key=lambda row: row.claim.document)
        for document, rows in groupby(by_document, key=lambda row: row.claim.document):
            lines += [f"### {text(document or 'Other keys')}", ""]
            body = []
            for row in rows:
                deciding = [
                    code(same[0].name, cell=True)
                    + (f" {same[0].verdict}" if same[0].verdict else "")
                    + (f" ({text(same[0].role)})" if same[0].role else "")
                    + (f" (design {', '.join(str(d.number) for d in same)})" if self.several else "")
                    for same in row.by_property
                ]
                claimed = " ".join([text(row.claim.text or "(no text)"), *(text(sentence(n)) for n in row.notes)])
                where = f"{text(row.claim.section)} ({row.kind})"
                verdict = f"**{row.word}**{text(row.verdict.removeprefix(row.word))}"
                body.append([f"**{text(row.claim.key)}**", verdict, claimed, where.strip(), "; ".join(deciding)])
            lines += table(["Key", "Verdict", "Claim", "Section", "Decided by"], body)
        return lines

    def objectives(self) -> list[str]:
        """What disruptions cost, and who notices."""
        return objectives_lines(self.review.objectives, several=self.several)

    def properties(self) -> list[str]:
        """Every property with its verdict; witnesses below."""
        lines = []
        for design in self.review.designs:
            lines += self.heading(design)
            lines += table(
                ["Property", "Verdict", "Evidence", "States", "Claims", "Conditions"],
                (_property(self.review, row) for row in design.rows),
            )
            lines += [] if design.states_properties else ["The design states no properties.", ""]
            formulas = [f"{row.name}: {row.formula}" for row in design.rows if row.formula]
            lines += folded("The properties as formulas", fenced(formulas))
            for row in design.rows:
                if row.witness and row.trace is not None and row.verdict != "VIOLATED":
                    steps = count(row.trace.steps, "step")
                    lines += folded(f"Witness of {plain(row.name)}, {steps}", fenced(row.trace.text))
        return lines

    def worst_cases(self) -> list[str]:
        """Each worst case with its value and how it comes about."""
        if not any(row.is_worst_case for row in self.review.rows):
            return ["No property asks for one.", ""]
        lines = [
            "Each value is the greatest over all reachable states of its search, with a shortest execution that attains it.",
            "",
        ]
        for design in self.review.designs:
            if not design.worst_cases:
                continue
            lines += self.heading(design)
            lines += table(
                ["Value", "What", "Property", "Verdict", "Steps"],
                (
                    [
                        _value(r),
                        text(r.promise) + _with(r),
                        code(r.name, cell=True),
                        f"{r.verdict}: {text(r.reason)}",
                        str(r.trace.steps) if r.trace else "",
                    ]
                    for r in design.worst_cases
                ),
            )
            for row in design.worst_cases:
                if row.trace is not None and row.trace.steps:
                    lines += folded(f"How {plain(row.name)} reaches {plain(row.value)}", _trace(row.trace))
        return lines

    def assumptions(self) -> list[str]:
        """Assumptions, the environment, parameters."""
        lines = [
            "The verdicts are about the model: they carry over to an installation as far as these assumptions and values do.",
            "",
        ]
        for d in self.review.designs:
            lines += [*self.heading(d), "#### Assumptions", ""]
            if d.assumptions:
                lines += table(
                    ["Assumption", "Needed by"],
                    (
                        [text(sentence(a.text)), ", ".join(code(n, cell=True) for n in a.properties)]
                        for a in d.assumptions
                    ),
                )
            else:
                lines += ["No property states its own assumption.", ""]
            lines += ["#### What the environment may do", ""]
            if d.faults:
                lines += table(
                    ["Kind", "How often in one execution", "Events"],
                    ([text(f.kind), f.budget, ", ".join(code(n, cell=True) for n in f.events)] for f in d.faults),
                )
            else:
                lines += ["Nothing: the design has no event of the environment.", ""]
            lines += ["#### Parameters", ""]
            roles = ["Role"] if any(p.role for p in d.parameters) else []
            if d.parameters:
                lines += table(
                    ["Parameter", *roles, "Value", "Default", "Meaning"],
                    (
                        [
                            code(p.name, cell=True),
                            *([p.role] if roles else []),
                            f"**{text(p.value)}**" if p.changed else text(p.value),
                            text(p.default),
                            text(sentence(p.doc) + (f" Loses nothing: {sentence(p.argument)}" if p.argument else "")),
                        ]
                        for p in d.parameters
                    ),
                )
            else:
                lines += ["The design has no parameters.", ""]
        return lines

    def diagrams(self) -> list[str]:
        """The architecture and every machine as Mermaid."""
        lines = []
        for design in self.review.designs:
            lines += self.heading(design)
            lines += fenced(to_mermaid(design.architecture).splitlines(), "mermaid")
            for machine in design.machines:
                name, doc = machine.diagram.component, paragraphs(machine.diagram.doc)
                site = f" at {text(machine.site)}" if machine.site else ""
                if machine.same_as:
                    continue
                lines += [f"#### {text(name)}{site}", "", *([text(doc[0]), ""] if doc else [])]
                lines += fenced(to_mermaid(machine.diagram).splitlines(), "mermaid")
            again = [
                f"{code(m.diagram.component)} (the machine {text(m.same_as)})" for m in design.machines if m.same_as
            ]
            lines += [f"Not drawn again: {', '.join(again)}.", ""] if again else []
        return lines

    def coverage(self) -> list[str]:
        """What the verdicts do not speak of."""
        lines = [
            "What the verdicts do not cover: an event that never fires, a state that is never entered and a promise that "
            "holds vacuously are not tested by this review.",
            "",
        ]
        for design in self.review.designs:
            covered = design.coverage
            lines += self.heading(design)
            if not covered.known:
                lines += [
                    "> **Unknown.** The main search is incomplete, so nothing can be said about what never happens.",
                    "",
                ]
            else:
                fire = covered.events - len(covered.idle)
                states = [
                    code(s.name)
                    + (
                        f" (but the search with {text(' or '.join(s.elsewhere))} does)"
                        if s.elsewhere
                        else " (nor does any other search)"
                    )
                    for s in covered.unentered
                ]
                entered = "It enters every control state of every component."
                entered = f"Control states that it never enters: {', '.join(states)}." if states else entered
                lines += [f"{fire} of {count(covered.events, 'event')} fire in the main search. {entered}", ""]
            if covered.idle:
                lines += table(
                    ["Event that never fires", "Kind", "Meaning", "Fires in the searches with"],
                    (
                        [
                            code(e.name, cell=True),
                            e.event_kind,
                            text(sentence(e.doc)),
                            text("; ".join(e.elsewhere)) or "none",
                        ]
                        for e in covered.idle
                    ),
                )
            if covered.rows is None:
                lines += ["Transitions that are never chosen are not known: some search was incomplete.", ""]
            for what, rows in (
                ("Transitions that no search chooses", covered.rows),
                ("Transitions that the parameters keep from being chosen", covered.constant_rows),
            ):
                lines += [f"{what}: {', '.join(map(code, rows))}.", ""] if rows else []
            vacuous = [f"- {code(name)} is vacuous: {text(why)}" for name, why in covered.vacuous]
            skipped = [f"- {code(s.name)} was not run: {text(s.why)}" for s in covered.skipped]
            lines += [*(vacuous or ["No property holds vacuously."]), "", *(skipped or ["Every property was run."]), ""]
            remarks = [
                f"- {r.code} {code(r.subject)}: {text(r.message)}{text(f' ({r.place})' if r.place else '')}; {text(r.remedy)}."
                for r in design.remarks
            ]
            lines += ["Remarks, on what is well formed but may not be intended:", "", *remarks, ""] if remarks else []
            silenced = [f"- {s.code} {code(s.subject)}: {text(s.reason)}" for s in design.silenced]
            lines += ["Remarks that are silenced:", "", *silenced, ""] if silenced else []
        return lines

    def search(self) -> list[str]:
        """Every search in numbers."""
        lines = [
            "States are stored exactly. Every trace in this review was replayed step by step on the live component machines "
            "before it was written down.",
            "",
        ]
        for design in self.review.designs:
            lines += self.heading(design)
            lines += table(
                [
                    "Search",
                    "Engine",
                    "States",
                    "Transitions",
                    "Depth",
                    "Bits a state",
                    "States without a step",
                    "Seconds",
                    "Exhaustive",
                ],
                (_search(s) for s in design.searches),
            )
        return lines

    def reproduce(self) -> list[str]:
        """Commands."""
        lines = [
            "Run in the folder that holds the designs. The same version and parameters give the same verdicts, states and "
            "traces; only date and seconds differ.",
            "",
        ]
        if self.review.findings:
            lines += ["The commands for each finding stand with it.", ""]
        for purpose, words in self.review.commands:
            lines += [f"{text(purpose)}:", "", *fenced([words], "sh")]
        return lines

    def glossary(self) -> list[str]:
        """The terms."""
        return [*(f"- **{text(term)}**: {text(meaning)}" for term, meaning in self.review.terms), ""]

    def sign_off(self) -> list[str]:
        """Room for names."""
        return table(
            ["Name", "Role", "Accepted, accepted with changes, or rejected", "Date and signature"], [[""] * 4] * 3
        )


# -- pieces --------------------------------------------------------------------------------------------------------
def _trace(view: TraceView) -> list[str]:
    """A sequence chart, and the same as text."""
    if view.steps == 0:
        start = f"; {view.chart.start}" if view.chart.start else ""
        return [f"The initial state already shows it: there is no step to show{text(start)}.", ""]
    return [
        f"{text(sentence(view.caption)).rstrip('.')}, {count(view.steps, 'step')}.",
        "",
        *fenced(to_mermaid(view.chart).splitlines(), "mermaid"),
        *folded("The same as text", fenced(view.text)),
    ]


def _check(check: RepairCheck) -> list[str]:
    changes = ", ".join(f"{code(name, cell=True)} from {text(a)} to **{text(b)}**" for name, a, b in check.parameters)
    facts = [("The change", changes)]
    if check.result == "impossible":
        facts.append(("The promise then", f"It could not be checked: {text(check.reason)}"))
    else:
        more = f"; worst case {text(check.value)}" if check.value else ""
        more += f"; {text(check.vacuous)}" if check.vacuous else ""
        facts.append(("The promise then", f"**{check.verdict}**: {text(check.reason)}{more}"))
    facts.append(("Conclusion", f"**{text(sentence(check.conclusion))}**"))
    if check.changed:
        said = ", ".join(f"{code(c.name, cell=True)} from {c.before or 'none'} to {c.after}" for c in check.changed)
        facts.append(
            ("Other properties", f"{len(check.changed)} of {check.compared} decided in the same search changed: {said}")
        )
    elif check.compared:
        others = count(check.compared, "other property", "other properties")
        facts.append(("Other properties", f"The verdicts of the {others} decided in the same search stay the same."))
    return table(["", ""], facts) + (_trace(check.trace) if check.trace is not None else [])


def _names(cell: Cell) -> str:
    """Words, or names as code; words keep the blanks at their ends, between which names stand."""
    if isinstance(cell, str):
        return f"{' ' * cell.startswith(' ')}{text(cell)}{' ' * cell.endswith(' ')}"
    return ", ".join(code(name, cell=True) for name in cell)


def _property(review: Review, row: PropertyRow) -> list[str]:
    finding = next((f" ([{f.id}](#finding-{f.id}))" for f in review.findings if row in f.rows), "")
    evidence = text(sentence(row.reason)) + (f" Worst case: {text(row.value)}." if row.value else "")
    evidence += f" Vacuous: {text(row.vacuous)}." if row.vacuous else ""
    conditions = [
        *([_with(row).strip()] if row.given else []),
        *(text(sentence(a)) for a in (*row.assumptions, *row.fairness)),
    ]
    states = f"{row.states:,}" if row.searched else "none needed"
    states += "" if row.complete else " (incomplete search)"
    name = f"{code(row.name, cell=True)}<br>{text(row.statement)}" if row.statement else code(row.name, cell=True)
    return [name, f"**{row.verdict}**{finding}", evidence, states, text(", ".join(row.claims)), " ".join(conditions)]


def _search(row: SearchRow) -> list[str]:
    if not row.needed:
        return [text(row.purpose), *([""] * 7), "not searched: only facts of structure were stated"]
    exhaustive = "yes" if row.complete else f"no: stopped at {text(row.stopped or 'a limit')}"
    numbers = [f"{n:,}" for n in (row.states, row.transitions, row.depth, row.bits, row.stuck)]
    return [text(row.purpose), row.engine, *numbers, f"{row.seconds:.2f}", exhaustive]


def _repaired(finding: FindingView) -> str:
    verdict = f"{finding.check.verdict}: " if finding.check is not None and finding.check.verdict else ""
    return verdict + text(finding.line if verdict else sentence(finding.line))


def _about(finding: FindingView) -> list[tuple[str, str]]:
    """What else is known of a finding, each with its heading; "" for what is not."""
    known = {True: "yes", False: "no", None: ""}
    return [
        ("Recognised by", finding.causes),
        ("Needs", finding.needs),
        ("Silent", known[finding.silent]),
        ("For good", known[finding.permanent]),
        ("Costs", finding.cost),
        ("Who must act", finding.who),
        ("Question to the vendor", finding.question),
        ("Accepted", finding.accepted),
    ]


def _status(finding: FindingView) -> str:
    return {"new": " (not declared)", "outdated": " (outdated)"}.get(finding.status, "")


def _value(row: PropertyRow) -> str:
    return text(row.value or "not known")


def _with(row: PropertyRow) -> str:
    said = [
        (f"{heading}: " if heading else "") + ", ".join(code(f"{k}={v}", cell=True) for k, v in pairs)
        for heading, pairs in row.given
    ]
    return f" (with {'; '.join(said)})" if said else ""


def _where(document: str, section: str) -> str:
    said = ", ".join(part for part in (document, section) if part)
    return f"({text(said)})" if said else ""


__all__ = ["markdown"]
