"""Importing a module by a name that it no longer has says where what it held is now."""

from __future__ import annotations

import importlib
import re
import sys

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
