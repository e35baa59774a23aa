"""An audit: a function of configuration files that returns remarks, each pointing at a file and a line.

    @audit(title="Parameter files of the replication", options={"case_sensitive": "whether file names differ by case"})
    def parameter_files(files: list[Path], options: Mapping[str, str]) -> list[Remark]:
        ...

Which files an audit can read and what it compares them with is its own affair: the checker only finds it, runs it and
holds it to its form. A file that cannot be read or understood is an AuditError DR702 or DR703, never a remark.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from drcheck.designs.design import import_module
from drcheck.errors import AuditError, DrcheckError, Place

PROBLEM, WARNING, NOTE = "problem", "warning", "note"
SEVERITIES = (PROBLEM, WARNING, NOTE)
"""problem: it does not do what it is meant to; warning: harmless only under a condition; note: good to know."""


@dataclass(frozen=True)
class Remark:
    """What an audit has to say about one line.

    `file` and `line` (from 1) say where; `code` is the audit's own short name for this kind of remark; `what` is wrong
    or worth knowing, `remedy` what to do; `claims` are keys of the claims that it bears on.
    """

    severity: str
    file: str
    line: int
    code: str
    what: str
    remedy: str = ""
    claims: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The remark as plain data."""
        return {
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "code": self.code,
            "what": self.what,
            "remedy": self.remedy,
            "claims": list(self.claims),
        }


@dataclass(frozen=True)
class Audit:
    """A declared audit: `name` is `module:function`; `options` are what can be set, with their meaning."""

    function: Callable[[list[Path], Mapping[str, str]], list[Remark]]
    title: str
    place: Place
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """`module:function`, by which the command line finds it."""
        return f"{self.function.__module__}:{self.function.__name__}"

    def __call__(self, files: Sequence[Path | str], options: Mapping[str, str] | None = None) -> list[Remark]:
        """The remarks on `files`, problems first in the order of files and lines as the function gives them.

        Raises AuditError DR701 for an option that it does not have, DR702 or DR703 for a file that cannot be read or
        understood, DR704 if the function fails or returns anything but remarks.
        """
        given = dict(options or {})
        for name in given:
            if name not in self.options:
                raise AuditError(
                    "DR701",
                    f"audit {self.name} has no option {name!r}",
                    place=self.place,
                    available=list(self.options),
                    asked=name,
                )
        try:
            remarks = self.function([Path(file) for file in files], given)
        except DrcheckError:
            raise
        except Exception as error:  # whatever a user's function raises becomes one coded error
            raise AuditError(
                "DR704", f"audit {self.name} failed with {type(error).__name__}: {error}", place=self.place
            ) from error
        well_formed = isinstance(remarks, list) and all(
            isinstance(remark, Remark) and remark.severity in SEVERITIES for remark in remarks
        )
        if not well_formed:
            raise AuditError(
                "DR704",
                f"audit {self.name} returned something other than a list of remarks",
                place=self.place,
                remedy=f"return Remark objects of severity {', '.join(SEVERITIES)}",
            )
        return sorted(remarks, key=lambda remark: SEVERITIES.index(remark.severity))


def audit(*, title: str = "", options: Mapping[str, str] | None = None) -> Callable[[Callable[..., Any]], Audit]:
    """Declare a function as an audit."""

    def declare(function: Callable[..., Any]) -> Audit:
        place = Place(function.__code__.co_filename, function.__code__.co_firstlineno)
        return Audit(function, title or function.__name__.replace("_", " "), place, dict(options or {}))

    return declare


def audits_of(module: ModuleType) -> dict[str, Audit]:
    """The audits that a module defines, by name, in the order of their definition."""
    return {
        name: item
        for name, item in vars(module).items()
        if isinstance(item, Audit) and item.function.__module__ == module.__name__
    }


def audits_in(package: str) -> list[Audit]:
    """All audits of a package and the packages in it. Raises DesignError DR201 or DR202 as importing does."""
    root = import_module(package)
    found = list(audits_of(root).values())
    for info in pkgutil.iter_modules(getattr(root, "__path__", ())):
        found += audits_in(f"{package}.{info.name}")
    return found


def load(target: str) -> Audit:
    """The audit `module:function`. Raises AuditError DR701, DesignError DR201 or DR202 for the module."""
    module_name, _, attribute = target.partition(":")
    module = import_module(module_name)
    found = audits_of(module)
    if attribute in found:
        return found[attribute]
    raise AuditError(
        "DR701",
        f"module {module_name} has no audit {attribute!r}",
        place=None,
        available=[f"{module_name}:{name}" for name in found],
        asked=target,
        remedy="" if found else "declare the function with @audit(...)",
    )
