"""A page asks nobody for anything: formulas come from a package, unused scripts go."""

import importlib.util
import shutil
from pathlib import Path

from docutils import nodes

MATHJAX = "tex-svg-full.js"  # one file with all fonts


def _copy_mathjax(app, exception):
    """Take MathJax from the installed package: third-party code is not kept here."""
    if exception is not None or app.builder.format != "html":
        return
    package = importlib.util.find_spec("sphinx-mathjax-offline")
    source = Path(
        next(iter(package.submodule_search_locations)),
        "static",
        "mathjax",
        MATHJAX,
    )
    target = Path(app.outdir, "_static", "mathjax")
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def _is_thebe(asset):
    body = getattr(asset, "attributes", {}).get("body") or ""
    return "thebe" in f"{getattr(asset, 'filename', asset)} {body}".lower()


def _drop_thebe_files(app, pagename, templatename, context, doctree):
    """The theme loads Thebe, which this book does not use, from a server, and twice."""
    for kind in ("script_files", "css_files"):
        context[kind] = [
            asset for asset in context.get(kind, []) if not _is_thebe(asset)
        ]


def _drop_thebe_configuration(app, doctree, docname):
    for node in list(doctree.findall(nodes.raw)):
        if (
            "x-thebe-config" in node.astext()
            or "kernelName" in node.astext()
        ):
            node.parent.remove(node)


def setup(app):
    """Register with Sphinx."""
    # After the theme's own handlers, which run at the usual priority of 500.
    app.connect("html-page-context", _drop_thebe_files, priority=900)
    app.connect("doctree-resolved", _drop_thebe_configuration, priority=900)
    app.connect("build-finished", _copy_mathjax)
