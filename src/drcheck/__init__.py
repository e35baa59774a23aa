"""drcheck: a formal state-machine model checker for disaster-recovery designs.

What a model file needs can be imported from here: the names of `drcheck.public`, which is imported when one of them is first
asked for. Deciding properties from Python is `drcheck.verdicts.check.check`, finding a design by name
`drcheck.designs.design.load`.
"""

import drcheck.starting as _starting  # noqa: F401  # isort: skip  # the first import, as the others take a while: it holds interrupts
import sys
from typing import TYPE_CHECKING

from drcheck.notebooks import Bundle, shown_by
from drcheck.old_names import refuse_old_names

__version__ = "0.1.0"

if TYPE_CHECKING:
    from drcheck.public import *  # noqa: F403  # not __getattr__, which would give each misspelt name a type
    from drcheck.public import __all__ as __all__
else:

    def __getattr__(name: str) -> object:
        """A name of `drcheck.public`, or a module that importing it has imported."""
        if name == "__all__" or not name.startswith("__"):
            import drcheck.public as public  # `from drcheck import public` would ask here again

            found = vars(public) if name == "__all__" or name in public.__all__ else globals()
            if name in found:
                return found[name]
        # With the module, Python itself adds the closest name.
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=sys.modules[__name__])

    def __dir__() -> list[str]:
        import drcheck.public as public

        return sorted({*globals(), *public.__all__})


def _bundle(subject: object) -> Bundle:
    """What a notebook shows of an object."""
    from drcheck.report.notebook import bundle

    return bundle(subject)


shown_by(_bundle)
refuse_old_names()
