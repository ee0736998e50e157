"""What the book needs of Sphinx beyond its settings, one concern a module."""

from . import (
    accessible,
    equations,
    icons,
    launch,
    notebook_links,
    offline,
    readings,
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
        readings,
        traps,
    ):
        part.setup(app)
    return {
        "version": "1",
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
