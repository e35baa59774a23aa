"""Replication of the Info Mart database by Oracle GoldenGate: set-up, return to normal, a second instance, parameter files."""
