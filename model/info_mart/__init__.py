"""Genesys Info Mart in two business-continuity architectures, from the guide for release 8.1.4."""
