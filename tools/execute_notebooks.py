"""Execute notebooks in place, so that a second run changes no byte.

python tools/execute_notebooks.py                     every notebook of the book
python tools/execute_notebooks.py book/g_corpus.ipynb ...   only these
"""

import os
import sys
import tempfile
from pathlib import Path

import nbclient
import nbformat

BOOK = Path(__file__).resolve().parents[1] / "book"


def execute(path):
    """Run one notebook and write it with its outputs and nothing that varies."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    client = nbclient.NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = merge_streams(cell.outputs)
    # Versions and front-end settings would differ from machine to machine.
    notebook.metadata.clear()
    notebook.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.validate(notebook)
    # Complete or not at all: an interrupted run must not cost a chapter.
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, suffix=".part", delete=False, encoding="utf-8"
    ) as file:
        nbformat.write(notebook, file)
    os.chmod(file.name, path.stat().st_mode)
    os.replace(file.name, path)


def merge_streams(outputs):
    """Join what was printed in several pieces: where it was cut depends on the time."""
    merged = []
    for output in outputs:
        last = merged[-1] if merged else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            last["text"] += output.text
        else:
            merged.append(output)
    return merged


def main():
    """Execute the notebooks that the command line names, or all of the book's."""
    paths = [Path(name).resolve() for name in sys.argv[1:]] or sorted(BOOK.glob("*.ipynb"))
    for path in paths:
        print(f"executing {path.name}", flush=True)
        execute(path)


if __name__ == "__main__":
    main()
