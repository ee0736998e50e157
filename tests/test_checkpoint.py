"""A run that was stopped, at any moment and in any way, ends as if it had not been."""

import dataclasses
import errno
import io
import os
import signal
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v import Settings, encode_text, train
from w2v.checkpoint import Checkpoint, Saver, fingerprint, read_checkpoint, write_checkpoint
from w2v.train import fit

reproducible = settings(derandomize=True, deadline=None, max_examples=12)

RNG = np.random.default_rng(0)
TEXT = [[f"w{word}" for word in RNG.zipf(1.5, 30) if word < 40] for _ in range(200)]
KINDS = {
    "banded": Settings(dimension=5, epochs=3, min_count=1, batch_size=64, subsample=1e-2),
    "minibatch": Settings(
        dimension=5, epochs=2, min_count=1, batch_size=100, subsample=1e-2, method="minibatch"
    ),
    "softmax": Settings(
        dimension=5, epochs=2, min_count=1, batch_size=100, loss="naive_softmax", dtype="float64"
    ),
}


class Killed(BaseException):
    """What nothing in the package can catch and answer, like a kill."""


def killed_after(saves, monkeypatch):
    """From now on, the process dies when it has written so many checkpoints."""
    left = iter(range(saves, -1, -1))
    original = Saver.save

    def save(self, *arguments):
        original(self, *arguments)
        if next(left) <= 1:
            raise Killed

    monkeypatch.setattr(Saver, "save", save)


def same(vectors, others):
    assert vectors.words == others.words
    assert vectors.center.tobytes() == others.center.tobytes()
    assert vectors.outside.tobytes() == others.outside.tobytes()
    for field, other in zip(vectors.history, others.history, strict=True):
        assert field.tobytes() == other.tobytes()


@pytest.fixture(scope="module")
def undisturbed():
    return {kind: train(TEXT, settings, progress=False) for kind, settings in KINDS.items()}


@pytest.mark.parametrize("kind", KINDS)
@reproducible
@given(kills=st.lists(st.integers(1, 40), min_size=1, max_size=4))
def test_a_run_that_is_killed_again_and_again_ends_in_the_same_bits(
    kind, undisturbed, kills, tmp_path_factory
):
    path = tmp_path_factory.mktemp("run") / "run.checkpoint"
    for saves in kills:
        with pytest.MonkeyPatch.context() as patch:
            killed_after(saves, patch)
            try:
                train(TEXT, KINDS[kind], False, checkpoint=path, checkpoint_every=0)
            except Killed:
                assert path.exists()
            else:
                break  # it was done before
    same(train(TEXT, KINDS[kind], False, checkpoint=path), undisturbed[kind])


def test_every_moment_of_a_run_can_be_gone_on_from(undisturbed, tmp_path, monkeypatch):
    """Each checkpoint of one run, continued by itself; also between pieces and epochs."""
    monkeypatch.setattr("w2v.banded.BandedLearner.piece_length", lambda tokens, workers: 1000)
    whole = train(TEXT, KINDS["banded"], False)
    path, copies = tmp_path / "run.checkpoint", []
    original = Saver.save

    def save(self, *arguments):
        original(self, *arguments)
        copies.append(path.read_bytes())

    with monkeypatch.context() as patch:
        patch.setattr(Saver, "save", save)
        same(train(TEXT, KINDS["banded"], False, checkpoint=path, checkpoint_every=0), whole)
    assert len(copies) > 50
    for copy in copies[::3] + copies[-3:]:
        path.write_bytes(copy)
        same(train(TEXT, KINDS["banded"], False, checkpoint=path), whole)


def test_what_is_done_is_not_done_again(tmp_path, monkeypatch):
    path = tmp_path / "run.checkpoint"
    train(TEXT, KINDS["banded"], False, checkpoint=path, checkpoint_every=0)
    steps = []
    monkeypatch.setattr("w2v.banded.BandedStep.step", lambda *arguments: steps.append(arguments))
    train(TEXT, KINDS["banded"], False, checkpoint=path)
    assert steps == []


def test_no_checkpoint_before_its_time_but_one_at_the_end(tmp_path, monkeypatch, undisturbed):
    path, saves = tmp_path / "run.checkpoint", []
    original = Saver.save
    monkeypatch.setattr(
        Saver, "save", lambda self, *arguments: saves.append(original(self, *arguments))
    )
    train(TEXT, KINDS["banded"], False, checkpoint=path, checkpoint_every=float("inf"))
    assert len(saves) == 1
    monkeypatch.setattr("w2v.banded.BandedStep.step", None)  # nothing is left to do
    same(train(TEXT, KINDS["banded"], False, checkpoint=path), undisturbed["banded"])


