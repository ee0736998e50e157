"""Evaluation against loops that share no code with it, and files that are not what they seem."""

import bz2
import gzip
import lzma
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v import Settings, Vocabulary, WordVectors, evaluate, train
from w2v.evaluate import (
    Similarity,
    analogies,
    held_out_loss,
    read_analogies,
    read_pairs,
    similarity,
)
from w2v.minibatch import batches, negative_sampling_gradients

reproducible = settings(derandomize=True, deadline=None, max_examples=60)
seeds = st.integers(0, 10**6)
dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


# --- oracles -----------------------------------------------------------------------------------


def cosine(a, b):
    a, b = ([float(entry) for entry in vector] for vector in (a, b))
    length = math.hypot(*a) * math.hypot(*b)
    return sum(x * y for x, y in zip(a, b, strict=True)) / length if length else 0.0


def spearman(x, y):
    """By hand: the average place of equal values, and Pearson's formula."""

    def ranks(values):
        return [
            sum(other < value for other in values)
            + (1 + sum(other == value for other in values)) / 2
            for value in values
        ]

    x, y = ranks(x), ranks(y)
    middle = (len(x) + 1) / 2
    xy = sum((a - middle) * (b - middle) for a, b in zip(x, y, strict=True))
    xx, yy = (sum((a - middle) ** 2 for a in ranks_) for ranks_ in (x, y))
    return xy / math.sqrt(xx * yy)


def right_answers(vectors, questions, restrict, method="add"):
    """Right and asked, question by question and word by word."""
    words = vectors.words[:restrict]
    first = {}
    for word in words:
        first.setdefault(word.upper(), word)
    right = asked = 0
    for question in questions:
        a, b, c, expected = (word.upper() for word in question)
        if not {a, b, c, expected} <= set(first):
            continue
        asked += 1
        unit = {w: vectors.unit[vectors.index[first[w]]].astype(float) for w in (a, b, c)}

        def score(word, a=unit[a], b=unit[b], c=unit[c]):
            if method == "add":
                return cosine(vectors[word], b - a + c)
            a, b, c = ((1 + cosine(vectors[word], other)) / 2 for other in (a, b, c))
            return b * c / (a + 1e-6)

        candidates = [word for word in words if word.upper() not in (a, b, c)]
        if candidates:
            best = max(candidates, key=score)
            right += best.upper() == expected
    return right, asked


def softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def loss_pair_by_pair(vectors, corpus, window, negatives, noise_power=0.75):
    """The definition: every pair, every noise word."""
    weight = [float(count) ** noise_power for count in vectors.counts]
    noise = [w / sum(weight) for w in weight]
    center, outside = vectors.center.astype(float), vectors.outside.astype(float)
    losses, pairs = [], []
    for document in corpus:
        known = [vectors.index[word] for word in document if word in vectors]
        for i, c in enumerate(known):
            for j, o in enumerate(known):
                if i == j or abs(i - j) > window:
                    continue
                loss = softplus(-float(center[c] @ outside[o]))
                for w, probability in enumerate(noise):
                    loss += negatives * probability * softplus(float(center[c] @ outside[w]))
                pairs.append((window - abs(i - j) + 1) / window)
                losses.append(pairs[-1] * loss)
    return math.fsum(losses) / math.fsum(pairs)


def random_vectors(words, dimension, seed, dtype=np.float64, scale=1.0):
    """Not in the order of their counts, some words zero, some in capitals."""
    rng = np.random.default_rng(seed)
    center, outside = scale * rng.normal(size=(2, words, dimension))
    center[rng.random(words) < 0.1] = 0
    outside[rng.random(words) < 0.1] = 0
    return WordVectors(
        [f"w{number}" for number in range(words)],
        center.astype(dtype),
        outside.astype(dtype),
        rng.integers(1, 50, size=words),
    )


def random_corpus(vectors, seed):
    """Documents with repeated words, unknown words, one word, or none."""
    rng = np.random.default_rng(seed)
    words = [*vectors.words, "unknown"]
    lengths = [*rng.integers(0, 12, size=4), 0, 1, 5]
    return [[words[i] for i in rng.integers(len(words), size=n)] for n in lengths] + [
        [vectors.words[0], "unknown", vectors.words[0]]
    ]


COMPASS = WordVectors(
    ["east", "northeast", "north", "west", "south"], [[1, 0], [1, 1], [0, 1], [-2, 0], [0, -3]]
)
ROYALS = WordVectors(
    ["man", "woman", "king", "queen", "boy"],
    [[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 1, 0], [1, 0, 0, 1]],
)
FAMILY = ("man", "woman", "king", "queen")


# --- read_pairs --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "tiger\tcat\t7.35\nlove\tsex\t6.77\n",  # WordSim-353
        "tiger cat 7.35\nlove sex 6.77",  # MEN's other file
        "# Word 1\tWord 2\tHuman\ntiger\tcat\t7.35\n\n  \n# more\nlove\tsex\t6.77\n",
        "Word 1\tWord 2\tHuman (mean)\ntiger\tcat\t7.35\nlove\tsex\t6.77\n",
        "word1 word2 similarity\ntiger cat 7.35\nlove sex 6.77\n",
        "\n# a comment before the header\nword1\tword2\tSimLex\ntiger\tcat\t7.35\nlove\tsex\t6.77",
        "\ufefftiger\tcat\t7.35\r\nlove\tsex\t6.77\r\n",
        "\ufeff# byte order mark\ntiger  cat\t7.35\n love\t sex \t 6.77 \n",
    ],
)
def test_layouts_of_pairs(write, text):
    path = write(text)
    assert read_pairs(path) == [("tiger", "cat", 7.35), ("love", "sex", 6.77)]
    assert read_pairs(str(path)) == read_pairs(path)


