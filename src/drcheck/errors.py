"""Errors for people: one tree of exceptions and one registry of codes.

Every error that a user can cause has a code, the place it comes from, what was requested, what is available and the
remedy. The registry `CODES` is the single list of codes; `docs/errors.md` is written from it.
"""

from __future__ import annotations

import difflib
import functools
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import transitions

CODES: dict[str, str] = {
    # 1xx: the model (expressions, components, composition)
    "DR101": "an expression was used as a Python truth value",
    "DR102": "an operator or function was applied to operands of the wrong type",
    "DR103": "a value that is not in an enumeration",
    "DR104": "an unknown variable, state or array element",
    "DR105": "a name that is used twice or is not a valid name",
    "DR106": "an expression reads something that is not part of the system",
    "DR107": "a variable is declared with an impossible domain or start value",
    "DR108": "an update assigns something that is not a variable of the component",
    "DR109": "a value that can never fit the domain of its variable",
    "DR110": "a division or an index that may be undefined",
    "DR111": "numbers that could exceed 64 bits",
    "DR112": "a component state that nothing reaches",
    "DR113": "an event with no participant, or with a participant that cannot take part",
    "DR114": "contradictory attributes of one event",
    "DR115": "an unknown event, component or fault kind in a composition",
    "DR116": "a site member that does not say what a site failure does to it",
    "DR117": "a duration that is not a whole number of ticks",
    "DR118": "a `transitions` machine that cannot be adopted",
    "DR119": "a component's transition is not well formed",
    "DR120": "a component run alone reads something that it was not given",
    "DR121": "an expression that is nested too deeply or is too large",
    "DR122": "a condition, trigger, goal or measure of a property that is the same in every state: it reads nothing",
    "DR123": "a set or a dictionary where a list is needed: the order matters",
    "DR124": "a transition that can never be taken: an earlier one of the same trigger has no guard",
    "DR125": "a name that is taken: by what `transitions` puts on a model, or by an attribute that hides it",
    "DR126": "a component that is read before it is created",
    "DR128": "mutants of designs in which nothing can be changed",
    "DR129": "mutants of a design that has no procedure",
    "DR130": "a cap declared as a limit without saying of what, or where nothing saturates",
    "DR135": "a duration that is not a whole number of minutes, where minutes are needed",
    "DR136": "a unit or a description of a variable that cannot be used",
    "DR140": "a comparison of booleans beside & or | without parentheses",
    "DR141": "a property that reads the variable of the loop in which it is stated",
    "DR142": "two designs of one name in a module",
    "DR143": "an update that assigns one variable twice",
    "DR144": "something declared in a design and not used",
    "DR145": "a component, or a list that a part of a model was made of, changed afterwards",
    "DR146": "a dictionary written with a duplicate key, whose first value would be lost",
    "DR147": "a guard, a bound, updates or another argument that are None, as from a function without `return`",
    "DR148": "a generator or another iterator that was already read: what it gave then would be missing",
    "DR150": "a free choice with nothing to choose from, or two of one name in an event",
    "DR151": "a free choice that is read outside of its event",
    "DR152": "free choices that make too many alternatives",
    "DR153": "nothing to start with, or the same twice",
    "DR154": "too many initial states",
    "DR155": "a flow that is not well formed, or of components or events that there are not",
    "DR156": "a flow no leg of which the model has",
    # 2xx: designs and their parameters
    "DR201": "a design that cannot be found",
    "DR202": "a module that cannot be imported",
    "DR203": "an object that is not a design",
    "DR204": "an unknown parameter",
    "DR205": "a parameter value that cannot be read or is out of range",
    "DR206": "a duration that cannot be read",
    "DR207": "a design function that raised an error",
    "DR208": "something that `design` cannot declare, or an unusable title or module of properties",
    "DR209": "a parameter with an unknown role or a second one, or a scope without the argument that it loses nothing",
    "DR210": "an old name of a module of drcheck",
    "DR220": "a worker that has another model, or another drcheck, than what asks it",
    "DR230": "a JANI file that cannot be read, or is no JSON",
    "DR231": "a JANI file that is not as jani-model says",
    "DR232": "a part of a JANI file that is not supported",
    "DR233": "a JANI file that needs a value, or a range, by --set",
    "DR221": "designs side by side that are not under the same faults",
    # 3xx: properties
    "DR301": "an unknown property",
    "DR302": "a property that is not well formed",
    "DR303": "two properties of one name, two claims of one key, or two findings of one identifier",
    "DR304": "a fairness assumption that names an unknown event",
    "DR305": "a formula of temporal logic that is too large",
    "DR306": "a property with a reserved name",
    "DR307": "a property, or a function that creates one, that does not belong to the design",
    "DR308": "a module of properties that states none",
    "DR309": "something that `stated` cannot declare, or an unusable detail of a property",
    "DR310": "several errors in the variants of a design, all reported",
    "DR311": "a property decided on a system composed for parameters other than its own",
    "DR312": "a property that speaks of an event that there is not, or that is decided without its observers",
    "DR313": "a bound in time for a system in which no time passes",
    "DR314": "a cause of a finding that is no condition of the system, or the same in every state",
    "DR315": "causes that cannot be excluded: of a worst case without a bound, of a fact, of what is to be reached",
    "DR316": "a disruption that names no fault of the design, or cannot be",
    "DR317": "an objective that says nothing, has no source, or that no worst case of the design measures",
    "DR318": "a notice of what there is not, or that is always or never there",
    "DR319": "two disruptions, objectives or notices of one name",
    "DR320": "a text that is no expression or property",
    "DR321": "a text of an expression or property that is too long or nested too deeply",
    "DR322": "an expression or property that cannot be written as text",
    "DR323": "a question why of what no trace shows",
    "DR324": "a way back to service, of a design that does not say what service is",
    "DR330": "a promise that tells no designs apart: no single state breaks it",
    # 4xx: the command line
    "DR401": "an option value that cannot be used",
    "DR402": "no designs where they were searched for",
    "DR403": "a command line with an unknown or missing command, option or argument",
    "DR404": "a model file whose name Python takes for another module",
    "DR405": "types written by `drcheck stubs` that do not match the designs",
    "DR406": "a file that `drcheck stubs` must not write",
    "DR407": "a JSON document of an unknown kind or version",
    "DR408": "an option that needs an extra of drcheck which is not installed",
    "DR409": "results that have nothing in common, or a table of new names that is none",
    "DR412": "a cluster that cannot be used",
    # 5xx: exploration
    "DR501": "an unknown engine, or one that cannot run here",
    "DR502": "the engines disagree, or a counterexample does not replay: an error of drcheck itself",
    "DR503": "a limit, or another number of a search, that cannot be used",
    "DR504": "an unknown reduction, or one that the engine does not take",
    "DR505": "a reduction that does not preserve the answer",
    "DR506": "a log of a search, or a folder for its memory, that cannot be used",
    "DR507": "a log of a search that another search has open",
    "DR510": "a limit of time that passed before there was anything to report",
    "DR511": "a search that ends early, asked for what only a whole search shows",
    "DR512": "a limit of memory where the memory in use cannot be read",
    "DR513": "a graph of states that is larger than its limit",
    "DR514": "a graph of a search that stopped early, or whose states were released",
    "DR515": "a limit of memory that is too small to start",
    "DR518": "a way of deciding properties that is not one",
    "DR519": "slices, asked for what only a search of the system itself can do",
    "DR520": "a path that cannot be read",
    "DR521": "a path that the system does not follow",
    "DR522": "a step, a walk or a search of the explorer that cannot be made",
    "DR523": "a request that the explorer's page refuses",
    # 6xx: output
    "DR601": "a file that cannot be written",
    "DR602": "a drawing that cannot be made",
    "DR603": "an unknown component or property to draw",
    "DR604": "a system that another checker's language cannot express",
    "DR605": "a format that does not apply, or a language that there is no export to",
    "DR606": "a property that cannot be exported: it is no invariant of the exported system",
    "DR620": "a file of kept answers that cannot be used",
    # 7xx: audits of configuration files
    "DR701": "an audit that cannot be found, or an option that it does not have",
    "DR702": "an audited file that cannot be read",
    "DR703": "an audited file that cannot be understood",
    "DR704": "an audit that failed, or that returned something other than remarks",
    # 8xx: remarks (see below)
    "DR800": "a silencing of a remark that is not well formed",
    # 9xx: what is not foreseen; the command line makes these out of other exceptions
    "DR901": "an error that drcheck does not foresee: a defect, or a function of the model that misbehaves",
    "DR902": "there is not enough memory",
}
"""Every error code with its meaning. A code is never reused for another meaning."""

