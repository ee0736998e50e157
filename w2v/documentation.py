"""English text without a download: the documentation of packages that are installed anyway."""

import ast
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import tempfile
import warnings
from pathlib import Path

from ._files import cache_folder
from ._progress import progress_bar
from .corpus import Corpus, tokenize

#: The packages whose documentation makes up the documentation corpus.
DOCUMENTED = ("numpy", "scipy", "sympy", "matplotlib", "mpl_toolkits", "mpmath", "sqlalchemy")

#: Folders that only some versions of Python get of the same version of a package, here
#: NumPy's build tools up to Python 3.11. With them, the corpus would depend on Python.
_LEFT_OUT = {"distutils"}

_FORMAT = 2  # raise it when the extraction changes: old caches are then made anew


def documentation_corpus(packages=DOCUMENTED, cache=None, progress=None):
    r"""Documentation of installed Python packages: English text without a download.

    Every docstring is a document. Examples (``>>>`` and what they print) and literal
    blocks (after ``::``) are left out, and so is a docstring that was met before. The
    sources are read, never imported. Reading them takes half a minute; the result is
    kept in a file, for as long as the packages have the same versions.

    Parameters
    ----------
    packages : sequence of str
        Names by which the packages are imported.
    cache : str or path-like, optional
        Folder of the kept file. By default the user's cache folder, or the environment
        variable ``W2V_CACHE`` if it is set.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody can see it.

    Returns
    -------
    Corpus
        With the default packages, 1.8 million words.

    Raises
    ------
    ModuleNotFoundError
        If one of the packages is not installed.
    ValueError
        If `packages` is empty.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     corpus = documentation_corpus(["tqdm"], cache=folder)
    ...     any("progress" in document for document in corpus)
    True
    """
    if isinstance(packages, str) or not packages:
        raise ValueError(f"`packages` must be a sequence of names, but it is {packages!r}")
    folders = {name: _package_folder(name) for name in packages}
    key = json.dumps({"format": _FORMAT, "versions": _package_versions(packages)})
    stem = "documentation-" + hashlib.sha256(key.encode()).hexdigest()[:16]
    folder = cache_folder(cache)
    text, checksum = folder / f"{stem}.txt", folder / f"{stem}.sha256"
    if not _is_intact(text, checksum):
        _write_documentation(folders, text, checksum, progress)
    return Corpus(text)


def _package_folder(name):
    spec = importlib.util.find_spec(name) if name.isidentifier() else None
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            f"the documentation corpus needs the package {name!r}: install it, "
            "or leave it out of `packages`",
            name=name,
        )
    return Path(next(iter(spec.submodule_search_locations)))


def _package_versions(names):
    distributions = importlib.metadata.packages_distributions()
    return {
        name: [importlib.metadata.version(found) for found in distributions.get(name, [])]
        for name in names
    }


def _is_intact(text, checksum):
    """Whether the kept file is there and whole: a damaged one is made anew, never used."""
    try:
        with open(text, "rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        return checksum.read_text() == found
    except (OSError, UnicodeDecodeError):
        return False


def _write_documentation(folders, text, checksum, progress):
    # Sorted by their POSIX names, so that every operating system has the same order.
    files = [
        file
        for folder in folders.values()
        for file in sorted(folder.rglob("*.py"), key=lambda file: file.as_posix())
        if not _LEFT_OUT.intersection(file.relative_to(folder).parts)
    ]
    seen = set()
    digest = hashlib.sha256()
    # Written under another name and then renamed: a reader never sees half a file.
    with tempfile.NamedTemporaryFile(
        "wb", dir=text.parent, prefix=text.stem, suffix=".part", delete=False
    ) as output:
        try:
            for file in progress_bar(files, "reading documentation", "file", progress):
                for docstring in _docstrings(file):
                    if docstring not in seen:
                        seen.add(docstring)
                        line = " ".join(tokenize(prose(docstring))).encode()
                        if line:
                            output.write(line + b"\n")
                            digest.update(line + b"\n")
            output.close()
            os.replace(output.name, text)
        except BaseException:
            output.close()
            os.unlink(output.name)
            raise
    checksum.write_text(digest.hexdigest())


def _docstrings(file):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # other people's invalid escape sequences
        try:
            tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError):  # a template, or for another Python
            return
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, documented):
            docstring = ast.get_docstring(node)
            if docstring:
                yield docstring


def prose(docstring):
    r"""The English of a docstring: no interactive examples, no literal blocks.

    An example lasts from its ``>>>`` to the next blank line; a literal block is what is
    indented further than the line before it that ends in ``::``.

    Parameters
    ----------
    docstring : str

    Returns
    -------
    str

    Examples
    --------
    >>> prose("Add.\n\n>>> 1 + 1\n2\n\nLike this::\n\n    a + b\n\nThe end.")
    'Add.\n\n\nLike this::\nThe end.'
    """
    kept = []
    in_example = False
    literal_indent = None
    for line in docstring.splitlines():
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if literal_indent is not None:
            if not stripped or indent > literal_indent:
                continue
            literal_indent = None
        if stripped.startswith(">>>"):
            in_example = True
        elif not stripped:
            in_example = False
        if in_example:
            continue
        kept.append(line)
        if stripped.endswith("::"):
            literal_indent = indent
    return "\n".join(kept)
