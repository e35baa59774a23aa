"""New names of designs, properties and findings: a table in the repository, so that old results find what they speak of.

A TOML file, `properties/renamed.toml` unless another is named:

    [designs]
    "model.pair:pair" = "model.study.design:pair"

    [properties."model.study.design:pair"]
    old_name = "new_name"

    [findings."model.study.design:pair"]
    old_identifier = "new_identifier"

The tables of properties and findings are those of a design by its new name. An old name may lead to another old name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from drcheck.answers.results import Result, Results
from drcheck.errors import UsageError

TABLE = Path("properties") / "renamed.toml"
"""Where the table is, below the working directory."""
_TABLES = ("designs", "properties", "findings")


@dataclass(frozen=True)
class Renames:
    """Old names to new ones: of designs, and by design of properties and of findings."""

    designs: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    findings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def apply(self, results: Results) -> Results:
        """The results with names of today. What has its new name already keeps it."""
        return replace(results, designs=tuple(self._design(result) for result in results.designs))

    def _design(self, result: Result) -> Result:
        name = newest(self.designs, result.design)
        properties, findings = self.properties.get(name, {}), self.findings.get(name, {})
        promises = {}
        for key, promise in result.promises.items():
            called = newest(properties, key)
            declared = promise.findings
            found = None if declared is None else tuple(newest(findings, finding) for finding in declared)
            # Where results have both names, the new one speaks.
            if called == key or called not in result.promises:
                promises[called] = replace(promise, name=called, findings=found)
        return replace(result, design=name, promises=promises)


def newest(names: Mapping[str, str], name: str) -> str:
    """The name at the end of the way through the table."""
    seen = {name}
    while name in names and names[name] not in seen:
        name = names[name]
        seen.add(name)
    return name


def read_renames(path: Path | None) -> Renames:
    """The table of a file; without a path, that of the working directory, or an empty one if there is none.

    Raises UsageError DR409 for a file that cannot be read or is no such table.
    """
    file = TABLE if path is None else path
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if path is None:
            return Renames()
        raise _unusable(file, "there is no such file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unusable(file, str(error)) from None
    for name in data:
        if name not in _TABLES:
            raise _unusable(file, f"there is no table {name!r}; there are {', '.join(_TABLES)}")
    by_design = {name: _mapping(file, data, name) for name in _TABLES}
    return Renames(
        _texts(file, "designs", by_design["designs"]),
        *({design: _texts(file, name, each) for design, each in by_design[name].items()} for name in _TABLES[1:]),
    )


def _mapping(file: Path, data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name, {})
    if not isinstance(found, dict):
        raise _unusable(file, f"{name} is no table")
    return found


def _texts(file: Path, name: str, found: Any) -> dict[str, str]:
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise _unusable(file, f"{name} holds something else than names")
    return found


def _unusable(file: Path, why: str) -> UsageError:
    return UsageError(
        "DR409", f"{file} is no table of new names: {why}", remedy="docs/diff.md says how such a table is written"
    )


__all__ = ["TABLE", "Renames", "newest", "read_renames"]
