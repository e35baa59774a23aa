"""Disaster recovery of the Genesys Configuration Database: backups, DNS failover, GoldenGate."""
