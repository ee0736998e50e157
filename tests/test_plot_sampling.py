"""What the figures of chapters (e), (g) and of the errata hold; their looks are the book's."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from w2v import Vocabulary, naive_softmax, negative_sampling
from w2v.plot import NEGATIVE, OUTSIDE, by_score, logistic, noise, subsampling, touched_columns


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def curve(axes, label):
    """The points of the one curve whose name contains `label`."""
    (line,) = (line for line in axes.lines if label in line.get_label())
    return np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)


def styles(axes):
    return [line.get_linestyle() for line in axes.lines if not line.get_label().startswith("_")]


def names(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_the_logistic_function_its_slope_and_its_costs():
    above, below = logistic().axes
    x, yes = curve(above, "probability of a yes")
    np.testing.assert_allclose(yes, 1 / (1 + np.exp(-x)), rtol=1e-12)
    _, slope = curve(above, "derivative")
    middle = len(x) // 2
    np.testing.assert_allclose(slope, np.gradient(yes, x), atol=3e-3)
    assert (x[middle], yes[middle], slope[middle]) == (0, 0.5, 0.25)
    _, observed = curve(below, "observed")
    _, drawn = curve(below, "negative")
    np.testing.assert_allclose(observed, -np.log(yes), rtol=1e-12)
    np.testing.assert_allclose(drawn, -np.log(1 - yes), rtol=1e-10)
    assert (x.min(), x.max()) == (-6, 6)
    for axes in (above, below):
        assert styles(axes) == ["-", "--"]  # told apart without colour
    assert [line.get_color() for line in below.lines][:2] == [OUTSIDE, NEGATIVE]
    assert "score" in below.get_xlabel()
    assert "nats" in below.get_ylabel()


WORDS = ["the", "cat", "sat", "on", "mat"]
VECTORS = np.random.default_rng(1).normal(size=(5, 2))
CENTER_VECTOR = np.array([0.5, -2.0])


def texts(axes):
    return [text.get_text() for text in axes.texts]


def signed(number):
    return f"{number:+.2f}".replace("-", "\N{MINUS SIGN}") if number else "0"


def entries(axes):
    """Numbers by (row, column) of the drawing: v_c in column -1, factors in row -1."""
    found = {}
    for text in axes.texts:
        across, up = text.get_position()
        if text.get_text()[0] in "+0\N{MINUS SIGN}":
            found[int(np.floor(up)), int(np.floor(across))] = text.get_text()
    return found


@pytest.mark.parametrize("negatives", [[0, 4, 0], [2, 3, 3], [1]])
def test_the_columns_hold_the_gradients_of_both_losses(negatives):
    above, below = touched_columns(CENTER_VECTOR, 2, VECTORS, negatives, WORDS).axes
    for axes, gradient in (
        (above, naive_softmax(CENTER_VECTOR, 2, VECTORS)[2].T),
        (below, negative_sampling(CENTER_VECTOR, 2, VECTORS, negatives)[2].T),
    ):
        found = entries(axes)
        for row in range(2):
            assert found[row, -1] == signed(CENTER_VECTOR[row])
            for column in range(5):
                assert found[row, column] == signed(gradient[row, column])
        for column in range(5):
            assert found[-1, column] == signed(gradient[1, column] / CENTER_VECTOR[1])
    touched = len({2, *negatives})
    assert above.get_title() == "naive softmax: every column"
    assert below.get_title() == f"negative sampling: {touched} of 5 columns"


def test_the_roles_of_the_words_are_written_and_coloured():
    above, below = touched_columns(CENTER_VECTOR, 2, VECTORS, [0, 4, 0, 2], WORDS).axes
    twice = "the\ndrawn 2\N{MULTIPLICATION SIGN}"
    assert {twice, "cat", "sat\nobserved\ndrawn", "mat\ndrawn"} <= set(texts(below))
    assert {"the", "cat", "sat\nobserved", "mat"} <= set(texts(above))
    first_row = {
        patch.get_x(): to_hex(patch.get_facecolor())
        for patch in below.patches
        if patch.get_y() == 0
    }
    assert first_row[0] == first_row[4] == NEGATIVE.lower()
    assert first_row[1] == first_row[3] == "#ffffff"  # took no part
    assert first_row[2] == OUTSIDE.lower()


@pytest.mark.parametrize(
    ("center_vector", "words", "message"),
    [
        ([0.0, 0.0], WORDS, "`center_vector` is zero"),
        (CENTER_VECTOR, WORDS[:4], "`names` must have one name for each of the 5 words, but has 4"),
    ],
)
def test_what_cannot_be_drawn_in_columns(center_vector, words, message):
    with pytest.raises(ValueError, match=message):
        touched_columns(center_vector, 2, VECTORS, [0], words)


def test_functions_of_a_score():
    lines = {"truth": np.tanh, "one": np.cos, "two": np.sin, "three": np.abs}
    (axes,) = by_score(lines, y="factor").axes
    for name, function in lines.items():
        x, y = curve(axes, name)
        np.testing.assert_allclose(y, function(x))
    assert names(axes) == list(lines)
    assert len(set(styles(axes))) == 4
    assert styles(axes)[0] == "-"
    assert axes.lines[0].get_linewidth() > axes.lines[1].get_linewidth()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("score", "factor")
    assert 0 in x
    with pytest.raises(ValueError, match="may hold 4 curves, but it holds 5"):
        by_score({**lines, "five": np.exp}, y="factor")


COUNTS = {"the": 6000, "of": 3000, "cat": 900, "sat": 90, "mat": 9, "hat": 9, "rat": 1}
VOCABULARY = Vocabulary(COUNTS)
SHARE = VOCABULARY.counts / 10009


def marked(axes):
    return {text.get_text(): text.xy for text in axes.texts}


def test_who_is_thinned_out():
    (axes,) = subsampling(VOCABULARY, 1e-2, ["the", "sat"]).axes
    share, program = curve(axes, "program")
    _, paper = curve(axes, "paper")
    assert sorted(share) == sorted(set(SHARE))  # equal counts are one point
    np.testing.assert_allclose(program, np.minimum(1, np.sqrt(0.01 / share) + 0.01 / share))
    np.testing.assert_allclose(paper, np.minimum(1, np.sqrt(0.01 / share)))
    assert styles(axes) == ["-", "--", ":"]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert marked(axes)["the"] == pytest.approx((0.59946, np.sqrt(0.01 / 0.59946) + 0.01 / 0.59946))
    assert marked(axes)["sat"] == pytest.approx((90 / 10009, 1))
    assert names(axes)[2] == "$f = t$"
    assert curve(axes, "f = t")[0].tolist() == [0.01, 0.01]


def test_who_is_drawn():
    (axes,) = noise(VOCABULARY, ["the", "rat"]).axes
    for power, name in ((0.75, "3/4"), (1, "itself"), (0, "alike")):
        counts, ratio = curve(axes, name)
        assert sorted(counts) == [1, 9, 90, 900, 3000, 6000]
        total = sum(count**power for count in VOCABULARY.counts.tolist())
        np.testing.assert_allclose(ratio, counts**power / total / (counts / 10009))
    assert styles(axes) == ["-", "--", ":"]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert set(marked(axes)) == {"the", "rat"}
    assert marked(axes)["rat"][0] == 1
    assert marked(axes)["rat"][1] > 1 > marked(axes)["the"][1]


@pytest.mark.parametrize(
    "draw",
    [
        lambda words: noise(VOCABULARY, words),
        lambda words: subsampling(VOCABULARY, 1e-3, words),
    ],
)
def test_words_that_cannot_be_marked(draw):
    with pytest.raises(ValueError, match="not in the vocabulary: dog, frog"):
        draw(["the", "dog", "frog"])


@pytest.mark.parametrize("axis", ["xaxis", "yaxis"])
def test_ticks_are_written_as_plain_numbers(axis):
    figure = noise(VOCABULARY, ["the"])
    figure.draw_without_rendering()
    labels = [label.get_text() for label in getattr(figure.axes[0], axis).get_ticklabels()]
    assert ("1" in labels) == (axis == "yaxis")
