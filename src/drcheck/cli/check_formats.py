"""The formats in which `drcheck check` writes what it found: text, and those that other programs read."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from drcheck.errors import UsageError

if TYPE_CHECKING:
    from drcheck.system.trace import Trace
    from drcheck.verdicts.claims import Claim
    from drcheck.verdicts.verdict import DesignReport

FORMATS = ("text", "json", "sarif", "junit", "itf", "shiviz")
_ENDINGS = {
    "text": ".txt",
    "json": ".json",
    "sarif": ".sarif",
    "junit": ".junit.xml",
    "itf": ".itf.json",
    "shiviz": ".shiviz.log",
}
_OF_TRACES = ("itf", "shiviz")


class Writing:
    """In which formats a check is written, and where to. `whole`: the text has a row for each verdict.

    Raises UsageError DR401 where several do not go into a folder, OutputError DR601 where nothing can be written.
    """

    def __init__(self, forms: Sequence[str], output: str | None, traces: bool | None, *, whole: bool) -> None:
        from drcheck.cli.output_files import Destination

        self._forms, self._to = forms, Destination(output)
        self._traces, self._whole = traces, whole
        self._claims: Sequence[Claim] = ()
        if len(forms) > 1 and not self._to.is_folder:
            raise UsageError(
                "DR401",
                f"{' and '.join(forms)} are {len(forms)} files",
                remedy="name a folder for them: --output results/",
            )

    @property
    def is_apart(self) -> bool:
        """Whether standard output is for one document, and all else goes to standard error."""
        return self._to.is_standard and self._forms != ("text",)

    def prepare(self, asked: Sequence[str]) -> None:
        """Find out what is wanting before anything is searched. `asked`: the properties that were.

        Raises UsageError DR401 where the traces of several properties would go to one file, which holds one; what is wrong
        with the list of claims.
        """
        if "itf" in self._forms and not self._to.is_folder and len(asked) != 1:
            raise UsageError(
                "DR401",
                "a file of the format itf holds one trace",
                remedy="name one property, or a folder for the traces of all: --output traces/",
            )
        if "sarif" in self._forms:
            self._claims = _claims()

    def made(self, report: DesignReport, *, named: bool, status: int) -> dict[str, str]:
        """The texts, by the names that they have in a folder; that of text alone is printed later.

        `named`: the properties were asked for by name; `status`: with which the command ends.
        """
        base = _base(report)
        found: dict[str, str] = {}
        for form in self._forms:
            name = f"{base}{_ENDINGS[form]}"
            if form == "json":
                found[name] = result_data(report)
            elif form == "sarif":
                found[name] = _sarif(report, self._claims, named, status)
            elif form == "junit":
                found[name] = _junit(report, named)
            elif form in _OF_TRACES:
                found |= self._of_traces(form, base, report)
            elif not self._to.is_standard:
                found[name] = self._text(report)
        return found

    def write(self, made: Mapping[str, str], report: DesignReport) -> None:
        """Write the texts, all or none; print the text, or in short what was found. Raises OutputError DR601."""
        from drcheck.cli.check_text import print_report, summary
        from drcheck.cli.console import output

        if self._to.is_standard and self._forms == ("text",):
            print_report(output(), report, self._traces, whole=self._whole)
        elif made:
            for path in self._to.write(made):
                click.echo(f"written: {path}")
        if not self._to.is_standard:
            click.echo(summary(report))
            base = _base(report)
            ends = tuple(_ENDINGS[form] for form in self._forms if form in _OF_TRACES)
            for old in self._to.others(made, lambda name: name.startswith(f"{base}.") and name.endswith(ends)):
                click.echo(f"note: {old} is of an earlier check; remove it if nothing needs it", err=True)

    def _of_traces(self, form: str, base: str, report: DesignReport) -> dict[str, str]:
        """The traces: one a file, or all in one. Where there is none nothing is written, and standard error says so."""
        traces = traces_of(report)
        if not traces:
            said = f"no trace, so that nothing is written as {form}"
            if self._to.is_folder or len(report.verdicts) > 2:
                click.echo(f"{said}: no verdict has one", err=True)
            else:
                verdict = report.verdicts[-1]
                click.echo(f"{said}: {verdict.property.name} {verdict.conclusion.value}: {verdict.reason}", err=True)
            return {}
        if form == "shiviz":
            from drcheck.render.shiviz import shiviz_log

            return {f"{base}{_ENDINGS[form]}": shiviz_log(traces)}
        if not self._to.is_folder and len(traces) > 1:
            raise UsageError(  # the key of a claim stands for several properties
                "DR401",
                f"a file of the format itf holds one trace, and there are {len(traces)}",
                available=list(traces),
                remedy="name one of these properties, or a folder: --output traces/",
            )
        return {
            f"{base}.{re.sub(r'[^A-Za-z0-9_.-]', '_', name)}{_ENDINGS[form]}": _itf(trace, name, report)
            for name, trace in traces.items()
        }

    def _text(self, report: DesignReport) -> str:
        from drcheck.cli.check_text import print_report
        from drcheck.cli.console import output

        with contextlib.redirect_stdout(io.StringIO()) as printed:
            print_report(output(), report, self._traces, whole=self._whole)
        return printed.getvalue()


def _base(report: DesignReport) -> str:
    """How the names of files begin."""
    return report.design.name.replace(":", ".")


def traces_of(report: DesignReport) -> dict[str, Trace]:
    """The trace of each verdict that has one, by its property; of a violation that findings do not explain, that one."""
    shown = {v.property.name: v.unexplained or v for v in report.verdicts}
    return {name: v.trace for name, v in shown.items() if v.trace is not None}


def result_data(report: DesignReport) -> str:
    """What `--json` prints."""
    from drcheck.cli.data import as_json, report_data
    from drcheck.schemas import document

    return as_json(document("check", report_data(report)))


def _sarif(report: DesignReport, claims: Sequence[Claim], named: bool, status: int) -> str:
    from drcheck import __version__
    from drcheck.cli.data import as_json
    from drcheck.report.outcomes import outcomes
    from drcheck.report.sarif import sarif_data

    found = list(outcomes(report, named=named))
    return as_json(sarif_data(report, found, claims, version=__version__, status=status))


def _junit(report: DesignReport, named: bool) -> str:
    import datetime

    from drcheck.report.junit import junit_xml
    from drcheck.report.outcomes import outcomes

    return junit_xml(report, list(outcomes(report, named=named)), at=datetime.datetime.now(datetime.UTC))


def _itf(trace: Trace, name: str, report: DesignReport) -> str:
    import json

    from drcheck.interop.itf import itf_data

    said = f"{name}: {next(v.reason for v in report.verdicts if v.property.name == name)}"
    return json.dumps(itf_data(trace, report.design.name, said), indent=1, ensure_ascii=False)


def _claims() -> Sequence[Claim]:
    """The claims that the working directory lists; none where it lists none."""
    from drcheck.errors import DesignError
    from drcheck.verdicts.claims import load_claims

    try:
        return load_claims()
    except DesignError as error:
        if error.code != "DR201":
            raise
        return ()


__all__ = ["FORMATS", "Writing", "result_data", "traces_of"]
