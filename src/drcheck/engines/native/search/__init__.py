"""The search by several threads, its memory, and its log."""
