"""The available designs: those of the working directory's `model` package."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from drcheck.errors import DesignError, UsageError

if TYPE_CHECKING:
    from drcheck.designs.design import Design
    from drcheck.engines.protocol import Limits

T = TypeVar("T")
PACKAGE = "model"


def discover(package: str = PACKAGE, limits: Limits | None = None) -> list[Design]:
    """All designs of a package of the working directory, by module and then in the order of their definition.

    No module may take longer to be loaded than the limit of seconds, nor may its limit of memory be exceeded meanwhile.

    Raises UsageError DR402 if there is none, DesignError DR202 for a module that cannot be imported.
    """
    from drcheck.designs.design import designs_of, import_module

    try:
        root = _loaded(import_module, package, limits)
    except DesignError as error:
        if error.code != "DR201":
            raise
        raise _none(package, f"there is no package {package!r} in {Path.cwd()}") from error
    if not _is_here(root):
        raise _none(package, f"package {package!r} comes from elsewhere ({_origin(root)}), not from {Path.cwd()}")
    found = [d for module in _modules(root, limits) for d in designs_of(module).values()]
    if not found:
        raise _none(package, f"package {package!r} in {Path.cwd()} defines no design")
    return found


def chosen(targets: Sequence[str], limits: Limits | None = None) -> list[Design]:
    """The designs named, each once; all that are found if none is named. For `limits` see `discover`."""
    from drcheck.designs.design import load

    if not targets:
        return discover(limits=limits)
    return list({design.name: design for design in (_loaded(load, t, limits) for t in targets)}.values())


def _loaded(load: Callable[[str], T], name: str, limits: Limits | None) -> T:
    if limits is None:
        return load(name)
    with limits.started().during(f"{name} was loaded"):
        return load(name)


def _modules(root: ModuleType, limits: Limits | None = None) -> Iterator[ModuleType]:
    """A module and, if it is a package, all in it, in order of their names."""
    from drcheck.designs.design import import_module

    yield root
    for info in pkgutil.iter_modules(getattr(root, "__path__", ())):
        yield from _modules(_loaded(import_module, f"{root.__name__}.{info.name}", limits), limits)


def _origin(module: ModuleType) -> str:
    return module.__file__ or next(iter(getattr(module, "__path__", ())), "?")


def _is_here(module: ModuleType) -> bool:
    return Path(_origin(module)).resolve().is_relative_to(Path.cwd().resolve())


def _none(package: str, message: str) -> UsageError:
    return UsageError(
        "DR402",
        message,
        remedy=f"run drcheck in the directory that holds {package}/, or name a design as module:design or file:design",
    )
