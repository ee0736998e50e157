"""Exercises of chapter (d)."""
