"""Training runs: what is learnt, recorded and repeated, and what users hand to them."""

import copy
import math
import threading
import time
import types

import numpy as np
import pytest
from oracles import assert_close, sum_over_windows

import w2v
from w2v import Corpus, Settings, Vocabulary, encode_text, minibatch, train
from w2v.train import fit, initial_tables

DTYPES = ("float32", "float64")
KINDS = {
    "banded": {"loss": "negative_sampling", "method": "banded"},
    "minibatch": {"loss": "negative_sampling", "method": "minibatch"},
    "softmax": {"loss": "naive_softmax"},
}


# --- training: what is learnt ------------------------------------------------------------------

GROUPS = {
    ("cat", "dog"): ["fur", "paw", "purr"],
    ("red", "blue"): ["bright", "hue", "paint"],
    ("one", "two"): ["add", "count", "sum"],
}


def toy_corpus(sentences=300, seed=0):
    """Words that share their contexts come in pairs, and never stand beside each other."""
    rng = np.random.default_rng(seed)
    corpus = []
    for _ in range(sentences):
        pair = list(GROUPS)[rng.integers(3)]
        left, right = rng.permutation(GROUPS[pair])[:2].tolist()
        corpus.append([left, pair[rng.integers(2)], right])
    return corpus


def toy_settings(**changes):
    defaults = {
        "dimension": 8,
        "window": 2,
        "epochs": 10,
        "subsample": 0,
        "min_count": 1,
        "batch_size": 32,
        "learning_rate": 0.05,
    }
    return Settings(**(defaults | changes))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_falls_and_words_with_the_same_contexts_become_neighbours(kind, dtype):
    vectors = train(toy_corpus(), toy_settings(**KINDS[kind], dtype=dtype), progress=False)
    assert vectors.history.epoch_loss[-1] < 0.6 * vectors.history.epoch_loss[0]
    for first, second in GROUPS:
        assert vectors.neighbors(first, 1)[0][0] == second
        assert vectors.neighbors(second, 1)[0][0] == first
        assert vectors.similarity(first, second) > 0.9


@pytest.mark.parametrize("kind", KINDS)
def test_vectors_come_with_all_that_was_counted(kind):
    corpus = toy_corpus(50)
    vectors = train(corpus, toy_settings(**KINDS[kind], epochs=1, min_count=2), progress=False)
    vocabulary = Vocabulary.build(corpus, 2)
    assert isinstance(vectors, w2v.WordVectors)
    assert vectors.words == vocabulary.words
    assert vectors.counts.tolist() == vocabulary.counts.tolist()
    assert vectors.center.shape == vectors.outside.shape == (len(vocabulary), 8)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_vectors_have_the_type_that_was_asked_for(kind, dtype):
    vectors = train(
        toy_corpus(20), toy_settings(**KINDS[kind], dtype=dtype, epochs=2), progress=False
    )
    assert vectors.center.dtype == vectors.outside.dtype == dtype


@pytest.mark.parametrize("kind", KINDS)
def test_one_seed_gives_one_result_to_the_last_bit(kind):
    first, again, other = (
        train(
            toy_corpus(60), toy_settings(**KINDS[kind], seed=seed, subsample=0.05), progress=False
        )
        for seed in (3, 3, 4)
    )
    for name in ("center", "outside"):
        assert getattr(first, name).tobytes() == getattr(again, name).tobytes()
        assert getattr(first, name).tobytes() != getattr(other, name).tobytes()
    for part, same in zip(first.history, again.history, strict=True):
        assert part.tobytes() == same.tobytes()


def test_training_does_not_touch_the_random_state_of_its_caller():
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    train(toy_corpus(20), toy_settings(epochs=1), progress=False)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_the_documents_that_are_given_are_not_changed():
    corpus = toy_corpus(20)
    before = copy.deepcopy(corpus)
    train(corpus, toy_settings(epochs=1, subsample=0.01), progress=False)
    assert corpus == before


# --- training: the recorded loss and the steps -------------------------------------------------


