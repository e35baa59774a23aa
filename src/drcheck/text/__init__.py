"""Expressions and properties as text: read on a system, and written so that they can be read again.

`tokens` and `parser` make a tree (`syntax`) of a text, `resolving` an expression of the tree, `stating` a property; `writing`
goes the other way. No part of a text is ever run as Python. docs/text.md has the grammar.
"""

from drcheck.language.expressions import Expression
from drcheck.system.system import System
from drcheck.text.parser import MAX_NESTING, parsed
from drcheck.text.resolving import Resolver
from drcheck.text.stating import FORMS, parse_property, statement
from drcheck.text.tokens import MAX_LENGTH
from drcheck.text.writing import expression_text, property_text


def parse_expression(text: str, system: System) -> Expression:
    """The expression over a system that a text is. Raises TextError: DR320 (it cannot be read), DR321 (too long, nested too
    deeply), DR115 and DR104 (unknown names), and what the language refuses.
    """
    return Resolver(text, system, tuple(FORMS)).expression(parsed(text))


__all__ = [
    "MAX_LENGTH",
    "MAX_NESTING",
    "expression_text",
    "parse_expression",
    "parse_property",
    "property_text",
    "statement",
]