def test_two_workers_go_on_too(tmp_path, monkeypatch):
    monkeypatch.setattr("w2v.banded.BandedLearner.piece_length", lambda tokens, workers: 500)
    path = tmp_path / "run.checkpoint"
    settings = dataclasses.replace(KINDS["banded"], epochs=6)
    reads = []
    original = encode_text(TEXT, 1).__class__.read
    monkeypatch.setattr(
        "w2v.encode.EncodedText.read",
        lambda self, start, stop: reads.append(start) or original(self, start, stop),
    )
    with monkeypatch.context() as patch:
        killed_after(30, patch)
        with pytest.raises(Killed):
            train(TEXT, settings, False, workers=2, checkpoint=path, checkpoint_every=0)
    state = read_checkpoint(path).state
    text = encode_text(TEXT, 1)
    pieces = 6 * -(-len(text) // 500)
    assert 1 <= len(state["begun"]) <= 2
    assert state["next"] < pieces
    reads.clear()
    vectors = train(text, settings, False, workers=2, checkpoint=path)
    assert len(reads) == pieces - state["next"] + len(state["begun"]) + 1  # 1: the fingerprint
    assert vectors.history.words[-1] == 6 * text.words
    whole = train(text, settings, False, workers=2)
    assert vectors.history.epoch_loss == pytest.approx(whole.history.epoch_loss, rel=0.05)


# --- interruption ------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def listening():
    """Ctrl-C is answered, even if these tests are run where it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupted_at(record, monkeypatch, times=1, number=signal.SIGINT):
    """Ctrl-C in the course of a run, while a step is under way."""
    from w2v.banded import BandedStep

    count = iter(range(10**9))
    original = BandedStep.step

    def step(self, *arguments):
        if next(count) == record:
            for _ in range(times):
                os.kill(os.getpid(), number)
                time.sleep(0.01)  # the main thread answers it
        return original(self, *arguments)

    monkeypatch.setattr(BandedStep, "step", step)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interruption_saves_the_run_and_says_where(workers, undisturbed, tmp_path, monkeypatch):
    path = tmp_path / "run.checkpoint"
    with monkeypatch.context() as patch:
        interrupted_at(70, patch)
        with pytest.raises(KeyboardInterrupt, match="train again in the same way") as stopped:
            train(TEXT, KINDS["banded"], False, workers, checkpoint=path)
    assert str(path) in str(stopped.value)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    vectors = train(TEXT, KINDS["banded"], False, workers, checkpoint=path)
    if workers == 1:
        same(vectors, undisturbed["banded"])


def test_a_second_interruption_does_not_wait(tmp_path, monkeypatch):
    path = tmp_path / "run.checkpoint"
    interrupted_at(70, monkeypatch, times=2)
    with pytest.raises(KeyboardInterrupt) as stopped:
        train(TEXT, KINDS["banded"], False, checkpoint=path)
    assert str(stopped.value) == ""
    assert not path.exists()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interruption_without_a_checkpoint_is_what_it_always_is(monkeypatch):
    interrupted_at(70, monkeypatch)
    with pytest.raises(KeyboardInterrupt) as stopped:
        train(TEXT, KINDS["banded"], False)
    assert str(stopped.value) == ""


def test_somebody_elses_answer_to_interruptions_stays(tmp_path):
    mine = []
    before = signal.signal(signal.SIGINT, lambda number, frame: mine.append(number))
    try:
        with pytest.MonkeyPatch.context() as patch:
            interrupted_at(70, patch)
            train(TEXT, KINDS["banded"], False, checkpoint=tmp_path / "run.checkpoint")
    finally:
        signal.signal(signal.SIGINT, before)
    assert mine == [signal.SIGINT]


def test_other_ways_to_be_stopped_wait_like_an_interruption(tmp_path, undisturbed):
    """A program may answer SIGTERM like Ctrl-C, as the command line does."""
    path = tmp_path / "run.checkpoint"
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with pytest.MonkeyPatch.context() as patch:
            interrupted_at(70, patch, number=signal.SIGTERM)
            with pytest.raises(KeyboardInterrupt, match="train again in the same way"):
                train(TEXT, KINDS["banded"], False, checkpoint=path)
        assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGTERM, before)
    same(train(TEXT, KINDS["banded"], False, checkpoint=path), undisturbed["banded"])


def test_training_in_another_thread_can_be_saved(undisturbed, tmp_path):
    path, found = tmp_path / "run.checkpoint", []
    thread = threading.Thread(
        target=lambda: found.append(
            train(TEXT, KINDS["banded"], False, checkpoint=path, checkpoint_every=0)
        )
    )
    thread.start()
    thread.join()
    same(found[0], undisturbed["banded"])


# --- refusals ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Bytes of a checkpoint in the middle of a run."""
    path = tmp_path_factory.mktemp("saved") / "run.checkpoint"
    with pytest.MonkeyPatch.context() as patch:
        killed_after(9, patch)
        with pytest.raises(Killed):
            train(TEXT, KINDS["banded"], False, checkpoint=path, checkpoint_every=0)
    return path.read_bytes()


@pytest.fixture
def checkpoint(saved, tmp_path):
    path = tmp_path / "run.checkpoint"
    path.write_bytes(saved)
    return path


OTHER = {
    "dimension": 6, "window": 4, "negatives": 6, "epochs": 4, "learning_rate": 0.03,
    "final_learning_rate": 0.001, "min_count": 2, "subsample": 0.5, "noise_power": 1.0,
    "loss": "naive_softmax", "method": "minibatch", "batch_size": 65, "row_limit": 2.0,
    "seed": 2, "dtype": "float64",
}  # fmt: skip


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Settings)])
def test_other_settings_are_refused_by_name(name, checkpoint, saved):
    settings = dataclasses.replace(KINDS["banded"], **{name: OTHER[name]})
    before = getattr(KINDS["banded"], name)
    with pytest.raises(ValueError, match="of a run with other settings") as refused:
        train(TEXT, settings, False, checkpoint=checkpoint)
    assert f"`{name}` is {OTHER[name]!r}, but was {before!r}" in str(refused.value)
    assert str(refused.value).count("but was") == 1
    assert str(checkpoint) in str(refused.value)
    assert checkpoint.read_bytes() == saved


