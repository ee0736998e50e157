"""The course's run: its rules one by one, and its gradients against those of part (e)."""

import importlib
import itertools
import math
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v import Corpus, Settings, Vocabulary, WordVectors, course, negative_sampling
from w2v.course import COURSE_WORDS, WINDOWS, Pairs, course_vectors, read_sentences, step
from w2v.plot import course_words

reproducible = settings(derandomize=True, deadline=None, max_examples=60)
seeds = st.integers(0, 10**6)

TEXT = [
    ["the", "cat", "sat", "on", "the", "mat"],
    ["a", "dog"],
    ["the", "dog", "saw", "a", "cat", "a", "mat", "and", "the", "sun"],
    ["alone"],
    ["same", "same", "same"],
    [],
]


def run(text=TEXT, iterations=3, **changes):
    return course_vectors(text, iterations, **{"subsample": 0, "progress": False} | changes)


def drawn(text=TEXT, iterations=3, **changes):
    """The vocabulary and the pairs of the first iterations."""
    chosen = Settings(**{"negatives": 10, "subsample": 0} | changes)
    vocabulary = Vocabulary.build(text, min_count=1)
    return vocabulary, list(itertools.islice(course._draw(vocabulary, text, chosen), iterations))


def sum_of_pairs(center, outside, pairs):
    """Loss and gradients, pair by pair, by the function that the proofs are about."""
    loss, grad_center, grad_outside = 0.0, np.zeros(center.shape), np.zeros(outside.shape)
    for c, o, negatives in zip(*pairs, strict=True):
        one, of_vector, of_table = negative_sampling(center[c], o, outside, negatives)
        loss += one
        grad_center[c] += of_vector
        grad_outside += of_table
    return loss, grad_center, grad_outside


# --- one step ----------------------------------------------------------------------------------


@reproducible
@given(
    words=st.integers(1, 9),
    dimension=st.integers(1, 5),
    pairs=st.integers(1, 12),
    negatives=st.integers(1, 6),
    scale=st.sampled_from([0.01, 1.0, 10.0]),
    seed=seeds,
)
def test_a_step_is_that_of_the_reference(words, dimension, pairs, negatives, scale, seed):
    """Words that repeat in every role, the outside word among the negatives, too."""
    rng = np.random.default_rng(seed)
    center, outside = scale * rng.normal(size=(2, words, dimension))
    batch = Pairs(
        rng.integers(words, size=pairs),
        rng.integers(words, size=pairs),
        rng.integers(words, size=(pairs, negatives)),
    )
    loss, grad_center, grad_outside = sum_of_pairs(center, outside, batch)
    expected = center - 0.3 * grad_center, outside - 0.3 * grad_outside
    found = step(center, outside, batch, 0.3)
    assert type(found) is float
    assert found == pytest.approx(loss, rel=1e-12)
    for table, right in zip((center, outside), expected, strict=True):
        assert np.abs(table - right).max() <= 1e-12 * max(1, np.abs(right).max())


def test_the_run_is_made_of_averages_of_50_windows():
    """Redone by the reference: three iterations, of which the last has half the rate."""
    rate = 0.3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(course, "HALVED_EVERY", 2)
        vectors = run(dimension=4, negatives=3, learning_rate=rate, seed=5)
    vocabulary, batches = drawn(dimension=4, negatives=3, seed=5)
    rng = np.random.default_rng(5)
    center = (rng.random((len(vocabulary), 4)) - 0.5) / 4
    outside = np.zeros(center.shape)
    losses = []
    for batch, of_this in zip(batches, (rate, rate, rate / 2), strict=True):
        loss, grad_center, grad_outside = sum_of_pairs(center, outside, batch)
        center -= of_this * grad_center / 50
        outside -= of_this * grad_outside / 50
        losses.append(loss / 50)
    assert vectors.words == vocabulary.words
    assert np.abs(vectors.center - center).max() < 1e-13
    assert np.abs(vectors.outside - outside).max() < 1e-13
    assert vectors.history.loss == pytest.approx(losses, rel=1e-12)


def test_it_starts_as_the_course_does():
    before = run(iterations=1, learning_rate=1e-300, dimension=7)
    assert np.abs(before.center).max() <= 0.5 / 7
    assert np.abs(before.center).max() > 0.4 / 7
    assert np.abs(before.outside).max() < 1e-299
    assert before.center.dtype == np.float64
    assert before.counts.tolist() == Vocabulary.build(TEXT, 1).counts.tolist()


