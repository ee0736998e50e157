"""What the theme and its extensions leave unnamed or misnamed for readers by ear."""


def setup(app):
    """Register with Sphinx."""
