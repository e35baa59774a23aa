"""The fixture `drcheck_check`: systems and designs checked inside a test of your own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from drcheck.render.style import clean
from drcheck.testing.results import results_of

if TYPE_CHECKING:
    from drcheck.designs.design import Design
    from drcheck.engines.protocol import Limits
    from drcheck.logic.kinds import Property
    from drcheck.logic.properties import Statement
    from drcheck.system.system import System
    from drcheck.verdicts.verdict import Verdict


def checked(
    subject: System | Design | str,
    *properties: Property | Statement | str,
    engine: str = "auto",
    limits: Limits | None = None,
    by: str = "search",
    **parameters: Any,
) -> list[Verdict]:
    """The verdicts, where all properties are as declared; else the test fails with the traces. `by`: as in `check`."""
    __tracebackhide__ = True
    from drcheck.engines.protocol import Limits
    from drcheck.verdicts.causes import explained
    from drcheck.verdicts.check import check

    verdicts = explained(
        _verdicts(subject, properties, parameters, engine=engine, limits=limits, by=by),
        lambda system, items, given: check(system, items, given=given, engine=engine, limits=limits or Limits())[1:],
    )
    problems = [problem for result in results_of(verdicts) if (problem := result.problem()) is not None]
    if problems:
        pytest.fail(clean("\n\n".join(problems)), pytrace=False)
    return verdicts


def _verdicts(
    subject: System | Design | str, properties: Sequence[Any], parameters: dict[str, Any], **how: Any
) -> list[Verdict]:
    from drcheck.designs.design import Design, load
    from drcheck.designs.selection import by_parameters
    from drcheck.engines.protocol import Limits
    from drcheck.errors import DesignError
    from drcheck.system.system import System
    from drcheck.verdicts.check import check, check_design

    how["limits"] = how["limits"] or Limits()
    design = load(subject) if isinstance(subject, str) else subject
    names = [item for item in properties if isinstance(item, str)]
    stated = [item for item in properties if not isinstance(item, str)]
    verdicts: list[Verdict] = []
    if isinstance(design, Design):
        settings = design.taken(parameters)
        if names or not stated:
            report = check_design(design, settings, names, causes=False, **how)
            _unless_interrupted(report.verdicts, report.interrupted)
            for statement, reason in report.skipped:
                raise _cannot(statement.name, reason)
            verdicts += report.verdicts
        groups, skipped = by_parameters(design, settings, stated)
        for item, reason in skipped:
            raise _cannot(item.name, reason)
        for key, group in groups.items():
            given = dict(key)
            found = check(design.build({**settings, **given}), group, given=given, **how)
            verdicts += _unless_interrupted(found, found[0].run.interrupted)
        return verdicts
    if not isinstance(design, System):
        raise DesignError(
            "DR203", f"{subject!r} is neither a system nor a design", remedy="pass compose(...) or a @design"
        )
    if names or parameters:
        raise DesignError(
            "DR203", f"{', '.join([*names, *parameters])}: only designs have names of properties and parameters"
        )
    found = check(design, stated or None, **how)
    return _unless_interrupted(found, found[0].run.interrupted)


def _cannot(name: str, reason: str) -> Exception:
    from drcheck.errors import PropertyError

    return PropertyError("DR302", f"property {name} cannot be decided here: {reason}")


def _unless_interrupted(verdicts: Sequence[Verdict], interrupted: bool) -> list[Verdict]:
    """The verdicts. An interrupt is for the whole run of tests, which would go on after one that only ended a search."""
    if interrupted:
        raise KeyboardInterrupt
    return list(verdicts)


__all__ = ["checked"]
