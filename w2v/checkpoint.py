"""Checkpoints: a training run on disk, to go on from after any interruption.

One file holds all that the rest of a run depends on: both tables, the settings, how far
each worker is, and a fingerprint of the text, so that it is not continued with another one.
No state of a random generator is in it, since none is needed: each piece of the text has a
generator of its own, seeded by its place, and what it gave before is drawn again.
"""

import dataclasses
import hashlib
import json
import time
from numbers import Real
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ._files import replacing, require_writable
from .settings import Settings

_FORMAT = "w2v checkpoint 1"
_REMOVE = "remove it (or say --restart on the command line) to train from the start"
_CHUNK = 1 << 22  # numbers that are hashed at a time


class Checkpoint(NamedTuple):
    """A training run, stopped between two steps.

    Attributes
    ----------
    settings : Settings
    workers : int
    fingerprint : str
        Of the text, as `fingerprint` makes it.
    center, outside : ndarray, shape (V, d)
        The tables.
    state : dict
        How far the run is, in terms that JSON can hold; `w2v.train` knows them.
    """

    settings: Settings
    workers: int
    fingerprint: str
    center: np.ndarray
    outside: np.ndarray
    state: dict


def fingerprint(text):
    """A hash of all that training reads of a text: its words, their counts and their order.

    Parameters
    ----------
    text : EncodedText

    Returns
    -------
    str

    Examples
    --------
    >>> from w2v import encode_text
    >>> one, same, other = (
    ...     encode_text([document.split()], min_count=1) for document in ("a b", "a b", "b a")
    ... )
    >>> fingerprint(one) == fingerprint(same), fingerprint(one) == fingerprint(other)
    (True, False)
    """
    digest = hashlib.blake2b(digest_size=16)
    # As JSON, since words may hold any character: no two lists look alike.
    digest.update(json.dumps(text.vocabulary.words).encode())
    digest.update(text.vocabulary.counts.astype("<i8").tobytes())
    for start in range(0, len(text), _CHUNK):
        digest.update(text.read(start, start + _CHUNK).astype("<i4", copy=False).tobytes())
    return digest.hexdigest()


def write_checkpoint(path, checkpoint):
    """Write a checkpoint, which takes the place of an older one when it is whole.

    Parameters
    ----------
    path : str or path-like
    checkpoint : Checkpoint

    Raises
    ------
    OSError
        If it cannot be written; an older one is still there.
    """
    description = {
        "settings": dataclasses.asdict(checkpoint.settings),
        "workers": checkpoint.workers,
        "fingerprint": checkpoint.fingerprint,
        "state": checkpoint.state,
    }
    with replacing(path, pack=False) as file:  # it is no smaller packed
        np.savez(
            file,
            format=np.array(_FORMAT),
            description=np.array(json.dumps(description)),
            center=checkpoint.center,
            outside=checkpoint.outside,
        )