def windows_of_radius_one(corpus, vocabulary):
    tokens, documents = vocabulary.encode(corpus)
    for place, center_word in enumerate(tokens.tolist()):
        others = [
            int(tokens[other])
            for other in (place - 1, place + 1)
            if 0 <= other < len(tokens) and documents[other] == documents[place]
        ]
        if others:
            yield center_word, others


def whole_batch(epochs, learning_rate=0.1):
    """With a window of 1 and one batch an epoch, nothing is random but the start."""
    return toy_settings(
        window=1,
        epochs=epochs,
        batch_size=10**6,
        learning_rate=learning_rate,
        final_learning_rate=learning_rate,
        row_limit=1e9,
        loss="naive_softmax",
        dtype="float64",
    )


def test_one_step_is_the_learning_rate_times_the_gradient_of_the_whole_text():
    corpus = [*toy_corpus(20), ["cat"], ["dog", "dog", "dog"]]
    vectors = train(corpus, whole_batch(epochs=1), progress=False)
    vocabulary = Vocabulary.build(corpus, 1)
    # The outside vectors start at 0, so the first step leaves the centre vectors alone.
    start = np.zeros_like(vectors.outside)
    step = sum(
        w2v.skip_gram(center_word, others, vectors.center, start)[2]
        for center_word, others in windows_of_radius_one(corpus, vocabulary)
    )
    assert_close(vectors.outside, -0.1 * step)
    assert np.abs(vectors.center).max() <= 0.5 / 8


def test_the_recorded_loss_is_the_average_over_all_pairs_before_the_step():
    corpus = [*toy_corpus(20), ["cat"], ["dog", "dog", "dog"]]
    after_one = train(corpus, whole_batch(epochs=1, learning_rate=2.0), progress=False)
    history = train(corpus, whole_batch(epochs=2, learning_rate=2.0), progress=False).history
    vocabulary = Vocabulary.build(corpus, 1)
    losses, pairs = [], 0
    for center_word, others in windows_of_radius_one(corpus, vocabulary):
        losses.append(w2v.skip_gram(center_word, others, after_one.center, after_one.outside)[0])
        pairs += len(others)
    expected = [math.log(len(vocabulary)), math.fsum(losses) / pairs]
    assert abs(expected[1] - expected[0]) > 0.01
    assert_close(history.epoch_loss, expected)
    assert_close(history.loss, expected)
    assert history.words.tolist() == [len(vocabulary.encode(corpus)[0]) * n for n in (1, 2)]


def test_the_first_loss_of_negative_sampling_is_that_of_tossing_coins():
    settings = toy_settings(negatives=4, batch_size=10**6, epochs=1, dtype="float64")
    history = train(toy_corpus(20), settings, progress=False).history
    assert_close(history.epoch_loss, [5 * math.log(2)])


def record(monkeypatch):
    """Keep what the training loop computes gradients from, and the steps that it takes."""
    kept = types.SimpleNamespace(batches=[], steps=[])

    def watch(name):
        original = getattr(minibatch, name)

        def watched(center, outside, batch, negatives=None):
            kept.batches.append((center.copy(), outside.copy(), batch, negatives))
            more = () if negatives is None else (negatives,)
            return original(center, outside, batch, *more)

        monkeypatch.setattr(minibatch, name, watched)

    original_descend = minibatch.descend

    def watched_descend(table, row_gradient, learning_rate, row_limit=np.inf):
        kept.steps.append((learning_rate, row_limit))
        original_descend(table, row_gradient, learning_rate, row_limit)

    watch("naive_softmax_gradients")
    watch("negative_sampling_gradients")
    monkeypatch.setattr(minibatch, "descend", watched_descend)
    return kept