@pytest.mark.parametrize("separator", ["\t", " "])
def test_the_table_of_simlex(write, separator):
    """Ten columns, of which the fourth has the scores; the third is a part of speech."""
    header = ["word1", "word2", "POS", "SimLex999", "conc(w1)", "conc(w2)", "Assoc(USF)"]
    rows = [["fast", "quick", "A", "8.25", "2.5", "3.5", "7.5"]]
    rows += [["rise", "fall", "V", "0.75", "1", "2", "0.1"]]
    table = "".join(separator.join(row) + "\r\n" for row in [header, *rows])
    assert read_pairs(write(table)) == [("fast", "quick", 8.25), ("rise", "fall", 0.75)]
    again = write("# from another place\n\n" + table)
    assert read_pairs(again) == read_pairs(write(table))


def test_the_header_says_where_the_scores_of_simlex_are(write):
    text = "word1\tword2\tPOS\tconc(w1)\tSimLex999\nfast\tquick\tA\t2.5\t8.25\n"
    assert read_pairs(write(text)) == [("fast", "quick", 8.25)]


def test_three_columns_may_have_simlex_for_a_header(write):
    text = "word1\tword2\tSimLex999\nfast\tquick\t8.25\nNew York\tcity\t8\n"
    assert read_pairs(write(text)) == [("fast", "quick", 8.25), ("New York", "city", 8.0)]


def test_tabs_let_a_word_hold_a_space(write):
    assert read_pairs(write("New York\tcity\t8")) == [("New York", "city", 8.0)]


def test_pairs_keep_letters_of_other_scripts(write):
    assert read_pairs(write("Straße\t道\t9.5")) == [("Straße", "道", 9.5)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("love,sex,6.77\n", 1),
        ("tiger cat 7.35\nlove,sex,6.77\n", 2),
        ("tiger cat 7.35\n\nword1 word2 score\n", 3),  # a header is the first line
        ("word1 word2 score\nword1 word2 score\n", 2),
        ("tiger cat\n", 1),
        ("tiger cat 7.35 1.0\n", 1),
        ("word1\tword2\tPOS\tSimLex\nold\tnew\tA\t1.58\n", 2),
        ("word1\tword2\tPOS\tSimLex999\nold\tnew\t1.58\n\nold\tnew\n", 4),
        ("word1\tword2\tPOS\tSimLex999\nold\tnew\tA\tB\n", 2),
        ("SimLex999\tword1\tword2\tPOS\n1.58\told\tnew\tA\n", 2),
        ("old\tnew\t1.58\nword1\tword2\tPOS\tSimLex999\n", 2),
        ("tiger cat 7.35\ntiger cat 7,35\n", 2),
        ("# none\ntiger\t\t7.35\n", 2),
        (": capitals\nAthens Greece Baghdad Iraq\n", 1),
    ],
)
def test_another_layout_is_named_with_its_line(write, text, line):
    path = write(text, "pairs.tsv")
    with pytest.raises(ValueError, match=rf"pairs\.tsv, line {line}: .*two words and a score"):
        read_pairs(path)


@pytest.mark.parametrize("score", ["nan", "inf", "-inf"])
def test_a_score_that_is_not_finite_is_refused(write, score):
    path = write(f"tiger cat 7.35\nlove sex {score}\n", "pairs.tsv")
    with pytest.raises(ValueError, match=r"pairs\.tsv, line 2: .*'love' and 'sex' is not finite"):
        read_pairs(path)
    with pytest.raises(ValueError, match=r"`pairs`, pair 2: .*'love' and 'sex' is not finite"):
        similarity(COMPASS, [("tiger", "cat", 7), ("love", "sex", float(score))])


@pytest.mark.parametrize("reader", [read_pairs, read_analogies])
def test_files_that_are_none(write, tmp_path, reader):
    with pytest.raises(ValueError, match=r"empty\.txt is an empty file"):
        reader(write("", "empty.txt"))
    with pytest.raises(ValueError, match=r"blank\.txt has no (pairs|questions)"):
        reader(write("\n# nothing\n \n", "blank.txt"))
    with pytest.raises(FileNotFoundError, match=r"missing\.txt"):
        reader(tmp_path / "missing.txt")
    with pytest.raises(IsADirectoryError, match="is a folder: name a text file"):
        reader(tmp_path)


@pytest.mark.parametrize("reader", [read_pairs, read_analogies])
@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_file_that_is_not_utf8_is_named(write, reader, encoding):
    path = write("# one\ncafé thé 5\n".encode(encoding), "latin.txt")
    with pytest.raises(UnicodeDecodeError, match=r"latin\.txt, line [12], byte"):
        reader(path)


@pytest.mark.parametrize("reader", [read_pairs, read_analogies])
def test_a_packed_file_is_read_like_any_other(write, reader):
    text = b"\xef\xbb\xbf: 1 2\none two 3\n" if reader is read_pairs else b": a\na b c d\n"
    expected = reader(write(text))
    zstandard = pytest.importorskip("zstandard").compress
    for packed in (gzip.compress(text), lzma.compress(text), bz2.compress(text), zstandard(text)):
        assert reader(write(packed, "packed")) == expected
    with pytest.raises(ValueError, match="damaged"):
        reader(write(gzip.compress(text)[:-9], "damaged.gz"))


