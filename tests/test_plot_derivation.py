"""The figures of parts (a) to (d) show the numbers that they were given."""

import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from w2v import naive_softmax, softmax
from w2v.plot import (
    CENTER,
    OUTSIDE,
    STEP,
    learning_outside,
    outer_product,
    pull_and_push,
    pushes_summed,
    surprise_curve,
)

WORDS = ["cat", "sat", "mat", "dog", "ran"]
VECTORS = np.array([[1.7, 1.0], [-0.9, 1.4], [1.5, -1.2], [-1.6, -0.5], [-0.2, -1.4]])
CENTER_VECTOR = np.array([0.4, -0.3])
SHARES = softmax(VECTORS @ CENTER_VECTOR)
GRADIENT = naive_softmax(CENTER_VECTOR, 1, VECTORS)[1]


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def arrows(axes):
    """(start, end, colour, line style) of each arrow."""
    return [
        (np.array(a.xyann), np.array(a.xy), a.arrowprops["color"], a.arrowprops["linestyle"])
        for a in axes.texts
        if a.arrowprops and a.arrowprops["arrowstyle"] == "-|>"
    ]


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def texts(axes):
    return [text.get_text() for text in axes.texts if text.get_text()]


def test_the_curve_is_the_loss_and_the_marks_lie_on_it():
    (axes,) = surprise_curve([0.5, 1, 0.01]).axes
    curve, marks = axes.lines
    np.testing.assert_allclose(curve.get_ydata(), -np.log(curve.get_xdata()), atol=1e-12)
    assert curve.get_xdata().min() < 0.01
    assert curve.get_xdata().max() == 1
    np.testing.assert_allclose(marks.get_xdata(), [0.01, 0.5, 1])
    np.testing.assert_allclose(marks.get_ydata(), [np.log(100), np.log(2), 0])
    assert texts(axes) == ["4.61 at 0.01", "0.69 at 0.5", "0.00 at 1"]
    assert "probability" in axes.get_xlabel()
    assert "nats" in axes.get_ylabel()


@pytest.mark.parametrize("probabilities", [[0.0], [0.5, 1.1], [-0.1, 0.5], [np.nan], []])
def test_what_is_no_probability_has_no_place_on_the_curve(probabilities):
    with pytest.raises(ValueError, match="must be positive and at most 1"):
        surprise_curve(probabilities)


def test_the_step_is_parallel_to_observed_minus_expected_and_half_the_gradient():
    (axes,) = pull_and_push(CENTER_VECTOR, 1, VECTORS, WORDS).axes
    center, difference, step = arrows(axes)
    np.testing.assert_allclose(center[:2], [[0, 0], CENTER_VECTOR])
    np.testing.assert_allclose(difference[:2], [SHARES @ VECTORS, VECTORS[1]])
    np.testing.assert_allclose(step[:2], [CENTER_VECTOR, CENTER_VECTOR - GRADIENT / 2])
    assert [arrow[2:] for arrow in (center, difference, step)] == [
        (CENTER, "-"),
        (STEP, ":"),
        (STEP, "-"),
    ]
    discs, points, diamond = axes.collections
    np.testing.assert_allclose(discs.get_offsets(), VECTORS)
    np.testing.assert_allclose(discs.get_sizes() / discs.get_sizes().sum(), SHARES)
    np.testing.assert_allclose(points.get_offsets(), VECTORS)
    np.testing.assert_allclose(diamond.get_offsets(), [SHARES @ VECTORS])
    names = [text for text in axes.texts if text.get_text()]
    assert [name.get_text() for name in names] == [
        f"{word} {share:.2f}" for word, share in zip(WORDS, SHARES, strict=True)
    ]
    assert [name.get_weight() == "bold" for name in names] == [word == "sat" for word in WORDS]
    assert len(legend(axes)) == 5


def test_one_pull_and_a_push_by_each_word_make_the_step():
    (axes,) = pushes_summed(CENTER_VECTOR, 1, VECTORS, WORDS).axes
    pull, *pushes, total = arrows(axes)
    np.testing.assert_allclose(pull[:2], [[0, 0], VECTORS[1]])
    np.testing.assert_allclose(total[:2], [[0, 0], -GRADIENT], atol=1e-12)
    assert (pull[2], total[2]) == (OUTSIDE, STEP)
    # Head to tail, in the order of the labels.
    ends = [pull[1], *(push[1] for push in pushes)]
    for push, end in zip(pushes, ends, strict=False):
        np.testing.assert_allclose(push[0], end)
    np.testing.assert_allclose(ends[-1], total[1], atol=1e-12)
    labels = [text.split() for text in texts(axes)]
    assert sorted(word for _, word in labels) == sorted(WORDS)
    assert labels[-1][1] == "sat"
    for (share, word), push in zip(labels, pushes, strict=True):
        place = WORDS.index(word)
        assert share == f"{SHARES[place]:.2f}"
        np.testing.assert_allclose(push[1] - push[0], -SHARES[place] * VECTORS[place], atol=1e-12)
        assert push[3] == "--"


