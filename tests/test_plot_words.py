"""Maps of words: every word is where its vector says, and can be read."""

import itertools
import json
import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from w2v import WordVectors
from w2v.plot import block_picture, moving_map, neighbor_map, principal_plane, speeds, word_map
from w2v.plot.style import GROUPS
from w2v.vectors import UnknownWord


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def some_vectors(names, d=5, seed=0):
    return WordVectors(list(names), np.random.default_rng(seed).normal(size=(len(names), d)))


WORDS = ["apple", "pear", "quince", "oak", "elm", "beech", "rain", "snow"]
KINDS = {"fruit": WORDS[:3], "trees": WORDS[3:6], "weather": WORDS[6:]}


# --- the plane ---------------------------------------------------------------------------------


def test_no_plane_shows_more_of_the_differences():
    rng = np.random.default_rng(1)
    points = rng.normal(size=(9, 6)) * [5, 1, 1, 3, 1, 1]
    plane = principal_plane(points)
    np.testing.assert_allclose(plane.mean(axis=0), 0, atol=1e-12)
    assert abs(plane[:, 0] @ plane[:, 1]) < 1e-9
    assert (plane[:, 0] ** 2).sum() > (plane[:, 1] ** 2).sum()
    centred = points - points.mean(axis=0)
    for _ in range(200):
        other, _ = np.linalg.qr(rng.normal(size=(6, 2)))
        assert ((centred @ other) ** 2).sum() < (plane**2).sum()
    largest = np.abs(plane).argmax(axis=0)
    assert (plane[largest, [0, 1]] > 0).all()


# --- the still map -----------------------------------------------------------------------------


def written(axes):
    return {text.get_text(): text for text in axes.texts}


def edges(text):
    box = text.get_window_extent()
    return box.x0, box.x1, box.y0, box.y1


def overlap(one, other):
    across = min(one[1], other[1]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[2], other[2])
    return across > 0 and down > 0


def test_the_map_has_each_word_where_its_unit_vector_is():
    vectors = some_vectors(WORDS)
    (axes,) = word_map(vectors, KINDS).axes
    plane = principal_plane([vectors[word] / np.linalg.norm(vectors[word]) for word in WORDS])
    drawn = np.concatenate([np.asarray(group.get_offsets()) for group in axes.collections])
    np.testing.assert_allclose(drawn, plane)
    assert sorted(written(axes)) == sorted(WORDS)
    for word, place in zip(WORDS, plane, strict=True):
        np.testing.assert_allclose(written(axes)[word].xy, place)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [*KINDS]


def test_groups_are_told_apart_without_colour():
    (axes,) = word_map(some_vectors(WORDS), KINDS).axes
    paths = {tuple(map(tuple, g.get_paths()[0].vertices.round(3))) for g in axes.collections}
    assert len(paths) == len(KINDS)


def test_words_of_a_crowd_are_written_apart():
    # Eight words in a small part of the picture, and two far from them.
    rng = np.random.default_rng(3)
    points = np.vstack([[[9, 0, 1], [-9, 2, 1]], [[0, 9, 1]] + rng.normal(size=(8, 3)) * 2])
    names = [f"word{number}" for number in range(10)]
    (axes,) = word_map(WordVectors(names, points), {"all": names}).axes

    def overlaps():
        boxes = [edges(text) for text in axes.texts]
        return sum(overlap(*pair) for pair in itertools.combinations(boxes, 2))

    assert not overlaps()
    for text in axes.texts:
        text.set(position=(6, 0), ha="left")  # all on one side
    assert overlaps() >= 3


def test_a_map_needs_known_words_and_no_more_groups_than_colours():
    with pytest.raises(UnknownWord, match="lime"):
        word_map(some_vectors(WORDS), {"fruit": ["apple", "pear", "lime"]})
    many = {str(number): ["apple"] for number in range(len(GROUPS) + 1)}
    with pytest.raises(ValueError, match=f"may hold {len(GROUPS)} groups, but it holds"):
        word_map(some_vectors(WORDS), many)
    with pytest.raises(ValueError, match="at least three points"):
        word_map(some_vectors(WORDS), {"fruit": ["apple", "pear"]})


# --- the map that moves ------------------------------------------------------------------------

