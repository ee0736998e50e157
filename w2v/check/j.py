"""Exercises of chapter (j)."""
