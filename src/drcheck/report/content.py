"""What a design review says, as plain data: strings, numbers, tuples and the documents of `drcheck.render`.

`collect` makes these from verdicts; `parts` makes blocks of them, which are all that the files of a review are made from.
`drcheck.report.plain` gives the whole review as JSON, and reads it back.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import groupby

from drcheck.render.document import ArchitectureDiagram, MachineDiagram
from drcheck.render.shown_trace import TraceView
from drcheck.report.blocks import Block
from drcheck.report.severity import Severity, severity
from drcheck.verdicts.claim_verdicts import Word
from drcheck.verdicts.repair_tables import Block as Told
from drcheck.verdicts.wording import HOLDS, INCONCLUSIVE, NOT_DECIDED, VACUOUS, VIOLATED

SLICES = "slices"
"""What stands for an engine where slices gave the answers."""
VERDICTS = (VIOLATED, INCONCLUSIVE, NOT_DECIDED, VACUOUS, HOLDS)
"""Every verdict that the review can print, the most serious first."""


@dataclass(frozen=True)
class PropertyRow:
    """One property of one design with its verdict.

    `verdict` is one of `VERDICTS`; `given` are the parameters in which its search differs from the review's, in groups
    of one role with its heading; `value` is a worst case's maximum as text, with "at least" where it may be greater, ""
    for other properties; `expected` says whether the outcome is what its author declared; `run` is the position of its
    search in the design's `searches`.
    `searched`: whether states were examined for it; `witness`: whether a state that is found makes it hold.
    `by_slices`: whether slices decided it: `states` are theirs then, and none of the system.
    """

    id: str
    design: str
    name: str
    family: str
    statement: str
    formula: str
    claims: tuple[str, ...]
    source: str
    place: str
    verdict: str
    reason: str
    value: str
    measure: str
    states: int
    complete: bool
    """Whether its search visited every reachable state; True for structure, which needs no search."""
    vacuous: str
    assumptions: tuple[str, ...]
    fairness: tuple[str, ...]
    given: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    expected: bool
    run: int
    trace: TraceView | None
    command: str
    searched: bool
    witness: bool
    by_slices: bool = False

    @property
    def promise(self) -> str:
        """What it says, in words where its author gave some."""
        return self.statement or self.formula

    @property
    def is_worst_case(self) -> bool:
        """Whether it asks for a maximum."""
        return bool(self.measure)


@dataclass(frozen=True)
class SideEffect:
    """Another property whose verdict is different in the repaired design. `witness`: whether a state must be reachable."""

    name: str
    witness: bool
    before: str
    after: str


@dataclass(frozen=True)
class RepairCheck:
    """What was found when the same property was decided again on the repaired design.

    `result`: "works", "fails", "vacuous", "undecided", or "impossible" (the property cannot be stated there; `reason`
    says why). `compared` is the number of other properties decided in the same search, `changed` those with another
    verdict than before.
    """

    result: str
    verdict: str
    reason: str
    parameters: tuple[tuple[str, str, str], ...]
    """(name, value before, value in the repaired design)."""
    value: str = ""
    vacuous: str = ""
    compared: int = 0
    changed: tuple[SideEffect, ...] = ()
    trace: TraceView | None = None
    command: str = ""
    conclusion: str = ""
    brief: str = ""
    """The conclusion in a few words."""


@dataclass(frozen=True)
class ClaimText:
    """A claim of a source document, in our words. `text` is "" if no list of claims has the key."""

    key: str
    text: str
    document: str
    section: str
    reason: str = ""
    """One line on why its verdict is what it is."""
    not_examined: tuple[str, ...] = ()
    """Parts of it that no property speaks of."""


@dataclass(frozen=True)
class Recurrence:
    """The same finding in a further design, or of another property: what was decided there."""

    row: PropertyRow
    check: RepairCheck | None


@dataclass(frozen=True)
class FindingView:
    """A violated promise, or one that was declared to fail. `id` does not change when another finding is added.

    `design`: the function of its design, for an identifier that two have; `stated`: whether its author gave the identifier.
    `faults` and `slips`: how many it needs, `exact` if there is none with fewer, None for what is not known. `causes`: by what
    it is recognised, and what is known of that. `cost`: with its unit, and `cost_value` without, of which more comes first.

    `status`: "declared" (violated, as its author declared), "new" (violated, and not declared) or "outdated"
    (declared to fail, but it does not). `also`: further designs in which the same property fails for the same reason.
    """

    id: str
    title: str
    status: str
    row: PropertyRow
    claims: tuple[ClaimText, ...]
    explanation: str
    repair: str
    check: RepairCheck | None
    also: tuple[Recurrence, ...] = ()
    design: str = ""
    stated: bool = False
    faults: int | None = None
    slips: int | None = None
    exact: bool = False
    causes: str = ""
    silent: bool | None = None
    permanent: bool | None = None
    cost: str = ""
    cost_value: int = 0
    who: str = ""
    question: str = ""
    accepted: str = ""

    @property
    def order(self) -> tuple[int, bool, int]:
        """What comes first: what needs fewest faults and slips, what is silent and for good, what costs most."""
        needed = sys.maxsize if self.adversities is None else self.adversities
        return needed, not (self.silent and self.permanent), -self.cost_value

    @property
    def adversities(self) -> int | None:
        """How many faults and slips it needs; None if that is not known."""
        return None if self.faults is None or self.slips is None else self.faults + self.slips

    @property
    def severity(self) -> Severity:
        """How severe it is, from what is known of it."""
        return severity(self.silent, self.permanent, self.adversities)

    @property
    def components(self) -> tuple[str, ...]:
        """The components that change or take part in its trace."""
        trace = self.row.trace
        return () if trace is None else tuple(line.component for line in trace.chart.lifelines)

    @property
    def needs(self) -> str:
        """How many faults and slips it needs, in words."""
        counted = ((self.faults or 0, "fault"), (self.slips or 0, "slip"))
        said = [f"{n} {what}{'' if n == 1 else 's'}" for n, what in counted if n]
        if self.faults is None:
            return ""
        return (" and ".join(said) or "no fault") + ("" if self.exact else ", those of its trace")

    @property
    def rows(self) -> tuple[PropertyRow, ...]:
        """The property with its verdict, design by design."""
        return (self.row, *(again.row for again in self.also))

    @property
    def line(self) -> str:
        """What became of the repair in a few words, for a summary."""
        if self.status == "outdated":
            return f"declared to fail, but the verdict is {self.row.verdict}"
        if self.check is None:
            return "proposed, not checked" if self.repair else "none proposed"
        return "; ".join(
            dict.fromkeys(c.brief for c in (self.check, *(again.check for again in self.also)) if c is not None)
        )


@dataclass(frozen=True)
class Decision:
    """A property that decides a claim: `verdict` is "" if it was not run. `number` counts the designs from 1.

    `role` is that in which it decides the claim, in words; "" for what the document says itself. `study` is that of the design.
    """

    design: str
    number: int
    name: str
    id: str
    verdict: str
    role: str = ""
    study: str = ""


@dataclass(frozen=True)
class ClaimRow:
    """A claim with its verdict over all designs of the review, the properties that decide it, and remarks.

    `word` is the verdict without its conditions; `kind` what the document does with the sentence.
    """

    claim: ClaimText
    kind: str
    word: str
    verdict: str
    decisions: tuple[Decision, ...]
    notes: tuple[str, ...] = ()

    @property
    def by_property(self) -> list[list[Decision]]:
        """The decisions, those of one property with one verdict in several designs together."""
        found: dict[tuple[str, str, str], list[Decision]] = {}
        for decision in self.decisions:
            found.setdefault((decision.name, decision.verdict, decision.role), []).append(decision)
        return list(found.values())


@dataclass(frozen=True)
class DisruptionRow:
    """A disruption with its parameters; `left_out`: why it was not looked at, "" if it was."""

    name: str
    parameters: str
    left_out: str


@dataclass(frozen=True)
class ResultRow:
    """What a disruption costs at worst by one measure, and what became of the objective (`standing`).

    `measured`: "loss" or "time_back"; `promise`: what the measure says, in words; `limit`: the objective without its verb.
    `number` and `bound`: the value and the objective as they are counted, None for what is not known; `exact`: it is no more.
    `measure_id`: of the row of that worst case among the properties. `note`: why the result says less than it seems to.
    """

    id: str
    disruption: str
    measure: str
    measure_id: str
    value: str
    objective: str
    standing: str
    source: str
    note: str
    formula: str
    trace: TraceView | None
    measured: str = ""
    promise: str = ""
    limit: str = ""
    number: int | None = None
    bound: int | None = None
    exact: bool = True


@dataclass(frozen=True)
class AnswerRow:
    """Whether a fault, or the growth of a measure of loss, is noticed. `notice`: "" where none speaks of it; `word`: the answer
    without the time.
    """

    id: str
    disruption: str
    what: str
    is_loss: bool
    measure_id: str
    notice: str
    who: str
    word: str
    answer: str
    source: str
    note: str
    formula: str
    trace: TraceView | None


@dataclass(frozen=True)
class ObjectivesView:
    """The disruptions of a design: what they cost, and who notices."""

    design: str
    title: str
    disruptions: tuple[DisruptionRow, ...]
    results: tuple[ResultRow, ...]
    answers: tuple[AnswerRow, ...]


@dataclass(frozen=True)
class ClaimGroup:
    """Claims of the list that no property of the review speaks of, by the beginning of their keys."""

    name: str
    document: str
    size: int


@dataclass(frozen=True)
class ParameterRow:
    """A parameter of a design with the value of the review.

    `role`: its role and the heading of that, "" without one; `argument`: why a scope loses nothing.
    """

    name: str
    value: str
    default: str
    doc: str
    changed: bool
    role: str
    heading: str
    argument: str


@dataclass(frozen=True)
class AssumptionRow:
    """Something taken for granted, and the properties that need it (none: the whole design rests on it)."""

    text: str
    properties: tuple[str, ...]


@dataclass(frozen=True)
class FaultRow:
    """What the environment may do: `budget` is how often in one execution ("any number of times" where unlimited)."""

    kind: str
    budget: str
    events: tuple[str, ...]


@dataclass(frozen=True)
class SearchRow:
    """One search. `purpose` names the parameters that differ from the review's, or the finding whose repair it checks."""

    purpose: str
    engine: str
    states: int
    transitions: int
    depth: int
    bits: int
    seconds: float
    complete: bool
    stopped: str
    stuck: int
    """States without any step."""
    needed: bool = True
    """False if only facts of structure were requested: then nothing was searched."""
    initials: int = 1
    """How many initial states there are."""

    @property
    def by_slices(self) -> bool:
        """Whether it was of slices, so that its states are none of the system."""
        return self.engine == SLICES

    @property
    def begins(self) -> str:
        """Where the search begins, in words."""
        return "its initial state" if self.initials == 1 else f"its {self.initials:,} initial states"


