"""An exclusive lock on an open file, which the system releases when the process ends, whatever ends it."""

from __future__ import annotations

import errno
import sys

_HELD = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}
"""What the systems answer where someone else holds the lock."""
_AT = 1 << 62
"""On Windows a lock keeps others from reading what it is on: it is on a byte that no file has."""


def lock(number: int) -> bool:
    """Lock an open file, by its descriptor; False if someone else has locked it.

    It goes with the file's opening, so that a second search of the same process is refused as well. A file system that
    has no locks is treated as one that no other process uses.
    """
    try:
        if sys.platform == "win32":
            import msvcrt
            import os

            os.lseek(number, _AT, os.SEEK_SET)
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _HELD
    return True