MOMENTS = np.random.default_rng(5).normal(size=(4, len(WORDS), 5)) * [[[1]], [[2]], [[1]], [[7]]]
CAPTIONS = ["one", "two", "three", "four"]


def moved(moments=MOMENTS, groups=KINDS, captions=CAPTIONS):
    return moving_map("drift", "Words drift.", "A map.", captions, moments, groups)


def frames(player):
    """Parts of the drawing: (tag, text, attributes with a list of values for each frame)."""
    html = player._repr_html_()
    moves = json.loads(re.search(r'"application/json">(.*?)</script>', html)[1])["moves"]
    number = len(player.captions)
    parts = []
    for tag, attributes, text in re.findall(r"<(\w+) data-part ([^>]*)>([^<]*)</\1>", html):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        parts.append((tag, text, {name: [value] * number for name, value in found.items()}))
    for part, name, values in moves:
        parts[part][2][name] = values
    return parts


def centres(player):
    """Where each word is in each frame: its shape, moved away from the legend."""
    parts = frames(player)
    homes = {}
    for tag, _, at in parts:
        if tag == "path":
            homes["#" + at["id"][0]] = re.findall(r"[-\d.]+", at["transform"][0])
    return np.array(
        [
            [
                np.array(at[axis], float) + float(homes[at["href"][0]][number])
                for number, axis in enumerate("xy")
            ]
            for tag, _, at in parts
            if tag == "use"
        ]
    ).transpose(2, 0, 1)  # (frames, words, 2)


def test_words_move_in_the_plane_of_the_last_moment():
    unit = MOMENTS / np.linalg.norm(MOMENTS, axis=2, keepdims=True)
    found = centres(moved())
    last = principal_plane(unit[-1]) * [1, -1]  # down is positive in a drawing
    scale = np.ptp(found[-1], axis=0) / np.ptp(last, axis=0)
    assert scale[0] == pytest.approx(scale[1], rel=0.01)  # no direction is stretched
    # A linear map of the vectors: the same for all moments.
    middle = unit[-1].mean(axis=0)
    axes = np.linalg.lstsq(unit[-1] - middle, last, rcond=None)[0]
    expected = (unit - middle) @ axes * scale[0]
    shift = (found - expected).reshape(-1, 2)
    np.testing.assert_allclose(shift - shift.mean(axis=0), 0, atol=0.6)


def test_lengths_of_vectors_do_not_matter():
    np.testing.assert_array_equal(centres(moved()), centres(moved(MOMENTS * 3)))


def names_of(player):
    return {text: at for tag, text, at in frames(player) if tag == "text" and text in WORDS}


def test_every_word_is_named_at_the_end_and_stays_beside_its_place():
    player = moved()
    names, places = names_of(player), centres(player)
    assert sorted(names) == sorted(WORDS)
    for number, word in enumerate(WORDS):
        assert float(names[word]["opacity"][-1]) == 1
        offsets = [
            (float(x) - place[0], float(y) - place[1])
            for x, y, place in zip(
                names[word]["x"], names[word]["y"], places[:, number], strict=True
            )
        ]
        assert np.ptp(offsets, axis=0).max() <= 0.25  # rounded to a tenth
        assert np.abs(offsets).max() < 25


def box_of(at, frame, text):
    x, y = float(at["x"][frame]), float(at["y"][frame])
    width = 8 * len(text)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[at["text-anchor"][0]]
    return left, left + width, y - 12, y + 2


def test_names_that_are_shown_never_overlap():
    names = names_of(moved(MOMENTS * 0 + MOMENTS[-1] + MOMENTS * [[[0.01]], [[0.1]], [[1]], [[0]]]))
    hidden = 0
    for frame in range(4):
        shown = [word for word in WORDS if float(names[word]["opacity"][frame])]
        hidden += len(WORDS) - len(shown)
        boxes = [box_of(names[word], frame, word) for word in shown]
        assert not any(overlap(*pair) for pair in itertools.combinations(boxes, 2))


def test_names_in_a_heap_are_hidden_until_they_come_apart():
    heap = np.array([[1.0, 1, 1, 1, 1]] * len(WORDS)) + 1e-3 * MOMENTS[0]
    names = names_of(moved([heap, MOMENTS[-1]], captions=["heap", "apart"]))
    assert sum(float(at["opacity"][0]) for at in names.values()) <= 2
    assert all(float(at["opacity"][1]) for at in names.values())


