"""The buttons that open a chapter elsewhere, configured by one setting.

That setting is the repository's public address, ``repository: url:`` in ``_config.yml``.
Where it is empty, there is no button, and the pages do not speak of what they cannot do.
"""

import re

from docutils import nodes
from sphinx.errors import ConfigError
from sphinx.util.docutils import SphinxDirective

BINDER = "https://mybinder.org"
COLAB = "https://colab.research.google.com"


def _configure(app, config):
    """Give the theme what follows from the address; tell the pages whether there is one."""
    options = config.html_theme_options
    address = (
        options.get("repository_url", "").strip("/").removesuffix(".git")
    )
    options["repository_url"] = address
    if not address:
        return
    if not re.fullmatch(
        r"https://(github|gitlab)\.com/[^/\s]+/[^/\s]+", address
    ):
        raise ConfigError(
            "repository: url: in _config.yml must look like https://github.com/someone/w2v "
            f"(or gitlab.com), but it is {address!r}"
        )
    buttons = {"binderhub_url": BINDER, "notebook_interface": "jupyterlab"}
    app.tags.add("binder")
    if address.startswith("https://github.com/"):  # Colab opens no others
        buttons["colab_url"] = COLAB
        app.tags.add("colab")
    options["launch_buttons"] = {
        **options.get("launch_buttons", {}),
        **buttons,
    }
    options["use_source_button"] = True
    options["use_repository_button"] = True


def _offer_jupyterlite(app, pagename, templatename, context, doctree):
    """Add JupyterLite, which the theme would offer only together with a repository."""
    site = app.config.w2v_lite.strip("/")
    if not site or app.env.metadata[pagename].get("kernelspec") is None:
        return
    site = context["pathto"](site, 1)  # which leaves an address as it is
    notebook = pagename.rpartition("/")[2] + ".ipynb"
    button = {
        "type": "link",
        "text": "JupyterLite",
        "tooltip": "Run in this browser",
        "icon": "_static/images/logo_jupyterlite.svg",
        "url": f"{site}/lab/index.html?path={notebook}",
    }
    for group in context["header_buttons"]:
        if group.get("label") == "launch-buttons":
            group["buttons"].append(button)
            return
    context["header_buttons"].append(
        {
            "type": "group",
            "tooltip": "Run this chapter",
            "icon": "fas fa-rocket",
            "buttons": [button],
            "label": "launch-buttons",
        }
    )


def _show_notebooks_drawn(app, pagename, templatename, context, doctree):
    """Lead to a notebook as GitHub draws it: the theme asks for its JSON."""
    for group in context["header_buttons"]:
        for button in group.get("buttons", ()):
            if button.get("label") == "source-file-button":
                button["url"] = button["url"].replace(
                    ".ipynb?plain=1", ".ipynb"
                )


class InstallCell(SphinxDirective):
    """``{install-cell}``: what a notebook needs first where nothing is installed."""

    def run(self):
        """Show the cell, with the repository's address."""
        address = self.config.html_theme_options["repository_url"]
        cell = f'%pip install "w2v[chapters] @ git+{address}"'
        return [nodes.literal_block(cell, cell, language="text")]


def setup(app):
    """Register with Sphinx."""
    app.add_config_value("w2v_lite", "", "html")
    app.add_directive("install-cell", InstallCell)
    app.connect("config-inited", _configure)
    # After the theme's own buttons, which come at 501.
    app.connect("html-page-context", _offer_jupyterlite, priority=502)
    app.connect("html-page-context", _show_notebooks_drawn, priority=502)