@pytest.mark.parametrize("kind", ["minibatch", "softmax"])
def test_every_record_is_the_average_loss_of_its_stretch(kind, monkeypatch):
    kept = record(monkeypatch)
    settings = toy_settings(**KINDS[kind], epochs=3, batch_size=7, dtype="float64")
    corpus = toy_corpus(60)
    history = train(corpus, settings, progress=False).history
    tokens = sum(map(len, corpus))
    in_epoch = math.ceil(tokens / 7)  # batches
    sums = [sum_over_windows(*kept_batch)[0] for kept_batch in kept.batches]
    pairs = [int(batch.inside.sum()) for _, _, batch, _ in kept.batches]
    assert len(sums) == 3 * in_epoch

    def average(start, end):
        return math.fsum(sums[start:end]) / sum(pairs[start:end])

    assert_close(history.epoch_loss, [average(n * in_epoch, (n + 1) * in_epoch) for n in range(3)])
    # Stretches follow each other without a gap, and each ends with a whole batch.
    epoch, read = np.divmod(history.words - 1, tokens)
    ends = epoch * in_epoch + np.ceil((read + 1) / 7).astype(int)
    assert ends[-1] == len(sums)
    assert len(ends) >= 3 * 10
    for start, end, loss_there in zip([0, *ends], ends, history.loss, strict=False):
        assert start < end
        assert loss_there == pytest.approx(average(start, end), rel=1e-12)


@pytest.mark.parametrize("final", [0.01, 0.1, 0.2])
def test_the_learning_rate_falls_linearly_from_one_to_the_other(final, monkeypatch):
    kept = record(monkeypatch)
    settings = toy_settings(
        method="minibatch",
        learning_rate=0.2,
        final_learning_rate=final,
        epochs=4,
        batch_size=1,
        row_limit=3.0,
    )
    corpus = toy_corpus(20)
    train(corpus, settings, progress=False)
    steps = 4 * sum(map(len, corpus))
    rates = np.array([rate for rate, _ in kept.steps])
    assert len(rates) == 2 * steps  # both tables
    assert_close(rates[::2], rates[1::2])
    assert_close(rates[::2], 0.2 + (final - 0.2) * np.arange(steps) / steps, 0.003)
    assert {limit for _, limit in kept.steps} == {3.0}


def test_a_learning_rate_below_the_default_final_one_is_not_raised_to_it(monkeypatch):
    """Whoever asks for 1e-6 must not get 1e-4 in the first step."""
    kept = record(monkeypatch)
    train(toy_corpus(20), toy_settings(learning_rate=1e-6, method="minibatch"), progress=False)
    assert kept.steps[0][0] == pytest.approx(1e-6)


def test_negatives_are_drawn_from_the_noise_of_the_vocabulary(monkeypatch):
    kept = record(monkeypatch)
    corpus = [["a", "b"]] * 400 + [["c", "d"]] * 40 + [["e", "f"]] * 4
    settings = toy_settings(
        method="minibatch", negatives=7, epochs=4, noise_power=0.5, batch_size=64
    )
    train(corpus, settings, progress=False)
    drawn = np.concatenate([negatives.ravel() for *_, negatives in kept.batches])
    assert all(n.shape == (len(b.center_words), 7) for _, _, b, n in kept.batches)
    expected = Vocabulary.build(corpus, 1).noise(0.5) * len(drawn)
    found = np.bincount(drawn, minlength=6)
    assert (np.abs(found - expected) < 5 * np.sqrt(expected)).all()


def test_frequent_words_are_subsampled_anew_in_each_epoch(monkeypatch):
    kept = record(monkeypatch)
    corpus = [["a", "b"] * 5] * 400 + [["c", "d"]] * 40
    settings = toy_settings(method="minibatch", epochs=3, subsample=0.01, batch_size=64)
    train(corpus, settings, progress=False)
    centers = np.concatenate([batch.center_words for _, _, batch, _ in kept.batches])
    vocabulary = Vocabulary.build(corpus, 1)
    expected = 3 * vocabulary.counts * vocabulary.keep_probability(0.01)
    found = np.bincount(centers, minlength=4)
    assert (np.abs(found - expected) <= 5 * np.sqrt(expected)).all()
    assert found[0] % 3 or found[1] % 3  # three epochs with the same choice would be alike


