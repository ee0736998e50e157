"""Exercises of chapter (f)."""
