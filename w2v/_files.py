"""Files that are whole or not there, and compressed ones read like any other."""

import bz2
import gzip
import io
import lzma
import os
import zlib
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ModuleNotFoundError:  # on Windows
    fcntl = None

#: What packed data begins with. No text in UTF-8 begins like gzip, xz or Zstandard, and
#: hardly any like bzip2, whose ten bytes hold the digits of pi or of its root.
_MAGIC = {
    "gzip": (b"\x1f\x8b",),
    "bzip2": tuple(
        b"BZh%d%s" % (level, block)
        for level in range(1, 10)
        for block in (b"1AY&SY", b"\x17rE8P\x90")  # the second where nothing is packed
    ),
    "xz": (b"\xfd7zXZ\x00",),
    "zstd": (b"\x28\xb5\x2f\xfd",),
}
_SUFFIXES = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}

_BUFFER = 1 << 17  # bytes
_ZSTANDARD_BLOCK = 1 << 9  # packed bytes unpacked at a time: each four may become 128 KB


class Damaged(ValueError):
    """Packed data that is damaged or cut short; the message names the file."""


#: What damaged packed data raises while it is read.
DAMAGE = (Damaged,)


def packing(path):
    """How a file name says that its content is packed: a key of `_MAGIC`, or None."""
    return _SUFFIXES.get(Path(path).suffix.lower())


def unpacked_suffix(path):
    """The suffix of a file name in lower case, that of packing left out.

    >>> unpacked_suffix("vectors.TXT.gz")
    '.txt'
    """
    path = Path(path)
    return (path.with_suffix("") if packing(path) else path).suffix.lower()


def unpack(file, path):
    """A binary file's content, unpacked if its first bytes say that it is packed.

    Parameters
    ----------
    file : binary file
        It need not be seekable. It is not closed.
    path : str or path-like
        Its name for messages.

    Returns
    -------
    binary file
        `file` itself if it is seekable and nothing is packed in it. Reading from it
        raises `Damaged`, a ValueError, where packed data is damaged or ends too early.

    Raises
    ------
    ModuleNotFoundError
        If it is packed with Zstandard and this Python cannot unpack that.
    """
    start = file.read(10)  # and not `peek`, which gives what a pipe happens to have
    if file.seekable():
        file.seek(-len(start), os.SEEK_CUR)
    else:
        file = io.BufferedReader(_Rejoined(start, file), _BUFFER)
    found = next((name for name, magic in _MAGIC.items() if start.startswith(magic)), None)
    if found is None:
        return file
    if found == "gzip":
        content = gzip.GzipFile(fileobj=file)
    elif found == "zstd":
        content = _ZstandardFrames(file, _zstandard(path))
    else:
        content = bz2.BZ2File(file) if found == "bzip2" else lzma.LZMAFile(file)  # noqa: SIM115
    return io.BufferedReader(_Unpacked(content, found, path), _BUFFER)


class _Rejoined(io.RawIOBase):
    """The bytes that were read from a file already, and then the file; for large buffers."""

    def __init__(self, start, file):
        self.start, self.file = start, file

    def readable(self):
        return True

    def readinto(self, buffer):
        data = self.start or self.file.read(len(buffer))
        self.start = b""
        buffer[: len(data)] = data
        return len(data)


class _Unpacked(io.RawIOBase):
    """Unpacked data, with one error for whatever each kind raises where it is damaged."""

    def __init__(self, content, kind, path):
        self.content, self.kind, self.path = content, kind, path
        self.position = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        try:
            count = self.content.readinto(buffer)
        except (EOFError, zlib.error, lzma.LZMAError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # of the disk
                raise
            raise Damaged(
                f"{self.path} is packed with {self.kind}, and damaged or cut short: it cannot be "
                f"unpacked beyond {self.position} bytes of content ({error})"
            ) from error
        self.position += count
        return count


class _ZstandardFrames:
    """Data packed with Zstandard; the package's own reader takes a part for the whole."""

    def __init__(self, file, module):
        self.file, self.error = file, module.ZstdError
        # Large archives are packed with a window of up to 2 GB, which takes that much memory.
        self.decompressor = module.ZstdDecompressor(max_window_size=1 << 31)
        self.frame = None
        self.packed = self.unpacked = b""

    def readinto(self, buffer):
        while not self.unpacked:
            self.packed = self.packed or self.file.read(_ZSTANDARD_BLOCK)
            if not self.packed:
                if self.frame is not None:
                    raise EOFError("the last frame has no end")
                return 0
            self._unpack()
        count = min(len(buffer), len(self.unpacked))
        buffer[:count] = self.unpacked[:count]
        self.unpacked = self.unpacked[count:]
        return count

    def _unpack(self):
        if self.frame is None:
            self.frame = self.decompressor.decompressobj()
        try:
            self.unpacked = memoryview(self.frame.decompress(self.packed))
        except self.error as error:
            raise EOFError(error) from error
        self.packed = self.frame.unused_data
        if self.frame.eof:
            self.frame = None


def _zstandard(path):
    try:
        import zstandard
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            f"{path} is packed with Zstandard: install w2v with its extra, "
            "python -m pip install 'w2v[zstd]', or use another packing or none",
            name="zstandard",
        ) from None
    return zstandard


