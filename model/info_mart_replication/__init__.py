"""Replication of the Info Mart database by Oracle GoldenGate: set-up, return to normal, a second instance, parameter files.

Do the published steps and parameter files replicate every row, and bring replication back after a take-over?
"""
