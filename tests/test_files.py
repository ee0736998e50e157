"""Packed files read like any other, and never taken for whole when they are not."""

import bz2
import errno
import gzip
import io
import lzma
import os
import threading
import tracemalloc

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v import _files
from w2v._files import (
    DAMAGE,
    Damaged,
    cache_folder,
    packing,
    replacing,
    unpack,
    unpacked_suffix,
)

reproducible = settings(derandomize=True, deadline=None, max_examples=100)

PACK = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
}
CONTENT = b"The cat sat on the mat.\n" * 30 + bytes(range(256))

every_kind = pytest.mark.parametrize("kind", PACK)


class Pipe(io.RawIOBase):
    """Neither seekable nor ready to give more than a few bytes at a time."""

    def __init__(self, content, bite=1):
        self.content, self.bite = io.BytesIO(content), bite

    def readable(self):
        return True

    def readinto(self, buffer):
        data = self.content.read(min(self.bite, len(buffer)))
        buffer[: len(data)] = data
        return len(data)


def read(packed):
    return unpack(io.BytesIO(packed), "texts/cats").read()


# --- what is packed ----------------------------------------------------------------------------


@every_kind
@pytest.mark.parametrize("content", [b"", b"a", CONTENT, b"\0" * 3_000_000])
def test_packed_content_is_unpacked_whatever_the_name(kind, content):
    assert read(PACK[kind](content)) == content


@pytest.mark.parametrize("level", range(1, 10))
@pytest.mark.parametrize("content", [b"", CONTENT])
def test_every_level_of_bzip2_is_known(level, content):
    assert read(bz2.compress(content, level)) == content


@pytest.mark.parametrize(
    "content", [b"", b"a", b"BZh", b"\x1f", b"\xfd7zX", b"\x28\xb5\x2f", CONTENT, b"BZh9 is text"]
)
def test_other_content_is_the_same_file(content):
    file = io.BytesIO(b"before" + content)
    file.seek(6)
    assert unpack(file, "name") is file
    assert file.read() == content


@every_kind
@pytest.mark.parametrize("bite", [1, 7, 1 << 20])
def test_what_comes_through_a_pipe_in_bits_is_unpacked_too(kind, bite):
    assert unpack(io.BufferedReader(Pipe(PACK[kind](CONTENT), bite)), "name").read() == CONTENT


@pytest.mark.parametrize("content", [b"", b"a", CONTENT])
@pytest.mark.parametrize("bite", [1, 7, 1 << 20])
@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_pipe_of_plain_text_loses_nothing(content, bite, size):
    file = unpack(io.BufferedReader(Pipe(content, bite)), "name")
    assert b"".join(iter(lambda: file.read(size), b"")) == content


@every_kind
def test_parts_that_were_packed_one_after_another_are_one_file(kind):
    assert read(PACK[kind](CONTENT) + PACK[kind](b"") + PACK[kind](b"more")) == CONTENT + b"more"


@every_kind
def test_it_reads_like_a_file(kind):
    file = unpack(io.BytesIO(PACK[kind](CONTENT)), "name")
    assert file.readline() == b"The cat sat on the mat.\n"
    assert file.readline(5) == b"The c"
    assert [file.read(3), *file][:2] == [b"at ", b"sat on the mat.\n"]
    assert file.read() == file.read(9) == b""


@every_kind
def test_the_packed_file_is_not_closed(kind, write):
    with open(write(PACK[kind](CONTENT)), "rb") as file:
        with unpack(file, "name") as content:
            assert content.read() == CONTENT
        assert not file.closed


def test_frames_of_zstandard_without_their_size_and_frames_to_be_skipped():
    streamed = zstandard.ZstdCompressor().compressobj()
    packed = streamed.compress(CONTENT) + streamed.flush()
    skipped = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"notes"
    assert read(packed + skipped + packed) == CONTENT * 2


def test_what_is_packed_very_small_is_not_unpacked_at_once():
    packed = PACK["zstd"](b"\0" * 200_000_000)
    tracemalloc.start()
    try:
        file = unpack(io.BytesIO(packed), "name")
        assert sum(map(len, iter(lambda: file.read(1 << 16), b""))) == 200_000_000
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


# --- damage ------------------------------------------------------------------------------------


@every_kind
def test_a_file_cut_short_anywhere_is_never_taken_for_whole(kind):
    """Even where all of the content could be unpacked, and only the checksum is missing."""
    packed = PACK[kind](CONTENT)
    start = max(map(len, _files._MAGIC[kind]))
    for length in range(start, len(packed)):
        with pytest.raises(Damaged, match=rf"texts/cats is packed with {kind}.* bytes of content"):
            read(packed[:length])


