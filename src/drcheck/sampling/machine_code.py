"""The machine code of random walks and of bitstate searches."""

from __future__ import annotations

from functools import cache

from drcheck.kernels.jit import Code, compile_kernels
from drcheck.kernels.translate import translate
from drcheck.sampling import bitstate_kernels, walk_kernels


@cache
def walk_code(words: int, half: int) -> Code:
    """Random walks for states of this many words, cut after `half` words (0: not). It is the same for all models."""
    constants = {"WORDS": words, "HALF": half}

    def called() -> str:
        texts = [translate(kernel, constants, inline=True) for kernel in walk_kernels.INLINE]
        return "\n".join(texts + [translate(kernel, constants, internal=True) for kernel in walk_kernels.CALLED])

    return compile_kernels((walk_kernels.walk,), constants, called)


@cache
def sift_code(words: int, half: int) -> Code:
    """Searches with a table of bits, for states as in `walk_code`."""
    constants = {"WORDS": words, "HALF": half}

    def called() -> str:
        texts = [translate(kernel, constants, inline=True) for kernel in bitstate_kernels.INLINE]
        return "\n".join(texts + [translate(kernel, constants, internal=True) for kernel in bitstate_kernels.CALLED])

    return compile_kernels((bitstate_kernels.sift,), constants, called)
