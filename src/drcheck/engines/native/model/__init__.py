"""A system and a query as machine code, for eight states at once."""
