"""Maps of words."""

from itertools import permutations

import numpy as np

from ..course import COURSE_WORDS
from .player import Player
from .style import CENTER, GROUPS, MARKERS, new_figure

# Of groups that have no role, in a `Player`: colours that follow the theme, and shapes around
# (0, 0) that are told apart without them.
_ROLES = ("center", "outside", "step", "negative", "ink", "faint")
_SHAPES = (
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",  # a disc
    "M-4.5 -4.5h9v9h-9z",
    "M0 -6l5.5 10h-11z",
    "M-6 -4h12l-6 10z",
    "M0 -6l6 6l-6 6l-6 -6z",
    "M-2 -6h4v4h4v4h-4v4h-4v-4h-4v-4h4z",  # a cross
)


def word_map(vectors, groups):
    """Draw chosen words in the plane that shows most of their differences.

    The plane is that of the first two principal components of the words' unit vectors.

    Parameters
    ----------
    vectors : w2v.WordVectors
    groups : mapping of str to sequence of str
        Words to draw, by the name of their group; at most eight groups.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UnknownWord
        If a word has no vector.
    ValueError
        If there are more groups than colours, or fewer than three words.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from w2v import WordVectors
    >>> vectors = WordVectors(["red", "blue", "up"], [[1.0, 0.1], [1.0, 0.0], [0.0, 1.0]])
    >>> figure = word_map(vectors, {"colours": ["red", "blue"], "directions": ["up"]})
    >>> plt.close(figure)
    """
    if len(groups) > len(GROUPS):
        raise ValueError(f"`groups` may hold {len(GROUPS)} groups, but it holds {len(groups)}")
    words = [word for group in groups.values() for word in group]
    places = principal_plane(
        np.array([vectors[word] / np.linalg.norm(vectors[word]) for word in words])
    )
    with new_figure(7.0, 6.0) as (figure, axes):
        start = 0
        labels = []
        for (name, group), color, marker in zip(groups.items(), GROUPS, MARKERS, strict=False):
            here = places[start : start + len(group)]
            axes.scatter(*here.T, s=22, color=color, marker=marker, label=name)
            labels += [(word, place, color) for word, place in zip(group, here, strict=True)]
            start += len(group)
        axes.margins(0.12)
        _write_apart(axes, labels)
        axes.set_xlabel("first principal component")
        axes.set_ylabel("second principal component")
        below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.1), "ncols": 4}
        axes.legend(frameon=False, columnspacing=1.2, handletextpad=0.2, **below)
    return figure


def course_words(vectors, words=COURSE_WORDS):
    """Draw words as the course does: their centre vectors as they are, in a plane.

    The plane is that of the first two right singular vectors of the centred vectors, which
    shows most of their differences. Unlike in `word_map`, the lengths of the vectors count.

    Parameters
    ----------
    vectors : w2v.WordVectors
        Such as `w2v.course.course_vectors` returns.
    words : sequence of str
        Those that have no vector are left out.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If fewer than three of the words have vectors, or these have one dimension.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from w2v import WordVectors
    >>> vectors = WordVectors(["good", "bad", "tea"], [[1.0, 0.1], [1.0, 0.0], [0.0, 1.0]])
    >>> figure = course_words(vectors, ["good", "bad", "tea", "coffee"])
    >>> plt.close(figure)
    """
    words = [word for word in words if word in vectors]
    if len(words) < 3:
        raise ValueError(
            f"a plane needs at least three words, but of `words` only {words} have vectors"
        )
    places = principal_plane([vectors[word] for word in words])
    with new_figure(7.2, 5.2) as (figure, axes):
        axes.scatter(*places.T, s=16, color=CENTER)
        axes.margins(0.12)
        labels = [(word, place, CENTER) for word, place in zip(words, places, strict=True)]
        _write_apart(axes, labels)
        axes.set_xlabel("along the first right singular vector")
        axes.set_ylabel("along the second")
    return figure