def test_the_rate_is_halved_every_20000_iterations(monkeypatch):
    rates = []

    def watch(center, outside, pairs, rate):
        rates.append(rate)
        return 0.0

    monkeypatch.setattr(course, "step", watch)
    pairs = Pairs(np.array([0]), np.array([1]), np.array([[0]]))
    monkeypatch.setattr(course, "_draw", lambda *args: itertools.repeat(pairs))
    run(iterations=60_001, learning_rate=0.3)
    changes = np.flatnonzero(np.diff(rates)) + 1
    assert changes.tolist() == [20_000, 40_000, 60_000]
    assert [rates[i] for i in (0, 20_000, 40_000)] == [0.3 / 50, 0.15 / 50, 0.075 / 50]


# --- windows and negatives ---------------------------------------------------------------------


def test_windows_are_those_of_the_rules():
    """Every pair could stand where the rules allow it, and all those that could do."""
    window = 3
    vocabulary, batches = drawn(iterations=600, window=window)
    words = np.array(vocabulary.words)
    possible = Counter()
    for sentence in TEXT:
        if len(sentence) > 1:
            for i, center in enumerate(sentence):
                for radius in range(1, window + 1):
                    context = [
                        other
                        for j, other in enumerate(sentence)
                        if 0 < abs(i - j) <= radius and other != center
                    ]
                    for other in context:
                        possible[center, other] += 1
    found = Counter()
    for batch in batches:
        found.update(zip(words[batch.center_words], words[batch.outside_words], strict=True))
    assert set(found) == set(possible)
    assert not any(center == other for center, other in found)


def test_how_often_each_place_and_radius_is_drawn():
    """The expectation by hand: sentences alike, places alike, radii alike."""
    text = [["a", "b"], ["c", "d", "e", "f"]]
    _, batches = drawn(text, iterations=2000, window=2)
    pairs = Counter()
    for batch in batches:
        pairs.update(zip(batch.center_words.tolist(), batch.outside_words.tolist(), strict=True))
    windows = 2000 * WINDOWS
    index = Vocabulary.build(text, 1).index
    for (center, other), share in {
        ("a", "b"): 1 / 4,
        ("b", "a"): 1 / 4,
        ("c", "d"): 1 / 8,
        ("c", "e"): 1 / 16,  # only radius 2 reaches it
        ("d", "c"): 1 / 8,
        ("d", "f"): 1 / 16,
        ("f", "d"): 1 / 16,
    }.items():
        count = pairs[index[center], index[other]]
        assert count == pytest.approx(share * windows, abs=5 * math.sqrt(share * windows))
    assert (index["c"], index["f"]) not in pairs


def test_a_window_that_is_empty_keeps_its_radius():
    """Of "x x y", the first word is a centre only with radius 2; the others with both."""
    _, batches = drawn([["x", "x", "y"]], iterations=1000, window=2, seed=2)
    found = Counter()
    for batch in batches:
        found.update(batch.center_words.tolist())
    # Radius 1: the second x or y, one pair each. Radius 2: one of three; x gives one pair,
    # y two. So of y's pairs there are 1/4 + 1/6 * 2, of x's 1/4 + 1/3.
    windows = 1000 * WINDOWS
    assert found[0] == pytest.approx(windows * (1 / 4 + 1 / 3), rel=0.02)
    assert found[1] == pytest.approx(windows * (1 / 4 + 1 / 3), rel=0.02)


def test_the_pairs_of_an_iteration_are_of_50_windows():
    """In sentences of two words, each window has one pair."""
    _, batches = drawn([["a", "b"], ["c", "d"]], iterations=1001)
    assert {len(batch.center_words) for batch in batches} == {50}
    assert {batch.negatives.shape for batch in batches} == {(50, 10)}


def test_negatives_are_not_the_outside_word_and_follow_the_noise():
    text = [["often", "rare"]] + [["often", "often"]] * 7 + [["other", "rare"]] * 2
    vocabulary, batches = drawn(text, iterations=2000)
    negatives = np.concatenate([batch.negatives for batch in batches])
    outside = np.concatenate([batch.outside_words for batch in batches])
    assert not (negatives == outside[:, None]).any()
    noise = vocabulary.noise()
    for word in range(len(vocabulary)):
        rows = negatives[outside == word]
        expected = np.where(np.arange(len(noise)) == word, 0, noise) / (1 - noise[word])
        share = np.bincount(rows.ravel(), minlength=len(noise)) / rows.size
        assert share == pytest.approx(expected, abs=0.01)
    # Each pair has its own.
    assert len(np.unique(negatives, axis=0)) > 20


