"""A design: a function with typed, documented parameters that composes a System, and the properties it must have.

    @design(title="Two sites and a link", properties="properties.two_sites")
    def two_sites(
        threshold: Annotated[Duration, "how long the server waits"] = hours(8),
        sources: Annotated[int, "data sources a site", range(1, 3)] = 1,
    ) -> System:
        ...

Parameters, their types and their roles: see `drcheck.designs.parameter`.
`properties` names the module that states the properties; a small design may instead pass them to `compose`.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, overload

from drcheck.designs import locate
from drcheck.designs.failed import failure, place_of
from drcheck.designs.holding import listed
from drcheck.designs.parameter import Parameter, ParameterRole, declared_by, settings_words
from drcheck.designs.stating import composed, refuse_beside, stated_in, unique
from drcheck.designs.sweeps import Sweep, refuse_unusable
from drcheck.designs.variants import other_settings
from drcheck.errors import DesignError, DrcheckError, Place, PropertyError, caller, shown
from drcheck.language.handed_over import refuse_changed
from drcheck.language.too_early import read_too_early
from drcheck.logic.properties import Statement, nothing_lost
from drcheck.system.system import System

if TYPE_CHECKING:
    from drcheck.designs.jani_files import JaniFile


@dataclass(frozen=True)
class Design:
    """A design: `name` is `module:function`; `build(settings)` composes it.

    `cuts`: the scopes that are enough to find its minimal cut sets. `guardable`: the automatic events that could have a further
    guard, where a promise is to be mended. `sweeps`: those that it declares. `file`: the JANI file that it is, or None.
    """

    function: Callable[..., System]
    title: str
    properties_module: str | None
    parameters: tuple[Parameter, ...]
    place: Place
    cuts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    guardable: tuple[str, ...] = ()
    file: JaniFile | None = field(default=None, hash=False)
    sweeps: tuple[Sweep, ...] = field(default=(), hash=False)

    @property
    def name(self) -> str:
        """`module:function`, by which the command line finds it; of a design that is no Python, its file."""
        if self.file is not None:
            return self.file.file
        return f"{self.function.__module__}:{self.function.__name__}"

    @property
    def doc(self) -> str:
        """What the design is, from the function's docstring."""
        if self.file is not None:
            return self.file.model.doc
        return inspect.getdoc(self.function) or ""

    @property
    def roles(self) -> dict[str, ParameterRole]:
        """The roles of the parameters that have one, by name."""
        return {p.name: p.role for p in self.parameters if p.role is not None}

    def parameter(self, name: str) -> Parameter:
        """The parameter `name`. Raises DesignError DR204."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise DesignError(
            "DR204",
            f"design {self.name} has no parameter {name!r}",
            place=self.place,
            available=[p.name for p in self.parameters],
            asked=name,
        )

    def settings(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Parameter values from texts, as the command line gives them."""
        return {name: self.parameter(name).parse(text) for name, text in texts.items()}

    def taken(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Parameter values; texts are read as on the command line. Raises DesignError DR204 to DR206."""
        known = {name: self.parameter(name) for name in settings}
        return {
            name: known[name].parse(value) if isinstance(value, str) else known[name].check(value)
            for name, value in settings.items()
        }

    def __call__(self, **settings: Any) -> System:
        """The composed system, with parameters as keywords (see `build`)."""
        return self.build(settings)

    def build(self, settings: Mapping[str, Any] | None = None) -> System:
        """The composed system with the defaults and `settings`.

        Raises DesignError DR204, DR205 (bad parameters), DR207 (the design function failed), or a ModelError.
        """
        values = {p.name: p.default for p in self.parameters}
        for name, value in (settings or {}).items():
            values[name] = self.parameter(name).check(value)
        return replace(self.compose_with(values), invocation=(self.name, *settings_words(self.changed(values))))

    def compose_with(self, values: Mapping[str, Any]) -> System:
        """The composed system with these values of all parameters, unchecked. Raises DesignError DR207, or a ModelError."""
        returned: list[System] = []
        try:
            with nothing_lost(lambda: listed(returned[0].properties) if returned else None, f"design {self.name}"):
                system = self.function(**values)
                returned += [system] if isinstance(system, System) else []
        except DrcheckError:
            raise
        except Exception as error:  # whatever a user's function raises becomes one coded error
            place = place_of(error) or self.place
            early = read_too_early(error, self.function, place)
            if early is not None:
                raise early from error
            raise failure("DR207", f"design {self.name} failed with", error, place) from error
        if not isinstance(system, System):
            raise DesignError(
                "DR207",
                f"design {self.name} returned {type(system).__name__}, not a composed system",
                place=self.place,
                remedy="return compose(...)",
            )
        refuse_changed(system.lists_given)
        return replace(
            system,
            parameters=dict(values),
            parameter_roles=self.roles,
            title=self.title or system.title,
            doc=system.doc or self.doc,
            variants=None if self.file is not None else partial(self._variants, dict(values)),
        )

    def changed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Those of some parameter values that are not the defaults, in the order of the parameters."""
        return {p.name: values[p.name] for p in self.parameters if p.name in values and values[p.name] != p.default}

    def _variants(self, present: Mapping[str, Any]) -> Iterator[System]:
        """The systems under other settings; those that the design cannot be composed for are left out."""
        for settings in other_settings(self.parameters, present):
            try:
                yield self.build(settings)
            except DrcheckError:
                continue

    def statements(self, settings: Mapping[str, Any] | None = None) -> list[Statement]:
        """The properties stated for the design, in the order of their definition.

        From the module named by `properties`, and then those that its system, with `settings`, was composed with.
        Raises DesignError DR202, PropertyError DR302 (also for parameters that a property or the repair of its finding
        names and the design does not have), DR303, DR306 to DR308.
        """
        if self.file is not None and self.file.missing(settings or {}):
            return composed(self.file.stated(), self.name, self.place)
        system = self.build(settings)
        own = None if self.file is not None else sys.modules.get(self.function.__module__)
        found: list[Statement] = []
        if self.properties_module is not None:
            found += stated_in(import_module(self.properties_module), system)
        found += [
            s for s in composed(system.properties, self.name, self.place) if not any(s is other for other in found)
        ]
        unique(found, self.name)
        if own is not None:
            named = any(d.properties_module == own.__name__ for d in designs_of(own).values())
            refuse_beside(own, self.function.__name__, found, named=named)
        for statement in found:
            self._check_parameters(statement)
        return found

    def _check_parameters(self, statement: Statement) -> None:
        """Raises PropertyError DR302 for a parameter, or its value, that the design does not have."""
        repairs = [finding.repaired for finding in statement.findings]
        for what, values in (
            (f"`given` of property {statement.name}:", statement.given),
            *((f"the repair in the finding of property {statement.name}:", repaired) for repaired in repairs),
        ):
            for name, value in values.items():
                try:
                    self.parameter(name).check(value)
                except DesignError as error:
                    raise PropertyError(
                        "DR302",
                        f"{what} {error.message}",
                        place=statement.details.get("place"),
                        available=error.available,
                        remedy=error.remedy,
                    ) from error


@overload
def design(function: Callable[..., System], /) -> Design: ...
@overload
def design(
    *,
    title: str = "",
    properties: str | ModuleType | None = None,
    cuts: Mapping[str, Any] | None = None,
    guardable: Sequence[str] = (),
    sweeps: Sequence[Sweep] = (),
) -> Callable[[Callable[..., System]], Design]: ...
def design(
    function: Callable[..., System] | None = None,
    /,
    *,
    title: str = "",
    properties: str | ModuleType | None = None,
    cuts: Mapping[str, Any] | None = None,
    guardable: Sequence[str] = (),
    sweeps: Sequence[Sweep] = (),
) -> Design | Callable[[Callable[..., System]], Design]:
    """Declare a function as a design. `properties` is the module that states its properties, or the module's name.

    `cuts`: parameters in the role SCOPE with the values that are enough to find minimal cut sets. A promise that is stated for
    another value, or cannot be stated with them, is asked without. `guardable`: automatic events of which `drcheck why --mend`
    asks what a further guard would mend, beside what operators do. `sweeps`: what becomes of its properties for many values.

    Raises DesignError DR205 or DR209 for a badly declared parameter, DR208 for anything but a function, and for an
    unusable title, `properties`, `guardable` or sweep; DR204, DR205 or DR209 for what is no scope or value in `cuts`, DR204 to
    DR206 for what is no parameter or value in `sweeps`.
    """
    module = _module_of_properties(properties)
    declared_sweeps = _listed_sweeps(sweeps)
    if not isinstance(title, str):
        raise _no_design(f"the title of a design is text, not {shown(title)}", "write @design(title=...)")

    if isinstance(guardable, str) or not all(isinstance(name, str) for name in guardable):
        raise _no_design(
            f"guardable lists names of events, and is not {shown(guardable)}", 'write guardable=["take_over"]'
        )

    def declare(f: Callable[..., System]) -> Design:
        if not isinstance(f, FunctionType):
            raise _no_design(
                f"design declares a function that composes, not {shown(f)}",
                f"write @design(title={f!r}) above a function" if isinstance(f, str) else "write @design above def ...",
            )
        place = Place(f.__code__.co_filename, f.__code__.co_firstlineno)
        made = Design(
            f,
            title or f.__name__.replace("_", " "),
            module,
            tuple(declared_by(f, place)),
            place,
            dict(cuts or {}),
            tuple(guardable),
            sweeps=declared_sweeps,
        )
        _check_cuts(made)
        refuse_unusable(made.name, made.parameters, made.sweeps, place)
        _remember(made)
        return made

    return declare if function is None else declare(function)


def _check_cuts(made: Design) -> None:
    """Raises DesignError DR204, DR205, and DR209 for a parameter that is no scope."""
    for name, value in made.cuts.items():
        made.parameter(name).check(value)
        if made.parameter(name).role is not ParameterRole.SCOPE:
            raise DesignError(
                "DR209",
                f"the cuts of design {made.name} hold {name}, which is no scope: that would not be a saving of the search alone",
                place=made.place,
                available=[p.name for p in made.parameters if p.role is ParameterRole.SCOPE],
            )


def _listed_sweeps(given: object) -> tuple[Sweep, ...]:
    """Raises DesignError DR208 for what is no list."""
    if isinstance(given, (list, tuple)):
        return tuple(given)
    raise _no_design(f"sweeps lists sweeps, and is not {shown(given)}", "write sweeps=[Sweep(...)]")


def _module_of_properties(given: object) -> str | None:
    """The name of the module that states a design's properties; None for none. Raises DesignError DR208."""
    if isinstance(given, ModuleType):
        return given.__name__
    if given is None or (isinstance(given, str) and given and all(p.isidentifier() for p in given.split("."))):
        return given
    raise _no_design(
        f"properties names the module that states them, and cannot be {shown(given)}",
        'write properties="package.module", or properties=__name__ for this one; '
        "properties themselves are passed to compose(..., properties=[...])",
    )


def _no_design(message: str, remedy: str) -> DesignError:
    return DesignError("DR208", message, place=caller(), remedy=remedy)


_DECLARED: dict[str, tuple[object, dict[str, Design]]] = {}
"""The designs that modules declare, by name, with the specification of the module, which a reload recreates."""


def _remember(made: Design) -> None:
    """Raises DesignError DR142 for a second design of one name in a file: Python would drop the first without a word."""
    module = sys.modules.get(made.function.__module__)
    name, spec = made.function.__name__, getattr(module, "__spec__", None)
    if module is None or spec is None or "<locals>" in made.function.__qualname__:
        return  # typed in at a prompt, where a design can be declared again; or made by a function
    known_spec, known = _DECLARED.get(module.__name__, (None, {}))
    known = known if known_spec is spec else {}
    if name in known and known[name].place != made.place:
        raise DesignError(
            "DR142",
            f"two designs of module {module.__name__} are called {name!r}, the first at {known[name].place}",
            place=made.place,
            remedy="give one of them another name",
        )
    _DECLARED[module.__name__] = (spec, {**known, name: made})


def import_module(name: str) -> ModuleType:
    """Import a user's module, with the working directory on the path. Raises DesignError DR201 or DR202."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except DrcheckError:
        raise
    except ModuleNotFoundError as error:
        parents = {".".join(name.split(".")[: i + 1]) for i in range(name.count(".") + 1)}
        if error.name in parents:
            raise DesignError(
                "DR201",
                f"there is no module {name!r} here",
                available=[],
                remedy="run drcheck in the directory that holds it, and write module:design; to try, drcheck.examples:pair",
            ) from error
        raise DesignError(
            "DR202", f"module {name} needs {error.name!r}, which cannot be imported", place=place_of(error)
        ) from error
    except SyntaxError as error:
        place = Place(error.filename or name, error.lineno or 0)
        raise DesignError("DR202", f"module {name} is not Python: {error.msg}", place=place) from error
    except Exception as error:  # whatever a user's module raises becomes one coded error
        raise failure("DR202", f"module {name} cannot be imported:", error, place_of(error)) from error


def _import_file(file: str) -> ModuleType:
    """Import a module that is named by its file. Raises DesignError DR201, DR202 or DR404."""
    name = locate.module_of(file)
    try:
        module = import_module(name)
    except DesignError as error:
        missing = error.__cause__.name if isinstance(error.__cause__, ModuleNotFoundError) else None
        remedy = locate.beside(file, missing) if missing else ""
        if error.code != "DR202" or not remedy:
            raise
        raise DesignError(error.code, error.message, place=error.place, remedy=remedy) from error.__cause__
    locate.check_origin(module, file)
    return module


def can_be_loaded(design: Design) -> bool:
    """Whether another process finds the design by its name."""
    try:
        return design.function.__module__ != "__main__" and load(design.name) is design
    except DrcheckError:
        return False


def load(target: str) -> Design:
    """The design `module:function` (or the only design of `module`); a file stands for its module, or is one in jani-model.

    Raises DesignError DR201 (no such module, file or design), DR202 (the module fails), DR203 (not a design), DR404 (a
    file that Python takes for another module), DR230 to DR232 (a JANI file).
    """
    if locate.is_jani(target):
        return _of_jani(target)
    module_name, attribute = locate.parts(target)
    if locate.is_file(module_name):
        module = _import_file(module_name)
        module_name = module.__name__
    elif not module_name or not all(part.isidentifier() for part in module_name.split(".")):
        raise DesignError(
            "DR201",
            f"{target!r} is not a design",
            remedy="write module:design or file:design, as in drcheck.examples:pair or standby.py:standby",
        )
    else:
        module = import_module(module_name)
    designs = designs_of(module)
    if not attribute:
        if len(designs) == 1:
            return next(iter(designs.values()))
        if not designs:
            raise DesignError(
                "DR201",
                f"module {module_name} defines no design",
                remedy="declare a function that composes with @design",
            )
        raise DesignError(
            "DR201",
            f"module {module_name} has {len(designs)} designs; name one",
            available=[f"{module_name}:{n}" for n in designs],
        )
    if attribute in designs:
        return designs[attribute]
    if hasattr(module, attribute):
        raise DesignError(
            "DR203",
            f"{target} is a {type(getattr(module, attribute)).__name__}, not a design",
            available=[f"{module_name}:{n}" for n in designs],
            remedy="declare the function with @design",
        )
    raise DesignError(
        "DR201",
        f"module {module_name} has no design {attribute!r}",
        available=[f"{module_name}:{n}" for n in designs],
        asked=f"{module_name}:{attribute}",
    )


def _of_jani(target: str) -> Design:
    """A JANI file as a design. Raises DesignError DR230 to DR232."""
    from drcheck.designs.jani_files import jani_file

    found = jani_file(target)

    def function(**values: Any) -> System:
        return found.system(values)

    function.__name__ = function.__qualname__ = Path(target).stem
    return Design(function, found.title, None, found.parameters(), found.place, file=found)


def designs_of(module: ModuleType) -> dict[str, Design]:
    """The designs that a module defines, by name, in the order of their definition."""
    return {
        name: item
        for name, item in vars(module).items()
        if isinstance(item, Design) and item.function.__module__ == module.__name__
    }
