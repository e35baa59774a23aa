"""For other programs: a System as a model for another checker, and the states of a search as a graph.

| module | holds |
|---|---|
| `writing` | expressions as text in the infix notation that the peers' languages share |
| `promela` | the reading for Spin |
| `murphi` | the reading for Rumur (and other checkers of the Murphi family) |
| `languages` | which languages there are, how their checkers are run, which properties they can have |
| `itf` | traces in the Informal Trace Format |
| `jani` | the reading in jani-model, for Storm and others |
| `networkx_graph` | states and steps as a graph of networkx, for users' own analyses |

Peers are compared with drcheck's own engines. An exported model has exactly the System's reachable states: one step of
drcheck is one step of the peer, and a value that would leave its domain is no step, as in drcheck's count. The watches of a
query are exported as invariants, each negated: they describe what is bad.
"""
