"""The theme brings two thousand icons and every page reads them all; a dozen are shown."""

import re
from pathlib import Path

USED = re.compile(r"\bfa-([a-z0-9-]+)")
# name: [width, height, [other names], "code", "path"], as the theme's file has them
ICON = re.compile(
    r'(?<=[{,])"?([a-z0-9-]+)"?:\[\d+,\d+,\[([^\]]*)\],"[0-9a-f]*",'
    r'(?:"[^"]*"|\["[^"]*","[^"]*"\])\],?'
)


def _keep_what_is_used(app, exception):
    """Take the drawings of all other icons out of the theme's script."""
    if exception is not None or app.builder.format != "html":
        return
    scripts = Path(app.outdir, "_static", "scripts")
    pages = [
        *Path(app.outdir).rglob("*.html"),
        scripts / "pydata-sphinx-theme.js",
    ]
    used = {
        name
        for page in pages
        for name in USED.findall(page.read_text(encoding="utf-8"))
    }

    def kept(match):
        names = {match[1], *re.findall(r'"([^"]+)"', match[2])}
        return match[0] if names & used else ""

    script = scripts / "fontawesome.js"
    text = script.read_text(encoding="utf-8")
    script.write_text(ICON.sub(kept, text), encoding="utf-8")


def setup(app):
    """Register with Sphinx."""
    app.connect("build-finished", _keep_what_is_used)
