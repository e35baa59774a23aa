"""From the file of a module to the module's name: `drcheck check model/pair.py:pair` is `drcheck check model.pair:pair`."""

from __future__ import annotations

import os
import shlex
from keyword import iskeyword
from pathlib import Path
from types import ModuleType

from drcheck.errors import DesignError


def parts(target: str) -> tuple[str, str]:
    """`module:function` as (module or file, function); the function is empty if it is not named."""
    head, colon, name = target.rpartition(":")
    if colon and head and (not is_file(target) or name.isidentifier()):  # else the colon is of a drive, C:/pair.py
        return head, name
    return (target[:-1], "") if colon and not name else (target, "")


def is_file(target: str) -> bool:
    """Whether a target is written as a file and not as a module."""
    return target.endswith(".py") or "/" in target or os.sep in target or ".py:" in target


def is_jani(target: str) -> bool:
    """Whether a target names a file in jani-model."""
    return target.lower().endswith(".jani")


def module_of(file: str) -> str:
    """The name by which a file at or below the working directory is imported. Raises DesignError DR201, DR404."""
    path, here = Path(os.path.abspath(file)), Path.cwd()  # noqa: PTH100  # a link is named as it stands
    if path.is_dir():
        raise DesignError(
            "DR201",
            f"{file!r} is a directory, not the file of a module",
            remedy="name a file in it",
            available=[f"{shown(p)}" for p in sorted(path.glob("*.py"))],
        )
    if not path.is_file():
        beside = sorted(path.parent.glob("*.py")) if path.parent.is_dir() else []
        raise DesignError(
            "DR201", f"there is no file {file!r}", available=[shown(p) for p in beside], asked=shown(path)
        )
    if path.suffix != ".py":
        raise DesignError("DR201", f"{file!r} is not a Python file", remedy="its name has to end with .py")
    if not _is_name(path.stem):
        raise DesignError(
            "DR201",
            f"{file!r} cannot be imported, because {path.stem!r} is not a name in Python",
            remedy=f"give it a name such as {_as_name(path.stem)}.py",
        )
    try:
        names = path.relative_to(here).with_suffix("").parts
    except ValueError:
        names = ()
    if not names or not all(map(_is_name, names)):
        why = "is not below the working directory" if not names else "is in a directory whose name is not one in Python"
        raise DesignError(
            "DR201",
            f"{file!r} {why}, so it has no name as a module here",
            remedy=f"go there first: cd {shlex.quote(str(path.parent))}, and name {path.name}",
        )
    return ".".join(names[:-1] if names[-1] == "__init__" and len(names) > 1 else names)


def check_origin(module: ModuleType, file: str) -> None:
    """Make sure that a module which was requested by its file comes from there. Raises DesignError DR404."""
    origin = getattr(module, "__file__", None)
    if origin is None or not Path(origin).samefile(file):
        raise DesignError(
            "DR404",
            f"{file!r} cannot be imported: Python takes {module.__name__!r} for another module "
            f"({origin or 'one of its own'})",
            remedy="give the file another name",
        )


def beside(file: str, module: str) -> str:
    """The remedy where a file needs `module`, which is beside it and not in the working directory; empty elsewhere."""
    folder, name = Path(file).parent, module.partition(".")[0]
    if folder == Path() or not ((folder / f"{name}.py").is_file() or (folder / name).is_dir()):
        return ""
    return f"{name} is beside it: cd {shlex.quote(str(folder))}, and name {Path(file).name}"


def shown(path: Path) -> str:
    """A path as one would type it here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _is_name(text: str) -> bool:
    return text.isidentifier() and not iskeyword(text)


def _as_name(text: str) -> str:
    name = "".join(c if c.isalnum() else "_" for c in text)
    return name if _is_name(name) else f"design_{name}"
