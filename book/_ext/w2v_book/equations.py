"""An equation labelled ``eq-18`` carries the number (18), as in the derivation."""

import re

from docutils import nodes


def _number_equations(app, doctree):
    """Number equations by their labels: Sphinx would count 1, 2, 3 on every page."""
    domain = app.env.get_domain("math")
    for node in doctree.findall(nodes.math_block):
        match = re.fullmatch(r"eq-(\d+)(-star)?", node.get("label") or "")
        if match:
            node["number"] = match[1] + ("*" if match[2] else "")
            domain.equations[node["label"]] = (
                app.env.docname,
                node["number"],
            )


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-read", _number_equations)