def test_no_word_is_left_out_without_subsampling(monkeypatch):
    kept = record(monkeypatch)
    corpus = toy_corpus(30)
    train(corpus, toy_settings(epochs=2, method="minibatch"), progress=False)
    centers = np.concatenate([batch.center_words for _, _, batch, _ in kept.batches])
    expected = 2 * Vocabulary.build(corpus, 1).counts
    assert np.bincount(centers).tolist() == expected.tolist()


# --- training: large steps ---------------------------------------------------------------------

TINY = {
    "two words": [["a", "b"], ["b", "a"]] * 200,
    "two long documents": [["a", "b"] * 10] * 100,
    "black and white": [["black", "cat"], ["white", "cat"], ["black", "dog"], ["white", "dog"]]
    * 50,
    "one sentence": [["a", "b", "c", "d"]] * 300,
    "one word": [["a"] * 10] * 50,
}


@pytest.mark.parametrize("learning_rate", [0.025, 0.5, 10.0])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", TINY)
def test_row_limit_keeps_tiny_vocabularies_from_overshooting(text, kind, learning_rate):
    settings = Settings(
        dimension=4, epochs=30, subsample=0, min_count=1, **KINDS[kind], learning_rate=learning_rate
    )
    vectors = train(TINY[text], settings, progress=False)
    loss = vectors.history.epoch_loss
    assert np.isfinite(loss).all()
    assert np.abs(vectors.center).max() < 100
    assert loss.max() <= 1.5 * loss[0] + 0.01


def test_without_row_limit_the_same_steps_overshoot():
    rng = np.random.default_rng(0)
    corpus = [[f"w{number}" for number in rng.integers(5, size=10)] for _ in range(100)]
    settings = {"dimension": 4, "subsample": 0, "min_count": 1, "learning_rate": 10.0}
    limited = train(corpus, Settings(epochs=30, **settings), progress=False)
    assert limited.history.epoch_loss.max() <= 1.5 * limited.history.epoch_loss[0]
    with pytest.raises(FloatingPointError):
        train(corpus, Settings(epochs=30, row_limit=1e300, **settings), progress=False)


def test_divergence_is_an_error_that_names_what_to_lower():
    settings = toy_settings(learning_rate=1e6, row_limit=1e300, epochs=100)
    with pytest.raises(FloatingPointError, match=r"`learning_rate`.*`row_limit`"):
        train(toy_corpus(), settings, progress=False)


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_divergence_in_the_last_step_is_the_same_error(epochs):
    """The loss is taken before each step, so that no loss ever sees the last one."""
    settings = toy_settings(
        learning_rate=1e39,
        final_learning_rate=1e39,
        row_limit=1e300,
        epochs=epochs,
        batch_size=10**6,
    )
    with pytest.raises(FloatingPointError, match="`learning_rate`"):
        train(toy_corpus(), settings, progress=False)


# --- settings ----------------------------------------------------------------------------------

INTEGERS = ("dimension", "window", "negatives", "epochs", "min_count", "batch_size", "seed")
POSITIVE = ("learning_rate", "final_learning_rate", "row_limit")
NOT_NEGATIVE = ("subsample", "noise_power")


def every(names, values):
    return [(name, value) for name in names for value in values]


@pytest.mark.parametrize(
    ("name", "value"),
    every(INTEGERS, [True, 2.0, 2.5, "2", None, math.nan, [2]])
    + every(POSITIVE + NOT_NEGATIVE, [True, "0.1", None, 1j, [0.1]]),
)
def test_a_setting_of_the_wrong_kind_is_refused_by_name(name, value):
    with pytest.raises(TypeError, match=f"`{name}`"):
        Settings(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    every(INTEGERS[:-1], [0, -1])
    + every(["seed"], [-1])
    + every(POSITIVE, [0, 0.0, -0.1, math.nan, math.inf, -math.inf])
    + every(NOT_NEGATIVE, [-0.1, math.nan, math.inf, -math.inf])
    + every(["loss"], ["softmax", "", "NEGATIVE_SAMPLING", None, 1])
    + every(["dtype"], ["float16", "f4", "int32", "", None]),
)
def test_a_setting_out_of_range_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"`{name}`"):
        Settings(**{name: value})


