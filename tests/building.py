"""Build the book as strictly as ``make book`` does, into a folder of the test's own."""

import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]


def build(folder, source=ROOT):
    """The result of a strict build of `source` into `folder` (subprocess.CompletedProcess)."""
    # -W without --all would pass: pages from the cache do not repeat their warnings.
    flags = ["-W", "-n", "--keep-going", "--all", "--path-output", str(folder)]
    # The console script's own function, so that this works wherever scripts are kept.
    command = "from jupyter_book.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", command, "build", *flags, str(source)],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def small_book(folder, text):
    """A book of one page, with the settings and extensions of the whole one; its folder."""
    folder.mkdir(exist_ok=True)
    shutil.copy(ROOT / "_config.yml", folder)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: page\n", encoding="utf-8")
    shutil.copytree(
        ROOT / "book",
        folder / "book",
        ignore=shutil.ignore_patterns("*.ipynb", "*.md"),
        dirs_exist_ok=True,
    )
    (folder / "page.md").write_text(text, encoding="utf-8")
    return folder


def build_the_book(folder):
    """The folder of the pages, built without a warning."""
    result = build(folder)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return folder / "_build" / "html"


def pages_in_order():
    """The pages that ``_toc.yml`` names, as they are read: ``book/intro``, ..."""
    return list(_files(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))))


def _files(entry):
    for key in ("root", "file"):
        if key in entry:
            yield entry[key]
    for key in ("parts", "chapters", "sections", "subtrees", "entries"):
        for child in entry.get(key, ()):
            yield from _files(child)
