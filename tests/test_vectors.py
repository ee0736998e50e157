"""Questions against brute force, and files that survive everything or say why not."""

import os
import pickle
import sys
import tempfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v import UnknownWord, WordVectors

reproducible = settings(derandomize=True, deadline=None, max_examples=60)
seeds = st.integers(0, 10**6)


def random_vectors(words, dimension, seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return WordVectors(
        [f"w{number}" for number in range(words)],
        rng.normal(size=(words, dimension)).astype(dtype),
    )


def cosine(a, b):
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


COMPASS = WordVectors(
    ["east", "northeast", "north", "west", "far east"],
    [[1, 0], [1, 1], [0, 1], [-2, 0], [7, 0]],
)


# --- neighbors and similarity ------------------------------------------------------------------


@reproducible
@given(words=st.integers(1, 12), dimension=st.integers(1, 5), count=st.integers(1, 14), seed=seeds)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_neighbors_are_those_of_brute_force(dtype, words, dimension, count, seed):
    vectors = random_vectors(words, dimension, seed, dtype)
    tolerance = 1e-12 if dtype == np.float64 else 1e-5
    for word in vectors.words:
        found = vectors.neighbors(word, count)
        exact = {
            other: cosine(vectors[word], vectors[other]) for other in vectors.words if other != word
        }
        assert len(found) == min(count, words - 1)
        assert len({other for other, _ in found}) == len(found)
        for (other, value), best in zip(found, sorted(exact.values(), reverse=True), strict=False):
            assert type(value) is float
            assert value == pytest.approx(exact[other], abs=tolerance)
            assert value == pytest.approx(best, abs=tolerance)


def test_neighbors_of_east():
    found = COMPASS.neighbors("east")
    assert [word for word, _ in found] == ["far east", "northeast", "north", "west"]
    assert [value for _, value in found] == pytest.approx([1, 0.5**0.5, 0, -1])


def test_a_word_is_no_neighbour_of_itself_even_if_others_point_the_same_way():
    vectors = WordVectors(["a", "b", "c"], [[1, 0]] * 3)
    assert [word for word, _ in vectors.neighbors("b", 3)] == ["a", "c"]


def test_equal_cosines_stand_in_the_order_of_the_words():
    vectors = WordVectors(["q", "z", "a", "m"], [[1, 0], [0, 1], [0, 2], [0, 3]])
    assert [word for word, _ in vectors.neighbors("q")] == ["z", "a", "m"]


def test_ten_neighbours_unless_told():
    assert len(random_vectors(20, 3, 0).neighbors("w0")) == 10


def test_a_lonely_word_has_no_neighbours():
    assert WordVectors(["only"], [[1.0]]).neighbors("only", 5) == []


@reproducible
@given(words=st.integers(1, 30), count=st.integers(1, 32), seed=seeds)
@pytest.mark.parametrize("ask", ["neighbors", "add", "multiply"])
def test_of_equal_scores_the_first_words_are_the_ones_that_are_given(ask, words, count, seed):
    """Among directions along the axes, nearly all are equally near."""
    rng = np.random.default_rng(seed)
    axes = np.vstack([np.eye(3), -np.eye(3)])[rng.integers(6, size=words)]
    vectors = WordVectors([f"w{number}" for number in range(words)], axes)
    if ask == "neighbors":
        found, asked = vectors.neighbors("w0", count), {0}
        scores = axes @ axes[0]
    else:
        found, asked = vectors.analogy("w0", "w0", "w0", count, ask), {0}
        cosine = axes @ axes[0]
        scores = cosine if ask == "add" else (1 + cosine) ** 2 / 4 / ((1 + cosine) / 2 + 1e-6)
    expected = sorted(set(range(words)) - asked, key=lambda row: (-scores[row], row))[:count]
    assert [word for word, _ in found] == [f"w{row}" for row in expected]
    assert [value for _, value in found] == pytest.approx([scores[row] for row in expected])


@pytest.mark.parametrize("room", [1, 100, 2**24])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_several_words_have_the_neighbours_that_each_has_alone(monkeypatch, dtype, room):
    monkeypatch.setattr("w2v.vectors._ROOM", room)
    vectors = random_vectors(40, 6, 0, dtype)
    asked = ["w7", "w3", "w39", "w7"]
    found = vectors.neighbors(asked, 5)
    assert len(found) == 4
    for word, several in zip(asked, found, strict=True):
        alone = vectors.neighbors(word, 5)
        assert [other for other, _ in several] == [other for other, _ in alone]
        assert [value for _, value in several] == pytest.approx([value for _, value in alone])
    assert vectors.neighbors(tuple(asked), 5) == vectors.neighbors(iter(asked), 5) == found
    assert vectors.neighbors([]) == []
    assert [len(near) for near in vectors.neighbors(["w1", "w2"])] == [10, 10]


def test_one_word_in_a_list_is_answered_with_a_list_of_lists():
    assert COMPASS.neighbors(["east"], 1) == [COMPASS.neighbors("east", 1)]


def test_half_precision_is_compared_in_single_precision():
    vectors = random_vectors(50, 20, 0, np.float16)
    wide = WordVectors(vectors.words, vectors.center.astype(np.float64))
    assert vectors.unit.dtype == np.float32
    assert vectors.neighbors("w0", 49) == [
        (word, pytest.approx(value, abs=1e-6)) for word, value in wide.neighbors("w0", 49)
    ]


@reproducible
@given(words=st.integers(2, 8), dimension=st.integers(1, 5), seed=seeds)
def test_similarity_is_the_cosine_and_symmetric(words, dimension, seed):
    vectors = random_vectors(words, dimension, seed)
    for first in vectors.words:
        for second in vectors.words:
            value = vectors.similarity(first, second)
            assert type(value) is float
            assert value == pytest.approx(cosine(vectors[first], vectors[second]), abs=1e-14)
            assert value == pytest.approx(vectors.similarity(second, first), abs=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_similarity_does_not_leave_the_range_of_a_cosine(dtype):
    """math.acos of 1.0000000000000002 is an error."""
    vectors = random_vectors(200, 10, 0, dtype)
    assert max(vectors.similarity(word, word) for word in vectors.words) <= 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_answer_leaves_the_range_of_its_score(dtype):
    direction = np.random.default_rng(0).normal(size=10)
    lengths = np.linspace(1, 7, 200) * np.where(np.arange(200) % 2, 1, -1)
    vectors = WordVectors(
        [f"w{number}" for number in range(200)], np.outer(lengths, direction).astype(dtype)
    )
    several = [pair for near in vectors.neighbors(vectors.words, 199) for pair in near]
    for answers in (several, vectors.neighbors("w0", 199), vectors.analogy("w2", "w4", "w6", 199)):
        assert {round(cosine, 3) for _, cosine in answers} == {1, -1}
        assert max(abs(cosine) for _, cosine in answers) <= 1
    assert min(x for _, x in vectors.analogy("w0", "w2", "w1", 199, "multiply")) >= 0


@pytest.mark.parametrize(
    ("dtype", "scale"),
    [(np.float32, 1e25), (np.float32, 1e-25), (np.float64, 1e200), (np.float64, 1e-200)],
)
def test_the_length_of_the_vectors_does_not_matter(dtype, scale):
    """Squares of these lengths overflow, or vanish."""
    center = np.array([[1, 0], [1, 1], [0, 1]], dtype) * dtype(scale)
    vectors = WordVectors(["east", "northeast", "north"], center)
    assert vectors.neighbors("east", 1)[0] == ("northeast", pytest.approx(0.5**0.5))
    assert vectors.similarity("east", "east") == pytest.approx(1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_zero_vectors_make_no_nan(dtype):
    vectors = WordVectors(["zero", "one", "nil"], np.array([[0, 0], [1, 2], [0, 0]], dtype))
    assert vectors.neighbors("zero") == [("one", 0), ("nil", 0)]
    assert vectors.neighbors("one") == [("zero", 0), ("nil", 0)]
    assert vectors.similarity("zero", "zero") == 0
    assert vectors.analogy("zero", "nil", "zero") == [("one", 0)]
    assert vectors.rank("zero", "nil") >= 1


@pytest.mark.parametrize("count", [0, -1])
def test_a_count_below_one_is_refused(count):
    with pytest.raises(ValueError, match="count"):
        COMPASS.neighbors("east", count)
    with pytest.raises(ValueError, match="count"):
        COMPASS.analogy("east", "north", "west", count)
    with pytest.raises(ValueError, match="count"):
        COMPASS.analogy("east", "north", "west", count, method="multiply")
    with pytest.raises(ValueError, match="count"):
        COMPASS.neighbors(["east"], count)


# --- rank --------------------------------------------------------------------------------------


@reproducible
@given(words=st.integers(2, 12), dimension=st.integers(2, 5), seed=seeds)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rank_is_the_place_among_the_neighbours(dtype, words, dimension, seed):
    vectors = random_vectors(words, dimension, seed, dtype)
    for word in vectors.words:
        for place, (other, _) in enumerate(vectors.neighbors(word, words), 1):
            assert vectors.rank(word, other) == place


def test_a_word_has_no_rank_among_its_own_neighbours():
    with pytest.raises(ValueError, match="east"):
        COMPASS.rank("east", "east")


# --- analogy -----------------------------------------------------------------------------------


@reproducible
@given(words=st.integers(3, 12), dimension=st.integers(1, 5), count=st.integers(1, 14), seed=seeds)
def test_analogies_are_those_of_brute_force(words, dimension, count, seed):
    vectors = random_vectors(words, dimension, seed)
    asked = np.random.default_rng(seed).integers(words, size=3)  # may be the same word twice
    first, second, third = (f"w{number}" for number in asked)
    unit = {word: vectors[word] / np.sqrt(vectors[word] @ vectors[word]) for word in vectors.words}
    target = unit[second] - unit[first] + unit[third]
    others = [word for word in vectors.words if word not in (first, second, third)]
    if np.abs(target).max() < 1e-8:
        return  # opposite directions: no direction is left
    exact = {word: cosine(target, unit[word]) for word in others}
    found = vectors.analogy(first, second, third, count)
    assert len(found) == min(count, len(others))
    assert not {word for word, _ in found} & {first, second, third}
    for (word, value), best in zip(found, sorted(exact.values(), reverse=True), strict=False):
        assert value == pytest.approx(exact[word], abs=1e-10)
        assert value == pytest.approx(best, abs=1e-10)


def test_a_man_is_to_a_woman_as_a_king_is_to_a_queen():
    """In vectors of unequal lengths, which must not count."""
    vectors = WordVectors(
        ["man", "woman", "king", "queen", "apple"],
        [[9, 0, 0], [1, 1, 0], [2, 0, 2], [1, 1, 1], [-1, 5, -1]],
    )
    (answer, value), *others = vectors.analogy("man", "woman", "king", 5)
    assert (answer, len(others)) == ("queen", 1)
    expected = np.array([1, 1, 0]) / 2**0.5 - [1, 0, 0] + np.array([1, 0, 1]) / 2**0.5
    assert value == pytest.approx(cosine(expected, [1, 1, 1]))


@reproducible
@given(words=st.integers(3, 12), dimension=st.integers(1, 5), count=st.integers(1, 14), seed=seeds)
def test_analogies_by_multiplication_are_those_of_brute_force(words, dimension, count, seed):
    """Equation (4) of Levy and Goldberg, each cosine shifted to the range from 0 to 1."""
    vectors = random_vectors(words, dimension, seed)
    asked = np.random.default_rng(seed).integers(words, size=3)
    a, b, c = (f"w{number}" for number in asked)

    def near(word, other):
        return (1 + min(1, max(-1, cosine(vectors[word], vectors[other])))) / 2

    others = [word for word in vectors.words if word not in (a, b, c)]
    exact = {x: near(x, b) * near(x, c) / (near(x, a) + 1e-6) for x in others}
    found = vectors.analogy(a, b, c, count, method="multiply")
    assert len(found) == min(count, len(others))
    for (word, value), best in zip(found, sorted(exact.values(), reverse=True), strict=False):
        assert type(value) is float
        assert value == pytest.approx(exact[word], rel=1e-7, abs=1e-10)
        assert value == pytest.approx(best, rel=1e-7, abs=1e-10)


def test_the_methods_disagree_where_one_cosine_outweighs_the_others():
    """Of cosines with c, b and a, .9 + 0 - .2 is more than .3 + .3 - .1, but not as product."""
    unit = np.eye(3)
    answers = np.array([[0.2, 0.0, 0.9], [-0.5, 0.3, 0.3]])
    rest = np.sqrt(1 - (answers**2).sum(axis=1))
    center = np.zeros((5, 5))
    center[:3, :3], center[3:, :3] = unit, answers
    center[3, 3], center[4, 4] = rest
    vectors = WordVectors(["a", "b", "c", "sum", "product"], center)
    assert vectors.analogy("a", "b", "c")[0] == vectors.analogy("a", "b", "c", method="add")[0]
    expected = {"sum": 1.0 * 1.9 / 2 / 1.2, "product": 1.3 * 1.3 / 2 / 0.5}
    found = dict(vectors.analogy("a", "b", "c", 2, method="multiply"))
    assert found == {word: pytest.approx(value, rel=1e-5) for word, value in expected.items()}


@pytest.mark.parametrize("method", ["multiplied", None, "ADD"])
def test_an_unknown_method_is_refused(method):
    with pytest.raises(ValueError, match='`method` must be "add" or "multiply"'):
        COMPASS.analogy("east", "north", "west", method=method)


# --- the odd one out ---------------------------------------------------------------------------


def test_up_is_no_direction_of_the_compass():
    vectors = WordVectors(
        ["north", "northeast", "east", "up", "nil"],
        [[0, 9, 0], [1, 1, 0], [5, 0, 0], [0, 0, 2], [0, 0, 0]],
    )
    for words in (["up", "north", "northeast"], ["north", "east", "northeast", "up"]):
        assert vectors.odd_one_out(words) == "up"
    assert vectors.odd_one_out(iter(["north", "northeast", "nil"])) == "nil"


def test_length_does_not_make_a_word_the_odd_one():
    """The mean of the vectors themselves would be almost that of the long one."""
    vectors = WordVectors(["a", "b", "c"], [[1, 0.1], [1, 0], [0, 1000]])
    assert vectors.odd_one_out(["a", "b", "c"]) == "c"


def test_of_equally_odd_words_the_first_is_given():
    vectors = WordVectors(["a", "b", "c", "d"], np.repeat(np.eye(2), 2, axis=0))
    assert vectors.odd_one_out(["c", "a", "d", "b"]) == "c"
    assert vectors.odd_one_out(["b", "c", "a", "d"]) == "b"


@pytest.mark.parametrize("words", [[], ["east"], ["east", "north"], ["east", "north", "east"]])
def test_fewer_than_three_words_have_no_odd_one(words):
    with pytest.raises(ValueError, match="three different words"):
        COMPASS.odd_one_out(words)


def test_letters_of_a_word_are_not_words():
    with pytest.raises(TypeError, match="'east'"):
        COMPASS.odd_one_out("east")


# --- gensim as witness -------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Call to deprecated `init_sims`:DeprecationWarning")
@pytest.mark.parametrize("seed", range(5))
def test_gensim_gives_the_same_answers(seed):
    pytest.importorskip("gensim")
    vectors = random_vectors(300, 12, seed, np.float32)
    keyed = vectors.to_gensim()
    rng = np.random.default_rng(seed)
    for _ in range(10):
        a, b, c, *more = (f"w{row}" for row in rng.choice(300, 3 + rng.integers(3), replace=False))
        pairs = [
            (vectors.neighbors(a, 20), keyed.most_similar(a, topn=20)),
            (vectors.analogy(a, b, c, 20), keyed.most_similar([b, c], [a], topn=20)),
            (
                vectors.analogy(a, b, c, 20, method="multiply"),
                keyed.most_similar_cosmul([b, c], [a], topn=20),
            ),
        ]
        for ours, theirs in pairs:
            assert [word for word, _ in ours] == [word for word, _ in theirs]
            assert [value for _, value in ours] == pytest.approx([v for _, v in theirs], rel=1e-5)
        assert vectors.similarity(a, b) == pytest.approx(float(keyed.similarity(a, b)), abs=1e-6)
        assert vectors.odd_one_out([a, b, c, *more]) == keyed.doesnt_match([a, b, c, *more])


# --- other tables ------------------------------------------------------------------------------


def both_tables():
    rng = np.random.default_rng(0)
    tables = rng.normal(size=(2, 6, 3))
    return WordVectors("abcdef", *tables, counts=range(6, 0, -1), history="falling")


@pytest.mark.parametrize("table", ["outside", "sum"])
def test_questions_can_be_asked_of_another_table(table):
    vectors = both_tables()
    chosen = vectors.outside if table == "outside" else vectors.center + vectors.outside
    found = vectors.using(table)
    expected = WordVectors("abcdef", chosen)
    assert (found.center == chosen).all()
    assert found.outside is None
    assert found.neighbors("b") == expected.neighbors("b") != vectors.neighbors("b")
    assert found.analogy("a", "b", "c") == expected.analogy("a", "b", "c")
    assert found.counts.tolist() == vectors.counts.tolist()
    assert found.history == "falling"


def test_the_centre_vectors_are_those_that_are_asked_anyway():
    vectors = both_tables()
    assert vectors.using("center") is vectors
    assert COMPASS.using("center") is COMPASS


@pytest.mark.parametrize("table", ["outside", "sum"])
def test_vectors_that_are_not_there_cannot_be_asked(table):
    with pytest.raises(ValueError, match=rf"no outside vectors for '{table}'.*\.npz"):
        COMPASS.using(table)


@pytest.mark.parametrize("table", ["centre", "", None])
def test_an_unknown_table_is_refused(table):
    with pytest.raises(ValueError, match='`table` must be "center", "outside" or "sum"'):
        both_tables().using(table)


def test_a_sum_that_leaves_the_range_is_refused():
    vectors = WordVectors(["a"], np.array([[3e38]], np.float32), np.array([[3e38]], np.float32))
    with pytest.raises(ValueError, match="'a' is not finite"):
        vectors.using("sum")


# --- unknown words -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda v, word: v[word],
        lambda v, word: v.neighbors(word),
        lambda v, word: v.neighbors(["east", word]),
        lambda v, word: v.odd_one_out(["east", "north", word]),
        lambda v, word: v.analogy("east", "north", word, method="multiply"),
        lambda v, word: v.similarity("east", word),
        lambda v, word: v.similarity(word, "east"),
        lambda v, word: v.rank("east", word),
        lambda v, word: v.rank(word, "east"),
        lambda v, word: v.analogy("east", word, "north"),
        lambda v, word: v.analogy("east", "north", word),
    ],
)
def test_an_unknown_word_is_an_error_with_the_words_that_are_near(ask):
    with pytest.raises(UnknownWord) as caught:
        ask(COMPASS, "nort")
    assert isinstance(caught.value, KeyError)
    message = str(caught.value)
    assert message.startswith("the word 'nort'")  # not in the quotes of KeyError
    assert "'north'" in message
    assert "'west'" not in message


def test_an_unknown_word_that_is_near_to_none_is_just_named():
    with pytest.raises(UnknownWord, match="'zzzzz'"):
        COMPASS["zzzzz"]


def test_the_word_in_other_letters_is_the_hint_however_far_it_is():
    words = ["kings", "King", "kin", "straße", "king"]
    vectors = WordVectors(words, np.eye(5))
    with pytest.raises(UnknownWord) as caught:
        vectors["KING"]
    assert str(caught.value) == "the word 'KING' has no vector; near it are 'King', 'king'"
    with pytest.raises(UnknownWord, match=r"near it are 'straße'$"):
        vectors["STRASSE"]
    many = WordVectors([*(f"w{number}" for number in range(60_000)), "zoo"], np.ones((60_001, 1)))
    with pytest.raises(UnknownWord, match=r"near it are 'zoo'$"):
        many["ZOO"]


def test_of_many_spellings_three_are_named():
    vectors = WordVectors(["aaa", "aaA", "aAa", "Aaa"], np.eye(4))
    with pytest.raises(UnknownWord, match=r"near it are 'aaa', 'aaA', 'aAa'$"):
        vectors["AAA"]


def test_hints_are_sought_among_the_first_words_only(monkeypatch):
    """Comparing with a million words would take seconds."""
    monkeypatch.setattr("w2v.vectors._HINTED", 2)
    with pytest.raises(UnknownWord) as caught:
        COMPASS["west north"]
    assert "'northeast'" not in str(caught.value).replace("'west north'", "")
    with pytest.raises(UnknownWord, match="near it are 'northeast'"):
        COMPASS["northeas"]
    with pytest.raises(UnknownWord) as caught:
        COMPASS["nort"]
    assert "'north'" not in str(caught.value)


def test_words_are_found_by_in_and_len():
    assert "east" in COMPASS
    assert "south" not in COMPASS
    assert len(COMPASS) == 5
    assert COMPASS["west"].tolist() == [-2, 0]
    assert "5 words" in repr(COMPASS)


# --- construction ------------------------------------------------------------------------------

GOOD = {"words": ["a", "b"], "center": [[1.0, 2.0], [3.0, 4.0]]}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"words": ["a", "a"]}, "'a'"),
        ({"words": ["a"]}, "center"),
        ({"center": [1.0, 2.0]}, "center"),
        ({"center": np.empty((2, 0))}, r"center.*\(2, 0\).*entries"),
        ({"center": [[[1.0]], [[2.0]]]}, "center"),
        ({"center": [["x"], ["y"]]}, "center"),
        ({"center": [[1j], [2j]]}, "center"),
        ({"center": [[1.0], [np.nan]]}, "center.*'b'"),
        ({"center": [[np.inf], [1.0]]}, "center.*'a'"),
        ({"outside": [[1.0, 2.0]]}, "outside"),
        ({"outside": [[1.0], [2.0]]}, "outside"),
        ({"outside": [[1.0, 2.0], [-np.inf, 4.0]]}, "outside.*'b'"),
        ({"counts": [1]}, "counts"),
        ({"counts": [1.5, 2.5]}, "counts.*float64"),
        ({"counts": ["1", "2"]}, "counts"),
        ({"counts": [[1, 2]]}, "counts"),
    ],
)
def test_tables_that_do_not_fit_are_refused_by_name(changes, named):
    with pytest.raises(ValueError, match=named):
        WordVectors(**(GOOD | changes))


