"""Avaya Call Management System High Availability."""
