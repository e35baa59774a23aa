"""The searches behind test items: one for each set of parameters, run once however many items and processes ask."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drcheck.testing.idle_rows import Seen, seen_in
from drcheck.testing.requests import Request, in_brackets
from drcheck.testing.results import Result, results_of
from drcheck.whole_files import write_whole

if TYPE_CHECKING:
    from drcheck.designs.design import Design
    from drcheck.logic.kinds import Property
    from drcheck.logic.properties import Statement
    from drcheck.system.system import System
    from drcheck.verdicts.verdict import Verdict

NOTHING_SEARCHED = "only facts of the composition are stated for these parameters: nothing was searched"


@dataclass(frozen=True, eq=False)
class Asked:
    """What one item asks of a search: a property, the same with the repair of its finding, or (None) the domains."""

    name: str
    statement: Statement | None = None
    repair: bool = False


@dataclass
class Search:
    """One search: a design with one set of parameters, and what the selected items ask of it.

    `different` are the parameters beyond those of the request that are not the defaults. `by`: how properties are decided, as in
    `check`. `shared` is a directory that several processes of one test run have in common, or None.
    """

    request: Request
    design: Design
    settings: dict[str, Any]
    different: dict[str, Any]
    by: str = "search"
    asked: list[Asked] = field(default_factory=list)
    shared: Path | None = None
    rows: list[Seen] = field(default_factory=list)
    """What this process's searches show of rows (see `idle_rows`)."""
    _results: dict[str, Result] | None = None
    _error: Exception | None = None

    @property
    def label(self) -> str:
        """The parameters beyond those of the request, as they stand in node ids."""
        from drcheck.designs.parameter import show

        return in_brackets([(name, show(value)) for name, value in self.different.items()])

    def result(self, name: str) -> Result:
        """The result of an item. The search runs, or fails, when the first of its items asks, and only then."""
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
        from drcheck.designs.parameter import settings_text
        from drcheck.errors import DrcheckError

        system = self.design.build({**self.settings, **self.different})
        found: dict[str, Result] = {}
        stated: list[tuple[Asked, Property]] = []
        domains = [asked for asked in self.asked if asked.statement is None]
        for asked in self.asked:
            if asked.statement is None:
                continue
            try:
                item = self._stated(asked, asked.statement, system)
            except DrcheckError as error:  # the other items are decided nevertheless
                found[asked.name] = Result(asked.name, "ERROR", str(error))
                continue
            if isinstance(item, str):
                found[asked.name] = Result(asked.name, "SKIPPED", item)
            else:
                stated.append((asked, item))
        verdicts = self._decided(system, [item for _, item in stated])
        own = results_of(verdicts, self._command)
        for (asked, _), result in zip(stated, own[1:], strict=True):
            with_ = settings_text(self.different, self.design.roles) if asked.repair else ""
            known = asked.statement.findings if asked.repair and asked.statement is not None else ()
            title = "; ".join(finding.title for finding in known)
            if asked.repair:
                result = replace(result, name=asked.name, finding=None, given=with_, repair=title)
            found[asked.name] = result
        for asked in domains:
            if stated and verdicts[0].run.needed:
                found[asked.name] = replace(own[0], name=asked.name)
            elif self.different and len(self.asked) > len(domains):
                found[asked.name] = Result(asked.name, "SKIPPED", NOTHING_SEARCHED)
            else:
                found[asked.name] = replace(results_of(self._decided(system, []), self._command)[0], name=asked.name)
        return found

    def _command(self, name: str) -> str:
        """What shows the whole trace of a property, by its name."""
        from drcheck.designs.commands import shell_command

        return shell_command("check", self.design, {**self.settings, **self.different}, name, "--trace")

    def _stated(self, asked: Asked, statement: Statement, system: System) -> Property | str:
        """The property on the system, or why there is none. Raises an error for one that is not well formed."""
        from drcheck.designs.preparing import stated_on
        from drcheck.logic.observing import with_observers
        from drcheck.verdicts.plan import Planner

        if asked.repair:  # may change a parameter that the property is stated for
            item: Property | str = replace(statement.on_any(system), findings=())
        else:
            item = stated_on(statement, self.design, system, self.settings)
        if not isinstance(item, str):
            joined, made = with_observers(system, [item])
            Planner(joined).plans(made)
        return item

    def _decided(self, system: System, items: list[Property]) -> list[Verdict]:
        from drcheck.verdicts.causes import explained
        from drcheck.verdicts.check import check

        verdicts = check(system, items, given=self.different, by=self.by)
        self.rows = [*self.rows, seen_in(verdicts[0].run)] if verdicts[0].run.rows is not None else self.rows
        if verdicts[0].run.interrupted:  # an interrupt is for the whole run of tests
            raise KeyboardInterrupt
        return explained(verdicts, lambda system, items, given: check(system, items, given=given)[1:])

    def _shared(self) -> dict[str, Result]:
        """Run the search, or take what another process of this test run found, waiting for it if need be."""
        assert self.shared is not None
        told = json.dumps([self.request.label, self.label, self.by, sorted(asked.name for asked in self.asked)])
        path = self.shared / f"{hashlib.sha256(told.encode()).hexdigest()[:20]}.json"
        with _locked(path.with_suffix(".lock")):
            if path.exists():
                data = json.loads(path.read_text(encoding="utf-8"))
                return {name: Result(**_tuples(values)) for name, values in data.items()}
            found = self._run()
            write_whole({path: json.dumps({name: asdict(r) for name, r in found.items()}).encode()}, private=True)
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


__all__ = ["Asked", "Search"]
