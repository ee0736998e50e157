"""What the fast trainer multiplies."""

import matplotlib.pyplot as plt
import numpy as np

from .style import CENTER, OUTSIDE, new_figure


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
    >>> import matplotlib.pyplot as plt
    >>> weights = [[1.0, 0.0, 1.0, 0.0, 2.5], [0.0, 1.0, 0.0, 1.0, 2.5]]
    >>> figure = block_picture(weights, ["b", "c"], ["a", "b", "c", "d", "x"], shared=1)
    >>> plt.close(figure)
    """
    weights = np.asarray(weights, float)
    rows, columns = weights.shape
    places = columns - shared
    near, drawn = weights[:, :places], weights[:, places:]
    gap = 0.6  # between the band and the negatives
    with new_figure(7.0, 0.32 * rows + 1.9) as (figure, axes):
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
