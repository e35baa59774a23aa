"""Engines that explore every reachable state of a System, behind one protocol (`protocol.py`).

| engine | module | for |
|---|---|---|
| reference | reference.py | the oracle: live `transitions` machines, plain Python |
| python | python.py | small systems: guards and updates as one generated Python function, no compiler to wait for |
| numpy | arrays/ | larger systems if nothing can be compiled: many states at once as arrays |
| native | native/ | everything larger: packed states, machine code |

All engines explore breadth first, expand states in the order in which they were found and take events and alternatives
in the system's order. The order in which states are found, and with it every count and every counterexample, is
therefore the same for all of them.
"""