@pytest.mark.parametrize("word", [7, None, b"a", ("a",)])
def test_words_that_are_no_text_are_refused(word):
    with pytest.raises(TypeError, match="`words` must hold str") as caught:
        WordVectors(["a", word], [[1.0], [2.0]])
    assert repr(word) in str(caught.value)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tables_keep_their_floating_type_and_integers_become_floats(dtype):
    assert WordVectors(["a"], np.ones((1, 2), dtype)).center.dtype == dtype
    assert WordVectors(["a"], [[1, 2]]).center.dtype == np.float64


def test_read_only_tables_are_enough():
    center = np.eye(3)
    center.flags.writeable = False
    vectors = WordVectors("abc", center)
    vectors.neighbors("a")
    vectors.analogy("a", "b", "b")
    assert vectors.center.tolist() == np.eye(3).tolist()


# --- files -------------------------------------------------------------------------------------

ODD_WORDS = ["two words", "new\nline", "tab\t", "größe", "单词", "🙂", "", "a\x00", " ", "\r\n"]


def odd_vectors(dtype=np.float64, outside=True, counts=True):
    rng = np.random.default_rng(0)
    shape = (len(ODD_WORDS), 3)
    return WordVectors(
        ODD_WORDS,
        rng.normal(size=shape).astype(dtype),
        rng.normal(size=shape).astype(dtype) if outside else None,
        rng.integers(10**15, size=len(ODD_WORDS)) if counts else None,
    )


