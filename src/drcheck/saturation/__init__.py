"""Saturation: whether a verdict of a system with caps is that of the same system without them.

A counter or an age that saturates keeps the number of states finite: its cap stands for itself and for everything
beyond. So a verdict is one on the system *without caps* only where nothing that it rests on distinguishes those values.

| module | idea |
|---|---|
| ends.py | which ends of which cells stand for more than themselves, and whether a step goes beyond one |
| unsharp.py | what an expression may be where a value at such an end stands for any beyond: three values, and drifts |
| spans.py | the range of a number where a cell with a cap may hold any |
| cone.py | which cells and events can reach a verdict |
| uncapped.py | the system without caps; a trace, replayed there |
| doubts.py | for each property: what to watch for in the search, and what becomes of the verdict |

The argument is in `docs/adr/0017-caps.md`.
"""