def test_subsampling_rejects_by_the_courses_rule(monkeypatch):
    monkeypatch.setattr(course, "COPIES", 3000)
    text = [["often"] * 6 + ["a", "b"], ["often", "c"], ["a"]]
    vocabulary = Vocabulary.build(text, min_count=1)
    threshold = 0.05
    rng = np.random.default_rng(0)
    thinned = course._thinned(vocabulary, text, threshold, rng)
    assert (thinned.lengths > 1).all()
    assert thinned.lengths.sum() == len(thinned.tokens)
    assert thinned.starts.tolist() == [0, *np.cumsum(thinned.lengths)[:-1].tolist()]
    keep = {
        word: 1 - max(0, 1 - math.sqrt(threshold * 11 / count))
        for word, count in Counter(word for sentence in text for word in sentence).items()
    }
    # The second sentence stays if both of its words do.
    index = vocabulary.index
    alone = sum(
        thinned.tokens[start : start + length].tolist() == [index["often"], index["c"]]
        for start, length in zip(thinned.starts, thinned.lengths, strict=True)
    )
    expected = 3000 * keep["often"] * keep["c"]
    assert alone == pytest.approx(expected, abs=5 * math.sqrt(expected))
    # Of the first, "a" stays where another word does.
    others = 1 - (1 - keep["often"]) ** 6 * (1 - keep["b"])
    expected = 3000 * keep["a"] * others
    count = int((thinned.tokens == index["a"]).sum())
    assert count == pytest.approx(expected, abs=5 * math.sqrt(expected))


def test_the_text_is_thinned_out_30_times():
    vocabulary = Vocabulary.build(TEXT, min_count=1)
    thinned = course._thinned(vocabulary, TEXT, 0, np.random.default_rng(0))
    longer = [sentence for sentence in TEXT if len(sentence) > 1]
    assert thinned.lengths.tolist() == [len(sentence) for sentence in longer] * 30
    words = [vocabulary.words[token] for token in thinned.tokens]
    assert words == [word for sentence in longer for word in sentence] * 30


# --- the whole run -----------------------------------------------------------------------------


def test_one_seed_one_result_and_a_longer_run_begins_like_a_shorter_one():
    first, second, longer, other = (
        run(iterations=iterations, seed=seed)
        for iterations, seed in ((5, 1), (5, 1), (505, 1), (5, 2))
    )
    assert first.center.tobytes() == second.center.tobytes()
    assert first.outside.tobytes() == second.outside.tobytes()
    assert longer.history.loss[:5].tolist() == first.history.loss.tolist()
    assert other.center.tobytes() != first.center.tobytes()
    windows = [drawn(seed=seed)[1][0].center_words.tolist() for seed in (1, 1, 2)]
    assert windows[0] == windows[1] != windows[2]


def test_the_loss_falls():
    vectors = run(iterations=1500)
    assert vectors.history.loss.shape == (1500,)
    assert vectors.history.loss[-200:].mean() < 0.8 * vectors.history.loss[:20].mean()


def test_words_become_lower_case_and_all_are_kept():
    vectors = run([["The", "CAT"], ["the", "Étude"], ["once"]])
    assert vectors.words == ["the", "cat", "once", "étude"]


def test_files_and_other_texts(write, monkeypatch):
    path = write("sentence_index\tsentence\n1\tA fine Film\n2\tthe film , again\n")
    documents = [["a", "fine", "film"], ["the", "film", ",", "again"]]
    expected = run(documents).center.tobytes()
    for text in (path, str(path), documents, iter(documents), map(tuple, documents)):
        assert run(text).center.tobytes() == expected
    plain = write("A fine Film\nthe film , again\n", "plain.txt")
    assert run(Corpus(plain, tokenize=str.split)).center.tobytes() == expected
    monkeypatch.setattr(course, "fetch", lambda name, progress: {"sst": path}[name])
    assert run(None).center.tobytes() == expected


def test_progress_is_shown_if_wanted(capsys):
    run()
    assert capsys.readouterr() == ("", "")
    run(progress=True)
    assert "training: 100%" in capsys.readouterr().err


