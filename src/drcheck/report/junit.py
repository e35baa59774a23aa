"""A check as JUnit XML, for the test pages of continuous integration.

A property is a test case of the suite of its design. What holds passes; a violation is a failure; what is not decided is an
error, never a pass. A declared finding that is proved is skipped, with its reason, as by `--gate`; one that is not proved is a
failure. What was not asked, as it is stated for other parameters, is skipped.

The file is valid by the two schemas in wide use, that of Apache Ant's format and that of Jenkins. Properties share searches: the
time of a search is divided evenly among its properties.
"""

from __future__ import annotations

import datetime
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence

from drcheck.designs.parameter import show
from drcheck.report.outcomes import Kind, Outcome
from drcheck.telling.telling import LIMIT, tell
from drcheck.verdicts.verdict import DesignReport
from drcheck.verdicts.wording import value_text

_ELEMENT = {
    Kind.VIOLATED: "failure",
    Kind.NOT_DECIDED: "error",
    Kind.KNOWN: "skipped",
    Kind.NOT_ASKED: "skipped",
}
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What may not stand in XML 1.0, escaped or not."""


def junit_xml(report: DesignReport, found: Sequence[Outcome], *, at: datetime.datetime) -> str:
    """The document, of a check and what it says of each property. `at`: when it was made."""
    count = Counter(_ELEMENT.get(outcome.kind, "passed") for outcome in found)
    searched = {id(run): run for run in report.runs}
    shared = Counter(id(o.verdict.run) for o in found if o.verdict is not None)
    times = {key: searched[key].exploration.seconds / n for key, n in shared.items() if key in searched}
    suites = ET.Element("testsuites")
    suite = ET.SubElement(
        suites,
        "testsuite",
        {
            "id": "0",
            "name": _clean(report.design.name),
            "package": "drcheck",
            "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S"),
            "hostname": "localhost",
            "tests": str(len(found)),
            "failures": str(count["failure"]),
            "errors": str(count["error"]),
            "skipped": str(count["skipped"]),
            "time": _seconds(sum(times[key] * shared[key] for key in times)),
        },
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in report.main.system.parameters.items():
        ET.SubElement(properties, "property", {"name": name, "value": _clean(show(value))})
    for outcome in found:
        time = 0.0 if outcome.verdict is None else times.get(id(outcome.verdict.run), 0.0)
        case = ET.SubElement(
            suite,
            "testcase",
            {"name": _clean(outcome.name), "classname": _clean(report.design.name), "time": _seconds(time)},
        )
        _say(case, outcome)
    ET.SubElement(suite, "system-out").text = _clean("\n".join(_passed(found)))
    ET.SubElement(suite, "system-err").text = _clean("\n".join(str(remark) for remark in report.remarks))
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _say(case: ET.Element, outcome: Outcome) -> None:
    element = _ELEMENT.get(outcome.kind)
    if element is None:
        return
    said = f"known finding: {outcome.why_known}" if outcome.kind is Kind.KNOWN else f"{outcome.word}: {outcome.reason}"
    attributes = {"message": _clean(said)}
    if element != "skipped":
        attributes["type"] = outcome.word
    made = ET.SubElement(case, element, attributes)
    if element != "skipped":
        made.text = _clean("\n".join(_body(outcome)))


def _body(outcome: Outcome) -> list[str]:
    """The statement, what stands beside the verdict, and the trace, told."""
    lines = [outcome.statement] if outcome.statement else []
    lines += [f"claims: {', '.join(outcome.claims)}"] if outcome.claims else []
    lines += [f"{outcome.word}: {outcome.reason}", *outcome.notes]
    shown = outcome.shown
    if shown is not None and shown.trace is not None:
        lines += ["", *tell(shown.trace, shown.property, value_text(shown)).text(100, LIMIT)]
    return lines


def _passed(found: Sequence[Outcome]) -> list[str]:
    """What is said of the properties that hold: their values and what makes them weak, which a pass alone does not say."""
    return [
        f"{o.name} {o.word}: {'; '.join([o.reason, *o.notes])}" for o in found if o.kind in (Kind.HOLDS, Kind.KNOWN)
    ]


def _seconds(value: float) -> str:
    return f"{value:.3f}"


def _clean(text: str) -> str:
    return _NO_CHARACTER.sub("?", text)


__all__ = ["junit_xml"]
