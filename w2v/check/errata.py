"""Exercises of the page `errata`."""
