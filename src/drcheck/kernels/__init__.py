"""A compiler and memory for kernels, which know no model."""
