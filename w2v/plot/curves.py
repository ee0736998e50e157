"""Curves, clouds of points and bars."""

import numpy as np
from matplotlib.figure import Figure

from .style import CENTER, GROUPS, MARKERS, new_figure


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
    >>> import matplotlib.pyplot as plt
    >>> figure = curves({"squares": ([1, 2, 3], [1, 4, 9])}, x="number", y="square")
    >>> plt.close(figure)
    """
    with new_figure(6.4, 3.8) as (figure, axes):
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
    >>> import matplotlib.pyplot as plt
    >>> figure = cloud([1, 2, 3], [1, 5, 8], {"squares": ([1, 3], [1, 9])}, x="side", y="area")
    >>> plt.close(figure)
    """
    # PNG: thousands of points would make the SVG large and slow.
    with new_figure(6.4, 4.2, kind=Figure) as (figure, axes):
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
    >>> import matplotlib.pyplot as plt
    >>> from w2v.train import History
    >>> figure = loss_curve(History(np.array([10, 20]), np.array([2.0, 1.0]), np.array([1.5])))
    >>> plt.close(figure)
    """
    with new_figure(6.4, 3.4) as (figure, axes):
        millions = np.asarray(history.words) / 1e6
        axes.plot(millions, history.loss, color=CENTER)
        epochs = len(history.epoch_loss)
        for end in np.arange(1, epochs) * millions[-1] / epochs:
            axes.axvline(end, color="0.85", linewidth=1, zorder=0)
        axes.set_xlabel("words read, in millions (lines: ends of epochs)")
        axes.set_ylabel("average loss of a pair (nats)")
        axes.set_xlim(0, None)
    return figure


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
    >>> import matplotlib.pyplot as plt
    >>> figure = cost_curve([1, 2, 4], {"area": [1, 4, 16]}, x="length", y="area")
    >>> print(figure.axes[0].get_legend().get_texts()[0].get_text())
    area, slope 2.00
    >>> plt.close(figure)
    """
    sizes = np.asarray(sizes, float)
    rear = slice(len(sizes) // 3, None)
    with new_figure(6.8, 4.2) as (figure, axes):
        for (name, cost), color, marker in zip(costs.items(), GROUPS, MARKERS, strict=False):
            line = np.polyfit(np.log(sizes[rear]), np.log(np.asarray(cost, float)[rear]), 1)
            label = f"{name}, slope {abs(line[0]) if abs(line[0]) < 0.005 else line[0]:.2f}"
            axes.plot(sizes, cost, color=color, marker=marker, label=label)
            fitted = np.exp(np.polyval(line, np.log(sizes)))
            axes.plot(sizes, fitted, color=color, linestyle=":")
        axes.set(xlabel=x, ylabel=y, xscale="log", yscale="log")
        axes.legend(frameon=False)
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
    >>> import matplotlib.pyplot as plt
    >>> figure = speeds({"loop": 500.0, "blocks": 1e6}, x="words a second")
    >>> plt.close(figure)
    """
    with new_figure(6.4, 0.45 * len(medians) + 1.0) as (figure, axes):
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
