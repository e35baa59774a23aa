"""Remarks on single statements: misspelt parameters, broken continuations, names without an owner."""

from collections.abc import Iterator

from drcheck.audit import PROBLEM, WARNING, Remark
from model.info_mart_replication.parameter_files.parameters import STARTS, ParameterFile, Statement
from model.info_mart_replication.parameter_files.patterns import Pattern
from model.info_mart_replication.parameter_files.vocabulary import OPTIONS, PARAMETERS, like


def remarks_on_spelling(file: ParameterFile) -> Iterator[Remark]:
    """Parameters and options that GoldenGate does not know, and continuations that lead to a wrong reading."""
    for before, statement in zip((None, *file.statements), file.statements, strict=False):
        yield from _continuation(file, before, statement)
        keyword = statement.keyword
        if _is_clause(statement):
            continue  # told as a broken continuation
        if keyword not in PARAMETERS:
            yield _unknown(file, statement.line, statement.tokens[0].text, like(keyword, PARAMETERS), "parameter")
        for token in statement.tokens[1:] if keyword in OPTIONS else ():
            known = OPTIONS[keyword]
            near = None if token.word in known else like(token.word, known)
            if near:
                yield _unknown(file, token.line, token.text, near, f"option of {keyword}")


def _is_clause(statement: Statement) -> bool:
    """Whether it is a clause of DDL that stands alone. INCLUDE with a file's name is a parameter."""
    words = {word.upper() for word in statement.words}
    return statement.keyword == "EXCLUDE" or (
        statement.keyword == "INCLUDE" and bool(words & {"OBJNAME", "ALL", "MAPPED"})
    )


def _unknown(file: ParameterFile, line: int, word: str, near: str | None, what: str) -> Remark:
    if near is None:
        return Remark(
            WARNING, file.file, line, f"unknown-{what.split()[0]}", f"{word} is no {what} that this audit knows"
        )
    return Remark(
        PROBLEM,
        file.file,
        line,
        f"unknown-{what.split()[0]}",
        f"{word} is no {what}; it is like {near}. GoldenGate does not start a process whose file it cannot read, and "
        f"as long as the word stays wrong, what {near} is there for is not in force",
        f"write {near}",
    )


def _continuation(file: ParameterFile, before: Statement | None, statement: Statement) -> Iterator[Remark]:
    code = "broken-continuation"
    if _is_clause(statement):
        end = f" in line {before.tokens[-1].line}" if before is not None else ""
        yield Remark(
            PROBLEM,
            file.file,
            statement.line,
            code,
            f"{statement.keyword} begins a parameter of its own: the statement before it ends without &{end}, so that "
            "this clause is not part of DDL",
            "end the line before it with &",
        )
    swallowed = [t for t in statement.tokens[1:] if t.first and t.word in STARTS]
    for token in swallowed:
        yield Remark(
            PROBLEM,
            file.file,
            token.line,
            code,
            f"{token.word} is read as a part of {statement.keyword} (line {statement.line}), because the line before it "
            "ends in &",
            "remove the & before it",
        )
    if statement.blank_inside:
        yield Remark(
            WARNING,
            file.file,
            statement.blank_inside,
            code,
            f"an empty line stands between a & and this line of {statement.keyword} (line {statement.line}); read "
            "here as if it were not there",
            "remove the empty line",
        )


def remarks_on_names(file: ParameterFile, schema: str) -> Iterator[Remark]:
    """Names of one part where GoldenGate needs owner and object."""
    for selection in file.selections:
        named = [(selection.keyword, selection.pattern)]
        if selection.target is not None:
            named.append((f"{selection.keyword} ... TARGET", selection.target))
        yield from (_unqualified(file, selection.line, k, p, schema) for k, p in named if p.owner is None)
    for clause in file.ddl:
        if clause.pattern is not None and clause.pattern.owner is None:
            what = f"DDL {clause.words[0].upper()} OBJNAME"
            yield _unqualified(file, clause.line, what, clause.pattern, schema)


def _unqualified(file: ParameterFile, line: int, what: str, pattern: Pattern, schema: str) -> Remark:
    meant = pattern.meant(schema) if schema else pattern
    does = {
        "TABLE": "no table of the schema, so that this process passes none on",
        "MAP": "no table of the schema, so that nothing of it is applied",
        "MAP ... TARGET": "no table of the target schema, so that the changes are mapped to nothing there",
        "SEQUENCE": "no sequence of the schema, so that sequence values are not passed on",
    }.get(what, "no table of the schema, so that it has no effect")
    if pattern.of_login(schema):
        where, does = f": it is of the schema of the login, {schema}, as long as the login is that", ""
    elif pattern.login:
        where = f": as written it is looked for in the schema of the login, {pattern.login}, and stands for "
    else:
        where = ", and the file has no login whose schema it could be of: as written it stands for "
    return Remark(
        WARNING if pattern.of_login(schema) else PROBLEM,
        file.file,
        line,
        "unqualified-name",
        f"{what} {pattern.text} has no owner{where}{does}",
        f"write {meant.text}" if meant is not pattern else f"write the owner before it, as in {schema or 'owner'}.name",
        ("AS-25",),
    )
