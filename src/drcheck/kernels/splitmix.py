"""Reproducible random choices: kernels in the sense of `translate`, which plain Python calls too.

Walk w of a seed has its own key, and the word that decides its step s depends on that key and on s alone. So a walk
is the same whichever thread or engine takes it, and can be taken again without those before it. Words are those of
SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014).
"""

from __future__ import annotations

FULL = (1 << 64) - 1
BEGIN = 1 << 40
"""The word that decides where a walk begins: no walk has so many steps."""
STRIDE, FIRST_FACTOR, SECOND_FACTOR = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def word_of(key: int, step: int) -> int:
    """Word `step` of the sequence that begins with a key."""
    z = (key + (step + 1) * STRIDE) & FULL
    z = ((z ^ (z >> 30)) * FIRST_FACTOR) & FULL
    z = ((z ^ (z >> 27)) * SECOND_FACTOR) & FULL
    return z ^ (z >> 31)


def key_of(seed: int, walk: int) -> int:
    """The key of a walk; different walks of a seed have different keys."""
    return word_of(word_of(seed, 0), walk)


def root_of(key: int, roots: int) -> int:
    """At which of this many initial states a walk begins."""
    return rank_of(word_of(key, BEGIN), roots)


def rank_of(word: int, ways: int) -> int:
    """Which of this many ways a word chooses: each with the same probability, but for a part of at most ways / 2**32."""
    return (word >> 32) * ways >> 32
