"""The pytest plugin: one test item for each property of each design, and a fixture for a suite of your own.

In the settings of pytest, one design a line, parameters after it:

    [tool.pytest.ini_options]
    drcheck_designs = ["model.pair:pair", "model.pair:pair threshold=2h"]

Items are collected when pytest is run without naming files; `pytest model.pair:pair`, `pytest
model.pair:pair::never_both` and any node id name designs and properties on the command line. Items of one search share
it: it is run once, also by pytest-xdist's workers together. Each search has an item on the domains of its variables.

An item passes if its property is as declared: it holds, or, where a finding is declared, it is still violated. One that
holds vacuously or that could not be decided fails. With `--drcheck-repairs`, or `drcheck_repairs = true` in the
settings, each repair of a finding that is modelled is an item too: with it, the property must hold. With
`--drcheck-objectives`, or `drcheck_objectives = true`, so is each objective of a disruption: it must be met.

Remarks on a design (see docs/remarks.md) are warnings of the category `drcheck.RemarkWarning`. Rows that no
search of a design chose are reported in a line at the end.

Nothing of drcheck's engines is imported before a design is collected.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from drcheck.testing.idle_rows import Seen, lines
from drcheck.testing.remark_warnings import warn_of_remarks
from drcheck.testing.requests import Request, merged, request_in, request_of
from drcheck.testing.searches import Asked, Search

if TYPE_CHECKING:
    from drcheck.logic.properties import Statement
    from drcheck.verdicts.verdict import Verdict

_REQUESTS = pytest.StashKey[list[Request]]()
_ROWS = pytest.StashKey[dict[str, list[Seen]]]()
"""What the searches of each design show of rows."""
_REMARKED = pytest.StashKey[set[str]]()
"""The designs of which it was warned what there is to remark."""
REPAIR = "[repair]"
"""What the name of an item ends with that decides a property with the repair of its finding."""


class DrcheckWarning(pytest.PytestWarning):
    """Something of a design that deserves a look, and fails no test."""


# -- what to collect ------------------------------------------------------------------------------------------------
def pytest_addoption(parser: pytest.Parser) -> None:
    """The settings `drcheck_designs`, `drcheck_repairs`, `drcheck_objectives`, `drcheck_by`, and the options of these names."""
    help_ = "designs whose properties are collected as test items: module:design [name=value]..."
    parser.addini("drcheck_designs", help_, type="linelist", default=[])
    repairs = "collect an item for each repair of a finding too: with it, the property must hold"
    parser.addini("drcheck_repairs", repairs, type="bool", default=False)
    objectives = "collect an item for each objective of a disruption too: it must be met"
    parser.addini("drcheck_objectives", objectives, type="bool", default=False)
    group = parser.getgroup("drcheck")
    group.addoption(
        "--drcheck-design",
        action="append",
        default=[],
        metavar="DESIGN",
        help="collect the properties of module:design (parameters after it: 'module:design name=value')",
    )
    group.addoption("--drcheck-repairs", action="store_true", default=None, help=repairs)
    group.addoption("--drcheck-objectives", action="store_true", default=None, help=objectives)
    by = "how properties are decided: search, slices or auto, as drcheck check --by"
    parser.addini("drcheck_by", by, default="search")
    group.addoption("--drcheck-by", default=None, metavar="WAY", help=by)


def pytest_configure(config: pytest.Config) -> None:
    """Take the designs out of the command line's arguments, which are paths for all other plugins."""
    listed = [request_of(line) for line in config.getini("drcheck_designs")]
    added = [request_of(line) for line in config.getoption("--drcheck-design")]
    named: list[Request] = []
    paths = []
    for argument in config.args:
        request = request_in(argument, [*listed, *added])
        if request is None or (config.invocation_params.dir / argument.split("::")[0]).exists():
            paths.append(argument)
        else:
            named.append(request)
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        added += listed
    config.stash[_REQUESTS] = merged([*named, *added])
    if named:
        config.args = paths


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
        """An item for each property, each repair and the domains of each search; those of one search next to each other.

        Raises DesignError or PropertyError.
        """
        from drcheck.designs.design import load
        from drcheck.designs.selection import beyond
        from drcheck.logic.finding import repaired_by
        from drcheck.logic.kinds import DOMAINS
        from drcheck.verdicts.sliced import checked_way

        _on_path(self.config.rootpath)
        design = load(self.request.target)
        settings = design.settings(dict(self.request.parameters))
        statements = design.statements(settings)
        if not statements:
            self.warn(DrcheckWarning(f"{design.name} states no properties"))
        by = checked_way(self.config.getoption("--drcheck-by") or self.config.getini("drcheck_by"))
        searches: dict[str, Search] = {}
        items: list[PropertyItem] = []

        def add(
            statement: Statement | None, different: dict[str, Any], conflict: Sequence[str] = (), repair: bool = False
        ) -> None:
            search = Search(self.request, design, settings, different, by)
            search = searches.setdefault(search.label, search)
            name = DOMAINS + search.label if statement is None else statement.name + (REPAIR if repair else "")
            asked = Asked(name, statement, repair)
            items.append(PropertyItem.from_parent(self, name=name, search=search, asked=asked, conflict=conflict))

        add(None, {})
        for statement in statements:
            different, conflict = beyond(design, settings, statement.given)
            add(statement, {} if conflict else different, sorted(conflict))
        for search in list(searches.values())[1:]:
            add(None, search.different)
        # pytest-xdist writes the group of an item behind its name.
        wanted = [name.partition(f"@{self.request.target}")[0] for name in self.request.names]
        repairs = self.config.getoption("--drcheck-repairs") or self.config.getini("drcheck_repairs")
        if repairs or any(name.endswith(REPAIR) for name in wanted):
            for statement in statements:
                repaired = repaired_by(statement.findings)
                if repaired:  # which may be of the requested parameters
                    _, conflict = beyond(design, settings, statement.given)
                    whole = {**statement.given, **repaired}
                    changed = {k: v for k, v in whole.items() if settings.get(k, design.parameter(k).default) != v}
                    add(statement, {} if conflict else dict(sorted(changed.items())), sorted(conflict), repair=True)
        objectives = self.config.getoption("--drcheck-objectives") or self.config.getini("drcheck_objectives")
        if objectives or any(all(name != it.name and name not in it.claims for it in items) for name in wanted):
            from drcheck.verdicts.objectives import objective_statements

            for statement in objective_statements(design, settings):
                different, conflict = beyond(design, settings, statement.given)
                add(statement, {} if conflict else different, sorted(conflict))
        order = list(searches.values())
        items.sort(key=lambda it: order.index(it.search))
        return self._chosen(items, wanted) if wanted else items

    def _chosen(self, items: Sequence[PropertyItem], wanted: Sequence[str]) -> list[PropertyItem]:
        """The items with the names, or of the claims, that are requested. Raises PropertyError DR301."""
        from drcheck.errors import PropertyError

        chosen: list[PropertyItem] = []
        for name in wanted:
            found = [it for it in items if it.name == name or name in it.claims]
            if not found:
                raise PropertyError(
                    "DR301",
                    f"design {self.request.target} has no property {name!r}",
                    available=[it.name for it in items],
                    asked=name,
                )
            chosen += found
        return [item for item in items if item in chosen]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A coded error as the one line that it is."""
        return _one_line(excinfo) or super().repr_failure(excinfo)


def _on_path(directory: Path) -> None:
    """Designs are found from pytest's root directory, as the command line finds them from the working directory."""
    if str(directory) not in sys.path:
        sys.path.insert(0, str(directory))


