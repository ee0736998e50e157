"""What the book needs of Sphinx beyond its settings, one concern a module."""

from . import (
    accessible,
    equations,
    icons,
    launch,
    notebook_links,
    offline,
    traps,
    typography,
)


def setup(app):
    """Register with Sphinx."""
    for part in (
        equations,
        icons,
        offline,
        accessible,
        typography,
        launch,
        notebook_links,
        traps,
    ):
        part.setup(app)
    return {
        "version": "1",
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
