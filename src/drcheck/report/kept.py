"""Answers that commands of their own make, kept in files, and taken into a review only where they are still true.

A kept answer says for what it was made: the digest of the design's systems and properties with the parameters that were set, of
its source files, as an answer may be about other parameters, too, and of drcheck's own code. Another digest means that the answer
may be another one now; a review then says that it was not made for this version, and by which command it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drcheck import schemas
from drcheck.designs.design import Design
from drcheck.designs.parameter import settings_text, show
from drcheck.errors import OutputError, UsageError
from drcheck.logic.kinds import DOMAINS
from drcheck.report.anchors import anchor
from drcheck.system.fingerprint import digest
from drcheck.verdicts.check import Prepared, prepare
from drcheck.verdicts.planting.subject import digest_of as digest_of_systems
from drcheck.whole_files import write_whole
from drcheck.workers.own_code import code_digest
from drcheck.workers.sources import sources_digest

KIND = "kept"
ENDING = ".kept.json"
FOLDER = "kept"
"""Where answers are kept, in the folder of the review."""


@dataclass(frozen=True)
class Kept:
    """An answer: the `command` that made it, of which `design`, for which `digest`, and what it printed as JSON."""

    command: str
    design: str
    digest: str
    document: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """The kind of the document: the name of the command."""
        return str(self.document["kind"])


def digest_of(design: Design, settings: Mapping[str, Any], prepared: Prepared | None = None) -> str:
    """What an answer about a design with some parameters depends on: its systems, properties and sources, and drcheck's code."""
    ready = prepare(design, settings) if prepared is None else prepared
    asked = settings_text(settings, design.roles)
    defaults = [(p.name, show(p.default), str(p.role)) for p in design.parameters]
    systems = digest_of_systems(
        (settings_text(v.given, design.roles), v.system, [p for p in v.properties if p.name != DOMAINS])
        for v in ready.variants
    )
    return digest((code_digest(), design.name, asked, *defaults, systems, sources_digest(design)))


def keep(answer: Kept, folder: Path) -> Path:
    """Write an answer to a folder, which is made if it is missing; an older one of the same command is replaced.

    Raises OutputError DR601.
    """
    data = {
        "kind": KIND,
        "version": 1,
        "command": answer.command,
        "design": answer.design,
        "digest": answer.digest,
        "document": answer.document,
    }
    path = folder / f"{anchor(answer.command.removeprefix('drcheck '))}{ENDING}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole({path: (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()})
    except OSError as error:
        raise OutputError(
            "DR601", f"the answer cannot be kept in {folder}: {error.strerror or error}", remedy="choose another folder"
        ) from None
    return path


def all_kept(folder: Path) -> list[Kept]:
    """The answers of a folder, in the order of their names; none where there is no such folder. Raises UsageError DR407."""
    return [_read(path) for path in sorted(folder.glob(f"*{ENDING}"))]


def _read(path: Path) -> Kept:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["kind"] != KIND or data["version"] != 1:
            raise ValueError(f"it is a {data['kind']!r} of version {data['version']}")
        found = Kept(str(data["command"]), str(data["design"]), str(data["digest"]), dict(data["document"]))
        schemas.schema(found.kind, found.document.get("version"))
    except (OSError, ValueError, KeyError, TypeError, UsageError) as error:
        said = getattr(error, "message", None) or error
        raise UsageError(
            "DR407", f"{path} is no kept answer: {said}", remedy="remove it, or make it again with drcheck keep"
        ) from None
    return found


def taken(answers: Sequence[Kept], design: Design, right: str) -> list[tuple[Kept, bool]]:
    """The answers about a design, each with whether it is of this version: whether its digest is the `right` one."""
    return [(answer, answer.digest == right) for answer in answers if answer.design == design.name]


__all__ = ["FOLDER", "Kept", "all_kept", "digest_of", "keep", "taken"]