@dataclass(frozen=True)
class IdleEvent:
    """An event that never fires in the main search; `elsewhere` names the searches in which it does."""

    name: str
    event_kind: str
    doc: str
    elsewhere: tuple[str, ...]


@dataclass(frozen=True)
class UnenteredState:
    """A control state (`component.state`) that the main search never enters; `elsewhere` names searches that do."""

    name: str
    elsewhere: tuple[str, ...]


@dataclass(frozen=True)
class SkippedRow:
    """A property that was not run, why, and the claims that it would have decided."""

    name: str
    why: str
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Coverage:
    """What the verdicts say nothing about. `known` is False if the main search is incomplete."""

    known: bool
    events: int
    idle: tuple[IdleEvent, ...]
    unentered: tuple[UnenteredState, ...]
    vacuous: tuple[tuple[str, str], ...]
    """(property, why)."""
    skipped: tuple[SkippedRow, ...]
    by_slices: bool = False
    """Whether some verdicts were found by slices, which do not see the states of the system."""
    rows: tuple[str, ...] | None = None
    """Transitions of components that no search chooses; None if that is not known."""
    constant_rows: tuple[str, ...] = ()
    """Those that the parameters keep from it."""


@dataclass(frozen=True)
class RemarkRow:
    """A remark on a design. `place` is "" if there is none."""

    code: str
    subject: str
    message: str
    place: str
    remedy: str


