"""Files that are whole or not there, and compressed ones read like any other."""

import bz2
import gzip
import lzma
import os
import zlib
from contextlib import contextmanager
from pathlib import Path

#: What packed data begins with. No text in UTF-8 begins like gzip, xz or Zstandard, and
#: hardly any like bzip2, whose ten bytes hold the digits of pi.
_MAGIC = {
    "gzip": (b"\x1f\x8b",),
    "bzip2": tuple(b"BZh%d1AY&SY" % level for level in range(1, 10)),
    "xz": (b"\xfd7zXZ\x00",),
    "zstd": (b"\x28\xb5\x2f\xfd",),
}
_SUFFIXES = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}

#: What damaged packed data raises while it is read.
DAMAGE = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)


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
        Buffered, so that it can be peeked into; it need not be seekable.
    path : str or path-like
        Its name for messages.

    Returns
    -------
    binary file

    Raises
    ------
    ModuleNotFoundError
        If it is packed with Zstandard and this Python cannot unpack that.
    """
    start = file.peek(10)[:10]
    found = next((name for name, magic in _MAGIC.items() if start.startswith(magic)), None)
    if found == "gzip":
        return gzip.GzipFile(fileobj=file)
    if found == "bzip2":
        return bz2.BZ2File(file)
    if found == "xz":
        return lzma.LZMAFile(file)
    if found == "zstd":
        return _zstandard(path).ZstdDecompressor().stream_reader(file, read_across_frames=True)
    return file


def _zstandard(path):
    try:
        import zstandard
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            f"{path} is packed with Zstandard: install w2v with its extra, "
            "python -m pip install 'w2v[zstd]', or unpack the file first",
            name="zstandard",
        ) from None
    return zstandard


@contextmanager
def replacing(path):
    """A new binary file that takes the place of `path` when it is whole.

    It is written beside `path`, with ``.part`` added to the name, forced to the disk, and
    renamed. Whatever goes wrong, `path` is what it was before or has all of the new
    content; a part that is left when the program is killed is overwritten the next time.

    Parameters
    ----------
    path : str or path-like
        Packed if its name ends in .gz, .bz2, .xz or .zst.

    Yields
    ------
    binary file

    Raises
    ------
    OSError
        If it cannot be written, for instance for want of space.
    """
    path = Path(path)
    part = path.with_name(path.name + ".part")
    file = open(part, "wb")  # noqa: SIM115
    try:
        with file:
            with _pack(file, path) as content:
                yield content
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


@contextmanager
def _pack(file, path):
    kind = packing(path)
    if kind is None:
        yield file
    elif kind == "gzip":
        # Without name and time, so that the same content gives the same bytes.
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as content:
            yield content
    elif kind == "zstd":
        with _zstandard(path).ZstdCompressor().stream_writer(file, closefd=False) as content:
            yield content
    else:
        opened = bz2.BZ2File(file, "wb") if kind == "bzip2" else lzma.LZMAFile(file, "wb")
        with opened as content:
            yield content


def _sync_folder(folder):
    """Force the new name to the disk, where the operating system can do that."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:  # some network file systems
        pass
    finally:
        os.close(descriptor)


def require_writable(path):
    """Find out before the work, and not after it, that `path` cannot be written.

    Raises
    ------
    IsADirectoryError, FileNotFoundError, PermissionError
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: name a file")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent} to write {path.name} to")
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(f"the folder {path.parent} cannot be written to")
