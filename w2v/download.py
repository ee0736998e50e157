"""Texts and test sets that others have made: downloaded once, and verified every time."""

import hashlib
import logging
import os
import shutil
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import NamedTuple

from ._files import Damaged, cache_folder, replacing, require_writable, unpack
from ._progress import progress_bar

TIMEOUT = (10, 60)  # seconds to wait for a connection, and for each further answer
ATTEMPTS = 3  # how often one call asks for the rest of a file before it gives up
_CHUNK = 1 << 16  # bytes


class Source(NamedTuple):
    """One address of a data set.

    Attributes
    ----------
    url : str
    sha256 : str or None
        Of what lies there, in hexadecimal; None if only that of its content is known.
    member : str or None
        The file inside, if it is a ZIP archive.
    """

    url: str
    sha256: str | None = None
    member: str | None = None

    @property
    def file(self):
        """The name under which it is kept."""
        return self.url.rpartition("/")[2]


class Dataset(NamedTuple):
    """What can be fetched under one name.

    Attributes
    ----------
    about : str
        What it is.
    size : int
        Bytes of the download, the first of the sources.
    file : str
        Name of the file that one works with.
    sha256 : str or None
        Of this file, in hexadecimal; None if only that of the archive is known.
    sources : tuple of Source
        Where it is, the first choice first.
    citation, licence : str
    """

    about: str
    size: int
    file: str
    sha256: str | None
    sources: tuple[Source, ...]
    citation: str
    licence: str


def _plain(about, size, url, sha256, citation, licence):
    """A data set that lies at its address as it is."""
    source = Source(url, sha256)
    return Dataset(about, size, source.file, sha256, (source,), citation, licence)


#: What `fetch` knows, by name.
DATASETS = {
    "text8": Dataset(
        about="17 million words of English Wikipedia, lower case, on a single line",
        size=31_344_016,
        file="text8",
        sha256="6e890197040d37d85beb962ae1f041ff1d9a9ca8d20c7d99c85027eebf51dca7",
        sources=(
            Source(
                "http://mattmahoney.net/dc/text8.zip",
                "a6640522afe85d1963ad56c05b0ede0a0c000dddc9671758a6cc09b7a38e5232",
                member="text8",
            ),
            Source(
                "https://github.com/piskvorky/gensim-data/releases/download/text8/text8.gz",
            ),
        ),
        citation="Mahoney, Large text compression benchmark, 2006",
        licence="text of Wikipedia: CC BY-SA",
    ),
    "sst": Dataset(
        about="Stanford Sentiment Treebank: 11,855 sentences of film reviews",
        size=6_400_000,
        file="datasetSentences.txt",
        sha256="f7ae959a5ff0565eb860c3f2e600dde118bcb49aee63df8fa9b9a806da235553",
        sources=(
            Source(
                "https://nlp.stanford.edu/~socherr/stanfordSentimentTreebank.zip",
                "3f5209483b46bbf129cacbbbe6ae02fe780407034f61cf6342b7833257c3f1db",
                member="datasetSentences.txt",
            ),
        ),
        citation="Socher et al., Recursive deep models for semantic compositionality over a "
        "sentiment treebank, EMNLP 2013",
        licence="none stated: cite the paper, and do not pass it on",
    ),
    "wordsim353": _plain(
        about="353 pairs of words with people's scores of relatedness",
        size=7_186,
        url="https://raw.githubusercontent.com/piskvorky/gensim/"
        "37f90ec121eb7cd401448a947e80953e0c53ccdc/gensim/test/test_data/wordsim353.tsv",
        sha256="f92a022fc2537793a15bc3a8c162ebcd74990e033a228bb6388cb71e4c0b1e1d",
        citation="Finkelstein et al., Placing search in context: the concept revisited, 2002",
        licence="see gabrilovich.com/resources/data/wordsim353, and cite the paper",
    ),
    "simlex999": Dataset(
        about="999 pairs of words with people's scores of similarity",
        size=16_805,
        file="SimLex-999.txt",
        sha256=None,
        sources=(
            Source(
                "https://fh295.github.io/SimLex-999.zip",
                "30f40eb18f41b08b65dfbc328f473e8b69ba444b1c9d053c1adde2324fc76315",
                member="SimLex-999.txt",
            ),
        ),
        citation="Hill, Reichart and Korhonen, SimLex-999: evaluating semantic models with "
        "(genuine) similarity estimation, 2015",
        licence="none stated: cite the paper",
    ),
    "men": _plain(
        about="3,000 pairs of words with people's scores of relatedness",
        size=53_593,
        url="https://raw.githubusercontent.com/mfaruqui/eval-word-vectors/"
        "94b3dd9fdbac7ed08dbee7179cd5ee464acf0594/data/word-sim/EN-MEN-TR-3k.txt",
        sha256="888b13580faa362c7b11da0a670258cf1b1eb4bf0ecbcd418918729a3bd3f43a",
        citation="Bruni, Tran and Baroni, Multimodal distributional semantics, 2014",
        licence="see staff.fnwi.uva.nl/e.bruni/MEN, and cite the paper",
    ),
    "analogies": _plain(
        about="19,544 analogies in 14 sections",
        size=603_955,
        url="https://raw.githubusercontent.com/tmikolov/word2vec/"
        "20c129af10659f7c50e86e3be406df663beff438/questions-words.txt",
        sha256="8c29b3332afc46f3fb8be04cb5297bf96f39aa7131272dff57869b4485b22a36",
        citation="Mikolov, Chen, Corrado and Dean, Efficient estimation of word representations "
        "in vector space, 2013",
        licence="Apache 2.0, with word2vec",
    ),
}


