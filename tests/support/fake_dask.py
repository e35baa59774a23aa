"""What `workers.cluster` uses of Dask, in this process: jobs are done when somebody asks whether they are."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any


class Future:
    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call

    def result(self) -> Any:
        return self._call()


class Completed:
    """Futures, the oldest first; `asked` is called within each question."""

    asked: Callable[[], None] = staticmethod(lambda: None)

    def __init__(self, loop: object) -> None:
        self._futures: list[Future] = []

    def add(self, future: Future) -> None:
        self._futures.append(future)

    def next_batch(self, *, block: bool) -> list[Future]:
        assert not block
        type(self).asked()
        return [self._futures.pop(0)] if self._futures else []


class Client:
    """A scheduler with one worker of two threads, which are this process."""

    def __init__(self, address: str, **_: object) -> None:
        self.status, self.loop = "running", None
        self.cancelled: list[Future] = []

    def wait_for_workers(self, number: int, **_: object) -> None: ...

    def scheduler_info(self, **_: object) -> dict[str, Any]:
        return {"workers": {"here": {"nthreads": 2}}}

    def run(self, call: Callable[..., Any], *arguments: object, **_: object) -> dict[str, Any]:
        return {"here": call(*arguments)}

    def submit(self, call: Callable[..., Any], *arguments: object, **_: object) -> Future:
        return Future(lambda: call(*arguments))

    def cancel(self, futures: list[Future]) -> None:
        self.cancelled += futures

    def close(self) -> None:
        self.status = "closed"


def module() -> Any:
    """In place of the module `distributed`. `last`: the client that was made last."""
    completed = type("Completed", (Completed,), {})

    def get_worker() -> Any:
        raise ValueError("no worker")

    found = SimpleNamespace(as_completed=completed, get_worker=get_worker)

    def client(address: str, **more: object) -> Client:
        found.last = Client(address, **more)
        return found.last

    found.Client = client
    return found


__all__ = ["Client", "Completed", "Future", "module"]
