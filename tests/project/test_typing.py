"""What type checkers and editors see: the README's example under `mypy --strict`, `dir`, and the types of `drcheck stubs`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mypy import api

import drcheck
import drcheck.public
import drcheck.system.views
from drcheck import Array, Component, Integer, compose, on
from drcheck.designs.design import load
from drcheck.designs.stubs import compositions, stubs_of
from drcheck.errors import ModelError
from tests.support import cli_project

ROOT = Path(__file__).resolve().parents[2]
Command = Callable[..., tuple[int, str, str]]

VARIED = '''
"""What is there depends on the parameters, and some of it has names that mean something else in Python."""
from typing import Annotated, Literal

from drcheck import Array, Boolean, Component, Counter, Duration, Integer, System, all_of, compose, design, hours, on


def server(name: str) -> Component:
    ready, slot = Boolean("ready"), Array("slot", Integer("value", 0, 3), 2)
    return Component(name, ["up", "down", "live", "class"], variables=[ready, slot], transitions=[
        on(f"{name}_fails", "*", "down", then={ready: False}), on(f"{name}_moves", "up", "live"), on(f"{name}_x", "up", "class"),
    ])


@design
def varied(
    servers: Annotated[int, "how many", range(1, 4)] = 1,
    mode: Literal["counted", "named"] = "counted",
    wait: Duration = hours(2),
    odd: bool = False,
) -> System:
    """Servers in a number."""
    if odd and servers == 3:
        return compose("varied", [])  # refused: it is left out
    parts = [server(f"server{n}") for n in range(1, servers + 1)]
    n = Counter("n", 3) if mode == "counted" else Boolean("n")
    extra = Component("extra", ["on"], variables=[n], transitions=[on("go", "on")])
    return compose("varied", [*parts, extra], parts={
        "servers": parts, "ready": all_of(s.ready for s in parts), "by_name": {s.name: s for s in parts},
        "other": object(),
    })
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cli_project.write_project(tmp_path)
    with cli_project.entered(tmp_path, monkeypatch):
        yield tmp_path


def complaints(*files: str) -> list[str]:
    """What `mypy --strict` says of files of the working directory."""
    printed, failed, _ = api.run(["--strict", "--no-error-summary", "--cache-dir=.mypy_cache", *files])
    assert not failed
    return printed.splitlines()


# -- mypy ---------------------------------------------------------------------------------------------------------------
TYPED = """
from drcheck import Property, never, stated
from model.pair_types import Pair


@stated()
def right(d: Pair) -> Property:
    return never(d.primary.up & d.standby.state("serving") & (d.standby.waited > 1) & ~d.component("primary").down)


@stated()
def wrong(d: Pair) -> Property:
    return never(d.primary.dwon | (d.standby.wated > 1) | d.stanby.idle)
"""


SITES = """
from drcheck import Component, Site, System, design


@design
def bare() -> System:
    raise NotImplementedError


def at(site: Component, members: list[Component]) -> Site:
    return Site(site, members)


title: str = bare.title
"""


def test_mypy_accepts_the_readme_and_refuses_what_is_misspelt_with_stubs(project: Path, command: Command) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```python file=standby.py\n(.*?)```", readme, re.DOTALL)
    assert example is not None
    (project / "standby.py").write_text(example[1], encoding="utf-8")
    (project / "sites.py").write_text(SITES)
    assert command("stubs") == (0, "written: model/pair_types.py\n", "")
    (project / "properties" / "typed.py").write_text(TYPED)
    said = complaints("standby.py", "sites.py", "model/pair_types.py", "properties/typed.py")
    assert [re.sub(r"; maybe.*| +\[.*", "", line) for line in said] == [
        'properties/typed.py:13: error: "PairPrimary" has no attribute "dwon"',
        'properties/typed.py:13: error: "PairStandby" has no attribute "wated"',
        'properties/typed.py:13: error: "Pair" has no attribute "stanby"',
    ]


MISSPELT = """
import drcheck
from drcheck import Component, alway, never