@dataclass(frozen=True)
class SilencedRow:
    """A remark that the design silences, and why."""

    code: str
    subject: str
    reason: str


@dataclass(frozen=True)
class MachineView:
    """A component's machine. `same_as` says where the same machine is drawn already, or ""."""

    id: str
    site: str
    diagram: MachineDiagram
    same_as: str = ""


@dataclass(frozen=True)
class DesignView:
    """Everything about one design except its findings."""

    id: str
    name: str
    title: str
    doc: str
    tick: str
    parameters: tuple[ParameterRow, ...]
    assumptions: tuple[AssumptionRow, ...]
    faults: tuple[FaultRow, ...]
    rows: tuple[PropertyRow, ...]
    coverage: Coverage
    searches: tuple[SearchRow, ...]
    architecture: ArchitectureDiagram
    machines: tuple[MachineView, ...]
    command: str
    remarks: tuple[RemarkRow, ...] = ()
    silenced: tuple[SilencedRow, ...] = ()
    states_properties: bool = True

    @property
    def worst_cases(self) -> tuple[PropertyRow, ...]:
        """The properties that ask for a maximum."""
        return tuple(row for row in self.rows if row.is_worst_case)

    @property
    def parameters_by_role(self) -> list[list[ParameterRow]]:
        """The parameters in groups of one role."""
        return [list(group) for _, group in groupby(self.parameters, key=lambda p: p.role)]

    @property
    def changed_parameters(self) -> tuple[ParameterRow, ...]:
        """The parameters whose value is not the default."""
        return tuple(p for p in self.parameters if p.changed)

    def count(self, verdict: str) -> int:
        """How many properties have a verdict."""
        return sum(row.verdict == verdict for row in self.rows)