def test_a_name_that_is_shown_covers_no_other_word_s_shape():
    player = moved(
        np.concatenate([MOMENTS + 3 * k for k in (0, 0.3, 0.1)]), captions=[*"abcdefghijkl"]
    )
    names, places = names_of(player), centres(player)
    for frame, (word, at) in itertools.product(range(11), names.items()):
        if float(at["opacity"][frame]):
            box = box_of(at, frame, word)
            others = np.delete(places[frame], WORDS.index(word), axis=0)
            assert not any(overlap(box, (x - 3, x + 3, y - 3, y + 3)) for x, y in others)


def test_names_in_a_crowd_find_room_at_the_end():
    rng = np.random.default_rng(8)
    crowd = np.vstack([[[9, 0, 1], [-9, 2, 1]], [[0, 9, 1]] + rng.normal(size=(6, 3)) * 1.5])
    names = names_of(moved([crowd, crowd], captions=["a", "b"]))
    boxes = [box_of(names[word], -1, word) for word in WORDS]
    assert not any(overlap(*pair) for pair in itertools.combinations(boxes, 2))
    assert len({at["text-anchor"][0] for at in names.values()}) > 1


def test_words_in_one_place_are_all_named_at_the_end():
    pile = np.ones((2, len(WORDS), 5)) + 1e-9 * MOMENTS[:2]
    pile[:, :2] = MOMENTS[:2, :2]
    names = names_of(moved(pile, captions=["a", "b"]))
    assert {float(at["opacity"][1]) for at in names.values()} == {1}
    assert {float(at["opacity"][0]) for at in names.values()} == {0, 1}


def test_a_long_name_at_the_edge_is_written_towards_the_middle():
    words = ["incomprehensibility", "up", "down"]
    plane = np.array([[[1.0, 0, 0.1], [-1, 0.5, 0.1], [-1, -0.5, 0.1]]] * 2)
    player = moved(plane, {"words": words}, ["a", "b"])
    (at,) = (at for tag, text, at in frames(player) if text == words[0])
    assert at["text-anchor"][0] == ("end" if float(at["x"][0]) > 220 else "start")


def test_everything_is_within_the_picture_at_the_end():
    player = moved()
    width, height = player.size
    places = centres(player)
    assert (places > 0).all()
    assert (places < [width, height]).all()
    for word, at in names_of(player).items():
        left, right, upper, lower = box_of(at, -1, word)
        assert -10 < left < right < width + 10
        assert 0 < upper < lower < height


def test_in_the_book_no_name_covers_another_when_the_map_has_taken_shape():
    chapter = Path(__file__).resolve().parents[1] / "book" / "h_training.ipynb"
    (cell,) = (c for c in nbformat.read(chapter, as_version=4).cells if c.id == "forming")
    html = cell.outputs[0]["data"]["text/html"]
    # The still is the last frame.
    words = [
        (dict(re.findall(r'([\w-]+)="([^"]*)"', attributes)), text)
        for attributes, text in re.findall(r"<text data-part ([^>]*opacity[^>]*)>([^<]*)<", html)
    ]
    assert len(words) == 20
    assert {at["opacity"] for at, _ in words} == {"1"}
    boxes = [box_of({name: [value] for name, value in at.items()}, 0, text) for at, text in words]
    assert not any(overlap(*pair) for pair in itertools.combinations(boxes, 2))


def test_groups_have_colours_and_shapes_of_their_own_and_a_legend():
    parts = frames(moved())
    shapes = [(at["d"][0], at["fill"][0]) for tag, _, at in parts if tag == "path"]
    assert len({shape for shape, _ in shapes}) == len({color for _, color in shapes}) == len(KINDS)
    legend = [text for tag, text, _ in parts if tag == "text" and text not in WORDS]
    assert legend == [*KINDS]
    used = [at["href"][0] for tag, _, at in parts if tag == "use"]
    assert [used.count(f"#w2v-player-drift-{number}") for number in range(3)] == [3, 3, 2]


