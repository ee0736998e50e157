"""Maps of words."""

import numpy as np

from ..course import COURSE_WORDS
from .style import CENTER, GROUPS, MARKERS, new_figure


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
    with new_figure(8.4, 5.6) as (figure, axes):
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
        axes.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
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
    points = np.asarray(points, dtype=np.float64)
    if points.ndim != 2 or len(points) < 3 or points.shape[1] < 2:
        raise ValueError(
            "a plane needs at least three points of at least two dimensions, but the shape is "
            f"{points.shape}"
        )
    left, sizes, _ = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    plane = left[:, :2] * sizes[:2]
    largest = np.abs(plane).argmax(axis=0)
    return plane * np.where(plane[largest, [0, 1]] < 0, -1, 1)


def _write_apart(axes, labels):
    """Write (text, place, colour) beside their places, on the side with the most room."""
    sides = [(6, 0, "left"), (-6, 0, "right"), (0, 9, "center"), (0, -9, "center")]
    sides += [(6, 9, "left"), (6, -9, "left"), (-6, 9, "right"), (-6, -9, "right")]
    axes.figure.draw_without_rendering()  # settles the limits, and with them where every point lies
    renderer = axes.figure.canvas.get_renderer()
    points = axes.transData.transform([place for _, place, _ in labels])
    taken = []

    def crowding(box):
        shared = sum(
            max(0, min(box.x1, other.x1) - max(box.x0, other.x0))
            * max(0, min(box.y1, other.y1) - max(box.y0, other.y0))
            for other in taken
        )
        covered = sum(box.contains(*point) for point in points)
        return shared + 100 * covered

    for text, place, color in labels:
        candidates = []
        for right, up, align in sides:
            label = axes.annotate(
                text,
                place,
                xytext=(right, up),
                textcoords="offset points",
                ha=align,
                va="center",
                fontsize=9,
                color=color,
            )
            box = label.get_window_extent(renderer)
            candidates.append((crowding(box), label, box))
        _, best, box = min(candidates, key=lambda candidate: candidate[0])
        for _, label, _ in candidates:
            if label is not best:
                label.remove()
        taken.append(box)
