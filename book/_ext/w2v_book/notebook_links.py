"""Links in outputs that are HTML lead to notebooks; in the book these are pages."""

import re

from docutils import nodes

_NOTEBOOK = re.compile(r'(<a\b[^>]*\bhref="[\w/.-]+)\.ipynb(?=["#])')


def _lead_to_pages(app, doctree, docname):
    """Give the links the ending that pages have: in JupyterLab they open the notebook."""
    suffix = getattr(app.builder, "link_suffix", ".html")
    for node in doctree.findall(nodes.raw):
        if node.get("format") == "html" and ".ipynb" in node.astext():
            text = _NOTEBOOK.sub(rf"\1{suffix}", node.astext())
            node.children = [nodes.Text(text)]


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-resolved", _lead_to_pages)