def read_checkpoint(path):
    """Read what `write_checkpoint` wrote.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    Checkpoint

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If `path` is not a file.
    ValueError
        If it is damaged or something else.

    Examples
    --------
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "run.checkpoint")
    ...     table = np.ones((2, 1), np.float32)
    ...     settings = Settings(dimension=1)
    ...     write_checkpoint(path, Checkpoint(settings, 1, "", table, table, {"epoch": 3}))
    ...     read_checkpoint(path).state
    {'epoch': 3}
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: name a checkpoint, which is a file")
    if not path.exists():
        raise FileNotFoundError(f"there is no checkpoint {path}")
    # Opened here, so that it is closed again whatever NumPy makes of its content.
    with open(path, "rb") as file:
        if not _begins_like_one(file):
            raise ValueError(
                f"{path} is not a checkpoint: name another file, or remove it if it was one and "
                "is damaged"
            )
        try:
            return _parsed(file)
        except Exception as error:  # zipfile, zlib, struct, KeyError, ...: damage has many names
            what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise ValueError(
                f"{path} is not a whole checkpoint ({what}): put back a copy of it, or {_REMOVE}"
            ) from error


def is_checkpoint(path):
    """Whether a file may be a checkpoint, whole or damaged: it begins like one, or is empty.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    bool
    """
    path = Path(path)
    if not path.is_file():
        return False
    with open(path, "rb") as file:
        return _begins_like_one(file)


def _begins_like_one(file):
    start = file.read(4)
    file.seek(0)
    return start in (b"", b"PK\x03\x04")  # NumPy's files are ZIP archives


def _parsed(file):
    with np.load(file, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    if str(arrays["format"]) != _FORMAT:
        raise ValueError(f"its format is {str(arrays['format'])!r}, not {_FORMAT!r}")
    description = json.loads(str(arrays["description"]))
    settings = Settings(**description["settings"])
    center, outside = arrays["center"], arrays["outside"]
    for table in center, outside:
        if table.dtype != settings.dtype or table.shape[1:] != (settings.dimension,):
            raise ValueError(f"a table has shape {table.shape} and dtype {table.dtype}")
    return Checkpoint(
        settings,
        description["workers"],
        description["fingerprint"],
        center,
        outside,
        dict(description["state"]),
    )


class Saver:
    """Keeps a checkpoint of a run at one place, and knows when the next one is due.

    Parameters
    ----------
    path : str or path-like
        If there is a checkpoint, the run goes on from it.
    every : float
        Seconds between two checkpoints; infinity for none but that of an interruption.
    settings : Settings
    workers : int

    Attributes
    ----------
    found : Checkpoint or None
        What was there.

    Raises
    ------
    ValueError
        If what is there is damaged, or of a run with other settings; if `every` is
        negative.
    OSError
        If nothing can be written there.
    """

    def __init__(self, path, every, settings, workers):
        if isinstance(every, bool) or not isinstance(every, Real):
            raise TypeError(f"`checkpoint_every` must be a number of seconds, but it is {every!r}")
        if not every >= 0:
            raise ValueError(f"`checkpoint_every` must be 0 or more seconds, but it is {every}")
        self.path, self.every = Path(path), every
        self.settings, self.workers = settings, workers
        require_writable(self.path)
        self.found = read_checkpoint(self.path) if self.path.exists() else None
        if self.found is not None:
            self._refuse_other_settings()
        self.fingerprint = None
        self.saved_at = time.monotonic()

    def _refuse_other_settings(self):
        saved, now = (
            {**dataclasses.asdict(settings), "workers": workers}
            for settings, workers in (
                (self.found.settings, self.found.workers),
                (self.settings, self.workers),
            )
        )
        different = [
            f"`{name}` is {now[name]!r}, but was {saved[name]!r}"
            for name in now
            if now[name] != saved[name]
        ]
        if different:
            raise ValueError(
                f"the checkpoint {self.path} is of a run with other settings: "
                f"{'; '.join(different)}. Take its settings to go on with it, or {_REMOVE}"
            )

    def compare(self, text):
        """Take note of the text, and refuse a checkpoint of another one.

        Raises
        ------
        ValueError
        """
        self.fingerprint = fingerprint(text)
        if self.found is not None and self.found.fingerprint != self.fingerprint:
            raise ValueError(
                f"the checkpoint {self.path} is of another text, or of this text before it "
                f"changed or was read in another way. Take that text to go on, or {_REMOVE}"
            )

    def due(self):
        """Whether it is time for the next checkpoint."""
        return time.monotonic() - self.saved_at >= self.every

    def save(self, center, outside, state):
        """Write a checkpoint.

        Raises
        ------
        OSError
            If it cannot be written; the one before is still there.
        """
        self.saved_at = time.monotonic()  # also if it fails: not at every step again
        write_checkpoint(
            self.path,
            Checkpoint(self.settings, self.workers, self.fingerprint, center, outside, state),
        )
        # The next interval begins when this one is written, however long that took.
        self.saved_at = time.monotonic()
