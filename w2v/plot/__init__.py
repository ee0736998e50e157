"""Figures of the book, in one visual language.

The colours are Okabe and Ito's, darkened until text in them can be read on white; the
colour-blind can tell them apart. Each keeps its role from chapter to chapter (`CENTER`,
`OUTSIDE`, `NEGATIVE`, `STEP`), and no figure relies on colour alone. A notebook shows the
figures as SVG, sharp at every size; those with thousands of points as PNG. What moves is
a `Player`.
"""

from .blocks import block_picture
from .curves import cloud, cost_curve, curves, loss_curve, speeds
from .derivation import (
    learning_outside,
    outer_product,
    pull_and_push,
    pushes_summed,
    surprise_curve,
)
from .frequency import noise, subsampling
from .player import Player
from .sampling import by_score, logistic, touched_columns
from .style import CENTER, GROUPS, MARKERS, NEGATIVE, OUTSIDE, STEP, Drawing
from .window import sliding_window
from .words import course_words, moving_map, neighbor_map, principal_plane, word_map

__all__ = [
    "CENTER",
    "GROUPS",
    "MARKERS",
    "NEGATIVE",
    "OUTSIDE",
    "STEP",
    "Drawing",
    "Player",
    "block_picture",
    "by_score",
    "cloud",
    "cost_curve",
    "course_words",
    "curves",
    "learning_outside",
    "logistic",
    "loss_curve",
    "moving_map",
    "neighbor_map",
    "noise",
    "outer_product",
    "principal_plane",
    "pull_and_push",
    "pushes_summed",
    "sliding_window",
    "speeds",
    "subsampling",
    "surprise_curve",
    "touched_columns",
    "word_map",
]
