"""The design review: one self-contained HTML file and its Markdown twin.

`write_review(designs, settings, output)` checks and writes; `collect` gives what it says as plain data.
"""

from drcheck.report.content import Review, as_data
from drcheck.report.write import collect, known_claims, save, targets, write_review

__all__ = ["Review", "as_data", "collect", "known_claims", "save", "targets", "write_review"]
