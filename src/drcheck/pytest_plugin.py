"""The pytest plugin: runs properties as test items."""