class _Unusable(Exception):
    """Why a source does not give the data."""


class _Unreachable(_Unusable):
    """The same, where another time it may."""


def fetch(name, cache=None, progress=None):
    r"""A text or test set of others: downloaded once, verified, and kept.

    The file is compared with its known SHA-256 every time, so that the same name always
    means the same bytes. What is damaged is downloaded anew, and the file that was there
    gets ``.wrong`` added to its name. A download that was interrupted goes on where it
    stopped, and where there is a second address, it is asked when the first fails.

    Parameters
    ----------
    name : str
        One of `DATASETS`: ``"text8"`` or ``"sst"`` to learn from; ``"wordsim353"``,
        ``"simlex999"`` and ``"men"`` for `similarity`; ``"analogies"`` for `analogies`.
    cache : str or path-like, optional
        Folder to keep it in. By default the user's cache folder, or the environment
        variable ``W2V_CACHE`` if it is set.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody can see it.

    Returns
    -------
    Path
        Of the file, unpacked.

    Raises
    ------
    ValueError
        If there is no such data set, or what lies at its addresses is not what it was:
        the message has both hashes.
    ConnectionError
        If no address can be reached: the message says which file to put where by hand.
        Such a file is verified like one that was downloaded.
    OSError
        If the cache folder cannot be made or written to.

    Examples
    --------
    >>> DATASETS["men"].about
    "3,000 pairs of words with people's scores of relatedness"
    >>> fetch("text9")
    Traceback (most recent call last):
    ...
    ValueError: there is no data set 'text9': choose text8, sst, wordsim353, ..., or analogies
    """
    if name not in DATASETS:
        *names, last = DATASETS
        raise ValueError(f"there is no data set {name!r}: choose {', '.join(names)}, or {last}")
    dataset = DATASETS[name]
    folder = cache_folder(cache)
    problems = []
    unreachable = False
    path = folder / dataset.file
    try:
        if dataset.sha256 and _kept(path, dataset.sha256):
            return path
    except _Unusable as problem:
        problems.append(f"{path}: {problem}{_put_away(path)}")
    for download in (False, True):  # first whatever is there already
        for source in dataset.sources:
            archive = folder / source.file
            try:
                if download:
                    _download(archive, source, name, progress)
                elif not _kept(archive, source.sha256):
                    continue
                return _unpacked(archive, source, path, dataset.sha256)
            except _Unusable as problem:
                place = source.file if download else archive  # its address follows
                problems.append(f"{place}: {problem}{_put_away(archive, keep=not download)}")
                unreachable |= isinstance(problem, _Unreachable)
    by_hand = " or ".join(
        f"get {source.url} by hand and save it as {folder / source.file}"
        for source in dataset.sources
    )
    if dataset.sha256 is None:
        by_hand += " (not what is in it: only the sha256 of the archive is known)"
    raise (ConnectionError if unreachable else ValueError)(
        f"{name} could not be downloaded. {'; '.join(problems)}. Try again later, which goes "
        f"on where this stopped, or {by_hand}"
    )


def _kept(path, sha256):
    """Whether a file is in the cache; one that is not what it should be is `_Unusable`."""
    if not path.is_file():
        return False
    found = _sha256(path)
    if sha256 not in (None, found):
        raise _Unusable(f"the sha256 was {found} instead of {sha256}")
    return True


def _put_away(path, keep=True):
    """Make room for another file, if there is one, and say how: somebody may have put it there."""
    if not path.is_file():
        return ""
    if not keep:
        path.unlink()
        return ", and the file was removed"
    wrong = path.with_name(path.name + ".wrong")
    os.replace(path, wrong)
    return f", and the file was renamed to {wrong.name}"


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- unpacking ---------------------------------------------------------------------------------


