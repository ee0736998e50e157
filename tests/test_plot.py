"""Figures hold what they were given; how they look is compared with the book's."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from w2v.plot import cloud


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def test_a_cloud_has_every_point_and_the_lines_over_them():
    across, up = np.array([1.0, 10, 100, 100]), np.array([2.0, 3, 5, -4])
    lines = {"mean": ([1, 100], [2.0, 0.5]), "reference": ([1, 100], [1.0, 2.0])}
    (axes,) = cloud(across, up, lines, x="count", y="length", scale="log").axes

    (points,) = axes.collections
    np.testing.assert_array_equal(points.get_offsets(), np.column_stack([across, up]))
    assert [line.get_label() for line in axes.lines] == ["mean", "reference"]
    for line, (horizontal, vertical) in zip(axes.lines, lines.values(), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), horizontal)
        np.testing.assert_array_equal(line.get_ydata(), vertical)
        assert line.get_zorder() > points.get_zorder()
    # Told apart without colour.
    assert [line.get_linestyle() for line in axes.lines] == ["-", "--"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["mean", "reference"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("count", "length")
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")


def test_the_horizontal_axis_of_a_cloud_is_linear_unless_it_is_told():
    (axes,) = cloud([1, 2], [3, 4], {"line": ([1, 2], [3, 4])}, x="x", y="y").axes
    assert axes.get_xscale() == "linear"