REMARKS: dict[str, str] = {
    "DR801": "remark: a silencing that silences nothing",
    "DR802": "remark: components made by one function share all their triggers",
    "DR803": "remark: a trigger named like one that a site shares, but not shared",
    "DR804": "remark: names of different components that differ in one letter",
    "DR805": "remark: a variable that nothing reads",
    "DR806": "remark: a parameter that changes nothing",
    "DR807": "remark: a comparison that a cap makes always or never true",
    "DR808": "remark: a fairness assumption of a name that is both an event and a kind of event",
    "DR809": "remark: a fairness assumption of time that urgent events defeat",
    "DR810": "remark: an urgent event that stays possible, so that time need never pass",
    "DR811": "remark: a lone trigger beside others of the same name with numbers",
    "DR812": "remark: a trigger that a vector joins in other components, but that is a separate event here",
    "DR813": "remark: two kinds of faults with nearly the same name",
    "DR820": "remark: unlike units in a sum, a choice, a comparison, an update or a bound",
    "DR830": "remark: a guard that Python decided, by comparing names",
    "DR840": "remark: a component that never moves, as nothing fires its passive triggers",
    "DR841": "remark: variables that count ticks where no component has a tick",
    "DR842": "remark: time that never passes, as no reachable state has a tick",
    "DR850": "remark: what a JANI file says beside its states, and is left out",
    "DR860": "remark: a parameter that is a budget of faults and does more",
}
"""Every code of a remark (see `remarks`) with its meaning. A remark is no error: nothing is raised with these."""

