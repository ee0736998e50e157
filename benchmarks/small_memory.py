"""Training on a text that is many times larger than the memory that the process may have.

python benchmarks/small_memory.py corpus.txt --megabytes 500 --times 20

The text is the corpus, over and over again, through standard input. The limit is one of the
address space, as `ulimit -v` sets it: it counts code, libraries and mapped files, too.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path


def feed(pipe, corpus, size):
    """Write the corpus over and over again, until `size` bytes are written."""
    with pipe:
        while size > 0:
            with open(corpus, "rb") as file:
                while size > 0 and (block := file.read(min(size, 1 << 20))):
                    try:
                        pipe.write(block)
                    except BrokenPipeError:  # the process ended, and says why
                        return
                    size -= len(block)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus")
    parser.add_argument("--megabytes", type=int, default=500, help="that the process may have")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--min-count", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    limit = arguments.megabytes * 10**6
    size = limit * arguments.times
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "vectors.npz")
        start = time.perf_counter()
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "w2v", "train", "-", "-o", str(output)),
                *("--epochs", "1", "--min-count", str(arguments.min_count)),
                *("--workers", str(arguments.workers)),
            ],
            stdin=subprocess.PIPE,
            # OpenBLAS sets memory aside for each thread that it might start.
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        )
        threading.Thread(target=feed, args=(process.stdin, arguments.corpus, size)).start()
        if process.wait():
            sys.exit("the run failed")
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # kilobytes on Linux
        print(
            f"{size / 1e9:.1f} GB of text, {arguments.times} times the {arguments.megabytes} MB "
            f"of address space allowed: trained in {seconds:.0f} s, {peak / 1e3:.0f} MB resident"
        )


if __name__ == "__main__":
    main()
