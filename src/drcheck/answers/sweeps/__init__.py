"""Sweeps: what becomes of properties for many settings of a design, each a whole search, on one machine or on many."""
