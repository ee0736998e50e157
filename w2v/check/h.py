"""Exercises of chapter (h)."""
