"""The buttons that open a chapter elsewhere, configured by one setting."""


def setup(app):
    """Register with Sphinx."""
