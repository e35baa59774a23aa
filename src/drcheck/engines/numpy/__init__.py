"""The numpy engine: whole breadth-first chunks as arrays, for machines without a compiler.

| module | holds |
|---|---|
| table | an exact table from 63-bit keys to their numbers, in the order in which they were first requested |
| packing | states as keys: packed into one word, or as pairs of numbered parts |
| steps | guards and updates of a System on the columns of many states |
| engine | the search, and the engine behind the protocol |

Nothing is sorted. The steps of a chunk are laid out by counting, in order of state, event and alternative; the position
in that layout then decides which of several equal new states is the first.
"""