# --- read_sentences ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "sentence_index\tsentence\n1\tA fine film .\n2\tNo .\n",
        "\ufeffsentence_index\tsentence\r\n1\tA fine film .\r\n2\tNo .\r\n",
        "1\tA fine film .\n\n2\tNo .",
        "sentence_index\tsentence\n1\t A  fine\tfilm .\n \n2\tNo .\n",
    ],
)
def test_layouts_of_sentences(write, text):
    assert read_sentences(write(text)) == [["a", "fine", "film", "."], ["no", "."]]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("1\tA film\nanother film\n", ValueError, "line 2: expected a number, a tab"),
        ("1\tA film\n2 another film\n", ValueError, "line 2: .*'2 another film'"),
        ("1\tA film\n2\t\n", ValueError, "line 2: expected a number, a tab"),
        ("1\tA film\nx\tyes\n", ValueError, "line 2: .*Corpus"),
        ("a text\nof another kind\n", ValueError, "line 2: expected"),
        ("sentence_index\tsentence\n", ValueError, "has no sentences"),
        ("", ValueError, "empty file"),
        ("1\tcafé\n".encode("latin-1"), UnicodeDecodeError, "line 1, byte 5"),
    ],
)
def test_a_file_of_another_kind_is_refused(write, text, error, message):
    path = write(text, "sentences.txt")
    with pytest.raises(error, match=rf"sentences\.txt.*{message}"):
        read_sentences(path)
    with pytest.raises(error, match=message):
        run(path)


def test_a_file_that_is_none_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing"):
        run(tmp_path / "missing.txt")
    with pytest.raises(IsADirectoryError):
        run(tmp_path)


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("iterations", 0, ValueError),
        ("iterations", 2.5, TypeError),
        ("iterations", True, TypeError),
        ("dimension", 0, ValueError),
        ("window", 0, ValueError),
        ("window", "5", TypeError),
        ("negatives", 0, ValueError),
        ("learning_rate", 0, ValueError),
        ("learning_rate", math.nan, ValueError),
        ("subsample", -1, ValueError),
        ("seed", -1, ValueError),
        ("seed", None, TypeError),
    ],
)
def test_arguments_out_of_range_are_named_before_anything_is_read(name, value, error):
    with pytest.raises(error, match=f"`{name}`"):
        run("no_such_file.txt", **{name: value})


@pytest.mark.parametrize(
    ("text", "changes", "error", "message"),
    [
        ([["a"], ["b"]], {}, ValueError, "no sentence has two different words"),
        ([["a", "a"], ["b", "b"]], {}, ValueError, "no sentence has two different words"),
        ([["a", "b"]], {"subsample": 1e-12}, ValueError, "raise `subsample`"),
        ([], {}, ValueError, "no words"),
        ([[]], {}, ValueError, "no words"),
        (["a b"], {}, TypeError, "one is a string"),
        ([3], {}, TypeError, "a document must be a sequence"),
        (3, {}, TypeError, "`corpus` must hold documents"),
        (TEXT, {"learning_rate": 1e200}, FloatingPointError, "lower `learning_rate`"),
    ],
)
def test_a_text_that_gives_nothing_is_refused(text, changes, error, message):
    with pytest.raises(error, match=message):
        run(text, iterations=20, **changes)


# --- the plot ----------------------------------------------------------------------------------


def drawn_words(figure):
    axes = figure.axes[0]
    places = axes.collections[0].get_offsets()
    return [text.get_text() for text in axes.texts], np.asarray(places)


def test_the_plot_is_the_projection_that_the_course_takes():
    rng = np.random.default_rng(0)
    words = [*COURSE_WORDS[:9], "other", "words"]
    vectors = WordVectors(words, rng.normal(size=(11, 5)))
    figure = course_words(vectors)
    shown, places = drawn_words(figure)
    plt.close(figure)
    assert shown == list(COURSE_WORDS[:9])
    chosen = vectors.center[:9]
    centred = chosen - chosen.mean(axis=0)
    plane = np.linalg.svd(centred.T @ centred / 9)[0][:, :2]  # as the course has it
    expected = centred @ plane
    assert np.abs(places) == pytest.approx(np.abs(expected), abs=1e-12)


def test_the_words_of_the_plot_can_be_chosen():
    vectors = WordVectors(["a", "b", "c"], np.diag([1.0, 2.0, 5.0]))
    figure = course_words(vectors, ["c", "unknown", "a", "b"])
    assert drawn_words(figure)[0] == ["c", "a", "b"]
    plt.close(figure)
    with pytest.raises(ValueError, match=r"only \['a', 'c'\] have vectors"):
        course_words(vectors, ["a", "b2", "c"])


def test_the_words_of_the_course():
    assert len(COURSE_WORDS) == len(set(COURSE_WORDS)) == 24
    assert all(word == word.lower() for word in COURSE_WORDS)


def test_the_module_is_there_beside_its_function():
    assert importlib.import_module("w2v.course") is course
