"""The window: sums over pairs, rows that stay zero, and every way to give negatives."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracles import assert_close, derivative, read_only

from w2v import check_gradient, context, naive_softmax, negative_sampling, skip_gram

reproducible = settings(derandomize=True, deadline=None, max_examples=60)
sizes = st.integers(1, 5)
seeds = st.integers(0, 10**6)


def plain_softmax_loss(center, center_word, context_words, outside):
    """Part (f) over equation (8), as they are written; safe for small scores only."""
    loss = 0
    for word in context_words:
        scores = outside @ center[center_word]
        loss = loss + np.log(np.exp(scores).sum()) - scores[word]
    return loss


def plain_sampling_loss(center, center_word, context_words, outside, negatives):
    """Part (f) over equation (45); `negatives` has a row for each context word."""
    loss = 0
    for word, drawn in zip(context_words, negatives, strict=True):
        loss = loss + np.log(1 + np.exp(-(outside[word] @ center[center_word])))
        for negative in drawn:
            loss = loss + np.log(1 + np.exp(outside[negative] @ center[center_word]))
    return loss


def draw(words, dimension, length, seed, negatives=3):
    """With V of a few words, repeats and the centre word in its own context are common."""
    rng = np.random.default_rng(seed)
    return (
        int(rng.integers(words)),
        rng.integers(words, size=length),
        rng.normal(size=(words, dimension)),
        rng.normal(size=(words, dimension)),
        rng.integers(words, size=(length, negatives)),
    )


# --- loss and gradients ------------------------------------------------------------------------


@reproducible
@given(words=sizes, dimension=sizes, length=sizes, seed=seeds)
@example(words=1, dimension=3, length=4, seed=0)
@example(words=4, dimension=1, length=2, seed=0)
@example(words=2, dimension=5, length=5, seed=0)
def test_skip_gram_of_softmax_has_the_derivatives_of_the_plain_loss(words, dimension, length, seed):
    c, others, center, outside, _ = draw(words, dimension, length, seed)
    loss, grad_center, grad_outside = skip_gram(c, others, center, outside)
    assert_close(loss, plain_softmax_loss(center, c, others, outside))
    assert_close(
        grad_center, derivative(lambda x: plain_softmax_loss(x, c, others, outside), center)
    )
    assert_close(
        grad_outside, derivative(lambda x: plain_softmax_loss(center, c, others, x), outside)
    )


@reproducible
@given(words=sizes, dimension=sizes, length=sizes, seed=seeds, negatives=sizes)
@example(words=1, dimension=3, length=4, seed=0, negatives=3)
@example(words=4, dimension=1, length=2, seed=0, negatives=1)
@example(words=2, dimension=5, length=5, seed=0, negatives=5)
def test_skip_gram_of_negative_sampling_has_the_derivatives_of_the_plain_loss(
    words, dimension, length, seed, negatives
):
    c, others, center, outside, drawn = draw(words, dimension, length, seed, negatives)
    loss, grad_center, grad_outside = skip_gram(
        c, others, center, outside, negative_sampling, drawn
    )
    assert_close(loss, plain_sampling_loss(center, c, others, outside, drawn))
    assert_close(
        grad_center,
        derivative(lambda x: plain_sampling_loss(x, c, others, outside, drawn), center),
    )
    assert_close(
        grad_outside,
        derivative(lambda x: plain_sampling_loss(center, c, others, x, drawn), outside),
    )


@pytest.mark.parametrize(
    ("center_word", "context_words"),
    [(0, [1, 1, 1]), (2, [2, 0, 2]), (3, [3]), (1, [0, 2, 0, 3])],
    ids=["repeated", "centre word in its own context", "only the centre word", "mixed"],
)
def test_awkward_windows_have_the_right_gradient(center_word, context_words):
    _, _, center, outside, _ = draw(4, 3, 1, seed=9)
    drawn = np.random.default_rng(9).integers(4, size=(len(context_words), 3))
    drawn[0, :2] = context_words[0]  # the outside word among its negatives, twice
    loss, grad_center, grad_outside = skip_gram(
        center_word, context_words, center, outside, negative_sampling, drawn
    )
    assert_close(loss, plain_sampling_loss(center, center_word, context_words, outside, drawn))
    assert_close(
        grad_center,
        derivative(
            lambda x: plain_sampling_loss(x, center_word, context_words, outside, drawn), center
        ),
    )
    assert_close(
        grad_outside,
        derivative(
            lambda x: plain_sampling_loss(center, center_word, context_words, x, drawn), outside
        ),
    )


@reproducible
@given(words=sizes, dimension=sizes, length=sizes, seed=seeds)
def test_skip_gram_is_the_sum_of_its_pairs(words, dimension, length, seed):
    c, others, center, outside, drawn = draw(words, dimension, length, seed)
    for found, pairs in [
        (
            skip_gram(c, others, center, outside),
            [naive_softmax(center[c], int(o), outside) for o in others],
        ),
        (
            skip_gram(c, others, center, outside, negative_sampling, drawn),
            [
                negative_sampling(center[c], int(o), outside, row)
                for o, row in zip(others, drawn, strict=True)
            ],
        ),
    ]:
        assert_close(found[0], sum(pair[0] for pair in pairs))
        assert_close(found[1][c], sum(pair[1] for pair in pairs))
        assert_close(found[2], sum(pair[2] for pair in pairs))


@reproducible
@given(words=sizes, dimension=sizes, length=sizes, seed=seeds)
def test_only_the_centre_word_has_a_centre_gradient(words, dimension, length, seed):
    c, others, center, outside, drawn = draw(words, dimension, length, seed)
    for found in (
        skip_gram(c, others, center, outside),
        skip_gram(c, others, center, outside, negative_sampling, drawn),
    ):
        assert not np.delete(found[1], c, axis=0).any()


def test_skip_gram_passes_its_own_gradient_check():
    c, others, center, outside, drawn = draw(5, 3, 4, seed=1)
    check_gradient(lambda x: skip_gram(c, others, x, outside)[:2], center)
    check_gradient(lambda x: skip_gram(c, others, center, x)[::2], outside)
    check_gradient(lambda x: skip_gram(c, others, x, outside, negative_sampling, drawn)[:2], center)
    check_gradient(
        lambda x: skip_gram(c, others, center, x, negative_sampling, drawn)[::2], outside
    )


def test_skip_gram_takes_any_pair_loss():
    def constant(center_vector, outside_word, outside):
        return 1.0, np.full(len(center_vector), 2.0), np.full(outside.shape, outside_word)

    loss, grad_center, grad_outside = skip_gram(
        1, [0, 2], np.ones((3, 2)), np.ones((3, 2)), constant
    )
    assert loss == 2
    assert grad_center.tolist() == [[0, 0], [4, 4], [0, 0]]
    assert grad_outside.tolist() == [[2, 2]] * 3


# --- negatives ---------------------------------------------------------------------------------


def test_one_row_of_negatives_is_shared_by_all_pairs():
    c, others, center, outside, drawn = draw(5, 3, 4, seed=2)
    shared = skip_gram(c, others, center, outside, negative_sampling, drawn[0])
    spelt_out = skip_gram(
        c, others, center, outside, negative_sampling, np.tile(drawn[0], (len(others), 1))
    )
    for part, expected in zip(shared, spelt_out, strict=True):
        assert_close(part, expected, 1e-15)


def test_a_function_draws_negatives_for_each_pair_anew():
    c, _, center, outside, drawn = draw(5, 3, 4, seed=3)
    asked = []

    def sample(outside_word):
        asked.append(outside_word)
        return drawn[len(asked) - 1]

    found = skip_gram(c, [1, 4, 1, 0], center, outside, negative_sampling, sample)
    expected = skip_gram(c, [1, 4, 1, 0], center, outside, negative_sampling, drawn)
    assert asked == [1, 4, 1, 0]
    for part, other in zip(found, expected, strict=True):
        assert_close(part, other, 1e-15)


def test_negatives_may_be_lists():
    c, others, center, outside, drawn = draw(5, 3, 4, seed=4)
    found = skip_gram(c, others.tolist(), center, outside, negative_sampling, drawn.tolist())
    expected = skip_gram(c, others, center, outside, negative_sampling, drawn)
    for part, other in zip(found, expected, strict=True):
        assert_close(part, other, 1e-15)


def test_missing_negatives_are_asked_for():
    with pytest.raises(TypeError, match=r"`negatives`.*\(K,\)"):
        skip_gram(0, [1], np.ones((2, 2)), np.ones((2, 2)), negative_sampling)


@pytest.mark.parametrize("shape", [(1, 3), (3, 3), (2, 2, 2), ()])
def test_negatives_without_a_row_for_each_pair_are_refused(shape):
    with pytest.raises(ValueError, match="negatives"):
        skip_gram(
            0, [1, 1], np.ones((3, 2)), np.ones((3, 2)), negative_sampling, np.ones(shape, int)
        )


# --- types and arguments -----------------------------------------------------------------------


@pytest.mark.parametrize("center_type", [np.float32, np.float64])
@pytest.mark.parametrize("outside_type", [np.float32, np.float64])
@pytest.mark.parametrize("pair_loss", [naive_softmax, negative_sampling])
def test_skip_gram_gradients_have_type_and_shape_of_their_tables(
    center_type, outside_type, pair_loss
):
    c, others, center, outside, drawn = draw(4, 3, 5, seed=0)
    drawn = drawn if pair_loss is negative_sampling else None
    found = skip_gram(
        c, others, center.astype(center_type), outside.astype(outside_type), pair_loss, drawn
    )
    assert type(found[0]) is float
    assert (found[1].dtype, found[1].shape) == (center_type, (4, 3))
    assert (found[2].dtype, found[2].shape) == (outside_type, (4, 3))
    exact = skip_gram(c, others, center, outside, pair_loss, drawn)
    for part, expected in zip(found, exact, strict=True):
        assert_close(part, expected, 1e-5)


def test_skip_gram_leaves_its_arguments_alone():
    c, others, center, outside, drawn = draw(4, 3, 5, seed=0)
    before = [array.copy() for array in (others, center, outside, drawn)]
    for array in (others, center, outside, drawn):
        read_only(array)
    skip_gram(c, others, center, outside)
    skip_gram(c, others, center, outside, negative_sampling, drawn)
    for array, copy in zip((others, center, outside, drawn), before, strict=True):
        assert np.array_equal(array, copy)


def test_skip_gram_accepts_lists_and_integers():
    table = [[1, 0], [0, 1], [2, -1]]
    found = skip_gram(np.int32(1), (0, 2), table, table)
    expected = skip_gram(1, [0, 2], np.array(table, float), np.array(table, float))
    assert found[1].dtype == found[2].dtype == np.float64
    for part, other in zip(found, expected, strict=True):
        assert_close(part, other, 1e-15)


@pytest.mark.parametrize(
    ("changes", "error", "named"),
    [
        ({"center_word": 3}, IndexError, "center_word"),
        ({"center_word": -1}, IndexError, "center_word"),
        ({"center_word": 0.0}, TypeError, "center_word"),
        ({"context_words": [0, 3]}, IndexError, r"context_words\[1\]"),
        ({"context_words": [-1]}, IndexError, r"context_words\[0\]"),
        ({"context_words": []}, ValueError, "context_words"),
        ({"context_words": [[0, 1]]}, ValueError, "context_words"),
        ({"context_words": [0.5]}, TypeError, "context_words"),
        ({"center": np.ones(3)}, ValueError, "center"),
        ({"center": np.full((3, 2), np.nan)}, ValueError, r"center\[0, 0\]"),
        ({"outside": np.full((3, 2), np.nan)}, ValueError, r"outside\[0, 0\]"),
        ({"outside": np.ones((3, 4))}, ValueError, "outside"),
        ({"outside": [["a", "b"]] * 3}, TypeError, "outside"),
    ],
)
def test_skip_gram_names_the_argument_that_is_wrong(changes, error, named):
    arguments = {
        "center_word": 0,
        "context_words": [1, 2],
        "center": np.ones((3, 2)),
        "outside": np.ones((3, 2)),
    }
    with pytest.raises(error, match=named):
        skip_gram(**(arguments | changes))


# --- context -----------------------------------------------------------------------------------


@reproducible
@given(length=st.integers(1, 12), window=st.integers(1, 14), data=st.data())
def test_context_is_all_words_within_reach_from_left_to_right(length, window, data):
    position = data.draw(st.integers(0, length - 1))
    tokens = [f"w{place}" for place in range(length)]
    expected = [word for place, word in enumerate(tokens) if 0 < abs(place - position) <= window]
    assert context(tokens, position, window) == expected
    assert context(tuple(tokens), np.int64(position), window) == expected
    assert context(np.array(tokens), position, window) == expected


def test_a_repeated_word_is_context_wherever_else_it_stands():
    assert context(["a", "a", "a"], 1, 1) == ["a", "a"]


@pytest.mark.parametrize("position", [-1, 3])
def test_context_refuses_a_position_outside_the_text(position):
    with pytest.raises(IndexError, match="position"):
        context(["a", "b", "c"], position, 1)


@pytest.mark.parametrize("window", [0, -1])
def test_context_refuses_a_window_that_reaches_nowhere(window):
    with pytest.raises(ValueError, match="window"):
        context(["a", "b", "c"], 1, window)