def test_numpy_numbers_and_zeros_that_mean_something_are_settings():
    settings = Settings(
        dimension=np.int64(3),
        learning_rate=np.float32(0.5),
        row_limit=6,
        subsample=0,
        noise_power=0,
        seed=0,
    )
    assert settings.dimension == 3
    train([["a", "b"]] * 5, settings, progress=False)


def test_settings_cannot_be_changed_afterwards():
    settings = Settings()
    with pytest.raises(AttributeError):
        settings.window = 0


# --- training: what it reads -------------------------------------------------------------------


def test_a_file_a_corpus_and_a_list_give_the_same_vectors(write):
    text = toy_corpus(30)
    path = write("\n".join(" ".join(document) for document in text))
    results = [
        train(corpus, toy_settings(epochs=2), progress=False)
        for corpus in (text, tuple(map(tuple, text)), str(path), path, Corpus(path))
    ]
    assert all(result.words == results[0].words for result in results)
    assert len({result.center.tobytes() for result in results}) == 1


def test_an_encoded_text_gives_the_same_vectors_and_stays_open():
    settings = toy_settings(epochs=2)
    plain = train(toy_corpus(30), settings, progress=False)
    with encode_text(toy_corpus(30), min_count=1) as text:
        for _ in range(2):
            encoded = train(text, settings, progress=False)
            assert encoded.center.tobytes() == plain.center.tobytes()


@pytest.mark.parametrize("in_memory", [0, 1 << 27])
def test_numbers_in_a_file_give_the_same_vectors(in_memory):
    with encode_text(toy_corpus(30), min_count=1, in_memory=in_memory) as text:
        center, _, _ = fit(text, toy_settings(epochs=2), progress=False)
    plain = train(toy_corpus(30), toy_settings(epochs=2), progress=False)
    assert center.tobytes() == plain.center.tobytes()


def test_settings_may_be_left_out():
    vectors = train(toy_corpus(100), progress=False)
    assert vectors.center.shape == (15, Settings().dimension)


@pytest.mark.parametrize(
    "make",
    [
        lambda text: (document for document in text),
        lambda text: iter(text),
        lambda text: [(word for word in document) for document in text],
        lambda text: map(list, text),
    ],
    ids=["generator", "iterator", "generators of words", "map"],
)
def test_a_corpus_that_can_be_read_only_once_will_do(make):
    once, often = (
        train(corpus, toy_settings(epochs=1), progress=False)
        for corpus in (make(toy_corpus(20)), toy_corpus(20))
    )
    assert once.center.tobytes() == often.center.tobytes()


def test_an_open_file_is_refused(write):
    """Its lines are strings, and strings are no documents."""
    path = write("a b\n" * 10)
    with path.open(encoding="utf-8") as file, pytest.raises(TypeError, match="string"):
        train(file, toy_settings(), progress=False)


@pytest.mark.parametrize("corpus", [["the cat sat"] * 5, [["fine", "too"], "the cat"]])
def test_a_string_in_place_of_a_document_is_refused(corpus):
    with pytest.raises(TypeError, match="string"):
        train(corpus, toy_settings(), progress=False)


@pytest.mark.parametrize("corpus", [5, None, [1, 2], [None]])
def test_what_is_no_text_at_all_is_refused(corpus):
    with pytest.raises(TypeError):
        train(corpus, toy_settings(), progress=False)


@pytest.mark.parametrize("as_path", [str, lambda path: path])
def test_a_missing_file_is_an_error_that_names_it(tmp_path, as_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.txt"):
        train(as_path(tmp_path / "absent.txt"), progress=False)


def test_an_empty_folder_is_an_error_that_names_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=tmp_path.name):
        train(tmp_path, progress=False)


