"""Build a site in which the chapters run in the browser: JupyterLite.

    python tools/build_lite.py                        writes _build/lite
    python tools/build_lite.py --pyodide ARCHIVE      with Python itself, for readers offline

The site holds every notebook, with its outputs, and w2v as a wheel. Nothing is downloaded
to build it. Python for the browser (Pyodide) and its NumPy, SciPy, SymPy and Matplotlib are
not on the Python Package Index, so a reader's browser fetches them from Pyodide's server,
unless ARCHIVE, Pyodide's full distribution, is given: then what the chapters need of it is
taken into the site.
"""

import argparse
import base64
import hashlib
import html
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import nbformat
from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_MJS, PYODIDE_VERSION

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "_build" / "lite"
LAB = ROOT / "tools" / "lab"  # settings that `make lab` has as well

#: What the kernel and w2v need, and Pyodide does not carry; all are Python and no more.
NOT_IN_PYODIDE = ("comm", "lark", "latex2mathml", "pooch")
#: What the kernel and the chapters load from Pyodide. What these need in turn, it knows.
FROM_PYODIDE = (
    "micropip",
    "ipython",
    "jedi",
    "numpy",
    "scipy",
    "sympy",
    "mpmath",
    "matplotlib",
    "sqlalchemy",
    "threadpoolctl",
    "click",
    "tqdm",
    "platformdirs",
    "packaging",
    "requests",
)
PYODIDE_CORE = (PYODIDE_MJS, "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")

#: Nothing is unpacked outside its folder; the first releases of Python 3.11 cannot promise it.
SAFELY = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}

#: All files of the site have one date, so that a second build is the same.
DATE = 946_684_800  # the first day of 2000

#: The extra "chapters" takes in the others, but Pyodide's installer meets that too late.
INSTALL = '%pip install -q "w2v[chapters,check,plot,proof]"'
CORPUS_NOTE = (
    "The text of this chapter is the documentation of installed packages. In the browser they "
    "are other versions, without some of their parts, so its numbers will differ from those "
    "shown. Everything takes longer here, too."
)
PROCESS_NOTE = (
    "**But this chapter starts programs, which a browser cannot do.** Read it here, and run it "
    "in JupyterLab (`make lab`)."
)


def build(output=OUTPUT, pyodide=None):
    """Build the site.

    Parameters
    ----------
    output : Path
        A folder that is made anew.
    pyodide : Path, optional
        Pyodide's distribution: its archive, or the folder that it was unpacked to.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if pyodide is not None:
            take_pyodide(Path(pyodide), work / "static" / "pyodide")
        source = "this site" if pyodide is not None else PYODIDE_CDN_URL
        chapters = copy_chapters(work / "files", source)
        wheels = work / "pypi"
        wheels.mkdir()
        build_wheel(wheels)
        for name in NOT_IN_PYODIDE:
            pack_wheel(importlib.metadata.distribution(name), wheels)
        write_settings(work)
        site = work / "site"
        run_jupyterlite(work, site)
        (site / "index.html").write_text(first_page(chapters, source), encoding="utf-8")
        shutil.rmtree(output, ignore_errors=True)
        output.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(site, output)


def copy_chapters(folder, pyodide):
    """Copy pages and pictures; return a list of (file, title) of the notebooks."""
    book = ROOT / "book"
    (folder / "_static").mkdir(parents=True)
    for picture in [*book.glob("_static/*.svg"), *book.glob("_static/*.png")]:
        shutil.copy(picture, folder / "_static")
    for page in book.glob("*.md"):
        shutil.copy(page, folder)
    chapters = []
    for path in sorted(book.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        chapters.append((path.name, title(notebook)))
        notebook = for_the_browser(notebook, pyodide)
        # Not with nbformat, which cuts text into pieces and takes the trust away: JupyterLite
        # serves the file as it is.
        text = json.dumps(notebook, ensure_ascii=False)
        (folder / path.name).write_text(text, encoding="utf-8")
    return chapters


def title(notebook):
    """The first heading."""
    return re.search("^# (.*)", notebook.cells[0].source, re.MULTILINE)[1]


def for_the_browser(notebook, pyodide):
    """Say what a chapter needs in the browser, and install it; fold what the book folds.

    The cells are marked as trusted: otherwise, figures that are drawings would not show.
    """
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    says = [
        "**In your browser.** Run the next cell first: it installs `w2v`. Python and its packages, "
        f"tens of megabytes, come from {pyodide}. What you change is kept by this browser alone."
    ]
    if re.search(r"^import subprocess", code, re.MULTILINE):
        says.append(PROCESS_NOTE)
    elif "documentation_corpus()" in code:
        says.append(CORPUS_NOTE)
    note = ":::{note}\n" + "\n\n".join(says) + "\n:::"
    for cell in notebook.cells:
        cell.metadata["trusted"] = True
        if "hide-cell" in cell.metadata.get("tags", ()):
            cell.metadata["jupyter"] = {"source_hidden": True, "outputs_hidden": True}
    notebook.cells[1:1] = [
        nbformat.v4.new_markdown_cell(note, id="in-the-browser"),
        nbformat.v4.new_code_cell(INSTALL, id="install-w2v"),
    ]
    notebook.metadata["kernelspec"] = {
        "display_name": "Python (Pyodide)",
        "language": "python",
        "name": "python",
    }
    return notebook


def build_wheel(folder):
    """Build w2v's wheel, from a copy: setuptools leaves files beside what it builds from."""
    with tempfile.TemporaryDirectory() as copy:
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, copy)
        shutil.copytree(
            ROOT / "w2v", Path(copy, "w2v"), ignore=shutil.ignore_patterns("__pycache__")
        )
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps"]
        _run(
            [*pip, "--no-build-isolation", "--wheel-dir", folder, copy],
            SOURCE_DATE_EPOCH=str(DATE),
        )


