"""What docutils and the extensions leave misnamed for readers by ear, put right in the pages."""

import re

# Sphinx writes an empty cell at the head of a table as a heading without a word.
EMPTY_HEADING = re.compile(r"<th\b[^>]*>\s*(?:<p>\s*</p>)?\s*</th>")
# The same name for the content of every exercise, and for that of every solution: a
# document may use a name once.
REPEATED_ID = re.compile(r' id="(?:exercise|solution)-content"')


def _mend(app, pagename, templatename, context, doctree):
    body = context.get("body")
    if not body:
        return
    body = EMPTY_HEADING.sub("<td></td>", body)
    body = REPEATED_ID.sub("", body)
    # The role of an entry is deprecated; entries of a list are what it is made of.
    body = body.replace('role="doc-biblioentry"', 'role="listitem"')
    context["body"] = body


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", _mend)