@pytest.mark.parametrize("content", ["", "\n\n", "1 2 3\n"])
def test_a_file_without_words_is_an_error_that_names_it(write, content):
    with pytest.raises(ValueError, match=r"text\.txt"):
        train(write(content), progress=False)


def test_a_file_that_is_not_utf8_is_an_error_that_names_it(write):
    with pytest.raises(UnicodeDecodeError, match=r"text\.txt, line 2, byte 7 "):
        train(write(b"cat\ncaf\xe9\n"), progress=False)


@pytest.mark.parametrize("corpus", [[], [[]], [[], []]])
def test_a_corpus_without_words_is_an_error(corpus):
    with pytest.raises(ValueError, match="no words"):
        train(corpus, toy_settings(), progress=False)


def test_a_corpus_without_frequent_words_is_an_error_that_names_min_count():
    with pytest.raises(ValueError, match="`min_count`"):
        train([["a", "b", "c"]], Settings(), progress=False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "corpus", [[["a"], ["b"], ["a"]], [["a", "x"], ["y", "a"], ["a"]]], ids=["one word", "one left"]
)
def test_documents_of_one_word_are_nothing_to_learn_from(corpus, kind):
    settings = toy_settings(**KINDS[kind], min_count=1 if len(corpus[0]) == 1 else 2)
    with pytest.raises(ValueError, match="two words"):
        train(corpus, settings, progress=False)


@pytest.mark.parametrize("kind", KINDS)
def test_a_few_pairs_among_many_documents_of_one_word_are_enough(kind):
    """Most batches have nothing to learn from, and most likely the first ones."""
    corpus = [["a"]] * 500 + [["a", "b"]]
    vectors = train(corpus, toy_settings(**KINDS[kind], batch_size=1, epochs=2), progress=False)
    history = vectors.history
    assert len(history.epoch_loss) == 2
    assert np.isfinite(history.loss).all()
    assert len(history.words) == len(history.loss) <= 4


def test_a_text_that_subsampling_empties_is_an_error_that_names_it():
    with pytest.raises(ValueError, match="`subsample`"):
        train([["a", "b"]] * 5, toy_settings(subsample=1e-15), progress=False)


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_of_one_word_is_learnt_without_complaint(kind):
    vectors = train([["a", "a", "a"]], toy_settings(**KINDS[kind], epochs=2), progress=False)
    assert np.isfinite(vectors.center).all()


# --- progress ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("progress", "shown"), [(True, True), (False, False), (None, False)])
def test_a_bar_is_shown_where_it_is_asked_for_and_never_to_a_file(capsys, progress, shown):
    train(toy_corpus(20), toy_settings(epochs=1), progress=progress)
    output = capsys.readouterr()
    assert output.out == ""
    assert ("training" in output.err) == shown
    assert bool(output.err) == shown


# --- training: who watches ---------------------------------------------------------------------


def watched(kind, corpus=None, workers=1, **changes):
    """Vectors of a run, and what its watch saw: (words, loss, copies of both tables)."""
    seen = []

    def watch(words, loss, center, outside):
        seen.append((words, loss, center.copy(), outside.copy()))

    settings = toy_settings(**KINDS[kind], **changes)
    vectors = train(corpus or toy_corpus(60), settings, False, workers=workers, watch=watch)
    return vectors, seen


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_is_watched_ends_in_the_same_bits(kind, dtype):
    changes = {"subsample": 0.05, "epochs": 3, "dtype": dtype}
    vectors, _ = watched(kind, **changes)
    alone = train(toy_corpus(60), toy_settings(**KINDS[kind], **changes), progress=False)
    for name in ("center", "outside"):
        assert getattr(vectors, name).tobytes() == getattr(alone, name).tobytes()
    for part, same in zip(vectors.history, alone.history, strict=True):
        assert part.tobytes() == same.tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_watch_sees_the_tables_from_before_the_first_step_until_after_the_last(kind):
    vectors, seen = watched(kind, epochs=3)
    settings = toy_settings(**KINDS[kind])
    for found, start in zip(seen[0][2:], initial_tables(len(vectors), settings), strict=True):
        np.testing.assert_array_equal(found, start)
    np.testing.assert_array_equal(seen[-1][2], vectors.center)
    np.testing.assert_array_equal(seen[-1][3], vectors.outside)
    assert not np.array_equal(seen[0][3], seen[1][3])

    read = [words for words, *_ in seen]
    assert read[0] == 0
    assert read[-1] == 3 * 60 * 3
    assert read == sorted(set(read))
    # After every pass through the text, too.
    assert {180, 360, 540} <= set(read)


