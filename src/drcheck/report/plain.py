"""A review as JSON, and a review from that JSON: dataclasses as objects, tuples as lists, nothing left out.

What is read is checked against the types of the fields, so a file that is no review of this version is refused as a whole.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from drcheck import schemas
from drcheck.errors import UsageError
from drcheck.report.content import Review

KIND = "review"


def as_json(review: Review) -> str:
    """The whole review as one JSON object, from which its files can be made again byte for byte."""
    data = schemas.document(KIND, plain(review))
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"


def from_json(text: str) -> Review:
    """The review that `as_json` wrote; keys that are not known are passed over. Raises UsageError DR407 for anything else."""
    data = schemas.read(text, KIND)
    try:
        found: Review = _value(Review, data, "")
    except _UnreadError as error:
        raise UsageError("DR407", f"this is no review: {error}", remedy="name a JSON file of drcheck review") from None
    return found


class _UnreadError(ValueError):
    """What is read is not what it should be."""


def plain(value: Any) -> Any:
    """Dataclasses as dictionaries, those that have a kind with it; tuples as lists."""
    if is_dataclass(value):
        named = {"kind": _kind(type(value))} if _kind(type(value)) else {}
        return {**named, **{f.name: plain(getattr(value, f.name)) for f in fields(value)}}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def form() -> dict[str, Any]:
    """The JSON Schema of a review, from the types of its parts."""
    objects: dict[str, Any] = {}
    _form(Review, objects)
    whole = objects.pop(Review.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:drcheck:{KIND}:{schemas.VERSIONS[KIND]}",
        "title": f"What drcheck {KIND} writes as JSON, version {schemas.VERSIONS[KIND]}",
        "description": "Keys may be added within a version; ignore those that you do not know.",
        "type": "object",
        "required": ["kind", "version", *whole["required"]],
        "properties": {
            "kind": {"const": KIND},
            "version": {"const": schemas.VERSIONS[KIND]},
            **whole["properties"],
        },
        "$defs": dict(sorted(objects.items())),
    }


_FORMS = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


def _form(kind: Any, objects: dict[str, Any]) -> dict[str, Any]:
    """The schema of a type; those of the dataclasses in it are put in `objects`."""
    if _is_union(kind):
        return {"anyOf": [_form(part, objects) for part in get_args(kind)]}
    if get_origin(kind) is tuple:
        parts = get_args(kind)
        if parts[1:] == (Ellipsis,):
            return {"type": "array", "items": _form(parts[0], objects)}
        each = [_form(part, objects) for part in parts]
        return {"type": "array", "prefixItems": each, "items": False, "minItems": len(each)}
    if not is_dataclass(kind):
        return {"type": _FORMS[kind]}
    name = getattr(kind, "__name__", "")
    if name not in objects:
        objects[name] = {}
        named: dict[str, Any] = {"kind": {"const": _kind(kind)}} if _kind(kind) else {}
        hints: Mapping[str, Any] = _hints(kind)  # type: ignore[arg-type]  # classes are hashable
        own = {f.name: _form(hints[f.name], objects) for f in fields(kind)}
        said = " ".join((kind.__doc__ or "").partition("\n\n")[0].split())
        objects[name] = {
            "description": said,
            "type": "object",
            "required": [*named, *own],
            "properties": {**named, **own},
        }
    return {"$ref": f"#/$defs/{name}"}


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, types.UnionType)


def _kind(kind: Any) -> str:
    """The kind by which a class is told from others at the same place, "" where none is needed."""
    found = getattr(kind, "kind", "")
    return found if isinstance(found, str) else ""


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _value(kind: Any, data: Any, where: str) -> Any:
    """A value of a type from plain data. Raises _UnreadError."""
    if _is_union(kind):
        return _one_of(get_args(kind), data, where)
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind), data, where)
    if is_dataclass(kind):
        return _object(kind, data, where)
    if kind is float and type(data) is int:
        return float(data)
    if type(data) is not kind:
        raise _UnreadError(f"{where} is not of the type {getattr(kind, '__name__', kind)}")
    return data


def _tuple(parts: tuple[Any, ...], data: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise _UnreadError(f"{where} is no list")
    each = [parts[0]] * len(data) if parts[1:] == (Ellipsis,) else list(parts)
    if len(each) != len(data):
        raise _UnreadError(f"{where} has {len(data)} entries, not {len(each)}")
    return tuple(_value(part, item, f"{where}[{n}]") for n, (part, item) in enumerate(zip(each, data, strict=True)))


def _object(kind: Any, data: Any, where: str) -> Any:
    if not isinstance(data, dict):
        raise _UnreadError(f"{where} is no object")
    hints, found, before = _hints(kind), {}, f"{where}." if where else ""
    for f in fields(kind):
        if f.name in data:
            found[f.name] = _value(hints[f.name], data[f.name], f"{before}{f.name}")
        elif f.default is MISSING and f.default_factory is MISSING:
            raise _UnreadError(f"{before}{f.name} is missing")
    return kind(**found)


def _one_of(kinds: tuple[Any, ...], data: Any, where: str) -> Any:
    """A value of one of several types: an object is told by its kind, or else by the keys that it has."""
    for kind in kinds:
        if is_dataclass(kind):
            needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
            fits = isinstance(data, dict) and _kind(kind) in ("", data.get("kind")) and needed <= data.keys()
        elif get_origin(kind) is tuple:
            fits = isinstance(data, list)
        else:
            fits = type(data) is kind
        if fits:
            return _value(kind, data, where)
    raise _UnreadError(f"{where} is of none of its types")


__all__ = ["KIND", "as_json", "form", "from_json", "plain"]
