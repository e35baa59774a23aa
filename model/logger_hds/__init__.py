"""Cisco Loggers and Historical Data Servers: recovery, replication, latency.

Does every record come once to both Loggers and to their Historical Data Servers, whatever fails, and how late?
"""