def pack_wheel(distribution, folder):
    """Make a wheel of an installed package that consists of nothing but Python.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If the package holds compiled code, which a browser could not run.
    """
    name = normal(distribution.metadata["Name"]).replace("-", "_")
    if "py3-none-any" not in distribution.read_text("WHEEL"):
        raise ValueError(f"{name} holds compiled code: a browser cannot run it")
    information = f"{name}-{distribution.version}.dist-info"
    installers = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}
    wheel = folder / f"{name}-{distribution.version}-py3-none-any.whl"
    record = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(path, content):
            archive.writestr(zipfile.ZipInfo(path, (2000, 1, 1, 0, 0, 0)), content)

        for file in sorted(distribution.files):
            if file.parts[0] == ".." or "__pycache__" in file.parts or file.name in installers:
                continue
            content = file.read_binary()
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()
            record.append(f"{file.as_posix()},sha256={digest.rstrip('=')},{len(content)}")
            add(file.as_posix(), content)
        record.append(f"{information}/RECORD,,")
        add(f"{information}/RECORD", "\n".join(record) + "\n")
    return wheel


def take_pyodide(source, folder):
    """Copy of Pyodide what the chapters need.

    Parameters
    ----------
    source : Path
        The archive of the distribution, or the folder that it was unpacked to.
    folder : Path
        Is made.

    Raises
    ------
    FileNotFoundError
        If `source` does not exist, holds no Pyodide, or lacks a package.
    ValueError
        If it is another version than the one that the kernel is made for.
    """
    if not source.exists():
        raise FileNotFoundError(f"there is no {source}")
    if source.is_file():
        with tempfile.TemporaryDirectory() as unpacked:
            with tarfile.open(source) as archive:
                archive.extractall(unpacked, **SAFELY)
            return take_pyodide(Path(unpacked), folder)
    found = next(source.rglob(PYODIDE_MJS), None)
    if found is None:
        raise FileNotFoundError(f"{source} holds no {PYODIDE_MJS}: is it Pyodide?")
    version = json.loads((found.parent / "package.json").read_text(encoding="utf-8"))["version"]
    if version != PYODIDE_VERSION:
        raise ValueError(f"this is Pyodide {version}, but the kernel needs {PYODIDE_VERSION}")
    lock = json.loads((found.parent / "pyodide-lock.json").read_text(encoding="utf-8"))
    needed = with_dependencies(FROM_PYODIDE, lock["packages"])
    files = [*PYODIDE_CORE, *(lock["packages"][name]["file_name"] for name in needed)]
    lacking = [file for file in files if not (found.parent / file).is_file()]
    if lacking:
        raise FileNotFoundError(
            f"this Pyodide lacks {len(lacking)} of {len(files)} files, {lacking[0]} for one: take "
            f"its full distribution, pyodide-{PYODIDE_VERSION}.tar.bz2"
        )
    folder.mkdir(parents=True)
    for file in files:
        shutil.copy(found.parent / file, folder)
    lock["packages"] = {name: lock["packages"][name] for name in needed}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")


