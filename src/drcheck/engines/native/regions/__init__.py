"""The search for what is larger than memory: look-ups are put off and made region by region, from files.

| module | holds |
|---|---|
| steps | what is done with the states of a batch, as kernels |
| lookups | what is done with a region, as kernels |
| files | arrays in files, past the system's cache of pages |
| frontier | the states that wait to be expanded |
| regions | the set of states |
| candidates | the successors of a batch |
| search | the search |

A table in a file that is asked at random costs a read of the disk for each question. Here the successors of all states
that wait, the *candidates*, are put into files by the region of the table where they may be; then one region after the
other is read, asked for all of its candidates in order, and written back (delayed duplicate detection: Stern and Dill, Using
magnetic disk instead of main memory in the Murphi verifier, CAV 1998; Korf, Best-first frontier search with delayed
duplicate detection, AAAI 2004). In the end those that were new are numbered in the order in which they were made. So the
states, their order, and the record of how they were found are those of the search in memory.
"""
