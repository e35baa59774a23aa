"""The pytest plugin: one test item for each property of each design, and a fixture for a suite of one's own.

In the settings of pytest, one design a line, parameters after it:

    [tool.pytest.ini_options]
    drcheck_designs = ["model.pair:pair", "model.pair:pair threshold=2h"]

Items are collected when pytest is run without naming files; `pytest model.pair:pair` and `pytest
model.pair:pair::never_both` name designs and properties on the command line. Items of one search share it: it is run
once, by pytest-xdist's workers together as well.

An item passes if its property is as declared: it holds, or, where a finding is declared, it is still violated. One that
holds vacuously or that could not be decided fails.

Nothing of drcheck's engines is imported before a design is collected.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from drcheck.check import Verdict
    from drcheck.design import Design
    from drcheck.explore.protocol import Limits
    from drcheck.logic.properties import Property, Statement
    from drcheck.system import System

_ARGUMENT = re.compile(r"(?P<target>[A-Za-z_]\w*(\.\w+)*:[A-Za-z_]\w*)(::(?P<name>[\w-]+))?\Z")


@dataclass(frozen=True)
class Request:
    """A design to collect: `module:design`, parameters as texts, and the properties asked for (none: all)."""

    target: str
    parameters: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The design with its parameters, as node ids begin."""
        given = ",".join(f"{name}={value}" for name, value in self.parameters)
        return f"{self.target}[{given}]" if given else self.target


_REQUESTS = pytest.StashKey[list[Request]]()


# -- what to collect ------------------------------------------------------------------------------------------------
def pytest_addoption(parser: pytest.Parser) -> None:
    """The setting `drcheck_designs` and the option `--drcheck-design`."""
    help_ = "designs whose properties are collected as test items: module:design [name=value]..."
    parser.addini("drcheck_designs", help_, type="linelist", default=[])
    parser.getgroup("drcheck").addoption(
        "--drcheck-design", action="append", default=[], metavar="DESIGN",
        help="collect the properties of module:design (parameters after it: 'module:design name=value')",
    )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Take the designs out of the command line's arguments, which are paths for all other plugins."""
    named: dict[str, list[str]] = {}
    paths = []
    for argument in config.args:
        match = _ARGUMENT.match(argument)
        if match is None or (config.invocation_params.dir / argument.split("::")[0]).exists():
            paths.append(argument)
        else:
            named.setdefault(match["target"], []).append(match["name"] or "")
    requests = [Request(target, (), () if "" in names else tuple(names)) for target, names in named.items()]
    lines: list[str] = list(config.getoption("--drcheck-design"))
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        lines += config.getini("drcheck_designs")
    requests += [_request(line) for line in lines]
    config.stash[_REQUESTS] = list(dict.fromkeys(requests))
    if named:
        config.args = paths


def _request(line: str) -> Request:
    """A line of the setting. Raises UsageError for one that is not a design with assignments."""
    target, *pairs = line.split()
    given = []
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise pytest.UsageError(f"drcheck_designs: {pair!r} in {line!r} is not an assignment such as threshold=2h")
        given.append((name, value))
    return Request(target, tuple(given))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Put the designs behind the files that the session collects."""
    report = yield
    if isinstance(collector, pytest.Session) and report.passed:
        requests = collector.config.stash.get(_REQUESTS, [])
        designs = [DesignCollector.from_parent(collector, name=r.label, nodeid=r.label, request=r) for r in requests]
        report.result = [*(report.result or []), *designs]
    return report


class DesignCollector(pytest.Collector):
    """A design with its properties."""

    def __init__(self, *, request: Request, **details: Any) -> None:
        super().__init__(**details)
        self.request = request

    def collect(self) -> list[PropertyItem]:
        """One item for each property, those of one search next to each other. Raises DesignError or PropertyError."""
        from drcheck.check import DOMAINS
        from drcheck.design import load
        from drcheck.selection import select

        _on_path(self.config.rootpath)
        design = load(self.request.target)
        settings = design.settings(dict(self.request.parameters))
        names = [name for name in self.request.names if name != DOMAINS]
        statements = select(design, names) if names or not self.request.names else []
        searches: dict[tuple[Any, ...], Search] = {}

        def item(name: str, statement: Statement | None) -> PropertyItem:
            given = {} if statement is None else statement.given
            different = {
                k: v for k, v in given.items() if settings.get(k, design.parameter(k).default) != v
            }  # fmt: skip
            conflict = sorted(set(different) & set(settings))
            key = tuple(sorted((k, str(v)) for k, v in different.items()))
            search = searches.setdefault(key, Search(self.request, design, settings, key))
            made: PropertyItem = PropertyItem.from_parent(
                self, name=name, search=search, statement=statement, conflict=conflict
            )
            return made

        items = [item(statement.name, statement) for statement in statements]
        if not self.request.names or DOMAINS in self.request.names:
            items.insert(0, item(DOMAINS, None))
        order = list(searches)
        return sorted(items, key=lambda it: order.index(it.search.key))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A coded error as the one line that it is."""
        return _one_line(excinfo) or super().repr_failure(excinfo)