def assert_same(found, expected):
    assert found.words == expected.words
    for name in ("center", "outside", "counts"):
        table, other = getattr(found, name), getattr(expected, name)
        assert (table is None) == (other is None)
        if table is not None:
            assert (table.dtype, table.shape) == (other.dtype, other.shape)
            assert table.tobytes() == other.tobytes()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "vectors.npz"


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("outside", [True, False])
@pytest.mark.parametrize("counts", [True, False])
def test_what_was_saved_is_loaded_to_the_last_bit(path, dtype, outside, counts):
    vectors = odd_vectors(dtype, outside, counts)
    vectors.save(path)
    assert os.listdir(path.parent) == [path.name]
    assert_same(WordVectors.load(path), vectors)


@reproducible
@given(
    words=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=6), unique=True, max_size=6
    ),
    dimension=st.integers(1, 3),
)
def test_words_of_any_characters_survive(tmp_path_factory, words, dimension):
    path = tmp_path_factory.mktemp("vectors") / "vectors.npz"
    vectors = WordVectors(words, np.ones((len(words), dimension)))
    vectors.save(path)
    assert_same(WordVectors.load(path), vectors)


def test_paths_may_be_strings(path):
    odd_vectors().save(str(path))
    assert_same(WordVectors.load(str(path)), odd_vectors())


