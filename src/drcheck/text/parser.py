"""The grammar: words to a tree, by precedence climbing. No system is needed, and nothing of the text is run.

From loosest to tightest, as in Python: `a if c else b`, `or`, `and`, `not`, comparisons (which do not chain), `|`, `&`, `+` and
`-`, `*` `//` `%`, then `~` and `-` before an operand, then `.name`, `[index]` and `(arguments)`. A quantifier reaches as far to
the right as it can. Both the normal form of expressions and their print (`language.operators.written`) are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from drcheck.errors import TextError
from drcheck.language.operators import TEMPORAL_OPERATORS
from drcheck.text.syntax import (
    Attribute,
    Call,
    Group,
    Index,
    Length,
    Listed,
    Member,
    Name,
    Named,
    Node,
    Number,
    Operator,
    Pattern,
    Quantified,
    Truth,
    Words,
)
from drcheck.text.tokens import DURATION, END, NAME, NUMBER, OPERATOR, WORDS, Token, Tokens

MAX_NESTING = 140
"""How deep a text may be nested; twice what an expression may be, as its operators may all have parentheses."""
COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))
_COMPARING = {sign: sign for sign in COMPARISONS} | {"=": "=="}
"""The signs of comparisons with the operators that they mean: `=` is how `==` is printed."""
LEVELS = {"|": 1, "&": 2, "+": 3, "-": 3, "*": 4, "//": 4, "%": 4}
"""The operators between two operands, and how tightly each binds."""
QUANTIFIERS = ("all", "any", "count", "total")
FUNCTION_OF = {
    "G": "globally",
    "F": "finally_",
    "X": "next_",
    "U": "until",
    "W": "weak_until",
    "R": "release",
    "min": "minimum",
    "max": "maximum",
}
"""What printed operators are called as functions."""
_JOINING = frozenset(("and", "or", "in", "if", "else"))
"""Words between two operands."""
_PREFIXED = frozenset(name for name, operands in TEMPORAL_OPERATORS.items() if operands == 1)
_BETWEEN = frozenset(TEMPORAL_OPERATORS) - _PREFIXED
ARGUMENTS = frozenset(
    [
        "after",
        "assumptions",
        "at_most",
        "bound",
        "by_construction",
        "claims",
        "condition",
        "except_where",
        "fairness",
        "finding",
        "formula",
        "given",
        "goal",
        "items",
        "measure",
        "n",
        "name",
        "otherwise",
        "releases",
        "role",
        "source",
        "statement",
        "then",
        "trigger",
        "value",
        "when",
    ]
)
"""The names that arguments have: before `=`, any other is what is compared."""
_PYTHONS = {
    "lambda": "write for instance all x in server*: x.up",
    "for": "write for instance all x in server*: x.up",
    "is": "write ==",
    "None": "leave it out",
} | dict.fromkeys(("and", "or"), "it stands between two operands, as in: link.up and link.outage = 2h")
_PYTHONS |= {
    "in": "write for instance server in (idle, in_service)",
    "if": "write (a if condition else b)",
    "else": "write (a if condition else b)",
    "not": "it stands before a condition, as in: link.up and not server.idle",
}
"""Words that cannot stand where they were found, and what to write."""
_LIKE_A_PATTERN = re.compile(r"\.(\w*\*[\w*]*)", re.ASCII)


def parsed(text: str) -> Node:
    """The tree of a text. Raises TextError: DR320 (it cannot be read), DR321 (too long, nested too deeply), DR111."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text, self._tokens, self._at, self._nesting = text, Tokens(text), 0, 0

    # -- words ----------------------------------------------------------------------------------------------------------
    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _is(self, *operators: str) -> bool:
        return self._next.kind == OPERATOR and self._next.text in operators

    def _take(self) -> Token:
        taken = self._next
        self._at += taken.kind != END
        return taken

    def _expect(self, operator: str, opened: Token | None = None) -> Token:
        if self._is(operator):
            return self._take()
        self._refuse_python()
        if opened is not None and self._next.kind == END:
            raise self._error(f"{opened.text!r} is not closed", opened.start, opened.end)
        raise self._unexpected(f"{operator!r}")

    def _error(self, message: str, start: int, end: int, remedy: str = "", code: str = "DR320") -> TextError:
        return TextError(code, message, text=self._text, start=start, end=end, remedy=remedy)

    def _unexpected(self, wanted: str) -> TextError:
        at = self._next
        found = (
            "the end of the text" if at.kind == END else repr(at.text if len(at.text) < 40 else at.text[:40] + "...")
        )
        return self._error(f"{wanted} is expected, not {found}", at.start, at.end, self._pattern_meant())

    def _pattern_meant(self) -> str:
        """What to write where `site.down_*` stands: in Python a pattern is a text, too."""
        read = self._tokens[self._at - 1].end if self._at else 0
        for found in _LIKE_A_PATTERN.finditer(self._text):
            if found.start() < read <= found.end():
                return f'a pattern of states is written .state("{found[1]}")'
        return ""

    def _refuse_python(self) -> None:
        at = self._next
        if at.kind == NAME and at.text in _PYTHONS:
            raise self._error(f"`{at.text}` cannot stand here", at.start, at.end, _PYTHONS[at.text])

    @contextmanager
    def _nested(self, levels: int = 1) -> Iterator[None]:
        self._nesting += levels
        if self._nesting > MAX_NESTING:
            raise self._too_deep(self._next.start, self._next.end)
        yield
        self._nesting -= levels

    def _refuse_many(self, before: list[Token]) -> None:
        """Refuse too many words before an operand, at the last one."""
        if self._nesting + len(before) > MAX_NESTING:
            raise self._too_deep(before[-1].start, before[-1].end)

    def _too_deep(self, start: int, end: int) -> TextError:
        return self._error("the text is nested too deeply", start, end, "write it as several properties", "DR321")

    def _made(self, node: Node) -> Node:
        if node.depth > MAX_NESTING:
            raise self._too_deep(node.end - 1, node.end)
        return node

    # -- the grammar ----------------------------------------------------------------------------------------------------
    def whole(self) -> Node:
        """The whole text."""
        if self._next.kind == END:
            raise self._error("the text is empty", 0, 0, "write for instance never(link.down & server.in_service)")
        found = self._expression()
        self._refuse_python()
        if self._next.kind != END:
            raise self._unexpected("an operator or the end")
        return found

    def _expression(self) -> Node:
        with self._nested():
            if self._quantifier_begins():
                return self._quantified()
            then = self._condition()
            if self._word(*_BETWEEN):
                operator = self._take()
                return self._formula(operator, then, self._condition())
            if not self._word("if"):
                return then
            self._take()
            condition = self._condition()
            if not self._word("else"):
                raise self._unexpected("'else'")
            self._take()
            otherwise = self._expression()
            return self._called("if_else", then.start, otherwise.end, condition, then, otherwise)

    def _word(self, *words: str) -> bool:
        return self._next.kind == NAME and self._next.text in words

    def _called(self, function: str, start: int, end: int, *arguments: Node) -> Node:
        """What is printed with an operator, as the function that it is."""
        return self._made(Call(start, end, Name(start, end, function), arguments, ()))

    def _ambiguous(self, word: Token, at: Node) -> TextError:
        message = f"beside `{word.text}` this could be read in two ways"
        return self._error(message, at.start, at.end, "put it in parentheses", "DR140")

    def _formula(self, operator: Token, left: Node, right: Node) -> Node:
        """`left U right`, of which each is one word, a call, or in parentheses."""
        if self._word(*_BETWEEN):
            raise self._ambiguous(operator, right)
        for side in (left, right):
            # A call that ends where its function does was not written as one, but with an operator before an operand.
            if isinstance(side, (Operator, Member)) or (isinstance(side, Call) and side.function.end == side.end):
                raise self._ambiguous(operator, side)
        return self._called(FUNCTION_OF[operator.text], left.start, right.end, left, right)

    def _condition(self) -> Node:
        """Comparisons with `not`, `G`, `F` and `X` before them, and `and` and `or` between, in one frame: texts may be deep."""
        either: list[Node] = []
        both: list[Node] = []
        while True:
            before: list[Token] = []
            while self._word("not") or self._formula_begins():
                before.append(self._take())
                self._refuse_many(before)
            node = self._compared(self._joined(1))
            for word in reversed(before):
                node = self._prefixed(word, node)
            both.append(node)
            if self._word("and"):
                between = self._take()
                self._refuse_looser(between, node)
                continue
            if len(both) > 1:
                self._refuse_looser(between, node)
            either.append(self._chained("&", both))
            both = []
            if not self._word("or"):
                return self._chained("|", either)
            self._take()

    def _refuse_looser(self, between: Token, operand: Node) -> None:
        """Refuse `a | b and c`: to Python it is `(a | b) and c`, which it does not look like."""
        if isinstance(operand, Operator) and operand.operator == "|":
            raise self._ambiguous(between, operand)

    def _chained(self, sign: str, operands: list[Node]) -> Node:
        if len(operands) == 1:
            return operands[0]
        return self._made(Operator(operands[0].start, operands[-1].end, sign, tuple(operands)))

    def _formula_begins(self) -> bool:
        """Whether `G`, `F` or `X` comes, with its operand."""
        if not self._word(*_PREFIXED):
            return False
        after = self._tokens[self._at + 1]
        if after.kind == NAME:
            return after.text not in _JOINING and after.text not in _BETWEEN
        return after.kind == OPERATOR and after.text in ("(", "~")

    def _prefixed(self, word: Token, inner: Node) -> Node:
        if isinstance(inner, Operator) and inner.operator in ("&", "|"):
            raise self._ambiguous(word, inner)
        if word.text == "not":
            return self._made(Operator(word.start, inner.end, "~", (inner,)))
        return self._called(FUNCTION_OF[word.text], word.start, inner.end, inner)

    def _compared(self, left: Node) -> Node:
        """A comparison of what was read with what comes, if one does."""
        if self._word("in"):
            return self._member(left)
        if not self._compares():
            return left
        operator = self._take()
        right = self._joined(1)
        if self._compares() or self._word("in"):
            remedy = "write (0 < x) & (x < 5) instead of 0 < x < 5"
            raise self._error("comparisons do not chain", self._next.start, self._next.end, remedy)
        for side in (left, right):
            if isinstance(side, Operator) and side.operator in ("&", "|"):
                raise self._swallowed(operator, side)
        return self._made(Operator(left.start, right.end, _COMPARING[operator.text], (left, right)))

    def _compares(self) -> bool:
        return self._next.kind == OPERATOR and self._next.text in _COMPARING

    def _member(self, of: Node) -> Node:
        """`component in (state, ...)`: states with or without quotation marks, patterns of them, values."""
        word = self._take()
        if isinstance(of, Operator) and of.operator in ("&", "|"):
            raise self._swallowed(word, of)
        opened = self._expect("(")
        members: list[Node] = []
        while not self._is(")"):
            pattern = self._pattern()
            while pattern is not None and self._next.kind != END and self._next.start < pattern.end:
                self._take()
            members.append(self._joined(1) if pattern is None else pattern)
            if not self._is(")"):
                self._expect(",", opened)
        return self._made(Member(of.start, self._take().end, of, tuple(members)))

    def _swallowed(self, comparison: Token, side: Operator) -> TextError:
        """`x == y & z` compares with the whole of `y & z`, which is never intended."""
        return self._error(
            f"`{comparison.text}` compares the whole of what stands beside it, as & and | bind more tightly",
            side.start,
            side.end,
            "write parentheses: around each comparison, as in (x == y) & z, or around what is compared",
            "DR140",
        )

    def _joined(self, level: int) -> Node:
        left = self._operand()
        while self._next.kind == OPERATOR and LEVELS.get(self._next.text, 0) >= level:
            operator = self._take().text
            operands = [left, self._right(operator)]
            while operator in "&|" and self._is(operator):
                self._take()
                operands.append(self._right(operator))
            left = self._made(Operator(left.start, operands[-1].end, operator, tuple(operands)))
        return left

    def _right(self, operator: str) -> Node:
        with self._nested():
            return self._joined(LEVELS[operator] + 1)

    def _operand(self) -> Node:
        signs: list[Token] = []
        while self._is("~", "-"):
            operator = self._take()
            if operator.text == "-" and self._next.kind == NUMBER:
                number = self._take()
                return self._signed(signs, Number(operator.start, number.end, -int(str(number.value))))
            signs.append(operator)
            self._refuse_many(signs)
        node = self._primary()
        while self._is(".", "[", "("):
            opened = self._take()
            if opened.text == ".":
                name = self._name("the name of a state, a variable or an array")
                node = Attribute(node.start, name.end, node, name)
            elif opened.text == "[":
                at = self._expression()
                node = Index(node.start, self._expect("]", opened).end, node, at)
            elif isinstance(node, (Name, Attribute)):
                node = self._call(node, opened)
            else:
                raise self._error("what stands before '(' is no function", node.start, node.end)
            self._made(node)
        return self._signed(signs, node)

    def _signed(self, signs: list[Token], node: Node) -> Node:
        for sign in reversed(signs):
            node = self._made(Operator(sign.start, node.end, sign.text, (node,)))
        return node

    def _name(self, wanted: str) -> Name:
        if self._next.kind != NAME:
            raise self._unexpected(wanted)
        taken = self._take()
        return Name(taken.start, taken.end, taken.text)

    def _call(self, function: Name | Attribute, opened: Token) -> Node:
        arguments: list[Node] = []
        named: list[Named] = []
        with self._nested():
            while not self._is(")"):
                if self._word(*ARGUMENTS) and self._tokens[self._at + 1].text == "=":
                    name = self._name("")
                    self._take()
                    named.append((name, self._expression()))
                elif named:
                    raise self._unexpected("an argument with its name")
                else:
                    arguments.append(self._expression())
                if not self._is(")"):
                    self._expect(",", opened)
        return Call(function.start, self._take().end, function, tuple(arguments), tuple(named))

    def _primary(self) -> Node:
        at = self._next
        if self._quantifier_begins():
            end = self._tokens[self._at + 2].end
            remedy = f"put it in parentheses: ({at.text} {self._tokens[self._at + 1].text} in ...: ...)"
            raise self._error(f"`{at.text}` beside an operator", at.start, end, remedy)
        self._refuse_python()
        if at.kind == NAME:
            self._take()
            if at.text in ("True", "False", "true", "false"):
                return Truth(at.start, at.end, at.text.capitalize() == "True")
            return Name(at.start, at.end, at.text)
        if at.kind == NUMBER and isinstance(at.value, int):
            self._take()
            return Number(at.start, at.end, at.value)
        if at.kind == DURATION and not isinstance(at.value, (int, str)):
            self._take()
            return Length(at.start, at.end, at.value)
        if at.kind == WORDS:
            self._take()
            return Words(at.start, at.end, str(at.value))
        if self._is("("):
            self._take()
            inner = self._expression()
            return self._made(Group(at.start, self._expect(")", at).end, inner))
        if self._is("["):
            return self._listed()
        raise self._unexpected("a name, a number or '('")

    def _listed(self) -> Node:
        opened = self._take()
        items: list[Node] = []
        while not self._is("]"):
            items.append(self._expression())
            if not self._is("]"):
                self._expect(",", opened)
        return self._made(Listed(opened.start, self._take().end, tuple(items)))

    # -- quantifiers ----------------------------------------------------------------------------------------------------
    def _quantifier_begins(self) -> bool:
        """Whether `all x in` comes, or `any`, `count`, `total`."""
        if self._next.kind != NAME or self._next.text not in QUANTIFIERS:
            return False
        bound, word = self._tokens[self._at + 1], self._tokens[self._at + 2]
        return bound.kind == NAME and word.kind == NAME and word.text == "in"

    def _quantified(self) -> Node:
        word, bound = self._take(), self._name("")
        self._take()  # `in`
        over = [self._over()]
        while self._is(","):
            self._take()
            over.append(self._over())
        self._expect(":")
        body = self._expression()
        return self._made(Quantified(word.start, body.end, word.text, bound, tuple(over), body))

    def _over(self) -> Node:
        """A component, a pattern of components or an array."""
        pattern = self._pattern()
        if pattern is None and self._is("~", "-"):
            raise self._unexpected("a component, a pattern or an array")
        if pattern is None:
            return self._operand()
        while self._next.kind != END and self._next.start < pattern.end:
            self._take()
        return pattern

    def _pattern(self) -> Pattern | None:
        """The pattern that comes, or None: words without blanks between them, with `*` among them."""
        first, number = self._next, 0
        while self._is_of_pattern(self._tokens[self._at + number]) and (
            number == 0 or self._tokens[self._at + number].start == self._tokens[self._at + number - 1].end
        ):
            number += 1
        end = self._tokens[self._at + number - 1].end if number else first.start
        pattern = self._text[first.start : end]
        return Pattern(first.start, end, pattern) if "*" in pattern else None

    def _is_of_pattern(self, token: Token) -> bool:
        """Whether a word can be part of a pattern: names, numbers and `*`, without blanks between."""
        return token.kind in (NAME, NUMBER, DURATION) or (token.kind == OPERATOR and token.text == "*")


__all__ = ["ARGUMENTS", "COMPARISONS", "FUNCTION_OF", "LEVELS", "MAX_NESTING", "QUANTIFIERS", "parsed"]