def neighbor_map(vectors, queries, number=7):
    """Draw words with their nearest neighbours around them.

    The distance from the middle is the angle between both vectors in degrees, without
    distortion. Directions are evenly spaced and have no meaning of their own; but the order
    around the circle is the one in which words that stand side by side are most alike: the
    sum of their cosines is as large as can be.

    Parameters
    ----------
    vectors : w2v.WordVectors
    queries : sequence of str
        An even number of words, each in the middle of a panel.
    number : int
        Neighbours of each, from 3 to 8.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UnknownWord
        If a word has no vector.
    ValueError
        If the number of queries is odd, or that of neighbours too large or too small.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from w2v import WordVectors
    >>> vectors = WordVectors(list("abcd"), [[1, 0.0], [1, 1], [0, 1], [1, 0.1]])
    >>> figure = neighbor_map(vectors, ["a", "c"], number=3)
    >>> [text.get_text() for text in figure.axes[1].texts if "°" in text.get_text()][:3]
    ['30°', '60°', '90°']
    >>> plt.close(figure)
    """
    if not queries or len(queries) % 2:
        raise ValueError(f"`queries` must be an even number of words, but it holds {len(queries)}")
    if not 3 <= number <= 8:
        raise ValueError(f"`number` must be from 3 to 8, but is {number}")
    with new_figure(6.2, 2.3 * len(queries) / 2, nrows=len(queries) // 2, ncols=2) as (
        figure,
        panels,
    ):
        for axes, query in zip(panels.flat, queries, strict=True):
            _draw_neighbors(axes, vectors, query, number)
        figure.tight_layout(pad=0.3)
    return figure


def _draw_neighbors(axes, vectors, query, number):
    found = dict(_around(vectors, vectors.neighbors(query, number)))
    for degrees in (30, 60, 90):
        circle = np.linspace(0, 2 * np.pi, 121)
        axes.plot(
            degrees * np.cos(circle), degrees * np.sin(circle), color="0.85", linewidth=1, zorder=0
        )
        axes.annotate(f"{degrees}°", (0, degrees), color="0.4", fontsize=9, **_CENTERED)
    for place, (word, cosine) in enumerate(found.items()):
        degrees = np.degrees(np.arccos(cosine))
        turn = 2 * np.pi * (place + 0.5) / len(found)  # clockwise, from the top
        right, up = np.sin(turn), np.cos(turn)
        axes.plot([0, degrees * right], [0, degrees * up], color="0.7", linewidth=1, zorder=1)
        axes.plot(degrees * right, degrees * up, "o", color=CENTER, markersize=6)
        axes.annotate(
            f"{word} {degrees:.0f}°",
            (degrees * right, degrees * up),
            xytext=(6 * right, 9 * up),
            textcoords="offset points",
            color=CENTER,
            fontsize=10,
            ha="left" if right > 0.3 else "right" if right < -0.3 else "center",
            va="center",
        )
    box = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": "black"}
    axes.annotate(query, (0, 0), weight="bold", fontsize=10, bbox=box, **_CENTERED)
    axes.set(xlim=(-125, 125), ylim=(-96, 96), aspect="equal")
    axes.set_axis_off()


_CENTERED = {"ha": "center", "va": "center"}


def _around(vectors, found):
    """Put neighbours in the order in which those side by side are most alike, in a circle."""
    alike = np.array([[vectors.similarity(one, other) for other, _ in found] for one, _ in found])
    # The nearest is the first; of an order and its mirror image, one is enough.
    first = np.array(
        [order for order in permutations(range(1, len(found))) if order[0] < order[-1]]
    )
    orders = np.insert(first, 0, 0, axis=1)
    sums = alike[orders, np.roll(orders, 1, axis=1)].sum(axis=1)
    return [found[place] for place in orders[sums.argmax()]]


def principal_plane(points):
    """Coordinates of points in the plane of their first two principal components.

    Parameters
    ----------
    points : array_like, shape (n, d)
        At least three, of at least two dimensions.

    Returns
    -------
    ndarray, shape (n, 2)
        Centred at 0. A principal component has no sign of its own: each is turned so
        that its largest coordinate is positive, the same on every machine.

    Raises
    ------
    ValueError
        If there are too few points or dimensions.

    Examples
    --------
    >>> principal_plane([[0.0, 0, 0], [4, 0, 0], [2, 1, 0], [10, 0, 0]])[:, 0].round(1)
    array([-4.,  0., -2.,  6.])
    """
    middle, axes = _principal_axes(points)
    return (np.asarray(points, dtype=np.float64) - middle) @ axes


