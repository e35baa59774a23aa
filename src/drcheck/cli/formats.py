"""The formats of drawings by the endings of files."""

from __future__ import annotations

ENDINGS = {"dot": ".dot", "svg": ".svg", "mermaid": ".mmd", "text": ".txt"}
"""The ending of a file for each format."""
