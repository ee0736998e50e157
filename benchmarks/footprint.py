"""What importing costs beside NumPy alone, and the peak memory of the training chapter.

python benchmarks/footprint.py
"""

import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import nbformat

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "h_training.ipynb"


def seconds(statement):
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main():
    times = {"pass": [], "import numpy": [], "import w2v": []}
    for _ in range(7):
        for statement, results in times.items():
            results.append(seconds(statement))
    bare, numpy, w2v = (statistics.median(results) for results in times.values())
    print(f"import numpy {numpy - bare:.3f} s, import w2v {w2v - bare:.3f} s", end=", ")
    print(f"ratio {(w2v - bare) / (numpy - bare):.2f} (medians of 7, the interpreter taken off)")

    # The chapter's cells as one program, in a process of its own.
    notebook = nbformat.read(CHAPTER, as_version=4)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    program = "import matplotlib; matplotlib.use('agg')\n" + "\n".join(cells)
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)
    elapsed = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # kilobytes on Linux
    print(f"training chapter: {elapsed:.0f} s, peak memory {peak / 1e3:.0f} MB")


if __name__ == "__main__":
    main()
