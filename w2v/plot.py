"""Figures of the book, in one visual language.

The colours are Okabe and Ito's, which the colour-blind can tell apart; each keeps its
role from chapter to chapter, and no figure relies on colour alone.
"""

import contextlib

import matplotlib.pyplot as plt
import numpy as np

from .course import COURSE_WORDS
from .softmax import softmax

CENTER = "#0072B2"
OUTSIDE = "#B36B00"
STEP = "#007A59"
GROUPS = ("#0072B2", "#B36B00", "#007A59", "#C0392B", "#8E4585", "#3B3B3B", "#2E86AB", "#7A6A00")

MARKERS = "os^Dv*PX"

_STYLE = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 11,
    "svg.hashsalt": "w2v",
}


def pull_and_push(center_vector, outside_word, outside, names):
    r"""Draw the gradient of part (b): the vector observed against the one expected.

    Parameters
    ----------
    center_vector : array_like, shape (2,)
    outside_word : int
        Index of the word that was observed.
    outside : array_like, shape (V, 2)
        Drawn as points whose area is the probability that the model gives the word.
    names : sequence of str, length V

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the vectors do not have two entries: more cannot be drawn.

    Examples
    --------
    >>> figure = pull_and_push([1.0, 0.0], 0, [[0.0, 1.0], [1.0, 0.0]], ["sat", "cat"])
    >>> plt.close(figure)
    """
    center_vector, outside = np.asarray(center_vector, float), np.asarray(outside, float)
    if center_vector.shape != (2,) or outside.shape != (len(names), 2):
        raise ValueError(
            "`center_vector` must have shape (2,) and `outside` (V, 2) with one name a row, "
            f"but the shapes are {center_vector.shape} and {outside.shape}, with {len(names)} names"
        )
    probabilities = softmax(outside @ center_vector)
    expected = probabilities @ outside
    step = outside[outside_word] - expected  # minus the gradient, equation (18)

    with _new_figure(7.2, 4.2) as (figure, axes):
        axes.scatter(*outside.T, s=2000 * probabilities, color=OUTSIDE, alpha=0.35)
        axes.scatter(*outside.T, s=14, color=OUTSIDE, label="outside vectors, area: probability")
        axes.scatter(
            *expected,
            marker="D",
            s=60,
            color="black",
            zorder=3,
            label=r"expected vector $U\hat{y}$",
        )
        for word, name in enumerate(names):
            axes.annotate(
                f"{name} {probabilities[word]:.2f}",
                outside[word],
                xytext=(0, 10 + 18 * np.sqrt(probabilities[word])),
                textcoords="offset points",
                ha="center",
                weight="bold" if word == outside_word else "normal",
            )
        _arrow(axes, (0, 0), center_vector, CENTER, "-", "centre vector $v_c$")
        _arrow(axes, expected, outside[outside_word], STEP, ":", r"observed $-$ expected")
        _arrow(
            axes,
            center_vector,
            center_vector + step / 2,
            STEP,
            "-",
            r"step of $v_c$ along $-\partial J/\partial v_c$",
        )
        points = np.vstack([outside, [center_vector, center_vector + step / 2, (0, 0)]])
        low, high = points.min(axis=0), points.max(axis=0)
        margin = 0.15 * (high - low).max()
        axes.set_xlim(low[0] - margin, high[0] + margin)
        axes.set_ylim(low[1] - margin, high[1] + 1.4 * margin)
        axes.set_aspect("equal")
        axes.set_xlabel("first entry")
        axes.set_ylabel("second entry")
        axes.legend(frameon=False, fontsize=10, loc="center left", bbox_to_anchor=(1.02, 0.5))
    return figure


def curves(lines, x, y, scale="linear"):
    """Draw one or two curves with a legend; the second is dashed, as a reference.

    Parameters
    ----------
    lines : mapping of str to (array_like, array_like)
        Horizontal and vertical coordinates by the name of the curve; at most two.
    x, y : str
        What the axes show.
    scale : {"linear", "log"}
        Of both axes.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> figure = curves({"squares": ([1, 2, 3], [1, 4, 9])}, x="number", y="square")
    >>> plt.close(figure)
    """
    with _new_figure(6.4, 3.8) as (figure, axes):
        for (name, (across, up)), color, style in zip(
            lines.items(), (CENTER, "0.35"), ("-", "--"), strict=False
        ):
            axes.plot(across, up, color=color, linestyle=style, label=name)
        axes.set(xlabel=x, ylabel=y, xscale=scale, yscale=scale)
        axes.legend(frameon=False)
    return figure