@pytest.mark.parametrize(
    ("start", "line", "byte"), [(b"", 1, 2), (b"# a\n\n", 3, 7), ("# é\n".encode(), 2, 7)]
)
def test_the_byte_that_is_not_utf8_is_counted(write, start, line, byte):
    path = write(start + b"ab\xe9 c 1\n", "pairs.txt")
    with pytest.raises(UnicodeDecodeError, match=rf"pairs\.txt, line {line}, byte {byte} is not"):
        read_pairs(path)


# --- read_analogies ----------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_layout_of_analogies(write, mark):
    text = mark + (
        ": capital-common-countries\nAthens Greece Baghdad Iraq\r\n\n# comment of four words\n"
        ":family\nboy girl  king\tqueen\n: empty\n: family\nman woman king queen\n"
    )
    assert read_analogies(write(text)) == {
        "capital-common-countries": [("Athens", "Greece", "Baghdad", "Iraq")],
        "family": [("boy", "girl", "king", "queen"), ("man", "woman", "king", "queen")],
        "empty": [],
    }


@pytest.mark.parametrize("question", ["man woman king", "man woman king queen prince", "man"])
def test_a_question_of_other_than_four_words_is_refused(write, question):
    path = write(f": family\nman woman king queen\n{question}\n", "questions.txt")
    with pytest.raises(ValueError, match=r"questions\.txt, line 3: expected four words"):
        analogies(ROYALS, path)
    with pytest.raises(ValueError, match=r"section 'family', question 2: expected four words"):
        analogies(ROYALS, {"family": [FAMILY, question.split()]})


def test_a_question_before_the_first_section_is_refused(write):
    path = write("\nman woman king queen\n: family\n", "questions.txt")
    with pytest.raises(ValueError, match=r"questions\.txt, line 2: expected a section"):
        read_analogies(path)


def test_a_section_without_a_name_is_refused(write):
    with pytest.raises(ValueError, match=r"line 1: expected the name of a section"):
        read_analogies(write(" : \nman woman king queen\n"))


def test_sections_without_questions_are_refused(write):
    with pytest.raises(ValueError, match="no questions"):
        read_analogies(write(": family\n: capitals\n"))


# --- similarity --------------------------------------------------------------------------------


@dtypes
@reproducible
@given(words=st.integers(3, 12), dimension=st.integers(2, 5), count=st.integers(4, 20), seed=seeds)
def test_similarity_is_spearmans_correlation(dtype, words, dimension, count, seed):
    """Scores with many ties; some words unknown, some pairs twice or reversed."""
    vectors = random_vectors(words, dimension, seed, dtype)
    rng = np.random.default_rng(seed)
    names = [*vectors.words, "unknown"]
    drawn = [rng.choice(names, 2, replace=False).tolist() for _ in range(count)]
    pairs = [(a, b, float(rng.integers(4))) for a, b in drawn]
    pairs += [(*drawn[0], 9.0), (*reversed(drawn[1]), 8.0)]
    known = [pair for pair in pairs if pair[0] in vectors and pair[1] in vectors]
    scores = [score for *_, score in known]
    # Rounded, so that rounding errors of the oracle part no equal cosines.
    digits = 9 if dtype == np.float64 else 5
    cosines = [round(cosine(vectors[a], vectors[b]), digits) for a, b, _ in known]
    if len(set(scores)) < 2 or len(set(cosines)) < 2:
        with pytest.raises(ValueError, match=r"undefined|nothing"):
            similarity(vectors, pairs)
        return
    found = similarity(vectors, pairs)
    assert (found.pairs, found.total, found.interval) == (len(known), count + 2, None)
    assert type(found.correlation) is float
    assert type(found.pairs) is int
    assert found.correlation == pytest.approx(spearman(scores, cosines), abs=1e-12)


def test_ties_share_their_average_rank():
    pairs = [
        ("east", "northeast", 5),  # cosine 0.7
        ("east", "north", 5),  # 0
        ("east", "south", 2),  # 0
        ("north", "west", 2),  # 0
        ("east", "west", 2),  # -1
        ("north", "south", 1),  # -1
    ]
    # Ranks 5.5 5.5 3 3 3 1 of the scores and 6 4 4 4 1.5 1.5 of the cosines, less 3.5:
    # 2*2.5 + 2*.5 - .5*.5*2 + .5*2 + 2.5*2 = 11.5, and both sides' squares add up to 15.
    expected = 11.5 / 15
    assert similarity(COMPASS, pairs).correlation == pytest.approx(expected, abs=1e-15)


def test_a_perfect_order_is_exactly_one():
    pairs = [("east", "northeast", 9), ("east", "north", 5), ("east", "west", 0)]
    assert similarity(COMPASS, pairs) == Similarity(1.0, 3, 3, None)
    assert similarity(COMPASS, [(a, b, -c) for a, b, c in pairs]).correlation == -1.0


def test_a_file_and_its_pairs_give_the_same(write):
    path = write("East\tnortheast\t9\neast\tnorth\t5\neast\tzenith\t4\nwest\teast\t1\n")
    assert similarity(COMPASS, path) == similarity(COMPASS, str(path))
    assert similarity(COMPASS, path) == similarity(COMPASS, read_pairs(path))
    assert similarity(COMPASS, path) == similarity(COMPASS, iter(read_pairs(path)))
    assert similarity(COMPASS, path) == Similarity(1.0, 3, 4, None)


