"""What set-up, return to normal and parameter files of the replication promise."""
