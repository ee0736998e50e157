"""Exercises of chapter (g)."""