@pytest.mark.parametrize("kind", ["minibatch", "softmax"])
def test_a_watch_is_told_the_loss_before_the_last_step(kind):
    _, seen = watched(kind, epochs=2)
    at_start = math.log(len(seen[0][2])) if kind == "softmax" else 6 * math.log(2)
    assert math.isnan(seen[0][1])
    assert seen[1][1] == pytest.approx(at_start)
    assert seen[-1][1] < at_start


def test_a_watch_is_told_the_loss_that_was_measured_last():
    # One step in five is measured; after the last of an epoch the watch is called all the same.
    vectors, seen = watched("banded", toy_corpus(320), epochs=20)
    losses = [loss for _, loss, *_ in seen[1:]]
    assert losses[0] == pytest.approx(6 * math.log(2))
    assert not np.isnan(losses).any()
    assert min(losses) <= vectors.history.epoch_loss.min()
    assert max(losses) >= vectors.history.epoch_loss.max()
    ends = [number for number, (words, *_) in enumerate(seen) if words % 960 == 0][1:]
    assert any(seen[end][1] == seen[end - 1][1] for end in ends)


def test_a_watch_cannot_change_the_tables():
    def meddle(words, loss, center, outside):
        outside[0] = 1

    with pytest.raises(ValueError, match="read-only"):
        train(toy_corpus(20), toy_settings(), progress=False, watch=meddle)
    # Its views are read-only, and not what the learner changes.
    vectors, _ = watched("banded", epochs=1)
    assert vectors.center.flags.writeable


def test_calls_of_a_watch_do_not_overlap_with_several_workers():
    inside, overlaps, calls = threading.Lock(), [], []

    def watch(words, loss, center, outside):
        overlaps.append(not inside.acquire(blocking=False))
        calls.append(words)
        time.sleep(0.0005)
        inside.release()

    settings = toy_settings(epochs=2)
    train(toy_corpus(3000), settings, progress=False, workers=2, watch=watch)
    assert not any(overlaps)
    assert calls[0] == 0
    assert calls == sorted(calls)
    assert calls[-1] == 2 * 9000


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_watch_raises_ends_the_run(workers):
    def enough(words, loss, center, outside):
        if words > 100:
            raise EOFError(f"after {words}")

    with pytest.raises(EOFError, match=r"after \d+"):
        train(toy_corpus(3000), toy_settings(), progress=False, workers=workers, watch=enough)


def test_a_run_that_goes_on_shows_where_it_was(tmp_path):
    checkpoint = tmp_path / "run.checkpoint"
    settings = toy_settings(epochs=4)

    def interrupt(words, loss, center, outside):
        if words >= 300:
            raise KeyboardInterrupt

    run = {"progress": False, "checkpoint": checkpoint, "checkpoint_every": 0}
    with pytest.raises(KeyboardInterrupt):
        train(toy_corpus(60), settings, **run, watch=interrupt)
    seen = []
    train(toy_corpus(60), settings, **run, watch=lambda words, *rest: seen.append(words))
    assert 0 < seen[0] < 300
    assert seen[-1] == 720


@pytest.mark.parametrize("watch", [True, "print", 3])
def test_a_watch_must_be_a_function(watch):
    with pytest.raises(TypeError, match="`watch` must be a function"):
        train(toy_corpus(20), toy_settings(), progress=False, watch=watch)