def _one_line(excinfo: pytest.ExceptionInfo[BaseException]) -> str | None:
    from drcheck.errors import DrcheckError
    from drcheck.language.remarks import RemarkWarning

    if isinstance(excinfo.value, RemarkWarning):  # a suite that makes warnings errors
        return f"remark: {excinfo.value}"
    return f"error: {excinfo.value}" if isinstance(excinfo.value, DrcheckError) else None


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
        if item.conflict:  # it is skipped, and its search is for others
            continue
        if item.asked not in item.search.asked:
            item.search.asked.append(item.asked)


# -- rows that are never chosen ------------------------------------------------------------------------------------------
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist hands over what its searches show of rows."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["drcheck_rows"] = session.config.stash.get(_ROWS, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """The process that reports the results collects it."""
    gathered = node.config.stash.setdefault(_ROWS, {})
    for label, searches in getattr(node, "workeroutput", {}).get("drcheck_rows", {}).items():
        gathered.setdefault(label, []).extend(searches)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """One line for each design in which some row is never chosen."""
    gathered: dict[str, list[Seen]] = config.stash.get(_ROWS, {})
    told = list(lines(gathered))
    if told:
        terminalreporter.section("drcheck")
        for line in told:
            terminalreporter.write_line(line)


# -- items ----------------------------------------------------------------------------------------------------------
class PropertyItem(pytest.Item):
    """A property of a design as a test item. `-k` also finds it by the keys of its claims."""

    def __init__(self, *, search: Search, asked: Asked, conflict: Sequence[str], **details: Any) -> None:
        super().__init__(**details)
        self.search, self.asked, self.conflict = search, asked, conflict
        self.claims: tuple[str, ...] = () if asked.statement is None else asked.statement.details["claims"]
        self.extra_keyword_matches.update(self.claims)
        self.user_properties += [("claim", key) for key in self.claims]
        if self.config.pluginmanager.hasplugin("xdist"):  # --dist loadgroup keeps the items of a search together
            self.add_marker(pytest.mark.xdist_group(search.request.label + search.label))

    def runtest(self) -> None:
        """Decide the property. Raises UnexpectedVerdictError if it is not as declared."""
        if self.conflict:
            pytest.skip(f"stated for other values of {', '.join(self.conflict)}")
        warn_of_remarks(self.search, self.config.stash.setdefault(_REMARKED, set()))
        result = self.search.result(self.asked.name)
        if self.search.rows:
            gathered = self.config.stash.setdefault(_ROWS, {})
            gathered.setdefault(self.search.request.label, []).extend(self.search.rows)
            self.search.rows = []
        if result.verdict == "SKIPPED":
            pytest.skip(result.reason)
        self.user_properties.append(("verdict", result.verdict))
        problem = result.problem()
        if problem is not None:
            from drcheck.render.style import clean

            raise UnexpectedVerdictError(clean(problem))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A verdict or a coded error as text; anything else with its traceback."""
        if isinstance(excinfo.value, UnexpectedVerdictError):
            return str(excinfo.value)
        return _one_line(excinfo) or super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the property is stated."""
        title = f"{self.name} of {self.search.request.label}"
        stated = self.asked.statement
        place = self.search.design.place if stated is None else stated.details["place"]
        return (Path(place.file), place.line - 1, title) if place is not None else (self.path, None, title)


class UnexpectedVerdictError(AssertionError):
    """A property is not as declared; the message says why and shows the trace."""


# -- the fixture ----------------------------------------------------------------------------------------------------
@pytest.fixture
def drcheck_check() -> Callable[..., list[Verdict]]:
    """Check a system or a design inside a test: `drcheck_check(system_or_design, *properties, **parameters)`.

    The first argument is a System, a design, or its name `module:design`; `parameters` (values, or texts as the command
    line takes them) are for a design. `properties` are properties, statements, or names of the design's own; without
    any, all that it states. Also `engine=` and `limits=`. Returns the verdicts; fails the test with the traces of all
    properties that are not as declared.
    """
    from drcheck.testing.fixture import checked

    return checked