ALL_CODES: dict[str, str] = {**CODES, **REMARKS}
"""The one list of all codes: listed by `drcheck errors` and docs/errors.md."""


@dataclass(frozen=True)
class Place:
    """A place in a source file: where something was declared."""

    file: str
    line: int

    def __str__(self) -> str:
        path = Path(self.file)
        try:
            shown = str(path.relative_to(Path.cwd()))
        except ValueError:
            shown = path.name
        return f"{shown}:{self.line}"


_NOT_THE_USERS = (
    str(Path(__file__).parent) + os.sep,
    str(Path(transitions.__file__).parent) + os.sep,  # live machines call expressions
    functools.__file__,  # which makes some comparisons of others, and holds what is computed once
    "<",  # generated code
)
_EXAMPLES = str(Path(__file__).parent / "examples.py")
"""It is in this package, and written as a user's module."""


_DECLARED: ContextVar[Place | None] = ContextVar("where what is made now is declared, if not in Python", default=None)


@contextmanager
def declared_at(place: Place) -> Iterator[None]:
    """What is made within is declared at a place in a file that is not in Python; `caller` gives that."""
    token = _DECLARED.set(place)
    try:
        yield
    finally:
        _DECLARED.reset(token)


def is_declared_elsewhere() -> bool:
    """Whether what is made now is declared in a file that is not in Python."""
    return _DECLARED.get() is not None


def caller() -> Place:
    """The place of the nearest caller outside this package: where the user wrote the declaration."""
    declared = _DECLARED.get()
    if declared is not None:
        return declared
    frame = user_frame()
    return Place(frame.f_code.co_filename, frame.f_lineno)


def user_frame() -> FrameType:
    """The frame of the nearest caller outside this package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and not is_users(frame):
        frame = frame.f_back
    return frame


def is_users(frame: FrameType) -> bool:
    """Whether the code of a frame is outside this package."""
    file = frame.f_code.co_filename
    return file == _EXAMPLES or not file.startswith(_NOT_THE_USERS)


def shown(value: object) -> str:
    """A value as an error shows it: its `repr`, cut if it is long; its type if it has none."""
    try:
        text = repr(value)
    except Exception:  # a user's object may fail in any way, and an int of thousands of digits has no repr
        text = f"an object of type {type(value).__name__}"
    return text if len(text) <= 120 else f"{text[:100]}... ({len(text)} characters)"


class DrcheckError(Exception):
    """The root of all errors that drcheck reports on purpose.

    Attributes: `code` (a key of `CODES`), `message` (what is wrong and what was requested), `place` (where, or None),
    `available` (what could have been requested), `remedy` (what to do).
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        place: Place | str | None = None,
        available: Iterable[str] = (),
        remedy: str = "",
        asked: object = None,
    ) -> None:
        if code not in CODES:
            raise KeyError(f"{code} is not a registered error code")
        self.code, self.message, self.place = code, message, place
        self.available = tuple(str(a) for a in available)
        close = difflib.get_close_matches(asked, self.available, n=1) if isinstance(asked, str) else []
        self.remedy = remedy or (f"did you mean {close[0]!r}?" if close else "")
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"[{self.code}] {self.message}"
        if self.place is not None:
            text += f" ({self.place})"
        if self.available:
            shown = ", ".join(self.available[:30]) + (", ..." if len(self.available) > 30 else "")
            text += f"; available: {shown}"
        if self.remedy:
            text += f"; {self.remedy}"
        return text


