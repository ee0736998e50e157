"""Figures of the derivation, parts (a) to (f)."""

import numpy as np

from ..softmax import softmax
from .style import CENTER, OUTSIDE, STEP, arrow, new_figure


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
    center_vector, outside = np.asarray(center_vector, float), np.asarray(outside, float)
    if center_vector.shape != (2,) or outside.shape != (len(names), 2):
        raise ValueError(
            "`center_vector` must have shape (2,) and `outside` (V, 2) with one name a row, "
            f"but the shapes are {center_vector.shape} and {outside.shape}, with {len(names)} names"
        )
    probabilities = softmax(outside @ center_vector)
    expected = probabilities @ outside
    step = outside[outside_word] - expected  # minus the gradient, equation (18)

    with new_figure(7.2, 4.2) as (figure, axes):
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
        low, high = points.min(axis=0), points.max(axis=0)
        margin = 0.15 * (high - low).max()
        axes.set_xlim(low[0] - margin, high[0] + margin)
        axes.set_ylim(low[1] - margin, high[1] + 1.4 * margin)
        axes.set_aspect("equal")
        axes.set_xlabel("first entry")
        axes.set_ylabel("second entry")
        axes.legend(frameon=False, fontsize=10, loc="center left", bbox_to_anchor=(1.02, 0.5))
    return figure
