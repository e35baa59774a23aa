"""Designs: parameters, what is stated for them, and in which variants."""
