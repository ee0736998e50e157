"""Every equation with a number says what the claim of its number proves.

The LaTeX of the page is read, and each side proved equal to that of the claim: a page that
says something else is a warning, which stops a strict build. What has been read once is not
read again, until the page, the reader or the proofs change.
"""

import hashlib
import json
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)
MEMORY = "w2v_readings.json"


def _collect(app, doctree):
    """Note the page's equations: (number, LaTeX, line)."""
    found = [
        (node["number"], node.astext(), node.line)
        for node in doctree.findall(nodes.math_block)
        if (node.get("label") or "").startswith("eq-")
        and node.get("number")
    ]
    app.env.metadata[app.env.docname]["readings"] = found


def _compare(app, env):
    """Read what is displayed, and warn where it is not what is claimed."""
    displayed = [
        (page, *equation)
        for page, data in sorted(env.metadata.items())
        for equation in data.get("readings", ())
    ]
    if not displayed:
        return
    try:
        from w2v.reader.claims import mismatches
    except ImportError as error:
        logger.warning(
            "the displayed equations were not read (%s): install w2v[check]",
            error,
        )
        return
    memory = Path(app.doctreedir, MEMORY)
    known, found = _remembered(memory), {}
    version = _version()
    for page, number, latex, line in displayed:
        key = hashlib.sha256(
            "\n".join((version, str(number), latex)).encode()
        ).hexdigest()
        if key not in known:
            try:
                known[key] = mismatches(number, latex)
            except KeyError:
                known[key] = ["there is no claim of this number"]
        found[key] = known[key]
        for sentence in known[key]:
            logger.warning(
                "equation (%s), which reads %s: %s",
                number,
                " ".join(latex.split()),
                sentence,
                location=(page, line),
            )
    memory.write_text(json.dumps(found, indent=1), encoding="utf-8")


def _remembered(memory):
    try:
        return json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _version():
    """What the reader and the proofs are, as a hash."""
    import sympy
    from w2v import proof, reader

    digest = hashlib.sha256(sympy.__version__.encode())
    for package in (proof, reader):
        for path in sorted(Path(package.__file__).parent.rglob("*")):
            if path.suffix in (".py", ".lark"):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def setup(app):
    """Register with Sphinx."""
    # After the numbers of w2v_book.equations.
    app.connect("doctree-read", _collect, priority=600)
    app.connect("env-updated", _compare)