def _unpacked(archive, source, path, sha256):
    """The file of a data set, from what was downloaded; a wrong archive is `_Unusable`."""
    if archive == path:
        return path
    try:
        with _content(archive, source.member) as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
        if sha256 not in (None, found):
            raise _Unusable(f"the sha256 of {path.name} in it is {found} instead of {sha256}")
    except (Damaged, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _Unusable(f"the archive is damaged ({error})") from error
    if not path.is_file() or _sha256(path) != found:
        require_writable(path)
        with _content(archive, source.member) as content, replacing(path) as file:
            shutil.copyfileobj(content, file, _CHUNK)
    return path


@contextmanager
def _content(archive, member):
    """What is packed in a file, or the member of a ZIP archive, wherever it lies there."""
    if member is None:
        with open(archive, "rb") as file:
            yield unpack(file, archive)
        return
    with zipfile.ZipFile(archive) as content:
        names = [name for name in content.namelist() if PurePosixPath(name).name == member]
        if not names:
            raise _Unusable(f"the archive has no file {member}")
        with content.open(names[0]) as file:
            yield file


# --- downloading -------------------------------------------------------------------------------


def _download(path, source, name, progress):
    """Download a file that has the right hash, or raise `_Unusable`."""
    import pooch
    import requests

    require_writable(path)
    downloader = _Resuming(path, f"downloading {name}", progress)
    try:
        with _silent(pooch.get_logger()):
            pooch.retrieve(source.url, source.sha256, path.name, path.parent, downloader=downloader)
    except requests.RequestException as error:
        raise _Unreachable(_reason(error)) from error
    except ValueError as error:  # a wrong hash: pooch names both, and removes the file
        if not downloader.resumed:
            raise _Unusable(str(error)) from error
        # The part was of another version, or damaged.
        _download(path, source, name, progress)


class _Resuming:
    """A downloader for pooch that goes on where an interrupted one stopped.

    What has arrived lies beside the file, with ``.part`` added to its name, and beside
    that what the server called this version of it.
    """

    def __init__(self, path, description, progress):
        self.part = path.with_name(path.name + ".part")
        self.version = path.with_name(path.name + ".part.version")
        self.description, self.progress = description, progress
        self.resumed = False

    def __call__(self, url, output_file, pooch):
        """Download `url` to `output_file`, as pooch wants it; `pooch` is not used."""
        import requests

        for attempt in range(1, ATTEMPTS + 1):
            before = self._arrived()
            try:
                self._receive(url)
                break
            except requests.RequestException:
                if attempt == ATTEMPTS or self._arrived() <= before:
                    raise
        self.version.unlink(missing_ok=True)
        os.replace(self.part, output_file)

    def _arrived(self):
        return self.part.stat().st_size if self.part.exists() else 0

    def _receive(self, url):
        import requests

        start = self._arrived()
        # Packed on the way, the bytes could neither be counted nor asked for from a place on.
        headers = {"Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
            if self.version.exists():
                headers["If-Range"] = self.version.read_text()
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as response:
            goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {start}-")
            if start and response.status_code in (206, 416) and not goes_on:
                self.part.unlink()  # longer than the file, or not what was asked for
                return self._receive(url)
            response.raise_for_status()
            self.resumed = start > 0 and response.status_code == 206
            if not self.resumed:
                start = 0
                self._note_version(response.headers)
            self._write(response, start)

    def _note_version(self, headers):
        version = headers.get("ETag", "")
        if not version or version.startswith("W/"):  # a weak one does not promise equal bytes
            version = headers.get("Last-Modified", "")
        if version:
            self.version.write_text(version)
        else:
            self.version.unlink(missing_ok=True)

    def _write(self, response, start):
        import requests

        length = response.headers.get("Content-Length")
        total = None if length is None else start + int(length)
        bar = progress_bar(
            description=self.description,
            unit="B",
            show=self.progress,
            total=total,
            initial=start,
            unit_scale=True,
        )
        with open(self.part, "ab" if start else "wb") as file, bar:
            for chunk in response.iter_content(_CHUNK):
                file.write(chunk)
                bar.update(len(chunk))
        # Older versions of urllib3 take the end of the connection for that of the file.
        if total is not None and self._arrived() < total:
            raise requests.ConnectionError(
                f"the connection ended after {self._arrived()} of {total} bytes"
            )


@contextmanager
def _silent(logger):
    """Without pooch's remarks on what it does; its errors stay."""
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _reason(error):
    """What went wrong, without the many layers around it."""
    if getattr(error, "response", None) is not None:
        return f"the server answers {error.response.status_code} {error.response.reason}"
    while error.__context__ is not None:
        error = error.__context__
    return str(error) or type(error).__name__
