"""Exercises of the page `own_text`."""
