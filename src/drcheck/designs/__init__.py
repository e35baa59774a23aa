"""Designs: parameters, the properties stated for them, and variants."""