@every_kind
@reproducible
@given(data=st.data())
def test_a_changed_byte_is_never_taken_for_whole(kind, data):
    packed = bytearray(PACK[kind](CONTENT))
    start = 10 if kind == "gzip" else 4  # before it are the time of packing, and the magic
    place = data.draw(st.integers(start, len(packed) - 1))
    packed[place] ^= data.draw(st.integers(1, 255))
    try:
        content = read(bytes(packed))
    except (*DAMAGE, UnicodeError):
        return
    assert content in (CONTENT, bytes(packed))


@every_kind
def test_the_message_says_how_far_it_went(kind):
    packed = PACK[kind](os.urandom(500_000) + CONTENT * 1000)
    file = unpack(io.BytesIO(packed[:-20]), "cats.txt")
    parts = []
    with pytest.raises(ValueError, match=r"cats\.txt.*beyond (\d+) bytes") as caught:
        parts.extend(iter(lambda: file.read(1000), b""))
    said = int(str(caught.value).split("beyond ")[1].split()[0])
    assert len(b"".join(parts)) <= said <= len(CONTENT) * 1000 + 500_000
    assert said >= 100_000


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz"])
def test_rubbish_behind_packed_content_is_an_error_or_left_out(kind):
    packed = PACK[kind](CONTENT) + b"rubbish behind it"
    if kind == "gzip":
        with pytest.raises(Damaged):
            read(packed)
    else:
        assert read(packed) == CONTENT


def test_rubbish_behind_frames_of_zstandard_is_an_error():
    with pytest.raises(Damaged):
        read(PACK["zstd"](CONTENT) + b"rubbish behind it")


@every_kind
def test_an_error_of_the_disk_stays_what_it_is(kind):
    class Broken(io.BytesIO):
        def read(self, *size):
            if self.tell() >= 10:
                raise OSError(errno.EIO, "Input/output error")
            return super().read(*size)

        readinto = None

    with pytest.raises(OSError, match="Input/output"):
        unpack(Broken(PACK[kind](CONTENT)), "name").read()


def test_zstandard_without_its_package_is_an_error_that_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    with pytest.raises(ModuleNotFoundError, match=r"texts/cats.*w2v\[zstd\]"):
        read(PACK["zstd"](CONTENT))


# --- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "suffix"),
    [
        ("a.txt", None, ".txt"),
        ("a.jsonl.gz", "gzip", ".jsonl"),
        ("b/a.CSV.BZ2", "bzip2", ".csv"),
        ("a.tsv.xz", "xz", ".tsv"),
        ("a.zst", "zstd", ""),
        ("gz", None, ""),
        ("standard input", None, ""),
    ],
)
def test_what_a_name_says(name, kind, suffix):
    assert packing(name) == kind
    assert unpacked_suffix(name) == suffix


# --- the cache ---------------------------------------------------------------------------------


def test_the_cache_folder_is_made(tmp_path):
    folder = tmp_path / "some" / "where"
    assert cache_folder(str(folder)) == folder
    assert folder.is_dir()
    assert cache_folder(folder) == folder


def test_the_cache_folder_is_that_of_the_argument_the_environment_or_the_user(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *args, **kwargs: tmp_path / "user")
    monkeypatch.setenv("W2V_CACHE", str(tmp_path / "environment"))
    assert cache_folder(tmp_path / "argument") == tmp_path / "argument"
    assert cache_folder() == tmp_path / "environment"
    monkeypatch.delenv("W2V_CACHE")
    assert cache_folder() == tmp_path / "user"
    assert sorted(os.listdir(tmp_path)) == ["argument", "environment", "user"]


# --- writing -----------------------------------------------------------------------------------


def test_behind_a_link_the_file_is_replaced_and_the_link_stays(tmp_path):
    (tmp_path / "disk").mkdir()
    target, link = tmp_path / "disk" / "vectors.txt", tmp_path / "latest.txt"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with replacing(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert [path.name for path in target.parent.iterdir()] == ["vectors.txt"]


def test_an_empty_variable_is_as_good_as_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("W2V_CACHE", "")
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *a, **b: str(tmp_path / "home"))
    assert cache_folder() == tmp_path / "home"


def test_writers_of_one_file_wait_for_each_other(tmp_path):
    """Each writes its own letter, slowly; whoever reads sees one letter alone."""
    path, seen = tmp_path / "shared.txt", set()
    path.write_bytes(b"z" * 1000)

    def write(letter):
        for _ in range(20):
            with replacing(path) as file:
                for _ in range(10):
                    file.write(letter * 100)
                    file.flush()

    writers = [threading.Thread(target=write, args=(letter,)) for letter in (b"a", b"b", b"c")]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        content = path.read_bytes()
        assert len(content) == 1000
        assert len(set(content)) == 1
        seen |= set(content)
    assert seen & set(b"abc")
    assert [file.name for file in tmp_path.iterdir()] == ["shared.txt"]


def test_a_failed_write_names_the_file_and_leaves_it(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_bytes(b"old")
    failing = pytest.raises(OSError, match=r"No space left on device.*vectors.txt could not be")
    with failing, replacing(path) as file:
        file.write(b"new")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["vectors.txt"]
