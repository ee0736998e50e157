"""nbval passes figures whatever they show; here they are compared, after decoding.

Two renderings of one figure may differ in a few pixels' shades from machine to machine,
so their bytes are no use. The root mean square of the differences, on the scale of 0 to
255, tells them apart: a curve that is 10 % higher gives far more than the limit.
"""

import base64
import io

import numpy as np
from nbval.plugin import IPyNbCell
from PIL import Image

LIMIT = 2.0


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


_compare_outputs = IPyNbCell.compare_outputs


def compare_outputs(self, test, ref, skip_compare=None):
    """As in nbval, and then the figures."""
    if not _compare_outputs(self, test, ref, skip_compare):
        return False
    problem = figures_difference(test, ref)
    if problem:
        self.comparison_traceback.append(problem)
    return not problem


IPyNbCell.compare_outputs = compare_outputs