def test_another_number_of_workers_is_refused(checkpoint):
    with pytest.raises(ValueError, match="`workers` is 2, but was 1"):
        train(TEXT, KINDS["banded"], False, workers=2, checkpoint=checkpoint)


def test_other_settings_are_refused_before_the_text_is_read(checkpoint):
    def text():
        raise AssertionError("it was read")
        yield

    with pytest.raises(ValueError, match="`seed` is 5"):
        train(text(), dataclasses.replace(KINDS["banded"], seed=5), False, checkpoint=checkpoint)


@pytest.mark.parametrize(
    "text",
    [
        TEXT[:-1],
        [*TEXT, ["w1"]],
        TEXT[::-1],
        [[word.upper() for word in document] for document in TEXT],
        [[word for document in TEXT for word in document]],
    ],
    ids=["shorter", "longer", "other order", "other words", "one document"],
)
def test_another_text_is_refused(text, checkpoint, saved):
    with pytest.raises(ValueError, match="of another text") as refused:
        train(text, KINDS["banded"], False, checkpoint=checkpoint)
    assert str(checkpoint) in str(refused.value)
    assert checkpoint.read_bytes() == saved


def test_the_fingerprint_knows_words_from_their_neighbours():
    assert fingerprint(encode_text([["a\nb", "c"]], 1)) != fingerprint(
        encode_text([["a", "b\nc"]], 1)
    )


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda content: b"", "not a whole checkpoint"),
        (lambda content: b"PK", "is not a checkpoint"),
        (lambda content: content[:-1], "not a whole checkpoint"),
        (lambda content: content[: len(content) // 2], "not a whole checkpoint"),
        (lambda content: content[:700] + b"\0\0\0\0" + content[704:], "not a whole checkpoint"),
        (lambda content: b"the cat sat on the mat", "is not a checkpoint"),
    ],
)
def test_a_damaged_checkpoint_is_refused_and_left(damage, words, checkpoint, saved):
    content = damage(saved)
    checkpoint.write_bytes(content)
    with pytest.raises(ValueError, match=words) as refused:
        train(TEXT, KINDS["banded"], False, checkpoint=checkpoint)
    assert str(checkpoint) in str(refused.value)
    assert "remove it" in str(refused.value)
    assert checkpoint.read_bytes() == content


