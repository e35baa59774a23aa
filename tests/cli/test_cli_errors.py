"""Bad input on the command line: one coded line on standard error, status 2, no traceback, nothing half-written."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drcheck.cli.main import run
from drcheck.errors import ALL_CODES
from tests.support import cli_project

Ending = tuple[int, str, str]

BROKEN = {
    "a-b.py": "",
    "two-sites/site.py": "",
    "parts/alone.py": "import common",
    "parts/common.py": "",
    "json.py": "",
    "notes/pair.txt": "",
    "model/raises.py": "1 / 0",
    "model/not_python.py": "def x(:",
    "model/needs.py": "import no_such_library",
    "model/leaves.py": "import sys\nsys.exit(0)",
    "model/no_design.py": "def helper():\n    return None\n",
    "model/returns_none.py": """
        from drcheck.designs.design import design

        @design
        def nothing():
            return None

        @design
        def raises():
            raise LookupError("no [such] thing\\nanywhere")
        """,
    "model/bad_property.py": """
        from drcheck import Component, compose, on
        from drcheck.designs.design import design

        @design(properties="properties.bad")
        def small():
            return compose("small", [Component("c", ["s"], transitions=[on("go", "s")])])

        @design(properties="properties.missing")
        def missing():
            return compose("small", [Component("c", ["s"], transitions=[on("go", "s")])])

        @design(properties="properties.stranger")
        def stranger():
            return compose("small", [Component("c", ["s"], transitions=[on("go", "s")])])
        """,
    "properties/bad.py": """
        from drcheck.logic.properties import never, stated

        @stated()
        def sleepy(d):
            return None
        """,
    "properties/stranger.py": """
        from drcheck.logic.properties import never, stated

        @stated(claims="P-9")
        def about_nothing(d):
            return never(d.c.s)
        """,
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cli_project.write_project(tmp_path)
    with cli_project.entered(tmp_path, monkeypatch):
        monkeypatch.delenv("DRCHECK_DEBUG", raising=False)
        yield tmp_path


@pytest.fixture
def drcheck(project: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ending]:
    def call(*words: str) -> Ending:
        status = run(words)
        return (status, *capsys.readouterr())

    return call


CASES: dict[str, tuple[str, str]] = {
    # the command line itself
    "chek": ("DR403", "No such command 'chek'"),
    "check": ("DR403", "Missing argument 'TARGET'; see `drcheck check --help`"),
    "check model.pair --bogus": ("DR403", "No such option '--bogus'"),
    "check model.pair --limit-states many": ("DR401", "Invalid value for '--limit-states'"),
    "errors DR999": ("DR401", "no error code 'DR999'"),
    # designs
    "check model.nowhere:pair": ("DR201", "no module 'model.nowhere' here; run drcheck in the directory"),
    "check model.pair:pari": ("DR201", "did you mean 'model.pair:pair'?"),
    "check model/pairs.py": ("DR201", "there is no file 'model/pairs.py'; available: "),
    "check model/pairs.py:pair": ("DR201", "did you mean 'model/pair.py'?"),
    "check model/pair.py:pari": ("DR201", "did you mean 'model.pair:pair'?"),
    "check model/": ("DR201", "'model/' is a directory, not the file of a module; available: model/"),
    "check ../pair.py": ("DR201", "there is no file '../pair.py'"),
    "check a-b.py": ("DR201", "'a-b' is not a name in Python; give it a name such as a_b.py"),
    "check two-sites/site.py": ("DR201", "go there first: cd {project}/two-sites, and name site.py"),
    "check parts/alone.py": (
        "DR202",
        "cannot be imported (parts/alone.py:1); common is beside it: cd parts, and name alone.py",
    ),
    "check json.py": ("DR404", "'json.py' cannot be imported: Python takes 'json' for another module"),
    "check notes/pair.txt": ("DR201", "is not a Python file"),
    "check :pair": ("DR201", "':pair' is not a design"),
    "check model..pair": ("DR201", "is not a design"),
    "check model.pair:hours": ("DR203", "is a function, not a design"),
    "check json:dumps": ("DR203", "json:dumps is a function, not a design"),
    "check model.no_design": ("DR201", "module model.no_design defines no design"),
    "check model.raises": ("DR202", "ZeroDivisionError: division by zero (model/raises.py:1)"),
    "check model.not_python": ("DR202", "is not Python"),
    "check model.needs": ("DR202", "needs 'no_such_library'"),
    "check model.leaves": ("DR901", "ended Python with sys.exit(0)"),
    "check model.returns_none:nothing": ("DR207", "returned NoneType, not a composed system"),
    "check model.returns_none:raises": ("DR207", "LookupError: no [such] thing anywhere (model/returns_none.py:10)"),
    "show model.returns_none:nothing": ("DR207", "returned NoneType"),
    "list model.nowhere": ("DR201", "no module 'model.nowhere'"),
    # parameters
    "check model.pair --set treshold=2h": ("DR204", "did you mean 'threshold'?"),
    "check model.pair --set threshold": ("DR401", "--set 'threshold' is not an assignment"),
    "check model.pair --set =3": ("DR401", "is not an assignment"),
    "check model.pair --set failures=1 --set failures=2": ("DR401", "parameter failures is set twice"),
    "check model.pair --set threshold=7hx": ("DR206", "'7hx' is not a duration"),
    "check model.pair --set threshold=-3h": ("DR206", "'-3h' is not a duration"),
    "check model.pair --set threshold=": ("DR206", "'' is not a duration"),
    "check model.pair --set threshold=90m": ("DR117", "1h30m is not a whole number of ticks of 1h"),
    "check model.pair --set failures=9": ("DR205", "parameter failures cannot be 9; available: 0, 1, 2"),
    "check model.pair --set failures=1.5": ("DR205", "parameter failures cannot be '1.5'"),
    "check model.pair --set prompt=maybe": ("DR205", "available: yes, no"),
    "review model.pair --set nobody=1": ("DR204", "has no parameter 'nobody'"),
    # properties and claims
    "check model.pair one_at_a_tme": ("DR301", "did you mean 'one_at_a_time'?"),
    "check model.bad_property:small": ("DR302", "property function sleepy returned None"),
    "check model.bad_property:missing": ("DR201", "no module 'properties.missing'"),
    "claims model.bad_property:stranger": ("DR301", "names a claim 'P-9' that is not listed; available: P-1, P-2, P-3"),
    # engines and limits
    "check model.pair --engine nativ": ("DR501", "did you mean 'native'?"),
    "review --engine nativ": ("DR501", "there is no engine 'nativ'"),
    "check model.pair --reduce symetry": ("DR504", "did you mean 'symmetry'?"),
    "check model.pair --reduce all,symmetry": ("DR504", "names all or none and others"),
    "check model.pair --reduce partial-order": ("DR505", "does not preserve the answer to"),
    "check model.pair --engine reference --reduce all": ("DR504", "which cannot be reduced"),
    "check model.pair --limit-states 0": ("DR503", "--limit-states 0 cannot be used"),
    "check model.pair --limit-states -5": ("DR503", "--limit-states -5 cannot be used"),
    "check model.pair --limit-states 99999999999999999999": ("DR503", "cannot be used"),
    "check model.pair --limit-seconds 0": ("DR503", "--limit-seconds 0 cannot be used"),
    "check model.pair --limit-seconds nan": ("DR503", "--limit-seconds nan cannot be used"),
    "check model.pair --limit-seconds -inf": ("DR503", "cannot be used"),
    # random walks
    "simulate": ("DR403", "Missing argument 'TARGET'"),
    "simulate model.nowhere": ("DR201", "no module 'model.nowhere'"),
    "simulate model.pair one_at_a_tme": ("DR301", "did you mean 'one_at_a_time'?"),
    "simulate model.pair --set treshold=2h": ("DR204", "did you mean 'threshold'?"),
    "simulate model.pair --engine reference": ("DR501", "takes random walks; available: auto, python, native"),
    "simulate model.pair --walks 0": ("DR503", "--walks 0 cannot be used; give a whole number, 1 or more"),
    "simulate model.pair --walks many": ("DR401", "Invalid value for '--walks'"),
    "simulate model.pair --steps -3": ("DR503", "--steps -3 cannot be used"),
    "simulate model.pair --seed -1": ("DR503", "--seed -1 cannot be used; give a whole number, 0 or more"),
    "simulate model.pair --seed 18446744073709551616": ("DR503", "cannot be used"),
    "simulate model.pair --seconds 0": ("DR503", "--seconds 0 cannot be used"),
    "simulate model.pair --seconds nan": ("DR503", "--seconds nan cannot be used"),
    # searches with a table of bits
    "swarm": ("DR403", "Missing argument 'TARGET'"),
    "swarm model.pair one_at_a_tme": ("DR301", "did you mean 'one_at_a_time'?"),
    "swarm model.pair --table lots": ("DR503", "--table 'lots' is not a size; write --table 8G or --table 512M"),
    "swarm model.pair --table 0": ("DR503", "--table '0' is less than 8 bytes"),
    "swarm model.pair --table -1M": ("DR503", "--table '-1M' is not a size"),
    "swarm model.pair --table 900000G": ("DR503", "bytes cannot be used: the memory of this machine; give less memory"),
    "swarm model.pair --table 99999999999G": ("DR503", "is more than there can be"),
    "swarm model.pair --searches 0": ("DR503", "--searches 0 cannot be used; give a whole number from 1 to 1,000"),
    "swarm model.pair --hashes 99": ("DR503", "--hashes 99 cannot be used; give a whole number from 1 to 30"),
    "swarm model.pair --depth 0": ("DR503", "--depth 0 cannot be used"),
    "swarm model.pair --seconds inf": ("DR503", "--seconds inf cannot be used"),
    "swarm model.pair --seed -1": ("DR503", "--seed -1 cannot be used"),
    "swarm model.pair --engine reference": ("DR501", "available: auto, python, native"),
    # drawings
    "draw": ("DR401", "draw takes one design, not 0"),
    "draw model.pair --component primray": ("DR603", "available: primary, standby; did you mean 'primary'?"),
    "draw model.pair --component faults": ("DR603", "no component 'faults'"),
    "draw model.pair --counterexample one_at_a_time": ("DR603", "has no trace to draw (one_at_a_time HOLDS"),
    "draw model.pair --counterexample P-2": ("DR603", "P-2 has 2 traces; available: somebody_serves, longest_wait"),
    "draw model.pair --counterexample P-7": ("DR301", "has no property 'P-7'"),
    "draw model.pair --format pdf": ("DR602", "there is no format 'pdf'; available: dot, svg, mermaid, text"),
    "draw model.pair --format text": ("DR602", "this cannot be drawn as 'text'"),
    "draw model.pair --counterexample somebody_serves --format dot": ("DR602", "cannot be written as DOT"),
    "draw model.pair --architecture --component primary": ("DR401", "one drawing at a time"),
    "draw --all model.pair": ("DR401", "--all needs a directory"),
    "draw model.pair --complete": ("DR401", "--complete goes with --all"),
    # models for other checkers
    "export model.pair": ("DR403", "Missing argument 'LANGUAGE'"),
    "export model.pair promella": ("DR605", "available: promela, murphi, jani; did you mean 'promela'?"),
    "export model.pair murphi P-9": ("DR301", "has no property 'P-9'"),
    "export model.pair murphi standby_takes_over": ("DR606", "it is of kind leads_to"),
    "export model.pair murphi longest_wait": ("DR606", "stated for other parameters; write --set prompt=yes"),
    "export model.pair murphi longest_wait --set prompt=no": ("DR606", "stated for other parameters"),
    "export model.pair murphi --output model/pair.py/x": ("DR601", "cannot be written"),
}


@pytest.mark.parametrize("line", list(CASES))
def test_bad_input_is_one_coded_line(line: str, drcheck: Callable[..., Ending], project: Path) -> None:
    cli_project.write(project, BROKEN)
    code, words = CASES[line]
    before = sorted(project.rglob("*"))
    status, out, err = drcheck(*line.split())
    assert (status, out) == (2, "")
    assert re.fullmatch(rf"error: \[{code}\] [^\n]+\n", err), err
    assert words.format(project=project) in err
    assert sorted(p for p in project.rglob("*") if "__pycache__" not in p.parts) == before


def test_the_only_design_of_a_module_needs_no_name(drcheck: Callable[..., Ending]) -> None:
    assert drcheck("check", "model.pair", "one_at_a_time")[0] == 0


def test_a_directory_without_designs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cli_project.enter(tmp_path, monkeypatch)
    for command in ("list", "review", "claims", "draw --all --output x"):
        assert run(command.split()) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("error: [DR402] there is no package 'model' in ")
        assert "name a design as module:design or file:design" in err
    assert list(tmp_path.iterdir()) == []


def test_a_broken_module_in_the_package_is_named(drcheck: Callable[..., Ending], project: Path) -> None:
    cli_project.write(project, {"model/parts/broken.py": "x = undefined_name"})
    status, _, err = drcheck("list")
    assert status == 2
    assert "[DR202] module model.parts.broken cannot be imported: NameError" in err
    assert "(model/parts/broken.py:1)" in err


def test_a_project_without_claims(drcheck: Callable[..., Ending], project: Path) -> None:
    (project / "properties" / "claims.py").unlink()
    status, _, err = drcheck("claims")
    assert status == 2
    assert "no module 'properties.claims'" in err
    assert drcheck("review")[0] == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("CLAIMS = 3", "[DR302] module properties.claims has no tuple CLAIMS of claims"),
        ("x = 1", "[DR302] module properties.claims has no tuple CLAIMS of claims"),
        (
            "from drcheck.verdicts.claims import Claim\nCLAIMS = (Claim('A', 't', 'd', 's'),) * 2",
            "[DR303] two claims have the key 'A'",
        ),
        (
            "from drcheck.verdicts.claims import Claim\nCLAIMS = (Claim('A', '', 'd', 's'),)",
            "[DR302] the text of a claim is ''",
        ),
    ],
)
def test_claims_that_are_not_well_formed(drcheck: Callable[..., Ending], project: Path, text: str, words: str) -> None:
    (project / "properties" / "claims.py").write_text(text)
    for command in ("claims", "review"):
        status, out, err = drcheck(command)
        assert (status, out) == (2, "")
        assert words in err
    assert not (project / "review").exists()


# -- files that cannot be written -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "command",
    [
        "review --output {path}",
        "draw model.pair --output {path}/x.svg",
        "draw model.pair --counterexample somebody_serves --output {path}/x.mmd",
        "draw --all --output {path}",
    ],
)
@pytest.mark.parametrize("obstacle", ["file", "below a file", "read-only"])
def test_output_that_cannot_be_written(
    command: str, obstacle: str, drcheck: Callable[..., Ending], project: Path
) -> None:
    target = project / "taken"
    if obstacle == "read-only":
        if os.name != "posix" or os.geteuid() == 0:
            target = Path("/proc/drcheck")  # no user, not even root, can make a file there
            if not Path("/proc").is_dir():
                pytest.skip("this user can write everywhere")
        else:
            target.mkdir(mode=0o500)
    else:
        target.write_text("mine")
        target = target / "deeper" if obstacle == "below a file" else target
    before = sorted(project.rglob("*"))
    status, out, err = drcheck(*command.format(path=target).split())
    assert (status, out) == (2, "")
    assert re.fullmatch(r"error: \[DR601\] [^\n]+\n", err), err
    assert sorted(project.rglob("*")) == before
    if (project / "taken").is_file():
        assert (project / "taken").read_text() == "mine"


def test_a_file_is_replaced_whole_or_not_at_all(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from drcheck.cli.output_files import write_text
    from drcheck.errors import OutputError

    path = project / "out.txt"
    write_text(path, "first")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("drcheck.whole_files.Path.replace", fails)
    with pytest.raises(OutputError) as caught:
        write_text(path, "second")
    assert caught.value.code == "DR601"
    assert path.read_text() == "first"
    assert [p.name for p in project.iterdir() if p.suffix == ".part"] == []


# -- what nobody foresees ---------------------------------------------------------------------------------------------
def _make_loading_fail(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def load(_: str) -> None:
        raise error

    monkeypatch.setattr(
        sys.modules["drcheck.designs.design"], "load", load
    )  # the name drcheck.designs.design is the decorator


def test_an_unexpected_error_points_at_the_debug_switch(
    drcheck: Callable[..., Ending], monkeypatch: pytest.MonkeyPatch
) -> None:
    _make_loading_fail(monkeypatch, KeyError("x\ny"))
    status, out, err = drcheck("check", "model.pair")
    assert (status, out) == (2, "")
    assert re.fullmatch(r"error: \[DR901\] KeyError: [^\n]+DRCHECK_DEBUG=1[^\n]+\n", err)
    monkeypatch.setenv("DRCHECK_DEBUG", "1")
    status, out, err = drcheck("check", "model.pair")
    assert (status, out) == (2, "")
    assert err.startswith("Traceback (most recent call last)")
    assert err.splitlines()[-1].startswith("error: [DR901] KeyError")


def test_running_out_of_memory_is_said_so(drcheck: Callable[..., Ending], monkeypatch: pytest.MonkeyPatch) -> None:
    _make_loading_fail(monkeypatch, MemoryError())
    status, _, err = drcheck("check", "model.pair")
    assert status == 2
    assert re.fullmatch(r"error: \[DR902\] there is not enough memory; [^\n]+\n", err)


def test_every_code_of_the_boundary_is_explained(drcheck: Callable[..., Ending]) -> None:
    for code in {code for code, _ in CASES.values()} | {"DR402", "DR601", "DR901", "DR902"}:
        assert code in ALL_CODES
        assert drcheck("errors", code)[0] == 0


def test_a_file_that_cannot_be_written_here_names_no_dot() -> None:
    from drcheck.cli.output_files import unwritable

    error = unwritable(Path(), OSError(30, "Read-only file system"))
    assert str(error).startswith("[DR601] the working directory cannot be written: Read-only file system")
