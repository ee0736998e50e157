"""Exercises of chapter (e)."""