@dataclass(frozen=True)
class Further:
    """An answer that a command of its own makes: what it is called, of which design, and by which command it is made.

    `state`: "made", with what it says in `blocks`; "of another version" or "not made", without.
    """

    kind: str
    title: str
    design: str
    command: str
    state: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Study:
    """The review of one study: of the designs of one folder. `key` names its files; `terms` are (term, meaning).

    `title` and `question`: what is reviewed, and what is asked of it.
    """

    key: str
    title: str
    question: str
    designs: tuple[DesignView, ...]
    findings: tuple[FindingView, ...]
    claims: tuple[ClaimRow, ...]
    out_of_scope: tuple[ClaimGroup, ...]
    commands: tuple[tuple[str, str], ...]
    """(what for, command)."""
    terms: tuple[tuple[str, str], ...]
    objectives: tuple[ObjectivesView, ...] = ()
    """Of the designs that declare disruptions or notices."""
    repair_sets: tuple[tuple[str, tuple[Told, ...]], ...] = ()
    """Where that was requested, for each design its title and what its repairs do alone, in pairs and together."""
    further: tuple[Further, ...] = ()
    """Answers of commands of their own, and which are not made for this version."""

    @property
    def repairs(self) -> str:
        """How many findings have a repair that works, and what of the others; "" without findings."""
        counts = {"whose repair was checked and works": 0, "whose proposed repair was not checked": 0}
        counts |= {"whose repair was checked and does not convince": 0, "without a proposed repair": 0, "outdated": 0}
        for item in self.findings:
            checks = [c for c in (item.check, *(again.check for again in item.also)) if c is not None]
            if item.status == "outdated":
                key = "outdated"
            elif not checks:
                key = "whose proposed repair was not checked" if item.repair else "without a proposed repair"
            elif all(c.result == "works" for c in checks):
                key = "whose repair was checked and works"
            else:
                key = "whose repair was checked and does not convince"
            counts[key] += 1
        return ", ".join(f"{number} {what}" for what, number in counts.items() if number)

    @property
    def rows(self) -> tuple[PropertyRow, ...]:
        """All properties of all designs."""
        return tuple(row for design in self.designs for row in design.rows)

    @property
    def incomplete(self) -> tuple[tuple[str, SearchRow], ...]:
        """(design, search) for every search that stopped early."""
        return tuple((d.title, s) for d in self.designs for s in d.searches if s.needed and not s.complete)

    def number(self, row: PropertyRow) -> int:
        """The number of the design that a row belongs to, counted from 1."""
        return next(n for n, design in enumerate(self.designs, 1) if design.id == row.design)

    def findings_of(self, design: DesignView) -> list[FindingView]:
        """The findings that concern a design."""
        return [item for item in self.findings if any(row.design == design.id for row in item.rows)]

    def designs_of(self, finding: FindingView) -> list[int]:
        """The numbers of the designs that a finding concerns."""
        return sorted({self.number(row) for row in finding.rows})

    def titles_of(self, finding: FindingView) -> list[str]:
        """The titles of the designs that a finding concerns."""
        return [self.designs[number - 1].title for number in self.designs_of(finding)]

    def count(self, verdict: str) -> int:
        """How many properties have a verdict."""
        return sum(row.verdict == verdict for row in self.rows)

    @property
    def claim_words(self) -> list[tuple[str, int]]:
        """The verdicts on claims that occur, without their conditions, each with how many claims have it."""
        counts = {word.value: sum(row.word == word.value for row in self.claims) for word in Word}
        return [(word, number) for word, number in counts.items() if number]

    def design(self, id_: str) -> DesignView:
        """A design by its address."""
        return next(view for view in self.designs if view.id == id_)


@dataclass(frozen=True)
class Review:
    """A whole review, study by study. `made` is the date and time in UTC, `drcheck` its version; `command` makes it again."""

    made: str
    drcheck: str
    command: str
    studies: tuple[Study, ...]
