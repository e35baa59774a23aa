"""A design that asks drcheck for what there is not: the error has the place in the user's file, and names what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from drcheck.designs.design import load
from drcheck.errors import DesignError

IMPORTS = "from drcheck import Component, ParameterRole, System, compose, design, on\n"
DESIGN = """

@design(title="A fridge")
def fridge() -> System:
    fridge = Component("fridge", ["cold", "broken"], transitions=[on("breaks", "cold", "broken"{row})]{component})
    return compose("bank", [fridge])
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            IMPORTS + DESIGN.format(row=", falt='x'", component=""),
            r"DR207.*'falt' \(\w+\.py:6\); .*mean 'fault'",
        ),
        (IMPORTS + DESIGN.format(row="", component=", varables=[]"), r"DR207.*py:6\); available: .*mean 'variables'"),
        (IMPORTS + "print(ParameterRole.FALT)", r"DR202.*FALT \(\w+\.py:2\); available: DEPLOYMENT.*mean 'FAULT'"),
        (
            "from drcheck import Component, composed",
            r"DR202.*name 'composed' from 'drcheck' \(\w+\.py:1\).*mean 'compose'",
        ),
        ("import enum\nenum.Enum('x', [('mro', 1)])", r"DR202.*\(\w+\.py:2\)$"),
    ],
    ids=["argument", "of a class", "role", "import", "standard library"],
)
def test_what_there_is_not_is_told_with_what_there_is(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    name = "fridge_" + request.node.callspec.id.replace(" ", "_")
    (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(DesignError, match=said):
        load(f"{name}:fridge").build({})