def test_the_exact_word_comes_before_its_other_spellings():
    vectors = WordVectors(["us", "US", "we", "USA"], [[1, 0], [0, 1], [1, 0.1], [0.1, 1]])
    pairs = [("US", "USA", 9), ("us", "USA", 1), ("US", "we", 1), ("us", "we", 9)]
    cosines = [vectors.similarity(word, other) for word, other, _ in pairs]
    expected = spearman([9, 1, 1, 9], cosines)
    assert similarity(vectors, pairs).correlation == pytest.approx(expected, abs=1e-15)
    assert expected > 0.8
    # Neither "Us" nor "uS" is there: both take the first of "us" and "US".
    found = similarity(vectors, [("Us", "We", 9), ("uS", "usa", 1), ("us", "US", 0)])
    assert found == Similarity(1.0, 3, 3, None)


@dtypes
def test_vectors_of_any_length_and_zero(dtype):
    scale = np.array([[1e-30], [1e30], [1], [1], [0]])
    vectors = WordVectors(COMPASS.words, (COMPASS.center * scale).astype(dtype))
    pairs = [("east", "northeast", 9), ("east", "south", 5), ("east", "west", 0)]
    with np.errstate(all="raise", under="ignore"):
        assert similarity(vectors, pairs).correlation == 1.0


def test_no_pair_covered_is_said(write):
    path = write("tiger cat 7.35\nlove east 6.77\n", "pairs.tsv")
    with pytest.raises(ValueError, match=r"of the 2 pairs of .*pairs\.tsv, none has a vector"):
        similarity(COMPASS, path)
    with pytest.raises(ValueError, match="of the 0 pairs of `pairs`"):
        similarity(COMPASS, [])


def test_an_undefined_correlation_is_said():
    with pytest.raises(ValueError, match="undefined: the scores of all 2 pairs"):
        similarity(COMPASS, [("east", "north", 5), ("east", "west", 5), ("east", "zoo", 1)])
    with pytest.raises(ValueError, match="undefined: the cosines of the vectors of all 2 pairs"):
        similarity(COMPASS, [("east", "north", 5), ("west", "south", 6)])
    with pytest.raises(ValueError, match="undefined"):
        similarity(COMPASS, [("east", "north", 5)])


@pytest.mark.parametrize(
    "pair", [("a", "b"), ("a", "b", "c"), ("a", "b", None), (1, "b", 2.0), "ab1", ("", "b", 1), 7]
)
def test_a_pair_of_another_form_is_refused(pair):
    with pytest.raises(ValueError, match="`pairs`, pair 2: expected two words and a score"):
        similarity(COMPASS, [("east", "north", 5), pair])


def test_a_path_that_is_a_string_is_no_sequence_of_pairs():
    with pytest.raises(FileNotFoundError):
        similarity(COMPASS, "east")


# --- its interval ------------------------------------------------------------------------------


def noisy_pairs(count, seed=3):
    rng = np.random.default_rng(seed)
    angle = rng.random(count) * math.pi
    words = ["origin", *(f"w{i}" for i in range(count))]
    center = np.stack([np.cos([0, *angle]), np.sin([0, *angle])], axis=1)
    scores = np.round(-angle + rng.normal(size=count), 1)
    return WordVectors(words, center), [
        ("origin", f"w{i}", float(score)) for i, score in enumerate(scores)
    ]


def test_the_interval_is_that_of_a_bootstrap_by_hand():
    vectors, pairs = noisy_pairs(40)
    scores = np.array([score for *_, score in pairs])
    cosines = np.array([vectors.similarity(a, b) for a, b, _ in pairs])
    by_hand = [
        spearman(scores[drawn].tolist(), cosines[drawn].tolist())
        for drawn in np.random.default_rng(4).integers(40, size=(500, 40))
    ]
    found = similarity(vectors, pairs, resamples=500, seed=4)
    assert found.interval == pytest.approx(np.percentile(by_hand, [2.5, 97.5]), abs=1e-12)
    assert found[:3] == similarity(vectors, pairs)[:3]
    assert found.interval[0] < found.correlation < found.interval[1]
    assert all(type(end) is float for end in found.interval)


def test_one_seed_one_interval_whatever_the_blocks(monkeypatch):
    vectors, pairs = noisy_pairs(30)
    found = similarity(vectors, pairs, resamples=50)
    assert found == similarity(vectors, pairs, resamples=50, seed=0)
    assert found != similarity(vectors, pairs, resamples=50, seed=1)
    monkeypatch.setattr(evaluate, "RESAMPLED_PAIRS", 100)
    assert found == similarity(vectors, pairs, resamples=50)


def test_resamples_without_a_correlation_are_left_out():
    pairs = [("east", "northeast", 9), ("east", "west", 5)]
    assert similarity(COMPASS, pairs, resamples=100).interval == (1.0, 1.0)
    # Of two pairs, every other resample holds one of them twice.
    seed = next(s for s in range(20) if len({*np.random.default_rng(s).integers(2, size=2)}) == 1)
    with pytest.raises(ValueError, match="too few pairs"):
        similarity(COMPASS, pairs, resamples=1, seed=seed)