def _principal_axes(points):
    """The middle of points and two directions, shape (d, 2): their plane."""
    points = np.asarray(points, dtype=np.float64)
    if points.ndim != 2 or len(points) < 3 or points.shape[1] < 2:
        raise ValueError(
            "a plane needs at least three points of at least two dimensions, but the shape is "
            f"{points.shape}"
        )
    middle = points.mean(axis=0)
    _, _, directions = np.linalg.svd(points - middle, full_matrices=False)
    axes = directions[:2].T
    plane = (points - middle) @ axes
    largest = np.abs(plane).argmax(axis=0)
    return middle, axes * np.where(plane[largest, [0, 1]] < 0, -1, 1)


def _write_apart(axes, labels):
    """Write (text, place, colour) beside their places, on the side with the most room."""
    sides = [(6, 0, "left"), (-6, 0, "right"), (0, 9, "center"), (0, -9, "center")]
    sides += [(6, 9, "left"), (6, -9, "left"), (-6, 9, "right"), (-6, -9, "right")]
    axes.figure.draw_without_rendering()  # settles the limits, and with them where every point lies
    renderer = axes.figure.canvas.get_renderer()
    points = axes.transData.transform([place for _, place, _ in labels])
    spots = [
        [
            axes.annotate(
                text,
                place,
                xytext=(right, up),
                textcoords="offset points",
                ha=align,
                va="center",
                fontsize=9,
                color=color,
            )
            for right, up, align in sides
        ]
        for text, place, color in labels
    ]
    boxes = [[_edges(spot.get_window_extent(renderer)) for spot in choice] for choice in spots]
    marks = [(x - 4, x + 4, y - 4, y + 4) for x, y in points]
    taken = [None] * len(labels)  # the spot of each

    def crowding(number, spot):
        box = boxes[number][spot]
        others = [other for other in range(len(labels)) if other != number]
        covered = sum(_shared(box, marks[other]) for other in others)
        written = [boxes[other][taken[other]] for other in others if taken[other] is not None]
        return 10 * covered + sum(_shared(box, other) for other in written)

    for _ in range(5):  # what was written early may have to give way
        for number in range(len(labels)):
            costs = [crowding(number, spot) for spot in range(len(sides))]
            taken[number] = int(np.argmin(costs))
    for choice, best in zip(spots, taken, strict=True):
        for spot, text in enumerate(choice):
            if spot != best:
                text.remove()


def _edges(box):
    """Left, right, lower and upper edge of a box, with a little room around it."""
    return box.x0 - 1, box.x1 + 1, box.y0 - 1, box.y1 + 1


