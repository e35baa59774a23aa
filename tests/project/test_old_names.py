"""Importing a module by a name that it no longer has says where what it held is now."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest

from drcheck.old_names import MOVED, MovedModuleError, OldNames, refuse_old_names


@pytest.mark.parametrize("old", MOVED)
def test_an_old_name_says_the_new_one(old: str) -> None:
    with pytest.raises(MovedModuleError, match=r"\[DR210\]") as failure:
        importlib.import_module(old)
    parents = [old.rsplit(".", n)[0] for n in range(old.count("."))]
    assert any(MOVED.get(name, "?") in str(failure.value) for name in parents)


@pytest.mark.parametrize("new", sorted({name for names in MOVED.values() for name in re.split(r", | or ", names)}))
def test_the_new_name_is_there(new: str) -> None:
    importlib.import_module(new)


def test_what_was_imported_from_a_module_that_is_a_folder_now() -> None:
    with pytest.raises(MovedModuleError, match=r"drcheck\.system\.system"):
        exec("from drcheck.system import System")


def test_other_names_are_left_to_python() -> None:
    with pytest.raises(ModuleNotFoundError, match="nothing_of_the_kind"):
        importlib.import_module("drcheck.nothing_of_the_kind")
    refuse_old_names()
    assert len([finder for finder in sys.meta_path if isinstance(finder, OldNames)]) == 1


ROOT = Path(__file__).resolve().parents[2]
TEXTS = [*(ROOT / "src").rglob("*.py"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
FILES = {
    f"/{path.relative_to(ROOT).as_posix()}"
    for folder in ("src", "model", "properties", "tests", "bench", "docs")
    for path in (ROOT / folder).rglob("*.py")
}
SHORT = {old.removeprefix("drcheck.explore.") for old in MOVED if old.startswith("drcheck.explore.")}
GONE = {name for name in SHORT if "." in name and not (ROOT / "src" / "drcheck" / name.split(".")[0]).is_dir()}
OLD = GONE | {f"explore.{name}" for name in SHORT}
"""How old modules are spoken of in texts: without the package, and without the room that they shared."""


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_texts_speak_of_modules_that_are_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.name != "old_names.py":
        spoken = re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)", text)
        assert [name for name in spoken if ".".join(name.split(".")[:2]) in OLD] == []
    if path.name in ("__init__.py", "internals.md") or path.parent.name == "adr":
        named = re.findall(r"(?<![\w/.<{*-])([a-z_]+(?:/[a-z_]+)*\.py)\b", text)
        assert [name for name in named if not any(file.endswith(f"/{name}") for file in FILES)] == []