def test_as_many_resamples_as_are_allowed_can_be_taken(monkeypatch):
    monkeypatch.setattr("w2v.evaluate.MOST_RESAMPLES", 20)
    pairs = [("east", "northeast", 9), ("east", "west", 5)]
    assert similarity(COMPASS, pairs, resamples=20).interval == (1.0, 1.0)
    with pytest.raises(ValueError, match="from 0 to 20, but it is 21"):
        similarity(COMPASS, pairs, resamples=21)


def test_resamples_must_be_a_number():
    pairs = [("east", "northeast", 9), ("east", "west", 5)]
    with pytest.raises(ValueError, match="`resamples`"):
        similarity(COMPASS, pairs, resamples=-1)
    with pytest.raises(ValueError, match="`resamples` must be from 0 to 1,000,000, but it is 1"):
        similarity(COMPASS, pairs, resamples=10**12)
    with pytest.raises(ValueError, match="1000001"):
        similarity(COMPASS, pairs, resamples=1_000_001)
    with pytest.raises(TypeError):
        similarity(COMPASS, pairs, resamples=10.5)


# --- analogies ---------------------------------------------------------------------------------


@dtypes
@pytest.mark.parametrize("method", ["add", "multiply"])
@reproducible
@given(
    words=st.integers(1, 12),
    dimension=st.integers(2, 5),
    restrict=st.one_of(st.none(), st.integers(1, 14)),
    block=st.integers(1, 60),
    seed=seeds,
)
def test_analogies_are_those_of_brute_force(dtype, method, words, dimension, restrict, block, seed):
    """Words in several spellings, unknown words, the expected word among those given."""
    rng = np.random.default_rng(seed)
    names = [f"w{i}" for i in range(words)] + [f"W{i}" for i in range(0, words, 2)]
    names = [names[i] for i in rng.permutation(len(names))]
    center = rng.normal(size=(len(names), dimension)).astype(dtype)
    vectors = WordVectors(names, center)
    asked = [*names, "W1", "w2", "unknown"]
    questions = {
        section: [tuple(asked[i] for i in row) for row in rng.integers(len(asked), size=(8, 4))]
        for section in ("one", "two")
    }
    expected = {
        section: right_answers(vectors, content, restrict, method)
        for section, content in questions.items()
    }
    total = np.sum(list(expected.values()), axis=0).tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluate, "ANALOGY_SCORES", block)
        if total[1] == 0:
            with pytest.raises(ValueError, match="nothing to ask"):
                analogies(vectors, questions, restrict, method)
            return
        found = analogies(vectors, questions, restrict, method)
    assert found.sections == expected
    assert [found.correct, found.asked, found.total] == [*total, 16]
    assert found.accuracy == total[0] / total[1]


@reproducible
@given(words=st.integers(4, 12), dimension=st.integers(2, 5), seed=seeds)
def test_the_answer_is_that_of_the_analogy_method(words, dimension, seed):
    rng = np.random.default_rng(seed)
    vectors = WordVectors([f"w{i}" for i in range(words)], rng.normal(size=(words, dimension)))
    for _ in range(5):
        given_words = [vectors.words[i] for i in rng.choice(words, 3, replace=False)]
        answer = vectors.analogy(*given_words)[0][0]
        assert analogies(vectors, {"": [(*given_words, answer)]}).correct == 1


def test_counts_and_sections(write):
    text = (
        ": family\nMan Woman King Queen\nman king woman queen\nman woman king boy\n"
        ": capitals\nAthens Greece Baghdad Iraq\n: none\n"
    )
    found = analogies(ROYALS, write(text))
    assert found == (2 / 3, 2, 3, 4, {"family": (2, 3), "capitals": (0, 0), "none": (0, 0)})
    assert all(type(number) is int for number in found[1:4])
    assert found == analogies(ROYALS, read_analogies(write(text)))


def test_restrict_leaves_out_answers_and_questions():
    """Without "queen", "boy" would be an answer; gensim does not ask."""
    questions = {"family": [FAMILY, ("man", "woman", "woman", "king")]}
    assert analogies(ROYALS, questions).asked == 2
    assert analogies(ROYALS, questions, restrict=3)[2:4] == (1, 2)
    assert analogies(ROYALS, questions, restrict=None) == analogies(ROYALS, questions, 5)
    with pytest.raises(ValueError, match="none has its four words among the first 2 words"):
        analogies(ROYALS, questions, restrict=2)


def test_no_spelling_of_the_three_words_is_an_answer():
    words = ["man", "woman", "king", "queen", "KING", "Woman", "Queen"]
    center = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 2], [1, 1, 1], [1, 1, 1], [1, 1, 9]])
    assert analogies(WordVectors(words, center), {"": [FAMILY]}).correct == 1
    # "Queen" is as good an answer as "queen".
    center[[3, 6]] = center[[6, 3]]
    assert analogies(WordVectors(words, center), {"": [FAMILY]}).correct == 1


def test_no_answer_is_no_right_answer():
    vectors = WordVectors(["a", "b", "c"], np.eye(3))
    assert analogies(vectors, {"": [("a", "b", "c", "a"), ("a", "b", "c", "c")]}).correct == 0


@dtypes
def test_zero_vectors_are_no_trouble(dtype):
    center = np.zeros((5, 3), dtype)
    with np.errstate(all="raise"):
        # All are as near as each other: the first word that is left answers.
        vectors = WordVectors(ROYALS.words, center)
        assert analogies(vectors, {"": [FAMILY]})[:3] == (1.0, 1, 1)


