"""The native engine: packed states, machine code, exact storage.

| folder | module | holds |
|---|---|---|
| model | codegen | a System and a Query as LLVM IR, for eight states at once |
| | vectors | expressions as LLVM IR, on vectors of eight lanes |
| | lanes | which ways are enabled, in each of these states |
| | notes | what seldom happens while states are examined and expanded |
| states | table, quotient | the set of states: a quotient table; the same read and asserted in plain NumPy |
| | growth | how that table grows |
| | rows | numbered halves of wide states, and the table that finds them |
| | sets | the memory of both tables |
| | record | how states were found: a tree of bits |
| | sleep | which successors are known without being looked up |
| search | successors | the successors of eight states in order, and their keys |
| | search | the search by several threads |
| | replay | a search made again from its record |
| | worker, edges, store | the memory of a thread, of the graph, of a whole search |
| | log | the record in a file, from which a search is resumed |
| regions | | the search that outgrows memory |
| | control | the words through which threads and their caller talk |
| | versions | all kernels as machine code, in the versions that searches need |
| | found | states, parents and columns from what a search left |
| | engine | the engine behind the protocol |

docs/native has a page for each idea.

Importing this package does not import llvmlite; the first search does.
"""
