"""Figures of the derivation, parts (a) to (f)."""

import matplotlib.pyplot as plt
import numpy as np

from ..softmax import cross_entropy, softmax
from .player import Player
from .style import CENTER, OUTSIDE, STEP, arrow, new_figure

_BESIDE = {"textcoords": "offset points", "fontsize": 10}
_CENTERED = {"ha": "center", "va": "center"}


def surprise_curve(probabilities):
    r"""Draw the loss of part (a), :math:`-\log \hat y_o`, over the probability of the word seen.

    Parameters
    ----------
    probabilities : array_like
        Those to be marked, each positive and at most 1.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If a number is no probability, or is 0: its loss is infinite.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure = surprise_curve([1.0, 0.5, 0.1])
    >>> plt.close(figure)
    """
    marked = np.sort(np.asarray(probabilities, float).ravel())
    if not marked.size or not (marked[0] > 0 and marked[-1] <= 1):
        raise ValueError(f"`probabilities` must be positive and at most 1, but are {marked}")
    losses = np.abs(np.log(marked))  # and not -0.0
    with new_figure(4.8, 3.6) as (figure, axes):
        # Equal steps of the loss: so the steep part of the curve has points enough, too.
        heights = np.linspace(0, losses[0] + 0.5, 120)
        axes.plot(np.exp(-heights), heights, color=OUTSIDE)
        axes.vlines(marked, 0, losses, color="0.75", linewidth=1, zorder=0)
        axes.plot(marked, losses, "o", color=OUTSIDE)
        for probability, loss in zip(marked, losses, strict=True):
            text = f"{loss:.2f} at {probability:g}"
            near = {"xytext": (8, 4), **_BESIDE}
            if probability > 0.9:  # the text would stand outside
                near |= {"xytext": (0, 10), "ha": "right"}
            axes.annotate(text, (probability, loss), **near)
        axes.set_xlim(0, 1.02)
        axes.set_ylim(0, None)
        axes.set_xlabel(r"probability $\hat{y}_o$ of the word that was seen")
        axes.set_ylabel(r"loss $-\log\,\hat{y}_o$ (nats)")
    return figure


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
    >>> import matplotlib.pyplot as plt
    >>> figure = pull_and_push([1.0, 0.0], 0, [[0.0, 1.0], [1.0, 0.0]], ["sat", "cat"])
    >>> plt.close(figure)
    """
    center_vector, outside, probabilities = _plane(center_vector, outside, names)
    expected = probabilities @ outside
    step = outside[outside_word] - expected  # minus the gradient, equation (18)

    with new_figure(4.8, 3.9) as (figure, axes):
        axes.scatter(*outside.T, s=1600 * probabilities, color=OUTSIDE, alpha=0.35)
        axes.scatter(*outside.T, s=14, color=OUTSIDE, label="outside vectors, area: probability")
        axes.scatter(
            *expected,
            marker="D",
            s=50,
            color="black",
            zorder=3,
            label=r"expected vector $U\hat{y}$",
        )
        for word, name in enumerate(names):
            axes.annotate(
                f"{name} {probabilities[word]:.2f}",
                outside[word],
                xytext=(0, 8 + 17 * np.sqrt(probabilities[word])),
                ha="center",
                weight="bold" if word == outside_word else "normal",
                **_BESIDE,
            )
        arrow(axes, (0, 0), center_vector, CENTER, "-", "centre vector $v_c$")
        arrow(axes, expected, outside[outside_word], STEP, ":", r"observed $-$ expected")
        arrow(
            axes,
            center_vector,
            center_vector + step / 2,
            STEP,
            "-",
            r"step of $v_c$ along $-\partial J/\partial v_c$",
        )
        points = np.vstack([outside, [center_vector, center_vector + step / 2, (0, 0)]])
        _room(axes, points)
        _legend_below(axes)
    return figure


def pushes_summed(center_vector, outside_word, outside, names):
    r"""Draw the step of part (b) as a sum: one pull, and a push by each word, head to tail.

    Parameters
    ----------
    center_vector : array_like, shape (2,)
    outside_word : int
        Index of the word that was observed: its vector is the pull.
    outside : array_like, shape (V, 2)
        Each row, times the probability of its word and turned round, is a push. They are
        drawn clockwise, the push by the word seen itself last.
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
    >>> import matplotlib.pyplot as plt
    >>> figure = pushes_summed([1.0, 0.0], 0, [[0.0, 1.0], [1.0, 0.0]], ["sat", "cat"])
    >>> plt.close(figure)
    """
    center_vector, outside, probabilities = _plane(center_vector, outside, names)
    seen = outside[outside_word]
    # Clockwise from the pull's opposite: so the chain bends one way, and words fit outside.
    angles = np.arctan2(seen[1], seen[0]) - np.arctan2(*outside.T[::-1])
    turns = np.where(np.arange(len(names)) == outside_word, np.inf, angles % (2 * np.pi))
    order = np.argsort(turns, kind="stable")
    pushes = -probabilities[order, None] * outside[order]
    ends = seen + np.cumsum(pushes, axis=0)
    starts = ends - pushes
    with new_figure(4.8, 3.9) as (figure, axes):
        arrow(axes, (0, 0), seen, OUTSIDE, "-", "pull: the outside vector seen")
        for word, start, end in zip(order, starts, ends, strict=True):
            label = "pushes: $-$ share times vector" if word == order[0] else None
            arrow(axes, start, end, "0.3", "--", label)
        arrow(axes, (0, 0), ends[-1], STEP, "-", r"their sum: $u_o - U\hat{y}$")
        axes.plot(0, 0, "o", color="black", markersize=4)
        corners = np.vstack([[(0, 0)], starts, ends[-1:], [(0, 0)]])
        _room(axes, corners, share=0.2)
        axes.set_axis_off()
        labels = [f"{probabilities[word]:.2f} {names[word]}" for word in order]
        _name_arrows(axes, labels, starts, ends, corners)
        _legend_below(axes, 0.0)
    return figure


def _name_arrows(axes, labels, starts, ends, corners):
    """Write beside the middle of each arrow, and not over a line from corner to corner."""
    axes.figure.draw_without_rendering()  # settles the limits

    def points(places):
        return axes.transData.transform(places) * 72 / axes.figure.dpi

    taken = points(np.linspace(corners[:-1], corners[1:], 60).reshape(-1, 2))
    for label, start, end in zip(labels, starts, ends, strict=True):
        middle = points((start + end) / 2)
        # Room for the text: about 3 points to each side of its middle for a letter.
        half = np.array([3.2 * len(label) + 3, 9])
        free = [
            offset
            for offset in _offsets(end - start)
            if not (np.abs(taken - middle - offset) < half).all(axis=1).any()
        ]
        offset = free[0] if free else np.zeros(2)
        axes.annotate(
            label,
            (start + end) / 2,
            xytext=offset,
            arrowprops={"arrowstyle": "-", "color": "0.6", "linewidth": 0.7, "shrinkB": 0},
            **_CENTERED,
            **_BESIDE,
        )
        taken = np.vstack([taken, middle + offset + half * _BOX])


#: Points all over a box from -1 to 1.
_BOX = np.mgrid[-1:1:9j, -1:1:5j].reshape(2, -1).T


def _offsets(along):
    """Places for a name, in points: nearest first, and first to the left of the arrow."""
    left = np.arctan2(along[0], -along[1])
    turns = left + np.pi / 6 * np.array([0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6])
    ring = np.column_stack([np.cos(turns), np.sin(turns)])
    return [reach * place for reach in range(16, 90, 6) for place in ring]


def learning_outside(name, center_vector, outside_word, tables, words, caption):
    r"""Show how probabilities move while outside vectors learn, as in part (c).

    Above are the words' probabilities as bars, below the outside vectors in the plane; each
    that moves leaves a line behind it.

    Parameters
    ----------
    name : str
        Of the `Player`.
    center_vector : array_like, shape (2,)
    outside_word : int
        Index of the word that was seen.
    tables : array_like, shape (steps + 1, V, 2)
        The outside vectors before the first step and after each.
    words : sequence of str, length V
    caption : str

    Returns
    -------
    w2v.plot.Player
        With a frame for each table.

    Raises
    ------
    ValueError
        If the vectors do not have two entries, or there is no step.

    Examples
    --------
    >>> tables = [[[0.0, 1.0], [1.0, 0.0]], [[0.5, 1.0], [1.0, 0.0]]]
    >>> learning_outside("one-step", [1.0, 0.0], 0, tables, ["sat", "the"], "One step.")
    <Player 'one-step': 2 frames>
    """
    center_vector, tables = np.asarray(center_vector, float), np.asarray(tables, float)
    if center_vector.shape != (2,) or tables.ndim != 3 or tables.shape[1:] != (len(words), 2):
        raise ValueError(
            "`center_vector` must have shape (2,) and `tables` (steps + 1, V, 2) with one name "
            f"for each of the V words, but the shapes are {center_vector.shape} and "
            f"{tables.shape}, with {len(words)} names"
        )
    if len(tables) < 2:
        raise ValueError("`tables` must hold the vectors before and after at least one step")
    scores = tables @ center_vector  # (steps + 1, V)
    probabilities = softmax(scores)
    seen = probabilities[:, outside_word]
    losses = [cross_entropy(row, outside_word) for row in scores]
    word, last = words[outside_word], len(tables) - 1
    player = Player(
        name,
        f"Bars of the probabilities of {len(words)} words, and their outside vectors in the "
        f"plane. In {last} steps the probability of {word}, the word that was seen, goes from "
        f"{seen[0]:.2f} to {seen[-1]:.2f}, while its vector moves in the direction of the "
        "centre vector.",
        caption,
        [
            f"{f'Step {step} of {last}' if step else 'Before the first step'}: {word} has "
            f"probability {p:.2f}, residual \N{MINUS SIGN}{1 - p:.2f}, loss {loss:.2f} nats."
            for step, (p, loss) in enumerate(zip(seen, losses, strict=True))
        ],
        width=420,
        height=_BAR * len(words),
    )
    _add_bars(player, probabilities, outside_word, words)
    _add_plane(player, center_vector, outside_word, tables, words)
    return player


_BAR = 26  # from bar to bar
_LONG = 270  # a bar of probability 1


def _add_bars(player, probabilities, outside_word, words):
    """Bars from top to bottom; what the word seen lacks of 1 is outlined."""
    for word, name in enumerate(words):
        top, seen = _BAR * word + 6, word == outside_word
        shares = probabilities[:, word]
        color, weight = ("var(--outside)", "bold") if seen else ("var(--faint)", "normal")
        player.add("text", name, x=62, y=top + 14, text_anchor="end", font_weight=weight)
        player.add("rect", x=70, y=top, width=_LONG * shares, height=18, fill=color)
        if seen:
            player.add(
                "rect",
                x=70 + _LONG * shares,
                y=top,
                width=_LONG * (1 - shares),
                height=18,
                fill="none",
                stroke=color,
                stroke_dasharray="4 3",
            )
        player.add(
            "text",
            [f"{share:.2f}" for share in shares],
            x=76 + _LONG * (1 if seen else shares),
            y=top + 14,
            font_weight=weight,
        )


def _add_plane(player, center_vector, outside_word, tables, words):
    """Place the vectors below the bars, and let the drawing be as high as they need."""
    width, top = player.size[0], _BAR * len(words) + 30
    points = np.vstack([tables.reshape(-1, 2), center_vector, (0, 0)])
    low, high = points.min(axis=0), points.max(axis=0)
    unit = min((width - 60) / (high[0] - low[0] or 1), 320 / (high[1] - low[1] or 1))
    left = (width - unit * (high[0] - low[0])) / 2
    player.size = width, round(top + unit * (high[1] - low[1]) + 30)

    def at(vectors):
        return left + unit * (vectors[..., 0] - low[0]), top + unit * (high[1] - vectors[..., 1])

    x, y = at(np.array([0.0, 0.0]))
    tip_x, tip_y = at(center_vector)
    player.add("circle", cx=x, cy=y, r=3, fill="var(--ink)")
    player.add("path", d=_arrow_path((x, y), (tip_x, tip_y)), stroke="var(--center)", **_LINE)
    # Behind the arrow's tail, where the paths along it do not run.
    text = {"x": x - 8, "text_anchor": "end"} if x > 110 else {"x": x, "text_anchor": "start"}
    below = 5 if x > 110 else 18
    player.add("text", "centre vector", y=y + below, fill="var(--center)", **text)
    for word, name in enumerate(words):
        across, up = at(tables[:, word])
        seen = word == outside_word
        color = "var(--outside)" if seen else "var(--faint)"
        line = {"x1": across[0], "y1": up[0], "x2": across, "y2": up}
        player.add("line", **line, stroke=color, stroke_width=2)
        player.add("circle", cx=across, cy=up, r=6 if seen else 4, fill=color)
        weight = "bold" if seen else "normal"
        player.add("text", name, x=across, y=up + 19, text_anchor="middle", font_weight=weight)


_LINE = {"stroke_width": 2.5, "fill": "none"}


def _arrow_path(start, end, size=9):
    """Path of an arrow: a line and two barbs."""
    start, end = np.array(start), np.array(end)
    back = (start - end) / np.hypot(*(start - end))
    side = np.array([-back[1], back[0]])
    places = [start, end + size * (back + side / 2), end, end + size * (back - side / 2)]
    tail, one, tip, other = (f"{x:.1f} {y:.1f}" for x, y in places)
    return f"M {tail} L {tip} M {one} L {tip} L {other}"


def outer_product(center_vector, residual, names):
    r"""Draw the gradient of part (d), :math:`v_c (\hat y - y)^\top`, as a table of products.

    Parameters
    ----------
    center_vector : array_like, shape (d,)
        At the left of the rows.
    residual : array_like, shape (V,)
        Above the columns. Columns with a negative residual are hatched.
    names : sequence of str, length V

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is not one name for each residual.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure = outer_product([1.0, -0.5], [0.3, -0.3], ["cat", "sat"])
    >>> plt.close(figure)
    """
    center_vector, residual = np.asarray(center_vector, float), np.asarray(residual, float)
    if center_vector.ndim != 1 or residual.shape != (len(names),):
        raise ValueError(
            "`center_vector` must have shape (d,) and `residual` (V,) with one name for each, "
            f"but the shapes are {center_vector.shape} and {residual.shape}, "
            f"with {len(names)} names"
        )
    products = np.outer(center_vector, residual)
    longest = max(np.abs(center_vector).max(), np.abs(products).max())
    rows, columns = products.shape
    with new_figure(4.8, 0.62 * rows + 1.1) as (figure, axes):
        for row, column in np.ndindex(rows, columns + 1):
            value = products[row, column - 1] if column else center_vector[row]
            seen = column and residual[column - 1] < 0
            place = column + 0.15 * bool(column)  # a gap beside the centre vector
            color = OUTSIDE if seen else "0.6" if column else CENTER
            box = plt.Rectangle((place, row), 1, 1, facecolor="none", edgecolor="0.8")
            axes.add_patch(box)
            axes.barh(
                row + 0.3,
                0.46 * value / longest,
                left=place + 0.5,
                height=0.3,
                color="white" if seen else color,
                edgecolor=color,
                hatch="////" if seen else None,
            )
            middle = place + 0.5
            axes.plot([middle, middle], [row, row + 0.6], color="0.4", linewidth=0.8)
            axes.annotate(
                _signed(value), (middle, row + 0.8), ha="center", va="center", fontsize=10
            )
        axes.annotate("$v_c$", (0.5, -0.25), **_CENTERED)
        for column, (name, value) in enumerate(zip(names, residual, strict=True)):
            style = {"weight": "bold" if value < 0 else "normal", **_CENTERED}
            axes.annotate(name, (column + 1.65, -0.6), **style)
            axes.annotate(_signed(value), (column + 1.65, -0.25), **style)
        axes.set_xlim(-0.03, columns + 1.18)
        axes.set_ylim(rows + 0.03, -0.85)
        axes.set_axis_off()
    return figure


def _signed(value):
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


def _plane(center_vector, outside, names):
    """Arguments as arrays of the plane, and the probabilities."""
    center_vector, outside = np.asarray(center_vector, float), np.asarray(outside, float)
    if center_vector.shape != (2,) or outside.shape != (len(names), 2):
        raise ValueError(
            "`center_vector` must have shape (2,) and `outside` (V, 2) with one name a row, "
            f"but the shapes are {center_vector.shape} and {outside.shape}, with {len(names)} names"
        )
    return center_vector, outside, softmax(outside @ center_vector)


def _clearance(place, points):
    return np.hypot(*(points - place).T).min()


def _room(axes, points, share=0.15):
    """Let the axes hold all points and the words beside them, in equal units."""
    low, high = points.min(axis=0), points.max(axis=0)
    margin = share * (high - low).max()
    axes.set_xlim(low[0] - margin, high[0] + margin)
    axes.set_ylim(low[1] - margin, high[1] + 1.4 * margin)
    axes.set_aspect("equal")
    axes.set_xlabel("first entry")
    axes.set_ylabel("second entry")


def _legend_below(axes, gap=0.16):
    # Beside the axes it would make them too small to be read on a phone.
    axes.legend(frameon=False, fontsize=10, loc="upper left", bbox_to_anchor=(0, -gap))
