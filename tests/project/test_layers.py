"""Who may import whom in src/drcheck: folders are floors, no circle anywhere, and the checker names no design.

Each room (a folder, or a module at the top) may import the rooms that stand on lower floors in `FLOORS`; those of one floor
never import each other. There are no exceptions: what is imported inside a function or for types counts as well.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import networkx
import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "drcheck"

FLOORS: list[set[str]] = [
    {"errors", "notebooks", "starting", "whole_files"},
    {"language", "kernels", "schemas", "old_names"},
    {"parts"},
    {"system", "graphs"},
    {"logic", "engines"},
    {"text", "importers"},
    {"reductions", "designs", "interop"},
    {"abstraction", "saturation", "finders", "telling", "workers"},
    {"verdicts"},
    {"answers", "held", "render", "sampling", "audit"},
    {"explorer", "public", "report", "testing"},
    {"pytest_plugin"},
    {"cli"},
    {"examples", "__main__"},
]
"""From the ground up. Rooms that do not exist yet are named so that they find their place: parts (ready components),
abstraction (slices, quotients), answers (cuts, sweeps, comparisons), held
(logs, tests from models, certificates), explorer."""

DESIGNS = (
    "infomart",
    "info_mart",
    "info mart",
    "genesys",
    "cisco",
    "avaya",
    "goldengate",
    "golden_gate",
    "golden gate",
)


def files() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name_of(path): path for path in files()}


def room_of(module: str) -> str:
    """The room of a module: `drcheck.engines.native.engine` is in engines; "" for the package itself."""
    return module.split(".")[1] if "." in module else ""


@cache
def imports(module: str) -> frozenset[str]:
    """The modules that a module imports, at whatever place: at its top, inside a function, for types only."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(NAMES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (whole & NAMES.keys()) or {str(node.module)}
    return frozenset(found)


def ours(module: str) -> Iterator[str]:
    yield from (other for other in sorted(imports(module)) if other.split(".")[0] == "drcheck" and other != module)


def floor(room: str) -> int:
    found = [i for i, rooms in enumerate(FLOORS) if room in rooms]
    assert found, f"drcheck.{room} has no place in FLOORS: give it one"
    return found[0]


@pytest.mark.parametrize("module", [name for name in NAMES if room_of(name)])
def test_imports_go_down(module: str) -> None:
    me = room_of(module)
    for other in ours(module):
        if not room_of(other):
            assert me in ("cli", "pytest_plugin", "report", "__main__", "examples"), (
                f"{module} imports the package itself"
            )
        elif room_of(other) != me:
            assert floor(room_of(other)) < floor(me), f"{module} imports {other}, which does not stand below it"


def test_no_modules_import_each_other() -> None:
    """No circle, also not inside a room. The package itself gathers what users import and is left out."""
    graph = networkx.DiGraph()
    graph.add_edges_from((name, other) for name in NAMES if room_of(name) for other in ours(name) if room_of(other))
    circles = [sorted(part) for part in networkx.strongly_connected_components(graph) if len(part) > 1]
    assert not circles


def test_no_folders_of_a_room_import_each_other() -> None:
    """The same for folders inside a room: `engines.native.search` and `engines.native.states`, say."""
    graph = networkx.DiGraph()
    for name in NAMES:
        mine = name if NAMES[name].stem == "__init__" else name.rpartition(".")[0]
        for other in ours(name):
            theirs = other if NAMES.get(other, SOURCE).stem == "__init__" else other.rpartition(".")[0]
            if (
                theirs != mine
                and "." in mine
                and "." in theirs
                and not theirs.startswith(mine + ".")
                and not mine.startswith(theirs + ".")
            ):
                graph.add_edge(mine, theirs)
    assert not [sorted(part) for part in networkx.strongly_connected_components(graph) if len(part) > 1]


def test_siblings_never_know_each_other() -> None:
    """The rooms of one floor: engines know no logic, and a reduced system is a system like any other."""
    for name in NAMES:
        for other in ours(name):
            mine, theirs = room_of(name), room_of(other)
            if mine and theirs and mine != theirs:
                assert floor(mine) != floor(theirs), f"{name} imports {other}"


def loaded_by(*modules: str) -> set[str]:
    """The modules that a fresh interpreter has after importing some."""
    code = f"import sys, {', '.join(modules)}; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


def test_the_language_needs_no_numbers_and_no_compiler() -> None:
    loaded = loaded_by("drcheck", "drcheck.system.oracle", "drcheck.system.trace", "drcheck.render.shown_trace")
    assert not loaded & {"numpy", "numba", "llvmlite"}


def test_the_command_asks_for_help_without_the_language() -> None:
    code = "import sys\ntry:\n    import drcheck.cli\n    drcheck.cli.main(['--help'])\nfinally:\n"
    code += "    print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert "Usage: drcheck" in done.stdout
    loaded = {module for module in done.stderr.split() if module.startswith("drcheck.")}
    assert "drcheck.cli.application" in loaded
    assert {room_of(module) for module in loaded} == {"cli", "errors", "notebooks", "old_names", "starting"}
    assert not loaded & {"drcheck.cli.console", "drcheck.cli.data"}


def test_drawings_do_not_even_mention_numbers_or_compilers() -> None:
    for name in NAMES:
        if room_of(name) == "render":
            used = {module.split(".")[0] for module in imports(name)}
            assert not used & {"numpy", "numba", "llvmlite"}, name


def test_the_checker_names_no_design() -> None:
    pattern = re.compile("|".join(DESIGNS), re.IGNORECASE)
    for path in sorted(p for p in SOURCE.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        assert not pattern.search(str(path.relative_to(SOURCE))), path
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found = pattern.search(text)
        assert not found, f"{path.relative_to(SOURCE)} names {found and found[0]}: the checker knows no design"


def test_the_checker_needs_no_design_to_be_there() -> None:
    for name in NAMES:
        roots = {module.split(".")[0] for module in imports(name)}
        assert not roots & {"model", "properties", "tests", "bench"}, name


# -- the designs -------------------------------------------------------------------------------------------------------
DESIGNS_HERE = SOURCE.parent.parent / "model"


def test_designs_put_machines_together_and_make_none() -> None:
    """A machine stands in `components/` (or `common/`), a procedure in `runbooks/`; a design composes them."""
    making = {"Component", "on"}
    for path in sorted(DESIGNS_HERE.glob("*/*.py")):
        if path.parent.name != "common":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
            made = {call.id for call in calls if isinstance(call, ast.Name)} & making
            assert not made, f"{path.relative_to(DESIGNS_HERE)} calls {', '.join(made)}"


JOINT = {"joint_recovery": {"configuration_database", "info_mart"}}
"""The studies that compose machines of others, and which; nothing is joined on top of a joint one."""


def test_studies_share_by_the_common_folder_alone() -> None:
    """Nothing in a study's folder of model/ or properties/ imports another study's, but for a joint study those it joins."""
    assert not set(JOINT) & set().union(*JOINT.values())
    for kind in ("model", "properties"):
        for path in sorted((SOURCE.parent.parent / kind).glob("*/**/*.py")):
            study = path.relative_to(SOURCE.parent.parent / kind).parts[0]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                module = node.module if isinstance(node, ast.ImportFrom) and node.module else ""
                found = re.match(r"(?:model|properties)\.(\w+)\.", module + ".")
                shared = {study, "common", "documents", "claims", *(JOINT.get(study, ()) if kind == "model" else ())}
                assert not found or found[1] in shared, f"{path}: {module}"
