"""Take the README's picture from the executed chapter: the map of words.

python tools/readme_picture.py
"""

from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
CHAPTER, CELL = ROOT / "book" / "h_training.ipynb", "map"
PICTURE = ROOT / "book" / "_static" / "word_map.svg"


def picture():
    """Return the chapter's figure, an SVG."""
    notebook = nbformat.read(CHAPTER, as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.id == CELL)
    (image,) = (
        output.data["image/svg+xml"]
        for output in cell.outputs
        if "image/svg+xml" in output.get("data", {})
    )
    return image


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8", newline="\n")
