"""The explorer in a terminal: what the page shows, as lines, and what it can do, as words."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from drcheck.answers.runbook import runbook as steps_of
from drcheck.errors import DrcheckError, PathError, TextError
from drcheck.explorer import search
from drcheck.explorer.saving import FORMS, saved
from drcheck.explorer.session import Session
from drcheck.explorer.subject import Subject, stops
from drcheck.explorer.truth import NO, YES
from drcheck.explorer.view import KINDS, Views
from drcheck.logic.kinds import Property
from drcheck.whole_files import write_whole

HELP = """
  N or EVENT[#k]        take that step: its number in the list, or the event's name
  back [N]              N steps back (1); what was ahead remains, and a different step from here is a fork
  next, run             along what was found: one step, or on to its end or to a breakpoint
  goto N                to the state after step N of the way here; `goto 0` is the beginning
  start N               to the initial state N
  state, enabled, blocked [EVENT], history, properties [NAME]    show more of what is here
  ? EXPRESSION          its value here: link.outage, link.down & server.in_service
  watch EXPRESSION      show it at every step; `watch` alone lists, `unwatch EXPRESSION` ends it
  break CONDITION       a walk or `run` stops where it holds; `unbreak CONDITION` ends it
  walk [N] [KIND]...    N random steps (20), of these kinds of events alone: automatic, operator, environment, time
  near CONDITION        the nearest state from here in which it holds; `near event NAME`: in which that event can happen
  recover [GOAL]        whether and by whom the goal can still be reached from here, and how; GOAL: a property, or a condition
  noreturn [GOAL]       the step of the way here with which the goal was lost for ever
  from-here PROPERTY    decide it for what can follow from here
  trace PROPERTY        decide it, and go along its trace with `next` and `run`
  path                  the command that opens the explorer here; `open PATH` goes to one, as does `open @FILE`
  save FORM FILE        write the way here: test (for pytest), chart (SVG), text, itf, json, path
  help, quit            Ctrl-C ends a search
"""


class Ended(Exception):  # noqa: N818  # it is no error
    """The session was ended."""


class Terminal:
    """The explorer of a subject, line by line. `write` prints a line."""

    def __init__(self, subject: Subject, write: Callable[[str], None]) -> None:
        self.subject, self.write = subject, write
        self.views = Views(subject)
        self.node = subject.session.root()
        self.ahead: list[int] = []
        self.columns: list[str] = []
        self.breaks: list[str] = []
        self.seed = 0
        self._commands: dict[str, Callable[[str], None]] = {
            "back": self._back,
            "next": self._next,
            "run": self._run,
            "goto": self._goto,
            "start": self._start,
            "state": lambda rest: self._state(),
            "enabled": lambda rest: self._enabled(),
            "blocked": self._blocked,
            "history": lambda rest: self._history(),
            "properties": self._properties,
            "?": self._value,
            "watch": self._watch,
            "unwatch": self._unwatch,
            "break": self._break,
            "unbreak": self._unbreak,
            "walk": self._walk,
            "near": self._near,
            "recover": self._recover,
            "noreturn": self._no_return,
            "from-here": self._from_here,
            "trace": self._trace,
            "path": lambda rest: self.write(self.subject.command(self.node)),
            "open": self._open,
            "save": self._save,
            "help": lambda rest: self.write(HELP.strip("\n")),
            "quit": self._quit,
            "exit": self._quit,
        }

    def begin(self, named: Sequence[Property] = ()) -> None:
        """Say what is explored, and show where it begins."""
        self.write(self.subject.title)
        for line in self.views.about()["parameters"]:
            self.write(f"  {line}")
        if named:
            self.write(f"  `trace {named[0].name}` decides that property and goes along its trace")
        self.write("  `help` tells what can be written")
        self._here()

    def read(self, lines: Iterator[str]) -> None:
        """Carry out lines until there are no more, or one ends the session."""
        for line in lines:
            try:
                self.line(line)
            except Ended:
                return

    def line(self, text: str) -> None:
        """Carry out one line. What cannot be done is said, and changes nothing. Raises Ended."""
        word, _, rest = text.strip().partition(" ")
        if not word:
            return
        if word[0] == "?" and word != "?":
            word, rest = "?", f"{word[1:]} {rest}"
        try:
            if word in self._commands:
                self._commands[word](rest.strip())
            else:
                self._step(text.strip())
        except TextError as error:
            self.write(f"! {error.line}")
            for line in error.pointer:
                self.write(f"    {line}")
        except DrcheckError as error:
            self.write(f"! {error}")

    # -- moves -----------------------------------------------------------------------------------------------------------
    def _step(self, text: str) -> None:
        session = self.subject.session
        if text.isdecimal():
            enabled = session.enabled(self.node)
            if not 1 <= int(text) <= len(enabled):
                raise PathError("DR522", f"there is no step {text} here", remedy=f"there are {len(enabled)}, from 1 on")
            each = enabled[int(text) - 1]
            name, way = self.subject.system.events[each.event].name, each.way
        else:
            name, mark, number = text.partition("#")
            if name not in session.event_numbers:
                raise PathError(
                    "DR522",
                    f"{name!r} is no event and no command",
                    available=[*session.event_numbers, "help"],
                    asked=name,
                )
            if mark and not number.isdecimal():
                raise PathError("DR522", f"{text!r} is no step", remedy=f"write for instance {name}#2")
            way = int(number) if mark else None  # type: ignore[assignment]  # the only one
        self._to(session.step(self.node, name, way))

    def _to(self, number: int) -> None:
        """Go to a node; it stays on what was found if it is the next of that."""
        self.ahead = self.ahead[1:] if self.ahead[:1] == [number] else []
        self.node = number
        self._here()

    def _back(self, rest: str) -> None:
        steps, node = self._number(rest, 1), self.subject.session.node(self.node)
        if steps > node.depth:
            raise PathError("DR522", f"there are {node.depth} steps to go back")
        line = self.subject.session.line(self.node)
        self.ahead = [n.number for n in line[len(line) - steps :]] + self.ahead
        self.node = line[len(line) - 1 - steps].number
        self._here()

    def _goto(self, rest: str) -> None:
        wanted, depth = self._number(rest, 0), self.subject.session.node(self.node).depth
        if wanted <= depth:
            self._back(str(depth - wanted))
        elif wanted - depth <= len(self.ahead):
            self.node, self.ahead = self.ahead[wanted - depth - 1], self.ahead[wanted - depth :]
            self._here()
        else:
            raise PathError("DR522", f"there is no step {wanted}", remedy=f"there are {depth + len(self.ahead)}")

    def _start(self, rest: str) -> None:
        self.ahead = []
        self.node = self.subject.session.root(self._number(rest, 0))
        self._here()

    def _next(self, rest: str) -> None:
        if not self.ahead:
            raise PathError(
                "DR522", "there is nothing ahead", remedy="find a way with trace, near or recover, or go back"
            )
        self._to(self.ahead[0])

    def _run(self, rest: str) -> None:
        if not self.ahead:
            self._next(rest)
        look, why = stops(self.subject.session, self.subject.truth, self.breaks), "the end of what was found"
        while self.ahead:
            self.node = self.ahead.pop(0)
            if held := look(self.node):
                why = held
                break
        self.write(f"stopped: {why}")
        self._here()

    def _walk(self, rest: str) -> None:
        words = rest.split()
        steps = int(words.pop(0)) if words and words[0].isdecimal() else 20
        wrong = [word for word in words if word not in KINDS]
        if wrong:
            raise PathError("DR522", f"there is no kind of event {wrong[0]!r}", available=KINDS, asked=wrong[0])
        walked = self.subject.session.walk(
            self.node, steps, self.seed, words, stops(self.subject.session, self.subject.truth, self.breaks)
        )
        self.seed += 1
        self.ahead, self.node = [], walked.node
        self.write(f"{walked.steps} random steps: {walked.why}")
        self._here()

    def _open(self, rest: str) -> None:
        node, warning = self.subject.session.open(path_text(rest))
        if warning:
            self.write(f"! {warning}")
        self.ahead, self.node = [], node
        self._here()

    @staticmethod
    def _number(text: str, otherwise: int) -> int:
        if not text:
            return otherwise
        if not text.isdecimal() or len(text) > 9:
            raise PathError("DR522", f"{text!r} is no number of steps")
        return int(text)

    # -- what is here ----------------------------------------------------------------------------------------------------
    def _here(self) -> None:
        view = self.views.of(self.node, self.columns)
        row = view["history"][-1]
        self.write("")
        at = f"  at {view['elapsed']}" if view["elapsed"] else ""
        what = f"after {row['event']}" if row["event"] else "the beginning"
        again = "" if view["met"] is None else f"  (the state after step {view['met']} again: a cycle)"
        ahead = f"  [{len(self.ahead)} ahead: next, run]" if self.ahead else ""
        self.write(f"step {view['step']}: {what}{at}{again}{ahead}")
        for change in row["changes"]:
            self.write(f"    {_change(change)}")
        for text, value in zip(self.columns, row["values"], strict=True):
            self.write(f"    {_equals(text, value)}")
        broken = [p for p in view["properties"] if p["mark"] == "bad"]
        for item in broken:
            self.write(f"    ! {item['name']}: {item['word']}")
        self._steps(view)

    def _steps(self, view: dict[str, Any]) -> None:
        if not view["enabled"]:
            self.write("  no step is possible")
        for number, each in enumerate(view["enabled"], 1):
            way = f"#{each['way']}" if each["ways"] > 1 else ""
            chosen = f" ({each['chosen']})" if each["chosen"] else ""
            changes = ", ".join(map(_change, each["changes"])) or "nothing changes"
            said = f"would leave the domain of {each['leaves']}" if each["leaves"] else changes
            self.write(f"  {number:>3}  {each['event']}{way}{chosen} [{each['kind']}]  {said}")
        if view["blocked"]:
            self.write(f"       {len(view['blocked'])} events cannot happen: `blocked` tells why")

    def _enabled(self) -> None:
        self._steps(self.views.of(self.node))

    def _state(self) -> None:
        for site in self.views.of(self.node)["sites"]:
            self.write(f"  {site['site'] or '-'}")
            for component in site["components"]:
                values = [f"{v['name']} {_was(v['before'])}{v['value']}" for v in component["variables"]]
                said = ", ".join([f"{_was(component['before'])}{component['state']}", *values])
                self.write(f"    {component['name']}: {said}")

    def _blocked(self, rest: str) -> None:
        found = [each for each in self.views.of(self.node)["blocked"] if not rest or each["event"] == rest]
        if rest and not found:
            names = self.subject.session.event_numbers
            if rest in names:
                self.write(f"  {rest} can happen here")
                return
            raise PathError("DR522", f"there is no event {rest!r}", available=list(names), asked=rest)
        for each in found:
            self.write(f"  {each['event']} [{each['kind']}]")
            for reason in each["reasons"]:
                self.write(f"      {_reason(reason)}")

    def _history(self) -> None:
        view = self.views.of(self.node, self.columns)
        for number, row in enumerate(view["history"]):
            values = "".join(f"  {text} = {value}" for text, value in zip(self.columns, row["values"], strict=True))
            forks = f"  ({row['forks']} ways on)" if row["forks"] > 1 else ""
            self.write(f"  {number:>4}  {row['event'] or 'the beginning'}  {row['elapsed']}{values}{forks}")

    def _properties(self, rest: str) -> None:
        for item in self.views.of(self.node)["properties"]:
            if rest and item["name"] != rest:
                continue
            verdict = f"; {item['verdict']}" if item["verdict"] else ""
            self.write(f"  {item['name']}: {item['word']}{verdict}")
            for part in item["parts"] if rest else ():
                self.write(f"      {part['called']}: {_equals(part['text'], part['value'])}")
        other = next((each for each in self.subject.elsewhere if each.name == rest), None)
        if other is not None:
            self.write(f"  {other.name}: {other.why}")
        elif not rest and self.subject.elsewhere:
            self.write(f"  {len(self.subject.elsewhere)} more are stated for other parameters")

    def _value(self, rest: str) -> None:
        node = self.subject.truth.expression(rest)
        self.write(f"  {self.subject.truth.words(node, self.subject.session.node(self.node))}")

    def _watch(self, rest: str) -> None:
        if rest:
            self.subject.truth.expression(rest)
            self.columns += [rest] if rest not in self.columns else []
        for text in self.columns:
            node = self.subject.truth.expression(text)
            self.write(f"  {_equals(text, self.subject.truth.words(node, self.subject.session.node(self.node)))}")

    def _unwatch(self, rest: str) -> None:
        self.columns = [text for text in self.columns if rest and text != rest]

    def _break(self, rest: str) -> None:
        if rest:
            self.subject.truth.expression(rest, condition=True)
            self.breaks += [rest] if rest not in self.breaks else []
        for text in self.breaks:
            self.write(f"  stops where {text}")

    def _unbreak(self, rest: str) -> None:
        self.breaks = [text for text in self.breaks if rest and text != rest]

    # -- searches --------------------------------------------------------------------------------------------------------
    def _near(self, rest: str) -> None:
        word, _, name = rest.partition(" ")
        if word == "event":
            condition = search.where_possible(self.subject.system, name.strip())
        else:
            condition = self.subject.truth.expression(rest, condition=True)
        found = search.nearest(self.subject.session, self.node, condition, self._limits())
        self.write(f"  {found.word}")
        self._found(found)

    def _found(self, found: search.Found) -> None:
        if found.steps:
            self._lead(self.subject.session.onward(self.node, found.steps))
            for line in runbook(found, self.subject):
                self.write(f"    {line}")

    def _lead(self, to: int) -> None:
        """Have the nodes up to one ahead."""
        line = [node.number for node in self.subject.session.line(to)]
        self.ahead = line[line.index(self.node) + 1 :]

    def _recover(self, rest: str) -> None:
        goal = self._goal(rest)
        found = search.recovery(self.subject.session, self.node, goal, self._limits())
        for means, each in found.tried:
            self.write(f"  {means.name}: {each.word}")
        if found.lost:
            self.write("  This is a point of no return: no steps whatever lead there.")
        if found.found is not None:
            self._found(found.found[1])

    def _no_return(self, rest: str) -> None:
        found = search.no_return(self.subject.session, self.node, self._goal(rest), self._limits())
        self.write(f"  {no_return_words(found, self.subject.session, self.node)}")

    def _goal(self, rest: str) -> Any:
        goals = self.subject.goals()
        text = rest or next(iter(goals), "")
        goal = self.subject.goal(text)
        self.write(f"  goal: {goals.get(text, text)}")
        return goal

    def _from_here(self, rest: str) -> None:
        self._decide(rest, self.node)

    def _trace(self, rest: str) -> None:
        self._decide(rest, None)

    def _decide(self, name: str, number: int | None) -> None:
        found = search.decided(self.subject.session, number, self.subject.property(name), self._limits())
        if number is None:
            self.subject.verdicts[name] = found.word
        self.write(f"  {found.word}: {found.reason}")
        if found.node is None:
            return
        line = self.subject.session.line(found.node)
        if number is None:
            self.node = line[0].number
        self._lead(found.node)
        self._here()

    @staticmethod
    def _limits() -> Any:
        return search.limits_for(search.deadline_for())

    # -- out of here -----------------------------------------------------------------------------------------------------
    def _save(self, rest: str) -> None:
        words = shlex.split(rest)
        if len(words) != 2:
            raise PathError(
                "DR522", "save takes a form and a file", available=list(FORMS), remedy="save test test_it.py"
            )
        _, _, text = saved(self.subject, self.node, words[0])
        try:
            write_whole({Path(words[1]): text.encode()})
        except OSError as error:
            raise PathError("DR522", f"{words[1]} cannot be written: {error.strerror or error}") from error
        self.write(f"  written: {words[1]}")

    def _quit(self, rest: str) -> None:
        raise Ended


def path_text(given: str) -> str:
    """A path as it is given: the text itself, or of `@FILE` what the file holds. Raises PathError DR520."""
    if not given.startswith("@"):
        return given
    try:
        with Path(given[1:]).open(encoding="utf-8") as file:
            return file.read(200_000)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise PathError("DR520", f"the path in {given[1:]} cannot be read: {said}") from error


def runbook(found: search.Found, subject: Subject) -> list[str]:
    """The steps that a search found as those of a runbook: who does what; waits in one line."""
    return [step.line for step in steps_of(subject.system, found.steps or (), subject.session.oracle)]


def no_return_words(found: search.NoReturn, session: Session, number: int) -> str:
    """Where a goal was lost, in words."""
    line = session.line(number)
    if found.between is not None:
        good, bad = found.between
        place = f"between step {max(good, 0)} and step {bad}"
        return f"not known: it is lost {place} if at all; the search stopped at {found.stopped}"
    if found.last is None:
        return "it is not lost: the goal can still be reached from here"
    if found.last < 0:
        return "the goal cannot be reached from the beginning on"
    step = line[found.last + 1].step
    assert step is not None
    return f"lost with step {found.last + 1}, {step.event.name}: before it the goal can be reached, after it by no steps whatever"


def _change(change: dict[str, str]) -> str:
    name = f"{change['component']}.{change['variable']}" if change["variable"] else change["component"]
    return f"{name}: {change['from']} -> {change['to']}"


def _was(before: str | None) -> str:
    return "" if before is None else f"{before} -> "


def _equals(text: str, value: str) -> str:
    """What an expression is worth: `a = b: true`, as a further sign of equality would be read as a part of it."""
    return f"{text}: {value}" if value in (YES, NO) else f"{text} = {value}"


def _reason(reason: dict[str, Any]) -> str:
    values = f"   ({reason['values']})" if reason["values"] else ""
    return f"{reason['condition']}{values}"


__all__ = ["HELP", "Terminal", "no_return_words", "path_text", "runbook"]
