"""Expressions and properties as text: read on a system, and written so that they can be read again.

`tokens` and `parser` make a tree (`syntax`) of a text, `resolving` an expression of the tree, `stating` a property; `writing`
goes the other way. No part of a text is ever run as Python. docs/text.md has the grammar.
"""

from drcheck.text.parser import MAX_NESTING
from drcheck.text.stating import parse_expression, parse_property, statement
from drcheck.text.tokens import MAX_LENGTH
from drcheck.text.writing import expression_text, property_text

__all__ = [
    "MAX_LENGTH",
    "MAX_NESTING",
    "expression_text",
    "parse_expression",
    "parse_property",
    "property_text",
    "statement",
]
