"""The design review: HTML files, their Markdown twins, and a JSON file from which both can be made again.

`collect` gives what a review says as plain data (`content`); `parts` makes blocks of it, which `html` and `markdown` write down;
`write` spreads them over files and writes these.
"""

from drcheck.report.collect import collect
from drcheck.report.content import Review, Study
from drcheck.report.plain import as_json, from_json

__all__ = ["Review", "Study", "as_json", "collect", "from_json"]