def _on_path(directory: Path) -> None:
    """Designs are found from pytest's root directory, as the command line finds them from the working directory."""
    if str(directory) not in sys.path:
        sys.path.insert(0, str(directory))


def _one_line(excinfo: pytest.ExceptionInfo[BaseException]) -> str | None:
    from drcheck.errors import DrcheckError

    return f"error: {excinfo.value}" if isinstance(excinfo.value, DrcheckError) else None


# -- what a property came to ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Result:
    """A verdict as plain data, without the states that it rests on. `trace` are lines; `finding` is a title or None."""

    name: str
    outcome: str
    reason: str
    statement: str = ""
    claims: tuple[str, ...] = ()
    source: str = ""
    assumptions: tuple[str, ...] = ()
    given: str = ""
    vacuous: str | None = None
    finding: str | None = None
    trace: tuple[str, ...] = ()

    def problem(self) -> str | None:
        """Why an item fails, with the trace; None if the property is as declared."""
        violated = self.outcome == "VIOLATED"
        if self.outcome == "INCONCLUSIVE":
            head = f"INCONCLUSIVE: {self.reason}"
        elif self.finding is not None and not violated:
            head = f"the finding is gone: {self.finding}\nThe property holds now ({self.reason}); remove the declaration."
        elif violated and self.finding is None:
            head = f"VIOLATED: {self.reason}"
        elif self.vacuous is not None:
            head = f"holds vacuously: {self.vacuous}"
        else:
            return None
        about = [
            self.statement,
            f"Claims: {', '.join(self.claims)}" if self.claims else "",
            f"Source: {self.source}" if self.source else "",
            f"Assuming: {'; '.join(self.assumptions)}" if self.assumptions else "",
            f"With: {self.given}" if self.given else "",
        ]
        return "\n".join([f"{self.name} {head}", *(f"  {line}" for line in about if line), *self.trace])


def results_of(verdicts: Sequence[Verdict]) -> dict[str, Result]:
    """Verdicts by property. What cannot be decided because a value leaves its domain is told with that trace."""
    from drcheck.check import DOMAINS
    from drcheck.design import show
    from drcheck.render.text import trace_text

    def of(verdict: Verdict) -> Result:
        item = verdict.property
        shown = verdict
        if verdict.trace is None and verdict.outcome.value == "INCONCLUSIVE":
            escapes = [v for v in verdicts if v.property.name == DOMAINS and v.run is verdict.run and v.trace]
            shown = escapes[0] if escapes else verdict
        return Result(
            item.name,
            verdict.outcome.value,
            verdict.reason,
            item.statement or item.formula(),
            item.claims,
            item.source,
            (*item.assumptions, *(str(fairness) for fairness in item.fairness)),
            ", ".join(f"{name}={show(value)}" for name, value in verdict.run.given.items()),
            verdict.vacuous,
            item.finding.title if item.finding is not None else None,
            () if shown.trace is None else tuple(trace_text(shown.trace)),
        )

    found: dict[str, Result] = {}
    for verdict in verdicts:
        found.setdefault(verdict.property.name, of(verdict))
    return found


