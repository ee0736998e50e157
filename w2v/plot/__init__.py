"""Figures of the book, in one visual language.

The colours are Okabe and Ito's, darkened until text in them can be read on white; the
colour-blind can tell them apart. Each keeps its role from chapter to chapter (`CENTER`,
`OUTSIDE`, `NEGATIVE`, `STEP`), and no figure relies on colour alone. A notebook shows the
figures as SVG, sharp at every size; those with thousands of points as PNG. What moves is
a `Player`.
"""

from .blocks import block_picture
from .curves import cloud, cost_curve, curves, loss_curve, speeds
from .derivation import pull_and_push
from .player import Player
from .style import CENTER, GROUPS, MARKERS, NEGATIVE, OUTSIDE, STEP, Drawing
from .words import course_words, principal_plane, word_map

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
    "cloud",
    "cost_curve",
    "course_words",
    "curves",
    "loss_curve",
    "principal_plane",
    "pull_and_push",
    "speeds",
    "word_map",
]
