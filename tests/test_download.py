"""Downloads from a server on this machine, which fails in every way that servers fail."""

import gzip
import hashlib
import io
import logging
import re
import socket
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pooch
import pytest

from w2v import download
from w2v.download import DATASETS, Dataset, Source, fetch

TEXT = np.random.default_rng(0).integers(97, 123, size=200_000, dtype=np.uint8).tobytes()
OTHER = b"x" + TEXT[1:]


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def zipped(**members):
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/", "")
        archive.writestr("__MACOSX/folder/._text", "not it")
        for name, content in members.items():
            archive.writestr(f"folder/{name}", content)
    return output.getvalue()


class Server(ThreadingHTTPServer):
    """Serves `files`, and writes down what it was asked for and how much it sent."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {}
        self.ranges = True  # whether it understands Range
        self.wrong_range = False  # whether it sends another range than it was asked for
        self.etag = '"one"'
        self.modified = None
        self.breaks = []  # of each answer, after how many bytes the connection ends
        self.asked = []  # path, Range, If-Range
        self.sent = []  # bytes of each answer

    def url(self, name):
        return f"http://127.0.0.1:{self.server_port}/{name}"

    def handle_error(self, request, client_address):
        """A client that goes away is no matter."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        server = self.server
        asked, condition = self.headers.get("Range"), self.headers.get("If-Range")
        server.asked.append((self.path, asked, condition))
        if self.headers.get("Accept-Encoding") != "identity":
            self.send_error(406)
            return
        content = server.files.get(self.path[1:])
        if content is None:
            self.send_error(404)
            return
        start, status = 0, 200
        if asked and server.ranges and condition in (None, server.etag, server.modified):
            start, status = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]), 206
        if start >= len(content) > 0:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if server.wrong_range and status == 206:
            start = 0
        body = content[start:]
        self.send_response(status)
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if server.etag:
            self.send_header("ETag", server.etag)
        if server.modified:
            self.send_header("Last-Modified", server.modified)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        end = server.breaks.pop(0) if server.breaks else len(body)
        server.sent.append(len(body[:end]))  # before the client can be done with it
        self.wfile.write(body[:end])
        self.wfile.flush()
        if end < len(body):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    # A chunk that did not arrive whole is lost: let those below be whole.
    monkeypatch.setattr(download, "_CHUNK", 10_000)
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def offer(monkeypatch):
    """A function that puts a data set called "made" in place of the others."""

    def offer(*sources, file="text", digest=sha256(TEXT)):  # noqa: B008
        made = Dataset("made up", len(TEXT), file, digest, sources, "nobody", "none")
        monkeypatch.setattr(download, "DATASETS", {"made": made})

    return offer


