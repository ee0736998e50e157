"""What the book needs of Sphinx beyond its settings, one concern a module."""

from . import accessible, equations, launch, offline, traps


def setup(app):
    """Register with Sphinx."""
    for part in (equations, offline, accessible, launch, traps):
        part.setup(app)
    return {
        "version": "1",
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