def moving_map(name, label, caption, captions, moments, groups):
    """Animate how words find their places while they are learnt.

    All moments are seen in one plane: that of the first two principal components of the
    words' unit vectors at the last one. So what moves are the vectors, and not the eye. A
    word is named as soon as its name covers no other.

    Parameters
    ----------
    name, label, caption, captions
        As for `Player`; a caption for each moment.
    moments : array_like, shape (n, words, d)
        Vectors of the words at each moment, in the order of `groups`.
    groups : mapping of str to sequence of str
        Words to draw, by the name of their group; at most six groups.

    Returns
    -------
    Player

    Raises
    ------
    ValueError
        If there are more groups than colours, fewer than three words, or not a vector for
        each of them.

    Examples
    --------
    >>> moments = [[[1, 1, 1], [1, 1, 0.9], [1, 0.9, 1]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]]
    >>> groups = {"letters": ["a", "b"], "digits": ["one"]}
    >>> moving_map("drift", "Words part.", "Words.", ["before", "after"], moments, groups)
    <Player 'drift': 2 frames>
    """
    if len(groups) > len(_ROLES):
        raise ValueError(f"`groups` may hold {len(_ROLES)} groups, but it holds {len(groups)}")
    words = [word for group in groups.values() for word in group]
    moments = np.asarray(moments, dtype=np.float64)
    if moments.ndim != 3 or moments.shape[1] != len(words):
        raise ValueError(
            f"`moments` must have shape (n, {len(words)}, d), a vector for each word, but has "
            f"shape {moments.shape}"
        )
    moments = moments / np.linalg.norm(moments, axis=2, keepdims=True)
    middle, axes = _principal_axes(moments[-1])
    plane = (moments - middle) @ axes  # (n, words, 2)
    width, height, legend = 440, 420, 24 * -(-len(groups) // 3)
    room = np.array([70, 20])  # for names at the sides, and above and below
    low, high = plane.min(axis=(0, 1)), plane.max(axis=(0, 1))
    scale = ((np.array([width, height]) - 2 * room) / (high - low)).min()
    places = (plane - (low + high) / 2) * scale * [1, -1] + [width / 2, height / 2]

    player = Player(name, label, caption, captions, width, height + legend)
    marks = []  # of each word: its shape, where that stands in the legend, and its colour
    for number, group in enumerate(groups):
        right, down = 20 + number % 3 * 140, height + 12 + number // 3 * 24
        shape, color = f"w2v-player-{name}-{number}", f"var(--{_ROLES[number]})"
        player.add(
            *("path",),
            **{"id": shape, "d": _SHAPES[number], "fill": color},
            transform=f"translate({right} {down})",
        )
        player.add("text", group, x=right + 12, y=down + 5)
        marks += [(f"#{shape}", right, down, color)] * len(groups[group])
    for (shape, right, down, _), (x, y) in zip(marks, places.transpose(1, 2, 0), strict=True):
        player.add("use", href=shape, x=x - right, y=y - down)

    names = _names_apart(places[-1], words, width, height)
    shown = np.array([_readable(moment, words, names) for moment in places])  # (n, words)
    shown[-1] = 1
    for number, word in enumerate(words):
        (x, y), (side, right, down) = places[:, number].T, names[number]
        player.add(
            *("text", word),
            **{"x": x + right, "y": y + down + 5, "text_anchor": _ANCHORS[side]},
            **{"fill": marks[number][3], "opacity": shown[:, number]},
        )
    return player


# Where a name may stand: the side of its place on which it is, and how far off it begins.
_ANCHORS = {-1: "end", 0: "middle", 1: "start"}
_SPOTS = [(side, 8 * side, down) for down in (0, -5, 5, -10, 10) for side in (1, -1)]
_SPOTS += [(0, right, down) for down in (-14, 14) for right in (0, -12, 12)]
_SPOTS += [(side, 5 * side, down) for down in (-15, 15) for side in (1, -1)]


def _box(place, word, spot):
    """Edges of a name: left, right, upper and lower, in whatever font it is set."""
    side, right, down = spot
    middle = place[0] + right + side * 4.2 * len(word)
    height = place[1] + down
    return middle - 4.2 * len(word), middle + 4.2 * len(word), height - 7.5, height + 7.5


def _shared(one, other):
    """Area that two boxes share."""
    across = min(one[1], other[1]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[2], other[2])
    return max(0.0, across) * max(0.0, down)


def _mark(place):
    """Edges of the shape at a word's place."""
    return place[0] - 5, place[0] + 5, place[1] - 5, place[1] + 5


def _readable(places, words, spots):
    """For each name 1, or 0 if it covers a shape, or a name before it that is shown."""
    boxes = [_box(*name) for name in zip(places, words, spots, strict=True)]
    marks = [_mark(place) for place in places]
    shown = []
    for word, box in enumerate(boxes):
        covered = [boxes[other] for other in shown] + marks[:word] + marks[word + 1 :]
        if not any(_shared(box, other) for other in covered):
            shown.append(word)
    return [float(word in shown) for word in range(len(words))]


def _names_apart(places, words, width, height):
    """A spot for each name: near its place, apart from the others, and within the picture."""
    marks = [_mark(place) for place in places]
    chosen = [None] * len(words)  # boxes

    def cost(word, spot):
        box = _box(places[word], words[word], spot)
        outside = max(0, -box[0], box[1] - width, -box[2], box[3] - height)
        others = [other for other in range(len(words)) if other != word]
        covered = sum(_shared(box, marks[other]) for other in others)
        shared = sum(_shared(box, chosen[other]) for other in others if chosen[other])
        return 1000 * outside + 10 * (covered + shared) + _SPOTS.index(spot)

    spots = [None] * len(words)
    for _ in range(5):  # a name that came early may have to give way
        for word in range(len(words)):
            spots[word] = min(_SPOTS, key=lambda spot, word=word: cost(word, spot))
            chosen[word] = _box(places[word], words[word], spots[word])
    return spots