def test_what_cannot_be_moved_is_refused():
    with pytest.raises(ValueError, match=r"must have shape \(n, 8, d\)"):
        moved(MOMENTS[:, :5])
    with pytest.raises(ValueError, match=r"must have shape \(n, 8, d\)"):
        moved(MOMENTS[0])
    with pytest.raises(ValueError, match="may hold 6 groups, but it holds 8"):
        moved(groups={word: [word] for word in WORDS})
    with pytest.raises(ValueError, match="for 3 frames"):
        moved(captions=CAPTIONS[:3])


# --- neighbours --------------------------------------------------------------------------------


def test_a_neighbour_is_as_far_from_the_middle_as_its_angle():
    vectors = some_vectors(WORDS, d=3)
    panels = neighbor_map(vectors, ["apple", "snow"], number=4).axes
    for query, axes in zip(["apple", "snow"], panels, strict=True):
        found = written(axes)
        assert query in found
        points = np.array([line.get_xydata()[0] for line in axes.lines if line.get_marker() == "o"])
        angles = {
            word: np.degrees(np.arccos(cosine)) for word, cosine in vectors.neighbors(query, 4)
        }
        np.testing.assert_allclose(
            sorted(np.linalg.norm(points, axis=1)), sorted(angles.values()), atol=1e-6
        )
        for word, angle in angles.items():
            text = found[f"{word} {angle:.0f}°"]
            assert np.linalg.norm(text.xy) == pytest.approx(angle)


def test_side_by_side_in_the_circle_is_what_is_alike():
    vectors = some_vectors([*WORDS, "hail", "fog"], d=3, seed=4)
    (axes, _) = neighbor_map(vectors, ["apple", "oak"], number=6).axes
    names = [word for word, _ in vectors.neighbors("apple", 6)]
    around = [
        text.get_text().split()[0] for text in axes.texts if text.get_text().split()[0] in names
    ]
    assert around[0] == names[0]

    def alike(order):
        return sum(vectors.similarity(*pair) for pair in itertools.pairwise([*order, order[0]]))

    best = max(alike(order) for order in itertools.permutations(names))
    assert alike(around) == pytest.approx(best)


def test_a_map_of_neighbours_refuses_what_it_cannot_draw():
    vectors = some_vectors(WORDS)
    for queries in ([], ["apple"], ["apple", "oak", "snow"]):
        with pytest.raises(ValueError, match="an even number of words"):
            neighbor_map(vectors, queries)
    for number in (2, 9):
        with pytest.raises(ValueError, match=f"from 3 to 8, but is {number}"):
            neighbor_map(vectors, ["apple", "oak"], number)
    with pytest.raises(UnknownWord):
        neighbor_map(vectors, ["apple", "lime"])


def test_equal_vectors_are_at_the_middle():
    vectors = WordVectors(["a", "b", "c", "d"], np.array([[1, 2.0], [3, 6], [1, 0], [0, 1]]))
    figure = neighbor_map(vectors, ["a", "c"], 3)
    assert "b 0°" in written(figure.axes[0])


# --- blocks and speeds -------------------------------------------------------------------------


def test_the_picture_of_a_block_writes_every_weight_in_its_square():
    weights = np.array([[0.5, 0, 1.0, 2.5], [0, 1.0, 0.25, 2.5]])
    (axes,) = block_picture(weights, ["b", "c"], ["a", "b", "c", "x"], shared=1).axes
    squares = {
        (round(text.xy[1] - 0.5), round(text.xy[0] - 0.5)): text.get_text()
        for text in axes.texts
        if hasattr(text, "xy")
    }
    expected = {(0, 0): "0.5", (0, 2): "1", (1, 1): "1", (1, 2): "0.25"}
    assert expected.items() <= squares.items()
    assert list(squares.values()).count("2.5") == 2
    assert len(squares) == 6
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c", "x"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "c"]


def test_bars_of_speeds_are_as_long_as_they_say():
    (axes,) = speeds({"loop": 512.4, "blocks": 1.25e6, "other": 9e4}, "words", ["other"]).axes
    assert [bar.get_width() for bar in axes.patches] == [512.4, 1.25e6, 9e4]
    assert [text.get_text() for text in axes.texts] == ["512", "1,250,000", "90,000"]
    assert [bar.get_hatch() for bar in axes.patches] == [None, None, "///"]
    assert axes.get_xscale() == "log"
    assert axes.get_xlim()[0] == 100
