"""What the counts of words decide, part (g): who is thinned out, and who is drawn."""

import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter

from .style import CENTER, GROUPS, NEGATIVE, new_figure


def subsampling(vocabulary, threshold, words):
    r"""Draw the chance that subsampling keeps an occurrence, against the word's share.

    Parameters
    ----------
    vocabulary : w2v.Vocabulary
    threshold : float
        :math:`t` of `Vocabulary.keep_probability`, whose two formulas are drawn.
    words : sequence of str
        Those that are marked and named on the program's curve.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If one of the words is not in the vocabulary.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from w2v import Vocabulary
    >>> figure = subsampling(Vocabulary({"the": 900, "cat": 9, "sat": 1}), 1e-3, ["the", "cat"])
    >>> plt.close(figure)
    """
    marked = _indices(vocabulary, words)
    share = vocabulary.counts / vocabulary.counts.sum()
    ends = _one_of_each_count(vocabulary.counts)
    with new_figure(5.8, 4.0) as (figure, axes):
        for formula, name, color, style in (
            ("code", r"program: $\sqrt{t/f} + t/f$", CENTER, "-"),
            ("paper", r"paper: $\sqrt{t/f}$", "0.35", "--"),
        ):
            keep = vocabulary.keep_probability(threshold, formula)
            axes.plot(share[ends], keep[ends], color=color, linestyle=style, label=name)
        keep = vocabulary.keep_probability(threshold)
        axes.axvline(threshold, color="0.6", linewidth=1, linestyle=":", label="$f = t$")
        _mark(axes, words, share[marked], keep[marked], CENTER, line=0)
        axes.set(xscale="log", yscale="log")
        axes.set(xlabel="share $f$ of the text", ylabel="chance that it is kept")
        _plain_ticks(axes.yaxis)
        axes.legend(frameon=False, loc="lower left")
    return figure


def noise(vocabulary, words):
    """Draw how much oftener a word is drawn as a negative than it occurs, against its count.

    Parameters
    ----------
    vocabulary : w2v.Vocabulary
        Drawn are its noise distribution, with the power 3/4, and those with 1 and with 0.
    words : sequence of str
        Those that are marked and named on the curve of 3/4.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If one of the words is not in the vocabulary.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from w2v import Vocabulary
    >>> figure = noise(Vocabulary({"the": 900, "cat": 9, "sat": 1}), ["the", "cat"])
    >>> plt.close(figure)
    """
    marked = _indices(vocabulary, words)
    share = vocabulary.counts / vocabulary.counts.sum()
    ends = _one_of_each_count(vocabulary.counts)
    with new_figure(5.8, 4.2) as (figure, axes):
        for power, name, color, style in (
            (0.75, "count to the power 3/4", NEGATIVE, "-"),
            (1, "count itself", "0.35", "--"),
            (0, "all words alike", GROUPS[4], ":"),
        ):
            ratio = vocabulary.noise(power) / share
            counts = vocabulary.counts[ends]
            axes.plot(counts, ratio[ends], color=color, linestyle=style, label=name)
        ratio = vocabulary.noise() / share
        _mark(axes, words, vocabulary.counts[marked], ratio[marked], NEGATIVE, line=1)
        axes.set(xscale="log", yscale="log")
        axes.set(xlabel="times it occurs", ylabel="chance of being drawn / share of the text")
        _plain_ticks(axes.yaxis)
        axes.legend(frameon=False, loc="lower left")
    return figure


def _indices(vocabulary, words):
    missing = [word for word in words if word not in vocabulary]
    if missing:
        raise ValueError(f"not in the vocabulary: {', '.join(missing)}")
    return [vocabulary.index[word] for word in words]


def _one_of_each_count(counts):
    """Places of words with different counts: thousands of equal points add nothing."""
    return np.unique(counts, return_index=True)[1]


def _mark(axes, words, across, up, color, line):
    """Mark and name words; those below a level line are named below, out of its way."""
    axes.plot(across, up, "o", color=color)
    for word, place in zip(words, zip(across, up, strict=True), strict=True):
        offset = (5, 5) if place[1] >= line else (5, -14)
        axes.annotate(word, place, xytext=offset, textcoords="offset points")


def _plain_ticks(axis):
    """Write 0.2 and 10 instead of powers of ten."""
    axis.set_major_locator(LogLocator(subs=[1, 2, 5]))
    axis.set_major_formatter(lambda value, place: f"{value:g}")
    axis.set_minor_formatter(NullFormatter())