def test_saving_replaces_an_older_file(path):
    WordVectors(["old"], [[1.0]]).save(path)
    odd_vectors().save(path)
    assert_same(WordVectors.load(path), odd_vectors())
    assert os.listdir(path.parent) == [path.name]


def test_the_history_is_not_saved(path):
    WordVectors(["a"], [[1.0]], history=object()).save(path)
    assert WordVectors.load(path).history is None


def test_the_file_needs_no_pickle(path):
    """Loading a pickle can run anything."""
    odd_vectors().save(path)
    with np.load(path, allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_file_has_the_permissions_of_any_other_file(path):
    """Temporary files can be read by their owner only."""
    odd_vectors().save(path)
    other = path.with_suffix(".txt")
    other.write_text("")
    assert path.stat().st_mode == other.stat().st_mode


# --- damaged files -----------------------------------------------------------------------------


def assert_refused(path, match=None):
    with pytest.raises(ValueError, match=match) as caught:
        WordVectors.load(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_an_error_that_names_it(path, share):
    odd_vectors().save(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert_refused(path)


def test_a_refused_file_is_closed_again(path):
    """On Windows an open file could be neither replaced nor removed."""
    odd_vectors().save(path)
    path.write_bytes(path.read_bytes()[:1000])
    assert_refused(path)
    if sys.platform == "linux":
        links = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
        assert str(path) not in [os.readlink(link) for link in links if os.path.islink(link)]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_byte_that_changed_on_the_disk_is_noticed_or_harmless(path):
    vectors = odd_vectors()
    vectors.save(path)
    content = path.read_bytes()
    wrong = {}
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :])
        try:
            assert_same(WordVectors.load(path), vectors)
        except ValueError as error:
            if str(path) not in str(error):
                wrong[place] = error
        except Exception as error:
            wrong[place] = error
    assert wrong == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"the cat sat on the mat\n",
        b"PK\x03\x04 and nothing else",
        bytes(range(256)) * 8,
        pickle.dumps({"center": [[1.0]]}),
    ],
    ids=["empty", "text", "only the start of a zip", "garbage", "pickle"],
)
def test_what_is_no_archive_is_an_error_that_names_it(path, content):
    path.write_bytes(content)
    assert_refused(path)