@contextmanager
def replacing(path, pack=True):
    """A new binary file that takes the place of `path` when it is whole.

    It is written beside `path`, with ``.part`` added to the name, forced to the disk, and
    renamed. Whatever goes wrong, `path` is what it was before or has all of the new
    content; a part that is left when the program is killed is overwritten the next time.
    Of several writers to one path, each waits until the one before is done.

    Parameters
    ----------
    path : str or path-like
    pack : bool
        Whether to pack it if its name ends in .gz, .bz2, .xz or .zst.

    Yields
    ------
    binary file

    Raises
    ------
    OSError
        If it cannot be written, for instance for want of space; the message names it.
    """
    with replacing_all([path], pack) as (content,):
        yield content


@contextmanager
def replacing_all(paths, pack=True):
    """New binary files, as of `replacing`, of which none is renamed before all are whole."""
    # Behind a link, it is the file that is replaced, and not the link.
    paths = [Path(os.path.realpath(path)) for path in paths]
    parts, files = [], []
    with ExitStack() as opened:
        try:
            for path in paths:
                part = path.with_name(path.name + ".part")
                files.append(opened.enter_context(_opened_alone(part)))
                parts.append(part)
            with ExitStack() as packed:
                yield [
                    packed.enter_context(_pack(file, path)) if pack else file
                    for file, path in zip(files, paths, strict=True)
                ]
            for file in files:
                file.flush()
                os.fsync(file.fileno())
            if os.name == "nt":  # where no file is renamed that is open
                opened.close()
            for part, path in zip(parts, paths, strict=True):
                os.replace(part, path)
        except BaseException as error:
            for part, file in zip(parts, files, strict=True):
                if os.name != "nt":  # where the lock is held until the part is gone
                    part.unlink(missing_ok=True)
                with suppress(OSError):  # what is left to write fails like the rest
                    file.close()
                part.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno is not None:
                raise _not_written(error, paths) from error
            raise
    for folder in {path.parent for path in paths}:
        _sync_folder(folder)


def _not_written(error, paths):
    names = " and ".join(map(str, paths))
    return OSError(
        error.errno,
        f"{error.strerror}: {names} could not be written, and what was there before is intact",
    )


@contextmanager
def _opened_alone(part):
    """A file that nobody else is writing, empty; waits for whoever is.

    Who waited may find that the file it waited for has been renamed, and then opens anew.
    """
    while True:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        with os.fdopen(descriptor, "wb") as file:
            if fcntl is not None:
                with suppress(OSError):  # some network file systems have no locks
                    fcntl.flock(file, fcntl.LOCK_EX)
            try:
                still_there = os.path.samestat(os.fstat(descriptor), os.stat(part))
            except FileNotFoundError:
                still_there = False
            if still_there:
                file.truncate(0)
                yield file
                return


@contextmanager
def _pack(file, path):
    kind = packing(path)
    if kind is None:
        yield file
    elif kind == "gzip":
        # Without name and time, so that the same content gives the same bytes.
        # Level 9 would take twice as long for files that are 1 % smaller.
        with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as content:
            yield content
    elif kind == "zstd":
        with _zstandard(path).ZstdCompressor().stream_writer(file, closefd=False) as content:
            yield content
    elif kind == "bzip2":
        with bz2.BZ2File(file, "wb") as content:
            yield content
    else:
        with lzma.LZMAFile(file, "wb") as content:
            yield content


def _sync_folder(folder):
    """Force the new name to the disk, where the operating system can do that."""
    if os.name == "nt":
        return
    # Some network file systems cannot, nor can who may not list the folder.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def require_writable(path):
    """Find out before the work, and not after it, that `path` cannot be written.

    Raises
    ------
    IsADirectoryError, FileNotFoundError, PermissionError
    """
    path = Path(os.path.realpath(path)) if os.path.islink(path) else Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: name a file")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent} to write {path.name} to")
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(f"the folder {path.parent} cannot be written to")


def cache_folder(cache=None):
    """The folder of what is made or downloaded once and kept; it is made if it is missing.

    Parameters
    ----------
    cache : str or path-like, optional
        The folder itself. By default the environment variable ``W2V_CACHE``, and where
        that is not set the user's cache folder.

    Returns
    -------
    Path

    Raises
    ------
    OSError
        If it cannot be made.
    """
    cache = os.environ.get("W2V_CACHE") or None if cache is None else cache
    if cache is None:
        import platformdirs  # here, since most users of w2v never need it

        cache = platformdirs.user_cache_dir("w2v", appauthor=False)
    folder = Path(cache)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise type(error)(
            f"the cache folder {folder} cannot be made ({error.strerror}): name another one in the "
            "environment variable W2V_CACHE"
        ) from error
    return folder
