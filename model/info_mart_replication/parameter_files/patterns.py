"""Object names with wildcards, as TABLE, MAP, SEQUENCE and the exclusions take them.

`*` stands for any number of characters, `?` for one, `_` for itself. Names are compared without case, as Oracle does
for names that are not quoted. A name has one to three parts: [container.][owner.]object. A name without an owner is of
the schema that the process is logged in to; without a login it is of none, and nothing is mapped.
(Oracle GoldenGate 11.2 Administrator's Guide, Using wildcards in object names; messages OGG-01835 and OGG-01836.)
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pattern:
    """A name as written, its parts from the container to the object, and the login that a lacking owner is taken from."""

    text: str
    parts: tuple[str, ...]
    login: str = ""

    @property
    def owner(self) -> str | None:
        """The owner (schema), or None where the name has one part only."""
        return self.parts[-2] if len(self.parts) > 1 else None

    @property
    def object(self) -> str:
        """The object's name."""
        return self.parts[-1]

    @property
    def wild(self) -> bool:
        """Whether the object's name has a wildcard."""
        return "*" in self.object or "?" in self.object

    def matches(self, schema: str, name: str) -> bool:
        """Whether it stands for table `name` of `schema`."""
        owned = wildcard(self.owner, schema) if self.owner is not None else self.of_login(schema)
        return owned and wildcard(self.object, name)

    def of_login(self, schema: str) -> bool:
        """Whether `schema` is where the process is logged in, so that names without an owner are of it."""
        return bool(self.login) and self.login.upper() == schema.upper()

    def meant(self, schema: str) -> "Pattern":
        """The pattern with the dot after the schema's name that was left out (`HR*` for `HR.*`), or itself."""
        if self.owner is None and self.object.upper().startswith(schema.upper()) and len(self.object) > len(schema):
            rest = self.object[len(schema) :]
            return Pattern(f"{schema}.{rest}", (schema, rest))
        return self


def pattern(text: str, login: str = "") -> Pattern | None:
    """The pattern that a word is; None if it is not a name: a part is empty, or it has more than three."""
    parts, current, inside = [], "", ""
    for character in text:
        if inside:
            inside = "" if character == inside else inside
        elif character in "\"'<":
            inside = ">" if character == "<" else character
        elif character == ".":
            parts.append(current)
            current = ""
            continue
        current += character
    parts.append(current)
    return Pattern(text, tuple(parts), login) if len(parts) <= 3 and all(parts) else None


def wildcard(written: str, name: str) -> bool:
    """Whether `name` is one of the names that `written` stands for. Takes at most len(written) * len(name) steps."""
    written, name = written.upper(), name.upper()
    at = position = 0
    star, resume = -1, 0
    while position < len(name):
        if at < len(written) and written[at] == "*":
            star, resume = at, position
            at += 1
        elif at < len(written) and written[at] in ("?", name[position]):
            at, position = at + 1, position + 1
        elif star >= 0:
            resume += 1
            at, position = star + 1, resume
        else:
            return False
    return all(character == "*" for character in written[at:])