def with_dependencies(names, packages):
    """The names, and those of all packages that they need, in alphabetical order."""
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(map(normal, packages[name]["depends"]))
    return sorted(found)


def normal(name):
    """A package's name, in the one way of writing it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def write_settings(folder):
    """Write JupyterLab's settings, and those of the kernel: it asks nobody but Pyodide."""
    settings = json.loads((LAB / "overrides.json").read_text(encoding="utf-8"))
    # All dates are the same.
    settings["@jupyterlab/filebrowser-extension:browser"] = {"showLastModifiedColumn": False}
    (folder / "overrides.json").write_text(json.dumps(settings), encoding="utf-8")
    kernel = {"@jupyterlite/pyodide-kernel-extension:kernel": {"disablePyPIFallback": True}}
    configuration = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {"appName": "word2vec", "litePluginSettings": kernel},
    }
    (folder / "jupyter-lite.json").write_text(json.dumps(configuration), encoding="utf-8")


def run_jupyterlite(folder, site):
    """Let JupyterLite build `site` from what lies in `folder`."""
    _run(
        [
            *(sys.executable, "-m", "jupyterlite_core", "build"),
            *("--lite-dir", folder, "--output-dir", site, "--apps", "lab"),
            *("--no-sourcemaps", "--no-unused-shared-packages"),
            *("--source-date-epoch", str(DATE)),
            f"--FederatedExtensionAddon.extra_labextensions_path={LAB / 'labextensions'}",
        ],
        cwd=folder,
    )


def _run(command, cwd=None, **environment):
    result = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    if result.returncode:
        raise RuntimeError(f"{result.stdout}\n{command[2]} ended with {result.returncode}")


def first_page(chapters, pyodide):
    """The page that greets: what works without the network, and a link to each chapter."""
    needs = (
        "Everything comes from this site: the network is not needed."
        if pyodide == "this site"
        else "The chapters open without the network. To <em>run</em> them, the browser fetches "
        f"Python and its packages, tens of megabytes, from <code>{pyodide}</code>."
    )
    links = "\n".join(
        f'<li><a href="lab/index.html?path={file}">{html.escape(heading)}</a></li>'
        for file, heading in chapters
    )
    return FIRST_PAGE.replace("NEEDS", needs).replace("LINKS", links)


FIRST_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>word2vec, every equation proved: in your browser</title>
<link rel="icon" href="files/_static/favicon.svg">
<!-- JupyterLite's pages look for it here. -->
<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}</script>
<style>
:root { color-scheme: light dark; }
body { font: 1.1rem/1.6 system-ui, sans-serif; margin: 3rem auto; max-width: 40rem;
       padding: 0 1rem; }
</style>
</head>
<body>
<main>
<h1>word2vec, every equation proved</h1>
<p>Each chapter opens in JupyterLab, with Python inside your browser. Nothing is installed, and
what you change is kept by this browser alone.</p>
<p>NEEDS</p>
<ul>
<li><a href="lab/index.html?path=intro.md">Introduction</a></li>
LINKS
</ul>
</main>
</body>
</html>
"""


def megabytes(folder):
    """The size of all files in a folder, in units of 1,000,000 bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main():
    """Build as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pyodide", metavar="ARCHIVE", help="Pyodide's full distribution")
    parser.add_argument("--output", metavar="FOLDER", default=OUTPUT)
    arguments = parser.parse_args()
    output = Path(arguments.output).resolve()
    try:
        build(output, arguments.pyodide)
    except (OSError, ValueError, RuntimeError, tarfile.TarError) as error:
        sys.exit(f"build_lite: {error}")
    print(f"The site is ready, {megabytes(output):.0f} MB. It has to be served, for instance by")
    print(f"    python -m http.server --directory {output}")
    print("and is then at http://localhost:8000")


if __name__ == "__main__":
    main()
