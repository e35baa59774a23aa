"""What Loggers and Historical Data Servers promise."""
