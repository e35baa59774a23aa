"""The versions of `transitions` that drcheck says it works with are those that were tried."""

from __future__ import annotations

import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
NAME = "transitions"


def declared() -> Requirement:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (found,) = [r for r in map(Requirement, project["dependencies"]) if r.name == NAME]
    return found


def test_the_version_in_use_is_in_the_tested_range() -> None:
    """Where it is not, the tests of the oracle are to pass on it first, and then the range is made wider."""
    assert version(NAME) in declared().specifier, (
        f"{NAME} {version(NAME)} is outside the tested range {declared().specifier}: let tests/language/test_language.py, "
        "tests/language/test_taking_in.py, tests/engines/test_agreement.py and tests/sampling/test_simulation.py pass "
        "on it, then widen the range"
    )


def test_the_range_has_both_its_ends() -> None:
    """A new release is not taken in before it was tried: it is outside."""
    specifier = declared().specifier
    assert {s.operator for s in specifier} == {">=", "<="}
    (low,) = [s.version for s in specifier if s.operator == ">="]
    (high,) = [s.version for s in specifier if s.operator == "<="]
    assert low in specifier
    assert high in specifier
    assert f"{high}.1" not in specifier
    assert "1.0" not in specifier


def test_the_lock_has_the_newest_version_of_the_range() -> None:
    (locked,) = [
        line.split("==")[1].split()[0]
        for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
        if line.startswith(f"{NAME}==")
    ]
    (high,) = [s.version for s in declared().specifier if s.operator == "<="]
    assert locked == high


def test_what_only_some_tests_need_is_locked_as_it_is_declared_and_beside_the_others() -> None:
    def locked(name: str) -> set[tuple[str, str]]:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        pins = (line.removesuffix(" \\").partition("==") for line in lines if "==" in line and not line.startswith(" "))
        return {(package, version.split()[0]) for package, _, version in pins}

    readers, ours = locked(".ci/readers.lock"), locked("requirements.lock")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for wanted in map(Requirement, [*extras["readers"], *extras["cluster"]]):
        assert any(name == wanted.name and pin in wanted.specifier for name, pin in readers), wanted
    both = {name for name, _ in readers} & {name for name, _ in ours}
    assert {pin for pin in readers if pin[0] in both} <= ours


@pytest.mark.parametrize("other", ["0.8.11", "0.10.0"])
def test_versions_that_were_not_tried_are_refused(other: str) -> None:
    assert other not in declared().specifier
