"""Drawings from plain data: documents first (`document`), then DOT, SVG, Mermaid and text.

`machine.machine_diagram(component)`, `structure.architecture(system)` and `chart.sequence_chart(trace)` make documents;
`drawing.draw`, `to_svg`, `to_mermaid` and `to_dot` turn them into text.
"""
