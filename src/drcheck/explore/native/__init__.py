"""The native engine: packed states, machine code, exact storage.

| module | holds |
|---|---|
| layout | how a state is packed into words |
| codegen | a System and a Query as LLVM IR |
| rows | numbered rows and the table that finds them, as kernels: Python functions in a small subset |
| search | the search, as kernels |
| translate | that subset to LLVM IR |
| jit | LLVM IR to machine code |
| memory | memory that grows |
| store | all memory of one search |
| engine | the engine behind the protocol |

Importing this package does not import llvmlite; the first search does.
"""
