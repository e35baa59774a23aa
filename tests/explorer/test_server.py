"""The explorer's page: what it answers, and what it refuses before anything is done."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="without the extra web")
pytest.importorskip("httpx", reason="an environment without the tools of development")

from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from drcheck.examples import pair
from drcheck.explorer.guard import HEADERS, MOST_BYTES
from drcheck.explorer.server import PAGE, Api, application
from drcheck.explorer.subject import explored

TOKEN, HOST = "a-token-of-this-start", "127.0.0.1:8137"
OURS = {"x-drcheck-token": TOKEN, "content-type": "application/json"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    subject, named = explored(pair, {}, "somebody_serves")
    api = Api(subject, named, subject.session.root())
    guarded = application(api, TOKEN, [HOST, "localhost:8137"])
    yield TestClient(guarded, base_url=f"http://{HOST}", raise_server_exceptions=False)
    api.jobs.close()


def asked(client: TestClient, question: str, **fields: Any) -> Any:
    answer = client.post(f"/api/{question}", json=fields, headers=OURS)
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def job(client: TestClient, **fields: Any) -> Any:
    """What a job answers in the end."""
    found = asked(client, "job", **fields)
    while not found.get("done", True):
        found = asked(client, "poll", job=found["job"])
    return found.get("answer", found)


def test_the_page_comes_whole_and_says_nothing_of_the_design(client: TestClient) -> None:
    for path, (_, media) in PAGE.items():
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "primary" not in answer.text
        assert "https:" not in answer.text
        assert TOKEN not in answer.text


def test_a_design_is_stepped_asked_and_saved(client: TestClient) -> None:
    about = asked(client, "about")
    assert (about["named"], about["design"]) == (["somebody_serves"], "drcheck.examples:pair")
    view = asked(client, "step", node=about["opened"], event="primary_fails", columns=["standby.waited", "oops"])
    assert view["columns"][1]["error"].startswith("[DR115] system pair has no component")
    assert [row["values"] for row in view["history"]] == [["0", "?"], ["0", "?"]]
    blocked = {each["event"]: each["reasons"] for each in view["blocked"]}
    assert blocked["take_over"][0]["condition"] == "standby.waited = 2h"
    assert TOKEN not in view["command"]
    assert "system=" in view["command"]
    found = job(client, kind="near_event", node=view["node"], text="take_over")
    assert (found["said"], found["runbook"], len(found["trail"])) == ("2 steps away", ["1. wait 2h"], 2)
    ran = asked(client, "run", trail=found["trail"], breaks=["standby.waited >= 1h"])
    assert (ran["passed"], ran["why"]) == (1, "standby.waited >= 1h holds")
    traced = job(client, kind="trace", node=about["opened"], text="somebody_serves")
    assert (traced["word"], traced["start"], traced["trail"]) == ("VIOLATED", about["opened"], [view["node"]])
    opened = job(client, kind="open", node=0, text=view["path"])
    assert opened["end"] == view["node"]
    walked = job(client, kind="walk", node=0, steps=5, seed=3)
    assert walked["said"].startswith("5 random steps")
    lost = job(client, kind="no_return", node=view["node"], text="primary.up & (faults.failure_left > 0)")
    assert lost["step"] == 1
    back = job(client, kind="recover", node=view["node"], text="the_server_can_serve_again")
    assert [each["said"][:8] for each in back["tried"]] == ["there is", "there is", "4 steps "]
    assert "followed" in asked(client, "save", node=view["node"], form="test")["text"]
    assert asked(client, "value", node=view["node"], text="standby.waited + 1h")["value"] == "1h"


def test_a_search_is_cancelled_and_another_is_not_begun_meanwhile(client: TestClient) -> None:
    from tests.support.searches import counters

    subject, _ = explored(pair, {})
    big, _ = explored(pair, {})
    big.system = counters(4)
    big.session = type(big.session)(big.system)
    api = Api(big, [], big.session.root())
    other = TestClient(application(api, TOKEN, [HOST]), base_url=f"http://{HOST}")
    started = asked(other, "job", kind="near", node=0, text="False | (c0.n + c1.n > 9000)")
    assert asked(other, "job", kind="near", node=0, text="c0.n > 1")["error"]["code"] == "DR522"
    begun = time.perf_counter()
    asked(other, "cancel", job=started["job"])
    while not (found := asked(other, "poll", job=started["job"])).get("error"):
        assert time.perf_counter() - begun < 30
    assert found["error"]["text"] == "[DR522] it was cancelled"
    assert subject.session.root() == 0


WRONG = [
    # who asks
    ("another name of this machine", {"headers": {"host": "evil.example"}}, 421),
    ("a name that begins like ours", {"headers": {"host": "127.0.0.1.evil.example:8137"}}, 421),
    ("our name without the port", {"headers": {"host": "127.0.0.1"}}, 421),
    ("another port", {"headers": {"host": "127.0.0.1:8138"}}, 421),
    ("a foreign origin", {"headers": {"origin": "https://evil.example"}}, 403),
    ("no origin, as of a file or a frame", {"headers": {"origin": "null"}}, 403),
    ("our origin by another scheme", {"headers": {"origin": f"https://{HOST}"}}, 403),
    ("another site, as the browser says", {"headers": {"sec-fetch-site": "cross-site"}}, 403),
    ("another port, as the browser says", {"headers": {"sec-fetch-site": "same-site"}}, 403),
    ("no token", {"headers": {"x-drcheck-token": ""}}, 401),
    ("a wrong token", {"headers": {"x-drcheck-token": TOKEN[:-1] + "x"}}, 401),
    ("a token with an odd letter", {"headers": {"x-drcheck-token": "\xe9"}}, 401),
    ("the token in the address", {"headers": {"x-drcheck-token": ""}, "url": f"/api/about?token={TOKEN}"}, 401),
    ("a form, which foreign pages can send", {"headers": {"content-type": "application/x-www-form-urlencoded"}}, 415),
    ("plain text, which foreign pages can send", {"headers": {"content-type": "text/plain"}}, 415),
    ("a question by GET", {"method": "GET"}, 405),
    ("a foreign page that asks first", {"method": "OPTIONS", "headers": {"origin": "https://evil.example"}}, 403),
    # how much
    ("a body that is too long", {"content": b" " * (MOST_BYTES + 1)}, 413),
    ("a body of unknown length", {"content": iter([b"{}"])}, 411),
    ("an address that is too long", {"url": "/api/" + "a" * 3_000}, 414),
    # what
    ("a file of this machine", {"method": "GET", "url": "/../../../../etc/passwd"}, 404),
    ("the same, written otherwise", {"method": "GET", "url": "/..%2f..%2fetc/passwd"}, 404),
    ("a file of the package", {"method": "GET", "url": "/server.py"}, 404),
    ("to write the page", {"method": "PUT", "url": "/"}, 405),
    ("an unknown question", {"url": "/api/__class__"}, 400),
    ("no JSON", {"content": b"node=0"}, 400),
    ("JSON that is too deep", {"content": b"[" * 100_000}, 400),
    ("a number of many digits", {"content": b'{"node": 1' + b"0" * 10_000 + b"}"}, 400),
    ("no object", {"content": b"[]"}, 400),
]
FIELDS: list[tuple[str, str, dict[str, Any], str]] = [
    ("no node", "node", {"node": 1 << 40}, "DR523"),
    ("an unknown node", "node", {"node": 99_999}, "DR522"),
    ("a truth value as node", "node", {"node": True}, "DR523"),
    ("too many columns", "node", {"node": 0, "columns": ["True"] * 31}, "DR523"),
    ("an expression that is too long", "value", {"node": 0, "text": "True & " * 400 + "True"}, "DR523"),
    ("an expression nested deeply", "value", {"node": 0, "text": "(" * 1_900}, "DR321"),
    ("Python", "value", {"node": 0, "text": "__import__('os').system('id')"}, "DR320"),
    ("an attribute of Python", "value", {"node": 0, "text": "primary.__class__"}, "DR104"),
    (
        "quantifiers of quantifiers",
        "value",
        {"node": 0, "text": "".join(f"all x{n} in *: " for n in range(12)) + "primary.up"},
        "DR321",
    ),
    ("a formula", "value", {"node": 0, "text": "globally(primary.up)"}, "DR522"),
    ("an unknown event", "step", {"node": 0, "event": "rm -rf"}, "DR522"),
    ("a way that is none", "step", {"node": 0, "event": "tick", "way": 7}, "DR522"),
    ("a path that is too long", "job", {"kind": "open", "node": 0, "text": "tick " * 30_000}, "DR523"),
    ("a path of too many steps", "job", {"kind": "open", "node": 0, "text": "999999999*tick"}, "DR520"),
    ("a path with a place of a file", "job", {"kind": "open", "node": 0, "text": "@/etc/passwd"}, "DR520"),
    ("a search without end", "job", {"kind": "near", "node": 0, "text": "primary.down", "seconds": 1e9}, "DR522"),
    ("a walk without end", "job", {"kind": "walk", "node": 0, "steps": 1 << 30}, "DR523"),
    ("an unknown search", "job", {"kind": "__init__", "node": 0}, "DR522"),
    ("an unknown form", "save", {"node": 0, "form": "../../x"}, "DR522"),
    ("an unknown machine", "machine", {"component": "../../etc/passwd"}, "DR115"),
]


@pytest.mark.parametrize(
    ("how", "status"), [(how, status) for _, how, status in WRONG], ids=[name for name, _, _ in WRONG]
)
def test_a_hostile_request_is_refused(client: TestClient, how: dict[str, Any], status: int) -> None:
    arguments = {"method": "POST", "url": "/api/about", "content": b"{}", **how}
    headers = {**OURS, **how.get("headers", {})}
    arguments["headers"] = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = client.request(**arguments)
    assert answer.status_code == status
    assert "pair" not in answer.text
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(("question", "fields", "code"), [row[1:] for row in FIELDS], ids=[row[0] for row in FIELDS])
def test_what_cannot_be_is_refused_with_its_code(
    client: TestClient,
    question: str,
    fields: dict[str, Any],
    code: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    found = job(client, **fields) if question == "job" else asked(client, question, **fields)
    assert found["error"]["code"] == code
    assert not list(tmp_path.iterdir())


def test_sockets_and_doubled_headers_are_refused(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/about", headers={"host": HOST}):
        pass
    two = [(b"host", HOST.encode()), (b"host", b"evil.example"), *((k.encode(), v.encode()) for k, v in OURS.items())]
    assert client.post("/api/about", content=b"{}", headers=two).status_code == 400
