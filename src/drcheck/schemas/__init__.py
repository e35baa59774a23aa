"""The form of what commands print with `--json`: one JSON Schema for each command and version, part of the package.

Each document says its `kind` (the command) and its `version`. Within a version keys may be added, to any object; so a
reader ignores those that it does not know. A key that is renamed, removed or means something else makes a new version,
and the schemas of all versions stay here.

To add a key: add it to the schema of its kind, `<kind>-<version>.json`, in this folder. tests/cli/test_schemas.py fails for a
key that no schema has. That of a review, which is a file, is made from the types of its parts.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from drcheck.errors import UsageError

VERSIONS = {
    "audit": 1, "check": 1, "claims": 2, "curve": 1, "cuts": 1, "diff": 1, "fmea": 1, "list": 1, "mutants": 1, "mutate": 1,
    "objectives": 1, "recover": 1, "repairs": 1, "review": 1, "simulate": 1, "staircase": 1, "swarm": 1, "sweep": 1, "tree": 1,
    "why": 1, "why-not": 1,
}  # in the order of the alphabet  # fmt: skip
"""The version of each kind of document that is written now."""


def document(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """The data of a command with its kind and version before it."""
    return {"kind": kind, "version": VERSIONS[kind], **data}


def schema(kind: str, version: int | None = None) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a kind of document, of its present version unless another is named.

    Raises UsageError DR407 for a kind or version that there is not.
    """
    if kind not in VERSIONS:
        raise UsageError("DR407", f"there is no kind of document {kind!r}", available=VERSIONS, asked=kind)
    wanted = VERSIONS[kind] if version is None else version
    known = isinstance(wanted, int) and not isinstance(wanted, bool) and 1 <= wanted <= VERSIONS[kind]
    if not known:
        raise UsageError(
            "DR407",
            f"version {wanted} of the document of `drcheck {kind}` is not known to this drcheck",
            available=[str(number) for number in range(1, VERSIONS[kind] + 1)],
            remedy="read it with the drcheck that wrote it, or a later one",
        )
    file = resources.files(__name__) / f"{kind}-{wanted}.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def read(text: str, kind: str) -> dict[str, Any]:
    """A document of a kind from its text, once it is known that its version is. Raises UsageError DR407."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise UsageError("DR407", f"this is not JSON: {error}") from error
    if not isinstance(data, dict) or data.get("kind") != kind:
        said = data.get("kind") if isinstance(data, dict) else None
        raise UsageError(
            "DR407",
            f"this is not a document of `drcheck {kind}`, but of {said!r}",
            remedy=f"give what `drcheck {kind} --json` prints",
        )
    schema(kind, data.get("version", 0))
    return data


__all__ = ["VERSIONS", "document", "read", "schema"]