def test_the_chain_of_pushes_bends_one_way():
    (axes,) = pushes_summed(CENTER_VECTOR, 1, VECTORS, WORDS).axes
    _, *pushes, _ = arrows(axes)
    along = np.array([end - start for start, end, *_ in pushes])
    x, y = along.T
    assert (x[:-1] * y[1:] - y[:-1] * x[1:] < 0).all()


def test_no_name_of_a_push_lies_over_another_or_over_an_arrow():
    figure = pushes_summed(CENTER_VECTOR, 1, VECTORS, WORDS)
    (axes,) = figure.axes
    figure.draw_without_rendering()
    names = [text for text in axes.texts if text.get_text()]
    boxes = [plt.Text.get_window_extent(name) for name in names]
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:place])
        for start, end, *_ in arrows(axes):
            line = np.linspace(start, end, 100)
            assert not any(box.contains(*point) for point in axes.transData.transform(line))


@pytest.mark.parametrize("draw", [pull_and_push, pushes_summed])
@pytest.mark.parametrize(
    ("center_vector", "outside", "names"),
    [
        ([1.0, 2.0, 3.0], VECTORS, WORDS),
        ([1.0, 2.0], np.ones((5, 3)), WORDS),
        ([1.0, 2.0], VECTORS, WORDS[:4]),
        ([[1.0, 2.0]], VECTORS, WORDS),
    ],
)
def test_only_the_plane_can_be_drawn(draw, center_vector, outside, names):
    with pytest.raises(ValueError, match=r"`center_vector` must have shape \(2,\).* names"):
        draw(center_vector, 1, outside, names)


NAMES = ["the", "sat", "mat", "dog"]
START = np.array([[1.2, 0.9], [-0.1, -0.6], [1.1, -1.2], [-0.9, 0.6]])
FIXED = np.array([1.2, 0.6])


def trained(moving, steps=3):
    tables = [START]
    for _ in range(steps):
        table = tables[-1].copy()
        table[moving] -= 0.3 * naive_softmax(FIXED, 1, table)[2][moving]
        tables.append(table)
    return np.array(tables)


def parts(player):
    """(tag, attributes, text) of each part, and its moves by name."""
    page = player._repr_html_()
    shown = re.findall(r"<(\w+) data-part ([^>]*)>(.*?)</\1>", page)
    shown = [(tag, dict(re.findall(r'([\w-]+)="([^"]*)"', words)), text)
             for tag, words, text in shown]  # fmt: skip
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', page)[1])
    moves = {}
    for part, name, values in data["moves"]:
        moves.setdefault(part, {})[name] = values
    return shown, moves, data["captions"]


@pytest.mark.parametrize("moving", [[1], [0, 1, 2, 3]])
def test_bars_and_vectors_follow_every_step(moving):
    tables = trained(moving)
    shares = softmax(tables @ FIXED)
    player = learning_outside("p", FIXED, 1, tables, NAMES, "A caption.")
    shown, moves, captions = parts(player)

    filled = [i for i, (tag, words, _) in enumerate(shown)
              if tag == "rect" and words["fill"] != "none"]  # fmt: skip
    longest = 270
    widths = np.array([moves[i]["width"] for i in filled]).T
    np.testing.assert_allclose(widths, longest * shares, atol=0.051)
    (rest,) = [i for i, (tag, words, _) in enumerate(shown) if words.get("fill") == "none"
               and tag == "rect"]  # fmt: skip
    np.testing.assert_allclose(moves[rest]["width"], longest * (1 - shares[:, 1]), atol=0.051)
    assert shown[rest][1]["stroke-dasharray"]
    numbers = [moves[i]["text"] for i, (tag, _, text) in enumerate(shown)
               if tag == "text" and re.fullmatch(r"\d\.\d\d", text)]  # fmt: skip
    assert numbers == [[f"{share:.2f}" for share in row] for row in shares.T]

    circles = [i for i, (tag, words, _) in enumerate(shown)
               if tag == "circle" and words["fill"] != "var(--ink)"]  # fmt: skip
    lines = [i for i, (tag, *_) in enumerate(shown) if tag == "line"]
    moved = [word for word, i in enumerate(circles) if "cx" in moves.get(i, {})]
    assert moved == moving
    for word in moving:
        across, up = (np.array(moves[circles[word]][name]) for name in ("cx", "cy"))
        # One scale, and the vertical axis points up.
        unit = (across[-1] - across[0]) / (tables[-1, word, 0] - tables[0, word, 0])
        assert unit > 50
        np.testing.assert_allclose(
            np.diff(np.column_stack([across, -up]), axis=0),
            unit * np.diff(tables[:, word], axis=0),
            atol=0.2,
        )
        line = shown[lines[word]][1]
        assert (float(line["x1"]), float(line["y1"])) == (across[0], up[0])
        assert moves[lines[word]]["x2"] == moves[circles[word]]["cx"]
        assert moves[lines[word]]["y2"] == moves[circles[word]]["cy"]

    assert captions[0] == (
        f"Before the first step: sat has probability {shares[0, 1]:.2f}, residual "
        f"\N{MINUS SIGN}{1 - shares[0, 1]:.2f}, loss {-np.log(shares[0, 1]):.2f} nats."
    )
    assert captions[-1].startswith(f"Step 3 of 3: sat has probability {shares[-1, 1]:.2f}, ")
    assert f"goes from {shares[0, 1]:.2f} to {shares[-1, 1]:.2f}" in player.label
    assert player.caption == "A caption."


