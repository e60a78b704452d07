"""Screens: what stands where. No query, no formatting of numbers."""
