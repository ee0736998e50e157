"""Figures of negative sampling, part (e), and of the lines that its source got wrong."""

import matplotlib.pyplot as plt
import numpy as np

from ..negative_sampling import log_sigmoid, negative_sampling, sigmoid
from ..softmax import naive_softmax
from .style import CENTER, NEGATIVE, OUTSIDE, STEP, new_figure


def logistic():
    r"""Draw the logistic function, its derivative, and what the two answers cost.

    Above are :math:`\sigma(x)` and :math:`\sigma(x)(1 - \sigma(x))`, equation (44). Below,
    over the same scores, is what a pair pays: :math:`-\log \sigma(x)` if it was observed,
    :math:`-\log \sigma(-x)` if the word was drawn.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure = logistic()
    >>> plt.close(figure)
    """
    scores = np.linspace(-6, 6, 121)
    yes = sigmoid(scores)
    with new_figure(5.6, 5.6, nrows=2, sharex=True) as (figure, (above, below)):
        above.plot(scores, yes, color=CENTER, label=r"$\sigma(x)$: probability of a yes")
        above.plot(
            *(scores, yes * (1 - yes)),
            color=STEP,
            linestyle="--",
            label=r"$\sigma(x)(1 - \sigma(x))$: its derivative",
        )
        above.set_ylabel("probability, and slope")
        below.plot(
            *(scores, -log_sigmoid(scores)),
            color=OUTSIDE,
            label=r"$-\log \sigma(x)$: for the observed word",
        )
        below.plot(
            *(scores, -log_sigmoid(-scores)),
            color=NEGATIVE,
            linestyle="--",
            label=r"$-\log \sigma(-x)$: for a negative",
        )
        below.set(xlabel=r"score $x = u^\top v_c$", ylabel="loss (nats)")
        for axes in (above, below):
            axes.axvline(0, color="0.85", linewidth=1, zorder=0)
            axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0))
        figure.tight_layout()
    return figure


def touched_columns(center_vector, outside_word, outside, negatives, names):
    r"""Draw the gradients of the two losses by U: every column, against only a few.

    Both are products of the centre vector, on the left, and one number for each word,
    above its column: :math:`v_c (\hat y - y)^\top` for the naive softmax, and the law (61*)
    for negative sampling. The two matrices stand one above the other, so that a word has
    its column in the same place.

    Parameters
    ----------
    center_vector : array_like, shape (d,)
    outside_word : int
        Index of the word that was observed.
    outside : array_like, shape (V, d)
    negatives : array_like of int, shape (K,)
    names : sequence of str, length V

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is not one name for each word, or the centre vector is zero.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> outside = [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]]
    >>> figure = touched_columns([1.0, -1.0], 0, outside, [2, 2], ["sat", "cat", "mat"])
    >>> plt.close(figure)
    """
    center_vector, outside = np.asarray(center_vector, float), np.asarray(outside, float)
    if len(names) != len(outside):
        raise ValueError(
            f"`names` must have one name for each of the {len(outside)} words, but has {len(names)}"
        )
    if not center_vector.any():
        raise ValueError("`center_vector` is zero, and with it the gradient of every word")
    _, _, by_softmax = naive_softmax(center_vector, outside_word, outside)
    _, _, by_sampling = negative_sampling(center_vector, outside_word, outside, negatives)
    drawn = np.bincount(negatives, minlength=len(outside))  # (V,)
    everybody = ["observed" if word == outside_word else "" for word in range(len(names))]
    roles = [_role(word == outside_word, times) for word, times in enumerate(drawn)]

    size = 0.62  # of an entry, in inches
    width, height = size * (len(names) + 2), 2 * size * (len(center_vector) + 3)
    with new_figure(width, height, nrows=2) as (figure, (above, below)):
        _outer_product(above, center_vector, by_softmax.T, names, everybody)
        above.set_title("naive softmax: every column", pad=6)
        _outer_product(below, center_vector, by_sampling.T, names, roles)
        count = int(by_sampling.any(axis=1).sum())
        below.set_title(f"negative sampling: {count} of {len(names)} columns", pad=6)
        figure.tight_layout(h_pad=2.0)
    return figure


