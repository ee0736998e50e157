"""Exercises of chapter (a)."""