@reproducible
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_wrong_bit_changes_nothing_or_is_noticed(place, bit, saved, tmp_path_factory):
    """Some bits of a zip file, such as those of its date, mean nothing."""
    path = tmp_path_factory.mktemp("bit") / "run.checkpoint"
    content = bytearray(saved)
    content[int(place * len(content))] ^= 1 << bit
    path.write_bytes(content)
    found = refused = None
    try:
        found = read_checkpoint(path)
    except ValueError as error:
        refused = str(error)
    if refused is not None:
        assert str(path) in refused
        return
    path.write_bytes(saved)
    truth = read_checkpoint(path)
    assert found.center.tobytes() == truth.center.tobytes()
    assert found.outside.tobytes() == truth.outside.tobytes()
    assert found[:3] + found[5:] == truth[:3] + truth[5:]


def test_other_files_of_numpy_are_refused(tmp_path):
    path = tmp_path / "run.checkpoint"
    with open(path, "wb") as file:
        np.savez(file, center=np.ones(3))
    with pytest.raises(ValueError, match="'format' is missing"):
        read_checkpoint(path)
    with open(path, "wb") as file:
        np.savez(file, format=np.array("w2v checkpoint 99"))
    with pytest.raises(ValueError, match="its format is 'w2v checkpoint 99'"):
        read_checkpoint(path)


def test_pickles_are_never_opened(tmp_path):
    path = tmp_path / "run.checkpoint"
    with open(path, "wb") as file:
        np.savez(file, format=np.array([object()], dtype=object))
    with pytest.raises(ValueError, match="not a whole checkpoint"):
        read_checkpoint(path)