@pytest.mark.parametrize("allow_pickle", [False, True])
def test_one_array_under_the_wrong_name_is_an_error_that_names_it(path, allow_pickle):
    array = np.array([{}], dtype=object) if allow_pickle else np.ones((2, 2))
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=allow_pickle)
    assert_refused(path)


def contents(path, **changes):
    WordVectors(["ab", "c"], [[1.0], [2.0]], [[3.0], [4.0]], [5, 6]).save(path)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files} | changes
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})


def test_another_format_is_refused_by_its_name(path):
    contents(path, format=np.array("w2v 999"))
    assert_refused(path, "w2v 999")


@pytest.mark.parametrize("name", ["format", "words", "word_lengths", "center"])
def test_a_missing_part_is_named(path, name):
    contents(path, **{name: None})
    assert_refused(path, f"'{name}' is missing")


@pytest.mark.parametrize(
    "changes",
    [
        {"word_lengths": np.array([2, 2])},
        {"word_lengths": np.array([1, 1])},
        {"word_lengths": np.array([3])},
        {"word_lengths": np.array([4, -1])},
        {"word_lengths": np.array([2.0, 1.0])},
        {"word_lengths": np.array(3)},
        {"words": np.frombuffer(b"a\xff\xff", np.uint8)},
        {"words": np.frombuffer(b"xxx", np.uint8), "word_lengths": np.array([1, 1, 1])},
        {"center": np.array([[1.0], [np.nan]])},
        {"center": np.array([1.0, 2.0])},
        {"outside": np.ones((1, 1))},
        {"counts": np.ones(3, int)},
        {"counts": np.array(["x", "y"])},
        {"counts": np.array([1, 2j])},
        {"center": np.array([["x"], ["y"]])},
    ],
)
def test_parts_that_do_not_fit_are_an_error_that_names_the_file(path, changes):
    contents(path, **changes)
    assert_refused(path)