def test_no_question_covered_is_said(write):
    path = write(": capitals\nAthens Greece Baghdad Iraq\nman woman king Iraq\n", "q.txt")
    with pytest.raises(ValueError, match=r"of the 2 questions of .*q\.txt, none"):
        analogies(ROYALS, path)


@pytest.mark.parametrize("restrict", [0, -1])
def test_restrict_below_one_is_refused(restrict):
    with pytest.raises(ValueError, match="`restrict` must be at least 1"):
        analogies(ROYALS, {"": [FAMILY]}, restrict)


@pytest.mark.parametrize("method", ["mul", "", None, "Add"])
def test_another_method_is_refused(method):
    with pytest.raises(ValueError, match='`method` must be "add" or "multiply", but it is'):
        analogies(ROYALS, {"": [FAMILY]}, method=method)


def test_the_two_methods_may_disagree():
    """Against a with a cosine near -1: that decides the product, and not the sum."""
    vectors = WordVectors(
        ["a", "b", "c", "between", "against"],
        [[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 1, 0], [0.1, 0.2, -1]],
    )

    def cosines(word):
        return [vectors.similarity(word, other) for other in "abc"]

    def product(a, b, c):
        return (1 + b) * (1 + c) / (1 + a + 2e-6)

    added = {word: b - a + c for word in vectors.words[3:] for a, b, c in [cosines(word)]}
    multiplied = {word: product(*cosines(word)) for word in vectors.words[3:]}
    best_sum, best_product = (max(scores, key=scores.get) for scores in (added, multiplied))
    for word in vectors.words[3:]:
        question = {"": [("a", "b", "c", word)]}
        assert analogies(vectors, question).correct == (word == best_sum)
        assert analogies(vectors, question, method="multiply").correct == (word == best_product)
    assert (best_sum, best_product) == ("between", "against")


@pytest.mark.parametrize("questions", [[FAMILY], None, 3])
def test_questions_must_have_sections(questions):
    with pytest.raises(TypeError, match="`questions` must be a path, or questions by section"):
        analogies(ROYALS, questions)


# --- gensim ------------------------------------------------------------------------------------


def gensim_vectors(vectors, multiplying=False):
    """The same words and numbers, for gensim to judge."""
    models = pytest.importorskip("gensim.models.keyedvectors")

    class Multiplying(models.KeyedVectors):
        """Its evaluation calls `most_similar`, whatever `similarity_function` says."""

        def most_similar(self, *args, **options):
            return self.most_similar_cosmul(*args, **options)

    kind = Multiplying if multiplying else models.KeyedVectors
    keyed = kind(vectors.center.shape[1], dtype=vectors.center.dtype)
    keyed.add_vectors(vectors.words, vectors.center)
    return keyed


def words_in_any_letters(rng, words):
    change = [str.lower, str.upper, str.title, str.swapcase]
    return [change[rng.integers(4)](word) for word in words]


@dtypes
@pytest.mark.parametrize("seed", range(4))
def test_similarity_is_that_of_gensim(write, dtype, seed):
    rng = np.random.default_rng(seed)
    words = words_in_any_letters(rng, [f"word{i}" for i in range(40)])
    vectors = WordVectors(words, rng.normal(size=(40, 7)).astype(dtype))
    asked = words_in_any_letters(rng, [*words, "unknown", "stranger"])
    lines = ["# a comment", "Word 1\tWord 2\tHuman (mean)"]
    # Each pair once: in float64, gensim's cosine of a pair and of its reverse may differ in
    # the last bit, so that they do not tie.
    pairs = [(a, b) for i, a in enumerate(asked) for b in asked[:i]]
    for place in rng.choice(len(pairs), 120, replace=False):
        lines.append("\t".join([*pairs[place], str(rng.integers(40) / 4)]))
    path = write("\n".join(lines) + "\n")
    _, spearman, unknown = gensim_vectors(vectors).evaluate_word_pairs(str(path))
    found = similarity(vectors, path)
    assert found.correlation == pytest.approx(spearman[0], abs=1e-12)
    assert 100 * (1 - found.pairs / found.total) == pytest.approx(unknown, abs=1e-9)
    assert 0 < found.pairs < found.total == 120


@pytest.mark.filterwarnings("ignore:Call to deprecated:DeprecationWarning")
@dtypes
@pytest.mark.parametrize("method", ["add", "multiply"])
@pytest.mark.parametrize("restrict", [30, 45, 300_000])
@pytest.mark.parametrize("seed", range(2))
def test_analogies_are_those_of_gensim(write, dtype, method, restrict, seed):
    """Several spellings of some words, unknown words, and words that repeat."""
    rng = np.random.default_rng(seed)
    words = words_in_any_letters(rng, [f"word{i}" for i in range(50)])
    words += [word.swapcase() for word in words[:10]]
    words = [words[i] for i in rng.permutation(60)]
    center = rng.normal(size=(60, 4)).astype(dtype)
    vectors = WordVectors(words, center)
    asked = [*words, "unknown"]
    lines = []
    for section in ("capitals", "family of words", "none"):
        lines.append(f": {section}")
        for _ in range(150 if section != "none" else 0):
            a, b, c = (asked[i] for i in rng.choice(61, 3, replace=False))
            expected = asked[rng.integers(61)]
            if "unknown" not in (a, b, c) and rng.random() < 0.7:  # a right answer, often
                target = np.array([vectors[b] - vectors[a] + vectors[c]])
                expected = words[int((target @ center.T).argsort()[0, -rng.integers(1, 6)])]
            lines.append(" ".join(words_in_any_letters(rng, [a, b, c, expected])))
    path = write("\n".join(lines) + "\n")
    if method == "add":
        judge = gensim_vectors(vectors)
    else:  # which looks at all words, whatever `restrict_vocab` says
        judge = gensim_vectors(WordVectors(words[:restrict], center[:restrict]), multiplying=True)
    score, sections = judge.evaluate_word_analogies(str(path), restrict_vocab=restrict)
    found = analogies(vectors, path, restrict, method)
    expected = {
        section["section"]: (
            len(section["correct"]),
            len(section["correct"]) + len(section["incorrect"]),
        )
        for section in sections
    }
    assert expected.pop("Total accuracy") == (found.correct, found.asked)
    assert found.sections == expected
    assert found.accuracy == score
    assert 0 < found.correct < found.asked < found.total == 300


