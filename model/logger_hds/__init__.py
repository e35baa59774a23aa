"""Cisco Loggers and Historical Data Servers: recovery, replication, latency."""