@pytest.mark.parametrize(
    ("place", "error", "words"),
    [
        (".", IsADirectoryError, "is a folder"),
        ("nowhere/run.checkpoint", FileNotFoundError, "there is no folder"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_refused(place, error, words, tmp_path):
    with pytest.raises(error, match=words):
        train(TEXT, KINDS["banded"], False, checkpoint=tmp_path / place)


def test_a_read_only_folder_is_refused_before_training(tmp_path, monkeypatch):
    # Asked of the system rather than tried, since for an administrator no folder is.
    monkeypatch.setattr("w2v._files.os.access", lambda path, mode: path != tmp_path)
    with pytest.raises(PermissionError, match="cannot be written to"):
        train(TEXT, KINDS["banded"], False, checkpoint=tmp_path / "run.checkpoint")


def test_numbers_of_numpy_can_be_saved(tmp_path, undisturbed):
    settings = dataclasses.replace(
        KINDS["banded"], dimension=np.int64(5), window=np.int32(5), subsample=np.float32(0.0)
    )
    path = tmp_path / "run.checkpoint"
    train(TEXT, settings, False, checkpoint=path)
    assert read_checkpoint(path).settings == settings


def test_a_checkpoint_is_never_packed(tmp_path):
    path = tmp_path / "run.checkpoint.gz"
    train(TEXT, KINDS["banded"], False, checkpoint=path)
    assert path.read_bytes()[:2] == b"PK"
    assert read_checkpoint(path).settings == KINDS["banded"]


@pytest.mark.parametrize("every", [-1, float("nan"), None, "5", True])
def test_the_interval_is_checked(every, tmp_path):
    with pytest.raises((ValueError, TypeError), match="`checkpoint_every` must be"):
        train(TEXT, KINDS["banded"], False, checkpoint=tmp_path / "c", checkpoint_every=every)


def test_a_checkpoint_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.checkpoint"):
        read_checkpoint(tmp_path / "absent.checkpoint")


# --- a disk that is full -----------------------------------------------------------------------


@pytest.fixture
def full_disk(monkeypatch):
    """No file of ours can grow beyond a thousand bytes."""

    class Full(io.FileIO):
        def write(self, data):
            if self.tell() + len(data) > 1000:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super().write(data)

    monkeypatch.setattr(
        "w2v._files.os.fdopen", lambda descriptor, mode: io.BufferedWriter(Full(descriptor, mode))
    )


def test_on_a_full_disk_training_goes_on_and_the_old_checkpoint_stays(
    checkpoint, saved, undisturbed, full_disk
):
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        vectors = train(TEXT, KINDS["banded"], False, checkpoint=checkpoint, checkpoint_every=0)
    assert {warning.category for warning in warned} == {RuntimeWarning}
    assert "could not be written, and what was there before is intact" in str(warned[0].message)
    assert str(checkpoint) in str(warned[0].message)
    same(vectors, undisturbed["banded"])
    assert checkpoint.read_bytes() == saved
    assert [file.name for file in checkpoint.parent.iterdir()] == [checkpoint.name]


def test_an_interruption_that_cannot_be_saved_says_so(checkpoint, saved, full_disk, monkeypatch):
    interrupted_at(10, monkeypatch)
    with pytest.raises(OSError, match="No space left") as failed:
        train(TEXT, KINDS["banded"], False, checkpoint=checkpoint)
    assert str(checkpoint) in str(failed.value)
    assert "is lost, but for the checkpoint before, which is intact" in str(failed.value)
    assert checkpoint.read_bytes() == saved
    checkpoint.unlink()
    interrupted_at(10, monkeypatch)
    with pytest.raises(OSError, match=r"interrupted and is lost$"):
        train(TEXT, KINDS["banded"], False, checkpoint=checkpoint)


def test_a_failed_write_is_not_tried_again_at_every_step(tmp_path, full_disk, monkeypatch):
    path = tmp_path / "run.checkpoint"
    now = iter(np.arange(0, 1e6, 1.0))
    monkeypatch.setattr("w2v.checkpoint.time.monotonic", lambda: next(now))
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        train(TEXT, KINDS["banded"], False, checkpoint=path, checkpoint_every=50)
    records = 3 * 60
    assert 1 <= len(warned) <= records / 40


# --- the file ----------------------------------------------------------------------------------


def test_a_checkpoint_comes_back_as_it_was(tmp_path):
    path = tmp_path / "run.checkpoint"
    rng = np.random.default_rng(0)
    settings = Settings(dimension=3, learning_rate=0.1 + 1e-17, seed=10**30)
    center, outside = rng.random((2, 4, 3), dtype=np.float32)
    state = {"loss": [0.1 + 0.2, 1e-320], "begun": [[3, 1 / 3]]}
    write_checkpoint(path, Checkpoint(settings, 2, "abc", center, outside, state))
    found = read_checkpoint(path)
    assert found.settings == settings
    assert (found.workers, found.fingerprint, found.state) == (2, "abc", state)
    assert found.center.tobytes() == center.tobytes()
    assert found.outside.tobytes() == outside.tobytes()
    assert found.center.flags.writeable
    assert found.center.flags.c_contiguous


def test_fit_and_its_saver_belong_to_one_text(tmp_path):
    text = encode_text(TEXT, 1)
    saver = Saver(tmp_path / "run.checkpoint", 0, KINDS["banded"], 1)
    center, _, _ = fit(text, KINDS["banded"], False, saver=saver)
    again = Saver(tmp_path / "run.checkpoint", 0, KINDS["banded"], 1)
    assert again.found.center.tobytes() == center.tobytes()
    assert again.found.fingerprint == fingerprint(text)


# --- real kills --------------------------------------------------------------------------------

PROGRAM = """
import sys
from w2v import Settings, train
settings = Settings(dimension=16, epochs=120, min_count=1, batch_size=64)
train(sys.argv[1], settings, checkpoint=sys.argv[2], checkpoint_every=0.02).save(sys.argv[3])
"""


def test_kills_at_random_moments_leave_the_same_bytes(tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("\n".join(" ".join(document) for document in TEXT * 20))
    run = [sys.executable, "-c", PROGRAM, str(text)]

    undisturbed, killed = tmp_path / "undisturbed.npz", tmp_path / "killed.npz"
    subprocess.run([*run, str(tmp_path / "other.checkpoint"), str(undisturbed)], check=True)

    checkpoint = tmp_path / "run.checkpoint"
    rng, kills = np.random.default_rng(1), 0
    while not killed.exists() and kills < 6:
        process = subprocess.Popen([*run, str(checkpoint), str(killed)])
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:  # it has done something
            if checkpoint.exists() and checkpoint.stat().st_mtime_ns != before:
                break
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.05))
        if process.poll() is None:
            process.kill()
            kills += 1
        process.wait()
    assert kills == 6
    subprocess.run([*run, str(checkpoint), str(killed)], check=True)
    assert killed.read_bytes() == undisturbed.read_bytes()
