"""Take the README's picture from the executed chapter: the map of words.

python tools/readme_picture.py
"""

import base64
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
CHAPTER, CELL = ROOT / "book" / "h_training.ipynb", "map"
PICTURE = ROOT / "book" / "_static" / "word_map.png"


def picture():
    """Return the bytes of the chapter's figure."""
    notebook = nbformat.read(CHAPTER, as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.id == CELL)
    (image,) = (
        output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})
    )
    return base64.b64decode(image)


if __name__ == "__main__":
    PICTURE.write_bytes(picture())