def closed_port():
    """An address at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# --- the table ---------------------------------------------------------------------------------


def test_the_table_is_complete():
    assert list(DATASETS) == ["text8", "sst", "wordsim353", "simlex999", "men", "analogies"]
    kept = [source.file for dataset in DATASETS.values() for source in dataset.sources]
    assert len(set(kept)) == len(kept)
    for dataset in DATASETS.values():
        assert all((dataset.about, dataset.citation, dataset.licence))
        assert dataset.size > 1000
        known = [dataset.sha256, *(source.sha256 for source in dataset.sources)]
        # Each way to the file has a hash to verify it by.
        assert dataset.sha256 or all(source.sha256 for source in dataset.sources)
        assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in known if digest)
        for source in dataset.sources:
            assert re.fullmatch(r"https?://\S+/[\w.-]+", source.url)
            assert (source.member is not None) == source.url.endswith(".zip")
            assert source.member in (None, dataset.file)


@pytest.mark.parametrize("name", ["text9", "", None, "TEXT8"])
def test_an_unknown_name_is_answered_with_those_there_are(name, tmp_path):
    with pytest.raises(ValueError, match=r"no data set .*choose text8, sst, .*, or analogies"):
        fetch(name, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


# --- all is well -------------------------------------------------------------------------------


def test_a_plain_file_is_downloaded_once(server, offer, tmp_path):
    server.files["text"] = TEXT
    offer(Source(server.url("text"), sha256(TEXT)))
    path = fetch("made", tmp_path / "new" / "cache")
    assert path == tmp_path / "new" / "cache" / "text"
    assert path.read_bytes() == TEXT
    assert fetch("made", tmp_path / "new" / "cache") == path
    assert server.asked == [("/text", None, None)]
    assert names(path.parent) == ["text"]


def test_the_cache_is_that_of_the_environment(server, offer, tmp_path, monkeypatch):
    monkeypatch.setenv("W2V_CACHE", str(tmp_path / "here"))
    server.files["text"] = TEXT
    offer(Source(server.url("text"), sha256(TEXT)))
    assert fetch("made") == tmp_path / "here" / "text"


@pytest.mark.parametrize("digest", [sha256(TEXT), None])
def test_a_member_of_an_archive_is_unpacked(server, offer, tmp_path, digest):
    server.files["a.zip"] = archive = zipped(text=TEXT)
    offer(Source(server.url("a.zip"), sha256(archive), "text"), digest=digest)
    path = fetch("made", tmp_path)
    assert path.read_bytes() == TEXT
    assert names(tmp_path) == ["a.zip", "text"]
    path.write_bytes(OTHER)  # damaged: unpacked anew, not downloaded anew
    assert fetch("made", tmp_path).read_bytes() == TEXT
    path.unlink()
    assert fetch("made", tmp_path).read_bytes() == TEXT
    stamp = path.stat().st_mtime_ns, path.stat().st_ino
    assert fetch("made", tmp_path).stat().st_ino == stamp[1]
    assert path.stat().st_mtime_ns == stamp[0]
    assert len(server.asked) == 1


def test_the_file_is_enough_without_its_archive(server, offer, tmp_path):
    offer(Source(server.url("a.zip"), sha256(b"anything"), "text"))
    (tmp_path / "text").write_bytes(TEXT)
    assert fetch("made", tmp_path) == tmp_path / "text"
    assert not server.asked


def test_a_packed_file_is_verified_by_its_content(server, offer, tmp_path):
    server.files["a.gz"] = gzip.compress(TEXT)
    offer(Source(server.url("a.gz")))
    assert fetch("made", tmp_path).read_bytes() == TEXT
    assert names(tmp_path) == ["a.gz", "text"]


def test_a_progress_bar_is_shown_if_wanted(server, offer, tmp_path, capsys):
    server.files["text"] = TEXT
    offer(Source(server.url("text"), sha256(TEXT)))
    fetch("made", tmp_path / "silent", progress=False)
    fetch("made", tmp_path / "default")
    output = capsys.readouterr()
    assert output == ("", "")
    fetch("made", tmp_path / "shown", progress=True)
    output = capsys.readouterr()
    assert output.out == ""
    assert "downloading made: 100%" in output.err
    assert "200k/200k" in output.err


def test_pooch_says_nothing_and_keeps_its_level(server, offer, tmp_path, monkeypatch):
    logger, remarks = pooch.get_logger(), []
    monkeypatch.setattr(logger, "level", logging.INFO)
    monkeypatch.setattr(logger, "handle", remarks.append)
    server.files["text"] = TEXT
    offer(Source(server.url("text"), sha256(TEXT)))
    fetch("made", tmp_path)
    assert not remarks
    assert logger.level == logging.INFO


# --- interruptions -----------------------------------------------------------------------------


def test_a_broken_connection_is_taken_up_again(server, offer, tmp_path):
    server.files["text"] = TEXT
    server.breaks = [70_000, 50_000]
    offer(Source(server.url("text"), sha256(TEXT)))
    assert fetch("made", tmp_path).read_bytes() == TEXT
    assert server.sent == [70_000, 50_000, 80_000]
    assert server.asked[1:] == [
        ("/text", "bytes=70000-", '"one"'),
        ("/text", "bytes=120000-", '"one"'),
    ]
    assert names(tmp_path) == ["text"]


def test_an_interrupted_download_goes_on_the_next_time(server, offer, tmp_path):
    server.files["text"] = TEXT
    server.breaks = [100_000, 30_000, 20_000]
    offer(Source(server.url("text"), sha256(TEXT)))
    with pytest.raises(ConnectionError, match=r"\. text: .*50000 more expected.*goes on where"):
        fetch("made", tmp_path)
    assert (tmp_path / "text.part").read_bytes() == TEXT[:150_000]
    assert fetch("made", tmp_path).read_bytes() == TEXT
    assert server.sent == [100_000, 30_000, 20_000, 50_000]
    assert sum(server.sent) == len(TEXT)
    assert names(tmp_path) == ["text"]


def test_a_user_who_interrupts_loses_nothing(server, offer, tmp_path, monkeypatch):
    server.files["text"] = TEXT
    offer(Source(server.url("text"), sha256(TEXT)))

    class Impatient:
        def __init__(self, *args, **options):
            self.received = 0

        def __enter__(self):
            return self

        def __exit__(self, *exception):
            pass

        def update(self, count):
            self.received += count
            if self.received > 100_000:
                raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(download, "progress_bar", Impatient)
        with pytest.raises(KeyboardInterrupt):
            fetch("made", tmp_path)
    arrived = (tmp_path / "text.part").read_bytes()
    assert len(arrived) > 100_000
    assert names(tmp_path) == ["text.part", "text.part.version"]
    assert fetch("made", tmp_path).read_bytes() == TEXT
    assert server.sent[-1] == len(TEXT) - len(arrived)


def test_a_progress_bar_begins_where_the_download_goes_on(server, offer, tmp_path, capsys):
    server.files["text"] = TEXT
    (tmp_path / "text.part").write_bytes(TEXT[:150_000])
    offer(Source(server.url("text"), sha256(TEXT)))
    fetch("made", tmp_path, progress=True)
    shown = capsys.readouterr().err
    assert "150k/200k" in shown
    assert "200k/200k" in shown


def test_no_progress_is_no_reason_to_ask_again(server, offer, tmp_path):
    server.files["text"] = TEXT
    server.breaks = [0, 100]
    offer(Source(server.url("text"), sha256(TEXT)))
    with pytest.raises(ConnectionError):
        fetch("made", tmp_path)
    assert server.sent == [0]


def test_a_server_without_ranges_starts_anew(server, offer, tmp_path):
    server.files["text"], server.ranges = TEXT, False
    server.breaks = [150_000]
    offer(Source(server.url("text"), sha256(TEXT)))
    assert fetch("made", tmp_path).read_bytes() == TEXT
    assert server.sent == [150_000, 200_000]


def test_a_new_version_is_not_appended_to_the_old_one(server, offer, tmp_path):
    server.files["text"], server.etag = TEXT, '"two"'
    (tmp_path / "text.part").write_bytes(OTHER[:150_000])
    (tmp_path / "text.part.version").write_text('"one"')
    offer(Source(server.url("text"), sha256(TEXT)))
    assert fetch("made", tmp_path).read_bytes() == TEXT
    assert server.asked == [("/text", "bytes=150000-", '"one"')]
    assert server.sent == [200_000]


@pytest.mark.parametrize(
    ("etag", "modified", "condition"),
    [
        ('"one"', "Mon, 01 Jan 2024 00:00:00 GMT", '"one"'),
        ('W/"one"', "Mon, 01 Jan 2024 00:00:00 GMT", "Mon, 01 Jan 2024 00:00:00 GMT"),
        ('W/"one"', None, None),
        (None, None, None),
    ],
)
def test_what_the_rest_is_asked_by(server, offer, tmp_path, etag, modified, condition):
    server.files["text"], server.etag, server.modified = TEXT, etag, modified
    server.breaks = [150_000]
    offer(Source(server.url("text"), sha256(TEXT)))
    assert fetch("made", tmp_path).read_bytes() == TEXT
    assert server.asked[1] == ("/text", "bytes=150000-", condition)
    assert server.sent == [150_000, 50_000]


def test_the_name_of_an_old_version_is_forgotten(server, offer, tmp_path):
    server.files["text"], server.etag = TEXT, None
    (tmp_path / "text.part").write_bytes(OTHER[:120_000])
    (tmp_path / "text.part.version").write_text('"old"')
    server.breaks = [150_000]
    offer(Source(server.url("text"), sha256(TEXT)))
    assert fetch("made", tmp_path).read_bytes() == TEXT
    assert server.asked[1] == ("/text", "bytes=150000-", None)
    assert server.sent == [150_000, 50_000]


@pytest.mark.parametrize("part", [OTHER[:150_000], TEXT + b"more", TEXT, b""])
def test_a_part_that_does_not_fit_is_thrown_away(server, offer, tmp_path, part):
    server.files["text"] = TEXT
    (tmp_path / "text.part").write_bytes(part)
    offer(Source(server.url("text"), sha256(TEXT)))
    assert fetch("made", tmp_path).read_bytes() == TEXT
    assert names(tmp_path) == ["text"]


def test_another_range_than_asked_for_is_not_appended(server, offer, tmp_path):
    """Of a file without a hash of its own, so that nothing else would notice."""
    server.files["a.gz"], server.wrong_range = gzip.compress(TEXT), True
    (tmp_path / "a.gz.part").write_bytes(gzip.compress(TEXT)[:90_000])
    offer(Source(server.url("a.gz")))
    assert fetch("made", tmp_path).read_bytes() == TEXT


def test_a_short_answer_is_noticed_where_urllib3_does_not(offer, tmp_path, monkeypatch):
    """Its older versions end silently."""
    import requests

    class Response:
        status_code, headers = 200, {"Content-Length": "1000"}

        def __enter__(self):
            return self

        def __exit__(self, *exception):
            pass

        def raise_for_status(self):
            pass

        def iter_content(self, size):
            yield b"x" * 400

    monkeypatch.setattr(requests, "get", lambda *args, **options: Response())
    offer(Source("http://127.0.0.1/text", sha256(TEXT)))
    with pytest.raises(ConnectionError, match="ended after 400 of 1000 bytes"):
        fetch("made", tmp_path)


# --- what is refused ---------------------------------------------------------------------------


def test_a_wrong_hash_is_refused_with_both(server, offer, tmp_path):
    server.files["text"] = OTHER
    offer(Source(server.url("text"), sha256(TEXT)))
    with pytest.raises(ValueError, match="made could not be downloaded") as caught:
        fetch("made", tmp_path)
    for part in (sha256(TEXT), sha256(OTHER), server.url("text"), str(tmp_path / "text")):
        assert part in str(caught.value)
    assert names(tmp_path) == []


def test_a_wrong_hash_of_the_content_is_refused_with_both(server, offer, tmp_path):
    for name, content in (("a.zip", zipped(text=OTHER)), ("a.gz", gzip.compress(OTHER))):
        server.files = {name: content}
        known = sha256(content) if name == "a.zip" else None
        offer(Source(server.url(name), known, "text" if known else None))
        with pytest.raises(ValueError, match="sha256 of text in it is") as caught:
            fetch("made", tmp_path)
        assert sha256(TEXT) in str(caught.value)
        assert sha256(OTHER) in str(caught.value)
        assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.zip", zipped(other=TEXT), "the archive has no file text"),
        ("a.zip", TEXT, "archive is damaged.*not a zip"),
        ("a.zip", zipped(text=TEXT)[:-2000], "archive is damaged"),
        ("a.zip", zipped(text=TEXT).replace(b"PK\x05\x06", b"PK\x05\x05"), "archive is damaged"),
        ("a.gz", gzip.compress(TEXT)[:-2000], "archive is damaged"),
        ("a.gz", b"<html>Please log in</html>", "sha256 of text in it is"),
        ("a.gz", b"", "sha256 of text in it is"),
    ],
)
def test_a_wrong_archive_is_refused(server, offer, tmp_path, name, content, message):
    server.files[name] = content
    known = sha256(content) if name == "a.zip" else None
    offer(Source(server.url(name), known, "text" if known else None))
    with pytest.raises(ValueError, match=message):
        fetch("made", tmp_path)
    assert names(tmp_path) == []  # what was downloaded is not worth keeping


def test_a_missing_file_is_named(server, offer, tmp_path):
    offer(Source(server.url("text"), sha256(TEXT)))
    with pytest.raises(
        ConnectionError, match=r"\. text: the server answers 404 Not Found"
    ) as caught:
        fetch("made", tmp_path)
    message = str(caught.value)
    assert message.endswith(f"get {server.url('text')} by hand and save it as {tmp_path / 'text'}")
    assert message.count(server.url("text")) == 1
    assert names(tmp_path) == []
    assert len(server.asked) == 1


def test_no_server_at_all(offer, tmp_path):
    first, second = (f"http://127.0.0.1:{closed_port()}/{name}" for name in ("a.zip", "a.gz"))
    offer(Source(first, sha256(b""), "text"), Source(second))
    with pytest.raises(ConnectionError) as caught:
        fetch("made", tmp_path)
    message = str(caught.value)
    # The bare reason, without the layers of libraries around it.
    assert len(re.findall(r" a\.(?:zip|gz): \[Errno \d+\] [^;(]*refused[;.]", message)) == 2
    assert f"or get {first} by hand and save it as {tmp_path / 'a.zip'}" in message
    assert f"or get {second} by hand and save it as {tmp_path / 'a.gz'}" in message
    assert message.count(first) == message.count(second) == 1
    assert names(tmp_path) == []


def test_a_server_that_is_silent_is_not_waited_for_for_ever(offer, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT", (0.2, 0.2))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        offer(Source(f"http://127.0.0.1:{silent.getsockname()[1]}/text", sha256(TEXT)))
        with pytest.raises(ConnectionError, match="timed out"):
            fetch("made", tmp_path)


# --- the mirror --------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["missing", "wrong", "refused"])
def test_the_mirror_is_asked_when_the_first_address_fails(server, offer, tmp_path, first):
    server.files["a.gz"] = gzip.compress(TEXT)
    url = server.url("a.zip")
    if first == "wrong":
        server.files["a.zip"] = b"Please log in"
    elif first == "refused":
        url = f"http://127.0.0.1:{closed_port()}/a.zip"
    offer(Source(url, sha256(zipped(text=TEXT)), "text"), Source(server.url("a.gz")))
    assert fetch("made", tmp_path).read_bytes() == TEXT
    assert names(tmp_path) == ["a.gz", "text"]


def test_the_mirror_is_left_alone_when_the_first_address_answers(server, offer, tmp_path):
    server.files["a.zip"] = archive = zipped(text=TEXT)
    offer(Source(server.url("a.zip"), sha256(archive), "text"), Source(server.url("a.gz")))
    assert fetch("made", tmp_path).read_bytes() == TEXT
    assert [path for path, *_ in server.asked] == ["/a.zip"]


def test_all_addresses_stand_in_the_message(server, offer, tmp_path):
    server.files["a.gz"] = gzip.compress(OTHER)
    offer(Source(server.url("a.zip"), sha256(TEXT), "text"), Source(server.url("a.gz")))
    with pytest.raises(ConnectionError, match=r"a\.zip: .*404.*a\.gz: the sha256 of text"):
        fetch("made", tmp_path)


# --- what is in the cache already --------------------------------------------------------------


@pytest.mark.parametrize("kept", ["a.gz", "a.zip", "text"])
def test_a_file_put_there_by_hand_needs_no_network(offer, tmp_path, kept):
    content = {"a.gz": gzip.compress(TEXT), "a.zip": zipped(text=TEXT), "text": TEXT}
    (tmp_path / kept).write_bytes(content[kept])
    nowhere = f"http://127.0.0.1:{closed_port()}"
    offer(Source(f"{nowhere}/a.zip", sha256(content["a.zip"]), "text"), Source(f"{nowhere}/a.gz"))
    assert fetch("made", tmp_path).read_bytes() == TEXT


@pytest.mark.parametrize("kept", ["a.gz", "a.zip", "text"])
def test_a_wrong_file_put_there_by_hand_is_named(offer, tmp_path, kept):
    content = {"a.gz": gzip.compress(OTHER), "a.zip": zipped(text=OTHER), "text": OTHER}
    (tmp_path / kept).write_bytes(content[kept])
    nowhere = f"http://127.0.0.1:{closed_port()}"
    archive = sha256(zipped(text=TEXT))
    offer(Source(f"{nowhere}/a.zip", archive, "text"), Source(f"{nowhere}/a.gz"))
    with pytest.raises(ConnectionError) as caught:
        fetch("made", tmp_path)
    found = sha256(content["a.zip"] if kept == "a.zip" else OTHER)
    expected = archive if kept == "a.zip" else sha256(TEXT)
    assert f"{tmp_path / kept}: the sha256" in str(caught.value)
    renamed = f"and the file was renamed to {kept}.wrong"
    assert f"{found} instead of {expected}, {renamed}" in str(caught.value)
    assert names(tmp_path) == [f"{kept}.wrong"]
    assert (tmp_path / f"{kept}.wrong").read_bytes() == content[kept]


@pytest.mark.parametrize("known", [True, False])
def test_where_only_the_archive_is_known_it_is_the_archive_that_is_asked_for(
    offer, tmp_path, known
):
    (tmp_path / "text").write_bytes(TEXT)  # of this nobody knows whether it is the right one
    archive = sha256(zipped(text=TEXT))
    address = f"http://127.0.0.1:{closed_port()}/a.zip"
    offer(Source(address, archive, "text"), digest=sha256(TEXT) if known else None)
    if known:
        assert fetch("made", tmp_path) == tmp_path / "text"
        return
    with pytest.raises(ConnectionError) as caught:
        fetch("made", tmp_path)
    assert f"as {tmp_path / 'a.zip'} (not what is in it: only the" in str(caught.value)
    assert names(tmp_path) == ["text"]


@pytest.mark.parametrize("damaged", [OTHER, TEXT[:-1], b""])
def test_a_damaged_file_is_fetched_anew(server, offer, tmp_path, damaged):
    server.files["text"] = TEXT
    (tmp_path / "text").write_bytes(damaged)
    offer(Source(server.url("text"), sha256(TEXT)))
    assert fetch("made", tmp_path).read_bytes() == TEXT
    assert (tmp_path / "text.wrong").read_bytes() == damaged
    assert len(server.asked) == 1


@pytest.mark.parametrize("damaged", ["a.zip", "a.gz"])
def test_a_damaged_archive_is_fetched_anew(server, offer, tmp_path, damaged):
    content = zipped(text=TEXT) if damaged == "a.zip" else gzip.compress(TEXT)
    server.files[damaged] = content
    (tmp_path / damaged).write_bytes(content[:-3000])
    known = sha256(content) if damaged == "a.zip" else None
    offer(Source(server.url(damaged), known, "text" if known else None))
    assert fetch("made", tmp_path).read_bytes() == TEXT
    assert len(server.asked) == 1


def test_a_cache_that_cannot_be_written_to(server, offer, tmp_path, monkeypatch):
    server.files["a.zip"] = archive = zipped(text=TEXT)
    offer(Source(server.url("a.zip"), sha256(archive), "text"), digest=None)
    (tmp_path / "readable").mkdir()
    path = fetch("made", tmp_path / "readable")
    # Not by its mode, which an administrator may ignore.
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert fetch("made", tmp_path / "readable") == path
    with pytest.raises(PermissionError, match=re.escape(str(tmp_path / "empty"))):
        fetch("made", tmp_path / "empty")
    path.unlink()
    with pytest.raises(PermissionError, match=re.escape(str(tmp_path / "readable"))):
        fetch("made", tmp_path / "readable")
    assert len(server.asked) == 1


def test_a_cache_that_is_a_file(offer, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    offer(Source("http://127.0.0.1/text", sha256(TEXT)))
    for folder, error in (("file", FileExistsError), ("file/below", NotADirectoryError)):
        path = re.escape(str(tmp_path / folder))
        with pytest.raises(error, match=rf"^the cache folder {path} cannot be made.*W2V_CACHE"):
            fetch("made", tmp_path / folder)


def test_a_folder_in_the_place_of_the_file(offer, tmp_path):
    (tmp_path / "text").mkdir()
    offer(Source("http://127.0.0.1/text", sha256(TEXT)))
    with pytest.raises(IsADirectoryError, match="text is a folder"):
        fetch("made", tmp_path)
