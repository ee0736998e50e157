"""Check the spelling and the style of the prose: pages, Markdown cells, README.

    python tools/check_prose.py

Spelling is that of `typos`, British; style is that of `proselint`, without the rules that
are named below. Code, formulas and names of roles are blanked out beforehand, with lines
and columns kept, so that a complaint names its place.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "CONTRIBUTING.md", "benchmarks/README.md", "book/*.md", "book/*.ipynb")

#: Right here, if nowhere else.
WORDS = {"caf"}  # what is left of a word with an accent

#: Rules of style that this book does not follow, and why.
ALLOWED = {
    "typography": "quotes and dots are set by Sphinx, and (c) is a chapter",
    "weasel_words": "'very' is forbidden there, and 'this very homework' is meant",
}

_BLANK = re.compile(
    r"""
    ^(?P<fence>```+)(?:python|console|bash|\{code.*?\}|\{eval-rst\}|text)?\n.*?^(?P=fence)[ ]*$
    | ^\$\$.*?^\$\$.*?$
    | (?<!\\)\$[^$]+\$
    | (?<!`)`[^`]+`(?!`)
    | \]\([^)]*\)
    | <[^>]+>
    | https?://\S+
    | \{[\w:-]+\}
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


def prose(text):
    """Blank out all that is not prose; what is left stays in its place."""
    return _BLANK.sub(lambda found: re.sub(r"\S", "·", found[0]), text)


def passages():
    """Yield (place, text) of each Markdown cell and each page."""
    for pattern in PAGES:
        for path in sorted(ROOT.glob(pattern)):
            name = str(path.relative_to(ROOT))
            if path.suffix == ".md":
                yield name, path.read_text(encoding="utf-8")
                continue
            for cell in nbformat.read(path, as_version=4).cells:
                if cell.cell_type == "markdown":
                    yield f"{name}:{cell.id}", cell.source


def misspelt(folder):
    """Yield (file, line, complaint) of words that `typos` knows to be wrong."""
    command = [tool("typos"), "--isolated", "--locale", "en-gb", "--format", "json", folder]
    for line in run(command).splitlines():
        found = json.loads(line)
        if found["type"] == "typo" and found["typo"] not in WORDS:
            better = " or ".join(found["corrections"])
            name = Path(found["path"]).name
            yield name, found["line_num"], f"{found['typo']!r}: write {better!r}"


def clumsy(folder):
    """Yield (file, line, complaint) of what `proselint` advises against."""
    if not Path(tool("proselint")).exists():  # there are machines that it does not support
        print("proselint is not installed: style is not checked", file=sys.stderr)
        return
    config = Path(folder, "proselint.json")
    checks = dict.fromkeys(ALLOWED, False)
    config.write_text(json.dumps({"checks": checks, "max_errors": 10_000}), encoding="utf-8")
    paths = sorted(map(str, Path(folder).glob("*.md")))
    command = [tool("proselint"), "check", "--config", str(config), "-o", "json", *paths]
    for path, found in json.loads(run(command))["result"].items():
        for each in found["diagnostics"]:
            if re.search(r"\d|\n\n|the more the", each["message"]):
                continue  # a phrase is not repeated by numbers, nor by a heading's text
            yield Path(path).name, each["pos"][0], f"{each['message']} ({each['check_path']})"


def tool(name):
    """Return the program of this environment."""
    return str(Path(sys.executable).with_name(name))


def run(command):
    """Return what a checker prints; its status only says whether it found something."""
    return subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8").stdout


def main():
    """Print the complaints; the exit status tells whether there are any."""
    places = list(passages())
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (place, text) in enumerate(places):
            path = Path(folder, f"{number:04}.md")
            path.write_text(prose(text) + "\n", encoding="utf-8")
            names[path.name] = place
        complaints = [*misspelt(folder), *clumsy(folder)]
    for name, line, complaint in complaints:
        print(f"{names[name]}:{line}: {complaint}")
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main())
