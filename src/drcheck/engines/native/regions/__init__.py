"""The search that outgrows memory: look-ups are delayed and made region by region, from files.

| module | holds |
|---|---|
| batch_kernels | the work on the states of a batch, as kernels |
| lookups | the work on a region, as kernels |
| files | arrays in files, past the system's cache of pages |
| frontier | the states that wait to be expanded |
| regions | the set of states |
| candidates | the successors of a batch |
| batches | the search |

Random access to a table in a file costs a disk read each time. Here the successors of all states that wait, the
*candidates*, are put into files by the region of the table where they may be; then one region after the other is read, all
of its candidates are looked up in order, and it is written back (delayed duplicate detection: Stern and Dill, Using magnetic
disk instead of main memory in the Murphi verifier, CAV 1998; Korf, Best-first frontier search with delayed duplicate
detection, AAAI 2004). In the end those that were new are numbered in the order in which they were made. So the states, their
order, and the record of how they were found are those of the search in memory.
"""
