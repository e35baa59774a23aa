"""The design review: one self-contained HTML file and its Markdown twin.

`write_review(designs, settings, output)` checks and writes; `collect` (in the module of that name) gives what a review
says as plain data, `save` writes it.
"""

from drcheck.report.content import Review, as_data
from drcheck.report.write import save, targets, write_review

__all__ = ["Review", "as_data", "save", "targets", "write_review"]
