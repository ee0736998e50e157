"""nbval passes images whatever they show, and drawings only if not a digit differs.

Here PNG images are compared after decoding: two renderings of one figure may differ in a
few pixels' shades from machine to machine, so their bytes are no use. The root mean square
of the differences, on the scale of 0 to 255, tells them apart: a curve that is 10 % higher
gives far more than the limit. In drawings (SVG, and the animations of `w2v.plot.Player`)
all but the numbers must be equal, and each number to half a point, since vectors that were
trained on another processor differ in their last digits.
"""

import base64
import copy
import io
import re

import numpy as np
from nbval.plugin import IPyNbCell
from PIL import Image

LIMIT = 2.0  # shades of 255, root mean square
POINTS = 0.5

_NUMBER = re.compile(r"(?<![\w#.])-?\d+(?:\.\d+)?(?:e-?\d+)?")
_NAME = re.compile(r"\b[a-z][0-9a-f]{10}(?=[\")])")


def figures(outputs):
    """The PNG images among a cell's outputs, as arrays of shape (height, width, 4)."""
    encoded = [
        output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})
    ]
    images = [Image.open(io.BytesIO(base64.b64decode(image))) for image in encoded]
    return [np.asarray(image.convert("RGBA"), dtype=np.float64) for image in images]


def figures_difference(test, reference):
    """What is wrong with the figures of a cell, or an empty string."""
    test, reference = figures(test), figures(reference)
    if len(test) != len(reference):
        return f"{len(test)} figures instead of {len(reference)}"
    for number, (new, old) in enumerate(zip(test, reference, strict=True), 1):
        if new.shape != old.shape:
            return f"figure {number} has shape {new.shape} instead of {old.shape}"
        difference = np.sqrt(np.mean((new - old) ** 2))
        if difference > LIMIT:
            return f"figure {number} differs by {difference:.2f} of 255 (limit {LIMIT})"
    return ""


def take_drawings(outputs):
    """Split a cell's outputs into (those without drawings, the drawings)."""
    outputs, drawings = copy.deepcopy(outputs), []
    for output in outputs:
        data = output.get("data", {})
        if "image/svg+xml" in data:
            drawings.append(data.pop("image/svg+xml"))
        if 'class="w2v-player"' in data.get("text/html", ""):
            drawings.append(data.pop("text/html"))
    return outputs, drawings


def drawings_difference(test, reference):
    """What is wrong with the drawings of a cell, or an empty string."""
    if len(test) != len(reference):
        return f"{len(test)} drawings instead of {len(reference)}"
    for number, pair in enumerate(zip(test, reference, strict=True), 1):
        new, old = map(_without_hashes, pair)
        if _NUMBER.sub("0", new) != _NUMBER.sub("0", old):
            return f"drawing {number} has other parts"
        distances = np.abs(_numbers(new) - _numbers(old))
        if distances.size and distances.max() > POINTS:
            return f"drawing {number} differs by {distances.max():.2f} points (limit {POINTS})"
    return ""


def _without_hashes(drawing):
    # Matplotlib names clipping paths and markers after their coordinates.
    order = {}
    return _NAME.sub(lambda name: order.setdefault(name[0], f"name{len(order)}"), drawing)


def _numbers(drawing):
    return np.array([float(number) for number in _NUMBER.findall(drawing)])


_compare_outputs = IPyNbCell.compare_outputs


def compare_outputs(self, test, ref, skip_compare=None):
    """As in nbval, and then the figures."""
    test, new = take_drawings(test)
    ref, old = take_drawings(ref)
    if not _compare_outputs(self, test, ref, skip_compare):
        return False
    problem = figures_difference(test, ref) or drawings_difference(new, old)
    if problem:
        self.comparison_traceback.append(problem)
    return not problem


IPyNbCell.compare_outputs = compare_outputs
