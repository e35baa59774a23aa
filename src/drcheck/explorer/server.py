"""The explorer's page and what it asks: a server on this machine alone, which reads nothing but requests and writes nothing.

The page is a few files of the package. What it asks is JSON, each path below `/api/` one question; what takes longer than a step
is a job (`jobs`). Errors are JSON too, with the code and the words that the command line has.
"""

from __future__ import annotations

import contextlib
import secrets
import socket
import threading
from collections.abc import Callable, Sequence
from importlib import resources
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from drcheck.errors import DrcheckError, PathError, TextError
from drcheck.explorer.guard import API, Guard
from drcheck.explorer.jobs import CANCELLED, Asked, Jobs
from drcheck.explorer.requests import Fields, refused
from drcheck.explorer.saving import saved
from drcheck.explorer.session import MOST_WALK
from drcheck.explorer.subject import Subject, stops
from drcheck.explorer.view import Views
from drcheck.logic.kinds import Property
from drcheck.system.path_text import MAX_LENGTH

PAGE = {
    "/": ("index.html", "text/html"),
    "/explorer.css": ("explorer.css", "text/css"),
    "/explorer.js": ("explorer.js", "text/javascript"),
    "/show.js": ("show.js", "text/javascript"),
}
"""The files of the page, with their types."""
LOOPBACK = "127.0.0.1"
WAIT = 0.5
"""Seconds that an answer about a job waits for its end."""


class Api:
    """The answers to what the page asks of a subject. Each method is a question."""

    def __init__(self, subject: Subject, named: Sequence[Property], opened: int) -> None:
        self._subject, self._views = subject, Views(subject)
        self._named, self._opened = named, opened
        self._lock = threading.Lock()
        self._drawn: dict[str, str] = {}
        self.jobs = Jobs(subject, self._lock)
        self.questions: dict[str, Callable[[Fields], dict[str, Any]]] = {
            "about": self._about,
            "node": self._node,
            "step": self._step,
            "root": self._root,
            "value": self._value,
            "run": self._run,
            "job": self._job,
            "poll": self._poll,
            "cancel": self._cancel,
            "save": self._save,
            "machine": self._machine,
        }

    def answer(self, question: str, body: bytes) -> dict[str, Any]:
        """The answer to a question. Raises DrcheckError."""
        if question not in self.questions:
            raise refused(f"there is no question {question[:40]!r}")
        return self.questions[question](Fields(body))

    def _view(self, node: int, asked: Fields) -> dict[str, Any]:
        return self._views.of(node, asked.texts("columns"), asked.number("rows", 400, least=1, most=100_000))

    def _about(self, asked: Fields) -> dict[str, Any]:
        with self._lock:
            return self._views.about() | {"opened": self._opened, "named": [item.name for item in self._named]}

    def _node(self, asked: Fields) -> dict[str, Any]:
        with self._lock:
            return self._view(asked.number("node"), asked)

    def _step(self, asked: Fields) -> dict[str, Any]:
        with self._lock:
            node = self._subject.session.step(asked.number("node"), asked.text("event"), asked.way())
            return self._view(node, asked)

    def _root(self, asked: Fields) -> dict[str, Any]:
        with self._lock:
            return self._view(self._subject.session.root(asked.number("initial")), asked)

    def _value(self, asked: Fields) -> dict[str, Any]:
        with self._lock:
            node = self._subject.session.node(asked.number("node"))
            expression = self._subject.truth.expression(asked.text("text"))
            return {"value": self._subject.truth.words(expression, node), "kind": expression.kind}

    def _run(self, asked: Fields) -> dict[str, Any]:
        """Along some nodes, up to a breakpoint or their end."""
        with self._lock:
            look = stops(self._subject.session, self._subject.truth, asked.texts("breaks"))
            trail = asked.numbers("trail")
            for position, node in enumerate(trail):
                if why := look(node):
                    return {"node": node, "passed": position + 1, "why": why}
            if not trail:
                raise refused("there is nothing ahead")
            return {"node": trail[-1], "passed": len(trail), "why": "the end of what was found"}

    # -- jobs ------------------------------------------------------------------------------------------------------------
    def _job(self, asked: Fields) -> dict[str, Any]:
        kind = asked.text("kind")
        what = Asked(
            kind,
            asked.number("node"),
            asked.text("text", "", most=MAX_LENGTH if kind == "open" else 2_000),
            asked.seconds("seconds", 60.0),
            asked.number("steps", 20, least=1, most=MOST_WALK),
            asked.number("seed", 0, most=(1 << 53) - 1),
            asked.texts("kinds"),
            asked.texts("breaks"),
        )
        with self._lock:
            started = self.jobs.start(what)
        return {
            "job": started.number,
            "done": False,
            "seconds": 0.0,
        }  # its end, which may have come, is told by the next question

    def _poll(self, asked: Fields) -> dict[str, Any]:
        job = self.jobs.job(asked.number("job"))
        job.done.wait(WAIT)
        if job.done.is_set() and job.error is not None:
            raise job.error
        if job.done.is_set() and job.deadline.ended == CANCELLED:
            raise PathError("DR522", CANCELLED)
        return job.data()

    def _cancel(self, asked: Fields) -> dict[str, Any]:
        return self.jobs.cancel(asked.number("job")).data()

    # -- out of here -----------------------------------------------------------------------------------------------------
    def _save(self, asked: Fields) -> dict[str, Any]:
        with self._lock:
            name, media, text = saved(self._subject, asked.number("node"), asked.text("form"))
        return {"name": name, "type": media, "text": text}

    def _machine(self, asked: Fields) -> dict[str, Any]:
        from drcheck.render.machine import machine_diagram  # which most sessions do not need: the page is ready sooner
        from drcheck.render.svg import machine_svg

        name = asked.text("component")
        if name not in self._drawn:
            component = self._subject.system.component(name)
            self._drawn[name] = machine_svg(machine_diagram(component, self._subject.system))
        return {"component": name, "svg": self._drawn[name]}