def test_everything_lies_within_the_drawing():
    for center_vector, right in ((FIXED, 0), (-FIXED, 0), (np.array([0.0, -2.0]), 0), (FIXED, 2)):
        tables = np.add(trained(range(4)), [right, 0])
        player = learning_outside("p", center_vector, 1, tables, NAMES, "A caption.")
        shown, moves, _ = parts(player)
        width, height = player.size
        for i, (_, words, _) in enumerate(shown):
            for name, most in (("cx", width), ("cy", height), ("x", width), ("y", height)):
                values = moves.get(i, {}).get(name, [words.get(name, 0)])
                assert all(0 <= float(value) <= most for value in values)
        (name,) = [words for _, words, text in shown if text == "centre vector"]
        room = float(name["x"]) if name["text-anchor"] == "end" else width - float(name["x"])
        assert room > 95


def test_the_word_seen_is_told_without_colour():
    shown, _, _ = parts(learning_outside("p", FIXED, 1, trained([1]), NAMES, "A caption."))
    bold = [text for _, words, text in shown if words.get("font-weight") == "bold"]
    share = softmax(trained([1])[-1] @ FIXED)[1]
    assert bold == ["sat", f"{share:.2f}", "sat"]


@pytest.mark.parametrize(
    ("center_vector", "tables", "words", "message"),
    [
        ([1.0, 2.0, 3.0], trained([1]), NAMES, r"`center_vector` must have shape \(2,\)"),
        ([1.0, 2.0], START, NAMES, r"`tables` \(steps \+ 1, V, 2\).* \(4, 2\)"),
        ([1.0, 2.0], trained([1])[..., :1], NAMES, r"\(4, 4, 1\), with 4 names"),
        ([1.0, 2.0], trained([1]), NAMES[:3], "with 3 names"),
        ([1.0, 2.0], trained([1])[:1], NAMES, "at least one step"),
    ],
)
def test_without_steps_or_a_plane_nothing_is_learnt(center_vector, tables, words, message):
    with pytest.raises(ValueError, match=message):
        learning_outside("p", center_vector, 1, tables, words, "A caption.")


def test_each_cell_of_the_table_is_a_product():
    center, residual = np.array([1.0, -0.6, 0.4]), np.array([0.3, -0.9, 0.35, 0.15, 0.1])
    (axes,) = outer_product(center, residual, WORDS).axes
    values = np.column_stack([center, np.outer(center, residual)])

    bars = np.array([bar.patches[0].get_width() for bar in axes.containers]).reshape(3, 6)
    scale = bars[0, 0] / values[0, 0]
    np.testing.assert_allclose(bars, scale * values)
    assert 0 < scale * np.abs(values).max() < 0.5  # within its cell
    hatched = [bool(bar.patches[0].get_hatch()) for bar in axes.containers]
    assert np.array_equal(np.reshape(hatched, (3, 6)), 3 * [[0, 0, 1, 0, 0, 0]])

    written = [f"{value:+.2f}".replace("-", "\N{MINUS SIGN}") for value in values.ravel()]
    found = texts(axes)
    assert found[:18] == written
    above = [*zip(WORDS, ["+0.30", "\N{MINUS SIGN}0.90", "+0.35", "+0.15", "+0.10"], strict=True)]
    assert found[18:] == ["$v_c$", *(text for pair in above for text in pair)]
    bold = [text.get_text() for text in axes.texts if text.get_weight() == "bold"]
    assert bold == ["sat", "\N{MINUS SIGN}0.90"]


@pytest.mark.parametrize(
    ("center", "residual", "names"),
    [([[1.0]], [0.1, -0.1], ["a", "b"]), ([1.0], [0.1, -0.1], ["a"]), ([1.0], [[0.1]], ["a"])],
)
def test_a_residual_without_a_name_is_not_drawn(center, residual, names):
    with pytest.raises(ValueError, match="with one name for each, but the shapes are"):
        outer_product(center, residual, names)


def test_the_same_figure_has_the_same_bytes():
    draw = [
        lambda: surprise_curve([0.1]),
        lambda: pull_and_push(CENTER_VECTOR, 1, VECTORS, WORDS),
        lambda: pushes_summed(CENTER_VECTOR, 1, VECTORS, WORDS),
        lambda: outer_product([1.0], [0.5, -0.5], ["a", "b"]),
    ]
    for one in draw:
        assert one().svg() == one().svg()
