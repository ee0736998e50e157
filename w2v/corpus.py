"""Text to learn from: files, and the documentation that is installed anyway."""

import ast
import codecs
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import tempfile
import warnings
from pathlib import Path

from ._progress import progress_bar

#: The packages whose documentation makes up the documentation corpus.
DOCUMENTED = ("numpy", "scipy", "sympy", "matplotlib", "mpl_toolkits", "mpmath", "sqlalchemy")

_WORD = re.compile("[A-Za-z]+")
_FORMAT = 1  # raise it when the extraction changes: old caches are then made anew


def tokenize(text):
    """Words of a text: runs of the letters a to z, in lower case.

    Everything else separates words, so ``log_softmax`` is two words and digits are
    dropped. For text in other scripts, give `Corpus` a tokeniser of your own.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str

    Examples
    --------
    >>> tokenize("The SOFTMAX of 2 scores isn't log_softmax.")
    ['the', 'softmax', 'of', 'scores', 'isn', 't', 'log', 'softmax']
    """
    # Words first, then lower case: a few other letters, such as the sign for kelvin,
    # would become one of a to z.
    return " ".join(_WORD.findall(text)).lower().split()


class Corpus:
    r"""A text file as documents, read anew each time it is iterated.

    Iterating gives each document that has words as a list of them. One line of the
    file is held at a time.

    Parameters
    ----------
    path : str or path-like
        A text file, UTF-8.
    tokenize : callable
        Takes a line, returns its words.
    split : {"line", "paragraph"}
        What a document is: a line, as word2vec reads its input, or the lines up to the
        next blank one, for prose that is broken into lines.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If `path` is not a file.
    UnicodeDecodeError
        While iterating: names the file, the line and the byte.
    ValueError
        If `split` is neither of the two; while iterating, if the file has no words.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name) / "cats.txt"
    >>> _ = path.write_text("The cat sat\non the mat.")
    >>> list(Corpus(path))
    [['the', 'cat', 'sat'], ['on', 'the', 'mat']]
    >>> list(Corpus(path, split="paragraph"))
    [['the', 'cat', 'sat', 'on', 'the', 'mat']]
    >>> folder.cleanup()
    """

    def __init__(self, path, tokenize=tokenize, split="line"):
        if split not in ("line", "paragraph"):
            raise ValueError(f'`split` must be "line" or "paragraph", but it is {split!r}')
        self.path = Path(path)
        if self.path.is_dir():
            raise IsADirectoryError(f"{self.path} is a folder: name a text file")
        if not self.path.exists():
            raise FileNotFoundError(f"there is no file {self.path}")
        self.tokenize = tokenize
        self.split = split

    def __repr__(self):
        return f"<Corpus {self.path.name}>"

    def __iter__(self):
        empty = True
        paragraph = []
        for line in self._lines():
            words = self.tokenize(line)
            empty = empty and not words
            if self.split == "line":
                if words:
                    yield words
            elif line.strip():
                paragraph += words
            elif paragraph:
                yield paragraph
                paragraph = []
        if paragraph:
            yield paragraph
        if empty:
            raise ValueError(
                f"{self.path} has no words"
                if self.path.stat().st_size
                else f"{self.path} is an empty file"
            )

    def _lines(self):
        position = 0
        with open(self.path, "rb") as file:
            for number, raw in enumerate(file, 1):
                if number == 1 and raw.startswith(codecs.BOM_UTF8):  # some editors put it there
                    raw = raw[len(codecs.BOM_UTF8) :]
                    position = len(codecs.BOM_UTF8)
                try:
                    yield raw.decode("utf-8")
                except UnicodeDecodeError as error:
                    raise _not_utf8(error, self.path, number, position + error.start) from None
                position += len(raw)


def _not_utf8(error, path, line, byte):
    """The error with a message that names the place; `error.object` is the line, or a part."""
    reason = (
        f"{error.reason}: {path}, line {line}, byte {byte} is not UTF-8; save the file as UTF-8"
    )
    return UnicodeDecodeError("utf-8", error.object, error.start, error.end, reason)


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
    folder = _cache_folder(cache)
    text, checksum = folder / f"{stem}.txt", folder / f"{stem}.sha256"
    if not _is_intact(text, checksum):
        _write_documentation(folders, text, checksum, progress)
    return Corpus(text, tokenize=str.split)


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


def _cache_folder(cache):
    if cache is None:
        cache = os.environ.get("W2V_CACHE")
    if cache is None:
        import platformdirs  # here, since most users of w2v never need it

        cache = platformdirs.user_cache_dir("w2v", appauthor=False)
    folder = Path(cache)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


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
