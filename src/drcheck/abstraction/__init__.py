"""Abstraction: answers about a system from smaller systems that have at least its steps.

| module | idea |
|---|---|
| weakening.py | what can be said of an expression without the values of some cells |
| conditions.py | alternatives split by the conditions on hidden cells by which their updates choose |
| slicing.py | a slice: the system without some cells |
| facts.py | the greatest values of counters that slices have shown, and the system narrowed to them |
| forgetting.py | a system without what it computes from some parameters, so that slices of it are for all their values |
| choosing.py | which cells a slice keeps for what is asked |
| replay.py | a path of a slice, followed on the system itself |
| proving.py | from questions to answers: slice after slice, under a budget of states |

The argument is in `docs/slices.md`.
"""