def cloud(across, up, lines, x, y, scale="linear"):
    """Draw many points, and over them one or two lines that tell what they do together.

    Parameters
    ----------
    across, up : array_like, shape (n,)
        Coordinates of the points.
    lines : mapping of str to (array_like, array_like)
        As for `curves`: the second is dashed, as a reference.
    x, y : str
        What the axes show.
    scale : {"linear", "log"}
        Of the horizontal axis.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> figure = cloud([1, 2, 3], [1, 5, 8], {"squares": ([1, 3], [1, 9])}, x="side", y="area")
    >>> plt.close(figure)
    """
    with _new_figure(6.4, 4.2) as (figure, axes):
        axes.scatter(across, up, s=5, color=CENTER, alpha=0.2, linewidths=0)
        for (name, line), color, style in zip(
            lines.items(), ("black", "0.35"), ("-", "--"), strict=False
        ):
            axes.plot(*line, color=color, linestyle=style, linewidth=2, label=name)
        axes.set(xlabel=x, ylabel=y, xscale=scale)
        axes.legend(frameon=False)
    return figure


def loss_curve(history):
    """Draw how the loss fell.

    Parameters
    ----------
    history : w2v.train.History

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> from w2v.train import History
    >>> figure = loss_curve(History(np.array([10, 20]), np.array([2.0, 1.0]), np.array([1.5])))
    >>> plt.close(figure)
    """
    with _new_figure(6.4, 3.4) as (figure, axes):
        millions = np.asarray(history.words) / 1e6
        axes.plot(millions, history.loss, color=CENTER)
        epochs = len(history.epoch_loss)
        for end in np.arange(1, epochs) * millions[-1] / epochs:
            axes.axvline(end, color="0.85", linewidth=1, zorder=0)
        axes.set_xlabel("words read, in millions (lines: ends of epochs)")
        axes.set_ylabel("average loss of a pair (nats)")
        axes.set_xlim(0, None)
    return figure


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
    with _new_figure(8.4, 5.6) as (figure, axes):
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
    with _new_figure(7.2, 5.2) as (figure, axes):
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


@contextlib.contextmanager
def _new_figure(width, height):
    # Made before the style is set: with the first figure matplotlib starts its backend,
    # and what that sets would be undone at the end of rc_context.
    figure = plt.figure(figsize=(width, height), dpi=110, facecolor="white")
    with plt.rc_context(_STYLE):
        yield figure, figure.subplots()