# --- held_out_loss -----------------------------------------------------------------------------


@dtypes
@reproducible
@given(
    words=st.integers(1, 9),
    dimension=st.integers(1, 5),
    window=st.integers(1, 7),
    negatives=st.integers(1, 6),
    power=st.sampled_from([0.75, 0, 1, 0.3]),
    scale=st.sampled_from([0.01, 1.0, 10.0]),
    blocks=st.tuples(*[st.integers(1, 9)] * 3),
    seed=seeds,
)
def test_the_loss_is_that_of_every_pair(
    dtype, words, dimension, window, negatives, power, scale, blocks, seed
):
    vectors = random_vectors(words, dimension, seed, dtype, scale)
    corpus = random_corpus(vectors, seed)
    expected = loss_pair_by_pair(vectors, corpus, window, negatives, power)
    with pytest.MonkeyPatch.context() as patch:
        for name, size in zip(
            ("LOSS_CENTERS", "LOSS_NOISE_WORDS", "LOSS_PAIRS"), blocks, strict=True
        ):
            patch.setattr(evaluate, name, size)
        found = held_out_loss(vectors, corpus, window, negatives, power)
    assert type(found) is float
    tolerance = 1e-12 if dtype == np.float64 else 2e-5
    assert found == pytest.approx(expected, rel=tolerance)


@dtypes
def test_the_loss_of_more_words_than_a_block_holds(dtype):
    vectors = random_vectors(70, 3, 5, dtype)
    rng = np.random.default_rng(0)
    corpus = [[vectors.words[i] for i in rng.integers(70, size=90)] for _ in range(2)]
    tolerance = 1e-12 if dtype == np.float64 else 1e-5
    expected = loss_pair_by_pair(vectors, corpus, 5, 5)
    assert held_out_loss(vectors, corpus) == pytest.approx(expected, rel=tolerance)


@dtypes
@pytest.mark.parametrize("sign", [1, -1])
def test_scores_of_800(dtype, sign):
    vectors = WordVectors(
        ["a", "b"],
        np.array([[40], [-40]], dtype),
        np.array([[20 * sign], [20 * sign]], dtype),
        counts=[3, 3],
    )
    with np.errstate(all="raise"):
        loss = held_out_loss(vectors, [["a", "b", "a"]], window=1, negatives=2)
    # Of the four pairs two have scores of 800, two of -800: 800 lost either way, twice by
    # two negatives at 800 and once by an observed pair at -800.
    assert loss == (2 * 2 * 800 + 2 * 800) / 4


@dtypes
def test_a_perfect_table_loses_nothing(dtype):
    center = np.array([[30, 0], [0, 30], [0, 0]], dtype)
    outside = np.array([[-30, 30], [30, -30], [-30, -30]], dtype)
    vectors = WordVectors(["a", "b", "c"], center, outside, counts=[1, 1, 10**18])
    with np.errstate(all="raise", under="ignore"):
        loss = held_out_loss(vectors, [["a", "b"]], noise_power=1)
    # "a" among the negatives of "b", with a probability of 1e-18, loses 900.
    assert loss == pytest.approx(5 * 900e-18, rel=1e-3)


def test_the_loss_of_zero_vectors_is_that_of_coins():
    vectors = WordVectors(["a", "b"], np.zeros((2, 3)), np.zeros((2, 3)), counts=[1, 9])
    loss = held_out_loss(vectors, [["a", "b", "b", "a"]], negatives=7)
    assert loss == pytest.approx(8 * math.log(2), rel=1e-15)


def test_the_loss_is_what_training_samples_from():
    """The average of many epochs of random radii and negatives, of `train`'s own loss."""
    vectors = random_vectors(7, 3, 1)
    corpus = random_corpus(vectors, 1) * 5
    window, negatives = 3, 2
    vocabulary = Vocabulary(dict(zip(vectors.words, vectors.counts.tolist(), strict=True)))
    rows = [vectors.index[word] for word in vocabulary.words]
    center, outside = vectors.center[rows], vectors.outside[rows]
    tokens, documents = vocabulary.encode(corpus)
    noise = vocabulary.noise()
    rng = np.random.default_rng(0)
    loss = pairs = 0
    for _ in range(100):
        for batch in batches(tokens, documents, window, 64, rng):
            draws = rng.choice(len(noise), p=noise, size=(len(batch.center_words), negatives))
            loss += negative_sampling_gradients(center, outside, batch, draws)[0]
            pairs += batch.inside.sum()
    assert held_out_loss(vectors, corpus, window, negatives) == pytest.approx(
        loss / pairs, rel=0.01
    )


