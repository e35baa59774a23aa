"""A design that ends the process in which it is composed, as often as a folder says: what workers are tried with.

Not in the process whose number is in FRAGILE_PARENT, which only asks. FRAGILE_FOLDER holds a file for each value of `size` that
is fatal, with how often: each time one is taken away.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Annotated

from drcheck import Component, Counter, ParameterRole, System, compose, design, on, worst_case


@design
def fragile(size: Annotated[int, "up to where it counts", range(40), ParameterRole.REPAIR] = 2) -> System:
    """A counter."""
    folder, parent = os.environ.get("FRAGILE_FOLDER"), os.environ.get("FRAGILE_PARENT")
    if folder and parent != str(os.getpid()):
        file = Path(folder) / str(size)
        left = int(file.read_text()) if file.exists() else 0
        if left:
            file.write_text(str(left - 1))
            os.kill(os.getpid(), signal.SIGKILL)
    n = Counter("n", cap=100)
    part = Component("part", ["here"], variables=[n], transitions=[on("add", "here", when=n < size, then={n: n + 1})])
    print("composed")  # what a model prints is none of the answers
    return compose("fragile", [part], properties=[worst_case(n, name="most", at_most=4)])