drcheck.nevr
reveal_type(drcheck.never)
"""


def test_mypy_refuses_misspelt_names_of_the_package(project: Path) -> None:
    (project / "misspelt.py").write_text(MISSPELT)
    said = [line for line in complaints("misspelt.py") if ": error: " in line]
    assert [re.sub(r"; maybe.*| +\[.*", "", line) for line in said] == [
        'misspelt.py:3: error: Module "drcheck" has no attribute "alway"',
        'misspelt.py:5: error: Module has no attribute "nevr"',
    ]


def test_python_refuses_misspelt_names_of_the_package() -> None:
    for code, kind in (("import drcheck; drcheck.nevr", "AttributeError"), ("from drcheck import nevr", "ImportError")):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
        said = done.stderr.splitlines()[-1]
        assert re.match(rf"{kind}: .*'drcheck'.*'nevr'|{kind}: .*'nevr' from 'drcheck'", said)
        if sys.version_info >= (3, 12) or kind == "AttributeError":
            assert said.endswith("Did you mean: 'never'?")


def test_the_package_has_its_names_and_no_others() -> None:
    assert drcheck.__all__ == drcheck.public.__all__
    assert set(drcheck.__all__) <= set(dir(drcheck))
    given: dict[str, object] = {}
    exec("from drcheck import *", given)
    assert set(given) - {"__builtins__"} == set(drcheck.__all__)
    for name in drcheck.__all__:
        assert getattr(drcheck, name) is given[name]


# -- dir ----------------------------------------------------------------------------------------------------------------
def test_dir_has_what_a_component_and_a_system_answer_to() -> None:
    n = Integer("n", 0, 1)
    slot = Array("slot", Integer("v", 0, 1), 2)
    part = Component("part", ["off", "on"], variables=[n, slot], transitions=[on("go", "off", "on")])
    system = compose("whole", [part], parts={"first": part})
    assert {"off", "on", "n", "slot", "state", "triggers"} <= set(dir(part))
    assert not [name for name in dir(part) if "[" in name]
    assert {"part", "first", "component", "cells", "name"} <= set(dir(system))
    for thing in (part, system):
        for name in dir(thing):
            assert hasattr(thing, name), name


def test_views_name_what_is_there() -> None:
    system = compose("whole", [Component("part", ["on"], transitions=[on("go", "on")])])
    for view, thing in (
        (drcheck.system.views.ComponentView, system.component("part")),
        (drcheck.system.views.SystemView, system),
    ):
        names = [name for name in vars(view) if not name.startswith("_")]
        assert len(names) > 10
        assert all(hasattr(thing, name) for name in names)


# -- drcheck stubs ------------------------------------------------------------------------------------------------------
def test_types_have_what_any_choice_of_the_parameters_composes(project: Path) -> None:
    (project / "model" / "varied.py").write_text(VARIED, encoding="utf-8")
    varied = load("model.varied")
    text = stubs_of("model.varied", [varied])
    classes = dict(re.findall(r"^class (\w+)\(.*?:\n(.*?)(?=^class|\Z)", text, re.MULTILINE | re.DOTALL))
    assert list(classes) == ["VariedServer1", "VariedExtra", "VariedServer2", "VariedServer3", "Varied"]
    members = {name: dict(re.findall(r"def (\w+)\(self\) -> (.+): \.\.\.", body)) for name, body in classes.items()}
    assert members["VariedServer3"] == {"up": "Expression", "down": "Expression", "ready": "Boolean", "slot": "Array"}
    assert members["VariedExtra"] == {"on": "Expression", "n": "Boolean | Counter"}
    assert members["Varied"] == {
        "server1": "VariedServer1",
        "server2": "VariedServer2",
        "server3": "VariedServer3",
        "extra": "VariedExtra",
        "servers": "Sequence[VariedServer1 | VariedServer2 | VariedServer3]",
        "ready": "Expression",
        "other": "Any",
        "by_name": "Mapping[str, VariedServer1 | VariedServer2 | VariedServer3]",
    }
    for system in compositions(varied):  # whatever is typed is there, and of its type
        for component in system.components:
            assert set(members[f"Varied{component.name.title()}"]) >= {
                s for s in component.states if s not in ("live", "class")
            }
    namespace: dict[str, object] = {}
    exec(compile(text, "varied_types.py", "exec"), namespace)  # it can be imported, too
    assert "Varied" in namespace


def test_not_every_combination_of_many_parameters_is_composed(project: Path) -> None:
    part = "Component('part', ['on'], transitions=[on('go', 'on')])"
    names = [f"p{n}" for n in range(8)]
    (project / "model" / "many.py").write_text(
        "from drcheck import Component, System, compose, design, on\nBUILT = []\n\n\n@design\n"
        f"def many({', '.join(f'{name}: bool = False' for name in names)}) -> System:\n"
        f"    BUILT.append([{', '.join(names)}])\n    return compose('many', [{part}])\n"
    )
    many = load("model.many")
    assert len(list(compositions(many))) == 10
    built = sys.modules["model.many"].BUILT
    assert [sum(each) for each in built] == [0, 1, 1, 1, 1, 1, 1, 1, 1, 8]


def test_stale_types_are_told(project: Path, command: Command) -> None:
    status, out, err = command("stubs", "--check")
    assert (status, out) == (2, "")
    assert err.startswith(
        "error: [DR405] these types are not those of the designs as they are: model/pair_types.py; rewrite"
    )
    assert command("stubs", "model.pair:pair")[:2] == (0, "written: model/pair_types.py\n")
    assert command("stubs", "--check") == (0, "unchanged: model/pair_types.py\n", "")
    assert command("stubs") == (0, "unchanged: model/pair_types.py\n", "")
    path = project / "model" / "pair_types.py"
    path.write_text(path.read_text().replace("waited", "wated"))
    assert command("stubs", "--check")[0] == 2
    assert "wated" in path.read_text()


def test_what_somebody_else_wrote_is_left_alone(project: Path, command: Command) -> None:
    (project / "model" / "pair_types.py").write_text("mine = 1\n")
    status, out, err = command("stubs", "model.pair")
    assert (status, out) == (2, "")
    assert err.startswith("error: [DR406] model/pair_types.py was not written by `drcheck stubs`")
    assert (project / "model" / "pair_types.py").read_text() == "mine = 1\n"
    assert (
        "[DR406] module drcheck.examples is not below the working directory"
        in command("stubs", "drcheck.examples:pair")[2]
    )
    assert "--output names one file" in command("stubs", "drcheck.examples:pair", "model.pair", "--output", "x.py")[2]
    assert not (project / "x.py").exists()


def test_what_a_model_prints_and_how_it_fails(project: Path, command: Command) -> None:
    path = project / "model" / "pair.py"
    path.write_text(path.read_text() + "\nprint('hello from the model')\n")
    status, out, err = command("stubs", "model.pair", "--output", "types.py")
    assert (status, out) == (0, "written: types.py\n")
    assert "hello" in err
    path.write_text(path.read_text().replace("when=primary.up,", "when=primary.upp,"))
    for name in [name for name in sys.modules if name.startswith("model")]:
        del sys.modules[name]
    before = (project / "types.py").read_text()
    status, out, err = command("stubs", "model.pair", "--output", "types.py")
    assert (status, out) == (2, "")
    assert "[DR104]" in err
    assert (project / "types.py").read_text() == before
    with pytest.raises(ModelError):
        load("model.pair").build()
