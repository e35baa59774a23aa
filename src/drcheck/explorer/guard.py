"""Who may speak to the explorer's page: requests of that page alone, from this machine, with the token of this start.

A page of another site can send requests to this machine, and a name that it controls can be made to mean 127.0.0.1 (DNS
rebinding). So the `Host` must be ours, and the origin where it is said; what is asked must come as JSON by POST, which no foreign
page can send without asking first, and with a token that none can know. The page itself, which says nothing of a design, needs no
token: it has it from the part of its address after `#`, which is sent to nobody.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

API = "/api/"
TOKEN = "x-drcheck-token"  # the name of the header
MOST_BYTES = 256 << 10
"""How many bytes the body of a request may have."""
MOST_TARGET = 2_000
"""How many bytes the address of a request may have."""
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}
"""What every answer says: nothing comes from elsewhere, nobody frames it, and nothing is kept."""


class Guard:
    """Refuses what is not the page's, before anything is read of it. `hosts`: the names of this server, with the port."""

    def __init__(self, app: App, token: str, hosts: Sequence[str]) -> None:
        self._app, self._token = app, token
        self._hosts = tuple(hosts)
        self._origins = tuple(f"http://{host}" for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no sockets are spoken here
            await send({"type": "websocket.close", "code": 1008})
            return
        refused = self._refused(scope)
        if refused is not None:
            await _answer(send, *refused)
            return
        await self._app(scope, _limited(receive), _with_headers(send))

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        """The status and the reason of a refusal, or None."""
        found: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        if any(len(found.get(name, ())) > 1 for name in ("host", "origin", "content-length", "content-type", TOKEN)):
            return 400, "a header is given twice"
        one = {name: values[0] for name, values in found.items()}
        if one.get("host") not in self._hosts:
            return 421, "this server has another name"
        if "origin" in one and one["origin"] not in self._origins:
            return 403, "a page of another origin cannot ask here"
        if one.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return 403, "a page of another site cannot ask here"
        if len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"") > MOST_TARGET:
            return 414, "the address is too long"
        return self._refused_api(scope, one) if scope["path"].startswith(API) else self._refused_page(scope)

    @staticmethod
    def _refused_page(scope: Scope) -> tuple[int, str] | None:
        return None if scope["method"] in ("GET", "HEAD") else (405, "the page is only read")

    def _refused_api(self, scope: Scope, one: dict[str, str]) -> tuple[int, str] | None:
        if scope["method"] != "POST":
            return 405, "this is asked by POST"
        if not hmac.compare_digest(one.get(TOKEN, "").encode("latin-1"), self._token.encode()):
            return 401, "the token of this start is missing: open the address that drcheck explore printed"
        if one.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return 415, "this is asked as JSON"
        length = one.get("content-length", "")
        if not length.isdecimal():
            return 411, "the length of a request must be said"
        if len(length) > 9 or int(length) > MOST_BYTES:
            return 413, f"a request has {MOST_BYTES:,} bytes at most"
        return None


def _limited(receive: Receive) -> Receive:
    """What is received, cut where it is more than its length may be: servers keep to the length that is said."""
    seen = 0

    async def limited() -> MutableMapping[str, Any]:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MOST_BYTES:
            return {"type": "http.disconnect"}
        return message

    return limited


def _with_headers(send: Send) -> Send:
    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", ()), *own]}
        await send(message)

    return sent


async def _answer(send: Send, status: int, reason: str) -> None:
    """A refusal, in words."""
    body = f"[DR523] {reason}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    start = {"type": "http.response.start", "status": status, "headers": headers}
    await _with_headers(send)(start)
    await send({"type": "http.response.body", "body": body})


__all__ = ["API", "HEADERS", "MOST_BYTES", "TOKEN", "App", "Guard"]