def _arrow(axes, start, end, color, style, label):
    axes.annotate(
        "",
        end,
        start,
        arrowprops={
            "arrowstyle": "-|>",
            "color": color,
            "linewidth": 2,
            "linestyle": style,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )
    axes.plot([], [], color=color, linewidth=2, linestyle=style, label=label)  # for the legend


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


def cost_curve(sizes, costs, x, y):
    """Draw how costs grow with a size, on logarithmic axes, with fitted slopes.

    Parameters
    ----------
    sizes : array_like, shape (n,)
        In rising order.
    costs : mapping of str to array_like, shape (n,)
        By the name of the curve; at most eight. Dotted is the straight line nearest to the
        rear two thirds of its points, where what a cost starts with matters least; the
        legend tells its slope.
    x, y : str
        What the axes show.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> figure = cost_curve([1, 2, 4], {"area": [1, 4, 16]}, x="length", y="area")
    >>> print(figure.axes[0].get_legend().get_texts()[0].get_text())
    area, slope 2.00
    >>> plt.close(figure)
    """
    sizes = np.asarray(sizes, float)
    rear = slice(len(sizes) // 3, None)
    with _new_figure(6.8, 4.2) as (figure, axes):
        for (name, cost), color, marker in zip(costs.items(), GROUPS, MARKERS, strict=False):
            line = np.polyfit(np.log(sizes[rear]), np.log(np.asarray(cost, float)[rear]), 1)
            label = f"{name}, slope {abs(line[0]) if abs(line[0]) < 0.005 else line[0]:.2f}"
            axes.plot(sizes, cost, color=color, marker=marker, label=label)
            fitted = np.exp(np.polyval(line, np.log(sizes)))
            axes.plot(sizes, fitted, color=color, linestyle=":")
        axes.set(xlabel=x, ylabel=y, xscale="log", yscale="log")
        axes.legend(frameon=False)
    return figure


def block_picture(weights, centers, words, shared):
    """Draw the weights of a block: a band of pairs, and beside it the negatives' columns.

    Parameters
    ----------
    weights : array_like, shape (b, c + N)
        Of each centre word with each place of the block, then with each negative.
    centers : sequence of str, length b
        The centre words, one a row.
    words : sequence of str, length c + N
        The words of the columns.
    shared : int
        Number N of negatives: the last columns.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> weights = [[1.0, 0.0, 1.0, 0.0, 2.5], [0.0, 1.0, 0.0, 1.0, 2.5]]
    >>> figure = block_picture(weights, ["b", "c"], ["a", "b", "c", "d", "x"], shared=1)
    >>> plt.close(figure)
    """
    weights = np.asarray(weights, float)
    rows, columns = weights.shape
    places = columns - shared
    near, drawn = weights[:, :places], weights[:, places:]
    gap = 0.6  # between the band and the negatives
    with _new_figure(9.0, 0.36 * rows + 1.9) as (figure, axes):
        for part, color, start in ((near, CENTER, 0.0), (drawn, OUTSIDE, places + gap)):
            for row, column in np.ndindex(part.shape):
                share = part[row, column] / part.max()
                box = plt.Rectangle(
                    (start + column, row),
                    *(1, 1),
                    facecolor=(color, 0.15 + 0.45 * share) if share else "white",
                    edgecolor="0.8",
                    linewidth=0.6,
                )
                axes.add_patch(box)
                if share:
                    text = f"{part[row, column]:.2f}".rstrip("0").rstrip(".")
                    middle = start + column + 0.5, row + 0.5
                    axes.annotate(text, middle, ha="center", va="center", fontsize=8)
        middles = np.arange(columns) + 0.5 + gap * (np.arange(columns) >= places)
        axes.set_xticks(middles, words, rotation=60, ha="left", rotation_mode="anchor")
        axes.set_yticks(np.arange(rows) + 0.5, centers)
        axes.tick_params(length=0, labelsize=10, top=True, labeltop=True, labelbottom=False)
        axes.set_xlim(0, columns + gap)
        axes.set_ylim(rows + 0.03, -0.03)
        axes.set_ylabel("centre words")
        for middle, text in (
            (places / 2, "the words around them"),
            (places + gap + shared / 2, "negatives"),
        ):
            below = axes.get_xaxis_transform()
            axes.text(middle, -0.04, text, transform=below, ha="center", va="top")
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
    return figure


def speeds(medians, x, peers=()):
    """Draw how fast programs are, as bars on a logarithmic axis.

    Parameters
    ----------
    medians : mapping of str to float
        By the name of the program, from top to bottom.
    x : str
        What the axis shows.
    peers : sequence of str
        Those of the names that are other people's programs: their bars are hatched.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> figure = speeds({"loop": 500.0, "blocks": 1e6}, x="words a second")
    >>> plt.close(figure)
    """
    with _new_figure(7.6, 0.45 * len(medians) + 1.0) as (figure, axes):
        for place, (name, speed) in enumerate(medians.items()):
            style = (
                {"color": "white", "edgecolor": "0.35", "hatch": "///"}
                if name in peers
                else {"color": CENTER}
            )
            axes.barh(place, speed, height=0.62, **style)
            axes.annotate(
                f"{float(f'{speed:.3g}'):,.0f}",
                (speed, place),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
            )
        axes.set_xscale("log")
        low, high = min(medians.values()), max(medians.values())
        # A bar needs a beginning, which a logarithmic axis has not: a power of ten below all.
        axes.set_xlim(10.0 ** np.floor(np.log10(low / 1.5)), 4 * high)
        axes.set_yticks(range(len(medians)), medians)
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.set_xlabel(x)
    return figure
