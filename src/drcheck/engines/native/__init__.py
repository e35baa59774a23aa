"""The native engine: packed states, machine code, exact storage.

| module | holds |
|---|---|
| layout | how a state is packed into words, and where a wide one is cut |
| codegen | a System and a Query as LLVM IR, for eight states at once |
| vectors | expressions as LLVM IR, on vectors of eight lanes |
| lanes | which ways are enabled, in each of these states |
| notes | what seldom happens while states are looked at and expanded |
| control | the words through which threads and their caller talk |
| table | the set of states: a quotient table |
| growth | how that table grows |
| sleep | which of them are known without being looked up |
| successors | the successors of eight states in order, and their keys |
| rows | numbered halves of wide states, and the table that finds them |
| record | how states were found: a tree of bits |
| search | the search by several threads |
| replay | a search made again from its record |
| kernels | all of these as machine code, in the versions that searches need |
| translate | the subset of Python that kernels are written in, to LLVM IR |
| jit, code_cache | LLVM IR to machine code, which is kept |
| memory | memory that grows, in files if need be, and how much may be used |
| tables, store | all memory of one search |
| delayed | the search for what is larger than memory |
| found | states, parents and columns from what a search left |
| log | the record in a file, from which a search is resumed |
| engine | the engine behind the protocol |
| splitmix | random choices that can be made again, as kernels |
| walks, walker | random walks: the kernels; the memory and the threads |
| bitstate, sifter | searches with a table of bits: the kernels; the memory and the limits |

Importing this package does not import llvmlite; the first search does.
"""
