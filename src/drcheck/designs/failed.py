"""What a user's module or design failed with: where in the user's code, and what there is instead of what was asked for."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import sysconfig
import traceback
from collections.abc import Sequence
from pathlib import Path

from drcheck.errors import DesignError, Place

_UNEXPECTED = re.compile(r"([\w.]+)\(\) got an unexpected keyword argument '(\w+)'")
_PACKAGE = Path(__file__).parents[1]
_NOT_THE_USERS = (
    str(_PACKAGE),
    sys.prefix,
    sys.base_prefix,  # where the standard library is, in a virtual environment
    sysconfig.get_path("stdlib"),
    "<",
)


def place_of(error: BaseException) -> Place | None:
    """The innermost place of an error that is in the user's code (outside drcheck and the standard library)."""
    frames = [
        f
        for f in traceback.extract_tb(error.__traceback__)
        if not f.filename.startswith(_NOT_THE_USERS) and "importlib" not in f.filename
    ]
    return Place(frames[-1].filename, frames[-1].lineno or 0) if frames else None


def failure(code: str, what: str, error: Exception, place: Place | None) -> DesignError:
    """The error that something failed with another, with the names there are where it asked for one that there is not."""
    asked, available = _instead(error)
    message = f"{what} {type(error).__name__}: {_first_line(error)}"
    return DesignError(code, message, place=place, asked=asked, available=available)


def _first_line(error: Exception) -> str:
    told = str(error)
    if isinstance(error, ImportError) and error.path:
        told = told.replace(f" ({error.path})", "")
    return told


def _instead(error: Exception) -> tuple[str | None, Sequence[str]]:
    """What was asked for of drcheck, and what there is: the arguments of a function, the names of a class or the package."""
    if isinstance(error, TypeError) and (found := _UNEXPECTED.search(str(error))):
        return found[2], _arguments(found[1])
    if isinstance(error, ImportError) and error.name == "drcheck":
        asked = re.search(r"cannot import name '(\w+)'", str(error))
        return (asked[1], _public(importlib.import_module("drcheck"))) if asked else (None, ())
    if (
        isinstance(error, AttributeError)
        and isinstance(error.obj, type)
        and error.obj.__module__.startswith("drcheck.")
    ):
        names = getattr(error.obj, "__members__", None) or vars(error.obj)
        return error.name, [name for name in names if not name.startswith("_")]
    return None, ()


def _public(module: object) -> list[str]:
    return [name for name in getattr(module, "__all__", ()) if not name.startswith("_")]


def _arguments(function: str) -> list[str]:
    """The arguments of a function or a class of drcheck by its name, `on` or `Component.__init__`."""
    found: object = importlib.import_module("drcheck")
    for part in function.removesuffix(".__init__").split("."):
        found = getattr(found, part, None)
    if not callable(found):
        return []
    named = inspect.signature(found).parameters.values()
    return [each.name for each in named if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)]


__all__ = ["failure", "place_of"]
