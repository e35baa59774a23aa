"""Remarks on the designs whose properties are test items, as warnings: once for each design in a run of tests."""

from __future__ import annotations

import hashlib
import warnings

from drcheck.testing.searches import Search


def warn_of_remarks(search: Search, asked: set[str]) -> None:
    """Warn of the remarks on the design of a search, unless somebody did before: this process (`asked`) or one beside it."""
    from drcheck.errors import DrcheckError
    from drcheck.finders.designs import before_search
    from drcheck.language.remarks import RemarkWarning

    label = search.request.label
    if label in asked:
        return
    asked.add(label)
    if search.shared is not None:
        try:
            name = f"remarks-{hashlib.sha256(label.encode()).hexdigest()[:20]}"
            (search.shared / name).touch(exist_ok=False)
        except FileExistsError:
            return
    try:
        remarks = before_search(search.design, search.settings)
    except DrcheckError:  # which the items concerned report
        return
    for remark in remarks:
        place = search.design.place if remark.place is None else remark.place
        warnings.warn_explicit(RemarkWarning(str(remark)), None, place.file, place.line)


__all__ = ["warn_of_remarks"]
