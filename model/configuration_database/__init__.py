"""Disaster recovery of the Genesys Configuration Database: backups, DNS failover, GoldenGate.

Do backups, DNS failover and replication keep every change, and one master, when a site, a host or the network is lost?
"""