def application(api: Api, token: str, hosts: Sequence[str]) -> Guard:
    """The page with its answers, guarded (see `guard`)."""

    async def ask(request: Request) -> Response:
        try:
            body = await request.body()
        except ClientDisconnect:
            return PlainTextResponse("[DR523] the request is too long\n", 413)
        try:
            # What a question evaluates is the user's own model; what it raises must not end the explorer.
            found = await run_in_threadpool(api.answer, request.path_params["question"], body)
        except DrcheckError as error:
            return JSONResponse({"error": error_data(error)}, 400)
        except Exception as error:
            unforeseen = {"code": "DR901", "text": f"[DR901] {type(error).__name__}: {error}", "pointer": []}
            return JSONResponse({"error": unforeseen}, 500)
        return JSONResponse(found)

    def page(request: Request) -> Response:
        file, media = PAGE[request.url.path]
        return Response(resources.files(__package__).joinpath("page", file).read_bytes(), media_type=media)

    routes = [Route(path, page, methods=["GET"]) for path in PAGE]
    routes.append(Route(f"{API}{{question}}", ask, methods=["POST"]))
    return Guard(Starlette(routes=routes), token, hosts)


def error_data(error: DrcheckError) -> dict[str, Any]:
    """An error as plain data: its code, its line, and for a text the place in it."""
    if isinstance(error, TextError):
        return {"code": error.code, "text": error.line, "pointer": list(error.pointer), "at": [error.start, error.end]}
    return {"code": error.code, "text": str(error), "pointer": []}


def serve(subject: Subject, named: Sequence[Property], opened: int, port: int, say: Callable[[str], None]) -> None:
    """Show the page until an interrupt, or until the terminal is closed. Raises PathError DR522 where the port is taken."""
    token = secrets.token_urlsafe(24)
    api = Api(subject, named, opened)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((LOOPBACK, port))
        except OSError as error:
            raise PathError(
                "DR522", f"the port {port} cannot be used: {error.strerror or error}", remedy="leave --port out"
            ) from error
        own = listening.getsockname()[1]
        guarded = application(api, token, [f"{LOOPBACK}:{own}", f"localhost:{own}"])
        settings = uvicorn.Config(
            guarded,
            log_level="critical",
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
            limit_concurrency=64,
            h11_max_incomplete_event_size=64 << 10,
            server_header=False,
        )
        server = uvicorn.Server(settings)
        say(f"Exploring {subject.title}")
        say(f"  http://{LOOPBACK}:{own}/#{token}")
        say("  Only this machine can open it. Ctrl-C ends it.")
        try:
            with contextlib.suppress(KeyboardInterrupt):
                server.run(sockets=[listening])
        finally:
            api.jobs.close()


__all__ = ["Api", "application", "error_data", "serve"]
