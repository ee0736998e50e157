"""What all figures have in common: the roles of colours, and how a notebook shows them."""

import contextlib
import io

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

#: Centre words and their vectors.
CENTER = "#0072B2"
#: Outside words that were seen, and their vectors.
OUTSIDE = "#B36B00"
#: Words that were drawn as negatives.
NEGATIVE = "#C0392B"
#: What training does: steps, and the differences that they follow.
STEP = "#007A59"

#: Groups that have no role, by order; the same order tells `MARKERS` apart.
GROUPS = (CENTER, OUTSIDE, STEP, NEGATIVE, "#8E4585", "#3B3B3B", "#2E86AB", "#7A6A00")
MARKERS = "os^Dv*PX"

_STYLE = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 11,
    # Every point of a curve is kept, so that a rounding error does not change their number.
    "path.simplify": False,
    "svg.hashsalt": "w2v",
}


class Drawing(Figure):
    """A Matplotlib figure that a notebook shows as SVG, the same bytes on every run.

    Examples
    --------
    >>> with new_figure(3, 2) as (figure, axes):
    ...     line = axes.plot([1, 2], [1, 4])
    >>> figure.svg()[:5]
    '<?xml'
    >>> plt.close(figure)
    """

    def svg(self):
        """Return the figure as SVG, without a date and without Matplotlib's version.

        Returns
        -------
        str
        """
        file = io.StringIO()
        with plt.rc_context(_STYLE):
            self.savefig(
                file,
                format="svg",
                bbox_inches="tight",
                metadata={"Creator": None, "Date": None, "Format": None, "Type": None},
            )
        return file.getvalue()

    def _ipython_display_(self):
        from IPython.display import display

        display({"image/svg+xml": self.svg(), "text/plain": "<figure>"}, raw=True)


@contextlib.contextmanager
def new_figure(width, height, kind=Drawing, **subplots):
    """Start a figure in the book's style.

    Parameters
    ----------
    width, height : float
        In inches.
    kind : type
        `Drawing`, or `matplotlib.figure.Figure` for a figure that is better shown as PNG.
    **subplots
        For `matplotlib.figure.Figure.subplots`.

    Yields
    ------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes, or an array of them

    Examples
    --------
    >>> with new_figure(6, 3, ncols=2) as (figure, axes):
    ...     len(axes)
    2
    >>> plt.close(figure)
    """
    # Made before the style is set: with the first figure matplotlib starts its backend,
    # and what that sets would be undone at the end of rc_context.
    figure = plt.figure(figsize=(width, height), dpi=110, facecolor="white", FigureClass=kind)
    with plt.rc_context(_STYLE):
        yield figure, figure.subplots(**subplots)


def arrow(axes, start, end, color, style, label):
    """Draw an arrow that the legend knows.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    start, end : pair of float
    color, style, label : str
        Of the line and of its entry in the legend.
    """
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
    axes.plot([], [], color=color, linewidth=2, linestyle=style, label=label)