# -- searches -------------------------------------------------------------------------------------------------------
@dataclass
class Search:
    """One search: a design with one set of parameters, and the properties that it decides for the items selected.

    `shared` is a directory that several processes of one test run have in common, or None.
    """

    request: Request
    design: Design
    settings: dict[str, Any]
    key: tuple[Any, ...]
    names: list[str] = field(default_factory=list)
    shared: Path | None = None
    _results: dict[str, Result] | None = None
    _error: Exception | None = None

    def result(self, name: str) -> Result:
        """What a property came to. The search is run, or fails, when the first of its items asks, and only then."""
        if self._error is not None:
            raise self._error
        if self._results is None:
            try:
                self._results = self._shared() if self.shared is not None else self._run()
            except Exception as error:
                self._error = error
                raise
        return self._results[name]

    def _run(self) -> dict[str, Result]:
        from drcheck.check import DOMAINS, check, check_design

        names = [name for name in self.names if name != DOMAINS]
        verdicts: list[Verdict] = []
        if names:
            report = check_design(self.design, self.settings, names)
            verdicts += _unless_interrupted(report.verdicts, report.interrupted)
        found = results_of(verdicts)
        if DOMAINS in self.names and DOMAINS not in found:
            verdicts = check(self.design.build(self.settings), [])
            found |= results_of(_unless_interrupted(verdicts, verdicts[0].run.interrupted))
        return found

    def _shared(self) -> dict[str, Result]:
        """Run the search, or take what another process of this test run found, waiting for it if need be."""
        assert self.shared is not None
        told = json.dumps([self.request.label, self.key, sorted(self.names)], default=str)
        path = self.shared / f"{hashlib.sha256(told.encode()).hexdigest()[:20]}.json"
        with _locked(path.with_suffix(".lock")):
            if path.exists():
                data = json.loads(path.read_text(encoding="utf-8"))
                return {name: Result(**_tuples(values)) for name, values in data.items()}
            found = self._run()
            path.write_text(json.dumps({name: asdict(r) for name, r in found.items()}), encoding="utf-8")
            return found


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process at the latest."""
    import fcntl

    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _shared_directory(config: pytest.Config) -> Path | None:
    """A directory that the workers of pytest-xdist share (they have one temporary directory each, side by side)."""
    own = config.getoption("basetemp", None)
    if not hasattr(config, "workerinput") or not own or sys.platform == "win32":
        return None
    directory = Path(own).parent / "drcheck"
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return directory


def pytest_collection_finish(session: pytest.Session) -> None:
    """Each search decides what the selected items ask, and no more."""
    items = [item for item in session.items if isinstance(item, PropertyItem)]
    shared = _shared_directory(session.config) if items else None
    for item in items:
        item.search.shared = shared
        if item.name not in item.search.names:
            item.search.names.append(item.name)


# -- items ----------------------------------------------------------------------------------------------------------
class PropertyItem(pytest.Item):
    """A property of a design as a test item. `-k` also finds it by the keys of its claims."""

    def __init__(
        self, *, search: Search, statement: Statement | None, conflict: Sequence[str], **details: Any
    ) -> None:
        super().__init__(**details)
        self.search, self.statement, self.conflict = search, statement, conflict
        if statement is not None:
            claims = statement.details["claims"]
            self.extra_keyword_matches.update(claims)
            self.user_properties += [("claim", key) for key in claims]
        if self.config.pluginmanager.hasplugin("xdist"):  # --dist loadgroup keeps the items of a search together
            group = " ".join([search.request.label, *(f"{k}={v}" for k, v in search.key)])
            self.add_marker(pytest.mark.xdist_group(group))

    def runtest(self) -> None:
        """Decide the property. Raises UnexpectedVerdictError where it is not as declared."""
        if self.conflict:
            pytest.skip(f"stated for other values of {', '.join(self.conflict)}")
        result = self.search.result(self.name)
        self.user_properties.append(("verdict", result.outcome))
        problem = result.problem()
        if problem is not None:
            raise UnexpectedVerdictError(problem)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A verdict or a coded error as text; anything else with its traceback."""
        if isinstance(excinfo.value, UnexpectedVerdictError):
            return str(excinfo.value)
        return _one_line(excinfo) or super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the property is stated."""
        title = f"{self.name} of {self.search.request.label}"
        place = self.search.design.place if self.statement is None else self.statement.details["place"]
        return (Path(place.file), place.line - 1, title) if place is not None else (self.path, None, title)


class UnexpectedVerdictError(AssertionError):
    """A property is not as it is declared to be; the message says why and tells the trace."""


# -- the fixture ----------------------------------------------------------------------------------------------------
@pytest.fixture
def drcheck_check() -> Callable[..., list[Verdict]]:
    """Check a system or a design inside a test: `drcheck_check(system_or_design, *properties, **parameters)`.

    The first argument is a System, a design, or its name `module:design`; `parameters` (values, or texts as the command
    line takes them) are for a design. `properties` are properties, statements, or names of the design's own; without
    any, all that it states. Also `engine=` and `limits=`. Returns the verdicts; fails the test with the traces of all
    properties that are not as declared.
    """
    return _checked


def _checked(
    subject: System | Design | str,
    *properties: Property | Statement | str,
    engine: str = "auto",
    limits: Limits | None = None,
    **parameters: Any,
) -> list[Verdict]:
    __tracebackhide__ = True
    verdicts = _verdicts(subject, properties, parameters, engine=engine, limits=limits)
    problems = [problem for result in results_of(verdicts).values() if (problem := result.problem()) is not None]
    if problems:
        pytest.fail("\n\n".join(problems), pytrace=False)
    return verdicts


def _verdicts(
    subject: System | Design | str, properties: Sequence[Any], parameters: dict[str, Any], **how: Any
) -> list[Verdict]:
    from drcheck.check import check, check_design
    from drcheck.design import Design, load
    from drcheck.errors import DesignError, PropertyError
    from drcheck.explore.protocol import Limits
    from drcheck.logic.properties import Statement
    from drcheck.system import System

    how["limits"] = how["limits"] or Limits()
    design = load(subject) if isinstance(subject, str) else subject
    names = [item for item in properties if isinstance(item, str)]
    stated = [item for item in properties if not isinstance(item, str)]
    verdicts: list[Verdict] = []
    if isinstance(design, Design):
        settings = {
            name: design.parameter(name).parse(value) if isinstance(value, str) else value
            for name, value in parameters.items()
        }
        if names or not stated:
            report = check_design(design, settings, names, **how)
            _unless_interrupted(report.verdicts, report.interrupted)
            if report.skipped:
                statement, reason = report.skipped[0]
                raise PropertyError("DR302", f"property {statement.name} cannot be decided here: {reason}")
            verdicts += report.verdicts
        for given in _distinct([item.given if isinstance(item, Statement) else {} for item in stated]):
            system = design.build({**settings, **given})
            group = [s for s in stated if (dict(s.given) if isinstance(s, Statement) else {}) == given]
            found = check(system, [s.on(system) if isinstance(s, Statement) else s for s in group], given=given, **how)
            verdicts += _unless_interrupted(found, found[0].run.interrupted)
        return verdicts
    if not isinstance(design, System):
        raise DesignError("DR203", f"{subject!r} is neither a system nor a design", remedy="pass compose(...) or a @design")
    if names or parameters:
        raise DesignError("DR203", f"{', '.join([*names, *parameters])}: only designs have names of properties and parameters")
    own = [*(stated or design.properties)]
    found = check(design, [s.on(design) if isinstance(s, Statement) else s for s in own], **how)
    return _unless_interrupted(found, found[0].run.interrupted)


def _unless_interrupted(verdicts: Sequence[Verdict], interrupted: bool) -> list[Verdict]:
    """The verdicts. An interrupt is for the whole run of tests, which would go on after one that only ended a search."""
    if interrupted:
        raise KeyboardInterrupt
    return list(verdicts)


def _distinct(mappings: Sequence[Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for mapping in map(dict, mappings):
        if mapping not in found:
            found.append(mapping)
    return found
