"""Genesys Info Mart in two business-continuity architectures, from the guide for release 8.1.4.

Does either architecture lose no more data, and report again as soon, as the guide says, whatever site, network or server fails?
"""
