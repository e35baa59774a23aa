"""Avaya Call Management System High Availability.

Does a pair of servers lose no interval whichever part fails, and can what is missing always be restored?
"""
