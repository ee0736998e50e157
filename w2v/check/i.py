"""Exercises of chapter (i)."""
