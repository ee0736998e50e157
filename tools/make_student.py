"""Copy the book without its solutions, for students to work in.

    python tools/make_student.py [FOLDER]        by default _build/student

The copy can be built like the book, and every cell that is left still runs: checks say
that there is no answer yet, until there is one.
"""

import shutil
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ("_config.yml", "_toc.yml")


def without_solutions(notebook):
    """Remove the cells tagged ``solution``, and number the others' executions anew."""
    notebook.cells = [
        cell for cell in notebook.cells if "solution" not in cell.metadata.get("tags", [])
    ]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, 1):
        cell.execution_count = count
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
    return notebook


def is_newer(path, mark):
    """Whether somebody has worked on a file since the copy was made."""
    return path.is_file() and path.stat().st_mtime > mark.stat().st_mtime


def main():
    """Write the copy, unless that would destroy somebody's work."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "_build" / "student").resolve()
    mark = folder / ".made_by_make_student"
    if folder.exists():
        changed = [path for path in folder.rglob("*") if not mark.exists() or is_newer(path, mark)]
        if changed:
            sys.exit(f"nothing is overwritten, but {changed[0]} is in the way: name another folder")
        shutil.rmtree(folder)
    leave = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(ROOT / "book", folder / "book", ignore=leave)
    for name in SETTINGS:
        shutil.copy(ROOT / name, folder)
    paths = sorted((folder / "book").glob("*.ipynb"))
    removed = 0
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        before = len(notebook.cells)
        nbformat.write(without_solutions(notebook), path)
        removed += before - len(notebook.cells)
    mark.touch()
    print(f"{len(paths)} notebooks without {removed} cells of solutions: {folder}")


if __name__ == "__main__":
    main()