def test_a_trained_table_loses_less_on_text_it_has_not_seen():
    rng = np.random.default_rng(0)
    groups = np.array([["a", "b", "c"], ["x", "y", "z"]])
    text = [rng.choice(groups[i % 2], 6).tolist() for i in range(300)]
    made = Settings(dimension=6, epochs=10, subsample=0, min_count=1)
    vectors = train(text[:200], made, progress=False)
    loss = held_out_loss(vectors, text[200:])
    shuffled = WordVectors(
        vectors.words, vectors.center[::-1], np.roll(vectors.outside, 1, 0), vectors.counts
    )
    assert loss < held_out_loss(shuffled, text[200:])
    assert loss == pytest.approx(vectors.history.loss[-1], rel=0.1)


def test_a_file_is_read_as_training_reads_it(write):
    vectors = random_vectors(5, 3, 0)
    letters = WordVectors(list("abcde"), vectors.center, vectors.outside, vectors.counts)
    path = write("A b, c!\n\nd unknown e\na\n")
    documents = [["a", "b", "c"], ["d", "e"]]
    expected = loss_pair_by_pair(letters, documents, 5, 5)
    for corpus in (path, str(path), documents, iter(documents)):
        assert held_out_loss(letters, corpus) == pytest.approx(expected, rel=1e-12)


def test_subsampling_drops_frequent_words_the_same_every_time():
    words = [f"w{i}" for i in range(20)]
    rng = np.random.default_rng(0)
    # The most frequent word stands last: its rate must not be another's.
    counts = [10] * 19 + [10**6]
    vectors = WordVectors(words, *rng.normal(size=(2, 20, 3)), counts)
    corpus = [[words[i] for i in rng.integers(20, size=200)] for _ in range(5)]
    without = [[word for word in document if word != "w19"] for document in corpus]
    threshold = 3e-5  # keeps 0.5 % of w19, and all of the others
    found = held_out_loss(vectors, corpus, subsample=threshold, seed=3)
    assert found == held_out_loss(vectors, corpus, subsample=threshold, seed=3)
    expected = loss_pair_by_pair(vectors, without, 5, 5)
    assert min(
        abs(held_out_loss(vectors, corpus, subsample=threshold, seed=seed) - expected)
        for seed in range(5)
    ) == pytest.approx(0, abs=1e-12)
    other = {held_out_loss(vectors, corpus, subsample=1e-3, seed=seed) for seed in range(3)}
    assert len(other) == 3
    assert held_out_loss(vectors, corpus) not in other


def test_the_arguments_are_left_as_they_were():
    vectors = random_vectors(6, 3, 2)
    for array in (vectors.center, vectors.outside, vectors.counts):
        array.flags.writeable = False
    corpus = random_corpus(vectors, 2)
    assert held_out_loss(vectors, corpus) == held_out_loss(vectors, corpus)


@pytest.mark.parametrize("missing", ["outside", "counts"])
def test_what_the_loss_needs_is_named(missing):
    vectors = random_vectors(4, 2, 0)
    setattr(vectors, missing, None)
    with pytest.raises(ValueError, match=f"needs `{missing}`"):
        held_out_loss(vectors, [["w0", "w1"]])


@pytest.mark.parametrize("count", [0, -3])
def test_a_count_below_one_is_refused(count):
    vectors = WordVectors(["a", "b"], np.ones((2, 2)), np.ones((2, 2)), [1, count])
    with pytest.raises(ValueError, match="`counts` must be at least 1, but that of the word 'b'"):
        held_out_loss(vectors, [["a", "b"]])


@pytest.mark.parametrize(
    "corpus", [[], [[]], [["w0"], ["w1"]], [["unknown", "words"]], [["w0", "unknown"], []]]
)
def test_a_text_without_pairs_is_refused(corpus):
    with pytest.raises(ValueError, match=r"no document of the text has two words with vectors$"):
        held_out_loss(random_vectors(4, 2, 0), corpus)


def test_a_text_that_subsampling_empties_is_refused():
    with pytest.raises(ValueError, match="after subsampling"):
        held_out_loss(random_vectors(4, 2, 0), [["w0", "w1"]], subsample=1e-12)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("window", 0, ValueError),
        ("window", 2.5, TypeError),
        ("negatives", 0, ValueError),
        ("noise_power", math.nan, ValueError),
        ("subsample", -1, ValueError),
        ("seed", -1, ValueError),
        ("seed", None, TypeError),
    ],
)
def test_arguments_out_of_range_are_named(name, value, error):
    with pytest.raises(error, match=f"`{name}`"):
        held_out_loss(random_vectors(4, 2, 0), [["w0", "w1"]], **{name: value})


@dtypes
def test_scores_that_overflow_are_refused(dtype):
    huge = np.full((2, 2), np.finfo(dtype).max / 2)
    vectors = WordVectors(["a", "b"], huge, huge, [1, 1])
    with pytest.raises(ValueError, match=f"overflow {np.dtype(dtype)}"):
        held_out_loss(vectors, [["a", "b"]])


def test_a_document_that_is_a_string_is_refused():
    with pytest.raises(TypeError, match="one is a string"):
        held_out_loss(random_vectors(4, 2, 0), ["w0 w1"])
    with pytest.raises(FileNotFoundError):
        held_out_loss(random_vectors(4, 2, 0), "no_such_file.txt")


def test_evaluation_loads_scipy_only_when_it_needs_it():
    code = (
        "import sys, w2v.evaluate; sys.exit(any(name.startswith('scipy') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
