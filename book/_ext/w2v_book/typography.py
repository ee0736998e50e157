"""Small things that a compositor would see."""

import re

FORMULA = r'<span class="math notranslate nohighlight">[^<]*</span>'
# A browser may break a line on either side of a formula, and does. (Quotation marks: \u.)
WITH_PUNCTUATION = re.compile(
    rf"([(\[\u201c\u2018]*)({FORMULA})([.,;:!?)\]\u2019\u201d…]*)"
)
# The space belongs before the link, where nothing underlines it.
SOLUTION = re.compile(r"(Solution to)(<a [^>]*>) ")


def _together(match):
    before, formula, after = match.groups()
    if not (before or after):
        return formula
    return f'<span class="w2v-together">{before}{formula}{after}</span>'


def _compose(app, pagename, templatename, context, doctree):
    if context.get("body"):
        body = WITH_PUNCTUATION.sub(_together, context["body"])
        context["body"] = SOLUTION.sub(r"\1 \2", body)


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", _compose)