def by_score(lines, y):
    """Draw functions of a score: the true one and others that are to be told from it.

    Parameters
    ----------
    lines : mapping of str to callable
        Function of an array of scores by the name of its curve, at most four. The first is
        the true one, drawn thick and solid; the others differ in colour and in dashes.
    y : str
        What the vertical axis shows.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are more than four lines.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure = by_score({"truth": np.sin, "near 0": lambda z: z}, y="sine")
    >>> plt.close(figure)
    """
    styles = [(STEP, "-", 3), ("#8E4585", "--", 1.8), ("#3B3B3B", "-.", 1.8), ("#7A6A00", ":", 2.2)]
    if len(lines) > len(styles):
        raise ValueError(f"`lines` may hold {len(styles)} curves, but it holds {len(lines)}")
    scores = np.linspace(-4, 4, 81)
    with new_figure(5.8, 4.4) as (figure, axes):
        for (name, function), (color, style, width) in zip(lines.items(), styles, strict=False):
            axes.plot(
                *(scores, function(scores)),
                color=color,
                linestyle=style,
                linewidth=width,
                label=name,
            )
        axes.axvline(0, color="0.8", linewidth=1, zorder=0)
        axes.set(xlabel="score", ylabel=y)
        axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0))
    return figure


def _role(observed, times):
    """What a word is in the loss of a pair, in one or two lines."""
    parts = ["observed"] if observed else []
    if times:
        parts.append("drawn" if times == 1 else f"drawn {times}\N{MULTIPLICATION SIGN}")
    return "\n".join(parts)


def _outer_product(axes, center_vector, gradient, names, roles):
    """Draw a gradient by U (d x V), v_c to its left and each word's factor above it."""
    rows, columns = gradient.shape
    place = np.abs(center_vector).argmax()
    factors = gradient[place] / center_vector[place]  # of which the columns are multiples
    largest = np.abs(gradient).max()
    gap = 0.35
    for row in range(rows):
        _entry(axes, (-1 - gap, row), center_vector[row], CENTER, 0.3)
    for column, (factor, role) in enumerate(zip(factors, roles, strict=True)):
        color = OUTSIDE if "observed" in role else NEGATIVE if "drawn" in role else "#5A5A5A"
        if not factor:
            color = "white"
        _entry(axes, (column, -1 - gap), factor, color, 0.3)
        for row in range(rows):
            share = abs(gradient[row, column]) / largest
            _entry(axes, (column, row), gradient[row, column], color, 0.12 + 0.4 * share)
        word = f"{names[column]}\n{role}" if role else names[column]
        axes.text(
            *(column + 0.5, rows + 0.15, word),
            ha="center",
            va="top",
            fontsize=9,
            weight="bold" if role else "normal",
        )
    axes.text(-0.5 - gap, rows + 0.15, "$v_c$", ha="center", va="top", color=CENTER)
    axes.text(-0.55, -0.5 - gap, "factor", ha="right", va="center", fontsize=9)
    axes.set_xlim(-1.05 - gap, columns + 0.05)
    axes.set_ylim(rows + 1.2, -1.05 - gap)
    axes.set_aspect("equal")
    axes.axis("off")


def _entry(axes, corner, number, color, shade):
    """Draw one entry of a matrix: its number with its sign, shaded by its size."""
    axes.add_patch(
        plt.Rectangle(
            corner,
            *(1, 1),
            facecolor=(color, shade) if number else "white",
            edgecolor="0.75",
            linewidth=0.6,
        )
    )
    axes.text(
        corner[0] + 0.5,
        corner[1] + 0.5,
        f"{number:+.2f}".replace("-", "\N{MINUS SIGN}") if number else "0",
        ha="center",
        va="center",
        fontsize=9,
        color="black" if number else "0.45",
    )