def test_a_missing_file_is_an_error_that_names_it(path):
    with pytest.raises(FileNotFoundError, match=r"vectors\.npz"):
        WordVectors.load(path)


def test_a_folder_is_an_error_that_names_it(path):
    path.mkdir()
    with pytest.raises(IsADirectoryError, match=r"vectors\.npz"):
        WordVectors.load(path)


@pytest.mark.parametrize("name", ["vectors", "vectors.npy", "vectors.csv", ".npz"])
def test_a_wrong_ending_is_an_error_that_names_the_file(tmp_path, name):
    """NumPy would write vectors.txt.npz without a word."""
    with pytest.raises(ValueError, match=name):
        odd_vectors().save(tmp_path / name)
    with pytest.raises(ValueError, match=name):
        WordVectors.load(tmp_path / name)
    assert os.listdir(tmp_path) == []


# --- saving that fails -------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt(), MemoryError()])
def test_an_interrupted_save_leaves_the_old_file_and_no_other(path, monkeypatch, error):
    odd_vectors().save(path)

    def interrupted(file, **arrays):
        if hasattr(file, "write"):
            file.write(b"half a file")
        else:
            with open(file, "wb") as opened:
                opened.write(b"half a file")
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", interrupted)
        with pytest.raises(type(error)):
            WordVectors(["new"], [[1.0]]).save(path)
        with pytest.raises(type(error)):
            WordVectors(["new"], [[1.0]]).save(path.with_name("first.npz"))
    assert os.listdir(path.parent) == [path.name]
    assert_same(WordVectors.load(path), odd_vectors())


def test_the_unfinished_file_stands_beside_the_finished_one(path, monkeypatch):
    """Files cannot be renamed from one file system to another."""
    monkeypatch.setattr(tempfile, "tempdir", str(path.parent / "absent"))
    odd_vectors().save(path)
    assert_same(WordVectors.load(path), odd_vectors())


def test_saving_into_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(OSError, match="absent"):
        odd_vectors().save(tmp_path / "absent" / "vectors.npz")
    assert os.listdir(tmp_path) == []


def test_saving_over_a_folder_is_an_error_that_leaves_nothing_behind(path):
    path.mkdir()
    with pytest.raises(OSError, match="vectors"):
        odd_vectors().save(path)
    assert os.listdir(path.parent) == [path.name]
    assert os.listdir(path) == []