class SeveralErrors(DrcheckError):  # noqa: N818  # several errors, not one more kind of error
    """Several errors that are reported together: `errors`, of what `of` says in words (DR310)."""

    def __init__(self, errors: Iterable[DrcheckError], of: str) -> None:
        self.errors = tuple(errors)
        self._of = of
        super().__init__("DR310", f"{len(self.errors)} errors in {of}")

    def __str__(self) -> str:
        told = [line for error in self.errors for line in str(error).split("\n")]
        return "\n".join([super().__str__(), *(f"  {line}" for line in told)])

    def __reduce__(self) -> tuple[type[SeveralErrors], tuple[tuple[DrcheckError, ...], str]]:
        return type(self), (self.errors, self._of)


class ModelError(DrcheckError):
    """A component, expression or composition that is not well formed (DR1xx)."""


class UnknownAttributeError(ModelError, AttributeError):
    """A ModelError raised for an attribute, so that `hasattr` and `getattr` with a default keep their meaning."""


class DesignError(DrcheckError):
    """A design or parameter that cannot be found or used (DR2xx)."""


class PropertyError(DrcheckError):
    """A property that is not well formed or not known (DR3xx)."""


class TextError(DrcheckError):
    """An expression or property as text that cannot be read (any code): `text`, and the place in it, `start` to `end`."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        text: str,
        start: int,
        end: int,
        available: Iterable[str] = (),
        remedy: str = "",
        asked: object = None,
    ) -> None:
        self.text, self.start, self.end = text, start, end
        super().__init__(code, message, available=available, remedy=remedy, asked=asked)

    @property
    def line(self) -> str:
        """The error without the text."""
        return super().__str__()

    @property
    def pointer(self) -> tuple[str, str]:
        """The line of the text with the place, cut where it is long, and carets under the place."""
        begin = self.text.rfind("\n", 0, self.start) + 1
        until = self.text.find("\n", begin)
        until = len(self.text) if until < 0 else until
        first, last = max(begin, self.start - 50), min(until, max(self.start, begin) + 50)
        before, after = "..." if first > begin else "", "..." if last < until else ""
        shown = before + "".join(c if c.isprintable() else " " for c in self.text[first:last]) + after
        width = max(1, min(self.end, last) - self.start)
        return shown, " " * (len(before) + self.start - first) + "^" * width

    def __str__(self) -> str:
        return "\n".join([self.line, *(f"  {line}" for line in self.pointer)])

    def __reduce__(self) -> tuple[object, ...]:
        return _text_error, (self.code, self.message, self.text, self.start, self.end, self.available, self.remedy)


def _text_error(
    code: str, message: str, text: str, start: int, end: int, available: tuple[str, ...], remedy: str
) -> TextError:
    return TextError(code, message, text=text, start=start, end=end, available=available, remedy=remedy)


class UsageError(DrcheckError):
    """A command line that cannot be carried out (DR4xx)."""


class EngineError(DrcheckError):
    """An exploration that cannot be run, or whose result contradicts the oracle (DR5xx)."""


class PathError(DrcheckError):
    """A path that cannot be read or followed, or a step or search of the explorer that cannot be made (DR520 to DR522)."""


class OutputError(DrcheckError):
    """A result that cannot be written or drawn (DR6xx)."""


class AuditError(DrcheckError):
    """An audit that cannot be found or run, or a file that it cannot read or understand (DR7xx)."""
