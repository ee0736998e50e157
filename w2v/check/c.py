"""Exercises of chapter (c)."""
