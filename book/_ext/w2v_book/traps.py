"""The index of traps: every admonition of the book whose name begins with ``trap-``."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode


class trap_list(nodes.General, nodes.Element):
    """Holds the place of the list until every page has been read."""


class ListOfTraps(SphinxDirective):
    """``{list-of-traps}``: the traps by chapter, each a link to its warning."""

    def run(self):
        """Leave a placeholder."""
        return [trap_list()]


def _collect(app, doctree):
    """Note the page's traps: (name, title), in the order of the page."""
    found = []
    for node in doctree.findall(nodes.admonition):
        names = [name for name in node["ids"] if name.startswith("trap-")]
        if names:
            title = next(iter(node.findall(nodes.title)))
            found.append((names[0], title.deepcopy()))
    app.env.metadata[app.env.docname]["traps"] = found


def _fill(app, doctree, docname):
    for place in list(doctree.findall(trap_list)):
        sections = nodes.definition_list()
        for page in _pages(app.env):
            traps = app.env.metadata.get(page, {}).get("traps", ())
            if not traps:
                continue
            links = nodes.bullet_list()
            for name, title in traps:
                text = nodes.inline(
                    "", "", *(child.deepcopy() for child in title.children)
                )
                link = make_refnode(app.builder, docname, page, name, text)
                links += nodes.list_item("", nodes.paragraph("", "", link))
            heading = app.env.titles[page].astext()
            sections += nodes.definition_list_item(
                "", nodes.term("", heading), nodes.definition("", links)
            )
        place.replace_self(sections)


def _pages(env):
    """Pages in the order in which they are read."""
    root = env.config.root_doc
    seen = [root]
    for page in seen:
        seen.extend(
            child
            for child in env.toctree_includes.get(page, ())
            if child not in seen
        )
    return seen


def setup(app):
    """Register with Sphinx."""
    app.add_node(trap_list)
    app.add_directive("list-of-traps", ListOfTraps)
    app.connect("doctree-read", _collect)
    app.connect("doctree-resolved", _fill)
