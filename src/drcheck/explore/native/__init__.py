"""The native engine: packed states, machine code, exact storage.

| module | holds |
|---|---|
| layout | how a state is packed into words |
| codegen | a System and a Query as LLVM IR |
| kernels | the search, as Python functions in a small subset |
| translate | that subset to LLVM IR |
| jit | LLVM IR to machine code |
| memory | memory that grows |
| engine | the engine behind the protocol |

Importing this package does not import llvmlite; the first search does.
"""
